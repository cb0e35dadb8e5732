//! No executor at all: each task is a thread that runs one future. Timers are async-io's.

use std::time::{Duration, Instant};

use async_io::Timer;
use chan_core::{Receiver, Sender};
use futures_lite::Stream;
use futures_lite::future::block_on;

use super::{Failed, Runtime};

/// A thread for each task.
#[derive(Clone, Copy, Debug)]
pub struct Threads;

impl Runtime for Threads {
    const NAME: &'static str = "threads";

    fn block_on<F: Future>(future: F) -> F::Output {
        block_on(future)
    }

    fn spawn<F>(future: F) -> impl Future<Output = Result<F::Output, Failed>> + Send + 'static
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        let answer = thread::<Threads, _>(move || block_on(future));
        async move { answer.recv().await.map_err(|_| Failed::new("its thread panicked")) }
    }

    fn sleep(time: Duration) -> impl Future<Output = ()> + Send + 'static {
        let timer = Timer::after(time);
        async move {
            timer.await;
        }
    }

    fn tick(every: Duration) -> impl Stream<Item = Instant> + Send + Unpin + 'static {
        Timer::interval(every)
    }

    fn chan<T: Send>(capacity: usize) -> (Sender<T>, Receiver<T>) {
        chan_core::chan(capacity)
    }

    fn unbounded<T: Send>() -> (Sender<T>, Receiver<T>) {
        chan_core::unbounded()
    }
}

/// Runs what would block an executor on a thread of its own. The answer comes through a channel; if that closes without
/// one, the thread panicked.
pub fn thread<R: Runtime, T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Receiver<T> {
    let (answer, receiver) = R::chan(1);
    std::thread::spawn(move || {
        // Nobody may be interested any more; that is no error.
        let _ = answer.send_blocking(work());
    });
    receiver
}
