//! The rows on tokio's runtime of several threads.

mod backend {
    pub(super) use chan_tokio::*;

    pub(super) fn run<F: Future>(future: F) -> F::Output {
        let mut builder = tokio::runtime::Builder::new_multi_thread();
        builder.worker_threads(2).enable_all().build().unwrap().block_on(future)
    }
}

#[path = "rows/mod.rs"]
mod rows;
