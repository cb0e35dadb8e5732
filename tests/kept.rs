//! Kept selects among other receivers, on threads: sends and receives of both kinds over the same channels, turns in
//! every form, dropped after one poll, asked for what is ready, cut short by a limit. Every message is received exactly
//! once, and the end comes by itself.
//! `CHAN_STRESS_OPS=n` sets the number of messages of each run.

use std::thread::{self, JoinHandle};
use std::time::Duration;

use chan_core::{Receiver, Sender, bounded};
use chan_select::Select;
use chan_tests::within;
use fastrand::Rng;
use futures_lite::future::{block_on, poll_once};

fn messages() -> (usize, Duration) {
    match std::env::var("CHAN_STRESS_OPS") {
        Ok(n) => (n.parse().expect("CHAN_STRESS_OPS is a number"), Duration::from_secs(3600)),
        Err(_) => (20_000, Duration::from_secs(180)),
    }
}

/// One turn, in a form that chance chooses.
fn turn<R>(select: &mut Select<'_, R>, rng: &mut Rng) -> Option<R> {
    match rng.u8(..8) {
        // Dropped after one poll, unless that was enough.
        0 => block_on(poll_once(select.run())).flatten(),
        1 => select.try_run(),
        2 => select.run_timeout_blocking(Duration::from_micros(rng.u64(..16))),
        3 => {
            let _ = block_on(poll_once(select.ready()));
            None
        }
        4 => block_on(select.run()),
        _ => select.run_blocking(),
    }
}

/// Sends `from..to`, each on whichever channel takes it first.
fn sender(senders: Vec<Sender<usize>>, from: usize, to: usize, seed: u64) -> JoinHandle<()> {
    thread::spawn(move || {
        let (mut rng, mut next) = (Rng::with_seed(seed), from);
        let mut select = Select::new();
        let mut cases = Vec::new();
        for (n, tx) in senders.into_iter().enumerate() {
            cases.push(select.send(tx, next, move |result| result.map(|()| n)));
            next += 1;
        }
        while !select.is_complete() {
            let Some(sent) = turn(&mut select, &mut rng) else { continue };
            let case = cases[sent.expect("receivers outlive the senders")];
            if next < to {
                select.rearm(case, next).expect("it has just fired");
                next += 1;
            }
        }
    })
}

/// Receives from all channels until they are closed, and comes and goes.
fn kept_receiver(receivers: Vec<Receiver<usize>>, seed: u64) -> JoinHandle<Vec<usize>> {
    thread::spawn(move || {
        let mut rng = Rng::with_seed(seed);
        let (mut select, mut received) = (Select::new(), Vec::new());
        let mut cases: Vec<_> = receivers.iter().map(|rx| Some(select.recv(rx, Result::ok))).collect();
        while !select.is_complete() {
            received.extend(turn(&mut select, &mut rng).flatten());
            match rng.u8(..32) {
                // Away for a while, with cases that are registered.
                0 => thread::yield_now(),
                // Another case in its place, if that channel is still open.
                1 => {
                    let n = rng.usize(..cases.len());
                    if cases[n].is_some_and(|case| select.remove(case)) {
                        cases[n] = Some(select.recv(&receivers[n], Result::ok));
                    }
                }
                _ => {}
            }
        }
        received
    })
}

fn plain_receiver(rx: Receiver<usize>) -> JoinHandle<Vec<usize>> {
    thread::spawn(move || rx.iter().collect())
}

fn every_message_arrives_once(capacities: [usize; 3], plain: bool) {
    let (all, limit) = messages();
    within(limit, move || {
        let (senders, receivers): (Vec<_>, Vec<_>) = capacities.map(bounded::<usize>).into_iter().unzip();
        let mut threads: Vec<_> = (0..2).map(|seed| kept_receiver(receivers.clone(), seed)).collect();
        if plain {
            threads.extend(receivers.iter().cloned().map(plain_receiver));
        }
        drop(receivers);
        let half = all / 2;
        let sends = [sender(senders.clone(), 0, half, 7), sender(senders, half, all, 8)];
        sends.into_iter().for_each(|thread| thread.join().unwrap());
        let mut received: Vec<_> = threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect();
        received.sort_unstable();
        assert!(received.iter().copied().eq(0..all), "lost or received twice");
    });
}

#[test]
fn rendezvous_channels() {
    every_message_arrives_once([0, 0, 0], false);
}

#[test]
fn rendezvous_channels_beside_plain_receives() {
    every_message_arrives_once([0, 0, 0], true);
}

#[test]
fn buffers_and_a_rendezvous_beside_plain_receives() {
    every_message_arrives_once([0, 1, 3], true);
}

#[test]
fn small_buffers() {
    every_message_arrives_once([1, 1, 2], false);
}
