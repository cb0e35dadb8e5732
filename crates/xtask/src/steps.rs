//! The table of CI's steps: what each one is called, how long it may take, and what it runs.

use crate::run::{Limit, cargo, program, root, target};
use crate::{debian, models, peers, random};
use anyhow::{Context, Result, ensure};
use std::path::PathBuf;
use std::time::Duration;

/// One check.
pub(crate) struct Step {
    /// As typed after `cargo xtask ci`.
    pub(crate) name: &'static str,
    /// Seconds, from a cold cache on two cores. Whoever exceeds it is stopped and has failed.
    pub(crate) budget: u64,
    /// What it shows.
    pub(crate) what: &'static str,
    /// Does it.
    pub(crate) run: fn(&Limit) -> Result<()>,
}

const fn step(name: &'static str, budget: u64, what: &'static str, run: fn(&Limit) -> Result<()>) -> Step {
    Step { name, budget, what, run }
}

/// All steps together, `cargo test --workspace` before them included. Less than the sum of the budgets: those are the
/// most that one step may need on a bad day, and not all have a bad day at once.
pub(crate) const TOTAL: Duration = Duration::from_secs(34 * 60);

/// First what needs no packages, the quick ones before the slow ones.
#[rustfmt::skip] // A table.
pub(crate) const STEPS: &[Step] = &[
    step("fmt",           20, "the code is formatted",                                         fmt),
    step("rust-version",  90, "the oldest compiler that Cargo.toml promises builds it",        rust_version),
    step("clippy",       180, "no lint complains, all features and targets",                   clippy),
    step("features",      90, "core and select without std, with and without alloc",           features),
    step("doc",          120, "the documentation builds, links included",                      doc),
    step("readme",       240, "the first command of README.md counts this project's words",    readme),
    step("release",      240, "core's tests and the behaviour suite, optimised",               release),
    step("stress",       300, "ten million operations for each flavour; fair for longer",        stress),
    step("peers",        420, "crossbeam-channel's and async-channel's own tests",             peers::test),
    step("models",       330, "loom explores every model",                                     models),
    step("bugs",         300, "every seeded bug makes a model fail",                           bugs),
    step("shuttle",      240, "larger scenarios in random orders; they find seeded bugs",       random::in_ci),
    step("packages",     180, "Debian's toolchain, which can build its own std",               packages),
    step("asan",         420, "no invalid access and no leak, core and the behaviour suite",   asan),
    step("tsan",         540, "no data race, core and the behaviour suite, std instrumented",  tsan),
    step("embedded",     180, "core builds for a Cortex-M4 without an operating system",       embedded),
];

/// Workspaces of their own, which `--workspace` does not reach.
const BESIDE: [&str; 3] = [BENCH, "fuzz/Cargo.toml", peers::PEERS];
pub(crate) const BENCH: &str = "crates/chan-bench/Cargo.toml";
/// Crates that work without std.
const NO_STD: [&str; 2] = ["chan-core", "chan-select"];
/// Tests of the folder `tests` that are not run optimised: they take minutes to optimise, and what they do to a channel
/// the others do as well.
const PLAIN_ONLY: [&str; 2] = ["go", "seed"];
/// Nor under the sanitizers: threads that mostly wait for each other.
const NOT_SANITIZED: [&str; 4] = ["exactly_one", "go", "kept", "seed"];
/// A sanitized operation costs five to twenty plain ones.
const STRESS_OPS_SANITIZED: &str = "200000";
/// A capacity that no memory can hold is an error of ours, not one of the sanitizer's allocator.
const NULL_IS_AN_ANSWER: &str = "allocator_may_return_null=1";
const MDBOOK: &str = "0.5.4";
const HOST: &str = "x86_64-unknown-linux-gnu";
const MICROCONTROLLER: &str = "thumbv7em-none-eabihf";

fn fmt(limit: &Limit) -> Result<()> {
    cargo(&["fmt", "--all", "--check"]).run(limit)?;
    for manifest in BESIDE {
        cargo(&["fmt", "--all", "--manifest-path", manifest, "--check"]).run(limit)?;
    }
    Ok(())
}

fn rust_version(limit: &Limit) -> Result<()> {
    let promised = workspace_field("rust-version")?;
    let own = cargo(&["version"]).stdout(&target().join("xtask/cargo-version"), limit)?;
    if own.starts_with(&format!("cargo {promised}.")) {
        println!("Cargo.toml promises {promised}, and that is the compiler of every step here");
        cargo(&["check", "--workspace", "--all-features"]).run(limit)
    } else {
        // Rustup's proxy takes the toolchain from the first argument.
        let toolchain = format!("+{promised}");
        cargo(&[&toolchain, "check", "--workspace", "--all-features"]).target("rust-version").run(limit)
    }
}

fn clippy(limit: &Limit) -> Result<()> {
    cargo(&["clippy", "--workspace", "--all-targets", "--all-features", "--", "-D", "warnings"]).run(limit)?;
    for manifest in BESIDE {
        cargo(&["clippy", "--manifest-path", manifest, "--workspace", "--all-targets", "--", "-D", "warnings"])
            .target("beside")
            .run(limit)?;
    }
    Ok(())
}

fn features(limit: &Limit) -> Result<()> {
    for package in NO_STD {
        for features in [&[][..], &["--features", "alloc"]] {
            cargo(&["clippy", "-p", package, "--no-default-features"])
                .args(features)
                .args(&["--", "-D", "warnings"])
                .run(limit)?;
        }
    }
    Ok(())
}

fn doc(limit: &Limit) -> Result<()> {
    cargo(&["doc", "--workspace", "--all-features", "--no-deps"]).env("RUSTDOCFLAGS", "-D warnings").run(limit)
}

/// Builds the book in `docs`. Not a step: the renderer alone takes two minutes to build, and what can break is tested
/// without it (`crates/chan-examples/tests/guide.rs`).
pub(crate) fn book(limit: &Limit) -> Result<()> {
    // A build of its own, kept below `target`. Without its features: no server, no search index.
    let tools = target().join("tools");
    let (mdbook, wanted) = (tools.join("bin/mdbook"), format!("mdbook v{MDBOOK}"));
    let has = mdbook.exists().then(|| {
        program(&mdbook.to_string_lossy()).args(&["--version"]).stdout(&target().join("xtask/mdbook-version"), limit)
    });
    if has.transpose()?.is_none_or(|version| version.trim() != wanted) {
        cargo(&["install", "mdbook", "--version", MDBOOK, "--locked", "--no-default-features", "--root"])
            .args(&[&tools])
            .target("mdbook")
            .run(limit)?;
    }
    let book = target().join("book");
    program(&mdbook.to_string_lossy()).args(&["build", "docs", "--dest-dir"]).args(&[&book]).run(limit)
}

fn readme(limit: &Limit) -> Result<()> {
    // As a newcomer types it.
    let command = "run --release -p chan-examples --bin wordcount -- --runtime tokio .";
    let text = std::fs::read_to_string(root().join("README.md"))?;
    ensure!(text.contains(command), "README.md does not say `cargo {command}` any more");
    cargo(&command.split(' ').collect::<Vec<_>>()).run(limit)
}

fn release(limit: &Limit) -> Result<()> {
    cargo(&["test", "--release"]).args(&checked(&PLAIN_ONLY)?).run(limit)
}

/// What is run optimised and under the sanitizers: the channels' own tests, and the suite of the folder `tests`.
fn checked(except: &[&str]) -> Result<Vec<String>> {
    let mut arguments: Vec<String> =
        ["-p", "chan-core", "-p", "chan-tests", "--lib"].map(str::to_owned).into_iter().collect();
    for name in test_targets("tests")?.into_iter().chain(test_targets("crates/chan-core")?) {
        if !except.contains(&name.as_str()) {
            arguments.extend(["--test".to_owned(), name]);
        }
    }
    Ok(arguments)
}

/// The integration tests of a package: those that its manifest names, and the files of its folder `tests`.
fn test_targets(package: &str) -> Result<Vec<String>> {
    let manifest = std::fs::read_to_string(root().join(package).join("Cargo.toml"))?;
    let named = manifest.split("[[test]]").skip(1).filter_map(|table| table.split('"').nth(1));
    let mut names: Vec<String> = named.map(str::to_owned).collect();
    if let Ok(files) = std::fs::read_dir(root().join(package).join("tests")) {
        for file in files {
            let path = file?.path();
            if path.extension().is_some_and(|extension| extension == "rs") {
                names.extend(path.file_stem().map(|stem| stem.to_string_lossy().into_owned()));
            }
        }
    }
    ensure!(!names.is_empty(), "{package} has no tests");
    names.sort_unstable();
    names.dedup();
    Ok(names)
}

fn stress(limit: &Limit) -> Result<()> {
    cargo(&["test", "--release", "-p", "chan-tests", "--test", "stress", "--test", "exactly_one"])
        .args(&["--", "--nocapture", "--test-threads=1"])
        .env("CHAN_STRESS_OPS", "10000000")
        .run(limit)?;
    cargo(&["test", "--release", "-p", "chan-select", "--test", "fairness"])
        .env("CHAN_FAIRNESS_TURNS", "20000")
        .run(limit)
}

fn models(limit: &Limit) -> Result<()> {
    models::explore(&models::Choice::in_ci(), limit)
}

fn bugs(limit: &Limit) -> Result<()> {
    models::seeded_bugs(&[], limit)
}

fn packages(limit: &Limit) -> Result<()> {
    debian::install(limit)
}

fn asan(limit: &Limit) -> Result<()> {
    // Rustup's nightly ships the runtime; a std without instrumentation is no obstacle here.
    cargo(&["+nightly", "test", "--profile", "sanitize", "--target", HOST])
        .args(&checked(&NOT_SANITIZED)?)
        .target("asan")
        .env("RUSTFLAGS", "-Zsanitizer=address")
        .env("ASAN_SYMBOLIZER_PATH", debian::symbolizer(limit)?)
        .env("ASAN_OPTIONS", format!("detect_leaks=1:{NULL_IS_AN_ANSWER}"))
        .env("LSAN_OPTIONS", format!("suppressions={}", root().join("crates/xtask/src/lsan.supp").display()))
        .env("CHAN_STRESS_OPS", STRESS_OPS_SANITIZED)
        .run(limit)
}

fn tsan(limit: &Limit) -> Result<()> {
    // With a std that is not instrumented, its own mutexes look like races. So Debian's compiler builds one, and the
    // linker adds the runtime that rustup's nightly ships.
    let linker = root().join("crates/xtask/src/tsan-gcc");
    let symbolizer = debian::symbolizer(limit)?;
    debian::cargo()?
        .args(&["test", "-Zbuild-std", "--profile", "sanitize", "--target", HOST])
        .args(&checked(&NOT_SANITIZED)?)
        .target("tsan")
        .env("RUSTFLAGS", format!("-Zsanitizer=thread -Zexternal-clangrt -Clinker={}", linker.display()))
        .env("CHAN_NIGHTLY", nightly(limit)?.join("lib/rustlib").join(HOST))
        .env("CHAN_STRESS_OPS", STRESS_OPS_SANITIZED)
        .env("TSAN_OPTIONS", format!("external_symbolizer_path={}:{NULL_IS_AN_ANSWER}", symbolizer.display()))
        .run(limit)
}

fn embedded(limit: &Limit) -> Result<()> {
    debian::cargo()?
        .args(&["build", "-Zbuild-std=core,alloc", "--target", MICROCONTROLLER, "--release"])
        .args(&["-p", "chan-core", "--no-default-features", "--features", "alloc"])
        .target("embedded")
        .run(limit)
}

/// The folder of rustup's nightly toolchain.
fn nightly(limit: &Limit) -> Result<PathBuf> {
    let sysroot = program("rustc").args(&["+nightly", "--print", "sysroot"]);
    Ok(PathBuf::from(sysroot.stdout(&target().join("xtask/nightly"), limit)?.trim()))
}

/// A field of `[workspace.package]`.
fn workspace_field(name: &str) -> Result<String> {
    let manifest = std::fs::read_to_string(root().join("Cargo.toml"))?;
    let line = manifest.lines().find(|line| line.starts_with(name));
    let value = line.and_then(|line| line.split('"').nth(1));
    Ok(value.with_context(|| format!("no {name} in Cargo.toml"))?.to_owned())
}
