//! The promises that all adapters share, on both kinds of tokio runtime.

mod current_thread;
mod multi_thread;
