//! crossbeam-channel's tests/never.rs, as published.
include!(concat!(env!("OUT_DIR"), "/never.rs"));
