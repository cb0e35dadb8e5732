//! Go's own behaviours, as its documentation has them: the language specification ("Send statements", "Receive
//! operator", "Select statements", "Close", "For statements with range clause", "Channel types"), the memory model, and
//! the ideas that Go's own tests are known for. Written once, in `rules`, for tasks on a deterministic executor and for
//! threads.
//!
//! Where Go panics (a send on a closed channel, a second close), the answer here is an error or `false`.
#![allow(clippy::duplicate_mod, reason = "one source for both backends")]

// The order matters: the second set of words takes the place of the first.
#[macro_use]
#[path = "../backends/tasks.rs"]
mod tasks;
mod executor;

#[macro_use]
#[path = "../backends/threads.rs"]
mod blocking;
mod threads;
