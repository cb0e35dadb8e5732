//! "Channels act as first-in-first-out queues."

use super::backend::{self, chan};

#[test]
fn what_one_sends_and_another_receives_keeps_its_order() {
    run!({
        for capacity in [0, 1, 2, 10] {
            let (tx, rx) = chan(capacity);
            let sender = go!({
                for n in 0..1000 {
                    send!(tx, n).unwrap();
                }
            });
            for n in 0..1000 {
                assert_eq!(recv!(rx), Ok(n));
            }
            done!(sender);
        }
    });
}

#[test]
fn a_full_buffer_is_emptied_in_the_order_of_its_sends() {
    run!({
        let (tx, rx) = chan(10);
        for round in 0..50 {
            for n in 0..10 {
                send!(tx, 10 * round + n).unwrap();
            }
            for n in 0..10 {
                assert_eq!(recv!(rx), Ok(10 * round + n));
            }
        }
    });
}

#[test]
fn receivers_that_come_one_after_the_other_get_the_values_in_this_order() {
    run!({
        // A baton goes down the row: whoever has it receives next.
        let (tx, rx) = chan(0);
        let (start, mut baton) = chan(0);
        let mut row = Vec::new();
        for place in 0..50 {
            let (pass, next_baton) = chan(0);
            let mine = std::mem::replace(&mut baton, next_baton);
            let rx = rx.clone();
            row.push(go!({
                recv!(mine).unwrap();
                assert_eq!(recv!(rx), Ok(place));
                send!(pass, ()).unwrap();
            }));
        }
        let sender = go!({
            for n in 0..50 {
                send!(tx, n).unwrap();
            }
        });
        send!(start, ()).unwrap();
        recv!(baton).unwrap();
        done!(sender);
        for task in row {
            done!(task);
        }
    });
}

#[test]
fn each_of_many_senders_keeps_its_own_order() {
    run!({
        for capacity in [0, 4] {
            let (tx, rx) = chan(capacity);
            for sender in 0..8 {
                let tx = tx.clone();
                go!({
                    for n in 0..100 {
                        send!(tx, (sender, n)).unwrap();
                    }
                });
            }
            drop(tx);
            let mut next = [0; 8];
            for (sender, n) in collect!(rx) {
                assert_eq!(n, next[sender]);
                next[sender] += 1;
            }
            assert_eq!(next, [100; 8]);
        }
    });
}
