//! When a send and a receive can proceed: "Send statements", "Receive operator", "Channel types".

use std::panic::catch_unwind;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::MOMENT;
use super::backend::{self, RecvError, SendError, chan, nil, select};

/// Whether a statement can proceed, or would block.
macro_rules! proceeds {
    ($operation:expr) => {
        select! { _ = $operation => true, default => false }
    };
}

#[test]
fn the_table_of_what_proceeds_and_what_blocks() {
    run!({
        // No channel.
        let (tx, rx) = nil::<u32>();
        assert!(!proceeds!(tx.send(1)) && !proceeds!(rx.recv()));
        // Unbuffered, nobody on the other side.
        let (tx, rx) = chan::<u32>(0);
        assert!(!proceeds!(tx.send(1)) && !proceeds!(rx.recv()));
        // Buffered and empty; with one; full.
        let (tx, rx) = chan::<u32>(2);
        assert!(!proceeds!(rx.recv()));
        assert!(proceeds!(tx.send(1)) && proceeds!(rx.recv()) && !proceeds!(rx.recv()));
        assert!(proceeds!(tx.send(1)) && proceeds!(tx.send(2)) && !proceeds!(tx.send(3)));
        // Closed with values in it, and without: everything proceeds.
        tx.close();
        assert!(proceeds!(rx.recv()) && proceeds!(rx.recv()) && proceeds!(rx.recv()) && proceeds!(tx.send(1)));
        // Unbuffered and closed.
        let (tx, rx) = chan::<u32>(0);
        tx.close();
        assert!(proceeds!(rx.recv()) && proceeds!(tx.send(1)));
    });
}

#[test]
fn an_unbuffered_send_proceeds_when_a_receiver_is_ready_and_a_receive_when_a_sender_is() {
    run!({
        let (tx, rx) = chan(0);
        let receiver = {
            let rx = rx.clone();
            go!({ recv!(rx) })
        };
        while !proceeds!(tx.send(1)) {
            sleep!(MOMENT);
        }
        assert_eq!(done!(receiver), Ok(1));

        let sender = go!({ send!(tx, 2) });
        let received = loop {
            match select! { n = rx.recv() => Some(n), default => None } {
                Some(n) => break n,
                None => sleep!(MOMENT),
            }
        };
        assert_eq!(received, Ok(2));
        assert_eq!(done!(sender), Ok(()));
    });
}

#[test]
fn a_send_blocks_until_there_is_room_and_a_receive_until_there_is_a_value() {
    run!({
        for capacity in 0..5 {
            let (tx, rx) = chan(capacity);
            let sent = Arc::new(AtomicUsize::new(0));
            let sender = {
                let sent = sent.clone();
                go!({
                    for n in 0..capacity + 3 {
                        send!(tx, n).unwrap();
                        sent.fetch_add(1, Ordering::SeqCst);
                    }
                })
            };
            sleep!(MOMENT);
            assert!(sent.load(Ordering::SeqCst) <= capacity);
            for n in 0..capacity + 3 {
                assert_eq!(recv!(rx), Ok(n));
                assert!(sent.load(Ordering::SeqCst) <= capacity + n + 1);
            }
            done!(sender);

            let (tx, rx) = chan(capacity);
            let received = Arc::new(AtomicUsize::new(0));
            let receiver = {
                let received = received.clone();
                go!({
                    recv!(rx).unwrap();
                    received.fetch_add(1, Ordering::SeqCst)
                })
            };
            sleep!(MOMENT);
            assert_eq!(received.load(Ordering::SeqCst), 0);
            send!(tx, 1).unwrap();
            done!(receiver);
        }
    });
}

#[test]
fn len_is_what_is_queued_and_cap_what_was_asked_for() {
    run!({
        for capacity in [0, 1, 2, 10, 1000] {
            let (tx, rx) = chan(capacity);
            assert_eq!((tx.capacity(), rx.len()), (Some(capacity), 0));
            for n in 0..capacity {
                send!(tx, n).unwrap();
                assert_eq!(rx.len(), n + 1);
            }
            assert_eq!(rx.is_full(), !proceeds!(tx.send(0)));
        }
        let (tx, rx) = nil::<u32>();
        assert_eq!((tx.len(), rx.len()), (0, 0));
    });
}

#[test]
fn values_without_a_size_are_counted_like_others() {
    run!({
        let (tx, rx) = chan(1_000_000);
        for _ in 0..1000 {
            send!(tx, ()).unwrap();
        }
        assert_eq!(rx.len(), 1000);
        tx.close();
        assert_eq!(collect!(rx).len(), 1000);

        let (tx, rx) = chan(0);
        let sender = go!({
            for _ in 0..100 {
                send!(tx, [0_u8; 0]).unwrap();
            }
        });
        assert_eq!(collect!(rx).len(), 100);
        done!(sender);
    });
}

#[test]
fn a_size_out_of_range_panics_when_the_channel_is_made() {
    for capacity in [usize::MAX, usize::MAX / 2, isize::MAX as usize / 4096 + 1] {
        assert!(catch_unwind(|| chan::<[u8; 4096]>(capacity)).is_err());
    }
}

#[test]
fn a_channel_is_a_value_and_goes_through_channels() {
    run!({
        // A request with the channel for its reply, Go's usual way.
        let (requests, served) = chan(0);
        let server = go!({
            let mut answers = 0;
            while let Ok((n, reply)) = recv!(served) {
                let reply: chan_core::Sender<u64> = reply;
                send!(reply, n * n).unwrap();
                answers += 1;
            }
            answers
        });
        for n in 0..200_u64 {
            let (reply, answer) = chan(0);
            send!(requests, (n, reply)).unwrap();
            assert_eq!(recv!(answer), Ok(n * n));
            assert_eq!(recv!(answer), Err(RecvError));
        }
        drop(requests);
        assert_eq!(done!(server), 200);
    });
}

#[test]
fn a_failed_send_has_sent_nothing() {
    run!({
        let (tx, rx) = chan(2);
        send!(tx, "one").unwrap();
        tx.close();
        assert_eq!(send!(tx, "two"), Err(SendError("two")));
        assert_eq!(collect!(rx), ["one"]);
    });
}
