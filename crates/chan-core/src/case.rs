//! What a select may do with a channel operation: look, register, announce, withdraw. The one door between this
//! crate and `chan-select`; sealed, so that the claim protocol stays in one place. Knows no randomness and no other
//! futures; which case is tried when is the select's business.
//!
//! First [`Operation::enter`] on every case. One turn of a select then goes through these steps, in this order:
//!
//! 1. [`Turn::begin`]: our offers cannot be taken while we look. A peer may have taken one already: finish with it.
//! 2. [`Operation::look`] on the cases, in the select's order. The first `Some` is the result.
//! 3. [`Operation::register`] on every case: ask for hints, post the offers of rendezvous sends.
//! 4. [`Operation::look`] once more, at the cases whose `register` said so: what came between 2 and 3 has hinted nobody.
//! 5. [`Turn::sleep`], then [`Operation::announce`] on every case. If one says `true`, start again at 1.
//! 6. `Pending`.
//!
//! In step 2 a case that [is idle](Operation::is_idle) can be passed over: most are, of a select that sleeps, and to look
//! at each in a random order is what costs.
//!
//! An offer may go first: the look of step 2 ends early at a send that [is ready](Operation::is_ready), step 4 is left out,
//! in step 5 only that send is announced ([`Turn::owe_announcements`]), and the select wakes itself.
//!
//! At the end, whatever the result: [`Turn::finish`], then [`Operation::withdraw`] on every case that was not the
//! result. When the select is dropped, or a foreign future panics: [`Turn::cancel`], then the same; if it names a case,
//! [`Operation::taken`] on that one. All of this may be called on a case whose status is `Nil`; an operation that was
//! withdrawn may be used again.

#![forbid(unsafe_code)]

use crate::manners::Manners;
use crate::primitive::bug;
use crate::wait::{Claim, Post, Tag};
use core::task::Waker;

#[cfg(feature = "std")]
pub use crate::blocking::block_on;
pub use crate::future::{KeptRecv, KeptSend};
pub use crate::keep::Keep;
pub use crate::wait::Board;

/// Most cases that a [`Turn`] can tell apart: 65536, or 256 where a word has 32 bits.
pub const MAX_CASES: usize = crate::wait::MAX_CASES;

/// Whether a case can still fire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// It may become ready.
    Open,
    /// It is ready with its error, now and for ever.
    Closed,
    /// It never becomes ready.
    Nil,
}

pub(crate) mod sealed {
    /// Keeps [`Operation`](super::Operation) to this crate's own operations.
    pub trait Sealed {}
}

/// A channel operation that a select can hold open beside others, so that exactly one of them takes effect.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no operation of a channel",
    label = "not an operation",
    note = "give the operation itself, for example `tx.send(message)` or `rx.recv()`, neither awaited nor in an `async` block",
    note = "other futures are cases of `Select` by its `future` method"
)]
pub trait Operation: sealed::Sealed + Unpin {
    /// What the operation gives when it is the one.
    type Output;

    /// Whether its drop withdraws it, as long as it is not registered. Not so of what is only borrowed.
    const DROP_WITHDRAWS: bool = false;

    /// Open, closed (and drained, for a receive) or nil.
    fn status(&self) -> Status;

    /// What the runtime asks of the channel, if an adapter made it: a poll of a select that may sleep goes through
    /// [`Manners::proceed`] of the first case that has some, unless the case that is drawn first has none and is ready.
    fn manners(&self) -> Option<&'static Manners>;

    /// Whether a peer may take this case's value while the select sleeps (a rendezvous send). A select with such a
    /// case and any other needs a [`Turn`] with a claim word.
    fn offers(&self) -> bool;

    /// Whether a look would find something now; nothing is taken, and the answer may be old when it is given. A send at
    /// capacity 0 is ready when a receive waits that has not been promised anything, though a look does not complete
    /// it: only a peer that comes while the select sleeps does. For such a send, not for a reservation, a receive of the
    /// same select that has registered counts as one that waits. Never `true` for a nil case.
    fn is_ready(&self) -> bool;

    /// Whether a look in step 2 would find nothing, and would have no hint to take in. `false` where that is not certain.
    fn is_idle(&self) -> bool;

    /// Called once, before everything else: an operation that was polled by itself before takes its offer back, so that
    /// only the select's word can give it away from now on.
    fn enter(&mut self);

    /// Completes the operation if that is possible at once. Never registers, never waits. `open_only`, for a select with
    /// `complete`: a channel that is closed gives nothing, and the operation stays as it was (a send has its value).
    fn look(&mut self, turn: &mut Turn, open_only: bool) -> Option<Self::Output>;

    /// As [`look`](Self::look), for a select with `default`: a rendezvous send may leave its value for a parked
    /// receive, as `try_send` does.
    fn attempt(&mut self, open_only: bool) -> Option<Self::Output>;

    /// Asks for a hint when the operation may have become possible, and posts the offer of a rendezvous send as case
    /// number `case` of `turn`. Registering again replaces the waker. `true`: there may be something, look again.
    fn register(&mut self, turn: &mut Turn, case: usize, waker: &Waker) -> bool;

    /// Tells a parked receiver about the offer, after [`Turn::sleep`]. `true`: the channel closed meanwhile, poll once
    /// more.
    fn announce(&mut self, turn: &mut Turn) -> bool;

    /// The result of a case whose offer was taken by a peer ([`Begin::Taken`], [`Turn::cancel`]).
    fn taken(&mut self) -> Self::Output;

    /// Ends the operation without effect: takes the value back, passes an unused hint on.
    fn withdraw(&mut self);
}

/// What a poll of a select begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begin {
    /// Nothing has happened; look.
    Look,
    /// A peer took the offer of this case while the select slept.
    Taken(usize),
    /// Two selects keep meeting each other busy: this one stays claimable for one poll. It has woken itself; the poll
    /// returns `Pending`.
    StandBack,
}

/// One run of a select, with its claim where it needs one. While operations are registered with it, it does not move.
#[derive(Debug)]
#[repr(align(8))] // For `Tag`.
pub struct Turn {
    /// Of the kept select whose turn this is.
    kept: Option<Tag>,
    /// There is another way to end than an offer that is taken.
    claimable: bool,
    /// Of one that is claimable and has posted an offer: the word is at home where the first one lies.
    claim: Option<Claim>,
    /// Offers posted under this claim.
    posts: usize,
    /// The word is open: a peer may take a case.
    asleep: bool,
    /// An offer was posted in this poll.
    fresh: bool,
    /// Offers were posted and not announced.
    owed: bool,
    /// What [`announce`](Operation::announce) is to do after [`sleep`](Turn::sleep).
    announce: bool,
    /// This poll met a busy select that comes before us.
    met_before_us: bool,
    stand_back: bool,
    /// A look met somebody half way: nobody will hint us, we must come again.
    busy: bool,
}

impl Default for Turn {
    fn default() -> Self {
        Turn::NEW
    }
}

impl Turn {
    /// A turn of a select that has no offers, or nothing else. A constant: made field by field and then moved, it would be
    /// read before it is written out.
    pub const NEW: Turn = Turn {
        kept: None,
        claimable: false,
        claim: None,
        posts: 0,
        asleep: false,
        fresh: false,
        owed: false,
        announce: false,
        met_before_us: false,
        stand_back: false,
        busy: false,
    };

    /// A turn; `claimable` when one of several cases [`offers`](Operation::offers). A case's number is below
    /// [`MAX_CASES`].
    pub fn new(claimable: bool) -> Self {
        Turn { claimable, ..Turn::NEW }
    }

    /// A turn of the kept select that has this board: its operations may be parked from turn to turn.
    pub fn of(board: &Board, claimable: bool) -> Self {
        Turn { kept: Some(board.tag()), ..Turn::new(claimable) }
    }

    /// What the operations of this select know each other by: a select does not move while it is under way, and what is
    /// kept longer has a board that does not move.
    pub(crate) fn tag(&self) -> Tag {
        self.kept.unwrap_or_else(|| Tag::at(self))
    }

    /// Starts a poll.
    pub fn begin(&mut self, waker: &Waker) -> Begin {
        let Some(claim) = &self.claim else {
            self.fresh = false;
            return Begin::Look;
        };
        if core::mem::take(&mut self.stand_back) && !claim.is_taken() {
            waker.wake_by_ref();
            return Begin::StandBack;
        }
        self.met_before_us = false;
        self.fresh = false;
        self.announce = false;
        if core::mem::take(&mut self.asleep)
            && let Err(taken) = claim.begin()
        {
            match taken {
                Some(case) => return Begin::Taken(case),
                // Not the order that is prescribed: an operation was withdrawn alone. The others are offered anew.
                None => self.renew(),
            }
        }
        Begin::Look
    }

    /// Whether a peer has taken an offer, so that [`begin`](Self::begin) will say so.
    pub fn is_taken(&self) -> bool {
        self.claim.as_ref().is_some_and(Claim::is_taken)
    }

    /// Ends a fruitless poll: our offers can be taken from here on. Announce them next. `true`: a look met an operation
    /// of another thread half way, and nobody will give a hint when it has ended: the select wakes itself.
    #[must_use]
    pub fn sleep(&mut self) -> bool {
        let busy = core::mem::take(&mut self.busy);
        let Some(claim) = &self.claim else { return busy };
        let Some(poked) = claim.sleep() else { return busy };
        self.asleep = true;
        let owed = core::mem::take(&mut self.owed) && !bug("owed_not_announced");
        self.announce = self.fresh || owed || poked && !bug("no_announce_after_poke");
        // Two that met each other busy announce to each other, wake each other, and would meet again in lock step: who
        // met one that comes before it stays claimable in its next poll.
        self.stand_back = poked && self.met_before_us;
        busy
    }

    /// Not all offers were announced after this sleep: all are after the next. The select must see to it that it is polled
    /// again, for until then a parked receiver may sleep beside an offer.
    pub fn owe_announcements(&mut self) {
        self.owed = true;
    }

    /// The select has its result; no offer can be taken any more.
    pub fn finish(&mut self) {
        if let Some(claim) = &self.claim {
            if core::mem::take(&mut self.asleep) {
                // Not the order that is prescribed. What a peer has taken stays taken.
                let _ = claim.cancel();
            } else {
                claim.finish();
            }
        }
    }

    /// Offers are posted anew; the old ones give nothing away any more.
    pub(crate) fn renew(&mut self) {
        self.finish();
        self.claim = None;
        self.posts = 0;
    }

    /// Ends a select from outside. `Some(i)`: case `i` had been taken.
    pub fn cancel(&mut self) -> Option<usize> {
        let claim = self.claim.as_ref()?;
        if core::mem::take(&mut self.asleep) {
            claim.cancel().err().flatten()
        } else {
            claim.finish();
            None
        }
    }

    /// The claim, of a turn that has one by now: without one, none of its offers can be met.
    pub(crate) fn claim(&self) -> Option<&Claim> {
        self.claim.as_ref()
    }

    /// The claim for an offer of case `case` that is to be posted; `home` makes that of the first one. `None`: the offer is
    /// a plain one.
    pub(crate) fn claim_for(&mut self, case: usize, home: impl Fn() -> Claim) -> Option<(Claim, Post)> {
        if !self.claimable {
            return None;
        }
        if self.posts == MAX_CASES {
            // Not what a select does. The other offers are posted anew by the next poll.
            self.renew();
        }
        let post = Post::new(case, self.posts);
        self.posts += 1;
        Some((self.claim.get_or_insert_with(home).clone(), post))
    }

    /// A look met an operation half way.
    pub(crate) fn set_busy(&mut self) {
        self.busy = true;
    }

    /// A look met a busy select.
    pub(crate) fn met(&mut self, before_us: bool) {
        self.met_before_us |= before_us;
    }

    /// An offer was posted.
    pub(crate) fn set_fresh(&mut self) {
        self.fresh = true;
    }

    pub(crate) fn must_announce(&self) -> bool {
        // Without a claim the offer is a plain one: announced when it is new.
        self.announce || !self.claimable && self.fresh
    }
}
