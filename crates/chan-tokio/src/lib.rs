//! Go-style channels on tokio: [`chan`], [`go`], [`select!`], [`after`], [`tick`].
//!
//! Everything of [`chan_core`] and [`chan_select`] is here under one name, so this crate is the only dependency a
//! program needs; `chan_smol` and `chan_async_std` have the same names with the same signatures.
//!
//! ```
//! use std::time::Duration;
//!
//! use chan_tokio::{after, block_on, chan, go, select};
//!
//! block_on(async {
//!     let (tx, rx) = chan(0);
//!     go(async move { tx.send("hello").await });
//!
//!     let heard = select! {
//!         word = rx.recv() => word.unwrap(),
//!         _ = after(Duration::from_secs(5)) => "nothing",
//!     };
//!     assert_eq!(heard, "hello");
//! });
//! ```
//!
//! # What is tokio's here
//!
//! * **Budget.** Futures of channels made by this crate's constructors spend tokio's cooperative budget, as tokio's
//!   own channels do: a channel that is always ready cannot keep its task on the thread for ever. `try_*` and
//!   `select!`'s look under `default` never spend. Channels made by [`chan_core`]'s constructors have no budget.
//! * **Blocking.** `send_blocking`, `recv_blocking` and the blocking iterators of such channels panic inside async
//!   code and say what to do instead. In `spawn_blocking`, `block_in_place` and on threads of your own they block.
//! * **Clock.** All time here is `tokio::time`, so `tokio::time::pause` and `advance` work in tests. A runtime that
//!   you build yourself needs `enable_time` or `enable_all`.
//!
//! tokio's features are yours to choose: this crate asks for `rt`, `sync` and `time` only. For a multi-threaded
//! runtime and `#[tokio::main]` add `tokio` with `rt-multi-thread` and `macros`.

#![forbid(unsafe_code)]

mod coop;
mod task;
mod time;

pub use chan_core as core;
pub use chan_core::*;
pub use chan_select;
pub use chan_select::*;

#[doc(inline)]
pub use chan_select::runtime::{Elapsed, JoinError, PanicPayload};
pub use coop::MANNERS;
pub use task::{JoinHandle, block_on, go};
pub use time::{After, Clock, ReceiverExt, SenderExt, Tick, after, sleep, tick, timeout};

/// The traits that give handles their timeouts, for `use chan_tokio::prelude::*`.
///
/// ```
/// use std::time::Duration;
///
/// use chan_tokio::prelude::*;
///
/// chan_tokio::block_on(async {
///     let (_tx, rx) = chan_tokio::chan::<u8>(0);
///     assert!(rx.recv_timeout(Duration::from_millis(1)).await.is_err());
/// });
/// ```
pub mod prelude {
    pub use crate::{ReceiverExt, SenderExt};
}

/// Makes a channel for `capacity` messages, as Go's `make(chan T, n)`; with 0, a rendezvous. It has tokio's
/// [manners](MANNERS).
///
/// # Panics
///
/// If a buffer of that capacity cannot exist.
///
/// ```
/// let (tx, rx) = chan_tokio::chan(1);
/// chan_tokio::block_on(async move {
///     tx.send(7).await.unwrap();
///     assert_eq!(rx.recv().await, Ok(7));
/// });
/// ```
pub fn chan<T>(capacity: usize) -> (Sender<T>, Receiver<T>) {
    bounded(capacity)
}

/// Makes a channel for `capacity` messages: [`chan`] under its Rust name.
///
/// # Panics
///
/// If a buffer of that capacity cannot exist.
///
/// ```
/// let (tx, _rx) = chan_tokio::bounded(1);
/// assert!(tx.try_send('a').is_ok());
/// assert!(tx.try_send('b').is_err());
/// ```
pub fn bounded<T>(capacity: usize) -> (Sender<T>, Receiver<T>) {
    Builder::bounded(capacity).manners(&MANNERS).build()
}

/// Makes a channel that is never full. It has tokio's [manners](MANNERS).
///
/// ```
/// let (tx, rx) = chan_tokio::unbounded();
/// for n in 0..1000 {
///     tx.try_send(n).unwrap();
/// }
/// assert_eq!(rx.len(), 1000);
/// ```
pub fn unbounded<T>() -> (Sender<T>, Receiver<T>) {
    Builder::unbounded().manners(&MANNERS).build()
}

// README's example is a test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
