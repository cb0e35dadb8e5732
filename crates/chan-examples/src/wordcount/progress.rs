//! The progress bar. Draws on the error output, and only if that is a terminal; who calls it, and when, is the merge's
//! business.

use indicatif::{HumanBytes, HumanCount, ProgressBar, ProgressStyle};

use super::ledger::Ledger;

/// A line that shows how far we are.
#[derive(Debug)]
pub struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// Nothing is drawn before the first [`show`](Self::show).
    pub fn new() -> Self {
        let style = ProgressStyle::with_template("{spinner:.green} [{elapsed}] {wide_msg}");
        let bar = ProgressBar::new_spinner().with_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
        Progress { bar }
    }

    /// Draws the state of the count.
    pub fn show(&self, ledger: &Ledger) {
        self.bar.set_message(format!(
            "{} files, {}, {} words ({} different); {} skipped",
            HumanCount(ledger.done.len() as u64),
            HumanBytes(ledger.bytes),
            HumanCount(ledger.words.tokens()),
            HumanCount(ledger.words.distinct() as u64),
            ledger.skipped.len(),
        ));
        self.bar.tick();
    }

    /// Says something to the user.
    pub fn note(&self, what: &str) {
        self.bar.suspend(|| eprintln!("{what}"));
    }

    /// Takes the line away.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

impl Default for Progress {
    fn default() -> Self {
        Self::new()
    }
}
