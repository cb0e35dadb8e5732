//! The kinds of channel that every suite goes through.

use chan_core::{Receiver, Sender};

/// A kind of channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flavour {
    /// `bounded(n)`; 0 is a rendezvous.
    Bounded(usize),
    /// `unbounded()`.
    Unbounded,
}

impl Flavour {
    /// One of each: rendezvous, the smallest rings, a usual one, unbounded.
    pub const ALL: [Flavour; 5] =
        [Flavour::Bounded(0), Flavour::Bounded(1), Flavour::Bounded(4), Flavour::Bounded(128), Flavour::Unbounded];

    /// A channel of this kind.
    pub fn make<T>(self) -> (Sender<T>, Receiver<T>) {
        match self {
            Flavour::Bounded(n) => chan_core::bounded(n),
            Flavour::Unbounded => chan_core::unbounded(),
        }
    }

    /// How many messages wait in the channel at most; `None` if there is no limit.
    pub fn capacity(self) -> Option<usize> {
        match self {
            Flavour::Bounded(n) => Some(n),
            Flavour::Unbounded => None,
        }
    }

    /// Whether sender and receiver have to meet.
    pub fn is_rendezvous(self) -> bool {
        self == Flavour::Bounded(0)
    }
}
