//! What is done with a channel, written once for all implementations. Each workload is a function from a [`Job`] to a
//! [`Reading`]; it sets up, measures one run and takes down.

pub mod select;
pub mod single;
pub mod threads;
pub mod tokio;
pub mod waiters;

use std::ops::Range;

use crate::cell::Cell;
use crate::peers::{Channel, Shared};
use crate::reading::{Message, Reading};

/// What a run has to do.
#[derive(Clone, Copy, Debug)]
pub struct Job {
    pub cell: Cell,
    pub messages: u64,
}

/// A workload, compiled for one implementation.
pub type Run = fn(&Job) -> Reading;

/// The messages of producer number `index` of `producers`; together they are `0..messages`.
fn share_of(messages: u64, index: usize, producers: usize) -> Range<Message> {
    let (index, producers) = (index as u64, producers as u64);
    messages * index / producers..messages * (index + 1) / producers
}

/// `n` senders of one channel.
fn senders<C: Shared>(tx: C::Tx, n: usize) -> Vec<C::Tx> {
    let mut all: Vec<_> = (1..n).map(|_| C::share_tx(&tx)).collect();
    all.push(tx);
    all
}

/// `n` receivers of one channel.
fn receivers<C: Shared>(rx: C::Rx, n: usize) -> Vec<C::Rx> {
    let mut all: Vec<_> = (1..n).map(|_| C::share_rx(&rx)).collect();
    all.push(rx);
    all
}

/// A channel with one handle on each side.
fn pair<C: Channel>(job: &Job) -> (Vec<C::Tx>, Vec<C::Rx>) {
    let (tx, rx) = C::open(job.cell.capacity);
    (vec![tx], vec![rx])
}

#[cfg(test)]
mod tests {
    use super::share_of;

    #[test]
    fn producers_share_the_messages_without_a_gap() {
        let parts: Vec<_> = (0..4).map(|i| share_of(10, i, 4)).collect();
        assert_eq!(parts[0].start, 0);
        assert_eq!(parts[3].end, 10);
        assert!(parts.windows(2).all(|two| two[0].end == two[1].start));
    }
}
