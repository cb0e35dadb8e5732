//! User code inside channel operations: destructors that panic, wakers that panic, wakers that use the very channel
//! that wakes, clones or drops them. The channel stays usable or closed, and loses nothing.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Poll, Waker};

use chan_core::case::{Operation, Turn};
use chan_core::{Receiver, Sender, TryRecvError};
use chan_tests::tracked::{Ledger, Tracked};
use chan_tests::wakers::{acting, hooked};
use chan_tests::{Flavour, counting, ignore, poll, poll_noop, soon};

fn for_each_flavour(test: impl Fn(Flavour) + Send + 'static) {
    soon(move || Flavour::ALL.into_iter().for_each(test));
}

/// Whether `work` panicked. The message goes nowhere: it is expected.
fn panics(work: impl FnOnce()) -> bool {
    catch_unwind(AssertUnwindSafe(work)).is_err()
}

/// A message whose destructor panics, after it is accounted for. A second panic while one is under way would abort the
/// process whatever a channel does, so that one is kept back.
struct Fragile {
    _tracked: Tracked,
    breaks: bool,
}

impl Drop for Fragile {
    fn drop(&mut self) {
        if self.breaks && !std::thread::panicking() {
            panic!("a destructor that panics");
        }
    }
}

fn queued(flavour: Flavour) -> usize {
    flavour.capacity().unwrap_or(100).min(100)
}

#[test]
fn a_panicking_destructor_in_the_last_receivers_drop_leaves_no_other_message_behind() {
    for_each_flavour(|flavour| {
        let queued = queued(flavour);
        for breaks in [0, queued / 2, queued.saturating_sub(1)] {
            let ledger = Ledger::new(queued);
            let (tx, rx) = flavour.make();
            for i in 0..queued {
                let message = Fragile { _tracked: ledger.make(), breaks: i == breaks };
                assert!(tx.try_send(message).is_ok());
            }
            assert_eq!(panics(|| drop(rx)), queued > 0, "{flavour:?}: the panic is passed on");
            assert!(tx.is_closed());
            drop(tx);
            ledger.assert_dropped_once();
        }
    });
}

#[test]
fn several_panicking_destructors_leave_no_message_behind() {
    for_each_flavour(|flavour| {
        let queued = queued(flavour);
        let ledger = Ledger::new(queued);
        let (tx, rx) = flavour.make();
        for i in 0..queued {
            let message = Fragile { _tracked: ledger.make(), breaks: i % 3 == 0 };
            assert!(tx.try_send(message).is_ok());
        }
        panics(|| drop(rx));
        panics(|| drop(tx));
        ledger.assert_dropped_once();
    });
}

#[test]
fn a_panicking_destructor_of_a_cancelled_send_leaves_the_channel_usable() {
    for_each_flavour(|flavour| {
        let Some(capacity) = flavour.capacity() else { return };
        let ledger = Ledger::new(1_000);
        let (tx, rx) = flavour.make();
        let message = |breaks| Fragile { _tracked: ledger.make(), breaks };
        (0..capacity).for_each(|_| assert!(tx.try_send(message(false)).is_ok()));
        for polls in 0..3 {
            let mut send = tx.send(message(true));
            (0..polls).for_each(|_| assert!(poll_noop(&mut send).is_pending()));
            assert!(panics(|| drop(send)), "{flavour:?}: dropped after {polls} polls");
        }
        (0..capacity).for_each(|_| assert!(rx.try_recv().is_ok()));
        assert!(matches!(rx.try_recv(), Err(TryRecvError::Empty)), "{flavour:?}: a cancelled send left something");
        let mut recv = rx.recv();
        assert!(poll_noop(&mut recv).is_pending());
        assert!(tx.try_send(message(false)).is_ok());
        assert!(matches!(poll_noop(&mut recv), Poll::Ready(Ok(_))));
        drop(recv);
        ledger.assert_dropped_once();
    });
}

#[test]
fn a_panicking_waker_of_a_receiver_leaves_the_message_and_the_channel() {
    for_each_flavour(|flavour| {
        let (tx, rx) = flavour.make();
        let bomb = acting(|| panic!("a waker that panics"));
        let mut recv = rx.recv();
        assert!(poll(&mut recv, &bomb).is_pending());
        assert!(panics(|| ignore(tx.try_send(1))), "{flavour:?}: the panic reaches the sender");
        assert!(matches!(poll_noop(&mut recv), Poll::Ready(Ok(1))), "{flavour:?}");
        // And on it goes.
        let (count, waker) = counting();
        let mut recv = rx.recv();
        assert!(poll(&mut recv, &waker).is_pending());
        tx.try_send(2).expect("a receive waits, or there is room");
        assert_eq!(count.wakes(), 1);
        assert!(matches!(poll(&mut recv, &waker), Poll::Ready(Ok(2))));
    });
}

#[test]
fn a_panicking_waker_of_a_sender_leaves_the_channel_usable() {
    for_each_flavour(|flavour| {
        let Some(capacity) = flavour.capacity() else { return };
        let ledger = Ledger::new(1_000);
        let (tx, rx) = flavour.make();
        let bomb = acting(|| panic!("a waker that panics"));
        (0..capacity).for_each(|_| tx.try_send(ledger.make()).expect("room"));
        let mut send = tx.send(ledger.make());
        assert!(poll(&mut send, &bomb).is_pending());
        // The receiver's message unwinds with it, and is dropped once.
        assert!(panics(|| drop(rx.try_recv())), "{flavour:?}: the panic reaches the receiver");
        assert!(matches!(poll_noop(&mut send), Poll::Ready(Ok(()))), "{flavour:?}");
        drop(send);
        (0..capacity).for_each(|_| drop(rx.try_recv().expect("a message")));
        assert!(matches!(rx.try_recv(), Err(TryRecvError::Empty)));
        ledger.assert_dropped_once();
    });
}

#[test]
fn close_wakes_all_others_when_a_waker_panics() {
    for_each_flavour(|flavour| {
        for bad in [0, 1, 4] {
            let (tx, rx) = flavour.make::<u8>();
            let mut parked: Vec<_> = (0..5).map(|_| (rx.recv(), counting())).collect();
            let bomb = acting(|| panic!("a waker that panics"));
            for (i, (recv, (_, waker))) in parked.iter_mut().enumerate() {
                assert!(poll(recv, if i == bad { &bomb } else { waker }).is_pending());
            }
            panics(|| ignore(tx.close()));
            assert!(rx.is_closed());
            for (i, (recv, (count, waker))) in parked.iter_mut().enumerate() {
                assert!(i == bad || count.wakes() >= 1, "{flavour:?}: receiver {i} sleeps on, {bad} panicked");
                assert!(matches!(poll(recv, waker), Poll::Ready(Err(_))));
            }
        }
    });
}

#[test]
fn the_last_permit_wakes_all_others_when_a_waker_panics() {
    for_each_flavour(|flavour| {
        for (bad, used) in [(0, true), (1, false), (4, true), (4, false)] {
            let (tx, rx) = flavour.make::<u8>();
            let mut parked: Vec<_> = (0..5).map(|_| (rx.recv(), counting())).collect();
            let mut last = rx.recv();
            assert!(poll_noop(&mut last).is_pending());
            let permit = tx.try_reserve().expect("a receive waits, or there is room");
            drop(last);
            tx.close();
            let bomb = acting(|| panic!("a waker that panics"));
            for (i, (recv, (_, waker))) in parked.iter_mut().enumerate() {
                assert!(poll(recv, if i == bad { &bomb } else { waker }).is_pending(), "a permit is out");
            }
            assert!(panics(|| if used { permit.send(1) } else { drop(permit) }), "{flavour:?}: it reaches the sender");
            let mut got = 0;
            for (i, (recv, (count, waker))) in parked.iter_mut().enumerate() {
                assert!(i == bad || count.wakes() == 1, "{flavour:?}: receiver {i} sleeps on, {bad} panicked");
                match poll(recv, waker) {
                    Poll::Ready(result) => got += usize::from(result.is_ok()),
                    Poll::Pending => panic!("{flavour:?}: receiver {i} waits on"),
                }
            }
            assert_eq!(got, usize::from(used), "{flavour:?}");
        }
    });
}

#[test]
fn a_panicking_waker_costs_no_room() {
    for_each_flavour(|flavour| {
        let (tx, rx) = flavour.make::<u8>();
        let bomb = acting(|| panic!("a waker that panics"));
        match flavour.capacity() {
            None => return,
            // The receive whose waker panics is the one that the permit would be for.
            Some(0) => {
                let mut recv = rx.recv();
                assert!(poll(&mut recv, &bomb).is_pending());
                assert!(panics(|| drop(tx.try_reserve())));
                drop(recv);
            }
            // A permit that goes hints a sender whose waker panics.
            Some(capacity) => {
                let mut permits: Vec<_> = (0..capacity).map(|_| tx.try_reserve().expect("room")).collect();
                let mut send = tx.send(1);
                assert!(poll(&mut send, &bomb).is_pending());
                let permit = permits.pop();
                assert!(panics(|| drop(permit)));
                assert!(matches!(poll_noop(&mut send), Poll::Ready(Ok(()))), "{flavour:?}");
                drop((permits, send));
                (1..capacity).for_each(|_| tx.try_send(2).expect("room"));
                assert!(tx.is_full());
            }
        }
        tx.close();
        while rx.try_recv().is_ok() {}
        assert_eq!(rx.try_recv(), Err(TryRecvError::Closed), "{flavour:?}: no permit is out");
    });
}

#[test]
fn a_waker_whose_clone_panics_leaves_no_waiter_behind() {
    for_each_flavour(|flavour| {
        let (tx, rx) = flavour.make();
        let bomb = hooked(|| {}, || panic!("a waker that cannot be cloned"), || {});
        let mut first = rx.recv();
        assert!(panics(|| ignore(poll(&mut first, &bomb))));
        drop(first);
        let (count, waker) = counting();
        let mut second = rx.recv();
        assert!(poll(&mut second, &waker).is_pending());
        tx.try_send(1).expect("a receive waits, or there is room");
        assert_eq!(count.wakes(), 1, "{flavour:?}: the hint went to a waiter that never parked");
        assert!(matches!(poll(&mut second, &waker), Poll::Ready(Ok(1))));
    });
}

/// What a hostile waker does with the channel that calls it.
#[derive(Clone, Copy, Debug)]
enum Deed {
    TrySend,
    TryReceive,
    SendAndDrop,
    ReceiveAndDrop,
    Close,
    DropHandles,
    Counts,
}

const DEEDS: [Deed; 7] = [
    Deed::TrySend,
    Deed::TryReceive,
    Deed::SendAndDrop,
    Deed::ReceiveAndDrop,
    Deed::Close,
    Deed::DropHandles,
    Deed::Counts,
];

fn deed(deed: Deed, tx: &Sender<Tracked>, rx: &Receiver<Tracked>, ledger: &Arc<Ledger>) {
    match deed {
        Deed::TrySend => drop(tx.try_send(ledger.make())),
        Deed::TryReceive => drop(rx.try_recv()),
        Deed::SendAndDrop => drop(poll_noop(&mut tx.send(ledger.make()))),
        Deed::ReceiveAndDrop => drop(poll_noop(&mut rx.recv())),
        Deed::Close => ignore(tx.close()),
        Deed::DropHandles => drop((tx.clone(), rx.clone())),
        Deed::Counts => ignore((tx.len(), tx.is_full(), rx.sender_count(), rx.receiver_count())),
    }
}

/// A hint that came between look and registration is not lost with a waker whose clone panics: it goes to the next.
#[test]
fn a_waker_whose_clone_panics_keeps_no_hint() {
    for_each_flavour(|flavour| {
        let (tx, rx) = flavour.make::<u8>();
        let bomb = hooked(|| {}, || panic!("a waker that cannot be cloned"), || {});
        let ((woken, old), (next, waker)) = (counting(), counting());
        let (mut first, mut second) = (rx.recv(), rx.recv());
        assert!(poll(&mut first, &old).is_pending() && poll(&mut second, &waker).is_pending());
        // As a case of a select: looked at, and hinted while the other cases are.
        let mut turn = Turn::new(false);
        assert!(first.look(&mut turn, false).is_none());
        tx.try_send(1).expect("a receive waits, or there is room");
        assert_eq!((woken.wakes(), next.wakes()), (1, 0), "{flavour:?}");
        assert!(panics(|| ignore(first.register(&mut turn, 0, &bomb))));
        drop(first);
        assert_eq!(next.wakes(), 1, "{flavour:?}");
        assert!(matches!(poll_noop(&mut second), Poll::Ready(Ok(1))));
    });
}

#[test]
fn a_waker_whose_clone_panics_leaves_the_message_in_the_slot() {
    for_each_flavour(|flavour| {
        let (tx, rx) = flavour.make();
        let full = queued(flavour);
        (0..full).for_each(|i| tx.try_send(i).unwrap());
        let bomb = hooked(|| {}, || panic!("a waker that cannot be cloned"), || {});
        let mut slot = Some(usize::MAX);
        // A send that need not wait clones nothing.
        let room = flavour.capacity().is_none_or(|capacity| full < capacity);
        assert_eq!(panics(|| ignore(poll(&mut tx.send_from(&mut slot), &bomb))), !room, "{flavour:?}");
        assert_eq!(slot, (!room).then_some(usize::MAX));
        assert_eq!(rx.len(), full + usize::from(room));
    });
}

/// A waker that does `what` in its `wake`, its `clone` and its `drop`, at most a few times altogether.
fn meddling(
    what: Deed,
    tx: &Sender<Tracked>,
    rx: &Receiver<Tracked>,
    ledger: &Arc<Ledger>,
) -> (Arc<AtomicUsize>, Waker) {
    let done = Arc::new(AtomicUsize::new(0));
    let act = {
        let (done, tx, rx, ledger) = (done.clone(), tx.clone(), rx.clone(), ledger.clone());
        Arc::new(move || {
            if done.fetch_add(1, Ordering::SeqCst) < 8 {
                deed(what, &tx, &rx, &ledger);
            }
        })
    };
    let (on_clone, on_drop) = (act.clone(), act.clone());
    (done, hooked(move || act(), move || on_clone(), move || on_drop()))
}

#[test]
fn wakers_may_use_the_channel_that_wakes_clones_and_drops_them() {
    for_each_flavour(|flavour| {
        for what in DEEDS {
            let ledger = Ledger::new(10_000);
            let (tx, rx) = flavour.make();
            let (done, waker) = meddling(what, &tx, &rx, &ledger);
            // Receivers park with it, are woken, polled with another one, dropped.
            for _ in 0..3 {
                let (mut first, mut second) = (rx.recv(), rx.recv());
                let _ = poll(&mut first, &waker);
                let _ = tx.try_send(ledger.make());
                if poll(&mut second, &waker).is_pending() {
                    let _ = poll_noop(&mut second);
                }
            }
            // Senders likewise.
            for _ in 0..3 {
                (0..queued(flavour)).for_each(|_| drop(tx.try_send(ledger.make())));
                let (mut first, mut second) = (tx.send(ledger.make()), tx.send(ledger.make()));
                let _ = poll(&mut first, &waker);
                let _ = rx.try_recv();
                if poll(&mut second, &waker).is_pending() {
                    let _ = poll_noop(&mut second);
                }
            }
            // And closing wakes them.
            let mut recv = rx.recv();
            let _ = poll(&mut recv, &waker);
            let mut closed = tx.closed();
            let _ = poll(&mut closed, &waker);
            tx.close();
            assert!(done.load(Ordering::SeqCst) > 0, "{flavour:?}, {what:?}: the waker was used");
            assert!(tx.is_closed() && poll_noop(&mut closed).is_ready());
            drop((recv, closed));
            while rx.try_recv().is_ok() {}
            drop((waker, tx, rx));
            ledger.assert_dropped_once();
        }
    });
}

/// The waker owns the last handles of the channel that it is parked on by a raw future of its own.
#[test]
fn a_waker_may_hold_the_last_handle_of_the_other_side() {
    for_each_flavour(|flavour| {
        let (tx, rx) = flavour.make::<u8>();
        let holder = std::sync::Mutex::new(Some(tx.clone()));
        // Woken by a message, it drops the last sender: the channel closes inside the wake.
        let waker = acting(move || drop(holder.lock().unwrap().take()));
        let mut recv = rx.recv();
        assert!(poll(&mut recv, &waker).is_pending());
        tx.try_send(1).expect("a receive waits, or there is room");
        drop(tx);
        assert!(rx.is_closed(), "{flavour:?}");
        assert!(matches!(poll_noop(&mut recv), Poll::Ready(Ok(1))));
        assert!(matches!(rx.try_recv(), Err(TryRecvError::Closed)));
    });
}

/// A message's destructor may use other handles of its channel: it runs outside any step of the channel.
#[test]
fn destructors_may_use_the_channel() {
    struct Nosy {
        tx: Sender<Nosy>,
        _tracked: Tracked,
    }
    impl Drop for Nosy {
        fn drop(&mut self) {
            assert!(self.tx.len() <= self.tx.capacity().unwrap_or(usize::MAX));
            self.tx.close();
            let _ = self.tx.clone().is_full();
            assert!(self.tx.is_closed());
        }
    }
    for_each_flavour(|flavour| {
        let ledger = Ledger::new(100);
        let (tx, rx) = flavour.make();
        for _ in 0..queued(flavour) {
            assert!(tx.try_send(Nosy { tx: tx.clone(), _tracked: ledger.make() }).is_ok());
        }
        drop(rx);
        assert_eq!(ledger.dropped(), queued(flavour), "{flavour:?}");
        drop(tx);
        ledger.assert_dropped_once();
    });
}

/// Poisoned by nothing: after a panic of user code in every place above, threads still talk.
#[test]
fn a_channel_that_saw_panics_still_carries_messages_between_threads() {
    for_each_flavour(|flavour| {
        let (tx, rx) = flavour.make();
        let bomb = acting(|| panic!("a waker that panics"));
        for _ in 0..3 {
            let mut recv = rx.recv();
            assert!(poll(&mut recv, &bomb).is_pending());
            panics(|| ignore(tx.try_send(0)));
            assert!(poll_noop(&mut recv).is_ready());
        }
        std::thread::scope(|scope| {
            scope.spawn(|| (1..=100).for_each(|i| tx.send_blocking(i).expect("the receiver stays")));
            (1..=100).for_each(|i| assert_eq!(rx.recv_blocking().ok(), Some(i)));
        });
    });
}
