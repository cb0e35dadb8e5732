//! The loom models of chan-core, and the bugs seeded in it. Each model is a test of one binary, run as a process of its
//! own so that it can be stopped; two at a time. What a model must print, and how a bug is switched on, is described in
//! docs/contributing/models.md.

use crate::run::{Limit, Observed, cargo, program, root, target};
use anyhow::{Context, Result, bail, ensure};
use clap::Args;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// Models that run at the same time.
const WORKERS: usize = 2;
/// CI's bound on preemptions.
const BOUND: u32 = 2;
/// After so many seconds a model stops by itself and is listed as cut; sooner where the step's time must do for many.
const CUT: u64 = 60;
/// But not sooner than this.
const LEAST_CUT: u64 = 3;
/// loom looks at the clock once in so many executions; its own 20 000 may take a minute.
const CLOCK_EVERY: &str = "500";
/// A model with a seeded bug has so long to fail.
const CUT_WITH_BUG: u64 = 30;
/// One that has not stopped by itself so much later hangs.
const GRACE: u64 = 20;

const SOURCE: &str = "crates/chan-core/src";
const BUGS: &str = "crates/chan-core/src/bugs.txt";

/// Which models, and how deep.
#[derive(Args, Debug)]
pub(crate) struct Choice {
    /// Only models whose path contains one of these.
    names: Vec<String>,
    /// Three preemptions and no cut: hours.
    #[arg(long)]
    deep: bool,
    /// So many preemptions [default: 2, with --deep 3].
    #[arg(long)]
    bound: Option<u32>,
    /// Cut a model after so many seconds [default: 60, with --deep never].
    #[arg(long)]
    seconds: Option<u64>,
    /// Without shadow words: deeper in the same time, but loom misses schedules (see primitive/).
    #[arg(long)]
    plain: bool,
}

impl Choice {
    /// What CI runs.
    pub(crate) fn in_ci() -> Self {
        Choice { names: Vec::new(), deep: false, bound: None, seconds: None, plain: false }
    }
    fn bound(&self) -> u32 {
        self.bound.unwrap_or(if self.deep { 3 } else { BOUND })
    }
    fn cut(&self) -> Option<u64> {
        self.seconds.or(if self.deep { None } else { Some(CUT) })
    }
}

/// One model's test, with what it printed.
struct Explored {
    /// `model NAME: N executions, bound B, S s`, or `model NAME: cut at N executions`.
    lines: Vec<String>,
    result: Result<Observed>,
}

/// Runs the chosen models and prints a line for each.
pub(crate) fn explore(choice: &Choice, limit: &Limit) -> Result<()> {
    let binary = build("loom", limit)?;
    let mut paths = list(&binary, limit)?;
    if !choice.names.is_empty() {
        paths.retain(|path| choice.names.iter().any(|name| path.contains(name)));
    }
    ensure!(!paths.is_empty(), "no model found");

    let waiting = AtomicUsize::new(paths.len());
    let explored = in_parallel(&paths, |path| {
        // Relaxed: a number to divide by, no more.
        let waiting = waiting.fetch_sub(1, Ordering::Relaxed);
        let mut run = model(&binary, path, choice.bound());
        let mut until = *limit;
        if let Some(seconds) = choice.cut().map(|most| share(most, waiting, limit)) {
            run = run.env("CHAN_MODEL_SECONDS", seconds.to_string());
            until = until.and(Limit::within(Duration::from_secs(seconds + GRACE)));
        }
        if choice.plain {
            run = run.env("CHAN_PLAIN", "1");
        }
        let result = run.observe(&log(path, None), until).and_then(|observed| passed(observed, limit));
        let lines = result.as_ref().map_or(Vec::new(), |observed| counts(&observed.output));
        let result = match &result {
            Ok(_) if lines.is_empty() => Err(anyhow::anyhow!("it did not say how many executions it had")),
            _ => result,
        };
        say_how_it_ended(path, &lines, &result);
        Explored { lines, result }
    });

    println!("\nmodels at {} preemptions:", choice.bound());
    let (mut failed, mut cut) = (0, 0);
    for (path, Explored { lines, result }) in paths.iter().zip(&explored) {
        for line in lines {
            cut += usize::from(line.contains(": cut at "));
            println!("  {}", line.strip_prefix("model ").unwrap_or(line));
        }
        if let Err(error) = result {
            failed += 1;
            println!("  {path}: FAILED: {error:#}");
        }
    }
    println!("{} models: {} explored or cut as listed ({cut} cut), {failed} failed", paths.len(), paths.len() - failed);
    ensure!(failed == 0, "{failed} of {} models failed", paths.len());
    Ok(())
}

/// How many seconds a model gets when so many, itself included, have not been started: its share of what is left. What
/// the quick ones do not need goes to those after them.
fn share(most: u64, waiting: usize, limit: &Limit) -> u64 {
    let Some(left) = limit.remaining() else { return most };
    let left = left.as_secs().saturating_sub(GRACE) as usize;
    let fair = left * WORKERS / waiting.max(1);
    most.min((fair as u64).max(LEAST_CUT))
}

/// A line when a model ends, so that a long run can be watched; the table comes at the end.
fn say_how_it_ended(path: &str, lines: &[String], result: &Result<Observed>) {
    match result {
        Ok(observed) => println!("{path} {:.1} s", observed.seconds),
        Err(error) => println!("{path} FAILED: {error:#}\n{}", tail(&log(path, None))),
    }
    for line in lines {
        println!("    {line}");
    }
}

/// A model that ended well, or why it did not.
fn passed(observed: Observed, limit: &Limit) -> Result<Observed> {
    match observed.status {
        Some(status) if !status.success() => {
            bail!("{status}, {}", complaint(&observed.output).unwrap_or("without a panic"))
        }
        None if limit.is_over() => bail!("stopped after {:.0} s: the step is out of time", observed.seconds),
        None => bail!("stopped after {:.0} s: it hangs", observed.seconds),
        _ if !observed.output.contains("running 1 test") => bail!("there is no such test"),
        Some(_) => Ok(observed),
    }
}

/// A line of bugs.txt.
#[derive(Debug)]
struct Bug {
    name: String,
    /// The models that may catch it; empty: known not to be caught.
    models: Vec<String>,
    /// Why nothing can catch it.
    excuse: String,
}

/// Switches on each seeded bug in turn and requires one of its models to fail.
pub(crate) fn seeded_bugs(names: &[String], limit: &Limit) -> Result<()> {
    let bugs = read_bugs()?;
    every_bug_is_listed(&bugs)?;
    let binary = build("loom", limit)?;
    let models: BTreeSet<String> = list(&binary, limit)?.into_iter().collect();
    if let Some((bug, path)) = bugs
        .iter()
        .flat_map(|bug| bug.models.iter().map(move |path| (bug, path)))
        .find(|(_, path)| !models.contains(*path))
    {
        bail!("{BUGS}: {} names the model {path}, which does not exist", bug.name);
    }
    let bugs: Vec<Bug> =
        bugs.into_iter().filter(|bug| names.is_empty() || names.iter().any(|name| bug.name.contains(name))).collect();
    ensure!(!bugs.is_empty(), "no seeded bug found");

    let answers = in_parallel(&bugs, |bug| {
        let answer = try_bug(&binary, bug, limit);
        println!("{}: {}", bug.name, said(bug, &answer));
        answer
    });

    println!("\nseeded bugs:");
    for (bug, answer) in bugs.iter().zip(&answers) {
        println!("  {}: {}", bug.name, said(bug, answer));
    }
    let known = bugs.iter().filter(|bug| bug.models.is_empty()).count();
    let missed = bugs.iter().zip(&answers).filter(|(bug, answer)| !bug.models.is_empty() && answer.is_err()).count();
    println!(
        "{} seeded bugs: {} caught, {known} known not to be, {missed} NOT CAUGHT",
        bugs.len(),
        bugs.len() - known - missed
    );
    ensure!(missed == 0, "{missed} of {} seeded bugs not caught", bugs.len());
    Ok(())
}

fn said(bug: &Bug, answer: &Result<String>) -> String {
    match answer {
        _ if bug.models.is_empty() => format!("known not to be caught: {}", bug.excuse),
        Ok(by) => format!("caught by {by}"),
        Err(why) => format!("NOT CAUGHT: {why:#}"),
    }
}

/// Which model caught it, how and how fast; or what each of them said.
fn try_bug(binary: &Path, bug: &Bug, limit: &Limit) -> Result<String> {
    let mut passed_by = Vec::new();
    for path in &bug.models {
        let observed = model(binary, path, BOUND)
            .env("CHAN_BUG", &bug.name)
            .env("CHAN_MODEL_SECONDS", CUT_WITH_BUG.to_string())
            .observe(
                &log(path, Some(&bug.name)),
                limit.and(Limit::within(Duration::from_secs(CUT_WITH_BUG + GRACE))),
            )?;
        let counted = counts(&observed.output).pop().unwrap_or_default();
        match observed.status {
            None => passed_by.push(format!("{path} was stopped after {:.0} s", observed.seconds)),
            Some(status) if status.success() => passed_by.push(format!("{path} passes ({counted})")),
            // The count of executions says nothing about the bug.
            Some(_) if observed.output.contains("explores too little") => {
                passed_by.push(format!("{path} only has too few executions ({counted})"));
            }
            Some(status) => {
                let how = complaint(&observed.output).map_or_else(|| status.to_string(), str::to_owned);
                return Ok(format!("{path} in {:.1} s: {how}", observed.seconds));
            }
        }
    }
    bail!("{}", passed_by.join("; "))
}

/// `bug-name model model ..`, or `bug-name - why nothing can catch it`; `#` begins a comment.
fn read_bugs() -> Result<Vec<Bug>> {
    let text = std::fs::read_to_string(root().join(BUGS)).with_context(|| format!("cannot read {BUGS}"))?;
    let mut bugs = Vec::new();
    for line in text.lines() {
        let line = line.split('#').next().unwrap_or_default().trim();
        let mut words = line.split_whitespace();
        let Some(name) = words.next().map(str::to_owned) else { continue };
        let words: Vec<&str> = words.collect();
        let bug = match words.as_slice() {
            ["-", excuse @ ..] if !excuse.is_empty() => Bug { name, models: Vec::new(), excuse: excuse.join(" ") },
            [] | ["-", ..] => bail!("{BUGS}: {name} has neither a model nor a reason"),
            models => Bug { name, models: models.iter().map(|&path| path.to_owned()).collect(), excuse: String::new() },
        };
        bugs.push(bug);
    }
    Ok(bugs)
}

/// A bug that the code knows and the list does not would never be tried; one that only the list knows changes nothing.
fn every_bug_is_listed(bugs: &[Bug]) -> Result<()> {
    let listed: BTreeSet<String> = bugs.iter().map(|bug| bug.name.clone()).collect();
    ensure!(listed.len() == bugs.len(), "{BUGS}: a name is there twice");
    let mut seeded = BTreeSet::new();
    names_in_folder(&root().join(SOURCE), &mut seeded)?;
    let only = |left: &BTreeSet<String>, right| left.difference(right).cloned().collect::<Vec<_>>().join(", ");
    let (unlisted, unseeded) = (only(&seeded, &listed), only(&listed, &seeded));
    ensure!(unlisted.is_empty(), "seeded in the code, but not in {BUGS}: {unlisted}");
    ensure!(unseeded.is_empty(), "in {BUGS}, but not in the code: {unseeded}");
    Ok(())
}

/// Adds each name of `bug("name")` and `weaken("name", ..)` below a folder.
fn names_in_folder(folder: &Path, names: &mut BTreeSet<String>) -> Result<()> {
    for entry in std::fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let path = entry?.path();
        if path.is_dir() {
            names_in_folder(&path, names)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            names_in_text(&std::fs::read_to_string(&path)?, names);
        }
    }
    Ok(())
}

fn names_in_text(text: &str, names: &mut BTreeSet<String>) {
    for call in ["bug(", "weaken("] {
        let arguments = text.split(call).skip(1).filter_map(|rest| rest.trim_start().strip_prefix('"'));
        names.extend(arguments.filter_map(|rest| rest.split('"').next()).map(str::to_owned));
    }
}

/// Compiles chan-core's tests as `checker` (loom or shuttle) sees them, seeded bugs included, and returns the binary: one
/// build for all.
pub(crate) fn build(checker: &str, limit: &Limit) -> Result<PathBuf> {
    let messages = cargo(&["test", "--release", "-p", "chan-core", "--lib", "--no-run"])
        .args(&["--message-format=json-render-diagnostics"])
        .target(checker)
        .env("RUSTFLAGS", format!("--cfg chan_{checker} --cfg chan_bug"))
        .stdout(&target().join(format!("xtask/{checker}-build.json")), limit)?;
    let binary = messages.lines().find_map(|line| {
        let message: serde_json::Value = serde_json::from_str(line).ok()?;
        Some(PathBuf::from(message.get("executable")?.as_str()?))
    });
    binary.context("cargo named no test binary")
}

/// The models' paths: every test below a module `models`.
fn list(binary: &Path, limit: &Limit) -> Result<Vec<String>> {
    let tests = run_binary(binary).args(&["--list"]).stdout(&target().join("xtask/models.txt"), limit)?;
    let paths = tests.lines().filter_map(|line| line.strip_suffix(": test"));
    Ok(paths.filter(|path| path.contains("models::")).map(str::to_owned).collect())
}

fn model(binary: &Path, path: &str, bound: u32) -> crate::run::Run {
    run_binary(binary)
        .args(&["--exact", path, "--nocapture", "--test-threads=1"])
        .env("CHAN_PREEMPTIONS", bound.to_string())
        .env("LOOM_CHECKPOINT_INTERVAL", CLOCK_EVERY)
        // One line of a panic is what we show; a backtrace per thread of a model hides it.
        .env("RUST_BACKTRACE", "0")
}

fn run_binary(binary: &Path) -> crate::run::Run {
    program(&binary.to_string_lossy())
}

/// Where a model's output is kept.
fn log(path: &str, bug: Option<&str>) -> PathBuf {
    let name = path.replace("::", "-");
    match bug {
        None => target().join("xtask/models").join(name),
        Some(bug) => target().join("xtask/bugs").join(bug).join(name),
    }
}

/// The lines in which a model says how far it came. They may follow the harness's `test NAME ... ` on the same line.
fn counts(output: &str) -> Vec<String> {
    let lines = output.lines().filter_map(|line| line.find("model ").map(|start| line[start..].trim().to_owned()));
    lines.filter(|line| line.contains(": ") && line.contains(" executions")).collect()
}

/// What the first panic said.
pub(crate) fn complaint(output: &str) -> Option<&str> {
    let mut lines = output.lines().skip_while(|line| !line.contains("panicked at"));
    let place = lines.next()?;
    lines.map(str::trim).find(|line| !line.is_empty()).or(Some(place))
}

fn tail(log: &Path) -> String {
    let text = std::fs::read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(30)..].join("\n")
}

/// Does `work` for each item, [`WORKERS`] at a time; answers in the order of the items.
fn in_parallel<T: Sync, A: Send>(items: &[T], work: impl Fn(&T) -> A + Sync) -> Vec<A> {
    let next = AtomicUsize::new(0);
    let mut answers: Vec<(usize, A)> = std::thread::scope(|scope| {
        let worker = || {
            let mut mine = Vec::new();
            loop {
                // Relaxed: hands out numbers, publishes nothing.
                let index = next.fetch_add(1, Ordering::Relaxed);
                let Some(item) = items.get(index) else { return mine };
                mine.push((index, work(item)));
            }
        };
        let workers: Vec<_> = (0..WORKERS).map(|_| scope.spawn(worker)).collect();
        workers.into_iter().flat_map(|worker| worker.join().expect("a worker panicked")).collect()
    });
    answers.sort_by_key(|(index, _)| *index);
    answers.into_iter().map(|(_, answer)| answer).collect()
}
