//! What is left when a select is dropped or a case loses: everything where it was.

use chan_core::{Receiver, Sender, bounded, unbounded};
use chan_select::select;
use futures_lite::future::{block_on, pending, poll_once, ready, yield_now};
use std::cell::Cell;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake};

/// A message that counts the drops of its kind.
#[derive(Debug)]
struct Counted(Rc<Cell<u32>>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.set(self.0.get() + 1);
    }
}

#[test]
fn losing_receives_take_nothing() {
    block_on(async {
        let (tx1, rx1) = bounded(1);
        let (tx2, rx2) = bounded(1);
        for n in 0..200 {
            tx1.try_send(n).unwrap();
            tx2.try_send(n).unwrap();
            let got = select! {
                m = rx1.recv() => { assert_eq!((rx1.len(), rx2.len()), (0, 1)); m.unwrap() }
                m = rx2.recv() => { assert_eq!((rx1.len(), rx2.len()), (1, 0)); m.unwrap() }
            };
            assert_eq!(got, n);
            assert_eq!(rx1.try_recv().or(rx2.try_recv()), Ok(n));
        }
    });
}

#[test]
fn losing_sends_by_value_drop_their_message_once_with_the_case() {
    block_on(async {
        let drops = Rc::new(Cell::new(0));
        let (tx1, rx1) = bounded(1);
        let (tx2, rx2) = bounded(1);
        for n in 1..=100 {
            let dropped_before_body = select! {
                res = tx1.send(Counted(drops.clone())) => { res.unwrap(); drops.get() }
                res = tx2.send(Counted(drops.clone())) => { res.unwrap(); drops.get() }
            };
            // The loser is gone before the body runs; the winner is in its channel.
            assert_eq!(dropped_before_body, 2 * n - 1);
            assert_eq!(rx1.len() + rx2.len(), 1);
            drop((rx1.try_recv(), rx2.try_recv()));
            assert_eq!(drops.get(), 2 * n);
        }
    });
}

#[test]
fn losing_sends_by_reference_keep_their_message() {
    block_on(async {
        for capacity in [0, 1] {
            let (tx, rx) = bounded(capacity);
            while capacity > 0 && tx.try_send(0).is_ok() {}
            let mut send = tx.send(7);
            for _ in 0..3 {
                select! { _ = &mut send => unreachable!(), default => {} }
                select! { _ = &mut send => unreachable!(), _ = yield_now() => {} }
            }
            // It is what it was: it can be awaited, or called off.
            let _ = rx.try_recv();
            let mut waiting = pin!(&mut send);
            let sent = poll_once(&mut waiting).await.is_some();
            assert_eq!(sent, capacity == 1);
            if !sent {
                assert_eq!(send.cancel(), Ok(7));
            }
        }
    });
}

/// Ready after some polls, and a wake-up after each.
struct After(u32);

impl Future for After {
    type Output = ();
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.0 == 0 {
            return Poll::Ready(());
        }
        self.0 -= 1;
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

/// Whether somebody receives, and somebody sends, in the polls of a select that is dropped after `polls`.
fn drop_after(polls: usize, capacity: usize, peer_sends: usize, peer_receives: usize) {
    block_on(async {
        let drops = Rc::new(Cell::new(0));
        let (tx_in, rx_in): (Sender<Counted>, Receiver<Counted>) = unbounded();
        let (tx_out, rx_out) = bounded(capacity);
        let made = 1 + u32::from(peer_sends < polls);
        let mut received = 0;
        {
            let mut select = pin!(async {
                select! {
                    m = rx_in.recv() => { drop(m.unwrap()); 1 }
                    res = tx_out.send(Counted(drops.clone())) => { res.unwrap(); 2 }
                    _ = After(4) => 3,
                }
            });
            for poll in 0..polls {
                if poll == peer_sends {
                    tx_in.try_send(Counted(drops.clone())).unwrap();
                }
                if poll == peer_receives && rx_out.try_recv().is_ok() {
                    received += 1;
                }
                if poll_once(&mut select).await.is_some() {
                    break;
                }
            }
        }
        // Each message made is in a channel, or was dropped exactly once: by us, or by who received it.
        let left = (rx_in.len() + rx_out.len()) as u32;
        assert!(drops.get() + left <= made, "{polls} {capacity} {peer_sends} {peer_receives}");
        assert!(received <= 1);
        drop((tx_in, rx_in, tx_out, rx_out));
        assert!(drops.get() <= made);
        assert_eq!(Rc::strong_count(&drops), 1);
    });
}

#[test]
fn dropped_after_any_number_of_polls_it_loses_nothing() {
    for polls in 0..=6 {
        for capacity in [0, 1] {
            for peer_sends in 0..=6 {
                for peer_receives in 0..=6 {
                    drop_after(polls, capacity, peer_sends, peer_receives);
                }
            }
        }
    }
}

#[test]
fn a_select_that_is_dropped_passes_its_hint_on() {
    block_on(async {
        let (tx, rx) = bounded::<u32>(1);
        let mut plain = pin!(rx.recv());
        {
            let mut select = pin!(async {
                select! { m = rx.recv() => m, _ = pending::<()>() => Ok(9) }
            });
            assert_eq!(poll_once(&mut select).await, None);
            assert_eq!(poll_once(&mut plain).await, None);
            tx.try_send(1).unwrap();
        }
        // By its own waker: the executor below polls nothing that was not woken.
        assert_eq!(plain.await, Ok(1));
    });
}

/// Notes that it was woken.
#[derive(Default)]
struct Flag(AtomicBool);

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[test]
fn a_reference_in_a_dropped_select_keeps_no_hint() {
    let (tx, rx) = bounded::<u32>(1);
    let mut kept = rx.recv();
    {
        let mut select = pin!(async {
            select! { m = &mut kept => m, _ = pending::<()>() => Ok(9) }
        });
        assert_eq!(block_on(poll_once(&mut select)), None);
    }
    let woken = Arc::new(Flag::default());
    let mut plain = pin!(rx.recv());
    assert!(plain.as_mut().poll(&mut Context::from_waker(&woken.clone().into())).is_pending());
    tx.try_send(1).unwrap();
    assert!(woken.0.load(Ordering::Relaxed));
}

#[test]
fn a_select_that_goes_to_sleep_wakes_the_receiver_of_its_offer() {
    let (tx, rx) = bounded::<u32>(0);
    let woken = Arc::new(Flag::default());
    let mut recv = pin!(rx.recv());
    let waker = woken.clone().into();
    let mut cx = Context::from_waker(&waker);
    assert!(recv.as_mut().poll(&mut cx).is_pending());
    let mut select = pin!(async {
        select! { res = tx.send(7) => res.is_ok(), _ = pending::<()>() => false }
    });
    assert_eq!(block_on(poll_once(&mut select)), None);
    assert!(woken.0.load(Ordering::Relaxed));
    assert_eq!(recv.as_mut().poll(&mut cx), Poll::Ready(Ok(7)));
    assert!(block_on(select));
}

#[test]
fn what_comes_between_the_look_and_the_sleep_is_seen() {
    block_on(async {
        let (tx, rx) = bounded::<u32>(1);
        let mut select = pin!(async {
            select! {
                biased;
                m = rx.recv() => m.unwrap(),
                // Sends after the receive was looked at, and before it is registered.
                _ = async { tx.try_send(7).unwrap(); pending::<()>().await } => 9,
            }
        });
        assert_eq!(poll_once(&mut select).await, Some(7));
    });
}

#[test]
fn a_panic_in_a_foreign_poll_withdraws_the_others() {
    let (tx, rx) = bounded::<u32>(0);
    let (_tx_in, rx_in) = bounded::<u32>(1);
    let mut send = tx.send(7);
    let result = catch_unwind(AssertUnwindSafe(|| {
        block_on(async {
            select! {
                _ = &mut send => {}
                _ = rx_in.recv() => {}
                _ = async { yield_now().await; panic!("foreign") } => {}
            }
        });
    }));
    assert!(result.is_err());
    assert!(rx.try_recv().is_err());
    assert_eq!(send.cancel(), Ok(7));
}

#[test]
fn a_select_does_not_talk_to_itself() {
    block_on(async {
        for capacity in [0, 1] {
            let (tx, rx) = bounded::<u32>(capacity);
            let mut select = pin!(async {
                select! {
                    m = rx.recv() => m.unwrap(),
                    res = tx.send(1) => { res.unwrap(); 2 }
                }
            });
            let got = poll_once(&mut select).await;
            // With room the send is ready, as it would be alone.
            assert_eq!(got, (capacity == 1).then_some(2));
        }
    });
}

#[test]
fn a_loop_around_an_idle_channel_leaves_nothing_behind() {
    block_on(async {
        let (tx, rx) = bounded::<u32>(1);
        for _ in 0..1000 {
            select! { _ = rx.recv() => unreachable!(), _ = yield_now() => {} }
        }
        for _ in 0..1000 {
            let mut select = pin!(async {
                select! { m = rx.recv() => m.unwrap(), _ = pending::<()>() => 9 }
            });
            assert_eq!(poll_once(&mut select).await, None);
        }
        tx.try_send(1).unwrap();
        assert_eq!(
            select! { m = rx.recv() => m, biased_never = pending::<()>() => { let () = biased_never; Ok(9) } },
            Ok(1)
        );
        ready(()).await;
    });
}
