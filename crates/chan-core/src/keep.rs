//! What a kept operation may hold its channel by. An unsafe trait: where an operation waits is a number in its channel,
//! so it must never be led to another one.

use alloc::sync::Arc;

use crate::receiver::Receiver;
use crate::sender::Sender;

/// A handle of a channel that a kept operation can hold, or what leads to one: `Receiver<T>`, `&Receiver<T>`,
/// `Arc<Receiver<T>>`, and the same for senders.
///
/// # Safety
///
/// [`handle`](Keep::handle) leads to the same handle at each call, for as long as the value lives, wherever it is moved to.
pub unsafe trait Keep<H> {
    /// The handle.
    fn handle(&self) -> &H;
}

macro_rules! kept_by {
    ($($Handle:ident)*) => {$(
        // SAFETY: itself; a handle never changes its channel.
        unsafe impl<T> Keep<$Handle<T>> for $Handle<T> {
            #[inline]
            fn handle(&self) -> &$Handle<T> {
                self
            }
        }

        // SAFETY: shared for as long as the reference lives, and a handle cannot be changed through a shared reference.
        unsafe impl<T> Keep<$Handle<T>> for &$Handle<T> {
            #[inline]
            fn handle(&self) -> &$Handle<T> {
                self
            }
        }

        // SAFETY: as above; while this count lives nobody gets at what it points to exclusively.
        unsafe impl<T> Keep<$Handle<T>> for Arc<$Handle<T>> {
            #[inline]
            fn handle(&self) -> &$Handle<T> {
                self
            }
        }
    )*};
}

kept_by!(Receiver Sender);
