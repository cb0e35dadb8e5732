//! Unbuffered channels block: a send ends when a receiver has its message.
//!
//! The seed's `chan()` is a queue without a limit.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use chan_tests::tracked::{Ledger, Tracked};

use super::backend::{self, RecvTimeoutError, SendTimeoutError, TryRecvError, TrySendError, chan, select};
use super::{MINUTE, MOMENT};

#[test]
fn a_send_waits_until_a_receive_has_begun() {
    run!({
        let begun = Arc::new(AtomicUsize::new(0));
        let (tx, rx) = chan(0);
        let receiver = {
            let begun = begun.clone();
            go!({
                for n in 0..500 {
                    give_way!();
                    begun.fetch_add(1, Ordering::SeqCst);
                    assert_eq!(recv!(rx), Ok(n));
                }
            })
        };
        for n in 0..500 {
            send!(tx, n).unwrap();
            assert!(begun.load(Ordering::SeqCst) > n, "send {n} has ended, and no receive had begun");
        }
        done!(receiver);
    });
}

#[test]
fn a_message_that_nobody_receives_is_never_sent() {
    run!({
        let (tx, rx) = chan(0);
        assert_eq!(tx.try_send(1), Err(TrySendError::Full(1)));
        assert_eq!(send_timeout!(tx, 2, MOMENT), Err(SendTimeoutError::Timeout(2)));
        assert!(select! { _ = tx.send(3) => false, default => true });
        assert_eq!((rx.len(), rx.capacity()), (0, Some(0)));
        assert_eq!(rx.try_recv(), Err(TryRecvError::Empty));
        assert_eq!(recv_timeout!(rx, MOMENT), Err(RecvTimeoutError::Timeout));
    });
}

#[test]
fn a_receive_waits_until_a_send_has_begun() {
    run!({
        let begun = Arc::new(AtomicUsize::new(0));
        let (tx, rx) = chan(0);
        let sender = {
            let begun = begun.clone();
            go!({
                for n in 0..500 {
                    begun.fetch_add(1, Ordering::SeqCst);
                    send!(tx, n).unwrap();
                    give_way!();
                }
            })
        };
        for n in 0..500 {
            assert_eq!(recv!(rx), Ok(n));
            assert!(begun.load(Ordering::SeqCst) > n);
        }
        done!(sender);
    });
}

#[test]
fn a_producer_is_never_ahead_of_its_consumer() {
    run!({
        // Backpressure: with capacity 0, at most one message is between the two.
        let (made, used) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let (tx, rx) = chan(0);
        let producer = {
            let made = made.clone();
            go!({
                for _ in 0..300 {
                    made.fetch_add(1, Ordering::SeqCst);
                    send!(tx, ()).unwrap();
                }
            })
        };
        while recv!(rx).is_ok() {
            used.fetch_add(1, Ordering::SeqCst);
            give_way!();
            // The one that was received, and the one that waits.
            let (made, used) = (made.load(Ordering::SeqCst), used.load(Ordering::SeqCst));
            assert!(made <= used + 1, "made {made}, used {used}");
        }
        done!(producer);
        assert_eq!(used.load(Ordering::SeqCst), 300);
    });
}

#[test]
fn many_meet_many_and_each_message_is_handed_over_once() {
    run!({
        let ledger = Ledger::new(600);
        let (tx, rx) = chan(0);
        for _ in 0..3 {
            let (tx, ledger) = (tx.clone(), ledger.clone());
            go!({
                for _ in 0..200 {
                    assert!(deliver!(tx, ledger.make()));
                }
            });
        }
        drop(tx);
        let receivers: Vec<_> = (0..3)
            .map(|_| {
                let rx = rx.clone();
                go!({
                    let mut received = 0;
                    while let Ok(message) = recv_timeout!(rx, MINUTE) {
                        Tracked::received(message);
                        received += 1;
                    }
                    received
                })
            })
            .collect();
        let mut received = 0;
        for receiver in receivers {
            received += done!(receiver);
        }
        assert_eq!(received, 600);
        assert_eq!(ledger.settle(true, false).received, 600);
    });
}
