//! Sending one message, as a future. Knows whether the message is still its own, and gives it back when it is called
//! off; what a select does with it is in `select.rs`.

#![forbid(unsafe_code)]

use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};

use futures_core::FusedFuture;

use super::{Step, debug, over, under};
use crate::channel::{Channel, SendState};
use crate::error::{SendError, SendTimeoutError, Sent, TrySendError};

/// Sends one message: the future of [`Sender::send`](crate::Sender::send).
///
/// # Cancel safety
///
/// Dropped before it is ready, it has sent nothing. At capacity 0 it may have been received in the very moment: the
/// message was then either withdrawn (and is dropped with the future) or received, exactly once. Use
/// [`cancel`](Self::cancel) to get it back, or to learn that it was taken.
///
/// # Panics
///
/// When it is polled after it was ready.
///
/// ```
/// use chan_core::{SendError, future::Send};
///
/// let (tx, rx) = chan_core::bounded(1);
/// let send: Send<'_, &str> = tx.send("it");
/// assert!(rx.is_empty()); // not polled yet
/// futures_lite::future::block_on(send)?;
/// assert_eq!(rx.try_recv(), Ok("it"));
/// # Ok::<(), SendError<&str>>(())
/// ```
#[must_use = "futures do nothing unless they are polled"]
pub struct Send<'a, T> {
    // Plain fields and no enum around them: a future is made in one place and moved to another before its first poll,
    // and compilers move an enum in pieces that do not fit those it was written in, which stalls the processor.
    /// `None`: nil.
    pub(super) channel: Option<&'a Channel<T>>,
    pub(super) state: SendState<T>,
    pub(super) step: Step,
}

impl<'a, T> Send<'a, T> {
    #[inline]
    pub(crate) fn new(channel: Option<&'a Channel<T>>, message: T) -> Self {
        Send { channel, state: SendState::new(message), step: Step::Open }
    }

    /// A send whose message is lent to it for each step.
    #[inline]
    pub(super) fn without_message(channel: Option<&'a Channel<T>>) -> Self {
        Send { channel, state: SendState::empty(), step: Step::Open }
    }

    #[inline]
    pub(super) fn lend(&mut self, message: T) {
        self.state.put_value(message);
    }

    /// The message that was lent, unless it is offered or gone.
    #[inline]
    pub(super) fn hand_back(&mut self) -> Option<T> {
        self.state.take_value()
    }

    /// The operation, while it is not over; `None` also for nil.
    #[inline]
    pub(super) fn open(&mut self) -> Option<(&'a Channel<T>, &mut SendState<T>)> {
        match self.channel {
            Some(channel) if self.step == Step::Open => Some((channel, &mut self.state)),
            _ => None,
        }
    }

    /// Its channel, while it is not over.
    #[inline]
    pub(super) fn open_channel(&self) -> Option<&'a Channel<T>> {
        self.channel.filter(|_| self.step == Step::Open)
    }

    /// Calls the send off and gives the message back, or says that it was taken.
    ///
    /// Never waits. `Err(Sent)` also after the future was ready. Unlike a drop this is exact at every capacity.
    ///
    /// ```
    /// use chan_core::{Sent, bounded};
    /// use futures_lite::future::{block_on, poll_once};
    ///
    /// let (tx, rx) = bounded(0);
    /// let mut send = tx.send("parcel");
    /// assert!(block_on(poll_once(&mut send)).is_none()); // offered, nobody there
    /// assert_eq!(send.cancel(), Ok("parcel"));
    ///
    /// let mut send = tx.send("parcel");
    /// assert!(block_on(poll_once(&mut send)).is_none());
    /// assert_eq!(rx.try_recv(), Ok("parcel"));
    /// assert_eq!(send.cancel(), Err(Sent));
    /// ```
    pub fn cancel(mut self) -> Result<T, Sent> {
        self.take_back()
    }

    /// Ends the operation; the message, unless it is gone.
    pub(crate) fn take_back(&mut self) -> Result<T, Sent> {
        let message = match self.open() {
            Some((channel, state)) => channel.cancel_send(state),
            // Nil; or there is none any more.
            None => self.state.take_value(),
        };
        self.step = Step::Over;
        message.ok_or(Sent)
    }

    /// Ends the operation, with one last look where there is a buffer: what a send does whose time is up. (At capacity
    /// 0 its offer stood until now.) The poll before may have let an overtaken send go first.
    pub(crate) fn give_up(&mut self) -> Result<(), SendTimeoutError<T>> {
        let channel = self.open_channel().filter(|channel| !channel.offers());
        match (self.take_back(), channel) {
            (Err(Sent), _) => Ok(()),
            (Ok(message), None) => Err(SendTimeoutError::Timeout(message)),
            (Ok(message), Some(channel)) => channel.try_send(message).map_err(|error| match error {
                TrySendError::Full(message) => SendTimeoutError::Timeout(message),
                TrySendError::Closed(message) => SendTimeoutError::Closed(message),
            }),
        }
    }

    /// One poll that asks no manners.
    #[inline]
    pub(crate) fn poll_bare(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), SendError<T>>> {
        match self.step {
            Step::Open => {
                let Some(channel) = self.channel else { return Poll::Pending };
                // Handed on as it is: a large message is not moved once more.
                let poll = channel.poll_send(&mut self.state, cx);
                if poll.is_ready() {
                    self.step = Step::Over;
                }
                poll
            }
            Step::Taken => {
                self.step = Step::Over;
                Poll::Ready(Ok(()))
            }
            Step::Over => over("Send"),
        }
    }
}

impl<T> Future for Send<'_, T> {
    type Output = Result<(), SendError<T>>;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        under(this.open_channel().and_then(Channel::manners), cx, |cx| this.poll_bare(cx))
    }
}

impl<T> FusedFuture for Send<'_, T> {
    fn is_terminated(&self) -> bool {
        self.step == Step::Over
    }
}

impl<T> Drop for Send<'_, T> {
    #[inline]
    fn drop(&mut self) {
        // What never waited has nothing but its message, which goes with it.
        if self.state.has_waited()
            && let Some((channel, state)) = self.open()
        {
            drop(channel.cancel_send(state));
        }
    }
}

// The message is never pinned: it moves into the channel.
impl<T> Unpin for Send<'_, T> {}

impl<T> fmt::Debug for Send<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        debug(f, "Send", self.is_terminated())
    }
}
