//! The bounded queue: a ring of stamped slots (after Dmitry Vyukov's bounded MPMC queue), with the wait bits in the
//! ticket words. Knows values and tickets; who waits is somebody else's business.
//!
//! Per message and side: one exchange on the ticket word, one release store on the slot's stamp.
//!
//! **Permits.** From the first reservation on (PERMITS in the tail, for good) places are handed out before tickets, by a
//! second word, `end`: `tail <= end`, and the slots of the tickets between the two are free for them. A place is taken
//! by an exchange on `end`; a ticket needs a place, so the slot of the next ticket is always free and no send with a
//! place waits for anything. A place given back moves `end` back: a place is capacity, not a position. So there are
//! `end - tail` places held: permits, and sends between place and ticket.

use super::flag::{CLOSED, PERMITS, SLOW, WAIT};
use super::slot::{Boxed, Publish, Slot, Storage, Unmarked};
use super::stamp::{Geometry, Ticket};
use super::{Armed, PopError, PushError, Queue, Ticketed};
use crate::primitive::{AtomicUsize, CachePadded, Ordering, bug, weaken};
use core::marker::PhantomData;

/// A bounded queue of `T`, its slots in `S`, published in the way of `P`.
pub(crate) struct Ring<T, S: Storage<T> = Boxed<T>, P: Publish = Unmarked> {
    tail: CachePadded<Tail>,
    /// Next ticket of a receive; CLOSED, for parking senders; WAIT: a sender is parked; SLOW: a receiver was overtaken.
    head: CachePadded<AtomicUsize>,
    geometry: Geometry,
    storage: S,
    _values: PhantomData<fn(P) -> T>,
}

/// What sends change.
struct Tail {
    /// Next ticket of a send; CLOSED; WAIT: a receiver is parked; SLOW: a sender was overtaken; PERMITS.
    word: AtomicUsize,
    /// With PERMITS: behind the last place that is held; CLOSED; UNSET: no reservation has come so far.
    end: AtomicUsize,
}

/// In `end`, where tickets have WAIT.
const UNSET: usize = 2;

impl<T> Ring<T> {
    /// A ring on the heap.
    ///
    /// # Panics
    ///
    /// When the capacity is zero, too large for the words, or cannot be allocated.
    pub(crate) fn new(capacity: usize) -> Self {
        Self::starting_at(capacity, 0)
    }

    /// A ring whose words begin `laps` before they wrap around; for tests of the wrap.
    #[inline(always)]
    pub(crate) fn starting_at(capacity: usize, laps: usize) -> Self {
        assert!(
            (1..=Geometry::MAX_CAPACITY).contains(&capacity),
            "a channel of capacity {capacity} is not possible: at most {}",
            Geometry::MAX_CAPACITY,
        );
        let geometry = Geometry::new(capacity);
        let mut start = Ticket::of(0);
        for _ in 0..laps {
            start = geometry.previous_lap(start);
        }
        Ring {
            tail: CachePadded::new(Tail {
                word: AtomicUsize::new(start.with(0)),
                end: AtomicUsize::new(Ticket::of(0).with(UNSET)),
            }),
            head: CachePadded::new(AtomicUsize::new(start.with(0))),
            geometry,
            storage: Boxed::new(capacity, geometry.free(start)),
            _values: PhantomData,
        }
    }
}

impl<T, S: Storage<T>, P: Publish> Ring<T, S, P> {
    #[inline(always)]
    fn slot(&self, ticket: Ticket) -> &Slot<T> {
        let (slots, index) = (self.storage.slots(), self.geometry.index(ticket));
        debug_assert!(index < slots.len());
        // SAFETY: the words begin at index 0, and only `Geometry::next` makes further tickets, whose index stays below
        // the capacity; flags never reach the index, and there are as many slots as the capacity (both in `starting_at`).
        unsafe { slots.get_unchecked(index) }
    }

    fn items_below(&self, tail: usize) -> bool {
        Ticket::of(tail) != Ticket::of(self.head.load(Ordering::Acquire))
    }

    /// The ticket behind everything that is sent or held.
    fn taken(&self) -> Ticket {
        let tail = self.tail.word.load(Ordering::Acquire);
        if tail & PERMITS != 0 {
            let end = self.tail.end.load(Ordering::Acquire);
            if end & UNSET == 0 && !bug("room_without_end") {
                return Ticket::of(end);
            }
        }
        Ticket::of(tail)
    }

    fn room_above(&self, head: usize) -> bool {
        self.taken() != self.geometry.next_lap(Ticket::of(head))
    }

    /// Takes a place. PERMITS has been seen in the tail.
    #[cold]
    #[inline(never)]
    fn take_place(&self) -> Result<(), PushError> {
        let geometry = self.geometry;
        let mut end = self.tail.end.load(Ordering::Acquire);
        loop {
            if end & CLOSED != 0 {
                // A close is under way: nobody is to see its first half without its second.
                self.tail.word.fetch_or(CLOSED, Ordering::AcqRel);
                return Err(PushError::Closed);
            }
            if end & UNSET != 0 {
                // With PERMITS set no ticket is taken without a place, so the tail stands still: whoever comes first
                // says the same. Relaxed: PERMITS was seen in this word.
                let begin = Ticket::of(self.tail.word.load(Ordering::Relaxed)).with(0);
                end = match self.tail.end.compare_exchange(end, begin, Ordering::AcqRel, Ordering::Acquire) {
                    Ok(_) => begin,
                    Err(now) => now,
                };
                continue;
            }
            let ticket = Ticket::of(end);
            let slot = self.slot(ticket);
            let stamp = slot.stamp();
            if stamp == geometry.free(ticket) {
                // Free for this ticket, and so until the ticket is taken: then the tail, hence `end`, is past it for good.
                // An exchange after `end` has gone back and forth is as good as one before.
                // Ordering: AcqRel: whoever gets this ticket later, with whichever place, comes after our look at the
                // stamp, by the exchanges on `end` up to its own and on the tail: it may write the slot.
                match self.tail.end.compare_exchange_weak(
                    end,
                    geometry.next(ticket).with(0),
                    weaken("place_relaxed", Ordering::AcqRel),
                    Ordering::Acquire,
                ) {
                    Ok(_) => return Ok(()),
                    Err(now) => end = now,
                }
                continue;
            }
            // As in `push`.
            let now = self.tail.end.load(Ordering::Acquire);
            if now == end {
                let head = Ticket::of(self.head.load(Ordering::Acquire));
                let error = if geometry.next_lap(head) == ticket { PushError::Full } else { PushError::Busy };
                if error == PushError::Full || slot.stamp() == stamp {
                    return Err(error);
                }
            }
            end = now;
        }
    }

    /// Whether no ticket follows that of this tail.
    fn sealed_at(&self, tail: usize) -> bool {
        if tail & CLOSED == 0 {
            return false;
        }
        if tail & PERMITS == 0 || bug("closed_without_end") {
            return true;
        }
        // A close marks `end` first: behind CLOSED in the tail nobody takes a place any more, and `end` only goes back.
        // Ordering: Acquire: a release that somebody told us of is seen.
        let end = self.tail.end.load(Ordering::Acquire);
        end & UNSET != 0 || Ticket::of(end) == Ticket::of(tail)
    }

    fn reserve_as<const IN_LINE: bool>(&self) -> Result<(), PushError> {
        // Relaxed: filters. `end` says whether it is closed.
        let word = self.tail.word.load(Ordering::Relaxed);
        if word & CLOSED != 0 {
            return Err(PushError::Closed);
        }
        if IN_LINE && word & SLOW != 0 {
            return Err(PushError::Full);
        }
        if word & PERMITS == 0 {
            if bug("enter_by_load_and_store") {
                self.tail.word.store(word | PERMITS, Ordering::Release);
            } else {
                // From here on no push takes a ticket without a place: its exchange expects the word as it was.
                // Ordering: AcqRel, to keep the chain of the word whole; `end` orders what follows.
                self.tail.word.fetch_or(PERMITS, Ordering::AcqRel);
            }
        }
        self.take_place()
    }

    /// A push that saw a flag of the tail: it fails, or, where permits are in use, takes a place and then a ticket.
    #[cold]
    #[inline(never)]
    fn push_otherwise(&self, value: T, flags: usize) -> Result<Ticketed<Ticket>, (PushError, T)> {
        if flags & CLOSED != 0 {
            return Err((PushError::Closed, value));
        }
        if flags & SLOW != 0 {
            return Err((PushError::Full, value));
        }
        match self.take_place() {
            Ok(()) => {
                crate::primitive::pause_point("between place and ticket of a send");
                Ok(self.push_reserved(value))
            }
            Err(error) => Err((error, value)),
        }
    }

    /// `IN_LINE`: not past somebody who was overtaken. (The flag is in the word that is loaded anyway: a second load
    /// would wait for the exchange before it.)
    #[inline(always)]
    fn push_as<const IN_LINE: bool>(&self, value: T) -> Result<Ticketed<Ticket>, (PushError, T)> {
        let geometry = self.geometry;
        // Relaxed: a guess, the slot's stamp and the exchange decide.
        let mut word = self.tail.word.load(Ordering::Relaxed);
        loop {
            if word & (CLOSED | PERMITS | if IN_LINE { SLOW } else { 0 }) != 0 {
                return self.push_otherwise(value, if IN_LINE { word } else { word & !SLOW });
            }
            let ticket = Ticket::of(word);
            let slot = self.slot(ticket);
            let stamp = slot.stamp();
            if stamp == geometry.free(ticket) {
                // Free in this lap: take the ticket, and with it the duty to hint (the bit is cleared).
                let next = geometry.next(ticket);
                let keep = word & SLOW;
                // Ordering: AcqRel: the wait bit is read from here and set here; both sides learn from this word
                // alone (C1). The value itself is covered by the stamp. (No model of a ring needs the Acquire half:
                // who owes a hint loads this word once more, `is_sealed`. Those of blocks do.)
                match self.tail.word.compare_exchange_weak(
                    word,
                    next.with(keep),
                    weaken("push_relaxed", Ordering::AcqRel),
                    Ordering::Relaxed,
                ) {
                    Ok(_) => {
                        // SAFETY: our exchange moved the tail past this ticket, and the slot was free for it: no other
                        // push owns it (Q1), pops wait for the stamp (Q2).
                        let marked = unsafe { slot.fill::<P>(value, geometry.full(ticket)) };
                        return Ok(Ticketed { notify: word & WAIT != 0 || marked, mark: next });
                    }
                    Err(now) => word = now,
                }
                continue;
            }
            // Ordering: Acquire: after a newer stamp the tail that belongs to it is seen, so a stale guess ends here.
            let now = self.tail.word.load(Ordering::Acquire);
            if Ticket::of(now) == ticket && now & CLOSED == 0 {
                // Ours would be the next ticket, and the last lap's value, or its receive, is still in the slot.
                let head = Ticket::of(self.head.load(Ordering::Acquire));
                let error = if geometry.next_lap(head) == ticket { PushError::Full } else { PushError::Busy };
                if error == PushError::Full || slot.stamp() == stamp {
                    return Err((error, value));
                }
            }
            word = now;
        }
    }

    #[inline(always)]
    fn pop_as<const IN_LINE: bool>(&self) -> Result<(T, Ticketed<Ticket>), PopError> {
        let geometry = self.geometry;
        // Relaxed: a guess, as in `push`.
        let mut word = self.head.load(Ordering::Relaxed);
        loop {
            if IN_LINE && word & SLOW != 0 {
                return Err(PopError::Empty);
            }
            let ticket = Ticket::of(word);
            let slot = self.slot(ticket);
            let stamp = slot.stamp();
            if stamp == geometry.full(ticket) {
                let next = geometry.next(ticket);
                let keep = word & (SLOW | CLOSED);
                // Ordering: AcqRel as in `push`, for the senders' wait bit.
                match self.head.compare_exchange_weak(
                    word,
                    next.with(keep),
                    weaken("pop_relaxed", Ordering::AcqRel),
                    Ordering::Relaxed,
                ) {
                    Ok(_) => {
                        // SAFETY: the ticket is ours, its value is in.
                        let value = unsafe { slot.clear(geometry.free(geometry.next_lap(ticket))) };
                        return Ok((value, Ticketed { notify: word & WAIT != 0, mark: next }));
                    }
                    Err(now) => word = now,
                }
                continue;
            }
            // Ordering: Acquire: as in `push`.
            let tail = self.tail.word.load(Ordering::Acquire);
            let now = self.head.load(Ordering::Acquire);
            if Ticket::of(now) == ticket {
                if Ticket::of(tail) == ticket {
                    // Ticket and CLOSED come from one load: nothing was sent in between (Q4).
                    return Err(if self.sealed_at(tail) { PopError::Closed } else { PopError::Empty });
                }
                if slot.stamp() == stamp {
                    return Err(PopError::Busy);
                }
            }
            word = now;
        }
    }
}

impl<T, S: Storage<T>, P: Publish> Queue<T> for Ring<T, S, P> {
    type Mark = Ticket;

    #[inline]
    fn push(&self, value: T) -> Result<Ticketed<Ticket>, (PushError, T)> {
        self.push_as::<false>(value)
    }

    #[inline]
    fn pop(&self) -> Result<(T, Ticketed<Ticket>), PopError> {
        self.pop_as::<false>()
    }

    #[inline]
    fn push_in_line(&self, value: T) -> Result<Ticketed<Ticket>, (PushError, T)> {
        self.push_as::<true>(value)
    }

    #[inline]
    fn pop_in_line(&self) -> Result<(T, Ticketed<Ticket>), PopError> {
        self.pop_as::<true>()
    }

    fn reserve(&self) -> Result<(), PushError> {
        self.reserve_as::<false>()
    }

    fn reserve_in_line(&self) -> Result<(), PushError> {
        self.reserve_as::<true>()
    }

    fn push_reserved(&self, value: T) -> Ticketed<Ticket> {
        let geometry = self.geometry;
        // Relaxed: a guess, the exchange decides.
        let mut word = self.tail.word.load(Ordering::Relaxed);
        loop {
            let ticket = Ticket::of(word);
            let next = geometry.next(ticket);
            let keep = word & (SLOW | CLOSED | PERMITS);
            // Ordering: AcqRel, as in `push`; and see `take_place`: somebody found this ticket's slot free, before us.
            match self.tail.word.compare_exchange_weak(
                word,
                next.with(keep),
                weaken("push_reserved_relaxed", Ordering::AcqRel),
                Ordering::Relaxed,
            ) {
                Ok(_) => {
                    // SAFETY: our exchange moved the tail past this ticket (Q1). We held a place, so `end` was beyond it:
                    // its slot is free for it (see the top), and pops wait for the stamp (Q2).
                    let marked = unsafe { self.slot(ticket).fill::<P>(value, geometry.full(ticket)) };
                    // After a close this may be the last message: whoever waits for the end must be told.
                    return Ticketed { notify: word & (WAIT | CLOSED) != 0 || marked, mark: next };
                }
                Err(now) => word = now,
            }
        }
    }

    fn release(&self) {
        let mut end = self.tail.end.load(Ordering::Relaxed);
        loop {
            let back = self.geometry.previous(Ticket::of(end)).with(end & CLOSED);
            // Ordering: AcqRel: keeps the chain of the word whole (see `take_place`).
            match self.tail.end.compare_exchange_weak(end, back, Ordering::AcqRel, Ordering::Relaxed) {
                Ok(_) => break,
                Err(now) => end = now,
            }
        }
        if !bug("release_unannounced") {
            // Ordering: AcqRel, and a read-modify-write of the word in which senders park: one that parks sees the place,
            // or is seen by the hint that follows. The bit stays: what it stands for is the receives' debt.
            self.head.fetch_or(0, Ordering::AcqRel);
        }
        if end & CLOSED != 0 && !bug("release_after_close_unannounced") {
            // Ordering: the same for receivers that wait for the end, and for the last send with a place: the later of
            // us two on this word sees that nothing is left. (Where `end` was not closed yet, the close comes after us.)
            self.tail.word.fetch_or(0, Ordering::AcqRel);
        }
    }

    fn arm_receivers(&self) -> Armed<Ticket> {
        let word = if bug("park_by_load_and_store") {
            let word = self.tail.word.load(Ordering::Acquire);
            self.tail.word.store(word | WAIT, Ordering::Release);
            word
        } else {
            // Ordering: AcqRel, and a read-modify-write: a push either comes before (we see its ticket) or after (it
            // sees our bit). Never neither (C1).
            self.tail.word.fetch_or(WAIT, weaken("arm_relaxed", Ordering::AcqRel))
        };
        Armed { ready: word & CLOSED != 0 || self.items_below(word), mark: Ticket::of(word) }
    }

    fn arm_senders(&self) -> Armed<Ticket> {
        // Ordering: as in `arm_receivers`, with pops.
        let word = self.head.fetch_or(WAIT, weaken("arm_relaxed", Ordering::AcqRel));
        Armed { ready: word & CLOSED != 0 || self.room_above(word), mark: Ticket::of(word) }
    }

    fn distance(&self, from: Ticket, to: Ticket) -> usize {
        self.geometry.distance(from, to)
    }

    fn has_items(&self) -> bool {
        self.items_below(self.tail.word.load(Ordering::Acquire))
    }

    fn has_room(&self) -> bool {
        // The head last: full is what it was at that instant.
        let taken = self.taken();
        taken != self.geometry.next_lap(Ticket::of(self.head.load(Ordering::Acquire)))
    }

    fn receivers_asleep_on_items(&self) -> bool {
        let tail = self.tail.word.load(Ordering::Acquire);
        tail & WAIT != 0 && self.items_below(tail)
    }

    fn senders_asleep_on_room(&self) -> bool {
        let head = self.head.load(Ordering::Acquire);
        head & WAIT != 0 && self.room_above(head)
    }

    fn state(&self) -> usize {
        let head = Ticket::of(self.head.load(Ordering::Relaxed)).raw();
        let tail = self.tail.word.load(Ordering::Relaxed);
        let end = if tail & PERMITS != 0 { Ticket::of(self.tail.end.load(Ordering::Relaxed)).raw() } else { 0 };
        head.wrapping_mul(31).wrapping_add(Ticket::of(tail).raw()).wrapping_add(end.wrapping_mul(17))
    }

    fn set_slow_receivers(&self, on: bool) {
        set_slow(&self.head, on);
    }
    fn set_slow_senders(&self, on: bool) {
        set_slow(&self.tail.word, on);
    }
    fn slow_receivers(&self) -> bool {
        // Relaxed: a hint.
        self.head.load(Ordering::Relaxed) & SLOW != 0
    }
    fn slow_senders(&self) -> bool {
        self.tail.word.load(Ordering::Relaxed) & SLOW != 0
    }

    fn close(&self) -> bool {
        // `end` first: no place is taken behind a tail that says CLOSED. The head last: once a parking sender sees
        // CLOSED there, sends fail.
        // Ordering: Release, by the next exchange; Acquire: places that were given back are seen behind CLOSED.
        let first = if bug("end_closed_late") {
            self.tail.word.load(Ordering::Acquire) & CLOSED == 0
        } else {
            self.tail.end.fetch_or(CLOSED, Ordering::AcqRel) & CLOSED == 0
        };
        // Ordering: AcqRel: parked receivers are seen by the sweep that follows, later parkers see the bit (C3).
        self.tail.word.fetch_or(CLOSED, weaken("close_relaxed", Ordering::AcqRel));
        if bug("end_closed_late") {
            self.tail.end.fetch_or(CLOSED, Ordering::AcqRel);
        }
        if !bug("closed_only_in_tail") {
            self.head.fetch_or(CLOSED, Ordering::AcqRel);
        }
        first
    }

    fn is_closed(&self) -> bool {
        self.tail.word.load(Ordering::Acquire) & CLOSED != 0
    }

    fn is_sealed(&self) -> bool {
        self.sealed_at(self.tail.word.load(Ordering::Acquire))
    }

    fn len(&self) -> usize {
        loop {
            let tail = self.tail.word.load(Ordering::Acquire);
            let head = self.head.load(Ordering::Acquire);
            // Both belong to one instant when the tail did not move meanwhile.
            if Ticket::of(self.tail.word.load(Ordering::Acquire)) == Ticket::of(tail) {
                return self.geometry.distance(Ticket::of(head), Ticket::of(tail)).min(self.geometry.capacity());
            }
        }
    }

    fn capacity(&self) -> Option<usize> {
        Some(self.geometry.capacity())
    }
}

fn set_slow(word: &AtomicUsize, on: bool) {
    // Relaxed: the flag is a hint and orders nothing.
    if on {
        word.fetch_or(SLOW, Ordering::Relaxed);
    } else {
        word.fetch_and(!SLOW, Ordering::Relaxed);
    }
}

impl<T, S: Storage<T>, P: Publish> Drop for Ring<T, S, P> {
    fn drop(&mut self) {
        // Nobody else is left: what is queued is complete.
        while self.pop().is_ok() {}
    }
}

#[cfg(all(test, not(chan_loom)))]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    #[test]
    fn first_in_first_out_through_the_end_of_the_words() {
        for capacity in [1, 2, 3, 7] {
            let ring = Ring::starting_at(capacity, 3);
            let mut next = 0;
            for round in 0..5 * capacity {
                let n = 1 + round % capacity;
                for i in 0..n {
                    assert!(ring.push(next + i).is_ok());
                    assert_eq!(ring.len(), i + 1);
                }
                for i in 0..n {
                    assert_eq!(ring.pop().unwrap().0, next + i);
                }
                assert_eq!(ring.pop().unwrap_err(), PopError::Empty);
                next += n;
            }
        }
    }

    #[test]
    fn places_come_and_go_through_the_end_of_the_words() {
        for capacity in [1, 2, 3, 7] {
            let ring = Ring::starting_at(capacity, 3);
            let mut next = 0;
            for round in 0..6 * capacity {
                (0..capacity).for_each(|_| assert_eq!(ring.reserve(), Ok(())));
                assert_eq!((ring.reserve(), ring.has_room(), ring.len()), (Err(PushError::Full), false, 0));
                assert_eq!(ring.push(0).unwrap_err(), (PushError::Full, 0));
                let back = round % (capacity + 1);
                (0..back).for_each(|_| ring.release());
                // Plain sends take what was given back, before the permits are used.
                for i in 0..capacity {
                    assert_eq!(ring.has_room(), i < back);
                    if i < back {
                        assert!(ring.push(next + i).is_ok());
                    } else {
                        let _ = ring.push_reserved(next + i);
                    }
                    assert_eq!(ring.len(), i + 1);
                }
                (0..capacity).for_each(|i| assert_eq!(ring.pop().unwrap().0, next + i));
                assert_eq!(ring.pop().unwrap_err(), PopError::Empty);
                next += capacity;
            }
            assert_eq!(ring.reserve(), Ok(()));
            assert!(ring.close());
            assert_eq!((ring.reserve(), ring.is_sealed()), (Err(PushError::Closed), false));
            assert_eq!(ring.pop().unwrap_err(), PopError::Empty);
            ring.release();
            assert!(ring.is_sealed());
            assert_eq!(ring.pop().unwrap_err(), PopError::Closed);
        }
    }

    #[test]
    fn full_closed_and_drained() {
        let ring = Ring::new(2);
        assert!(ring.push(1).is_ok() && ring.push(2).is_ok());
        assert_eq!(ring.push(3).unwrap_err(), (PushError::Full, 3));
        assert!(ring.close());
        assert!(!ring.close());
        assert_eq!(ring.push(3).unwrap_err(), (PushError::Closed, 3));
        assert_eq!([ring.pop().unwrap().0, ring.pop().unwrap().0], [1, 2]);
        assert_eq!(ring.pop().unwrap_err(), PopError::Closed);
    }

    #[test]
    fn the_wait_bit_is_handed_to_exactly_one_operation() {
        let ring = Ring::new(2);
        assert!(!ring.arm_receivers().ready);
        assert!(ring.push(1).unwrap().notify);
        assert!(!ring.push(2).unwrap().notify);
        assert!(!ring.arm_senders().ready);
        assert!(ring.pop().unwrap().1.notify);
        assert!(!ring.pop().unwrap().1.notify);
    }

    #[test]
    fn what_is_left_is_dropped_with_the_ring() {
        let value = alloc::rc::Rc::new(());
        let ring = Ring::new(4);
        let values: Vec<_> = (0..3).map(|_| ring.push(value.clone()).is_ok()).collect();
        assert_eq!(values, [true; 3]);
        drop(ring);
        assert_eq!(alloc::rc::Rc::strong_count(&value), 1);
    }
}
