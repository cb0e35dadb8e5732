//! The rows on tokio's current-thread runtime.

mod backend {
    pub(super) use chan_tokio::*;

    pub(super) fn run<F: Future>(future: F) -> F::Output {
        block_on(future)
    }
}

#[path = "rows/mod.rs"]
mod rows;
