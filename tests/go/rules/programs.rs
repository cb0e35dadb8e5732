//! Programs that Go is known for, and that find what single rules do not.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::backend::{self, Receiver, chan, select, unbounded};

/// What a filter of the sieve does: pass on what its prime does not divide.
macro_rules! filter {
    ($input:expr, $prime:expr) => {{
        let (input, prime): (Receiver<u32>, u32) = ($input, $prime);
        let (tx, output) = chan(0);
        go!({
            while let Ok(n) = recv!(input) {
                if n % prime != 0 && send!(tx, n).is_err() {
                    break;
                }
            }
        });
        output
    }};
}

#[test]
fn the_prime_sieve() {
    run!({
        let (tx, mut numbers) = chan(0);
        let generator = go!({
            for n in 2.. {
                if send!(tx, n).is_err() {
                    break;
                }
            }
        });
        let mut primes = Vec::new();
        for _ in 0..30 {
            let prime = recv!(numbers).unwrap();
            primes.push(prime);
            numbers = filter!(numbers, prime);
        }
        assert_eq!(primes[..10], [2, 3, 5, 7, 11, 13, 17, 19, 23, 29]);
        assert_eq!(primes[29], 113);
        // The whole chain ends when nobody wants its numbers.
        drop(numbers);
        done!(generator);
    });
}

#[test]
fn a_long_row_of_tasks_passes_one_value_along() {
    run!({
        let (tx, leftmost) = chan(0);
        let (mut left, mut tasks) = (tx, Vec::new());
        for _ in 0..backend::MANY {
            let (right_tx, right) = chan(0);
            let to_left = std::mem::replace(&mut left, right_tx);
            tasks.push(go!({ send!(to_left, recv!(right).unwrap() + 1).unwrap() }));
        }
        send!(left, 0).unwrap();
        assert_eq!(recv!(leftmost), Ok(backend::MANY));
        for task in tasks {
            done!(task);
        }
    });
}

#[test]
fn a_value_offered_on_four_channels_at_once_is_received_from_one() {
    run!({
        const VALUES: usize = 1000;
        let ((c1, r1), (c2, r2), (c3, r3), (c4, r4)) = (chan(0), chan(0), chan(0), chan(0));
        let sender = go!({
            for n in 0..VALUES {
                select! {
                    sent = c1.send(n) => sent.unwrap(),
                    sent = c2.send(n) => sent.unwrap(),
                    sent = c3.send(n) => sent.unwrap(),
                    sent = c4.send(n) => sent.unwrap(),
                }
            }
        });
        let (merged_tx, merged) = unbounded();
        for rx in [r1, r2, r3, r4] {
            let merged_tx = merged_tx.clone();
            go!({
                while let Ok(n) = recv!(rx) {
                    send!(merged_tx, n).unwrap();
                }
            });
        }
        drop(merged_tx);
        let mut all = collect!(merged);
        done!(sender);
        all.sort_unstable();
        assert!(all.into_iter().eq(0..VALUES), "each once");
    });
}

#[test]
fn many_tasks_meet_at_a_barrier_again_and_again() {
    run!({
        const TASKS: usize = 40;
        const ROUNDS: usize = 25;
        // The barrier: everybody reports, and when all have, everybody is let through.
        let (arrive, arrived) = chan(0);
        let (let_through, go_on) = chan(0);
        let round = Arc::new(AtomicUsize::new(0));
        let tasks: Vec<_> = (0..TASKS)
            .map(|_| {
                let (arrive, go_on, round) = (arrive.clone(), go_on.clone(), round.clone());
                go!({
                    for mine in 0..ROUNDS {
                        assert_eq!(round.load(Ordering::SeqCst), mine);
                        send!(arrive, ()).unwrap();
                        recv!(go_on).unwrap();
                    }
                })
            })
            .collect();
        for _ in 0..ROUNDS {
            for _ in 0..TASKS {
                recv!(arrived).unwrap();
            }
            round.fetch_add(1, Ordering::SeqCst);
            for _ in 0..TASKS {
                send!(let_through, ()).unwrap();
            }
        }
        for task in tasks {
            done!(task);
        }
    });
}

#[test]
fn many_consumers_transform_a_queue_and_the_sum_is_right() {
    run!({
        const PRIMES: [usize; 6] = [2, 3, 7, 11, 13, 17];
        let (tx, queue) = chan(10);
        let (tx_result, results) = chan(10);
        for worker in 0..23 {
            let (queue, tx_result) = (queue.clone(), tx_result.clone());
            go!({
                while let Ok(n) = recv!(queue) {
                    if n % PRIMES[worker % PRIMES.len()] == 0 {
                        give_way!();
                    }
                    send!(tx_result, 2 * n).unwrap();
                }
            });
        }
        drop(tx_result);
        go!({
            for n in 0..2000 {
                send!(tx, n).unwrap();
            }
        });
        let results = collect!(results);
        assert_eq!((results.len(), results.into_iter().sum::<usize>()), (2000, 2000 * 1999));
    });
}

#[test]
fn two_tasks_play_ping_pong() {
    run!({
        for capacity in [0, 1] {
            let (ping, pinged) = chan(capacity);
            let (pong, ponged) = chan(capacity);
            let other = go!({
                while let Ok(n) = recv!(pinged) {
                    send!(pong, n + 1).unwrap();
                }
            });
            for n in 0..1000 {
                send!(ping, n).unwrap();
                assert_eq!(recv!(ponged), Ok(n + 1));
            }
            drop(ping);
            done!(other);
        }
    });
}
