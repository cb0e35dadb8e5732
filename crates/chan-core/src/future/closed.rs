//! Waiting for the close, as a future. Takes nothing, asks no manners, and stays ready once it was.

#![forbid(unsafe_code)]

use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, ready};

use futures_core::FusedFuture;

use super::debug;
use crate::channel::{Channel, ClosedState};

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
