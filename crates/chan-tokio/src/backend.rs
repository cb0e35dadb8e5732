//! What this crate knows about tokio's tasks, clock and signals. Knows no channel.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use chan_select::runtime::{Clock, Elapsed, JoinError, Tasks};
use tokio::task::{AbortHandle, JoinHandle};
use tokio::time::Sleep;

/// tokio, for what is written over any runtime: its tasks, and its clock, which tests can pause.
///
/// ```
/// use std::time::Duration;
///
/// use chan_tokio::runtime::{After, Clock as _};
///
/// chan_tokio::block_on(async {
///     let due = After::<chan_tokio::Runtime>::new(Duration::from_millis(1)).await;
///     assert!(due <= chan_tokio::Runtime::now());
/// });
/// ```
#[derive(Debug)]
pub enum Runtime {}

impl Tasks for Runtime {
    type Task<T> = JoinHandle<T>;
    type Stop = AbortHandle;

    #[track_caller]
    fn start<F>(future: F) -> JoinHandle<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        tokio::spawn(future)
    }

    fn poll<T>(task: &mut JoinHandle<T>, cx: &mut Context<'_>) -> Poll<Result<T, JoinError>> {
        Pin::new(task).poll(cx).map_err(|error| match error.try_into_panic() {
            Ok(payload) => JoinError::panic(payload),
            Err(_cancelled) => JoinError::Cancelled,
        })
    }

    fn is_finished<T>(task: &JoinHandle<T>) -> bool {
        task.is_finished()
    }

    fn stop<T>(task: &JoinHandle<T>) -> AbortHandle {
        task.abort_handle()
    }

    fn cancel(stop: &AbortHandle) {
        stop.abort();
    }
}

impl Clock for Runtime {
    type Timer = Pin<Box<Sleep>>;

    fn now() -> Instant {
        tokio::time::Instant::now().into_std()
    }

    #[track_caller]
    fn at(due: Instant) -> Self::Timer {
        Box::pin(tokio::time::sleep_until(due.into()))
    }

    fn reset(timer: &mut Self::Timer, due: Instant) {
        // Saves the allocation.
        timer.as_mut().reset(due.into());
    }

    #[track_caller]
    fn sleep(duration: Duration) -> impl Future<Output = ()> + Send + Sync {
        tokio::time::sleep(duration)
    }

    #[track_caller]
    fn timeout<F: Future>(limit: Duration, future: F) -> impl Future<Output = Result<F::Output, Elapsed>> {
        // tokio's looks at the clock even when the future has used up the task's budget.
        let timeout = tokio::time::timeout(limit, future);
        async { timeout.await.map_err(|_| Elapsed::new()) }
    }
}

#[cfg(feature = "ctrl-c")]
impl chan_select::runtime::Presses for Runtime {
    fn presses() -> std::io::Result<impl FnMut(&mut Context<'_>) -> Poll<Option<()>> + Send + 'static> {
        #[cfg(unix)]
        let mut presses = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::interrupt())?;
        #[cfg(windows)]
        let mut presses = tokio::signal::windows::ctrl_c()?;
        Ok(move |cx: &mut Context<'_>| presses.poll_recv(cx))
    }
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
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("no resources for a tokio runtime").block_on(future)
}
