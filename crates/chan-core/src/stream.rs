//! Receiving as a `Stream`: one receive operation, used again for each message, so that a stream that waits keeps its
//! place between polls.

#![forbid(unsafe_code)]

use core::fmt;
use core::mem;
use core::pin::Pin;
use core::task::{Context, Poll, ready};

use futures_core::{FusedStream, Stream};

use crate::channel::{Channel, RecvState};
use crate::future::{Next, under};
use crate::receiver::Receiver;

impl<T> Receiver<T> {
    /// The messages as a stream; it ends when the channel is closed and drained.
    ///
    /// Each item is received as by [`recv`](Self::recv). Several streams, and other receives, may run on one channel:
    /// each message goes to one of them. Fused: after its end it stays at its end. A nil channel's never ends.
    ///
    /// # Cancel safety
    ///
    /// A poll that is pending took nothing; dropping the stream leaves the messages in the channel.
    ///
    /// ```
    /// use futures_lite::{StreamExt, future::block_on};
    ///
    /// let (tx, rx) = chan_core::bounded(3);
    /// for i in 1..=3 {
    ///     tx.try_send(i).unwrap();
    /// }
    /// drop(tx);
    /// block_on(async {
    ///     let mut stream = rx.stream();
    ///     assert_eq!(stream.next().await, Some(1));
    ///     assert_eq!(stream.collect::<Vec<_>>().await, [2, 3]);
    /// });
    /// ```
    pub fn stream(&self) -> RecvStream<'_, T> {
        RecvStream { channel: self.link().channel(), state: RecvState::new(), ended: false }
    }

    /// As [`stream`](Self::stream), with the handle inside; it may be sent anywhere.
    ///
    /// # Cancel safety
    ///
    /// As [`stream`](Self::stream); dropping it also drops the handle.
    ///
    /// ```
    /// use futures_lite::{StreamExt, future::block_on};
    ///
    /// let (tx, rx) = chan_core::unbounded();
    /// let doubled = rx.into_stream().map(|i: u32| 2 * i);
    /// tx.try_send(1).unwrap();
    /// tx.try_send(2).unwrap();
    /// drop(tx);
    /// assert_eq!(block_on(doubled.collect::<Vec<_>>()), [2, 4]);
    /// ```
    pub fn into_stream(self) -> IntoStream<T> {
        IntoStream { receiver: self, state: RecvState::new(), ended: false }
    }
}

/// The messages of a channel, borrowed: see [`Receiver::stream`].
///
/// ```
/// use chan_core::stream::RecvStream;
/// use futures_lite::{StreamExt, future::block_on};
///
/// let (tx, rx) = chan_core::unbounded();
/// tx.try_send(1).unwrap();
/// let mut stream: RecvStream<'_, u8> = rx.stream();
/// assert_eq!(block_on(stream.next()), Some(1));
/// tx.close();
/// assert_eq!(block_on(stream.next()), None);
/// ```
#[must_use = "streams do nothing unless they are polled"]
pub struct RecvStream<'a, T> {
    channel: Option<&'a Channel<T>>,
    state: RecvState,
    ended: bool,
}

/// The messages of a channel, with the handle inside: see [`Receiver::into_stream`].
///
/// ```
/// use chan_core::stream::IntoStream;
/// use futures_lite::{StreamExt, future::block_on};
///
/// let (tx, rx) = chan_core::unbounded();
/// tx.try_send(1).unwrap();
/// let mut stream: IntoStream<u8> = rx.into_stream();
/// assert_eq!(block_on(stream.next()), Some(1));
/// drop(stream); // the last receiver
/// assert!(tx.is_closed());
/// ```
#[must_use = "streams do nothing unless they are polled"]
pub struct IntoStream<T> {
    receiver: Receiver<T>,
    state: RecvState,
    ended: bool,
}

impl<T> RecvStream<'_, T> {
    /// The next message; `None` when the channel is closed and drained.
    ///
    /// The `next` of the stream crates, but a channel operation: a native case of `select!`. It begins with the place
    /// among the waiting receives that the stream has, if it was polled before.
    ///
    /// # Cancel safety
    ///
    /// Dropped before it is ready, it took nothing; a wake-up that it had and did not use goes to the next receive.
    ///
    /// ```
    /// use futures_lite::future::block_on;
    ///
    /// let (tx, rx) = chan_core::bounded(1);
    /// let mut stream = rx.stream();
    /// tx.try_send(1).unwrap();
    /// tx.close();
    /// block_on(async {
    ///     assert_eq!(stream.next().await, Some(1));
    ///     assert_eq!(stream.next().await, None);
    ///     assert_eq!(stream.next().await, None);
    /// });
    /// ```
    // The name that every stream's `next` has.
    #[allow(clippy::should_implement_trait)]
    pub fn next(&mut self) -> Next<'_, T> {
        Next::new(self.channel, mem::take(&mut self.state), &mut self.ended)
    }
}

impl<T> IntoStream<T> {
    /// The next message; `None` when the channel is closed and drained. See [`RecvStream::next`].
    ///
    /// # Cancel safety
    ///
    /// As there.
    ///
    /// ```
    /// use futures_lite::future::block_on;
    ///
    /// let (tx, rx) = chan_core::bounded(1);
    /// let mut stream = rx.into_stream();
    /// tx.try_send(1).unwrap();
    /// assert_eq!(block_on(stream.next()), Some(1));
    /// ```
    // The name that every stream's `next` has.
    #[allow(clippy::should_implement_trait)]
    pub fn next(&mut self) -> Next<'_, T> {
        Next::new(self.receiver.link().channel(), mem::take(&mut self.state), &mut self.ended)
    }

    /// The handle inside, for everything else that a receiver can do.
    ///
    /// ```
    /// let (tx, rx) = chan_core::unbounded();
    /// let stream = rx.into_stream();
    /// tx.try_send(1).unwrap();
    /// assert_eq!(stream.receiver().len(), 1);
    /// ```
    pub fn receiver(&self) -> &Receiver<T> {
        &self.receiver
    }
}

fn poll_next<T>(
    channel: Option<&Channel<T>>,
    state: &mut RecvState,
    ended: &mut bool,
    cx: &mut Context<'_>,
) -> Poll<Option<T>> {
    if *ended {
        return Poll::Ready(None);
    }
    let Some(channel) = channel else {
        return Poll::Pending;
    };
    let result = ready!(under(channel.manners(), cx, |cx| channel.poll_recv(state, cx)));
    *ended = result.is_err();
    Poll::Ready(result.ok())
}

/// What is there at least; nothing is known of the end.
fn size_hint<T>(channel: Option<&Channel<T>>, ended: bool) -> (usize, Option<usize>) {
    let over = ended || channel.is_some_and(Channel::is_drained);
    // Other receivers may take everything: no lower bound can be promised.
    (0, over.then_some(0))
}

impl<T> Stream for RecvStream<'_, T> {
    type Item = T;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T>> {
        let this = self.get_mut();
        poll_next(this.channel, &mut this.state, &mut this.ended, cx)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        size_hint(self.channel, self.ended)
    }
}

impl<T> Stream for IntoStream<T> {
    type Item = T;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T>> {
        let this = self.get_mut();
        poll_next(this.receiver.link().channel(), &mut this.state, &mut this.ended, cx)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        size_hint(self.receiver.link().channel(), self.ended)
    }
}

impl<T> FusedStream for RecvStream<'_, T> {
    fn is_terminated(&self) -> bool {
        self.ended
    }
}

impl<T> FusedStream for IntoStream<T> {
    fn is_terminated(&self) -> bool {
        self.ended
    }
}

impl<T> Drop for RecvStream<'_, T> {
    fn drop(&mut self) {
        if let Some(channel) = self.channel {
            channel.cancel_recv(&mut self.state);
        }
    }
}

impl<T> Drop for IntoStream<T> {
    fn drop(&mut self) {
        if let Some(channel) = self.receiver.link().channel() {
            channel.cancel_recv(&mut self.state);
        }
    }
}

impl<T> fmt::Debug for RecvStream<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecvStream").field("ended", &self.ended).finish_non_exhaustive()
    }
}

impl<T> fmt::Debug for IntoStream<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IntoStream")
            .field("receiver", &self.receiver)
            .field("ended", &self.ended)
            .finish_non_exhaustive()
    }
}
