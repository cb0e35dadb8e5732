//! Many parked receives: what it costs to give one up, and to wake one.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Waker};

use super::{Job, receivers, tokio::build};
use crate::cell::{Runtime, Scenario};
use crate::peers::{Async, Shared};
use crate::reading::{Reading, Stopwatch};

/// A receive is polled once and dropped. Nobody else waits.
pub fn poll_drop_alone<C: Async>(job: &Job) -> Reading {
    let (tx, mut rx) = C::open(job.cell.capacity);
    let reading = poll_drop::<C>(job, &mut rx);
    drop(tx);
    reading
}

/// A receive is polled once and dropped, the newest of all that wait.
pub fn poll_drop_among<C: Async + Shared>(job: &Job) -> Reading {
    let Scenario::PollDrop { parked } = job.cell.scenario else {
        unreachable!("picked for cells of this kind only");
    };
    let (tx, rx) = C::open(job.cell.capacity);
    let mut all = receivers::<C>(rx, parked + 1);
    let mut rx = all.pop().expect("there is one more than parked");

    let mut cx = Context::from_waker(Waker::noop());
    let mut others: Vec<_> = all.iter_mut().map(|rx| Box::pin(C::recv(rx))).collect();
    let all_parked = others.iter_mut().all(|other| other.as_mut().poll(&mut cx).is_pending());

    let reading = poll_drop::<C>(job, &mut rx);
    drop(tx);
    Reading { intact: reading.intact && all_parked, ..reading }
}

fn poll_drop<C: Async>(job: &Job, rx: &mut C::Rx) -> Reading {
    let mut cx = Context::from_waker(Waker::noop());
    let mut received = 0;
    let clock = Stopwatch::start();
    for _ in 0..job.messages {
        let receive = pin!(C::recv(rx));
        if receive.poll(&mut cx).is_ready() {
            received += 1;
        }
    }
    clock.stop(job.messages, || received == 0)
}

/// Each message wakes one task out of many; the next one is sent when it has arrived and its task waits again.
pub fn wake_one_by_one<C: Async + Shared>(job: &Job) -> Reading {
    let Scenario::WakeOneByOne { tasks } = job.cell.scenario else {
        unreachable!("picked for cells of this kind only");
    };
    let (mut tx, rx) = C::open(job.cell.capacity);
    let started = Arc::new(Counter::default());
    let received = Arc::new(Counter::default());
    build(Runtime::Current).block_on(async {
        for mut rx in receivers::<C>(rx, tasks) {
            let (started, received) = (started.clone(), received.clone());
            tokio::spawn(async move {
                started.bump();
                while C::recv(&mut rx).await.is_some() {
                    received.bump();
                }
            });
        }
        // A task counts itself and parks in one poll, so that here all of them have parked.
        while started.get() < tasks as u64 {
            tokio::task::yield_now().await;
        }

        let clock = Stopwatch::start();
        for message in 0..job.messages {
            C::send(&mut tx, message).await;
            while received.get() <= message {
                tokio::task::yield_now().await;
            }
        }
        clock.stop(job.messages, || received.get() == job.messages)
    })
}

/// A counter of tasks that all run on one thread: no locked instruction, so that it adds nothing to what is measured.
#[derive(Default)]
struct Counter(AtomicU64);

impl Counter {
    fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    fn bump(&self) {
        self.0.store(self.get() + 1, Ordering::Relaxed);
    }
}
