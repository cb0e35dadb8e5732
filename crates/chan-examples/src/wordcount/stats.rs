//! Who sent and received how much through which channel. Each worker keeps a tally of its own and hands it in when it
//! ends: counting shares no memory.

use serde::Serialize;

/// The channels of the pipeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Lane {
    /// Walk → readers.
    Paths,
    /// Reader → its disk thread.
    Requests,
    /// Disk thread → its reader.
    Parts,
    /// Readers → tokenizers.
    Texts,
    /// Tokenizers → merge.
    Partials,
    /// Readers and walk → merge.
    Verdicts,
    /// Ctrl-C → merge.
    Control,
}

impl Lane {
    /// All of them, in the order of the pipeline.
    pub const ALL: [Lane; 7] =
        [Lane::Paths, Lane::Requests, Lane::Parts, Lane::Texts, Lane::Partials, Lane::Verdicts, Lane::Control];
}

/// What went through.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Load {
    /// How many messages.
    pub messages: u64,
    /// How many bytes of text were in them, or stood behind them.
    pub bytes: u64,
    /// How many words.
    pub tokens: u64,
    /// How many counts of different words.
    pub counts: u64,
}

impl Load {
    /// A message without text.
    pub const ONE: Load = Load { messages: 1, bytes: 0, tokens: 0, counts: 0 };

    /// Adds another load.
    pub fn add(&mut self, other: Load) {
        self.messages += other.messages;
        self.bytes += other.bytes;
        self.tokens += other.tokens;
        self.counts += other.counts;
    }
}

/// What one worker sent and received.
#[derive(Clone, Debug)]
pub struct Tally {
    worker: String,
    sent: Vec<(Lane, Load)>,
    received: Vec<(Lane, Load)>,
}

impl Tally {
    /// Nothing so far.
    pub fn new(worker: impl Into<String>) -> Self {
        Tally { worker: worker.into(), sent: Vec::new(), received: Vec::new() }
    }

    /// One more was sent.
    pub fn sent(&mut self, lane: Lane, load: Load) {
        enter(&mut self.sent, lane, load);
    }

    /// One more was received.
    pub fn received(&mut self, lane: Lane, load: Load) {
        enter(&mut self.received, lane, load);
    }
}

/// A worker uses three channels at most: a list is quicker than a map.
fn enter(list: &mut Vec<(Lane, Load)>, lane: Lane, load: Load) {
    match list.iter_mut().find(|(known, _)| *known == lane) {
        Some((_, sum)) => sum.add(load),
        None => list.push((lane, load)),
    }
}

/// One end of one channel: each worker's load.
#[derive(Clone, Debug, Serialize)]
pub struct Share {
    /// Whose.
    pub worker: String,
    /// How much.
    #[serde(flatten)]
    pub load: Load,
}

/// One channel.
#[derive(Clone, Debug, Serialize)]
pub struct Channel {
    /// Which.
    pub channel: Lane,
    /// Who sent; empty where a library or the system does.
    pub sent: Vec<Share>,
    /// Who received; empty where the tally is not kept.
    pub received: Vec<Share>,
}

/// Orders what the workers handed in by channel.
pub fn by_channel(tallies: &[Tally]) -> Vec<Channel> {
    let shares = |side: fn(&Tally) -> &Vec<(Lane, Load)>, lane: Lane| -> Vec<Share> {
        let of_worker = |tally: &Tally| {
            let (_, load) = side(tally).iter().find(|(known, _)| *known == lane)?;
            Some(Share { worker: tally.worker.clone(), load: *load })
        };
        tallies.iter().filter_map(of_worker).collect()
    };
    Lane::ALL
        .into_iter()
        .map(|lane| Channel {
            channel: lane,
            sent: shares(|tally| &tally.sent, lane),
            received: shares(|tally| &tally.received, lane),
        })
        .collect()
}
