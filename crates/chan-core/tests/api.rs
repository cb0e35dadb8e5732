//! Each method that does not block, alone: results, errors, last handles, streams, iterators, nil.

// A test counts with what it likes.
#![allow(clippy::disallowed_types)]

use std::cell::RefCell;
use std::future::{Future, pending, ready};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use chan_core::{
    Builder, Manners, Receiver, RecvError, RecvTimeoutError, SendError, SendTimeoutError, Sender, Sent, TryRecvError,
    TrySendError, bounded, chan, nil, unbounded,
};
use futures_core::{FusedFuture, FusedStream, Stream};
use futures_lite::future::{block_on, poll_once, yield_now, zip};
use futures_lite::stream::StreamExt;

/// Every kind of channel, with its capacity.
fn kinds<T>() -> Vec<(Sender<T>, Receiver<T>)> {
    vec![bounded(0), bounded(1), bounded(2), bounded(7), unbounded()]
}

/// Those with room for a message.
fn roomy<T>() -> Vec<(Sender<T>, Receiver<T>)> {
    vec![bounded(1), bounded(2), bounded(7), unbounded()]
}

/// Counts wake-ups.
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
    fn next<S: Stream + Unpin>(&self, stream: &mut S) -> Poll<Option<S::Item>> {
        let waker = Waker::from(self.0.clone());
        Pin::new(stream).poll_next(&mut Context::from_waker(&waker))
    }
    fn wakes(&self) -> usize {
        self.0.0.load(Ordering::SeqCst)
    }
}

/// A message that counts its drop.
#[derive(Clone)]
struct Counted(Arc<AtomicUsize>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

// ---------------------------------------------------------------------------------------------------------- make

#[test]
fn capacities_are_what_was_asked_for() {
    assert_eq!(chan::<u8>(3).0.capacity(), Some(3));
    assert_eq!(bounded::<u8>(0).1.capacity(), Some(0));
    assert_eq!(unbounded::<u8>().0.capacity(), None);
    assert_eq!(Builder::bounded(5).build::<u8>().0.capacity(), Some(5));
    assert_eq!(Builder::unbounded().build::<u8>().0.capacity(), None);
    for capacity in 1..40 {
        let (tx, rx) = chan(capacity);
        for i in 0..capacity {
            assert_eq!(tx.try_send(i), Ok(()), "{i} of {capacity}");
        }
        assert_eq!(tx.try_send(capacity), Err(TrySendError::Full(capacity)));
        assert_eq!(rx.try_recv(), Ok(0));
        assert_eq!(tx.try_send(capacity), Ok(()));
        assert_eq!(tx.try_send(0), Err(TrySendError::Full(0)));
        assert_eq!(rx.try_iter().collect::<Vec<_>>(), (1..=capacity).collect::<Vec<_>>());
    }
}

#[test]
fn a_capacity_that_is_too_large_panics_and_names_the_number() {
    fn message<T>(capacity: usize) -> String {
        let panic = std::panic::catch_unwind(|| chan::<T>(capacity)).expect_err("must panic");
        match panic.downcast::<String>() {
            Ok(message) => *message,
            Err(panic) => panic.downcast::<&str>().map(|message| message.to_string()).unwrap_or_default(),
        }
    }
    for capacity in [usize::MAX, usize::MAX - 1, usize::MAX / 2 + 1] {
        let said = message::<u64>(capacity);
        assert!(said.contains(&capacity.to_string()), "{said:?} does not name {capacity}");
        let said = message::<()>(capacity);
        assert!(said.contains(&capacity.to_string()), "{said:?} does not name {capacity}");
    }
    // It can be counted, but not allocated.
    let capacity = usize::MAX >> 20;
    let said = message::<[u8; 65536]>(capacity);
    assert!(said.contains(&capacity.to_string()), "{said:?} does not name {capacity}");
}

// ---------------------------------------------------------------------------------------------------------- try

#[test]
fn try_send_and_try_recv_at_every_capacity() {
    for (tx, rx) in roomy() {
        assert_eq!(rx.try_recv(), Err(TryRecvError::Empty));
        let room = tx.capacity().unwrap_or(100);
        for i in 0..room {
            assert_eq!(tx.try_send(i), Ok(()));
            assert_eq!((tx.len(), rx.len(), tx.is_empty()), (i + 1, i + 1, false));
        }
        assert_eq!(tx.is_full(), tx.capacity().is_some());
        if tx.capacity().is_some() {
            assert_eq!(tx.try_send(99), Err(TrySendError::Full(99)));
        }
        for i in 0..room {
            assert_eq!(rx.try_recv(), Ok(i));
        }
        assert!(rx.is_empty() && tx.is_empty());
        assert_eq!(rx.try_recv(), Err(TryRecvError::Empty));
    }
}

#[test]
fn try_send_at_capacity_0_wants_a_waiting_receive_for_each_message() {
    let (tx, rx) = bounded(0);
    assert_eq!(tx.try_send(1), Err(TrySendError::Full(1)));
    assert!(tx.is_full() && tx.is_empty());
    let (first, second) = (Hand::default(), Hand::default());
    let (mut a, mut b) = (rx.recv(), rx.recv());
    assert!(first.poll(&mut a).is_pending() && second.poll(&mut b).is_pending());
    assert_eq!(tx.try_send(1), Ok(()));
    assert_eq!(tx.try_send(2), Ok(()));
    assert_eq!(tx.try_send(3), Err(TrySendError::Full(3)));
    assert_eq!(tx.len(), 2);
    assert!(first.wakes() > 0 && second.wakes() > 0);
    assert_eq!(second.poll(&mut b), Poll::Ready(Ok(1)));
    assert_eq!(first.poll(&mut a), Poll::Ready(Ok(2)));
    assert_eq!(tx.try_send(4), Err(TrySendError::Full(4)));
}

#[test]
fn what_try_send_left_at_capacity_0_outlives_the_receive_it_was_for() {
    let (tx, rx) = bounded(0);
    let mut recv = rx.recv();
    assert!(Hand::default().poll(&mut recv).is_pending());
    assert_eq!(tx.try_send(1), Ok(()));
    drop(recv);
    tx.close();
    assert_eq!((rx.len(), rx.try_recv()), (1, Ok(1)));
    assert_eq!(rx.try_recv(), Err(TryRecvError::Closed));
}

#[test]
fn try_recv_takes_what_a_waiting_sender_offers() {
    let (tx, rx) = bounded(0);
    let hand = Hand::default();
    let mut send = tx.send(5);
    assert!(hand.poll(&mut send).is_pending());
    assert_eq!(rx.len(), 0); // offered is not accepted
    assert_eq!(rx.try_recv(), Ok(5));
    assert_eq!(hand.wakes(), 1);
    assert_eq!(hand.poll(&mut send), Poll::Ready(Ok(())));
}

// -------------------------------------------------------------------------------------------------------- async

#[test]
fn futures_do_nothing_before_they_are_polled() {
    for (tx, rx) in kinds() {
        drop(tx.send(1));
        let _idle = tx.send(2);
        drop(rx.recv());
        assert_eq!(rx.try_recv(), Err(TryRecvError::Empty));
        assert_eq!(rx.len(), 0);
    }
}

#[test]
fn sends_and_receives_meet_whoever_comes_first() {
    for (tx, rx) in kinds() {
        let (sent, received) = block_on(zip(tx.send(1), rx.recv()));
        assert_eq!((sent, received), (Ok(()), Ok(1)));
        let (received, sent) = block_on(zip(rx.recv(), tx.send(2)));
        assert_eq!((sent, received), (Ok(()), Ok(2)));
    }
}

#[test]
fn a_full_channel_makes_a_send_wait_until_there_is_room() {
    let (tx, rx) = bounded(1);
    let hand = Hand::default();
    tx.try_send(1).unwrap();
    let mut send = tx.send(2);
    assert!(hand.poll(&mut send).is_pending());
    assert_eq!(hand.wakes(), 0);
    assert_eq!(rx.try_recv(), Ok(1));
    assert_eq!(hand.wakes(), 1);
    assert_eq!(hand.poll(&mut send), Poll::Ready(Ok(())));
    assert_eq!(rx.try_recv(), Ok(2));
}

#[test]
fn an_empty_channel_makes_a_receive_wait_until_something_comes() {
    for (tx, rx) in kinds() {
        let hand = Hand::default();
        let mut recv = rx.recv();
        assert!(hand.poll(&mut recv).is_pending());
        assert_eq!(hand.wakes(), 0);
        assert_eq!(tx.try_send(3), Ok(()));
        assert!(hand.wakes() >= 1);
        assert_eq!(hand.poll(&mut recv), Poll::Ready(Ok(3)));
    }
}

#[test]
fn the_last_waker_is_the_one_that_is_woken() {
    for (tx, rx) in kinds() {
        let (old, new) = (Hand::default(), Hand::default());
        let mut recv = rx.recv();
        assert!(old.poll(&mut recv).is_pending());
        assert!(new.poll(&mut recv).is_pending());
        tx.try_send(1).unwrap();
        assert!(new.wakes() >= 1);
        assert_eq!(new.poll(&mut recv), Poll::Ready(Ok(1)));
    }
}

#[test]
fn completed_futures_say_so_and_panic_when_polled_again() {
    let (tx, rx) = unbounded();
    let mut send = tx.send(1);
    assert!(!send.is_terminated());
    block_on(&mut send).unwrap();
    assert!(send.is_terminated());
    let mut recv = rx.recv();
    assert!(!recv.is_terminated());
    assert_eq!(block_on(&mut recv), Ok(1));
    assert!(recv.is_terminated());
    let hand = Hand::default();
    let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| hand.poll(&mut send)));
    assert!(caught.is_err());
    let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| hand.poll(&mut recv)));
    assert!(caught.is_err());
    tx.close();
    let mut closed = rx.closed();
    block_on(&mut closed);
    assert!(closed.is_terminated());
    block_on(&mut closed);
}

#[test]
fn one_senders_messages_come_in_its_order() {
    for (tx, rx) in kinds() {
        let receive = async {
            let mut got = Vec::new();
            while let Ok(i) = rx.recv().await {
                got.push(i);
            }
            got
        };
        let send = async move {
            for i in 0..50 {
                tx.send(i).await.unwrap();
            }
        };
        let ((), got) = block_on(zip(send, receive));
        assert_eq!(got, (0..50).collect::<Vec<_>>());
    }
}

#[test]
fn parked_senders_are_served_in_turn() {
    for capacity in [0, 1, 3] {
        let (tx, rx) = bounded(capacity);
        let mut sends: Vec<_> = (0..capacity + 5).map(|i| tx.send(i)).collect();
        let hands: Vec<_> = sends.iter().map(|_| Hand::default()).collect();
        for (send, hand) in sends.iter_mut().zip(&hands) {
            let _ = hand.poll(send);
        }
        let mut got = Vec::new();
        while let Ok(i) = rx.try_recv() {
            got.push(i);
            for (send, hand) in sends.iter_mut().zip(&hands) {
                if hand.wakes() > 0 && !send.is_terminated() {
                    let _ = hand.poll(send);
                }
            }
        }
        assert_eq!(got, (0..capacity + 5).collect::<Vec<_>>());
    }
}

// ------------------------------------------------------------------------------------------------------- cancel

#[test]
fn a_dropped_send_sent_nothing() {
    let drops = Arc::new(AtomicUsize::new(0));
    for capacity in [0, 1] {
        drops.store(0, Ordering::SeqCst);
        let (tx, rx) = bounded(capacity);
        for _ in 0..capacity {
            tx.try_send(Counted(drops.clone())).unwrap();
        }
        let mut send = tx.send(Counted(drops.clone()));
        assert!(Hand::default().poll(&mut send).is_pending());
        drop(send);
        assert_eq!(drops.load(Ordering::SeqCst), 1);
        assert_eq!(rx.try_iter().count(), capacity);
        assert!(rx.try_recv().is_err());
    }
}

#[test]
fn a_dropped_send_passes_its_place_on() {
    let (tx, rx) = bounded(1);
    tx.try_send(0).unwrap();
    let (first, second) = (Hand::default(), Hand::default());
    let (mut a, mut b) = (tx.send(1), tx.send(2));
    assert!(first.poll(&mut a).is_pending() && second.poll(&mut b).is_pending());
    assert_eq!(rx.try_recv(), Ok(0));
    drop(a);
    assert!(second.wakes() >= 1);
    assert_eq!(second.poll(&mut b), Poll::Ready(Ok(())));
    assert_eq!(rx.try_recv(), Ok(2));
}

#[test]
fn a_dropped_receive_passes_its_hint_on() {
    for (tx, rx) in kinds() {
        let (first, second) = (Hand::default(), Hand::default());
        let (mut a, mut b) = (rx.recv(), rx.recv());
        assert!(first.poll(&mut a).is_pending() && second.poll(&mut b).is_pending());
        tx.try_send(1).unwrap();
        drop(a);
        assert!(second.wakes() >= 1);
        assert_eq!(second.poll(&mut b), Poll::Ready(Ok(1)));
    }
}

#[test]
fn cancel_gives_the_message_back_or_says_that_it_was_taken() {
    // Never polled, at every kind.
    for (tx, _rx) in kinds() {
        assert_eq!(tx.send("m").cancel(), Ok("m"));
        assert_eq!(tx.send_until("m", pending::<()>()).cancel(), Ok("m"));
    }
    // Waiting for room.
    let (tx, rx) = bounded(1);
    tx.try_send("first").unwrap();
    let mut send = tx.send("second");
    assert!(Hand::default().poll(&mut send).is_pending());
    assert_eq!(send.cancel(), Ok("second"));
    assert_eq!(rx.try_iter().collect::<Vec<_>>(), ["first"]);
    // Offered, then taken.
    let (tx, rx) = bounded(0);
    let mut send = tx.send("m");
    assert!(Hand::default().poll(&mut send).is_pending());
    assert_eq!(rx.try_recv(), Ok("m"));
    assert_eq!(send.cancel(), Err(Sent));
    // Completed.
    let (tx, _rx) = unbounded();
    let mut send = tx.send("m");
    block_on(&mut send).unwrap();
    assert_eq!(send.cancel(), Err(Sent));
    // Closed meanwhile: it comes back.
    let (tx, rx) = bounded(0);
    let mut send = tx.send("m");
    assert!(Hand::default().poll(&mut send).is_pending());
    rx.close();
    assert_eq!(send.cancel(), Ok("m"));
}

// -------------------------------------------------------------------------------------------------- with a limit

#[test]
fn until_takes_any_future_and_looks_at_the_channel_first() {
    for (tx, rx) in roomy() {
        // The timer is done from the start: it makes no difference while there is no need to wait.
        assert_eq!(block_on(tx.send_until(1, ready(()))), Ok(()));
        assert_eq!(block_on(rx.recv_until(ready("any output"))), Ok(1));
        assert_eq!(block_on(rx.recv_until(ready(()))), Err(RecvTimeoutError::Timeout));
        assert_eq!(block_on(rx.recv_until(yield_now())), Err(RecvTimeoutError::Timeout));
        // Not `Unpin`, and borrowed.
        assert_eq!(block_on(rx.recv_until(async { yield_now().await })), Err(RecvTimeoutError::Timeout));
        let mut timer = pin!(async { yield_now().await });
        assert_eq!(block_on(rx.recv_until(timer.as_mut())), Err(RecvTimeoutError::Timeout));
    }
    for (tx, _rx) in [bounded(0), {
        let pair = bounded(1);
        pair.0.try_send(0).unwrap();
        pair
    }] {
        assert_eq!(block_on(tx.send_until(2, ready(()))), Err(SendTimeoutError::Timeout(2)));
        assert_eq!(block_on(tx.send_until(2, yield_now())), Err(SendTimeoutError::Timeout(2)));
        assert_eq!(block_on(tx.send_until(2, async { yield_now().await })), Err(SendTimeoutError::Timeout(2)));
    }
}

#[test]
fn until_ends_with_the_operation_when_that_comes_first() {
    for (tx, rx) in kinds() {
        let both = zip(tx.send_until(1, pending::<()>()), rx.recv_until(pending::<()>()));
        assert_eq!(block_on(both), (Ok(()), Ok(1)));
        tx.close();
        assert_eq!(block_on(tx.send_until(2, pending::<()>())), Err(SendTimeoutError::Closed(2)));
        assert_eq!(block_on(rx.recv_until(pending::<()>())), Err(RecvTimeoutError::Closed));
    }
}

/// Done at its second poll, after having taken a message behind the send's back.
struct Thief<'a>(&'a Receiver<u8>, bool);

impl Future for Thief<'_> {
    type Output = ();
    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        assert!(!self.1, "polled again after it was done");
        self.1 = true;
        assert_eq!(self.0.try_recv(), Ok(1));
        Poll::Ready(())
    }
}

#[test]
fn a_timeout_is_exact_at_capacity_0() {
    let (tx, rx) = bounded(0);
    // The message is taken between the look at the channel and the timeout.
    assert_eq!(block_on(tx.send_until(1, Thief(&rx, false))), Ok(()));
}

#[test]
fn a_receive_whose_time_is_up_looks_once_more() {
    let (tx, rx) = unbounded();
    let timer = async {
        tx.try_send(1).unwrap();
    };
    assert_eq!(block_on(rx.recv_until(timer)), Ok(1));
}

#[test]
fn a_timer_is_not_polled_when_the_operation_is_ready() {
    let (tx, rx) = bounded(1);
    let timer = || async { unreachable!("polled") };
    assert_eq!(block_on(tx.send_until(1, timer())), Ok(()));
    assert_eq!(block_on(rx.recv_until(timer())), Ok(1));
}

// -------------------------------------------------------------------------------------------------------- close

#[test]
fn close_is_said_once_from_either_end() {
    for (tx, rx) in kinds::<u8>() {
        assert!(!tx.is_closed() && !rx.is_closed());
        assert!(rx.close());
        assert!(!tx.close() && !rx.close());
        assert!(tx.is_closed() && rx.is_closed());
    }
    for (tx, rx) in kinds::<u8>() {
        assert!(tx.close());
        assert!(!rx.close());
    }
}

#[test]
fn after_close_sends_fail_and_receives_drain() {
    for (tx, rx) in roomy() {
        tx.try_send(1).unwrap();
        tx.close();
        assert_eq!(tx.try_send(2), Err(TrySendError::Closed(2)));
        assert_eq!(block_on(tx.send(3)), Err(SendError(3)));
        assert_eq!(rx.len(), 1);
        assert_eq!(block_on(rx.recv()), Ok(1));
        assert_eq!(block_on(rx.recv()), Err(RecvError));
        assert_eq!(rx.try_recv(), Err(TryRecvError::Closed));
    }
}

#[test]
fn close_wakes_everybody_and_gives_parked_messages_back() {
    for (tx, rx) in kinds::<u8>() {
        let hand = Hand::default();
        let mut recvs = [rx.recv(), rx.recv(), rx.recv()];
        for recv in &mut recvs {
            assert!(hand.poll(recv).is_pending());
        }
        let mut closed = [tx.closed(), rx.closed()];
        for closed in &mut closed {
            assert!(hand.poll(closed).is_pending());
        }
        tx.close();
        assert!(hand.wakes() >= 5);
        for recv in &mut recvs {
            assert_eq!(hand.poll(recv), Poll::Ready(Err(RecvError)));
        }
        for closed in &mut closed {
            assert_eq!(hand.poll(closed), Poll::Ready(()));
        }
    }
    for capacity in [0, 1] {
        let (tx, rx) = bounded(capacity);
        for _ in 0..capacity {
            tx.try_send(0).unwrap();
        }
        let hand = Hand::default();
        let mut sends = [tx.send(1), tx.send(2)];
        for send in &mut sends {
            assert!(hand.poll(send).is_pending());
        }
        rx.close();
        assert!(hand.wakes() >= 2);
        let [mut one, mut two] = sends;
        assert_eq!(hand.poll(&mut one), Poll::Ready(Err(SendError(1))));
        assert_eq!(hand.poll(&mut two), Poll::Ready(Err(SendError(2))));
        assert_eq!(rx.try_iter().count(), capacity);
    }
}

#[test]
fn the_last_sender_closes_and_what_was_sent_is_still_received() {
    for (tx, rx) in roomy() {
        let second = tx.clone();
        tx.try_send(1).unwrap();
        drop(tx);
        assert!(!rx.is_closed());
        drop(second);
        assert!(rx.is_closed());
        assert_eq!(rx.try_recv(), Ok(1));
        assert_eq!(rx.try_recv(), Err(TryRecvError::Closed));
    }
}

#[test]
fn the_last_receiver_closes_and_drops_what_is_queued_at_once() {
    let drops = Arc::new(AtomicUsize::new(0));
    for (tx, rx) in roomy() {
        drops.store(0, Ordering::SeqCst);
        tx.try_send(Counted(drops.clone())).unwrap();
        let second = rx.clone();
        drop(rx);
        assert!(!tx.is_closed());
        assert_eq!(drops.load(Ordering::SeqCst), 0);
        drop(second);
        assert!(tx.is_closed());
        assert_eq!(drops.load(Ordering::SeqCst), 1);
        assert_eq!(tx.len(), 0);
        let error = tx.try_send(Counted(drops.clone())).expect_err("closed");
        assert!(error.is_closed());
    }
}

#[test]
fn what_try_send_left_at_capacity_0_is_dropped_with_the_last_receiver() {
    let drops = Arc::new(AtomicUsize::new(0));
    let (tx, rx) = bounded(0);
    let mut recv = rx.recv();
    assert!(Hand::default().poll(&mut recv).is_pending());
    assert!(tx.try_send(Counted(drops.clone())).is_ok());
    drop(recv);
    drop(rx);
    assert_eq!(drops.load(Ordering::SeqCst), 1);
}

#[test]
fn reply_channels_in_queued_messages_fire_when_the_last_receiver_goes() {
    let (tx, rx) = unbounded();
    let (reply, answer) = bounded::<u8>(1);
    tx.try_send(reply).unwrap();
    drop(rx);
    assert_eq!(block_on(answer.recv()), Err(RecvError));
}

#[test]
fn a_message_may_hold_the_handles_of_its_own_channel() {
    struct Own(Option<Sender<Own>>);
    let (tx, rx) = unbounded();
    tx.try_send(Own(Some(tx.clone()))).unwrap();
    let Own(sender) = rx.try_recv().unwrap();
    sender.unwrap().try_send(Own(None)).unwrap();
    // The last receiver drops the message, and with it a sender of the channel that is just being emptied.
    tx.try_send(Own(Some(tx.clone()))).unwrap();
    drop(rx);
    assert_eq!(tx.sender_count(), 1);
    assert!(tx.is_closed());
}

#[test]
fn closed_resolves_for_who_comes_late() {
    for (tx, rx) in kinds::<u8>() {
        drop(tx.closed());
        drop(rx);
        block_on(tx.closed());
    }
}

// ------------------------------------------------------------------------------------------------ counts, weak

#[test]
fn counts_follow_the_handles() {
    for (tx, rx) in kinds::<u8>() {
        let senders = [tx.clone(), tx.clone()];
        let receivers = [rx.clone()];
        assert_eq!((rx.sender_count(), tx.receiver_count()), (3, 2));
        assert_eq!((tx.sender_count(), rx.receiver_count()), (3, 2));
        drop((senders, receivers));
        assert_eq!((tx.sender_count(), tx.receiver_count()), (1, 1));
        drop(tx);
        assert_eq!((rx.sender_count(), rx.receiver_count()), (0, 1));
    }
}

#[test]
fn same_channel_knows_clones_from_strangers() {
    let ((tx, rx), (other_tx, other_rx)) = (bounded::<u8>(1), bounded::<u8>(1));
    assert!(tx.same_channel(&tx.clone()) && rx.same_channel(&rx.clone()));
    assert!(!tx.same_channel(&other_tx) && !rx.same_channel(&other_rx));
    assert!(tx.same_channel(&tx.downgrade().upgrade().unwrap()));
    assert!(!tx.same_channel(&nil().0));
    assert!(nil::<u8>().0.same_channel(&nil().0));
}

#[test]
fn weak_handles_count_for_nothing_and_upgrade_while_one_of_their_side_is_left() {
    for (tx, rx) in kinds::<u8>() {
        let (weak_tx, weak_rx) = (tx.downgrade(), rx.downgrade().clone());
        assert_eq!((tx.sender_count(), tx.receiver_count()), (1, 1));
        let strong = weak_tx.upgrade().unwrap();
        assert_eq!(tx.sender_count(), 2);
        drop(strong);
        // Closed by hand, with handles left.
        assert!(rx.close());
        assert!(weak_tx.upgrade().is_some() && weak_rx.upgrade().is_some());
        drop(rx);
        assert!(weak_rx.upgrade().is_none());
        assert!(weak_tx.clone().upgrade().is_some());
        drop(tx);
        assert!(weak_tx.upgrade().is_none());
    }
}

#[test]
fn a_channel_that_its_last_sender_closed_is_not_opened_by_a_weak_one() {
    for (tx, rx) in kinds::<u8>() {
        let weak = tx.downgrade();
        drop(tx);
        assert!(weak.upgrade().is_none());
        assert!(rx.is_closed());
        assert_eq!(rx.sender_count(), 0);
    }
}

#[test]
fn weak_handles_keep_no_message() {
    let drops = Arc::new(AtomicUsize::new(0));
    let (tx, rx) = unbounded();
    let weak = (tx.downgrade(), rx.downgrade());
    tx.try_send(Counted(drops.clone())).ok().unwrap();
    drop((tx, rx));
    assert_eq!(drops.load(Ordering::SeqCst), 1);
    drop(weak);
}

// --------------------------------------------------------------------------------------------- streams, iterators

#[test]
fn streams_give_everything_then_end_and_stay_at_their_end() {
    fn check<S: Stream<Item = u8> + FusedStream + Unpin>(tx: Sender<u8>, mut stream: S) {
        let hand = Hand::default();
        assert!(hand.next(&mut stream).is_pending());
        for round in 1..=3 {
            let wakes = hand.wakes();
            assert!(hand.next(&mut stream).is_pending());
            assert_eq!(tx.try_send(round), Ok(()));
            assert!(hand.wakes() > wakes, "round {round}");
            assert_eq!(hand.next(&mut stream), Poll::Ready(Some(round)));
            assert!(hand.next(&mut stream).is_pending());
        }
        assert!(!stream.is_terminated());
        drop(tx);
        assert_eq!(hand.next(&mut stream), Poll::Ready(None));
        assert!(stream.is_terminated());
        assert_eq!(hand.next(&mut stream), Poll::Ready(None));
        assert_eq!(stream.size_hint(), (0, Some(0)));
    }
    for (tx, rx) in kinds() {
        check(tx, rx.stream());
    }
    for (tx, rx) in kinds() {
        check(tx, rx.into_stream());
    }
}

#[test]
fn streams_share_a_channel_and_pass_hints_on_when_they_go() {
    for (tx, rx) in kinds() {
        let (first, second) = (Hand::default(), Hand::default());
        let (mut a, mut b) = (rx.stream(), rx.clone().into_stream());
        assert!(first.next(&mut a).is_pending() && second.next(&mut b).is_pending());
        tx.try_send(1).unwrap();
        drop(a);
        assert!(second.wakes() >= 1);
        assert_eq!(second.next(&mut b), Poll::Ready(Some(1)));
        assert_eq!(b.receiver().receiver_count(), 2);
        drop(b);
        assert_eq!(rx.receiver_count(), 1);
    }
}

#[test]
fn a_dropped_stream_leaves_the_messages() {
    let (tx, rx) = unbounded();
    for i in 0..4 {
        tx.try_send(i).unwrap();
    }
    assert_eq!(block_on(rx.stream().take(2).collect::<Vec<_>>()), [0, 1]);
    assert_eq!(block_on(rx.stream().next()), Some(2));
    assert_eq!(rx.try_recv(), Ok(3));
    let stream = rx.into_stream();
    tx.try_send(4).unwrap();
    drop(stream);
    assert!(tx.is_closed());
}

#[test]
fn try_iter_takes_what_is_there_and_what_comes() {
    let (tx, rx) = unbounded();
    tx.try_send(3).unwrap();
    let mut seen = Vec::new();
    let mut iter = rx.try_iter();
    for i in iter.by_ref() {
        seen.push(i);
        if i > 0 {
            tx.try_send(i - 1).unwrap();
        }
    }
    assert_eq!(seen, [3, 2, 1, 0]);
    tx.try_send(9).unwrap();
    assert_eq!(iter.next(), Some(9));
    assert_eq!(iter.next(), None);
}

#[test]
fn drain_takes_what_the_channel_held_when_it_was_called() {
    let (tx, rx) = unbounded();
    for i in 0..4 {
        tx.try_send(i).unwrap();
    }
    let mut drain = rx.drain();
    assert_eq!(drain.size_hint(), (0, Some(4)));
    assert_eq!(drain.next(), Some(0));
    tx.try_send(4).unwrap();
    assert_eq!(drain.by_ref().collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(drain.next(), None);
    assert_eq!(rx.drain().collect::<Vec<_>>(), [4]);
    // Somebody else was faster; what comes later is not for this one.
    tx.try_send(5).unwrap();
    let mut drain = rx.drain();
    rx.try_recv().unwrap();
    assert_eq!(drain.next(), None);
    tx.try_send(6).unwrap();
    assert_eq!(drain.next(), None);
    // What it has not given stays.
    drop(rx.drain());
    assert_eq!(rx.try_recv(), Ok(6));
    rx.close();
    assert_eq!(rx.drain().count(), 0);
}

// ----------------------------------------------------------------------------------------------- kinds of messages

#[test]
fn messages_without_a_size_are_counted_and_dropped_exactly() {
    static DROPS: AtomicUsize = AtomicUsize::new(0);
    #[derive(Debug, PartialEq)]
    struct Nothing;
    impl Drop for Nothing {
        fn drop(&mut self) {
            DROPS.fetch_add(1, Ordering::SeqCst);
        }
    }
    for (tx, rx) in kinds() {
        DROPS.store(0, Ordering::SeqCst);
        let (sent, received) = block_on(zip(tx.send(Nothing), rx.recv()));
        assert!(sent.is_ok());
        assert_eq!(DROPS.load(Ordering::SeqCst), 0);
        drop(received);
        assert_eq!(DROPS.load(Ordering::SeqCst), 1);
        let room = tx.capacity().unwrap_or(3);
        for _ in 0..room {
            assert!(tx.try_send(Nothing).is_ok());
        }
        assert_eq!(rx.len(), room);
        drop((rx, tx));
        assert_eq!(DROPS.load(Ordering::SeqCst), 1 + room);
    }
}

#[test]
fn large_messages_pass_unharmed() {
    type Large = [u8; 65536];
    fn pass(make: fn() -> (Sender<Large>, Receiver<Large>)) {
        let (tx, rx) = make();
        let hand = Hand::default();
        for fill in 1..=3 {
            let mut send = tx.send([fill; 65536]);
            let first = hand.poll(&mut send);
            assert!(block_on(rx.recv()).is_ok_and(|message| message == [fill; 65536]));
            assert!(first.is_ready() || hand.poll(&mut send).is_ready());
        }
    }
    fn come_back(make: fn() -> (Sender<Large>, Receiver<Large>)) {
        let (tx, rx) = make();
        assert!(tx.send([9; 65536]).cancel().is_ok_and(|message| message == [9; 65536]));
        rx.close();
        assert!(tx.try_send([8; 65536]).is_err_and(|error| error.into_inner() == [8; 65536]));
    }
    // An unoptimized build copies a message at every step: more stack than a test thread has.
    let roomy = std::thread::Builder::new().stack_size(16 << 20);
    let all = || {
        for make in [|| bounded(0), || bounded(1), || bounded(3), unbounded] {
            pass(make);
            come_back(make);
        }
    };
    roomy.spawn(all).unwrap().join().unwrap();
}

#[test]
fn messages_may_be_over_aligned_or_borrowed() {
    #[repr(align(256))]
    #[derive(Debug, PartialEq)]
    struct Wide(u8);
    for (tx, rx) in kinds() {
        let (_, received) = block_on(zip(tx.send(Wide(7)), rx.recv()));
        let received = received.unwrap();
        assert_eq!((&raw const received).addr() % 256, 0);
        assert_eq!(received, Wide(7));
    }
    let text = String::from("borrowed");
    let (tx, rx) = unbounded();
    tx.try_send(&*text).unwrap();
    assert_eq!(rx.try_recv(), Ok("borrowed"));
}

#[test]
fn a_destructor_may_use_the_channel_it_came_from() {
    thread_local!(static LATER: RefCell<Option<Sender<Chatty>>> = const { RefCell::new(None) });
    struct Chatty(u8);
    impl Drop for Chatty {
        fn drop(&mut self) {
            let tx = LATER.with_borrow(|tx| tx.clone());
            if let (Some(tx), 1..) = (tx, self.0) {
                let _ = tx.try_send(Chatty(self.0 - 1));
                let _ = tx.len();
            }
        }
    }
    for (tx, rx) in roomy() {
        LATER.set(Some(tx.clone()));
        tx.try_send(Chatty(3)).ok().unwrap();
        drop(tx);
        drop(rx);
        LATER.take();
    }
}

// --------------------------------------------------------------------------------------------------------- nil

#[test]
fn nil_is_never_ready() {
    let (tx, rx) = nil::<u8>();
    let hand = Hand::default();
    assert_eq!(tx.try_send(1), Err(TrySendError::Full(1)));
    assert_eq!(rx.try_recv(), Err(TryRecvError::Empty));
    assert!(hand.poll(&mut tx.send(1)).is_pending());
    assert!(hand.poll(&mut rx.recv()).is_pending());
    assert!(hand.next(&mut rx.stream()).is_pending());
    assert!(hand.next(&mut rx.clone().into_stream()).is_pending());
    assert!(hand.poll(&mut tx.closed()).is_pending() && hand.poll(&mut rx.closed()).is_pending());
    assert_eq!(block_on(tx.send_until(1, ready(()))), Err(SendTimeoutError::Timeout(1)));
    assert_eq!(block_on(rx.recv_until(ready(()))), Err(RecvTimeoutError::Timeout));
    assert_eq!(tx.send(5).cancel(), Ok(5));
    assert_eq!((rx.try_iter().count(), rx.drain().count()), (0, 0));
}

#[test]
fn nil_is_never_closed() {
    let (tx, rx) = nil::<u8>();
    assert!(!tx.close() && !rx.close() && !tx.is_closed() && !rx.is_closed());
    assert_eq!((tx.len(), tx.capacity(), tx.is_empty(), tx.is_full()), (0, Some(0), true, true));
    let _clones = (tx.clone(), rx.clone());
    assert_eq!((tx.sender_count(), tx.receiver_count()), (1, 1));
    let weak = (tx.downgrade(), rx.downgrade());
    drop(rx);
    assert!(!tx.is_closed());
    drop(tx);
    let tx = weak.0.upgrade().unwrap();
    assert!(weak.1.upgrade().is_some());
    assert!(block_on(poll_once(tx.closed())).is_none());
}

#[test]
fn a_channel_can_be_swapped_for_nil() {
    let (tx, mut rx) = unbounded();
    tx.try_send(1).unwrap();
    rx = if rx.try_recv().is_ok() { nil().1 } else { rx };
    assert!(tx.is_closed()); // the real one has gone
    assert_eq!(rx.try_recv(), Err(TryRecvError::Empty));
}

// ----------------------------------------------------------------------------------------------------- manners

/// A budget that the test sets, one for each thread.
mod budget {
    use super::*;
    thread_local! {
        pub(crate) static LEFT: RefCell<usize> = const { RefCell::new(0) };
    }
    pub(crate) static TABLE: Manners = Manners {
        name: "test",
        proceed: |cx, poll| {
            if LEFT.with_borrow(|left| *left == 0) {
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            let poll = poll(cx);
            if poll.is_ready() {
                LEFT.with_borrow_mut(|left| *left -= 1);
            }
            poll
        },
        check_blocking: || panic!("not here"),
    };
}

#[test]
fn a_channel_with_manners_spends_the_budget_of_its_runtime() {
    for (tx, rx) in [
        Builder::bounded(0).manners(&budget::TABLE).build(),
        Builder::bounded(1).manners(&budget::TABLE).build(),
        Builder::unbounded().manners(&budget::TABLE).build(),
    ] {
        let hand = Hand::default();
        let (mut send, mut recv) = (tx.send(1), rx.recv());
        // Used up: pending, but woken, and nothing has happened.
        budget::LEFT.set(0);
        assert!(hand.poll(&mut send).is_pending() && hand.poll(&mut recv).is_pending());
        assert_eq!((hand.wakes(), tx.len()), (2, 0));
        // A receive that finds nothing gives its unit back.
        budget::LEFT.set(1);
        assert!(hand.poll(&mut recv).is_pending());
        assert_eq!(budget::LEFT.take(), 1);
        budget::LEFT.set(9);
        let first = hand.poll(&mut send);
        assert_eq!(hand.poll(&mut recv), Poll::Ready(Ok(1)));
        if first.is_pending() {
            assert_eq!(hand.poll(&mut send), Poll::Ready(Ok(())));
        }
        assert_eq!(budget::LEFT.take(), 7);
        // Streams ask as well; `try_*`, closing and their like never do.
        budget::LEFT.set(0);
        assert!(hand.next(&mut rx.stream()).is_pending());
        assert_eq!(rx.try_recv(), Err(TryRecvError::Empty));
        tx.close();
        assert_eq!(hand.poll(&mut rx.closed()), Poll::Ready(()));
    }
}

#[test]
fn a_result_survives_manners_that_say_pending() {
    static RUDE: Manners = Manners {
        name: "rude",
        proceed: |cx, poll| {
            let _ = poll(cx);
            let _ = poll(cx);
            Poll::Pending
        },
        check_blocking: || {},
    };
    let (tx, rx) = Builder::unbounded().manners(&RUDE).build();
    assert_eq!(block_on(tx.send(1)), Ok(()));
    assert_eq!(block_on(rx.recv()), Ok(1));
    assert_eq!(rx.try_recv(), Err(TryRecvError::Empty));
}

// ------------------------------------------------------------------------------------------------------ case

/// The door for selects, used by hand with one case.
mod case {
    use super::*;
    use chan_core::case::{Operation, Status, Turn};

    #[test]
    fn status_is_open_closed_or_nil() {
        for (tx, rx) in roomy() {
            tx.try_send(1).unwrap();
            assert_eq!((tx.send(2).status(), rx.recv().status()), (Status::Open, Status::Open));
            tx.close();
            assert_eq!((tx.send(2).status(), rx.recv().status()), (Status::Closed, Status::Open));
            rx.try_recv().unwrap();
            assert_eq!(rx.recv().status(), Status::Closed);
        }
        let (tx, rx) = nil::<u8>();
        assert_eq!((tx.send(2).status(), rx.recv().status()), (Status::Nil, Status::Nil));
        let (tx, rx) = bounded::<u8>(0);
        assert!(tx.send(1).offers() && !rx.recv().offers());
        assert!(!bounded(1).0.send(1).offers() && !nil().0.send(1).offers());
    }

    #[test]
    fn a_look_completes_what_is_ready_and_only_that() {
        for (tx, rx) in roomy() {
            let mut turn = Turn::new(false);
            let (mut send, mut recv) = (tx.send(1), rx.recv());
            assert_eq!(recv.look(&mut turn, false), None);
            assert_eq!(recv.attempt(false), None);
            assert_eq!(send.look(&mut turn, false), Some(Ok(())));
            assert!(send.is_terminated());
            assert_eq!((send.status(), send.look(&mut turn, false)), (Status::Nil, None));
            assert_eq!(recv.look(&mut turn, false), Some(Ok(1)));
            assert!(recv.is_terminated());
            assert_eq!((recv.status(), recv.attempt(false)), (Status::Nil, None));
            assert_eq!(tx.send(2).attempt(false), Some(Ok(())));
            assert_eq!(rx.recv().attempt(false), Some(Ok(2)));
            tx.close();
            assert_eq!(tx.send(3).look(&mut turn, false), Some(Err(SendError(3))));
            assert_eq!(rx.recv().look(&mut turn, false), Some(Err(RecvError)));
            assert_eq!(rx.recv().attempt(false), Some(Err(RecvError)));
        }
    }

    #[test]
    fn an_attempt_at_capacity_0_is_a_try_send() {
        let (tx, rx) = bounded(0);
        assert_eq!(tx.send(1).attempt(false), None);
        let hand = Hand::default();
        let mut recv = rx.recv();
        assert!(hand.poll(&mut recv).is_pending());
        assert_eq!(tx.send(1).attempt(false), Some(Ok(())));
        assert_eq!(hand.poll(&mut recv), Poll::Ready(Ok(1)));
    }

    #[test]
    fn a_registered_case_is_woken_and_withdraws_without_effect() {
        for (tx, rx) in kinds() {
            let (hand, other) = (Hand::default(), Hand::default());
            let waker = Waker::from(hand.0.clone());
            let mut turn = Turn::new(false);
            let mut recv = rx.recv();
            recv.register(&mut turn, 0, &waker);
            assert_eq!(recv.look(&mut turn, false), None);
            assert!(!recv.announce(&mut turn));
            // Its hint goes to the next when it withdraws.
            let mut next = rx.recv();
            assert!(other.poll(&mut next).is_pending());
            tx.try_send(1).unwrap();
            assert!(hand.wakes() + other.wakes() >= 1);
            recv.withdraw();
            assert!(other.wakes() >= 1);
            assert_eq!(other.poll(&mut next), Poll::Ready(Ok(1)));
            // And it may be used again.
            assert_eq!(block_on(zip(recv, tx.send(2))), (Ok(2), Ok(())));
        }
    }

    #[test]
    fn a_withdrawn_send_keeps_its_message() {
        let full = bounded(1);
        full.0.try_send("first").unwrap();
        for (tx, rx) in [bounded(0), full] {
            let hand = Hand::default();
            let mut turn = Turn::new(true);
            let mut send = tx.send("m");
            send.register(&mut turn, 0, &Waker::from(hand.0.clone()));
            turn.finish();
            send.withdraw();
            assert_eq!(rx.try_iter().filter(|message| *message == "m").count(), 0);
            assert_eq!(send.status(), Status::Open);
            send.withdraw();
            assert_eq!(send.cancel(), Ok("m"));
        }
    }

    #[test]
    fn a_send_that_was_taken_before_the_select_says_so_even_if_another_case_won() {
        let (tx, rx) = bounded(0);
        let taken = || {
            let mut send = tx.send("m");
            assert!(Hand::default().poll(&mut send).is_pending());
            assert_eq!(rx.try_recv(), Ok("m"));
            send.enter();
            send
        };
        let mut turn = Turn::new(true);
        assert_eq!(taken().look(&mut turn, false), Some(Ok(())));
        assert_eq!(taken().look(&mut turn, true), Some(Ok(())));
        assert_eq!(taken().attempt(false), Some(Ok(())));
        let lost = || {
            let mut send = taken();
            send.withdraw();
            assert_eq!(send.status(), Status::Open);
            assert!(!send.offers() && !send.is_terminated());
            send
        };
        assert_eq!(lost().look(&mut turn, false), Some(Ok(())));
        assert_eq!(lost().look(&mut turn, true), Some(Ok(())));
        assert_eq!(lost().attempt(false), Some(Ok(())));
        assert_eq!(lost().cancel(), Err(Sent));
        let mut send = lost();
        assert_eq!(block_on(&mut send), Ok(()));
        assert_eq!((send.is_terminated(), send.status(), send.attempt(false)), (true, Status::Nil, None));
        // One that was still on offer takes it back.
        let mut send = tx.send("m");
        assert!(Hand::default().poll(&mut send).is_pending());
        send.enter();
        assert_eq!(rx.try_recv(), Err(TryRecvError::Empty));
        assert_eq!(send.cancel(), Ok("m"));
    }

    #[test]
    fn a_look_beside_complete_leaves_closed_cases_as_they_were() {
        for (tx, rx) in kinds() {
            let mut turn = Turn::new(false);
            let (mut send, mut recv) = (tx.send("m"), rx.recv());
            assert_eq!(recv.look(&mut turn, true), None);
            tx.close();
            assert_eq!((send.look(&mut turn, true), send.status()), (None, Status::Closed));
            assert_eq!((recv.look(&mut turn, true), recv.status()), (None, Status::Closed));
            assert_eq!(send.look(&mut turn, false), Some(Err(SendError("m"))));
            assert_eq!(recv.look(&mut turn, false), Some(Err(RecvError)));
        }
        for (tx, rx) in roomy() {
            let mut turn = Turn::new(false);
            assert_eq!(tx.send("m").look(&mut turn, true), Some(Ok(())));
            tx.close();
            assert_eq!(rx.recv().look(&mut turn, true), Some(Ok("m")));
        }
    }

    #[test]
    fn pointers_to_operations_and_options_of_them_are_operations() {
        fn both<F: Operation<Output = Result<u8, RecvError>>>(mut case: F, turn: &mut Turn) {
            assert_eq!(case.status(), Status::Open);
            assert!(!case.offers());
            case.enter();
            assert_eq!((case.look(turn, false), case.look(turn, true)), (None, None));
            assert_eq!(case.attempt(false), None);
            case.register(turn, 0, Waker::noop());
            assert!(!case.announce(turn));
            case.withdraw();
        }
        let (tx, rx) = unbounded();
        let turn = &mut Turn::new(false);
        let mut recv = rx.recv();
        both(&mut recv, turn);
        both(Pin::new(&mut recv), turn);
        both(Box::pin(rx.recv()), turn);
        both(Some(rx.recv()), turn);
        both(&mut Some(Pin::new(&mut recv)), turn);
        let mut none = None::<chan_core::future::Recv<'_, u8>>;
        none.enter();
        assert_eq!((none.status(), none.look(turn, false), none.look(turn, true)), (Status::Nil, None, None));
        assert_eq!(none.attempt(false), None);
        none.register(turn, 0, Waker::noop());
        assert!(!none.announce(turn) && !none.offers());
        none.withdraw();
        tx.try_send(4).unwrap();
        assert_eq!(Operation::look(&mut &mut recv, turn, false), Some(Ok(4)));
    }
}

// ------------------------------------------------------------------------------------------------------- sink

#[cfg(feature = "sink")]
mod sink {
    use super::*;
    use futures_sink::Sink;
    use std::future::poll_fn;

    async fn feed<S: Sink<T> + Unpin, T>(sink: &mut S, item: T) -> Result<(), S::Error> {
        poll_fn(|cx| Pin::new(&mut *sink).poll_ready(cx)).await?;
        Pin::new(sink).start_send(item)
    }
    async fn flush<S: Sink<T> + Unpin, T>(sink: &mut S) -> Result<(), S::Error> {
        poll_fn(|cx| Pin::new(&mut *sink).poll_flush(cx)).await
    }
    async fn close<S: Sink<T> + Unpin, T>(sink: &mut S) -> Result<(), S::Error> {
        poll_fn(|cx| Pin::new(&mut *sink).poll_close(cx)).await
    }

    #[test]
    fn a_sink_sends_in_order_and_flushes() {
        for (tx, rx) in kinds() {
            let send = async {
                let mut sink = tx.into_sink();
                for i in 0..5 {
                    feed(&mut sink, i).await.unwrap();
                }
                close(&mut sink).await.unwrap();
            };
            let ((), got) = block_on(zip(send, rx.stream().collect::<Vec<_>>()));
            assert_eq!(got, [0, 1, 2, 3, 4]);
        }
    }

    #[test]
    fn a_sink_waits_for_room() {
        let (tx, rx) = bounded(1);
        let mut sink = tx.sink();
        block_on(feed(&mut sink, 1)).unwrap();
        block_on(feed(&mut sink, 2)).unwrap(); // 1 is in the channel, 2 in the sink
        assert!(block_on(poll_once(pin!(flush(&mut sink)))).is_none());
        assert_eq!(rx.try_recv(), Ok(1));
        block_on(flush(&mut sink)).unwrap();
        assert_eq!(rx.try_recv(), Ok(2));
    }

    #[test]
    fn a_sink_gives_back_what_it_cannot_send() {
        let (tx, rx) = unbounded();
        let mut sink = tx.sink();
        block_on(feed(&mut sink, 1)).unwrap();
        rx.close();
        assert_eq!(block_on(flush(&mut sink)), Err(SendError(1)));
        assert_eq!(block_on(flush(&mut sink)), Ok(()));
    }

    #[test]
    fn closing_a_sink_ends_it_and_drops_an_owned_handle() {
        let (tx, rx) = unbounded();
        let mut sink = tx.sink();
        block_on(close::<_, u8>(&mut sink)).unwrap();
        assert_eq!(block_on(feed(&mut sink, 1)), Err(SendError(1)));
        assert!(!rx.is_closed());
        drop(sink);
        let mut sink = tx.into_sink();
        block_on(feed(&mut sink, 2)).unwrap();
        block_on(close(&mut sink)).unwrap();
        assert!(rx.is_closed());
        assert_eq!(rx.try_recv(), Ok(2));
        assert_eq!(block_on(feed(&mut sink, 3)), Err(SendError(3)));
    }

    #[test]
    fn a_dropped_sink_withdraws_what_it_holds() {
        let (tx, rx) = bounded(0);
        let mut sink = tx.sink();
        block_on(feed(&mut sink, 1)).unwrap();
        assert!(block_on(poll_once(pin!(flush(&mut sink)))).is_none());
        drop(sink);
        assert_eq!(rx.try_recv(), Err(TryRecvError::Empty));
    }

    #[test]
    fn a_nil_sink_takes_one_item_and_never_sends_it() {
        let mut sink = nil().0.into_sink();
        block_on(feed(&mut sink, 1)).unwrap();
        assert!(block_on(poll_once(pin!(flush(&mut sink)))).is_none());
    }
}
