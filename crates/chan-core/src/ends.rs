//! What both ends of a channel do alike: close it, look at it, be cloned and dropped. Written once for the two handles.

#![forbid(unsafe_code)]

/// The shared methods and traits of a handle with a field `link`, and others that are its own.
macro_rules! end {
    ($handle:ident, $weak:ident, $add:ident, $drop:ident $(, $own:ident: $own_type:ty)*) => {
        impl<T> $handle<T> {
            /// Around a reference that has been counted for this side.
            pub(crate) fn new(link: $crate::link::Link<T>) -> Self {
                $handle { link, $($own: <$own_type>::new(),)* }
            }

            /// Closes the channel for both ends; `true` if this call did it.
            ///
            /// From then on sends fail and give their message back. What was sent before stays: receivers drain it and
            /// then see that the channel is closed. A [`Permit`](crate::Permit) that was given before may still be used;
            /// receivers wait for it. Everybody who waits is woken. Closing again is harmless. The last
            /// sender or the last receiver closes the channel when it is dropped; when the last receiver goes, what is
            /// still in the channel is dropped at once. A message whose send is half way at that instant is dropped,
            /// at the latest, by that sender's next operation or its drop.
            ///
            /// ```
            /// use chan_core::{SendError, RecvError};
            ///
            /// let (tx, rx) = chan_core::bounded(4);
            /// tx.try_send(1).unwrap();
            /// assert!(tx.close());
            /// assert!(!rx.close());
            /// futures_lite::future::block_on(async {
            ///     assert_eq!(tx.send(2).await, Err(SendError(2)));
            ///     assert_eq!(rx.recv().await, Ok(1));
            ///     assert_eq!(rx.recv().await, Err(RecvError));
            /// });
            /// ```
            pub fn close(&self) -> bool {
                self.link.close()
            }

            /// Waits until the channel is closed, by whichever end.
            ///
            /// Messages may still be queued then. Resolves at once if the channel is closed already; never for a nil
            /// channel.
            ///
            /// # Cancel safety
            ///
            /// Dropping the future loses nothing; a new one sees the same.
            ///
            /// ```
            /// use futures_lite::future::{block_on, poll_once};
            ///
            /// let (tx, rx) = chan_core::bounded(1);
            /// tx.try_send(1).unwrap();
            /// assert!(block_on(poll_once(tx.closed())).is_none());
            /// rx.close();
            /// block_on(tx.closed());
            /// block_on(rx.closed());
            /// assert_eq!(rx.len(), 1);
            /// ```
            pub fn closed(&self) -> $crate::future::Closed<'_, T> {
                $crate::future::Closed::new(self.link.channel())
            }

            /// Whether the channel is closed. Messages may still be queued.
            ///
            /// `true` stays true; `false` may be old by the time it is read.
            ///
            /// ```
            /// let (tx, rx) = chan_core::unbounded::<u8>();
            /// assert!(!tx.is_closed());
            /// drop(tx);
            /// assert!(rx.is_closed());
            /// ```
            pub fn is_closed(&self) -> bool {
                self.link.is_closed()
            }

            /// How many messages were accepted and are not yet received.
            ///
            /// The answer may be old by the time it is read. At capacity 0 it counts what `try_send` has left for a
            /// waiting receive, not the senders that wait.
            ///
            /// ```
            /// let (tx, rx) = chan_core::bounded(4);
            /// tx.try_send(1).unwrap();
            /// tx.try_send(2).unwrap();
            /// assert_eq!((tx.len(), rx.len()), (2, 2));
            /// rx.try_recv().unwrap();
            /// assert_eq!((tx.len(), rx.len()), (1, 1));
            /// ```
            pub fn len(&self) -> usize {
                self.link.len()
            }

            /// Whether [`len`](Self::len) is 0.
            ///
            /// The answer may be old by the time it is read.
            ///
            /// ```
            /// let (tx, rx) = chan_core::bounded(4);
            /// assert!(tx.is_empty());
            /// tx.try_send(1).unwrap();
            /// assert!(!rx.is_empty());
            /// ```
            pub fn is_empty(&self) -> bool {
                self.len() == 0
            }

            /// Whether as many messages are in the channel as it holds, permits that are out included.
            ///
            /// The answer may be old by the time it is read. A channel of capacity 0 is full even when it is empty, an
            /// unbounded one never is.
            ///
            /// ```
            /// let (tx, rx) = chan_core::bounded(1);
            /// assert!(!tx.is_full());
            /// tx.try_send(1).unwrap();
            /// assert!(rx.is_full());
            ///
            /// let (rendezvous, _rx) = chan_core::bounded::<u8>(0);
            /// assert!(rendezvous.is_full());
            /// ```
            pub fn is_full(&self) -> bool {
                self.link.is_full()
            }

            /// How many messages the channel holds; `None` if it is unbounded.
            ///
            /// ```
            /// let (tx, rx) = chan_core::bounded::<u8>(3);
            /// assert_eq!((tx.capacity(), rx.capacity()), (Some(3), Some(3)));
            /// let (tx, _rx) = chan_core::unbounded::<u8>();
            /// assert_eq!(tx.capacity(), None);
            /// ```
            pub fn capacity(&self) -> Option<usize> {
                self.link.capacity()
            }

            /// How many [`Sender`](crate::Sender)s there are.
            ///
            /// The answer may be old by the time it is read, except for 0: no sender comes back.
            ///
            /// ```
            /// let (tx, rx) = chan_core::unbounded::<u8>();
            /// let second = tx.clone();
            /// assert_eq!((tx.sender_count(), rx.sender_count()), (2, 2));
            /// drop((tx, second));
            /// assert_eq!(rx.sender_count(), 0);
            /// ```
            pub fn sender_count(&self) -> usize {
                self.link.sender_count()
            }

            /// How many [`Receiver`](crate::Receiver)s there are.
            ///
            /// The answer may be old by the time it is read, except for 0: no receiver comes back.
            ///
            /// ```
            /// let (tx, rx) = chan_core::unbounded::<u8>();
            /// let second = rx.clone();
            /// assert_eq!((tx.receiver_count(), rx.receiver_count()), (2, 2));
            /// drop((rx, second));
            /// assert_eq!(tx.receiver_count(), 0);
            /// ```
            pub fn receiver_count(&self) -> usize {
                self.link.receiver_count()
            }

            /// Whether both handles belong to one channel. All nil channels of one type are the same.
            ///
            /// ```
            /// let (tx, rx) = chan_core::unbounded::<u8>();
            /// let (other_tx, other_rx) = chan_core::unbounded::<u8>();
            /// assert!(tx.same_channel(&tx.clone()) && rx.same_channel(&rx.clone()));
            /// assert!(!tx.same_channel(&other_tx) && !rx.same_channel(&other_rx));
            /// ```
            pub fn same_channel(&self, other: &Self) -> bool {
                self.link.same(&other.link)
            }

            #[doc = concat!("A handle that does not count: see [`", stringify!($weak), "`](crate::", stringify!($weak), ").")]
            ///
            /// ```
            /// let (tx, rx) = chan_core::unbounded();
            /// let weak = (tx.downgrade(), rx.downgrade());
            /// assert_eq!((tx.sender_count(), rx.receiver_count()), (1, 1));
            /// weak.0.upgrade().unwrap().try_send(1).unwrap();
            /// assert_eq!(weak.1.upgrade().unwrap().try_recv(), Ok(1));
            /// ```
            pub fn downgrade(&self) -> $crate::weak::$weak<T> {
                $crate::weak::$weak::new(self.link.clone())
            }
        }

        impl<T> Clone for $handle<T> {
            fn clone(&self) -> Self {
                if let Some(channel) = self.link.channel() {
                    channel.$add();
                }
                $handle { link: self.link.clone(), $($own: self.$own.clone(),)* }
            }
        }

        impl<T> Drop for $handle<T> {
            fn drop(&mut self) {
                if let Some(channel) = self.link.channel() {
                    channel.$drop();
                }
            }
        }

        impl<T> core::fmt::Debug for $handle<T> {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                self.link.fmt(stringify!($handle), f)
            }
        }

        // No step of a channel runs user code half way: a panic elsewhere finds it whole.
        impl<T> core::panic::UnwindSafe for $handle<T> {}
        impl<T> core::panic::RefUnwindSafe for $handle<T> {}
    };
}

pub(crate) use end;
