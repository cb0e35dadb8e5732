//! `cargo xtask`: the checks beyond `cargo test --workspace`. What there is, in which order and how long each may take
//! is the table in `steps.rs`; everything else serves it.
#![forbid(unsafe_code)]

mod run; // child processes that cannot outlive their time
mod debian; // the toolchain that can build its own standard library
mod models; // loom models and their seeded bugs
mod random; // the same in random orders
mod peers; // the peers' own tests
mod steps; // the table
mod report; // what was done, and how long it took

use anyhow::Result;
use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// The checks of this workspace beyond `cargo test --workspace`.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Everything, in the order of the table. Goes on after a failure; fails at the end if a step did.
    Ci {
        /// Only these steps.
        steps: Vec<String>,
        /// Print the table and do nothing.
        #[arg(long)]
        list: bool,
    },
    /// Runs the loom models and prints how many executions each had.
    Model(models::Choice),
    /// Switches on each seeded bug and requires a model to fail.
    Bugs {
        /// Only bugs whose name contains one of these.
        names: Vec<String>,
    },
    /// Runs scenarios that are too large for loom in random orders.
    Random(random::Choice),
    /// Address, leak and thread sanitizer.
    Sanitize,
    /// Builds for a microcontroller without an operating system.
    Embedded,
    /// Builds the documentation, warnings denied.
    Doc,
    /// Builds the book in `docs`.
    Book,
    /// Runs the benchmarks; what follows goes to them.
    Bench {
        /// Arguments of chan-bench.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
}

fn main() -> ExitCode {
    run::stop_children_on_ctrl_c();
    match Arguments::parse().task.run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nxtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

impl Task {
    fn run(self) -> Result<()> {
        let unlimited = run::Limit::none();
        match self {
            Task::Ci { list: true, .. } => {
                report::print_table_of_steps();
                Ok(())
            }
            Task::Ci { steps, list: false } => report::run_steps(&steps),
            Task::Model(choice) => models::explore(&choice, &unlimited),
            Task::Bugs { names } => models::seeded_bugs(&names, &unlimited),
            Task::Random(choice) => random::explore(&choice, &unlimited),
            Task::Sanitize => report::run_steps(&["packages", "asan", "tsan"]),
            Task::Embedded => report::run_steps(&["packages", "embedded"]),
            Task::Doc => report::run_steps(&["doc"]),
            Task::Book => steps::book(&unlimited),
            Task::Bench { arguments } => {
                let command = ["run", "--release", "--manifest-path", steps::BENCH, "--"];
                run::cargo(&command).target("beside").args(&arguments).run(&unlimited)
            }
        }
    }
}
