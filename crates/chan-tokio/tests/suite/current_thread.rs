//! On a runtime with this thread alone.

use chan_tokio as rt;

fn run<F: Future>(future: F) -> F::Output {
    rt::block_on(future)
}

#[path = "../../../../tests/adapters/mod.rs"]
mod promises;
