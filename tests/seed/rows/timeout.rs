//! Timeouts, and a default after one, or at once.
//!
//! In the seed's code a default without a timeout hung.

use std::time::{Duration, Instant};

use chan_tests::tracked::Ledger;

use super::backend::{self, RecvTimeoutError, SendTimeoutError, after, chan, select};
use super::{MINUTE, MOMENT};

#[test]
fn default_runs_after_the_timeout_when_nothing_was_ready() {
    run!({
        let (_tx, rx) = chan::<u32>(0);
        let begin = Instant::now();
        let said = select! {
            message = rx.recv() => format!("{message:?}"),
            default(after(MOMENT)) => "nothing happened".to_owned(),
        };
        assert_eq!(said, "nothing happened");
        assert!(begin.elapsed() >= MOMENT);
    });
}

#[test]
fn default_alone_runs_at_once() {
    run!({
        let (tx, rx) = chan(1);
        for n in 0..100 {
            assert!(select! { _ = rx.recv() => false, default => true });
            send!(tx, n).unwrap();
            assert!(select! { message = rx.recv() => message == Ok(n), default => false });
        }
    });
}

#[test]
fn what_is_ready_wins_over_a_timeout_of_zero() {
    run!({
        let (tx, rx) = chan(1);
        for n in 0..100 {
            send!(tx, n).unwrap();
            assert_eq!(select! { message = rx.recv() => message, default(after(Duration::ZERO)) => Ok(1000) }, Ok(n));
            send!(tx, n).unwrap();
            assert_eq!(recv_timeout!(rx, Duration::ZERO), Ok(n));
        }
    });
}

#[test]
fn what_comes_within_the_limit_is_received() {
    run!({
        let (tx, rx) = chan(0);
        let sender = go!({
            sleep!(MOMENT);
            send!(tx, 1).unwrap();
            sleep!(MOMENT);
            send!(tx, 2).unwrap();
        });
        assert_eq!(select! { message = rx.recv() => message, default(after(MINUTE)) => Ok(0) }, Ok(1));
        assert_eq!(recv_timeout!(rx, MINUTE), Ok(2));
        done!(sender);
    });
}

#[test]
fn a_timer_may_be_a_case_beside_a_default_after_another() {
    run!({
        let (_tx, rx) = chan::<u32>(0);
        let first = select! {
            _ = rx.recv() => 1,
            _ = after(MINUTE) => 2,
            default(after(MOMENT)) => 3,
        };
        assert_eq!(first, 3);
        let first = select! {
            _ = rx.recv() => 1,
            _ = after(MOMENT) => 2,
            default(after(MINUTE)) => 3,
        };
        assert_eq!(first, 2);
    });
}

#[test]
fn a_receive_that_gave_up_took_nothing() {
    run!({
        for capacity in [0, 1] {
            let (tx, rx) = chan(capacity);
            assert_eq!(recv_timeout!(rx, MOMENT), Err(RecvTimeoutError::Timeout));
            let sender = go!({ send!(tx, 7) });
            assert_eq!(recv_timeout!(rx, MINUTE), Ok(7));
            assert_eq!(done!(sender), Ok(()));
            assert_eq!(recv_timeout!(rx, MINUTE), Err(RecvTimeoutError::Closed));
        }
    });
}

#[test]
fn a_send_that_gave_up_has_its_message_and_nobody_received_it() {
    run!({
        for capacity in [0, 1] {
            let (tx, rx) = chan(capacity);
            for n in 0..capacity {
                send!(tx, n).unwrap();
            }
            assert_eq!(send_timeout!(tx, 7, MOMENT), Err(SendTimeoutError::Timeout(7)));
            drop(tx);
            assert_eq!(collect!(rx).len(), capacity);
        }
    });
}

#[test]
fn a_limit_that_ends_while_a_peer_comes_loses_and_repeats_nothing() {
    run!({
        for capacity in [0, 1] {
            const ROUNDS: usize = 300;
            let ledger = Ledger::new(ROUNDS);
            let (tx, rx) = chan(capacity);
            let sender = {
                let ledger = ledger.clone();
                go!({
                    for round in 0..ROUNDS {
                        let (receipt, message) = ledger.make().with_receipt();
                        match send_timeout!(tx, message, Duration::from_micros(round as u64 % 7 * 50)) {
                            Ok(()) => receipt.sent(),
                            Err(error) => error.into_inner().back(),
                        }
                    }
                })
            };
            let mut timeouts = 0;
            loop {
                match recv_timeout!(rx, Duration::from_micros(timeouts as u64 % 5 * 50)) {
                    Ok(message) => message.received(),
                    Err(RecvTimeoutError::Timeout) => timeouts += 1,
                    Err(RecvTimeoutError::Closed) => break,
                }
            }
            done!(sender);
            let account = ledger.settle(capacity == 0, false);
            assert_eq!(account.received + account.back, ROUNDS);
        }
    });
}
