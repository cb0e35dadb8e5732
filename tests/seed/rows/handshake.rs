//! Two-party handshake: a message moves when both sides have chosen it, selects on both sides included.
//!
//! The seed has it among its future plans.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use chan_tests::tracked::Ledger;

use super::backend::{self, chan, select};

#[test]
fn ping_and_pong_take_turns() {
    run!({
        let (ping, pinged) = chan(0);
        let (pong, ponged) = chan(0);
        let turn = Arc::new(AtomicUsize::new(0));
        let other = {
            let turn = turn.clone();
            go!({
                while let Ok(n) = recv!(pinged) {
                    assert_eq!(turn.fetch_add(1, Ordering::SeqCst), 2 * n + 1);
                    send!(pong, n).unwrap();
                }
            })
        };
        for n in 0..500 {
            assert_eq!(turn.fetch_add(1, Ordering::SeqCst), 2 * n);
            send!(ping, n).unwrap();
            assert_eq!(recv!(ponged), Ok(n));
        }
        drop(ping);
        done!(other);
    });
}

/// Each of two parties offers a message and takes one, whichever comes first.
#[test]
fn of_two_selects_that_face_each_other_exactly_one_gives_and_the_other_takes() {
    run!({
        const TURNS: usize = 1000;
        let ledger = Ledger::new(2 * TURNS);
        let (tx_a, rx_a) = chan(0);
        let (tx_b, rx_b) = chan(0);
        let parties = [(tx_a, rx_b), (tx_b, rx_a)].map(|(tx, rx)| {
            let ledger = ledger.clone();
            go!({
                let (mut given, mut taken) = (0, 0);
                for _ in 0..TURNS {
                    let (receipt, message) = ledger.make().with_receipt();
                    select! {
                        sent = tx.send(message) => { sent.unwrap(); receipt.sent(); given += 1 }
                        message = rx.recv() => { message.unwrap().received(); receipt.abandoned(); taken += 1 }
                    }
                }
                (given, taken)
            })
        });
        let [a, b] = parties;
        let ((a_given, a_taken), (b_given, b_taken)) = (done!(a), done!(b));
        assert_eq!((a_given, b_given), (b_taken, a_taken));
        let account = ledger.settle(false, false);
        assert_eq!((account.received, account.withdrawn), (TURNS, TURNS));
    });
}

#[test]
fn a_select_that_sends_meets_a_select_that_receives() {
    run!({
        let (tx1, rx1) = chan(0);
        let (tx2, rx2) = chan(0);
        let receiver = go!({
            let (mut sum, mut count) = (0, 0);
            loop {
                select! {
                    n = rx1.recv() => sum += n.unwrap(),
                    n = rx2.recv() => sum += 1000 * n.unwrap(),
                    complete => break (sum, count),
                }
                count += 1;
            }
        });
        let mut sum = 0;
        for n in 1..=500_u64 {
            select! {
                sent = tx1.send(n) => { sent.unwrap(); sum += n }
                sent = tx2.send(n) => { sent.unwrap(); sum += 1000 * n }
            }
        }
        drop((tx1, tx2));
        assert_eq!(done!(receiver), (sum, 500));
    });
}

#[test]
fn in_a_ring_of_three_every_message_that_was_given_was_taken() {
    run!({
        // Each gives to the next or takes from the one before. The three stop when all messages are through.
        let ledger = Ledger::new(10_000);
        let (tx_a, rx_a) = chan(0);
        let (tx_b, rx_b) = chan(0);
        let (tx_c, rx_c) = chan(0);
        let (stop, stopped) = chan::<()>(0);
        let met = Arc::new(AtomicUsize::new(0));
        let parties = [(tx_a, rx_c), (tx_b, rx_a), (tx_c, rx_b)].map(|(tx, rx)| {
            let (ledger, stopped, met) = (ledger.clone(), stopped.clone(), met.clone());
            let stop = stop.clone();
            go!({
                let mut given = 0;
                loop {
                    let (receipt, message) = ledger.make().with_receipt();
                    select! {
                        sent = tx.send(message) => {
                            sent.unwrap();
                            receipt.sent();
                            given += 1;
                            if met.fetch_add(1, Ordering::SeqCst) == 500 {
                                stop.close();
                            }
                        }
                        message = rx.recv() => {
                            message.unwrap().received();
                            receipt.abandoned();
                        }
                        _ = stopped.recv() => {
                            receipt.abandoned();
                            // Nobody may miss the other end before all have stopped.
                            break (given, tx, rx);
                        }
                    }
                }
            })
        });
        let [a, b, c] = parties;
        let (a, b, c) = (done!(a), done!(b), done!(c));
        let given = a.0 + b.0 + c.0;
        assert!(given > 500);
        drop((a, b, c));
        assert_eq!(ledger.settle(false, false).received, given);
    });
}
