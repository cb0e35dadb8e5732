//! Fair, cancel-safe `select!` over channel operations and any other future, and a `WaitGroup`.
//!
//! ```
//! use chan_core::chan;
//! use chan_select::select;
//!
//! # futures_lite::future::block_on(async {
//! let (jobs, job) = chan::<u32>(4);
//! let (_stop, stopped) = chan::<()>(1);
//! jobs.send(7).await.unwrap();
//!
//! let next = select! {
//!     job = job.recv() => job.ok(),
//!     _ = stopped.recv() => None,
//! };
//! assert_eq!(next, Some(7));
//! # });
//! ```
//!
//! Programs that use a runtime's adapter (`chan-tokio`, `chan-smol`, `chan-async-std`) find all of this there.
//!
//! # What holds
//!
//! * **Exactly one case takes effect.** The losers moved nothing and lost nothing: no message was received and dropped,
//!   none was sent that should not have been. This includes rendezvous sends on several channels at once, whose offers
//!   a peer could take while the select sleeps, and selects that face each other.
//! * **The choice is uniform** over all cases that are ready, channel operations and foreign futures alike, at every
//!   look, whichever cases those are. It is a shuffle, not a random starting point ([`SelectRng`]). A rendezvous send is
//!   ready when a receive waits for it. If it is drawn, the receiver has until the select's next poll to come for the
//!   message: it does where woken tasks are polled in their order; on another thread it may be late, and then the send
//!   loses that turn.
//! * **Dropping a select**, at any await point, is as if it had never been, with one exception that cannot be avoided:
//!   a rendezvous send whose offer a peer has taken, while the select slept, has happened. So has it when a foreign
//!   future panics in its poll.
//! * **A case keeps no wake-up from others.** A hint that a losing case was given is passed on before the body runs.
//! * A select over the send (or a reservation) and the receive of one channel does not talk to itself.
//! * Nothing is locked and no thread-local is used: it works without `std`. A turn allocates nothing; the first ones that
//!   sleep with a rendezvous send leave a small word with its channel, which later ones use again.
//!
//! Threads have [`select_blocking!`], with the same grammar. Who wins among the ready may be chosen: `biased`, `weighted`,
//! `round_robin`, `seed`; see [`select!`]. Where the cases are not known when the program is written there is [`Select`], a
//! list of them that is kept from turn to turn.
//!
//! # Channel operations and other futures
//!
//! A *native* case is an operation of `chan-core` itself, by value, `&mut`, `Pin<&mut _>`, `Pin<Box<_>>`, or an `Option`
//! of these: the future of `send`, `send_from`, `recv`, `closed`, or of a stream's own `next`. Everything else is a
//! *foreign* future: it is polled, and dropped if it loses.
//!
//! For a receive, and for a send into a buffer, a wrapper changes nothing: a value moves only in a live poll. **A
//! rendezvous send that is wrapped**, in an `async` block or passed as a generic `F: Future`, is no longer seen as a
//! send, so it has the contract of a pending send that is dropped from outside: if its case loses, it was either
//! withdrawn or received, and nobody is told which.
//!
//! ```
//! # use chan_core::chan;
//! # use chan_select::select;
//! # futures_lite::future::block_on(async {
//! # let (tx, _rx) = chan::<u32>(0);
//! select! {
//!     _ = tx.send(1) => unreachable!(),                  // exact: loses without effect
//!     _ = async { tx.send(2).await } => unreachable!(),  // a foreign future: withdrawn or received
//!     default => {}
//! }
//! # });
//! ```
//!
//! # `no_std`
//!
//! `default-features = false` leaves `select!` and [`SelectRng`]; `alloc` adds [`Select`] and [`WaitGroup`], and `std`
//! [`select_blocking!`] and the module `runtime`, from which adapters are made.

#![no_std]
#![forbid(unsafe_code)]

#[cfg(feature = "alloc")]
extern crate alloc;
#[cfg(any(test, feature = "std"))]
extern crate std;

mod primitive;

mod order;

// What the macro's code is made of, which users neither name nor print.
#[allow(missing_debug_implementations)]
mod case;
#[allow(missing_debug_implementations)]
mod cases;
#[allow(missing_debug_implementations)]
mod operand;
#[allow(missing_debug_implementations)]
mod otherwise;
#[allow(missing_debug_implementations)]
mod select;

mod macros;
#[doc(hidden)]
pub mod wrong;

#[cfg(feature = "alloc")]
mod places;
#[cfg(feature = "alloc")]
mod kept;
#[cfg(feature = "alloc")]
mod list;
#[cfg(feature = "alloc")]
mod run;
#[cfg(feature = "alloc")]
mod group;
mod signal;

#[cfg(feature = "std")]
pub mod runtime;

#[cfg(feature = "alloc")]
pub use group::{Member, Wait, WaitGroup};
#[cfg(feature = "alloc")]
pub use list::{CaseId, Select, SendId};
pub use order::{SelectRng, Turn};
#[cfg(feature = "alloc")]
pub use run::{Ready, Run};
pub use signal::{Msg, Signal};

/// What `select!` expands to. Not part of the public interface: it may change in any release.
#[doc(hidden)]
pub mod __private {
    pub use crate::case::{Case, Native, Place};
    pub use crate::cases::{And, Cases, Choice};
    pub use crate::operand::{Kind0, Kind1, Kind2, Operand, Timer, nil, probe};
    pub use crate::order::{Biased, SelectRng, Weighted, in_turn};
    pub use crate::otherwise::{Now, Otherwise, Wait};
    pub use crate::select::{Fired, Selecting};
    pub use crate::wrong;
    pub use core;

    /// An arm that the macro did not write: a case among none, or a `default` that is not there.
    pub fn never() -> ! {
        unreachable!("select!: an arm ran that does not exist")
    }
}
