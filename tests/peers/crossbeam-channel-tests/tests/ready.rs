//! crossbeam-channel's tests/ready.rs, as published.
include!(concat!(env!("OUT_DIR"), "/ready.rs"));
