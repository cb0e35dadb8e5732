//! The rows on smol's global executor.

mod backend {
    pub(super) use chan_smol::*;

    pub(super) fn run<F: Future>(future: F) -> F::Output {
        block_on(future)
    }
}

#[path = "rows/mod.rs"]
mod rows;
