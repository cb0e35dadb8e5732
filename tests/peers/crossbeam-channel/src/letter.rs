//! What travels through our channels: a message, or the promise of one.
//!
//! crossbeam selects a send before there is a message, and a receiver that it is matched with waits for it. Here, at
//! capacity 0, the send that is selected has sent a promise, and whoever receives that waits for the message to follow.
//!
//! A letter that is dropped while its thread unwinds is leaked, as crossbeam leaks the messages behind one whose
//! destructor panics. Ours drops them all ("an accepted message is received, or dropped with the last receiver"), and a second
//! destructor that panics would then abort the process.

use std::mem;
use std::thread;

/// Its content, until it is opened.
#[allow(missing_debug_implementations)]
pub struct Letter<T>(Option<Content<T>>);

enum Content<T> {
    Written(T),
    /// Where the message will arrive: at once, unless the expression that makes it takes its time.
    Promised(chan_core::Receiver<T>),
}

impl<T> Letter<T> {
    pub(crate) fn of(message: T) -> Self {
        Letter(Some(Content::Written(message)))
    }

    pub(crate) fn promised(message: chan_core::Receiver<T>) -> Self {
        Letter(Some(Content::Promised(message)))
    }

    /// The message.
    pub(crate) fn open(mut self) -> T {
        match self.0.take() {
            Some(Content::Written(message)) => message,
            Some(Content::Promised(message)) => match message.recv_blocking() {
                Ok(message) => message,
                Err(_) => panic!("a selected send was dropped and not completed"),
            },
            None => unreachable!("a letter is opened once"),
        }
    }
}

impl<T> Drop for Letter<T> {
    fn drop(&mut self) {
        if thread::panicking() {
            mem::forget(self.0.take());
        }
    }
}
