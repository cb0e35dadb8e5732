//! The operations that wait, as futures: forward only, plus what a select may do with them. Knows when an operation is
//! over, and takes it back when it is dropped; what waiting means is the channel's business.
//!
//! All of them are `Unpin`, and `Send` when the messages are. None of them does anything before it is polled.

#![forbid(unsafe_code)]

use alloc::boxed::Box;
use core::fmt;
use core::future::Future;
use core::mem;
use core::pin::Pin;
use core::task::{Context, Poll, Waker, ready};

use futures_core::FusedFuture;

use crate::case::{Operation, Status, Turn, sealed::Sealed};
use crate::channel::{Channel, ClosedState, RecvState, SendState};
use crate::error::{RecvError, RecvTimeoutError, SendError, SendTimeoutError, Sent, TryRecvError, TrySendError};
use crate::manners::Manners;

#[cold]
#[inline(never)]
fn over(name: &str) -> ! {
    panic!("`{name}` polled after it had completed")
}

/// One poll of an operation, under the runtime's budget where the channel was made for a runtime.
#[inline]
pub(crate) fn under<R>(
    manners: Option<&'static Manners>,
    cx: &mut Context<'_>,
    mut operation: impl FnMut(&mut Context<'_>) -> Poll<R>,
) -> Poll<R> {
    match manners {
        None => operation(cx),
        Some(manners) => manners.run(cx, operation),
    }
}

// ---------------------------------------------------------------------------------------------------------- send

/// Sends one message: the future of [`Sender::send`](crate::Sender::send).
///
/// # Cancel safety
///
/// Dropped before it is ready, it has sent nothing. At capacity 0 it may have been received in the very moment: the
/// message was then either withdrawn (and is dropped with the future) or received, exactly once. Use
/// [`cancel`](Self::cancel) to get it back, or to learn that it was taken.
///
/// # Panics
///
/// When it is polled after it was ready.
///
/// ```
/// use chan_core::{SendError, future::Send};
///
/// let (tx, rx) = chan_core::bounded(1);
/// let send: Send<'_, &str> = tx.send("it");
/// assert!(rx.is_empty()); // not polled yet
/// futures_lite::future::block_on(send)?;
/// assert_eq!(rx.try_recv(), Ok("it"));
/// # Ok::<(), SendError<&str>>(())
/// ```
#[must_use = "futures do nothing unless they are polled"]
pub struct Send<'a, T> {
    // Plain fields and no enum around them: a future is made in one place and moved to another before its first poll,
    // and compilers move an enum in pieces that do not fit those it was written in, which stalls the processor.
    /// `None`: nil.
    channel: Option<&'a Channel<T>>,
    state: SendState<T>,
    step: Step,
}

/// How far an operation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Open,
    /// A send's message was taken, and nobody has been told: a select was in between, and another case won.
    Taken,
    Over,
}

impl<'a, T> Send<'a, T> {
    #[inline]
    pub(crate) fn new(channel: Option<&'a Channel<T>>, message: T) -> Self {
        Send { channel, state: SendState::new(message), step: Step::Open }
    }

    /// The operation, while it is not over; `None` also for nil.
    #[inline]
    fn open(&mut self) -> Option<(&'a Channel<T>, &mut SendState<T>)> {
        match self.channel {
            Some(channel) if self.step == Step::Open => Some((channel, &mut self.state)),
            _ => None,
        }
    }

    /// Its channel, while it is not over.
    #[inline]
    fn open_channel(&self) -> Option<&'a Channel<T>> {
        self.channel.filter(|_| self.step == Step::Open)
    }

    /// Calls the send off and gives the message back, or says that it was taken.
    ///
    /// Never waits. `Err(Sent)` also after the future was ready. Unlike a drop this is exact at every capacity.
    ///
    /// ```
    /// use chan_core::{Sent, bounded};
    /// use futures_lite::future::{block_on, poll_once};
    ///
    /// let (tx, rx) = bounded(0);
    /// let mut send = tx.send("parcel");
    /// assert!(block_on(poll_once(&mut send)).is_none()); // offered, nobody there
    /// assert_eq!(send.cancel(), Ok("parcel"));
    ///
    /// let mut send = tx.send("parcel");
    /// assert!(block_on(poll_once(&mut send)).is_none());
    /// assert_eq!(rx.try_recv(), Ok("parcel"));
    /// assert_eq!(send.cancel(), Err(Sent));
    /// ```
    pub fn cancel(mut self) -> Result<T, Sent> {
        self.take_back()
    }

    /// Ends the operation; the message, unless it is gone.
    pub(crate) fn take_back(&mut self) -> Result<T, Sent> {
        let message = match self.open() {
            Some((channel, state)) => channel.cancel_send(state),
            // Nil; or there is none any more.
            None => self.state.take_value(),
        };
        self.step = Step::Over;
        message.ok_or(Sent)
    }

    /// Ends the operation, with one last look where there is a buffer: what a send does whose time is up. (At capacity
    /// 0 its offer stood until now.) The poll before may have let an overtaken send go first.
    pub(crate) fn give_up(&mut self) -> Result<(), SendTimeoutError<T>> {
        let channel = self.open_channel().filter(|channel| !channel.offers());
        match (self.take_back(), channel) {
            (Err(Sent), _) => Ok(()),
            (Ok(message), None) => Err(SendTimeoutError::Timeout(message)),
            (Ok(message), Some(channel)) => channel.try_send(message).map_err(|error| match error {
                TrySendError::Full(message) => SendTimeoutError::Timeout(message),
                TrySendError::Closed(message) => SendTimeoutError::Closed(message),
            }),
        }
    }

    /// For a select: what is left to say when the channel is no longer asked.
    fn told(&mut self) -> Option<Result<(), SendError<T>>> {
        (self.step == Step::Taken).then(|| {
            self.step = Step::Over;
            Ok(())
        })
    }

    /// One poll that asks no manners.
    #[inline]
    pub(crate) fn poll_bare(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), SendError<T>>> {
        match self.step {
            Step::Open => {
                let Some(channel) = self.channel else { return Poll::Pending };
                // Handed on as it is: a large message is not moved once more.
                let poll = channel.poll_send(&mut self.state, cx);
                if poll.is_ready() {
                    self.step = Step::Over;
                }
                poll
            }
            Step::Taken => {
                self.step = Step::Over;
                Poll::Ready(Ok(()))
            }
            Step::Over => over("Send"),
        }
    }
}

impl<T> Future for Send<'_, T> {
    type Output = Result<(), SendError<T>>;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        under(this.open_channel().and_then(Channel::manners), cx, |cx| this.poll_bare(cx))
    }
}

impl<T> FusedFuture for Send<'_, T> {
    fn is_terminated(&self) -> bool {
        self.step == Step::Over
    }
}

impl<T> Drop for Send<'_, T> {
    #[inline]
    fn drop(&mut self) {
        // What never waited has nothing but its message, which goes with it.
        if self.state.has_waited()
            && let Some((channel, state)) = self.open()
        {
            drop(channel.cancel_send(state));
        }
    }
}

// The message is never pinned: it moves into the channel.
impl<T> Unpin for Send<'_, T> {}

impl<T> fmt::Debug for Send<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        debug(f, "Send", self.is_terminated())
    }
}

fn debug(f: &mut fmt::Formatter<'_>, name: &str, over: bool) -> fmt::Result {
    f.debug_struct(name).field("completed", &over).finish_non_exhaustive()
}

// ------------------------------------------------------------------------------------------------------- receive

/// Receives one message: the future of [`Receiver::recv`](crate::Receiver::recv).
///
/// # Cancel safety
///
/// Dropped before it is ready, it took nothing; a wake-up that it had and did not use goes to the next receive.
///
/// # Panics
///
/// When it is polled after it was ready.
///
/// ```
/// use chan_core::future::Recv;
///
/// let (tx, rx) = chan_core::bounded(1);
/// let recv: Recv<'_, &str> = rx.recv();
/// tx.try_send("it").unwrap();
/// assert_eq!(futures_lite::future::block_on(recv), Ok("it"));
/// ```
#[must_use = "futures do nothing unless they are polled"]
pub struct Recv<'a, T> {
    /// `None`: nil.
    channel: Option<&'a Channel<T>>,
    state: RecvState,
    step: Step,
}

impl<'a, T> Recv<'a, T> {
    #[inline]
    pub(crate) fn new(channel: Option<&'a Channel<T>>) -> Self {
        Recv { channel, state: RecvState::new(), step: Step::Open }
    }

    /// The operation, while it is not over; `None` also for nil.
    #[inline]
    fn open(&mut self) -> Option<(&'a Channel<T>, &mut RecvState)> {
        match self.channel {
            Some(channel) if self.step == Step::Open => Some((channel, &mut self.state)),
            _ => None,
        }
    }

    /// Its channel, while it is not over.
    #[inline]
    fn open_channel(&self) -> Option<&'a Channel<T>> {
        self.channel.filter(|_| self.step == Step::Open)
    }

    /// One poll that asks no manners.
    #[inline]
    pub(crate) fn poll_bare(&mut self, cx: &mut Context<'_>) -> Poll<Result<T, RecvError>> {
        if self.step != Step::Open {
            over("Recv");
        }
        let Some(channel) = self.channel else { return Poll::Pending };
        // Handed on as it is: a large message is not moved once more.
        let poll = channel.poll_recv(&mut self.state, cx);
        if poll.is_ready() {
            self.step = Step::Over;
        }
        poll
    }

    /// Ends the operation, with one last look: what a receive does whose time is up.
    pub(crate) fn give_up(&mut self) -> Result<T, RecvTimeoutError> {
        let Some((channel, state)) = self.open() else {
            return Err(RecvTimeoutError::Timeout);
        };
        let result = channel.try_recv();
        channel.cancel_recv(state);
        self.step = Step::Over;
        result.map_err(|error| match error {
            TryRecvError::Empty => RecvTimeoutError::Timeout,
            TryRecvError::Closed => RecvTimeoutError::Closed,
        })
    }
}

impl<T> Future for Recv<'_, T> {
    type Output = Result<T, RecvError>;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        under(this.open_channel().and_then(Channel::manners), cx, |cx| this.poll_bare(cx))
    }
}

impl<T> FusedFuture for Recv<'_, T> {
    fn is_terminated(&self) -> bool {
        self.step == Step::Over
    }
}

impl<T> Drop for Recv<'_, T> {
    #[inline]
    fn drop(&mut self) {
        if self.state.has_waited()
            && let Some((channel, state)) = self.open()
        {
            channel.cancel_recv(state);
        }
    }
}

impl<T> fmt::Debug for Recv<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        debug(f, "Recv", self.is_terminated())
    }
}

// -------------------------------------------------------------------------------------------------------- closed

/// Waits until the channel is closed: the future of [`Sender::closed`](crate::Sender::closed) and
/// [`Receiver::closed`](crate::Receiver::closed).
///
/// # Cancel safety
///
/// Nothing is lost when it is dropped; a new one sees the same. It may be polled after it was ready: it stays ready.
///
/// ```
/// use chan_core::future::Closed;
///
/// let (tx, rx) = chan_core::bounded::<u8>(1);
/// let closed: Closed<'_, u8> = tx.closed();
/// drop(rx);
/// futures_lite::future::block_on(closed);
/// assert!(tx.is_closed());
/// ```
#[must_use = "futures do nothing unless they are polled"]
pub struct Closed<'a, T> {
    channel: Option<&'a Channel<T>>,
    state: ClosedState,
    over: bool,
}

impl<'a, T> Closed<'a, T> {
    pub(crate) fn new(channel: Option<&'a Channel<T>>) -> Self {
        Closed { channel, state: ClosedState::new(), over: false }
    }
}

impl<T> Future for Closed<'_, T> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.get_mut();
        if this.over {
            return Poll::Ready(());
        }
        let Some(channel) = this.channel else {
            return Poll::Pending;
        };
        ready!(channel.poll_closed(&mut this.state, cx));
        this.over = true;
        Poll::Ready(())
    }
}

impl<T> FusedFuture for Closed<'_, T> {
    fn is_terminated(&self) -> bool {
        self.over
    }
}

impl<T> Drop for Closed<'_, T> {
    fn drop(&mut self) {
        if let (Some(channel), false) = (self.channel, self.over) {
            channel.cancel_closed(&mut self.state);
        }
    }
}

impl<T> fmt::Debug for Closed<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        debug(f, "Closed", self.over)
    }
}

// ---------------------------------------------------------------------------------------------- with a time limit

/// A timer that is pinned when it is first needed. An operation that need not wait never touches it; one that waits
/// pays one allocation for it, and its future stays `Unpin` whatever the timer is.
enum Timer<F> {
    Unused(F),
    Running(Pin<Box<F>>),
    Spent,
}

impl<F: Future> Timer<F> {
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if let Timer::Unused(_) = self
            && let Timer::Unused(timer) = mem::replace(self, Timer::Spent)
        {
            *self = Timer::Running(Box::pin(timer));
        }
        if let Timer::Running(timer) = self {
            let _ = ready!(timer.as_mut().poll(cx));
            *self = Timer::Spent;
        }
        Poll::Ready(())
    }
}

/// Sends one message unless a timer is done first: the future of [`Sender::send_until`](crate::Sender::send_until).
///
/// # Cancel safety
///
/// As [`Send`]. A timeout is exact: the message comes back with it, or it was taken and the send is `Ok`.
///
/// # Panics
///
/// When it is polled after it was ready.
///
/// ```
/// use chan_core::{SendTimeoutError, future::SendUntil};
/// use futures_lite::future::{YieldNow, block_on, yield_now};
///
/// let (tx, rx) = chan_core::bounded(0);
/// let send: SendUntil<'_, u8, YieldNow> = tx.send_until(1, yield_now());
/// assert_eq!(block_on(send), Err(SendTimeoutError::Timeout(1)));
/// # drop(rx);
/// ```
#[must_use = "futures do nothing unless they are polled"]
pub struct SendUntil<'a, T, F> {
    send: Send<'a, T>,
    timer: Timer<F>,
}

impl<'a, T, F: Future> SendUntil<'a, T, F> {
    pub(crate) fn new(send: Send<'a, T>, timer: F) -> Self {
        SendUntil { send, timer: Timer::Unused(timer) }
    }
}

impl<T, F> SendUntil<'_, T, F> {
    /// Calls the send off and gives the message back, or says that it was taken; see [`Send::cancel`].
    ///
    /// ```
    /// let (tx, rx) = chan_core::bounded(0);
    /// let send = tx.send_until(1, std::future::pending::<()>());
    /// assert_eq!(send.cancel(), Ok(1));
    /// # drop(rx);
    /// ```
    pub fn cancel(self) -> Result<T, Sent> {
        self.send.cancel()
    }
}

impl<T, F: Future> Future for SendUntil<'_, T, F> {
    type Output = Result<(), SendTimeoutError<T>>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        // The send first: room and a timer that is done are `Ok`.
        if let Poll::Ready(result) = Pin::new(&mut this.send).poll(cx) {
            return Poll::Ready(result.map_err(Into::into));
        }
        ready!(this.timer.poll(cx));
        Poll::Ready(this.send.give_up())
    }
}

impl<T, F: Future> FusedFuture for SendUntil<'_, T, F> {
    fn is_terminated(&self) -> bool {
        self.send.is_terminated()
    }
}

// The timer is pinned in a box of its own.
impl<T, F> Unpin for SendUntil<'_, T, F> {}

impl<T, F> fmt::Debug for SendUntil<'_, T, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        debug(f, "SendUntil", self.send.is_terminated())
    }
}

/// Receives one message unless a timer is done first: the future of
/// [`Receiver::recv_until`](crate::Receiver::recv_until).
///
/// # Cancel safety
///
/// As [`Recv`]. A timeout took nothing.
///
/// # Panics
///
/// When it is polled after it was ready.
///
/// ```
/// use chan_core::{RecvTimeoutError, future::RecvUntil};
/// use futures_lite::future::{YieldNow, block_on, yield_now};
///
/// let (tx, rx) = chan_core::bounded::<u8>(0);
/// let recv: RecvUntil<'_, u8, YieldNow> = rx.recv_until(yield_now());
/// assert_eq!(block_on(recv), Err(RecvTimeoutError::Timeout));
/// # drop(tx);
/// ```
#[must_use = "futures do nothing unless they are polled"]
pub struct RecvUntil<'a, T, F> {
    recv: Recv<'a, T>,
    timer: Timer<F>,
}

impl<'a, T, F: Future> RecvUntil<'a, T, F> {
    pub(crate) fn new(recv: Recv<'a, T>, timer: F) -> Self {
        RecvUntil { recv, timer: Timer::Unused(timer) }
    }
}

impl<T, F: Future> Future for RecvUntil<'_, T, F> {
    type Output = Result<T, RecvTimeoutError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        if let Poll::Ready(result) = Pin::new(&mut this.recv).poll(cx) {
            return Poll::Ready(result.map_err(Into::into));
        }
        ready!(this.timer.poll(cx));
        Poll::Ready(this.recv.give_up())
    }
}

impl<T, F: Future> FusedFuture for RecvUntil<'_, T, F> {
    fn is_terminated(&self) -> bool {
        self.recv.is_terminated()
    }
}

// The timer is pinned in a box of its own.
impl<T, F> Unpin for RecvUntil<'_, T, F> {}

impl<T, F> fmt::Debug for RecvUntil<'_, T, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        debug(f, "RecvUntil", self.recv.is_terminated())
    }
}

// --------------------------------------------------------------------------------------------- as cases of a select

impl<T> Send<'_, T> {
    /// The result of a case; `open_only`: a closed channel is none, and the message is taken back.
    fn end(&mut self, result: Result<(), SendError<T>>, open_only: bool) -> Option<Result<(), SendError<T>>> {
        match result {
            Err(SendError(message)) if open_only && self.step == Step::Open => {
                self.state = SendState::new(message);
                None
            }
            result => {
                self.step = Step::Over;
                Some(result)
            }
        }
    }
}

impl<T> Sealed for Send<'_, T> {}

impl<T> Operation for Send<'_, T> {
    type Output = Result<(), SendError<T>>;

    /// One that has completed is never ready again.
    fn status(&self) -> Status {
        match (self.step, self.channel) {
            (Step::Open, Some(channel)) if channel.is_closed() && !self.state.is_gone() => Status::Closed,
            (Step::Open, Some(_)) | (Step::Taken, _) => Status::Open,
            (Step::Open, None) | (Step::Over, _) => Status::Nil,
        }
    }

    fn manners(&self) -> Option<&'static Manners> {
        self.open_channel().and_then(Channel::manners)
    }

    fn offers(&self) -> bool {
        self.open_channel().is_some_and(Channel::offers)
    }

    fn enter(&mut self) {
        if let Some((channel, state)) = self.open() {
            channel.enter_send(state);
        }
    }

    fn look(&mut self, turn: &mut Turn, open_only: bool) -> Option<Self::Output> {
        if let Some(result) = self.told() {
            return Some(result);
        }
        let (channel, state) = self.open()?;
        let result = channel.look_send(state, turn, open_only)?;
        self.end(result, open_only)
    }

    fn attempt(&mut self, open_only: bool) -> Option<Self::Output> {
        if let Some(result) = self.told() {
            return Some(result);
        }
        let (channel, state) = self.open()?;
        let result = channel.attempt_send(state)?;
        self.end(result, open_only)
    }

    fn register(&mut self, turn: &mut Turn, case: usize, waker: &Waker) {
        if let Some((channel, state)) = self.open() {
            channel.register_send(state, turn, case, waker);
        }
    }

    fn announce(&mut self, turn: &mut Turn) -> bool {
        self.open().is_some_and(|(channel, state)| channel.announce_send(state, turn))
    }

    fn taken(&mut self) -> Self::Output {
        let Some((channel, state)) = self.open() else { unreachable!("only a case that was offered can be taken") };
        let result = channel.taken_send(state);
        self.step = Step::Over;
        result
    }

    /// The message stays with the operation, which may be a case again or be polled. If it was polled before, it may
    /// have been taken before the select began: that is still said, by the next poll or look.
    fn withdraw(&mut self) {
        if let Some((channel, state)) = self.open() {
            match channel.cancel_send(state) {
                Some(message) => *state = SendState::new(message),
                None => self.step = Step::Taken,
            }
        }
    }
}

impl<T> Sealed for Recv<'_, T> {}

impl<T> Operation for Recv<'_, T> {
    type Output = Result<T, RecvError>;

    /// One that has completed is never ready again.
    fn status(&self) -> Status {
        match self.open_channel() {
            Some(channel) if channel.is_drained() => Status::Closed,
            Some(_) => Status::Open,
            None => Status::Nil,
        }
    }

    fn manners(&self) -> Option<&'static Manners> {
        self.open_channel().and_then(Channel::manners)
    }

    fn offers(&self) -> bool {
        false
    }

    fn enter(&mut self) {}

    fn look(&mut self, turn: &mut Turn, open_only: bool) -> Option<Self::Output> {
        let (channel, state) = self.open()?;
        let result = channel.look_recv(state, turn)?;
        if open_only && result.is_err() {
            // It has left its place already and is as new.
            return None;
        }
        self.step = Step::Over;
        Some(result)
    }

    fn attempt(&mut self, open_only: bool) -> Option<Self::Output> {
        let (channel, state) = self.open()?;
        let result = match channel.try_recv() {
            Ok(message) => Ok(message),
            Err(TryRecvError::Closed) if !open_only => Err(RecvError),
            Err(_) => return None,
        };
        // It may have been polled before.
        channel.cancel_recv(state);
        self.step = Step::Over;
        Some(result)
    }

    fn register(&mut self, turn: &mut Turn, _case: usize, waker: &Waker) {
        if let Some((channel, state)) = self.open() {
            channel.register_recv(state, turn, waker);
        }
    }

    fn announce(&mut self, _turn: &mut Turn) -> bool {
        false
    }

    fn taken(&mut self) -> Self::Output {
        unreachable!("a receive offers nothing")
    }

    fn withdraw(&mut self) {
        if let Some((channel, state)) = self.open() {
            channel.cancel_recv(state);
            *state = RecvState::new();
        }
    }
}

/// An operation behind a pointer is a case as it is.
macro_rules! through {
    ($([$($generics:tt)*] $pointer:ty, $this:ident => $inner:expr, $shared:expr;)*) => {$(
        impl<$($generics)*> Sealed for $pointer {}

        impl<$($generics)*> Operation for $pointer {
            type Output = F::Output;

            fn status(&self) -> Status {
                let $this = self;
                $shared.status()
            }
            fn manners(&self) -> Option<&'static Manners> {
                let $this = self;
                $shared.manners()
            }
            fn offers(&self) -> bool {
                let $this = self;
                $shared.offers()
            }
            fn enter(&mut self) {
                let $this = self;
                $inner.enter();
            }
            fn look(&mut self, turn: &mut Turn, open_only: bool) -> Option<Self::Output> {
                let $this = self;
                $inner.look(turn, open_only)
            }
            fn attempt(&mut self, open_only: bool) -> Option<Self::Output> {
                let $this = self;
                $inner.attempt(open_only)
            }
            fn register(&mut self, turn: &mut Turn, case: usize, waker: &Waker) {
                let $this = self;
                $inner.register(turn, case, waker);
            }
            fn announce(&mut self, turn: &mut Turn) -> bool {
                let $this = self;
                $inner.announce(turn)
            }
            fn taken(&mut self) -> Self::Output {
                let $this = self;
                $inner.taken()
            }
            fn withdraw(&mut self) {
                let $this = self;
                $inner.withdraw();
            }
        }
    )*};
}

through! {
    [F: Operation] &mut F, this => (**this), (**this);
    [F: Operation] Pin<&mut F>, this => this.as_mut().get_mut(), this.as_ref().get_ref();
    [F: Operation] Pin<Box<F>>, this => this.as_mut().get_mut(), this.as_ref().get_ref();
}

impl<F: Operation> Sealed for Option<F> {}

/// `None` is a nil case.
impl<F: Operation> Operation for Option<F> {
    type Output = F::Output;

    fn status(&self) -> Status {
        self.as_ref().map_or(Status::Nil, F::status)
    }
    fn manners(&self) -> Option<&'static Manners> {
        self.as_ref().and_then(F::manners)
    }
    fn offers(&self) -> bool {
        self.as_ref().is_some_and(F::offers)
    }
    fn enter(&mut self) {
        if let Some(operation) = self {
            operation.enter();
        }
    }
    fn look(&mut self, turn: &mut Turn, open_only: bool) -> Option<Self::Output> {
        self.as_mut()?.look(turn, open_only)
    }
    fn attempt(&mut self, open_only: bool) -> Option<Self::Output> {
        self.as_mut()?.attempt(open_only)
    }
    fn register(&mut self, turn: &mut Turn, case: usize, waker: &Waker) {
        if let Some(operation) = self {
            operation.register(turn, case, waker);
        }
    }
    fn announce(&mut self, turn: &mut Turn) -> bool {
        self.as_mut().is_some_and(|operation| operation.announce(turn))
    }
    fn taken(&mut self) -> Self::Output {
        match self {
            Some(operation) => operation.taken(),
            None => unreachable!("only a case that was offered can be taken"),
        }
    }
    fn withdraw(&mut self) {
        if let Some(operation) = self {
            operation.withdraw();
        }
    }
}
