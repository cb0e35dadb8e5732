//! Receiving as an `Iterator`.

#![forbid(unsafe_code)]

use core::fmt;

use crate::receiver::Receiver;

impl<T> Receiver<T> {
    /// The messages that are there now and those that arrive meanwhile, until there is none; never waits.
    ///
    /// Each item is received as by [`try_recv`](Self::try_recv). It ends when that answers `Empty` or `Closed`, and may
    /// go on when asked again. With senders that keep up it need not end: see [`drain`](Self::drain).
    ///
    /// ```
    /// let (tx, rx) = chan_core::unbounded();
    /// tx.try_send(1).unwrap();
    /// tx.try_send(2).unwrap();
    /// assert_eq!(rx.try_iter().collect::<Vec<_>>(), [1, 2]);
    /// # drop(tx);
    /// ```
    pub fn try_iter(&self) -> TryIter<'_, T> {
        TryIter { receiver: self }
    }

    /// Takes what the channel holds at this moment; never waits, and ends however fast the senders are.
    ///
    /// That is at most [`len`](Self::len) messages, as of this call: fewer when other receivers take some, or when
    /// `try_recv` answers `Empty` because a send has not finished. What the iterator has not given when it is dropped
    /// stays in the channel.
    ///
    /// ```
    /// let (tx, rx) = chan_core::unbounded();
    /// tx.try_send(1).unwrap();
    /// tx.try_send(2).unwrap();
    /// for i in rx.drain() {
    ///     tx.try_send(10 * i).unwrap(); // for the next drain
    /// }
    /// assert_eq!(rx.drain().collect::<Vec<_>>(), [10, 20]);
    /// ```
    pub fn drain(&self) -> Drain<'_, T> {
        Drain { receiver: self, left: self.len() }
    }
}

/// Receives without waiting: see [`Receiver::try_iter`].
///
/// ```
/// use chan_core::iter::TryIter;
///
/// let (tx, rx) = chan_core::unbounded();
/// tx.try_send(1).unwrap();
/// let mut iter: TryIter<'_, u8> = rx.try_iter();
/// assert_eq!((iter.next(), iter.next()), (Some(1), None));
/// ```
#[must_use = "iterators do nothing unless they are asked"]
pub struct TryIter<'a, T> {
    receiver: &'a Receiver<T>,
}

impl<T> Iterator for TryIter<'_, T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        self.receiver.try_recv().ok()
    }
}

impl<T> fmt::Debug for TryIter<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TryIter").field(self.receiver).finish()
    }
}

/// Takes what a channel held at one moment: see [`Receiver::drain`].
///
/// ```
/// use chan_core::iter::Drain;
///
/// let (tx, rx) = chan_core::unbounded();
/// tx.try_send(1).unwrap();
/// let mut drain: Drain<'_, u8> = rx.drain();
/// tx.try_send(2).unwrap(); // too late for this one
/// assert_eq!((drain.next(), drain.next()), (Some(1), None));
/// ```
#[must_use = "iterators do nothing unless they are asked"]
pub struct Drain<'a, T> {
    receiver: &'a Receiver<T>,
    left: usize,
}

impl<T> Iterator for Drain<'_, T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        self.left = self.left.checked_sub(1)?;
        let message = self.receiver.try_recv().ok();
        if message.is_none() {
            self.left = 0;
        }
        message
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (0, Some(self.left))
    }
}

impl<T> core::iter::FusedIterator for Drain<'_, T> {}

impl<T> fmt::Debug for Drain<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Drain").field(self.receiver).finish()
    }
}

#[cfg(feature = "std")]
pub use waiting::{IntoIter, Iter};

/// The iterators that block the thread.
#[cfg(feature = "std")]
mod waiting {
    use super::{Receiver, fmt};

    impl<T> Receiver<T> {
        /// The messages, blocking the thread while there is none; ends when the channel is closed and drained.
        ///
        /// `for v in &rx` is the same. Each item is received as by [`recv_blocking`](Self::recv_blocking). Not for
        /// async code: use [`stream`](Self::stream) there.
        ///
        /// ```
        /// let (tx, rx) = chan_core::bounded(1);
        /// let producer = std::thread::spawn(move || {
        ///     for i in 0..3 {
        ///         tx.send_blocking(i).unwrap();
        ///     }
        /// });
        /// assert_eq!(rx.iter().collect::<Vec<_>>(), [0, 1, 2]);
        /// producer.join().unwrap();
        /// ```
        pub fn iter(&self) -> Iter<'_, T> {
            Iter { receiver: self }
        }
    }

    /// Receives, blocking the thread: see [`Receiver::iter`].
    ///
    /// ```
    /// use chan_core::iter::Iter;
    ///
    /// let (tx, rx) = chan_core::unbounded();
    /// tx.try_send(1).unwrap();
    /// drop(tx);
    /// let mut iter: Iter<'_, u8> = rx.iter();
    /// assert_eq!((iter.next(), iter.next()), (Some(1), None));
    /// ```
    #[must_use = "iterators do nothing unless they are asked"]
    pub struct Iter<'a, T> {
        receiver: &'a Receiver<T>,
    }

    impl<T> Iterator for Iter<'_, T> {
        type Item = T;

        fn next(&mut self) -> Option<T> {
            self.receiver.recv_blocking().ok()
        }
    }

    // A closed and drained channel stays so.
    impl<T> core::iter::FusedIterator for Iter<'_, T> {}

    impl<T> fmt::Debug for Iter<'_, T> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.debug_tuple("Iter").field(self.receiver).finish()
        }
    }

    /// Receives, blocking the thread, with the handle inside: `for v in rx`.
    ///
    /// ```
    /// let (tx, rx) = chan_core::unbounded();
    /// tx.try_send(1).unwrap();
    /// drop(tx);
    /// for i in rx {
    ///     assert_eq!(i, 1);
    /// }
    /// ```
    #[must_use = "iterators do nothing unless they are asked"]
    pub struct IntoIter<T> {
        receiver: Receiver<T>,
    }

    impl<T> Iterator for IntoIter<T> {
        type Item = T;

        fn next(&mut self) -> Option<T> {
            self.receiver.recv_blocking().ok()
        }
    }

    impl<T> core::iter::FusedIterator for IntoIter<T> {}

    impl<T> fmt::Debug for IntoIter<T> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.debug_tuple("IntoIter").field(&self.receiver).finish()
        }
    }

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
}
