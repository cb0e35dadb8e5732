//! crossbeam-channel's tests/zero.rs, as published.
include!(concat!(env!("OUT_DIR"), "/zero.rs"));
