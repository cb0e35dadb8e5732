//! Reservations as cases: the one that is chosen has its permit, the others have taken no room.

use std::thread;
use std::time::Duration;

use chan_core::case::Operation;
use chan_core::{SendError, bounded, chan, nil};
use chan_select::{Select, select, select_blocking};
use futures_lite::future::{block_on, poll_once, ready, yield_now, zip};

fn is_native<O: Operation>(_: &O) {}

#[test]
fn reservations_are_operations() {
    let (tx, _rx) = bounded::<u8>(1);
    is_native(&tx.reserve());
    is_native(&&mut tx.reserve());
    is_native(&Some(tx.clone().reserve_owned()));
    is_native(&Box::pin(tx.reserve()));
}

#[test]
fn a_reservation_that_loses_has_taken_no_room() {
    block_on(async {
        for capacity in 1..4 {
            let (tx, rx) = bounded(capacity);
            let mut wins = [0; 3];
            for _ in 0..300 {
                select! {
                    permit = tx.reserve() => { permit.unwrap().send(1); wins[0] += 1; }
                    permit = tx.clone().reserve_owned() => { drop(permit.unwrap().send(1)); wins[1] += 1; }
                    _ = ready(()) => wins[2] += 1,
                }
                // What was not sent is free.
                let sent = rx.try_iter().count();
                assert!(sent <= 1);
                let all: Vec<_> = (0..capacity).map(|_| tx.try_reserve().unwrap()).collect();
                assert!(tx.is_full());
                drop(all);
            }
            assert!(wins.iter().all(|wins| *wins > 0), "{wins:?}");
        }
    });
}

#[test]
fn a_message_is_made_when_there_is_room_for_it() {
    // The producer asks for work and for room at once, and makes nothing that it could not pass on.
    let (work, orders) = bounded(0);
    let (tx, rx) = bounded(1);
    block_on(zip(
        zip(
            async {
                for order in 0..100 {
                    work.send(order).await.unwrap();
                }
                drop(work);
            },
            async {
                let (mut ready_orders, mut open) = (Vec::new(), true);
                while open || !ready_orders.is_empty() {
                    let empty = ready_orders.is_empty();
                    select! {
                        order = orders.recv(), if open => match order {
                            Ok(order) => ready_orders.insert(0, order),
                            Err(_) => open = false,
                        },
                        permit = tx.reserve(), if !empty => permit.unwrap().send(ready_orders.pop().unwrap()),
                    }
                }
                drop(tx);
            },
        ),
        async {
            for expected in 0..100 {
                assert_eq!(rx.recv().await, Ok(expected));
            }
            assert!(rx.recv().await.is_err());
        },
    ));
}

#[test]
fn default_runs_when_there_is_no_room() {
    block_on(async {
        let (tx, rx) = bounded(1);
        let mut got = Vec::new();
        for i in 0..3 {
            let sent = select! {
                permit = tx.reserve() => { permit.unwrap().send(i); true }
                default => false,
            };
            got.push(sent);
        }
        assert_eq!(got, [true, false, false]);
        assert_eq!(rx.try_recv(), Ok(0));
        // At capacity 0 a waiting receive is the room.
        let (tx, rx) = chan(0);
        let sent = select! { permit = tx.reserve() => { permit.unwrap().send(1); true } default => false };
        assert!(!sent);
        let mut recv = rx.recv();
        assert!(poll_once(&mut recv).await.is_none());
        let sent = select! { permit = tx.reserve() => { permit.unwrap().send(1); true } default => false };
        assert!(sent);
        assert_eq!(recv.await, Ok(1));
    });
}

#[test]
fn closed_and_nil_channels() {
    block_on(async {
        let (tx, rx) = bounded::<u8>(1);
        let (nil_tx, _nil_rx) = nil::<u8>();
        drop(rx);
        let closed = select! {
            permit = tx.reserve() => matches!(permit, Err(SendError(()))),
            _ = nil_tx.reserve() => unreachable!("never ready"),
        };
        assert!(closed);
        let complete = select! {
            _ = tx.reserve() => false,
            _ = tx.clone().reserve_owned() => false,
            _ = nil_tx.reserve() => false,
            complete => true,
        };
        assert!(complete);
    });
}

/// Two tasks that each reserve on one channel and receive on the other, at every capacity: each message arrives.
#[test]
fn crosswise_with_permits() {
    for capacity in [0, 1, 2] {
        const N: u32 = 500;
        let (left_tx, left_rx) = bounded(capacity);
        let (right_tx, right_rx) = bounded(capacity);
        let side = |tx: chan_core::Sender<u32>, rx: chan_core::Receiver<u32>| {
            thread::spawn(move || {
                let (mut sent, mut got) = (0, Vec::new());
                while sent < N || got.len() < N as usize {
                    select_blocking! {
                        permit = tx.reserve(), if sent < N => { permit.unwrap().send(sent); sent += 1; }
                        message = rx.recv(), if got.len() < N as usize => got.push(message.unwrap()),
                    }
                }
                got
            })
        };
        let (left, right) = (side(left_tx, right_rx), side(right_tx, left_rx));
        let all: Vec<_> = (0..N).collect();
        assert_eq!(left.join().unwrap(), all, "capacity {capacity}");
        assert_eq!(right.join().unwrap(), all, "capacity {capacity}");
    }
}

#[test]
fn a_list_of_cases_takes_reservations() {
    let (tx, rx) = bounded::<u8>(1);
    let mut select = Select::new();
    select.operation(tx.reserve(), |permit| permit.map(|permit| permit.send(7)).is_ok());
    assert_eq!(block_on(select.run()), Some(true));
    select.operation(tx.reserve(), |permit| permit.is_ok());
    assert_eq!(select.try_run(), None, "full");
    assert_eq!(rx.try_recv(), Ok(7));
    assert_eq!(block_on(select.run()), Some(true));
    drop(select);
    assert!(!tx.is_full(), "dropped by its map");
}

/// At capacity 0 a receive is what a reservation waits for; the one beside it in the same select is none.
#[test]
fn a_reservation_does_not_talk_to_its_own_select() {
    let (tx, rx) = bounded::<u8>(0);
    let alone = block_on(async {
        select! {
            _ = tx.reserve() => false,
            _ = rx.recv() => false,
            default(yield_now()) => true,
        }
    });
    assert!(alone, "a select");

    let soon = Duration::from_millis(5);
    let mut once = Select::new();
    once.operation(tx.reserve(), drop);
    once.operation(rx.recv(), drop);
    assert_eq!(once.ready_timeout_blocking(soon), None);
    drop(once);

    let mut select = Select::new();
    select.operation(tx.clone().reserve_owned(), |_| "permit");
    select.recv(&rx, |_| "message");
    for _ in 0..2 {
        assert_eq!(select.run_timeout_blocking(soon), None);
        assert_eq!(select.ready_timeout_blocking(soon), None);
        assert_eq!(select.try_run(), None);
    }
    // It comes to rest, and is there for others.
    let mut moved = Box::new(select);
    assert_eq!(moved.try_run(), None);
    let peer = thread::spawn(move || tx.reserve_blocking().map(|permit| permit.send(7)));
    assert_eq!(moved.run_blocking(), Some("message"));
    assert!(peer.join().unwrap().is_ok());
}

/// Two such selects on one channel meet: each reservation is for the other one's receive.
#[test]
fn two_selects_that_reserve_and_receive_on_one_channel() {
    const N: u32 = 300;
    let (tx, rx) = bounded::<u32>(0);
    let side = |tx: chan_core::Sender<u32>, rx: chan_core::Receiver<u32>| {
        thread::spawn(move || {
            let (mut sent, mut got) = (0, 0);
            loop {
                select_blocking! {
                    permit = tx.reserve(), if sent < N => { permit.unwrap().send(1); sent += 1; }
                    message = rx.recv() => match message {
                        Ok(n) => got += n,
                        Err(_) => return got,
                    },
                }
                if sent == N {
                    break;
                }
            }
            drop(tx);
            while let Ok(n) = rx.recv_blocking() {
                got += n;
            }
            got
        })
    };
    let (one, other) = (side(tx.clone(), rx.clone()), side(tx, rx));
    assert_eq!(one.join().unwrap() + other.join().unwrap(), 2 * N);
}

/// A reservation on an unbounded channel never waits, also where the offer of another case goes first, so that it is
/// registered before it has been looked at.
#[test]
fn an_unbounded_reservation_behind_an_offer_that_goes_first() {
    let (rendezvous, meet) = bounded::<u8>(0);
    let (tx, rx) = chan_core::unbounded::<u8>();
    let mut receive = Box::pin(meet.recv());
    assert!(block_on(poll_once(&mut receive)).is_none());
    // Nobody polls the receive, so the reservation wins in the end.
    let chosen = block_on(async {
        select! {
            biased;
            _ = rendezvous.send(1) => "send",
            permit = tx.reserve() => { permit.unwrap().send(2); "reserve" }
        }
    });
    assert_eq!((chosen, rx.try_recv()), ("reserve", Ok(2)));

    let mut select = Select::biased();
    select.operation(rendezvous.send(1), |_| "send");
    select.operation(tx.reserve(), |permit| {
        permit.unwrap().send(3);
        "reserve"
    });
    assert_eq!((block_on(select.run()), rx.try_recv()), (Some("reserve"), Ok(3)));
}
