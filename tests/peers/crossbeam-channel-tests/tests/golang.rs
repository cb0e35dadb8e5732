//! crossbeam-channel's tests/golang.rs, as published.
include!(concat!(env!("OUT_DIR"), "/golang.rs"));
