//! What a program asks of its backend: tasks, timers, and channels that know the backend's manners. Knows nothing of
//! the programs.
//!
//! A library would depend on one adapter and need none of this. These programs run on four, so they are generic over
//! [`Runtime`]; the one `match` over backends is [`Backend::run`].

use std::fmt;
use std::time::{Duration, Instant};

use chan_core::{Receiver, Sender};
use futures_lite::Stream;

mod async_std;
mod smol;
mod threads;
mod tokio;

pub use async_std::AsyncStd;
pub use smol::Smol;
pub use threads::{Threads, thread};
pub use tokio::Tokio;

/// A backend that tasks run on.
pub trait Runtime: Copy + fmt::Debug + Send + Sync + 'static {
    /// Its name on the command line.
    const NAME: &'static str;

    /// Runs a future to its end on this thread, with the backend around it.
    fn block_on<F: Future>(future: F) -> F::Output;

    /// Starts a task. Its result, or the news that it panicked, is what the answer resolves to; dropping the answer
    /// leaves the task running.
    fn spawn<F>(future: F) -> impl Future<Output = Result<F::Output, Failed>> + Send + 'static
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static;

    /// Resolves when this much time has passed.
    fn sleep(time: Duration) -> impl Future<Output = ()> + Send + 'static;

    /// The time at every beat. It waits for whoever listens: beats that nobody asked for are left out.
    fn tick(every: Duration) -> impl Stream<Item = Instant> + Send + Unpin + 'static;

    /// A channel for `capacity` messages; 0 is a rendezvous.
    fn chan<T: Send>(capacity: usize) -> (Sender<T>, Receiver<T>);

    /// A channel that is never full.
    fn unbounded<T: Send>() -> (Sender<T>, Receiver<T>);
}

/// A task panicked, or was stopped before its end.
#[derive(Debug)]
pub struct Failed(String);

impl Failed {
    /// With what is known about it.
    pub fn new(why: impl fmt::Display) -> Self {
        Failed(why.to_string())
    }
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a task failed: {}", self.0)
    }
}

impl std::error::Error for Failed {}

/// The backends by name, for the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Backend {
    /// The tokio runtime, several worker threads.
    Tokio,
    /// smol's global executor.
    Smol,
    /// async-std's global executor.
    AsyncStd,
    /// A thread for each task.
    Threads,
}

/// Something to run on a backend that is chosen at run time.
pub trait Program {
    /// What it gives.
    type Output;

    /// Runs it.
    fn run<R: Runtime>(self) -> Self::Output;
}

impl Backend {
    /// Runs a program on this backend.
    pub fn run<P: Program>(self, program: P) -> P::Output {
        match self {
            Backend::Tokio => program.run::<Tokio>(),
            Backend::Smol => program.run::<Smol>(),
            Backend::AsyncStd => program.run::<AsyncStd>(),
            Backend::Threads => program.run::<Threads>(),
        }
    }
}
