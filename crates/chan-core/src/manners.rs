//! How a runtime wants its channels to behave: a static table that an adapter hands to the [`Builder`](crate::Builder).
//! Knows no runtime.

#![forbid(unsafe_code)]

use core::fmt;
use core::task::{Context, Poll};

/// What a runtime asks of the channels made for it.
///
/// The adapters (`chan-tokio` and so on) pass one to [`Builder::manners`](crate::Builder::manners). Channels made by
/// this crate's own constructors have none.
///
/// ```
/// use chan_core::{Builder, Manners};
///
/// /// A runtime without a budget, whose tasks may block.
/// static EASY: Manners = Manners {
///     name: "easy",
///     proceed: |cx, poll| poll(cx),
///     check_blocking: || {},
/// };
///
/// let (tx, rx) = Builder::bounded(1).manners(&EASY).build();
/// futures_lite::future::block_on(async {
///     tx.send('x').await.unwrap();
///     assert_eq!(rx.recv().await, Ok('x'));
/// });
/// ```
pub struct Manners {
    /// The runtime's name, for messages and `Debug`.
    pub name: &'static str,
    /// Runs one poll of a channel future under the runtime's cooperative budget. When the budget is used up it
    /// arranges a wake-up and returns `Pending` without calling the closure; when the closure says `Pending` it gives
    /// the unit back. `try_*` calls, closing and what a select looks at never come here.
    // Written out: an adapter's author sees at once what to pass.
    #[allow(clippy::type_complexity)]
    pub proceed: fn(&mut Context<'_>, &mut dyn FnMut(&mut Context<'_>) -> Poll<()>) -> Poll<()>,
    /// Panics, with what to do instead, if the calling thread must not be blocked because it runs the runtime's tasks.
    pub check_blocking: fn(),
}

impl Manners {
    /// One poll of `operation` under the runtime's budget.
    pub(crate) fn run<R>(
        &self,
        cx: &mut Context<'_>,
        mut operation: impl FnMut(&mut Context<'_>) -> Poll<R>,
    ) -> Poll<R> {
        let mut result = Poll::Pending;
        let _ = (self.proceed)(cx, &mut |cx| {
            // A table that calls twice must not poll a finished operation.
            if result.is_pending() {
                result = operation(cx);
            }
            match result {
                Poll::Ready(_) => Poll::Ready(()),
                Poll::Pending => Poll::Pending,
            }
        });
        // What the closure gave counts, whatever the table answered: a message must not be lost here.
        result
    }
}

impl fmt::Debug for Manners {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Manners").field("name", &self.name).finish_non_exhaustive()
    }
}
