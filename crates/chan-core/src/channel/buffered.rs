//! Channels with a queue: where values and waiters meet. A value moves only inside a live poll of its own operation;
//! what wakes travel with is in the two ticket words.
//!
//! The lost-wake-up argument (C1, C2), for receivers; senders are its mirror image. Take a push P whose exchange did
//! not see the wait bit while a receiver N stays parked. Either P comes before N's `arm` in the order of the senders'
//! word: then N saw P's ticket and looked again. Or P comes after an exchange Q that cleared the bit: then Q's notifier
//! has armed the word again after P and counted P, or N armed it itself after Q. P cannot come after an `arm` without
//! seeing the bit.

#![forbid(unsafe_code)]

use super::notify::{Finally, again, notify, notify_all, pass_on};
use super::{InLine, RecvState, ReserveState, SendState};
use crate::error::{RecvError, SendError, TryRecvError, TrySendError};
use crate::primitive::{CachePadded, Hint, PATIENCE, bug};
use crate::queue::{PopError, PushError, Queue, Ticketed};
use crate::wait::{Set, Tag};
use core::marker::PhantomData;
use core::task::{Poll, Waker};

/// A queue and those who wait at its ends.
pub(super) struct Buffered<T, Q: Queue<T>> {
    pub(super) queue: Q,
    // Away from what every operation reads, and from each other: a side that parks disturbs nobody else.
    pub(super) receivers: CachePadded<Set<()>>,
    pub(super) senders: CachePadded<Set<()>>,
    /// The state in which the last look of a receiver woke a sender, and the other way round: once for each state.
    looked: [Hint; 2],
    _values: PhantomData<fn() -> T>,
}

/// Why a look found nothing.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Nothing {
    /// Wait for a hint.
    Yet,
    /// Somebody is half way: poll again.
    Busy,
}

impl<T, Q: Queue<T>> Buffered<T, Q> {
    #[inline(always)]
    pub(super) fn new(queue: Q) -> Self {
        Buffered {
            queue,
            receivers: CachePadded::new(Set::new()),
            senders: CachePadded::new(Set::new()),
            // No state has been looked at: the first look counts as new.
            looked: [usize::MAX; 2].map(Hint::new),
            _values: PhantomData,
        }
    }

    #[inline(always)]
    fn notify_receivers(&self, pushed: Ticketed<Q::Mark>) {
        if pushed.notify {
            self.notify_receivers_cold(pushed.mark);
        }
    }

    #[cold]
    #[inline(never)]
    fn notify_receivers_cold(&self, seen: Q::Mark) {
        if self.queue.is_sealed() && !bug("last_send_wakes_one") {
            // The last message after a close, sent with a permit: all who are left over wait for the end.
            return notify_all(&self.receivers);
        }
        notify(&self.receivers, seen, &|| self.queue.arm_receivers(), &|a, b| self.queue.distance(a, b));
    }

    #[inline(always)]
    fn notify_senders(&self, popped: Ticketed<Q::Mark>) {
        if popped.notify {
            self.notify_senders_cold(popped.mark);
        }
    }

    #[cold]
    #[inline(never)]
    fn notify_senders_cold(&self, seen: Q::Mark) {
        notify(&self.senders, seen, &|| self.queue.arm_senders(), &|a, b| self.queue.distance(a, b));
    }

    // ---------------------------------------------------------------- receive

    #[inline]
    pub(super) fn try_recv(&self) -> Result<T, TryRecvError> {
        self.received(self.queue.pop())
    }

    #[inline(always)]
    fn received(&self, result: Result<(T, Ticketed<Q::Mark>), PopError>) -> Result<T, TryRecvError> {
        match result {
            Ok((value, popped)) => {
                self.notify_senders(popped);
                Ok(value)
            }
            Err(PopError::Closed) => Err(TryRecvError::Closed),
            Err(PopError::Empty | PopError::Busy) => Err(TryRecvError::Empty),
        }
    }

    /// As `try_recv`, but a newcomer does not pass somebody who was overtaken.
    #[inline]
    pub(super) fn start_recv(&self) -> Result<T, TryRecvError> {
        self.received(self.queue.pop_in_line())
    }

    /// Waits, after `start_recv` or an earlier poll.
    pub(super) fn poll_recv(&self, op: &mut RecvState, waker: &Waker) -> Poll<Result<T, RecvError>> {
        if self.queue.slow_receivers() && self.queue_behind_receivers(op, waker) {
            return Poll::Pending;
        }
        // One that has not waited before has just looked (`start_recv`).
        if op.waiter.has_cell() {
            match self.look_recv(op) {
                Ok(result) => return Poll::Ready(result),
                Err(Nothing::Busy) => {
                    again(waker);
                    return Poll::Pending;
                }
                Err(Nothing::Yet) => {}
            }
        }
        if self.register_recv(op, waker) {
            match self.look_recv(op) {
                Ok(result) => return Poll::Ready(result),
                Err(Nothing::Busy) => again(waker),
                Err(Nothing::Yet) => {}
            }
        }
        Poll::Pending
    }

    /// Takes a value if there is one; ends the operation then.
    #[inline]
    pub(super) fn look_recv(&self, op: &mut RecvState) -> Result<Result<T, RecvError>, Nothing> {
        if op.waiter.has_cell() {
            op.hinted |= op.waiter.take_hint(&self.receivers);
        }
        match self.queue.pop() {
            Ok((value, popped)) => {
                if op.patience_lost(PATIENCE) || op.queued {
                    self.queue.set_slow_receivers(false);
                    op.served();
                }
                if op.waiter.has_cell() {
                    self.end_recv(op, popped);
                } else {
                    self.notify_senders(popped);
                }
                Ok(Ok(value))
            }
            Err(PopError::Closed) => {
                let _ = op.waiter.leave(&self.receivers);
                op.hinted = false;
                Ok(Err(RecvError))
            }
            Err(PopError::Empty) => Err(Nothing::Yet),
            Err(PopError::Busy) => Err(Nothing::Busy),
        }
    }

    /// The operation has its value. A hint that came while it looked may belong to another value: it goes on.
    #[cold]
    fn end_recv(&self, op: &mut RecvState, popped: Ticketed<Q::Mark>) {
        op.hinted = false;
        // What the pop owes is paid in any case, also when the other waker panics.
        let _owed = Finally(|| self.notify_senders(popped));
        if op.waiter.leave(&self.receivers) && self.queue.has_items() {
            pass_on(&self.receivers);
        }
    }

    /// Parks. `true`: newly parked and there may be something: look again.
    pub(super) fn register_recv(&self, op: &mut RecvState, waker: &Waker) -> bool {
        let first = !op.waiter.has_cell();
        if !op.waiter.park(&self.receivers, waker) {
            return false;
        }
        if core::mem::take(&mut op.hinted) {
            // Woken for nothing: keeps its place, and is not overtaken for ever.
            op.waiter.keep_place(&self.receivers);
            if op.overtaken(PATIENCE) {
                self.queue.set_slow_receivers(true);
            }
        }
        if self.queue.arm_receivers().ready {
            return !bug("no_look_after_arm");
        }
        // Last look: a sender that sleeps although there is room was hinted through an operation that nobody polls.
        if !bug("no_last_look") && self.queue.senders_asleep_on_room() && self.may_look(0, first) {
            pass_on(&self.senders);
        }
        false
    }

    /// Withdraws; an unused hint goes to the next.
    pub(super) fn cancel_recv(&self, op: &mut RecvState) {
        if op.patience_lost(PATIENCE) {
            // Nobody need stand back for it any more.
            self.queue.set_slow_receivers(false);
        }
        let hinted = op.waiter.leave(&self.receivers) | core::mem::take(&mut op.hinted);
        if hinted && self.queue.has_items() && !bug("no_pass_on") {
            pass_on(&self.receivers);
        }
    }

    /// Somebody was overtaken too often: park behind it once, with a fresh hint for it and one for ourselves.
    #[cold]
    fn queue_behind_receivers(&self, op: &mut RecvState, waker: &Waker) -> bool {
        if op.queued || op.waiter.has_cell() || !self.queue.has_items() {
            return false;
        }
        op.queued = true;
        op.waiter.park(&self.receivers, waker);
        self.queue.arm_receivers();
        pass_on(&self.receivers);
        again(waker);
        true
    }

    // ------------------------------------------------------------------- send

    #[inline]
    pub(super) fn try_send(&self, value: T) -> Result<(), TrySendError<T>> {
        self.sent(self.queue.push(value))
    }

    #[inline(always)]
    fn sent(&self, result: Result<Ticketed<Q::Mark>, (PushError, T)>) -> Result<(), TrySendError<T>> {
        match result {
            Ok(pushed) => {
                self.notify_receivers(pushed);
                Ok(())
            }
            Err((PushError::Closed, value)) => Err(TrySendError::Closed(value)),
            Err((PushError::Full | PushError::Busy, value)) => Err(TrySendError::Full(value)),
        }
    }

    /// As `try_send`, but a newcomer does not pass somebody who was overtaken.
    #[inline]
    pub(super) fn start_send(&self, value: T) -> Result<(), TrySendError<T>> {
        self.sent(self.queue.push_in_line(value))
    }

    /// Waits, after `start_send` or an earlier poll.
    pub(super) fn poll_send(&self, op: &mut SendState<T>, waker: &Waker) -> Poll<Result<(), SendError<T>>> {
        self.wait_for_room(op, waker, SendState::in_line, Self::look_send)
    }

    fn wait_for_room<O, R>(
        &self,
        op: &mut O,
        waker: &Waker,
        in_line: fn(&mut O) -> InLine<'_>,
        look: fn(&Self, &mut O) -> Result<R, Nothing>,
    ) -> Poll<R> {
        if self.queue.slow_senders() && self.queue_behind_senders(in_line(op), waker) {
            return Poll::Pending;
        }
        // One that has not waited before has just looked (`start_send`).
        if in_line(op).waiter.has_cell() {
            match look(self, op) {
                Ok(result) => return Poll::Ready(result),
                Err(Nothing::Busy) => {
                    again(waker);
                    return Poll::Pending;
                }
                Err(Nothing::Yet) => {}
            }
        }
        if self.register_in_line(in_line(op), waker) {
            match look(self, op) {
                Ok(result) => return Poll::Ready(result),
                Err(Nothing::Busy) => again(waker),
                Err(Nothing::Yet) => {}
            }
        }
        Poll::Pending
    }

    /// Puts the value in if there is room; ends the operation then.
    #[inline]
    pub(super) fn look_send(&self, op: &mut SendState<T>) -> Result<Result<(), SendError<T>>, Nothing> {
        if op.waiter.has_cell() {
            op.hinted |= op.waiter.take_hint(&self.senders);
        }
        let value = op.value.take().expect("a send is polled after it has completed");
        match self.queue.push(value) {
            Ok(pushed) => {
                if op.patience_lost(PATIENCE) || op.queued {
                    self.queue.set_slow_senders(false);
                }
                if op.waiter.has_cell() {
                    self.end_send(op, pushed);
                } else {
                    self.notify_receivers(pushed);
                }
                Ok(Ok(()))
            }
            Err((PushError::Closed, value)) => {
                let _ = op.waiter.leave(&self.senders);
                op.hinted = false;
                Ok(Err(SendError(value)))
            }
            Err((error, value)) => {
                op.value = Some(value);
                Err(if error == PushError::Busy { Nothing::Busy } else { Nothing::Yet })
            }
        }
    }

    #[cold]
    fn end_send(&self, op: &mut SendState<T>, pushed: Ticketed<Q::Mark>) {
        op.hinted = false;
        let _owed = Finally(|| self.notify_receivers(pushed));
        if op.waiter.leave(&self.senders) && self.queue.has_room() {
            pass_on(&self.senders);
        }
    }

    /// Parks. `true`: newly parked and there may be room: look again.
    pub(super) fn register_send(&self, op: &mut SendState<T>, waker: &Waker) -> bool {
        self.register_in_line(op.in_line(), waker)
    }

    fn register_in_line(&self, op: InLine<'_>, waker: &Waker) -> bool {
        let first = !op.waiter.has_cell();
        if !op.waiter.park(&self.senders, waker) {
            return false;
        }
        if core::mem::take(op.hinted) {
            op.waiter.keep_place(&self.senders);
            if op.patience.overtaken(PATIENCE) {
                self.queue.set_slow_senders(true);
            }
        }
        if self.queue.arm_senders().ready {
            return true;
        }
        // Last look, as in `register_recv`.
        if !bug("no_last_look") && self.queue.receivers_asleep_on_items() && self.may_look(1, first) {
            pass_on(&self.receivers);
        }
        false
    }

    /// Withdraws; the value comes back, an unused hint goes to the next.
    pub(super) fn cancel_send(&self, op: &mut SendState<T>) -> Option<T> {
        let value = op.value.take();
        self.leave_line(op.in_line());
        value
    }

    fn leave_line(&self, op: InLine<'_>) {
        if op.patience.lost(PATIENCE) {
            self.queue.set_slow_senders(false);
        }
        let hinted = op.waiter.leave(&self.senders) | core::mem::take(op.hinted);
        if hinted && self.queue.has_room() && !bug("no_pass_on") {
            pass_on(&self.senders);
        }
    }

    #[cold]
    fn queue_behind_senders(&self, op: InLine<'_>, waker: &Waker) -> bool {
        if *op.queued || op.waiter.has_cell() || !self.queue.has_room() {
            return false;
        }
        *op.queued = true;
        op.waiter.park(&self.senders, waker);
        self.queue.arm_senders();
        pass_on(&self.senders);
        again(waker);
        true
    }

    // ---------------------------------------------------------------- permits

    pub(super) fn try_reserve(&self) -> Result<(), TrySendError<()>> {
        reserved(self.queue.reserve())
    }

    /// As `try_reserve`, but a newcomer does not pass somebody who was overtaken.
    pub(super) fn start_reserve(&self) -> Result<(), TrySendError<()>> {
        reserved(self.queue.reserve_in_line())
    }

    /// Waits, after `start_reserve` or an earlier poll. Reservations and sends wait in one line.
    pub(super) fn poll_reserve(&self, op: &mut ReserveState, waker: &Waker) -> Poll<Result<(), SendError<()>>> {
        self.wait_for_room(op, waker, ReserveState::in_line, |this, op| this.look_reserve(op, Tag::NOBODYS))
    }

    /// Takes a place if there is one; ends the operation then.
    pub(super) fn look_reserve(&self, op: &mut ReserveState, _: Tag) -> Result<Result<(), SendError<()>>, Nothing> {
        op.hinted |= op.waiter.take_hint(&self.senders);
        match self.queue.reserve() {
            Ok(()) => {
                if op.patience.lost(PATIENCE) || op.queued {
                    self.queue.set_slow_senders(false);
                }
                op.hinted = false;
                if op.waiter.leave(&self.senders) && self.queue.has_room() {
                    // The place is not lost when the other waker panics.
                    let place = Finally(|| self.release());
                    pass_on(&self.senders);
                    core::mem::forget(place);
                }
                Ok(Ok(()))
            }
            Err(PushError::Closed) => {
                let _ = op.waiter.leave(&self.senders);
                op.hinted = false;
                Ok(Err(SendError(())))
            }
            Err(PushError::Full) => Err(Nothing::Yet),
            Err(PushError::Busy) => Err(Nothing::Busy),
        }
    }

    pub(super) fn register_reserve(&self, op: &mut ReserveState, waker: &Waker) -> bool {
        self.register_in_line(op.in_line(), waker)
    }

    /// Withdraws; an unused hint goes to the next.
    pub(super) fn cancel_reserve(&self, op: &mut ReserveState) {
        self.leave_line(op.in_line());
    }

    pub(super) fn send_reserved(&self, value: T) {
        self.notify_receivers(self.queue.push_reserved(value));
    }

    /// A place comes back. The one hint that it is good for is paid here, so a notifier need not count it (C2).
    pub(super) fn release(&self) {
        self.queue.release();
        // In any case, also when a sender's waker panics: was it the last thing that receivers waited for?
        let end = Finally(|| {
            if self.queue.is_sealed() && !bug("release_wakes_no_receiver") {
                notify_all(&self.receivers);
            }
        });
        if !bug("release_hints_nobody") {
            pass_on(&self.senders);
        }
        drop(end);
    }

    // ------------------------------------------------------------------ both

    /// Whether a last look may wake somebody: once for each state of the channel, and once for each operation that
    /// waits for the first time. Without the limit wakes grow with the number of waiters; without the newcomers a
    /// state in which one hint too many was lost would stay as it is.
    fn may_look(&self, side: usize, first: bool) -> bool {
        let state = self.queue.state();
        let new = self.looked[side].get() != state;
        if new {
            self.looked[side].set(state);
        }
        new || first
    }

    pub(super) fn close(&self) -> bool {
        let first = self.queue.close();
        // Runs in any case, also when a waker of the other side panics.
        let senders = Finally(|| notify_all(&self.senders));
        notify_all(&self.receivers);
        drop(senders);
        first
    }

    /// Whether a receive would end now: with a message or because of the close.
    pub(super) fn is_recv_ready(&self) -> bool {
        self.queue.has_items() || self.queue.is_sealed()
    }

    /// Whether a send would end now: there is room, or the channel is closed.
    pub(super) fn is_send_ready(&self) -> bool {
        self.queue.is_closed() || self.queue.has_room()
    }

    /// Not ready, and no hint has come: a look would change nothing. What is half way counts as an item, or as room, so
    /// that a look is taken, and says so.
    #[inline]
    pub(super) fn is_recv_idle(&self, op: &RecvState) -> bool {
        !self.is_recv_ready() && !op.waiter.is_hinted(&self.receivers)
    }

    /// As [`is_recv_idle`](Self::is_recv_idle).
    #[inline]
    pub(super) fn is_send_idle(&self, op: &SendState<T>) -> bool {
        !self.is_send_ready() && !op.waiter.is_hinted(&self.senders)
    }

    pub(super) fn is_drained(&self) -> bool {
        // In this order: behind the first nothing comes any more.
        self.queue.is_sealed() && !self.queue.has_items()
    }
}

fn reserved(result: Result<(), PushError>) -> Result<(), TrySendError<()>> {
    result.map_err(|error| match error {
        PushError::Closed => TrySendError::Closed(()),
        PushError::Full | PushError::Busy => TrySendError::Full(()),
    })
}
