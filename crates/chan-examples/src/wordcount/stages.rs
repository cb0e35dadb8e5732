//! The stages between walk and merge: readers and tokenizers. Each is a loop over the channel it receives from and ends
//! with it.

use std::pin::{Pin, pin};
use std::time::Duration;

use chan_core::{Receiver, Sender};
use chan_select::select;

use super::disk::Disk;
use super::message::{File, Partial, Skip, Text, Verdict};
use super::stats::{Lane, Load, Tally};
use super::words::Words;
use crate::runtime::Runtime;

/// What a reader is connected to.
#[derive(Clone)]
pub(super) struct Reader {
    pub(super) paths: Receiver<File>,
    pub(super) texts: Sender<Text>,
    pub(super) verdicts: Sender<Verdict>,
    /// How long one file may take, from the request to its last part in a tokenizer's hands.
    pub(super) limit: Duration,
}

impl Reader {
    /// Takes files one by one, hands their text to the tokenizers, and says what became of each.
    pub(super) async fn run<R: Runtime>(self, number: usize) -> Tally {
        let mut tally = Tally::new(format!("reader-{number}"));
        let mut disk = Disk::start::<R>();
        while let Ok(file) = self.paths.recv().await {
            tally.received(Lane::Paths, Load::ONE);
            let mut parts = 0;
            let limit = pin!(R::sleep(self.limit));
            let end = self.hand_over(&file, &disk, limit, &mut parts, &mut tally).await;
            if end == Err(Skip::TimedOut) || disk.parts.is_closed() {
                // The thread may hang in that file for ever (leave it there), or it has panicked.
                disk = Disk::start::<R>();
            }
            if self.verdicts.send(Verdict { file, parts, end }).await.is_err() {
                break;
            }
            tally.sent(Lane::Verdicts, Load::ONE);
        }
        tally
    }

    /// Passes the parts of one file on. `parts` counts those that a tokenizer has taken: a send that loses against the
    /// clock was not received, and `select!` knows it.
    async fn hand_over<T: Future<Output = ()>>(
        &self,
        file: &File,
        disk: &Disk,
        mut limit: Pin<&mut T>,
        parts: &mut u64,
        tally: &mut Tally,
    ) -> Result<(), Skip> {
        let lost = |_| Skip::Unreadable("the thread that read it has died".into());
        disk.requests.send(file.path.clone()).await.map_err(|_| lost(()))?;
        tally.sent(Lane::Requests, Load::ONE);
        loop {
            let answer = select! {
                answer = disk.parts.recv() => answer.map_err(|_| lost(()))?,
                () = limit.as_mut() => return Err(Skip::TimedOut),
            };
            tally.received(Lane::Parts, Load::ONE);
            let Some(body) = answer? else { return Ok(()) };
            let load = Load { bytes: body.len() as u64, ..Load::ONE };
            select! {
                sent = self.texts.send(Text { file: file.id, body }) => {
                    sent.map_err(|_| Skip::Unreadable("all tokenizers have died".into()))?;
                }
                () = limit.as_mut() => return Err(Skip::TimedOut),
            }
            *parts += 1;
            tally.sent(Lane::Texts, load);
        }
    }
}

/// What a tokenizer is connected to.
#[derive(Clone)]
pub(super) struct Tokenizer {
    pub(super) texts: Receiver<Text>,
    pub(super) partials: Sender<Partial>,
}

impl Tokenizer {
    /// Counts the words of one part after the other.
    pub(super) async fn run(self, number: usize) -> Tally {
        let mut tally = Tally::new(format!("tokenizer-{number}"));
        while let Ok(Text { file, body }) = self.texts.recv().await {
            let bytes = body.len() as u64;
            tally.received(Lane::Texts, Load { bytes, ..Load::ONE });
            let partial = Partial { file, bytes, words: Words::of(&body) };
            let load = partial.load();
            if self.partials.send(partial).await.is_err() {
                break;
            }
            tally.sent(Lane::Partials, load);
        }
        tally
    }
}

impl Partial {
    /// How much it is.
    pub(super) fn load(&self) -> Load {
        Load { messages: 1, bytes: self.bytes, tokens: self.words.tokens(), counts: self.words.distinct() as u64 }
    }
}
