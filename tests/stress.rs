//! Everything at once, on threads, tokio and smol: mixed forms, cancellation after every number of polls, limits,
//! clones, closing in the middle. Every message is accounted for, and every destructor runs once.
//! `CHAN_STRESS_OPS=n` sets the number of operations for each flavour, all runtimes together.

use std::collections::HashMap;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Poll;
use std::thread;
use std::time::{Duration, Instant};

use chan_core::{Receiver, RecvTimeoutError, SendTimeoutError, Sender, TryRecvError, TrySendError};
use chan_tests::executor::Countdown;
use chan_tests::tracked::{Account, Ledger, Tracked, fate};
use chan_tests::{Flavour, within};
use fastrand::Rng;
use futures_lite::future::{block_on, yield_now};

/// Futures are dropped after 0 to this many polls.
const MOST_POLLS: usize = 4;

/// How a round ends.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Ending {
    SendersLeave,
    ReceiversLeave,
    SenderCloses,
    ReceiverCloses,
}

/// What the actors of one round share.
struct Round {
    ledger: Arc<Ledger>,
    operations: AtomicUsize,
    ending: Ending,
    each: usize,
    /// Whether senders take permits, too. Not in all rounds: once a channel has given one it hands out room in another
    /// way.
    permits: bool,
}

impl Round {
    /// A sender that is to see the receivers leave gets more to do than they; not without limit, or an unbounded
    /// channel would grow while a receiver sleeps.
    fn most_of_a_sender(&self) -> usize {
        if self.ending == Ending::ReceiversLeave { 3 * self.each } else { self.each }
    }
}

/// One end of the channel in one task or thread.
struct Actor {
    round: Arc<Round>,
    rng: Rng,
    name: usize,
    /// Whether this actor has a thread of its own to block.
    may_block: bool,
}

/// Polls `future` up to `polls` times; between two polls it waits for a wake or for the other tasks. `None`: it is
/// still pending.
async fn polled<F: Future + Unpin>(future: &mut F, polls: usize, yields: bool) -> Option<F::Output> {
    for _ in 0..polls {
        let polled = poll_fn(|cx| Poll::Ready(Pin::new(&mut *future).poll(cx))).await;
        if let Poll::Ready(output) = polled {
            return Some(output);
        }
        if yields {
            yield_now().await;
        }
    }
    None
}

impl Actor {
    fn a_moment(&mut self) -> Duration {
        Duration::from_micros(self.rng.u64(..50))
    }

    /// Sends until its number of operations is done or the channel is closed.
    async fn produce(mut self, mut tx: Sender<Tracked>) {
        let round = self.round.clone();
        let close_at = (round.ending == Ending::SenderCloses && self.name == 0).then(|| self.rng.usize(..round.each));
        for number in 0..round.most_of_a_sender() {
            if close_at == Some(number) {
                tx.close();
            }
            if self.rng.u8(..16) == 0 {
                // A handle of another age, from a weak one half of the time.
                tx = if self.rng.bool() { tx.downgrade().upgrade().expect("we hold one") } else { tx.clone() };
            }
            round.operations.fetch_add(1, Ordering::Relaxed);
            let message = round.ledger.make_for(self.name, number);
            if !self.send(&tx, message).await {
                return;
            }
        }
    }

    /// `false`: closed.
    async fn send(&mut self, tx: &Sender<Tracked>, message: Tracked) -> bool {
        let ledger = self.round.ledger.clone();
        let id = message.id();
        let sent = || ledger.mark(id, fate::SENT);
        let closed = |message: Tracked| {
            message.back();
            false
        };
        if self.round.permits && self.rng.u8(..3) == 0 {
            return self.send_with_a_permit(tx, message).await;
        }
        let forms = if self.may_block { 8 } else { 5 };
        match self.rng.u8(..forms) {
            0 => match tx.try_send(message) {
                Ok(()) => sent(),
                Err(TrySendError::Full(message)) => {
                    message.back();
                    yield_now().await;
                }
                Err(TrySendError::Closed(message)) => return closed(message),
            },
            1 => match tx.send(message).await {
                Ok(()) => sent(),
                Err(error) => return closed(error.into_inner()),
            },
            2 | 3 => {
                let (polls, yields) = (self.rng.usize(..=MOST_POLLS), self.rng.bool());
                let mut send = tx.send(message);
                match polled(&mut send, polls, yields).await {
                    Some(Ok(())) => sent(),
                    Some(Err(error)) => return closed(error.into_inner()),
                    None if self.rng.bool() => {
                        // Marked first: the message may be gone before `drop` returns.
                        ledger.mark(id, fate::ABANDONED);
                        drop(send);
                    }
                    None => send.cancel().map_or_else(|_| sent(), Tracked::back),
                }
            }
            4 => match tx.send_until(message, Countdown(self.rng.usize(..=MOST_POLLS))).await {
                Ok(()) => sent(),
                Err(SendTimeoutError::Timeout(message)) => message.back(),
                Err(SendTimeoutError::Closed(message)) => return closed(message),
            },
            5 => match tx.send_blocking(message) {
                Ok(()) => sent(),
                Err(error) => return closed(error.into_inner()),
            },
            form => {
                let limit = self.a_moment();
                let result = if form == 6 {
                    tx.send_timeout_blocking(message, limit)
                } else {
                    tx.send_deadline_blocking(message, Instant::now() + limit)
                };
                match result {
                    Ok(()) => sent(),
                    Err(SendTimeoutError::Timeout(message)) => message.back(),
                    Err(SendTimeoutError::Closed(message)) => return closed(message),
                }
            }
        }
        true
    }

    /// `false`: closed.
    async fn send_with_a_permit(&mut self, tx: &Sender<Tracked>, message: Tracked) -> bool {
        let forms = if self.may_block { 7 } else { 5 };
        let permit = match self.rng.u8(..forms) {
            0 => tx.try_reserve().map_err(|error| error.is_closed()),
            1 => tx.reserve().await.map_err(|_| true),
            2 | 3 => {
                let (polls, yields) = (self.rng.usize(..=MOST_POLLS), self.rng.bool());
                match polled(&mut tx.reserve(), polls, yields).await {
                    Some(permit) => permit.map_err(|_| true),
                    None => Err(false),
                }
            }
            4 => {
                let (polls, yields) = (self.rng.usize(..=MOST_POLLS), self.rng.bool());
                let permit = match polled(&mut tx.clone().reserve_owned(), polls, yields).await {
                    Some(permit) => permit.map_err(|_| true),
                    None => Err(false),
                };
                return self.use_permit(permit, message, |permit, message| drop(permit.send(message))).await;
            }
            5 => tx.reserve_blocking().map_err(|_| true),
            _ => tx.reserve_timeout_blocking(self.a_moment()).map_err(|error| error.is_closed()),
        };
        self.use_permit(permit, message, chan_core::Permit::send).await
    }

    /// Sends with the permit, at once or later, or gives it back. `Err`: there was none, because of a close or not.
    async fn use_permit<P>(
        &mut self,
        permit: Result<P, bool>,
        message: Tracked,
        send: impl FnOnce(P, Tracked),
    ) -> bool {
        let permit = match permit {
            Ok(permit) => permit,
            Err(closed) => {
                message.back();
                yield_now().await;
                return !closed;
            }
        };
        if self.rng.bool() {
            yield_now().await;
        }
        if self.rng.u8(..3) == 0 {
            drop(permit);
            message.back();
        } else {
            let (ledger, id) = (self.round.ledger.clone(), message.id());
            send(permit, message);
            ledger.mark(id, fate::SENT);
        }
        true
    }

    /// Receives until the channel is closed and empty, or until its number of operations is done.
    async fn consume(mut self, mut rx: Receiver<Tracked>) {
        let round = self.round.clone();
        let leaves = round.ending == Ending::ReceiversLeave;
        let close_at = (round.ending == Ending::ReceiverCloses && self.name == 0).then(|| self.rng.usize(..round.each));
        let mut last_of = HashMap::new();
        for number in 0.. {
            if leaves && number == round.each {
                return;
            }
            if close_at == Some(number) {
                rx.close();
            }
            if self.rng.u8(..16) == 0 {
                rx = if self.rng.bool() { rx.downgrade().upgrade().expect("we hold one") } else { rx.clone() };
            }
            let got = self.receive(&rx).await;
            match got {
                Ok(Some(message)) => {
                    round.operations.fetch_add(1, Ordering::Relaxed);
                    // One producer's messages come out in its order.
                    let last = last_of.insert(message.producer, message.number);
                    assert!(
                        last < Some(message.number),
                        "producer {}: {last:?} before {}",
                        message.producer,
                        message.number
                    );
                    message.received();
                }
                Ok(None) => {}
                Err(()) => return,
            }
        }
    }

    /// `Err`: closed and empty.
    async fn receive(&mut self, rx: &Receiver<Tracked>) -> Result<Option<Tracked>, ()> {
        let forms = if self.may_block { 10 } else { 7 };
        match self.rng.u8(..forms) {
            0 => match rx.try_recv() {
                Ok(message) => Ok(Some(message)),
                Err(TryRecvError::Empty) => {
                    yield_now().await;
                    Ok(None)
                }
                Err(TryRecvError::Closed) => Err(()),
            },
            1 => rx.recv().await.map(Some).map_err(drop),
            2 | 3 => {
                let (polls, yields) = (self.rng.usize(..=MOST_POLLS), self.rng.bool());
                let cancelled = polled(&mut rx.recv(), polls, yields).await;
                self.round.operations.fetch_add(usize::from(cancelled.is_none() && polls > 0), Ordering::Relaxed);
                cancelled.transpose().map_err(drop)
            }
            4 => match rx.recv_until(Countdown(self.rng.usize(..=MOST_POLLS))).await {
                Ok(message) => Ok(Some(message)),
                Err(RecvTimeoutError::Timeout) => Ok(None),
                Err(RecvTimeoutError::Closed) => Err(()),
            },
            5 => {
                let (polls, yields) = (self.rng.usize(..=MOST_POLLS), self.rng.bool());
                let mut stream = rx.stream();
                match polled(&mut stream.next(), polls, yields).await {
                    Some(next) => next.map(Some).ok_or(()),
                    None => Ok(None),
                }
            }
            6 => Ok(rx.try_iter().next()),
            7 => rx.recv_blocking().map(Some).map_err(drop),
            form => {
                let limit = self.a_moment();
                let result = if form == 8 {
                    rx.recv_timeout_blocking(limit)
                } else {
                    rx.recv_deadline_blocking(Instant::now() + limit)
                };
                match result {
                    Ok(message) => Ok(Some(message)),
                    Err(RecvTimeoutError::Timeout) => Ok(None),
                    Err(RecvTimeoutError::Closed) => Err(()),
                }
            }
        }
    }
}

type Job = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Where the actors run.
enum Runtime {
    Threads,
    Tokio(tokio::runtime::Runtime),
    Smol(Arc<smol::Executor<'static>>),
}

impl Runtime {
    /// Runs all jobs to their end; those of `blocking` on threads of their own.
    fn run(&self, jobs: Vec<Job>, blocking: Vec<Job>) {
        let spawn = |job: Job| thread::spawn(move || block_on(job));
        let mut threads: Vec<_> = blocking.into_iter().map(spawn).collect();
        match self {
            Runtime::Threads => threads.extend(jobs.into_iter().map(spawn)),
            Runtime::Tokio(runtime) => {
                let tasks: Vec<_> = jobs.into_iter().map(|job| runtime.spawn(job)).collect();
                tasks.into_iter().for_each(|task| block_on(task).expect("a task"));
            }
            Runtime::Smol(executor) => {
                let tasks: Vec<_> = jobs.into_iter().map(|job| executor.spawn(job)).collect();
                tasks.into_iter().for_each(block_on);
            }
        }
        threads.into_iter().for_each(|thread| thread.join().expect("an actor"));
    }

    fn tokio() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build();
        Runtime::Tokio(runtime.expect("a tokio runtime"))
    }

    /// Two threads that run one executor, until the end of the process.
    fn smol() -> Self {
        let executor = Arc::new(smol::Executor::new());
        for _ in 0..2 {
            let executor = executor.clone();
            thread::spawn(move || smol::block_on(executor.run(std::future::pending::<()>())));
        }
        Runtime::Smol(executor)
    }
}

fn one_round(runtime: &Runtime, flavour: Flavour, each: usize, rng: &mut Rng) -> (usize, Account) {
    let endings = [Ending::SendersLeave, Ending::ReceiversLeave, Ending::SenderCloses, Ending::ReceiverCloses];
    let ending = endings[rng.usize(..endings.len())];
    let (senders, receivers) = (rng.usize(1..=3), rng.usize(1..=3));
    let ledger = Ledger::new(3 * each * senders);
    let round = Arc::new(Round { ledger, operations: AtomicUsize::new(0), ending, each, permits: rng.bool() });
    let (tx, rx) = flavour.make();
    let (mut jobs, mut blocking) = (Vec::<Job>::new(), Vec::<Job>::new());
    let seat = |name: usize, rng: &mut Rng| {
        // On a runtime the last of each side, if it is not the only one, is a thread that may block.
        let may_block = matches!(runtime, Runtime::Threads) || name == 1;
        (Actor { round: round.clone(), rng: rng.fork(), name, may_block }, may_block)
    };
    for name in 0..senders {
        let (actor, may_block) = seat(name, rng);
        let jobs = if may_block { &mut blocking } else { &mut jobs };
        jobs.push(Box::pin(actor.produce(tx.clone())));
    }
    for name in 0..receivers {
        let (actor, may_block) = seat(name, rng);
        let jobs = if may_block { &mut blocking } else { &mut jobs };
        jobs.push(Box::pin(actor.consume(rx.clone())));
    }
    drop((tx, rx));
    runtime.run(jobs, blocking);
    let account = round.ledger.settle(flavour.is_rendezvous(), ending == Ending::ReceiversLeave);
    (round.operations.load(Ordering::Relaxed), account)
}

fn stress(runtime: Runtime, flavour: Flavour) {
    let (all, limit) = match std::env::var("CHAN_STRESS_OPS") {
        Ok(n) => (n.parse::<usize>().expect("CHAN_STRESS_OPS is a number"), 3600),
        Err(_) => (200_000, 180),
    };
    // A third for each runtime.
    let wanted = all.div_ceil(3);
    let name = match runtime {
        Runtime::Threads => "threads",
        Runtime::Tokio(_) => "tokio",
        Runtime::Smol(_) => "smol",
    };
    within(Duration::from_secs(limit), move || {
        let mut rng = Rng::with_seed(42);
        let (mut operations, mut rounds, mut total) = (0, 0, Account::default());
        let start = Instant::now();
        while operations < wanted {
            let (done, account) = one_round(&runtime, flavour, rng.usize(1..1_000), &mut rng);
            operations += done;
            rounds += 1;
            total += account;
        }
        println!("{name}, {flavour:?}: {operations} operations in {rounds} rounds, {:?}", start.elapsed());
        println!("  {total:?}");
    });
}

macro_rules! stress_tests {
    ($($name:ident: $flavour:expr;)*) => {
        mod threads {
            use super::*;
            $(#[test] fn $name() { stress(Runtime::Threads, $flavour); })*
        }
        mod tokio_workers {
            use super::*;
            $(#[test] fn $name() { stress(Runtime::tokio(), $flavour); })*
        }
        mod smol_threads {
            use super::*;
            $(#[test] fn $name() { stress(Runtime::smol(), $flavour); })*
        }
    };
}

stress_tests! {
    capacity_0_loses_nothing: Flavour::Bounded(0);
    capacity_1_loses_nothing: Flavour::Bounded(1);
    capacity_4_loses_nothing: Flavour::Bounded(4);
    capacity_128_loses_nothing: Flavour::Bounded(128);
    unbounded_loses_nothing: Flavour::Unbounded;
}
