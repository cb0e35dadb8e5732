//! Tasks: `go` starts one, a `JoinHandle` awaits, asks or cancels it, a `JoinError` says why it has no result.
//! Knows no channel and no clock.

use std::any::Any;
use std::error::Error;
use std::fmt;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll};

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

/// Why a task has no result.
///
/// ```
/// use chan_tokio::{JoinError, block_on, go};
///
/// block_on(async {
///     let task = go(async { panic!("out of cheese") });
///     let error: JoinError = task.await.unwrap_err();
///     assert!(matches!(error, JoinError::Panic(_)));
///     assert_eq!(error.to_string(), "the task panicked: out of cheese");
/// });
/// ```
#[derive(Debug)]
pub enum JoinError {
    /// It was stopped before its end, by [`JoinHandle::cancel`] or because its runtime ended.
    Cancelled,
    /// It panicked.
    Panic(PanicPayload),
}

impl JoinError {
    fn panic(payload: Box<dyn Any + Send>) -> Self {
        JoinError::Panic(PanicPayload(Mutex::new(payload)))
    }

    /// What the task panicked with, to go on with it by [`resume_unwind`](std::panic::resume_unwind); `None` if the
    /// task was cancelled.
    ///
    /// ```
    /// use chan_tokio::{block_on, go};
    ///
    /// let error = block_on(async { go(async { panic!("out of cheese") }).await }).unwrap_err();
    /// let payload = error.into_panic().unwrap();
    /// assert_eq!(payload.downcast_ref(), Some(&"out of cheese"));
    /// ```
    pub fn into_panic(self) -> Option<Box<dyn Any + Send>> {
        match self {
            JoinError::Cancelled => None,
            JoinError::Panic(payload) => Some(payload.into_inner()),
        }
    }
}

impl fmt::Display for JoinError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            JoinError::Cancelled => f.write_str("the task was cancelled"),
            JoinError::Panic(payload) => match payload.message() {
                Some(message) => write!(f, "the task panicked: {message}"),
                None => f.write_str("the task panicked"),
            },
        }
    }
}

impl Error for JoinError {}

/// What a task panicked with.
///
/// The lock is there for `Sync` alone, so that the error fits into `Box<dyn Error + Send + Sync>`.
pub struct PanicPayload(Mutex<Box<dyn Any + Send>>);

impl PanicPayload {
    /// The payload itself, for [`resume_unwind`](std::panic::resume_unwind) or `downcast`.
    ///
    /// ```
    /// use chan_tokio::{JoinError, block_on, go};
    ///
    /// let result = block_on(async { go(async { std::panic::panic_any(404) }).await });
    /// let Err(JoinError::Panic(payload)) = result else { panic!() };
    /// assert_eq!(payload.into_inner().downcast_ref(), Some(&404));
    /// ```
    pub fn into_inner(self) -> Box<dyn Any + Send> {
        self.0.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    /// The message, if the panic had one.
    ///
    /// ```
    /// use chan_tokio::{JoinError, block_on, go};
    ///
    /// let result = block_on(async { go(async { panic!("{} is missing", "cheese") }).await });
    /// let Err(JoinError::Panic(payload)) = result else { panic!() };
    /// assert_eq!(payload.message().unwrap(), "cheese is missing");
    /// ```
    pub fn message(&self) -> Option<String> {
        let payload = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match payload.downcast_ref::<&str>() {
            Some(message) => Some((*message).to_owned()),
            None => payload.downcast_ref::<String>().cloned(),
        }
    }
}

impl fmt::Debug for PanicPayload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PanicPayload").field(&self.message()).finish()
    }
}
