//! Who is parked on a channel, and in what order. Knows wakers; never looks at a value. A cell may carry a payload (an
//! offer), which this layer moves for nobody.
//!
//! Invariants, cited by number:
//!
//! * **W1** A cell whose bit in `occupied` is set belongs to one operation (its *owner*), or to the claimer that the
//!   owner left it to. Only who owns it clears the bit, with Release; taking a cell is an Acquire of the same word, so
//!   everything that an earlier life of the cell did comes before.
//! * **W2** The waker of a cell is touched by its owner in `IDLE` and `NOTIFIED`, and by the claimer in `BUSY`. Every
//!   change between those is a read-modify-write or a Release store that the other side acquires.
//! * **W3** Whoever moves a cell `WAITING -> BUSY` (the *claimer*) owes one wake-up: to the owner, or, where the owner
//!   has left meanwhile, to the next waiter.
//! * **W4** Cells are never freed while the channel lives; a reference to one may be kept by index without a count.

mod cell;
mod claim;
mod set;
mod waiter;
mod board;

pub use board::Board;
pub(crate) use cell::{Cell, Tag};
pub(crate) use claim::{Attempt, Claim, Home, MAX_CASES, Post};
pub(crate) use set::{CellId, Set};
pub(crate) use waiter::Waiter;

#[cfg(all(test, chan_loom))]
mod models;
