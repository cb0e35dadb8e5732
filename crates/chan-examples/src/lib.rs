//! Programs made of the channels, each on tokio, smol, async-std and plain threads.
//!
//! * [`runtime`]: the few things that a program asks of a backend, as a trait, and the four backends.
//! * [`wordcount`]: the word counter, a pipeline over real files (`src/bin/wordcount.rs`).
//! * [`patterns`]: every pattern of the guide's chapter on concurrency, short and asserted (`src/bin/patterns.rs`).
//! * [`graceful`]: Ctrl-C, and what was accepted is finished (`src/bin/graceful.rs`).
//!
//! Nothing here is published: copy what you like.

#![forbid(unsafe_code)]

pub mod runtime;

pub mod wordcount;

pub mod patterns;

pub mod graceful;

/// The example of the project's README.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;

#[cfg(doctest)]
mod guide;
