//! crossbeam-channel's tests/same_channel.rs, as published.
include!(concat!(env!("OUT_DIR"), "/same_channel.rs"));
