//! Waiting for the close, as a future. Takes nothing, asks no manners, and stays ready once it was.

#![forbid(unsafe_code)]

use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, Waker, ready};

use futures_core::FusedFuture;

use super::debug;
use crate::case::{Operation, Status, Turn, sealed::Sealed};
use crate::channel::{Channel, ClosedState};
use crate::manners::Manners;

/// Waits until the channel is closed: the future of [`Sender::closed`](crate::Sender::closed) and
/// [`Receiver::closed`](crate::Receiver::closed).
///
/// # Cancel safety
///
/// Nothing is lost when it is dropped; a new one sees the same. It may be polled after it was ready: it stays ready.
///
/// # In a select
///
/// Ready when the channel is closed, beside what is still queued. In a select with `complete` it is not disabled by the
/// close, which is what it waits for, but by having said so: a new one in each turn says it in each turn, so keep one
/// and give it by `&mut`, or guard it.
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
    /// It was ready.
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

impl<T> Sealed for Closed<'_, T> {}

impl<T> Operation for Closed<'_, T> {
    type Output = ();

    /// Open until it has said so.
    fn status(&self) -> Status {
        match self.channel {
            _ if self.over => Status::Closed,
            Some(_) => Status::Open,
            None => Status::Nil,
        }
    }

    fn manners(&self) -> Option<&'static Manners> {
        None
    }

    fn offers(&self) -> bool {
        false
    }

    fn is_ready(&self) -> bool {
        self.over || self.channel.is_some_and(Channel::has_closed)
    }

    fn is_idle(&self) -> bool {
        !self.is_ready()
    }

    fn enter(&mut self) {}

    fn look(&mut self, _turn: &mut Turn, open_only: bool) -> Option<()> {
        self.attempt(open_only)
    }

    fn attempt(&mut self, open_only: bool) -> Option<()> {
        if self.over {
            return (!open_only).then_some(());
        }
        self.over = self.channel?.look_closed(&mut self.state);
        self.over.then_some(())
    }

    fn register(&mut self, _turn: &mut Turn, _case: usize, waker: &Waker) -> bool {
        if let (Some(channel), false) = (self.channel, self.over) {
            channel.register_closed(&mut self.state, waker);
        }
        self.is_ready()
    }

    fn announce(&mut self, _turn: &mut Turn) -> bool {
        false
    }

    fn taken(&mut self) {
        unreachable!("waiting for the close offers nothing")
    }

    fn withdraw(&mut self) {
        if let (Some(channel), false) = (self.channel, self.over) {
            channel.cancel_closed(&mut self.state);
        }
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
