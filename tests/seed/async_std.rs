//! The rows on async-std's global executor.

mod backend {
    pub(super) use chan_async_std::*;

    pub(super) fn run<F: Future>(future: F) -> F::Output {
        block_on(future)
    }
}

#[path = "rows/mod.rs"]
mod rows;
