//! An operation of a select that is selected before there is a message. A receive has been done by then. A send has
//! *reserved*: it holds a permit; at capacity 0, where both sides must be matched and neither may be so twice, it has
//! sent the promise of a letter.
//!
//! Either is one of two cases, of which the other one is `None`, which is a case that is never ready.

use std::time::Duration;

use chan_core::{OwnedPermit, RecvError, SendError, future};

use crate::channel::{Pen, Receiver, Sender, Source};
use crate::letter::Letter;
use crate::picked::number;
use crate::select::SelectedOperation;
use crate::timer::Take;

/// A handle, as operation number `index` of a select.
pub trait Arm<'a> {
    /// The cases and their results.
    type Select;

    /// For one run.
    fn arm(&'a self, index: usize) -> Self::Select;

    /// Whether something is there that cannot be taken yet, or room that cannot be used.
    fn is_half_way(&self) -> bool;
}

/// A time limit.
pub fn sleep(limit: Duration) -> async_io::Timer {
    async_io::Timer::after(limit)
}

#[allow(missing_debug_implementations)]
pub struct SendArm<'a, T> {
    handle: &'a Sender<T>,
    index: usize,
    pen: Option<chan_core::Sender<T>>,
}

#[allow(missing_debug_implementations)]
pub struct RecvArm<'a, T> {
    handle: &'a Receiver<T>,
    index: usize,
}

impl<'a, T: 'a> Arm<'a> for Sender<T> {
    type Select = SendArm<'a, T>;

    fn arm(&'a self, index: usize) -> SendArm<'a, T> {
        SendArm { handle: self, index, pen: None }
    }

    fn is_half_way(&self) -> bool {
        !self.is_full()
    }
}

impl<'a, T: 'a> Arm<'a> for Receiver<T> {
    type Select = RecvArm<'a, T>;

    fn arm(&'a self, index: usize) -> RecvArm<'a, T> {
        RecvArm { handle: self, index }
    }

    fn is_half_way(&self) -> bool {
        matches!(&self.source, Source::Channel(receiver) if !receiver.is_empty())
    }
}

impl<'a, T> SendArm<'a, T> {
    /// The case at capacity 0.
    pub fn first(&mut self) -> Option<future::Send<'a, Letter<T>>> {
        let sender = &self.handle.sender;
        (sender.capacity() == Some(0)).then(|| {
            let (pen, message) = chan_core::bounded(1);
            self.pen = Some(pen);
            sender.send(Letter::promised(message))
        })
    }

    /// The case at any other capacity.
    pub fn second(&mut self) -> Option<future::ReserveOwned<Letter<T>>> {
        let sender = &self.handle.sender;
        (sender.capacity() != Some(0)).then(|| sender.clone().reserve_owned())
    }

    pub fn first_selected(&mut self, result: Result<(), SendError<Letter<T>>>) -> SelectedOperation<'a> {
        let pen = self.pen.take().filter(|_| result.is_ok());
        self.selected(pen.map_or(Pen::Closed, Pen::Promise))
    }

    pub fn second_selected(&mut self, result: Result<OwnedPermit<Letter<T>>, SendError<()>>) -> SelectedOperation<'a> {
        self.selected(result.map_or(Pen::Closed, Pen::Permit))
    }

    fn selected(&self, pen: Pen<T>) -> SelectedOperation<'a> {
        let number = number();
        self.handle.picked.put(number, pen);
        SelectedOperation::new(number, self.index)
    }
}

impl<'a, T> RecvArm<'a, T> {
    /// The case of a channel.
    pub fn first(&mut self) -> Option<future::Recv<'a, Letter<T>>> {
        match &self.handle.source {
            Source::Channel(receiver) => Some(receiver.recv()),
            Source::Timer(_) => None,
        }
    }

    /// The case of the clock.
    pub fn second(&mut self) -> Option<Take<'a, T>> {
        match &self.handle.source {
            Source::Channel(_) => None,
            Source::Timer(timer) => Some(timer.wait_and_take()),
        }
    }

    pub fn first_selected(&mut self, result: Result<Letter<T>, RecvError>) -> SelectedOperation<'a> {
        let number = number();
        self.handle.picked.put(number, result);
        SelectedOperation::new(number, self.index)
    }

    pub fn second_selected(&mut self, message: T) -> SelectedOperation<'a> {
        self.first_selected(Ok(Letter::of(message)))
    }
}
