//! What every adapter shares: errors of tasks and of time limits, and the parts that need only a clock or a way to run
//! a future. Knows no runtime; an adapter (`chan-tokio`, `chan-smol`, `chan-async-std`) adds what names its own.
//!
//! Programs need nothing of this: the adapters re-export it under names that have their runtime inside. It is for those
//! who write an adapter. What one needs is a [`Clock`], something that runs futures ([`Spawn`], or [`Tasks`] if the
//! runtime's own handles can do all that a [`JoinHandle`] can), and a line for each group of names: [`names!`],
//! [`constructors!`] and, where the runtime hears of Ctrl-C, [`ctrl_c!`]. So all adapters have the same names with the
//! same signatures and the same documentation, and a program moves from one to another by its `use` lines.
//!
//! ```
//! use std::future::Future;
//! use std::pin::Pin;
//! use std::thread;
//! use std::time::{Duration, Instant};
//!
//! use chan_select::runtime;
//! use futures_lite::future::block_on;
//!
//! /// A runtime without one: each timer and each task has a thread.
//! pub enum Runtime {}
//!
//! impl runtime::Spawn for Runtime {
//!     fn spawn(body: impl Future<Output = ()> + Send + 'static) {
//!         thread::spawn(|| block_on(body));
//!     }
//! }
//!
//! impl runtime::Clock for Runtime {
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
//! runtime::names!(Runtime, in "chan_threads");
//!
//! # fn main() {
//! let task = go(async {
//!     sleep(Duration::from_millis(1)).await;
//!     "rested"
//! });
//! assert_eq!(block_on(task).unwrap(), "rested");
//! # }
//! ```

mod join;
mod tasks;
mod spawn;
mod scope;

mod limit;
mod clock;
mod tick;

mod events;

mod adapter;

#[doc(inline)]
pub use adapter::{constructors, ctrl_c, names};
pub use clock::{After, Clock};
pub use events::{Presses, forward};
pub use join::{JoinError, PanicPayload};
pub use limit::{Elapsed, timeout};
pub use scope::{Scope, scope};
pub use spawn::{Detached, Spawn, Stop, task};
pub use tasks::{JoinHandle, Tasks, go};
pub use tick::Tick;

// What the macros name, so that an adapter's documentation can link to it.
#[doc(no_inline)]
pub use chan_core::future::{RecvUntil, SendUntil};
#[doc(no_inline)]
pub use chan_core::{Builder, Receiver, RecvTimeoutError, SendTimeoutError, Sender};
