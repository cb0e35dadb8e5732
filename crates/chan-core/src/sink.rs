//! Sending as a `Sink`: one send operation at a time, so that a sink that waits keeps its place between polls.

#![forbid(unsafe_code)]

use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll, ready};

use futures_sink::Sink;

use crate::channel::{Channel, SendState};
use crate::error::SendError;
use crate::future::under;
use crate::sender::Sender;

impl<T> Sender<T> {
    /// A sink that sends each item as [`send`](Self::send) does.
    ///
    /// It holds one item beside the channel: `start_send` takes it in, `poll_ready` and `poll_flush` send it, waiting
    /// for room; at capacity 0 until a receiver has taken it. `poll_close` flushes and ends the sink, the channel stays
    /// open. An item that cannot be sent comes back in the error.
    ///
    /// # Cancel safety
    ///
    /// A pending poll keeps the item in the sink. Dropping the sink drops an item that was not flushed, as
    /// [`send`](Self::send) does.
    ///
    /// ```
    /// use futures_sink::Sink;
    /// use std::{future::poll_fn, pin::Pin};
    ///
    /// let (tx, rx) = chan_core::bounded(2);
    /// futures_lite::future::block_on(async {
    ///     let mut sink = tx.sink();
    ///     for i in 1..=2 {
    ///         poll_fn(|cx| Pin::new(&mut sink).poll_ready(cx)).await.unwrap();
    ///         Pin::new(&mut sink).start_send(i).unwrap();
    ///     }
    ///     poll_fn(|cx| Pin::new(&mut sink).poll_flush(cx)).await.unwrap();
    /// });
    /// assert_eq!(rx.drain().collect::<Vec<_>>(), [1, 2]);
    /// ```
    pub fn sink(&self) -> SendSink<'_, T> {
        SendSink { channel: self.link().channel(), slot: Slot::Empty }
    }

    /// As [`sink`](Self::sink), with the handle inside; it may be sent anywhere. `poll_close` also drops the handle.
    ///
    /// # Cancel safety
    ///
    /// As [`sink`](Self::sink); dropping it also drops the handle.
    ///
    /// ```
    /// use futures_sink::Sink;
    /// use std::{future::poll_fn, pin::Pin};
    ///
    /// let (tx, rx) = chan_core::bounded(1);
    /// futures_lite::future::block_on(async {
    ///     let mut sink = tx.into_sink();
    ///     poll_fn(|cx| Pin::new(&mut sink).poll_ready(cx)).await.unwrap();
    ///     Pin::new(&mut sink).start_send(1).unwrap();
    ///     poll_fn(|cx| Pin::new(&mut sink).poll_close(cx)).await.unwrap();
    /// });
    /// assert!(rx.is_closed()); // it was the last sender
    /// assert_eq!(rx.try_recv(), Ok(1));
    /// ```
    pub fn into_sink(self) -> IntoSink<T> {
        IntoSink { sender: Some(self), slot: Slot::Empty }
    }
}

/// Sends items, borrowed: see [`Sender::sink`].
///
/// ```
/// use chan_core::sink::SendSink;
///
/// let (tx, rx) = chan_core::unbounded();
/// let sink: SendSink<'_, u8> = tx.sink();
/// drop(sink);
/// assert!(!rx.is_closed()); // only borrowed
/// # drop(tx);
/// ```
pub struct SendSink<'a, T> {
    channel: Option<&'a Channel<T>>,
    slot: Slot<T>,
}

/// Sends items, with the handle inside: see [`Sender::into_sink`].
///
/// ```
/// use chan_core::sink::IntoSink;
///
/// let (tx, rx) = chan_core::unbounded();
/// let sink: IntoSink<u8> = tx.into_sink();
/// drop(sink); // the last sender
/// assert!(rx.is_closed());
/// ```
pub struct IntoSink<T> {
    /// `None`: the sink has been closed.
    sender: Option<Sender<T>>,
    slot: Slot<T>,
}

/// The one item on its way.
enum Slot<T> {
    Empty,
    Sending(SendState<T>),
    /// The sink has been closed.
    Closed,
}

impl<T> Slot<T> {
    /// Sends what is on its way.
    fn poll_flush(&mut self, channel: Option<&Channel<T>>, cx: &mut Context<'_>) -> Poll<Result<(), SendError<T>>> {
        let Slot::Sending(state) = self else {
            return Poll::Ready(Ok(()));
        };
        let Some(channel) = channel else {
            return Poll::Pending;
        };
        let result = ready!(under(channel.manners(), cx, |cx| channel.poll_send(state, cx)));
        *self = Slot::Empty;
        Poll::Ready(result)
    }

    fn start(&mut self, item: T) -> Result<(), SendError<T>> {
        match self {
            Slot::Empty => {
                *self = Slot::Sending(SendState::new(item));
                Ok(())
            }
            Slot::Sending(_) => panic!("`start_send` without a `poll_ready` that was ready"),
            Slot::Closed => Err(SendError(item)),
        }
    }

    /// Takes the item back from the channel, and drops it.
    fn cancel(&mut self, channel: Option<&Channel<T>>) {
        if let (Slot::Sending(state), Some(channel)) = (self, channel) {
            drop(channel.cancel_send(state));
        }
    }
}

impl<T> Sink<T> for SendSink<'_, T> {
    type Error = SendError<T>;

    fn poll_ready(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), SendError<T>>> {
        self.poll_flush(cx)
    }

    fn start_send(self: Pin<&mut Self>, item: T) -> Result<(), SendError<T>> {
        self.get_mut().slot.start(item)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), SendError<T>>> {
        let this = self.get_mut();
        this.slot.poll_flush(this.channel, cx)
    }

    fn poll_close(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), SendError<T>>> {
        let this = self.get_mut();
        let result = ready!(this.slot.poll_flush(this.channel, cx));
        this.slot = Slot::Closed;
        Poll::Ready(result)
    }
}

impl<T> IntoSink<T> {
    fn parts(&mut self) -> (&mut Slot<T>, Option<&Channel<T>>) {
        (&mut self.slot, self.sender.as_ref().and_then(|sender| sender.link().channel()))
    }
}

impl<T> Sink<T> for IntoSink<T> {
    type Error = SendError<T>;

    fn poll_ready(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), SendError<T>>> {
        self.poll_flush(cx)
    }

    fn start_send(self: Pin<&mut Self>, item: T) -> Result<(), SendError<T>> {
        self.get_mut().slot.start(item)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), SendError<T>>> {
        let (slot, channel) = self.get_mut().parts();
        slot.poll_flush(channel, cx)
    }

    fn poll_close(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), SendError<T>>> {
        let this = self.get_mut();
        let (slot, channel) = this.parts();
        let result = ready!(slot.poll_flush(channel, cx));
        this.slot = Slot::Closed;
        this.sender = None;
        Poll::Ready(result)
    }
}

impl<T> Drop for SendSink<'_, T> {
    fn drop(&mut self) {
        self.slot.cancel(self.channel);
    }
}

impl<T> Drop for IntoSink<T> {
    fn drop(&mut self) {
        let (slot, channel) = self.parts();
        slot.cancel(channel);
    }
}

// The item is never pinned: it moves into the channel.
impl<T> Unpin for SendSink<'_, T> {}
impl<T> Unpin for IntoSink<T> {}

impl<T> fmt::Debug for Slot<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Slot::Empty => "Empty",
            Slot::Sending(_) => "Sending(..)",
            Slot::Closed => "Closed",
        })
    }
}

impl<T> fmt::Debug for SendSink<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SendSink").field("slot", &self.slot).finish_non_exhaustive()
    }
}

impl<T> fmt::Debug for IntoSink<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IntoSink").field("sender", &self.sender).field("slot", &self.slot).finish()
    }
}
