//! Receives and sends that a select keeps from turn to turn: as cases they are [`Recv`] and [`Send`], with a handle of
//! their own and made once. Knows when one may fire again; what a case must do is in `select.rs`.

#![forbid(unsafe_code)]

use core::fmt;
use core::marker::PhantomData;
use core::mem;
use core::task::Waker;

use super::recv::Recv;
use super::send::Send;
use super::{Step, debug};
use crate::case::{Operation, Status, Turn, sealed::Sealed};
use crate::channel::{RecvState, SendState};
use crate::error::{RecvError, SendError};
use crate::keep::Keep;
use crate::manners::Manners;
use crate::receiver::Receiver;
use crate::sender::Sender;

/// A receive that is a case again after it has fired. `H` is the handle, or what [leads](Keep) to it.
pub struct KeptRecv<H: Keep<Receiver<T>>, T> {
    handle: H,
    state: RecvState,
    _messages: PhantomData<fn() -> T>,
}

impl<H: Keep<Receiver<T>>, T> KeptRecv<H, T> {
    /// A receive from `handle`'s channel.
    pub fn new(handle: H) -> Self {
        KeptRecv { handle, state: RecvState::new(), _messages: PhantomData }
    }

    /// As the operation that it is for one turn.
    fn with<R>(&mut self, step: impl FnOnce(&mut Recv<'_, T>) -> R) -> R {
        let channel = self.handle.handle().link().channel();
        // A step that panics (a waker may) drops the operation, which leaves its place; ours is as new then.
        let mut recv = Recv { channel, state: mem::take(&mut self.state) };
        let result = step(&mut recv);
        if !recv.state.over {
            self.state = mem::take(&mut recv.state);
        }
        result
    }

    /// As an operation that has not begun, for questions.
    fn fresh(&self) -> Recv<'_, T> {
        Recv::new(self.handle.handle().link().channel())
    }
}

impl<H: Keep<Receiver<T>>, T> Sealed for KeptRecv<H, T> {}

impl<H: Keep<Receiver<T>>, T> Operation for KeptRecv<H, T> {
    type Output = Result<T, RecvError>;

    fn status(&self) -> Status {
        self.fresh().status()
    }
    fn manners(&self) -> Option<&'static Manners> {
        self.fresh().manners()
    }
    fn offers(&self) -> bool {
        false
    }
    fn is_ready(&self) -> bool {
        self.fresh().is_ready()
    }
    fn is_idle(&self) -> bool {
        self.handle.handle().link().channel().is_none_or(|channel| channel.is_recv_idle(&self.state))
    }
    fn enter(&mut self) {}
    fn look(&mut self, turn: &mut Turn, open_only: bool) -> Option<Self::Output> {
        self.with(|recv| recv.look(turn, open_only))
    }
    fn attempt(&mut self, open_only: bool) -> Option<Self::Output> {
        self.with(|recv| recv.attempt(open_only))
    }
    fn register(&mut self, turn: &mut Turn, case: usize, waker: &Waker) -> bool {
        self.with(|recv| recv.register(turn, case, waker))
    }
    fn announce(&mut self, _turn: &mut Turn) -> bool {
        false
    }
    fn taken(&mut self) -> Self::Output {
        unreachable!("a receive offers nothing")
    }
    fn withdraw(&mut self) {
        self.with(|recv| recv.withdraw());
    }
}

impl<H: Keep<Receiver<T>>, T> Drop for KeptRecv<H, T> {
    fn drop(&mut self) {
        if self.state.has_waited() {
            self.withdraw();
        }
    }
}

// Nothing in it is ever pinned.
impl<H: Keep<Receiver<T>>, T> Unpin for KeptRecv<H, T> {}

impl<H: Keep<Receiver<T>>, T> fmt::Debug for KeptRecv<H, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        debug(f, "KeptRecv", false)
    }
}

/// A send that is a case again when it is given its next message. `H` is the handle, or what [leads](Keep) to it.
pub struct KeptSend<H: Keep<Sender<T>>, T> {
    handle: H,
    /// `None`: it has fired, or its message was taken back.
    state: Option<(SendState<T>, Step)>,
}

impl<H: Keep<Sender<T>>, T> KeptSend<H, T> {
    /// A send of `message` to `handle`'s channel.
    pub fn new(handle: H, message: T) -> Self {
        KeptSend { handle, state: Some((SendState::new(message), Step::Open)) }
    }

    /// The next message, for one that has none.
    ///
    /// # Errors
    ///
    /// The message, if it still has one.
    pub fn rearm(&mut self, message: T) -> Result<(), T> {
        if self.state.is_some() {
            return Err(message);
        }
        self.state = Some((SendState::new(message), Step::Open));
        Ok(())
    }

    /// Takes the message back, if it has one that was not taken.
    pub fn take(&mut self) -> Option<T> {
        let message = self.with(|send| send.take_back().ok()).flatten();
        self.state = None;
        message
    }

    /// As the operation that it is for one turn; `None`: it has no message.
    fn with<R>(&mut self, step: impl FnOnce(&mut Send<'_, T>) -> R) -> Option<R> {
        let channel = self.handle.handle().channel();
        let (state, now) = self.state.take()?;
        // A step that panics drops the operation, and its message with it if it was not sent.
        let mut send = Send { channel, state, step: now };
        let result = step(&mut send);
        let then = mem::replace(&mut send.step, Step::Over);
        if then != Step::Over {
            self.state = Some((mem::replace(&mut send.state, SendState::empty()), then));
        }
        Some(result)
    }
}

impl<H: Keep<Sender<T>>, T> Sealed for KeptSend<H, T> {}

impl<H: Keep<Sender<T>>, T> Operation for KeptSend<H, T> {
    type Output = Result<(), SendError<T>>;

    /// One without a message is never ready.
    fn status(&self) -> Status {
        match (&self.state, self.handle.handle().channel()) {
            (Some((state, Step::Open)), Some(channel)) if channel.is_closed() && !state.is_gone() => Status::Closed,
            (Some(_), Some(_)) => Status::Open,
            _ => Status::Nil,
        }
    }
    fn manners(&self) -> Option<&'static Manners> {
        self.handle.handle().channel().and_then(|channel| channel.manners())
    }
    fn offers(&self) -> bool {
        self.state.is_some() && self.handle.handle().channel().is_some_and(|channel| channel.offers())
    }
    fn is_ready(&self) -> bool {
        let Some((state, step)) = &self.state else { return false };
        *step == Step::Taken || self.handle.handle().channel().is_some_and(|channel| channel.is_send_ready(state))
    }
    fn is_idle(&self) -> bool {
        let Some((state, step)) = &self.state else { return true };
        *step != Step::Taken && self.handle.handle().channel().is_none_or(|channel| channel.is_send_idle(state))
    }
    fn enter(&mut self) {
        self.with(|send| send.enter());
    }
    fn look(&mut self, turn: &mut Turn, open_only: bool) -> Option<Self::Output> {
        self.with(|send| send.look(turn, open_only)).flatten()
    }
    fn attempt(&mut self, open_only: bool) -> Option<Self::Output> {
        self.with(|send| send.attempt(open_only)).flatten()
    }
    fn register(&mut self, turn: &mut Turn, case: usize, waker: &Waker) -> bool {
        self.with(|send| send.register(turn, case, waker)).unwrap_or(false)
    }
    fn announce(&mut self, turn: &mut Turn) -> bool {
        self.with(|send| send.announce(turn)).unwrap_or(false)
    }
    fn taken(&mut self) -> Self::Output {
        match self.with(|send| send.taken()) {
            Some(result) => result,
            None => unreachable!("only a case that was offered can be taken"),
        }
    }
    fn withdraw(&mut self) {
        self.with(|send| send.withdraw());
    }
}

impl<H: Keep<Sender<T>>, T> Drop for KeptSend<H, T> {
    fn drop(&mut self) {
        drop(self.take());
    }
}

// The message is never pinned: it moves into the channel.
impl<H: Keep<Sender<T>>, T> Unpin for KeptSend<H, T> {}

impl<H: Keep<Sender<T>>, T> fmt::Debug for KeptSend<H, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        debug(f, "KeptSend", self.state.is_none())
    }
}
