//! What a select does when nothing is ready: wait, run `default` at once, or run it when a timer is done.

use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};

/// The three kinds of `default`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// No `default` arm.
    Wait,
    /// `default => ..`
    Now,
    /// `default(timer) => ..`
    Timer,
}

/// A select's `default` arm, or that it has none.
pub trait Otherwise {
    /// Which kind it is; fixed by how the arm was written.
    const KIND: Kind;

    /// Ready when `default` is due.
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()>;
}

/// No `default` arm.
pub struct Wait;

/// `default => ..`
pub struct Now;

impl Otherwise for Wait {
    const KIND: Kind = Kind::Wait;

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        Poll::Pending
    }
}

impl Otherwise for Now {
    const KIND: Kind = Kind::Now;

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        Poll::Ready(())
    }
}

/// `default(timer) => ..`; a `None` never comes due, as a case that is `None` is never ready.
impl<F: Future> Otherwise for Option<F> {
    const KIND: Kind = Kind::Timer;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        match self.as_pin_mut() {
            Some(timer) => timer.poll(cx).map(drop),
            None => Poll::Pending,
        }
    }
}
