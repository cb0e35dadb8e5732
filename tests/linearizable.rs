//! Histories of real threads are linearizable: each producer and each consumer mixes try, await and blocking forms,
//! with limits, cancellation and closing, and the checker finds an order that explains every answer.
//! `CHAN_HISTORIES=n` sets how many histories are recorded for each capacity.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use chan_core::{Receiver, RecvTimeoutError, SendTimeoutError, Sender, TryRecvError, TrySendError};
use chan_tests::linearize::{Event, Op, is_linearizable, is_linearizable_with_permits};
use chan_tests::{Flavour, poll_noop, within};
use fastrand::Rng;
use futures_lite::future::block_on;

const MOST_OPS: usize = 6;

struct Recorder<'c> {
    thread: usize,
    clock: &'c AtomicU64,
    rng: Rng,
    events: Vec<Event>,
}

impl Recorder<'_> {
    fn record(&mut self, operation: impl FnOnce(&mut Rng) -> Op) -> Op {
        // Threads that are only ever preempted at their own calls overlap little.
        match self.rng.u8(..4) {
            0 => thread::yield_now(),
            1 => (0..self.rng.u32(..200)).for_each(|_| std::hint::spin_loop()),
            _ => {}
        }
        let called = self.clock.fetch_add(1, Ordering::SeqCst);
        let op = operation(&mut self.rng);
        let answered = self.clock.fetch_add(1, Ordering::SeqCst);
        self.events.push(Event { thread: self.thread, called, answered, op });
        op
    }
}

fn a_moment(rng: &mut Rng) -> Duration {
    Duration::from_micros(rng.u64(..300))
}

/// `permits`: also by a reservation and its permit, which together are a send.
fn send_somehow(tx: &Sender<u32>, value: u32, permits: bool, rng: &mut Rng) -> Op {
    let sent = Op::Sent { value, tried: false };
    match rng.u8(..if permits { 8 } else { 6 }) {
        6 => block_on(tx.reserve()).map_or(Op::Refused, |permit| {
            permit.send(value);
            sent
        }),
        7 => match tx.try_reserve() {
            Ok(permit) => {
                // Held for a while, closed or not.
                thread::yield_now();
                permit.send(value);
                sent
            }
            Err(TrySendError::Full(())) => Op::Full,
            Err(TrySendError::Closed(())) => Op::Refused,
        },
        0 | 1 => match tx.try_send(value) {
            Ok(()) => Op::Sent { value, tried: true },
            Err(TrySendError::Full(_)) => Op::Full,
            Err(TrySendError::Closed(_)) => Op::Refused,
        },
        2 => block_on(tx.send(value)).map_or(Op::Refused, |()| sent),
        3 => tx.send_blocking(value).map_or(Op::Refused, |()| sent),
        4 => match tx.send_timeout_blocking(value, a_moment(rng)) {
            Ok(()) => sent,
            Err(SendTimeoutError::Timeout(_)) => Op::SendWithdrawn,
            Err(SendTimeoutError::Closed(_)) => Op::Refused,
        },
        _ => {
            let mut send = tx.send(value);
            for _ in 0..rng.u8(1..4) {
                if let std::task::Poll::Ready(result) = poll_noop(&mut send) {
                    return result.map_or(Op::Refused, |()| sent);
                }
                thread::yield_now();
            }
            if rng.bool() {
                return Op::SendDropped(value);
            }
            send.cancel().map_or(sent, |_| Op::SendWithdrawn)
        }
    }
}

fn receive_somehow(rx: &Receiver<u32>, rng: &mut Rng) -> Op {
    let got = |value| Op::Received { value, waits: true };
    let ended = Op::Ended { waits: true };
    match rng.u8(..6) {
        0 | 1 => match rx.try_recv() {
            Ok(value) => Op::Received { value, waits: false },
            Err(TryRecvError::Empty) => Op::Empty,
            Err(TryRecvError::Closed) => Op::Ended { waits: false },
        },
        2 => block_on(rx.recv()).map_or(ended, got),
        3 => rx.recv_blocking().map_or(ended, got),
        4 => match rx.recv_timeout_blocking(a_moment(rng)) {
            Ok(value) => got(value),
            Err(RecvTimeoutError::Timeout) => Op::RecvWithdrawn,
            Err(RecvTimeoutError::Closed) => ended,
        },
        _ => {
            let mut recv = rx.recv();
            for _ in 0..rng.u8(1..4) {
                if let std::task::Poll::Ready(result) = poll_noop(&mut recv) {
                    return result.map_or(ended, got);
                }
                thread::yield_now();
            }
            Op::RecvWithdrawn
        }
    }
}

/// Waits for everyone, so that they start together.
fn line_up(waiting: &AtomicUsize) {
    waiting.fetch_sub(1, Ordering::SeqCst);
    while waiting.load(Ordering::SeqCst) != 0 {
        thread::yield_now();
    }
}

fn one_history(flavour: Flavour, permits: bool, producers: usize, consumers: usize, seed: u64) -> Vec<Event> {
    let (tx, rx) = flavour.make::<u32>();
    if permits {
        drop(tx.try_reserve().expect("room"));
    }
    let senders: Vec<_> = (0..producers).map(|_| tx.clone()).collect();
    let receivers: Vec<_> = (0..consumers).map(|_| rx.clone()).collect();
    drop((tx, rx));
    let clock = &AtomicU64::new(0);
    let waiting = &AtomicUsize::new(producers + consumers);
    let recorder = |thread: usize| {
        let rng = Rng::with_seed(seed.wrapping_mul(64).wrapping_add(thread as u64));
        Recorder { thread, clock, rng, events: Vec::new() }
    };
    thread::scope(|scope| {
        let mut threads = Vec::new();
        for (i, tx) in senders.into_iter().enumerate() {
            let mut recorder = recorder(i);
            threads.push(scope.spawn(move || {
                line_up(waiting);
                for n in 0..recorder.rng.usize(2..=MOST_OPS) {
                    if recorder.rng.u8(..24) == 0 {
                        recorder.record(|_| Op::Close(tx.close()));
                    }
                    recorder.record(|rng| send_somehow(&tx, (i * 100 + n) as u32, permits, rng));
                }
                recorder.record(|_| {
                    drop(tx);
                    Op::SenderGone
                });
                recorder.events
            }));
        }
        for (i, rx) in receivers.into_iter().enumerate() {
            let mut recorder = recorder(producers + i);
            threads.push(scope.spawn(move || {
                line_up(waiting);
                for _ in 0..recorder.rng.usize(2..=MOST_OPS) {
                    if recorder.rng.u8(..24) == 0 {
                        recorder.record(|_| Op::Close(rx.close()));
                    }
                    recorder.record(|rng| receive_somehow(&rx, rng));
                }
                recorder.record(|_| {
                    drop(rx);
                    Op::ReceiverGone
                });
                recorder.events
            }));
        }
        threads.into_iter().flat_map(|thread| thread.join().expect("an actor")).collect()
    })
}

fn histories_are_linearizable(flavour: Flavour) {
    let (histories, limit) = match std::env::var("CHAN_HISTORIES") {
        Ok(n) => (n.parse().expect("CHAN_HISTORIES is a number"), 3600),
        Err(_) => (1_500, 120),
    };
    within(Duration::from_secs(limit), move || {
        let mut seeds = Rng::with_seed(flavour.capacity().unwrap_or(99) as u64);
        let (mut events, mut together) = (0, 0);
        for _ in 0..histories {
            let seed = seeds.u64(..);
            let (producers, consumers) = [(1, 1), (2, 1), (1, 2), (2, 2), (1, 3), (3, 1)][seeds.usize(..6)];
            // Half of the channels have given a permit, and hand out places before positions. (At capacity 0 a permit's
            // message comes later than the receive that it was given for.)
            let permits = !flavour.is_rendezvous() && seed % 2 == 1;
            let history = one_history(flavour, permits, producers, consumers, seed);
            events += history.len();
            together += history
                .iter()
                .filter(|a| {
                    history.iter().any(|b| a.thread != b.thread && a.called < b.answered && b.called < a.answered)
                })
                .count();
            let check = if permits { is_linearizable_with_permits } else { is_linearizable };
            if !check(flavour.capacity(), producers, consumers, &history) {
                let mut history = history;
                history.sort_by_key(|event| event.called);
                let lines: Vec<_> = history.iter().map(|event| format!("{event:?}")).collect();
                panic!("{flavour:?}, seed {seed}: no order explains\n{}", lines.join("\n"));
            }
        }
        println!("{flavour:?}: {histories} histories, {events} operations, {together} of them overlapping another");
        // Histories without overlap would show nothing.
        assert!(together * 10 > events, "{together} of {events} operations overlapped");
    });
}

#[test]
fn capacity_0_is_linearizable() {
    histories_are_linearizable(Flavour::Bounded(0));
}

#[test]
fn capacity_1_is_linearizable() {
    histories_are_linearizable(Flavour::Bounded(1));
}

#[test]
fn capacity_4_is_linearizable() {
    histories_are_linearizable(Flavour::Bounded(4));
}

#[test]
fn unbounded_is_linearizable() {
    histories_are_linearizable(Flavour::Unbounded);
}
