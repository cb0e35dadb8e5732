//! One thread that never blocks: what the operations themselves cost.

use std::hint::black_box;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use super::Job;
use crate::peers::{Async, Blocking, Channel};
use crate::reading::{Reading, Stopwatch, Tally};

/// Blocking send, blocking receive; neither has to wait.
pub fn send_recv<C: Blocking>(job: &Job) -> Reading {
    back_to_back::<C>(job, |tx, rx, message| {
        C::send_blocking(tx, message);
        C::recv_blocking(rx)
    })
}

/// `try_send`, `try_recv`.
pub fn try_send_try_recv<C: Channel>(job: &Job) -> Reading {
    back_to_back::<C>(job, |tx, rx, message| {
        assert!(C::try_send(tx, message), "there is room");
        C::try_recv(rx)
    })
}

/// Both futures polled to their end; neither has to wait.
pub fn async_send_recv<C: Async>(job: &Job) -> Reading {
    back_to_back::<C>(job, |tx, rx, message| {
        complete(C::send(tx, message));
        complete(C::recv(rx))
    })
}

fn back_to_back<C: Channel>(job: &Job, mut round: impl FnMut(&mut C::Tx, &mut C::Rx, u64) -> Option<u64>) -> Reading {
    let (mut tx, mut rx) = C::open(job.cell.capacity);
    let mut tally = Tally::default();
    let clock = Stopwatch::start();
    for message in 0..job.messages {
        if let Some(message) = round(&mut tx, &mut rx, black_box(message)) {
            tally.add(message);
        }
    }
    clock.stop(job.messages, || tally.is_all_of(job.messages))
}

/// `try_recv` on a channel that stays empty.
pub fn try_recv_empty<C: Channel>(job: &Job) -> Reading {
    let (tx, mut rx) = C::open(job.cell.capacity);
    let mut tally = Tally::default();
    let clock = Stopwatch::start();
    for _ in 0..job.messages {
        if let Some(message) = black_box(C::try_recv(&mut rx)) {
            tally.add(message);
        }
    }
    let reading = clock.stop(job.messages, || tally.is_all_of(0));
    drop(tx);
    reading
}

/// A channel is made and both ends are dropped.
pub fn create_drop<C: Channel>(job: &Job) -> Reading {
    let clock = Stopwatch::start();
    for _ in 0..job.messages {
        drop(black_box(C::open(black_box(job.cell.capacity))));
    }
    clock.stop(job.messages, || true)
}

/// Polls a future that does not have to wait for anybody until it is done.
pub fn complete<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut cx = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut cx) {
            return output;
        }
    }
}
