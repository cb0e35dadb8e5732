//! Sends and receives as cases of a select, themselves, behind a pointer or in an `Option`. Knows what each step of
//! `case.rs` asks of the channel; not in which order they come.

#![forbid(unsafe_code)]

use alloc::boxed::Box;
use core::pin::Pin;
use core::task::Waker;

use super::Step;
use super::recv::Recv;
use super::send::Send;
use crate::case::{Operation, Status, Turn, sealed::Sealed};
use crate::channel::{Channel, RecvState, SendState};
use crate::error::{RecvError, SendError, TryRecvError};
use crate::manners::Manners;

impl<T> Send<'_, T> {
    /// For a select: what is left to say when the channel is no longer asked.
    fn told(&mut self) -> Option<Result<(), SendError<T>>> {
        (self.step == Step::Taken).then(|| {
            self.step = Step::Over;
            Ok(())
        })
    }

    /// The result of a case; `open_only`: a closed channel is none, and the message is taken back.
    fn end(&mut self, result: Result<(), SendError<T>>, open_only: bool) -> Option<Result<(), SendError<T>>> {
        match result {
            Err(SendError(message)) if open_only && self.step == Step::Open => {
                self.state = SendState::new(message);
                None
            }
            result => {
                self.step = Step::Over;
                Some(result)
            }
        }
    }
}

impl<T> Sealed for Send<'_, T> {}

impl<T> Operation for Send<'_, T> {
    type Output = Result<(), SendError<T>>;

    const DROP_WITHDRAWS: bool = true;

    /// One that has completed is never ready again.
    fn status(&self) -> Status {
        match (self.step, self.channel) {
            (Step::Open, Some(channel)) if channel.is_closed() && !self.state.is_gone() => Status::Closed,
            (Step::Open, Some(_)) | (Step::Taken, _) => Status::Open,
            (Step::Open, None) | (Step::Over, _) => Status::Nil,
        }
    }

    fn manners(&self) -> Option<&'static Manners> {
        self.open_channel().and_then(Channel::manners)
    }

    fn offers(&self) -> bool {
        self.open_channel().is_some_and(Channel::offers)
    }

    fn is_ready(&self) -> bool {
        self.step == Step::Taken || self.open_channel().is_some_and(|channel| channel.is_send_ready(&self.state))
    }

    fn is_idle(&self) -> bool {
        self.step != Step::Taken && self.open_channel().is_none_or(|channel| channel.is_send_idle(&self.state))
    }

    fn enter(&mut self) {
        if let Some((channel, state)) = self.open() {
            channel.enter_send(state);
        }
    }

    fn look(&mut self, turn: &mut Turn, open_only: bool) -> Option<Self::Output> {
        if let Some(result) = self.told() {
            return Some(result);
        }
        let (channel, state) = self.open()?;
        let result = channel.look_send(state, turn, open_only)?;
        self.end(result, open_only)
    }

    fn attempt(&mut self, open_only: bool) -> Option<Self::Output> {
        if let Some(result) = self.told() {
            return Some(result);
        }
        let (channel, state) = self.open()?;
        let result = channel.attempt_send(state)?;
        self.end(result, open_only)
    }

    fn register(&mut self, turn: &mut Turn, case: usize, waker: &Waker) -> bool {
        self.open().is_some_and(|(channel, state)| channel.register_send(state, turn, case, waker))
    }

    fn announce(&mut self, turn: &mut Turn) -> bool {
        self.open().is_some_and(|(channel, state)| channel.announce_send(state, turn))
    }

    fn taken(&mut self) -> Self::Output {
        let Some((channel, state)) = self.open() else { unreachable!("only a case that was offered can be taken") };
        let result = channel.taken_send(state);
        self.step = Step::Over;
        result
    }

    /// The message stays with the operation, which may be a case again or be polled. If it was polled before, it may
    /// have been taken before the select began: that is still said, by the next poll or look.
    #[inline]
    fn withdraw(&mut self) {
        // What never waited holds nothing but its message.
        if !self.state.has_waited() && !self.state.is_gone() {
            return;
        }
        if let Some((channel, state)) = self.open() {
            match channel.cancel_send(state) {
                Some(message) => *state = SendState::new(message),
                None => self.step = Step::Taken,
            }
        }
    }
}

impl<T> Sealed for Recv<'_, T> {}

impl<T> Operation for Recv<'_, T> {
    type Output = Result<T, RecvError>;

    const DROP_WITHDRAWS: bool = true;

    /// One that has completed is never ready again.
    fn status(&self) -> Status {
        match self.open_channel() {
            Some(channel) if channel.is_drained() => Status::Closed,
            Some(_) => Status::Open,
            None => Status::Nil,
        }
    }

    fn manners(&self) -> Option<&'static Manners> {
        self.open_channel().and_then(Channel::manners)
    }

    fn offers(&self) -> bool {
        false
    }

    fn is_ready(&self) -> bool {
        self.open_channel().is_some_and(|channel| channel.is_recv_ready(&self.state))
    }

    fn is_idle(&self) -> bool {
        self.open_channel().is_none_or(|channel| channel.is_recv_idle(&self.state))
    }

    fn enter(&mut self) {}

    fn look(&mut self, turn: &mut Turn, open_only: bool) -> Option<Self::Output> {
        let (channel, state) = self.open()?;
        let result = channel.look_recv(state, turn)?;
        if open_only && result.is_err() {
            // It has left its place already and is as new.
            return None;
        }
        self.state.over = true;
        Some(result)
    }

    fn attempt(&mut self, open_only: bool) -> Option<Self::Output> {
        let (channel, state) = self.open()?;
        let result = match channel.try_recv() {
            Ok(message) => Ok(message),
            Err(TryRecvError::Closed) if !open_only => Err(RecvError),
            Err(_) => return None,
        };
        // It may have been polled before.
        channel.cancel_recv(state);
        self.state.over = true;
        Some(result)
    }

    fn register(&mut self, turn: &mut Turn, _case: usize, waker: &Waker) -> bool {
        self.open().is_some_and(|(channel, state)| channel.register_recv(state, turn, waker))
    }

    fn announce(&mut self, _turn: &mut Turn) -> bool {
        false
    }

    fn taken(&mut self) -> Self::Output {
        unreachable!("a receive offers nothing")
    }

    #[inline]
    fn withdraw(&mut self) {
        // What never waited holds nothing.
        if !self.state.has_waited() {
            return;
        }
        if let Some((channel, state)) = self.open() {
            channel.cancel_recv(state);
            *state = RecvState::new();
        }
    }
}

/// An operation behind a pointer is a case as it is.
macro_rules! through {
    ($([$($generics:tt)*] $pointer:ty, $this:ident => $inner:expr, $shared:expr;)*) => {$(
        impl<$($generics)*> Sealed for $pointer {}

        impl<$($generics)*> Operation for $pointer {
            type Output = F::Output;

            fn status(&self) -> Status {
                let $this = self;
                $shared.status()
            }
            fn manners(&self) -> Option<&'static Manners> {
                let $this = self;
                $shared.manners()
            }
            fn offers(&self) -> bool {
                let $this = self;
                $shared.offers()
            }
            fn is_ready(&self) -> bool {
                let $this = self;
                $shared.is_ready()
            }
            fn is_idle(&self) -> bool {
                let $this = self;
                $shared.is_idle()
            }
            fn enter(&mut self) {
                let $this = self;
                $inner.enter();
            }
            fn look(&mut self, turn: &mut Turn, open_only: bool) -> Option<Self::Output> {
                let $this = self;
                $inner.look(turn, open_only)
            }
            fn attempt(&mut self, open_only: bool) -> Option<Self::Output> {
                let $this = self;
                $inner.attempt(open_only)
            }
            fn register(&mut self, turn: &mut Turn, case: usize, waker: &Waker) -> bool {
                let $this = self;
                $inner.register(turn, case, waker)
            }
            fn announce(&mut self, turn: &mut Turn) -> bool {
                let $this = self;
                $inner.announce(turn)
            }
            fn taken(&mut self) -> Self::Output {
                let $this = self;
                $inner.taken()
            }
            fn withdraw(&mut self) {
                let $this = self;
                $inner.withdraw();
            }
        }
    )*};
}

through! {
    [F: Operation] &mut F, this => (**this), (**this);
    [F: Operation] Pin<&mut F>, this => this.as_mut().get_mut(), this.as_ref().get_ref();
    [F: Operation] Pin<Box<F>>, this => this.as_mut().get_mut(), this.as_ref().get_ref();
}

impl<F: Operation> Sealed for Option<F> {}

/// `None` is a nil case.
impl<F: Operation> Operation for Option<F> {
    type Output = F::Output;

    const DROP_WITHDRAWS: bool = F::DROP_WITHDRAWS;

    fn status(&self) -> Status {
        self.as_ref().map_or(Status::Nil, F::status)
    }
    fn manners(&self) -> Option<&'static Manners> {
        self.as_ref().and_then(F::manners)
    }
    fn offers(&self) -> bool {
        self.as_ref().is_some_and(F::offers)
    }
    fn is_ready(&self) -> bool {
        self.as_ref().is_some_and(F::is_ready)
    }
    fn is_idle(&self) -> bool {
        self.as_ref().is_none_or(F::is_idle)
    }
    fn enter(&mut self) {
        if let Some(operation) = self {
            operation.enter();
        }
    }
    fn look(&mut self, turn: &mut Turn, open_only: bool) -> Option<Self::Output> {
        self.as_mut()?.look(turn, open_only)
    }
    fn attempt(&mut self, open_only: bool) -> Option<Self::Output> {
        self.as_mut()?.attempt(open_only)
    }
    fn register(&mut self, turn: &mut Turn, case: usize, waker: &Waker) -> bool {
        self.as_mut().is_some_and(|operation| operation.register(turn, case, waker))
    }
    fn announce(&mut self, turn: &mut Turn) -> bool {
        self.as_mut().is_some_and(|operation| operation.announce(turn))
    }
    fn taken(&mut self) -> Self::Output {
        match self {
            Some(operation) => operation.taken(),
            None => unreachable!("only a case that was offered can be taken"),
        }
    }
    fn withdraw(&mut self) {
        if let Some(operation) = self {
            operation.withdraw();
        }
    }
}
