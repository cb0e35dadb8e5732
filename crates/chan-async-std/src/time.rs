//! Time, on async-std's clock: `sleep`, `after`, `tick`, `timeout`, and timeouts for handles. Knows no tasks.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use async_std::stream::Stream;
use async_std::task;
use chan_core::{Receiver, RecvTimeoutError, SendTimeoutError, Sender};
use chan_select::runtime::{self, Elapsed};

/// async-std's clock, for what is written over any [`runtime::Clock`].
///
/// ```
/// use std::time::Duration;
///
/// use chan_async_std::runtime::{After, Clock as _};
///
/// chan_async_std::block_on(async {
///     let due = After::<chan_async_std::Clock>::new(Duration::from_millis(1)).await;
///     assert!(due <= chan_async_std::Clock::now());
/// });
/// ```
#[derive(Debug)]
pub enum Clock {}

impl runtime::Clock for Clock {
    /// Boxed: async-std has no timer that can be named.
    type Timer = Pin<Box<dyn Future<Output = ()> + Send + Sync>>;

    fn now() -> Instant {
        Instant::now()
    }

    fn at(due: Instant) -> Self::Timer {
        Box::pin(sleep_until(Some(due)))
    }
}

/// Waits for `duration`, from now on.
///
/// A duration that the clock cannot hold is as good as for ever.
///
/// ```
/// use std::time::{Duration, Instant};
///
/// chan_async_std::block_on(async {
///     let begin = Instant::now();
///     chan_async_std::sleep(Duration::from_millis(2)).await;
///     assert!(begin.elapsed() >= Duration::from_millis(2));
/// });
/// ```
pub fn sleep(duration: Duration) -> impl Future<Output = ()> + Send + Sync {
    sleep_until(Instant::now().checked_add(duration))
}

/// `None` is later than the clock can tell.
async fn sleep_until(due: Option<Instant>) {
    match due {
        Some(due) => task::sleep(due.saturating_duration_since(Instant::now())).await,
        None => std::future::pending().await,
    }
}

/// A future that gives the time when `duration` has passed, from now on: Go's `time.After`.
///
/// ```
/// use std::time::Duration;
///
/// use chan_async_std::{after, block_on, chan, select};
///
/// block_on(async {
///     let (_tx, rx) = chan::<u8>(0);
///     let late = select! {
///         _ = rx.recv() => false,
///         _ = after(Duration::from_millis(1)) => true,
///     };
///     assert!(late);
/// });
/// ```
pub fn after(duration: Duration) -> After {
    After::new(duration)
}

/// The future that [`after`] makes. It gives the time at which it was due, once; polled again, it waits for ever, as a
/// receive from Go's channel would. So `&mut after` can stay among the cases of a loop.
///
/// `Unpin`, at the price of an allocation; where that matters, await [`sleep`].
///
/// ```
/// use std::time::Duration;
///
/// use chan_async_std::{After, after, block_on, select, sleep};
///
/// block_on(async {
///     let mut warning: After = after(Duration::from_millis(1));
///     let mut warnings = 0;
///     for _ in 0..2 {
///         select! {
///             _ = &mut warning => warnings += 1,
///             _ = sleep(Duration::from_millis(20)) => {}
///         }
///     }
///     assert_eq!(warnings, 1);
/// });
/// ```
pub type After = runtime::After<Clock>;

/// Beats every `period`, for the first time one period from now: Go's `time.Tick`.
///
/// A period of zero never beats, as in Go. Unlike Go's, it is a stream and not a channel: keep the [`Tick`], and make
/// its [`next`](Tick::next), which borrows it by `&mut`, a case of `select!`.
///
/// ```
/// use std::time::{Duration, Instant};
///
/// chan_async_std::block_on(async {
///     let begin = Instant::now();
///     let mut beat = chan_async_std::tick(Duration::from_millis(2));
///     beat.next().await;
///     beat.next().await;
///     assert!(begin.elapsed() >= Duration::from_millis(4));
/// });
/// ```
pub fn tick(period: Duration) -> Tick {
    Tick { beats: runtime::Tick::new(period) }
}

/// What [`tick`] makes: an endless stream of the times at which it beat.
///
/// **Missed beats are skipped.** Beats stand on a grid, `n` periods from the call of [`tick`]. If one or more have
/// passed unseen, the next poll gives the first of them at once and the others never come; the one after it is on the
/// grid again, so a late reader neither sees a burst nor makes the clock drift.
///
/// ```
/// use std::time::Duration;
///
/// use chan_async_std::{Tick, block_on, select, sleep, tick};
///
/// block_on(async {
///     let mut beat: Tick = tick(Duration::from_millis(1));
///     let mut work = std::pin::pin!(sleep(Duration::from_millis(20)));
///     let mut beats = 0;
///     loop {
///         select! {
///             _ = beat.next() => beats += 1,
///             _ = &mut work => break,
///         }
///     }
///     assert!((1..=20).contains(&beats));
/// });
/// ```
#[must_use = "a tick that nobody waits for does nothing"]
pub struct Tick {
    beats: runtime::Tick<Clock>,
}

impl Tick {
    /// Waits for the next beat and gives the time at which it was due.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future loses no beat.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// chan_async_std::block_on(async {
    ///     let mut beat = chan_async_std::tick(Duration::from_millis(1));
    ///     let (first, second) = (beat.next().await, beat.next().await);
    ///     assert!(second - first >= Duration::from_millis(1));
    /// });
    /// ```
    pub async fn next(&mut self) -> Instant {
        self.beats.next().await
    }
}

impl Stream for Tick {
    type Item = Instant;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Instant>> {
        self.beats.poll_beat(cx).map(Some)
    }
}

impl fmt::Debug for Tick {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tick").finish_non_exhaustive()
    }
}

/// Runs `future` for at most `limit`, from now on; if it has not finished by then, drops it and gives [`Elapsed`].
///
/// The future is looked at first: one that is ready wins over a limit that has passed. Dropping a channel operation
/// loses nothing, but drops a message that was to be sent; [`SenderExt::send_timeout`] gives it back.
///
/// # Cancel safety
///
/// Dropping it drops `future`.
///
/// ```
/// use std::time::Duration;
///
/// use chan_async_std::{Elapsed, block_on, timeout};
///
/// block_on(async {
///     let limit = Duration::from_millis(1);
///     assert!(timeout(limit, async { 1 }).await.is_ok());
///     let late: Result<(), Elapsed> = timeout(limit, std::future::pending()).await;
///     assert!(late.is_err());
/// });
/// ```
pub fn timeout<F: Future>(limit: Duration, future: F) -> impl Future<Output = Result<F::Output, Elapsed>> {
    runtime::timeout(sleep(limit), future)
}

/// Sends with a time limit on the runtime's clock.
pub trait SenderExt<T> {
    /// Sends `value`, waiting for at most `limit`, from now on.
    ///
    /// Exact: `Ok` means sent, and every error has the message inside, which then was not and will not be sent. What
    /// can be sent at once is sent, whatever the limit.
    ///
    /// # Errors
    ///
    /// [`SendTimeoutError::Timeout`] when the limit has passed, [`SendTimeoutError::Closed`] when the channel is
    /// closed.
    ///
    /// # Cancel safety
    ///
    /// As [`Sender::send`].
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use chan_async_std::{SendTimeoutError, SenderExt, block_on, chan};
    ///
    /// block_on(async {
    ///     let (tx, _rx) = chan(0);
    ///     let late = tx.send_timeout("letter", Duration::from_millis(1)).await;
    ///     assert_eq!(late, Err(SendTimeoutError::Timeout("letter")));
    /// });
    /// ```
    fn send_timeout(&self, value: T, limit: Duration) -> impl Future<Output = Result<(), SendTimeoutError<T>>>;
}

impl<T> SenderExt<T> for Sender<T> {
    fn send_timeout(&self, value: T, limit: Duration) -> impl Future<Output = Result<(), SendTimeoutError<T>>> {
        self.send_until(value, sleep(limit))
    }
}

/// Receives with a time limit on the runtime's clock.
pub trait ReceiverExt<T> {
    /// Receives a message, waiting for at most `limit`, from now on.
    ///
    /// Exact: after an error nothing was taken. A message that is there is received, whatever the limit.
    ///
    /// # Errors
    ///
    /// [`RecvTimeoutError::Timeout`] when the limit has passed, [`RecvTimeoutError::Closed`] when the channel is
    /// closed and drained.
    ///
    /// # Cancel safety
    ///
    /// As [`Receiver::recv`].
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use chan_async_std::{ReceiverExt, RecvTimeoutError, block_on, chan};
    ///
    /// block_on(async {
    ///     let (tx, rx) = chan(1);
    ///     tx.send("letter").await.unwrap();
    ///     assert_eq!(rx.recv_timeout(Duration::ZERO).await, Ok("letter"));
    ///     let late = rx.recv_timeout(Duration::from_millis(1)).await;
    ///     assert_eq!(late, Err(RecvTimeoutError::Timeout));
    /// });
    /// ```
    fn recv_timeout(&self, limit: Duration) -> impl Future<Output = Result<T, RecvTimeoutError>>;
}

impl<T> ReceiverExt<T> for Receiver<T> {
    fn recv_timeout(&self, limit: Duration) -> impl Future<Output = Result<T, RecvTimeoutError>> {
        self.recv_until(sleep(limit))
    }
}
