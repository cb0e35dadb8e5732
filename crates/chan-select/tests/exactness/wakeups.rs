//! Nobody sleeps beside what would end the sleep, and nobody is woken for ever.

use crate::wakers::{acting, acting_in_clone, counting, panicking, poll};
use chan_core::{Receiver, Sender, bounded};
use chan_select::select;
use std::cell::{Cell, RefCell};
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::{Arc, Mutex, mpsc};
use std::task::{Poll, Waker};
use std::thread;
use std::time::Duration;

/// A select that sends on one channel and receives from another.
fn select_of_both(tx: &Sender<u8>, rx: &Receiver<u8>) -> Pin<Box<dyn Future<Output = u8> + Send>> {
    let (tx, rx) = (tx.clone(), rx.clone());
    Box::pin(async move {
        select! { _ = tx.send(1) => 1, _ = rx.recv() => 2 }
    })
}

#[test]
fn a_channel_that_closes_before_a_single_send_is_posted_ends_the_poll() {
    let (tx, rx) = bounded::<u8>(0);
    let (done, was_done) = mpsc::channel();
    // On its own thread: what can go wrong is that the poll does not end.
    thread::spawn(move || {
        let mut select = Box::pin(async move {
            select! { res = tx.send(1) => res.is_err() }
        });
        let (_, waker) = acting_in_clone(1, move || drop(rx));
        let _ = done.send(poll(&mut select, &waker) == Poll::Ready(true));
    });
    assert_eq!(was_done.recv_timeout(Duration::from_secs(3)), Ok(true), "the poll does not end");
}

#[test]
fn close_wakes_a_select_after_one_that_ends_at_once() {
    let (tx, rx) = bounded(0);
    let (_tx_in, rx_in) = bounded(0);
    let first = Arc::new(Mutex::new(Some(select_of_both(&tx, &rx_in))));
    // What another thread's executor may do before the closer's next step.
    let ending = acting({
        let first = first.clone();
        move || {
            if let Ok(mut first) = first.try_lock() {
                drop(first.take());
            }
        }
    });
    assert!(poll(first.lock().unwrap().as_mut().unwrap(), &ending).is_pending());
    let mut second = select_of_both(&tx, &rx_in);
    let (woken, waker) = counting();
    assert!(poll(&mut second, &waker).is_pending());
    rx.close();
    assert!(first.lock().unwrap().is_none());
    assert!(woken.wakes() > 0, "the second select sleeps on a closed channel");
}

#[test]
fn close_wakes_each_of_many_selects_once() {
    const SELECTS: usize = 20_000;
    let (tx, rx) = bounded(0);
    let (_tx_in, rx_in) = bounded(0);
    let (woken, waker) = counting();
    let mut selects: Vec<_> = (0..SELECTS).map(|_| select_of_both(&tx, &rx_in)).collect();
    for select in &mut selects {
        assert!(poll(select, &waker).is_pending());
    }
    rx.close();
    assert_eq!(woken.wakes(), SELECTS);
}

#[test]
fn close_reaches_closed_past_a_panicking_receiver() {
    for capacity in [0, 1] {
        let (tx, rx) = bounded::<u8>(capacity);
        let mut closed = Box::pin(tx.closed());
        let (woken, waker) = counting();
        assert!(poll(&mut closed, &waker).is_pending());
        let mut recv = Box::pin(rx.recv());
        assert!(poll(&mut recv, &panicking()).is_pending());
        assert!(catch_unwind(AssertUnwindSafe(|| tx.close())).is_err());
        assert!(tx.is_closed());
        assert!(woken.wakes() > 0, "capacity {capacity}: `closed()` sleeps for ever");
        assert!(poll(&mut closed, &waker).is_ready());
    }
}

#[test]
fn close_reaches_a_sender_past_a_panicking_receiver() {
    let (tx, rx) = bounded(0);
    // The first receive gets the send's hint and is not polled: so all three sleep.
    let mut hinted = Box::pin(rx.recv());
    let mut recv = Box::pin(rx.recv());
    assert!(poll(&mut hinted, Waker::noop()).is_pending());
    assert!(poll(&mut recv, &panicking()).is_pending());
    let mut send = Box::pin(tx.send(1));
    let (woken, waker) = counting();
    assert!(poll(&mut send, &waker).is_pending());
    assert!(catch_unwind(AssertUnwindSafe(|| tx.close())).is_err());
    assert!(woken.wakes() > 0, "the send sleeps on a closed channel");
}

/// Polls `select` as long as it wakes itself; how often that was.
fn polls_until_it_rests(select: impl Future) -> usize {
    let mut select = Box::pin(select);
    let (woken, waker) = counting();
    for polls in 1..1000 {
        let before = woken.wakes();
        assert!(poll(&mut select, &waker).is_pending());
        if woken.wakes() == before {
            return polls;
        }
    }
    1000
}

#[test]
fn a_select_on_both_ends_of_a_channel_comes_to_rest() {
    let (tx, rx) = bounded::<u8>(0);
    let polls = polls_until_it_rests(async {
        select! { _ = rx.recv() => 1, _ = tx.send(1) => 2 }
    });
    assert!(polls < 10, "woke itself {polls} times, for nothing");
}

#[test]
fn a_select_with_two_receives_and_a_send_on_one_channel_comes_to_rest() {
    let (tx, rx) = bounded::<u8>(0);
    let polls = polls_until_it_rests(async {
        select! { _ = rx.recv() => 1, _ = rx.recv() => 2, _ = tx.send(1) => 3 }
    });
    assert!(polls < 10, "woke itself {polls} times, for nothing");
}

#[test]
fn a_select_that_is_polled_with_the_same_waker_does_not_clone_it() {
    let (tx, _rx) = bounded(0);
    let (_tx_in, rx_in) = bounded(0);
    let (clones, waker) = acting_in_clone(0, || ());
    let mut select = select_of_both(&tx, &rx_in);
    assert!(poll(&mut select, &waker).is_pending());
    let at_first = clones.made();
    for _ in 0..4 {
        assert!(poll(&mut select, &waker).is_pending());
        assert_eq!(clones.made(), at_first);
    }
}

#[test]
fn a_hint_that_comes_while_a_select_registers_is_passed_on() {
    let (tx, rx) = bounded(0);
    // A send that has come and gone: the next one looks for a receive from the second cell on.
    let mut gone = Box::pin(tx.send(0));
    assert!(poll(&mut gone, Waker::noop()).is_pending());
    assert_eq!(rx.try_recv(), Ok(0));
    assert!(poll(&mut gone, Waker::noop()).is_ready());

    let recv = RefCell::new(Box::pin(rx.recv()));
    assert!(poll(&mut recv.borrow_mut(), Waker::noop()).is_pending());
    let send = RefCell::new(Box::pin(tx.send(2)));
    let (late_woken, late_waker) = counting();
    let late_recv = Arc::new(Mutex::new(Box::pin({
        let rx = rx.clone();
        async move { rx.recv().await }
    })));
    // The second clone is made after the select's receive has registered, before its send is posted.
    let (clones, waker) = acting_in_clone(2, {
        let late_recv = late_recv.clone();
        move || assert!(poll(&mut late_recv.lock().unwrap(), &late_waker).is_pending())
    });
    // What other threads do while the select is in its foreign future's poll.
    let meet = Cell::new(false);
    let foreign = poll_fn(|_| {
        if meet.take() {
            assert!(poll(&mut send.borrow_mut(), Waker::noop()).is_pending());
            assert_eq!(poll(&mut recv.borrow_mut(), Waker::noop()), Poll::Ready(Ok(2)));
        }
        Poll::<()>::Pending
    });
    let mut select = Box::pin(async {
        select! { biased; _ = rx.recv() => 1, _ = tx.send(1) => 2, _ = foreign => 3 }
    });
    assert!(poll(&mut select, &waker).is_pending());
    meet.set(true);
    assert!(poll(&mut select, &waker).is_pending());
    // The executor polls the select as often as it was woken.
    for _ in 0..100 {
        if clones.take_wakes() == 0 {
            break;
        }
        assert!(poll(&mut select, &waker).is_pending());
    }
    assert!(poll(&mut send.borrow_mut(), Waker::noop()).is_ready());
    assert!(late_woken.wakes() > 0, "a receive sleeps beside an offer that stands open");
}
