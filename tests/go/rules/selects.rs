//! "Select statements": what is evaluated, what is chosen, what happens to the rest.

use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::MOMENT;
use super::backend::{self, Receiver, RecvError, SelectRng, Sender, chan, select, unbounded};

#[test]
fn channels_and_values_are_evaluated_once_each_in_source_order_also_of_cases_that_lose() {
    run!({
        let (full, _keep) = chan::<u32>(0);
        let (tx, rx) = chan::<u32>(8);
        for _ in 0..50 {
            let order = RefCell::new(Vec::new());
            let sender = |name: &'static str| {
                order.borrow_mut().push(name);
                &tx
            };
            let value = |name: &'static str| {
                order.borrow_mut().push(name);
                7
            };
            select! {
                _ = full.send(value("v1")) => unreachable!(),
                sent = sender("c2").send(value("v2")) => sent.unwrap(),
                _ = full.send(value("v3")) => unreachable!(),
            }
            assert_eq!(order.take(), ["v1", "c2", "v2", "v3"]);
            assert_eq!(recv!(rx), Ok(7));
        }
    });
}

#[test]
fn exactly_one_case_runs_and_its_operation_alone_has_happened() {
    run!({
        let (tx_in, rx_in) = chan(1);
        let (tx_out, rx_out) = chan(1);
        let mut counts = [0, 0];
        for n in 0..500 {
            send!(tx_in, n).unwrap();
            let before = counts[0];
            select! {
                message = rx_in.recv() => { assert_eq!(message, Ok(n)); counts[0] += 1 }
                sent = tx_out.send(n) => { sent.unwrap(); counts[1] += 1 }
            }
            // Received and not sent: both are empty. Sent and not received: both are full.
            let received = counts[0] > before;
            let left = (rx_in.try_recv().ok(), rx_out.try_recv().ok());
            assert_eq!(left, if received { (None, None) } else { (Some(n), Some(n)) });
        }
        assert_eq!(counts[0] + counts[1], 500);
        assert!(counts[0] > 0 && counts[1] > 0, "{counts:?}");
    });
}

#[test]
fn default_is_chosen_exactly_when_nothing_can_proceed() {
    run!({
        let (tx, rx) = chan(1);
        assert!(select! { _ = rx.recv() => false, default => true });
        assert!(select! { sent = tx.send(1) => sent.is_ok(), default => false });
        assert!(select! { _ = tx.send(2) => false, default => true });
        assert!(select! { message = rx.recv() => message == Ok(1), default => false });
        assert!(select! { _ = rx.recv() => false, default => true });
        assert!(select! { default => true });
    });
}

#[test]
fn the_choice_among_ready_cases_is_uniform() {
    run!({
        // Two ready, two not, and among the four in any place.
        const TRIALS: u32 = 10_000;
        let mut rng = SelectRng::new(1);
        let ((tx1, rx1), (tx2, rx2)) = (unbounded(), unbounded());
        for _ in 0..TRIALS {
            send!(tx1, ()).unwrap();
            send!(tx2, ()).unwrap();
        }
        let ((_tx3, rx3), (_tx4, rx4)) = (chan::<()>(0), chan::<()>(0));
        let mut counts = [0_u32; 2];
        for _ in 0..TRIALS {
            select! {
                seed = &mut rng;
                _ = rx3.recv() => unreachable!(),
                _ = rx4.recv() => unreachable!(),
                _ = rx1.recv() => counts[0] += 1,
                _ = rx2.recv() => counts[1] += 1,
            }
        }
        // Seven standard deviations, of 50 each: 10^-12.
        assert!(counts[0].abs_diff(counts[1]) < 2 * 7 * 50, "{counts:?}");
    });
}

#[test]
fn two_sends_of_different_values_on_one_channel_are_a_fair_coin() {
    run!({
        for capacity in [0, 1000] {
            let (tx, rx) = chan(capacity);
            let receiver = go!({
                let bits = collect!(rx);
                (bits.len(), bits.into_iter().sum::<usize>())
            });
            for _ in 0..1000 {
                select! {
                    sent = tx.send(0) => sent.unwrap(),
                    sent = tx.send(1) => sent.unwrap(),
                }
            }
            drop(tx);
            let (all, ones) = done!(receiver);
            assert_eq!(all, 1000);
            // Either comes up. At capacity 0 the receiver takes whichever offer it finds.
            if capacity > 0 {
                assert!((380..=620).contains(&ones), "{ones} ones");
            }
        }
    });
}

#[test]
fn a_select_over_both_directions_of_one_channel_never_talks_to_itself() {
    run!({
        let (tx, rx) = chan(0);
        for n in 0..100 {
            let alone = select! { _ = tx.send(n) => false, _ = rx.recv() => false, default => true };
            assert!(alone);
        }
        for capacity in [0, 10] {
            let (tx, rx) = chan(capacity);
            let tasks: Vec<_> = (0..2)
                .map(|who| {
                    let (tx, rx) = (tx.clone(), rx.clone());
                    go!({
                        for turn in 0..1000 {
                            // Both orders of the two cases.
                            let got = if turn % 2 == 0 {
                                select! { sent = tx.send(who) => { sent.unwrap(); None } got = rx.recv() => Some(got) }
                            } else {
                                select! { got = rx.recv() => Some(got), sent = tx.send(who) => { sent.unwrap(); None } }
                            };
                            if let Some(got) = got {
                                assert!(capacity > 0 || got != Ok(who), "received from itself");
                            }
                        }
                    })
                })
                .collect();
            for task in tasks {
                done!(task);
            }
        }
    });
}

#[test]
fn one_channel_in_several_cases_and_a_receiver_behind() {
    run!({
        // The select leaves its places in the queue without harm to those who wait behind it.
        for _ in 0..100 {
            let (tx_c, c) = chan(0);
            let (tx_d, d) = chan(0);
            let selecting = {
                let (c, d) = (c.clone(), d.clone());
                go!({
                    select! {
                        n = c.recv() => n,
                        n = c.recv() => n,
                        n = d.recv() => n,
                        n = c.recv() => n,
                    }
                })
            };
            give_way!();
            let behind = go!({ recv!(c) });
            give_way!();
            send!(tx_d, 7).unwrap();
            assert_eq!(done!(selecting), Ok(7));
            send!(tx_c, 8).unwrap();
            assert_eq!(done!(behind), Ok(8));
        }
    });
}

#[test]
fn a_case_that_failed_leaves_nothing_behind_in_the_queue_of_its_channel() {
    run!({
        // Several wait, and a select is the last in the queue; it is woken by another channel and goes.
        let (tx, rx) = chan(0);
        let (tx_other, other) = chan(0);
        for _ in 0..50 {
            let first = {
                let rx = rx.clone();
                go!({ recv!(rx) })
            };
            give_way!();
            let selecting = {
                let (rx, other) = (rx.clone(), other.clone());
                go!({
                    select! {
                        _ = rx.recv() => panic!("only one was sent, and it is not for the select"),
                        n = other.recv() => n,
                    }
                })
            };
            give_way!();
            send!(tx_other, 1).unwrap();
            assert_eq!(done!(selecting), Ok(1));
            // Those who come now wake as well as those who were there.
            let later = {
                let rx = rx.clone();
                go!({ recv!(rx) })
            };
            send!(tx, 2).unwrap();
            send!(tx, 2).unwrap();
            assert_eq!((done!(first), done!(later)), (Ok(2), Ok(2)));
        }
    });
}

/// One side of a meeting, by a plain operation or by one of the selects that could do it.
macro_rules! by {
    ($way:expr, $operation:expr, $plain:expr, $nothing:expr) => {
        match $way {
            0 => $plain,
            1 => select! { result = $operation => result },
            2 => select! { result = $operation => result, _ = $nothing.recv() => unreachable!() },
            _ => loop {
                if let Some(result) = select! { result = $operation => Some(result), default => None } {
                    break result;
                }
                give_way!();
            },
        }
    };
}

#[test]
fn plain_operations_and_every_kind_of_select_meet_each_other() {
    run!({
        for (sending, receiving) in (0..4).flat_map(|s| (0..4).map(move |r| (s, r))) {
            if (sending, receiving) == (3, 3) {
                // Two that never wait need not meet.
                continue;
            }
            let (tx, rx) = chan(0);
            let (_quiet, nothing) = chan::<u32>(0);
            let sender = {
                let nothing = nothing.clone();
                go!({
                    for n in 0..20 {
                        by!(sending, tx.send(n), send!(tx, n), nothing).unwrap();
                    }
                })
            };
            for n in 0..20 {
                assert_eq!(by!(receiving, rx.recv(), recv!(rx), nothing), Ok(n), "{sending} to {receiving}");
            }
            done!(sender);
        }
    });
}

#[test]
fn a_select_that_sends_on_many_and_one_that_receives_from_many() {
    run!({
        const EACH: usize = 200;
        let ((t0, r0), (t1, r1), (t2, r2), (t3, r3)) = (chan(0), chan(0), chan(2), chan(3));
        let sums = Arc::new(AtomicUsize::new(0));
        let mut tasks = Vec::new();
        for tx in [&t0, &t1, &t2, &t3] {
            let tx = tx.clone();
            tasks.push(go!({
                for _ in 0..EACH {
                    send!(tx, 1).unwrap();
                }
            }));
        }
        tasks.push(go!({
            // As many on each, by select, in whatever order they go.
            let mut left = [EACH; 4];
            while left != [0; 4] {
                select! {
                    sent = t0.send(1), if left[0] > 0 => { sent.unwrap(); left[0] -= 1 }
                    sent = t1.send(1), if left[1] > 0 => { sent.unwrap(); left[1] -= 1 }
                    sent = t2.send(1), if left[2] > 0 => { sent.unwrap(); left[2] -= 1 }
                    sent = t3.send(1), if left[3] > 0 => { sent.unwrap(); left[3] -= 1 }
                }
            }
        }));
        for rx in [&r0, &r1, &r2, &r3] {
            let (rx, sums) = (rx.clone(), sums.clone());
            tasks.push(go!({
                for _ in 0..EACH {
                    sums.fetch_add(recv!(rx).unwrap(), Ordering::SeqCst);
                }
            }));
        }
        {
            let sums = sums.clone();
            tasks.push(go!({
                let mut left = [EACH; 4];
                while left != [0; 4] {
                    let got = select! {
                        n = r0.recv(), if left[0] > 0 => { left[0] -= 1; n }
                        n = r1.recv(), if left[1] > 0 => { left[1] -= 1; n }
                        n = r2.recv(), if left[2] > 0 => { left[2] -= 1; n }
                        n = r3.recv(), if left[3] > 0 => { left[3] -= 1; n }
                    };
                    sums.fetch_add(got.unwrap(), Ordering::SeqCst);
                }
            }));
        }
        for task in tasks {
            done!(task);
        }
        assert_eq!(sums.load(Ordering::SeqCst), 2 * 4 * EACH);
    });
}

#[test]
fn break_leaves_the_loop_around_a_select_and_return_the_function() {
    run!({
        let (tx, rx) = unbounded();
        for n in 0..10 {
            send!(tx, n).unwrap();
        }
        drop(tx);
        let mut seen = Vec::new();
        loop {
            select! {
                n = rx.recv() => match n {
                    Ok(n) if n % 2 == 0 => continue,
                    Ok(n) => seen.push(n),
                    Err(RecvError) => break,
                }
            }
        }
        assert_eq!(seen, [1, 3, 5, 7, 9]);
    });
}

#[test]
fn a_select_without_cases_that_could_run_sleeps_until_the_program_ends() {
    run!({
        let woke = Arc::new(AtomicUsize::new(0));
        let none: Option<(Sender<u32>, Receiver<u32>)> = None;
        {
            let woke = woke.clone();
            go!({
                select! {
                    _ = none.as_ref().map(|(_, rx)| rx.recv()) => {}
                    _ = none.as_ref().map(|(tx, _)| tx.send(1)) => {}
                }
                woke.fetch_add(1, Ordering::SeqCst)
            });
        }
        sleep!(MOMENT);
        assert_eq!(woke.load(Ordering::SeqCst), 0);
    });
}
