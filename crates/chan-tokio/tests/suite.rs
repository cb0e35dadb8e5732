//! The promises that all adapters share, on both kinds of tokio runtime.

mod current_thread {
    use chan_tokio as rt;

    fn run<F: Future>(future: F) -> F::Output {
        chan_tokio::block_on(future)
    }

    include!("../../../tests/adapters/suite.rs");
}

mod multi_thread {
    use chan_tokio as rt;

    fn run<F: Future>(future: F) -> F::Output {
        let mut builder = tokio::runtime::Builder::new_multi_thread();
        builder.worker_threads(2).enable_all().build().unwrap().block_on(future)
    }

    include!("../../../tests/adapters/suite.rs");
}
