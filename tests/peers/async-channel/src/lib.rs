//! Our channels under async-channel's names. What has the same name is the same thing; written here is only what the
//! peer has besides: a receiver that is a stream itself, and `force_send`.

use std::ops::Deref;
use std::pin::Pin;
use std::task::{Context, Poll};

use chan_core::stream::IntoStream;
use futures_core::Stream;

pub use chan_core::future::{Closed, Recv, Send};
pub use chan_core::{RecvError, SendError, TryRecvError, TrySendError, WeakReceiver, WeakSender};

/// `chan_core::bounded`.
pub fn bounded<T>(capacity: usize) -> (Sender<T>, Receiver<T>) {
    named(chan_core::bounded(capacity))
}

/// `chan_core::unbounded`.
pub fn unbounded<T>() -> (Sender<T>, Receiver<T>) {
    named(chan_core::unbounded())
}

fn named<T>((sender, receiver): (chan_core::Sender<T>, chan_core::Receiver<T>)) -> (Sender<T>, Receiver<T>) {
    (Sender { sender, oldest: receiver.downgrade() }, Receiver(receiver.into_stream()))
}

/// `chan_core::Sender`, with `force_send`.
#[derive(Debug)]
pub struct Sender<T> {
    sender: chan_core::Sender<T>,
    /// Where `force_send` finds the oldest message.
    oldest: WeakReceiver<T>,
}

impl<T> Clone for Sender<T> {
    fn clone(&self) -> Self {
        Sender { sender: self.sender.clone(), oldest: self.oldest.clone() }
    }
}

impl<T> Deref for Sender<T> {
    type Target = chan_core::Sender<T>;

    fn deref(&self) -> &Self::Target {
        &self.sender
    }
}

impl<T> Sender<T> {
    /// Sends; in a full channel, in place of the oldest message, which it gives back.
    ///
    /// We have no such operation. This is a receive and a send, between which another sender may come; it is then asked
    /// to make room as well.
    ///
    /// # Errors
    ///
    /// The message, on a closed channel.
    pub fn force_send(&self, mut message: T) -> Result<Option<T>, SendError<T>> {
        let mut replaced = None;
        loop {
            match self.sender.try_send(message) {
                Ok(()) => return Ok(replaced),
                Err(TrySendError::Closed(message)) => return Err(SendError(message)),
                Err(TrySendError::Full(back)) => message = back,
            }
            if let Some(receiver) = self.oldest.upgrade() {
                replaced = receiver.try_recv().ok().or(replaced);
            }
        }
    }
}

/// `chan_core::Receiver`, and its stream.
#[derive(Debug)]
pub struct Receiver<T>(IntoStream<T>);

impl<T> Clone for Receiver<T> {
    fn clone(&self) -> Self {
        Receiver(self.0.receiver().clone().into_stream())
    }
}

impl<T> Deref for Receiver<T> {
    type Target = chan_core::Receiver<T>;

    fn deref(&self) -> &Self::Target {
        self.0.receiver()
    }
}

impl<T> Stream for Receiver<T> {
    type Item = T;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T>> {
        Pin::new(&mut self.0).poll_next(cx)
    }
}
