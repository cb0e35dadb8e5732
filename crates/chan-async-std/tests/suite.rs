//! The promises that all adapters share, on async-std's global executor.

use chan_async_std as rt;

fn run<F: Future>(future: F) -> F::Output {
    chan_async_std::block_on(future)
}

#[path = "../../../tests/adapters/mod.rs"]
mod promises;
