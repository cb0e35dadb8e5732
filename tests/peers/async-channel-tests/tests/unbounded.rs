//! async-channel's tests/unbounded.rs, as published.
include!(concat!(env!("OUT_DIR"), "/unbounded.rs"));
