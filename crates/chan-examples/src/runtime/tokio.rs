//! The tokio runtime.

use std::time::{Duration, Instant};

use chan_tokio::{Receiver, Sender};
use futures_lite::Stream;

use super::{Failed, Runtime};

/// The tokio runtime, several worker threads.
#[derive(Clone, Copy, Debug)]
pub struct Tokio;

impl Runtime for Tokio {
    const NAME: &'static str = "tokio";

    fn block_on<F: Future>(future: F) -> F::Output {
        ::tokio::runtime::Builder::new_multi_thread()
            .enable_time()
            .build()
            .expect("tokio cannot start its threads")
            .block_on(future)
    }

    fn spawn<F>(future: F) -> impl Future<Output = Result<F::Output, Failed>> + Send + 'static
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        let task = chan_tokio::go(future);
        async move { task.await.map_err(Failed::new) }
    }

    fn sleep(time: Duration) -> impl Future<Output = ()> + Send + 'static {
        chan_tokio::sleep(time)
    }

    fn tick(every: Duration) -> impl Stream<Item = Instant> + Send + Unpin + 'static {
        chan_tokio::tick(every)
    }

    fn chan<T: Send>(capacity: usize) -> (Sender<T>, Receiver<T>) {
        chan_tokio::chan(capacity)
    }

    fn unbounded<T: Send>() -> (Sender<T>, Receiver<T>) {
        chan_tokio::unbounded()
    }
}
