//! Fan-out: several workers receive from one channel.
//!
//! In the seed's code, workers that were waiting when the channel was closed never woke.

use chan_tests::tracked::{Ledger, Tracked};

use super::MOMENT;
use super::backend::{self, chan, unbounded};

const WORKERS: usize = 4;

#[test]
fn each_message_goes_to_exactly_one_worker() {
    run!({
        for capacity in [0, 1, 3, 64] {
            let ledger = Ledger::new(300);
            let (tx, rx) = chan::<Tracked>(capacity);
            let workers: Vec<_> = (0..WORKERS)
                .map(|_| {
                    let rx = rx.clone();
                    go!({
                        let mut last = None;
                        for message in collect!(rx) {
                            // What one worker sees is in order, whatever the others took.
                            assert!(last < Some(message.number));
                            last = Some(message.number);
                            message.received();
                        }
                    })
                })
                .collect();
            drop(rx);
            for number in 0..300 {
                assert!(deliver!(tx, ledger.make_for(0, number)));
            }
            drop(tx);
            for worker in workers {
                done!(worker);
            }
            assert_eq!(ledger.settle(capacity == 0, false).received, 300);
        }
    });
}

#[test]
fn workers_that_wait_at_close_all_wake() {
    run!({
        for capacity in [0, 2] {
            let (tx, rx) = chan::<u32>(capacity);
            let (tx_begun, begun) = chan(0);
            let workers: Vec<_> = (0..WORKERS)
                .map(|_| {
                    let (rx, tx_begun) = (rx.clone(), tx_begun.clone());
                    go!({
                        send!(tx_begun, ()).unwrap();
                        recv!(rx)
                    })
                })
                .collect();
            for _ in 0..WORKERS {
                recv!(begun).unwrap();
            }
            // They are about to wait; after a moment they do.
            sleep!(MOMENT);
            assert!(tx.close());
            for worker in workers {
                assert!(done!(worker).is_err());
            }
        }
    });
}

#[test]
fn workers_that_wait_when_the_last_sender_goes_all_wake() {
    run!({
        let (tx, rx) = unbounded::<u32>();
        let workers: Vec<_> = (0..WORKERS)
            .map(|_| {
                let rx = rx.clone();
                go!({ collect!(rx).len() })
            })
            .collect();
        sleep!(MOMENT);
        drop(tx);
        for worker in workers {
            assert_eq!(done!(worker), 0);
        }
    });
}

#[test]
fn what_is_queued_at_close_is_shared_out_before_the_workers_end() {
    run!({
        let ledger = Ledger::new(100);
        let (tx, rx) = chan(100);
        for _ in 0..100 {
            assert!(deliver!(tx, ledger.make()));
        }
        tx.close();
        let workers: Vec<_> = (0..WORKERS)
            .map(|_| {
                let rx = rx.clone();
                go!({
                    collect!(rx).into_iter().for_each(Tracked::received);
                })
            })
            .collect();
        for worker in workers {
            done!(worker);
        }
        assert_eq!(ledger.settle(false, false).received, 100);
    });
}
