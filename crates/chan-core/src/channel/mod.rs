//! One channel: a queue or a meeting point, its waiters, its life. The only place where values and waiters meet. The
//! public face forwards to this.
//!
//! Invariants:
//!
//! * **C1** One word decides between "published" and "parked": both are read-modify-writes of it (see `buffered`).
//! * **C2** Whoever clears a wait bit owes hints for everything that comes until it is armed again.
//! * **C3** A close sets its bit by a read-modify-write of the same words, then wakes all: who parks later sees the bit.
//! * **C4** No user code (wakers, destructors) runs inside a step of ours: what it does to the channel is an operation
//!   like others, and a panic of it leaves the rest of our duty to a guard.
//! * **C5** A hint that its receiver does not use goes to the next waiter, as long as there is something for it.

mod buffered;
mod lifetime;
mod notify;
mod offer;
mod rendezvous;
mod signals;

use self::buffered::{Buffered, Nothing};
use self::lifetime::Count;
use self::notify::Finally;
use self::rendezvous::Rendezvous;
pub(crate) use self::signals::{Seen, Signals, lane_bytes, marks_bytes};
use crate::case::Turn;
use crate::error::{RecvError, SendError, TryRecvError, TrySendError};
use crate::manners::Manners;
use crate::primitive::{AtomicUsize, Ordering};
use crate::queue::{Blocks, Queue, Ring};
use crate::wait::{Home, Set, Tag, Waiter};
use core::task::{Context, Poll, Waker};

#[cfg(all(test, any(chan_loom, chan_shuttle)))]
mod models;
#[cfg(all(test, any(chan_loom, chan_shuttle)))]
mod select_models;
#[cfg(all(test, any(chan_loom, chan_shuttle)))]
mod kept_models;
#[cfg(all(test, chan_loom))]
mod signal_models;
#[cfg(all(test, not(chan_loom)))]
mod frozen;
#[cfg(all(test, not(chan_loom)))]
mod suspended;

/// Bytes of one block of an unbounded channel of `T`.
pub(crate) const fn block_bytes<T>() -> usize {
    Blocks::<T>::BLOCK_BYTES
}

/// Heap bytes of a side on which `peak` operations have waited; `offers`: the sending side of a rendezvous.
pub(crate) const fn waiter_bytes<T>(peak: usize, offers: bool) -> usize {
    if offers {
        // And in each place the claim word of a select.
        Set::<offer::Offer<T>>::heap_bytes(peak) + Set::<offer::Offer<T>>::cells(peak) * Home::HEAP_BYTES
    } else {
        Set::<()>::heap_bytes(peak)
    }
}

/// A channel, to be shared by its handles.
pub(crate) struct Channel<T> {
    plane: Plane<T>,
    senders: Count,
    receivers: Count,
    /// Whether somebody drops what the last receiver has left: see `lifetime`.
    discarding: AtomicUsize,
    /// Set after the plane is closed; what `closed()` waits for.
    closed: AtomicUsize,
    closers: Set<()>,
    signals: Signals,
    manners: Option<&'static Manners>,
}

// One lies in each channel, and nowhere else: a box would cost an allocation and a step for each operation.
#[allow(clippy::large_enum_variant)]
enum Plane<T> {
    Bounded(Buffered<T, Ring<T>>),
    Unbounded(Buffered<T, Blocks<T>>),
    Rendezvous(Rendezvous<T>),
}

/// Runs the same expression on whichever plane there is.
macro_rules! on_plane {
    ($channel:expr, $plane:ident => $body:expr) => {
        match &$channel.plane {
            Plane::Bounded($plane) => $body,
            Plane::Unbounded($plane) => $body,
            Plane::Rendezvous($plane) => $body,
        }
    };
}

/// A receive between its polls. Owns nothing that others write; does nothing when it is dropped, its owner calls
/// [`Channel::cancel_recv`].
#[derive(Debug, Default)]
#[repr(C)] // As `Waiter`.
pub(crate) struct RecvState {
    waiter: Waiter,
    patience: Patience,
    /// Holds a hint that it has not used.
    hinted: bool,
    /// Has queued behind an overtaken waiter.
    queued: bool,
    /// The future's own note: it has ended. Here there is room for it.
    pub(crate) over: bool,
    /// Makes the small fields a whole word: compilers write them in one piece.
    _whole: [u8; 4],
}

/// A send between its polls. As [`RecvState`].
#[derive(Debug)]
pub(crate) struct SendState<T> {
    /// `None` while the value is offered, and at the end.
    value: Option<T>,
    waiter: Waiter,
    patience: Patience,
    hinted: bool,
    queued: bool,
    offered: Offered,
}

/// A reservation between its polls. As [`RecvState`].
#[derive(Debug, Default)]
pub(crate) struct ReserveState {
    waiter: Waiter,
    /// Of the select that it was registered by.
    tag: Tag,
    patience: Patience,
    hinted: bool,
    queued: bool,
    _whole: u8,
}

/// How a send or a reservation waits for room: what both have for it.
struct InLine<'a> {
    waiter: &'a mut Waiter,
    patience: &'a mut Patience,
    hinted: &'a mut bool,
    queued: &'a mut bool,
}

/// A `closed()` between its polls.
#[derive(Debug, Default)]
pub(crate) struct ClosedState {
    waiter: Waiter,
}

/// Where the value of a rendezvous send is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Offered {
    /// With the operation.
    No,
    /// In its cell, for any receiver.
    Plain,
    /// In its cell, under a select's claim word.
    Select,
    /// A receiver has it; the operation has not been told yet.
    Gone,
}

/// How often an operation was woken for nothing.
#[derive(Debug, Default)]
struct Patience(u8);

impl RecvState {
    pub(crate) const fn new() -> Self {
        RecvState {
            waiter: Waiter::new(),
            patience: Patience(0),
            hinted: false,
            queued: false,
            over: false,
            _whole: [0; 4],
        }
    }

    /// Whether there is something to take back: it has a place among the waiters.
    #[inline]
    pub(crate) fn has_waited(&self) -> bool {
        self.waiter.has_cell()
    }

    fn overtaken(&mut self, limit: u8) -> bool {
        self.patience.overtaken(limit)
    }

    fn patience_lost(&self, limit: u8) -> bool {
        self.patience.0 >= limit
    }

    /// The next message (of a stream) is another wait.
    fn served(&mut self) {
        self.patience = Patience(0);
        self.queued = false;
    }
}

impl<T> SendState<T> {
    pub(crate) const fn new(value: T) -> Self {
        Self::of(Some(value))
    }

    /// A send whose value is elsewhere: it is lent for each step.
    pub(crate) const fn empty() -> Self {
        Self::of(None)
    }

    const fn of(value: Option<T>) -> Self {
        SendState {
            value,
            waiter: Waiter::new(),
            patience: Patience(0),
            hinted: false,
            queued: false,
            offered: Offered::No,
        }
    }

    /// Lends the value, for the next step.
    pub(crate) fn put_value(&mut self, value: T) {
        self.value = Some(value);
    }

    /// The value, if it is here: neither sent nor offered.
    pub(crate) fn take_value(&mut self) -> Option<T> {
        self.value.take()
    }

    /// It was taken before a select could begin; nobody has been told.
    pub(crate) fn is_gone(&self) -> bool {
        self.offered == Offered::Gone
    }

    /// Whether there is something to take back beside the value: it has a place among the waiters.
    #[inline]
    pub(crate) fn has_waited(&self) -> bool {
        self.waiter.has_cell()
    }

    fn patience_lost(&self, limit: u8) -> bool {
        self.patience.lost(limit)
    }

    fn in_line(&mut self) -> InLine<'_> {
        InLine {
            waiter: &mut self.waiter,
            patience: &mut self.patience,
            hinted: &mut self.hinted,
            queued: &mut self.queued,
        }
    }
}

impl ReserveState {
    pub(crate) const fn new() -> Self {
        ReserveState {
            waiter: Waiter::new(),
            tag: Tag::NOBODYS,
            patience: Patience(0),
            hinted: false,
            queued: false,
            _whole: 0,
        }
    }

    /// Whether there is something to take back: it has a place among the waiters.
    #[inline]
    pub(crate) fn has_waited(&self) -> bool {
        self.waiter.has_cell()
    }

    fn in_line(&mut self) -> InLine<'_> {
        InLine {
            waiter: &mut self.waiter,
            patience: &mut self.patience,
            hinted: &mut self.hinted,
            queued: &mut self.queued,
        }
    }
}

impl ClosedState {
    pub(crate) const fn new() -> Self {
        ClosedState { waiter: Waiter::new() }
    }
}

impl Patience {
    /// Counts one more; whether that is enough.
    fn overtaken(&mut self, limit: u8) -> bool {
        self.0 = self.0.saturating_add(1);
        self.lost(limit)
    }

    fn lost(&self, limit: u8) -> bool {
        self.0 >= limit
    }
}

impl<T> Channel<T> {
    /// A channel of the given capacity; 0 is a rendezvous.
    ///
    /// # Panics
    ///
    /// When the capacity is too large, or cannot be allocated; the message names it.
    pub(crate) fn bounded(capacity: usize, manners: Option<&'static Manners>) -> Self {
        Self::on(
            match capacity {
                0 => Plane::Rendezvous(Rendezvous::new()),
                n => Plane::Bounded(Buffered::new(Ring::new(n))),
            },
            manners,
        )
    }

    pub(crate) fn unbounded(manners: Option<&'static Manners>) -> Self {
        Self::on(Plane::Unbounded(Buffered::new(Blocks::new())), manners)
    }

    #[inline(always)]
    fn on(plane: Plane<T>, manners: Option<&'static Manners>) -> Self {
        Channel {
            plane,
            senders: Count::one(),
            receivers: Count::one(),
            discarding: AtomicUsize::new(0),
            closed: AtomicUsize::new(0),
            closers: Set::new(),
            signals: Signals::new(),
            manners,
        }
    }

    #[inline]
    pub(crate) fn manners(&self) -> Option<&'static Manners> {
        self.manners
    }

    /// The control lane.
    pub(crate) fn signals(&self) -> &Signals {
        &self.signals
    }

    // -------------------------------------------------------------- operations

    #[inline]
    pub(crate) fn try_send(&self, value: T) -> Result<(), TrySendError<T>> {
        let result = on_plane!(self, plane => plane.try_send(value));
        if let Err(TrySendError::Closed(_)) = result {
            self.sweep_up();
        }
        result
    }

    #[inline]
    pub(crate) fn try_recv(&self) -> Result<T, TryRecvError> {
        on_plane!(self, plane => plane.try_recv())
    }

    /// What a send does before it waits: `try_send`, but behind somebody who was overtaken, and at capacity 0
    /// always `Full`: there a send must stay until its message is taken.
    #[inline]
    pub(crate) fn start_send(&self, value: T) -> Result<(), TrySendError<T>> {
        match &self.plane {
            Plane::Bounded(plane) => plane.start_send(value),
            Plane::Unbounded(plane) => plane.start_send(value),
            Plane::Rendezvous(_) => Err(TrySendError::Full(value)),
        }
    }

    /// What a receive does before it waits: `try_recv`, but behind somebody who was overtaken.
    #[inline]
    pub(crate) fn start_recv(&self) -> Result<T, TryRecvError> {
        match &self.plane {
            Plane::Bounded(plane) => plane.start_recv(),
            Plane::Unbounded(plane) => plane.start_recv(),
            Plane::Rendezvous(plane) => plane.start_recv(),
        }
    }

    #[inline]
    pub(crate) fn poll_send(&self, op: &mut SendState<T>, cx: &mut Context<'_>) -> Poll<Result<(), SendError<T>>> {
        // First as if it need not wait. (At capacity 0 it must, and a value that lies open is not here.)
        if !op.waiter.has_cell()
            && !self.offers()
            && let Some(value) = op.value.take()
        {
            match self.start_send(value) {
                Ok(()) => return Poll::Ready(Ok(())),
                Err(TrySendError::Full(value)) => op.value = Some(value),
                Err(TrySendError::Closed(value)) => {
                    self.sweep_up();
                    return Poll::Ready(Err(SendError(value)));
                }
            }
        }
        self.wait_send(op, cx.waker())
    }

    #[cold]
    #[inline(never)]
    fn wait_send(&self, op: &mut SendState<T>, waker: &Waker) -> Poll<Result<(), SendError<T>>> {
        let poll = on_plane!(self, plane => plane.poll_send(op, waker));
        if let Poll::Ready(Err(_)) = poll {
            self.sweep_up();
        }
        poll
    }

    #[inline]
    pub(crate) fn poll_recv(&self, op: &mut RecvState, cx: &mut Context<'_>) -> Poll<Result<T, RecvError>> {
        // First as if it need not wait.
        if !op.waiter.has_cell() {
            match self.start_recv() {
                Ok(value) => return Poll::Ready(Ok(value)),
                Err(TryRecvError::Closed) => return Poll::Ready(Err(RecvError)),
                Err(TryRecvError::Empty) => {}
            }
        }
        self.wait_recv(op, cx.waker())
    }

    #[cold]
    #[inline(never)]
    fn wait_recv(&self, op: &mut RecvState, waker: &Waker) -> Poll<Result<T, RecvError>> {
        on_plane!(self, plane => plane.poll_recv(op, waker))
    }

    /// Withdraws a send. `Some`: its value; `None`: it was taken, or the operation had ended.
    pub(crate) fn cancel_send(&self, op: &mut SendState<T>) -> Option<T> {
        on_plane!(self, plane => plane.cancel_send(op))
    }

    /// Withdraws a receive. Harmless on one that has ended.
    pub(crate) fn cancel_recv(&self, op: &mut RecvState) {
        on_plane!(self, plane => plane.cancel_recv(op));
    }

    // ----------------------------------------------------------------- permits

    /// Takes a place for a later message. Whoever got it calls [`send_reserved`](Self::send_reserved) or
    /// [`release`](Self::release), once.
    #[inline]
    pub(crate) fn try_reserve(&self) -> Result<(), TrySendError<()>> {
        on_plane!(self, plane => plane.try_reserve())
    }

    /// What a reservation does before it waits: `try_reserve`, but behind somebody who was overtaken.
    #[inline]
    pub(crate) fn start_reserve(&self) -> Result<(), TrySendError<()>> {
        on_plane!(self, plane => plane.start_reserve())
    }

    #[inline]
    pub(crate) fn poll_reserve(&self, op: &mut ReserveState, cx: &mut Context<'_>) -> Poll<Result<(), SendError<()>>> {
        // First as if it need not wait.
        if !op.waiter.has_cell() {
            match self.start_reserve() {
                Ok(()) => return Poll::Ready(Ok(())),
                Err(TrySendError::Closed(())) => return Poll::Ready(Err(SendError(()))),
                Err(TrySendError::Full(())) => {}
            }
        }
        self.wait_reserve(op, cx.waker())
    }

    #[cold]
    #[inline(never)]
    fn wait_reserve(&self, op: &mut ReserveState, waker: &Waker) -> Poll<Result<(), SendError<()>>> {
        on_plane!(self, plane => plane.poll_reserve(op, waker))
    }

    /// Withdraws a reservation. Harmless on one that has ended.
    pub(crate) fn cancel_reserve(&self, op: &mut ReserveState) {
        on_plane!(self, plane => plane.cancel_reserve(op));
    }

    pub(crate) fn look_reserve(&self, op: &mut ReserveState, turn: &mut Turn) -> Option<Result<(), SendError<()>>> {
        let tag = turn.tag();
        found(on_plane!(self, plane => plane.look_reserve(op, tag)), turn)
    }

    pub(crate) fn register_reserve(&self, op: &mut ReserveState, turn: &Turn, waker: &Waker) {
        op.tag = turn.tag();
        match &self.plane {
            Plane::Bounded(plane) => _ = plane.register_reserve(op, waker),
            // Never waits: the next look finds room.
            Plane::Unbounded(_) => {}
            Plane::Rendezvous(plane) => _ = plane.register_reserve(op, waker),
        }
    }

    /// Sends in a place that was taken before, closed or not. Without receivers the message is dropped.
    #[inline]
    pub(crate) fn send_reserved(&self, value: T) {
        // In any case, also when a receiver's waker panics.
        let sweep = notify::Finally(|| {
            if self.is_closed() {
                self.sweep_up();
            }
        });
        on_plane!(self, plane => plane.send_reserved(value));
        drop(sweep);
    }

    /// Gives a place back.
    pub(crate) fn release(&self) {
        on_plane!(self, plane => plane.release());
    }

    // ------------------------------------------------------------------ select

    /// Whether a send's value lies open while its select sleeps.
    #[inline]
    pub(crate) fn offers(&self) -> bool {
        matches!(self.plane, Plane::Rendezvous(_))
    }

    /// Whether a look of a select would complete this send; at capacity 0, whether a receive waits for it.
    pub(crate) fn is_send_ready(&self, op: &SendState<T>) -> bool {
        match &self.plane {
            Plane::Bounded(plane) => plane.is_send_ready(),
            Plane::Unbounded(_) => true,
            Plane::Rendezvous(plane) => plane.is_send_ready(op),
        }
    }

    /// Whether a look of a select would complete a receive.
    pub(crate) fn is_recv_ready(&self, op: &RecvState) -> bool {
        match &self.plane {
            Plane::Bounded(plane) => plane.is_recv_ready(),
            Plane::Unbounded(plane) => plane.is_recv_ready(),
            Plane::Rendezvous(plane) => plane.is_recv_ready(op),
        }
    }

    /// Whether a look of a select would complete a reservation.
    pub(crate) fn is_reserve_ready(&self, op: &ReserveState) -> bool {
        match &self.plane {
            Plane::Bounded(plane) => plane.is_send_ready(),
            Plane::Unbounded(_) => true,
            Plane::Rendezvous(plane) => plane.is_reserve_ready(op),
        }
    }

    /// An offer that stands by itself comes back, before a select takes the operation in.
    pub(crate) fn enter_send(&self, op: &mut SendState<T>) {
        if let Plane::Rendezvous(plane) = &self.plane {
            plane.enter_send(op);
        }
    }

    pub(crate) fn look_send(
        &self,
        op: &mut SendState<T>,
        turn: &mut Turn,
        open_only: bool,
    ) -> Option<Result<(), SendError<T>>> {
        let look = match &self.plane {
            Plane::Bounded(plane) => plane.look_send(op),
            Plane::Unbounded(plane) => plane.look_send(op),
            Plane::Rendezvous(plane) => return plane.look_send(op, open_only),
        };
        found(look, turn)
    }

    /// One try beside `default`, as `try_send`.
    pub(crate) fn attempt_send(&self, op: &mut SendState<T>) -> Option<Result<(), SendError<T>>> {
        let plane = match &self.plane {
            Plane::Bounded(plane) => return plane.look_send(op).ok(),
            Plane::Unbounded(plane) => return plane.look_send(op).ok(),
            Plane::Rendezvous(plane) => plane,
        };
        if let Some(result) = plane.look_send(op, false) {
            return Some(result);
        }
        let Some(value) = plane.cancel_send(op) else {
            // Taken in the very moment.
            return Some(Ok(()));
        };
        match plane.try_send(value) {
            Ok(()) => Some(Ok(())),
            Err(TrySendError::Closed(value)) => Some(Err(SendError(value))),
            Err(TrySendError::Full(value)) => {
                op.value = Some(value);
                None
            }
        }
    }

    /// Parks or posts. `true`: look again.
    pub(crate) fn register_send(&self, op: &mut SendState<T>, turn: &mut Turn, case: usize, waker: &Waker) -> bool {
        match &self.plane {
            Plane::Bounded(plane) => plane.register_send(op, waker),
            Plane::Unbounded(_) => true,
            Plane::Rendezvous(plane) => {
                plane.register_send(op, turn, case, waker);
                true
            }
        }
    }

    /// `true`: the channel closed meanwhile.
    pub(crate) fn announce_send(&self, op: &mut SendState<T>, turn: &mut Turn) -> bool {
        match &self.plane {
            Plane::Bounded(_) | Plane::Unbounded(_) => false,
            Plane::Rendezvous(plane) => plane.announce_send(op, turn),
        }
    }

    /// The select's word says that this send has happened.
    pub(crate) fn taken_send(&self, op: &mut SendState<T>) -> Result<(), SendError<T>> {
        if let Plane::Rendezvous(plane) = &self.plane {
            plane.taken_send(op);
        }
        Ok(())
    }

    pub(crate) fn look_recv(&self, op: &mut RecvState, turn: &mut Turn) -> Option<Result<T, RecvError>> {
        let look = match &self.plane {
            Plane::Bounded(plane) => plane.look_recv(op),
            Plane::Unbounded(plane) => plane.look_recv(op),
            Plane::Rendezvous(plane) => plane.look_recv(op, Some(turn)),
        };
        found(look, turn)
    }

    /// Parks. `true`: look again.
    pub(crate) fn register_recv(&self, op: &mut RecvState, turn: &Turn, waker: &Waker) -> bool {
        match &self.plane {
            Plane::Bounded(plane) => plane.register_recv(op, waker),
            Plane::Unbounded(plane) => plane.register_recv(op, waker),
            Plane::Rendezvous(plane) => {
                plane.register_recv(op, waker, turn.claim().is_some(), turn.tag());
                true
            }
        }
    }

    /// Whether a look of a select has nothing to do. A rendezvous does not say: a look leaves word with those it meets.
    #[inline]
    pub(crate) fn is_recv_idle(&self, op: &RecvState) -> bool {
        match &self.plane {
            Plane::Bounded(plane) => plane.is_recv_idle(op),
            Plane::Unbounded(plane) => plane.is_recv_idle(op),
            Plane::Rendezvous(_) => false,
        }
    }

    /// As [`is_recv_idle`](Self::is_recv_idle).
    #[inline]
    pub(crate) fn is_send_idle(&self, op: &SendState<T>) -> bool {
        match &self.plane {
            Plane::Bounded(plane) => plane.is_send_idle(op),
            Plane::Unbounded(_) | Plane::Rendezvous(_) => false,
        }
    }

    // -------------------------------------------------------------------- life

    /// Closes; whether this call did.
    pub(crate) fn close(&self) -> bool {
        // Runs in any case, also when the waker of a sender or a receiver panics.
        let closers = Finally(|| {
            // Ordering: AcqRel, and a read-modify-write: who waits for it is seen, or sees it (C3).
            self.closed.fetch_or(1, Ordering::AcqRel);
            notify::notify_all(&self.closers);
        });
        let signals = Finally(|| self.signals.close());
        let first = on_plane!(self, plane => plane.close());
        drop(signals);
        drop(closers);
        first
    }

    pub(crate) fn is_closed(&self) -> bool {
        match &self.plane {
            Plane::Bounded(plane) => plane.queue.is_closed(),
            Plane::Unbounded(plane) => plane.queue.is_closed(),
            Plane::Rendezvous(plane) => plane.is_closed(),
        }
    }

    pub(crate) fn poll_closed(&self, op: &mut ClosedState, cx: &mut Context<'_>) -> Poll<()> {
        if self.look_closed(op) {
            return Poll::Ready(());
        }
        self.register_closed(op, cx.waker());
        if self.look_closed(op) { Poll::Ready(()) } else { Poll::Pending }
    }

    /// Whether a `closed()` is ready: after the plane has closed.
    pub(crate) fn has_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire) != 0
    }

    /// As `has_closed`; ends the operation then.
    pub(crate) fn look_closed(&self, op: &mut ClosedState) -> bool {
        let closed = self.has_closed();
        if closed {
            self.cancel_closed(op);
        }
        closed
    }

    /// Parks; look again after it.
    pub(crate) fn register_closed(&self, op: &mut ClosedState, waker: &Waker) {
        if op.waiter.park(&self.closers, waker) {
            // Ordering: AcqRel, and a read-modify-write: see `close`. A close that came before is seen by the load that
            // follows, which reads this or what comes later.
            self.closed.fetch_or(0, Ordering::AcqRel);
        }
    }

    pub(crate) fn cancel_closed(&self, op: &mut ClosedState) {
        // A close hints everybody: no hint needs to be passed on.
        let _ = op.waiter.leave(&self.closers);
    }

    /// Messages accepted and not received.
    pub(crate) fn len(&self) -> usize {
        match &self.plane {
            Plane::Bounded(plane) => plane.queue.len(),
            Plane::Unbounded(plane) => plane.queue.len(),
            Plane::Rendezvous(plane) => plane.len(),
        }
    }

    pub(crate) fn capacity(&self) -> Option<usize> {
        match &self.plane {
            Plane::Bounded(plane) => plane.queue.capacity(),
            Plane::Unbounded(_) => None,
            Plane::Rendezvous(_) => Some(0),
        }
    }

    /// Whether no further send would be accepted just now for want of room.
    pub(crate) fn is_full(&self) -> bool {
        match &self.plane {
            Plane::Bounded(plane) => !plane.queue.has_room(),
            Plane::Unbounded(_) => false,
            Plane::Rendezvous(_) => true,
        }
    }

    /// Closed, everything has been received, and no permit is out.
    pub(crate) fn is_drained(&self) -> bool {
        match &self.plane {
            Plane::Bounded(plane) => plane.is_drained(),
            Plane::Unbounded(plane) => plane.is_drained(),
            Plane::Rendezvous(plane) => plane.is_drained(),
        }
    }
}

/// A look of a select. Where somebody is half way the select must poll again by itself.
fn found<R>(look: Result<R, Nothing>, turn: &mut Turn) -> Option<R> {
    match look {
        Ok(result) => Some(result),
        Err(Nothing::Yet) => None,
        Err(Nothing::Busy) => {
            turn.set_busy();
            None
        }
    }
}
