//! The operations that wait, as futures: forward only, plus what a select may do with them. Knows when an operation is
//! over, and takes it back when it is dropped; what waiting means is the channel's business.
//!
//! All of them are `Unpin`, and `Send` when the messages are. None of them does anything before it is polled.

#![forbid(unsafe_code)]

mod send;
mod send_from;
mod recv;
mod next;
mod reserve;
mod signal;
mod closed;
mod until;
mod select;
mod kept;

use core::fmt;
use core::task::{Context, Poll};

use crate::manners::Manners;

pub use self::closed::Closed;
pub use self::kept::{KeptRecv, KeptSend};
pub use self::next::Next;
pub use self::recv::Recv;
pub use self::reserve::{Reserve, ReserveOwned};
pub use self::send::Send;
pub use self::send_from::SendFrom;
pub use self::signal::RecvSignal;
pub(crate) use self::signal::look as look_for_signal;
pub use self::until::{RecvUntil, SendUntil};

/// How far an operation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Open,
    /// A send's message was taken, and nobody has been told: a select was in between, and another case won.
    Taken,
    Over,
}

#[cold]
#[inline(never)]
fn over(name: &str) -> ! {
    panic!("`{name}` polled after it had completed")
}

/// One poll of an operation, under the runtime's budget where the channel was made for a runtime.
#[inline]
pub(crate) fn under<R>(
    manners: Option<&'static Manners>,
    cx: &mut Context<'_>,
    mut operation: impl FnMut(&mut Context<'_>) -> Poll<R>,
) -> Poll<R> {
    match manners {
        None => operation(cx),
        Some(manners) => manners.run(cx, operation),
    }
}

fn debug(f: &mut fmt::Formatter<'_>, name: &str, over: bool) -> fmt::Result {
    f.debug_struct(name).field("completed", &over).finish_non_exhaustive()
}
