//! Tasks of a runtime: `go` starts one, a `JoinHandle` awaits, asks or cancels it. Knows no runtime, no channel and no
//! clock.

use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll};

use super::JoinError;

/// How a runtime runs tasks, where its own handles can be awaited, asked and cancelled. For a runtime that merely runs
/// futures, [`Spawn`](super::Spawn) is enough: whoever implements that has this, too.
///
/// ```
/// use std::future::Future;
/// use std::thread;
///
/// use chan_select::runtime::{self, JoinHandle};
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
/// let task: JoinHandle<Threads, u8> = runtime::go(async { 42 });
/// assert_eq!(block_on(task).unwrap(), 42);
/// ```
pub trait Tasks {
    /// A task that was started, with the means to learn its result. Dropping it detaches the task.
    type Task<T>: Unpin;

    /// What stops a task, apart from its result.
    type Stop: Send + Sync + 'static;

    /// Starts a task.
    fn start<F>(future: F) -> Self::Task<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static;

    /// The result, once: what the future gave, or a [`JoinError`] if it panicked or was stopped. By then the future is
    /// gone, with everything it held.
    fn poll<T>(task: &mut Self::Task<T>, cx: &mut Context<'_>) -> Poll<Result<T, JoinError>>;

    /// Whether [`poll`](Self::poll) would not wait.
    fn is_finished<T>(task: &Self::Task<T>) -> bool;

    /// What stops this task.
    fn stop<T>(task: &Self::Task<T>) -> Self::Stop;

    /// Stops the task where it waits next, or now if it is waiting. Does not wait. Stopping twice, or a task that has
    /// ended, does nothing.
    fn cancel(stop: &Self::Stop);
}

/// Starts a task; the adapters' `go`, on their runtime.
///
/// ```
/// # use std::{future::Future, thread};
/// # use chan_select::runtime::{self, JoinHandle};
/// # use futures_lite::future::block_on;
/// # enum Threads {}
/// # impl runtime::Spawn for Threads {
/// #     fn spawn(body: impl Future<Output = ()> + Send + 'static) { thread::spawn(|| block_on(body)); }
/// # }
/// let task = runtime::go::<Threads, _>(async { panic!("out of cheese") });
/// let error = block_on(task).map(|()| ()).unwrap_err();
/// assert_eq!(error.to_string(), "the task panicked: out of cheese");
/// ```
#[track_caller]
pub fn go<R: Tasks, F>(future: F) -> JoinHandle<R, F::Output>
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    JoinHandle { task: R::start(future) }
}

/// A task started by `go`: await it for its result.
///
/// The result is `Ok` with what the task's future gave, or a [`JoinError`] if it panicked or was cancelled. By then the
/// future is gone, with everything it held. Dropping the handle detaches the task, which runs on.
///
/// `R` is the runtime; the adapters have a name for the handle that needs the result's type only.
///
/// # Cancel safety
///
/// `(&mut handle).await`, also as a case of `select!`, may be dropped and begun again; the result is kept. Do not
/// poll the handle again once it has given the result.
///
/// ```
/// # use std::{future::Future, thread};
/// # use chan_select::runtime::{self, JoinHandle};
/// # use futures_lite::future::block_on;
/// # enum Threads {}
/// # impl runtime::Spawn for Threads {
/// #     fn spawn(body: impl Future<Output = ()> + Send + 'static) { thread::spawn(|| block_on(body)); }
/// # }
/// # fn go<F>(future: F) -> JoinHandle<Threads, F::Output>
/// # where F: Future + Send + 'static, F::Output: Send + 'static { runtime::go(future) }
/// let task = go(async { "done" });
/// assert_eq!(block_on(task).unwrap(), "done");
/// ```
pub struct JoinHandle<R: Tasks, T> {
    task: R::Task<T>,
}

impl<R: Tasks, T> JoinHandle<R, T> {
    /// Stops the task where it waits next, or now if it is waiting. Returns at once; await the handle to know that
    /// the task is gone, with everything it held.
    ///
    /// The handle then gives [`JoinError::Cancelled`], or the result, if the task was faster. Cancelling twice, or a
    /// task that has ended, does nothing.
    ///
    /// ```
    /// # use std::{future::Future, thread};
    /// # use chan_select::runtime::{self, JoinError, JoinHandle};
    /// # use futures_lite::future::block_on;
    /// # enum Threads {}
    /// # impl runtime::Spawn for Threads {
    /// #     fn spawn(body: impl Future<Output = ()> + Send + 'static) { thread::spawn(|| block_on(body)); }
    /// # }
    /// # fn go<F>(future: F) -> JoinHandle<Threads, F::Output>
    /// # where F: Future + Send + 'static, F::Output: Send + 'static { runtime::go(future) }
    /// let task = go(std::future::pending::<()>());
    /// task.cancel();
    /// assert!(matches!(block_on(task), Err(JoinError::Cancelled)));
    /// ```
    pub fn cancel(&self) {
        R::cancel(&self.stop());
    }

    /// Whether the task has ended, by itself, by a panic or by being cancelled. Then awaiting the handle does not
    /// wait.
    ///
    /// ```
    /// # use std::{future::Future, thread};
    /// # use chan_select::runtime::{self, JoinHandle};
    /// # use futures_lite::future::block_on;
    /// # enum Threads {}
    /// # impl runtime::Spawn for Threads {
    /// #     fn spawn(body: impl Future<Output = ()> + Send + 'static) { thread::spawn(|| block_on(body)); }
    /// # }
    /// # fn go<F>(future: F) -> JoinHandle<Threads, F::Output>
    /// # where F: Future + Send + 'static, F::Output: Send + 'static { runtime::go(future) }
    /// let task = go(std::future::pending::<()>());
    /// assert!(!task.is_finished());
    /// ```
    pub fn is_finished(&self) -> bool {
        R::is_finished(&self.task)
    }

    pub(super) fn stop(&self) -> R::Stop {
        R::stop(&self.task)
    }
}

impl<R: Tasks, T> Future for JoinHandle<R, T> {
    type Output = Result<T, JoinError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        R::poll(&mut self.task, cx)
    }
}

impl<R: Tasks, T> fmt::Debug for JoinHandle<R, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JoinHandle").field("finished", &self.is_finished()).finish_non_exhaustive()
    }
}
