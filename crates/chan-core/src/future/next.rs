//! The next message of a stream, as a future: a receive that begins with the stream's place among the waiting ones, and
//! tells the stream of its end.

#![forbid(unsafe_code)]

use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, Waker, ready};

use futures_core::FusedFuture;

use super::debug;
use super::recv::Recv;
use crate::case::{Operation, Status, Turn, sealed::Sealed};
use crate::channel::{Channel, RecvState};
use crate::error::RecvError;
use crate::manners::Manners;

/// The next message of a stream: the future of [`RecvStream::next`](crate::stream::RecvStream::next) and
/// [`IntoStream::next`](crate::stream::IntoStream::next).
///
/// # Cancel safety
///
/// Dropped before it is ready, it took nothing; a wake-up that it had and did not use goes to the next receive.
///
/// # Panics
///
/// When it is polled after it was ready with a message. `None` may be asked for again.
///
/// ```
/// use chan_core::future::Next;
///
/// let (tx, rx) = chan_core::bounded(1);
/// let mut stream = rx.stream();
/// let next: Next<'_, &str> = stream.next();
/// tx.try_send("it").unwrap();
/// assert_eq!(futures_lite::future::block_on(next), Some("it"));
/// ```
#[must_use = "futures do nothing unless they are polled"]
pub struct Next<'a, T> {
    recv: Recv<'a, T>,
    /// The stream has seen its end.
    ended: &'a mut bool,
}

impl<'a, T> Next<'a, T> {
    pub(crate) fn new(channel: Option<&'a Channel<T>>, state: RecvState, ended: &'a mut bool) -> Self {
        Next { recv: Recv::resumed(channel, state), ended }
    }

    fn item(&mut self, result: Result<T, RecvError>) -> Option<T> {
        *self.ended = result.is_err();
        result.ok()
    }
}

impl<T> Future for Next<'_, T> {
    type Output = Option<T>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T>> {
        let this = self.get_mut();
        if *this.ended {
            return Poll::Ready(None);
        }
        let result = ready!(Pin::new(&mut this.recv).poll(cx));
        Poll::Ready(this.item(result))
    }
}

impl<T> FusedFuture for Next<'_, T> {
    fn is_terminated(&self) -> bool {
        self.recv.is_terminated()
    }
}

impl<T> Sealed for Next<'_, T> {}

impl<T> Operation for Next<'_, T> {
    type Output = Option<T>;

    fn status(&self) -> Status {
        if *self.ended { Status::Closed } else { self.recv.status() }
    }

    fn manners(&self) -> Option<&'static Manners> {
        Operation::manners(&self.recv)
    }

    fn offers(&self) -> bool {
        false
    }

    fn is_ready(&self) -> bool {
        *self.ended || self.recv.is_ready()
    }

    fn is_idle(&self) -> bool {
        !*self.ended && self.recv.is_idle()
    }

    fn enter(&mut self) {}

    fn look(&mut self, turn: &mut Turn, open_only: bool) -> Option<Option<T>> {
        if *self.ended {
            return (!open_only).then_some(None);
        }
        let result = self.recv.look(turn, open_only)?;
        Some(self.item(result))
    }

    fn attempt(&mut self, open_only: bool) -> Option<Option<T>> {
        if *self.ended {
            return (!open_only).then_some(None);
        }
        let result = self.recv.attempt(open_only)?;
        Some(self.item(result))
    }

    fn register(&mut self, turn: &mut Turn, case: usize, waker: &Waker) -> bool {
        *self.ended || self.recv.register(turn, case, waker)
    }

    fn announce(&mut self, _turn: &mut Turn) -> bool {
        false
    }

    fn taken(&mut self) -> Option<T> {
        unreachable!("a receive offers nothing")
    }

    fn withdraw(&mut self) {
        self.recv.withdraw();
    }
}

impl<T> fmt::Debug for Next<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        debug(f, "Next", self.is_terminated())
    }
}
