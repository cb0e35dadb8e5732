//! crossbeam-channel's tests/select_macro.rs, as published.
include!(concat!(env!("OUT_DIR"), "/select_macro.rs"));
