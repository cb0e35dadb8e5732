//! Go-style channels on smol: [`chan`], [`go`], [`select!`], [`after`], [`tick`].
//!
//! Everything of [`chan_core`] and [`chan_select`] is here under one name, so this crate is the only dependency a
//! program needs; `chan_tokio` and `chan_async_std` have the same names with the same signatures.
//!
//! ```
//! use std::time::Duration;
//!
//! use chan_smol::{after, block_on, chan, go, select};
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
//! # What is smol's here
//!
//! * **Budget: none.** smol has no cooperative budget, so a task whose channels are always ready keeps its thread, as
//!   with any other future on smol; `smol::future::yield_now` lets others run.
//! * **Blocking: not detected.** smol does not tell whether a thread drives tasks. `recv_blocking` and its like stop
//!   every task of the thread they are called on: inside async code await, or move the call into `smol::unblock`.
//! * **Clock.** All time here is `smol::Timer`.
//! * **Ctrl-C.** `ctrl_c`, with feature `ctrl-c`, through `async-signal`, of smol's family. It is off by default: it needs
//!   a system that has signals, and changes what Ctrl-C does.
//!
//! So the constructors are [`chan_core`]'s own. Timers and channels also work on an executor of your own; only [`go`]
//! needs the global one.

#![forbid(unsafe_code)]

mod backend;

pub use chan_core as core;
pub use chan_core::*;
pub use chan_select;
pub use chan_select::*;

pub use backend::{Runtime, block_on};
#[doc(inline)]
pub use chan_select::runtime::{Elapsed, JoinError, PanicPayload};

chan_select::runtime::names! {
    Runtime, in "chan_smol",
    go {
        /// It runs on smol's global executor, which has one thread, or as many as the environment variable `SMOL_THREADS`
        /// says.
    }
}

#[cfg(feature = "ctrl-c")]
chan_select::runtime::ctrl_c!(Runtime, in "chan_smol");

/// What the channels of this crate know about smol: nothing. It is here so that a program that names it is the same on
/// every adapter.
///
/// ```
/// use chan_smol::{Builder, MANNERS};
///
/// let (tx, _rx) = Builder::bounded(1).manners(&MANNERS).build();
/// assert!(tx.try_send(1).is_ok());
/// ```
pub static MANNERS: Manners = Manners { name: "smol", proceed: |cx, poll| poll(cx), check_blocking: || {} };

// README's example is a test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
