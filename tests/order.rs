//! Who comes first: messages of a channel, messages of one producer, parked receivers, parked senders.

use std::task::Poll;
use std::thread;

use chan_core::{TryRecvError, TrySendError, bounded};
use chan_tests::executor::{Executor, Log};
use chan_tests::{Flavour, counting, poll, poll_noop, soon};
use fastrand::Rng;

fn for_each_flavour(test: impl Fn(Flavour) + Send + 'static) {
    soon(move || Flavour::ALL.into_iter().for_each(test));
}

#[test]
fn messages_come_out_in_the_order_in_which_they_went_in() {
    soon(|| {
        for capacity in [1, 2, 3, 4, 5, 7, 8, 100] {
            let (tx, rx) = bounded(capacity);
            let (mut next_in, mut next_out) = (0, 0);
            let mut rng = Rng::with_seed(capacity as u64);
            for _ in 0..10_000 {
                if rng.bool() {
                    match tx.try_send(next_in) {
                        Ok(()) => next_in += 1,
                        Err(error) => {
                            assert!(matches!(error, TrySendError::Full(n) if n == next_in));
                            assert_eq!(next_in - next_out, capacity);
                        }
                    }
                } else {
                    match rx.try_recv() {
                        Ok(message) => {
                            assert_eq!(message, next_out);
                            next_out += 1;
                        }
                        Err(error) => {
                            assert!(matches!(error, TryRecvError::Empty));
                            assert_eq!(next_in, next_out);
                        }
                    }
                }
                assert_eq!(rx.len(), next_in - next_out);
            }
        }
    });
}

#[test]
fn an_unbounded_channel_keeps_the_order_across_its_blocks() {
    soon(|| {
        let (tx, rx) = chan_core::unbounded();
        let mut rng = Rng::with_seed(5);
        let (mut next_in, mut next_out) = (0, 0);
        for _ in 0..300 {
            for _ in 0..rng.usize(..200) {
                tx.try_send(next_in).expect("room");
                next_in += 1;
            }
            for _ in 0..rng.usize(..200).min(next_in - next_out) {
                assert_eq!(rx.try_recv().ok(), Some(next_out));
                next_out += 1;
            }
            assert_eq!(rx.len(), next_in - next_out);
        }
        let rest: Vec<_> = rx.drain().collect();
        assert_eq!(rest, (next_out..next_in).collect::<Vec<_>>());
    });
}

#[test]
fn each_receiver_sees_each_producers_messages_in_order() {
    for_each_flavour(|flavour| {
        let (tx, rx) = flavour.make::<(usize, usize)>();
        const EACH: usize = 2_000;
        thread::scope(|scope| {
            for producer in 0..3 {
                let tx = tx.clone();
                scope.spawn(move || {
                    let mut rng = Rng::with_seed(producer as u64);
                    for number in 0..EACH {
                        let message = (producer, number);
                        // Tried first, half of the time: at capacity 0 that leaves the message with the channel.
                        let left = if rng.bool() { tx.try_send(message).is_ok() } else { false };
                        if !left {
                            tx.send_blocking(message).expect("receivers stay");
                        }
                    }
                });
            }
            drop(tx);
            let receivers: Vec<_> = (0..2)
                .map(|_| {
                    let rx = rx.clone();
                    scope.spawn(move || {
                        let mut next = [0; 3];
                        let mut got = 0;
                        for (producer, number) in rx {
                            assert!(number >= next[producer], "{flavour:?}: {number} after {}", next[producer]);
                            next[producer] = number + 1;
                            got += 1;
                        }
                        got
                    })
                })
                .collect();
            let got: usize = receivers.into_iter().map(|receiver| receiver.join().unwrap()).sum();
            assert_eq!(got, 3 * EACH);
        });
    });
}

#[test]
fn one_producer_keeps_its_order_at_capacity_0_with_tried_and_awaited_sends() {
    soon(|| {
        // Any mixture of `try_send` and `send` by one producer, more receives waiting than any of them can hint.
        for tried in 0..8_u32 {
            let (tx, rx) = bounded(0);
            let mut waiting: Vec<_> = (0..16).map(|_| rx.recv()).collect();
            waiting.iter_mut().for_each(|recv| assert!(poll_noop(recv).is_pending()));
            let mut order = Vec::new();
            for i in 0..3 {
                if tried & (1 << i) != 0 {
                    tx.try_send(i).expect("a receive waits");
                    continue;
                }
                // One producer: its send ends before its next operation begins.
                let mut send = tx.send(i);
                if poll_noop(&mut send).is_pending() {
                    while poll_noop(&mut send).is_pending() {
                        order.push(rx.try_recv().expect("an offer, or what was left before it"));
                    }
                }
            }
            while let Ok(message) = rx.try_recv() {
                order.push(message);
            }
            assert_eq!(order, [0, 1, 2], "tried: {tried:#b}");
        }
    });
}

#[test]
fn parked_receivers_are_woken_first_come_first_served() {
    for_each_flavour(|flavour| {
        for n in [2, 5, 70, 300] {
            let (tx, rx) = flavour.make();
            let log = Log::new();
            let mut executor = Executor::new();
            for i in 0..n {
                let (rx, log) = (&rx, log.clone());
                executor.start(async move { log.push((i, rx.recv().await.expect("a message"))) });
            }
            for message in 0..n {
                tx.try_send(message).expect("a receive waits, or there is room");
                executor.run();
                assert_eq!(log.take(), [(message, message)], "{flavour:?}, {n} receivers");
            }
        }
    });
}

#[test]
fn parked_receivers_hinted_together_are_hinted_in_order() {
    for_each_flavour(|flavour| {
        let n = flavour.capacity().filter(|capacity| *capacity > 0).unwrap_or(50);
        let (tx, rx) = flavour.make();
        let log = Log::new();
        let mut executor = Executor::new();
        for i in 0..n {
            let (rx, log) = (&rx, log.clone());
            executor.start(async move { log.push((i, rx.recv().await.expect("a message"))) });
        }
        (0..n).for_each(|message| tx.try_send(message).expect("a receive waits, or there is room"));
        executor.run();
        assert_eq!(log.take(), (0..n).map(|i| (i, i)).collect::<Vec<_>>(), "{flavour:?}");
    });
}

#[test]
fn parked_senders_are_served_first_come_first_served() {
    for_each_flavour(|flavour| {
        let Some(capacity) = flavour.capacity() else { return };
        for n in [2, 5, 70, 300] {
            let (tx, rx) = flavour.make();
            (0..capacity).for_each(|i| tx.try_send(i).expect("room"));
            let log = Log::new();
            let mut executor = Executor::new();
            for i in 0..n {
                let (tx, log) = (&tx, log.clone());
                executor.start(async move {
                    tx.send(capacity + i).await.expect("receivers stay");
                    log.push(i);
                });
            }
            for i in 0..n {
                assert_eq!(rx.try_recv().ok(), Some(i), "{flavour:?}, {n} senders");
                executor.run();
                assert_eq!(log.take(), [i], "{flavour:?}, {n} senders");
            }
        }
    });
}

#[test]
fn a_receiver_woken_for_nothing_keeps_its_place() {
    for_each_flavour(|flavour| {
        let (tx, rx) = flavour.make();
        let mut parked: Vec<_> = (0..3).map(|_| (rx.recv(), counting())).collect();
        parked.iter_mut().for_each(|(recv, (_, waker))| assert!(poll(recv, waker).is_pending()));
        for round in 1..=5 {
            tx.try_send(round).expect("a receive waits, or there is room");
            assert_eq!(rx.try_recv().ok(), Some(round), "somebody else takes it");
            let (first, (count, waker)) = &mut parked[0];
            assert_eq!(count.wakes(), round, "{flavour:?}: the first was overtaken and lost its place");
            assert!(poll(first, waker).is_pending());
        }
        assert!(parked[1..].iter().all(|(_, (count, _))| count.wakes() == 0), "{flavour:?}");
        // Then all of them, in their old order.
        for (i, (recv, (count, waker))) in parked.iter_mut().enumerate() {
            let before = count.wakes();
            tx.try_send(100 + i).expect("a receive waits, or there is room");
            assert_eq!(count.wakes(), before + 1, "{flavour:?}: receiver {i}");
            assert!(matches!(poll(recv, waker), Poll::Ready(Ok(message)) if message == 100 + i));
        }
    });
}

#[test]
fn a_sender_woken_for_nothing_keeps_its_place() {
    soon(|| {
        for capacity in [1, 4, 128] {
            let (tx, rx) = bounded(capacity);
            (0..capacity).for_each(|_| tx.try_send(0).expect("room"));
            let mut parked: Vec<_> = (0..3).map(|i| (tx.send(100 + i), counting())).collect();
            parked.iter_mut().for_each(|(send, (_, waker))| assert!(poll(send, waker).is_pending()));
            for round in 1..=5 {
                rx.try_recv().expect("a message");
                tx.try_send(0).expect("somebody else takes the place");
                let (first, (count, waker)) = &mut parked[0];
                assert_eq!(count.wakes(), round, "capacity {capacity}: the first was overtaken and lost its place");
                assert!(poll(first, waker).is_pending());
            }
            assert!(parked[1..].iter().all(|(_, (count, _))| count.wakes() == 0));
            for (i, (send, (count, waker))) in parked.iter_mut().enumerate() {
                let before = count.wakes();
                rx.try_recv().expect("a message");
                assert_eq!(count.wakes(), before + 1, "capacity {capacity}: sender {i}");
                assert!(matches!(poll(send, waker), Poll::Ready(Ok(()))));
            }
            (3..capacity).for_each(|_| assert_eq!(rx.try_recv().ok(), Some(0)));
            let last: Vec<_> = rx.try_iter().collect();
            assert!(last.ends_with(&[102][..]), "{last:?}");
        }
    });
}

/// A waiter that was overtaken often gets newcomers to queue behind it once; if it does not come, they take what is
/// there.
#[test]
fn fairness_reserves_nothing() {
    for_each_flavour(|flavour| {
        let (tx, rx) = flavour.make();
        let (_, waker) = counting();
        let mut overtaken = rx.recv();
        for round in 0..50 {
            assert!(poll(&mut overtaken, &waker).is_pending());
            tx.try_send(round).expect("a receive waits, or there is room");
            // `try_recv` never queues.
            assert_eq!(rx.try_recv().ok(), Some(round), "{flavour:?}");
        }
        assert!(poll(&mut overtaken, &waker).is_pending());
        tx.try_send(100).expect("a receive waits, or there is room");
        // The overtaken one is hinted and does not come. A newcomer may be asked to queue behind it, once.
        let (count, newcomers) = counting();
        let mut newcomer = rx.recv();
        if poll(&mut newcomer, &newcomers).is_pending() {
            assert!(count.wakes() >= 1, "{flavour:?}: who queues behind is hinted right after");
            assert!(matches!(poll(&mut newcomer, &newcomers), Poll::Ready(Ok(100))), "{flavour:?}: queued twice");
        }
        // The overtaken one lost nothing but its message.
        assert!(poll(&mut overtaken, &waker).is_pending());
        tx.try_send(101).expect("a receive waits, or there is room");
        assert!(matches!(poll(&mut overtaken, &waker), Poll::Ready(Ok(101))), "{flavour:?}");
    });
}

/// In any order of parking and cancelling, a waiter is overtaken by few of those that came later.
#[test]
fn cancelled_neighbours_cost_nobody_its_turn() {
    for_each_flavour(|flavour| {
        let mut rng = Rng::with_seed(11);
        for _ in 0..20 {
            let (tx, rx) = flavour.make();
            let mut parked: Vec<_> = (0..20).map(|i| (i, rx.recv(), counting())).collect();
            parked.iter_mut().for_each(|(_, recv, (_, waker))| assert!(poll(recv, waker).is_pending()));
            // Some go; those that stay keep their order.
            parked.retain(|_| rng.bool());
            for (i, (name, recv, (count, waker))) in parked.iter_mut().enumerate() {
                tx.try_send(i).expect("a receive waits, or there is room");
                assert_eq!(count.wakes(), 1, "{flavour:?}: {name} was not the next");
                let got = poll(recv, waker);
                assert!(matches!(got, Poll::Ready(Ok(message)) if message == i), "{flavour:?}: {name}: {got:?}");
            }
        }
    });
}
