//! Rendezvous sends as cases: a peer may take their offers while the select sleeps, and yet exactly one case takes
//! effect, also where selects face each other.

use chan_core::{bounded, unbounded};
use chan_select::select;
use futures_lite::future::{block_on, pending, poll_once, ready, yield_now};
use std::cell::Cell;
use std::pin::pin;
use std::rc::Rc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

#[test]
fn an_offer_that_a_peer_takes_is_the_case_that_runs() {
    block_on(async {
        for taken in [0, 1] {
            let (tx0, rx0) = bounded(0);
            let (tx1, rx1) = bounded(0);
            let mut select = pin!(async {
                select! {
                    res = tx0.send("zero") => { res.unwrap(); 0 }
                    res = tx1.send("one") => { res.unwrap(); 1 }
                    _ = pending::<()>() => 2,
                }
            });
            assert_eq!(poll_once(&mut select).await, None);
            assert_eq!([&rx0, &rx1][taken].try_recv(), Ok(["zero", "one"][taken]));
            // The other one is no longer there to be taken.
            assert!([&rx1, &rx0][taken].try_recv().is_err());
            assert_eq!(poll_once(&mut select).await, Some(taken));
        }
    });
}

#[test]
fn a_send_alone_is_a_send() {
    block_on(async {
        let (tx, rx) = bounded(0);
        let mut select = pin!(async {
            select! { res = tx.send(7) => res.is_ok() }
        });
        assert_eq!(poll_once(&mut select).await, None);
        assert_eq!(rx.try_recv(), Ok(7));
        assert_eq!(poll_once(&mut select).await, Some(true));
    });
}

#[test]
fn an_offer_that_was_taken_before_the_channel_closed_was_sent() {
    block_on(async {
        let (tx, rx) = bounded(0);
        let mut select = pin!(async {
            select! { res = tx.send(7) => res.is_ok(), complete => false }
        });
        assert_eq!(poll_once(&mut select).await, None);
        assert_eq!(rx.try_recv(), Ok(7));
        rx.close();
        assert_eq!(poll_once(&mut select).await, Some(true));
    });
}

#[derive(Debug)]
struct Counted(Rc<Cell<u32>>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.set(self.0.get() + 1);
    }
}

#[test]
fn losing_offers_are_dropped_once_and_taken_ones_by_their_receiver() {
    block_on(async {
        let drops = Rc::new(Cell::new(0));
        let (tx0, rx0) = bounded(0);
        let (tx1, rx1) = bounded(0);
        let message = || Counted(drops.clone());
        {
            let mut select = pin!(async {
                select! { _ = tx0.send(message()) => 0, _ = tx1.send(message()) => 1 }
            });
            assert_eq!(poll_once(&mut select).await, None);
            let received = rx1.try_recv().unwrap();
            assert_eq!(drops.get(), 0);
            assert_eq!(poll_once(&mut select).await, Some(1));
            assert_eq!(drops.get(), 1);
            drop(received);
            assert_eq!(drops.get(), 2);
        }
        // Dropped from outside, not taken and taken.
        for taken in [false, true] {
            let received = {
                let mut select = pin!(async {
                    select! { _ = tx0.send(message()) => 0, _ = tx1.send(message()) => 1 }
                });
                assert_eq!(poll_once(&mut select).await, None);
                taken.then(|| rx0.try_recv().unwrap())
            };
            assert_eq!(drops.get(), if taken { 5 } else { 4 });
            drop(received);
            assert!(rx0.try_recv().is_err() && rx1.try_recv().is_err());
        }
        assert_eq!(drops.get(), 6);
    });
}

#[test]
fn a_reference_to_a_send_that_was_taken_says_so() {
    block_on(async {
        let (tx, rx) = bounded(0);
        let mut send = tx.send(7);
        {
            let mut select = pin!(async {
                select! { _ = &mut send => {} _ = pending::<()>() => {} }
            });
            assert_eq!(poll_once(&mut select).await, None);
            assert_eq!(rx.try_recv(), Ok(7));
            // Dropped before it could be told.
        }
        assert!(send.cancel().is_err());
    });
}

#[test]
fn an_operation_that_was_awaited_before_may_become_a_case() {
    block_on(async {
        let (tx, rx) = bounded(0);
        let mut send = tx.send(7);
        assert!(poll_once(&mut send).await.is_none());
        {
            let mut select = pin!(async {
                select! { res = &mut send => res.is_ok(), _ = pending::<()>() => false }
            });
            assert_eq!(poll_once(&mut select).await, None);
            assert_eq!(rx.try_recv(), Ok(7));
            assert_eq!(poll_once(&mut select).await, Some(true));
        }
        // Taken before it became a case.
        let mut send = tx.send(8);
        assert!(poll_once(&mut send).await.is_none());
        assert_eq!(rx.try_recv(), Ok(8));
        assert!(select! { res = &mut send => res.is_ok(), _ = pending::<()>() => false });
        // And back: a case that loses may be awaited.
        let mut recv = rx.recv();
        select! { _ = &mut recv => unreachable!(), _ = yield_now() => {} }
        assert!(poll_once(&mut recv).await.is_none());
        let mut send = tx.send(9);
        select! { _ = &mut send => unreachable!(), _ = ready(()) => {} }
        assert_eq!(poll_once(&mut send).await.map(|res| res.is_ok()), None);
        assert_eq!(recv.await, Ok(9));
        assert!(send.await.is_ok());
    });
}

#[test]
fn beside_default_a_send_succeeds_when_a_receive_is_waiting() {
    block_on(async {
        let (tx, rx) = bounded(0);
        assert!(!select! { res = tx.send(1) => res.is_ok(), default => false });
        let mut recv = pin!(rx.recv());
        assert_eq!(poll_once(&mut recv).await, None);
        assert!(select! { res = tx.send(2) => res.is_ok(), default => false });
        assert_eq!(recv.await, Ok(2));
        // So it does beside a timer that is done from the start.
        let mut recv = pin!(rx.recv());
        assert_eq!(poll_once(&mut recv).await, None);
        assert!(select! { res = tx.send(3) => res.is_ok(), default(ready(())) => false });
        assert_eq!(recv.await, Ok(3));
    });
}

#[test]
fn two_selects_crosswise_make_exactly_one_match() {
    block_on(async {
        for first in 0..2 {
            let (tx_a, rx_a) = bounded::<u32>(0);
            let (tx_b, rx_b) = bounded::<u32>(0);
            let mut one = pin!(async {
                select! { m = rx_a.recv() => m.unwrap(), res = tx_b.send(20) => { res.unwrap(); 2 } }
            });
            let mut other = pin!(async {
                select! { res = tx_a.send(10) => { res.unwrap(); 1 } m = rx_b.recv() => m.unwrap() }
            });
            let (mut got_one, mut got_other) = (None, None);
            let mut polls = 0;
            while got_one.is_none() || got_other.is_none() {
                polls += 1;
                assert!(polls < 10, "they never meet");
                if got_one.is_none() && (polls > 1 || first == 0) {
                    got_one = poll_once(&mut one).await;
                }
                if got_other.is_none() {
                    got_other = poll_once(&mut other).await;
                }
            }
            let pair = (got_one.unwrap(), got_other.unwrap());
            assert!(pair == (10, 1) || pair == (2, 20), "{pair:?}");
        }
    });
}

#[test]
fn selects_in_a_ring_all_get_through() {
    // Each receives from the one before it or sends to the next: who has done one does it again with the rest.
    const TURNS: u64 = 500;
    let links: Vec<_> = (0..3).map(|_| bounded::<u64>(0)).collect();
    let (sent, received) = (AtomicU64::new(0), AtomicU64::new(0));
    thread::scope(|scope| {
        for member in 0..3 {
            let (tx, rx) = (links[member].0.clone(), links[(member + 1) % 3].1.clone());
            let (sent, received) = (&sent, &received);
            scope.spawn(move || {
                block_on(async {
                    for turn in 1..=TURNS {
                        select! {
                            res = tx.send(turn) => { res.unwrap(); sent.fetch_add(turn, Ordering::Relaxed); }
                            m = rx.recv() => match m {
                                Ok(m) => { received.fetch_add(m, Ordering::Relaxed); }
                                Err(_) => break,
                            },
                            // The last ones are left alone.
                            () = sleep_a_little(turn) => {}
                        }
                    }
                });
            });
        }
    });
    assert_eq!(sent.into_inner(), received.into_inner());
}

/// Ready after many polls, so that a select that nobody meets ends.
async fn sleep_a_little(turn: u64) {
    for _ in 0..50 + turn % 7 {
        yield_now().await;
    }
}

#[test]
fn many_senders_and_receivers_conserve_their_messages() {
    const TURNS: u64 = 2_000;
    let (tx_a, rx_a) = bounded::<u64>(0);
    let (tx_b, rx_b) = bounded::<u64>(0);
    let (tx_c, rx_c) = bounded::<u64>(1);
    let (done_tx, done_rx) = unbounded::<(u64, u64)>();
    thread::scope(|scope| {
        for sender in 0..3 {
            let (a, b, c, done) = (tx_a.clone(), tx_b.clone(), tx_c.clone(), done_tx.clone());
            scope.spawn(move || {
                block_on(async {
                    let mut sum = 0;
                    for turn in 0..TURNS {
                        let value = turn * 3 + sender;
                        select! {
                            res = a.send(value) => res.unwrap(),
                            res = b.send(value) => res.unwrap(),
                            res = c.send(value) => res.unwrap(),
                        }
                        sum += value;
                    }
                    done.send((sum, 0)).await.unwrap();
                });
            });
        }
        for _ in 0..2 {
            let (a, b, c, done) = (rx_a.clone(), rx_b.clone(), rx_c.clone(), done_tx.clone());
            scope.spawn(move || {
                block_on(async {
                    let mut sum = 0;
                    loop {
                        sum += select! {
                            m = a.recv() => m.unwrap(),
                            m = b.recv() => m.unwrap(),
                            m = c.recv() => m.unwrap(),
                            complete => break,
                        };
                    }
                    done.send((0, sum)).await.unwrap();
                });
            });
        }
        drop((tx_a, tx_b, tx_c, rx_a, rx_b, rx_c, done_tx));
    });
    let (sent, received) = done_rx.try_iter().fold((0, 0), |(s, r), (sent, received)| (s + sent, r + received));
    let values = 3 * TURNS;
    assert_eq!(sent, values * (values - 1) / 2);
    assert_eq!(received, sent);
}
