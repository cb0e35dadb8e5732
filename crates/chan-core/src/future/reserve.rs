//! Reserving room for one message, as a future and as a case of a select. Holds nothing while it waits: dropped, it
//! only passes its wake-up on.

#![forbid(unsafe_code)]

use core::fmt;
use core::future::Future;
use core::mem;
use core::pin::Pin;
use core::task::{Context, Poll, Waker};

use futures_core::FusedFuture;

use super::{debug, over, under};
use crate::case::{Operation, Status, Turn, sealed::Sealed};
use crate::channel::{Channel, ReserveState};
#[cfg(feature = "std")]
use crate::error::SendTimeoutError;
use crate::error::{SendError, TrySendError};
use crate::manners::Manners;
use crate::permit::{OwnedPermit, Permit};
use crate::sender::Sender;

/// Waits for room and takes it: the future of [`Sender::reserve`](crate::Sender::reserve).
///
/// # Cancel safety
///
/// Dropped before it is ready, it took nothing; a wake-up that it had and did not use goes to the next that waits.
///
/// # Panics
///
/// When it is polled after it was ready.
///
/// ```
/// use chan_core::future::Reserve;
///
/// let (tx, rx) = chan_core::bounded(1);
/// let reserve: Reserve<'_, &str> = tx.reserve();
/// futures_lite::future::block_on(reserve).unwrap().send("it");
/// assert_eq!(rx.try_recv(), Ok("it"));
/// ```
#[must_use = "futures do nothing unless they are polled"]
pub struct Reserve<'a, T> {
    /// `None`: nil.
    channel: Option<&'a Channel<T>>,
    state: ReserveState,
    over: bool,
}

impl<'a, T> Reserve<'a, T> {
    #[inline]
    pub(crate) fn new(channel: Option<&'a Channel<T>>) -> Self {
        Reserve { channel, state: ReserveState::new(), over: false }
    }

    /// Its channel, while it is not over.
    fn open(&self) -> Option<&'a Channel<T>> {
        self.channel.filter(|_| !self.over)
    }

    /// The end of the operation: the place that the channel gave is a permit from here on.
    fn end(
        &mut self,
        channel: &'a Channel<T>,
        result: Result<(), SendError<()>>,
    ) -> Result<Permit<'a, T>, SendError<()>> {
        self.over = true;
        result.map(|()| Permit::new(channel))
    }

    /// One poll that asks no manners.
    #[inline]
    pub(crate) fn poll_bare(&mut self, cx: &mut Context<'_>) -> Poll<Result<Permit<'a, T>, SendError<()>>> {
        if self.over {
            over("Reserve");
        }
        let Some(channel) = self.channel else { return Poll::Pending };
        channel.poll_reserve(&mut self.state, cx).map(|result| self.end(channel, result))
    }

    /// Ends the operation, with one last look: what a reservation does whose time is up.
    #[cfg(feature = "std")]
    pub(crate) fn give_up(&mut self) -> Result<Permit<'a, T>, SendTimeoutError<()>> {
        let Some(channel) = self.open() else { return Err(SendTimeoutError::Timeout(())) };
        let permit = channel.try_reserve().map(|()| Permit::new(channel));
        channel.cancel_reserve(&mut self.state);
        self.over = true;
        permit.map_err(|error| match error {
            TrySendError::Full(()) => SendTimeoutError::Timeout(()),
            TrySendError::Closed(()) => SendTimeoutError::Closed(()),
        })
    }
}

impl<'a, T> Future for Reserve<'a, T> {
    type Output = Result<Permit<'a, T>, SendError<()>>;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        under(this.open().and_then(Channel::manners), cx, |cx| this.poll_bare(cx))
    }
}

impl<T> FusedFuture for Reserve<'_, T> {
    fn is_terminated(&self) -> bool {
        self.over
    }
}

impl<T> Drop for Reserve<'_, T> {
    #[inline]
    fn drop(&mut self) {
        if self.state.has_waited()
            && let Some(channel) = self.open()
        {
            channel.cancel_reserve(&mut self.state);
        }
    }
}

impl<T> fmt::Debug for Reserve<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        debug(f, "Reserve", self.over)
    }
}

impl<T> Sealed for Reserve<'_, T> {}

impl<'a, T> Operation for Reserve<'a, T> {
    type Output = Result<Permit<'a, T>, SendError<()>>;

    /// One that has completed is never ready again.
    fn status(&self) -> Status {
        match self.open() {
            Some(channel) if channel.is_closed() => Status::Closed,
            Some(_) => Status::Open,
            None => Status::Nil,
        }
    }

    fn manners(&self) -> Option<&'static Manners> {
        self.open().and_then(Channel::manners)
    }

    fn offers(&self) -> bool {
        false
    }

    fn is_ready(&self) -> bool {
        self.open().is_some_and(|channel| channel.is_reserve_ready(&self.state))
    }

    fn is_idle(&self) -> bool {
        self.open().is_none()
    }

    fn enter(&mut self) {}

    fn look(&mut self, turn: &mut Turn, open_only: bool) -> Option<Self::Output> {
        let channel = self.open()?;
        let result = channel.look_reserve(&mut self.state, turn)?;
        if open_only && result.is_err() {
            // It has left its place already and is as new.
            return None;
        }
        Some(self.end(channel, result))
    }

    fn attempt(&mut self, open_only: bool) -> Option<Self::Output> {
        let channel = self.open()?;
        let result = match channel.try_reserve() {
            Ok(()) => Ok(()),
            Err(TrySendError::Closed(())) if !open_only => Err(SendError(())),
            Err(_) => return None,
        };
        let permit = self.end(channel, result);
        // It may have been polled before.
        channel.cancel_reserve(&mut self.state);
        Some(permit)
    }

    fn register(&mut self, turn: &mut Turn, _case: usize, waker: &Waker) -> bool {
        if let Some(channel) = self.open() {
            channel.register_reserve(&mut self.state, turn, waker);
        }
        true
    }

    fn announce(&mut self, _turn: &mut Turn) -> bool {
        false
    }

    fn taken(&mut self) -> Self::Output {
        unreachable!("a reservation offers nothing")
    }

    fn withdraw(&mut self) {
        if let Some(channel) = self.open() {
            channel.cancel_reserve(&mut self.state);
            self.state = ReserveState::new();
        }
    }
}

/// Waits for room and takes it, with the sender: the future of
/// [`Sender::reserve_owned`](crate::Sender::reserve_owned).
///
/// # Cancel safety
///
/// As [`Reserve`]. It holds the sender: dropped before it is ready, or ended by a close, the sender goes with it.
///
/// # Panics
///
/// When it is polled after it was ready.
///
/// ```
/// use chan_core::future::ReserveOwned;
///
/// let (tx, rx) = chan_core::bounded(1);
/// let reserve: ReserveOwned<&str> = tx.reserve_owned();
/// let tx = futures_lite::future::block_on(reserve).unwrap().send("it");
/// assert_eq!(rx.try_recv(), Ok("it"));
/// # drop(tx);
/// ```
#[must_use = "futures do nothing unless they are polled"]
pub struct ReserveOwned<T> {
    /// `None` at the end.
    sender: Option<Sender<T>>,
    state: ReserveState,
}

impl<T> ReserveOwned<T> {
    pub(crate) fn new(sender: Sender<T>) -> Self {
        ReserveOwned { sender: Some(sender), state: ReserveState::new() }
    }

    /// Its channel, while it is not over; `None` also for nil.
    fn open(&self) -> Option<&Channel<T>> {
        self.sender.as_ref().and_then(Sender::channel)
    }

    /// One step of the reservation, and its end if the step says so.
    fn step(
        &mut self,
        step: impl FnOnce(&Channel<T>, &mut ReserveState) -> Option<Result<(), SendError<()>>>,
    ) -> Option<Result<OwnedPermit<T>, SendError<()>>> {
        let result = step(self.sender.as_ref()?.channel()?, &mut self.state)?;
        let sender = self.sender.take()?;
        Some(result.map(|()| OwnedPermit::new(sender)))
    }
}

impl<T> Future for ReserveOwned<T> {
    type Output = Result<OwnedPermit<T>, SendError<()>>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        if this.sender.is_none() {
            over("ReserveOwned");
        }
        under(this.open().and_then(Channel::manners), cx, |cx| {
            let result = this.step(|channel, state| match channel.poll_reserve(state, cx) {
                Poll::Ready(result) => Some(result),
                Poll::Pending => None,
            });
            result.map_or(Poll::Pending, Poll::Ready)
        })
    }
}

impl<T> FusedFuture for ReserveOwned<T> {
    fn is_terminated(&self) -> bool {
        self.sender.is_none()
    }
}

impl<T> Drop for ReserveOwned<T> {
    fn drop(&mut self) {
        if self.state.has_waited() {
            self.withdraw();
        }
    }
}

impl<T> fmt::Debug for ReserveOwned<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        debug(f, "ReserveOwned", self.sender.is_none())
    }
}

impl<T> Sealed for ReserveOwned<T> {}

impl<T> Operation for ReserveOwned<T> {
    type Output = Result<OwnedPermit<T>, SendError<()>>;

    /// One that has completed is never ready again.
    fn status(&self) -> Status {
        match self.open() {
            Some(channel) if channel.is_closed() => Status::Closed,
            Some(_) => Status::Open,
            None => Status::Nil,
        }
    }

    fn manners(&self) -> Option<&'static Manners> {
        self.open().and_then(Channel::manners)
    }

    fn offers(&self) -> bool {
        false
    }

    fn is_ready(&self) -> bool {
        self.open().is_some_and(|channel| channel.is_reserve_ready(&self.state))
    }

    fn is_idle(&self) -> bool {
        self.open().is_none()
    }

    fn enter(&mut self) {}

    fn look(&mut self, turn: &mut Turn, open_only: bool) -> Option<Self::Output> {
        self.step(|channel, state| channel.look_reserve(state, turn).filter(|result| result.is_ok() || !open_only))
    }

    fn attempt(&mut self, open_only: bool) -> Option<Self::Output> {
        self.step(|channel, state| {
            let permit = match channel.try_reserve() {
                Ok(()) => Ok(Permit::new(channel)),
                Err(TrySendError::Closed(())) if !open_only => Err(SendError(())),
                Err(_) => return None,
            };
            // It may have been polled before.
            channel.cancel_reserve(state);
            Some(permit.map(mem::forget))
        })
    }

    fn register(&mut self, turn: &mut Turn, _case: usize, waker: &Waker) -> bool {
        if let Some(channel) = self.sender.as_ref().and_then(Sender::channel) {
            channel.register_reserve(&mut self.state, turn, waker);
        }
        true
    }

    fn announce(&mut self, _turn: &mut Turn) -> bool {
        false
    }

    fn taken(&mut self) -> Self::Output {
        unreachable!("a reservation offers nothing")
    }

    fn withdraw(&mut self) {
        if let Some(channel) = self.sender.as_ref().and_then(Sender::channel) {
            channel.cancel_reserve(&mut self.state);
            self.state = ReserveState::new();
        }
    }
}
