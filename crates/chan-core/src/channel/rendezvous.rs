//! Capacity 0: a send says `Ok` when a receiver has its message. A parked sender's value lies in its cell, an *offer*
//! that any receiver takes; `try_send` leaves its value with the channel, a *deposit*, when a receive is waiting that
//! nothing else has been promised to.
//!
//! One word carries the wake-ups: the number of announced offers, whether a receiver is parked, whether the channel is
//! closed. A sender publishes its offer, then announces it there; a receiver parks, then marks itself there, then looks
//! once more. Whoever comes second on the word sees the first (C1). The mark is cleared by an announcement only, whose
//! notifier arms it again while receivers remain, and counts the announcements in between (C2).
//!
//! Deposits are served before offers. A receiver that has an offer in view looks for deposits once more before it
//! claims it: had the offer's producer deposited something earlier, that is visible by now. So one producer's messages
//! keep their order.
//!
//! A permit is to a deposit what a promise is to a gift: `reserve` claims a waiting receive as `try_send` does, so that
//! no second permit is given for it, hints it, and takes a permit of the deposit queue. The receive finds nothing and
//! parks again, free for anybody; the message comes later, for whichever receive looks first. A permit that is held for
//! ever keeps nothing from anybody but the end of a closed channel.

use super::buffered::Nothing;
use super::notify::{Finally, again, notify, notify_all, pass_on, pass_on_to_others};
use super::offer::{self, Back, Look, Offer, Seen, Standing};
use super::{Offered, RecvState, ReserveState, SendState};
use crate::case::Turn;
use crate::error::{RecvError, SendError, TryRecvError, TrySendError};
use crate::primitive::{AtomicTagged, AtomicUsize, CachePadded, Ordering, PATIENCE, bug, weaken};
use crate::queue::{Armed, Blocks, PopError, Queue};
use crate::wait::{CellId, Set, Tag, Waiter};
use alloc::boxed::Box;
use core::mem;
use core::ptr;
use core::task::{Poll, Waker};

const CLOSED: usize = 1;
const WAIT: usize = 2;
const SLOW: usize = 4;
/// A reservation has waited once: a receive that parks hints the next one.
const RESERVERS: usize = 8;
/// One announcement.
const ONE: usize = 16;
const FLAGS: usize = ONE - 1;

/// A channel of capacity 0.
pub(super) struct Rendezvous<T> {
    word: CachePadded<AtomicUsize>,
    senders: Set<Offer<T>>,
    receivers: Set<()>,
    /// Reservations that wait for a receive to park.
    reservers: Set<()>,
    /// Null until the first deposit; `NEVER` when the channel was closed before.
    deposits: AtomicTagged<Blocks<T>>,
}

/// Whether a deposit queue can be there.
fn never<T>() -> *mut Blocks<T> {
    ptr::without_provenance_mut(1)
}

// SAFETY: the deposit queue is shared as `Blocks` allows; everything else is `Sync` by itself.
unsafe impl<T: Send> Sync for Rendezvous<T> {}
// SAFETY: as above.
unsafe impl<T: Send> Send for Rendezvous<T> {}

impl<T> Rendezvous<T> {
    pub(super) fn new() -> Self {
        Rendezvous {
            word: CachePadded::new(AtomicUsize::new(0)),
            senders: Set::new(),
            receivers: Set::new(),
            reservers: Set::new(),
            deposits: AtomicTagged::new(ptr::null_mut()),
        }
    }

    pub(super) fn is_closed(&self) -> bool {
        self.word.load(Ordering::Acquire) & CLOSED != 0
    }

    // --------------------------------------------------------------- deposits

    fn existing_deposits(&self) -> Option<&Blocks<T>> {
        // Ordering: Acquire pairs with the installing exchange.
        let deposits = self.deposits.load(Ordering::Acquire);
        if deposits.is_null() || deposits == never() {
            return None;
        }
        // SAFETY: installed once, freed with the channel.
        Some(unsafe { &*deposits })
    }

    /// The deposit queue, made at first use. `None`: the channel was closed before.
    fn deposits(&self) -> Option<&Blocks<T>> {
        if self.deposits.load(Ordering::Acquire).is_null() {
            let new = Box::into_raw(Box::new(Blocks::new()));
            if bug("deposit_queue_by_store") {
                self.deposits.store(new, Ordering::Release);
                return self.existing_deposits();
            }
            // Ordering: Release: who finds the queue finds it whole.
            if self.deposits.compare_exchange(ptr::null_mut(), new, Ordering::AcqRel, Ordering::Acquire).is_err() {
                // SAFETY: never published.
                drop(unsafe { Box::from_raw(new) });
            }
        }
        self.existing_deposits()
    }

    fn take_deposit(&self) -> Result<T, PopError> {
        match self.existing_deposits() {
            Some(deposits) => deposits.pop().map(|(value, _)| value),
            // Never was one: nothing is held.
            None => Err(PopError::Closed),
        }
    }

    // ---------------------------------------------------------------- receive

    /// Takes a deposit or an offer. `turn`: of the select that looks; `poke`: leave word with busy selects.
    fn take(&self, mut turn: Option<&mut Turn>, poke: bool) -> Result<T, PopError> {
        // Before the offers: a select's offer is claimed only if the channel was not closed then.
        let closed = self.word.load(Ordering::Acquire) & CLOSED != 0;
        let busy = match self.take_deposit() {
            Ok(value) => return Ok(value),
            // Offers are given back by the close. The deposits were closed before the word: they say whether a permit
            // is out.
            Err(error) if closed => return Err(error),
            Err(error) => error == PopError::Busy,
        };
        let taken = self.senders.oldest_first(|id, cell| {
            let standing = offer::standing(cell)?;
            // Deposits of the same producer came before its offer.
            if !bug("no_deposit_recheck") {
                match self.take_deposit() {
                    Ok(value) => return Some(Ok((value, None))),
                    Err(PopError::Busy) => return Some(Err(PopError::Busy)),
                    Err(PopError::Empty | PopError::Closed) => {}
                }
            }
            let look = match standing {
                Standing::Plain(state) => offer::take_plain(&self.senders, id, state),
                Standing::Select(state) => {
                    let own = turn.as_deref().and_then(Turn::claim);
                    offer::take_select(&self.senders, id, state, own, poke)
                }
            };
            match look {
                Look::Got(value, waker) => {
                    self.senders.served(id);
                    Some(Ok((value, waker)))
                }
                Look::None => None,
                Look::Busy(before_us) => {
                    if let Some(turn) = turn.as_deref_mut() {
                        turn.met(before_us);
                    }
                    None
                }
            }
        });
        match taken {
            Some(Ok((value, waker))) => {
                if let Some(waker) = waker {
                    // A waker that panics costs the message that was on its way; it is dropped by the unwinding.
                    waker.wake();
                }
                Ok(value)
            }
            Some(Err(error)) => Err(error),
            None => Err(if busy { PopError::Busy } else { PopError::Empty }),
        }
    }

    /// Whether a receiver could take something, now or when a select has looked.
    fn has_offers(&self) -> bool {
        self.existing_deposits().is_some_and(|deposits| !deposits.is_empty())
            || self.senders.oldest_first(|_, cell| offer::standing(cell).map(|_| ())).is_some()
    }

    pub(super) fn try_recv(&self) -> Result<T, TryRecvError> {
        self.take(None, false).map_err(|error| match error {
            PopError::Closed => TryRecvError::Closed,
            PopError::Empty | PopError::Busy => TryRecvError::Empty,
        })
    }

    /// As `try_recv`, but a newcomer does not pass somebody who was overtaken.
    pub(super) fn start_recv(&self) -> Result<T, TryRecvError> {
        if self.word.load(Ordering::Relaxed) & SLOW != 0 {
            return Err(TryRecvError::Empty);
        }
        self.try_recv()
    }

    pub(super) fn poll_recv(&self, op: &mut RecvState, waker: &Waker) -> Poll<Result<T, RecvError>> {
        if self.word.load(Ordering::Relaxed) & SLOW != 0 && self.queue_behind(op, waker) {
            return Poll::Pending;
        }
        match self.look_recv(op, None) {
            Ok(result) => return Poll::Ready(result),
            Err(Nothing::Busy) => {
                again(waker);
                return Poll::Pending;
            }
            Err(Nothing::Yet) => {}
        }
        if self.register_recv(op, waker, false, Tag::NOBODYS) {
            match self.look_recv(op, None) {
                Ok(result) => return Poll::Ready(result),
                Err(Nothing::Busy) => again(waker),
                Err(Nothing::Yet) => {}
            }
        }
        Poll::Pending
    }

    /// Takes a message if there is one; ends the operation then.
    pub(super) fn look_recv(
        &self,
        op: &mut RecvState,
        turn: Option<&mut Turn>,
    ) -> Result<Result<T, RecvError>, Nothing> {
        op.hinted |= op.waiter.take_hint(&self.receivers);
        let own_offers = turn.as_deref().is_some_and(|turn| turn.claim().is_some());
        match self.take(turn, true) {
            Ok(value) => {
                op.hinted = false;
                // A hint that came while we looked may belong to another offer.
                if op.waiter.leave(&self.receivers) && self.has_offers() {
                    pass_on(&self.receivers);
                }
                if op.patience_lost(PATIENCE) || op.queued {
                    self.word.fetch_and(!SLOW, Ordering::Relaxed);
                    op.served();
                }
                Ok(Ok(value))
            }
            Err(PopError::Closed) => {
                let _ = op.waiter.leave(&self.receivers);
                op.hinted = false;
                Ok(Err(RecvError))
            }
            Err(error) => {
                if op.hinted && own_offers && self.has_offers() && !bug("no_pass_on_own") {
                    // The hint may have been for our own offer, which others can take and we cannot. Our cell is idle
                    // just now, so this reaches somebody else.
                    op.hinted = false;
                    pass_on(&self.receivers);
                }
                Err(if error == PopError::Busy { Nothing::Busy } else { Nothing::Yet })
            }
        }
    }

    /// Parks. `true`: newly parked, look again.
    pub(super) fn register_recv(&self, op: &mut RecvState, waker: &Waker, own_offers: bool, tag: Tag) -> bool {
        if !op.waiter.park_as(tag, &self.receivers, waker) {
            return false;
        }
        if own_offers && op.waiter.take_late() && self.has_offers() {
            // As in `look_recv`: a hint that came after our look may have been for our own offer.
            pass_on(&self.receivers);
        }
        if mem::take(&mut op.hinted) {
            op.waiter.keep_place(&self.receivers);
            if op.overtaken(PATIENCE) {
                self.word.fetch_or(SLOW, Ordering::Relaxed);
            }
        }
        self.arm_parked(tag);
        // The look that follows is the last look, too: whatever a sleeping sender offers, we take.
        !bug("no_second_look")
    }

    /// Withdraws; an unused hint goes to the next.
    pub(super) fn cancel_recv(&self, op: &mut RecvState) {
        let hinted = op.waiter.leave(&self.receivers) | mem::take(&mut op.hinted);
        if hinted && self.has_offers() && !bug("no_pass_on") {
            pass_on(&self.receivers);
        }
    }

    #[cold]
    fn queue_behind(&self, op: &mut RecvState, waker: &Waker) -> bool {
        if op.queued || op.waiter.has_cell() || !self.has_offers() {
            return false;
        }
        op.queued = true;
        op.waiter.park(&self.receivers, waker);
        self.arm_parked(Tag::NOBODYS);
        pass_on(&self.receivers);
        again(waker);
        true
    }

    /// A receive has parked.
    fn arm_parked(&self, tag: Tag) {
        if self.arm().mark & RESERVERS != 0 && !bug("park_hints_no_reserver") {
            // It is good for one permit, but for none of its own select.
            let tag = if bug("own_reserver_hinted") { Tag::NOBODYS } else { tag };
            pass_on_to_others(&self.reservers, tag);
        }
    }

    fn arm(&self) -> Armed<usize> {
        // Ordering: AcqRel, and a read-modify-write: an announcement comes before (its offer is seen by the look that
        // follows) or after (it sees the mark).
        let word = self.word.fetch_or(WAIT, weaken("arm_relaxed", Ordering::AcqRel));
        Armed { ready: true, mark: word }
    }

    // ------------------------------------------------------------------- send

    pub(super) fn try_send(&self, value: T) -> Result<(), TrySendError<T>> {
        // Ordering: AcqRel, and a read-modify-write: every receive that is parked by now is seen.
        let word = self.word.fetch_or(0, Ordering::AcqRel);
        if word & CLOSED != 0 {
            return Err(TrySendError::Closed(value));
        }
        if bug("deposit_after_hint") {
            let Some(waker) = self.receivers.hint() else { return Err(TrySendError::Full(value)) };
            waker.wake();
            let Some(deposits) = self.deposits() else { return Err(TrySendError::Closed(value)) };
            return match deposits.push(value) {
                Ok(_) => Ok(()),
                Err((_, value)) => Err(TrySendError::Closed(value)),
            };
        }
        // One receive for one deposit. It stays claimed while the value is put in, so that one that leaves meanwhile
        // leaves the hint with us.
        let Some(claimed) = self.receivers.claim_present(Tag::NOBODYS) else {
            return Err(TrySendError::Full(value));
        };
        crate::primitive::pause_point("between claim and deposit");
        let result = match self.deposits() {
            Some(deposits) => match deposits.push(value) {
                Ok(_) => Ok(()),
                Err((_, value)) => Err(TrySendError::Closed(value)),
            },
            None => Err(TrySendError::Closed(value)),
        };
        if !bug("deposit_not_announced") {
            // Ordering: AcqRel, and a read-modify-write, before the hint: a receive that parks just now sees the deposit
            // when it looks, or is seen by whoever passes our hint on.
            self.word.fetch_or(0, Ordering::AcqRel);
        }
        match claimed.deliver() {
            Some(waker) => waker.wake(),
            None => pass_on(&self.receivers),
        }
        result
    }

    // ---------------------------------------------------------------- permits

    pub(super) fn try_reserve(&self) -> Result<(), TrySendError<()>> {
        self.try_reserve_as(Tag::NOBODYS)
    }

    /// As `try_reserve`, but no receive of the same select counts: a select does not talk to itself.
    fn try_reserve_as(&self, tag: Tag) -> Result<(), TrySendError<()>> {
        // Ordering: as in `try_send`.
        if self.word.fetch_or(0, weaken("reservers_relaxed", Ordering::AcqRel)) & CLOSED != 0 {
            return Err(TrySendError::Closed(()));
        }
        // One receive for one permit. What others have for it while it is claimed they cannot tell it: our hint does.
        let Some(claimed) = self.receivers.claim_present(tag) else { return Err(TrySendError::Full(())) };
        crate::primitive::pause_point("between claim and permit");
        let held = self.deposits().filter(|deposits| deposits.reserve().is_ok());
        // The permit is not lost when a waker panics.
        let permit = held.map(|_| Finally(|| self.release()));
        match claimed.deliver() {
            Some(waker) => waker.wake(),
            None => pass_on(&self.receivers),
        }
        match permit {
            Some(permit) => {
                mem::forget(permit);
                Ok(())
            }
            None => Err(TrySendError::Closed(())),
        }
    }

    pub(super) fn start_reserve(&self) -> Result<(), TrySendError<()>> {
        self.try_reserve()
    }

    pub(super) fn poll_reserve(&self, op: &mut ReserveState, waker: &Waker) -> Poll<Result<(), SendError<()>>> {
        // One that has not waited before has just looked.
        if op.waiter.has_cell()
            && let Ok(result) = self.look_reserve(op, Tag::NOBODYS)
        {
            return Poll::Ready(result);
        }
        if self.register_reserve(op, waker)
            && let Ok(result) = self.look_reserve(op, Tag::NOBODYS)
        {
            return Poll::Ready(result);
        }
        Poll::Pending
    }

    /// Takes a permit if a receive waits; ends the operation then.
    pub(super) fn look_reserve(&self, op: &mut ReserveState, tag: Tag) -> Result<Result<(), SendError<()>>, Nothing> {
        op.hinted |= op.waiter.take_hint(&self.reservers);
        match self.try_reserve_as(tag) {
            Ok(()) => {
                op.hinted = false;
                if op.waiter.leave(&self.reservers) && self.receivers.any_waiting() {
                    // A hint that came while we looked may belong to another receive.
                    let permit = Finally(|| self.release());
                    pass_on(&self.reservers);
                    mem::forget(permit);
                }
                Ok(Ok(()))
            }
            Err(TrySendError::Closed(())) => {
                let _ = op.waiter.leave(&self.reservers);
                op.hinted = false;
                Ok(Err(SendError(())))
            }
            Err(TrySendError::Full(())) => Err(Nothing::Yet),
        }
    }

    /// Parks. `true`: newly parked, look again.
    pub(super) fn register_reserve(&self, op: &mut ReserveState, waker: &Waker) -> bool {
        if !op.waiter.park_as(op.tag, &self.reservers, waker) {
            return false;
        }
        if mem::take(&mut op.hinted) {
            op.waiter.keep_place(&self.reservers);
        }
        // Ordering: AcqRel, and a read-modify-write: a receive that parks comes before (the look that follows sees it) or
        // after (it sees the bit, and hints). The bit stays: no receive owes a hint for another. (The look begins with
        // another such step; a model notices only when both are weakened.)
        self.word.fetch_or(RESERVERS, weaken("reservers_relaxed", Ordering::AcqRel));
        true
    }

    /// Withdraws; an unused hint goes to the next.
    pub(super) fn cancel_reserve(&self, op: &mut ReserveState) {
        let hinted = op.waiter.leave(&self.reservers) | mem::take(&mut op.hinted);
        if hinted && self.receivers.any_waiting() && !bug("no_pass_on") {
            pass_on(&self.reservers);
        }
    }

    pub(super) fn is_reserve_ready(&self, op: &ReserveState) -> bool {
        self.is_closed() || self.receivers.any_other_waiting(op.tag)
    }

    pub(super) fn send_reserved(&self, value: T) {
        let Some(deposits) = self.existing_deposits() else { unreachable!("made for the permit") };
        let _ = deposits.push_reserved(value);
        if !bug("permit_not_announced") {
            // Ordering: as in `try_send`: a receive that parks just now sees the message when it looks, or is seen below.
            self.word.fetch_or(0, Ordering::AcqRel);
        }
        if deposits.is_sealed() {
            // The last one after a close: all who are left over wait for the end.
            notify_all(&self.receivers);
        } else if !bug("permit_hints_nobody") {
            pass_on(&self.receivers);
        }
    }

    pub(super) fn release(&self) {
        let Some(deposits) = self.existing_deposits() else { unreachable!("made for the permit") };
        deposits.release();
        if deposits.is_sealed() && !bug("release_wakes_no_receiver") {
            notify_all(&self.receivers);
        }
    }

    // ------------------------------------------------------------------- send

    pub(super) fn poll_send(&self, op: &mut SendState<T>, waker: &Waker) -> Poll<Result<(), SendError<T>>> {
        match op.offered {
            Offered::No => {
                if self.is_closed() {
                    return Poll::Ready(Err(SendError(take_value(op))));
                }
                self.post(op, waker, None);
                if self.announce() && !bug("closed_not_seen") {
                    return Poll::Ready(self.end_plain(op));
                }
                Poll::Pending
            }
            Offered::Plain => self.poll_plain(op, waker),
            Offered::Gone => Poll::Ready(self.finish_plain(op, Back::Taken)),
            // Its select was leaked, or cut short by a panic.
            Offered::Select => match self.take_back(op) {
                Some(value) => {
                    op.value = Some(value);
                    self.poll_send(op, waker)
                }
                None => Poll::Ready(Ok(())),
            },
        }
    }

    fn poll_plain(&self, op: &mut SendState<T>, waker: &Waker) -> Poll<Result<(), SendError<T>>> {
        let id = op.waiter.cell(&self.senders);
        match offer::see(&self.senders, id) {
            Seen::Standing if op.waiter.is_for(waker) => Poll::Pending,
            Seen::Standing => match self.renew(op, id, waker) {
                // Offered anew: whoever looked meanwhile has not seen it.
                Ok(()) if self.announce() => Poll::Ready(self.end_plain(op)),
                Ok(()) => Poll::Pending,
                Err(back) => Poll::Ready(self.finish_plain(op, back)),
            },
            Seen::Over(back) => Poll::Ready(self.finish_plain(op, back)),
        }
    }

    /// Offers the same value with another waker.
    fn renew(&self, op: &mut SendState<T>, id: CellId, waker: &Waker) -> Result<(), Back<T>> {
        let (waker, whose) = Waiter::clone_of(waker);
        op.waiter.remember(whose);
        offer::renew(&self.senders, id, waker)
    }

    /// The channel is closed: the offer comes back, unless it was taken before.
    fn end_plain(&self, op: &mut SendState<T>) -> Result<(), SendError<T>> {
        let id = op.waiter.cell(&self.senders);
        let back = match offer::withdraw(&self.senders, id) {
            Back::Value(value) => Back::Closed(value),
            back => back,
        };
        self.finish_plain(op, back)
    }

    fn finish_plain(&self, op: &mut SendState<T>, back: Back<T>) -> Result<(), SendError<T>> {
        op.waiter.forget();
        op.offered = Offered::No;
        match back {
            Back::Taken => Ok(()),
            Back::Value(value) | Back::Closed(value) => Err(SendError(value)),
        }
    }

    /// Withdraws. `Some`: the value; `None`: a receiver has it.
    pub(super) fn cancel_send(&self, op: &mut SendState<T>) -> Option<T> {
        match mem::replace(&mut op.offered, Offered::No) {
            Offered::No => op.value.take(),
            Offered::Gone => None,
            Offered::Plain => {
                let id = op.waiter.cell(&self.senders);
                op.waiter.forget();
                match offer::withdraw(&self.senders, id) {
                    Back::Value(value) | Back::Closed(value) => Some(value),
                    Back::Taken => None,
                }
            }
            Offered::Select => self.take_back(op),
        }
    }

    fn post(&self, op: &mut SendState<T>, waker: &Waker, turn: Option<(&mut Turn, usize)>) {
        // User code (`clone`) before any step of ours.
        let (waker, whose) = Waiter::clone_of(waker);
        let id = op.waiter.cell(&self.senders);
        op.waiter.remember(whose);
        let claim = turn.and_then(|(turn, case)| turn.claim_for(case, || offer::home(&self.senders, id)));
        op.offered = if claim.is_some() { Offered::Select } else { Offered::Plain };
        offer::post(&self.senders, id, take_value(op), waker, claim);
    }

    /// The offer stands: tells one parked receiver. `true`: the channel is closed.
    fn announce(&self) -> bool {
        let mut word = self.word.load(Ordering::Acquire);
        loop {
            if word & CLOSED != 0 {
                return true;
            }
            if bug("announce_by_load") && word & WAIT == 0 {
                return false;
            }
            // SLOW stays, WAIT is ours to pay.
            let new = (word & !WAIT).wrapping_add(ONE);
            // Ordering: AcqRel, and a read-modify-write: see `arm`.
            match self.word.compare_exchange(word, new, weaken("announce_relaxed", Ordering::AcqRel), Ordering::Acquire)
            {
                Ok(_) => {
                    if word & WAIT != 0 {
                        notify(&self.receivers, new, &|| self.arm(), &|a, b| {
                            (b & !FLAGS).wrapping_sub(a & !FLAGS) / ONE
                        });
                    }
                    return false;
                }
                Err(now) => word = now,
            }
        }
    }

    // ------------------------------------------------------- send, in a select

    /// Whether a look would end this send (closed, or taken and not told), or a receive waits that has not been promised
    /// anything.
    pub(super) fn is_send_ready(&self, op: &SendState<T>) -> bool {
        match op.offered {
            Offered::Gone => true,
            Offered::Plain | Offered::Select | Offered::No => self.is_closed() || self.receivers.any_waiting(),
        }
    }

    /// Whether a receive would end now. Offers of a select that is just looking, above all our own, do not count.
    /// One that has parked will not ask again unless it is told: it leaves word with a select that is just looking, as a
    /// look would.
    pub(super) fn is_recv_ready(&self, op: &RecvState) -> bool {
        let poke = op.waiter.has_cell() && !bug("ask_without_poke");
        self.existing_deposits().is_some_and(|deposits| !deposits.is_empty())
            || self.is_sealed()
            || self
                .senders
                .oldest_first(|id, cell| offer::is_open(&self.senders, id, cell, poke).then_some(()))
                .is_some()
    }

    /// Takes a plain offer back.
    pub(super) fn enter_send(&self, op: &mut SendState<T>) {
        if op.offered == Offered::Plain {
            let id = op.waiter.cell(&self.senders);
            let back = offer::withdraw(&self.senders, id);
            self.keep_outcome(op, back);
        } else if op.offered == Offered::Select {
            // Of a select that was leaked, or cut short by a panic.
            let back = self.take_back(op).map_or(Back::Taken, Back::Value);
            self.keep_outcome(op, back);
        }
    }

    /// The offer does not stand any more, and nobody has asked yet what became of it.
    fn keep_outcome(&self, op: &mut SendState<T>, back: Back<T>) {
        op.waiter.forget();
        (op.offered, op.value) = match back {
            Back::Taken => (Offered::Gone, None),
            Back::Value(value) | Back::Closed(value) => (Offered::No, Some(value)),
        };
    }

    pub(super) fn look_send(&self, op: &mut SendState<T>, open_only: bool) -> Option<Result<(), SendError<T>>> {
        match op.offered {
            Offered::Plain => {
                let id = op.waiter.cell(&self.senders);
                match offer::see(&self.senders, id) {
                    // Posted after the close had passed by, or the closer has not come yet: nobody waits for it.
                    Seen::Standing if self.is_closed() => Some(self.end_plain(op)),
                    Seen::Standing => None,
                    Seen::Over(back) => Some(self.finish_plain(op, back)),
                }
            }
            Offered::Gone => Some(self.finish_plain(op, Back::Taken)),
            Offered::No | Offered::Select => {
                // `open_only`: the select goes on, and its word will be open again. A reader may still be in the cell,
                // so the value stays there (S1).
                if !self.is_closed() || open_only {
                    return None;
                }
                // A select's offer is dead once the channel is closed: receivers look at the word first.
                if op.offered == Offered::No {
                    return Some(Err(SendError(take_value(op))));
                }
                Some(self.take_back(op).map_or(Ok(()), |value| Err(SendError(value))))
            }
        }
    }

    /// The value of a select's offer, unless it was taken. The select's word is asked, not trusted to be busy: a select
    /// that was leaked, or cut short by a panic, leaves it open or taken.
    fn take_back(&self, op: &mut SendState<T>) -> Option<T> {
        let id = op.waiter.cell(&self.senders);
        op.waiter.forget();
        op.offered = Offered::No;
        let taken = offer::end_select(&self.senders, id);
        offer::leave_select(&self.senders, id, taken)
    }

    pub(super) fn register_send(&self, op: &mut SendState<T>, turn: &mut Turn, case: usize, waker: &Waker) {
        if op.offered == Offered::Gone {
            return;
        }
        if op.offered == Offered::Plain {
            if op.waiter.is_for(waker) {
                return;
            }
            let id = op.waiter.cell(&self.senders);
            match self.renew(op, id, waker) {
                Ok(()) => turn.set_fresh(),
                // The look that follows says what became of it.
                Err(back) => self.keep_outcome(op, back),
            }
            return;
        }
        if op.offered == Offered::Select {
            let id = op.waiter.cell(&self.senders);
            let current = turn.claim().is_some_and(|claim| offer::is_under(&self.senders, id, claim));
            if current && op.waiter.is_for(waker) {
                return;
            }
            if current {
                // Readers may be in the old cell: leave it to them. They have the old waker, so they must not win the
                // word that is open from now on.
                turn.renew();
            }
            let back = self.take_back(op).map_or(Back::Taken, Back::Value);
            self.keep_outcome(op, back);
            if op.offered == Offered::Gone {
                return;
            }
        }
        self.post(op, waker, Some((turn, case)));
        turn.set_fresh();
    }

    /// After the select's word is open. `true`: closed.
    pub(super) fn announce_send(&self, op: &SendState<T>, turn: &Turn) -> bool {
        op.offered != Offered::No && turn.must_announce() && self.announce()
    }

    /// The select's word says that this offer was taken.
    pub(super) fn taken_send(&self, op: &mut SendState<T>) {
        assert!(op.offered == Offered::Select, "only an offer can be taken");
        let id = op.waiter.cell(&self.senders);
        assert!(offer::end_select(&self.senders, id), "an offer that was not taken");
        op.waiter.forget();
        op.offered = Offered::No;
        let nothing = offer::leave_select(&self.senders, id, true);
        debug_assert!(nothing.is_none());
    }

    // ------------------------------------------------------------------ both

    pub(super) fn close(&self) -> bool {
        if bug("closed_before_deposits") {
            self.word.fetch_or(CLOSED, Ordering::AcqRel);
        }
        // Deposits first: once a receiver sees CLOSED in the word, no deposit can come any more.
        loop {
            match self.existing_deposits() {
                Some(deposits) => {
                    deposits.close();
                    break;
                }
                None => {
                    match self.deposits.compare_exchange(ptr::null_mut(), never(), Ordering::AcqRel, Ordering::Acquire)
                    {
                        Ok(_) => break,
                        Err(now) if now == never() => break,
                        Err(_) => {}
                    }
                }
            }
        }
        // Ordering: AcqRel: parked operations are seen below, later ones see the bit (C3).
        let first = self.word.fetch_or(CLOSED, weaken("close_relaxed", Ordering::AcqRel)) & CLOSED == 0;
        // Run in any case, also when a receiver's waker panics.
        let offers = Finally(|| self.give_back());
        let reservers = Finally(|| notify_all(&self.reservers));
        notify_all(&self.receivers);
        drop(reservers);
        drop(offers);
        first
    }

    /// Gives every plain offer back to its sender, then wakes every select that offers.
    fn give_back(&self) {
        while let Some(waker) = self.senders.oldest_first(|id, cell| match offer::standing(cell)? {
            Standing::Plain(state) => {
                self.senders.served(id);
                offer::kill(&self.senders, id, state)
            }
            Standing::Select(_) => None,
        }) {
            // One after another, each woken when nobody is held up.
            let rest = Finally(|| self.give_back());
            waker.wake();
            mem::forget(rest);
        }
        if !bug("selects_not_alarmed") {
            self.alarm_selects(0);
        }
    }

    /// Wakes the selects whose offers stand in the cells from number `start` on. By number, not from the oldest on: the
    /// cursor moves and cells are freed while we wake, and each select must have its turn.
    fn alarm_selects(&self, mut start: usize) {
        while let Some((next, waker)) = self.senders.first_from(start, |id, cell| match offer::standing(cell)? {
            Standing::Plain(_) => None,
            Standing::Select(state) => offer::alarm(&self.senders, id, state),
        }) {
            start = next;
            let rest = Finally(|| self.alarm_selects(start));
            waker.wake();
            mem::forget(rest);
        }
    }

    /// Closed, no deposit is left, and no permit is out.
    pub(super) fn is_drained(&self) -> bool {
        // In this order: behind the first nothing comes any more.
        self.is_sealed() && self.existing_deposits().is_none_or(Blocks::is_empty)
    }

    /// Closed, and no permit is out.
    fn is_sealed(&self) -> bool {
        self.is_closed() && self.existing_deposits().is_none_or(Blocks::is_sealed)
    }

    /// Messages that were accepted and not received.
    pub(super) fn len(&self) -> usize {
        self.existing_deposits().map_or(0, Queue::len)
    }

    /// Drops deposits; for the last receiver.
    pub(super) fn take_left(&self) -> Option<T> {
        self.take_deposit().ok()
    }
}

fn take_value<T>(op: &mut SendState<T>) -> T {
    op.value.take().expect("a send is polled after it has completed")
}

impl<T> Drop for Rendezvous<T> {
    fn drop(&mut self) {
        let deposits = self.deposits.load(Ordering::Acquire);
        if !deposits.is_null() && deposits != never() {
            // SAFETY: nobody else is left; made by `Box::into_raw`.
            drop(unsafe { Box::from_raw(deposits) });
        }
    }
}
