//! Sending and receiving with a time limit: the operation is polled first, then a timer; when that is done, the
//! operation gives up. Any future is a timer; knows no clock.

#![forbid(unsafe_code)]

use alloc::boxed::Box;
use core::fmt;
use core::future::Future;
use core::mem;
use core::pin::Pin;
use core::task::{Context, Poll, ready};

use futures_core::FusedFuture;

use super::debug;
use super::recv::Recv;
use super::send::Send;
use crate::error::{RecvTimeoutError, SendTimeoutError, Sent};

/// A timer that is pinned when it is first needed. An operation that need not wait never touches it; one that waits
/// pays one allocation for it, and its future stays `Unpin` whatever the timer is.
enum Timer<F> {
    Unused(F),
    Running(Pin<Box<F>>),
    Spent,
}

impl<F: Future> Timer<F> {
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if let Timer::Unused(_) = self
            && let Timer::Unused(timer) = mem::replace(self, Timer::Spent)
        {
            *self = Timer::Running(Box::pin(timer));
        }
        if let Timer::Running(timer) = self {
            let _ = ready!(timer.as_mut().poll(cx));
            *self = Timer::Spent;
        }
        Poll::Ready(())
    }
}

/// Sends one message unless a timer is done first: the future of [`Sender::send_until`](crate::Sender::send_until).
///
/// # Cancel safety
///
/// As [`Send`]. A timeout is exact: the message comes back with it, or it was taken and the send is `Ok`.
///
/// # Panics
///
/// When it is polled after it was ready.
///
/// ```
/// use chan_core::{SendTimeoutError, future::SendUntil};
/// use futures_lite::future::{YieldNow, block_on, yield_now};
///
/// let (tx, rx) = chan_core::bounded(0);
/// let send: SendUntil<'_, u8, YieldNow> = tx.send_until(1, yield_now());
/// assert_eq!(block_on(send), Err(SendTimeoutError::Timeout(1)));
/// # drop(rx);
/// ```
#[must_use = "futures do nothing unless they are polled"]
pub struct SendUntil<'a, T, F> {
    send: Send<'a, T>,
    timer: Timer<F>,
}

impl<'a, T, F: Future> SendUntil<'a, T, F> {
    pub(crate) fn new(send: Send<'a, T>, timer: F) -> Self {
        SendUntil { send, timer: Timer::Unused(timer) }
    }
}

impl<T, F> SendUntil<'_, T, F> {
    /// Calls the send off and gives the message back, or says that it was taken; see [`Send::cancel`].
    ///
    /// ```
    /// let (tx, rx) = chan_core::bounded(0);
    /// let send = tx.send_until(1, std::future::pending::<()>());
    /// assert_eq!(send.cancel(), Ok(1));
    /// # drop(rx);
    /// ```
    pub fn cancel(self) -> Result<T, Sent> {
        self.send.cancel()
    }
}

impl<T, F: Future> Future for SendUntil<'_, T, F> {
    type Output = Result<(), SendTimeoutError<T>>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        // The send first: room and a timer that is done are `Ok`.
        if let Poll::Ready(result) = Pin::new(&mut this.send).poll(cx) {
            return Poll::Ready(result.map_err(Into::into));
        }
        ready!(this.timer.poll(cx));
        Poll::Ready(this.send.give_up())
    }
}

impl<T, F: Future> FusedFuture for SendUntil<'_, T, F> {
    fn is_terminated(&self) -> bool {
        self.send.is_terminated()
    }
}

// The timer is pinned in a box of its own.
impl<T, F> Unpin for SendUntil<'_, T, F> {}

impl<T, F> fmt::Debug for SendUntil<'_, T, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        debug(f, "SendUntil", self.send.is_terminated())
    }
}

/// Receives one message unless a timer is done first: the future of
/// [`Receiver::recv_until`](crate::Receiver::recv_until).
///
/// # Cancel safety
///
/// As [`Recv`]. A timeout took nothing.
///
/// # Panics
///
/// When it is polled after it was ready.
///
/// ```
/// use chan_core::{RecvTimeoutError, future::RecvUntil};
/// use futures_lite::future::{YieldNow, block_on, yield_now};
///
/// let (tx, rx) = chan_core::bounded::<u8>(0);
/// let recv: RecvUntil<'_, u8, YieldNow> = rx.recv_until(yield_now());
/// assert_eq!(block_on(recv), Err(RecvTimeoutError::Timeout));
/// # drop(tx);
/// ```
#[must_use = "futures do nothing unless they are polled"]
pub struct RecvUntil<'a, T, F> {
    recv: Recv<'a, T>,
    timer: Timer<F>,
}

impl<'a, T, F: Future> RecvUntil<'a, T, F> {
    pub(crate) fn new(recv: Recv<'a, T>, timer: F) -> Self {
        RecvUntil { recv, timer: Timer::Unused(timer) }
    }
}

impl<T, F: Future> Future for RecvUntil<'_, T, F> {
    type Output = Result<T, RecvTimeoutError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        if let Poll::Ready(result) = Pin::new(&mut this.recv).poll(cx) {
            return Poll::Ready(result.map_err(Into::into));
        }
        ready!(this.timer.poll(cx));
        Poll::Ready(this.recv.give_up())
    }
}

impl<T, F: Future> FusedFuture for RecvUntil<'_, T, F> {
    fn is_terminated(&self) -> bool {
        self.recv.is_terminated()
    }
}

// The timer is pinned in a box of its own.
impl<T, F> Unpin for RecvUntil<'_, T, F> {}

impl<T, F> fmt::Debug for RecvUntil<'_, T, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        debug(f, "RecvUntil", self.recv.is_terminated())
    }
}
