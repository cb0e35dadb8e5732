//! From samples to tables: medians, ratios, verdicts; as markdown for people and as JSON for programs.

use std::fmt::Write;

use serde::Serialize;

use crate::cell::{Cell, Group};
use crate::child::{Failure, Sample};
use crate::peers::{OURS, Peer};
use crate::stats::{Ratio, Verdict, geometric_mean, median};

/// All that one run of this program found. This is the JSON file.
#[derive(Debug, Serialize)]
pub struct Report {
    pub settings: Settings,
    pub machine: Machine,
    pub implementations: Vec<Implementation>,
    pub cells: Vec<Row>,
    pub summary: Summary,
}

/// How it was measured.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Settings {
    pub rounds: usize,
    pub ms: u64,
    pub limit_s: u64,
}

/// Where it was measured.
#[derive(Debug, Serialize)]
pub struct Machine {
    pub os: &'static str,
    pub arch: &'static str,
    /// How many threads can run at once.
    pub cores: usize,
}

/// What was measured.
#[derive(Debug, Serialize)]
pub struct Implementation {
    pub name: &'static str,
    pub version: Option<String>,
    pub exact_in_tasks: bool,
}

/// One cell, all implementations.
#[derive(Debug, Serialize)]
pub struct Row {
    pub cell: String,
    #[serde(skip)]
    group: Group,
    pub entries: Vec<Entry>,
    /// The peer that sets the bar here; `None` if there is no such peer, or ours failed.
    pub best: Option<Best>,
}

/// One cell, one implementation.
#[derive(Debug, Serialize)]
pub struct Entry {
    pub name: &'static str,
    /// One a round.
    pub samples: Vec<Sample>,
    pub failure: Option<Failure>,
    /// Medians, in ns per message; `None` after a failure.
    pub median: Option<Median>,
    /// Peer / ours; `None` for ours itself, and where one of the two failed.
    pub wall_ratio: Option<Ratio>,
    pub cpu_ratio: Option<Ratio>,
}

#[derive(Clone, Copy, Debug, Serialize)]
pub struct Median {
    pub wall_ns: f64,
    pub cpu_ns: f64,
}

/// Ours against the fastest peer that keeps its promises in this cell.
#[derive(Debug, Serialize)]
pub struct Best {
    pub name: &'static str,
    pub wall_ratio: Ratio,
    pub cpu_ratio: Ratio,
    pub verdict: Verdict,
}

/// Over all cells that have a bar.
#[derive(Debug, Serialize)]
pub struct Summary {
    pub ahead: usize,
    pub level: usize,
    pub behind: usize,
    /// Cells in which ours lost a message, hung or died. They have no ratio, and are in none of the means.
    pub failed: usize,
    /// Of the ratios to the best peer of each cell.
    pub wall_geometric_mean: Option<f64>,
    pub cpu_geometric_mean: Option<f64>,
}

/// What the rounds of one implementation in one cell gave: all samples, or why there are none.
pub type Rounds = Result<Vec<Sample>, Failure>;

impl Row {
    /// Puts the rounds of one cell together.
    pub fn new(cell: &Cell, measured: Vec<(&Peer, Rounds)>) -> Self {
        let ours: Option<Vec<Sample>> =
            measured.iter().find(|(peer, _)| peer.name == OURS).and_then(|(_, rounds)| rounds.as_ref().ok().cloned());
        let mut best: Option<(f64, Best)> = None;
        let mut entries = Vec::new();
        for (peer, rounds) in measured {
            let entry = Entry::new(peer.name, rounds, ours.as_deref());
            let sets_a_bar = peer.exact_in_tasks || !cell.uses_futures();
            if let (true, Some(median), Some(wall_ratio), Some(cpu_ratio)) =
                (sets_a_bar, entry.median, entry.wall_ratio, entry.cpu_ratio)
                && best.as_ref().is_none_or(|(fastest, _)| median.wall_ns < *fastest)
            {
                let verdict = wall_ratio.verdict();
                best = Some((median.wall_ns, Best { name: peer.name, wall_ratio, cpu_ratio, verdict }));
            }
            entries.push(entry);
        }
        Self { cell: cell.to_string(), group: cell.group(), entries, best: best.map(|(_, best)| best) }
    }

    fn ours_failed(&self) -> bool {
        self.entry(OURS).is_none_or(|ours| ours.failure.is_some())
    }

    fn entry(&self, name: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.name == name)
    }

    /// The row in one line, while the program runs.
    pub fn line(&self) -> String {
        let entries: Vec<String> = self
            .entries
            .iter()
            .map(|entry| match entry.wall_ratio {
                Some(ratio) => format!("{} {} (x{})", entry.name, entry.numbers(), short(ratio.value)),
                None => format!("{} {}", entry.name, entry.numbers()),
            })
            .collect();
        format!("{}: {}", self.cell, entries.join(" · "))
    }
}

impl Entry {
    fn new(name: &'static str, rounds: Rounds, ours: Option<&[Sample]>) -> Self {
        let (samples, failure) = match rounds {
            Ok(samples) => (samples, None),
            Err(failure) => (Vec::new(), Some(failure)),
        };
        let wall = |samples: &[Sample]| -> Vec<f64> { samples.iter().map(|sample| sample.wall_ns).collect() };
        let cpu = |samples: &[Sample]| -> Vec<f64> { samples.iter().map(|sample| sample.cpu_ns).collect() };
        let measured = failure.is_none();
        let ours = ours.filter(|_| measured && name != OURS);
        Self {
            name,
            median: measured.then(|| Median { wall_ns: median(&wall(&samples)), cpu_ns: median(&cpu(&samples)) }),
            wall_ratio: ours.map(|ours| Ratio::of(&wall(&samples), &wall(ours))),
            cpu_ratio: ours.map(|ours| Ratio::of(&cpu(&samples), &cpu(ours))),
            samples,
            failure,
        }
    }

    /// `wall / CPU`, or what went wrong.
    fn numbers(&self) -> String {
        match (&self.median, &self.failure) {
            (Some(median), _) => format!("{} / {}", short(median.wall_ns), short(median.cpu_ns)),
            (None, Some(Failure::Lost)) => "lost".into(),
            (None, Some(Failure::NeverEnded)) => "never ended".into(),
            (None, Some(Failure::Died(_))) | (None, None) => "died".into(),
        }
    }
}

impl Summary {
    pub fn of(rows: &[Row]) -> Self {
        let bars: Vec<&Best> = rows.iter().filter_map(|row| row.best.as_ref()).collect();
        let count = |verdict| bars.iter().filter(|best| best.verdict == verdict).count();
        let mean = |ratio: fn(&Best) -> f64| geometric_mean(&bars.iter().map(|best| ratio(best)).collect::<Vec<_>>());
        Self {
            ahead: count(Verdict::Ahead),
            level: count(Verdict::Level),
            behind: count(Verdict::Behind),
            failed: rows.iter().filter(|row| row.ours_failed()).count(),
            wall_geometric_mean: mean(|best| best.wall_ratio.value),
            cpu_geometric_mean: mean(|best| best.cpu_ratio.value),
        }
    }
}

impl Report {
    pub fn markdown(&self) -> String {
        let mut out = String::new();
        self.write_markdown(&mut out).expect("a String takes everything");
        out
    }

    fn write_markdown(&self, out: &mut String) -> std::fmt::Result {
        let Settings { rounds, ms, limit_s } = self.settings;
        let Machine { os, arch, cores } = self.machine;
        writeln!(out, "{rounds} rounds of {ms} ms, limit {limit_s} s; {os} {arch}, {cores} cores.")?;
        let versions: Vec<String> = self
            .implementations
            .iter()
            .map(|one| format!("{} {}", one.name, one.version.as_deref().unwrap_or("(with the compiler)")))
            .collect();
        writeln!(out, "{}.", versions.join(", "))?;
        writeln!(
            out,
            "\nMedians, **wall ns / CPU ns**. Below them: ratio of wall medians, peer / ours (above 1: ours is"
        )?;
        writeln!(out, "faster), with its 90 % interval.")?;
        for group in Group::ALL {
            self.write_group(out, group)?;
        }
        self.write_best(out)?;
        self.write_deaths(out)
    }

    fn write_group(&self, out: &mut String, group: Group) -> std::fmt::Result {
        let rows: Vec<&Row> = self.cells.iter().filter(|row| row.group == group).collect();
        let names: Vec<&str> = self
            .implementations
            .iter()
            .map(|one| one.name)
            .filter(|name| rows.iter().any(|row| row.entry(name).is_some()))
            .collect();
        if names.is_empty() {
            return Ok(());
        }
        writeln!(out, "\n**{}**\n", group.title())?;
        write_table(out, "", &names, &rows, |entry| Some(entry.numbers()))?;
        if names.len() > 1 {
            writeln!(out)?;
            write_table(out, "peer / ours", &names[1..], &rows, |entry| entry.wall_ratio.map(interval))?;
        }
        Ok(())
    }

    fn write_best(&self, out: &mut String) -> std::fmt::Result {
        if self.implementations.len() < 2 {
            return Ok(());
        }
        writeln!(out, "\n**Ours against the best peer that keeps its promises in the cell**\n")?;
        writeln!(out, "| cell | best peer | wall, peer / ours | CPU, peer / ours | wall |")?;
        writeln!(out, "|---|---|---|---|---|")?;
        for row in &self.cells {
            if let Some(Best { name, wall_ratio, cpu_ratio, verdict }) = &row.best {
                let (wall, cpu, word) = (interval(*wall_ratio), interval(*cpu_ratio), verdict.word());
                writeln!(out, "| {} | {name} | {wall} | {cpu} | {word} |", row.cell)?;
            } else {
                let why = if row.ours_failed() { "**ours failed**" } else { "no such peer" };
                writeln!(out, "| {} |  |  |  | {why} |", row.cell)?;
            }
        }
        let Summary { ahead, level, behind, failed, wall_geometric_mean, cpu_geometric_mean } = self.summary;
        write!(out, "\n{ahead} ahead, {level} level, {behind} behind, {failed} failed.")?;
        if let (Some(wall), Some(cpu)) = (wall_geometric_mean, cpu_geometric_mean) {
            write!(out, " Geometric mean of the ratios: wall {}, CPU {}.", short(wall), short(cpu))?;
        }
        writeln!(out)
    }

    /// A child that died says why; without that the table is no help.
    fn write_deaths(&self, out: &mut String) -> std::fmt::Result {
        for row in &self.cells {
            for entry in &row.entries {
                if let Some(Failure::Died(why)) = &entry.failure {
                    writeln!(out, "\n{}, {} died: {}", row.cell, entry.name, why.replace('\n', " "))?;
                }
            }
        }
        Ok(())
    }
}

fn write_table(
    out: &mut String,
    corner: &str,
    names: &[&str],
    rows: &[&Row],
    text: impl Fn(&Entry) -> Option<String>,
) -> std::fmt::Result {
    writeln!(out, "| {corner} | {} |", names.join(" | "))?;
    writeln!(out, "|---|{}", "---|".repeat(names.len()))?;
    for row in rows {
        let texts: Vec<String> = names.iter().map(|name| row.entry(name).and_then(&text).unwrap_or_default()).collect();
        writeln!(out, "| {} | {} |", row.cell, texts.join(" | "))?;
    }
    Ok(())
}

/// `1.35 [1.21 1.50]`
fn interval(ratio: Ratio) -> String {
    format!("{} [{} {}]", short(ratio.value), short(ratio.low), short(ratio.high))
}

/// Three digits, as in `7.42`, `22.5`, `514`, `7300`; thousands from 10 000 on, as in `36k`.
fn short(value: f64) -> String {
    match value {
        ..9.995 => format!("{value:.2}"),
        ..99.95 => format!("{value:.1}"),
        ..9999.5 => format!("{value:.0}"),
        _ => format!("{:.0}k", value / 1e3),
    }
}

/// The version that `Cargo.lock` fixes for a package. Several versions of one package: the newest, listed last, is ours.
pub fn version_of(package: &str) -> Option<String> {
    let name = format!("name = \"{package}\"");
    let mut lines = include_str!("../Cargo.lock").lines();
    let mut found = None;
    while let Some(line) = lines.next() {
        if line == name {
            let version = lines.next()?.strip_prefix("version = \"")?.strip_suffix('"')?;
            found = Some(version.to_owned());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        for (value, text) in [(0.5, "0.50"), (22.53, "22.5"), (514.4, "514"), (7300.2, "7300"), (36_400.0, "36k")] {
            assert_eq!(short(value), text);
        }
    }

    #[test]
    fn versions_come_from_the_lock_file() {
        assert!(version_of("kanal").is_some());
        assert!(version_of("no-such-package").is_none());
    }
}
