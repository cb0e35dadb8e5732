//! One case of a select: a channel operation, which can be looked at, registered and withdrawn, or a foreign future,
//! which can only be polled. Knows one operation; what the others do is `select.rs`.
//!
//! The macro keeps every case in the frame of the enclosing function, and pins those that need it, so all of this is
//! safe code: an operation of `chan-core` is `Unpin`, and of a foreign future only its `Option` is ever projected.

use chan_core::Manners;
use chan_core::case::{Operation, Status, Turn};
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, Waker};

/// How a case is looked at.
pub struct Look<'a, 'cx> {
    /// The turn whose offers are withheld meanwhile. `None`: this select will not sleep, so a send may leave its value
    /// with the channel, as `try_send` does.
    pub(crate) turn: Option<&'a mut Turn>,
    /// With what foreign futures are polled. `None`: not in this look.
    pub(crate) foreign: Option<&'a mut Context<'cx>>,
    /// Closed channels are not ready but disabled: the select has a `complete` arm.
    pub(crate) open_only: bool,
}

/// What the driver may do with one case.
pub trait Case {
    /// What the case gives to its body.
    type Output;

    /// Whether its drop withdraws it, as long as it is not registered.
    const DROP_WITHDRAWS: bool;

    /// Whether it can ever be ready: not nil.
    fn is_live(&self) -> bool;

    /// Whether it is a channel operation that may still succeed. `complete` waits for none of them.
    fn is_open(&self) -> bool;

    /// Whether a peer may take its value while the select sleeps.
    fn offers(&self) -> bool;

    /// Whether it is a rendezvous send and a receive waits for it: it will be taken when the select sleeps.
    fn awaits_peer(&self, open_only: bool) -> bool;

    /// Whether a look at it may find something now.
    fn may_be_found(&self, open_only: bool) -> bool;

    /// Whether a look at it would find nothing. A foreign future does not say: it must be polled.
    fn is_idle(&self) -> bool;

    /// Takes back what an operation did when it was polled by itself. Once, before everything else.
    fn enter(&mut self);

    /// What its runtime asks of a poll.
    fn manners(&self) -> Option<&'static Manners>;

    /// Takes effect if that is possible now.
    fn look(&mut self, look: &mut Look<'_, '_>) -> Option<Self::Output>;

    /// Asks for a wake-up, and offers the value of a rendezvous send as case `index`. `true`: look again.
    fn register(&mut self, turn: &mut Turn, index: usize, waker: &Waker, open_only: bool) -> bool;

    /// Tells a parked receiver of the offer. `true`: closed meanwhile, look again.
    fn announce(&mut self, turn: &mut Turn, open_only: bool) -> bool;

    /// The result of an offer that a peer took.
    fn taken(&mut self) -> Option<Self::Output>;

    /// Ends it without effect.
    fn withdraw(&mut self);
}

/// What stands in the list of cases, where the macro made it: a case is moved if it must be pinned, and only then.
pub trait Place {
    /// Where a future is pinned; nothing for an operation.
    type Pinned: Default;
    /// The case.
    type Case<'a>: Case
    where
        Self: 'a;

    /// Makes it a case.
    fn place<'a>(&'a mut self, pinned: Pin<&'a mut Self::Pinned>) -> Self::Case<'a>;
}

impl<O: Operation> Place for Native<O> {
    type Pinned = ();
    type Case<'a>
        = &'a mut Self
    where
        O: 'a;

    #[inline]
    fn place<'a>(&'a mut self, _: Pin<&'a mut ()>) -> &'a mut Self {
        self
    }
}

impl<F: Future> Place for Option<F> {
    type Pinned = Self;
    type Case<'a>
        = Pin<&'a mut Self>
    where
        F: 'a;

    #[inline]
    fn place<'a>(&'a mut self, mut pinned: Pin<&'a mut Self>) -> Pin<&'a mut Self> {
        pinned.set(self.take());
        pinned
    }
}

/// A case that is a channel operation. `None`: its guard is false.
pub struct Native<O>(pub(crate) Option<O>);

impl<O> Default for Native<O> {
    fn default() -> Self {
        Native(None)
    }
}

impl<O: Operation> Native<O> {
    /// The operation, unless this select passes over it: nil, or closed where closed cases are disabled.
    fn enabled(&mut self, open_only: bool) -> Option<&mut O> {
        self.0.as_mut().filter(|op| !open_only || op.status() == Status::Open)
    }

    fn is_ready(&self, open_only: bool) -> bool {
        self.0.as_ref().is_some_and(|op| op.is_ready() && (!open_only || op.status() == Status::Open))
    }
}

impl<O: Operation> Case for &mut Native<O> {
    type Output = O::Output;

    const DROP_WITHDRAWS: bool = O::DROP_WITHDRAWS;

    fn is_live(&self) -> bool {
        self.0.as_ref().is_some_and(|op| op.status() != Status::Nil)
    }

    fn is_open(&self) -> bool {
        self.0.as_ref().is_some_and(|op| op.status() == Status::Open)
    }

    fn offers(&self) -> bool {
        self.0.as_ref().is_some_and(Operation::offers)
    }

    fn awaits_peer(&self, open_only: bool) -> bool {
        self.offers() && self.is_ready(open_only)
    }

    fn may_be_found(&self, open_only: bool) -> bool {
        !self.offers() && self.is_ready(open_only)
    }

    #[inline]
    fn is_idle(&self) -> bool {
        self.0.as_ref().is_none_or(Operation::is_idle)
    }

    fn enter(&mut self) {
        if let Some(op) = &mut self.0 {
            op.enter();
        }
    }

    fn manners(&self) -> Option<&'static Manners> {
        self.0.as_ref().and_then(Operation::manners)
    }

    fn look(&mut self, look: &mut Look<'_, '_>) -> Option<O::Output> {
        let open_only = look.open_only;
        let op = self.enabled(open_only)?;
        match &mut look.turn {
            Some(turn) => op.look(turn, open_only),
            None => op.attempt(open_only),
        }
    }

    fn register(&mut self, turn: &mut Turn, index: usize, waker: &Waker, open_only: bool) -> bool {
        self.enabled(open_only).is_some_and(|op| op.register(turn, index, waker))
    }

    fn announce(&mut self, turn: &mut Turn, open_only: bool) -> bool {
        self.enabled(open_only).is_some_and(|op| op.announce(turn))
    }

    fn taken(&mut self) -> Option<O::Output> {
        self.0.as_mut().map(Operation::taken)
    }

    fn withdraw(&mut self) {
        if let Some(op) = &mut self.0 {
            op.withdraw();
        }
    }
}

/// A foreign future, or nil. It registers itself when it is polled and withdraws itself when it is dropped.
impl<F: Future> Case for Pin<&mut Option<F>> {
    type Output = F::Output;

    const DROP_WITHDRAWS: bool = true;

    fn is_live(&self) -> bool {
        self.is_some()
    }

    fn is_open(&self) -> bool {
        false
    }

    fn offers(&self) -> bool {
        false
    }

    fn awaits_peer(&self, _: bool) -> bool {
        false
    }

    /// Only a poll says.
    fn may_be_found(&self, _: bool) -> bool {
        self.is_some()
    }

    fn is_idle(&self) -> bool {
        self.is_none()
    }

    fn enter(&mut self) {}

    fn manners(&self) -> Option<&'static Manners> {
        None
    }

    fn look(&mut self, look: &mut Look<'_, '_>) -> Option<F::Output> {
        let cx = look.foreign.as_deref_mut()?;
        match self.as_mut().as_pin_mut()?.poll(cx) {
            Poll::Ready(output) => Some(output),
            Poll::Pending => None,
        }
    }

    fn register(&mut self, _: &mut Turn, _: usize, _: &Waker, _: bool) -> bool {
        false
    }

    fn announce(&mut self, _: &mut Turn, _: bool) -> bool {
        false
    }

    fn taken(&mut self) -> Option<F::Output> {
        None
    }

    fn withdraw(&mut self) {}
}
