//! One place where an operation waits: a state word, a waker, room for a payload. Knows its own transitions, not where
//! it lies.
//!
//! ```text
//!  IDLE --park--> WAITING --claim--> BUSY --deliver--> NOTIFIED --take_hint--> IDLE
//!                    |                 |
//!                    +--leave--> IDLE  +--leave--> LEFT      (the claimer gives the cell back)
//! ```
//!
//! In `WAITING` the word also has the *tag* of the select that the operation belongs to, so that the select's other
//! operations can pass over the cell without touching it.

use crate::primitive::{AtomicUsize, Ordering, UnsafeCell, bug, weaken};
use core::task::Waker;

/// The states of a waiter. (Offers of rendezvous sends have their own, see `channel/offer.rs`.)
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(usize)]
pub(crate) enum State {
    /// The owner is looking, or the cell is free. Left by the owner.
    Idle = 0,
    /// Asleep; whoever has something for it may claim it. Left by the owner or a claimer.
    Waiting = 1,
    /// A claimer is taking the waker. Left by the claimer, or by an owner that goes away.
    Busy = 2,
    /// A hint has been delivered. Left by the owner.
    Notified = 3,
    /// The owner has gone while a claimer was busy. Left by the claimer, which frees the cell.
    Left = 4,
}

/// The state in a cell's word; above it the tag.
const STATE: usize = 7;

/// Of which select an operation is: an address, compared only. Of none: [`NOBODYS`](Tag::NOBODYS).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tag(usize);

impl Tag {
    /// Of an operation that stands alone.
    pub(crate) const NOBODYS: Tag = Tag(0);

    /// The select whose state lies here, for as long as it is parked anywhere.
    pub(crate) fn at<S>(place: &S) -> Self {
        const { assert!(align_of::<S>() > STATE) }
        Tag(core::ptr::from_ref(place).addr())
    }

    /// Whether `word` is that of an operation of the same select.
    fn is_in(self, word: usize) -> bool {
        self != Tag::NOBODYS && word & !STATE == self.0
    }
}

/// A cell of a wait set. `P` is what lies in it beside the waker; it stays from one owner to the next.
pub(crate) struct Cell<P> {
    pub(crate) state: AtomicUsize,
    waker: UnsafeCell<Option<Waker>>,
    payload: UnsafeCell<P>,
}

// SAFETY: the waker is `Send + Sync`; it and the payload are touched by one thread at a time (W2; the payload's owner
// passes it on by the state word), so sending `P` between threads is all that sharing a cell does.
unsafe impl<P: Send> Sync for Cell<P> {}
// SAFETY: as above.
unsafe impl<P: Send> Send for Cell<P> {}

impl<P: Default> Cell<P> {
    pub(crate) fn new() -> Self {
        Cell {
            state: AtomicUsize::new(State::Idle as usize),
            waker: UnsafeCell::new(None),
            payload: UnsafeCell::new(P::default()),
        }
    }
}

impl<P> Cell<P> {
    fn swap(&self, new: State, order: Ordering) -> usize {
        self.state.swap(new as usize, order)
    }

    fn change(&self, from: usize, to: State, success: Ordering) -> Result<usize, usize> {
        // Failure Acquire: the loser reads what the winner did before (a hint: the item behind it).
        self.state.compare_exchange(from, to as usize, success, Ordering::Acquire)
    }

    /// The waker, taken out. For the owner in `IDLE`/`NOTIFIED` and for a claimer in `BUSY` (W2).
    pub(crate) fn take_waker(&self) -> Option<Waker> {
        // SAFETY: W2: the caller is the one that may touch the waker now.
        self.waker.with_mut(|waker| unsafe { &mut *waker }.take())
    }

    /// Puts the waker in and gives an older one back, to be dropped when nobody is held up. For the owner in `IDLE`.
    #[must_use]
    pub(crate) fn put_waker(&self, new: Waker) -> Option<Waker> {
        // SAFETY: W2: the caller owns an idle cell.
        self.waker.with_mut(|waker| unsafe { &mut *waker }.replace(new))
    }

    /// Wakes by reference: for readers of an offer, which may be several at once. Nobody changes the waker while
    /// readers are in the cell.
    pub(crate) fn clone_waker(&self) -> Option<Waker> {
        // SAFETY: the caller is a reader of the cell: owner and others leave the waker alone until it has gone (O4).
        self.waker.with(|waker| unsafe { &*waker }.clone())
    }

    /// What `check` says of the waker. For a claimer in `BUSY` (W2).
    pub(crate) fn waker_is(&self, check: impl FnOnce(&Waker) -> bool) -> bool {
        // SAFETY: W2: the caller is the one that may touch the waker now.
        self.waker.with(|waker| unsafe { &*waker }.as_ref().is_some_and(check))
    }

    /// The payload's place.
    pub(crate) fn payload(&self) -> &UnsafeCell<P> {
        &self.payload
    }

    /// `IDLE -> WAITING`, with the waker in place.
    pub(crate) fn publish(&self, tag: Tag) {
        // Ordering: Release pairs with the claim's Acquire: the claimer sees the waker.
        self.state.store(tag.0 | State::Waiting as usize, weaken("publish_relaxed", Ordering::Release));
    }

    /// `WAITING -> BUSY`, unless the operation has this tag. Won: the waker is ours and we owe a wake-up (W3).
    pub(crate) fn claim(&self, except: Tag) -> bool {
        if bug("claim_by_store") && self.is(State::Waiting) {
            self.state.store(State::Busy as usize, Ordering::Release);
            return true;
        }
        // Relaxed: a mere filter, the exchange decides.
        let word = self.state.load(Ordering::Relaxed);
        word & STATE == State::Waiting as usize
            && !except.is_in(word)
            // Ordering: Acquire pairs with `publish` (the waker). Release: an owner that finds BUSY and leaves goes on
            // knowing what the claimer knew, above all the item that it was claimed for.
            && self.change(word, State::Busy, weaken("claim_relaxed", Ordering::AcqRel)).is_ok()
    }

    /// Whether somebody waits here, without this tag.
    pub(crate) fn waits(&self, except: Tag) -> bool {
        let word = self.state.load(Ordering::Acquire);
        word & STATE == State::Waiting as usize && !except.is_in(word)
    }

    /// `BUSY -> NOTIFIED`. `false`: the owner has left; the cell is ours to free, the hint is still owed.
    pub(crate) fn deliver(&self) -> bool {
        // Ordering: Release pairs with the Acquire in `take_hint` and `leave`: behind the hint its item is seen.
        // Acquire: when the owner has left, its last accesses come before the cell's next life.
        let old = self.swap(State::Notified, weaken("deliver_relaxed", Ordering::AcqRel));
        if old == State::Left as usize {
            // Relaxed: the cell is ours alone; freeing it is a Release.
            self.state.store(State::Idle as usize, Ordering::Relaxed);
            return false;
        }
        true
    }

    /// At the start of the owner's poll: a delivered hint is taken in, the cell is idle again.
    pub(crate) fn take_hint(&self) -> bool {
        // Ordering: Acquire pairs with `deliver`: the item behind the hint is seen by the look that follows.
        if self.state.load(Ordering::Acquire) != State::Notified as usize {
            return false;
        }
        // Relaxed: nobody but the owner leaves NOTIFIED.
        self.state.store(State::Idle as usize, Ordering::Relaxed);
        true
    }

    /// The owner goes. Says whether it may free the cell, and whether a hint was delivered that it has not used.
    pub(crate) fn leave(&self) -> Leave {
        // Relaxed: only the owner's own store or a claimer's can be here; the exchanges below order.
        let mut state = self.state.load(Ordering::Relaxed);
        loop {
            if state == State::Idle as usize {
                return Leave { free: true, hint: false };
            }
            if state == State::Notified as usize {
                // Ordering: Acquire pairs with `deliver`: the pass-on that follows sees the item.
                let _ = self.state.load(Ordering::Acquire);
                self.state.store(State::Idle as usize, Ordering::Relaxed);
                return Leave { free: true, hint: true };
            }
            let waiting = state & STATE == State::Waiting as usize;
            let result = if waiting {
                // Acquire is enough: nothing of ours needs to be seen by others but through the free bit.
                self.change(state, State::Idle, Ordering::Acquire)
            } else if bug("free_while_busy") {
                return Leave { free: true, hint: true };
            } else {
                // Ordering: Release: the claimer frees the cell, our accesses come before its next life.
                self.change(state, State::Left, Ordering::AcqRel)
            };
            match result {
                Ok(_) => return Leave { free: waiting, hint: false },
                Err(now) => state = now,
            }
        }
    }

    /// The owner wants to wait with another waker: `WAITING -> IDLE`. Otherwise a claimer was first.
    pub(crate) fn withdraw(&self) -> bool {
        // Relaxed: the owner's own store, or a claimer's; the exchange decides.
        let word = self.state.load(Ordering::Relaxed);
        word & STATE == State::Waiting as usize && self.change(word, State::Idle, Ordering::Acquire).is_ok()
    }

    /// What the owner sees. Acquire, so that behind `NOTIFIED` the item is seen.
    pub(crate) fn is(&self, state: State) -> bool {
        self.state.load(Ordering::Acquire) & STATE == state as usize
    }
}

/// How an owner left its cell.
pub(crate) struct Leave {
    /// The cell is the owner's to free; otherwise the claimer frees it.
    pub(crate) free: bool,
    /// A hint was delivered and not used: it must be passed on.
    pub(crate) hint: bool,
}
