//! What an operation says when it did not happen. A failed send holds the message; nothing here needs `T: Debug`.

#![forbid(unsafe_code)]

use core::error::Error;
use core::fmt;

/// The channel is closed; the message comes back.
///
/// Given by [`Sender::send`](crate::Sender::send) and `send_blocking`.
///
/// ```
/// use chan_core::{SendError, bounded};
///
/// let (tx, rx) = bounded(1);
/// drop(rx);
/// let error = futures_lite::future::block_on(tx.send("news")).unwrap_err();
/// assert_eq!(error, SendError("news"));
/// assert_eq!(error.into_inner(), "news");
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct SendError<T>(
    /// The message that was not sent.
    pub T,
);

/// Why [`Sender::try_send`](crate::Sender::try_send) did not send; the message comes back.
///
/// ```
/// use chan_core::{TrySendError, bounded};
///
/// let (tx, rx) = bounded(1);
/// tx.try_send(1).unwrap();
/// assert_eq!(tx.try_send(2), Err(TrySendError::Full(2)));
/// drop(rx);
/// assert_eq!(tx.try_send(3), Err(TrySendError::Closed(3)));
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum TrySendError<T> {
    /// There was no room (at capacity 0: no receive was waiting). Trying later may succeed.
    Full(T),
    /// The channel is closed. Trying again is useless.
    Closed(T),
}

/// Why a send with a time limit did not send; the message comes back.
///
/// Given by [`Sender::send_until`](crate::Sender::send_until), `send_timeout_blocking` and `send_deadline_blocking`.
///
/// ```
/// use chan_core::{SendTimeoutError, bounded};
///
/// let (tx, rx) = bounded(0);
/// let timer = std::future::ready(()); // already done
/// let error = futures_lite::future::block_on(tx.send_until(7, timer)).unwrap_err();
/// assert_eq!(error, SendTimeoutError::Timeout(7));
/// # drop(rx);
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum SendTimeoutError<T> {
    /// The time was up first, and the message has not been taken.
    Timeout(T),
    /// The channel is closed.
    Closed(T),
}

/// The channel is closed and everything that was sent has been received.
///
/// Given by [`Receiver::recv`](crate::Receiver::recv) and `recv_blocking`.
///
/// ```
/// use chan_core::{RecvError, bounded};
///
/// let (tx, rx) = bounded(1);
/// tx.try_send(1).unwrap();
/// drop(tx);
/// futures_lite::future::block_on(async {
///     assert_eq!(rx.recv().await, Ok(1));
///     assert_eq!(rx.recv().await, Err(RecvError));
/// });
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecvError;

/// Why [`Receiver::try_recv`](crate::Receiver::try_recv) got nothing.
///
/// ```
/// use chan_core::{TryRecvError, unbounded};
///
/// let (tx, rx) = unbounded::<u8>();
/// assert_eq!(rx.try_recv(), Err(TryRecvError::Empty));
/// drop(tx);
/// assert_eq!(rx.try_recv(), Err(TryRecvError::Closed));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TryRecvError {
    /// Nothing was there. It may be answered while a send that began earlier has not finished; and by a closed channel,
    /// while a permit is out.
    Empty,
    /// The channel is closed and everything that was sent has been received.
    Closed,
}

/// Why a receive with a time limit got nothing.
///
/// Given by [`Receiver::recv_until`](crate::Receiver::recv_until), `recv_timeout_blocking` and
/// `recv_deadline_blocking`.
///
/// ```
/// use chan_core::{RecvTimeoutError, unbounded};
///
/// let (tx, rx) = unbounded::<u8>();
/// let timer = std::future::ready(()); // already done
/// let error = futures_lite::future::block_on(rx.recv_until(timer)).unwrap_err();
/// assert_eq!(error, RecvTimeoutError::Timeout);
/// # drop(tx);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecvTimeoutError {
    /// The time was up first.
    Timeout,
    /// The channel is closed and everything that was sent has been received.
    Closed,
}

/// A send could not be called off: the message was taken.
///
/// Given by [`Send::cancel`](crate::future::Send::cancel).
///
/// ```
/// use chan_core::{Sent, unbounded};
///
/// let (tx, rx) = unbounded();
/// let mut send = tx.send(1);
/// futures_lite::future::block_on(&mut send).unwrap();
/// assert_eq!(send.cancel(), Err(Sent));
/// # drop(rx);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sent;

impl<T> SendError<T> {
    /// The message that was not sent.
    ///
    /// ```
    /// assert_eq!(chan_core::SendError(1).into_inner(), 1);
    /// ```
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> TrySendError<T> {
    /// The message that was not sent.
    ///
    /// ```
    /// use chan_core::TrySendError;
    ///
    /// assert_eq!(TrySendError::Full(1).into_inner(), 1);
    /// assert_eq!(TrySendError::Closed(2).into_inner(), 2);
    /// ```
    pub fn into_inner(self) -> T {
        match self {
            TrySendError::Full(message) | TrySendError::Closed(message) => message,
        }
    }

    /// Whether there was no room.
    ///
    /// ```
    /// use chan_core::TrySendError;
    ///
    /// assert!(TrySendError::Full(1).is_full());
    /// assert!(!TrySendError::Closed(1).is_full());
    /// ```
    pub fn is_full(&self) -> bool {
        matches!(self, TrySendError::Full(_))
    }

    /// Whether the channel is closed.
    ///
    /// ```
    /// use chan_core::TrySendError;
    ///
    /// assert!(TrySendError::Closed(1).is_closed());
    /// assert!(!TrySendError::Full(1).is_closed());
    /// ```
    pub fn is_closed(&self) -> bool {
        matches!(self, TrySendError::Closed(_))
    }
}

impl<T> SendTimeoutError<T> {
    /// The message that was not sent.
    ///
    /// ```
    /// use chan_core::SendTimeoutError;
    ///
    /// assert_eq!(SendTimeoutError::Timeout(1).into_inner(), 1);
    /// assert_eq!(SendTimeoutError::Closed(2).into_inner(), 2);
    /// ```
    pub fn into_inner(self) -> T {
        match self {
            SendTimeoutError::Timeout(message) | SendTimeoutError::Closed(message) => message,
        }
    }

    /// Whether the time was up.
    ///
    /// ```
    /// use chan_core::SendTimeoutError;
    ///
    /// assert!(SendTimeoutError::Timeout(1).is_timeout());
    /// assert!(!SendTimeoutError::Closed(1).is_timeout());
    /// ```
    pub fn is_timeout(&self) -> bool {
        matches!(self, SendTimeoutError::Timeout(_))
    }

    /// Whether the channel is closed.
    ///
    /// ```
    /// use chan_core::SendTimeoutError;
    ///
    /// assert!(SendTimeoutError::Closed(1).is_closed());
    /// assert!(!SendTimeoutError::Timeout(1).is_closed());
    /// ```
    pub fn is_closed(&self) -> bool {
        matches!(self, SendTimeoutError::Closed(_))
    }
}

impl TryRecvError {
    /// Whether nothing was there.
    ///
    /// ```
    /// use chan_core::TryRecvError;
    ///
    /// assert!(TryRecvError::Empty.is_empty());
    /// assert!(!TryRecvError::Closed.is_empty());
    /// ```
    pub fn is_empty(&self) -> bool {
        matches!(self, TryRecvError::Empty)
    }

    /// Whether the channel is closed and drained.
    ///
    /// ```
    /// use chan_core::TryRecvError;
    ///
    /// assert!(TryRecvError::Closed.is_closed());
    /// assert!(!TryRecvError::Empty.is_closed());
    /// ```
    pub fn is_closed(&self) -> bool {
        matches!(self, TryRecvError::Closed)
    }
}

impl RecvTimeoutError {
    /// Whether the time was up.
    ///
    /// ```
    /// use chan_core::RecvTimeoutError;
    ///
    /// assert!(RecvTimeoutError::Timeout.is_timeout());
    /// assert!(!RecvTimeoutError::Closed.is_timeout());
    /// ```
    pub fn is_timeout(&self) -> bool {
        matches!(self, RecvTimeoutError::Timeout)
    }

    /// Whether the channel is closed and drained.
    ///
    /// ```
    /// use chan_core::RecvTimeoutError;
    ///
    /// assert!(RecvTimeoutError::Closed.is_closed());
    /// assert!(!RecvTimeoutError::Timeout.is_closed());
    /// ```
    pub fn is_closed(&self) -> bool {
        matches!(self, RecvTimeoutError::Closed)
    }
}

impl<T> From<SendError<T>> for TrySendError<T> {
    fn from(SendError(message): SendError<T>) -> Self {
        TrySendError::Closed(message)
    }
}

impl<T> From<SendError<T>> for SendTimeoutError<T> {
    fn from(SendError(message): SendError<T>) -> Self {
        SendTimeoutError::Closed(message)
    }
}

impl From<RecvError> for TryRecvError {
    fn from(_: RecvError) -> Self {
        TryRecvError::Closed
    }
}

impl From<RecvError> for RecvTimeoutError {
    fn from(_: RecvError) -> Self {
        RecvTimeoutError::Closed
    }
}

// `Debug` by hand: it must not ask for `T: Debug`.
impl<T> fmt::Debug for SendError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SendError(..)")
    }
}

impl<T> fmt::Debug for TrySendError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            TrySendError::Full(_) => "Full(..)",
            TrySendError::Closed(_) => "Closed(..)",
        })
    }
}

impl<T> fmt::Debug for SendTimeoutError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            SendTimeoutError::Timeout(_) => "Timeout(..)",
            SendTimeoutError::Closed(_) => "Closed(..)",
        })
    }
}

const SEND_CLOSED: &str = "sending on a closed channel";
const RECV_CLOSED: &str = "receiving on a closed and drained channel";

impl<T> fmt::Display for SendError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(SEND_CLOSED)
    }
}

impl<T> fmt::Display for TrySendError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            TrySendError::Full(_) => "sending on a full channel",
            TrySendError::Closed(_) => SEND_CLOSED,
        })
    }
}

impl<T> fmt::Display for SendTimeoutError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            SendTimeoutError::Timeout(_) => "timed out while sending on a channel",
            SendTimeoutError::Closed(_) => SEND_CLOSED,
        })
    }
}

impl fmt::Display for RecvError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(RECV_CLOSED)
    }
}

impl fmt::Display for TryRecvError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            TryRecvError::Empty => "receiving on an empty channel",
            TryRecvError::Closed => RECV_CLOSED,
        })
    }
}

impl fmt::Display for RecvTimeoutError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            RecvTimeoutError::Timeout => "timed out while receiving on a channel",
            RecvTimeoutError::Closed => RECV_CLOSED,
        })
    }
}

impl fmt::Display for Sent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the message was taken")
    }
}

impl<T> Error for SendError<T> {}
impl<T> Error for TrySendError<T> {}
impl<T> Error for SendTimeoutError<T> {}
impl Error for RecvError {}
impl Error for TryRecvError {}
impl Error for RecvTimeoutError {}
impl Error for Sent {}
