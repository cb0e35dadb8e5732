//! How a handle reaches its channel, and what both ends may ask of it. The only file that knows the reference: counted
//! here, nothing at all for [`nil`](crate::nil); a borrowed or `'static` one would be a further variant.

#![forbid(unsafe_code)]

use core::fmt;

use crate::channel::Channel;
use crate::manners::Manners;
use crate::primitive::Arc;

/// A handle's reference to its channel; `None` is the nil channel.
pub(crate) struct Link<T>(Option<Arc<Channel<T>>>);

impl<T> Link<T> {
    pub(crate) const NIL: Self = Link(None);

    pub(crate) fn counted(channel: Channel<T>) -> Self {
        Link(Some(Arc::new(channel)))
    }

    #[inline]
    pub(crate) fn channel(&self) -> Option<&Channel<T>> {
        self.0.as_deref()
    }

    /// All nil channels are one, as in Go.
    pub(crate) fn same(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Some(this), Some(other)) => Arc::ptr_eq(this, other),
            (None, None) => true,
            _ => false,
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.channel().map_or(0, Channel::len)
    }

    pub(crate) fn capacity(&self) -> Option<usize> {
        self.channel().map_or(Some(0), Channel::capacity)
    }

    pub(crate) fn is_full(&self) -> bool {
        self.channel().is_none_or(Channel::is_full)
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.channel().is_some_and(Channel::is_closed)
    }

    pub(crate) fn close(&self) -> bool {
        self.channel().is_some_and(Channel::close)
    }

    /// Nil keeps no counts; it says one, since no end of it is ever gone.
    pub(crate) fn sender_count(&self) -> usize {
        self.channel().map_or(1, Channel::sender_count)
    }

    pub(crate) fn receiver_count(&self) -> usize {
        self.channel().map_or(1, Channel::receiver_count)
    }

    /// What every handle prints. Never a message.
    pub(crate) fn fmt(&self, name: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct(name);
        match self.channel() {
            None => {
                out.field("kind", &format_args!("nil"));
            }
            Some(channel) => {
                let kind = match channel.capacity() {
                    None => "unbounded",
                    Some(0) => "rendezvous",
                    Some(_) => "bounded",
                };
                out.field("kind", &format_args!("{kind}")).field("len", &channel.len());
                if let Some(capacity) = channel.capacity() {
                    out.field("capacity", &capacity);
                }
                out.field("closed", &channel.is_closed());
                if let Some(Manners { name, .. }) = channel.manners() {
                    out.field("manners", &format_args!("{name}"));
                }
            }
        }
        out.finish()
    }
}

impl<T> Clone for Link<T> {
    fn clone(&self) -> Self {
        Link(self.0.clone())
    }
}
