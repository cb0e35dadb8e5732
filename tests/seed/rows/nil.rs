//! Disabling a case with `nil()`.
//!
//! The seed's `nil()` has no receive at all.

use super::MOMENT;
use super::backend::{
    self, Receiver, RecvError, RecvTimeoutError, SendTimeoutError, TryRecvError, TrySendError, after, chan, nil, select,
};

#[test]
fn every_operation_on_a_nil_channel_waits_for_ever() {
    run!({
        let (tx, rx) = nil();
        assert_eq!(tx.try_send(1), Err(TrySendError::Full(1)));
        assert_eq!(rx.try_recv(), Err(TryRecvError::Empty));
        assert_eq!(send_timeout!(tx, 2, MOMENT), Err(SendTimeoutError::Timeout(2)));
        assert_eq!(recv_timeout!(rx, MOMENT), Err(RecvTimeoutError::Timeout));
        assert!(!tx.close() && !rx.is_closed());
        assert_eq!(recv_timeout!(rx, MOMENT), Err(RecvTimeoutError::Timeout));
    });
}

#[test]
fn a_nil_case_falls_through_to_the_default() {
    run!({
        let (tx, rx) = nil::<u32>();
        for _ in 0..100 {
            let fell_through = select! {
                _ = rx.recv() => false,
                _ = tx.send(1) => false,
                default => true,
            };
            assert!(fell_through);
        }
        assert!(select! { _ = rx.recv() => false, _ = tx.send(1) => false, default(after(MOMENT)) => true });
    });
}

#[test]
fn a_nil_case_leaves_the_others_alone() {
    run!({
        let (tx, rx) = chan(4);
        let (never_sent, never_received) = nil::<u32>();
        let sender = go!({
            for n in 0..200 {
                send!(tx, n).unwrap();
            }
        });
        for n in 0..200 {
            let message = select! {
                message = rx.recv() => message,
                _ = never_received.recv() => unreachable!("nil"),
                _ = never_sent.send(0) => unreachable!("nil"),
            };
            assert_eq!(message, Ok(n));
        }
        done!(sender);
    });
}

#[test]
fn a_channel_is_disabled_and_enabled_again_by_swapping_it_for_nil() {
    run!({
        // After each message from one side, only the other side is listened to.
        let (to_left, left) = chan(8);
        let (to_right, right) = chan(8);
        for n in 0..8 {
            send!(to_left, ("left", n)).unwrap();
            send!(to_right, ("right", n)).unwrap();
        }
        let (_, silent) = nil();
        let (mut listen, mut rest) = ((left, silent.clone()), (silent, right));
        for turn in 0..16 {
            let heard = select! {
                message = listen.0.recv() => message,
                message = listen.1.recv() => message,
            };
            assert_eq!(heard, Ok((if turn % 2 == 0 { "left" } else { "right" }, turn / 2)));
            std::mem::swap(&mut listen, &mut rest);
        }
    });
}

#[test]
fn an_option_that_is_none_and_a_false_guard_disable_a_case_too() {
    run!({
        let (tx, rx) = chan(1);
        send!(tx, 1).unwrap();
        let mut enabled: Option<&Receiver<u32>> = None;
        for _ in 0..100 {
            select! {
                _ = enabled.map(|rx| rx.recv()) => unreachable!("none"),
                _ = rx.recv(), if enabled.is_some() => unreachable!("the guard is false"),
                default => {}
            }
        }
        enabled = Some(&rx);
        let message = select! { message = enabled.map(|rx| rx.recv()) => message, default => Ok(0) };
        assert_eq!(message, Ok(1));
    });
}

#[test]
fn an_ended_source_is_replaced_by_nil_and_the_rest_goes_on() {
    run!({
        let (tx_a, mut a) = chan(2);
        let (tx_b, mut b) = chan(0);
        go!({
            for n in 0..10 {
                send!(tx_a, n).unwrap();
            }
        });
        go!({
            for n in 10..50 {
                send!(tx_b, n).unwrap();
            }
        });
        let (mut from_a, mut from_b, mut turns) = (Vec::new(), Vec::new(), 0);
        let mut open = 2;
        while open > 0 {
            turns += 1;
            select! {
                message = a.recv() => match message {
                    Ok(n) => from_a.push(n),
                    Err(RecvError) => { a = nil().1; open -= 1 }
                },
                message = b.recv() => match message {
                    Ok(n) => from_b.push(n),
                    Err(RecvError) => { b = nil().1; open -= 1 }
                },
            }
        }
        assert!(from_a.into_iter().eq(0..10));
        assert!(from_b.into_iter().eq(10..50));
        // A closed source would have been ready for ever: no turn was idle.
        assert_eq!(turns, 50 + 2);
    });
}
