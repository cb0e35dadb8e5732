//! async-std's global executor.

use std::time::{Duration, Instant};

use chan_async_std::{Receiver, Sender};
use futures_lite::Stream;

use super::{Failed, Runtime};

/// async-std's global executor.
#[derive(Clone, Copy, Debug)]
pub struct AsyncStd;

impl Runtime for AsyncStd {
    const NAME: &'static str = "async-std";

    fn block_on<F: Future>(future: F) -> F::Output {
        ::async_std::task::block_on(future)
    }

    fn spawn<F>(future: F) -> impl Future<Output = Result<F::Output, Failed>> + Send + 'static
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        let task = chan_async_std::go(future);
        async move { task.await.map_err(Failed::new) }
    }

    fn sleep(time: Duration) -> impl Future<Output = ()> + Send + 'static {
        chan_async_std::sleep(time)
    }

    fn tick(every: Duration) -> impl Stream<Item = Instant> + Send + Unpin + 'static {
        chan_async_std::tick(every)
    }

    fn chan<T: Send>(capacity: usize) -> (Sender<T>, Receiver<T>) {
        chan_async_std::chan(capacity)
    }

    fn unbounded<T: Send>() -> (Sender<T>, Receiver<T>) {
        chan_async_std::unbounded()
    }
}
