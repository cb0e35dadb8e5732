//! The sending end: forward only. The blocking forms are in `blocking.rs`, the sink in `sink.rs`, what both ends share
//! in `ends.rs`.

#![forbid(unsafe_code)]

use core::future::Future;

use crate::channel::Channel;
use crate::ends::end;
use crate::error::TrySendError;
use crate::future::{Reserve, ReserveOwned, Send, SendFrom, SendUntil};
use crate::link::Link;
use crate::permit::{OwnedPermit, Permit};
use crate::signal::{SIGNAL_KINDS, SignalKind};

/// The sending end of a channel.
///
/// Clone it for further senders: all of them send into the one channel. The last one closes the channel when it is
/// dropped.
///
/// | | now | async | thread (feature `std`) |
/// |---|---|---|---|
/// | send | [`try_send`](Self::try_send) | [`send`](Self::send), [`send_from`](Self::send_from) | `send_blocking` |
/// | with a limit | | [`send_until`](Self::send_until) | `send_timeout_blocking`, `send_deadline_blocking` |
/// | room for a later message | [`try_reserve`](Self::try_reserve) | [`reserve`](Self::reserve) | `reserve_blocking`, `reserve_timeout_blocking`, .. |
/// | a signal | [`signal`](Self::signal) | | |
///
/// All forms work on one channel at once, on this end and on the other. Messages come out in the order in which their
/// sends took their place; those of one sender always in its order.
///
/// ```
/// let (tx, rx) = chan_core::bounded(2);
/// let second = tx.clone();
/// futures_lite::future::block_on(async {
///     tx.send("one").await.unwrap();
///     second.send("two").await.unwrap();
/// });
/// assert_eq!(rx.try_recv(), Ok("one"));
/// assert_eq!(rx.try_recv(), Ok("two"));
/// ```
pub struct Sender<T> {
    link: Link<T>,
}

impl<T> Sender<T> {
    /// Sends a message now, or gives it back at once.
    ///
    /// `Ok` means that the channel has accepted it. At capacity 0 that takes a receive that is waiting and that no
    /// other message has been promised to. The message then stays with the channel, for that receive or, should that
    /// one take another message, be dropped or forgotten, for the next. Such messages come before the offers of sends that
    /// are still waiting, also before one that the same task has polled and left pending.
    ///
    /// Never waits for another thread. A receiver that is suspended between taking a message and giving its place back
    /// makes the channel look full, one lap on, until it goes on.
    ///
    /// # Errors
    ///
    /// [`Full`](TrySendError::Full) without room, [`Closed`](TrySendError::Closed) on a closed channel; both hold the
    /// message.
    ///
    /// ```
    /// use chan_core::TrySendError;
    /// use futures_lite::future::{block_on, poll_once};
    ///
    /// let (tx, rx) = chan_core::bounded(1);
    /// assert_eq!(tx.try_send(1), Ok(()));
    /// assert_eq!(tx.try_send(2), Err(TrySendError::Full(2)));
    /// rx.close();
    /// assert_eq!(tx.try_send(3), Err(TrySendError::Closed(3)));
    ///
    /// // Capacity 0: one waiting receive, one message.
    /// let (tx, rx) = chan_core::bounded(0);
    /// let mut recv = rx.recv();
    /// assert!(block_on(poll_once(&mut recv)).is_none());
    /// assert_eq!(tx.try_send(1), Ok(()));
    /// assert_eq!(tx.try_send(2), Err(TrySendError::Full(2)));
    /// assert_eq!(block_on(recv), Ok(1));
    /// ```
    #[inline]
    pub fn try_send(&self, message: T) -> Result<(), TrySendError<T>> {
        match self.link.channel() {
            Some(channel) => channel.try_send(message),
            None => Err(TrySendError::Full(message)),
        }
    }

    /// Sends a message, waiting for room; at capacity 0, until a receiver has taken it.
    ///
    /// `Ok` means that the channel has accepted the message; at capacity 0 exactly that a receiver has taken it. An
    /// accepted message is received, or dropped with the last receiver. Never waits on an unbounded channel. Closing
    /// ends the wait.
    ///
    /// # Errors
    ///
    /// [`SendError`](crate::SendError) with the message when the channel is closed, before or during the wait.
    ///
    /// # Cancel safety
    ///
    /// The message moves only while the future is polled: dropped before it is ready, it sent nothing. At capacity 0
    /// the pending future offers its message to the receivers; dropped from outside, the message was either withdrawn
    /// (and is dropped with it) or received, exactly once. [`Send::cancel`] gives the message back, or says that it
    /// was taken. A wake-up is only a hint: a send that was woken and is dropped passes it on to the next. One that
    /// was woken and is neither polled nor dropped wakes nobody else until the next operation on the channel.
    ///
    /// ```
    /// use futures_lite::future::{block_on, zip};
    ///
    /// let (tx, rx) = chan_core::bounded(0);
    /// let (sent, received) = block_on(zip(tx.send("hand to hand"), rx.recv()));
    /// assert_eq!((sent, received), (Ok(()), Ok("hand to hand")));
    ///
    /// drop(rx);
    /// let error = block_on(tx.send("too late")).unwrap_err();
    /// assert_eq!(error.into_inner(), "too late");
    /// ```
    #[inline]
    pub fn send(&self, message: T) -> Send<'_, T> {
        Send::new(self.link.channel(), message)
    }

    /// Sends the message in `slot` as [`send`](Self::send) does, and leaves it there if it is not sent.
    ///
    /// For a case of a `select!` in a loop: while the case is not chosen, the message keeps its place in the slot, and is
    /// there again in the body that runs and after a future that is dropped. An empty slot disables the case: the future
    /// is then never ready, as on a nil channel. After `Ok` the slot is empty. At capacity 0 the message lies open to the
    /// receivers while the future sleeps, and is back when the future ends without effect.
    ///
    /// # Errors
    ///
    /// [`SendError`](crate::SendError) with the message, which is then not in the slot, when the channel is closed.
    ///
    /// # Cancel safety
    ///
    /// As [`send`](Self::send), and exact without asking: dropped, the message is in the slot again, or the slot is empty
    /// because a receiver has taken it. A future that is leaked keeps its message only at capacity 0, for receivers.
    ///
    /// ```
    /// use futures_lite::future::{block_on, poll_once};
    ///
    /// let (tx, rx) = chan_core::bounded(0);
    /// let mut slot = Some("parcel");
    /// block_on(async {
    ///     assert!(poll_once(tx.send_from(&mut slot)).await.is_none()); // nobody there
    ///     assert_eq!(slot, Some("parcel"));
    ///
    ///     let mut recv = rx.recv();
    ///     assert!(poll_once(&mut recv).await.is_none());
    ///     let mut send = tx.send_from(&mut slot);
    ///     assert!(poll_once(&mut send).await.is_none());
    ///     assert_eq!(recv.await, Ok("parcel"));
    ///     assert_eq!(send.await, Ok(()));
    ///     assert_eq!(slot, None);
    /// });
    /// ```
    #[inline]
    pub fn send_from<'a>(&'a self, slot: &'a mut Option<T>) -> SendFrom<'a, T> {
        SendFrom::new(self.link.channel(), slot)
    }

    /// Sends a message as [`send`](Self::send) does, unless `timer` is done first.
    ///
    /// The timer is any future; what it gives is dropped. It is not touched when the send need not wait. A send that
    /// waits puts it on the heap, once. The adapters have `send_timeout` on their runtime's clock. As a send that is
    /// ready never looks at its timer, a limit over several operations needs `select!` with one pinned timer.
    ///
    /// # Errors
    ///
    /// [`Timeout`](crate::SendTimeoutError::Timeout) when the timer was done and the message had not been taken,
    /// [`Closed`](crate::SendTimeoutError::Closed) on a closed channel; both hold the message.
    ///
    /// # Cancel safety
    ///
    /// As [`send`](Self::send). The timeout is exact: if the message was taken at the last instant, the result is `Ok`.
    ///
    /// ```
    /// use chan_core::SendTimeoutError;
    /// use futures_lite::future::{block_on, yield_now};
    ///
    /// let (tx, rx) = chan_core::bounded(1);
    /// block_on(async {
    ///     assert_eq!(tx.send_until(1, yield_now()).await, Ok(()));
    ///     assert_eq!(tx.send_until(2, yield_now()).await, Err(SendTimeoutError::Timeout(2)));
    /// });
    /// # drop(rx);
    /// ```
    pub fn send_until<F: Future>(&self, message: T, timer: F) -> SendUntil<'_, T, F> {
        SendUntil::new(self.send(message), timer)
    }

    /// Takes room for one message now: the [`Permit`] sends later, and cannot fail.
    ///
    /// The room is the permit's alone until it is used or dropped. At capacity 0 a permit takes a receive that is
    /// waiting and that nothing else has been promised to; that receive is woken, finds nothing yet, and waits on, free to
    /// take any other message. The permit's message is then accepted as `try_send`'s is: it stays with the channel, for
    /// that receive or the next. On an unbounded channel there is always room: there a permit is good for a message
    /// after the close.
    ///
    /// A bounded channel hands out room and positions together until the first reservation, and apart from then on:
    /// each send costs one more atomic exchange for good, and one that is half way may make the channel look full although
    /// its message has no position yet. Channels that never reserve pay nothing.
    ///
    /// Never waits for another thread; what makes the channel look full for a moment is said at
    /// [`try_send`](Self::try_send).
    ///
    /// # Errors
    ///
    /// [`Full`](TrySendError::Full) without room, [`Closed`](TrySendError::Closed) on a closed channel.
    ///
    /// ```
    /// use chan_core::TrySendError;
    ///
    /// let (tx, rx) = chan_core::bounded(2);
    /// let permit = tx.try_reserve().unwrap();
    /// assert_eq!(tx.try_send("first"), Ok(())); // a permit is no position
    /// assert_eq!(tx.try_reserve().unwrap_err(), TrySendError::Full(()));
    /// permit.send("second");
    /// assert_eq!(rx.try_iter().collect::<Vec<_>>(), ["first", "second"]);
    /// rx.close();
    /// assert_eq!(tx.try_reserve().unwrap_err(), TrySendError::Closed(()));
    /// ```
    #[inline]
    pub fn try_reserve(&self) -> Result<Permit<'_, T>, TrySendError<()>> {
        let channel = self.channel().ok_or(TrySendError::Full(()))?;
        channel.try_reserve().map(|()| Permit::new(channel))
    }

    /// Waits for room and takes it: the [`Permit`] sends later, and cannot fail. See [`try_reserve`](Self::try_reserve)
    /// for what a permit is, at capacity 0 too.
    ///
    /// It waits in one line with the sends. While it waits it holds nothing, and what it is woken for is only a hint.
    /// At capacity 0 any waiting receive will do, but one that is a case of the same select.
    ///
    /// # Errors
    ///
    /// [`SendError`](crate::SendError) when the channel is closed, before or during the wait.
    ///
    /// # Cancel safety
    ///
    /// Room is taken only while the future is polled: dropped before it is ready, it took none. A wake-up is only a hint:
    /// a reservation that was woken and is dropped passes it on to the next. One that was woken and is neither polled nor
    /// dropped wakes nobody else until the next operation on the channel.
    ///
    /// ```
    /// use futures_lite::future::block_on;
    ///
    /// let (tx, rx) = chan_core::bounded(1);
    /// block_on(async {
    ///     let permit = tx.reserve().await.unwrap();
    ///     // The work that makes the message is done only when there is room for its result.
    ///     permit.send(6 * 7);
    /// });
    /// assert_eq!(rx.try_recv(), Ok(42));
    /// ```
    #[inline]
    pub fn reserve(&self) -> Reserve<'_, T> {
        Reserve::new(self.channel())
    }

    /// As [`try_reserve`](Self::try_reserve), with a permit that holds the sender and can be moved anywhere.
    ///
    /// # Errors
    ///
    /// As [`try_reserve`](Self::try_reserve), with the sender.
    ///
    /// ```
    /// let (tx, rx) = chan_core::bounded(1);
    /// let permit = tx.try_reserve_owned().unwrap();
    /// let tx = permit.send(1);
    /// let tx = tx.try_reserve_owned().unwrap_err().into_inner(); // full
    /// drop(tx);
    /// assert_eq!(rx.recv_blocking(), Ok(1));
    /// ```
    pub fn try_reserve_owned(self) -> Result<OwnedPermit<T>, TrySendError<Sender<T>>> {
        match self.channel().map_or(Err(TrySendError::Full(())), Channel::try_reserve) {
            Ok(()) => Ok(OwnedPermit::new(self)),
            Err(TrySendError::Full(())) => Err(TrySendError::Full(self)),
            Err(TrySendError::Closed(())) => Err(TrySendError::Closed(self)),
        }
    }

    /// As [`reserve`](Self::reserve), with a permit that holds the sender and can be moved anywhere. (Clone the sender
    /// first to keep one.)
    ///
    /// # Errors
    ///
    /// As [`reserve`](Self::reserve). The sender goes with it: the channel is closed.
    ///
    /// # Cancel safety
    ///
    /// As [`reserve`](Self::reserve). The sender goes with the future.
    ///
    /// ```
    /// use futures_lite::future::block_on;
    ///
    /// let (tx, rx) = chan_core::bounded(1);
    /// let permit = block_on(tx.clone().reserve_owned()).unwrap();
    /// std::thread::spawn(move || drop(permit.send("from there"))).join().unwrap();
    /// assert_eq!(rx.try_recv(), Ok("from there"));
    /// # drop(tx);
    /// ```
    pub fn reserve_owned(self) -> ReserveOwned<T> {
        ReserveOwned::new(self)
    }

    /// Raises a signal for every receiver handle: it overtakes what is queued, and never waits.
    ///
    /// A signal is not a message: it takes no place in a channel, however full, costs no memory for each raise, and goes
    /// to *every* receiver handle, each of which sees each kind at most once for each raise. Raises that a handle has not
    /// looked at yet count as one. So it says *that* something is the case (stop, pause, still alive), not how often.
    /// See [`Receiver::signal`](crate::Receiver::signal). The first use of signals allocates, once for the channel.
    ///
    /// `true`: every receiver handle there is sees it, unless it is dropped first. `false`: the channel is closed, or
    /// nil, which does nothing. A raise that meets a close half way answers `false`, and may be seen all the same.
    ///
    /// Everybody who waits for a signal is woken, in this call. Never waits for another thread. A raiser that is suspended
    /// half way wakes those who wait when it goes on; whoever looks meanwhile sees the signal.
    ///
    /// # Panics
    ///
    /// When the kind's [`index`](SignalKind::index) is not below [`SIGNAL_KINDS`], which its trait asks for.
    ///
    /// ```
    /// chan_core::signal_kinds! { enum Control { Stop } }
    ///
    /// let (tx, rx) = chan_core::bounded(1);
    /// tx.try_send("work").unwrap(); // full
    /// assert!(tx.signal(Control::Stop));
    /// assert_eq!(rx.try_signal(), Ok(Control::Stop));
    /// rx.close();
    /// assert!(!tx.signal(Control::Stop));
    /// ```
    pub fn signal<K: SignalKind>(&self, kind: K) -> bool {
        let index = kind.index();
        assert!(index < SIGNAL_KINDS, "a signal kind with number {index}: it must be below {SIGNAL_KINDS}");
        self.link.channel().is_some_and(|channel| channel.signals().raise(index))
    }

    #[inline]
    pub(crate) fn channel(&self) -> Option<&Channel<T>> {
        self.link.channel()
    }

    #[cfg(any(feature = "sink", feature = "std"))]
    pub(crate) fn link(&self) -> &Link<T> {
        &self.link
    }
}

end!(Sender, WeakSender, add_sender, drop_sender);
