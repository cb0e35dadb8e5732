//! Tasks: `go` starts one, a `JoinHandle` awaits, asks or cancels it, a `JoinError` says why it has no result.
//! Knows smol's global executor; no clock.
//!
//! A task's outcome and the order to stop travel through channels of ours, because smol's own handle cancels when
//! dropped and can be cancelled only by value.

use std::any::Any;
use std::convert::Infallible;
use std::error::Error;
use std::fmt;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll, Waker};

use chan_core::stream::IntoStream;
use chan_core::{Receiver, Sender};
use smol::stream::Stream;

/// Starts a task that runs beside the caller, as Go's `go` does.
///
/// It runs at once on smol's global executor, whether its [`JoinHandle`] is awaited or not. Dropping the handle
/// detaches the task. The executor has one thread, or as many as the environment variable `SMOL_THREADS` says.
///
/// ```
/// use chan_smol::{block_on, go};
///
/// let answer = block_on(async { go(async { 6 * 7 }).await });
/// assert_eq!(answer.unwrap(), 42);
/// ```
pub fn go<F>(future: F) -> JoinHandle<F::Output>
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    let (outcome, result) = chan_core::bounded(1);
    let stop = chan_core::bounded(0);
    smol::spawn(run(future, outcome, stop.clone())).detach();
    JoinHandle { stop, result: result.into_stream() }
}

/// Runs `future` on this thread until it is done. Tasks started inside run on the executor's own threads, and go on
/// afterwards.
///
/// ```
/// assert_eq!(chan_smol::block_on(async { 1 + 1 }), 2);
/// ```
pub fn block_on<F: Future>(future: F) -> F::Output {
    smol::block_on(future)
}

/// What tells a task to stop: this channel's closing. The task keeps both ends, so that a dropped handle, which takes
/// its own ends with it, closes nothing.
type Stop = (Sender<Infallible>, Receiver<Infallible>);

/// The whole life of a task: `future`, until its end, its panic or the order to stop.
async fn run<F: Future>(future: F, outcome: Sender<Result<F::Output, JoinError>>, stop: Stop) {
    let mut future = pin!(Some(future));
    let mut stopped = pin!(stop.0.closed());
    let mut listening: Option<Waker> = None;
    let result = poll_fn(|cx| {
        // Register once for each waker; afterwards a look at the channel is enough, and cheaper.
        let cancelled = if listening.as_ref().is_some_and(|waker| waker.will_wake(cx.waker())) {
            stop.0.is_closed()
        } else {
            listening = Some(cx.waker().clone());
            stopped.as_mut().poll(cx).is_ready()
        };
        match future.as_mut().as_pin_mut() {
            Some(future) if !cancelled => match catch_unwind(AssertUnwindSafe(|| future.poll(cx))) {
                Ok(poll) => poll.map(Ok),
                Err(payload) => Poll::Ready(Err(JoinError::panic(payload))),
            },
            _ => Poll::Ready(Err(JoinError::Cancelled)),
        }
    })
    .await;
    // What the task held goes before anybody hears of its end.
    let dropped = catch_unwind(AssertUnwindSafe(|| future.set(None)));
    // Refused if the handle was dropped.
    let _ = outcome.try_send(dropped.map_err(JoinError::panic).and(result));
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
/// use chan_smol::{JoinHandle, block_on, go};
///
/// block_on(async {
///     let task: JoinHandle<&str> = go(async { "done" });
///     assert_eq!(task.await.unwrap(), "done");
/// });
/// ```
pub struct JoinHandle<T> {
    stop: Stop,
    /// The task's outcome. Closed when the task lets go of it, with or without a word.
    result: IntoStream<Result<T, JoinError>>,
}

impl<T> JoinHandle<T> {
    /// Stops the task where it waits next, or now if it is waiting. Returns at once; await the handle to know that
    /// the task is gone, with everything it held.
    ///
    /// The handle then gives [`JoinError::Cancelled`], or the result, if the task was faster. Cancelling twice, or a
    /// task that has ended, does nothing.
    ///
    /// ```
    /// use chan_smol::{JoinError, block_on, go};
    ///
    /// block_on(async {
    ///     let task = go(std::future::pending::<()>());
    ///     task.cancel();
    ///     assert!(matches!(task.await, Err(JoinError::Cancelled)));
    /// });
    /// ```
    pub fn cancel(&self) {
        self.stop.0.close();
    }

    /// Whether the task has ended, by itself, by a panic or by being cancelled. Then awaiting the handle does not
    /// wait.
    ///
    /// ```
    /// use chan_smol::{block_on, go};
    ///
    /// block_on(async {
    ///     let task = go(std::future::pending::<()>());
    ///     assert!(!task.is_finished());
    /// });
    /// ```
    pub fn is_finished(&self) -> bool {
        self.result.receiver().is_closed()
    }
}

impl<T> Future for JoinHandle<T> {
    type Output = Result<T, JoinError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        // Without a word: its executor has dropped it.
        Pin::new(&mut self.result).poll_next(cx).map(|outcome| outcome.unwrap_or(Err(JoinError::Cancelled)))
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
/// use chan_smol::{JoinError, block_on, go};
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
    /// use chan_smol::{block_on, go};
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
    /// use chan_smol::{JoinError, block_on, go};
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
    /// use chan_smol::{JoinError, block_on, go};
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
