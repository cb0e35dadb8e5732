//! What has broken in other channels, one test for each line of the list in the verification notes (B: wake-ups,
//! C: messages and answers, D: hangs). Those on the list that concern select, or only a design that we do not have, are
//! elsewhere or nowhere: B4, C3, C9.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Poll, Waker};
use std::thread;
use std::time::{Duration, Instant};

use chan_core::{RecvTimeoutError, SendTimeoutError, TryRecvError, TrySendError, bounded, unbounded};
use chan_tests::wakers::acting;
use chan_tests::{Flavour, counting, ignore, poll, poll_noop, soon};
use futures_lite::future::block_on;

fn for_each_flavour(test: impl Fn(Flavour) + Send + 'static) {
    soon(move || Flavour::ALL.into_iter().for_each(test));
}

fn for_each_bounded(test: impl Fn(Flavour, usize) + Send + 'static) {
    for_each_flavour(move |flavour| {
        if let Some(capacity) = flavour.capacity() {
            test(flavour, capacity);
        }
    });
}

#[test]
fn b1_a_hinted_receive_that_is_dropped_passes_its_hint_on() {
    for_each_flavour(|flavour| {
        let (tx, rx) = flavour.make();
        let (mut first, mut second) = (rx.recv(), rx.recv());
        let ((one, waker1), (two, waker2)) = (counting(), counting());
        assert!(poll(&mut first, &waker1).is_pending() && poll(&mut second, &waker2).is_pending());
        tx.try_send(1).expect("a receive waits, or there is room");
        assert_eq!((one.wakes(), two.wakes()), (1, 0), "{flavour:?}");
        drop(first);
        assert_eq!(two.wakes(), 1, "{flavour:?}: the hint died with its receive");
        assert!(matches!(poll(&mut second, &waker2), Poll::Ready(Ok(1))));
    });
}

#[test]
fn b1_a_hinted_send_that_is_dropped_passes_its_hint_on() {
    soon(|| {
        for capacity in [1, 4] {
            let (tx, rx) = bounded(capacity);
            (0..capacity).for_each(|_| tx.try_send(0).expect("room"));
            let (mut first, mut second) = (tx.send(1), tx.send(2));
            let ((one, waker1), (two, waker2)) = (counting(), counting());
            assert!(poll(&mut first, &waker1).is_pending() && poll(&mut second, &waker2).is_pending());
            rx.try_recv().expect("a message");
            assert_eq!((one.wakes(), two.wakes()), (1, 0));
            drop(first);
            assert_eq!(two.wakes(), 1, "capacity {capacity}: the hint died with its send");
            assert!(matches!(poll(&mut second, &waker2), Poll::Ready(Ok(()))));
        }
    });
}

#[test]
fn b1_each_of_several_sends_hints_somebody() {
    for_each_flavour(|flavour| {
        let n = flavour.capacity().map_or(3, |capacity| if capacity == 0 { 3 } else { capacity.min(3) });
        let (tx, rx) = flavour.make();
        let mut parked: Vec<_> = (0..n).map(|_| (rx.recv(), counting())).collect();
        parked.iter_mut().for_each(|(recv, (_, waker))| assert!(poll(recv, waker).is_pending()));
        (0..n).for_each(|i| tx.try_send(i).expect("a receive waits, or there is room"));
        for (recv, (count, waker)) in &mut parked {
            assert_eq!(count.wakes(), 1, "{flavour:?}");
            assert!(poll(recv, waker).is_ready());
        }
    });
}

#[test]
fn b2_a_hinted_receive_that_is_not_polled_owns_nothing() {
    for_each_flavour(|flavour| {
        let (tx, rx) = flavour.make();
        let mut slow = rx.recv();
        assert!(poll_noop(&mut slow).is_pending());
        tx.try_send(1).expect("a receive waits, or there is room");
        assert_eq!(rx.try_recv().ok(), Some(1), "{flavour:?}: whoever polls may take it");
        assert!(poll_noop(&mut slow).is_pending());
    });
}

#[test]
fn b3_a_cancelled_receive_takes_no_hint() {
    for_each_flavour(|flavour| {
        let (tx, rx) = flavour.make();
        let (mut first, mut second) = (rx.recv(), rx.recv());
        let (stale, waker1) = counting();
        let (live, waker2) = counting();
        assert!(poll(&mut first, &waker1).is_pending() && poll(&mut second, &waker2).is_pending());
        drop(first);
        tx.try_send(1).expect("a receive waits, or there is room");
        assert_eq!((stale.wakes(), live.wakes()), (0, 1), "{flavour:?}");
    });
}

#[test]
fn b3_a_cancelled_send_takes_no_hint() {
    for_each_bounded(|flavour, capacity| {
        let (tx, rx) = flavour.make();
        (0..capacity).for_each(|_| tx.try_send(0).expect("room"));
        let (mut first, mut second) = (tx.send(1), tx.send(2));
        let (stale, waker1) = counting();
        let (live, waker2) = counting();
        assert!(poll(&mut first, &waker1).is_pending() && poll(&mut second, &waker2).is_pending());
        assert_eq!(first.cancel().ok(), Some(1));
        rx.try_recv().expect("a message is queued or offered");
        assert_eq!((stale.wakes(), live.wakes()), (0, 1), "{flavour:?}");
    });
}

/// A message and its reply, as tightly as two threads can: a lost wake-up hangs.
#[test]
fn b5_no_wake_up_is_lost_between_looking_and_parking() {
    for_each_flavour(|flavour| {
        let (tx, rx) = flavour.make::<u32>();
        let (back_tx, back_rx) = flavour.make::<u32>();
        thread::scope(|scope| {
            scope.spawn(move || {
                while let Ok(message) = block_on(rx.recv()) {
                    block_on(back_tx.send(message)).expect("the other thread receives");
                }
            });
            for i in 0..3_000 {
                block_on(tx.send(i)).expect("the other thread receives");
                assert_eq!(block_on(back_rx.recv()).ok(), Some(i));
            }
            drop(tx);
        });
    });
}

#[test]
fn b6_every_way_of_taking_a_message_wakes_a_parked_sender() {
    for_each_bounded(|flavour, capacity| {
        for form in 0..9 {
            if form == 6 && capacity == 0 {
                // `drain` takes what was accepted; an offer is not.
                continue;
            }
            let (tx, rx) = flavour.make();
            (0..capacity).for_each(|_| tx.try_send(0).expect("room"));
            let (count, waker) = counting();
            let mut send = tx.send(1);
            assert!(poll(&mut send, &waker).is_pending());
            match form {
                0 => ignore(rx.try_recv().expect("a message")),
                1 => ignore(block_on(rx.recv()).expect("a message")),
                2 => ignore(rx.recv_blocking().expect("a message")),
                3 => ignore(rx.recv_timeout_blocking(Duration::from_secs(1)).expect("a message")),
                4 => ignore(rx.iter().next().expect("a message")),
                5 => ignore(rx.try_iter().next().expect("a message")),
                6 => ignore(rx.drain().next().expect("a message")),
                7 => ignore(block_on(rx.stream().next()).expect("a message")),
                _ => ignore(block_on(rx.recv_until(std::future::pending::<()>())).expect("a message")),
            }
            assert!(count.wakes() >= 1, "{flavour:?}, form {form}");
            assert!(matches!(poll(&mut send, &waker), Poll::Ready(Ok(()))), "{flavour:?}, form {form}");
        }
    });
}

#[test]
fn b6_every_way_of_sending_wakes_a_parked_receiver() {
    for_each_flavour(|flavour| {
        for form in 0..5 {
            let (tx, rx) = flavour.make();
            let (count, waker) = counting();
            let mut recv = rx.recv();
            assert!(poll(&mut recv, &waker).is_pending());
            thread::scope(|scope| {
                let sender = scope.spawn(|| match form {
                    0 => tx.try_send(1).expect("a receive waits, or there is room"),
                    1 => block_on(tx.send(1)).expect("sent"),
                    2 => tx.send_blocking(1).expect("sent"),
                    3 => tx.send_timeout_blocking(1, Duration::from_secs(30)).expect("sent"),
                    _ => block_on(tx.send_until(1, std::future::pending::<()>())).expect("sent"),
                });
                // At capacity 0 the waiting forms end only when the message is taken.
                while count.wakes() == 0 {
                    thread::yield_now();
                }
                assert!(matches!(poll(&mut recv, &waker), Poll::Ready(Ok(1))), "{flavour:?}, form {form}");
                sender.join().unwrap();
            });
        }
    });
}

#[test]
fn b7_the_last_waker_is_the_one_that_is_woken() {
    for_each_flavour(|flavour| {
        let (tx, rx) = flavour.make();
        let mut recv = rx.recv();
        let wakers: Vec<_> = (0..4).map(|_| counting()).collect();
        wakers.iter().for_each(|(_, waker)| assert!(poll(&mut recv, waker).is_pending()));
        tx.try_send(1).expect("a receive waits, or there is room");
        let wakes: Vec<_> = wakers.iter().map(|(count, _)| count.wakes()).collect();
        assert_eq!(wakes, [0, 0, 0, 1], "{flavour:?}");
        assert!(matches!(poll_noop(&mut recv), Poll::Ready(Ok(1))));
    });
}

#[test]
fn b7_one_waker_may_serve_many_operations() {
    for_each_flavour(|flavour| {
        let (tx, rx) = flavour.make();
        let (count, waker) = counting();
        let (mut first, mut second, mut closed) = (rx.recv(), rx.recv(), rx.closed());
        assert!(poll(&mut first, &waker).is_pending() && poll(&mut second, &waker).is_pending());
        assert!(poll(&mut closed, &waker).is_pending());
        drop(first);
        tx.try_send(1).expect("a receive waits, or there is room");
        assert_eq!(count.wakes(), 1, "{flavour:?}");
        assert!(poll(&mut second, &waker).is_ready());
    });
}

#[test]
fn b7_wakers_are_dropped_with_their_operations() {
    for_each_flavour(|flavour| {
        let (tx, rx) = flavour.make();
        let (count, waker) = counting();
        let mut recv = rx.recv();
        assert!(poll(&mut recv, &waker).is_pending());
        drop(recv);
        let mut recv = rx.recv();
        assert!(poll(&mut recv, &waker).is_pending());
        tx.try_send(1).expect("a receive waits, or there is room");
        assert!(poll(&mut recv, &waker).is_ready());
        let mut closed = tx.closed();
        assert!(poll(&mut closed, &waker).is_pending());
        drop(closed);
        if let Some(capacity) = flavour.capacity() {
            (0..capacity).for_each(|_| tx.try_send(0).expect("room"));
            let mut send = tx.send(9);
            assert!(poll(&mut send, &waker).is_pending());
            assert!(send.cancel().is_ok());
        }
        assert_eq!(Arc::strong_count(&count), 2, "{flavour:?}: the channel keeps a waker of nobody");
    });
}

/// One thread changes the waker of a parked receive without pause, the other sends.
#[test]
fn b8_a_waker_that_changes_while_it_is_woken_is_not_lost() {
    for_each_flavour(|flavour| {
        for _ in 0..300 {
            let (tx, rx) = flavour.make();
            thread::scope(|scope| {
                scope.spawn(|| tx.try_send(1).or_else(|_| tx.send_blocking(1).map_err(drop)));
                let mut recv = rx.recv();
                loop {
                    let (count, waker) = counting();
                    if poll(&mut recv, &waker).is_ready() {
                        return;
                    }
                    // The waker of the last poll is the one that counts, so wait for it now and then.
                    if fastrand::u8(..8) == 0 {
                        while count.wakes() == 0 {
                            thread::yield_now();
                        }
                    }
                }
            });
        }
    });
}

#[test]
fn b9_a_last_handle_that_goes_wakes_those_that_park_at_that_moment() {
    for_each_flavour(|flavour| {
        for _ in 0..200 {
            let (tx, rx) = flavour.make::<u8>();
            thread::scope(|scope| {
                let receiver = scope.spawn(move || block_on(rx.recv()).is_err());
                drop(tx);
                assert!(receiver.join().unwrap());
            });
            let Some(capacity) = flavour.capacity() else { continue };
            let (tx, rx) = flavour.make::<u8>();
            (0..capacity).for_each(|_| tx.try_send(0).expect("room"));
            thread::scope(|scope| {
                let sender = scope.spawn(move || block_on(tx.send(1)).is_err());
                drop(rx);
                assert!(sender.join().unwrap());
            });
        }
    });
}

#[test]
fn b10_several_messages_wake_as_many_receivers() {
    soon(|| {
        // The first of the hinted ones takes one message and leaves the other: the second must know.
        let (tx, rx) = unbounded();
        let mut parked: Vec<_> = (0..4).map(|_| (rx.recv(), counting())).collect();
        parked.iter_mut().for_each(|(recv, (_, waker))| assert!(poll(recv, waker).is_pending()));
        for i in 0..3 {
            tx.try_send(i).expect("room");
        }
        let woken = parked.iter().filter(|(_, (count, _))| count.wakes() > 0).count();
        assert_eq!(woken, 3);
    });
}

#[test]
fn b11_a_pending_send_polled_with_another_waker_wakes_the_new_one() {
    for_each_bounded(|flavour, capacity| {
        let (tx, rx) = flavour.make();
        (0..capacity).for_each(|_| tx.try_send(0).expect("room"));
        let mut send = tx.send(1);
        let ((old, waker1), (new, waker2)) = (counting(), counting());
        assert!(poll(&mut send, &waker1).is_pending() && poll(&mut send, &waker2).is_pending());
        rx.try_recv().expect("a message is queued or offered");
        assert_eq!((old.wakes(), new.wakes()), (0, 1), "{flavour:?}");
        assert!(matches!(poll(&mut send, &waker2), Poll::Ready(Ok(()))));
    });
}

#[test]
fn b11_a_stream_cancelled_in_next_swallows_no_wake_up() {
    for_each_flavour(|flavour| {
        let (tx, rx) = flavour.make();
        let (mut borrowed, mut owned) = (rx.stream(), rx.clone().into_stream());
        for stream_is_owned in [false, true] {
            let (count, waker) = counting();
            let mut other = rx.recv();
            {
                let mut next: std::pin::Pin<Box<dyn Future<Output = Option<u8>> + '_>> =
                    if stream_is_owned { Box::pin(owned.next()) } else { Box::pin(borrowed.next()) };
                assert!(poll_noop(&mut next).is_pending());
                assert!(poll(&mut other, &waker).is_pending());
                // The stream is first in line and hinted, and its `next` is cancelled; so is the stream.
                tx.try_send(1).expect("a receive waits, or there is room");
            }
            if stream_is_owned {
                owned = rx.clone().into_stream();
            } else {
                borrowed = rx.stream();
            }
            assert!(count.wakes() >= 1, "{flavour:?}: the other receive sleeps beside a message");
            assert!(matches!(poll(&mut other, &waker), Poll::Ready(Ok(1))));
        }
    });
}

#[test]
fn b11_one_receivers_success_wakes_nobody_for_nothing() {
    for_each_flavour(|flavour| {
        let (tx, rx) = flavour.make();
        let mut parked: Vec<_> = (0..3).map(|_| (rx.recv(), counting())).collect();
        parked.iter_mut().for_each(|(recv, (_, waker))| assert!(poll(recv, waker).is_pending()));
        for i in 0..3 {
            tx.try_send(i).expect("a receive waits, or there is room");
            let (recv, (count, waker)) = &mut parked[i];
            assert_eq!(count.wakes(), 1, "{flavour:?}: order of wakes");
            assert!(matches!(poll(recv, waker), Poll::Ready(Ok(message)) if message == i));
            assert!(parked[i + 1..].iter().all(|(_, (count, _))| count.wakes() == 0), "{flavour:?}: woken for nothing");
        }
    });
}

#[test]
fn b11_a_receive_polled_after_an_empty_wake_up_waits_once() {
    for_each_flavour(|flavour| {
        let (tx, rx) = flavour.make();
        let (mut first, mut second) = (rx.recv(), rx.recv());
        let ((one, waker1), (two, waker2)) = (counting(), counting());
        assert!(poll(&mut first, &waker1).is_pending());
        for i in 0..10 {
            tx.try_send(i).expect("a receive waits, or there is room");
            assert_eq!(rx.try_recv().ok(), Some(i));
            assert!(poll(&mut first, &waker1).is_pending());
        }
        assert!(poll(&mut second, &waker2).is_pending());
        let before = one.wakes();
        tx.try_send(10).expect("a receive waits, or there is room");
        assert!(matches!(poll(&mut first, &waker1), Poll::Ready(Ok(10))));
        tx.try_send(11).expect("a receive waits, or there is room");
        assert_eq!((one.wakes(), two.wakes()), (before + 1, 1), "{flavour:?}: a hint went to an entry of nobody");
        assert!(matches!(poll(&mut second, &waker2), Poll::Ready(Ok(11))));
    });
}

#[test]
fn b11_a_woken_sender_that_is_not_polled_owns_no_place() {
    soon(|| {
        for capacity in [1, 4] {
            let (tx, rx) = bounded(capacity);
            (0..capacity).for_each(|_| tx.try_send(0).expect("room"));
            let mut slow = tx.send(1);
            assert!(poll_noop(&mut slow).is_pending());
            (0..capacity).for_each(|_| ignore(rx.try_recv().expect("a message")));
            (0..capacity).for_each(|_| tx.try_send(2).expect("the channel was empty"));
            assert!(poll_noop(&mut slow).is_pending());
        }
    });
}

#[test]
fn c1_a_cancelled_receive_loses_no_message() {
    for_each_flavour(|flavour| {
        for polls in 0..4 {
            let (tx, rx) = flavour.make();
            let mut recv = rx.recv();
            (0..polls).for_each(|_| assert!(poll_noop(&mut recv).is_pending()));
            // At capacity 0 with nobody waiting there is nothing to lose.
            let sent = tx.try_send(1).is_ok();
            assert_eq!(sent, !flavour.is_rendezvous() || polls > 0);
            drop(recv);
            assert_eq!(rx.try_recv().ok(), sent.then_some(1), "{flavour:?}, dropped after {polls} polls");
        }
    });
}

#[test]
fn c1_a_send_dropped_after_any_number_of_polls_sent_nothing() {
    for_each_bounded(|flavour, capacity| {
        for polls in 0..4 {
            let (tx, rx) = flavour.make();
            (0..capacity).for_each(|_| tx.try_send(0).expect("room"));
            let mut send = tx.send(1);
            (0..polls).for_each(|_| assert!(poll_noop(&mut send).is_pending()));
            drop(send);
            assert_eq!(rx.drain().collect::<Vec<_>>(), vec![0; capacity], "{flavour:?}, dropped after {polls} polls");
        }
    });
}

/// The sender sends and goes; whoever sees `Closed` has seen the message before.
#[test]
fn c2_closed_is_not_said_while_a_message_is_queued() {
    for_each_flavour(|flavour| {
        for _ in 0..300 {
            let (tx, rx) = flavour.make();
            thread::scope(|scope| {
                scope.spawn(move || block_on(tx.send(1)).expect("the receiver stays"));
                let got = loop {
                    match rx.try_recv() {
                        Ok(message) => break Some(message),
                        Err(TryRecvError::Closed) => break None,
                        Err(TryRecvError::Empty) => thread::yield_now(),
                    }
                };
                assert_eq!(got, Some(1), "{flavour:?}");
                while !matches!(rx.try_recv(), Err(TryRecvError::Closed)) {
                    thread::yield_now();
                }
            });
        }
    });
}

#[test]
fn c4_many_messages_through_few_places_keep_order_and_number() {
    for_each_flavour(|flavour| {
        let (tx, rx) = flavour.make();
        thread::scope(|scope| {
            scope.spawn(move || (0..20_000).for_each(|i| block_on(tx.send(i)).expect("the receiver stays")));
            (0..20_000).for_each(|i| assert_eq!(block_on(rx.recv()).ok(), Some(i), "{flavour:?}"));
            assert!(block_on(rx.recv()).is_err());
        });
    });
}

#[test]
fn c5_a_rendezvous_send_returns_only_when_its_message_is_taken() {
    soon(|| {
        let (tx, rx) = bounded(0);
        let mut send = tx.send(1);
        assert!(poll_noop(&mut send).is_pending());
        let mut recv = rx.recv();
        // A receive that waits is not enough: it has to take the message.
        assert!(poll_noop(&mut tx.send(2)).is_pending());
        assert!(matches!(poll_noop(&mut recv), Poll::Ready(Ok(1))));
        assert!(matches!(poll_noop(&mut send), Poll::Ready(Ok(()))));
        let mut recv = rx.recv();
        assert!(poll_noop(&mut recv).is_pending());
        let mut send = tx.send(3);
        assert!(poll_noop(&mut send).is_pending(), "the parked receive has not taken it");
        drop(recv);
        assert_eq!(send.cancel().ok(), Some(3), "withdrawn: nobody took it");
    });
}

#[test]
fn c5_cancel_tells_whether_the_message_was_taken() {
    soon(|| {
        let (tx, rx) = bounded(0);
        let mut send = tx.send(1);
        assert!(poll_noop(&mut send).is_pending());
        assert_eq!(rx.try_recv().ok(), Some(1));
        assert!(send.cancel().is_err(), "it was taken");
        let send = tx.send(2);
        assert_eq!(send.cancel().ok(), Some(2), "never polled");
        let mut send = tx.send(3);
        assert!(poll_noop(&mut send).is_pending());
        drop(send);
        assert!(matches!(rx.try_recv(), Err(TryRecvError::Empty)), "dropped, so withdrawn");
    });
}

#[test]
fn c6_len_is_between_nothing_and_the_capacity() {
    for_each_flavour(|flavour| {
        let (tx, rx) = flavour.make();
        // At capacity 0 as many as receives wait may be accepted.
        let most = flavour.capacity().map_or(usize::MAX, |capacity| capacity.max(2));
        let counter = tx.clone();
        thread::scope(|scope| {
            for _ in 0..2 {
                let tx = tx.clone();
                scope.spawn(move || (0..3_000).for_each(|i| tx.send_blocking(i).expect("receivers stay")));
            }
            for _ in 0..2 {
                let rx = rx.clone();
                scope.spawn(move || (0..3_000).for_each(|_| ignore(rx.recv_blocking().expect("senders stay"))));
            }
            for _ in 0..1_000 {
                let len = counter.len();
                assert!(len <= most, "{flavour:?}: len {len}");
            }
        });
        assert_eq!((counter.len(), rx.is_empty()), (0, true));
    });
}

#[test]
fn c6_len_counts_across_blocks() {
    soon(|| {
        let (tx, rx) = unbounded();
        for i in 0..200 {
            assert_eq!((tx.len(), rx.len(), rx.is_empty(), tx.is_full()), (i, i, i == 0, false));
            tx.try_send(i).expect("room");
        }
        for i in (0..200).rev() {
            rx.try_recv().expect("a message");
            assert_eq!(rx.len(), i);
        }
    });
}

#[test]
fn c7_upgrade_against_the_last_drop_says_open_or_gone() {
    for_each_flavour(|flavour| {
        for _ in 0..200 {
            let (tx, rx) = flavour.make::<u8>();
            let weak = tx.downgrade();
            thread::scope(|scope| {
                let upgrade = scope.spawn(move || weak.upgrade());
                drop(tx);
                match upgrade.join().unwrap() {
                    Some(tx) => {
                        assert!(!tx.is_closed(), "{flavour:?}: upgraded a channel that its last sender had closed");
                        assert_eq!(rx.sender_count(), 1);
                    }
                    None => assert!(rx.is_closed()),
                }
            });
        }
    });
}

#[test]
fn c8_capacities_of_all_sizes_hold_what_they_say() {
    soon(|| {
        for capacity in [1, 2, 3, 5, 6, 7, 9, 31, 33, 63, 64, 65, 127, 1_000] {
            let (tx, rx) = bounded(capacity);
            assert_eq!((tx.capacity(), rx.capacity()), (Some(capacity), Some(capacity)));
            // Many laps, filling and draining.
            for lap in 0..50 {
                (0..capacity).for_each(|i| tx.try_send(lap * capacity + i).expect("room"));
                assert!(tx.is_full() && matches!(tx.try_send(0), Err(TrySendError::Full(0))));
                (0..capacity).for_each(|i| assert_eq!(rx.try_recv().ok(), Some(lap * capacity + i)));
                assert!(rx.is_empty() && matches!(rx.try_recv(), Err(TryRecvError::Empty)));
            }
        }
    });
}

#[test]
fn c8_a_capacity_that_cannot_be_is_named_by_the_panic() {
    soon(|| {
        let message = |make: fn()| {
            let panic = std::panic::catch_unwind(make).expect_err("no such channel");
            let text = panic.downcast_ref::<String>().cloned();
            text.or_else(|| panic.downcast_ref::<&str>().map(|text| text.to_string())).expect("a message")
        };
        let text = message(|| drop(bounded::<u64>(usize::MAX)));
        assert!(text.contains(&usize::MAX.to_string()), "{text}");
        let text = message(|| drop(chan_core::chan::<u8>(usize::MAX)));
        assert!(text.contains(&usize::MAX.to_string()), "{text}");
        let text = message(|| drop(chan_core::chan::<[u8; 4096]>(usize::MAX / 4096)));
        assert!(text.contains(&(usize::MAX / 4096).to_string()), "{text}");
    });
}

#[test]
fn c8_large_and_empty_messages_pass() {
    #[repr(align(128))]
    struct Aligned([u8; 128]);
    for_each_flavour(|flavour| {
        let n = flavour.capacity().filter(|capacity| *capacity > 0).unwrap_or(3).min(3);
        fn through<T>(flavour: Flavour, n: usize, make: impl Fn(usize) -> T, check: impl Fn(usize, T)) {
            let (tx, rx) = flavour.make();
            let mut waiting: Vec<_> = (0..n).map(|_| rx.recv()).collect();
            waiting.iter_mut().for_each(|recv| assert!(poll_noop(recv).is_pending()));
            (0..n).for_each(|i| assert!(tx.try_send(make(i)).is_ok()));
            for (i, recv) in waiting.iter_mut().enumerate() {
                match poll_noop(recv) {
                    Poll::Ready(Ok(message)) => check(i, message),
                    _ => panic!("{flavour:?}: a message"),
                }
            }
        }
        through(flavour, n, |_| (), |_, ()| {});
        through(flavour, n, |i| Box::new([i as u8; 65_536]), |i, message| assert_eq!(message[65_535], i as u8));
        through(flavour, n, |i| [i as u8; 16_384], |i, message| assert_eq!(message[16_383], i as u8));
        through(
            flavour,
            n,
            |i| Aligned([i as u8; 128]),
            |i, message| {
                assert_eq!((&raw const message).addr() % 128, 0);
                assert_eq!(message.0[127], i as u8);
            },
        );
    });
}

/// Polled again and again without need, an operation wakes one sleeping waiter for itself and one for what it sees in
/// this state of the channel, not one each time.
#[test]
fn d2_a_spurious_poll_wakes_nobody() {
    for_each_bounded(|flavour, capacity| {
        let (tx, rx) = flavour.make();
        let mut parked: Vec<_> = (0..capacity + 5).map(|_| rx.recv()).collect();
        let (count, waker) = counting();
        parked.iter_mut().for_each(|recv| assert!(poll(recv, &waker).is_pending()));
        (0..capacity).for_each(|_| tx.try_send(0).expect("a place"));
        let before = count.wakes();
        // The channel is full, or this is an offer; those that were hinted do not come.
        let mut send = tx.send(1);
        (0..50).for_each(|_| assert!(poll_noop(&mut send).is_pending()));
        assert!(count.wakes() <= before + 2, "{flavour:?}: {} wakes by one send", count.wakes() - before);
    });
}

#[test]
fn d4_a_wake_may_send_receive_and_close_on_the_same_channel() {
    for_each_flavour(|flavour| {
        let (tx, rx) = flavour.make();
        let (tx2, rx2) = (tx.clone(), rx.clone());
        let inside = AtomicBool::new(false);
        let waker: Waker = acting(move || {
            if inside.swap(true, Ordering::SeqCst) {
                return;
            }
            let _ = rx2.try_recv();
            let _ = tx2.try_send(2);
            ignore(poll_noop(&mut rx2.recv()));
            tx2.close();
        });
        let mut recv = rx.recv();
        assert!(poll(&mut recv, &waker).is_pending());
        tx.try_send(1).expect("a receive waits, or there is room");
        assert!(tx.is_closed(), "{flavour:?}: the waker ran");
        let _ = poll_noop(&mut recv);
    });
}

#[test]
fn d5_limits_without_end_are_no_panic() {
    for_each_flavour(|flavour| {
        let (tx, rx) = flavour.make();
        let far = Instant::now().checked_add(Duration::from_secs(1 << 32)).expect("an instant in a hundred years");
        let deadline = |tx: &chan_core::Sender<u8>| tx.send_deadline_blocking(1, far);
        thread::scope(|scope| {
            scope.spawn(|| {
                tx.send_timeout_blocking(1, Duration::MAX).expect("sent");
                deadline(&tx).expect("sent");
                tx.send_timeout_blocking(1, Duration::from_secs(u64::MAX)).expect("sent");
            });
            assert_eq!(rx.recv_timeout_blocking(Duration::MAX).ok(), Some(1), "{flavour:?}");
            assert_eq!(rx.recv_deadline_blocking(far).ok(), Some(1));
            assert_eq!(rx.recv_timeout_blocking(Duration::from_secs(u64::MAX)).ok(), Some(1));
        });
    });
}

#[test]
fn d5_limits_end_in_time_and_give_the_message_back() {
    for_each_flavour(|flavour| {
        let (tx, rx) = flavour.make();
        let limit = Duration::from_millis(20);
        let start = Instant::now();
        assert!(matches!(rx.recv_timeout_blocking(limit), Err(RecvTimeoutError::Timeout)));
        assert!(matches!(rx.recv_deadline_blocking(start + 2 * limit), Err(RecvTimeoutError::Timeout)));
        assert!(start.elapsed() >= 2 * limit, "{flavour:?}: too early");
        assert!(start.elapsed() < Duration::from_secs(10), "{flavour:?}: far too late");
        assert!(matches!(rx.recv_timeout_blocking(Duration::ZERO), Err(RecvTimeoutError::Timeout)));
        let Some(capacity) = flavour.capacity() else { return };
        (0..capacity).for_each(|_| tx.try_send(0).expect("room"));
        for limit in [Duration::ZERO, limit] {
            assert!(matches!(tx.send_timeout_blocking(7, limit), Err(SendTimeoutError::Timeout(7))));
        }
        assert!(matches!(tx.send_deadline_blocking(8, Instant::now()), Err(SendTimeoutError::Timeout(8))));
        assert_eq!(rx.drain().count(), capacity, "{flavour:?}: a send that was out of time left its message");
        // A limit of nothing still takes what is there.
        if capacity > 0 {
            assert!(tx.send_timeout_blocking(9, Duration::ZERO).is_ok());
            assert_eq!(rx.recv_timeout_blocking(Duration::ZERO).ok(), Some(9));
        }
    });
}

/// A send that was overtaken often asks newcomers to stand back; when it goes, nobody stands back for nothing.
#[test]
fn d5_a_limit_that_is_over_still_finds_room() {
    let (tx, rx) = chan_core::bounded(1);
    let (_, waker) = counting();
    {
        tx.try_send(0).expect("room");
        let mut send = tx.send(1);
        assert!(poll(&mut send, &waker).is_pending());
        for i in 0..20 {
            rx.try_recv().expect("a message");
            tx.try_send(100 + i).expect("the place is free for whoever comes");
            assert!(poll(&mut send, &waker).is_pending());
        }
        rx.try_recv().expect("a message");
    }
    assert_eq!(tx.send_timeout_blocking(2, Duration::ZERO), Ok(()));
    rx.try_recv().expect("a message");
    assert_eq!(futures_lite::future::block_on(tx.send_until(3, async {})), Ok(()));
}
