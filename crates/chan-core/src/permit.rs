//! Permits: capacity now, the message later. Forward only; what a permit is to the channel is said in `queue/ring.rs`
//! and `channel/rendezvous.rs`.

#![forbid(unsafe_code)]

use core::fmt;
use core::mem::ManuallyDrop;
use core::panic::{RefUnwindSafe, UnwindSafe};

use crate::channel::Channel;
use crate::sender::Sender;

/// Room for one message, that nobody else can take: from [`Sender::reserve`] and [`Sender::try_reserve`].
///
/// [`send`](Self::send) cannot fail and never waits. Dropping the permit gives the room back and wakes a send that waits
/// for it. A permit is capacity, not a position: its message takes its place among the others when it is sent.
///
/// A permit that was given before the channel closed may be used after it: receivers are told that the channel is closed
/// only when everything has been received *and* no permit is out. One that is kept (or leaked) blocks nobody but for its
/// own unit of capacity, and for that news. It borrows its sender; [`OwnedPermit`] holds one.
///
/// (The idea is tokio's `Permit`. There a permit that waits in a future nobody polls can hold up all others,
/// tokio-rs/tokio#7709; here a reservation that waits holds nothing.)
///
/// ```
/// use chan_core::{TryRecvError, bounded};
///
/// let (tx, rx) = bounded(1);
/// let permit = tx.try_reserve().unwrap();
/// assert!(tx.try_send("no room").is_err());
/// tx.close();
/// assert_eq!(rx.try_recv(), Err(TryRecvError::Empty)); // something may come
/// permit.send("promised");
/// assert_eq!(rx.try_recv(), Ok("promised"));
/// assert_eq!(rx.try_recv(), Err(TryRecvError::Closed));
/// ```
#[must_use = "a permit that is not used is given back at once"]
pub struct Permit<'a, T> {
    channel: &'a Channel<T>,
}

impl<'a, T> Permit<'a, T> {
    /// For a place that was taken in this channel.
    #[inline]
    pub(crate) fn new(channel: &'a Channel<T>) -> Self {
        Permit { channel }
    }

    /// Sends the message. It is accepted, also by a channel that was closed meanwhile: it is received, or dropped with
    /// the last receiver; at once, if that has gone already.
    ///
    /// ```
    /// let (tx, rx) = chan_core::bounded(1);
    /// let permit = tx.try_reserve().unwrap();
    /// permit.send(42); // no result: there is room
    /// assert_eq!(rx.try_recv(), Ok(42));
    /// ```
    #[inline]
    pub fn send(self, message: T) {
        // Used, whatever happens to a waker that is called.
        ManuallyDrop::new(self).channel.send_reserved(message);
    }
}

impl<T> Drop for Permit<'_, T> {
    fn drop(&mut self) {
        self.channel.release();
    }
}

// No step of a channel runs user code half way: a panic elsewhere finds it whole.
impl<T> UnwindSafe for Permit<'_, T> {}
impl<T> RefUnwindSafe for Permit<'_, T> {}

impl<T> fmt::Debug for Permit<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Permit").finish_non_exhaustive()
    }
}

/// A [`Permit`] that holds its sender, to be moved anywhere: from [`Sender::reserve_owned`] and
/// [`Sender::try_reserve_owned`].
///
/// The sender counts as one as long as the permit lives.
///
/// ```
/// let (tx, rx) = chan_core::bounded(1);
/// let permit = tx.try_reserve_owned().unwrap();
/// let answer = std::thread::spawn(move || permit.send(42));
/// let tx = answer.join().unwrap();
/// assert_eq!(rx.try_recv(), Ok(42));
/// # drop(tx);
/// ```
#[must_use = "a permit that is not used is given back at once"]
pub struct OwnedPermit<T> {
    /// `None` at the end.
    sender: Option<Sender<T>>,
}

impl<T> OwnedPermit<T> {
    /// For a place that was taken in this sender's channel.
    pub(crate) fn new(sender: Sender<T>) -> Self {
        OwnedPermit { sender: Some(sender) }
    }

    /// Sends the message, as [`Permit::send`] does, and gives the sender back.
    ///
    /// ```
    /// let (tx, rx) = chan_core::bounded(1);
    /// let tx = tx.try_reserve_owned().unwrap().send("one");
    /// assert!(tx.try_reserve_owned().is_err()); // full
    /// assert_eq!(rx.try_recv(), Ok("one"));
    /// ```
    pub fn send(mut self, message: T) -> Sender<T> {
        let sender = self.take();
        if let Some(channel) = sender.channel() {
            channel.send_reserved(message);
        }
        sender
    }

    /// Gives the room back, and the sender.
    ///
    /// ```
    /// let (tx, rx) = chan_core::bounded(1);
    /// let tx = tx.try_reserve_owned().unwrap().release();
    /// assert_eq!(tx.try_send("there is room"), Ok(()));
    /// # drop(rx);
    /// ```
    pub fn release(mut self) -> Sender<T> {
        let sender = self.take();
        if let Some(channel) = sender.channel() {
            channel.release();
        }
        sender
    }

    fn take(&mut self) -> Sender<T> {
        let Some(sender) = self.sender.take() else { unreachable!("taken by what consumes the permit") };
        sender
    }
}

impl<T> Drop for OwnedPermit<T> {
    fn drop(&mut self) {
        if let Some(channel) = self.sender.as_ref().and_then(Sender::channel) {
            channel.release();
        }
    }
}

impl<T> fmt::Debug for OwnedPermit<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OwnedPermit").finish_non_exhaustive()
    }
}
