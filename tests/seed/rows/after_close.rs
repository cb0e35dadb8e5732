//! Go's `v, ok` after close: what was sent before is received with `ok`, and only then comes the end.
//!
//! In the seed's code drained values arrived with `ok = False`.

use super::backend::{self, RecvError, RecvTimeoutError, SendError, TryRecvError, TrySendError, after, chan, select};
use super::{MINUTE, MOMENT};

#[test]
fn drained_values_are_ok_in_every_form_of_receiving() {
    run!({
        let (tx, rx) = chan(8);
        for n in 0..8 {
            send!(tx, n).unwrap();
        }
        assert!(tx.close());

        assert_eq!(recv!(rx), Ok(0));
        assert_eq!(rx.try_recv(), Ok(1));
        assert_eq!(recv_timeout!(rx, MOMENT), Ok(2));
        assert_eq!(select! { message = rx.recv() => message, default => Ok(100) }, Ok(3));
        assert_eq!(select! { message = rx.recv() => message, complete => Ok(100) }, Ok(4));
        assert_eq!(select! { message = rx.recv() => message, default(after(MINUTE)) => Ok(100) }, Ok(5));
        assert_eq!(rx.try_iter().next(), Some(6));
        assert_eq!(collect!(rx), [7]);

        // And now the end, as often as one asks.
        for _ in 0..3 {
            assert_eq!(recv!(rx), Err(RecvError));
            assert_eq!(rx.try_recv(), Err(TryRecvError::Closed));
            assert_eq!(recv_timeout!(rx, MINUTE), Err(RecvTimeoutError::Closed));
            assert_eq!(select! { message = rx.recv() => message, default => Ok(100) }, Err(RecvError));
            assert_eq!(select! { message = rx.recv() => message, complete => Ok(100) }, Ok(100));
            assert_eq!(select! { message = rx.recv() => message, default(after(MINUTE)) => Ok(1) }, Err(RecvError));
            assert_eq!(collect!(rx), []);
        }
    });
}

#[test]
fn whoever_closes_and_however_the_values_stay_ok() {
    run!({
        for how in 0..3 {
            let (tx, rx) = chan(2);
            send!(tx, 'a').unwrap();
            send!(tx, 'b').unwrap();
            match how {
                0 => assert!(tx.close()),
                1 => assert!(rx.close()),
                _ => drop(tx),
            }
            assert!(rx.is_closed());
            assert_eq!(recv!(rx), Ok('a'));
            assert_eq!(recv!(rx), Ok('b'));
            assert_eq!(recv!(rx), Err(RecvError));
        }
    });
}

#[test]
fn a_send_after_close_gives_its_message_back_in_every_form() {
    run!({
        for capacity in [0, 2] {
            let (tx, rx) = chan(capacity);
            assert!(rx.close() && !rx.close() && !tx.close());
            assert_eq!(send!(tx, 1), Err(SendError(1)));
            assert_eq!(tx.try_send(2), Err(TrySendError::Closed(2)));
            assert_eq!(send_timeout!(tx, 3, MINUTE).unwrap_err().into_inner(), 3);
            assert_eq!(select! { sent = tx.send(4) => sent, default => Ok(()) }, Err(SendError(4)));
        }
    });
}

#[test]
fn values_and_the_end_arrive_in_this_order_while_others_are_at_work() {
    run!({
        for capacity in [0, 1, 5] {
            let (tx, rx) = chan(capacity);
            let sender = go!({
                for n in 0..100 {
                    send!(tx, n).unwrap();
                }
                tx.close();
            });
            for n in 0..100 {
                assert_eq!(recv!(rx), Ok(n), "capacity {capacity}");
            }
            assert_eq!(recv!(rx), Err(RecvError));
            done!(sender);
        }
    });
}
