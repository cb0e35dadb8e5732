//! Threads that send and receive in blocking form, until the last sender is gone.

use std::sync::Barrier;
use std::thread;

use super::{Job, pair, receivers, senders, share_of};
use crate::cell::Scenario;
use crate::peers::{Blocking, Shared};
use crate::reading::{Reading, Stopwatch, Tally};

/// One producer, one consumer.
pub fn one_to_one<C: Blocking>(job: &Job) -> Reading {
    let (txs, rxs) = pair::<C>(job);
    stream::<C>(job, txs, rxs)
}

/// As many producers and consumers as the cell says.
pub fn many<C: Blocking + Shared>(job: &Job) -> Reading {
    let Scenario::Threads { producers, consumers } = job.cell.scenario else {
        unreachable!("picked for cells of threads only");
    };
    let (tx, rx) = C::open(job.cell.capacity);
    stream::<C>(job, senders::<C>(tx, producers), receivers::<C>(rx, consumers))
}

fn stream<C: Blocking>(job: &Job, txs: Vec<C::Tx>, rxs: Vec<C::Rx>) -> Reading {
    let producers = txs.len();
    // Two barriers: all threads exist before the clock starts, none runs before it.
    let ready = &Barrier::new(txs.len() + rxs.len() + 1);
    let go = &Barrier::new(txs.len() + rxs.len() + 1);
    thread::scope(|scope| {
        for (index, mut tx) in txs.into_iter().enumerate() {
            let messages = share_of(job.messages, index, producers);
            scope.spawn(move || {
                ready.wait();
                go.wait();
                for message in messages {
                    C::send_blocking(&mut tx, message);
                }
            });
        }
        let consumers: Vec<_> = rxs
            .into_iter()
            .map(|mut rx| {
                scope.spawn(move || {
                    ready.wait();
                    go.wait();
                    let mut tally = Tally::default();
                    while let Some(message) = C::recv_blocking(&mut rx) {
                        tally.add(message);
                    }
                    tally
                })
            })
            .collect();

        ready.wait();
        let clock = Stopwatch::start();
        go.wait();
        let tally = consumers
            .into_iter()
            .map(|consumer| consumer.join().expect("a consumer does not panic"))
            .fold(Tally::default(), Tally::merge);
        clock.stop(job.messages, || tally.is_all_of(job.messages))
    })
}
