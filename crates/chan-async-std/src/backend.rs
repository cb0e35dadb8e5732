//! What this crate knows about async-std's tasks and clock, and about signals. Knows no channel.

use std::future::Future;
use std::pin::Pin;
#[cfg(feature = "ctrl-c")]
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

#[cfg(feature = "ctrl-c")]
use async_std::stream::Stream as _;
use async_std::task;
use chan_select::runtime::{Clock, Spawn};

/// async-std, for what is written over any runtime: its global executor, and its timers.
///
/// ```
/// use std::time::Duration;
///
/// use chan_async_std::runtime::{After, Clock as _};
///
/// chan_async_std::block_on(async {
///     let due = After::<chan_async_std::Runtime>::new(Duration::from_millis(1)).await;
///     assert!(due <= chan_async_std::Runtime::now());
/// });
/// ```
#[derive(Debug)]
pub enum Runtime {}

// Not its own handles: they can be cancelled only by value, and cannot be asked.
impl Spawn for Runtime {
    fn spawn(body: impl Future<Output = ()> + Send + 'static) {
        drop(task::spawn(body));
    }
}

impl Clock for Runtime {
    /// Boxed: async-std has no timer that can be named.
    type Timer = Pin<Box<dyn Future<Output = ()> + Send + Sync>>;

    fn now() -> Instant {
        Instant::now()
    }

    fn at(due: Instant) -> Self::Timer {
        Box::pin(sleep_until(Some(due)))
    }

    fn sleep(duration: Duration) -> impl Future<Output = ()> + Send + Sync {
        sleep_until(Instant::now().checked_add(duration))
    }
}

/// `None` is later than the clock can tell.
async fn sleep_until(due: Option<Instant>) {
    match due {
        Some(due) => task::sleep(due.saturating_duration_since(Instant::now())).await,
        None => std::future::pending().await,
    }
}

#[cfg(feature = "ctrl-c")]
impl chan_select::runtime::Presses for Runtime {
    fn presses() -> std::io::Result<impl FnMut(&mut Context<'_>) -> Poll<Option<()>> + Send + 'static> {
        let mut presses = async_signal::Signals::new([async_signal::Signal::Int])?;
        // An error would be one of the self-pipe's, which is gone then.
        Ok(move |cx: &mut Context<'_>| Pin::new(&mut presses).poll_next(cx).map(|press| press?.ok().map(drop)))
    }
}

/// Runs `future` on this thread until it is done. Tasks started inside run on the executor's own threads, and go on
/// afterwards.
///
/// ```
/// assert_eq!(chan_async_std::block_on(async { 1 + 1 }), 2);
/// ```
pub fn block_on<F: Future>(future: F) -> F::Output {
    task::block_on(future)
}
