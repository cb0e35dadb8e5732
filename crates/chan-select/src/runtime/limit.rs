//! A time limit around a future. Knows neither clocks nor channels.

use core::error::Error;
use core::fmt;
use core::future::poll_fn;
use core::pin::pin;
use core::task::Poll;

/// Runs `future` until `timer` is done; if it has not finished by then, drops it and gives [`Elapsed`].
///
/// The future is looked at first: one that is ready wins over a timer that is done. The adapters' `timeout` is this
/// over their `sleep`.
///
/// # Cancel safety
///
/// Dropping it drops `future`.
///
/// ```
/// use std::future::{pending, ready};
///
/// use chan_select::runtime::timeout;
///
/// futures_lite::future::block_on(async {
///     assert_eq!(timeout(ready(()), ready(1)).await, Ok(1));
///     assert!(timeout(ready(()), pending::<u8>()).await.is_err());
/// });
/// ```
pub async fn timeout<F: Future>(timer: impl Future, future: F) -> Result<F::Output, Elapsed> {
    let (mut future, mut timer) = (pin!(future), pin!(timer));
    poll_fn(|cx| match future.as_mut().poll(cx) {
        Poll::Ready(output) => Poll::Ready(Ok(output)),
        Poll::Pending => timer.as_mut().poll(cx).map(|_| Err(Elapsed::new())),
    })
    .await
}

/// The time limit of a `timeout` has passed.
///
/// The same type in every adapter.
///
/// ```
/// use chan_select::runtime::Elapsed;
///
/// assert_eq!(Elapsed::new().to_string(), "the time limit has passed");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Elapsed {
    _private: (),
}

impl Elapsed {
    /// For an adapter whose runtime has a `timeout` of its own.
    ///
    /// ```
    /// use chan_select::runtime::Elapsed;
    ///
    /// let theirs: Result<u8, std::fmt::Error> = Err(std::fmt::Error);
    /// assert_eq!(theirs.map_err(|_| Elapsed::new()), Err(Elapsed::new()));
    /// ```
    // No `Default`: an error is not what one begins with.
    #[allow(clippy::new_without_default)]
    pub const fn new() -> Self {
        Elapsed { _private: () }
    }
}

impl fmt::Display for Elapsed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the time limit has passed")
    }
}

impl Error for Elapsed {}
