//! The rules on threads: a task is one, and every operation blocks.

mod backend {
    use std::thread;

    pub(super) use chan_core::*;
    pub(super) use chan_select::{select_blocking as select, *};

    /// As many threads as a test may have at once.
    pub(super) const MANY: usize = 200;

    pub(super) fn run<R>(main: impl FnOnce() -> R) -> R {
        main()
    }

    pub(super) fn go<R: Send + 'static>(body: impl FnOnce() -> R + Send + 'static) -> thread::JoinHandle<R> {
        thread::spawn(body)
    }
}

#[path = "rules/mod.rs"]
mod rules;
