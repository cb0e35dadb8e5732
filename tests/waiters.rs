//! Many waiters: thousands parked, cancelled in any order, all woken at close; threads and tasks on one channel.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Poll;
use std::thread;
use std::time::Duration;

use chan_core::bounded;
use chan_tests::tracked::Ledger;
use chan_tests::{Flavour, counting, poll, soon};
use fastrand::Rng;
use futures_lite::future::block_on;

const RECEIVERS: usize = 10_000;
const SENDERS: usize = 1_000;

fn for_each_flavour(test: impl Fn(Flavour) + Send + 'static) {
    soon(move || Flavour::ALL.into_iter().for_each(test));
}

#[test]
fn ten_thousand_parked_receivers_cancel_in_any_order() {
    for_each_flavour(|flavour| {
        let (tx, rx) = flavour.make();
        let (count, waker) = counting();
        let mut rng = Rng::with_seed(1);
        let mut parked: Vec<_> = (0..RECEIVERS).map(|_| rx.recv()).collect();
        parked.iter_mut().for_each(|recv| assert!(poll(recv, &waker).is_pending()));
        rng.shuffle(&mut parked);
        // Half of them go, and as many come again.
        parked.truncate(RECEIVERS / 2);
        parked.extend((0..RECEIVERS / 2).map(|_| rx.recv()));
        parked.iter_mut().for_each(|recv| assert!(poll(recv, &waker).is_pending()));
        rng.shuffle(&mut parked);
        parked.truncate(1);
        assert_eq!(count.wakes(), 0, "{flavour:?}: nothing came");
        // The last one left is found among all the empty places.
        tx.try_send(1).expect("a receive waits, or there is room");
        assert_eq!(count.wakes(), 1, "{flavour:?}");
        assert!(matches!(poll(&mut parked[0], &waker), Poll::Ready(Ok(1))));
    });
}

#[test]
fn close_wakes_ten_thousand_parked_receivers() {
    for_each_flavour(|flavour| {
        let (tx, rx) = flavour.make::<u8>();
        let mut parked: Vec<_> = (0..RECEIVERS).map(|_| (rx.recv(), counting())).collect();
        parked.iter_mut().for_each(|(recv, (_, waker))| assert!(poll(recv, waker).is_pending()));
        drop(tx);
        for (recv, (count, waker)) in &mut parked {
            assert!(count.wakes() >= 1, "{flavour:?}");
            assert!(matches!(poll(recv, waker), Poll::Ready(Err(_))));
        }
    });
}

#[test]
fn ten_thousand_parked_receivers_each_get_a_message() {
    for_each_flavour(|flavour| {
        let (tx, rx) = flavour.make();
        let (count, waker) = counting();
        let mut parked: Vec<_> = (0..RECEIVERS).map(|_| rx.recv()).collect();
        parked.iter_mut().for_each(|recv| assert!(poll(recv, &waker).is_pending()));
        for (i, recv) in parked.iter_mut().enumerate() {
            tx.try_send(i).expect("a receive waits, or there is room");
            assert!(
                matches!(poll(recv, &waker), Poll::Ready(Ok(message)) if message == i),
                "{flavour:?}, receiver {i}"
            );
        }
        assert_eq!(count.wakes(), RECEIVERS, "{flavour:?}: one wake for each message");
    });
}

#[test]
fn a_thousand_parked_senders_are_served_cancelled_and_closed() {
    soon(|| {
        for capacity in [0, 1, 4] {
            let ledger = Ledger::new(2 * SENDERS + capacity);
            let (tx, rx) = bounded(capacity);
            let (_, waker) = counting();
            (0..capacity).for_each(|_| tx.try_send(ledger.make()).expect("room"));
            let mut parked: Vec<_> = (0..SENDERS).map(|_| tx.send(ledger.make())).collect();
            parked.iter_mut().for_each(|send| assert!(poll(send, &waker).is_pending()));
            // A third is served, a third withdraws, a third sees the close.
            for send in &mut parked[..SENDERS / 3] {
                drop(rx.try_recv().expect("a message is queued or offered"));
                assert!(matches!(poll(send, &waker), Poll::Ready(Ok(()))), "capacity {capacity}");
            }
            let mut rest = parked.split_off(SENDERS / 3);
            Rng::with_seed(2).shuffle(&mut rest);
            for send in rest.drain(..SENDERS / 3) {
                assert!(send.cancel().is_ok(), "capacity {capacity}: nobody took it");
            }
            rx.close();
            for send in &mut rest {
                assert!(matches!(poll(send, &waker), Poll::Ready(Err(_))), "capacity {capacity}");
            }
            assert_eq!(rx.try_iter().count(), capacity);
            drop((parked, rest));
            ledger.assert_dropped_once();
        }
    });
}

#[test]
fn threads_and_tasks_share_one_channel() {
    for_each_flavour(|flavour| {
        const EACH: usize = 300;
        let (tx, rx) = flavour.make::<usize>();
        let (sum, got) = (&AtomicUsize::new(0), &AtomicUsize::new(0));
        let take = |message: usize| {
            sum.fetch_add(message, Ordering::Relaxed);
            got.fetch_add(1, Ordering::Relaxed);
        };
        thread::scope(|scope| {
            for i in 0..6 {
                let (tx, rx) = (tx.clone(), rx.clone());
                scope.spawn(move || match i % 3 {
                    0 => (0..EACH).for_each(|n| tx.send_blocking(n).expect("receivers stay")),
                    1 => (0..EACH).for_each(|n| block_on(tx.send(n)).expect("receivers stay")),
                    _ => (0..EACH).for_each(|n| {
                        let mut message = n;
                        while let Err(error) = tx.send_timeout_blocking(message, Duration::from_micros(50)) {
                            message = error.into_inner();
                        }
                    }),
                });
                scope.spawn(move || match i % 3 {
                    0 => rx.iter().for_each(take),
                    1 => {
                        while let Ok(message) = block_on(rx.recv()) {
                            take(message);
                        }
                    }
                    _ => loop {
                        match rx.recv_timeout_blocking(Duration::from_micros(50)) {
                            Ok(message) => take(message),
                            Err(chan_core::RecvTimeoutError::Timeout) => {}
                            Err(chan_core::RecvTimeoutError::Closed) => return,
                        }
                    },
                });
            }
            drop((tx, rx));
        });
        assert_eq!(got.load(Ordering::Relaxed), 6 * EACH, "{flavour:?}");
        assert_eq!(sum.load(Ordering::Relaxed), 6 * EACH * (EACH - 1) / 2, "{flavour:?}");
    });
}

#[test]
fn many_threads_block_on_both_sides_and_all_end() {
    soon(|| {
        for capacity in [0, 1] {
            let (tx, rx) = bounded(capacity);
            thread::scope(|scope| {
                for i in 0..50 {
                    let (tx, rx) = (tx.clone(), rx.clone());
                    scope.spawn(move || tx.send_blocking(i).expect("as many receive as send"));
                    scope.spawn(move || rx.recv_blocking().expect("as many send as receive"));
                }
            });
            assert!(rx.is_empty());
        }
    });
}
