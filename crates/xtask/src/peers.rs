//! The peers' own test files against our channels: which of their tests are left out, and why, is a table that this
//! checks before it runs all others.

use crate::run::{Limit, Run, cargo, root, target};
use anyhow::{Context, Result, ensure};
use std::collections::BTreeSet;

/// The workspace of the shims and their tests.
pub(crate) const PEERS: &str = "tests/peers/Cargo.toml";
/// One test a line: its name, a colon, and the sentence of our documentation that contradicts it.
const EXCEPTIONS: &str = "tests/peers/exceptions.txt";
/// More than this would say that our select or our permits are wrong, and not the tests.
const MOST_EXCEPTIONS: usize = 15;
/// Test files in which nothing is excepted.
const WITHOUT_EXCEPTIONS: [&str; 7] = ["array", "bounded", "golang", "list", "mpsc", "unbounded", "zero"];
/// Most of these tests sleep most of the time.
const THREADS: &str = "--test-threads=8";

pub(crate) fn test(limit: &Limit) -> Result<()> {
    let list = suite(&["--list"]).stdout(&target().join("xtask/peers"), limit)?;
    let tests: BTreeSet<&str> = list.lines().filter_map(|line| line.strip_suffix(": test")).collect();
    let table = std::fs::read_to_string(root().join(EXCEPTIONS))?;
    let exceptions = exceptions(&table, &tests)?;
    println!("{} tests of the peers, {} of them excepted", tests.len(), exceptions.len());
    let skip = exceptions.iter().flat_map(|name| ["--skip", name]);
    suite(&[THREADS, "--exact"]).args(&skip.collect::<Vec<_>>()).run(limit)
}

/// The names in the table, each of a test that exists.
fn exceptions<'a>(table: &'a str, tests: &BTreeSet<&str>) -> Result<Vec<&'a str>> {
    let mut names = Vec::new();
    for line in table.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (name, sentence) = line.split_once(": ").with_context(|| format!("{EXCEPTIONS}: no reason: {line}"))?;
        let file = name.split("::").next().unwrap_or_default();
        ensure!(tests.contains(name), "{EXCEPTIONS}: there is no test {name}");
        ensure!(!names.contains(&name), "{EXCEPTIONS}: {name} twice");
        ensure!(!sentence.trim().is_empty(), "{EXCEPTIONS}: no reason for {name}");
        ensure!(!WITHOUT_EXCEPTIONS.contains(&file), "{EXCEPTIONS}: no test of {file} may be excepted: {name}");
        names.push(name);
    }
    ensure!(names.len() <= MOST_EXCEPTIONS, "{EXCEPTIONS}: {} are more than {MOST_EXCEPTIONS}", names.len());
    Ok(names)
}

fn suite(arguments: &[&str]) -> Run {
    cargo(&["test", "--release", "--manifest-path", PEERS, "--tests", "--no-fail-fast", "--"])
        .target("beside")
        .args(arguments)
}
