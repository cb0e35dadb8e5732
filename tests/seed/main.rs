//! What the seed promises, row by row, on every backend: tokio (both flavours), smol, async-std and plain threads.
//!
//! The rows are written once, in `rows`, and say what they do in the words of `../backends`. Each backend's file here
//! names what the rows call: the adapter's own names, or on threads the blocking forms. Times are limits of liveness or
//! lower bounds; where something must not happen, the other side is a minute away.
#![allow(clippy::duplicate_mod, reason = "one source for each backend")]

// The order matters: the second set of words takes the place of the first.
#[macro_use]
#[path = "../backends/tasks.rs"]
mod tasks;
mod async_std;
mod smol;
mod tokio_current_thread;
mod tokio_multi_thread;

#[macro_use]
#[path = "../backends/threads.rs"]
mod blocking;
mod threads;
