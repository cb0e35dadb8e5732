//! The receiving end: forward only. The blocking forms are in `blocking.rs`, iterators in `iter.rs`, streams in
//! `stream.rs`, what both ends share in `ends.rs`.

#![forbid(unsafe_code)]

use core::future::Future;

use crate::ends::end;
use crate::error::TryRecvError;
use crate::future::{Recv, RecvUntil};
use crate::link::Link;

/// The receiving end of a channel.
///
/// Clone it for further receivers: each message goes to one of them. When the last one is dropped the channel closes
/// and drops what it still holds.
///
/// | | now | async | thread (feature `std`) |
/// |---|---|---|---|
/// | receive | [`try_recv`](Self::try_recv) | [`recv`](Self::recv) | `recv_blocking` |
/// | with a limit | | [`recv_until`](Self::recv_until) | `recv_timeout_blocking`, `recv_deadline_blocking` |
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

    pub(crate) fn link(&self) -> &Link<T> {
        &self.link
    }
}

end!(Receiver, WeakReceiver, add_receiver, drop_receiver);
