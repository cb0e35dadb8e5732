//! The claim word of a select with rendezvous sends: one word decides which of its offers is taken, or none. Knows
//! neither channels nor values.
//!
//! ```text
//!  BUSY(+POKED) --sleep--> OPEN --peer claims case i--> TAKEN(i)
//!        ^                  |
//!        +------begin-------+--cancel--> DONE        BUSY --finish--> DONE
//! ```
//!
//! In `OPEN` the values of the select's offers belong to nobody, in `TAKEN(i)` value `i` belongs to the winner and the
//! others to the select, in `BUSY` and `DONE` all belong to the select. Native effects on a select need `OPEN`, effects
//! by it (its own finds, a foreign future's readiness) need `BUSY`; both leave states from which no other exchange
//! starts, hence exactly one (S1).

#![forbid(unsafe_code)]

use crate::primitive::{Arc, AtomicUsize, Ordering, bug, weaken};

const BUSY: usize = 0;
const OPEN: usize = 1;
const TAKEN: usize = 2;
const DONE: usize = 3;
const STATE: usize = 3;
/// A peer met the word busy: its owner announces its offers again when it sleeps.
const POKED: usize = 4;
const CASE_SHIFT: u32 = 3;

/// A counted claim word. Each published offer holds one count, the select another.
#[derive(Clone, Debug)]
pub(crate) struct Claim(Arc<AtomicUsize>);

/// What became of an attempt to take an offer.
pub(crate) enum Attempt {
    /// Its value is ours.
    Won,
    /// The select is looking; it has been told that somebody came.
    Busy,
    /// The select has its result.
    Over,
}

impl Claim {
    /// A word of a select that is about to look for the first time.
    pub(crate) fn new() -> Self {
        Claim(Arc::new(AtomicUsize::new(BUSY)))
    }

    /// Order and identity, compared only.
    pub(crate) fn id(&self) -> usize {
        core::ptr::from_ref(&*self.0).addr()
    }

    // ------------------------------------------------------------- the owner

    /// `OPEN -> BUSY`, or the case that was taken.
    pub(crate) fn begin(&self) -> Result<(), usize> {
        self.leave_open(BUSY)
    }

    /// `OPEN -> DONE`, or the case that was taken.
    pub(crate) fn cancel(&self) -> Result<(), usize> {
        self.leave_open(DONE)
    }

    fn leave_open(&self, to: usize) -> Result<(), usize> {
        // Ordering: Acquire on failure pairs with `attempt`: a receive happens before its send completes. Acquire on
        // success: readers that came and went come before what the owner does with its values now.
        match self.0.compare_exchange(OPEN, to, Ordering::Acquire, Ordering::Acquire) {
            Ok(_) => Ok(()),
            Err(word) => {
                debug_assert_eq!(word & STATE, TAKEN);
                Err(word >> CASE_SHIFT)
            }
        }
    }

    /// Whether a peer has taken a case.
    pub(crate) fn is_taken(&self) -> bool {
        self.0.load(Ordering::Acquire) & STATE == TAKEN
    }

    /// `BUSY -> OPEN`; says whether somebody came meanwhile. `None`: it is not busy.
    pub(crate) fn sleep(&self) -> Option<bool> {
        // Relaxed: a busy word is the owner's to end; what else it may be stays as it is.
        if self.0.load(Ordering::Relaxed) & STATE != BUSY {
            return None;
        }
        if bug("sleep_by_store") {
            self.0.store(OPEN, Ordering::Release);
            return Some(false);
        }
        // A read-modify-write: a poke comes before (we announce) or finds the word open. That needs no ordering; the
        // offers are covered by their cells. Ordering: AcqRel, so that whoever claims also sees what the owner did
        // since it last looked.
        Some(self.0.swap(OPEN, Ordering::AcqRel) & POKED != 0)
    }

    /// `OPEN -> DONE` by the operation of case `case`, which its select does not answer for any more. Whether that case
    /// was taken.
    pub(crate) fn end(&self, case: usize) -> bool {
        // Acquire: as in `leave_open`. The owner's own stores are seen, and `OPEN` is decided by the exchange.
        let mut word = self.0.load(Ordering::Acquire);
        if word == OPEN {
            match self.0.compare_exchange(OPEN, DONE, Ordering::Acquire, Ordering::Acquire) {
                Ok(_) => return false,
                Err(now) => word = now,
            }
        }
        word == TAKEN | case << CASE_SHIFT
    }

    /// The owner has its result. What was taken stays taken.
    pub(crate) fn finish(&self) {
        // Relaxed: the word is not open, so nobody but the owner ends it.
        if self.0.load(Ordering::Relaxed) & STATE == TAKEN {
            return;
        }
        // Ordering: Release advisable only: who reads DONE does nothing with it.
        self.0.store(DONE, Ordering::Release);
    }

    // ---------------------------------------------------------------- a peer

    /// Whether an offer could be taken at this moment.
    pub(crate) fn is_open(&self) -> bool {
        // Relaxed: an answer about one moment; nothing is done with it.
        self.0.load(Ordering::Relaxed) == OPEN
    }

    /// Tries to take the offer of case `case`. `poke`: leave word with a busy select.
    pub(crate) fn attempt(&self, case: usize, poke: bool) -> Attempt {
        if bug("take_without_claim") {
            self.0.store(TAKEN | case << CASE_SHIFT, Ordering::Release);
            return Attempt::Won;
        }
        // Relaxed: a guess.
        let mut word = self.0.load(Ordering::Relaxed);
        loop {
            let result = match word & STATE {
                // Ordering: Release pairs with `leave_open`'s failure. Acquire: cells are reused; what the owner did
                // before it slept is seen.
                OPEN => self
                    .0
                    .compare_exchange(
                        OPEN,
                        TAKEN | case << CASE_SHIFT,
                        weaken("attempt_relaxed", Ordering::AcqRel),
                        Ordering::Relaxed,
                    )
                    .map(|_| Attempt::Won),
                BUSY if poke && word & POKED == 0 && !bug("no_poke") => self
                    .0
                    // Relaxed: it orders nothing; our own park's read-modify-write came before, and the owner's
                    // announcement comes after it has seen this (docs/design/select.md).
                    .compare_exchange(word, word | POKED, Ordering::Relaxed, Ordering::Relaxed)
                    .map(|_| Attempt::Busy),
                BUSY => Ok(Attempt::Busy),
                _ => Ok(Attempt::Over),
            };
            match result {
                Ok(attempt) => return attempt,
                Err(now) => word = now,
            }
        }
    }
}
