//! Go-style channels for every executor, and for none.
//!
//! [`chan`] (or [`bounded`]), [`unbounded`] and [`nil`] make a pair of [`Sender`] and [`Receiver`]. Both can be cloned;
//! any number of tasks and threads may use each end, in any form:
//!
//! | | now | async | thread (feature `std`) |
//! |---|---|---|---|
//! | send | [`try_send`](Sender::try_send) | [`send`](Sender::send) | `send_blocking` |
//! | receive | [`try_recv`](Receiver::try_recv) | [`recv`](Receiver::recv) | `recv_blocking`, `for v in &rx` |
//! | room for a later message | [`try_reserve`](Sender::try_reserve) | [`reserve`](Sender::reserve) | `reserve_blocking` |
//! | with a limit | | [`send_until`](Sender::send_until), [`recv_until`](Receiver::recv_until) | `send_timeout_blocking`, `recv_deadline_blocking`, .. |
//!
//! ```
//! use futures_lite::future::{block_on, zip};
//!
//! let (tx, rx) = chan_core::bounded(1);
//! block_on(zip(
//!     async move {
//!         for i in 1..=3 {
//!             tx.send(i).await.unwrap();
//!         } // the only sender goes: the channel closes
//!     },
//!     async move {
//!         let mut sum = 0;
//!         while let Ok(i) = rx.recv().await {
//!             sum += i;
//!         }
//!         assert_eq!(sum, 6);
//!     },
//! ));
//! ```
//!
//! # What holds everywhere
//!
//! * **Order.** Messages come out in the order in which their sends took their place; those of one sender always in its
//!   order.
//! * **Capacity 0** is a rendezvous: an awaited or blocking send is done exactly when a receiver has taken its message.
//! * **Closing.** [`close`](Sender::close) from either end, or the last handle of an end dropped. Sends fail and give
//!   their message back, receivers drain what was sent, everybody who waits is woken. The last receiver drops what is
//!   still queued.
//! * **Permits.** [`reserve`](Sender::reserve) takes room for a message that comes later and cannot fail, after a close too.
//! * **Cancelling.** Dropping a pending future loses no message, duplicates none and swallows no wake-up. Each future
//!   says more under "Cancel safety".
//! * **A wake-up is a hint**: it owns no message and no place. A future that was woken and is never polled again keeps
//!   nothing from the others but that one hint.
//! * **Signals** overtake messages: [`signal`](Sender::signal) takes no place in the channel, never waits, and is seen once
//!   by every receiver handle.
//! * **No locks.** `try_*` and `poll` never wait for another thread. What a suspended thread can do: between taking its
//!   place and publishing, a sender hides its message and those behind it; between taking a message and giving the
//!   place back, a receiver makes the channel look full one lap on; a wake-up that is owed may be late; and fifteen
//!   receives of an unbounded channel that are all suspended in the middle make it look empty to the others.
//!
//! # Features
//!
//! `std` (default): the blocking forms and iterators. `alloc`: channels on the heap, without `std`. `sink`: senders as
//! [`futures_sink::Sink`](https://docs.rs/futures-sink). `ops`: `&tx << message` and `&rx >> ()` for `send` and `recv`.

#![no_std]

#[cfg(feature = "alloc")]
extern crate alloc;
// Our own tests use it whatever the features are.
#[cfg(any(feature = "std", test))]
extern crate std;

// The order of reading: a file uses what stands above it.
#[cfg(feature = "alloc")]
mod primitive;
#[cfg(feature = "alloc")]
mod queue;
#[cfg(feature = "alloc")]
mod wait;

mod error;
mod signal;
#[cfg(feature = "alloc")]
mod manners;

#[cfg(feature = "alloc")]
pub mod case;

#[cfg(feature = "alloc")]
mod channel;
#[cfg(all(test, any(chan_loom, chan_shuttle)))]
mod model;

#[cfg(feature = "alloc")]
pub mod memory;

#[cfg(feature = "alloc")]
mod link;
#[cfg(feature = "alloc")]
pub mod future;
#[cfg(feature = "alloc")]
mod permit;
#[cfg(feature = "alloc")]
mod ends;
#[cfg(feature = "alloc")]
mod sender;
#[cfg(feature = "alloc")]
mod receiver;
#[cfg(feature = "alloc")]
mod keep;
#[cfg(feature = "alloc")]
mod weak;
#[cfg(feature = "alloc")]
mod builder;

#[cfg(feature = "std")]
mod blocking;
#[cfg(feature = "alloc")]
pub mod iter;
#[cfg(feature = "alloc")]
pub mod stream;
#[cfg(all(feature = "alloc", feature = "sink"))]
pub mod sink;
#[cfg(all(feature = "alloc", feature = "ops"))]
mod ops;

#[cfg(feature = "alloc")]
pub use builder::{Builder, bounded, chan, nil, unbounded};
pub use error::{RecvError, RecvTimeoutError, SendError, SendTimeoutError, Sent, TryRecvError, TrySendError};
#[cfg(feature = "alloc")]
pub use manners::Manners;
#[cfg(feature = "alloc")]
pub use permit::{OwnedPermit, Permit};
#[cfg(feature = "alloc")]
pub use receiver::Receiver;
#[cfg(feature = "alloc")]
pub use sender::Sender;
pub use signal::{SIGNAL_KINDS, SignalKind};
#[cfg(feature = "alloc")]
pub use weak::{WeakReceiver, WeakSender};
