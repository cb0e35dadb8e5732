//! Models of the queues alone: no waiters. Every value comes out once, in the order of its producer, and whole; slots
//! and blocks are used again.

use super::{Blocks, PopError, Queue, Ring};
use crate::model::{Item, Ledger, explore};
use crate::primitive::Arc;
use alloc::sync::Arc as Plain;
use alloc::vec::Vec;

fn popped<Q: Queue<Item>>(queue: &Q, tries: usize) -> Vec<usize> {
    (0..tries).filter_map(|_| queue.pop().ok()).map(|(item, _)| item.0).collect()
}

/// Pushes `first` before the threads start, then `pushes` in threads beside `pops` tries in the main thread and as many
/// in another where `two` is set; what is left comes out at the end.
fn run<Q: Queue<Item> + Send + Sync + 'static>(
    make: impl Fn() -> Q,
    first: &[usize],
    pushes: &'static [&'static [usize]],
    pops: usize,
    two: bool,
) {
    let ledger = Plain::new(Ledger::default());
    let queue = Arc::new(make());
    let mut accepted = 0;
    for id in first {
        accepted += usize::from(queue.push(Item::new(*id, &ledger)).is_ok());
    }
    let pushers: Vec<_> = pushes
        .iter()
        .map(|ids| {
            let (queue, ledger) = (queue.clone(), ledger.clone());
            loom::thread::spawn(move || ids.iter().filter(|id| queue.push(Item::new(**id, &ledger)).is_ok()).count())
        })
        .collect();
    let other = two.then(|| {
        let queue = queue.clone();
        loom::thread::spawn(move || popped(&*queue, pops))
    });
    let mut all = popped(&*queue, pops);
    let mine = all.clone();
    accepted += pushers.into_iter().map(|pusher| pusher.join().unwrap()).sum::<usize>();
    let others = other.map_or(Vec::new(), |other| other.join().unwrap());
    for seen in [&mine, &others] {
        for producer in 0..4 {
            assert!(seen.iter().filter(|id| **id / 10 == producer).is_sorted(), "out of order: {seen:?}");
        }
    }
    all.extend(others);
    assert_eq!(queue.len(), accepted - all.len());
    loop {
        match queue.pop() {
            Ok((item, _)) => all.push(item.0),
            Err(error) => {
                assert_eq!(error, PopError::Empty);
                break;
            }
        }
    }
    assert_eq!(all.len(), accepted, "received {all:?}");
    drop(queue);
    ledger.assert_settled();
}

macro_rules! queue_model {
    ($name:ident, $floor:expr, $make:expr, $first:expr, $pushes:expr, $pops:expr, $two:expr) => {
        #[test]
        fn $name() {
            explore(stringify!($name), $floor, || run(|| $make, &$first, &$pushes, $pops, $two));
        }
    };
}

queue_model!(ring_one_and_one, 200, Ring::new(1), [], [&[10, 11]], 2, false);
queue_model!(ring_two_and_one, 20_000, Ring::new(1), [1], [&[10], &[20]], 2, false);
queue_model!(ring_two_and_two, 2, Ring::new(2), [1], [&[10], &[20]], 1, true);
queue_model!(ring_through_the_wrap_of_its_words, 400, Ring::starting_at(2, 1), [1, 2], [&[10, 11]], 2, false);
queue_model!(blocks_one_and_one, 30, Blocks::new(), [1], [&[10, 11]], 2, false);
queue_model!(blocks_two_and_one, 600, Blocks::new(), [1], [&[10], &[20]], 2, false);
queue_model!(blocks_two_receivers_over_a_boundary, 44_000, Blocks::new(), [1, 2, 3], [], 2, true);
queue_model!(blocks_come_again, 30, Blocks::new(), [1, 2, 3], [&[10, 11, 12]], 3, false);
queue_model!(blocks_come_again_under_two_receivers, 29_000, Blocks::new(), [1, 2], [&[10, 11, 12]], 2, true);

// A block that one receiver's exchange brought to the head is entered by another.
queue_model!(blocks_follow_the_head, 49_000, Blocks::new(), [1], [&[10]], 2, true);

/// A queue that is never empty never says so, although a block's address comes again: a receiver that saw the head in
/// the block's first life and the tail in its second must not take them for the same place.
#[test]
fn an_empty_answer_is_true_when_blocks_come_again() {
    explore("an_empty_answer_is_true_when_blocks_come_again", 7_000, || {
        let ledger = Plain::new(Ledger::default());
        let queue = Arc::new(Blocks::new());
        for id in 1..4 {
            assert!(queue.push(Item::new(id, &ledger)).is_ok());
        }
        let (other, items) = (queue.clone(), ledger.clone());
        let other = loom::thread::spawn(move || {
            // The first block is emptied and comes again behind the second, which is never empty.
            let first = other.pop().is_ok();
            let second = other.pop().is_ok();
            assert!(other.push(Item::new(10, &items)).is_ok());
            (first, second)
        });
        assert_ne!(queue.pop().err(), Some(PopError::Empty));
        let _ = other.join().unwrap();
        drop(queue);
        ledger.assert_settled();
    });
}

/// A close beside a push: a value that was accepted comes out, and only after it "closed".
#[test]
fn close_against_push() {
    explore("close_against_push", 2_000, || {
        let ledger = Plain::new(Ledger::default());
        let ring = Arc::new(Ring::new(1));
        let (pusher, items) = (ring.clone(), ledger.clone());
        let pusher = loom::thread::spawn(move || pusher.push(Item::new(10, &items)).is_ok());
        let closer = ring.clone();
        let closer = loom::thread::spawn(move || closer.close());
        let mut got = 0;
        let mut closed = false;
        for _ in 0..2 {
            match ring.pop() {
                Ok(_) => {
                    assert!(!closed, "a message after the end");
                    got += 1;
                }
                Err(PopError::Closed) => closed = true,
                Err(_) => {}
            }
        }
        let pushed = pusher.join().unwrap();
        assert!(closer.join().unwrap());
        assert!(!closed || got == usize::from(pushed), "closed was seen, a message is left");
        drop(ring);
        ledger.assert_settled();
    });
}
