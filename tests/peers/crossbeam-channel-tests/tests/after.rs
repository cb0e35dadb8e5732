//! crossbeam-channel's tests/after.rs, as published.
include!(concat!(env!("OUT_DIR"), "/after.rs"));
