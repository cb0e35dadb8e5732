//! A future that can be stopped and whose panic is an outcome, for executors whose own handles cannot do that.
//! Knows no executor.
//!
//! The outcome and the order to stop travel through channels of ours.

use core::convert::Infallible;
use core::fmt;
use core::future::poll_fn;
use core::panic::AssertUnwindSafe;
use core::pin::{Pin, pin};
use core::task::{Context, Poll, Waker};
use std::boxed::Box;
use std::panic::catch_unwind;

use chan_core::stream::IntoStream;
use chan_core::{Receiver, Sender};
use futures_core::Stream;

use super::{JoinError, Tasks};

/// A runtime that runs futures: all that [`Tasks`] need. The rest is [`task`].
///
/// ```
/// use std::future::Future;
/// use std::thread;
///
/// use chan_select::runtime::{self, JoinError};
/// use futures_lite::future::block_on;
///
/// /// Each task has a thread.
/// enum Threads {}
///
/// impl runtime::Spawn for Threads {
///     fn spawn(body: impl Future<Output = ()> + Send + 'static) {
///         thread::spawn(|| block_on(body));
///     }
/// }
///
/// let task = runtime::go::<Threads, _>(std::future::pending::<()>());
/// task.cancel();
/// assert!(matches!(block_on(task), Err(JoinError::Cancelled)));
/// ```
pub trait Spawn {
    /// Runs `body` to its end, with nobody looking. It does not panic.
    fn spawn(body: impl Future<Output = ()> + Send + 'static);
}

impl<R: Spawn> Tasks for R {
    type Task<T> = Detached<T>;
    type Stop = Stop;

    #[track_caller]
    fn start<F>(future: F) -> Detached<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        let (body, stop, outcome) = task(future);
        R::spawn(body);
        Detached { stop, outcome: outcome.into_stream() }
    }

    fn poll<T>(task: &mut Detached<T>, cx: &mut Context<'_>) -> Poll<Result<T, JoinError>> {
        // Without a word: its executor has dropped it.
        Pin::new(&mut task.outcome).poll_next(cx).map(|outcome| outcome.unwrap_or(Err(JoinError::Cancelled)))
    }

    fn is_finished<T>(task: &Detached<T>) -> bool {
        task.outcome.receiver().is_closed()
    }

    fn stop<T>(task: &Detached<T>) -> Stop {
        task.stop.clone()
    }

    fn cancel(stop: &Stop) {
        stop.order();
    }
}

/// A [`task`] that a [`Spawn`] runs.
pub struct Detached<T> {
    stop: Stop,
    /// Closed when the task lets go of it, with or without a word.
    outcome: IntoStream<Result<T, JoinError>>,
}

impl<T> fmt::Debug for Detached<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Detached").field("stop", &self.stop).finish_non_exhaustive()
    }
}

/// Makes a task of `future`: what the executor is to run, what stops it, and where its outcome comes out, once.
///
/// The outcome is `Ok` with what the future gave, or a [`JoinError`] if it panicked or was stopped; by then the future,
/// with all that it held, is gone. The channel closes when the task has ended, without a word if its executor dropped
/// it. Dropping the other two parts changes nothing for the task.
///
/// What a [`Spawn`] is given; by itself for an executor whose futures are not `Send`.
///
/// ```
/// use chan_select::runtime::{JoinError, task};
/// use futures_lite::future::block_on;
///
/// let (body, _stop, outcome) = task(async { 6 * 7 });
/// block_on(body);
/// assert_eq!(outcome.try_recv().unwrap().unwrap(), 42);
///
/// let (body, stop, outcome) = task(std::future::pending::<()>());
/// stop.order();
/// block_on(body);
/// assert!(matches!(outcome.try_recv(), Ok(Err(JoinError::Cancelled))));
/// ```
pub fn task<F: Future>(future: F) -> (impl Future<Output = ()> + use<F>, Stop, Receiver<Result<F::Output, JoinError>>) {
    let (outcome, result) = chan_core::bounded(1);
    let (ordered, order) = chan_core::bounded(0);
    let stop = Stop { ordered, _order: order };
    // Boxed: an async function keeps what it awaits twice, once as its argument.
    (run(Box::pin(future), outcome, stop.clone()), stop, result)
}

/// What tells a [`task`] to stop.
///
/// ```
/// use chan_select::runtime::{Stop, task};
/// use futures_lite::future::{block_on, poll_once};
///
/// let (body, stop, _outcome) = task(std::future::pending::<()>());
/// let mut body = std::pin::pin!(body);
/// assert!(block_on(poll_once(body.as_mut())).is_none());
/// Stop::order(&stop);
/// assert!(block_on(poll_once(body)).is_some());
/// ```
#[derive(Clone, Debug)]
pub struct Stop {
    /// The order is this channel's closing.
    ordered: Sender<Infallible>,
    /// Its other end. The task keeps both, so that a dropped handle, which takes its own with it, closes nothing.
    _order: Receiver<Infallible>,
}

impl Stop {
    /// Stops the task where it waits next, or now if it is waiting. Returns at once. Ordering twice, or a task that
    /// has ended, does nothing.
    ///
    /// ```
    /// use chan_select::runtime::task;
    ///
    /// let (body, stop, outcome) = task(async { "done" });
    /// futures_lite::future::block_on(body);
    /// stop.order();
    /// stop.order();
    /// assert_eq!(outcome.try_recv().unwrap().unwrap(), "done");
    /// ```
    pub fn order(&self) {
        self.ordered.close();
    }
}

/// The whole life of a task: `future`, until its end, its panic or the order to stop.
async fn run<F: Future>(future: Pin<Box<F>>, outcome: Sender<Result<F::Output, JoinError>>, stop: Stop) {
    let mut future = Some(future);
    let mut stopped = pin!(stop.ordered.closed());
    let mut listening: Option<Waker> = None;
    let result = poll_fn(|cx| {
        // Register once for each waker; afterwards a look at the channel is enough, and cheaper.
        let cancelled = if listening.as_ref().is_some_and(|waker| waker.will_wake(cx.waker())) {
            stop.ordered.is_closed()
        } else {
            listening = Some(cx.waker().clone());
            stopped.as_mut().poll(cx).is_ready()
        };
        match &mut future {
            Some(future) if !cancelled => match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(cx))) {
                Ok(poll) => poll.map(Ok),
                Err(payload) => Poll::Ready(Err(JoinError::panic(payload))),
            },
            _ => Poll::Ready(Err(JoinError::Cancelled)),
        }
    })
    .await;
    // What the task held goes before anybody hears of its end.
    let dropped = catch_unwind(AssertUnwindSafe(|| drop(future.take())));
    // Refused if nobody wants to know any more.
    let _ = outcome.try_send(dropped.map_err(JoinError::panic).and(result));
}
