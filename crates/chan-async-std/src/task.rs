//! Tasks: `go` starts one, a `JoinHandle` awaits, asks or cancels it. Knows async-std's global executor; no clock.
//!
//! A task stops, and gives its outcome, as [`runtime::task`] makes it do, because async-std's own handle can be
//! cancelled only by value and cannot be asked.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use async_std::stream::Stream;
use chan_core::stream::IntoStream;
use chan_select::runtime::{self, JoinError, Stop};

/// Starts a task that runs beside the caller, as Go's `go` does.
///
/// It runs at once on async-std's global executor, whether its [`JoinHandle`] is awaited or not. Dropping the handle
/// detaches the task. The executor has one thread for each core, or as many as the environment variable
/// `ASYNC_STD_THREAD_COUNT` says.
///
/// ```
/// use chan_async_std::{block_on, go};
///
/// let answer = block_on(async { go(async { 6 * 7 }).await });
/// assert_eq!(answer.unwrap(), 42);
/// ```
pub fn go<F>(future: F) -> JoinHandle<F::Output>
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    let (body, stop, outcome) = runtime::task(future);
    drop(async_std::task::spawn(body));
    JoinHandle { stop, outcome: outcome.into_stream() }
}

/// Runs `future` on this thread until it is done. Tasks started inside run on the executor's own threads, and go on
/// afterwards.
///
/// ```
/// assert_eq!(chan_async_std::block_on(async { 1 + 1 }), 2);
/// ```
pub fn block_on<F: Future>(future: F) -> F::Output {
    async_std::task::block_on(future)
}

/// A task started by [`go`]: await it for its result.
///
/// The result is `Ok` with what the task's future gave, or a [`JoinError`] if it panicked or was cancelled. Dropping
/// the handle detaches the task, which runs on.
///
/// # Cancel safety
///
/// `(&mut handle).await`, also as a case of `select!`, may be dropped and begun again; the result is kept. Do not
/// poll the handle again once it has given the result.
///
/// ```
/// use chan_async_std::{JoinHandle, block_on, go};
///
/// block_on(async {
///     let task: JoinHandle<&str> = go(async { "done" });
///     assert_eq!(task.await.unwrap(), "done");
/// });
/// ```
pub struct JoinHandle<T> {
    stop: Stop,
    /// Closed when the task lets go of it, with or without a word.
    outcome: IntoStream<Result<T, JoinError>>,
}

impl<T> JoinHandle<T> {
    /// Stops the task where it waits next, or now if it is waiting. Returns at once; await the handle to know that
    /// the task is gone, with everything it held.
    ///
    /// The handle then gives [`JoinError::Cancelled`], or the result, if the task was faster. Cancelling twice, or a
    /// task that has ended, does nothing.
    ///
    /// ```
    /// use chan_async_std::{JoinError, block_on, go};
    ///
    /// block_on(async {
    ///     let task = go(std::future::pending::<()>());
    ///     task.cancel();
    ///     assert!(matches!(task.await, Err(JoinError::Cancelled)));
    /// });
    /// ```
    pub fn cancel(&self) {
        self.stop.order();
    }

    /// Whether the task has ended, by itself, by a panic or by being cancelled. Then awaiting the handle does not
    /// wait.
    ///
    /// ```
    /// use chan_async_std::{block_on, go};
    ///
    /// block_on(async {
    ///     let task = go(std::future::pending::<()>());
    ///     assert!(!task.is_finished());
    /// });
    /// ```
    pub fn is_finished(&self) -> bool {
        self.outcome.receiver().is_closed()
    }
}

impl<T> Future for JoinHandle<T> {
    type Output = Result<T, JoinError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        // Without a word: its executor has dropped it.
        Pin::new(&mut self.outcome).poll_next(cx).map(|outcome| outcome.unwrap_or(Err(JoinError::Cancelled)))
    }
}

impl<T> fmt::Debug for JoinHandle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JoinHandle").field("finished", &self.is_finished()).finish_non_exhaustive()
    }
}
