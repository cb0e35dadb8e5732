//! The two handles and the iterators.
//!
//! crossbeam's `try_recv` waits for a send that has its place and has not finished, so that it never answers `Empty`
//! after a send has returned. Ours never waits and may ("`Empty` may be answered while a send that began earlier has not
//! finished"); but `len` counts that send. So here `Empty` with something in the channel means: look again.
//! `Full` with room in it likewise, for a receive that is half way.

use std::fmt;
use std::iter::FusedIterator;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use chan_core::OwnedPermit;

use crate::error::{RecvError, RecvTimeoutError, SendError, SendTimeoutError, TryRecvError, TrySendError};
use crate::letter::Letter;
use crate::picked::Picked;
use crate::timer::Timer;

/// What a selected send needs.
pub(crate) enum Pen<T> {
    /// Room for the letter.
    Permit(OwnedPermit<Letter<T>>),
    /// The other end of a promise that a receiver has taken.
    Promise(chan_core::Sender<T>),
    /// The channel is closed.
    Closed,
}

/// The sending end.
pub struct Sender<T> {
    pub(crate) sender: chan_core::Sender<Letter<T>>,
    pub(crate) picked: Picked<Pen<T>>,
}

/// The receiving end.
pub struct Receiver<T> {
    pub(crate) source: Source<T>,
    pub(crate) picked: Picked<Result<Letter<T>, RecvError>>,
}

/// Where messages come from.
pub(crate) enum Source<T> {
    Channel(chan_core::Receiver<Letter<T>>),
    Timer(Arc<Timer<T>>),
}

/// `chan_core::bounded`.
pub fn bounded<T>(capacity: usize) -> (Sender<T>, Receiver<T>) {
    named(chan_core::bounded(capacity))
}

/// `chan_core::unbounded`.
pub fn unbounded<T>() -> (Sender<T>, Receiver<T>) {
    named(chan_core::unbounded())
}

/// The receiver of `chan_core::nil`.
pub fn never<T>() -> Receiver<T> {
    Receiver::from(Source::Channel(chan_core::nil().1))
}

/// One message, after `delay`.
pub fn after(delay: Duration) -> Receiver<Instant> {
    Instant::now().checked_add(delay).map_or_else(never, at)
}

/// One message, at `when`.
pub fn at(when: Instant) -> Receiver<Instant> {
    Receiver::from(Source::Timer(Arc::new(Timer::new(when, None, |due| due))))
}

/// A message every `period`.
pub fn tick(period: Duration) -> Receiver<Instant> {
    let timer = |first| Receiver::from(Source::Timer(Arc::new(Timer::new(first, Some(period), |due| due))));
    Instant::now().checked_add(period).map_or_else(never, timer)
}

fn named<T>(
    (sender, receiver): (chan_core::Sender<Letter<T>>, chan_core::Receiver<Letter<T>>),
) -> (Sender<T>, Receiver<T>) {
    (Sender { sender, picked: Picked::new() }, Receiver::from(Source::Channel(receiver)))
}

impl<T> From<Source<T>> for Receiver<T> {
    fn from(source: Source<T>) -> Self {
        Receiver { source, picked: Picked::new() }
    }
}

impl<T> Sender<T> {
    /// Sends now or not at all.
    pub fn try_send(&self, message: T) -> Result<(), TrySendError<T>> {
        let mut letter = Letter::of(message);
        loop {
            match self.sender.try_send(letter) {
                Ok(()) => return Ok(()),
                Err(chan_core::TrySendError::Closed(letter)) => return Err(TrySendError::Disconnected(letter.open())),
                Err(chan_core::TrySendError::Full(back)) if self.is_full() => {
                    return Err(TrySendError::Full(back.open()));
                }
                Err(chan_core::TrySendError::Full(back)) => letter = back,
            }
            thread::yield_now();
        }
    }

    /// Sends, blocking.
    pub fn send(&self, message: T) -> Result<(), SendError<T>> {
        self.sender.send_blocking(Letter::of(message)).map_err(|SendError(letter)| SendError(letter.open()))
    }

    /// Sends, blocking for no longer than `limit`.
    pub fn send_timeout(&self, message: T, limit: Duration) -> Result<(), SendTimeoutError<T>> {
        self.sender.send_timeout_blocking(Letter::of(message), limit).map_err(|error| match error {
            chan_core::SendTimeoutError::Timeout(letter) => SendTimeoutError::Timeout(letter.open()),
            chan_core::SendTimeoutError::Closed(letter) => SendTimeoutError::Disconnected(letter.open()),
        })
    }

    /// Whether nothing is in the channel.
    pub fn is_empty(&self) -> bool {
        self.sender.is_empty()
    }

    /// Whether there is no room.
    pub fn is_full(&self) -> bool {
        self.sender.is_full()
    }

    /// How many messages are in the channel.
    pub fn len(&self) -> usize {
        self.sender.len()
    }

    /// How many it holds.
    pub fn capacity(&self) -> Option<usize> {
        self.sender.capacity()
    }

    /// Whether both belong to one channel.
    pub fn same_channel(&self, other: &Self) -> bool {
        self.sender.same_channel(&other.sender)
    }
}

impl<T> Receiver<T> {
    /// Receives now or not at all.
    pub fn try_recv(&self) -> Result<T, TryRecvError> {
        let receiver = match &self.source {
            Source::Channel(receiver) => receiver,
            Source::Timer(timer) => return timer.take().ok_or(TryRecvError::Empty),
        };
        loop {
            match receiver.try_recv() {
                Ok(letter) => return Ok(letter.open()),
                Err(chan_core::TryRecvError::Closed) => return Err(TryRecvError::Disconnected),
                Err(chan_core::TryRecvError::Empty) if receiver.is_empty() => return Err(TryRecvError::Empty),
                Err(chan_core::TryRecvError::Empty) => thread::yield_now(),
            }
        }
    }

    /// Receives, blocking.
    pub fn recv(&self) -> Result<T, RecvError> {
        match &self.source {
            Source::Channel(receiver) => receiver.recv_blocking().map(Letter::open),
            Source::Timer(timer) => wait(timer, None).map_err(|_| RecvError),
        }
    }

    /// Receives, blocking for no longer than `limit`.
    pub fn recv_timeout(&self, limit: Duration) -> Result<T, RecvTimeoutError> {
        match &self.source {
            Source::Channel(receiver) => Ok(receiver.recv_timeout_blocking(limit)?.open()),
            Source::Timer(timer) => wait(timer, Instant::now().checked_add(limit)),
        }
    }

    /// Whether nothing is in the channel.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether there is no room.
    pub fn is_full(&self) -> bool {
        match &self.source {
            Source::Channel(receiver) => receiver.is_full(),
            Source::Timer(timer) => timer.is_due(),
        }
    }

    /// How many messages are in the channel.
    pub fn len(&self) -> usize {
        match &self.source {
            Source::Channel(receiver) => receiver.len(),
            Source::Timer(timer) => usize::from(timer.is_due()),
        }
    }

    /// How many it holds.
    pub fn capacity(&self) -> Option<usize> {
        match &self.source {
            Source::Channel(receiver) => receiver.capacity(),
            Source::Timer(_) => Some(1),
        }
    }

    /// Receives, blocking, until the channel is closed.
    pub fn iter(&self) -> Iter<'_, T> {
        Iter { receiver: self }
    }

    /// Receives what is there.
    pub fn try_iter(&self) -> TryIter<'_, T> {
        TryIter { receiver: self }
    }

    /// Whether both belong to one channel.
    pub fn same_channel(&self, other: &Self) -> bool {
        match (&self.source, &other.source) {
            (Source::Channel(this), Source::Channel(other)) => this.same_channel(other),
            (Source::Timer(this), Source::Timer(other)) => Arc::ptr_eq(this, other),
            _ => false,
        }
    }
}

/// Waits for a timer, sleeping.
fn wait<T>(timer: &Timer<T>, deadline: Option<Instant>) -> Result<T, RecvTimeoutError> {
    loop {
        if let Some(message) = timer.take() {
            return Ok(message);
        }
        let now = Instant::now();
        if deadline.is_some_and(|deadline| deadline <= now) {
            return Err(RecvTimeoutError::Timeout);
        }
        match [timer.due(), deadline].into_iter().flatten().min() {
            Some(next) => thread::sleep(next.saturating_duration_since(now)),
            None => thread::park(),
        }
    }
}

impl<T> Clone for Sender<T> {
    fn clone(&self) -> Self {
        Sender { sender: self.sender.clone(), picked: Picked::new() }
    }
}

impl<T> Clone for Receiver<T> {
    fn clone(&self) -> Self {
        Receiver::from(match &self.source {
            Source::Channel(receiver) => Source::Channel(receiver.clone()),
            Source::Timer(timer) => Source::Timer(timer.clone()),
        })
    }
}

impl<T> UnwindSafe for Sender<T> {}
impl<T> RefUnwindSafe for Sender<T> {}
impl<T> UnwindSafe for Receiver<T> {}
impl<T> RefUnwindSafe for Receiver<T> {}

impl<T> fmt::Debug for Sender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad("Sender { .. }")
    }
}

impl<T> fmt::Debug for Receiver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad("Receiver { .. }")
    }
}

/// Receives, blocking.
#[derive(Debug)]
pub struct Iter<'a, T> {
    receiver: &'a Receiver<T>,
}

/// Receives what is there.
#[derive(Debug)]
pub struct TryIter<'a, T> {
    receiver: &'a Receiver<T>,
}

/// Receives, blocking, with the receiver inside.
#[derive(Debug)]
pub struct IntoIter<T> {
    receiver: Receiver<T>,
}

impl<T> Iterator for Iter<'_, T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        self.receiver.recv().ok()
    }
}

impl<T> Iterator for TryIter<'_, T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        self.receiver.try_recv().ok()
    }
}

impl<T> Iterator for IntoIter<T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        self.receiver.recv().ok()
    }
}

impl<T> FusedIterator for Iter<'_, T> {}
impl<T> FusedIterator for IntoIter<T> {}

impl<'a, T> IntoIterator for &'a Receiver<T> {
    type Item = T;
    type IntoIter = Iter<'a, T>;

    fn into_iter(self) -> Iter<'a, T> {
        self.iter()
    }
}

impl<T> IntoIterator for Receiver<T> {
    type Item = T;
    type IntoIter = IntoIter<T>;

    fn into_iter(self) -> IntoIter<T> {
        IntoIter { receiver: self }
    }
}
