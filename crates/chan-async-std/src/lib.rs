//! Go-style channels on async-std: [`chan`], [`go`], [`select!`], [`after`], [`tick`].
//!
//! Everything of [`chan_core`] and [`chan_select`] is here under one name, so this crate is the only dependency a
//! program needs; `chan_tokio` and `chan_smol` have the same names with the same signatures.
//!
//! ```
//! use std::time::Duration;
//!
//! use chan_async_std::{after, block_on, chan, go, select};
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
//! # async-std is discontinued
//!
//! Its last release is from 2025, and the advisory [RUSTSEC-2025-0052] tells its users to move to smol. This crate
//! serves programs that have not moved yet; new ones start with `chan_smol`, which has the same names.
//!
//! [RUSTSEC-2025-0052]: https://rustsec.org/advisories/RUSTSEC-2025-0052.html
//!
//! # What is async-std's here
//!
//! * **Budget: none.** async-std has no cooperative budget, so a task whose channels are always ready keeps its
//!   thread, as with any other future on async-std; `async_std::task::yield_now` lets others run.
//! * **Blocking.** `send_blocking`, `recv_blocking` and the blocking iterators of channels made by this crate's
//!   constructors panic inside an async-std task and say what to do instead. In `spawn_blocking` and on threads of
//!   your own they block.
//! * **Clock.** All time here is `async_std::task::sleep`.

#![forbid(unsafe_code)]

mod task;
mod time;

pub use chan_core as core;
pub use chan_core::*;
pub use chan_select;
pub use chan_select::*;

#[doc(inline)]
pub use chan_select::runtime::{Elapsed, JoinError, PanicPayload};
pub use task::{JoinHandle, block_on, go};
pub use time::{After, Clock, ReceiverExt, SenderExt, Tick, after, sleep, tick, timeout};

/// What the channels of this crate know about async-std: their blocking forms panic inside its tasks.
///
/// [`chan`], [`bounded`] and [`unbounded`] put it into the channels they make; with a [`Builder`] you do it yourself.
///
/// ```
/// use chan_async_std::{Builder, MANNERS};
///
/// let (tx, _rx) = Builder::bounded(1).manners(&MANNERS).build();
/// assert!(tx.try_send(1).is_ok());
/// ```
pub static MANNERS: Manners = Manners { name: "async-std", proceed: |cx, poll| poll(cx), check_blocking };

/// Panics while this thread polls a task. async-std says exactly when: a task is current then, and neither in
/// `spawn_blocking` nor on threads of one's own.
fn check_blocking() {
    assert!(
        async_std::task::try_current().is_none(),
        "a blocking call on a channel inside async code would stop every task of this thread: await the async form \
         (`send(v).await`, `recv().await`, a stream instead of an iterator), or move the call into \
         `async_std::task::spawn_blocking`"
    );
}

/// The traits that give handles their timeouts, for `use chan_async_std::prelude::*`.
///
/// ```
/// use std::time::Duration;
///
/// use chan_async_std::prelude::*;
///
/// chan_async_std::block_on(async {
///     let (_tx, rx) = chan_async_std::chan::<u8>(0);
///     assert!(rx.recv_timeout(Duration::from_millis(1)).await.is_err());
/// });
/// ```
pub mod prelude {
    pub use crate::{ReceiverExt, SenderExt};
}

/// Makes a channel for `capacity` messages, as Go's `make(chan T, n)`; with 0, a rendezvous. It has async-std's
/// [manners](MANNERS).
///
/// # Panics
///
/// If a buffer of that capacity cannot exist.
///
/// ```
/// let (tx, rx) = chan_async_std::chan(1);
/// chan_async_std::block_on(async move {
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
/// let (tx, _rx) = chan_async_std::bounded(1);
/// assert!(tx.try_send('a').is_ok());
/// assert!(tx.try_send('b').is_err());
/// ```
pub fn bounded<T>(capacity: usize) -> (Sender<T>, Receiver<T>) {
    Builder::bounded(capacity).manners(&MANNERS).build()
}

/// Makes a channel that is never full. It has async-std's [manners](MANNERS).
///
/// ```
/// let (tx, rx) = chan_async_std::unbounded();
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
