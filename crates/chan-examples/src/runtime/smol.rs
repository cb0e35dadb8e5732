//! smol's global executor; `SMOL_THREADS` says how many threads it has (one, if unset).

use std::time::{Duration, Instant};

use chan_smol::{Receiver, Sender};
use futures_lite::Stream;

use super::{Failed, Runtime};

/// smol's global executor.
#[derive(Clone, Copy, Debug)]
pub struct Smol;

impl Runtime for Smol {
    const NAME: &'static str = "smol";

    fn block_on<F: Future>(future: F) -> F::Output {
        ::smol::block_on(future)
    }

    fn spawn<F>(future: F) -> impl Future<Output = Result<F::Output, Failed>> + Send + 'static
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        let task = chan_smol::go(future);
        async move { task.await.map_err(Failed::new) }
    }

    fn sleep(time: Duration) -> impl Future<Output = ()> + Send + 'static {
        chan_smol::sleep(time)
    }

    fn tick(every: Duration) -> impl Stream<Item = Instant> + Send + Unpin + 'static {
        chan_smol::tick(every)
    }

    fn chan<T: Send>(capacity: usize) -> (Sender<T>, Receiver<T>) {
        chan_smol::chan(capacity)
    }

    fn unbounded<T: Send>() -> (Sender<T>, Receiver<T>) {
        chan_smol::unbounded()
    }
}
