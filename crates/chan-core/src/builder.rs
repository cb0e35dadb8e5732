//! Making channels.

#![forbid(unsafe_code)]

use crate::channel::Channel;
use crate::link::Link;
use crate::manners::Manners;
use crate::receiver::Receiver;
use crate::sender::Sender;

/// Makes a channel that holds up to `capacity` messages; with 0, each message passes from hand to hand (a rendezvous).
///
/// Go's `make(chan T, n)`; [`bounded`] is the same under its Rust name.
///
/// # Panics
///
/// When the capacity is too large to be counted or allocated; the message names it.
///
/// ```
/// let (tx, rx) = chan_core::chan(2);
/// assert_eq!(tx.try_send("a"), Ok(()));
/// assert_eq!(tx.try_send("b"), Ok(()));
/// assert!(tx.try_send("c").unwrap_err().is_full());
/// assert_eq!(rx.try_recv(), Ok("a"));
///
/// let (tx, rx) = chan_core::chan(0);
/// assert!(tx.try_send("hello").unwrap_err().is_full()); // nobody holds out a hand
/// # drop(rx);
/// ```
#[track_caller]
pub fn chan<T>(capacity: usize) -> (Sender<T>, Receiver<T>) {
    Builder::bounded(capacity).build()
}

/// Makes a channel that holds up to `capacity` messages; with 0, each message passes from hand to hand (a rendezvous).
///
/// The same as [`chan`].
///
/// # Panics
///
/// When the capacity is too large to be counted or allocated; the message names it.
///
/// ```
/// let (tx, rx) = chan_core::bounded(1);
/// assert_eq!(tx.capacity(), Some(1));
/// assert_eq!(tx.try_send('x'), Ok(()));
/// assert!(tx.try_send('y').unwrap_err().is_full());
/// # drop(rx);
/// ```
#[track_caller]
pub fn bounded<T>(capacity: usize) -> (Sender<T>, Receiver<T>) {
    Builder::bounded(capacity).build()
}

/// Makes a channel that holds any number of messages; sending never waits.
///
/// A receiver that falls behind costs memory: prefer a bounded channel where the sender can wait.
///
/// ```
/// let (tx, rx) = chan_core::unbounded();
/// for i in 0..1000 {
///     assert_eq!(tx.try_send(i), Ok(()));
/// }
/// assert_eq!((rx.len(), rx.capacity()), (1000, None));
/// ```
pub fn unbounded<T>() -> (Sender<T>, Receiver<T>) {
    Builder::unbounded().build()
}

/// Makes a pair that is never ready, as Go's nil channel: put in the place of a channel, it disables its cases in a
/// select.
///
/// Sends and receives wait for ever (also the blocking ones), `try_send` says `Full`, `try_recv` says `Empty`. `len` is
/// 0 and so is the capacity; `close` does nothing and returns `false`, `is_closed` is `false` and `closed()` waits for
/// ever. It keeps no counts: `sender_count` and `receiver_count` say 1. All nil channels of one type are the
/// [same channel](Sender::same_channel). Nothing is allocated.
///
/// ```
/// use chan_core::{TryRecvError, TrySendError};
/// use futures_lite::future::{block_on, poll_once};
///
/// let (tx, rx) = chan_core::nil();
/// assert_eq!(tx.try_send(1), Err(TrySendError::Full(1)));
/// assert_eq!(rx.try_recv(), Err(TryRecvError::Empty));
/// assert!(block_on(poll_once(tx.send(1))).is_none());
/// assert!(block_on(poll_once(rx.recv())).is_none());
/// drop(tx);
/// assert!(!rx.close() && !rx.is_closed());
/// ```
pub fn nil<T>() -> (Sender<T>, Receiver<T>) {
    (Sender::new(Link::NIL), Receiver::new(Link::NIL))
}

/// Makes channels with more than a capacity to choose.
///
/// ```
/// let (tx, rx) = chan_core::Builder::bounded(8).build::<String>();
/// assert_eq!(rx.capacity(), Some(8));
/// # drop(tx);
/// ```
#[derive(Clone, Copy, Debug)]
#[must_use = "a builder makes nothing until `build` is called"]
pub struct Builder {
    /// `None`: unbounded.
    capacity: Option<usize>,
    manners: Option<&'static Manners>,
}

impl Builder {
    /// Starts a bounded channel; with capacity 0 a rendezvous. See [`bounded`].
    ///
    /// ```
    /// let (tx, rx) = chan_core::Builder::bounded(0).build::<u8>();
    /// assert_eq!(tx.capacity(), Some(0));
    /// # drop(rx);
    /// ```
    pub fn bounded(capacity: usize) -> Self {
        Builder { capacity: Some(capacity), manners: None }
    }

    /// Starts an unbounded channel. See [`unbounded`].
    ///
    /// ```
    /// let (tx, rx) = chan_core::Builder::unbounded().build::<u8>();
    /// assert_eq!(tx.capacity(), None);
    /// # drop(rx);
    /// ```
    pub fn unbounded() -> Self {
        Builder { capacity: None, manners: None }
    }

    /// Gives the channel a runtime's manners. For adapters; see [`Manners`].
    ///
    /// ```
    /// use chan_core::{Builder, Manners};
    ///
    /// static STRICT: Manners = Manners {
    ///     name: "strict",
    ///     proceed: |cx, poll| poll(cx),
    ///     check_blocking: || panic!("use `.recv().await` here"),
    /// };
    ///
    /// let (tx, rx) = Builder::unbounded().manners(&STRICT).build();
    /// tx.try_send(1).unwrap(); // never asked
    /// # #[cfg(feature = "std")]
    /// assert!(std::panic::catch_unwind(|| rx.recv_blocking()).is_err());
    /// ```
    pub fn manners(mut self, manners: &'static Manners) -> Self {
        self.manners = Some(manners);
        self
    }

    /// Makes the channel.
    ///
    /// # Panics
    ///
    /// When the capacity is too large to be counted or allocated; the message names it.
    ///
    /// ```
    /// let (tx, rx) = chan_core::Builder::bounded(1).build();
    /// tx.try_send(5).unwrap();
    /// assert_eq!(rx.try_recv(), Ok(5));
    /// ```
    #[track_caller]
    pub fn build<T>(self) -> (Sender<T>, Receiver<T>) {
        let channel = match self.capacity {
            Some(capacity) => Channel::bounded(capacity, self.manners),
            None => Channel::unbounded(self.manners),
        };
        let link = Link::counted(channel);
        (Sender::new(link.clone()), Receiver::new(link))
    }
}
