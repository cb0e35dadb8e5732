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
//! * **Blocking.** `send_blocking`, `recv_blocking`, their like, the blocking iterators and `select_blocking!` panic
//!   inside async code if they have to do with such channels, and say what to do instead. In `spawn_blocking`,
//!   `block_in_place` and on threads of your own they block.
//! * **Clock.** All time here is `tokio::time`, so `tokio::time::pause` and `advance` work in tests. A runtime that
//!   you build yourself needs `enable_time` or `enable_all`.
//! * **Ctrl-C.** `ctrl_c`, with feature `ctrl-c`, which asks for tokio's. It is off by default: it needs a system that
//!   has signals, and changes what Ctrl-C does.
//!
//! tokio's features are yours to choose: this crate asks for `rt`, `sync` and `time` only. For a multi-threaded
//! runtime and `#[tokio::main]` add `tokio` with `rt-multi-thread` and `macros`.

#![forbid(unsafe_code)]

mod backend;
mod coop;

pub use chan_core as core;
pub use chan_core::*;
pub use chan_select;
pub use chan_select::*;

pub use backend::{Runtime, block_on};
#[doc(inline)]
pub use chan_select::runtime::{Elapsed, JoinError, PanicPayload};
pub use coop::MANNERS;

chan_select::runtime::names! {
    Runtime, in "chan_tokio",
    go {
        /// # Panics
        ///
        /// Outside a tokio runtime.
    },
    time {
        /// # Panics
        ///
        /// Outside a tokio runtime, or in one without `enable_time`.
    }
}

chan_select::runtime::constructors!(MANNERS, in "chan_tokio");

#[cfg(feature = "ctrl-c")]
chan_select::runtime::ctrl_c! {
    Runtime, in "chan_tokio",
    /// # Panics
    ///
    /// Outside a tokio runtime, or in one without `enable_io`.
}

// README's example is a test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
