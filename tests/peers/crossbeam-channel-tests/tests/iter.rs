//! crossbeam-channel's tests/iter.rs, as published.
include!(concat!(env!("OUT_DIR"), "/iter.rs"));
