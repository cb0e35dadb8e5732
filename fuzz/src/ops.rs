//! A list of operations on one channel, by one thread, against an oracle.
//!
//! The first byte chooses the capacity and, at the end, which side goes first; each byte after it is one operation: its
//! low half says which, its high half is the argument. So any bytes are a program, and a part of one is one, too.
//!
//! With capacity the oracle is a queue and every answer is determined, but for one thing: an awaited operation may
//! answer `Pending` although it could go on, because a newcomer queues once behind waiters that were overtaken often. At
//! capacity 0 the order in which parked senders are served is not strict; there the oracle knows which messages are on
//! offer, and which were accepted without a receiver having them yet. A permit is a place that is taken, and may send
//! after the close.
//!
//! What is checked besides the answers: every message is dropped exactly once, and no wake-up is lost (when all woken
//! futures have been polled, nobody sleeps on a message or on a free place).

use chan_core::future::{Recv, Reserve, Send};
use chan_core::{Permit, Receiver, RecvError, SendError, Sender, TryRecvError, TrySendError};
use std::collections::{BTreeSet, VecDeque};
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};

/// Plays the program `bytes`.
///
/// # Panics
///
/// When the channel contradicts the oracle.
pub fn run(bytes: &[u8]) {
    let Some((&first, program)) = bytes.split_first() else { return };
    let capacity = [Some(0), Some(1), Some(2), Some(3), Some(7), None][usize::from(first & 0x0f) % 6];
    let (tx, rx) = match capacity {
        Some(places) => chan_core::bounded(places),
        None => chan_core::unbounded(),
    };
    let drops = Drops::default();
    // The futures borrow these two, which therefore live to the end; clones come and go.
    let mut play = Play::new(&tx, &rx, capacity, drops.clone());
    for &byte in program.iter().take(1_000) {
        play.step(byte & 0x0f, usize::from(byte >> 4));
    }
    play.settle();
    let oracle = play.finish();
    if first & 0x80 == 0 {
        senders_go_first(tx, rx, oracle);
    } else {
        receivers_go_first(tx, rx, oracle, &drops);
    }
    drops.all_once();
}

/// A message that reports its drop.
struct Token {
    id: usize,
    drops: Drops,
}

impl Drop for Token {
    fn drop(&mut self) {
        self.drops.0.lock().expect("nothing panics while it is locked")[self.id] += 1;
    }
}

/// How often each message was dropped.
#[derive(Clone, Default)]
struct Drops(Arc<Mutex<Vec<u32>>>);

impl Drops {
    fn token(&self) -> Token {
        let mut counts = self.0.lock().expect("nothing panics while it is locked");
        counts.push(0);
        Token { id: counts.len() - 1, drops: self.clone() }
    }
    fn of(&self, id: usize) -> u32 {
        self.0.lock().expect("nothing panics while it is locked")[id]
    }
    fn all_once(&self) {
        let counts = self.0.lock().expect("nothing panics while it is locked").clone();
        for (id, count) in counts.into_iter().enumerate() {
            assert_eq!(count, 1, "message {id} was dropped {count} times");
        }
    }
}

/// Remembers that it was called.
struct Flag(AtomicBool);

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// A future that was started, with what it needs to be polled when it was woken.
struct Task<F> {
    future: F,
    woken: Arc<Flag>,
    /// Polled before, so it sleeps in the channel unless it was woken.
    parked: bool,
    /// The message, for a send.
    id: usize,
}

impl<F: Future + Unpin> Task<F> {
    fn new(future: F, id: usize) -> Self {
        Task { future, woken: Arc::new(Flag(AtomicBool::new(false))), parked: false, id }
    }
    fn poll(&mut self) -> Poll<F::Output> {
        self.woken.0.store(false, Ordering::Relaxed);
        let waker = Waker::from(self.woken.clone());
        let answer = Pin::new(&mut self.future).poll(&mut Context::from_waker(&waker));
        self.parked = answer.is_pending();
        answer
    }
    fn is_woken(&self) -> bool {
        self.woken.0.load(Ordering::Relaxed)
    }
}

/// What must be true of the channel.
struct Oracle {
    capacity: Option<usize>,
    closed: bool,
    /// Permits that are out.
    held: usize,
    /// Accepted and not received, oldest first.
    queue: VecDeque<usize>,
    /// Received.
    received: BTreeSet<usize>,
}

impl Oracle {
    fn is_rendezvous(&self) -> bool {
        self.capacity == Some(0)
    }
    fn has_room(&self) -> bool {
        self.capacity.is_none_or(|places| self.queue.len() + self.held < places)
    }
    /// Closed, and no message can come any more.
    fn sealed(&self) -> bool {
        self.closed && self.held == 0
    }
    /// A message arrived; at capacity 0, `offered` says whether it may have been a parked sender's.
    fn take(&mut self, token: Token, offered: bool) {
        if self.is_rendezvous() {
            let accepted = self.queue.iter().position(|id| *id == token.id);
            match accepted {
                Some(position) => drop(self.queue.remove(position)),
                None => assert!(offered, "message {} came from nowhere", token.id),
            }
        } else {
            assert_eq!(self.queue.pop_front(), Some(token.id), "out of order");
        }
        assert!(self.received.insert(token.id), "message {} was received twice", token.id);
    }
}

/// A channel, what was started on it, and the oracle.
struct Play<'a> {
    tx: &'a Sender<Token>,
    rx: &'a Receiver<Token>,
    more_tx: Vec<Sender<Token>>,
    more_rx: Vec<Receiver<Token>>,
    sends: Vec<Task<Send<'a, Token>>>,
    recvs: Vec<Task<Recv<'a, Token>>>,
    reserves: Vec<Task<Reserve<'a, Token>>>,
    permits: Vec<Permit<'a, Token>>,
    /// Receives that were leaked while they slept: they may swallow a hint each.
    leaked: usize,
    oracle: Oracle,
    drops: Drops,
}

impl<'a> Play<'a> {
    fn new(tx: &'a Sender<Token>, rx: &'a Receiver<Token>, capacity: Option<usize>, drops: Drops) -> Self {
        Play {
            tx,
            rx,
            more_tx: Vec::new(),
            more_rx: Vec::new(),
            sends: Vec::new(),
            recvs: Vec::new(),
            reserves: Vec::new(),
            permits: Vec::new(),
            leaked: 0,
            oracle: Oracle { capacity, closed: false, held: 0, queue: VecDeque::new(), received: BTreeSet::new() },
            drops,
        }
    }

    fn step(&mut self, operation: u8, argument: usize) {
        match operation {
            0 | 1 => self.try_send(),
            2 | 3 => self.try_recv(),
            4 if self.sends.len() < 12 => {
                let token = self.drops.token();
                let id = token.id;
                self.sends.push(Task::new(self.tx.send(token), id));
            }
            4 | 5 => self.poll_send(argument),
            6 => self.cancel_send(argument),
            7 => self.drop_send(argument),
            8 if self.recvs.len() < 12 => self.recvs.push(Task::new(self.rx.recv(), usize::MAX)),
            8 | 9 => self.poll_recv(argument),
            10 => drop(chosen(&mut self.recvs, argument)),
            11 => self.leak_recv(argument),
            12 => self.handles(argument),
            13 => self.take_some(argument),
            14 => self.settle(),
            _ => self.permits_or_close(argument),
        }
        self.look();
    }

    /// Whether a parked sender's value may be on offer, at capacity 0.
    fn offered(&self, id: usize) -> bool {
        self.oracle.is_rendezvous() && self.sends.iter().any(|send| send.id == id && send.parked)
    }

    fn took(&mut self, token: Token) {
        let offered = self.offered(token.id);
        self.oracle.take(token, offered);
    }

    fn try_send(&mut self) {
        let token = self.drops.token();
        let id = token.id;
        let waiting = self.leaked > 0 || self.recvs.iter().any(|recv| recv.parked);
        match self.tx.try_send(token) {
            Ok(()) => {
                assert!(!self.oracle.closed, "sent on a closed channel");
                match self.oracle.is_rendezvous() {
                    true => assert!(waiting, "nobody waits for it"),
                    false => assert!(self.oracle.has_room(), "more messages than capacity"),
                }
                self.oracle.queue.push_back(id);
            }
            Err(TrySendError::Full(token)) => {
                assert_eq!(token.id, id);
                assert!(!self.oracle.closed, "full, although closed");
                assert!(self.oracle.is_rendezvous() || !self.oracle.has_room(), "full, although there is room");
            }
            Err(TrySendError::Closed(token)) => {
                assert_eq!(token.id, id);
                assert!(self.oracle.closed, "not closed");
            }
        }
    }

    fn try_recv(&mut self) {
        match self.rx.try_recv() {
            Ok(token) => self.took(token),
            Err(error) => {
                assert!(self.oracle.queue.is_empty(), "{error:?}, although something was accepted");
                assert_eq!(error == TryRecvError::Closed, self.oracle.sealed());
                let offers = self.oracle.is_rendezvous() && self.sends.iter().any(|send| self.on_offer(send));
                assert!(self.oracle.closed || !offers, "empty, although a sender waits");
            }
        }
    }

    /// Parked and not received yet.
    fn on_offer(&self, send: &Task<Send<'a, Token>>) -> bool {
        send.parked && !self.oracle.received.contains(&send.id)
    }

    fn poll_send(&mut self, argument: usize) {
        let Some(index) = index(self.sends.len(), argument) else { return };
        let (closed, room) = (self.oracle.closed, self.oracle.has_room());
        let Poll::Ready(answer) = self.sends[index].poll() else {
            assert!(!closed, "a send waits on a closed channel");
            return;
        };
        let id = self.sends.swap_remove(index).id;
        let taken = self.oracle.received.contains(&id);
        match answer {
            Ok(()) if self.oracle.is_rendezvous() => assert!(taken, "sent, but no receiver has it"),
            Ok(()) => {
                assert!(!closed && room, "sent without room, or after close");
                self.oracle.queue.push_back(id);
            }
            Err(error) => {
                assert!(closed && !taken, "refused, although open or received");
                assert_eq!(error.0.id, id);
            }
        }
    }

    fn cancel_send(&mut self, argument: usize) {
        let Some(send) = chosen(&mut self.sends, argument) else { return };
        let taken = self.oracle.received.contains(&send.id);
        match send.future.cancel() {
            Ok(token) => assert!(token.id == send.id && !taken, "given back, although received"),
            Err(_) => assert!(taken, "not given back, although nobody received it"),
        }
    }

    fn drop_send(&mut self, argument: usize) {
        let Some(send) = chosen(&mut self.sends, argument) else { return };
        let id = send.id;
        drop(send);
        assert_eq!(self.drops.of(id), 1, "withdrawn or received, exactly once");
    }

    fn poll_recv(&mut self, argument: usize) {
        let Some(index) = index(self.recvs.len(), argument) else { return };
        let Poll::Ready(answer) = self.recvs[index].poll() else {
            assert!(!self.oracle.sealed(), "a receive waits on a closed channel");
            return;
        };
        self.recvs.swap_remove(index);
        match answer {
            Ok(token) => self.took(token),
            Err(RecvError) => assert!(self.oracle.sealed() && self.oracle.queue.is_empty(), "closed, but not drained"),
        }
    }

    fn leak_recv(&mut self, argument: usize) {
        // Rarely, or nothing else is ever tested: a leak ends the check for lost wake-ups.
        if argument == 15
            && self.leaked < 2
            && let Some(recv) = self.recvs.pop()
        {
            self.leaked += usize::from(recv.parked);
            std::mem::forget(recv.future);
        }
    }

    fn handles(&mut self, argument: usize) {
        match argument % 6 {
            0 if self.more_tx.len() < 3 => self.more_tx.push(self.tx.clone()),
            1 if self.more_rx.len() < 3 => self.more_rx.push(self.rx.clone()),
            2 => drop(self.more_tx.pop()),
            3 => drop(self.more_rx.pop()),
            4 => self.more_tx.extend(self.tx.downgrade().upgrade()),
            _ => self.more_rx.extend(self.rx.downgrade().upgrade()),
        }
        assert_eq!(self.tx.sender_count(), 1 + self.more_tx.len());
        assert_eq!(self.rx.receiver_count(), 1 + self.more_rx.len());
    }

    fn take_some(&mut self, argument: usize) {
        for token in self.rx.try_iter().take(argument) {
            self.took(token);
        }
    }

    fn try_reserve(&mut self) {
        let waiting = self.leaked > 0 || self.recvs.iter().any(|recv| recv.parked);
        match self.tx.try_reserve() {
            Ok(permit) => {
                assert!(!self.oracle.closed, "a permit of a closed channel");
                match self.oracle.is_rendezvous() {
                    true => assert!(waiting, "nobody waits for it"),
                    false => assert!(self.oracle.has_room(), "more permits than capacity"),
                }
                self.permits.push(permit);
                self.oracle.held += 1;
            }
            Err(TrySendError::Full(())) => {
                assert!(!self.oracle.closed, "full, although closed");
                assert!(self.oracle.is_rendezvous() || !self.oracle.has_room(), "full, although there is room");
            }
            Err(TrySendError::Closed(())) => assert!(self.oracle.closed, "not closed"),
        }
    }

    fn poll_reserve(&mut self, argument: usize) {
        let Some(index) = index(self.reserves.len(), argument) else { return };
        let (closed, room) = (self.oracle.closed, self.oracle.has_room() || self.oracle.is_rendezvous());
        let Poll::Ready(answer) = self.reserves[index].poll() else {
            assert!(!closed, "a reservation waits on a closed channel");
            return;
        };
        self.reserves.swap_remove(index);
        match answer {
            Ok(permit) => {
                assert!(!closed && room, "a permit without room, or after close");
                self.permits.push(permit);
                self.oracle.held += 1;
            }
            Err(SendError(())) => assert!(closed, "refused, although open"),
        }
    }

    fn use_permit(&mut self, argument: usize, send: bool) {
        let Some(index) = index(self.permits.len(), argument) else { return };
        let permit = self.permits.swap_remove(index);
        self.oracle.held -= 1;
        if send {
            let token = self.drops.token();
            self.oracle.queue.push_back(token.id);
            permit.send(token);
        }
    }

    fn permits_or_close(&mut self, argument: usize) {
        let closes = match argument {
            0 | 1 => return self.try_reserve(),
            2 | 3 => return self.use_permit(argument, true),
            4 | 5 => return self.use_permit(argument, false),
            6 | 7 if self.reserves.len() < 12 => {
                return self.reserves.push(Task::new(self.tx.reserve(), usize::MAX));
            }
            6..=9 => return self.poll_reserve(argument),
            10 | 11 => return drop(chosen(&mut self.reserves, argument)),
            14 => self.tx.close(),
            15 => self.rx.close(),
            _ => {
                let mut closed = Task::new(Box::pin(self.tx.closed()), usize::MAX);
                assert_eq!(closed.poll().is_ready(), self.oracle.closed);
                return;
            }
        };
        assert_eq!(closes, !self.oracle.closed);
        self.oracle.closed = true;
    }

    /// What can be asked without changing anything.
    fn look(&self) {
        assert_eq!(self.tx.is_closed(), self.oracle.closed);
        assert_eq!(self.rx.is_closed(), self.oracle.closed);
        assert_eq!(self.rx.capacity(), self.oracle.capacity);
        if !self.oracle.is_rendezvous() {
            assert_eq!(self.rx.len(), self.oracle.queue.len());
            assert_eq!(self.tx.is_empty(), self.oracle.queue.is_empty());
            assert_eq!(self.tx.is_full(), !self.oracle.has_room());
        }
    }

    /// Polls whoever was woken, as an executor does, until nobody is. Then nobody may sleep on what is there.
    fn settle(&mut self) {
        for _ in 0..10_000 {
            if let Some(woken) = self.sends.iter().position(Task::is_woken) {
                self.poll_send(woken);
            } else if let Some(woken) = self.reserves.iter().position(Task::is_woken) {
                self.poll_reserve(woken);
            } else if let Some(woken) = self.recvs.iter().position(Task::is_woken) {
                self.poll_recv(woken);
            } else {
                return self.nobody_sleeps_on_what_is_there();
            }
        }
        panic!("futures wake each other for ever");
    }

    fn nobody_sleeps_on_what_is_there(&self) {
        let reserves = self.reserves.iter().any(|reserve| reserve.parked);
        let sends = reserves || self.sends.iter().any(|send| send.parked);
        let recvs = self.recvs.iter().any(|recv| recv.parked);
        assert!(!(self.oracle.closed && sends), "somebody sleeps on a closed channel");
        assert!(!(self.oracle.sealed() && recvs), "a receive sleeps on a closed channel");
        if self.leaked > 0 {
            return;
        }
        assert!(!recvs || self.oracle.queue.is_empty(), "a receive sleeps on a message");
        if self.oracle.is_rendezvous() {
            assert!(!(sends && recvs), "a send and a receive sleep on each other");
        } else {
            assert!(!sends || !self.oracle.has_room(), "a send sleeps on a free place");
        }
    }

    /// Drops all futures, permits and clones.
    fn finish(self) -> Oracle {
        self.oracle
    }
}

/// All senders go; what was accepted is still received.
fn senders_go_first(tx: Sender<Token>, rx: Receiver<Token>, mut oracle: Oracle) {
    drop(tx);
    assert!(rx.is_closed());
    while let Ok(token) = rx.try_recv() {
        oracle.take(token, false);
    }
    assert_eq!(oracle.queue, [], "accepted, but never received");
    assert!(matches!(rx.try_recv(), Err(TryRecvError::Closed)));
}

/// All receivers go; what was accepted is dropped at once.
fn receivers_go_first(tx: Sender<Token>, rx: Receiver<Token>, oracle: Oracle, drops: &Drops) {
    drop(rx);
    assert!(tx.is_closed());
    for id in oracle.queue {
        assert_eq!(drops.of(id), 1, "message {id} outlives the last receiver");
    }
    assert!(matches!(tx.try_send(drops.token()), Err(TrySendError::Closed(_))));
}

/// The argument, as an index.
fn index(length: usize, argument: usize) -> Option<usize> {
    (length > 0).then(|| argument % length)
}

/// Removes one.
fn chosen<T>(tasks: &mut Vec<T>, argument: usize) -> Option<T> {
    index(tasks.len(), argument).map(|index| tasks.swap_remove(index))
}
