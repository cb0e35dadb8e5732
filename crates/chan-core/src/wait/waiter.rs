//! One operation's place in a wait set: park, look whether a hint came, leave. Knows wakers; what is waited for is the
//! caller's business. And the other side of it: [`Set::hint`].

use super::board;
use super::cell::{Cell, State, Tag};
use super::set::{CellId, Set};
use crate::primitive::bug;
use core::mem::MaybeUninit;
use core::task::Waker;

/// The owner's half of a cell. Does nothing by itself when dropped: whoever owns it calls [`leave`](Waiter::leave).
#[derive(Debug)]
#[repr(C)] // What is written at first lies together, behind what is not: one store.
pub(crate) struct Waiter {
    /// Whose waker lies in the cell: the addresses of its data and its table. Read by the owner alone, so that a poll
    /// with the same waker touches nothing. Initialised while there is a cell, and not before: an operation that need
    /// not wait is made and moved without it.
    waker: MaybeUninit<(usize, usize)>,
    cell: Option<CellId>,
    /// Parking took a hint in. It is for something that came after the look before, so it is one hint more than the look
    /// after will know of.
    late: bool,
    /// Makes the small fields a whole word: compilers write them in one piece.
    _whole: [u8; 3],
}

impl Default for Waiter {
    fn default() -> Self {
        Self::new()
    }
}

impl Waiter {
    #[inline]
    pub(crate) const fn new() -> Self {
        Waiter { waker: MaybeUninit::uninit(), cell: None, late: false, _whole: [0; 3] }
    }

    /// Whether the operation has a cell (it has been parked before).
    #[inline]
    pub(crate) fn has_cell(&self) -> bool {
        self.cell.is_some()
    }

    /// The operation's cell, for payloads; taken now if there is none.
    pub(crate) fn cell<P: Default>(&mut self, set: &Set<P>) -> CellId {
        match self.cell {
            Some(id) => id,
            None => {
                let id = set.acquire();
                // No waker has the address 0.
                self.waker.write((0, 0));
                *self.cell.insert(id)
            }
        }
    }

    /// Whether the waker in the cell wakes the same task as `waker`.
    pub(crate) fn is_for(&self, waker: &Waker) -> bool {
        self.cell.is_some() && {
            // SAFETY: `cell` initialises it before there is a cell.
            let ours = unsafe { self.waker.assume_init() };
            ours == identity(waker)
        }
    }

    /// A clone for the cell, and whose it is, to be [`remember`](Waiter::remember)ed when there is a cell.
    ///
    /// With the clone in the cell what the waker points to stays alive, so its address names one task as long as we
    /// compare it. Only a waker whose clone points elsewhere gives no such promise: then the clone is remembered, which
    /// no poll will match, and the waker is put in anew each time. (Tables alone may differ between a waker and its
    /// clone: the same constant can have several addresses.)
    pub(crate) fn clone_of(waker: &Waker) -> (Waker, (usize, usize)) {
        let clone = waker.clone();
        let whose = identity(if clone.data() == waker.data() { waker } else { &clone });
        (clone, whose)
    }

    /// Notes whose waker the caller puts into the cell, which it has by now: a new one forgets.
    pub(crate) fn remember(&mut self, whose: (usize, usize)) {
        debug_assert!(self.cell.is_some());
        self.waker.write(whose);
    }

    /// The cell is not ours any more.
    pub(crate) fn forget(&mut self) {
        self.cell = None;
    }

    /// At the start of a poll: takes a delivered hint in.
    pub(crate) fn take_hint<P>(&mut self, set: &Set<P>) -> bool {
        self.cell.is_some_and(|id| set.cell(id).take_hint())
    }

    /// Whether a hint was delivered and not taken in.
    pub(crate) fn is_hinted<P>(&self, set: &Set<P>) -> bool {
        self.cell.is_some_and(|id| set.cell(id).is(State::Notified))
    }

    /// Parks with `waker`. `true`: newly parked, the caller must now announce the waiter by a read-modify-write and
    /// look again. `false`: it was parked already with the same waker, or a hint is on its way to that waker.
    pub(crate) fn park<P: Default>(&mut self, set: &Set<P>, waker: &Waker) -> bool {
        self.park_as(Tag::NOBODYS, set, waker)
    }

    /// As [`park`](Waiter::park), for an operation of a select.
    pub(crate) fn park_as<P: Default>(&mut self, tag: Tag, set: &Set<P>, waker: &Waker) -> bool {
        let parked = match self.cell {
            Some(id) if !set.cell(id).is(State::Idle) => {
                if self.is_for(waker) && !set.cell(id).is(State::Notified) {
                    return false;
                }
                Some(id)
            }
            _ => None,
        };
        // User code (`clone`) before any step of ours: a hint that has come is still in the cell if it panics.
        let (new, whose) = Self::clone_of(waker);
        let (mut late, mut left_behind) = (false, None);
        if let Some(id) = parked {
            let cell = set.cell(id);
            // Another waker (the task has moved), or a hint that came after the poll began: begin anew.
            let withdrawn = cell.withdraw();
            late = !withdrawn && cell.take_hint();
            if !withdrawn && !late {
                // A claimer is busy with the old waker. It finds that we left, frees the cell and hints another; we
                // take a new cell and look again after parking there.
                let left = cell.leave();
                late = left.hint;
                self.cell = None;
                if left.free {
                    left_behind = cell.take_waker();
                    set.free(id);
                }
            }
        }
        let cell = set.cell(self.cell(set));
        self.remember(whose);
        let old = cell.put_waker(new);
        self.late = late;
        // User code again: before we are parked, so that nobody is parked and unannounced if it panics.
        drop((old, left_behind));
        cell.publish(tag);
        true
    }

    /// Whether the last [`park`](Waiter::park) took a hint in; said once.
    pub(crate) fn take_late(&mut self) -> bool {
        core::mem::take(&mut self.late)
    }

    /// Gives the cell up. `true`: a hint had been delivered and not taken in: pass it on.
    #[must_use]
    pub(crate) fn leave<P>(&mut self, set: &Set<P>) -> bool {
        let late = core::mem::take(&mut self.late);
        let Some(id) = self.cell.take() else { return false };
        let cell = set.cell(id);
        let left = cell.leave();
        if left.free {
            let waker = cell.take_waker();
            set.free(id);
            // User code last.
            drop(waker);
        }
        left.hint | late
    }

    /// The waiter was woken for nothing: the next hint is for it.
    pub(crate) fn keep_place<P>(&self, set: &Set<P>) {
        if let Some(id) = self.cell {
            set.back_to(id);
        }
    }
}

/// Data and table of a waker, as addresses: equal for wakers that wake the same task. Compared only while a clone of
/// the remembered one is alive in the cell, so no address is used twice.
fn identity(waker: &Waker) -> (usize, usize) {
    (waker.data().addr(), core::ptr::from_ref(waker.vtable()).addr())
}

impl<P> Set<P> {
    /// Claims the oldest waiter, delivers a hint to it and returns its waker, to be woken when nobody is held up.
    /// `None`: nobody waits.
    #[must_use]
    pub(crate) fn hint(&self) -> Option<Waker> {
        self.hint_other(Tag::NOBODYS)
    }

    /// The same, past the operations with this tag.
    #[must_use]
    pub(crate) fn hint_other(&self, except: Tag) -> Option<Waker> {
        loop {
            let claimed = self.claim(except)?;
            if let Some(waker) = claimed.deliver() {
                return Some(waker);
            }
            // It left meanwhile: the hint is still owed (W3).
            if bug("no_pass_on_left") {
                return None;
            }
        }
    }

    /// As [`hint`](Self::hint), for the first waiter in the cells from number `start` on; with it comes the number after
    /// its cell's. One that leaves meanwhile is passed over: for hints that everybody gets.
    #[must_use]
    pub(crate) fn hint_from(&self, mut start: usize) -> Option<(usize, Waker)> {
        loop {
            let (next, id) = self.first_from(start, |id, cell| cell.claim(Tag::NOBODYS).then_some(id))?;
            if let Some(waker) = (Claimed { set: self, id }).deliver() {
                return Some((next, waker));
            }
            start = next;
        }
    }

    /// As [`claim`](Set::claim), but passes over operations with this tag, and over kept selects that are away: for what
    /// must not wait for their return.
    pub(crate) fn claim_present(&self, except: Tag) -> Option<Claimed<'_, P>> {
        loop {
            let claimed = self.claim(except)?;
            if !claimed.seems_away() {
                return Some(claimed);
            }
            if let Some(waker) = claimed.deliver() {
                // It has come back: a hint like others.
                waker.wake();
            }
        }
    }

    /// Claims the oldest waiter without this tag and holds it claimed until [`Claimed::deliver`].
    fn claim(&self, except: Tag) -> Option<Claimed<'_, P>> {
        let id = self.oldest_first(|id, cell| cell.claim(except).then_some(id))?;
        self.served(id);
        Some(Claimed { set: self, id })
    }

    /// Whether anybody is parked and not yet claimed.
    pub(crate) fn any_waiting(&self) -> bool {
        self.any_other_waiting(Tag::NOBODYS)
    }

    /// The same, but for those with this tag.
    pub(crate) fn any_other_waiting(&self, except: Tag) -> bool {
        self.oldest_first(|_, cell| cell.waits(except).then_some(())).is_some()
    }
}

/// A waiter that nobody else can hint.
#[must_use]
pub(crate) struct Claimed<'a, P> {
    set: &'a Set<P>,
    id: CellId,
}

impl<P> Claimed<'_, P> {
    fn seems_away(&self) -> bool {
        self.set.cell(self.id).waker_is(board::seems_away)
    }

    /// Delivers the hint. `None`: the owner has gone and the cell is free again, or it is a kept select that is away;
    /// the hint is still owed.
    pub(crate) fn deliver(self) -> Option<Waker> {
        let cell: &Cell<P> = self.set.cell(self.id);
        let waker = cell.take_waker();
        let early = bug("mark_before_hint") && waker.as_ref().is_some_and(board::is_away);
        if cell.deliver() {
            // In this order: the hint lies in the cell before the place is marked (B2).
            return waker.filter(|waker| if bug("mark_before_hint") { !early } else { !board::is_away(waker) });
        }
        self.set.free(self.id);
        None
    }
}
