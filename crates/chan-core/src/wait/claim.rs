//! The claim word of a select with rendezvous sends: one word decides which of its offers is taken, or none. Knows
//! neither channels nor values.
//!
//! ```text
//!  BUSY(+POKED) --sleep--> OPEN --peer claims case i--> TAKEN(i) --case i is told--> DONE
//!        ^                  |
//!        +------begin-------+--cancel--> DONE        BUSY --finish--> DONE
//!        ^
//!        +-- the next select, one generation later -- DONE
//! ```
//!
//! In `OPEN` the values of the select's offers belong to nobody, in `TAKEN(i)` value `i` belongs to the winner and the
//! others to the select, in `BUSY` and `DONE` all belong to the select. Native effects on a select need `OPEN`, effects
//! by it (its own finds, a foreign future's readiness) need `BUSY`; both leave states from which no other exchange
//! starts, hence exactly one (S1).
//!
//! Words are used again (S2). Each has a home, the cell of a sender: whoever occupies that cell, and it alone, may begin
//! the word's next generation, and only from `DONE`. Peers of an earlier select may still hold the word; their claims
//! name their generation, so every exchange of theirs fails. And whoever finds a later generation than its own knows that
//! its offer was not taken: from `TAKEN(i)` only the operation of that very offer leads to `DONE`.

#![forbid(unsafe_code)]

use crate::primitive::{Arc, AtomicUsize, CASE_BITS, GENERATIONS, Ordering, bug, weaken};

const BUSY: usize = 0;
const OPEN: usize = 1;
const TAKEN: usize = 2;
const DONE: usize = 3;
const STATE: usize = 3;
/// A peer met the word busy: its owner announces its offers again when it sleeps.
const POKED: usize = 4;
/// Then: which case, which post of an offer under this claim, and the generation.
const CASE_SHIFT: u32 = 3;
const POST_SHIFT: u32 = CASE_SHIFT + CASE_BITS;
const GENERATION_SHIFT: u32 = POST_SHIFT + CASE_BITS;
const ONE_GENERATION: usize = 1 << GENERATION_SHIFT;
const GENERATION: usize = usize::MAX << GENERATION_SHIFT;
const LAST_GENERATION: usize = GENERATION & GENERATIONS.saturating_mul(ONE_GENERATION);

/// Most cases of one select; a case's number is below.
pub(crate) const MAX_CASES: usize = 1 << CASE_BITS;

/// Which offer of a select: its case, and a number that no other offer under the same claim has, so that no two can
/// believe that they were taken, whatever the caller numbers alike.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Post(usize);

impl Post {
    /// Offer number `count` under its claim.
    ///
    /// # Panics
    ///
    /// When one of the numbers is not below [`MAX_CASES`].
    pub(crate) fn new(case: usize, count: usize) -> Self {
        assert!(case < MAX_CASES && count < MAX_CASES, "a select has at most {MAX_CASES} cases");
        Post(case << CASE_SHIFT | count << POST_SHIFT)
    }
}

/// One select's claim: a counted word, and the generation in which it is this select's. Each published offer holds one,
/// the select another.
#[derive(Clone, Debug)]
pub(crate) struct Claim {
    word: Arc<AtomicUsize>,
    /// In its place.
    generation: usize,
}

/// Where a word rests between two selects.
#[derive(Debug, Default)]
pub(crate) struct Home(Option<Arc<AtomicUsize>>);

impl Home {
    /// Bytes on the heap of a word, with its two counts.
    pub(crate) const HEAP_BYTES: usize = 3 * size_of::<usize>();

    /// The claim of a select that is about to sleep for the first time.
    pub(crate) fn next(&mut self) -> Claim {
        if let Some(word) = &self.0 {
            // Relaxed: `DONE` is left by nobody but us, so if it is read it is the last value. Not `DONE`: the last
            // select was leaked, or cut short, and an operation of it may still ask this word.
            let last = word.load(Ordering::Relaxed);
            if (last & STATE == DONE || bug("taken_word_used_again")) && last & GENERATION < LAST_GENERATION {
                let generation = (last & GENERATION) + ONE_GENERATION;
                // Relaxed: who hears of the claim hears of it through its cell.
                word.store(generation | BUSY, Ordering::Relaxed);
                return Claim { word: word.clone(), generation };
            }
        }
        // The first one here; or the generations are used up: they never wrap.
        let word = Arc::new(AtomicUsize::new(BUSY));
        self.0 = Some(word.clone());
        Claim { word, generation: 0 }
    }
}

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
    /// Order and identity of the word, compared only.
    pub(crate) fn id(&self) -> usize {
        core::ptr::from_ref(&*self.word).addr()
    }

    /// Whether this is the same select's.
    pub(crate) fn is(&self, other: &Claim) -> bool {
        self.id() == other.id() && self.generation == other.generation
    }

    /// The word in this state.
    fn state(&self, state: usize) -> usize {
        self.generation | state
    }

    /// The case that was taken, if `word` says so.
    fn case(&self, word: usize) -> Option<usize> {
        (word & (GENERATION | STATE) == self.state(TAKEN)).then_some(word >> CASE_SHIFT & (MAX_CASES - 1))
    }

    // ------------------------------------------------------------- the owner

    /// `OPEN -> BUSY`, or the case that was taken; `None`: one of its operations has ended the select.
    pub(crate) fn begin(&self) -> Result<(), Option<usize>> {
        self.leave_open(BUSY)
    }

    /// `OPEN -> DONE`, or as [`begin`](Claim::begin).
    pub(crate) fn cancel(&self) -> Result<(), Option<usize>> {
        self.leave_open(DONE)
    }

    fn leave_open(&self, to: usize) -> Result<(), Option<usize>> {
        let (open, to) = (self.state(OPEN), self.state(to));
        // Ordering: Acquire on failure pairs with `attempt`: a receive happens before its send completes. Acquire on
        // success: readers that came and went come before what the owner does with its values now.
        match self.word.compare_exchange(open, to, Ordering::Acquire, Ordering::Acquire) {
            Ok(_) => Ok(()),
            Err(word) => Err(self.case(word)),
        }
    }

    /// Whether a peer has taken a case, whose operation has not been told.
    pub(crate) fn is_taken(&self) -> bool {
        self.case(self.word.load(Ordering::Acquire)).is_some()
    }

    fn is_busy(&self) -> bool {
        // Relaxed: a busy word is the owner's to end; what else it may be stays as it is.
        self.word.load(Ordering::Relaxed) & !POKED == self.state(BUSY)
    }

    /// `BUSY -> OPEN`; says whether somebody came meanwhile. `None`: it is not busy.
    pub(crate) fn sleep(&self) -> Option<bool> {
        if !self.is_busy() {
            return None;
        }
        let open = self.state(OPEN);
        if bug("sleep_by_store") {
            self.word.store(open, Ordering::Release);
            return Some(false);
        }
        // A read-modify-write: a poke comes before (we announce) or finds the word open. That needs no ordering; the
        // offers are covered by their cells. Ordering: AcqRel, so that whoever claims also sees what the owner did
        // since it last looked.
        Some(self.word.swap(open, Ordering::AcqRel) & POKED != 0)
    }

    /// The operation of an offer asks what became of it, once; if the select is open, that ends it. Whether it was taken.
    pub(crate) fn end(&self, post: Post) -> bool {
        let done = self.state(DONE);
        // Acquire: as in `leave_open`. The owner's own stores are seen, and `OPEN` is decided by the exchange.
        let mut word = self.word.load(Ordering::Acquire);
        if word == self.state(OPEN) {
            match self.word.compare_exchange(word, done, Ordering::Acquire, Ordering::Acquire) {
                Ok(_) => return false,
                Err(now) => word = now,
            }
        }
        if word != self.state(TAKEN | post.0) {
            return false;
        }
        // Relaxed: nobody else leaves this state. From here on the word may be used again.
        self.word.store(done, Ordering::Relaxed);
        true
    }

    /// The owner has its result. What was taken stays taken.
    pub(crate) fn finish(&self) {
        if self.is_busy() {
            // Relaxed: who reads DONE does nothing with it.
            self.word.store(self.state(DONE), Ordering::Relaxed);
        }
    }

    // ---------------------------------------------------------------- a peer

    /// Whether an offer could be taken at this moment. `poke`: leave word with a busy select.
    pub(crate) fn is_open(&self, poke: bool) -> bool {
        let (open, busy) = (self.state(OPEN), self.state(BUSY));
        // Relaxed: an answer about one moment; nothing is done with it.
        let mut word = self.word.load(Ordering::Relaxed);
        while word == busy && poke {
            // Relaxed: as in `attempt`.
            match self.word.compare_exchange(busy, busy | POKED, Ordering::Relaxed, Ordering::Relaxed) {
                Ok(_) => return false,
                Err(now) => word = now,
            }
        }
        word == open
    }

    /// Tries to take an offer. `poke`: leave word with a busy select.
    pub(crate) fn attempt(&self, post: Post, poke: bool) -> Attempt {
        if bug("take_without_claim") {
            self.word.store(self.state(TAKEN | post.0), Ordering::Release);
            return Attempt::Won;
        }
        // Relaxed: a guess.
        let mut word = self.word.load(Ordering::Relaxed);
        loop {
            let generation = word & GENERATION;
            let result = match word & STATE {
                // Another select has the word now (S2).
                _ if generation != self.generation && !bug("generation_not_compared") => Ok(Attempt::Over),
                // Ordering: Release pairs with `leave_open`'s failure. Acquire: cells are reused; what the owner did
                // before it slept is seen.
                OPEN => self
                    .word
                    .compare_exchange(
                        word,
                        generation | TAKEN | post.0,
                        weaken("attempt_relaxed", Ordering::AcqRel),
                        Ordering::Relaxed,
                    )
                    .map(|_| Attempt::Won),
                BUSY if poke && word & POKED == 0 && !bug("no_poke") => self
                    .word
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

#[cfg(all(test, not(chan_loom)))]
mod tests {
    use super::*;

    #[test]
    fn a_word_comes_again_one_generation_later() {
        let mut home = Home::default();
        let first = home.next();
        first.finish();
        let second = home.next();
        assert!(second.id() == first.id() && !second.is(&first));
        assert_eq!(second.sleep(), Some(false));
        // The first one has nothing to say any more, nor has whoever tries its offers.
        let post = Post::new(3, 1);
        assert!(matches!(first.attempt(post, true), Attempt::Over));
        assert_eq!(
            (first.begin(), first.cancel(), first.sleep(), first.end(post)),
            (Err(None), Err(None), None, false)
        );
        first.finish();
        assert!(second.is_open(false));
        assert!(matches!(second.attempt(post, true), Attempt::Won));
        assert_eq!(second.begin(), Err(Some(3)));
        assert!(!second.end(Post::new(3, 0)), "another offer of the same case");
        assert!(second.end(post));
    }

    #[test]
    fn a_word_that_is_not_done_does_not_come_again() {
        let mut home = Home::default();
        let first = home.next();
        assert_ne!(home.next().id(), first.id(), "busy");
        let second = home.next();
        second.sleep();
        assert_ne!(home.next().id(), second.id(), "open");
    }

    #[test]
    fn generations_do_not_wrap() {
        let mut home = Home(Some(Arc::new(AtomicUsize::new((LAST_GENERATION - ONE_GENERATION) | DONE))));
        let last = home.next();
        assert_eq!(last.generation, LAST_GENERATION);
        last.finish();
        let next = home.next();
        assert!(next.generation == 0 && next.id() != last.id());
    }

    #[test]
    fn the_largest_numbers_fit() {
        let mut home = Home::default();
        let claim = home.next();
        claim.sleep();
        let post = Post::new(MAX_CASES - 1, MAX_CASES - 1);
        assert!(matches!(claim.attempt(post, false), Attempt::Won));
        assert_eq!(claim.cancel(), Err(Some(MAX_CASES - 1)));
        assert!(claim.end(post));
    }
}
