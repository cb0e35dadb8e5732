//! "Close": no more values will be sent; what was sent is received first; then receives proceed at once, without a value.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::MOMENT;
use super::backend::{self, RecvError, SendError, TryRecvError, TrySendError, chan, select};

#[test]
fn a_receive_from_a_closed_channel_proceeds_at_once_after_the_values() {
    run!({
        for capacity in [0, 1, 10] {
            let (tx, rx) = chan(capacity);
            for n in 0..capacity {
                send!(tx, n).unwrap();
            }
            tx.close();
            for n in 0..capacity {
                assert_eq!(recv!(rx), Ok(n));
            }
            for _ in 0..3 {
                assert_eq!(recv!(rx), Err(RecvError));
                assert_eq!(rx.try_recv(), Err(TryRecvError::Closed));
            }
        }
    });
}

#[test]
fn a_send_on_a_closed_channel_fails_and_a_second_close_says_so() {
    run!({
        for capacity in [0, 1, 10] {
            let (tx, rx) = chan(capacity);
            assert!(tx.close());
            assert!(!tx.close() && !rx.close());
            assert_eq!(send!(tx, 1), Err(SendError(1)));
            assert_eq!(tx.try_send(1), Err(TrySendError::Closed(1)));
            assert!(rx.is_empty());
        }
    });
}

#[test]
fn close_wakes_every_receiver_sender_and_select() {
    run!({
        const EACH: usize = 10;
        let (tx, rx) = chan(1);
        send!(tx, 0).unwrap();
        let (_quiet, nothing) = chan::<u32>(0);
        let (empty, from_empty) = chan::<u32>(0);
        let mut tasks = Vec::new();
        for _ in 0..EACH {
            let (tx, from_empty) = (tx.clone(), from_empty.clone());
            let nothing = nothing.clone();
            let tx2 = tx.clone();
            let from_empty2 = from_empty.clone();
            tasks.push(go!({ recv!(from_empty).is_err() }));
            tasks.push(go!({ send!(tx, 1).is_err() }));
            tasks.push(go!({
                select! {
                    message = from_empty2.recv() => message.is_err(),
                    sent = tx2.send(2) => sent.is_err(),
                    _ = nothing.recv() => false,
                }
            }));
        }
        sleep!(MOMENT);
        assert!(tx.close() && empty.close());
        for task in tasks {
            assert!(done!(task));
        }
        // What had been sent is still there; what failed is not.
        assert_eq!(collect!(rx), [0]);
    });
}

#[test]
fn a_closed_channel_in_a_select_is_ready_at_once() {
    run!({
        let (tx, rx) = chan::<u32>(0);
        let (_quiet, nothing) = chan::<u32>(0);
        tx.close();
        for _ in 0..100 {
            let end = select! { end = rx.recv() => end, _ = nothing.recv() => Ok(1) };
            assert_eq!(end, Err(RecvError));
            let end = select! { end = rx.recv() => end, default => Ok(1) };
            assert_eq!(end, Err(RecvError));
            let failed = select! { failed = tx.send(3) => failed, _ = nothing.recv() => Ok(()), default => Ok(()) };
            assert_eq!(failed, Err(SendError(3)));
        }
    });
}

#[test]
fn of_many_that_close_one_has_done_it() {
    run!({
        for _ in 0..20 {
            let (tx, rx) = chan::<u32>(1);
            let closed = Arc::new(AtomicUsize::new(0));
            let tasks: Vec<_> = (0..4)
                .map(|n| {
                    let (tx, rx, closed) = (tx.clone(), rx.clone(), closed.clone());
                    go!({
                        let did = if n % 2 == 0 { tx.close() } else { rx.close() };
                        closed.fetch_add(usize::from(did), Ordering::SeqCst);
                    })
                })
                .collect();
            for task in tasks {
                done!(task);
            }
            assert_eq!(closed.load(Ordering::SeqCst), 1);
        }
    });
}
