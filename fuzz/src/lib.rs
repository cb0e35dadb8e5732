//! The bodies of the fuzz targets, as functions: the fuzzer calls them with what it made up, ordinary tests with what
//! was kept in `corpus/`.
#![forbid(unsafe_code)]

pub mod ops;
