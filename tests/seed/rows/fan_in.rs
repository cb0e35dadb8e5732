//! Fan-in: many producers, one consumer that selects over their channels, with a default and a timeout.
//!
//! The seed's code ran both cases when two were ready, and lost one of the values.

use chan_tests::tracked::Ledger;

use super::backend::{self, after, chan, select};
use super::{MINUTE, MOMENT};

#[test]
fn of_two_ready_cases_exactly_one_runs_and_the_other_keeps_its_value() {
    run!({
        let ledger = Ledger::new(1000);
        let (tx1, rx1) = chan(1);
        let (tx2, rx2) = chan(1);
        let mut firsts = [0, 0];
        for _ in 0..500 {
            assert!(deliver!(tx1, ledger.make()));
            assert!(deliver!(tx2, ledger.make()));
            let mut ran = 0;
            let first = select! {
                message = rx1.recv() => { ran += 1; message.unwrap().received(); 0 }
                message = rx2.recv() => { ran += 1; message.unwrap().received(); 1 }
                default => unreachable!("both are ready"),
            };
            assert_eq!(ran, 1);
            firsts[first] += 1;
            // The other one was not touched.
            assert_eq!((rx1.len(), rx2.len()), if first == 0 { (0, 1) } else { (1, 0) });
            select! {
                message = rx1.recv() => message.unwrap().received(),
                message = rx2.recv() => message.unwrap().received(),
                default => unreachable!("one is ready"),
            }
            assert!(rx1.is_empty() && rx2.is_empty());
        }
        assert!(firsts[0] > 0 && firsts[1] > 0, "{firsts:?}");
        assert_eq!(ledger.settle(false, false).received, 1000);
    });
}

#[test]
fn of_two_senders_that_wait_at_capacity_0_exactly_one_is_taken() {
    run!({
        let ledger = Ledger::new(400);
        let (tx1, rx1) = chan(0);
        let (tx2, rx2) = chan(0);
        let senders: Vec<_> = [tx1, tx2]
            .into_iter()
            .map(|tx| {
                let ledger = ledger.clone();
                go!({
                    for _ in 0..200 {
                        assert!(deliver!(tx, ledger.make()));
                    }
                })
            })
            .collect();
        let mut taken = [0, 0];
        while taken != [200, 200] {
            select! {
                message = rx1.recv(), if taken[0] < 200 => { message.unwrap().received(); taken[0] += 1 }
                message = rx2.recv(), if taken[1] < 200 => { message.unwrap().received(); taken[1] += 1 }
            }
        }
        for sender in senders {
            done!(sender);
        }
        assert_eq!(ledger.settle(true, false).received, 400);
    });
}

#[test]
fn producers_merge_into_one_consumer_each_in_its_own_order() {
    run!({
        const EACH: usize = 100;
        let ledger = Ledger::new(3 * EACH);
        let (tx_a, a) = chan(0);
        let (tx_b, b) = chan(1);
        let (tx_c, c) = chan(8);
        for (producer, tx) in [tx_a, tx_b, tx_c].into_iter().enumerate() {
            let ledger = ledger.clone();
            go!({
                for number in 0..EACH {
                    assert!(deliver!(tx, ledger.make_for(producer, number)));
                }
            });
        }
        let mut next = [0; 3];
        loop {
            let message = select! {
                message = a.recv() => message.unwrap(),
                message = b.recv() => message.unwrap(),
                message = c.recv() => message.unwrap(),
                complete => break,
                default(after(MINUTE)) => panic!("a producer is stuck"),
            };
            assert_eq!(message.number, next[message.producer]);
            next[message.producer] += 1;
            message.received();
        }
        assert_eq!(next, [EACH; 3]);
        assert_eq!(ledger.settle(true, false).received, 3 * EACH);
    });
}

#[test]
fn the_seed_s_consumer_merges_until_done_and_says_when_nothing_was_ready() {
    run!({
        let ledger = Ledger::new(40);
        let (ch1, from_ch1) = chan(0);
        let (ch2, from_ch2) = chan(0);
        let (idle, was_idle) = chan(0);
        let (done, is_done) = chan::<()>(0);
        let producers = {
            let ledger = ledger.clone();
            go!({
                for _ in 0..20 {
                    assert!(deliver!(ch1, ledger.make_for(1, 0)));
                    assert!(deliver!(ch2, ledger.make_for(2, 0)));
                }
                // Quiet until the consumer has noticed.
                recv!(was_idle).unwrap();
                send!(done, ()).unwrap();
                (ch1, ch2)
            })
        };
        let (mut merged, mut idles) = ([0, 0], 0);
        loop {
            select! {
                _ = is_done.recv() => break,
                message = from_ch1.recv() => { merged[0] += 1; message.unwrap().received() }
                message = from_ch2.recv() => { merged[1] += 1; message.unwrap().received() }
                default(after(MOMENT)) => {
                    idles += 1;
                    let _ = idle.try_send(());
                }
            }
        }
        done!(producers);
        assert_eq!(merged, [20, 20]);
        assert!(idles > 0);
        assert_eq!(ledger.settle(true, false).received, 40);
    });
}

#[test]
fn a_default_at_once_between_the_messages_loses_none() {
    run!({
        let ledger = Ledger::new(300);
        let (tx1, rx1) = chan(0);
        let (tx2, rx2) = chan(4);
        for tx in [tx1, tx2] {
            let ledger = ledger.clone();
            go!({
                for _ in 0..150 {
                    assert!(deliver!(tx, ledger.make()));
                }
            });
        }
        loop {
            let message = select! {
                message = rx1.recv() => message.unwrap(),
                message = rx2.recv() => message.unwrap(),
                complete => break,
                default => {
                    give_way!();
                    continue
                }
            };
            message.received();
        }
        assert_eq!(ledger.settle(true, false).received, 300);
    });
}
