//! What every adapter shares: errors of tasks and of time limits, and the parts that need only a clock or a way to run
//! a future. Knows no runtime; an adapter (`chan-tokio`, `chan-smol`, `chan-async-std`) adds what names its own.
//!
//! Programs need nothing of this: the adapters re-export it under names that have their runtime's clock inside. It is
//! for those who write an adapter. What one needs is a [`Clock`] and something that runs futures:
//!
//! ```
//! use std::future::Future;
//! use std::pin::Pin;
//! use std::thread;
//! use std::time::{Duration, Instant};
//!
//! use chan_select::runtime::{self, After, JoinError};
//! use futures_lite::future::block_on;
//!
//! /// A runtime without one: each timer and each task has a thread.
//! struct Threads;
//!
//! impl runtime::Clock for Threads {
//!     type Timer = Pin<Box<dyn Future<Output = ()> + Send + Sync>>;
//!
//!     fn now() -> Instant {
//!         Instant::now()
//!     }
//!
//!     fn at(due: Instant) -> Self::Timer {
//!         let (awake, due_now) = chan_core::chan::<()>(0);
//!         thread::spawn(move || {
//!             thread::sleep(due.saturating_duration_since(Instant::now()));
//!             drop(awake); // closes the channel
//!         });
//!         Box::pin(async move { due_now.closed().await })
//!     }
//! }
//!
//! let (body, stop, outcome) = runtime::task(async {
//!     After::<Threads>::new(Duration::from_millis(1)).await;
//!     "rested"
//! });
//! thread::spawn(move || block_on(body));
//! assert_eq!(block_on(outcome.recv()).unwrap().unwrap(), "rested");
//!
//! // It has ended: too late for this to change anything.
//! stop.order();
//! ```

mod join;
mod task;

mod clock;
mod tick;
mod limit;

pub use clock::{After, Clock};
pub use join::{JoinError, PanicPayload};
pub use limit::{Elapsed, timeout};
pub use task::{Stop, task};
pub use tick::Tick;
