//! The promises that all adapters share, on smol's global executor.

use chan_smol as rt;

fn run<F: Future>(future: F) -> F::Output {
    chan_smol::block_on(future)
}

#[path = "../../../tests/adapters/mod.rs"]
mod promises;
