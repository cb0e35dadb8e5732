//! When a file counts. Parts and verdicts come in any order; a file is entered once, when its verdict is there and as
//! many parts as the verdict says. Knows nothing of channels.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use super::message::{Partial, Skip, Verdict};
use super::words::Words;

/// What has been counted so far.
#[derive(Debug, Default)]
pub struct Ledger {
    /// Files of which something has come, but not all.
    open: HashMap<u64, Open>,
    /// The words of the files in `done`.
    pub words: Words,
    /// The bytes of the files in `done`.
    pub bytes: u64,
    /// Files that were counted whole.
    pub done: Vec<Arc<Path>>,
    /// Files that were not counted at all.
    pub skipped: Vec<(Arc<Path>, Skip)>,
}

#[derive(Debug, Default)]
struct Open {
    words: Words,
    bytes: u64,
    parts: u64,
    verdict: Option<Verdict>,
}

impl Ledger {
    /// Takes a part in.
    pub fn part(&mut self, partial: Partial) {
        let open = self.open.entry(partial.file).or_default();
        open.parts += 1;
        open.bytes += partial.bytes;
        open.words.add(partial.words);
        self.settle(partial.file);
    }

    /// Takes a verdict in.
    pub fn verdict(&mut self, verdict: Verdict) {
        let id = verdict.file.id;
        self.open.entry(id).or_default().verdict = Some(verdict);
        self.settle(id);
    }

    /// Files that are neither done nor skipped.
    pub fn open(&self) -> usize {
        self.open.len()
    }

    /// Enters the file if everything about it is known.
    fn settle(&mut self, id: u64) {
        let complete = |open: &Open| open.verdict.as_ref().is_some_and(|verdict| verdict.parts == open.parts);
        if !self.open.get(&id).is_some_and(complete) {
            return;
        }
        let Some(Open { words, bytes, verdict: Some(verdict), .. }) = self.open.remove(&id) else { return };
        match verdict.end {
            Ok(()) => {
                self.words.add(words);
                self.bytes += bytes;
                self.done.push(verdict.file.path);
            }
            Err(skip) => self.skipped.push((verdict.file.path, skip)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::message::File;
    use super::*;

    fn part(file: u64, text: &str) -> Partial {
        Partial { file, bytes: text.len() as u64, words: Words::of(text) }
    }

    fn verdict(id: u64, parts: u64, end: Result<(), Skip>) -> Verdict {
        Verdict { file: File { id, path: Path::new("f").into() }, parts, end }
    }

    #[test]
    fn a_file_counts_when_its_verdict_and_all_parts_are_there_in_any_order() {
        for verdict_at in 0..3 {
            let mut ledger = Ledger::default();
            for step in 0..3 {
                assert!(ledger.done.is_empty());
                if step == verdict_at {
                    ledger.verdict(verdict(7, 2, Ok(())));
                } else {
                    ledger.part(part(7, "a b"));
                }
            }
            assert_eq!((ledger.done.len(), ledger.open(), ledger.bytes, ledger.words.tokens()), (1, 0, 6, 4));
        }
    }

    #[test]
    fn a_skipped_file_leaves_no_words_and_a_late_part_of_it_no_trace() {
        let mut ledger = Ledger::default();
        ledger.part(part(1, "x"));
        ledger.verdict(verdict(1, 2, Err(Skip::NotUtf8)));
        assert_eq!(ledger.open(), 1);
        ledger.part(part(1, "y"));
        assert_eq!((ledger.open(), ledger.words.tokens()), (0, 0));
        assert_eq!(ledger.skipped[0].1, Skip::NotUtf8);
    }

    #[test]
    fn an_empty_file_is_done_by_its_verdict_alone() {
        let mut ledger = Ledger::default();
        ledger.verdict(verdict(1, 0, Ok(())));
        assert_eq!((ledger.done.len(), ledger.open()), (1, 0));
    }
}
