//! How the stages are joined: makes the channels, starts the workers, waits for all of them.

use std::path::PathBuf;
use std::time::Duration;

use chan_core::Receiver;

use super::ledger::Ledger;
use super::merge::Merge;
use super::message::Interrupt;
use super::progress::Progress;
use super::stages::{Reader, Tokenizer};
use super::stats::Tally;
use super::walk::walk;
use crate::runtime::{Failed, Runtime, thread};

/// How many files are listed ahead of the readers.
const PATHS: usize = 64;

/// What to count, and with how many hands.
#[derive(Clone, Debug)]
pub struct Job {
    /// The tree.
    pub root: PathBuf,
    /// Whether symbolic links are followed.
    pub follow: bool,
    /// How many readers.
    pub readers: usize,
    /// How many tokenizers.
    pub tokenizers: usize,
    /// How long one file may take.
    pub limit: Duration,
}

/// What was counted.
#[derive(Debug)]
pub struct Outcome {
    /// The counts, the files they stand for, and the files skipped.
    pub ledger: Ledger,
    /// Whether Ctrl-C came before the end.
    pub interrupted: bool,
    /// Who did how much. Empty if Ctrl-C came twice: then nobody was waited for.
    pub tallies: Vec<Tally>,
}

/// Runs the pipeline. Fails only if a worker panicked.
pub async fn count<R: Runtime>(job: Job, control: Receiver<Interrupt>, progress: &Progress) -> Result<Outcome, Failed> {
    let Job { root, follow, readers, tokenizers, limit } = job;
    let (paths_in, paths) = R::chan(PATHS);
    let (texts_in, texts) = R::chan(0);
    let (partials_in, partials) = R::unbounded();
    let (verdicts_in, verdicts) = R::unbounded();
    let merge = Merge { partials, verdicts, control, paths: paths.downgrade() };

    let walk_verdicts = verdicts_in.clone();
    let walked = thread::<R, _>(move || walk(&root, follow, &paths_in, &walk_verdicts));
    // Fan-out: all readers take from one channel. The handles move into the workers, so that the last worker to end
    // closes what it sent to.
    let reader = Reader { paths, texts: texts_in, verdicts: verdicts_in, limit };
    let readers: Vec<_> = (0..readers).map(|n| R::spawn(reader.clone().run::<R>(n))).collect();
    drop(reader);
    let tokenizer = Tokenizer { texts, partials: partials_in };
    let tokenizers: Vec<_> = (0..tokenizers).map(|n| R::spawn(tokenizer.clone().run(n))).collect();
    drop(tokenizer);

    let merged = merge.run::<R>(progress).await;
    progress.finish();
    let mut tallies = Vec::new();
    if merged.interrupts < 2 {
        tallies.push(walked.recv().await.map_err(|_| Failed::new("the walk panicked"))?);
        for reader in readers {
            tallies.push(reader.await?);
        }
        for tokenizer in tokenizers {
            tallies.push(tokenizer.await?);
        }
        tallies.push(merged.tally);
    }
    Ok(Outcome { ledger: merged.ledger, interrupted: merged.interrupts > 0, tallies })
}
