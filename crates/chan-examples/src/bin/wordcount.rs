//! Counts the words of a directory tree. Everything is in `chan_examples::wordcount`.

#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    chan_examples::wordcount::main()
}
