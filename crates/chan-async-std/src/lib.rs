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
//! * **Blocking.** `send_blocking`, `recv_blocking`, their like, the blocking iterators and `select_blocking!` panic
//!   inside an async-std task if they have to do with channels made by this crate's constructors, and say what to do
//!   instead. In `spawn_blocking` and on threads of your own they block.
//! * **Clock.** All time here is `async_std::task::sleep`.
//! * **Ctrl-C.** `ctrl_c`, with feature `ctrl-c`, through `async-signal`, whose reactor async-std shares. It is off by
//!   default: it needs a system that has signals, and changes what Ctrl-C does.

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
    Runtime, in "chan_async_std",
    go {
        /// It runs on async-std's global executor, which has one thread for each core, or as many as the environment
        /// variable `ASYNC_STD_THREAD_COUNT` says.
    }
}

chan_select::runtime::constructors!(MANNERS, in "chan_async_std");

#[cfg(feature = "ctrl-c")]
chan_select::runtime::ctrl_c!(Runtime, in "chan_async_std");

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

// README's example is a test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
