//! Runs every pattern of `chan_examples::patterns` and says what it shows.

#![forbid(unsafe_code)]

use chan_examples::patterns;
use chan_examples::runtime::{Backend, Program, Runtime};
use clap::Parser;

/// Runs the patterns of the guide's chapter on concurrency. Each asserts what it shows.
#[derive(Debug, Parser)]
#[command(name = "patterns", version)]
struct Args {
    /// What the tasks run on.
    #[arg(long, value_enum, default_value_t = Backend::Tokio)]
    runtime: Backend,
}

impl Program for Args {
    type Output = ();

    fn run<R: Runtime>(self) {
        R::block_on(patterns::all::<R>());
    }
}

fn main() {
    let args = Args::parse();
    args.runtime.run(args);
}
