//! A select acts on one instant: with a default, it does not overlook what was ready all the time, only because it moved
//! from one channel to another while the select looked. On the deterministic executor these are plain statements.

use std::future::poll_fn;
use std::task::Poll;

use super::backend::{self, RecvError, Select, chan, select};

/// Rounds are cheap, and the window is small.
const ROUNDS: usize = 1000;

/// A future that is never ready, and does something when a select looks at it: another thread's work, at a known place.
fn meanwhile(mut act: impl FnMut()) -> impl Future<Output = ()> {
    poll_fn(move |_| {
        act();
        Poll::Pending
    })
}

#[test]
fn what_moves_between_two_looks_is_not_overlooked() {
    run!({
        // A value from the one still to come to the one that was empty.
        let ((tx1, rx1), (tx2, rx2)) = (chan(1), chan(1));
        send!(tx1, 1).unwrap();
        let found = select! {
            biased;
            n = rx2.recv() => n,
            _ = meanwhile(|| tx2.try_send(rx1.try_recv().unwrap()).unwrap()) => unreachable!(),
            n = rx1.recv() => n,
            default => panic!("there was a value all the time"),
        };
        assert_eq!(found, Ok(1));

        // Room, from the one still to come to the one that was full.
        send!(tx2, 2).unwrap();
        let sent_to_2 = select! {
            biased;
            sent = tx2.send(3) => { sent.unwrap(); true }
            _ = meanwhile(|| tx1.try_send(rx2.try_recv().unwrap()).unwrap()) => unreachable!(),
            sent = tx1.send(3) => { sent.unwrap(); false }
            default => panic!("there was room all the time"),
        };
        assert!(sent_to_2);
        assert_eq!((rx1.try_recv(), rx2.try_recv()), (Ok(2), Ok(3)));

        // The end of one channel, and then the only value of the other.
        send!(tx1, 4).unwrap();
        let end = select! {
            biased;
            n = rx2.recv() => n,
            _ = meanwhile(|| { tx2.close(); rx1.try_recv().unwrap(); }) => unreachable!(),
            n = rx1.recv() => n,
            default => panic!("one was ready all the time"),
        };
        assert_eq!(end, Err(RecvError));
    });
}

#[test]
fn what_moves_between_two_looks_of_a_list_is_not_overlooked() {
    run!({
        let ((tx1, rx1), (tx2, rx2)) = (chan(1), chan(1));
        send!(tx1, 1).unwrap();
        let mut first = true;
        let mut list = Select::biased();
        list.recv(&rx2, |n| n);
        list.future(
            Box::pin(meanwhile(|| {
                if std::mem::take(&mut first) {
                    tx2.try_send(rx1.try_recv().unwrap()).unwrap();
                }
            })),
            |()| unreachable!(),
        );
        list.recv(&rx1, |n| n);
        assert!(list.try_ready().is_some(), "there was a value all the time");
        assert_eq!(list.try_run(), Some(Ok(1)));
        assert_eq!(list.try_run(), None);
    });
}

#[test]
fn while_one_of_two_channels_has_a_value_a_select_with_default_finds_it() {
    run!({
        let (give, next) = chan(0);
        let mover = go!({
            while let Ok((tx2, rx1)) = recv!(next) {
                let (tx2, rx1): (backend::Sender<u32>, backend::Receiver<u32>) = (tx2, rx1);
                // First the second, then not the first any more.
                let _ = tx2.try_send(1);
                let _ = rx1.try_recv();
            }
        });
        for round in 0..ROUNDS {
            let ((tx1, rx1), (tx2, rx2)) = (chan(1), chan(1));
            send!(tx1, 1).unwrap();
            send!(give, (tx2.clone(), rx1.clone())).unwrap();
            let found = select! { _ = rx1.recv() => true, _ = rx2.recv() => true, default => false };
            assert!(found, "round {round}: there was a value all the time");
        }
        drop(give);
        done!(mover);
    });
}

#[test]
fn while_one_of_two_channels_is_closed_or_has_a_value_a_select_with_default_finds_it() {
    run!({
        let (give, next) = chan(0);
        let mover = go!({
            while let Ok((tx2, rx1)) = recv!(next) {
                let (tx2, rx1): (backend::Sender<u32>, backend::Receiver<u32>) = (tx2, rx1);
                tx2.close();
                let _ = rx1.try_recv();
            }
        });
        for round in 0..ROUNDS {
            let ((tx1, rx1), (tx2, rx2)) = (chan(1), chan(0));
            send!(tx1, 1).unwrap();
            send!(give, (tx2.clone(), rx1.clone())).unwrap();
            let found = select! { _ = rx1.recv() => true, _ = rx2.recv() => true, default => false };
            assert!(found, "round {round}: one was ready all the time");
        }
        drop(give);
        done!(mover);
    });
}

#[test]
fn while_one_of_two_channels_has_room_a_select_with_default_finds_it() {
    run!({
        let (give, next) = chan(0);
        let mover = go!({
            while let Ok((tx1, rx2)) = recv!(next) {
                let (tx1, rx2): (backend::Sender<u32>, backend::Receiver<u32>) = (tx1, rx2);
                // First there is room in the second, then not in the first any more.
                let _ = rx2.try_recv();
                let _ = tx1.try_send(1);
            }
        });
        for round in 0..ROUNDS {
            let ((tx1, _rx1), (tx2, rx2)) = (chan(1), chan(1));
            send!(tx2, 1).unwrap();
            send!(give, (tx1.clone(), rx2.clone())).unwrap();
            let found = select! { _ = tx1.send(2) => true, _ = tx2.send(2) => true, default => false };
            assert!(found, "round {round}: there was room all the time");
        }
        drop(give);
        done!(mover);
    });
}

#[test]
fn what_is_received_while_a_channel_closes_is_a_value_or_the_end_but_never_nothing() {
    run!({
        let (give, next) = chan(0);
        let closer = go!({
            while let Ok((tx, rx)) = recv!(next) {
                let (tx, rx): (backend::Sender<u32>, backend::Receiver<u32>) = (tx, rx);
                tx.close();
                let _ = rx.try_recv();
            }
        });
        for round in 0..ROUNDS {
            let (tx, rx) = chan(1);
            send!(tx, 1).unwrap();
            send!(give, (tx, rx.clone())).unwrap();
            let ready = select! { _ = rx.recv() => true, default => false };
            assert!(ready, "round {round}: it has a value or is closed");
        }
        drop(give);
        done!(closer);
    });
}
