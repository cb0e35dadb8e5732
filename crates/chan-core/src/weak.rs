//! Handles that do not keep their side of the channel alive.

#![forbid(unsafe_code)]

use core::fmt;
use core::panic::{RefUnwindSafe, UnwindSafe};

use crate::channel::Channel;
use crate::link::Link;
use crate::receiver::Receiver;
use crate::sender::Sender;

/// A sender that does not count: the channel closes without asking it.
///
/// Made by [`Sender::downgrade`]. It keeps the channel's memory, but none of its messages, until it is dropped.
///
/// ```
/// let (tx, rx) = chan_core::bounded(1);
/// let weak = tx.downgrade();
/// weak.upgrade().unwrap().try_send(1).unwrap();
/// drop(tx);
/// assert!(rx.is_closed());
/// assert!(weak.upgrade().is_none());
/// assert_eq!(rx.try_recv(), Ok(1));
/// ```
pub struct WeakSender<T> {
    link: Link<T>,
}

/// A receiver that does not count: the channel closes without asking it.
///
/// Made by [`Receiver::downgrade`]. It keeps the channel's memory, but none of its messages, until it is dropped.
///
/// ```
/// let (tx, rx) = chan_core::bounded(1);
/// let weak = rx.downgrade();
/// tx.try_send(1).unwrap();
/// assert_eq!(weak.upgrade().unwrap().try_recv(), Ok(1));
/// drop(rx);
/// assert!(tx.is_closed());
/// assert!(weak.upgrade().is_none());
/// ```
pub struct WeakReceiver<T> {
    link: Link<T>,
}

macro_rules! weak {
    ($weak:ident, $strong:ident, $try_add:ident, $name:literal) => {
        impl<T> $weak<T> {
            pub(crate) fn new(link: Link<T>) -> Self {
                $weak { link }
            }

            #[doc = concat!("A counted handle, or `None` when the last `", stringify!($strong), "` is gone.")]
            ///
            /// A channel that was closed by hand still gives handles while one of that side is left. A nil channel
            /// always does.
            ///
            /// ```
            /// let (tx, rx) = chan_core::unbounded::<u8>();
            /// let weak = (tx.downgrade(), rx.downgrade());
            /// assert!(weak.0.upgrade().is_some() && weak.1.upgrade().is_some());
            /// drop((tx, rx));
            /// assert!(weak.0.upgrade().is_none() && weak.1.upgrade().is_none());
            /// ```
            pub fn upgrade(&self) -> Option<$strong<T>> {
                match self.link.channel() {
                    // Counted before the handle exists: a panic in between could only come from the clone below.
                    Some(channel) => Channel::$try_add(channel).then(|| $strong::new(self.link.clone())),
                    None => Some($strong::new(Link::NIL)),
                }
            }
        }

        impl<T> Clone for $weak<T> {
            fn clone(&self) -> Self {
                $weak { link: self.link.clone() }
            }
        }

        impl<T> fmt::Debug for $weak<T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.link.fmt($name, f)
            }
        }

        // As for the counted handles.
        impl<T> UnwindSafe for $weak<T> {}
        impl<T> RefUnwindSafe for $weak<T> {}
    };
}

weak!(WeakSender, Sender, try_add_sender, "WeakSender");
weak!(WeakReceiver, Receiver, try_add_receiver, "WeakReceiver");
