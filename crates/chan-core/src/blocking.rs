//! The forms that block the thread: the same futures, polled by a waker that wakes a thread. Knows no second way to
//! wait.
//!
//! A call that need not wait is a `try_*` call. One that must wait *lingers* first, since whoever feeds it is often about
//! to: it pauses and yields between looks, for a time that is bounded, and not at all where that has been in vain of late. Only then
//! it registers, and parks the thread: nobody pays for waking a thread that is awake. (At capacity 0 a send registers at
//! once: its offer must stand to be taken.)

#![forbid(unsafe_code)]

use alloc::sync::Arc;
use alloc::task::Wake;
use core::cell::Cell;
use core::hint;
use core::task::{Context, Poll, Waker};
use std::sync::OnceLock;
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use crossbeam_utils::Backoff;

use crate::channel::Channel;
use crate::error::{RecvError, RecvTimeoutError, SendError, SendTimeoutError, TryRecvError, TrySendError};
use crate::future::{Recv, Reserve, Send};
use crate::manners::Manners;
use crate::permit::Permit;
use crate::primitive::{AtomicUsize, Ordering};
use crate::receiver::Receiver;
use crate::sender::Sender;
use crate::signal::SignalKind;

impl<T> Sender<T> {
    /// Sends a message, blocking the thread while there is no room; at capacity 0, until a receiver has taken it.
    ///
    /// What [`send`](Self::send) says about `Ok` and closing holds here. Not for async code: on a channel that an
    /// adapter made, a call inside the runtime's async context panics and says what to do instead.
    ///
    /// # Errors
    ///
    /// [`SendError`] with the message when the channel is closed, before or during the wait.
    ///
    /// ```
    /// use chan_core::SendError;
    ///
    /// let (tx, rx) = chan_core::bounded(0);
    /// let receiver = std::thread::spawn(move || rx.recv_blocking());
    /// assert_eq!(tx.send_blocking("hello"), Ok(()));
    /// assert_eq!(receiver.join().unwrap(), Ok("hello")); // and its handle is gone
    /// assert_eq!(tx.send_blocking("again"), Err(SendError("again")));
    /// ```
    pub fn send_blocking(&self, message: T) -> Result<(), SendError<T>> {
        match send_until(self, message, None) {
            Ok(()) => Ok(()),
            Err(SendTimeoutError::Closed(message)) => Err(SendError(message)),
            Err(SendTimeoutError::Timeout(_)) => unreachable!("no deadline"),
        }
    }

    /// Sends as [`send_blocking`](Self::send_blocking) does, for no longer than `limit`.
    ///
    /// Waits `limit` at least, unless the message goes or the channel closes; with `Duration::ZERO` it only tries. A
    /// limit too long for the clock, as `Duration::MAX`, is none.
    ///
    /// # Errors
    ///
    /// [`Timeout`](SendTimeoutError::Timeout) when the time was up and the message had not been taken,
    /// [`Closed`](SendTimeoutError::Closed) on a closed channel; both hold the message. Exact: a message that was taken
    /// at the last instant is `Ok`.
    ///
    /// ```
    /// use chan_core::SendTimeoutError;
    /// use std::time::Duration;
    ///
    /// let (tx, rx) = chan_core::bounded(1);
    /// let limit = Duration::from_millis(1);
    /// assert_eq!(tx.send_timeout_blocking(1, limit), Ok(()));
    /// assert_eq!(tx.send_timeout_blocking(2, limit), Err(SendTimeoutError::Timeout(2)));
    /// # drop(rx);
    /// ```
    pub fn send_timeout_blocking(&self, message: T, limit: Duration) -> Result<(), SendTimeoutError<T>> {
        send_until(self, message, Instant::now().checked_add(limit))
    }

    /// Sends as [`send_blocking`](Self::send_blocking) does, until `deadline`.
    ///
    /// With a deadline that has passed it only tries.
    ///
    /// # Errors
    ///
    /// As [`send_timeout_blocking`](Self::send_timeout_blocking).
    ///
    /// ```
    /// use chan_core::SendTimeoutError;
    /// use std::time::Instant;
    ///
    /// let (tx, rx) = chan_core::bounded(1);
    /// let now = Instant::now();
    /// assert_eq!(tx.send_deadline_blocking(1, now), Ok(()));
    /// assert_eq!(tx.send_deadline_blocking(2, now), Err(SendTimeoutError::Timeout(2)));
    /// # drop(rx);
    /// ```
    pub fn send_deadline_blocking(&self, message: T, deadline: Instant) -> Result<(), SendTimeoutError<T>> {
        send_until(self, message, Some(deadline))
    }

    /// Takes room for one message, blocking the thread while there is none; see [`try_reserve`](Self::try_reserve) for
    /// what a permit is, at capacity 0 too.
    ///
    /// Closing ends the wait. Not for async code: on a channel that an adapter made, a call inside the runtime's async
    /// context panics and says what to do instead.
    ///
    /// # Errors
    ///
    /// [`SendError`] when the channel is closed, before or during the wait.
    ///
    /// ```
    /// use chan_core::SendError;
    ///
    /// let (tx, rx) = chan_core::bounded(1);
    /// tx.reserve_blocking().unwrap().send(1);
    /// assert_eq!(rx.recv_blocking(), Ok(1));
    /// drop(rx);
    /// assert_eq!(tx.reserve_blocking().unwrap_err(), SendError(()));
    /// ```
    pub fn reserve_blocking(&self) -> Result<Permit<'_, T>, SendError<()>> {
        match reserve_until(self, None) {
            Ok(permit) => Ok(permit),
            Err(SendTimeoutError::Closed(())) => Err(SendError(())),
            Err(SendTimeoutError::Timeout(())) => unreachable!("no deadline"),
        }
    }

    /// Takes room as [`reserve_blocking`](Self::reserve_blocking) does, waiting for no longer than `limit`.
    ///
    /// Waits `limit` at least, unless there is room or the channel closes; with `Duration::ZERO` it only tries. A limit
    /// too long for the clock, as `Duration::MAX`, is none.
    ///
    /// # Errors
    ///
    /// [`Timeout`](SendTimeoutError::Timeout) when the time was up and a last look found no room,
    /// [`Closed`](SendTimeoutError::Closed) on a closed channel.
    ///
    /// ```
    /// use chan_core::SendTimeoutError;
    /// use std::time::Duration;
    ///
    /// let (tx, rx) = chan_core::bounded::<u8>(1);
    /// let limit = Duration::from_millis(1);
    /// let permit = tx.reserve_timeout_blocking(limit).unwrap();
    /// assert_eq!(tx.reserve_timeout_blocking(limit).unwrap_err(), SendTimeoutError::Timeout(()));
    /// drop(permit);
    /// assert!(tx.reserve_timeout_blocking(limit).is_ok());
    /// # drop(rx);
    /// ```
    pub fn reserve_timeout_blocking(&self, limit: Duration) -> Result<Permit<'_, T>, SendTimeoutError<()>> {
        reserve_until(self, Instant::now().checked_add(limit))
    }

    /// Takes room as [`reserve_blocking`](Self::reserve_blocking) does, waiting until `deadline`.
    ///
    /// With a deadline that has passed it only tries.
    ///
    /// # Errors
    ///
    /// As [`reserve_timeout_blocking`](Self::reserve_timeout_blocking).
    ///
    /// ```
    /// use chan_core::SendTimeoutError;
    /// use std::time::Instant;
    ///
    /// let (tx, rx) = chan_core::bounded::<u8>(1);
    /// let now = Instant::now();
    /// let permit = tx.reserve_deadline_blocking(now).unwrap();
    /// assert_eq!(tx.reserve_deadline_blocking(now).unwrap_err(), SendTimeoutError::Timeout(()));
    /// # drop((permit, rx));
    /// ```
    pub fn reserve_deadline_blocking(&self, deadline: Instant) -> Result<Permit<'_, T>, SendTimeoutError<()>> {
        reserve_until(self, Some(deadline))
    }
}

impl<T> Receiver<T> {
    /// Receives a message, blocking the thread while there is none.
    ///
    /// Closing ends the wait once everything that was sent has been received. Not for async code: on a channel that an
    /// adapter made, a call inside the runtime's async context panics and says what to do instead.
    ///
    /// # Errors
    ///
    /// [`RecvError`] when the channel is closed and drained.
    ///
    /// ```
    /// use chan_core::RecvError;
    ///
    /// let (tx, rx) = chan_core::bounded(1);
    /// let sender = std::thread::spawn(move || tx.send_blocking(7));
    /// assert_eq!(rx.recv_blocking(), Ok(7));
    /// sender.join().unwrap().unwrap();
    /// assert_eq!(rx.recv_blocking(), Err(RecvError));
    /// ```
    pub fn recv_blocking(&self) -> Result<T, RecvError> {
        match recv_until(self, None) {
            Ok(message) => Ok(message),
            Err(RecvTimeoutError::Closed) => Err(RecvError),
            Err(RecvTimeoutError::Timeout) => unreachable!("no deadline"),
        }
    }

    /// Receives as [`recv_blocking`](Self::recv_blocking) does, for no longer than `limit`.
    ///
    /// Waits `limit` at least, unless a message comes or the channel closes; with `Duration::ZERO` it only tries. A
    /// limit too long for the clock, as `Duration::MAX`, is none.
    ///
    /// # Errors
    ///
    /// [`Timeout`](RecvTimeoutError::Timeout) when the time was up and a last look found nothing,
    /// [`Closed`](RecvTimeoutError::Closed) when the channel is closed and drained.
    ///
    /// ```
    /// use chan_core::RecvTimeoutError;
    /// use std::time::Duration;
    ///
    /// let (tx, rx) = chan_core::bounded(1);
    /// let limit = Duration::from_millis(1);
    /// assert_eq!(rx.recv_timeout_blocking(limit), Err(RecvTimeoutError::Timeout));
    /// tx.try_send(1).unwrap();
    /// assert_eq!(rx.recv_timeout_blocking(limit), Ok(1));
    /// ```
    pub fn recv_timeout_blocking(&self, limit: Duration) -> Result<T, RecvTimeoutError> {
        recv_until(self, Instant::now().checked_add(limit))
    }

    /// Receives as [`recv_blocking`](Self::recv_blocking) does, until `deadline`.
    ///
    /// With a deadline that has passed it only tries.
    ///
    /// # Errors
    ///
    /// As [`recv_timeout_blocking`](Self::recv_timeout_blocking).
    ///
    /// ```
    /// use chan_core::RecvTimeoutError;
    /// use std::time::Instant;
    ///
    /// let (tx, rx) = chan_core::bounded(1);
    /// let now = Instant::now();
    /// assert_eq!(rx.recv_deadline_blocking(now), Err(RecvTimeoutError::Timeout));
    /// tx.try_send(1).unwrap();
    /// assert_eq!(rx.recv_deadline_blocking(now), Ok(1));
    /// ```
    pub fn recv_deadline_blocking(&self, deadline: Instant) -> Result<T, RecvTimeoutError> {
        recv_until(self, Some(deadline))
    }

    /// Receives a signal, blocking the thread while none is pending: see [`signal`](Self::signal).
    ///
    /// Not for async code, as [`recv_blocking`](Self::recv_blocking).
    ///
    /// # Errors
    ///
    /// [`RecvError`] when the channel is closed and no signal is pending for this handle.
    ///
    /// ```
    /// chan_core::signal_kinds! { enum Control { Stop } }
    ///
    /// let (tx, rx) = chan_core::bounded::<u8>(1);
    /// let listener = std::thread::spawn(move || rx.signal_blocking());
    /// tx.signal(Control::Stop);
    /// assert_eq!(listener.join().unwrap(), Ok(Control::Stop));
    /// ```
    pub fn signal_blocking<K: SignalKind>(&self) -> Result<K, RecvError> {
        signal_until(self, None).map_err(|_| RecvError)
    }

    /// Receives a signal as [`signal_blocking`](Self::signal_blocking) does, for no longer than `limit`.
    ///
    /// With `Duration::ZERO` it only tries. A limit too long for the clock is none.
    ///
    /// # Errors
    ///
    /// [`Timeout`](RecvTimeoutError::Timeout) when the time was up and no signal was pending,
    /// [`Closed`](RecvTimeoutError::Closed) when none will be.
    ///
    /// ```
    /// use chan_core::RecvTimeoutError;
    /// use std::time::Duration;
    ///
    /// chan_core::signal_kinds! { enum Control { Stop } }
    ///
    /// let (tx, rx) = chan_core::bounded::<u8>(1);
    /// let limit = Duration::from_millis(1);
    /// assert_eq!(rx.signal_timeout_blocking::<Control>(limit), Err(RecvTimeoutError::Timeout));
    /// tx.signal(Control::Stop);
    /// assert_eq!(rx.signal_timeout_blocking(limit), Ok(Control::Stop));
    /// ```
    pub fn signal_timeout_blocking<K: SignalKind>(&self, limit: Duration) -> Result<K, RecvTimeoutError> {
        signal_until(self, Instant::now().checked_add(limit))
    }

    /// Receives a signal as [`signal_blocking`](Self::signal_blocking) does, until `deadline`.
    ///
    /// With a deadline that has passed it only tries.
    ///
    /// # Errors
    ///
    /// As [`signal_timeout_blocking`](Self::signal_timeout_blocking).
    ///
    /// ```
    /// use std::time::Instant;
    ///
    /// chan_core::signal_kinds! { enum Control { Stop } }
    ///
    /// let (tx, rx) = chan_core::bounded::<u8>(1);
    /// tx.signal(Control::Stop);
    /// assert_eq!(rx.signal_deadline_blocking(Instant::now()), Ok(Control::Stop));
    /// ```
    pub fn signal_deadline_blocking<K: SignalKind>(&self, deadline: Instant) -> Result<K, RecvTimeoutError> {
        signal_until(self, Some(deadline))
    }
}

/// No lingering: signals are rare.
fn signal_until<T, K: SignalKind>(receiver: &Receiver<T>, deadline: Option<Instant>) -> Result<K, RecvTimeoutError> {
    check(receiver.link().channel().and_then(Channel::manners));
    let mut signal = receiver.signal();
    match wait_on(&Lent::new(), deadline, false, |cx| signal.poll_bare(cx)) {
        Some(result) => result.map_err(Into::into),
        None => receiver.try_signal().map_err(|error| match error {
            TryRecvError::Empty => RecvTimeoutError::Timeout,
            TryRecvError::Closed => RecvTimeoutError::Closed,
        }),
    }
}

#[inline]
fn send_until<T>(sender: &Sender<T>, message: T, deadline: Option<Instant>) -> Result<(), SendTimeoutError<T>> {
    let Some(channel) = sender.link().channel() else {
        return wait_to_send(None, message, deadline);
    };
    check(channel.manners());
    match channel.start_send(message) {
        Ok(()) => Ok(()),
        Err(TrySendError::Full(message)) => wait_to_send(Some(channel), message, deadline),
        Err(TrySendError::Closed(message)) => {
            channel.sweep_up();
            Err(SendTimeoutError::Closed(message))
        }
    }
}

#[cold]
#[inline(never)]
fn wait_to_send<T>(
    channel: Option<&Channel<T>>,
    message: T,
    deadline: Option<Instant>,
) -> Result<(), SendTimeoutError<T>> {
    // Before lingering, although that may do without: so a thread allocates at its first wait, and not some day.
    let parker = Lent::new();
    let mut message = Some(message);
    let offers = channel.is_none_or(Channel::offers);
    if let Some(channel) = channel
        && !offers
    {
        let sent = linger(deadline, || match channel.start_send(message.take()?) {
            Err(TrySendError::Full(back)) => {
                message = Some(back);
                None
            }
            result => Some(result),
        });
        match sent {
            Some(Err(TrySendError::Closed(message))) => {
                channel.sweep_up();
                return Err(SendTimeoutError::Closed(message));
            }
            Some(_) => return Ok(()),
            None => {}
        }
    }
    let Some(message) = message else { unreachable!("not sent yet") };
    let mut send = Send::new(channel, message);
    match wait_on(&parker, deadline, offers, |cx| send.poll_bare(cx)) {
        Some(result) => result.map_err(Into::into),
        None => send.give_up(),
    }
}

#[inline]
fn reserve_until<T>(sender: &Sender<T>, deadline: Option<Instant>) -> Result<Permit<'_, T>, SendTimeoutError<()>> {
    let Some(channel) = sender.channel() else {
        return wait_to_reserve(None, deadline);
    };
    check(channel.manners());
    match channel.start_reserve() {
        Ok(()) => Ok(Permit::new(channel)),
        Err(TrySendError::Full(())) => wait_to_reserve(Some(channel), deadline),
        Err(TrySendError::Closed(())) => Err(SendTimeoutError::Closed(())),
    }
}

#[cold]
#[inline(never)]
fn wait_to_reserve<T>(
    channel: Option<&Channel<T>>,
    deadline: Option<Instant>,
) -> Result<Permit<'_, T>, SendTimeoutError<()>> {
    let parker = Lent::new();
    if let Some(channel) = channel {
        let reserved = linger(deadline, || match channel.start_reserve() {
            Ok(()) => Some(Ok(Permit::new(channel))),
            Err(TrySendError::Full(())) => None,
            Err(TrySendError::Closed(())) => Some(Err(SendTimeoutError::Closed(()))),
        });
        if let Some(result) = reserved {
            return result;
        }
    }
    let mut reserve = Reserve::new(channel);
    match wait_on(&parker, deadline, false, |cx| reserve.poll_bare(cx)) {
        Some(result) => result.map_err(Into::into),
        None => reserve.give_up(),
    }
}

#[inline]
fn recv_until<T>(receiver: &Receiver<T>, deadline: Option<Instant>) -> Result<T, RecvTimeoutError> {
    let Some(channel) = receiver.link().channel() else {
        return wait_to_recv(None, deadline);
    };
    check(channel.manners());
    match channel.start_recv() {
        Ok(message) => Ok(message),
        Err(TryRecvError::Empty) => wait_to_recv(Some(channel), deadline),
        Err(TryRecvError::Closed) => Err(RecvTimeoutError::Closed),
    }
}

#[cold]
#[inline(never)]
fn wait_to_recv<T>(channel: Option<&Channel<T>>, deadline: Option<Instant>) -> Result<T, RecvTimeoutError> {
    let parker = Lent::new();
    if let Some(channel) = channel {
        let received = linger(deadline, || match channel.start_recv() {
            Ok(message) => Some(Ok(message)),
            Err(TryRecvError::Empty) => None,
            Err(TryRecvError::Closed) => Some(Err(RecvTimeoutError::Closed)),
        });
        if let Some(result) = received {
            return result;
        }
    }
    let mut recv = Recv::new(channel);
    match wait_on(&parker, deadline, false, |cx| recv.poll_bare(cx)) {
        Some(result) => result.map_err(Into::into),
        None => recv.give_up(),
    }
}

/// May this thread be blocked?
#[inline]
fn check(manners: Option<&'static Manners>) {
    if let Some(manners) = manners {
        (manners.check_blocking)();
    }
}

/// Polls `poll` on this thread until it is ready, or `None` at the deadline: for selects that block. A poll that has
/// woken its own waker is repeated after a pause, which grows.
///
/// Whether the thread may be blocked was asked before ([`Manners::check_blocking`]). At the deadline the caller ends
/// what it polled.
pub fn block_on<R>(deadline: Option<Instant>, poll: impl FnMut(&mut Context<'_>) -> Poll<R>) -> Option<R> {
    // Registered while it lingers: the offers of a select must stand to be taken.
    wait_on(&Lent::new(), deadline, true, poll)
}

/// Polls until it is ready, or `None` at the deadline. `stay`: linger once it is registered.
fn wait_on<R>(
    parker: &Lent,
    deadline: Option<Instant>,
    stay: bool,
    mut poll: impl FnMut(&mut Context<'_>) -> Poll<R>,
) -> Option<R> {
    let mut cx = Context::from_waker(&parker.waker);
    let (backoff, mut sleeps) = (Backoff::new(), 0);
    loop {
        // Before we look: a wake-up for what we are about to see would only cost a further look.
        parker.signal.reset();
        if let Poll::Ready(result) = poll(&mut cx) {
            return Some(result);
        }
        let in_time = if parker.signal.is_woken() {
            // Woken while it looked: most likely by itself, before a message that is half written.
            back_off(&backoff, &mut sleeps, deadline)
        } else {
            backoff.reset();
            sleeps = 0;
            parker.signal.wait(deadline, stay)
        };
        if !in_time {
            return None;
        }
    }
}

/// Lets whoever is half way go on, longer each time: it may be suspended. `false` at the deadline.
fn back_off(backoff: &Backoff, sleeps: &mut u32, deadline: Option<Instant>) -> bool {
    const LONGEST: Duration = Duration::from_millis(1);
    let left = deadline.map_or(LONGEST, |deadline| deadline.saturating_duration_since(Instant::now()));
    if left.is_zero() {
        return false;
    }
    if backoff.is_completed() {
        *sleeps += 1;
        thread::sleep(Duration::from_micros(1 << (*sleeps).min(10)).min(LONGEST).min(left));
    } else {
        // Pauses, then yields.
        backoff.snooze();
    }
    true
}

// ------------------------------------------------------------------------------------------- a thread and its waker

/// What a waker for a thread needs, with the waker made once.
struct Parker {
    signal: Arc<Signal>,
    waker: Waker,
}

std::thread_local! {
    /// This thread's, while no call uses it.
    static SPARE: Cell<Option<Parker>> = const { Cell::new(None) };
}

/// The thread's parker while one call uses it. A call inside a call (from a waker or a destructor) makes a fresh one:
/// sharing it would let the inner call eat the outer one's wake-up.
struct Lent(Option<Parker>);

impl Lent {
    fn new() -> Self {
        // No spare either while the thread's locals are being destroyed.
        let spare = SPARE.try_with(Cell::take).ok().flatten();
        Lent(Some(spare.unwrap_or_else(Parker::new)))
    }
}

impl core::ops::Deref for Lent {
    type Target = Parker;

    fn deref(&self) -> &Parker {
        match &self.0 {
            Some(parker) => parker,
            None => unreachable!("given back in drop only"),
        }
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        let parker = self.0.take();
        let _ = SPARE.try_with(|spare| spare.set(parker));
    }
}

impl Parker {
    fn new() -> Self {
        let signal = Arc::new(Signal { state: AtomicUsize::new(EMPTY), thread: thread::current() });
        Parker { waker: Waker::from(Arc::clone(&signal)), signal }
    }
}

/// Nobody has woken the thread, and it is awake.
const EMPTY: usize = 0;
/// The thread is parked, or about to be.
const PARKED: usize = 1;
/// It has been woken since the last reset.
const WOKEN: usize = 2;

struct Signal {
    state: AtomicUsize,
    thread: Thread,
}

impl Wake for Signal {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        // Ordering: Release pairs with the Acquire in `reset`, before the next poll. We read nothing of the sleeper's.
        if self.state.swap(WOKEN, Ordering::Release) == PARKED {
            self.thread.unpark();
        }
    }
}

/// Rounds of 1, 2, 4 .. pauses before the first yield: about as long as the other core needs to answer. On an idle
/// machine of two cores they make capacity 0 and 1 three to sixteen times faster.
const PAUSE_ROUNDS: u32 = 6;

/// Whether somebody can come while we pause. Asked once.
fn several_cores() -> bool {
    static SEVERAL: OnceLock<bool> = OnceLock::new();
    *SEVERAL.get_or_init(|| thread::available_parallelism().is_ok_and(|cores| cores.get() > 1))
}

/// Looks between which others may run.
const YIELDS: u32 = 64;
const FEWEST: u32 = 4;
/// All of that together, measured: a yield may take long on a busy machine.
const AWAKE: Duration = Duration::from_micros(50);

std::thread_local! {
    /// How often this thread yields before it parks: all the times after a success, half as often after a failure, so
    /// that a thread to which messages come rarely does not burn time in vain. Never less than `FEWEST`, which is little
    /// beside the cost of parking, and finds out when messages come fast again.
    static EAGERNESS: Cell<u32> = const { Cell::new(YIELDS) };
}

/// Looks again and again for a short time: with pauses in between where another core may answer, then with yields, which
/// let others run. On one core yields matter most: they run those who feed us, for less than parking costs.
fn linger<R>(deadline: Option<Instant>, mut look: impl FnMut() -> Option<R>) -> Option<R> {
    let yields = EAGERNESS.get();
    let start = Instant::now();
    let end = deadline.map_or(start + AWAKE, |deadline| deadline.min(start + AWAKE));
    if end <= start {
        return None;
    }
    if several_cores() {
        for round in 0..PAUSE_ROUNDS {
            (0..1 << round).for_each(|_| hint::spin_loop());
            if let Some(result) = look() {
                return Some(result);
            }
        }
    }
    for _ in 0..yields {
        thread::yield_now();
        if let Some(result) = look() {
            EAGERNESS.set(YIELDS);
            return Some(result);
        }
        if Instant::now() >= end {
            break;
        }
    }
    EAGERNESS.set((yields / 2).max(FEWEST));
    None
}

impl Signal {
    fn reset(&self) {
        // Ordering: Acquire, and a read-modify-write where there is something to take away: pairs with the Release of
        // `wake_by_ref`. The poll that follows must see the hint that this wake-up announced; if it read an older state
        // of its cell it would sleep over it.
        if self.state.load(Ordering::Acquire) != EMPTY {
            self.state.swap(EMPTY, Ordering::Acquire);
        }
    }

    /// Whether it was woken since the last reset.
    fn is_woken(&self) -> bool {
        self.state.load(Ordering::Acquire) == WOKEN
    }

    /// Waits for a wake-up since the last reset; `false` at the deadline.
    fn wait(&self, deadline: Option<Instant>, stay: bool) -> bool {
        if stay && linger(deadline, || self.is_woken().then_some(())).is_some() {
            return true;
        }
        let start = Instant::now();
        if deadline.is_some_and(|deadline| start >= deadline) {
            return false;
        }
        let woken = self.park(deadline);
        if woken && start.elapsed() < AWAKE {
            // Soon enough that a further look would have found it.
            EAGERNESS.set(YIELDS);
        }
        woken
    }

    fn park(&self, deadline: Option<Instant>) -> bool {
        // Ordering: Acquire on failure for the wake-up that came first; nothing is published by PARKED.
        if self.state.compare_exchange(EMPTY, PARKED, Ordering::Acquire, Ordering::Acquire).is_err() {
            return true;
        }
        loop {
            match deadline {
                None => thread::park(),
                Some(deadline) => {
                    let left = deadline.saturating_duration_since(Instant::now());
                    if left.is_zero() {
                        // The caller takes the operation back now, and looks a last time as it does so.
                        return false;
                    }
                    thread::park_timeout(left);
                }
            }
            // Others may unpark this thread, too.
            if self.is_woken() {
                return true;
            }
        }
    }
}

#[cfg(all(test, not(chan_loom)))]
mod tests {
    use super::*;

    const SOME_TIME: Duration = Duration::from_millis(60);

    #[test]
    fn a_poll_that_keeps_waking_itself_is_not_polled_all_the_time() {
        let mut polls = 0;
        let start = Instant::now();
        let result = wait_on(&Lent::new(), Some(start + SOME_TIME), false, |cx| {
            polls += 1;
            cx.waker().wake_by_ref();
            Poll::<()>::Pending
        });
        assert_eq!(result, None);
        assert!(start.elapsed() >= SOME_TIME);
        // 11 times pauses or a yield, 10 growing sleeps, then one a millisecond.
        assert!((10..100).contains(&polls), "{polls} polls");
    }

    #[test]
    fn a_poll_that_woke_itself_is_polled_again_without_another_wake_up() {
        let mut left = 15;
        let result = wait_on(&Lent::new(), None, false, |cx| {
            left -= 1;
            cx.waker().wake_by_ref();
            if left == 0 { Poll::Ready("done") } else { Poll::Pending }
        });
        assert_eq!(result, Some("done"));
    }

    #[test]
    fn a_sleeping_thread_is_polled_once_for_each_wake_up() {
        use std::sync::mpsc::channel;
        let ((waker, wakers), (finish, finished)) = (channel::<Waker>(), channel::<()>());
        let sleeper = thread::spawn(move || {
            let mut polls = 0;
            wait_on(&Lent::new(), None, false, |cx| {
                polls += 1;
                waker.send(cx.waker().clone()).unwrap();
                if finished.try_recv().is_ok() { Poll::Ready(polls) } else { Poll::Pending }
            })
        });
        for left in (0..3).rev() {
            let waker = wakers.recv().unwrap();
            thread::sleep(Duration::from_millis(5)); // until it is parked
            if left == 0 {
                finish.send(()).unwrap();
            }
            waker.wake();
        }
        assert_eq!(sleeper.join().unwrap(), Some(4));
    }

    #[test]
    fn a_wake_up_of_an_earlier_call_costs_a_look_and_no_more() {
        let mut left = None;
        assert_eq!(
            wait_on(&Lent::new(), None, false, |cx| {
                left = Some(cx.waker().clone());
                Poll::Ready(())
            }),
            Some(())
        );
        left.unwrap().wake();
        let deadline = Instant::now() + Duration::from_millis(5);
        assert_eq!(wait_on(&Lent::new(), Some(deadline), false, |_| Poll::<()>::Pending), None);
        assert!(Instant::now() >= deadline);
    }
}
