//! A case of a kept select, behind one type: it keeps what it found until it is asked for the result. Knows one
//! operation, and what becomes of it when it has fired.

use alloc::boxed::Box;
use chan_core::Manners;
use chan_core::case::{Operation, Status, Turn};
use core::any::Any;
use core::future::Future;
use core::mem;
use core::pin::Pin;
use core::task::{Context, Poll, Waker};
use futures_core::Stream;

/// How a case is looked at.
pub(crate) enum Look<'a> {
    /// The first look of a poll.
    First(&'a mut Turn),
    /// The second one, after registering: foreign futures have a waker since the first.
    Second(&'a mut Turn),
    /// The first of two: the select does not sleep.
    Now,
    /// The other.
    NowAgain,
    /// Whether it is ready, and no more.
    Ask,
}

/// What becomes of a case that has fired.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum After {
    /// It is a case again.
    Stays,
    /// It needs a new message first.
    Spent,
    /// It is over.
    Gone,
}

/// A case that gives an `R`.
pub(crate) trait Kept<R> {
    /// Whether it can ever be ready as it is.
    fn is_live(&self) -> bool;
    /// See [`Operation`], for this and the others.
    fn offers(&self) -> bool;
    /// Whether a look might find something now; for an offer, whether a peer waits for it.
    fn is_promising(&self) -> bool;
    fn manners(&self) -> Option<&'static Manners>;
    /// Takes effect if that is possible, and keeps what it found.
    fn look(&mut self, look: &mut Look<'_>, waker: &Waker) -> bool;
    fn register(&mut self, turn: &mut Turn, number: usize, waker: &Waker);
    fn announce(&mut self, turn: &mut Turn) -> bool;
    fn taken(&mut self);
    fn withdraw(&mut self);
    /// For one that has found something.
    fn after(&self) -> After;
    /// What it found, through the user's function.
    fn result(&mut self) -> R;
    /// Gives a send its next message, an `Option<T>`.
    fn put(&mut self, message: &mut dyn Any) -> bool;
    /// Takes the message of a send out, into an `Option<T>`.
    fn take(&mut self, message: &mut dyn Any);
}

/// The user's function, called for each output or for one.
pub(crate) trait Map<O, R> {
    fn call(&mut self, output: O) -> R;
}

/// A function that is called once.
pub(crate) struct Once<F>(pub(crate) Option<F>);

impl<O, R, F: FnOnce(O) -> R> Map<O, R> for Once<F> {
    fn call(&mut self, output: O) -> R {
        match self.0.take() {
            Some(map) => map(output),
            None => unreachable!("a case that fires once has fired twice"),
        }
    }
}

/// A function that is called again and again.
pub(crate) struct Many<F>(pub(crate) F);

impl<O, R, F: FnMut(O) -> R> Map<O, R> for Many<F> {
    fn call(&mut self, output: O) -> R {
        (self.0)(output)
    }
}

fn output<O>(output: &mut Option<O>) -> O {
    match output.take() {
        Some(output) => output,
        None => unreachable!("a case that has found nothing"),
    }
}

/// A function on an operation and a message, which is an `Option<T>`.
type OnMessage<O> = fn(&mut O, &mut dyn Any) -> bool;

/// A channel operation.
pub(crate) struct Native<O: Operation, M> {
    operation: O,
    output: Option<O::Output>,
    map: M,
    after: fn(&O::Output) -> After,
    /// Puts a message in, takes it out: of a send.
    message: Option<(OnMessage<O>, OnMessage<O>)>,
}

impl<O: Operation, M> Native<O, M> {
    pub(crate) fn new(mut operation: O, map: M, after: fn(&O::Output) -> After) -> Self {
        operation.enter();
        Native { operation, output: None, map, after, message: None }
    }

    pub(crate) fn with_message(mut self, put: OnMessage<O>, take: OnMessage<O>) -> Self {
        self.message = Some((put, take));
        self
    }
}

impl<O: Operation, R, M: Map<O::Output, R>> Kept<R> for Native<O, M> {
    fn is_live(&self) -> bool {
        self.operation.status() != Status::Nil
    }

    fn offers(&self) -> bool {
        self.operation.offers()
    }

    fn is_promising(&self) -> bool {
        self.operation.is_ready()
    }

    fn manners(&self) -> Option<&'static Manners> {
        self.operation.manners()
    }

    fn look(&mut self, look: &mut Look<'_>, _: &Waker) -> bool {
        if self.output.is_none() {
            self.output = match look {
                Look::First(turn) | Look::Second(turn) => self.operation.look(turn, false),
                Look::Now | Look::NowAgain => self.operation.attempt(false),
                Look::Ask => return self.operation.is_ready(),
            };
        }
        self.output.is_some()
    }

    fn register(&mut self, turn: &mut Turn, number: usize, waker: &Waker) {
        self.operation.register(turn, number, waker);
    }

    fn announce(&mut self, turn: &mut Turn) -> bool {
        self.operation.announce(turn)
    }

    fn taken(&mut self) {
        self.output = Some(self.operation.taken());
    }

    fn withdraw(&mut self) {
        self.operation.withdraw();
    }

    fn after(&self) -> After {
        self.output.as_ref().map_or(After::Stays, self.after)
    }

    fn result(&mut self) -> R {
        self.map.call(output(&mut self.output))
    }

    fn put(&mut self, message: &mut dyn Any) -> bool {
        self.message.is_some_and(|(put, _)| put(&mut self.operation, message))
    }

    fn take(&mut self, message: &mut dyn Any) {
        if let Some((_, take)) = self.message {
            take(&mut self.operation, message);
        }
    }
}

/// What is only polled.
pub(crate) trait Polled {
    type Output;

    /// Not over, and not panicked.
    fn is_there(&self) -> bool;

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Self::Output>;
}

/// A future, until it is ready.
pub(crate) struct Foreign<F>(pub(crate) Option<Pin<Box<F>>>);

impl<F: Future> Polled for Foreign<F> {
    type Output = F::Output;

    fn is_there(&self) -> bool {
        self.0.is_some()
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<F::Output> {
        // Out while it is polled: one that panics is not polled again.
        let Some(mut future) = self.0.take() else { return Poll::Pending };
        let poll = future.as_mut().poll(cx);
        if poll.is_pending() {
            self.0 = Some(future);
        }
        poll
    }
}

/// A stream, until its end.
pub(crate) struct Items<S>(pub(crate) Option<Pin<Box<S>>>);

impl<S: Stream> Polled for Items<S> {
    type Output = Option<S::Item>;

    fn is_there(&self) -> bool {
        self.0.is_some()
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<S::Item>> {
        // As above.
        let Some(mut stream) = self.0.take() else { return Poll::Pending };
        let poll = stream.as_mut().poll_next(cx);
        if !matches!(poll, Poll::Ready(None)) {
            self.0 = Some(stream);
        }
        poll
    }
}

/// A foreign future or stream.
pub(crate) struct Foreigner<P: Polled, M> {
    polled: P,
    output: Option<P::Output>,
    map: M,
    after: fn(&P::Output) -> After,
}

impl<P: Polled, M> Foreigner<P, M> {
    pub(crate) fn new(polled: P, map: M, after: fn(&P::Output) -> After) -> Self {
        Foreigner { polled, output: None, map, after }
    }
}

impl<P: Polled, R, M: Map<P::Output, R>> Kept<R> for Foreigner<P, M> {
    fn is_live(&self) -> bool {
        self.output.is_some() || self.polled.is_there()
    }

    fn offers(&self) -> bool {
        false
    }

    /// Only a poll says.
    fn is_promising(&self) -> bool {
        self.output.is_some() || self.polled.is_there()
    }

    fn manners(&self) -> Option<&'static Manners> {
        None
    }

    fn look(&mut self, look: &mut Look<'_>, waker: &Waker) -> bool {
        if self.output.is_none()
            && !matches!(look, Look::Second(_) | Look::NowAgain)
            && let Poll::Ready(output) = self.polled.poll(&mut Context::from_waker(waker))
        {
            self.output = Some(output);
        }
        self.output.is_some()
    }

    fn register(&mut self, _: &mut Turn, _: usize, _: &Waker) {}

    fn announce(&mut self, _: &mut Turn) -> bool {
        false
    }

    fn taken(&mut self) {}

    fn withdraw(&mut self) {}

    fn after(&self) -> After {
        self.output.as_ref().map_or(After::Stays, self.after)
    }

    fn result(&mut self) -> R {
        self.map.call(output(&mut self.output))
    }

    fn put(&mut self, _: &mut dyn Any) -> bool {
        false
    }

    fn take(&mut self, _: &mut dyn Any) {}
}

/// The `Option<T>` behind `any`, if it is one.
pub(crate) fn slot<T: 'static>(any: &mut dyn Any) -> Option<&mut Option<T>> {
    any.downcast_mut::<Option<T>>()
}

/// Keeps what `message` was, whatever `use_it` does with it.
pub(crate) fn hand_over<T>(slot: &mut Option<T>, use_it: impl FnOnce(T) -> Result<(), T>) -> bool {
    let Some(message) = mem::take(slot) else { return false };
    match use_it(message) {
        Ok(()) => true,
        Err(message) => {
            *slot = Some(message);
            false
        }
    }
}
