//! Receiving one signal, as a future and as a case of a select. Takes from what its handle has not seen, and nothing
//! while it waits.

#![forbid(unsafe_code)]

use core::fmt;
use core::future::Future;
use core::marker::PhantomData;
use core::pin::Pin;
use core::task::{Context, Poll, Waker};

use futures_core::FusedFuture;

use super::{debug, over, under};
use crate::case::{Operation, Status, Turn, sealed::Sealed};
use crate::channel::{Seen, Signals};
use crate::error::{RecvError, TryRecvError};
use crate::manners::Manners;
use crate::signal::SignalKind;
use crate::wait::Waiter;

/// Receives one signal: the future of [`Receiver::signal`](crate::Receiver::signal).
///
/// # Cancel safety
///
/// Dropped before it is ready, it took nothing: the signal stays pending for the handle.
///
/// # Panics
///
/// When it is polled after it was ready.
///
/// ```
/// use chan_core::future::RecvSignal;
///
/// chan_core::signal_kinds! { enum Light { Red, Green } }
///
/// let (tx, rx) = chan_core::bounded::<u8>(1);
/// let signal: RecvSignal<'_, Light> = rx.signal();
/// tx.signal(Light::Green);
/// assert_eq!(futures_lite::future::block_on(signal), Ok(Light::Green));
/// # let _ = Light::Red;
/// ```
#[must_use = "futures do nothing unless they are polled"]
pub struct RecvSignal<'a, K> {
    /// `None`: nil.
    lane: Option<&'a Signals>,
    /// The handle's.
    seen: &'a Seen,
    manners: Option<&'static Manners>,
    waiter: Waiter,
    over: bool,
    _kind: PhantomData<fn() -> K>,
}

/// The most urgent kind that `seen` does not have.
pub(crate) fn look<K: SignalKind>(lane: &Signals, seen: &Seen) -> Result<K, TryRecvError> {
    let kind = lane.look(seen, |kind| K::from_index(kind).is_some())?;
    // Known a moment ago.
    K::from_index(kind).ok_or(TryRecvError::Empty)
}

impl<'a, K: SignalKind> RecvSignal<'a, K> {
    pub(crate) fn new(lane: Option<&'a Signals>, seen: &'a Seen, manners: Option<&'static Manners>) -> Self {
        RecvSignal { lane, seen, manners, waiter: Waiter::new(), over: false, _kind: PhantomData }
    }

    /// The lane, while the operation is not over; `None` also for nil.
    fn open(&self) -> Option<&'a Signals> {
        self.lane.filter(|_| !self.over)
    }

    /// Takes a signal if one is pending; ends the operation then. `open_only`: the end of the channel is nothing.
    fn take(&mut self, open_only: bool) -> Option<Result<K, RecvError>> {
        let lane = self.open()?;
        lane.take_hint(&mut self.waiter);
        let result = match look(lane, self.seen) {
            Ok(kind) => Ok(kind),
            Err(TryRecvError::Closed) if !open_only => Err(RecvError),
            Err(_) => return None,
        };
        lane.leave(&mut self.waiter);
        self.over = true;
        Some(result)
    }

    /// One poll that asks no manners.
    pub(crate) fn poll_bare(&mut self, cx: &mut Context<'_>) -> Poll<Result<K, RecvError>> {
        if self.over {
            over("RecvSignal");
        }
        let Some(lane) = self.lane else { return Poll::Pending };
        if let Some(result) = self.take(false) {
            return Poll::Ready(result);
        }
        lane.register(&mut self.waiter, cx.waker());
        self.take(false).map_or(Poll::Pending, Poll::Ready)
    }
}

impl<K: SignalKind> Future for RecvSignal<'_, K> {
    type Output = Result<K, RecvError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        under(this.manners.filter(|_| !this.over), cx, |cx| this.poll_bare(cx))
    }
}

impl<K: SignalKind> FusedFuture for RecvSignal<'_, K> {
    fn is_terminated(&self) -> bool {
        self.over
    }
}

impl<K> Sealed for RecvSignal<'_, K> {}

impl<K: SignalKind> Operation for RecvSignal<'_, K> {
    type Output = Result<K, RecvError>;

    /// Closed when nothing is pending either. One that has completed is never ready again.
    fn status(&self) -> Status {
        let Some(lane) = self.open() else { return Status::Nil };
        match lane.peek(self.seen, |kind| K::from_index(kind).is_some()) {
            Err(TryRecvError::Closed) => Status::Closed,
            _ => Status::Open,
        }
    }

    fn manners(&self) -> Option<&'static Manners> {
        self.manners.filter(|_| !self.over)
    }

    fn offers(&self) -> bool {
        false
    }

    fn is_ready(&self) -> bool {
        self.open().is_some_and(|lane| {
            !matches!(lane.peek(self.seen, |kind| K::from_index(kind).is_some()), Err(TryRecvError::Empty))
        })
    }

    fn is_idle(&self) -> bool {
        self.open().is_none()
    }

    fn enter(&mut self) {}

    fn look(&mut self, _turn: &mut Turn, open_only: bool) -> Option<Self::Output> {
        self.take(open_only)
    }

    fn attempt(&mut self, open_only: bool) -> Option<Self::Output> {
        self.take(open_only)
    }

    fn register(&mut self, _turn: &mut Turn, _case: usize, waker: &Waker) -> bool {
        if let Some(lane) = self.open() {
            lane.register(&mut self.waiter, waker);
        }
        true
    }

    fn announce(&mut self, _turn: &mut Turn) -> bool {
        false
    }

    fn taken(&mut self) -> Self::Output {
        unreachable!("a receive offers nothing")
    }

    fn withdraw(&mut self) {
        if let Some(lane) = self.open() {
            lane.leave(&mut self.waiter);
        }
    }
}

impl<K> Drop for RecvSignal<'_, K> {
    fn drop(&mut self) {
        if let (Some(lane), false) = (self.lane, self.over) {
            lane.leave(&mut self.waiter);
        }
    }
}

impl<K> fmt::Debug for RecvSignal<'_, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        debug(f, "RecvSignal", self.over)
    }
}
