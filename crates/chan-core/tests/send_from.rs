//! Sending from a slot: the message is in the slot, in the channel, or lies open to the receivers; never twice, never
//! nowhere.

use std::cell::Cell;
use std::future::Future;
use std::mem;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread;

use chan_core::{SendError, TryRecvError, bounded, nil, unbounded};
use futures_lite::future::{block_on, poll_once};

struct Counted(Rc<Cell<u32>>, u32);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.set(self.0.get() + 1);
    }
}

struct Nobody;

impl Wake for Nobody {
    fn wake(self: Arc<Self>) {}
}

fn poll<F: Future + Unpin>(future: &mut F) -> Poll<F::Output> {
    Pin::new(future).poll(&mut Context::from_waker(&Waker::from(Arc::new(Nobody))))
}

#[test]
fn dropped_after_any_number_of_polls_the_message_is_in_the_slot() {
    for capacity in [0, 1, 3] {
        for polls in 0..5 {
            let drops = Rc::new(Cell::new(0));
            let (tx, rx) = bounded(capacity);
            for i in 0..capacity {
                assert!(tx.try_send(Counted(drops.clone(), i as u32)).is_ok());
            }
            let mut slot = Some(Counted(drops.clone(), 9));
            let mut send = tx.send_from(&mut slot);
            for _ in 0..polls {
                // Each time with another waker.
                assert!(poll(&mut send).is_pending());
            }
            drop(send);
            assert_eq!(slot.as_ref().map(|message| message.1), Some(9));
            assert_eq!((drops.get(), rx.len()), (0, capacity));
            // And it can be sent.
            rx.drain().for_each(drop);
            if capacity > 0 {
                assert!(block_on(tx.send_from(&mut slot)).is_ok());
                assert!(slot.is_none());
            }
            drop((tx, rx, slot));
            assert_eq!(drops.get(), capacity as u32 + 1);
        }
    }
}

#[test]
fn taken_before_the_drop_the_slot_is_empty() {
    let (tx, rx) = bounded(0);
    let mut slot = Some(7);
    let mut send = tx.send_from(&mut slot);
    assert!(poll(&mut send).is_pending());
    assert_eq!(rx.try_recv(), Ok(7));
    drop(send);
    assert_eq!(slot, None);

    slot = Some(8);
    let mut send = tx.send_from(&mut slot);
    assert!(poll(&mut send).is_pending());
    assert_eq!(rx.try_recv(), Ok(8));
    assert_eq!(poll(&mut send), Poll::Ready(Ok(())));
    drop(send);
    assert_eq!(slot, None);
}

#[test]
fn an_empty_slot_and_nil_are_never_ready() {
    let (tx, rx) = bounded(1);
    let mut slot = None::<u8>;
    assert!(block_on(poll_once(tx.send_from(&mut slot))).is_none());
    rx.close();
    assert!(block_on(poll_once(tx.send_from(&mut slot))).is_none());

    let (tx, _rx) = nil();
    let mut slot = Some(1);
    assert!(block_on(poll_once(tx.send_from(&mut slot))).is_none());
    assert_eq!(slot, Some(1));
}

#[test]
fn a_closed_channel_gives_the_message_with_the_error() {
    for capacity in [0, 1] {
        let (tx, rx) = bounded(capacity);
        if capacity == 1 {
            tx.try_send(0).unwrap();
        }
        // Closed while it waits.
        let mut slot = Some(1);
        let mut send = tx.send_from(&mut slot);
        assert!(poll(&mut send).is_pending());
        rx.close();
        assert_eq!(poll(&mut send), Poll::Ready(Err(SendError(1))));
        drop(send);
        assert_eq!(slot, None);
        // And before.
        let mut slot = Some(2);
        assert_eq!(block_on(tx.send_from(&mut slot)), Err(SendError(2)));
        assert_eq!(slot, None);
        // Closed, and never asked: as it was.
        let mut slot = Some(3);
        drop(tx.send_from(&mut slot));
        assert_eq!(slot, Some(3));
    }
}

#[test]
fn a_leaked_future_keeps_nothing_of_a_buffered_channel() {
    let drops = Rc::new(Cell::new(0));
    let (tx, rx) = bounded(1);
    assert!(tx.try_send(Counted(drops.clone(), 0)).is_ok());
    let mut slot = Some(Counted(drops.clone(), 1));
    let mut send = tx.send_from(&mut slot);
    assert!(poll(&mut send).is_pending());
    mem::forget(send);
    assert!(slot.is_some(), "the message is where it was");
    // Its hint costs one operation, no more.
    assert_eq!(rx.try_recv().map(|message| message.1), Ok(0));
    assert!(block_on(tx.send_from(&mut slot)).is_ok());
    assert_eq!(rx.try_recv().map(|message| message.1), Ok(1));
    assert_eq!(drops.get(), 2);
}

#[test]
fn a_leaked_future_leaves_its_offer_to_the_receivers() {
    for received in [true, false] {
        let drops = Rc::new(Cell::new(0));
        let (tx, rx) = bounded(0);
        let mut slot = Some(Counted(drops.clone(), 1));
        let mut send = tx.send_from(&mut slot);
        assert!(poll(&mut send).is_pending());
        mem::forget(send);
        assert!(slot.is_none());
        if received {
            assert_eq!(rx.try_recv().map(|message| message.1), Ok(1));
            assert_eq!(drops.get(), 1);
        }
        // The slot and the channel go on.
        slot = Some(Counted(drops.clone(), 2));
        let mut send = tx.send_from(&mut slot);
        assert!(poll(&mut send).is_pending());
        let expected = if received { 2 } else { 1 };
        assert_eq!(rx.try_recv().map(|message| message.1), Ok(expected));
        drop(send);
        assert_eq!(slot.is_none(), received);
        drop(slot);
        assert!(drops.get() <= 2);
    }
}

#[test]
fn each_message_goes_exactly_once_when_sends_are_dropped_beside_a_receiver() {
    const MESSAGES: u64 = if cfg!(miri) { 50 } else { 1_000 };
    for capacity in [0, 1] {
        let (tx, rx) = bounded(capacity);
        let receiver = thread::spawn(move || {
            let (mut sum, mut last) = (0, 0);
            for n in rx {
                assert!(n > last, "twice, or out of order");
                last = n;
                sum += n;
            }
            sum
        });
        let (mut slot, mut attempts) = (None, 0);
        for n in 1..=MESSAGES {
            slot = Some(n);
            while slot.is_some() {
                // Dropped after one poll, and begun anew.
                let mut send = tx.send_from(&mut slot);
                if let Poll::Ready(result) = poll(&mut send) {
                    result.unwrap();
                }
                // At capacity 0 somebody must have the time to come.
                attempts += 1;
                if attempts % 4 != 0 {
                    thread::yield_now();
                }
            }
        }
        assert_eq!(slot, None);
        drop(tx);
        assert_eq!(receiver.join().unwrap(), MESSAGES * (MESSAGES + 1) / 2);
    }
}

#[test]
fn never_waits_on_an_unbounded_channel() {
    let (tx, rx) = unbounded();
    let mut slot = Some(1);
    assert_eq!(poll(&mut tx.send_from(&mut slot)), Poll::Ready(Ok(())));
    assert_eq!((rx.try_recv(), rx.try_recv()), (Ok(1), Err(TryRecvError::Empty)));
}
