//! What this crate knows about smol's tasks, clock and signals. Knows no channel.

use std::future::Future;
#[cfg(feature = "ctrl-c")]
use std::pin::Pin;
#[cfg(feature = "ctrl-c")]
use std::task::{Context, Poll};
use std::time::Instant;

use chan_select::runtime::{Clock, Spawn};
use smol::Timer;
#[cfg(feature = "ctrl-c")]
use smol::stream::Stream as _;

/// smol, for what is written over any runtime: its global executor, and its timers.
///
/// ```
/// use std::time::Duration;
///
/// use chan_smol::runtime::{After, Clock as _};
///
/// chan_smol::block_on(async {
///     let due = After::<chan_smol::Runtime>::new(Duration::from_millis(1)).await;
///     assert!(due <= chan_smol::Runtime::now());
/// });
/// ```
#[derive(Debug)]
pub enum Runtime {}

// Not its own handles: they cancel when dropped, and can be cancelled only by value.
impl Spawn for Runtime {
    fn spawn(body: impl Future<Output = ()> + Send + 'static) {
        smol::spawn(body).detach();
    }
}

impl Clock for Runtime {
    type Timer = Timer;

    fn now() -> Instant {
        Instant::now()
    }

    fn at(due: Instant) -> Timer {
        Timer::at(due)
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
/// assert_eq!(chan_smol::block_on(async { 1 + 1 }), 2);
/// ```
pub fn block_on<F: Future>(future: F) -> F::Output {
    smol::block_on(future)
}
