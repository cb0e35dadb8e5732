//! A message that a peer has received is not given back, and not dropped a second time.

use crate::wakers::{acting_in_clone, counting, panicking, poll};
use chan_core::bounded;
use chan_core::case::{Begin, Operation, Turn};
use chan_select::select;
use futures_lite::future::{block_on, poll_once};
use std::mem::forget;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Poll, Waker};

/// A message that counts the drops of its kind, in a static: a second drop is a wrong count and nothing worse.
#[derive(Debug)]
struct Counted(&'static AtomicUsize);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

#[test]
fn a_send_that_is_taken_while_its_waker_changes_was_sent() {
    static DROPS: AtomicUsize = AtomicUsize::new(0);
    let (tx, rx) = bounded(0);
    let mut select = Box::pin(async {
        select! { res = tx.send(Counted(&DROPS)) => res }
    });
    let (_, first) = counting();
    assert!(poll(&mut select, &first).is_pending());
    let got = Arc::new(Mutex::new(None));
    let (_, second) = acting_in_clone(1, {
        let (got, rx) = (got.clone(), rx.clone());
        move || *got.lock().unwrap() = rx.try_recv().ok()
    });
    let result = poll(&mut select, &second);
    let got = got.lock().unwrap().take();
    assert!(got.is_some());
    assert!(matches!(result, Poll::Ready(Ok(()))), "{result:?}, although it was received");
    drop(got);
    assert_eq!(DROPS.load(Ordering::SeqCst), 1);
}

#[test]
fn a_send_of_a_leaked_select_does_not_give_back_what_was_received() {
    static DROPS: AtomicUsize = AtomicUsize::new(0);
    let (tx, rx) = bounded(0);
    let (_tx_in, rx_in) = bounded::<u8>(0);
    let mut send = tx.send(Counted(&DROPS));
    let mut select = Box::pin(async {
        select! { _ = &mut send => 1, _ = rx_in.recv() => 2 }
    });
    assert!(poll(&mut select, Waker::noop()).is_pending());
    forget(select);
    let got = rx.try_recv();
    assert!(got.is_ok());
    assert!(send.cancel().is_err(), "two owners of one message");
    drop(got);
    assert_eq!(DROPS.load(Ordering::SeqCst), 1);
}

#[test]
fn a_send_of_a_leaked_select_can_be_awaited() {
    let (tx, rx) = bounded(0);
    let (_tx_in, rx_in) = bounded::<u8>(0);
    let mut send = tx.send(1);
    let mut select = Box::pin(async {
        select! { _ = &mut send => 1, _ = rx_in.recv() => 2 }
    });
    assert!(poll(&mut select, Waker::noop()).is_pending());
    forget(select);
    assert!(block_on(poll_once(&mut send)).is_none());
    assert_eq!(rx.try_recv(), Ok(1));
    assert_eq!(block_on(poll_once(&mut send)), Some(Ok(())));
}

#[test]
fn a_send_of_a_leaked_select_can_be_a_case_of_the_next() {
    static DROPS: AtomicUsize = AtomicUsize::new(0);
    let (_, waker) = counting();
    let (tx, rx) = bounded(0);
    let (tx_in, rx_in) = bounded::<u8>(1);
    let mut send = tx.send(Counted(&DROPS));
    let mut leaked = Box::pin(async {
        select! { _ = &mut send => 1, _ = rx_in.recv() => 2 }
    });
    assert!(poll(&mut leaked, &waker).is_pending());
    forget(leaked);
    let mut next = Box::pin(async {
        select! { res = &mut send => { res.unwrap(); 1 } _ = rx_in.recv() => 2 }
    });
    assert!(poll(&mut next, &waker).is_pending());
    let got = rx.try_recv();
    assert!(got.is_ok());
    // The other case is ready as well, and too late.
    tx_in.try_send(1).unwrap();
    assert_eq!(poll(&mut next, &waker), Poll::Ready(1));
    drop(next);
    assert!(send.cancel().is_err(), "two owners of one message");
    drop(got);
    assert_eq!(DROPS.load(Ordering::SeqCst), 1);
}

#[test]
fn a_turn_that_is_finished_asleep_gives_nothing_back_that_was_taken() {
    static DROPS: AtomicUsize = AtomicUsize::new(0);
    let (tx, rx) = bounded(0);
    let mut send = tx.send(Counted(&DROPS));
    let mut turn = Turn::new(true);
    assert_eq!(turn.begin(Waker::noop()), Begin::Look);
    Operation::enter(&mut send);
    Operation::register(&mut send, &mut turn, 0, Waker::noop());
    let _ = turn.sleep();
    let got = rx.try_recv();
    assert!(got.is_ok());
    // Not the prescribed order: nobody asked the turn which case was taken.
    turn.finish();
    Operation::withdraw(&mut send);
    assert!(send.cancel().is_err(), "two owners of one message");
    drop(got);
    assert_eq!(DROPS.load(Ordering::SeqCst), 1);
}

#[test]
fn a_panic_while_a_taken_select_is_dropped_drops_no_message_of_others() {
    static DROPS: AtomicUsize = AtomicUsize::new(0);
    let (tx, rx) = bounded(0);
    let (tx_in, rx_in) = bounded::<u8>(1);
    // Biased: the receive is withdrawn before the send is told that it was taken.
    let mut select = Box::pin(async {
        select! { biased; _ = rx_in.recv() => 2, _ = tx.send(Counted(&DROPS)) => 1 }
    });
    assert!(poll(&mut select, Waker::noop()).is_pending());
    // The select holds a hint, and passes it on to this one.
    let mut other = Box::pin(rx_in.recv());
    assert!(poll(&mut other, &panicking()).is_pending());
    tx_in.try_send(1).unwrap();
    let got = rx.try_recv();
    assert!(got.is_ok());
    assert!(catch_unwind(AssertUnwindSafe(|| drop(select))).is_err());
    assert_eq!(DROPS.load(Ordering::SeqCst), 0, "dropped although it was received");
    drop(got);
    assert_eq!(DROPS.load(Ordering::SeqCst), 1);
}

#[test]
fn complete_does_not_hide_a_send_that_has_happened() {
    let (tx, rx) = bounded(0);
    let mut send = tx.send(1);
    assert!(block_on(poll_once(&mut send)).is_none());
    assert_eq!(rx.try_recv(), Ok(1));
    rx.close();
    let case = block_on(async {
        select! { res = &mut send => { res.unwrap(); 1 } complete => 2 }
    });
    assert_eq!(case, 1);
}
