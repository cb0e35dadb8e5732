//! Tasks that send and receive, until the last sender is gone.

use tokio::runtime::{Builder, Runtime};

use super::{Job, pair, receivers, senders, share_of};
use crate::cell::{self, Scenario};
use crate::peers::{Async, Shared};
use crate::reading::{Reading, Stopwatch, Tally};

/// One producer, one consumer.
pub fn one_to_one<C: Async>(job: &Job) -> Reading {
    let (txs, rxs) = pair::<C>(job);
    stream::<C>(job, txs, rxs)
}

/// As many producers and consumers as the cell says.
pub fn many<C: Async + Shared>(job: &Job) -> Reading {
    let (_, producers, consumers) = shape(job);
    let (tx, rx) = C::open(job.cell.capacity);
    stream::<C>(job, senders::<C>(tx, producers), receivers::<C>(rx, consumers))
}

fn stream<C: Async>(job: &Job, txs: Vec<C::Tx>, rxs: Vec<C::Rx>) -> Reading {
    let (runtime, producers, _) = shape(job);
    let runtime = build(runtime);
    runtime.block_on(async {
        let clock = Stopwatch::start();
        let consumers: Vec<_> = rxs
            .into_iter()
            .map(|mut rx| {
                tokio::spawn(async move {
                    let mut tally = Tally::default();
                    while let Some(message) = C::recv(&mut rx).await {
                        tally.add(message);
                    }
                    tally
                })
            })
            .collect();
        for (index, mut tx) in txs.into_iter().enumerate() {
            let messages = share_of(job.messages, index, producers);
            tokio::spawn(async move {
                for message in messages {
                    C::send(&mut tx, message).await;
                }
            });
        }

        let mut tally = Tally::default();
        for consumer in consumers {
            tally = tally.merge(consumer.await.expect("a consumer does not panic"));
        }
        clock.stop(job.messages, || tally.is_all_of(job.messages))
    })
}

fn shape(job: &Job) -> (cell::Runtime, usize, usize) {
    let Scenario::Tasks { runtime, producers, consumers } = job.cell.scenario else {
        unreachable!("picked for cells of tasks only");
    };
    (runtime, producers, consumers)
}

/// The tokio runtime of a cell.
pub fn build(runtime: cell::Runtime) -> Runtime {
    match runtime {
        cell::Runtime::Current => Builder::new_current_thread().build(),
        cell::Runtime::TwoWorkers => Builder::new_multi_thread().worker_threads(2).build(),
    }
    .expect("a tokio runtime starts")
}
