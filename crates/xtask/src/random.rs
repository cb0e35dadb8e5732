//! The models and scenarios of chan-core in random orders, under shuttle; and that some seeded bugs are found so.

use crate::models::{build, complaint};
use crate::run::{Limit, program, target};
use anyhow::{Result, bail, ensure};
use clap::Args;

/// The scenarios that are there for shuttle alone.
const SCENARIOS: &str = "select_models::random::";
/// Seeded bugs that a scenario must find. Those of an ordering are loom's: shuttle knows sequential consistency only.
const BUGS: [(&str, &str); 6] = [
    ("take_without_claim", "three_sends_each_against_receives"),
    ("no_poke", "ring_of_six"),
    ("sleep_by_store", "cancelled_at_every_turn"),
    ("no_rearm", "an_offer_goes_first_among_others"),
    ("no_pass_on_own", "one_channel_for_all"),
    ("hint_kept_while_away", "a_kept_select_comes_and_goes"),
];

/// Which, how often, and where the dice begin.
#[derive(Args, Debug)]
pub(crate) struct Choice {
    /// Only models and scenarios whose path contains one of these [default: the scenarios].
    names: Vec<String>,
    /// So many random schedules, and as many of PCT(3), for each.
    #[arg(long, default_value_t = 20_000)]
    schedules: u64,
    /// Other schedules.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// What CI runs: the scenarios, and then the bugs.
pub(crate) fn in_ci(limit: &Limit) -> Result<()> {
    explore(&Choice { names: Vec::new(), schedules: 20_000, seed: 1 }, limit)?;
    seeded_bugs(limit)
}

/// Runs the chosen ones and prints a line for each.
pub(crate) fn explore(choice: &Choice, limit: &Limit) -> Result<()> {
    let names = if choice.names.is_empty() { vec![SCENARIOS.to_owned()] } else { choice.names.clone() };
    let binary = build("shuttle", limit)?;
    let observed = program(&binary.to_string_lossy())
        .args(&names)
        .args(&["--nocapture", "--test-threads=2"])
        .env("CHAN_SCHEDULES", choice.schedules.to_string())
        .env("CHAN_SEED", choice.seed.to_string())
        .env("RUST_BACKTRACE", "0")
        .observe(&target().join("xtask/random.txt"), *limit)?;
    let lines = observed.output.lines().filter_map(|line| line.find("model ").map(|start| &line[start..]));
    let explored = lines.filter(|line| line.contains(" random schedules")).inspect(|line| println!("  {line}")).count();
    match observed.status {
        Some(status) if status.success() => {}
        Some(_) => bail!("{}\n{}", complaint(&observed.output).unwrap_or("without a panic"), observed.output),
        None => bail!("stopped after {:.0} s", observed.seconds),
    }
    ensure!(explored > 0, "nothing has such a name");
    println!("{explored} explored in {:.0} s", observed.seconds);
    Ok(())
}

/// Switches on each bug in turn and requires its scenario to fail.
fn seeded_bugs(limit: &Limit) -> Result<()> {
    let binary = build("shuttle", limit)?;
    for (bug, scenario) in BUGS {
        let observed = program(&binary.to_string_lossy())
            .args(&["--exact", &format!("channel::{SCENARIOS}{scenario}"), "--nocapture"])
            .env("CHAN_BUG", bug)
            .env("RUST_BACKTRACE", "0")
            .observe(&target().join("xtask/random-bugs").join(bug), *limit)?;
        let failed = observed.status.is_some_and(|status| !status.success());
        ensure!(failed && observed.output.contains("running 1 test"), "{bug}: not caught by {scenario}");
        let how = complaint(&observed.output).unwrap_or("without a panic");
        println!("  {bug}: caught by {scenario} in {:.1} s: {how}", observed.seconds);
    }
    Ok(())
}
