//! What every adapter promises, said once. Each adapter makes this a module of its own tests, in a module that has
//!
//! * `rt`: the adapter, under whose names everything here is called,
//! * `fn run<F: Future>(future: F) -> F::Output`: the runtime that the case runs on.
//!
//! Times: a lower bound is exact; where something must *not* happen yet, the other side is a minute or more away.
#![allow(clippy::duplicate_mod, reason = "one source for each runtime")]

use std::error::Error;
use std::future::{Future, pending, poll_fn, ready};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use super::{rt, run};
use futures_lite::future::yield_now;
use rt::prelude::*;
use rt::{
    After, Elapsed, JoinError, JoinHandle, Receiver, RecvError, RecvTimeoutError, Scope, Select, SendError,
    SendTimeoutError, Sender, Tick, TryRecvError, TrySendError, after, bounded, chan, go, nil, scope, select, sleep,
    tick, timeout, unbounded,
};

mod tasks;
mod scopes;
mod time;
mod limits;
mod channels;
mod choice;
mod cancelling;
mod patterns;
mod names;

const MOMENT: Duration = Duration::from_millis(5);
const MINUTE: Duration = Duration::from_secs(60);

/// Sends `()` into its channel when it is dropped.
struct Witness(Sender<()>);

impl Drop for Witness {
    fn drop(&mut self) {
        let _ = self.0.try_send(());
    }
}

/// A message that says when it is gone.
#[derive(Debug)]
struct Letter {
    number: usize,
    gone: Arc<Vec<AtomicUsize>>,
}

/// Letters `0..n`, and how often each has gone.
fn letters(n: usize) -> (impl Iterator<Item = Letter> + Send, Arc<Vec<AtomicUsize>>) {
    let gone: Arc<Vec<_>> = Arc::new((0..n).map(|_| AtomicUsize::new(0)).collect());
    let letters = {
        let gone = gone.clone();
        (0..n).map(move |number| Letter { number, gone: gone.clone() })
    };
    (letters, gone)
}

impl Drop for Letter {
    fn drop(&mut self) {
        self.gone[self.number].fetch_add(1, Relaxed);
    }
}

/// Each letter is gone, once.
fn assert_gone_once(gone: &[AtomicUsize]) {
    assert!(gone.iter().all(|times| times.load(Relaxed) == 1), "{gone:?}");
}

/// One poll, whose wake-up nobody hears.
fn poll_once<F: Future + Unpin>(future: &mut F) -> Poll<F::Output> {
    Pin::new(future).poll(&mut Context::from_waker(Waker::noop()))
}

/// At most so many polls, with others running in between; `None` if they were not enough.
async fn within<F: Future>(polls: usize, mut future: Pin<&mut F>) -> Option<F::Output> {
    for _ in 0..polls {
        if let Poll::Ready(output) = poll_fn(|cx| Poll::Ready(future.as_mut().poll(cx))).await {
            return Some(output);
        }
        yield_now().await;
    }
    None
}

fn numbers(range: std::ops::Range<u64>) -> Receiver<u64> {
    let (tx, rx) = chan(0);
    go(async move {
        for n in range {
            if tx.send(n).await.is_err() {
                break;
            }
        }
    });
    rx
}

async fn collect<T>(rx: Receiver<T>) -> Vec<T> {
    let mut all = Vec::new();
    while let Ok(value) = rx.recv().await {
        all.push(value);
    }
    all
}
