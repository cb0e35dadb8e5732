//! crossbeam-channel's tests/thread_locals.rs, as published.
include!(concat!(env!("OUT_DIR"), "/thread_locals.rs"));
