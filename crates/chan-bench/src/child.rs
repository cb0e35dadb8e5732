//! One measurement in a process of its own, seen from both sides. A process starts with a fresh heap and fresh threads,
//! and can be killed when it hangs.

use std::env;
use std::io::Read;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use wait_timeout::ChildExt;

use crate::cell::{Cell, plan};
use crate::peers;
use crate::reading::Reading;
use crate::workloads::Job;

/// What the child tells the parent: one line of JSON.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Sample {
    /// Per message.
    pub wall_ns: f64,
    /// Per message, of the whole process.
    pub cpu_ns: f64,
    pub messages: u64,
    pub lost: bool,
}

/// Why there is no number.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Failure {
    /// A message was missing or came twice.
    Lost,
    /// The time limit of the child passed: a lost message or a lost wake-up.
    NeverEnded,
    /// The child died, with the end of what it said.
    Died(String),
}

/// The arguments of the hidden `cell` command.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The name of a cell, as `list` prints it.
    cell: String,
    /// The name of an implementation.
    peer: String,
    /// How long the measured run should take, in milliseconds.
    #[arg(long)]
    ms: u64,
}

/// No run is longer, so that the backlog of an unbounded channel stays below some hundred megabytes.
const MOST_MESSAGES: u64 = 10_000_000;

/// The child's side: measures and prints a [`Sample`].
pub fn run(arguments: &Arguments) -> Result<()> {
    let Some(cell) = plan().into_iter().find(|cell| cell.to_string() == arguments.cell) else {
        bail!("no cell is called {:?}", arguments.cell);
    };
    let Some(peer) = peers::all().into_iter().find(|peer| peer.name == arguments.peer) else {
        bail!("no implementation is called {:?}", arguments.peer);
    };
    let Some(run) = peer.run(&cell) else {
        bail!("{} cannot do {cell}", peer.name);
    };
    let reading = long_enough(&cell, Duration::from_millis(arguments.ms), |messages| run(&Job { cell, messages }));
    let per_message = |time: Duration| time.as_secs_f64() * 1e9 / reading.messages as f64;
    let sample = Sample {
        wall_ns: per_message(reading.wall),
        cpu_ns: per_message(reading.cpu),
        messages: reading.messages,
        lost: !reading.intact,
    };
    println!("{}", serde_json::to_string(&sample)?);
    Ok(())
}

/// Runs with more and more messages until a run takes at least half of the time that was asked for. The shorter runs
/// warm up. Stops at the first run that loses something.
fn long_enough(cell: &Cell, target: Duration, run: impl Fn(u64) -> Reading) -> Reading {
    let mut messages = cell.first_messages();
    loop {
        let reading = run(messages);
        if !reading.intact || reading.wall >= target / 2 || messages >= MOST_MESSAGES {
            return reading;
        }
        let factor = target.as_secs_f64() / reading.wall.as_secs_f64();
        messages = ((messages as f64 * factor.clamp(2.0, 32.0)) as u64).min(MOST_MESSAGES);
    }
}

/// The parent's side: starts this program again for one measurement and waits for it, but not longer than `limit`.
pub fn measure(cell: &Cell, peer: &str, ms: u64, limit: Duration) -> Result<Result<Sample, Failure>> {
    let mut child = Command::new(env::current_exe()?)
        .args(["cell", &cell.to_string(), peer, "--ms", &ms.to_string()])
        // If it dies, one line says why.
        .env("RUST_BACKTRACE", "0")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .context("cannot start a child")?;
    let Some(status) = child.wait_timeout(limit)? else {
        child.kill()?;
        child.wait()?;
        return Ok(Err(Failure::NeverEnded));
    };
    // A child says little; all of it has waited in the pipes.
    let (mut said, mut complained) = (String::new(), String::new());
    child.stdout.take().context("the child's output is piped")?.read_to_string(&mut said)?;
    child.stderr.take().context("the child's errors are piped")?.read_to_string(&mut complained)?;
    if !status.success() {
        let complaint = complained.trim();
        return Ok(Err(Failure::Died(if complaint.is_empty() { status.to_string() } else { complaint.to_owned() })));
    }
    let sample: Sample = serde_json::from_str(&said).with_context(|| format!("the child said {said:?}"))?;
    Ok(if sample.lost { Err(Failure::Lost) } else { Ok(sample) })
}
