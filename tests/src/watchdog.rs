//! A test that hangs ends the process and says its name. Knows nothing of channels.

use std::io::Write;
use std::panic::{Location, resume_unwind};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// Runs `body` on a thread of its own and passes its result or its panic on. If it has not ended after `limit`, the
/// process aborts with the test's name: a hang is a failure like any other, and nobody waits for it. All limits are
/// multiplied by `CHAN_SLOWNESS`, for machines that are emulated or programs that are instrumented.
#[track_caller]
pub fn within<R: Send + 'static>(limit: Duration, body: impl FnOnce() -> R + Send + 'static) -> R {
    let place = Location::caller();
    let limit = limit.mul_f64(slowness());
    let name = thread::current().name().unwrap_or("unnamed").to_owned();
    let (done, ended) = mpsc::channel();
    let runner = thread::Builder::new()
        .name(name.clone())
        .spawn(move || {
            let result = body();
            let _ = done.send(());
            result
        })
        .expect("a thread for the test's body");
    if let Err(mpsc::RecvTimeoutError::Timeout) = ended.recv_timeout(limit) {
        // Not `eprintln!`: the test harness would keep that to itself.
        let text = format!("\ntest {name} hangs: {place} has not ended within {limit:?}\n");
        let _ = std::io::stderr().write_all(text.as_bytes());
        std::process::abort();
    }
    runner.join().unwrap_or_else(|panic| resume_unwind(panic))
}

fn slowness() -> f64 {
    std::env::var("CHAN_SLOWNESS").map_or(1.0, |factor| factor.parse().expect("CHAN_SLOWNESS is a number"))
}

/// [`within`] for the many tests that take no time at all: one minute, for the sake of loaded machines.
#[track_caller]
pub fn soon<R: Send + 'static>(body: impl FnOnce() -> R + Send + 'static) -> R {
    within(Duration::from_secs(60), body)
}
