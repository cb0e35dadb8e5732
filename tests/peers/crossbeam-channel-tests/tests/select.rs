//! crossbeam-channel's tests/select.rs, as published.
include!(concat!(env!("OUT_DIR"), "/select.rs"));
