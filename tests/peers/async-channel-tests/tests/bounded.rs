//! async-channel's tests/bounded.rs, as published.
include!(concat!(env!("OUT_DIR"), "/bounded.rs"));
