//! Programs that must not compile, and what is said about them: `tests/wrong/*.rs`.
//!
//! A line that ends in `//~ text` is where the arrow of an error must be, and `text` a part of its sentence; there may
//! be no other error. Only that is compared, not all that the compiler prints, so that a newer compiler, which words
//! its notes in its own way, does not fail the test. The programs are built by `cargo`, offline, against this crate.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// `(program, line, sentence)`
type Sentences = BTreeSet<(String, usize, String)>;

#[test]
fn every_wrong_program_is_told_what_is_wrong_and_where() {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/wrong");
    let package = lay_out_package(&sources);
    let said = check(&package);
    let mut failures = Vec::new();
    let mut programs = 0;
    for (program, source) in programs_in(&sources) {
        programs += 1;
        let expected: Vec<(usize, &str)> = source
            .lines()
            .enumerate()
            .filter_map(|(at, line)| Some((at + 1, line.split_once("//~ ")?.1.trim())))
            .collect();
        let mut left: Vec<_> = said.iter().filter(|(of, ..)| *of == program).collect();
        for (line, text) in expected {
            let Some(at) = left.iter().position(|(_, at, sentence)| *at == line && sentence.contains(text)) else {
                failures.push(format!("{program}: not said at line {line}: {text}"));
                continue;
            };
            left.remove(at);
        }
        failures.extend(left.iter().map(|(_, line, text)| format!("{program}: said too much at line {line}: {text}")));
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(programs > 27);
}

/// A package with the programs as its examples, in the target folder.
fn lay_out_package(sources: &Path) -> PathBuf {
    let package = Path::new(env!("CARGO_TARGET_TMPDIR")).join("wrong");
    let examples = package.join("examples");
    let _ = fs::remove_dir_all(&examples);
    fs::create_dir_all(&examples).unwrap();
    fs::create_dir_all(package.join("src")).unwrap();
    fs::write(package.join("src/lib.rs"), "").unwrap();
    for (program, source) in programs_in(sources) {
        fs::write(examples.join(program), source).unwrap();
    }
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let manifest = format!(
        "[package]\nname = 'wrong'\nedition = '2024'\n[workspace]\n[dependencies]\n\
         chan-core = {{ path = {:?} }}\n\
         chan-select = {{ path = {:?} }}\n",
        crates.join("chan-core"),
        crates.join("chan-select"),
    );
    fs::write(package.join("Cargo.toml"), manifest).unwrap();
    // The workspace's own choice of versions: they are here already, so nothing needs to be asked.
    let lock = crates.parent().unwrap().join("Cargo.lock");
    fs::copy(&lock, package.join("Cargo.lock")).unwrap_or_else(|why| panic!("{}: {why}", lock.display()));
    package
}

fn programs_in(sources: &Path) -> Vec<(String, String)> {
    let mut programs: Vec<_> = fs::read_dir(sources)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), fs::read_to_string(&path).unwrap()))
        .collect();
    programs.sort();
    programs
}

/// What the compiler says of each program, one line an error: `examples/program:line:column: error[code]: sentence`.
fn check(package: &Path) -> Sentences {
    let output = Command::new(env!("CARGO"))
        .args(["check", "--offline", "--quiet", "--examples", "--keep-going", "--message-format=short"])
        .current_dir(package)
        .env("CARGO_TARGET_DIR", package.join("target"))
        // Flags of the outer build, such as a sanitizer's, are not about this one.
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .env_remove("CARGO_BUILD_TARGET")
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stderr);
    let said: Sentences = text
        .lines()
        .filter_map(|line| {
            let (program, rest) = line.strip_prefix("examples")?[1..].split_once(':')?;
            let (at, rest) = rest.split_once(':')?;
            let (_column, sentence) = rest.split_once(": ")?;
            let sentence = sentence.strip_prefix("error")?;
            Some((program.to_owned(), at.parse().ok()?, sentence.to_owned()))
        })
        .collect();
    assert!(!said.is_empty(), "the programs were not compiled:\n{text}");
    said
}
