//! "A send on a nil channel blocks forever", "receiving from a nil channel blocks forever".

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::MOMENT;
use super::backend::{self, chan, nil, select};

#[test]
fn a_select_never_chooses_a_nil_channel() {
    run!({
        let (tx, rx) = chan(10);
        let (no_tx, no_rx) = nil::<u32>();
        for n in 0..500 {
            select! {
                _ = no_tx.send(1) => unreachable!(),
                _ = no_rx.recv() => unreachable!(),
                sent = tx.send(n) => sent.unwrap(),
                _ = no_rx.recv() => unreachable!(),
            }
            select! {
                _ = no_tx.send(1) => unreachable!(),
                message = rx.recv() => assert_eq!(message, Ok(n)),
                _ = no_rx.recv() => unreachable!(),
                _ = no_tx.send(2) => unreachable!(),
            }
        }
    });
}

#[test]
fn only_nil_channels_and_a_default_is_the_default() {
    run!({
        let (tx, rx) = nil::<u32>();
        for _ in 0..100 {
            assert!(select! { _ = tx.send(1) => false, _ = rx.recv() => false, default => true });
        }
    });
}

#[test]
fn only_nil_channels_and_no_default_is_for_ever() {
    run!({
        let woke = Arc::new(AtomicBool::new(false));
        // A task of its own for each, which the end of the test leaves behind, as the end of a Go program does.
        for way in 0..3 {
            let woke = woke.clone();
            let (tx, rx) = nil::<u32>();
            go!({
                match way {
                    0 => select! { _ = tx.send(1) => {}, _ = rx.recv() => {} },
                    1 => drop(send!(tx, 1)),
                    _ => drop(recv!(rx)),
                }
                woke.store(true, Ordering::SeqCst);
            });
        }
        sleep!(MOMENT);
        assert!(!woke.load(Ordering::SeqCst));
    });
}

#[test]
fn to_close_a_nil_channel_does_nothing() {
    let (tx, rx) = nil::<u32>();
    assert!(!tx.close() && !rx.close() && !tx.is_closed());
}
