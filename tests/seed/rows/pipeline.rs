//! Pipelines of stages: each receives from the one before, sends to the one behind, and closing runs through.
//!
//! In the seed's code the first stage's items could vanish at close.

use chan_tests::tracked::{Ledger, Tracked};

use super::backend::{self, chan, unbounded};

#[test]
fn the_seed_s_three_stages_pass_everything_on_in_order() {
    run!({
        for capacity in [0, 1, 3] {
            let (to_double, numbers) = chan(capacity);
            let (to_print, doubled) = chan(capacity);
            let stage1 = go!({
                for n in 0..200 {
                    send!(to_double, n).unwrap();
                }
                to_double.close();
            });
            let stage2 = go!({
                while let Ok(n) = recv!(numbers) {
                    send!(to_print, 2 * n).unwrap();
                }
                to_print.close();
            });
            assert!(collect!(doubled).into_iter().eq((0..200).map(|n| 2 * n)));
            done!(stage1);
            done!(stage2);
        }
    });
}

#[test]
fn nothing_vanishes_when_a_stage_closes_with_items_under_way() {
    run!({
        for capacity in [1, 16, 100] {
            let ledger = Ledger::new(100);
            let (tx, first) = chan(capacity);
            let (tx_middle, middle) = unbounded();
            let (tx_last, last) = chan(capacity);
            let mut stages = Vec::new();
            stages.push({
                let ledger = ledger.clone();
                go!({
                    for number in 0..100 {
                        assert!(deliver!(tx, ledger.make_for(0, number)));
                    }
                    // The stage ends, and its channel closes, long before the items are through.
                })
            });
            stages.push(go!({
                while let Ok(message) = recv!(first) {
                    send!(tx_middle, message).unwrap();
                }
            }));
            stages.push(go!({
                while let Ok(message) = recv!(middle) {
                    send!(tx_last, message).unwrap();
                }
            }));
            // Only now does anybody look at the end.
            for stage in stages.drain(..if capacity == 100 { 3 } else { 2 }) {
                done!(stage);
            }
            for (number, message) in collect!(last).into_iter().enumerate() {
                assert_eq!(message.number, number);
                message.received();
            }
            for stage in stages {
                done!(stage);
            }
            assert_eq!(ledger.settle(false, false).received, 100);
        }
    });
}

#[test]
fn a_stage_may_be_several_tasks_and_loses_nothing() {
    run!({
        let ledger = Ledger::new(400);
        let (tx, rx) = chan(0);
        let (tx_out, out) = chan(0);
        for _ in 0..4 {
            let (rx, tx_out) = (rx.clone(), tx_out.clone());
            go!({
                while let Ok(message) = recv!(rx) {
                    send!(tx_out, message).unwrap();
                }
            });
        }
        drop((rx, tx_out));
        let source = {
            let ledger = ledger.clone();
            go!({
                for _ in 0..400 {
                    assert!(deliver!(tx, ledger.make()));
                }
            })
        };
        collect!(out).into_iter().for_each(Tracked::received);
        done!(source);
        assert_eq!(ledger.settle(false, false).received, 400);
    });
}

#[test]
fn a_stage_that_leaves_stops_those_before_it_and_the_account_is_right() {
    run!({
        let ledger = Ledger::new(10_000);
        let (tx, rx) = chan(4);
        let (tx_out, out) = chan(4);
        let source = {
            let ledger = ledger.clone();
            go!({ while deliver!(tx, ledger.make()) {} })
        };
        let middle = go!({
            while let Ok(message) = recv!(rx) {
                if send!(tx_out, message).is_err() {
                    break;
                }
            }
        });
        for _ in 0..10 {
            recv!(out).unwrap().received();
        }
        drop(out);
        done!(middle);
        done!(source);
        // What was on its way went with the receivers that left, once each.
        let account = ledger.settle(false, true);
        assert_eq!((account.received, account.back), (10, 1));
        assert!(account.dropped_with_channel <= 4 + 1 + 4 + 1);
    });
}
