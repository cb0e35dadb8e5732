//! crossbeam-channel's tests/array.rs, as published.
include!(concat!(env!("OUT_DIR"), "/array.rs"));
