//! Beats on a grid: the arithmetic of `tick`, over any clock.

use core::fmt;
use core::future::poll_fn;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use futures_core::Stream;

use super::Clock;
use super::clock::Alarm;

/// Beats every `period`, for the first time one period from now.
///
/// **Missed beats are skipped.** Beats stand on a grid, `n` periods from the call of [`new`](Tick::new). If one or more
/// have passed unseen, the next poll gives the first of them at once and the others never come; the one after it is on
/// the grid again, so a late reader neither sees a burst nor makes the clock drift.
///
/// A stream that does not end. The adapters' `tick` makes it, on their runtime's clock.
///
/// ```
/// use std::time::{Duration, Instant};
///
/// use chan_select::runtime::{Clock, Tick};
///
/// # struct Hurry;
/// # impl Clock for Hurry {
/// #     type Timer = std::future::Ready<()>;
/// #     fn now() -> Instant { Instant::now() }
/// #     fn at(_due: Instant) -> std::future::Ready<()> { std::future::ready(()) }
/// # }
/// let minute = Duration::from_secs(60);
/// let mut beat = Tick::<Hurry>::new(minute);
/// futures_lite::future::block_on(async {
///     let first = beat.next().await;
///     assert_eq!(beat.next().await, first + minute);
/// });
/// ```
#[must_use = "a tick that nobody waits for does nothing"]
pub struct Tick<C: Clock> {
    period: Duration,
    /// The next one; `None`: it never beats.
    beat: Option<Alarm<C>>,
}

impl<C: Clock> Tick<C> {
    /// One that beats every `period`; never, if that is zero, as in Go, or more than the clock can hold.
    ///
    /// ```
    /// use std::time::{Duration, Instant};
    ///
    /// use chan_select::runtime::{Clock, Tick};
    /// use futures_lite::future::{block_on, poll_once};
    ///
    /// # struct Hurry;
    /// # impl Clock for Hurry {
    /// #     type Timer = std::future::Ready<()>;
    /// #     fn now() -> Instant { Instant::now() }
    /// #     fn at(_due: Instant) -> std::future::Ready<()> { std::future::ready(()) }
    /// # }
    /// assert!(block_on(poll_once(Tick::<Hurry>::new(Duration::from_secs(1)).next())).is_some());
    /// assert!(block_on(poll_once(Tick::<Hurry>::new(Duration::ZERO).next())).is_none());
    /// ```
    #[track_caller]
    pub fn new(period: Duration) -> Self {
        Tick { period, beat: if period.is_zero() { None } else { Alarm::after(period) } }
    }

    /// Waits for the next beat and gives the time at which it was due.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future loses no beat.
    ///
    /// ```
    /// use std::time::{Duration, Instant};
    ///
    /// use chan_select::runtime::{Clock, Tick};
    ///
    /// # struct Hurry;
    /// # impl Clock for Hurry {
    /// #     type Timer = std::future::Ready<()>;
    /// #     fn now() -> Instant { Instant::now() }
    /// #     fn at(_due: Instant) -> std::future::Ready<()> { std::future::ready(()) }
    /// # }
    /// let begin = Instant::now();
    /// let mut beat = Tick::<Hurry>::new(Duration::from_secs(1));
    /// let due = futures_lite::future::block_on(beat.next());
    /// assert!(due >= begin + Duration::from_secs(1));
    /// ```
    pub async fn next(&mut self) -> Instant {
        poll_fn(|cx| self.poll_beat(cx)).await
    }

    fn poll_beat(&mut self, cx: &mut Context<'_>) -> Poll<Instant> {
        let Some(beat) = &mut self.beat else { return Poll::Pending };
        let due = ready!(beat.poll(cx));
        match next_beat(due, C::now(), self.period) {
            Some(next) => beat.set(next),
            None => self.beat = None,
        }
        Poll::Ready(due)
    }
}

impl<C: Clock> Stream for Tick<C> {
    type Item = Instant;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Instant>> {
        self.poll_beat(cx).map(Some)
    }
}

impl<C: Clock> fmt::Debug for Tick<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tick").finish_non_exhaustive()
    }
}

/// The first beat after `now` on the grid of `due` and `period`; `None` if the clock cannot hold it.
fn next_beat(due: Instant, now: Instant, period: Duration) -> Option<Instant> {
    let late = now.saturating_duration_since(due);
    if late < period {
        return due.checked_add(period);
    }
    // The period is no longer than a time that has passed, so its nanoseconds fit for some centuries.
    let since_last = u64::try_from(late.as_nanos() % period.as_nanos()).ok()?;
    now.checked_add(period - Duration::from_nanos(since_last))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PERIOD: Duration = Duration::from_secs(10);

    /// The beat after the one due at 0, seen so many milliseconds late, in milliseconds.
    fn seen_late(millis: u64) -> u128 {
        let due = Instant::now();
        let next = next_beat(due, due + Duration::from_millis(millis), PERIOD).unwrap();
        next.duration_since(due).as_millis()
    }

    #[test]
    fn a_beat_seen_in_its_period_is_followed_by_the_next() {
        assert_eq!(seen_late(0), 10_000);
        assert_eq!(seen_late(9_999), 10_000);
    }

    #[test]
    fn missed_beats_are_skipped_and_the_grid_stays() {
        // On a beat: that one is past.
        assert_eq!(seen_late(10_000), 20_000);
        assert_eq!(seen_late(10_001), 20_000);
        assert_eq!(seen_late(35_000), 40_000);
    }

    #[test]
    fn a_beat_seen_before_its_time_does_not_come_twice() {
        let now = Instant::now();
        let due = now + Duration::from_millis(1);
        assert_eq!(next_beat(due, now, PERIOD), Some(due + PERIOD));
    }

    #[test]
    fn what_the_clock_cannot_hold_never_beats() {
        let now = Instant::now();
        assert_eq!(next_beat(now, now, Duration::MAX), None);
    }
}
