//! The built program over a generated tree and over the project's own files, on all four backends, against a count
//! made here, one file after the other.

#![cfg(unix)]
#![forbid(unsafe_code)]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, OpenOptions};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

const BACKENDS: [&str; 4] = ["tokio", "smol", "async-std", "threads"];

/// The limit for one file. Two files run into it, at the same time.
const LIMIT: &str = "3";

fn wordcount(backend: &str, root: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wordcount"));
    command.args(["--json", "--stats", "--top", "1000000000", "--runtime", backend]).arg(root);
    command
}

fn run(command: &mut Command) -> Printed {
    let output = command.output().expect("the program starts");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {errors}", output.status);
    Printed::parse(&output.stdout)
}

/// What the program printed.
struct Printed {
    json: Value,
}

impl Printed {
    fn parse(output: &[u8]) -> Self {
        Printed { json: serde_json::from_slice(output).expect("one JSON object") }
    }

    fn number(&self, key: &str) -> u64 {
        self.json[key].as_u64().expect("a number")
    }

    fn done(&self) -> BTreeSet<PathBuf> {
        let list = self.json["done"].as_array().expect("a list");
        let set: BTreeSet<_> = list.iter().map(|path| path.as_str().expect("a path").into()).collect();
        assert_eq!(set.len(), list.len(), "no file is done twice");
        set
    }

    fn skipped(&self) -> BTreeMap<PathBuf, String> {
        let list = self.json["skipped"].as_array().expect("a list");
        let text = |value: &Value| value.as_str().expect("a text").to_string();
        list.iter().map(|file| (text(&file["path"]).into(), text(&file["reason"]))).collect()
    }

    fn words(&self) -> BTreeMap<String, u64> {
        let list = self.json["top"].as_array().expect("a list");
        let entry = |value: &Value| {
            (value["word"].as_str().expect("a word").to_string(), value["count"].as_u64().expect("a count"))
        };
        list.iter().map(entry).collect()
    }

    /// Compares what was counted with the files that are said to be done.
    fn equals_the_sequential_count_over_its_files(&self) {
        self.equals_the_sequential_count_with(&BTreeMap::new());
    }

    /// The same, with the text of files that cannot be read again.
    fn equals_the_sequential_count_with(&self, pipes: &BTreeMap<PathBuf, String>) {
        let (words, bytes) = sequential(&self.done(), pipes);
        assert_eq!(self.number("bytes"), bytes);
        assert_eq!(self.number("tokens"), words.values().sum::<u64>());
        assert_eq!(self.number("distinct"), words.len() as u64);
        assert!(self.words() == words, "the counts differ");
    }

    /// The sum of `what` over the workers at one end of a channel, and how many workers have a share in it.
    fn carried(&self, channel: &str, side: &str, what: &str) -> (u64, usize) {
        let channels = self.json["stats"].as_array().expect("a list");
        let channel = channels.iter().find(|entry| entry["channel"] == channel).expect("a channel of that name");
        let shares: Vec<_> = channel[side]
            .as_array()
            .expect("a list")
            .iter()
            .map(|share| share[what].as_u64().expect("a number"))
            .filter(|amount| *amount > 0)
            .collect();
        (shares.iter().sum(), shares.len())
    }

    /// Whatever was sent was received, and it took several hands.
    fn crossed_the_channels_on_several_workers(&self) {
        for (channel, what, senders, receivers) in [
            ("paths", "messages", 1, 2),
            ("texts", "bytes", 2, 2),
            ("partials", "tokens", 2, 1),
            ("partials", "counts", 2, 1),
            ("verdicts", "messages", 2, 1),
        ] {
            let (sent, by) = self.carried(channel, "sent", what);
            let (received, to) = self.carried(channel, "received", what);
            assert_eq!(sent, received, "{what} through {channel}");
            assert!(by >= senders && to >= receivers, "{what} through {channel}: {by} sent, {to} received");
        }
    }
}

/// The oracle: one file after the other, each as a whole. Shares no code with the program.
fn sequential(files: &BTreeSet<PathBuf>, pipes: &BTreeMap<PathBuf, String>) -> (BTreeMap<String, u64>, u64) {
    let mut words = BTreeMap::new();
    let mut bytes = 0;
    for file in files {
        let text = match pipes.get(file) {
            Some(text) => text.clone(),
            None => fs::read_to_string(file).expect("a file that is done can be read"),
        };
        bytes += text.len() as u64;
        for word in text.split(|c: char| !c.is_alphanumeric() && c != '_') {
            if !word.is_empty() {
                *words.entry(word.to_lowercase()).or_insert(0) += 1;
            }
        }
    }
    (words, bytes)
}

#[test]
fn four_backends_count_a_generated_tree_as_a_sequential_count_does() {
    let tree = tempfile::tempdir().expect("a folder");
    let root = tree.path();
    common::small_files(root, common::SMALL).expect("small files");
    common::odd_files(root).expect("odd files");
    common::ignored_files(root).expect("ignored files");
    let bad: BTreeMap<_, _> =
        common::bad_files(root).expect("bad files").into_iter().map(|(path, why)| (path, why.to_string())).collect();

    let mut first: Option<Printed> = None;
    for backend in BACKENDS {
        let start = Instant::now();
        let printed = run(wordcount(backend, root).args(["--workers", "4", "--timeout", LIMIT]));
        println!("{backend}: {:?}", start.elapsed());

        assert_eq!(printed.json["runtime"], backend);
        assert_eq!(printed.json["interrupted"], false);
        assert_eq!(printed.skipped(), bad, "on {backend}");
        assert!(!printed.words().contains_key("ignoredword"));
        printed.crossed_the_channels_on_several_workers();
        match &first {
            None => {
                printed.equals_the_sequential_count_over_its_files();
                assert_eq!(printed.done().len(), common::SMALL + common::ODD);
                first = Some(printed);
            }
            Some(first) => {
                assert!(first.done() == printed.done(), "on {backend}");
                assert!(first.json["top"] == printed.json["top"], "on {backend}");
                assert_eq!(first.number("bytes"), printed.number("bytes"));
            }
        }
    }
}

#[test]
fn four_backends_count_the_projects_own_files() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    for backend in BACKENDS {
        let printed = run(&mut wordcount(backend, &root));
        printed.equals_the_sequential_count_over_its_files();
        printed.crossed_the_channels_on_several_workers();
        assert!(printed.done().contains(&root.join("Cargo.toml")));
        assert!(printed.words()["channel"] > 100);
    }
}

#[test]
fn a_link_that_leads_back_is_reported_when_links_are_followed() {
    let tree = tempfile::tempdir().expect("a folder");
    let root = tree.path();
    common::small_files(root, 200).expect("small files");
    common::ignored_files(root).expect("links");
    let printed = run(wordcount("threads", root).arg("--follow"));
    printed.equals_the_sequential_count_over_its_files();
    assert_eq!(printed.done().len(), 201, "one file is seen again through a link");
    assert_eq!(printed.skipped(), BTreeMap::from([(root.join("d000/up"), "loop".to_string())]));
}

/// A run that stands still half way: a pipe for each of its two readers lies in the middle of the tree, and nobody
/// writes yet. The files before the pipes have been read; behind them, the first channel is full.
struct HalfWay {
    _tree: tempfile::TempDir,
    child: Child,
    pipes: Vec<(PathBuf, fs::File)>,
    errors: BufReader<ChildStderr>,
}

/// How many files there are in all, and how many before the pipes.
const FILES: usize = 1_000;
const BEFORE: usize = 549;

impl HalfWay {
    fn reach(backend: &str) -> Self {
        let tree = tempfile::tempdir().expect("a folder");
        common::small_files(tree.path(), FILES).expect("small files");
        let paths = ["d005/f49.pipe0", "d005/f49.pipe1"].map(|name| tree.path().join(name));
        paths.iter().for_each(|path| common::make_pipe(path).expect("a pipe"));
        let mut child = wordcount(backend, tree.path())
            .args(["--workers", "2", "--timeout", "60"])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let errors = BufReader::new(child.stderr.take().expect("it is piped"));
        // Opening returns when a reader has come to the pipe.
        let open = |path: PathBuf| {
            let pipe = OpenOptions::new().write(true).open(&path).expect("a reader");
            (path, pipe)
        };
        HalfWay { _tree: tree, child, pipes: paths.into_iter().map(open).collect(), errors }
    }

    fn interrupt(&self) {
        let pid = Pid::from_raw(self.child.id() as i32).expect("a process");
        kill_process(pid, Signal::INT).expect("it runs");
    }

    fn wait_until_it_says(&mut self, what: &str) {
        let mut line = String::new();
        while !line.contains(what) {
            line.clear();
            assert_ne!(self.errors.read_line(&mut line).expect("readable"), 0, "ended before it said {what:?}");
        }
    }

    fn printed(&mut self) -> Printed {
        let mut output = Vec::new();
        self.child.stdout.take().expect("it is piped").read_to_end(&mut output).expect("readable");
        assert_eq!(self.child.wait().expect("it ends").code(), Some(130));
        let printed = Printed::parse(&output);
        assert_eq!(printed.json["interrupted"], true);
        printed
    }
}

#[test]
fn interrupted_half_way_it_drains_and_prints_the_count_of_the_files_it_lists() {
    for backend in BACKENDS {
        let mut run = HalfWay::reach(backend);
        run.interrupt();
        run.wait_until_it_says("stopping");
        // What is under way is finished: the pipes speak now, and count like any file.
        let text = "words through a pipe ".repeat(5_000);
        let mut pipes = BTreeMap::new();
        for (path, mut pipe) in std::mem::take(&mut run.pipes) {
            pipe.write_all(text.as_bytes()).expect("somebody reads");
            pipes.insert(path, text.clone());
        }
        let printed = run.printed();
        printed.equals_the_sequential_count_with(&pipes);
        printed.crossed_the_channels_on_several_workers();
        let done = printed.done();
        assert!(pipes.keys().all(|pipe| done.contains(pipe)));
        // Those listed ahead in the first channel are drained, the rest of the tree is not touched.
        assert!(done.len() > BEFORE + 2 && done.len() < FILES, "{} files on {backend}", done.len());
        assert!(printed.skipped().is_empty());
    }
}

#[test]
fn interrupted_twice_it_ends_at_once() {
    for backend in BACKENDS {
        let mut run = HalfWay::reach(backend);
        run.interrupt();
        run.wait_until_it_says("stopping");
        let start = Instant::now();
        run.interrupt();
        // Nobody has written into the pipes, nor closed them.
        let printed = run.printed();
        assert!(start.elapsed() < Duration::from_secs(20), "the pipes would have held it for a minute");
        printed.equals_the_sequential_count_over_its_files();
        assert!(printed.done().len() <= BEFORE, "on {backend}");
    }
}

#[test]
fn tables_are_for_people() {
    let tree = tempfile::tempdir().expect("a folder");
    fs::write(tree.path().join("a"), "tea tea tea two two one").expect("a file");
    fs::write(tree.path().join("b"), b"\xff").expect("a file");
    let output = Command::new(env!("CARGO_BIN_EXE_wordcount"))
        .args(["--runtime", "threads", "--top", "2", "--stats"])
        .arg(tree.path())
        .output()
        .expect("the program starts");
    let text = String::from_utf8(output.stdout).expect("text");
    println!("{text}");
    for line in ["│ 1 ┆ tea  ┆     3 ┆ 50.00 % │", "│ 2 ┆ two  ┆     2 ┆ 33.33 % │"] {
        assert!(text.contains(line), "{line}");
    }
    for part in ["not UTF-8", "6 words (3 different) in 1 files", "reader-0: "] {
        assert!(text.contains(part), "{part}");
    }
    assert!(!text.contains("┆ one"), "two words were asked for");
}

#[test]
fn wrong_arguments_are_refused_with_the_reason() {
    for (args, says) in [
        (&["/no/such/folder"][..], "No such file"),
        (&["--workers", "0"], "zero"),
        (&["--timeout", "-1"], "negative"),
        (&["--timeout", "soon"], "not a number"),
        (&["--runtime", "go"], "possible values: tokio, smol, async-std, threads"),
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_wordcount")).args(args).output().expect("the program starts");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{errors}");
        assert!(errors.contains(says), "{errors}");
    }
}
