//! Our channels and their peers, side by side. The parent walks through the plan; every measurement is a child process;
//! within a cell the implementations take turns (A B C A B C ..), so that a slow minute of the machine hits all of them.

mod cell;
mod child;
mod fairness;
mod peers;
mod reading;
mod report;
mod stats;
mod workloads;

use std::fs;
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use clap::{Args, Parser, Subcommand};

use cell::{Cell, plan};
use peers::{OURS, Peer};
use report::{Implementation, Machine, Report, Rounds, Row, Settings, Summary, version_of};

/// Measures our channels beside their peers.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// A first look: 3 rounds of 20 ms.
    Quick(Options),
    /// Numbers to show: 9 rounds of 100 ms.
    Full(Options),
    /// The cells, and who can do them.
    List,
    /// What selects take when several cases are ready.
    Fairness(fairness::Arguments),
    /// One measurement, in a child.
    #[command(hide = true)]
    Cell(child::Arguments),
}

#[derive(Debug, Args)]
struct Options {
    /// How often every cell is measured.
    #[arg(long)]
    rounds: Option<usize>,
    /// How long one measurement should take, in milliseconds.
    #[arg(long)]
    ms: Option<u64>,
    /// Only cells with this in their name (see `list`). May be given several times.
    #[arg(long, value_name = "SUBSTR")]
    only: Vec<String>,
    /// Only these peers, separated by commas. Ours is always measured.
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    peers: Vec<String>,
    /// Writes everything, every sample included, as JSON.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// How long a child may take, in seconds. One that takes longer "never ended".
    #[arg(long, default_value_t = 12, value_name = "SECONDS")]
    limit: u64,
}

fn main() -> Result<()> {
    match Arguments::parse().command {
        Command::Quick(options) => measure(&options, 3, 20),
        Command::Full(options) => measure(&options, 9, 100),
        Command::List => {
            list();
            Ok(())
        }
        Command::Fairness(arguments) => fairness::run(&arguments),
        Command::Cell(arguments) => child::run(&arguments),
    }
}

fn list() {
    let peers = peers::all();
    for cell in plan() {
        let able: Vec<&str> = peers.iter().filter(|peer| peer.run(&cell).is_some()).map(|peer| peer.name).collect();
        println!("{cell}: {}", able.join(" "));
    }
}

fn measure(options: &Options, rounds: usize, ms: u64) -> Result<()> {
    let settings =
        Settings { rounds: options.rounds.unwrap_or(rounds), ms: options.ms.unwrap_or(ms), limit_s: options.limit };
    ensure!(settings.rounds > 0 && settings.ms > 0, "--rounds and --ms start at 1");
    let peers = chosen_peers(&options.peers)?;
    let cells = chosen_cells(&options.only)?;

    let mut rows = Vec::new();
    for (index, cell) in cells.iter().enumerate() {
        let row = Row::new(cell, measure_cell(cell, &peers, settings)?);
        eprintln!("[{}/{}] {}", index + 1, cells.len(), row.line());
        rows.push(row);
    }

    let report = Report {
        settings,
        machine: Machine {
            os: std::env::consts::OS,
            arch: std::env::consts::ARCH,
            cores: thread::available_parallelism().map_or(1, usize::from),
        },
        implementations: peers
            .iter()
            .map(|peer| Implementation {
                name: peer.name,
                version: peer.package.and_then(version_of),
                exact_in_tasks: peer.exact_in_tasks,
            })
            .collect(),
        summary: Summary::of(&rows),
        cells: rows,
    };
    println!("{}", report.markdown());
    if let Some(path) = &options.out {
        let json = serde_json::to_string_pretty(&report)?;
        fs::write(path, json).with_context(|| format!("cannot write {}", path.display()))?;
    }
    ensure!(report.summary.failed == 0, "ours failed in {} cells", report.summary.failed);
    Ok(())
}

/// Everybody who can do the cell, in turns. Who fails once in a cell is not asked again there.
fn measure_cell<'a>(cell: &Cell, peers: &'a [Peer], settings: Settings) -> Result<Vec<(&'a Peer, Rounds)>> {
    let limit = Duration::from_secs(settings.limit_s);
    let mut measured: Vec<(&Peer, Rounds)> =
        peers.iter().filter(|peer| peer.run(cell).is_some()).map(|peer| (peer, Ok(Vec::new()))).collect();
    for _ in 0..settings.rounds {
        for (peer, rounds) in &mut measured {
            if let Ok(samples) = rounds {
                match child::measure(cell, peer.name, settings.ms, limit)? {
                    Ok(sample) => samples.push(sample),
                    Err(failure) => *rounds = Err(failure),
                }
            }
        }
    }
    Ok(measured)
}

/// Ours, and the peers that were asked for; all if none was.
fn chosen_peers(names: &[String]) -> Result<Vec<Peer>> {
    let mut peers = peers::all();
    for name in names {
        ensure!(peers.iter().any(|peer| peer.name == name), "no implementation is called {name:?}");
    }
    if !names.is_empty() {
        peers.retain(|peer| peer.name == OURS || names.iter().any(|name| peer.name == name));
    }
    Ok(peers)
}

fn chosen_cells(only: &[String]) -> Result<Vec<Cell>> {
    let mut cells = plan();
    if !only.is_empty() {
        // With a slash at the end, so that `cap1/` is not `cap128`.
        cells.retain(|cell| only.iter().any(|part| format!("{cell}/").contains(part)));
    }
    ensure!(!cells.is_empty(), "no cell has that in its name; `list` prints them all");
    Ok(cells)
}
