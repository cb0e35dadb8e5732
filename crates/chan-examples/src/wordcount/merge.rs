//! The last stage: everything comes together in one `select!`.

use std::time::Duration;

use chan_core::{Receiver, RecvError, WeakReceiver};
use chan_select::select;
use futures_lite::StreamExt;

use super::ledger::Ledger;
use super::message::{File, Interrupt, Partial, Verdict};
use super::progress::Progress;
use super::stats::{Lane, Load, Tally};
use crate::runtime::Runtime;

/// How often the progress bar is drawn.
const BEAT: Duration = Duration::from_millis(100);

/// What the merge is connected to.
pub(super) struct Merge {
    pub(super) partials: Receiver<Partial>,
    pub(super) verdicts: Receiver<Verdict>,
    pub(super) control: Receiver<Interrupt>,
    /// The first channel of the pipeline, to close it. Weak: the walk must notice when the last reader is gone.
    pub(super) paths: WeakReceiver<File>,
}

/// How the merge ended.
pub(super) struct Merged {
    pub(super) ledger: Ledger,
    pub(super) interrupts: u32,
    pub(super) tally: Tally,
}

impl Merge {
    /// Gathers until both stages before it have ended, or until the second Ctrl-C.
    pub(super) async fn run<R: Runtime>(self, progress: &Progress) -> Merged {
        let mut ledger = Ledger::default();
        let mut tally = Tally::new("merge");
        let mut interrupts = 0;
        let mut ticks = R::tick(BEAT);
        // A stage that has ended is `None` from then on: a disabled case.
        let mut partials = Some(self.partials);
        let mut verdicts = Some(self.verdicts);
        let mut control = Some(self.control);

        while partials.is_some() || verdicts.is_some() {
            select! {
                partial = partials.as_ref().map(|rx| rx.recv()) => match partial {
                    Ok(partial) => {
                        tally.received(Lane::Partials, partial.load());
                        ledger.part(partial);
                    }
                    Err(RecvError) => partials = None,
                },
                verdict = verdicts.as_ref().map(|rx| rx.recv()) => match verdict {
                    Ok(verdict) => {
                        tally.received(Lane::Verdicts, Load::ONE);
                        ledger.verdict(verdict);
                    }
                    Err(RecvError) => verdicts = None,
                },
                word = control.as_ref().map(|rx| rx.recv()) => match word {
                    Ok(Interrupt) => {
                        tally.received(Lane::Control, Load::ONE);
                        interrupts += 1;
                        if interrupts > 1 {
                            break;
                        }
                        // No more files. Those that are listed go their way, and each stage ends after the one before.
                        if let Some(paths) = self.paths.upgrade() {
                            paths.close();
                        }
                        progress.note("stopping: files under way are finished; Ctrl-C again stops at once");
                    }
                    Err(RecvError) => control = None,
                },
                _ = ticks.next() => progress.show(&ledger),
            }
        }
        Merged { ledger, interrupts, tally }
    }
}
