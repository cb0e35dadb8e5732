//! Permits, in every form and on every kind of channel: what they take, what they give back, what closing means to them.

// A test counts with what it likes.
#![allow(clippy::disallowed_types)]

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use chan_core::{
    Builder, Manners, Receiver, RecvError, SendError, Sender, TryRecvError, TrySendError, bounded, nil, unbounded,
};
use futures_core::FusedFuture;
use futures_lite::future::{block_on, poll_once};

/// Those with room for a message.
fn roomy<T>() -> Vec<(Sender<T>, Receiver<T>)> {
    vec![bounded(1), bounded(2), bounded(3), bounded(7), unbounded()]
}

/// Those that can be full, full of permits that are returned with them.
macro_rules! full_of_permits {
    ($tx:ident) => {
        (0..$tx.capacity().unwrap()).map(|_| $tx.try_reserve().unwrap()).collect::<Vec<_>>()
    };
}

#[derive(Default)]
struct Wakes(AtomicUsize);

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

/// A task polled by hand.
#[derive(Default)]
struct Hand(Arc<Wakes>);

impl Hand {
    fn poll<F: Future + Unpin>(&self, future: &mut F) -> Poll<F::Output> {
        let waker = Waker::from(self.0.clone());
        Pin::new(future).poll(&mut Context::from_waker(&waker))
    }
    fn wakes(&self) -> usize {
        self.0.0.load(Ordering::SeqCst)
    }
}

/// A message that counts its drop.
struct Counted(Arc<AtomicUsize>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

// --------------------------------------------------------------------------------------------------- with a buffer

#[test]
fn a_permit_takes_room_and_gives_it_back() {
    for capacity in 1..10 {
        let (tx, rx) = bounded(capacity);
        for round in 0..3 * capacity {
            let mut permits = full_of_permits!(tx);
            assert_eq!((tx.len(), tx.is_full()), (0, true));
            assert_eq!(tx.try_send(0), Err(TrySendError::Full(0)));
            assert_eq!(tx.try_reserve().unwrap_err(), TrySendError::Full(()));
            // One goes, in whichever order they were given, and a message takes its place.
            drop(permits.swap_remove(round % capacity));
            assert!(!tx.is_full());
            assert_eq!(tx.try_send(round), Ok(()));
            assert_eq!(tx.try_send(0), Err(TrySendError::Full(0)));
            permits.into_iter().enumerate().for_each(|(i, permit)| permit.send(100 + i));
            assert_eq!(tx.len(), capacity);
            assert_eq!(rx.try_recv(), Ok(round));
            for i in 0..capacity - 1 {
                assert_eq!(rx.try_recv(), Ok(100 + i));
            }
            assert_eq!(rx.try_recv(), Err(TryRecvError::Empty));
        }
    }
}

#[test]
fn a_permit_is_no_position() {
    let (tx, rx) = bounded(3);
    let (first, second) = (tx.try_reserve().unwrap(), tx.try_reserve().unwrap());
    tx.try_send(0).unwrap();
    second.send(2);
    first.send(1);
    assert_eq!(rx.try_iter().collect::<Vec<_>>(), [0, 2, 1]);
}

#[test]
fn reservations_and_sends_wait_in_one_line() {
    let (tx, rx) = bounded(1);
    tx.try_send(0).unwrap();
    let hands: Vec<Hand> = (0..4).map(|_| Hand::default()).collect();
    let (mut reserve1, mut send, mut reserve2) = (tx.reserve(), tx.send(2), tx.reserve());
    assert!(hands[0].poll(&mut reserve1).is_pending());
    assert!(hands[1].poll(&mut send).is_pending());
    assert!(hands[2].poll(&mut reserve2).is_pending());
    assert_eq!(rx.try_recv(), Ok(0));
    assert_eq!([0, 1, 2].map(|i| hands[i].wakes()), [1, 0, 0]);
    let Poll::Ready(Ok(permit)) = hands[0].poll(&mut reserve1) else { panic!("there is room") };
    assert!(reserve1.is_terminated());
    // A permit that goes wakes the next, whichever it is; so does a message that is received.
    drop(permit);
    assert_eq!([0, 1, 2].map(|i| hands[i].wakes()), [1, 1, 0]);
    assert_eq!(hands[1].poll(&mut send), Poll::Ready(Ok(())));
    assert_eq!(rx.try_recv(), Ok(2));
    assert_eq!([0, 1, 2].map(|i| hands[i].wakes()), [1, 1, 1]);
    let Poll::Ready(Ok(permit)) = hands[2].poll(&mut reserve2) else { panic!("there is room") };
    permit.send(3);
    assert_eq!(rx.try_recv(), Ok(3));
}

#[test]
fn a_dropped_reservation_passes_its_hint_on() {
    let (tx, rx) = bounded(1);
    tx.try_send(0).unwrap();
    let (first, second) = (Hand::default(), Hand::default());
    let (mut reserve, mut send) = (tx.reserve(), tx.send(1));
    assert!(first.poll(&mut reserve).is_pending());
    assert!(second.poll(&mut send).is_pending());
    assert_eq!(rx.try_recv(), Ok(0));
    assert_eq!((first.wakes(), second.wakes()), (1, 0));
    drop(reserve);
    assert_eq!(second.wakes(), 1);
    assert_eq!(second.poll(&mut send), Poll::Ready(Ok(())));
}

#[test]
fn a_reservation_that_was_woken_and_is_never_polled_keeps_no_room() {
    let (tx, rx) = bounded(1);
    tx.try_send(0).unwrap();
    let hand = Hand::default();
    let mut reserve = tx.reserve();
    assert!(hand.poll(&mut reserve).is_pending());
    assert_eq!(rx.try_recv(), Ok(0));
    assert_eq!(hand.wakes(), 1);
    assert_eq!(tx.try_send(1), Ok(()));
    assert!(hand.poll(&mut reserve).is_pending());
}

#[test]
fn a_permit_that_is_leaked_costs_its_own_room_and_no_more() {
    let (tx, rx) = bounded(2);
    std::mem::forget(tx.try_reserve().unwrap());
    for i in 0..100 {
        let hand = Hand::default();
        assert_eq!(tx.try_send(i), Ok(()));
        let mut send = tx.send(i);
        assert!(hand.poll(&mut send).is_pending());
        assert_eq!(rx.try_recv(), Ok(i));
        assert_eq!(hand.wakes(), 1);
        assert_eq!(hand.poll(&mut send), Poll::Ready(Ok(())));
        assert_eq!(rx.try_recv(), Ok(i));
        tx.try_reserve().unwrap().send(i);
        assert_eq!(rx.try_recv(), Ok(i));
    }
    assert!(tx.close());
    assert_eq!(rx.try_recv(), Err(TryRecvError::Empty), "it might still send");
}

#[test]
fn an_unbounded_channel_always_has_room_for_a_permit() {
    let (tx, rx) = unbounded();
    let permits: Vec<_> = (0..200).map(|_| tx.try_reserve().unwrap()).collect();
    tx.try_send(200).unwrap();
    assert_eq!((tx.len(), tx.is_full()), (1, false));
    permits.into_iter().enumerate().for_each(|(i, permit)| permit.send(i));
    assert_eq!(rx.try_recv(), Ok(200));
    assert_eq!(rx.try_iter().collect::<Vec<_>>(), (0..200).collect::<Vec<_>>());
}

// ---------------------------------------------------------------------------------------------------------- close

#[test]
fn after_close_permits_send_and_no_new_ones_are_given() {
    for (tx, rx) in roomy() {
        let permit = tx.try_reserve().unwrap();
        assert!(rx.close() && !tx.close());
        assert_eq!(tx.try_reserve().unwrap_err(), TrySendError::Closed(()));
        assert_eq!(block_on(tx.reserve()).unwrap_err(), SendError(()));
        assert_eq!(tx.try_send(0), Err(TrySendError::Closed(0)));
        assert_eq!(rx.try_recv(), Err(TryRecvError::Empty), "a permit is out");
        assert!(block_on(poll_once(rx.recv())).is_none());
        permit.send(1);
        assert_eq!(rx.try_recv(), Ok(1));
        assert_eq!(rx.try_recv(), Err(TryRecvError::Closed));
        assert_eq!(block_on(rx.recv()), Err(RecvError));
    }
}

#[test]
fn close_refuses_a_channel_its_first_permit() {
    for (tx, rx) in roomy::<u8>() {
        tx.close();
        assert_eq!(tx.try_reserve().unwrap_err(), TrySendError::Closed(()));
        assert_eq!(rx.try_recv(), Err(TryRecvError::Closed));
    }
}

#[test]
fn the_last_permit_that_goes_after_close_wakes_every_receiver() {
    for use_it in [false, true] {
        for (tx, rx) in roomy() {
            let permit = tx.try_reserve().unwrap();
            let hands: Vec<Hand> = (0..5).map(|_| Hand::default()).collect();
            let mut receives: Vec<_> = (0..5).map(|_| rx.recv()).collect();
            let poll = |receives: &mut Vec<_>| -> Vec<Poll<_>> {
                hands.iter().zip(receives.iter_mut()).map(|(hand, recv)| hand.poll(recv)).collect()
            };
            assert!(poll(&mut receives).iter().all(Poll::is_pending));
            tx.close();
            assert!(hands.iter().all(|hand| hand.wakes() == 1));
            assert!(poll(&mut receives).iter().all(Poll::is_pending), "a permit is out");
            if use_it {
                permit.send(1)
            } else {
                drop(permit)
            }
            assert!(hands.iter().all(|hand| hand.wakes() == 2), "all wait for the end");
            let results = poll(&mut receives);
            let got = results.iter().filter(|result| **result == Poll::Ready(Ok(1))).count();
            let ended = results.iter().filter(|result| **result == Poll::Ready(Err(RecvError))).count();
            assert_eq!((got, ended), (usize::from(use_it), 5 - usize::from(use_it)));
        }
    }
}

#[test]
fn close_wakes_reservations() {
    let (tx, rx) = bounded(1);
    tx.try_send(1).unwrap();
    let hand = Hand::default();
    let mut reserve = tx.reserve();
    assert!(hand.poll(&mut reserve).is_pending());
    rx.close();
    assert_eq!(hand.wakes(), 1);
    let Poll::Ready(Err(SendError(()))) = hand.poll(&mut reserve) else { panic!("closed") };
}

#[test]
fn streams_and_iterators_wait_for_the_last_permit() {
    for (tx, rx) in roomy() {
        let mut stream = rx.stream();
        let permit = tx.try_reserve_owned().unwrap();
        rx.close();
        assert!(block_on(poll_once(futures_lite::StreamExt::next(&mut stream))).is_none());
        drop(permit.send(1));
        assert_eq!(block_on(futures_lite::StreamExt::next(&mut stream)), Some(1));
        assert_eq!(block_on(futures_lite::StreamExt::next(&mut stream)), None);
    }
}

#[test]
fn without_receivers_a_permits_message_is_dropped_at_once() {
    let drops = Arc::new(AtomicUsize::new(0));
    for (n, (tx, rx)) in roomy().into_iter().enumerate() {
        tx.try_reserve().unwrap().send(Counted(drops.clone()));
        let permit = tx.try_reserve();
        drop(rx);
        assert_eq!(drops.load(Ordering::SeqCst), 2 * n + 1);
        match permit {
            Ok(permit) => permit.send(Counted(drops.clone())),
            Err(_) => drop(Counted(drops.clone())), // capacity 1
        }
        assert_eq!(drops.load(Ordering::SeqCst), 2 * n + 2);
    }
}

// ---------------------------------------------------------------------------------------------------------- owned

#[test]
fn an_owned_permit_is_a_sender_too() {
    for (tx, rx) in roomy() {
        let permit = tx.try_reserve_owned().unwrap();
        assert_eq!(rx.sender_count(), 1);
        assert_eq!(rx.try_recv(), Err(TryRecvError::Empty));
        let tx = permit.send(1);
        assert_eq!(rx.try_recv(), Ok(1));
        let permit = block_on(tx.reserve_owned()).unwrap();
        let tx = permit.release();
        assert_eq!((rx.sender_count(), rx.is_closed()), (1, false));
        drop(tx.try_reserve_owned().unwrap());
        assert_eq!(rx.sender_count(), 0);
        assert_eq!(rx.try_recv(), Err(TryRecvError::Closed), "the permit and its sender are gone");
    }
}

#[test]
fn a_refused_owned_reservation_gives_the_sender_back() {
    let (tx, rx) = bounded(1);
    tx.try_send(1).unwrap();
    let Err(TrySendError::Full(tx)) = tx.try_reserve_owned() else { panic!("full") };
    rx.close();
    let Err(TrySendError::Closed(tx)) = tx.try_reserve_owned() else { panic!("closed") };
    assert_eq!(tx.len(), 1);
}

#[test]
fn an_owned_reservation_waits_and_can_be_dropped_at_any_time() {
    let (tx, rx) = bounded(1);
    tx.try_send(0).unwrap();
    for polls in 0..3 {
        let (hand, other) = (Hand::default(), Hand::default());
        let (mut reserve, mut send) = (tx.clone().reserve_owned(), tx.send(1));
        (0..polls).for_each(|_| assert!(hand.poll(&mut reserve).is_pending()));
        assert!(other.poll(&mut send).is_pending());
        assert_eq!(rx.try_recv(), Ok(0));
        drop(reserve);
        assert_eq!(other.wakes(), 1, "after {polls} polls");
        assert_eq!(other.poll(&mut send), Poll::Ready(Ok(())));
        assert_eq!(rx.try_recv(), Ok(1));
        assert_eq!(rx.sender_count(), 1);
        tx.try_send(0).unwrap();
    }
    let hand = Hand::default();
    let mut reserve = tx.reserve_owned();
    assert!(hand.poll(&mut reserve).is_pending());
    assert_eq!(rx.try_recv(), Ok(0));
    let Poll::Ready(Ok(permit)) = hand.poll(&mut reserve) else { panic!("there is room") };
    assert!(reserve.is_terminated());
    drop(permit.send(5));
    assert_eq!(rx.try_recv(), Ok(5));
    assert!(rx.is_closed());
}

// ------------------------------------------------------------------------------------------------------- capacity 0

#[test]
fn at_capacity_0_a_waiting_receive_is_good_for_one_permit() {
    let (tx, rx) = bounded(0);
    assert_eq!(tx.try_reserve().unwrap_err(), TrySendError::Full(()));
    let hand = Hand::default();
    let mut recv = rx.recv();
    assert!(hand.poll(&mut recv).is_pending());
    let permit = tx.try_reserve().unwrap();
    assert_eq!(hand.wakes(), 1, "a hint");
    assert_eq!(tx.try_reserve().unwrap_err(), TrySendError::Full(()), "promised");
    assert!(hand.poll(&mut recv).is_pending(), "nothing is there yet");
    permit.send(1);
    assert_eq!(hand.wakes(), 2);
    assert_eq!(tx.len(), 1);
    assert_eq!(hand.poll(&mut recv), Poll::Ready(Ok(1)));
}

#[test]
fn at_capacity_0_a_permit_that_is_kept_blocks_nobody() {
    let (tx, rx) = bounded(0);
    let hand = Hand::default();
    for i in 0..10 {
        let mut recv = rx.recv();
        assert!(hand.poll(&mut recv).is_pending());
        std::mem::forget(tx.try_reserve().unwrap());
        assert!(hand.poll(&mut recv).is_pending());
        assert_eq!(tx.try_send(i), Ok(()));
        assert_eq!(hand.poll(&mut recv), Poll::Ready(Ok(i)));
        let mut send = tx.send(i);
        assert!(hand.poll(&mut send).is_pending());
        assert_eq!(rx.try_recv(), Ok(i));
    }
}

#[test]
fn at_capacity_0_a_permits_message_outlives_the_receive_it_was_given_for() {
    let (tx, rx) = bounded(0);
    let hand = Hand::default();
    let mut recv = rx.recv();
    assert!(hand.poll(&mut recv).is_pending());
    let permit = tx.try_reserve().unwrap();
    drop(recv);
    permit.send("kept");
    assert_eq!(rx.try_recv(), Ok("kept"));
}

#[test]
fn at_capacity_0_a_reservation_waits_for_a_receive() {
    let (tx, rx) = bounded(0);
    let (one, two, receiver) = (Hand::default(), Hand::default(), Hand::default());
    let (mut first, mut second) = (tx.reserve(), tx.reserve());
    assert!(one.poll(&mut first).is_pending());
    assert!(two.poll(&mut second).is_pending());
    let mut recv = rx.recv();
    assert!(receiver.poll(&mut recv).is_pending());
    assert_eq!((one.wakes(), two.wakes()), (1, 0));
    // The first is dropped: its hint goes on, the receive still waits.
    drop(first);
    assert_eq!(two.wakes(), 1);
    let Poll::Ready(Ok(permit)) = two.poll(&mut second) else { panic!("a receive waits") };
    permit.send(7);
    assert_eq!(receiver.poll(&mut recv), Poll::Ready(Ok(7)));
}

#[test]
fn at_capacity_0_closing_ends_reservations_and_waits_for_permits() {
    let (tx, rx) = bounded::<u8>(0);
    let (sender, receiver) = (Hand::default(), Hand::default());
    let mut recv = rx.recv();
    assert!(receiver.poll(&mut recv).is_pending());
    let permit = tx.try_reserve().unwrap();
    let mut reserve = tx.reserve();
    assert!(sender.poll(&mut reserve).is_pending());
    tx.close();
    assert_eq!(sender.wakes(), 1);
    assert!(matches!(sender.poll(&mut reserve), Poll::Ready(Err(SendError(())))));
    assert!(receiver.poll(&mut recv).is_pending(), "a permit is out");
    assert_eq!(rx.try_recv(), Err(TryRecvError::Empty));
    let before = receiver.wakes();
    drop(permit);
    assert_eq!(receiver.wakes(), before + 1);
    assert_eq!(receiver.poll(&mut recv), Poll::Ready(Err(RecvError)));
    assert_eq!(tx.try_reserve().unwrap_err(), TrySendError::Closed(()));
}

#[test]
fn at_capacity_0_without_receivers_a_permits_message_is_dropped_at_once() {
    let drops = Arc::new(AtomicUsize::new(0));
    let (tx, rx) = bounded(0);
    let permit = {
        let mut recv = rx.recv();
        assert!(Hand::default().poll(&mut recv).is_pending());
        tx.try_reserve().unwrap()
    };
    drop(rx);
    permit.send(Counted(drops.clone()));
    assert_eq!(drops.load(Ordering::SeqCst), 1);
}

// ------------------------------------------------------------------------------------------------------------ rest

#[test]
fn nil_has_no_room_and_never_will() {
    let (tx, _rx) = nil::<u8>();
    assert_eq!(tx.try_reserve().unwrap_err(), TrySendError::Full(()));
    assert!(block_on(poll_once(tx.reserve())).is_none());
    let Err(TrySendError::Full(tx)) = tx.try_reserve_owned() else { panic!("never ready") };
    assert!(block_on(poll_once(tx.reserve_owned())).is_none());
}

#[test]
fn a_completed_reservation_panics_when_it_is_polled_again() {
    let (tx, _rx) = unbounded::<u8>();
    let mut reserve = tx.reserve();
    drop(block_on(&mut reserve).unwrap());
    let again = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| drop(block_on(&mut reserve))));
    assert!(again.is_err());
}

#[test]
fn reservations_ask_the_manners_of_their_runtime() {
    static STINGY: Manners = Manners { name: "stingy", proceed: |_, _| Poll::Pending, check_blocking: || {} };
    let (tx, rx) = Builder::bounded(1).manners(&STINGY).build::<u8>();
    assert!(block_on(poll_once(tx.reserve())).is_none());
    assert!(block_on(poll_once(tx.clone().reserve_owned())).is_none());
    assert!(tx.try_reserve().is_ok(), "never asked");
    drop(rx);
}

#[cfg(feature = "std")]
mod blocking {
    use super::*;
    use chan_core::SendTimeoutError;
    use std::thread::{scope, sleep};
    use std::time::{Duration, Instant};

    const SHORT: Duration = Duration::from_millis(20);

    #[test]
    fn a_thread_waits_for_room() {
        for capacity in [1, 2] {
            let (tx, rx) = bounded(capacity);
            let held = full_of_permits!(tx);
            scope(|scope| {
                let waiting = scope.spawn(|| tx.reserve_blocking().map(|permit| permit.send(1)));
                sleep(SHORT);
                drop(held);
                assert_eq!(waiting.join().unwrap(), Ok(()));
            });
            assert_eq!(rx.try_recv(), Ok(1));
        }
    }

    #[test]
    fn a_thread_waits_for_a_receive_at_capacity_0() {
        let (tx, rx) = bounded(0);
        scope(|scope| {
            let receiver = scope.spawn(|| rx.recv_blocking());
            tx.reserve_blocking().unwrap().send(1);
            assert_eq!(receiver.join().unwrap(), Ok(1));
        });
    }

    #[test]
    fn limits_are_kept_and_closing_ends_the_wait() {
        for capacity in [0, 1] {
            let (tx, rx) = bounded::<u8>(capacity);
            let held = full_of_permits!(tx);
            let start = Instant::now();
            assert_eq!(tx.reserve_timeout_blocking(SHORT).unwrap_err(), SendTimeoutError::Timeout(()));
            assert!(start.elapsed() >= SHORT);
            assert_eq!(tx.reserve_deadline_blocking(start).unwrap_err(), SendTimeoutError::Timeout(()));
            scope(|scope| {
                let waiting = scope.spawn(|| tx.reserve_blocking().map(drop));
                sleep(SHORT);
                rx.close();
                assert_eq!(waiting.join().unwrap(), Err(SendError(())));
            });
            assert_eq!(tx.reserve_timeout_blocking(SHORT).unwrap_err(), SendTimeoutError::Closed(()));
            drop(held);
        }
        let (tx, _rx) = nil::<u8>();
        assert_eq!(tx.reserve_timeout_blocking(SHORT).unwrap_err(), SendTimeoutError::Timeout(()));
    }
}
