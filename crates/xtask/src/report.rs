//! Runs steps of the table, each within its budget, and says at the end what each took and whether it passed.

use crate::run::Limit;
use crate::steps::{STEPS, Step, TOTAL};
use anyhow::{Result, bail};
use std::time::{Duration, Instant};

/// How a step ended.
struct Ended {
    step: &'static Step,
    seconds: f64,
    result: Result<()>,
}

/// Runs the named steps, or all, in the order of the table. A failed step does not stop those after it; what fails is
/// told again at the end, and nothing is left out in silence.
pub(crate) fn run_steps<S: AsRef<str>>(names: &[S]) -> Result<()> {
    if let Some(unknown) = names.iter().find(|name| STEPS.iter().all(|step| step.name != name.as_ref())) {
        bail!("no step `{}`; `cargo xtask ci --list` prints them", unknown.as_ref());
    }
    let chosen = |step: &&Step| names.is_empty() || names.iter().any(|name| name.as_ref() == step.name);
    let total = Limit::within(TOTAL.saturating_sub(already_spent()));

    let ended: Vec<Ended> = STEPS.iter().filter(chosen).map(|step| run_step(step, total)).collect();

    println!("\n{:<14} {:>8} {:>8}  result", "step", "seconds", "budget");
    for Ended { step, seconds, result } in &ended {
        let result = match result {
            Ok(()) => "passed".to_owned(),
            Err(error) => format!("FAILED: {error:#}"),
        };
        println!("{:<14} {seconds:>8.1} {:>8}  {result}", step.name, step.budget);
    }
    let failed = ended.iter().filter(|step| step.result.is_err()).count();
    let all: f64 = ended.iter().map(|step| step.seconds).sum();
    println!("{:<14} {all:>8.1} {:>8}\n", "together", TOTAL.as_secs());
    println!("{} passed, {failed} failed", ended.len() - failed);
    // The line above stays the last one: the exit code says the rest.
    if failed > 0 {
        std::process::exit(1);
    }
    Ok(())
}

fn run_step(step: &'static Step, total: Limit) -> Ended {
    println!("\n==> {}: {} (at most {} s)", step.name, step.what, step.budget);
    let began = Instant::now();
    let limit = Limit::within(Duration::from_secs(step.budget)).and(total);
    let mut result = (step.run)(&limit);
    if result.is_ok() && limit.is_over() {
        result = Err(anyhow::anyhow!("took longer than its budget"));
    }
    if let Err(error) = &result {
        println!("==> {} FAILED: {error:#}", step.name);
    }
    Ended { step, seconds: began.elapsed().as_secs_f64(), result }
}

/// What `.ci/run` has used up before it called us.
fn already_spent() -> Duration {
    let seconds = std::env::var("CHAN_CI_SPENT").ok().and_then(|text| text.parse().ok());
    Duration::from_secs(seconds.unwrap_or(0))
}

/// The table, for people.
pub(crate) fn print_table_of_steps() {
    for step in STEPS {
        println!("{:<14} {:>4} s  {}", step.name, step.budget, step.what);
    }
}
