//! crossbeam-channel's tests/tick.rs, as published.
include!(concat!(env!("OUT_DIR"), "/tick.rs"));
