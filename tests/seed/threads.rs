//! The rows on threads and nothing else: each task is one, every operation blocks. The timers of `select!` are
//! async-io's, which bring their own thread.

mod backend {
    use std::thread;
    use std::time::{Duration, Instant};

    pub(super) use chan_core::*;
    pub(super) use chan_select::{select_blocking as select, *};
    use smol::Timer;

    pub(super) fn run<R>(body: impl FnOnce() -> R) -> R {
        body()
    }

    pub(super) fn go<R: Send + 'static>(body: impl FnOnce() -> R + Send + 'static) -> thread::JoinHandle<R> {
        thread::spawn(body)
    }

    pub(super) fn after(time: Duration) -> Timer {
        Timer::after(time)
    }

    pub(super) struct Tick(Timer);

    pub(super) fn tick(period: Duration) -> Tick {
        Tick(Timer::interval(period))
    }

    impl Tick {
        pub(super) async fn next(&mut self) -> Instant {
            (&mut self.0).await
        }
    }
}

#[path = "rows/mod.rs"]
mod rows;
