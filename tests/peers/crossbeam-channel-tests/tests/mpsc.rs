//! crossbeam-channel's tests/mpsc.rs, as published.
include!(concat!(env!("OUT_DIR"), "/mpsc.rs"));
