//! Tasks: `go` starts one, a `JoinHandle` awaits, asks or cancels it. Knows no channel and no clock.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use chan_select::runtime::JoinError;
use tokio::runtime::Builder;

/// Starts a task that runs beside the caller, as Go's `go` does.
///
/// It runs at once, whether its [`JoinHandle`] is awaited or not. Dropping the handle detaches the task.
///
/// # Panics
///
/// Outside a tokio runtime.
///
/// ```
/// use chan_tokio::{block_on, go};
///
/// let answer = block_on(async { go(async { 6 * 7 }).await });
/// assert_eq!(answer.unwrap(), 42);
/// ```
#[track_caller]
pub fn go<F>(future: F) -> JoinHandle<F::Output>
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    JoinHandle { task: tokio::spawn(future) }
}

/// Runs `future` on this thread until it is done, with a tokio runtime made for it: single-threaded, with everything
/// enabled that tokio was compiled with.
///
/// For tests, examples and a small `main`. Tasks started inside run on this thread while `future` does; those left
/// over at its end are cancelled. A program that wants several threads uses `#[tokio::main]` or a runtime of its own:
/// nothing in this crate depends on how the runtime was made.
///
/// # Panics
///
/// Inside async code, where tokio says what to do instead; and when the system has no resources for a runtime.
///
/// ```
/// assert_eq!(chan_tokio::block_on(async { 1 + 1 }), 2);
/// ```
#[track_caller]
pub fn block_on<F: Future>(future: F) -> F::Output {
    let runtime = Builder::new_current_thread().enable_all().build();
    runtime.expect("no resources for a tokio runtime").block_on(future)
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
/// use chan_tokio::{JoinHandle, block_on, go};
///
/// block_on(async {
///     let task: JoinHandle<&str> = go(async { "done" });
///     assert_eq!(task.await.unwrap(), "done");
/// });
/// ```
pub struct JoinHandle<T> {
    task: tokio::task::JoinHandle<T>,
}

impl<T> JoinHandle<T> {
    /// Stops the task where it waits next, or now if it is waiting. Returns at once; await the handle to know that
    /// the task is gone, with everything it held.
    ///
    /// The handle then gives [`JoinError::Cancelled`], or the result, if the task was faster. Cancelling twice, or a
    /// task that has ended, does nothing.
    ///
    /// ```
    /// use chan_tokio::{JoinError, block_on, go};
    ///
    /// block_on(async {
    ///     let task = go(std::future::pending::<()>());
    ///     task.cancel();
    ///     assert!(matches!(task.await, Err(JoinError::Cancelled)));
    /// });
    /// ```
    pub fn cancel(&self) {
        self.task.abort();
    }

    /// Whether the task has ended, by itself, by a panic or by being cancelled. Then awaiting the handle does not
    /// wait.
    ///
    /// ```
    /// use chan_tokio::{block_on, go};
    ///
    /// block_on(async {
    ///     let task = go(std::future::pending::<()>());
    ///     assert!(!task.is_finished());
    /// });
    /// ```
    pub fn is_finished(&self) -> bool {
        self.task.is_finished()
    }
}

impl<T> Future for JoinHandle<T> {
    type Output = Result<T, JoinError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.task).poll(cx).map_err(|error| match error.try_into_panic() {
            Ok(payload) => JoinError::panic(payload),
            Err(_cancelled) => JoinError::Cancelled,
        })
    }
}

impl<T> fmt::Debug for JoinHandle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JoinHandle").field("finished", &self.is_finished()).finish_non_exhaustive()
    }
}
