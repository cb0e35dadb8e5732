//! What is printed at the end: tables for people, JSON for programs.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;
use std::time::Duration;

use comfy_table::{Cell, CellAlignment, ContentArrangement, Table, presets};
use indicatif::{HumanBytes, HumanCount};
use serde::Serialize;

use super::pipeline::Outcome;
use super::stats::{self, Channel, Load, Share};

/// The result, ready to print.
#[derive(Debug, Serialize)]
pub(super) struct Report<'a> {
    root: String,
    runtime: &'static str,
    workers: usize,
    seconds: f64,
    interrupted: bool,
    bytes: u64,
    tokens: u64,
    distinct: usize,
    top: Vec<Entry<'a>>,
    done: Vec<String>,
    skipped: Vec<Skipped>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stats: Option<Vec<Channel>>,
}

#[derive(Debug, Serialize)]
struct Entry<'a> {
    word: &'a str,
    count: u64,
}

#[derive(Debug, Serialize)]
struct Skipped {
    path: String,
    reason: &'static str,
    detail: String,
}

impl<'a> Report<'a> {
    pub(super) fn new(
        root: &Path,
        runtime: &'static str,
        workers: usize,
        top: usize,
        time: Duration,
        outcome: &'a Outcome,
    ) -> Self {
        let ledger = &outcome.ledger;
        let mut done: Vec<_> = ledger.done.iter().map(|path| path.display().to_string()).collect();
        done.sort_unstable();
        let mut skipped: Vec<_> = ledger
            .skipped
            .iter()
            .map(|(path, skip)| Skipped {
                path: path.display().to_string(),
                reason: skip.reason(),
                detail: skip.to_string(),
            })
            .collect();
        skipped.sort_unstable_by(|a, b| a.path.cmp(&b.path));
        Report {
            root: root.display().to_string(),
            runtime,
            workers,
            seconds: time.as_secs_f64(),
            interrupted: outcome.interrupted,
            bytes: ledger.bytes,
            tokens: ledger.words.tokens(),
            distinct: ledger.words.distinct(),
            top: ledger.words.top(top).into_iter().map(|(word, count)| Entry { word, count }).collect(),
            done,
            skipped,
            stats: Some(stats::by_channel(&outcome.tallies)),
        }
    }

    /// One JSON object.
    pub(super) fn json(mut self, out: &mut impl Write, stats: bool) -> io::Result<()> {
        if !stats {
            self.stats = None;
        }
        serde_json::to_writer(&mut *out, &self)?;
        writeln!(out)
    }

    /// Tables and a summary.
    pub(super) fn tables(self, out: &mut impl Write, stats: bool) -> io::Result<()> {
        let mut table = new_table(["#", "word", "count", "share"]);
        for (rank, entry) in (1..).zip(&self.top) {
            let share = 100.0 * entry.count as f64 / self.tokens as f64;
            table.add_row([number(rank), Cell::new(entry.word), number(entry.count), right(format!("{share:.2} %"))]);
        }
        writeln!(out, "{table}")?;
        if let Some(channels) = self.stats.as_deref().filter(|_| stats) {
            writeln!(out, "{}", channel_table(channels))?;
        }
        if !self.skipped.is_empty() {
            writeln!(out, "{}", skipped_table(&self.skipped))?;
        }
        writeln!(
            out,
            "{} words ({} different) in {} files, {}; {} skipped. {:.2} s on {} with {} readers and {} tokenizers.",
            HumanCount(self.tokens),
            HumanCount(self.distinct as u64),
            HumanCount(self.done.len() as u64),
            HumanBytes(self.bytes),
            self.skipped.len(),
            self.seconds,
            self.runtime,
            self.workers,
            self.workers,
        )?;
        if self.interrupted {
            writeln!(out, "Interrupted: this is what was counted until then.")?;
        }
        Ok(())
    }
}

/// One row for each reason; `--json` names all files.
fn skipped_table(skipped: &[Skipped]) -> Table {
    let mut reasons: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for file in skipped {
        reasons.entry(&file.detail).or_default().push(&file.path);
    }
    let mut table = new_table(["skipped because", "files", "for example"]);
    for (reason, files) in reasons {
        table.add_row([Cell::new(reason), number(files.len() as u64), Cell::new(files[0])]);
    }
    table
}

/// One row for each end of each channel, with the sum and each worker's share.
fn channel_table(channels: &[Channel]) -> Table {
    let mut table = new_table(["channel", "", "messages", "text", "words", "counts", "messages by worker"]);
    for channel in channels {
        for (side, shares) in [("sent", &channel.sent), ("received", &channel.received)] {
            if shares.is_empty() {
                continue;
            }
            let mut sum = Load::default();
            shares.iter().for_each(|share| sum.add(share.load));
            table.add_row([
                Cell::new(format!("{:?}", channel.channel).to_lowercase()),
                Cell::new(side),
                number(sum.messages),
                right(if sum.bytes > 0 { HumanBytes(sum.bytes).to_string() } else { String::new() }),
                right(if sum.tokens > 0 { HumanCount(sum.tokens).to_string() } else { String::new() }),
                right(if sum.counts > 0 { HumanCount(sum.counts).to_string() } else { String::new() }),
                Cell::new(by_worker(shares)),
            ]);
        }
    }
    table
}

fn by_worker(shares: &[Share]) -> String {
    let each: Vec<_> = shares.iter().map(|share| format!("{}: {}", share.worker, share.load.messages)).collect();
    each.join(", ")
}

fn new_table<const N: usize>(header: [&str; N]) -> Table {
    let mut table = Table::new();
    table
        .load_style(presets::UTF8_FULL_CONDENSED)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_header(header);
    table
}

fn number(value: u64) -> Cell {
    right(HumanCount(value).to_string())
}

fn right(text: String) -> Cell {
    Cell::new(text).set_alignment(CellAlignment::Right)
}
