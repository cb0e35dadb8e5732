//! Receiving one message, as a future. Holds no message between polls: dropped, it only passes its wake-up on. What a
//! select does with it is in `select.rs`.

#![forbid(unsafe_code)]

use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};

use futures_core::FusedFuture;

use super::{debug, over, under};
use crate::channel::{Channel, RecvState};
use crate::error::{RecvError, RecvTimeoutError, TryRecvError};

/// Receives one message: the future of [`Receiver::recv`](crate::Receiver::recv).
///
/// # Cancel safety
///
/// Dropped before it is ready, it took nothing; a wake-up that it had and did not use goes to the next receive.
///
/// # Panics
///
/// When it is polled after it was ready.
///
/// ```
/// use chan_core::future::Recv;
///
/// let (tx, rx) = chan_core::bounded(1);
/// let recv: Recv<'_, &str> = rx.recv();
/// tx.try_send("it").unwrap();
/// assert_eq!(futures_lite::future::block_on(recv), Ok("it"));
/// ```
#[must_use = "futures do nothing unless they are polled"]
pub struct Recv<'a, T> {
    /// `None`: nil.
    pub(super) channel: Option<&'a Channel<T>>,
    pub(super) state: RecvState,
}

impl<'a, T> Recv<'a, T> {
    #[inline]
    pub(crate) fn new(channel: Option<&'a Channel<T>>) -> Self {
        Self::resumed(channel, RecvState::new())
    }

    /// A receive that may have waited before, as part of a stream.
    #[inline]
    pub(crate) fn resumed(channel: Option<&'a Channel<T>>, mut state: RecvState) -> Self {
        state.over = false;
        Recv { channel, state }
    }

    /// The operation, while it is not over; `None` also for nil.
    #[inline]
    pub(super) fn open(&mut self) -> Option<(&'a Channel<T>, &mut RecvState)> {
        match self.channel {
            Some(channel) if !self.state.over => Some((channel, &mut self.state)),
            _ => None,
        }
    }

    /// Its channel, while it is not over.
    #[inline]
    pub(super) fn open_channel(&self) -> Option<&'a Channel<T>> {
        self.channel.filter(|_| !self.state.over)
    }

    /// One poll that asks no manners.
    #[inline]
    pub(crate) fn poll_bare(&mut self, cx: &mut Context<'_>) -> Poll<Result<T, RecvError>> {
        if self.state.over {
            over("Recv");
        }
        let Some(channel) = self.channel else { return Poll::Pending };
        // Handed on as it is: a large message is not moved once more.
        let poll = channel.poll_recv(&mut self.state, cx);
        if poll.is_ready() {
            self.state.over = true;
        }
        poll
    }

    /// Ends the operation, with one last look: what a receive does whose time is up.
    pub(crate) fn give_up(&mut self) -> Result<T, RecvTimeoutError> {
        let Some((channel, state)) = self.open() else {
            return Err(RecvTimeoutError::Timeout);
        };
        let result = channel.try_recv();
        channel.cancel_recv(state);
        self.state.over = true;
        result.map_err(|error| match error {
            TryRecvError::Empty => RecvTimeoutError::Timeout,
            TryRecvError::Closed => RecvTimeoutError::Closed,
        })
    }
}

impl<T> Future for Recv<'_, T> {
    type Output = Result<T, RecvError>;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        under(this.open_channel().and_then(Channel::manners), cx, |cx| this.poll_bare(cx))
    }
}

impl<T> FusedFuture for Recv<'_, T> {
    fn is_terminated(&self) -> bool {
        self.state.over
    }
}

impl<T> Drop for Recv<'_, T> {
    #[inline]
    fn drop(&mut self) {
        if self.state.has_waited()
            && let Some((channel, state)) = self.open()
        {
            channel.cancel_recv(state);
        }
    }
}

impl<T> fmt::Debug for Recv<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        debug(f, "Recv", self.is_terminated())
    }
}
