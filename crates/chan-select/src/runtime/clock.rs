//! A runtime's clock, and the one alarm that it rings: `After`. Knows no runtime.

use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use super::{Elapsed, timeout};

/// The clock of a runtime: the time now, and timers.
///
/// ```
/// use std::future::{Ready, ready};
/// use std::time::{Duration, Instant};
///
/// use chan_select::runtime::{After, Clock};
///
/// /// For the impatient: every timer is done at once.
/// struct Hurry;
///
/// impl Clock for Hurry {
///     type Timer = Ready<()>;
///
///     fn now() -> Instant {
///         Instant::now()
///     }
///
///     fn at(_due: Instant) -> Ready<()> {
///         ready(())
///     }
/// }
///
/// let due = futures_lite::future::block_on(After::<Hurry>::new(Duration::from_secs(60)));
/// assert!(due > Instant::now());
/// ```
pub trait Clock: Sized {
    /// A timer, done when its time has come; what it then gives is dropped.
    type Timer: Future + Unpin + Send + Sync;

    /// The time on this clock. A clock that tests can stop gives the stopped time.
    fn now() -> Instant;

    /// A timer that is done at `due`.
    fn at(due: Instant) -> Self::Timer;

    /// Sets a timer that is done to a new time. Unless the clock knows better, it gets a new one.
    fn reset(timer: &mut Self::Timer, due: Instant) {
        *timer = Self::at(due);
    }

    /// Done when `duration` has passed, from now on; never, if the clock cannot hold that. A clock whose [`Timer`] is
    /// dearer than a future needs to be, because that can be moved, has a better one.
    ///
    /// [`Timer`]: Self::Timer
    #[track_caller]
    fn sleep(duration: Duration) -> impl Future<Output = ()> + Send + Sync {
        let alarm = Alarm::<Self>::after(duration);
        async {
            match alarm {
                Some(alarm) => drop(alarm.timer.await),
                None => core::future::pending().await,
            }
        }
    }

    /// Runs `future` for at most `limit`, from now on. For a runtime whose timers have to be asked otherwise than by a
    /// poll, while the task's budget is used up.
    ///
    /// # Errors
    ///
    /// [`Elapsed`] when the limit has passed first; the future is dropped then.
    #[track_caller]
    fn timeout<F: Future>(limit: Duration, future: F) -> impl Future<Output = Result<F::Output, Elapsed>> {
        timeout(Self::sleep(limit), future)
    }
}

/// A timer that knows its time.
pub(super) struct Alarm<C: Clock> {
    due: Instant,
    timer: C::Timer,
}

impl<C: Clock> Alarm<C> {
    /// `None` after a time that the clock cannot hold: it never rings.
    #[track_caller]
    pub(super) fn after(duration: Duration) -> Option<Self> {
        // Not `map`: the caller's place would be lost in a closure.
        let due = C::now().checked_add(duration)?;
        Some(Alarm { due, timer: C::at(due) })
    }

    /// Gives the time at which it was due. It may then be set again, and is not polled otherwise.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Instant> {
        ready!(Pin::new(&mut self.timer).poll(cx));
        Poll::Ready(self.due)
    }

    pub(super) fn set(&mut self, due: Instant) {
        self.due = due;
        C::reset(&mut self.timer, due);
    }
}

/// A future that gives the time at which it was due, once; polled again, it waits for ever, as a receive from the
/// channel of Go's `time.After` would. So `&mut after` can stay among the cases of a loop.
///
/// The adapters' `after` makes it, on their runtime's clock.
///
/// ```
/// use std::future::{Ready, ready};
/// use std::time::{Duration, Instant};
///
/// use chan_select::runtime::{After, Clock};
/// use futures_lite::future::{block_on, poll_once};
///
/// # struct Hurry;
/// # impl Clock for Hurry {
/// #     type Timer = Ready<()>;
/// #     fn now() -> Instant { Instant::now() }
/// #     fn at(_due: Instant) -> Ready<()> { ready(()) }
/// # }
/// let mut after = After::<Hurry>::new(Duration::from_millis(1));
/// assert!(block_on(poll_once(&mut after)).is_some());
/// assert!(block_on(poll_once(&mut after)).is_none());
/// ```
#[must_use = "futures do nothing unless you await them or make them a case"]
pub struct After<C: Clock> {
    /// `None`: it never rings, or has rung.
    alarm: Option<Alarm<C>>,
}

impl<C: Clock> After<C> {
    /// One that is due when `duration` has passed, from now on; never, if the clock cannot hold that.
    ///
    /// ```
    /// use std::time::{Duration, Instant};
    ///
    /// use chan_select::runtime::{After, Clock};
    /// use futures_lite::future::{block_on, poll_once};
    ///
    /// # struct Hurry;
    /// # impl Clock for Hurry {
    /// #     type Timer = std::future::Ready<()>;
    /// #     fn now() -> Instant { Instant::now() }
    /// #     fn at(_due: Instant) -> std::future::Ready<()> { std::future::ready(()) }
    /// # }
    /// assert!(block_on(poll_once(After::<Hurry>::new(Duration::ZERO))).is_some());
    /// assert!(block_on(poll_once(After::<Hurry>::new(Duration::MAX))).is_none());
    /// ```
    #[track_caller]
    pub fn new(duration: Duration) -> Self {
        After { alarm: Alarm::after(duration) }
    }
}

impl<C: Clock> Future for After<C> {
    type Output = Instant;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Instant> {
        let Some(alarm) = &mut self.alarm else { return Poll::Pending };
        let due = ready!(alarm.poll(cx));
        self.alarm = None;
        Poll::Ready(due)
    }
}

impl<C: Clock> fmt::Debug for After<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("After").finish_non_exhaustive()
    }
}
