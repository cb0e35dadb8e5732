//! Works until Ctrl-C, then finishes what it accepted; a second Ctrl-C leaves at once.

#![forbid(unsafe_code)]

use std::error::Error;
use std::io::Write;
use std::time::Duration;

use chan_examples::graceful;
use clap::{Parser, ValueEnum};

/// The adapters, which have the same names.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Adapter {
    Tokio,
    Smol,
    AsyncStd,
}

/// Works until Ctrl-C, then finishes what it accepted; a second Ctrl-C leaves at once.
#[derive(Debug, Parser)]
#[command(name = "graceful", version)]
struct Args {
    /// What the tasks run on.
    #[arg(long, value_enum, default_value_t = Adapter::Tokio)]
    runtime: Adapter,
    /// Jobs that have no end, to see what the second Ctrl-C does.
    #[arg(long)]
    stuck: bool,
    /// Give up after this many seconds.
    #[arg(long, default_value_t = 60)]
    limit: u64,
}

fn main() -> Result<(), Box<dyn Error>> {
    let args = Args::parse();
    let limit = Duration::from_secs(args.limit);
    let (finished, accepted) = match args.runtime {
        Adapter::Tokio => chan_tokio::block_on(graceful::tokio::serve(args.stuck, limit, tell)),
        Adapter::Smol => chan_smol::block_on(graceful::smol::serve(args.stuck, limit, tell)),
        Adapter::AsyncStd => chan_async_std::block_on(graceful::async_std::serve(args.stuck, limit, tell)),
    }?;
    tell(&format!("finished {finished} of {accepted}"));
    Ok(())
}

/// At once, also into a pipe.
fn tell(what: &str) {
    println!("{what}");
    let _ = std::io::stdout().flush();
}
