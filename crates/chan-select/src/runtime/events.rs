//! Something that happens now and then, such as Ctrl-C, as messages of a channel. Knows neither signals nor runtimes.

use core::future::poll_fn;
use core::pin::pin;
use core::task::{Context, Poll};
use std::io;

use chan_core::Sender;

/// How a runtime hears of Ctrl-C, for [`ctrl_c!`](super::ctrl_c).
pub trait Presses {
    /// Begins to listen, at once. What is returned is polled: one `Some` for each press, `None` when no more can come.
    ///
    /// # Errors
    ///
    /// When the system refuses.
    fn presses() -> io::Result<impl FnMut(&mut Context<'_>) -> Poll<Option<()>> + Send + 'static>;
}

/// Sends one message for each event that `next` tells of, until there is no receiver or no more can come. For a task of
/// its own. An event that finds the channel full adds nothing to what is already to be read.
///
/// ```
/// use std::task::Poll;
///
/// use chan_select::runtime::forward;
/// use futures_lite::future::block_on;
///
/// let (tx, rx) = chan_core::chan(1);
/// let mut events = [Some(()), Some(()), None].into_iter();
/// block_on(forward(tx, move |_cx| Poll::Ready(events.next().unwrap())));
/// assert_eq!(rx.try_iter().count(), 1);
/// assert!(rx.is_closed());
/// ```
pub async fn forward(tx: Sender<()>, mut next: impl FnMut(&mut Context<'_>) -> Poll<Option<()>>) {
    let mut nobody_listens = pin!(tx.closed());
    while let Some(()) = poll_fn(|cx| match nobody_listens.as_mut().poll(cx) {
        Poll::Ready(()) => Poll::Ready(None),
        Poll::Pending => next(cx),
    })
    .await
    {
        // Full: it is to be read already. Closed: seen at the next turn.
        let _ = tx.try_send(());
    }
}
