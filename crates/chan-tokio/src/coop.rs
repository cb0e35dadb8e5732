//! tokio's manners: the cooperative budget, and the refusal to block a thread that drives tasks. Knows tokio; of
//! channels only that they call these two functions.

use std::panic::catch_unwind;
use std::task::{Context, Poll, ready};

use chan_core::Manners;
use tokio::runtime::Handle;
use tokio::sync::Mutex;
use tokio::task::coop;

/// What the channels of this crate know about tokio: they spend its cooperative budget, and their blocking forms
/// panic inside async code.
///
/// [`chan`](crate::chan), [`bounded`](crate::bounded) and [`unbounded`](crate::unbounded) put it into the channels
/// they make; with a [`Builder`](crate::Builder) you do it yourself.
///
/// ```
/// use chan_tokio::{Builder, MANNERS, block_on};
///
/// let (tx, rx) = Builder::bounded(1).manners(&MANNERS).build();
/// block_on(async move {
///     tx.send("polite").await.unwrap();
///     assert_eq!(rx.recv().await, Ok("polite"));
/// });
/// ```
pub static MANNERS: Manners = Manners { name: "tokio", proceed, check_blocking };

/// One poll of a channel's future, paid for with one unit of the task's budget; a poll that comes to nothing is free.
/// With the budget used up the task is woken again, after the others.
fn proceed(cx: &mut Context<'_>, poll: &mut dyn FnMut(&mut Context<'_>) -> Poll<()>) -> Poll<()> {
    let unit = ready!(coop::poll_proceed(cx));
    ready!(poll(cx));
    unit.made_progress();
    Poll::Ready(())
}

/// Panics on a thread that is driving tasks. `spawn_blocking`, `block_in_place` and threads of one's own may block.
fn check_blocking() {
    // Whoever drives tasks has a current runtime. That is cheap to ask, and spares ordinary threads the rest.
    if Handle::try_current().is_err() {
        return;
    }
    // A current runtime does not mean that we are inside a task: `spawn_blocking` has one too. tokio keeps the exact
    // answer to itself and acts on it in its own blocking calls only (tokio#7769), so we make one, which has nothing
    // to wait for. It panics with tokio's sentence; ours, which says what to do, is printed after it.
    let may_block = catch_unwind(|| drop(Mutex::const_new(()).blocking_lock())).is_ok();
    assert!(
        may_block,
        "a blocking call on a channel inside async code would stop every task of this thread: await the async form \
         (`send(v).await`, `recv().await`, a stream instead of an iterator), or move the call into \
         `tokio::task::spawn_blocking` or, on the multi-threaded runtime, `tokio::task::block_in_place`"
    );
}
