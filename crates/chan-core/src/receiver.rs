//! The receiving end: forward only. The blocking forms are in `blocking.rs`, iterators in `iter.rs`, streams in
//! `stream.rs`, what both ends share in `ends.rs`.

#![forbid(unsafe_code)]

use core::future::Future;

use crate::channel::Seen;
use crate::ends::end;
use crate::error::TryRecvError;
use crate::future::{Recv, RecvSignal, RecvUntil, look_for_signal};
use crate::link::Link;
use crate::signal::SignalKind;

/// The receiving end of a channel.
///
/// Clone it for further receivers: each message goes to one of them. When the last one is dropped the channel closes
/// and drops what it still holds.
///
/// | | now | async | thread (feature `std`) |
/// |---|---|---|---|
/// | receive | [`try_recv`](Self::try_recv) | [`recv`](Self::recv) | `recv_blocking` |
/// | with a limit | | [`recv_until`](Self::recv_until) | `recv_timeout_blocking`, `recv_deadline_blocking` |
/// | a signal | [`try_signal`](Self::try_signal) | [`signal`](Self::signal) | `signal_blocking`, .. |
/// | many | [`try_iter`](Self::try_iter), [`drain`](Self::drain) | [`stream`](Self::stream), [`into_stream`](Self::into_stream) | `for v in &rx`, `iter` |
///
/// All forms work on one channel at once, on this end and on the other.
///
/// ```
/// let (tx, rx) = chan_core::bounded(2);
/// let second = rx.clone();
/// tx.try_send("one").unwrap();
/// tx.try_send("two").unwrap();
/// futures_lite::future::block_on(async {
///     assert_eq!(rx.recv().await, Ok("one"));
///     assert_eq!(second.recv().await, Ok("two"));
/// });
/// ```
pub struct Receiver<T> {
    link: Link<T>,
    /// Which signals this handle has seen.
    seen: Seen,
}

impl<T> Receiver<T> {
    /// Receives a message now, if one is there.
    ///
    /// At capacity 0 that is one that a waiting sender offers, or one that `try_send` has left.
    ///
    /// Never waits for another thread. `Empty` may be answered while a send that began earlier has not finished, even
    /// if a later one has: a sender that is suspended between taking its place and publishing hides its message and
    /// those behind it until it goes on.
    ///
    /// # Errors
    ///
    /// [`Empty`](TryRecvError::Empty) when nothing is there, [`Closed`](TryRecvError::Closed) when the channel is
    /// closed and everything that was sent has been received.
    ///
    /// ```
    /// use chan_core::TryRecvError;
    ///
    /// let (tx, rx) = chan_core::bounded(1);
    /// assert_eq!(rx.try_recv(), Err(TryRecvError::Empty));
    /// tx.try_send(1).unwrap();
    /// tx.close();
    /// assert_eq!(rx.try_recv(), Ok(1));
    /// assert_eq!(rx.try_recv(), Err(TryRecvError::Closed));
    /// ```
    #[inline]
    pub fn try_recv(&self) -> Result<T, TryRecvError> {
        match self.link.channel() {
            Some(channel) => channel.try_recv(),
            None => Err(TryRecvError::Empty),
        }
    }

    /// Receives a message, waiting for one.
    ///
    /// At capacity 0 it takes what a waiting sender offers. Closing ends the wait once everything that was sent has
    /// been received.
    ///
    /// # Errors
    ///
    /// [`RecvError`](crate::RecvError) when the channel is closed and drained.
    ///
    /// # Cancel safety
    ///
    /// A message moves only while the future is polled: dropped before it is ready, it took nothing. A wake-up is only
    /// a hint and owns no message: a receive that was woken and is dropped passes it on to the next. One that was
    /// woken and is neither polled nor dropped wakes nobody else until the next operation on the channel; the message
    /// stays where every receiver can take it.
    ///
    /// ```
    /// use chan_core::RecvError;
    /// use futures_lite::future::{block_on, poll_once, zip};
    ///
    /// let (tx, rx) = chan_core::bounded(1);
    /// assert!(block_on(poll_once(rx.recv())).is_none()); // waits; dropped, it took nothing
    /// let (received, sent) = block_on(zip(rx.recv(), tx.send("late")));
    /// assert_eq!((received, sent), (Ok("late"), Ok(())));
    ///
    /// drop(tx);
    /// assert_eq!(block_on(rx.recv()), Err(RecvError));
    /// ```
    #[inline]
    pub fn recv(&self) -> Recv<'_, T> {
        Recv::new(self.link.channel())
    }

    /// Receives a message as [`recv`](Self::recv) does, unless `timer` is done first.
    ///
    /// The timer is any future; what it gives is dropped. It is not touched when the receive need not wait. A receive
    /// that waits puts it on the heap, once. The adapters have `recv_timeout` on their runtime's clock. As a receive
    /// that is ready never looks at its timer, a limit over several operations needs `select!` with one pinned timer.
    ///
    /// # Errors
    ///
    /// [`Timeout`](crate::RecvTimeoutError::Timeout) when the timer was done first and a last look found nothing,
    /// [`Closed`](crate::RecvTimeoutError::Closed) when the channel is closed and drained.
    ///
    /// # Cancel safety
    ///
    /// As [`recv`](Self::recv). A timeout took nothing.
    ///
    /// ```
    /// use chan_core::RecvTimeoutError;
    /// use futures_lite::future::{block_on, yield_now};
    ///
    /// let (tx, rx) = chan_core::bounded(1);
    /// block_on(async {
    ///     assert_eq!(rx.recv_until(yield_now()).await, Err(RecvTimeoutError::Timeout));
    ///     tx.send(1).await.unwrap();
    ///     assert_eq!(rx.recv_until(yield_now()).await, Ok(1));
    /// });
    /// ```
    pub fn recv_until<F: Future>(&self, timer: F) -> RecvUntil<'_, T, F> {
        RecvUntil::new(self.recv(), timer)
    }

    /// Receives a signal, waiting for one: see [`Sender::signal`](crate::Sender::signal).
    ///
    /// Signals come beside the messages and before them: what is queued does not hold them up, and receiving one takes
    /// no message. Every receiver *handle* sees each kind at most once for each raise; raises that a handle had not looked
    /// at count as one. Of several pending kinds the one with the lowest number comes first, whichever was raised first.
    /// Tasks that share a handle share what it has seen: each signal goes to one of them. A clone has seen what its
    /// original had seen, so a signal that is pending for the one is pending for the other; a handle from
    /// [`WeakReceiver::upgrade`](crate::WeakReceiver::upgrade) has seen nothing. Never ready on a nil channel.
    ///
    /// A receiver that got a message which was sent after a signal was raised sees that signal. What the raiser did
    /// before is seen, too.
    ///
    /// # Errors
    ///
    /// [`RecvError`](crate::RecvError) when the channel is closed and no signal is pending for this handle. Messages may
    /// still be queued.
    ///
    /// # Cancel safety
    ///
    /// Dropped before it is ready, it took nothing: the signal stays pending for the handle. A raise wakes everybody who
    /// waits, so nobody depends on whom it wakes first.
    ///
    /// ```
    /// use futures_lite::future::block_on;
    ///
    /// chan_core::signal_kinds! { enum Control { Stop, Pause } }
    ///
    /// let (tx, rx) = chan_core::bounded(1);
    /// let second = rx.clone();
    /// tx.try_send("work").unwrap();
    /// tx.signal(Control::Pause);
    /// tx.signal(Control::Pause);
    /// tx.signal(Control::Stop);
    /// block_on(async {
    ///     assert_eq!(rx.signal().await, Ok(Control::Stop));
    ///     assert_eq!(rx.signal().await, Ok(Control::Pause)); // once
    ///     assert_eq!(second.signal().await, Ok(Control::Stop)); // each handle
    ///     assert_eq!(rx.recv().await, Ok("work"));
    ///     drop(tx);
    ///     assert!(rx.signal::<Control>().await.is_err());
    ///     assert_eq!(second.signal().await, Ok(Control::Pause)); // it was raised before the close
    /// });
    /// ```
    pub fn signal<K: SignalKind>(&self) -> RecvSignal<'_, K> {
        let channel = self.link.channel();
        RecvSignal::new(
            channel.map(|channel| channel.signals()),
            &self.seen,
            channel.and_then(|channel| channel.manners()),
        )
    }

    /// Receives a signal now, if one is pending for this handle: see [`signal`](Self::signal).
    ///
    /// # Errors
    ///
    /// [`Empty`](TryRecvError::Empty) when none is, [`Closed`](TryRecvError::Closed) when none will be.
    ///
    /// ```
    /// use chan_core::TryRecvError;
    ///
    /// chan_core::signal_kinds! { enum Control { Stop } }
    ///
    /// let (tx, rx) = chan_core::unbounded::<u8>();
    /// assert_eq!(rx.try_signal::<Control>(), Err(TryRecvError::Empty));
    /// tx.signal(Control::Stop);
    /// tx.close();
    /// assert_eq!(rx.try_signal(), Ok(Control::Stop));
    /// assert_eq!(rx.try_signal::<Control>(), Err(TryRecvError::Closed));
    /// ```
    pub fn try_signal<K: SignalKind>(&self) -> Result<K, TryRecvError> {
        match self.link.channel() {
            Some(channel) => look_for_signal(channel.signals(), &self.seen),
            None => Err(TryRecvError::Empty),
        }
    }

    pub(crate) fn link(&self) -> &Link<T> {
        &self.link
    }
}

end!(Receiver, WeakReceiver, add_receiver, drop_receiver, seen: Seen);
