//! crossbeam-channel's tests/list.rs, as published.
include!(concat!(env!("OUT_DIR"), "/list.rs"));
