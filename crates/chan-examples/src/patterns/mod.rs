//! The patterns of the guide's chapter on concurrency: each a short function that asserts what it shows, on every
//! backend.
//!
//! | pattern | functions |
//! |---|---|
//! | fan-in: many producers, one consumer | [`fan_in::merge`] |
//! | fan-out: one channel, many workers | [`fan_out::share`] |
//! | graceful shutdown | [`shutdown::by_message`], [`shutdown::by_close`] |
//! | timeouts and defaults | [`timeouts::receive_with_limit`], [`timeouts::send_with_limit`], [`timeouts::default_at_once`], [`timeouts::default_after_a_while`] |
//! | disabling a case | [`disabled::nil_channel`], [`disabled::ended_source`] |
//! | pipelines | [`pipeline::three_stages`] |
//! | all of them together | [`combined::resizer`] |
//!
//! [`Runtime`] is what they ask of a backend. In a program for one backend, read `R::chan` as `chan`, `R::spawn` as
//! `go` and `R::sleep` as `sleep`, all from that backend's adapter.

use std::time::Duration;

use crate::runtime::Runtime;

pub mod fan_in;
pub mod fan_out;
pub mod shutdown;

pub mod timeouts;

pub mod disabled;
pub mod pipeline;

pub mod combined;

/// Runs all of them, one after the other.
pub async fn all<R: Runtime>() {
    title("fan-in");
    fan_in::merge::<R>().await;
    title("fan-out");
    fan_out::share::<R>().await;
    title("graceful shutdown: by a message");
    shutdown::by_message::<R>().await;
    title("graceful shutdown: by closing");
    shutdown::by_close::<R>().await;
    title("timeouts: a receive with a limit");
    timeouts::receive_with_limit::<R>().await;
    title("timeouts: a send with a limit");
    timeouts::send_with_limit::<R>().await;
    title("defaults: at once");
    timeouts::default_at_once::<R>().await;
    title("defaults: after a while");
    timeouts::default_after_a_while::<R>().await;
    title("disabling a case: a nil channel");
    disabled::nil_channel::<R>().await;
    title("disabling a case: a source that has ended");
    disabled::ended_source::<R>().await;
    title("pipeline");
    pipeline::three_stages::<R>().await;
    title("combined");
    combined::resizer::<R>().await;
    println!("\nall patterns hold on {}", R::NAME);
}

fn title(what: &str) {
    println!("\n== {what}");
}

/// Milliseconds.
const fn ms(n: u64) -> Duration {
    Duration::from_millis(n)
}
