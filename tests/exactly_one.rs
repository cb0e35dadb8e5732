//! Selects with sends at capacity 0 in several cases, against live receivers on other threads: each turn has one effect or
//! none, whenever it is dropped. And selects that face each other: they meet, and soon.
//! `CHAN_STRESS_OPS=n` sets the number of turns.

use std::future::{Future, poll_fn};
use std::hint;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::{Duration, Instant};

use chan_core::{Receiver, Sender, TryRecvError, bounded};
use chan_select::select;
use chan_tests::within;
use futures_lite::future::block_on;

fn turns() -> (usize, Duration) {
    match std::env::var("CHAN_STRESS_OPS") {
        Ok(n) => (n.parse().expect("CHAN_STRESS_OPS is a number"), Duration::from_secs(3600)),
        Err(_) => (50_000, Duration::from_secs(180)),
    }
}

/// What the two ends of one run share.
struct Run {
    dropped: AtomicU64,
    /// For each turn, which of its messages were received: a bit for each case.
    received: Vec<AtomicU8>,
}

/// Of case `case` of turn `turn`.
struct Message {
    turn: usize,
    case: u8,
    run: Arc<Run>,
}

impl Drop for Message {
    fn drop(&mut self) {
        self.run.dropped.fetch_add(1, Ordering::Relaxed);
    }
}

impl Message {
    /// Notes that it was received, once, and as the only one of its turn.
    fn arrive(self) -> u64 {
        let before = self.run.received[self.turn].fetch_or(1 << self.case, Ordering::Relaxed);
        assert_eq!(before, 0, "turn {}: case {} was received beside {before:b}", self.turn, self.case);
        self.turn as u64
    }
}

/// Turns are dropped after 0 to this many polls; every other one is played to its end.
const MOST_POLLS: usize = 4;

/// Polls without being woken: sooner than a thread that sleeps, and in the middle of what others do.
fn busily<F: Future>(mut future: Pin<&mut F>) -> F::Output {
    let mut cx = Context::from_waker(Waker::noop());
    for poll in 1_usize.. {
        if let Poll::Ready(output) = future.as_mut().poll(&mut cx) {
            return output;
        }
        if poll.is_multiple_of(64) { thread::yield_now() } else { hint::spin_loop() }
    }
    unreachable!("polled for ever")
}

/// Plays all turns; for each which case it said to be sent.
fn offer(turns: usize, run: &Arc<Run>, a: &Sender<Message>, b: &Sender<Message>) -> Vec<Option<u8>> {
    let (_idle_tx, idle) = bounded::<()>(1);
    let play = |turn: usize| {
        let message = |case| Message { turn, case, run: run.clone() };
        let mut select = pin!(async {
            select! {
                res = a.send(message(0)) => { assert!(res.is_ok()); 0 }
                res = b.send(message(1)) => { assert!(res.is_ok()); 1 }
                // The same channel in two cases.
                res = a.send(message(2)), if turn.is_multiple_of(3) => { assert!(res.is_ok()); 2 }
                _ = idle.recv() => unreachable!(),
            }
        });
        match turn % 16 {
            // Asleep until it is woken.
            0 => return Some(block_on(select)),
            even if even.is_multiple_of(2) => return Some(busily(select.as_mut())),
            _ => {}
        }
        let mut cx = Context::from_waker(Waker::noop());
        for poll in 0..turn / 2 % (MOST_POLLS + 1) {
            if let Poll::Ready(case) = select.as_mut().poll(&mut cx) {
                return Some(case);
            }
            match (turn + poll) % 4 {
                0 => thread::yield_now(),
                n => (0..n * 8).for_each(|_| hint::spin_loop()),
            }
        }
        None
    };
    (0..turns).map(play).collect()
}

/// Receives from both by a select, until both are closed. The sum of the turns.
fn receive_by_select(a: &Receiver<Message>, b: &Receiver<Message>) -> u64 {
    let mut sum = 0;
    for round in 0_usize.. {
        let turn = pin!(async {
            select! {
                message = a.recv() => message.map_or(0, Message::arrive),
                message = b.recv() => message.map_or(0, Message::arrive),
                complete => u64::MAX,
            }
        });
        match if round.is_multiple_of(8) { block_on(turn) } else { busily(turn) } {
            u64::MAX => break,
            turn => sum += turn,
        }
    }
    sum
}

/// Receives from both by turns: tries, waits for a few polls and gives up, waits.
fn receive_by_turns(a: &Receiver<Message>, b: &Receiver<Message>) -> u64 {
    let mut sum = 0;
    for round in 0_usize.. {
        match a.try_recv() {
            Ok(message) => sum += message.arrive(),
            Err(TryRecvError::Closed) => break,
            Err(TryRecvError::Empty) => {}
        }
        {
            let mut recv = b.recv();
            let mut cx = Context::from_waker(Waker::noop());
            for _ in 0..round % 3 {
                if let Poll::Ready(result) = Pin::new(&mut recv).poll(&mut cx) {
                    sum += result.map_or(0, Message::arrive);
                    break;
                }
                thread::yield_now();
            }
        }
        if round.is_multiple_of(16) {
            sum += [a, b][round / 16 % 2].recv_blocking().map_or(0, Message::arrive);
        }
    }
    sum
}

#[test]
fn sends_in_several_cases_have_one_effect_or_none() {
    let (turns, limit) = turns();
    within(limit, move || {
        let start = Instant::now();
        let run =
            Arc::new(Run { dropped: AtomicU64::new(0), received: (0..turns).map(|_| AtomicU8::new(0)).collect() });
        let (tx_a, rx_a) = bounded(0);
        let (tx_b, rx_b) = bounded(0);
        let (said, sums) = thread::scope(|scope| {
            let by_select = scope.spawn(|| receive_by_select(&rx_a, &rx_b));
            let by_turns = scope.spawn(|| receive_by_turns(&rx_a, &rx_b));
            let said = offer(turns, &run, &tx_a, &tx_b);
            drop((tx_a, tx_b));
            (said, [by_select.join().unwrap(), by_turns.join().unwrap()])
        });
        drop((rx_a, rx_b));
        let (mut sum_said, mut sum_untold, mut told, mut untold) = (0, 0, 0_u64, 0_u64);
        for (turn, (said, received)) in said.iter().zip(&run.received).enumerate() {
            let received = received.load(Ordering::Relaxed);
            match said {
                Some(case) => {
                    assert_eq!(received, 1 << case, "turn {turn} says that case {case} was sent");
                    told += 1;
                    sum_said += turn as u64;
                }
                // Dropped in its sleep: taken or not, and nobody was told. More than one would have failed at once.
                None if received != 0 => {
                    untold += 1;
                    sum_untold += turn as u64;
                }
                None => {}
            }
        }
        assert_eq!(sums.iter().sum::<u64>(), sum_said + sum_untold, "both ends");
        // Each message was dropped once: by its receiver, or with its select. One that was never polled has none.
        let polled = (0..turns).filter(|turn| turn.is_multiple_of(2) || turn / 2 % (MOST_POLLS + 1) > 0);
        let messages: u64 = polled.map(|turn| if turn.is_multiple_of(3) { 3 } else { 2 }).sum();
        assert_eq!(run.dropped.load(Ordering::Relaxed), messages);
        println!(
            "{turns} turns in {:?}: {told} told, {untold} taken when they were dropped, {} without effect",
            start.elapsed(),
            turns as u64 - told - untold
        );
    });
}

/// Polls of one future, counted.
async fn counted<F: Future>(future: F, polls: &mut u64) -> F::Output {
    let mut future = pin!(future);
    poll_fn(|cx| {
        *polls += 1;
        future.as_mut().poll(cx)
    })
    .await
}

/// Each of two threads offers what the other receives and receives what it offers: every turn of one is a turn of the
/// other. Nobody looks at the other while it is looked at, so two that look at the same time pass each other by, are told
/// and look again; that must not go on.
#[test]
fn selects_that_face_each_other_meet_after_few_polls() {
    let (turns, limit) = turns();
    within(limit, move || {
        let turns = turns / 10;
        let (tx_a, rx_a) = bounded::<u64>(0);
        let (tx_b, rx_b) = bounded::<u64>(0);
        let start = Instant::now();
        let play = |tx: Sender<u64>, rx: Receiver<u64>| {
            block_on(async {
                let (mut polls, mut most, mut sent, mut received) = (0, 0, 0, 0);
                for turn in 0..turns as u64 {
                    let before = polls;
                    let turn = async {
                        select! {
                            res = tx.send(turn) => { res.unwrap(); sent += turn; }
                            message = rx.recv() => received += message.unwrap(),
                        }
                    };
                    counted(turn, &mut polls).await;
                    most = most.max(polls - before);
                }
                (polls, most, sent, received)
            })
        };
        let (one, other) = thread::scope(|scope| {
            let one = scope.spawn(|| play(tx_a, rx_b));
            let other = scope.spawn(|| play(tx_b, rx_a));
            (one.join().unwrap(), other.join().unwrap())
        });
        let polls = (one.0 + other.0) as f64 / (2 * turns) as f64;
        println!("{turns} turns in {:?}: {polls:.2} polls a turn, {} at most", start.elapsed(), one.1.max(other.1));
        assert_eq!((one.2, one.3), (other.3, other.2), "what one has sent the other has received");
        assert!(polls < 10.0, "{polls} polls a turn");
    });
}

/// The same in a ring of three: each offers to the next and receives from the one before. Two of them meet, the third
/// waits for another turn.
#[test]
fn selects_in_a_ring_meet_after_few_polls() {
    let (turns, limit) = turns();
    within(limit, move || {
        let wanted = turns as u64 / 10;
        let links: [_; 3] = std::array::from_fn(|_| bounded::<u64>(0));
        let (over_tx, over_rx) = bounded::<()>(1);
        let met = AtomicU64::new(0);
        let start = Instant::now();
        let ends: Vec<_> = thread::scope(|scope| {
            let members: Vec<_> = (0..3)
                .map(|member| {
                    let (tx, rx) = (links[member].0.clone(), links[(member + 2) % 3].1.clone());
                    let (over_tx, over_rx, met) = (over_tx.clone(), over_rx.clone(), &met);
                    scope.spawn(move || {
                        block_on(async {
                            let (mut polls, mut ended, mut sent, mut received) = (0, 0, 0, 0);
                            for turn in 1.. {
                                let turn = async {
                                    select! {
                                        res = tx.send(turn) => {
                                            res.unwrap();
                                            sent += turn;
                                            if met.fetch_add(1, Ordering::Relaxed) + 1 == wanted {
                                                over_tx.close();
                                            }
                                            true
                                        }
                                        message = rx.recv() => { received += message.unwrap(); true }
                                        _ = over_rx.recv() => false,
                                    }
                                };
                                if !counted(turn, &mut polls).await {
                                    break;
                                }
                                ended += 1;
                            }
                            (polls, ended, sent, received)
                        })
                    })
                })
                .collect();
            members.into_iter().map(|member| member.join().unwrap()).collect()
        });
        let sum = |part: fn(&(u64, u64, u64, u64)) -> u64| ends.iter().map(part).sum::<u64>();
        let polls = sum(|end| end.0) as f64 / sum(|end| end.1) as f64;
        println!("{wanted} meetings in {:?}: {polls:.2} polls a turn", start.elapsed());
        assert_eq!(sum(|end| end.2), sum(|end| end.3), "sent and received");
        assert!(polls < 20.0, "{polls} polls a turn");
    });
}
