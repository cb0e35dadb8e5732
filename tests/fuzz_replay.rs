//! The fuzz target as an ordinary test: its corpus, and programs from a fixed seed.

use chan_tests::within;
use std::fs;
use std::path::Path;
use std::time::Duration;

/// Each file that the fuzzer kept is a list of operations that once reached something new.
#[test]
fn the_corpus() {
    within(Duration::from_secs(60), || {
        let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus/ops");
        let mut files = 0;
        for file in fs::read_dir(&corpus).expect("the corpus is part of the project") {
            chan_fuzz::ops::run(&fs::read(file.expect("a file").path()).expect("a readable file"));
            files += 1;
        }
        assert!(files >= 100, "{files} files in {}", corpus.display());
    });
}

/// Programs that nobody kept, always the same ones.
#[test]
fn made_up_programs() {
    within(Duration::from_secs(60), || {
        let mut random = fastrand::Rng::with_seed(7);
        for _ in 0..5_000 {
            let length = random.usize(..200);
            let program: Vec<u8> = (0..length).map(|_| random.u8(..)).collect();
            chan_fuzz::ops::run(&program);
        }
    });
}
