//! Sending the message in a slot, as a future: a send whose message is lent to it for each step and goes back into the
//! slot after it, unless it was sent or lies open in its cell. Knows the slot; the rest is `send.rs`.

#![forbid(unsafe_code)]

use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, Waker};

use futures_core::FusedFuture;

use super::debug;
use super::send::Send;
use crate::case::{Operation, Status, Turn, sealed::Sealed};
use crate::channel::Channel;
use crate::error::SendError;
use crate::manners::Manners;

/// Sends the message in a slot: the future of [`Sender::send_from`](crate::Sender::send_from).
///
/// As a case of a select it loses without a trace: the message is in the slot when the body runs.
///
/// # Cancel safety
///
/// Dropped before it is ready, it has put the message back into the slot; if the slot is empty, a receiver has taken it
/// (capacity 0 only).
///
/// # Panics
///
/// When it is polled after it was ready.
///
/// ```
/// use chan_core::future::SendFrom;
///
/// let (tx, rx) = chan_core::bounded(1);
/// let mut slot = Some("it");
/// let send: SendFrom<'_, &str> = tx.send_from(&mut slot);
/// futures_lite::future::block_on(send).unwrap();
/// assert_eq!((slot, rx.try_recv()), (None, Ok("it")));
/// ```
#[must_use = "futures do nothing unless they are polled"]
pub struct SendFrom<'a, T> {
    slot: &'a mut Option<T>,
    /// Its message is in the slot between two steps, or offered. Nil, if the slot was empty.
    send: Send<'a, T>,
}

impl<'a, T> SendFrom<'a, T> {
    #[inline]
    pub(crate) fn new(channel: Option<&'a Channel<T>>, slot: &'a mut Option<T>) -> Self {
        let send = Send::without_message(channel.filter(|_| slot.is_some()));
        SendFrom { slot, send }
    }

    /// One step of the send, with the message lent to it.
    #[inline]
    fn step<R>(&mut self, step: impl FnOnce(&mut Send<'a, T>) -> R) -> R {
        if let Some(message) = self.slot.take() {
            self.send.lend(message);
        }
        // A waker may panic in here: the message is then with the send, and the next step or the drop puts it back.
        let result = step(&mut self.send);
        *self.slot = self.send.hand_back();
        result
    }
}

impl<T> Future for SendFrom<'_, T> {
    type Output = Result<(), SendError<T>>;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.get_mut().step(|send| Pin::new(send).poll(cx))
    }
}

impl<T> FusedFuture for SendFrom<'_, T> {
    fn is_terminated(&self) -> bool {
        self.send.is_terminated()
    }
}

impl<T> Sealed for SendFrom<'_, T> {}

impl<T> Operation for SendFrom<'_, T> {
    type Output = Result<(), SendError<T>>;

    fn status(&self) -> Status {
        self.send.status()
    }

    fn manners(&self) -> Option<&'static Manners> {
        Operation::manners(&self.send)
    }

    fn offers(&self) -> bool {
        self.send.offers()
    }

    fn is_ready(&self) -> bool {
        self.send.is_ready()
    }

    fn is_idle(&self) -> bool {
        self.send.is_idle()
    }

    fn enter(&mut self) {
        self.step(Operation::enter);
    }

    fn look(&mut self, turn: &mut Turn, open_only: bool) -> Option<Self::Output> {
        self.step(|send| send.look(turn, open_only))
    }

    fn attempt(&mut self, open_only: bool) -> Option<Self::Output> {
        self.step(|send| send.attempt(open_only))
    }

    fn register(&mut self, turn: &mut Turn, case: usize, waker: &Waker) -> bool {
        self.step(|send| send.register(turn, case, waker))
    }

    fn announce(&mut self, turn: &mut Turn) -> bool {
        self.step(|send| send.announce(turn))
    }

    fn taken(&mut self) -> Self::Output {
        self.step(Operation::taken)
    }

    fn withdraw(&mut self) {
        self.step(Operation::withdraw);
    }
}

impl<T> Drop for SendFrom<'_, T> {
    fn drop(&mut self) {
        if self.send.is_terminated() {
            return;
        }
        if let Some(message) = self.slot.take() {
            self.send.lend(message);
        }
        *self.slot = self.send.take_back().ok();
    }
}

// The message is never pinned: it moves into the channel.
impl<T> Unpin for SendFrom<'_, T> {}

impl<T> fmt::Debug for SendFrom<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        debug(f, "SendFrom", self.is_terminated())
    }
}
