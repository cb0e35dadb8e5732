//! On a runtime with two worker threads.

use chan_tokio as rt;

fn run<F: Future>(future: F) -> F::Output {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    builder.worker_threads(2).enable_all().build().unwrap().block_on(future)
}

#[path = "../../../../tests/adapters/mod.rs"]
mod promises;
