//! Payloads that are accounted for one by one: what became of each, and that each was dropped exactly once.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};

/// The fates of a message, one bit each.
pub mod fate {
    /// Made by the test.
    pub const MADE: u8 = 1;
    /// A send said `Ok`.
    pub const SENT: u8 = 2;
    /// A send, or `cancel`, gave it back.
    pub const BACK: u8 = 4;
    /// Its pending send was dropped from outside.
    pub const ABANDONED: u8 = 8;
    /// A receive returned it.
    pub const RECEIVED: u8 = 16;
    /// Its destructor ran.
    pub const DROPPED: u8 = 32;
}

/// Where the fates are written down.
#[derive(Debug)]
pub struct Ledger {
    fates: Box<[AtomicU8]>,
    made: AtomicUsize,
    twice: AtomicUsize,
}

impl Ledger {
    /// Room for `messages` messages.
    pub fn new(messages: usize) -> Arc<Self> {
        Arc::new(Ledger {
            fates: (0..messages).map(|_| AtomicU8::new(0)).collect(),
            made: AtomicUsize::new(0),
            twice: AtomicUsize::new(0),
        })
    }

    /// A new message, from nobody in particular.
    pub fn make(self: &Arc<Self>) -> Tracked {
        self.make_for(0, 0)
    }

    /// A new message: number `number` of producer `producer`.
    pub fn make_for(self: &Arc<Self>, producer: usize, number: usize) -> Tracked {
        let id = self.made.fetch_add(1, Ordering::Relaxed);
        assert!(id < self.fates.len(), "the ledger has room for {} messages", self.fates.len());
        self.mark(id, fate::MADE);
        Tracked { id, producer, number, ledger: self.clone() }
    }

    /// Writes a fate down. The same fate twice is a fault, reported by [`settle`](Self::settle): a destructor that
    /// panics would hide more than it shows.
    pub fn mark(&self, id: usize, fate: u8) {
        if self.fates[id].fetch_or(fate, Ordering::SeqCst) & fate != 0 {
            self.twice.fetch_add(1, Ordering::SeqCst);
        }
    }

    /// Messages made so far.
    pub fn made(&self) -> usize {
        self.made.load(Ordering::SeqCst)
    }

    /// How many messages have met every fate in `mask`.
    pub fn count(&self, mask: u8) -> usize {
        self.fates[..self.made()].iter().filter(|f| f.load(Ordering::SeqCst) & mask == mask).count()
    }

    /// How many messages are dropped.
    pub fn dropped(&self) -> usize {
        self.count(fate::DROPPED)
    }

    /// Panics unless every message made was dropped, and none twice.
    #[track_caller]
    pub fn assert_dropped_once(&self) {
        assert_eq!(self.twice.load(Ordering::SeqCst), 0, "a message met the same fate twice");
        assert_eq!(self.dropped(), self.made(), "messages dropped, messages made");
    }

    /// The account at the end of a channel's life, when every handle and future is gone. `rendezvous`: a send that was
    /// dropped while pending may have been received. `abandoned`: the last receiver went with messages queued.
    #[track_caller]
    pub fn settle(&self, rendezvous: bool, abandoned: bool) -> Account {
        self.assert_dropped_once();
        let mut account = Account::default();
        for (id, fates) in self.fates[..self.made()].iter().enumerate() {
            let fates = fates.load(Ordering::SeqCst);
            let received = fates & fate::RECEIVED != 0;
            account.made += 1;
            account.received += usize::from(received);
            match fates & (fate::SENT | fate::BACK | fate::ABANDONED) {
                fate::SENT => {
                    account.sent += 1;
                    account.dropped_with_channel += usize::from(!received);
                    assert!(received || abandoned, "message {id}: its send said Ok, nobody received it");
                }
                fate::BACK => {
                    account.back += 1;
                    assert!(!received, "message {id}: given back and received");
                }
                fate::ABANDONED => {
                    account.withdrawn += usize::from(!received);
                    account.sent += usize::from(received);
                    assert!(!received || rendezvous, "message {id}: its send was dropped while pending, yet received");
                }
                other => panic!("message {id}: fates {other:#b}, not exactly one of sent, back, abandoned"),
            }
        }
        assert_eq!(account.sent + account.back, account.received + account.back + account.dropped_with_channel);
        account
    }
}

/// What became of all messages of a channel.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Account {
    /// Messages made.
    pub made: usize,
    /// Sends that said `Ok`, or were dropped while pending but had been received.
    pub sent: usize,
    /// Messages given back by a failed send or by `cancel`.
    pub back: usize,
    /// Pending sends dropped from outside that had no effect.
    pub withdrawn: usize,
    /// Messages received.
    pub received: usize,
    /// Messages that were accepted and went with the last receiver.
    pub dropped_with_channel: usize,
}

impl std::ops::AddAssign for Account {
    fn add_assign(&mut self, other: Account) {
        self.made += other.made;
        self.sent += other.sent;
        self.back += other.back;
        self.withdrawn += other.withdrawn;
        self.received += other.received;
        self.dropped_with_channel += other.dropped_with_channel;
    }
}

/// A message that tells its [`Ledger`] what becomes of it.
#[derive(Debug)]
pub struct Tracked {
    id: usize,
    /// Who made it.
    pub producer: usize,
    /// Its number among the producer's.
    pub number: usize,
    ledger: Arc<Ledger>,
}

impl Tracked {
    /// Its index in the ledger.
    pub fn id(&self) -> usize {
        self.id
    }

    /// The message, and a receipt that stays with its sender.
    pub fn with_receipt(self) -> (Receipt, Self) {
        (Receipt { id: self.id, ledger: self.ledger.clone() }, self)
    }

    /// A receive returned it.
    pub fn received(self) {
        self.ledger.mark(self.id, fate::RECEIVED);
    }

    /// A send gave it back.
    pub fn back(self) {
        self.ledger.mark(self.id, fate::BACK);
    }
}

/// What a sender keeps of a message, to write down what it was told.
#[derive(Debug)]
#[must_use]
pub struct Receipt {
    id: usize,
    ledger: Arc<Ledger>,
}

impl Receipt {
    /// A send said `Ok`.
    pub fn sent(self) {
        self.ledger.mark(self.id, fate::SENT);
    }

    /// A send that had not ended was dropped.
    pub fn abandoned(self) {
        self.ledger.mark(self.id, fate::ABANDONED);
    }
}

impl Drop for Tracked {
    fn drop(&mut self) {
        self.ledger.mark(self.id, fate::DROPPED);
    }
}
