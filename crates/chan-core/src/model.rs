//! What the models share: the runner with its floor, and a small world in which threads work through scripts of
//! operations on one channel, each polled by hand, and the end is a quiet state that is looked at: everything woken has
//! been polled; does anybody still sleep on something?

use crate::channel::{Channel, RecvState, ReserveState, SendState};
use alloc::format;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::task::{Context, Poll, Waker};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering, Ordering::Relaxed};
use std::task::Wake;
use std::time::Instant;
use std::{env, println};

#[cfg(chan_loom)]
pub(crate) use loom::thread;
#[cfg(chan_shuttle)]
pub(crate) use shuttle::thread;

fn number(name: &str) -> Option<usize> {
    env::var(name).ok().and_then(|value| value.parse().ok())
}

/// Explores `body` at the preemption bound of `CHAN_PREEMPTIONS` (2). Fails when fewer than `floor` executions were
/// made: a model that explores little proves little. `CHAN_MODEL_SECONDS` cuts the search, and says so.
#[cfg(chan_loom)]
pub(crate) fn explore(name: &str, floor: usize, body: impl Fn() + Send + Sync + 'static) {
    let bound = number("CHAN_PREEMPTIONS").unwrap_or(2);
    let seconds = number("CHAN_MODEL_SECONDS");
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(bound);
    builder.max_branches = 50_000;
    builder.max_duration = seconds.map(|s| std::time::Duration::from_secs(s as u64));
    let interval = builder.checkpoint_interval;
    let executions = Arc::new(AtomicUsize::new(0));
    let counted = executions.clone();
    let begin = Instant::now();
    builder.check(move || {
        counted.fetch_add(1, Relaxed);
        body();
    });
    let (executions, took) = (executions.load(Relaxed), begin.elapsed());
    // loom looks at the clock only once in so many executions: one that ended elsewhere ended by itself.
    let looked = (executions + 1).is_multiple_of(interval);
    if looked && seconds.is_some_and(|s| took.as_secs() >= s as u64) {
        println!("model {name}: cut at {executions} executions");
        return;
    }
    println!("model {name}: {executions} executions, bound {bound}, {:.1} s", took.as_secs_f64());
    let full = bound >= 2 && env::var_os("CHAN_PLAIN").is_none() && env::var_os("CHAN_BUG").is_none();
    if full && executions < floor {
        std::eprintln!("model {name}: {executions} executions, expected at least {floor}");
        panic!("the model explores too little");
    }
}

/// Runs `body` in `CHAN_SCHEDULES` (20 000) random orders, and in as many of PCT(3): priorities that change at a few
/// places. Always the same ones, unless `CHAN_SEED` says otherwise. Dice are no search: no floor.
#[cfg(chan_shuttle)]
pub(crate) fn explore(name: &str, _floor: usize, body: impl Fn() + Send + Sync + 'static) {
    use shuttle::scheduler::{PctScheduler, RandomScheduler};
    let schedules = number("CHAN_SCHEDULES").unwrap_or(20_000);
    let seed = number("CHAN_SEED").unwrap_or(1) as u64;
    let mut config = shuttle::Config::new();
    config.stack_size = 1 << 18;
    // That it does not model weak orderings, we know; and a seed says more shortly which order failed.
    config.silence_warnings = true;
    config.failure_persistence = shuttle::FailurePersistence::None;
    let body = Arc::new(body);
    let (random, pct) = (body.clone(), body);
    let begin = Instant::now();
    let random =
        shuttle::Runner::new(RandomScheduler::new_from_seed(seed, schedules), config.clone()).run(move || random());
    let pct = shuttle::Runner::new(PctScheduler::new_from_seed(seed, 3, schedules), config).run(move || pct());
    println!("model {name}: {random} random schedules, {pct} of PCT(3), {:.1} s", begin.elapsed().as_secs_f64());
}

/// What became of the messages of one execution.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    created: AtomicUsize,
    dropped: Mutex<Vec<usize>>,
}

/// A message that is dropped exactly once.
#[derive(Debug)]
pub(crate) struct Item(pub(crate) usize, Arc<Ledger>);

impl Item {
    pub(crate) fn new(id: usize, ledger: &Arc<Ledger>) -> Self {
        ledger.created.fetch_add(1, Relaxed);
        Item(id, ledger.clone())
    }
}

impl Drop for Item {
    fn drop(&mut self) {
        let mut dropped = self.1.dropped.lock().unwrap();
        assert!(!dropped.contains(&self.0), "message {} is dropped twice", self.0);
        dropped.push(self.0);
    }
}

impl Ledger {
    /// Every message has been dropped.
    pub(crate) fn assert_settled(&self) {
        let dropped = self.dropped.lock().unwrap();
        assert_eq!(dropped.len(), self.created.load(Relaxed), "messages leaked; dropped: {dropped:?}");
    }
}

/// A waker that notes that it was called. Where a thread polls again by itself, the edge that every executor gives
/// (what came before a wake is seen by the poll after it) is there too; elsewhere it would only cost executions.
#[derive(Debug)]
pub(crate) struct Flag {
    woken: AtomicBool,
    edge: Option<crate::primitive::AtomicUsize>,
}

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        if let Some(edge) = &self.edge {
            edge.swap(1, Ordering::AcqRel);
        }
        self.woken.store(true, Relaxed);
    }
}

impl Flag {
    pub(crate) fn new(edge: bool) -> Arc<Self> {
        Arc::new(Flag { woken: AtomicBool::new(false), edge: edge.then(|| crate::primitive::AtomicUsize::new(0)) })
    }
    pub(crate) fn take(&self) -> bool {
        let woken = self.woken.swap(false, Relaxed);
        match &self.edge {
            Some(edge) => edge.swap(0, Ordering::AcqRel) == 1 || woken,
            None => woken,
        }
    }
    pub(crate) fn peek(&self) -> bool {
        self.woken.load(Relaxed)
    }
}

/// One step of a script. Operations are numbered in the order in which their thread starts them.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Step {
    /// Starts a send and polls it once.
    Send(usize),
    /// Starts a receive and polls it once.
    Recv,
    TrySend(usize),
    TryRecv,
    /// Starts a reservation and polls it once.
    Reserve,
    TryReserve,
    /// Sends with a permit, if this thread has one.
    SendPermit(usize),
    /// Gives a permit back, if this thread has one.
    DropPermit,
    /// Polls operation `i` again, whether woken or not.
    Poll(usize),
    /// Polls operation `i` with another waker.
    Move(usize),
    /// Polls operation `i` if it was woken (as far as this thread can see).
    IfWoken(usize),
    /// Drops operation `i`.
    Cancel(usize),
    /// Leaks operation `i`: it is neither polled nor dropped any more.
    Forget(usize),
    Close,
    DropSender,
    DropReceiver,
}

enum Kind {
    Send(SendState<Item>),
    Recv(RecvState),
    Reserve(ReserveState),
}

pub(crate) struct Op {
    kind: Kind,
    flag: Arc<Flag>,
    pending: bool,
    forgotten: bool,
}

/// What one thread did.
#[derive(Default)]
pub(crate) struct Record {
    ops: Vec<Op>,
    /// How many sends were accepted.
    sent: usize,
    received: Vec<usize>,
    closed_seen: bool,
    /// Permits that it holds.
    permits: usize,
    /// Whether the thread polls again by itself.
    polls_again: bool,
}

type Shared = crate::primitive::Arc<Channel<Item>>;

impl Record {
    fn poll(&mut self, channel: &Channel<Item>, i: usize) {
        let op = &mut self.ops[i];
        if !op.pending {
            return;
        }
        op.flag.take();
        let waker = Waker::from(op.flag.clone());
        let mut cx = Context::from_waker(&waker);
        match &mut op.kind {
            Kind::Send(state) => match channel.poll_send(state, &mut cx) {
                Poll::Ready(Ok(())) => {
                    op.pending = false;
                    self.sent += 1;
                }
                Poll::Ready(Err(_)) => op.pending = false,
                Poll::Pending => {}
            },
            Kind::Recv(state) => match channel.poll_recv(state, &mut cx) {
                Poll::Ready(Ok(item)) => {
                    op.pending = false;
                    self.received.push(item.0);
                }
                Poll::Ready(Err(_)) => {
                    op.pending = false;
                    self.closed_seen = true;
                }
                Poll::Pending => {}
            },
            Kind::Reserve(state) => match channel.poll_reserve(state, &mut cx) {
                Poll::Ready(Ok(())) => {
                    op.pending = false;
                    self.permits += 1;
                }
                Poll::Ready(Err(_)) => op.pending = false,
                Poll::Pending => {}
            },
        }
    }

    fn cancel(&mut self, channel: &Channel<Item>, i: usize) {
        let op = &mut self.ops[i];
        if !op.pending {
            return;
        }
        op.pending = false;
        match &mut op.kind {
            Kind::Send(state) => match channel.cancel_send(state) {
                Some(_) => {}
                None => self.sent += 1,
            },
            Kind::Recv(state) => channel.cancel_recv(state),
            Kind::Reserve(state) => channel.cancel_reserve(state),
        }
    }

    pub(crate) fn run(&mut self, channel: &Channel<Item>, ledger: &Arc<Ledger>, script: &[Step]) {
        let edge = self.polls_again;
        let op = |kind| Op { kind, flag: Flag::new(edge), pending: true, forgotten: false };
        for step in script {
            match *step {
                Step::Send(id) => {
                    self.ops.push(op(Kind::Send(SendState::new(Item::new(id, ledger)))));
                    self.poll(channel, self.ops.len() - 1);
                }
                Step::Recv => {
                    self.ops.push(op(Kind::Recv(RecvState::new())));
                    self.poll(channel, self.ops.len() - 1);
                }
                Step::Reserve => {
                    self.ops.push(op(Kind::Reserve(ReserveState::new())));
                    self.poll(channel, self.ops.len() - 1);
                }
                Step::TryReserve => self.permits += usize::from(channel.try_reserve().is_ok()),
                Step::SendPermit(id) => {
                    if self.permits > 0 {
                        channel.send_reserved(Item::new(id, ledger));
                        self.permits -= 1;
                        self.sent += 1;
                    }
                }
                Step::DropPermit => {
                    if self.permits > 0 {
                        channel.release();
                        self.permits -= 1;
                    }
                }
                Step::TrySend(id) => match channel.try_send(Item::new(id, ledger)) {
                    Ok(()) => self.sent += 1,
                    Err(_) => {}
                },
                Step::TryRecv => match channel.try_recv() {
                    Ok(item) => self.received.push(item.0),
                    Err(crate::error::TryRecvError::Closed) => self.closed_seen = true,
                    Err(crate::error::TryRecvError::Empty) => {}
                },
                Step::Poll(i) => self.poll(channel, i),
                Step::Move(i) => {
                    // The old flag may still be called; a task that moved is polled by its new waker only.
                    self.ops[i].flag = Flag::new(true);
                    self.poll(channel, i);
                }
                Step::IfWoken(i) => {
                    if self.ops[i].flag.peek() {
                        self.poll(channel, i);
                    }
                }
                Step::Cancel(i) => self.cancel(channel, i),
                Step::Forget(i) => self.ops[i].forgotten = true,
                Step::Close => {
                    channel.close();
                }
                Step::DropSender => channel.drop_sender(),
                Step::DropReceiver => channel.drop_receiver(),
            }
        }
    }
}

/// A model: a channel, and for each thread what it does before the others start and what it does beside them. The last
/// thread is the main one.
#[derive(Clone)]
pub(crate) struct Model {
    pub(crate) capacity: Option<usize>,
    pub(crate) senders: usize,
    pub(crate) receivers: usize,
    pub(crate) threads: &'static [(&'static [Step], &'static [Step])],
}

impl Model {
    pub(crate) const fn on(capacity: Option<usize>, threads: &'static [(&'static [Step], &'static [Step])]) -> Self {
        Model { capacity, senders: 1, receivers: 1, threads }
    }

    pub(crate) fn explore(self, name: &str, floor: usize) {
        explore(name, floor, move || self.execute());
    }

    fn execute(&self) {
        let ledger = Arc::new(Ledger::default());
        let channel: Shared = crate::primitive::Arc::new(match self.capacity {
            Some(n) => Channel::bounded(n, None),
            None => Channel::unbounded(None),
        });
        (1..self.senders).for_each(|_| channel.add_sender());
        (1..self.receivers).for_each(|_| channel.add_receiver());
        let again = |step: &Step| matches!(step, Step::Poll(_) | Step::Move(_) | Step::IfWoken(_));
        let mut records: Vec<Record> = self
            .threads
            .iter()
            .map(|(_, script)| Record { polls_again: script.iter().any(again), ..Record::default() })
            .collect();
        for (record, (before, _)) in records.iter_mut().zip(self.threads) {
            record.run(&channel, &ledger, before);
        }
        let main = records.pop().expect("a model has threads");
        let (_, main_script) = self.threads[self.threads.len() - 1];
        let handles: Vec<_> = records
            .into_iter()
            .zip(self.threads)
            .map(|(mut record, (_, script))| {
                let (channel, ledger) = (channel.clone(), ledger.clone());
                crate::model::thread::spawn(move || {
                    record.run(&channel, &ledger, script);
                    record
                })
            })
            .collect();
        let mut main = main;
        main.run(&channel, &ledger, main_script);
        let mut records: Vec<Record> = handles.into_iter().map(|handle| handle.join().unwrap()).collect();
        records.push(main);
        self.settle(&channel, &mut records);
        self.check(&channel, &mut records);
        for record in &mut records {
            for i in 0..record.ops.len() {
                record.cancel(&channel, i);
            }
            (0..record.permits).for_each(|_| channel.release());
        }
        assert!(!channel.is_closed() || channel.receiver_count() == 0 || channel.is_drained() || channel.len() > 0);
        drop(channel);
        drop(records);
        ledger.assert_settled();
    }

    /// Polls whatever was woken, until nothing is.
    fn settle(&self, channel: &Channel<Item>, records: &mut [Record]) {
        for _ in 0..100 {
            let mut quiet = true;
            for record in records.iter_mut() {
                for i in 0..record.ops.len() {
                    let op = &record.ops[i];
                    if op.pending && !op.forgotten && op.flag.peek() {
                        quiet = false;
                        record.poll(channel, i);
                    }
                }
            }
            if quiet {
                return;
            }
        }
        panic!("the channel does not come to rest");
    }

    /// Nobody sleeps on something, nothing is lost.
    fn check(&self, channel: &Channel<Item>, records: &mut [Record]) {
        let asleep = |kind: fn(&Kind) -> bool| -> usize {
            let all = records.iter().flat_map(|record| &record.ops);
            all.filter(|op| op.pending && !op.forgotten && kind(&op.kind)).count()
        };
        let receives = asleep(|kind| matches!(kind, Kind::Recv(_)));
        let reserves = asleep(|kind| matches!(kind, Kind::Reserve(_)));
        let sends = asleep(|kind| matches!(kind, Kind::Send(_))) + reserves;
        let permits: usize = records.iter().map(|record| record.permits).sum();
        let describe = || -> String {
            let queued = channel.len();
            format!("{receives} receives and {sends} sends asleep, {queued} queued, {permits} permits")
        };
        if channel.is_closed() {
            assert!(receives == 0 || permits > 0, "asleep on a closed channel: {}", describe());
            assert!(sends == 0, "asleep on a closed channel: {}", describe());
        }
        assert!(receives == 0 || channel.len() == 0, "receives asleep on messages: {}", describe());
        let drained = channel.is_closed() && permits == 0 && channel.len() == 0;
        assert_eq!(channel.is_drained(), drained, "drained: {}", describe());
        let closed_seen = records.iter().any(|record| record.closed_seen);
        assert!(!closed_seen || drained, "a receive said closed: {}", describe());
        match channel.capacity() {
            Some(0) => assert!(receives == 0 || sends == 0, "both sides asleep: {}", describe()),
            Some(n) => {
                assert!(sends == 0 || channel.len() + permits >= n, "sends asleep on room: {}", describe());
                assert!(channel.len() + permits <= n, "more than fits: {}", describe());
                assert_eq!(channel.is_full(), channel.len() + permits == n, "full: {}", describe());
            }
            None => assert_eq!(sends, 0, "sends asleep on an unbounded channel"),
        }
        // Conservation, by number: what was accepted is received, or still in the channel, or went with it.
        let sent: usize = records.iter().map(|record| record.sent).sum();
        let received: usize = records.iter().map(|record| record.received.len()).sum();
        // An offer that stands may still be taken from a send that is pending; all others are settled here.
        let queued = channel.len();
        if channel.receiver_count() > 0 {
            assert_eq!(sent, received + queued, "sent, received, queued");
        } else {
            assert!(sent >= received, "sent, received");
        }
        let mut seen: Vec<usize> = records.iter().flat_map(|record| record.received.clone()).collect();
        seen.sort_unstable();
        let all = seen.len();
        seen.dedup();
        assert_eq!(all, seen.len(), "a message was received twice");
        // One receiver sees one sender's messages in order.
        for record in records.iter() {
            for sender in 1..5 {
                let of: Vec<_> = record.received.iter().filter(|id| **id / 10 == sender).collect();
                assert!(of.is_sorted(), "out of order: {:?}", record.received);
            }
        }
    }
}
