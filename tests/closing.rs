//! Closing, from either end and by the last handle: who fails, who drains, who wakes, what is dropped and when.

use std::task::Poll;
use std::thread;
use std::time::Duration;

use chan_core::{RecvTimeoutError, SendTimeoutError, TryRecvError, TrySendError};
use chan_tests::executor::Countdown;
use chan_tests::tracked::Ledger;
use chan_tests::{Flavour, counting, poll, poll_noop, soon};
use futures_lite::Stream;
use futures_lite::future::block_on;

const MS: Duration = Duration::from_millis(1);

fn for_each_flavour(test: impl Fn(Flavour) + Send + 'static) {
    soon(move || Flavour::ALL.into_iter().for_each(test));
}

/// How many messages to queue: as many as fit, at most 100, so that an unbounded channel has several blocks.
fn some(flavour: Flavour) -> usize {
    flavour.capacity().unwrap_or(100).min(100)
}

#[test]
fn close_says_once_that_it_closed() {
    for_each_flavour(|flavour| {
        for from_sender in [true, false] {
            let (tx, rx) = flavour.make::<u8>();
            assert!(!tx.is_closed() && !rx.is_closed());
            assert!(if from_sender { tx.close() } else { rx.close() });
            assert!(!tx.close() && !rx.close() && !tx.clone().close());
            assert!(tx.is_closed() && rx.is_closed());
        }
    });
}

#[test]
fn one_of_many_closers_is_the_first() {
    for_each_flavour(|flavour| {
        for _ in 0..100 {
            let (tx, rx) = flavour.make::<u8>();
            let (tx, rx) = (&tx, &rx);
            let firsts = thread::scope(|scope| {
                let closers = [scope.spawn(|| tx.close()), scope.spawn(|| rx.close()), scope.spawn(|| tx.close())];
                closers.map(|closer| usize::from(closer.join().unwrap())).iter().sum::<usize>()
            });
            assert_eq!(firsts, 1, "{flavour:?}");
        }
    });
}

#[test]
fn after_close_every_send_fails_and_gives_the_message_back() {
    for_each_flavour(|flavour| {
        let ledger = Ledger::new(100);
        let (tx, rx) = flavour.make();
        rx.close();
        match tx.try_send(ledger.make()) {
            Err(TrySendError::Closed(message)) => assert_eq!(message.id(), 0),
            other => panic!("try_send: {other:?}"),
        }
        assert_eq!(block_on(tx.send(ledger.make())).unwrap_err().into_inner().id(), 1);
        assert_eq!(tx.send_blocking(ledger.make()).unwrap_err().0.id(), 2);
        for (result, id) in [
            (tx.send_timeout_blocking(ledger.make(), MS), 3),
            (tx.send_deadline_blocking(ledger.make(), std::time::Instant::now()), 4),
            (block_on(tx.send_until(ledger.make(), Countdown(3))), 5),
            (block_on(tx.send_until(ledger.make(), Countdown(0))), 6),
        ] {
            match result {
                Err(SendTimeoutError::Closed(message)) => assert_eq!(message.id(), id),
                other => panic!("a send with a limit, number {id}: {other:?}"),
            }
        }
        ledger.assert_dropped_once();
    });
}

#[test]
fn after_close_every_receive_drains_and_then_says_closed() {
    for_each_flavour(|flavour| {
        let queued = some(flavour);
        for form in 0..7 {
            let (tx, rx) = flavour.make();
            (0..queued).for_each(|i| tx.try_send(i).expect("room"));
            tx.close();
            assert_eq!(rx.len(), queued, "{flavour:?}: closing takes nothing");
            let next = || match form {
                0 => rx.try_recv().map_err(|error| assert!(matches!(error, TryRecvError::Closed))).ok(),
                1 => block_on(rx.recv()).ok(),
                2 => rx.recv_blocking().ok(),
                3 => rx.recv_timeout_blocking(MS).map_err(|e| assert!(matches!(e, RecvTimeoutError::Closed))).ok(),
                4 => block_on(rx.recv_until(Countdown(2)))
                    .map_err(|e| assert!(matches!(e, RecvTimeoutError::Closed)))
                    .ok(),
                5 => rx.iter().next(),
                _ => block_on(rx.stream().next()),
            };
            (0..queued).for_each(|i| assert_eq!(next(), Some(i), "{flavour:?}, form {form}"));
            assert_eq!(next(), None, "{flavour:?}, form {form}");
            assert_eq!(next(), None, "{flavour:?}, form {form}: again");
        }
    });
}

#[test]
fn streams_end_once_and_stay_ended() {
    for_each_flavour(|flavour| {
        let queued = some(flavour);
        let (tx, rx) = flavour.make();
        (0..queued).for_each(|i| tx.try_send(i).expect("room"));
        drop(tx);
        let mut stream = rx.into_stream();
        (0..queued).for_each(|i| assert_eq!(block_on(stream.next()), Some(i)));
        assert!(!futures_core::FusedStream::is_terminated(&stream));
        for _ in 0..3 {
            let next = std::pin::Pin::new(&mut stream)
                .poll_next(&mut std::task::Context::from_waker(std::task::Waker::noop()));
            assert!(matches!(next, Poll::Ready(None)));
            assert!(futures_core::FusedStream::is_terminated(&stream));
        }
    });
}

#[test]
fn close_wakes_all_parked_receivers() {
    for_each_flavour(|flavour| {
        for n in [1, 2, 3, 70] {
            let (tx, rx) = flavour.make::<u8>();
            let mut parked: Vec<_> = (0..n).map(|_| (rx.recv(), counting())).collect();
            for (recv, (_, waker)) in &mut parked {
                assert!(poll(recv, waker).is_pending());
            }
            tx.close();
            for (i, (recv, (count, waker))) in parked.iter_mut().enumerate() {
                assert!(count.wakes() >= 1, "{flavour:?}: receiver {i} of {n} was not woken");
                assert!(matches!(poll(recv, waker), Poll::Ready(Err(_))));
            }
        }
    });
}

#[test]
fn close_wakes_all_parked_senders_and_they_get_their_messages_back() {
    for_each_flavour(|flavour| {
        let Some(capacity) = flavour.capacity() else { return };
        for n in [1, 2, 3, 70] {
            for from_sender in [true, false] {
                let (tx, rx) = flavour.make();
                (0..capacity).for_each(|i| tx.try_send(i).expect("room"));
                let mut parked: Vec<_> = (0..n).map(|i| (tx.send(1_000 + i), counting())).collect();
                for (send, (_, waker)) in &mut parked {
                    assert!(poll(send, waker).is_pending());
                }
                if from_sender {
                    tx.close()
                } else {
                    rx.close()
                };
                for (i, (send, (count, waker))) in parked.iter_mut().enumerate() {
                    assert!(count.wakes() >= 1, "{flavour:?}: sender {i} of {n} was not woken");
                    match poll(send, waker) {
                        Poll::Ready(Err(error)) => assert_eq!(error.0, 1_000 + i),
                        other => panic!("{flavour:?}: {other:?}"),
                    }
                }
                (0..capacity).for_each(|i| assert_eq!(rx.try_recv().ok(), Some(i)));
                assert!(matches!(rx.try_recv(), Err(TryRecvError::Closed)), "{flavour:?}: offers are not messages");
            }
        }
    });
}

#[test]
fn after_close_an_offer_is_not_received() {
    soon(|| {
        let (tx, rx) = chan_core::bounded(0);
        let mut send = tx.send(5);
        assert!(poll_noop(&mut send).is_pending());
        rx.close();
        assert!(matches!(rx.try_recv(), Err(TryRecvError::Closed)));
        assert!(block_on(rx.recv()).is_err());
        assert_eq!(send.cancel().ok(), Some(5));
    });
}

#[test]
fn close_wakes_blocked_threads() {
    for_each_flavour(|flavour| {
        let (tx, rx) = flavour.make();
        (0..flavour.capacity().unwrap_or(0)).for_each(|i| tx.try_send(i).expect("room"));
        let full = flavour.capacity().is_some();
        let (empty_tx, empty_rx) = flavour.make::<u8>();
        thread::scope(|scope| {
            let receivers =
                [scope.spawn(|| empty_rx.recv_blocking().is_err()), scope.spawn(|| empty_rx.iter().next().is_none())];
            let sender = full.then(|| scope.spawn(|| tx.send_blocking(99).unwrap_err().0 == 99));
            thread::sleep(20 * MS);
            empty_tx.close();
            rx.close();
            assert!(receivers.into_iter().chain(sender).all(|thread| thread.join().unwrap()));
        });
    });
}

#[test]
fn the_last_sender_closes_and_no_other() {
    for_each_flavour(|flavour| {
        let (tx, rx) = flavour.make::<u8>();
        let (other, weak) = (tx.clone(), tx.downgrade());
        let mut recv = rx.recv();
        let (count, waker) = counting();
        assert!(poll(&mut recv, &waker).is_pending());
        drop(tx);
        assert!(!rx.is_closed() && count.wakes() == 0);
        let third = weak.upgrade().expect("a sender is left");
        drop(other);
        assert!(!rx.is_closed() && count.wakes() == 0);
        drop(third);
        assert!(rx.is_closed() && count.wakes() >= 1);
        assert!(matches!(poll(&mut recv, &waker), Poll::Ready(Err(_))));
        assert!(weak.upgrade().is_none(), "{flavour:?}: the last sender was gone");
    });
}

#[test]
fn the_last_receiver_closes_and_no_other() {
    for_each_flavour(|flavour| {
        let (tx, rx) = flavour.make();
        let (other, weak) = (rx.clone(), rx.downgrade());
        (0..flavour.capacity().unwrap_or(0)).for_each(|i| tx.try_send(i).expect("room"));
        let parks = flavour.capacity().is_some();
        let mut send = tx.send(77);
        let (count, waker) = counting();
        assert_eq!(poll(&mut send, &waker).is_pending(), parks);
        drop(rx);
        assert!(!tx.is_closed() && count.wakes() == 0);
        let third = weak.upgrade().expect("a receiver is left");
        drop(other);
        assert!(!tx.is_closed() && count.wakes() == 0);
        drop(third);
        assert!(tx.is_closed());
        assert!(weak.upgrade().is_none(), "{flavour:?}: the last receiver was gone");
        if parks {
            assert!(count.wakes() >= 1);
            assert!(matches!(poll(&mut send, &waker), Poll::Ready(Err(error)) if error.0 == 77));
        }
    });
}

#[test]
fn queued_messages_are_dropped_at_once_with_the_last_receiver() {
    for_each_flavour(|flavour| {
        let ledger = Ledger::new(200);
        let (tx, rx) = flavour.make();
        // Some rounds first, so that the queue begins in the middle of a ring or a block.
        for _ in 0..some(flavour) / 2 {
            tx.try_send(ledger.make()).expect("room");
            rx.try_recv().expect("a message");
        }
        let before = ledger.dropped();
        (0..some(flavour)).for_each(|_| tx.try_send(ledger.make()).expect("room"));
        let other = rx.clone();
        drop(rx);
        assert_eq!(ledger.dropped(), before, "{flavour:?}: a receiver is left");
        drop(other);
        assert_eq!(ledger.dropped(), before + some(flavour), "{flavour:?}: while a sender lives on");
        assert_eq!(tx.len(), 0);
        drop(tx);
        ledger.assert_dropped_once();
    });
}

#[test]
fn queued_messages_are_dropped_with_the_last_receiver_after_close_too() {
    for_each_flavour(|flavour| {
        let ledger = Ledger::new(200);
        let (tx, rx) = flavour.make();
        (0..some(flavour)).for_each(|_| tx.try_send(ledger.make()).expect("room"));
        tx.close();
        assert_eq!(ledger.dropped(), 0);
        drop(rx);
        assert_eq!(ledger.dropped(), some(flavour), "{flavour:?}");
    });
}

#[test]
fn an_accepted_rendezvous_message_is_dropped_with_the_last_receiver() {
    soon(|| {
        let ledger = Ledger::new(10);
        let (tx, rx) = chan_core::bounded(0);
        let mut recv = rx.recv();
        assert!(poll_noop(&mut recv).is_pending());
        tx.try_send(ledger.make()).expect("a receive waits");
        drop(recv);
        assert_eq!(ledger.dropped(), 0, "the receive that it was meant for is gone, the message is not");
        drop(rx);
        assert_eq!(ledger.dropped(), 1);
        // The same with a receive that nobody drops.
        let (tx, rx) = chan_core::bounded(0);
        let mut recv = rx.recv();
        assert!(poll_noop(&mut recv).is_pending());
        tx.try_send(ledger.make()).expect("a receive waits");
        std::mem::forget(recv);
        drop(rx);
        assert_eq!(ledger.dropped(), 2);
    });
}

#[test]
fn an_accepted_rendezvous_message_is_received_after_close() {
    soon(|| {
        let (tx, rx) = chan_core::bounded(0);
        let mut recv = rx.recv();
        assert!(poll_noop(&mut recv).is_pending());
        tx.try_send(3).expect("a receive waits");
        tx.close();
        assert!(matches!(poll_noop(&mut recv), Poll::Ready(Ok(3))));
        assert!(matches!(rx.try_recv(), Err(TryRecvError::Closed)));
    });
}

#[test]
fn reply_channels_inside_dropped_messages_fire() {
    for_each_flavour(|flavour| {
        let (tx, rx) = flavour.make();
        let (count, waker) = counting();
        let replies: Vec<_> = (0..some(flavour))
            .map(|_| {
                let (reply, answer) = chan_core::bounded::<u8>(1);
                tx.try_send(reply).expect("room");
                answer
            })
            .collect();
        let mut answers: Vec<_> = replies.iter().map(|answer| answer.recv()).collect();
        answers.iter_mut().for_each(|answer| assert!(poll(answer, &waker).is_pending()));
        drop(rx);
        assert!(count.wakes() >= answers.len(), "{flavour:?}: {} of {} woken", count.wakes(), answers.len());
        answers.iter_mut().for_each(|answer| assert!(matches!(poll(answer, &waker), Poll::Ready(Err(_)))));
        drop(tx);
    });
}

#[test]
fn closed_resolves_on_both_ends_while_messages_are_queued() {
    for_each_flavour(|flavour| {
        for from_sender in [true, false] {
            let (tx, rx) = flavour.make();
            (0..some(flavour)).for_each(|i| tx.try_send(i).expect("room"));
            let (count, waker) = counting();
            let (mut at_tx, mut at_rx, mut second, mut cancelled) =
                (tx.closed(), rx.closed(), tx.closed(), rx.closed());
            assert!(poll(&mut at_tx, &waker).is_pending() && poll(&mut at_rx, &waker).is_pending());
            assert!(poll(&mut second, &waker).is_pending() && poll(&mut cancelled, &waker).is_pending());
            drop(cancelled);
            if from_sender {
                tx.close()
            } else {
                rx.close()
            };
            assert!(count.wakes() >= 3, "{flavour:?}: {} wakes", count.wakes());
            assert!(poll(&mut at_tx, &waker).is_ready() && poll(&mut at_rx, &waker).is_ready());
            assert!(poll(&mut second, &waker).is_ready());
            assert!(poll_noop(&mut tx.closed()).is_ready() && poll_noop(&mut rx.closed()).is_ready());
            assert_eq!(rx.len(), some(flavour));
        }
    });
}

#[test]
fn closed_resolves_when_the_other_side_goes() {
    for_each_flavour(|flavour| {
        let (count, waker) = counting();
        let (tx, rx) = flavour.make::<u8>();
        let mut closed = tx.closed();
        assert!(poll(&mut closed, &waker).is_pending());
        drop(rx);
        assert!(count.wakes() == 1 && poll(&mut closed, &waker).is_ready());

        let (tx, rx) = flavour.make::<u8>();
        let mut closed = rx.closed();
        assert!(poll(&mut closed, &waker).is_pending());
        drop(tx);
        assert!(count.wakes() == 2 && poll(&mut closed, &waker).is_ready());
    });
}

#[test]
fn messages_do_not_wake_closed_futures() {
    for_each_flavour(|flavour| {
        let (count, waker) = counting();
        let (tx, rx) = flavour.make::<u8>();
        let (mut at_tx, mut at_rx) = (tx.closed(), rx.closed());
        assert!(poll(&mut at_tx, &waker).is_pending() && poll(&mut at_rx, &waker).is_pending());
        for _ in 0..10 {
            let mut recv = rx.recv();
            assert!(poll_noop(&mut recv).is_pending());
            tx.try_send(1).expect("a receive waits, or there is room");
            assert!(poll_noop(&mut recv).is_ready());
        }
        assert_eq!(count.wakes(), 0, "{flavour:?}");
    });
}

#[test]
fn weak_handles_keep_nothing_open() {
    for_each_flavour(|flavour| {
        let (tx, rx) = flavour.make::<u8>();
        let (weak_tx, weak_rx) = (tx.downgrade(), rx.downgrade());
        assert_eq!((tx.sender_count(), tx.receiver_count()), (1, 1));
        drop(tx);
        assert!(rx.is_closed());
        assert!(weak_tx.clone().upgrade().is_none());
        drop(rx);
        assert!(weak_rx.upgrade().is_none());
    });
}

#[test]
fn racing_closers_and_last_handles_lose_nothing_that_was_accepted() {
    // Senders until closed; what a send accepted before is received, because the receiver drains.
    for_each_flavour(|flavour| {
        for round in 0..200_u32 {
            let (tx, rx) = flavour.make();
            thread::scope(|scope| {
                let senders: Vec<_> = (0..2)
                    .map(|_| {
                        let tx = tx.clone();
                        scope.spawn(move || (0..50).take_while(|i| tx.send_blocking(*i).is_ok()).count())
                    })
                    .collect();
                drop(tx);
                let mut received = 0;
                while rx.recv_blocking().is_ok() {
                    received += 1;
                    if received == round % 60 {
                        rx.close();
                    }
                }
                let sent: usize = senders.into_iter().map(|sender| sender.join().unwrap()).sum();
                assert_eq!(sent, received as usize, "{flavour:?}");
            });
        }
    });
}

/// Messages that each hold a sender of their own channel: dropped one after the other, not one inside the
/// other.
#[test]
fn messages_that_hold_senders_of_their_channel_are_dropped_flat() {
    soon(|| {
        struct Message(#[expect(dead_code, reason = "held, not looked at")] chan_core::Sender<Message>);
        let (tx, rx) = chan_core::unbounded();
        for _ in 0..100_000 {
            assert!(tx.try_send(Message(tx.clone())).is_ok());
        }
        drop(rx);
        assert_eq!((tx.len(), tx.sender_count()), (0, 1));
    });
}
