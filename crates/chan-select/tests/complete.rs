//! Closed channels, with and without a `complete` arm.

use chan_core::{RecvError, chan};
use chan_select::select;
use futures_lite::future::{block_on, pending, poll_once, ready};
use std::pin::pin;

#[test]
fn a_closed_channel_is_ready_with_its_error() {
    block_on(async {
        let (tx, rx) = chan::<u32>(1);
        tx.try_send(1).unwrap();
        tx.close();
        assert_eq!(select! { m = rx.recv() => m }, Ok(1));
        assert_eq!(select! { m = rx.recv() => m }, Err(RecvError));
        assert_eq!(select! { m = rx.recv() => m, default => Ok(9) }, Err(RecvError));
        assert_eq!(select! { res = tx.send(5) => res.unwrap_err().into_inner() }, 5);
    });
}

#[test]
fn with_a_complete_arm_it_is_disabled() {
    block_on(async {
        let (tx, rx) = chan::<u32>(1);
        let (open_tx, open_rx) = chan::<u32>(1);
        tx.try_send(1).unwrap();
        tx.close();
        // Drained first.
        assert_eq!(select! { m = rx.recv() => m.unwrap(), complete => 8 }, 1);
        assert_eq!(select! { m = rx.recv() => m.unwrap(), complete => 8 }, 8);
        assert_eq!(select! { _ = tx.send(1) => 1, complete => 8 }, 8);
        assert_eq!(select! { m = rx.recv() => m.unwrap(), complete => 8, default => 9 }, 8);
        // One is open still.
        assert_eq!(select! { m = rx.recv() => m.unwrap(), _ = open_rx.recv() => 2, complete => 8, default => 9 }, 9);
        open_tx.try_send(1).unwrap();
        assert_eq!(select! { m = rx.recv() => m.unwrap(), _ = open_rx.recv() => 2, complete => 8, default => 9 }, 2);
    });
}

#[test]
fn complete_does_not_wait_for_foreign_futures() {
    block_on(async {
        let (tx, rx) = chan::<u32>(1);
        drop(tx);
        assert_eq!(select! { m = rx.recv() => m.unwrap(), _ = pending::<()>() => 1, complete => 8 }, 8);
        // What is ready runs, though.
        assert_eq!(select! { m = rx.recv() => m.unwrap(), _ = ready(()) => 1, complete => 8 }, 1);
        assert_eq!(select! { complete => 8 }, 8);
        assert_eq!(select! { _ = pending::<()>() => 1, complete => 8 }, 8);
    });
}

#[test]
fn complete_runs_when_the_last_channel_closes_while_it_sleeps() {
    block_on(async {
        let (tx1, rx1) = chan::<u32>(1);
        let (tx2, rx2) = chan::<u32>(0);
        let mut select = pin!(async {
            select! {
                m = rx1.recv() => m.unwrap(),
                m = rx2.recv() => m.unwrap(),
                _ = pending::<()>() => 1,
                complete => 8,
            }
        });
        assert_eq!(poll_once(&mut select).await, None);
        drop(tx1);
        assert_eq!(poll_once(&mut select).await, None);
        tx2.close();
        assert_eq!(poll_once(&mut select).await, Some(8));
    });
}

#[test]
fn a_send_that_sleeps_is_woken_by_close() {
    for capacity in [0, 1] {
        block_on(async {
            let (tx, rx) = chan::<u32>(capacity);
            while capacity > 0 && tx.try_send(0).is_ok() {}
            let mut select = pin!(async {
                select! {
                    res = tx.send(7) => res.unwrap_err().into_inner(),
                    _ = pending::<()>() => 1,
                }
            });
            assert_eq!(poll_once(&mut select).await, None);
            rx.close();
            assert_eq!(poll_once(&mut select).await, Some(7));
        });
    }
}

#[test]
fn with_every_case_disabled_and_no_other_arm_it_waits_for_ever() {
    block_on(async {
        let mut select = pin!(async {
            select! { _ = pending::<()>(), if false => {} }
        });
        for _ in 0..3 {
            assert_eq!(poll_once(&mut select).await, None);
        }
        let mut empty = pin!(async {
            select! {}
        });
        assert!(poll_once(&mut empty).await.is_none());
    });
}
