//! The forms that block a thread, and those with a limit.
#![cfg(feature = "std")]
// A test counts with what it likes.
#![allow(clippy::disallowed_types)]

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use chan_core::{
    Builder, Manners, Receiver, RecvError, RecvTimeoutError, SendError, SendTimeoutError, Sender, TryRecvError,
    TrySendError, bounded, nil, unbounded,
};
use futures_lite::future::block_on;

const LONG: Duration = Duration::from_secs(60);
const SHORT: Duration = Duration::from_millis(20);

fn kinds<T>() -> Vec<(Sender<T>, Receiver<T>)> {
    vec![bounded(0), bounded(1), bounded(7), unbounded()]
}

/// Channels without room.
fn full() -> Vec<(Sender<u8>, Receiver<u8>)> {
    let one = bounded(1);
    one.0.try_send(0).unwrap();
    vec![bounded(0), one, nil()]
}

#[test]
fn threads_pass_messages_in_order_at_every_capacity() {
    for (tx, rx) in kinds() {
        thread::scope(|scope| {
            scope.spawn(move || {
                for i in 0..2000 {
                    tx.send_blocking(i).unwrap();
                }
            });
            for i in 0..2000 {
                assert_eq!(rx.recv_blocking(), Ok(i));
            }
            assert_eq!(rx.recv_blocking(), Err(RecvError));
        });
    }
}

#[test]
fn a_blocked_thread_sleeps_until_it_is_served() {
    for (tx, rx) in kinds() {
        thread::scope(|scope| {
            let receiver = scope.spawn(|| rx.recv_blocking());
            thread::sleep(SHORT); // long past all spinning
            tx.send_blocking(1).unwrap();
            assert_eq!(receiver.join().unwrap(), Ok(1));
        });
    }
    for (tx, rx) in full().into_iter().take(2) {
        thread::scope(|scope| {
            let sender = scope.spawn(|| tx.send_blocking(9));
            thread::sleep(SHORT);
            while rx.recv_blocking() != Ok(9) {}
            assert_eq!(sender.join().unwrap(), Ok(()));
        });
    }
}

#[test]
fn all_forms_mix_on_one_channel() {
    for (tx, rx) in kinds() {
        let sum = AtomicUsize::new(0);
        thread::scope(|scope| {
            for form in 0..4 {
                let (tx, rx, sum) = (tx.clone(), rx.clone(), &sum);
                scope.spawn(move || {
                    for i in 1..=500_usize {
                        match form {
                            0 => tx.send_blocking(i).unwrap(),
                            1 => block_on(tx.send(i)).unwrap(),
                            2 => tx.send_timeout_blocking(i, LONG).unwrap(),
                            _ => {
                                let mut message = i;
                                while let Err(TrySendError::Full(back)) = tx.try_send(message) {
                                    message = back;
                                    thread::yield_now();
                                }
                            }
                        }
                    }
                });
                scope.spawn(move || {
                    for i in 0..500 {
                        let got = match (form + i) % 4 {
                            0 => rx.recv_blocking().unwrap(),
                            1 => block_on(rx.recv()).unwrap(),
                            2 => rx.recv_timeout_blocking(LONG).unwrap(),
                            _ => rx.recv_deadline_blocking(Instant::now() + LONG).unwrap(),
                        };
                        sum.fetch_add(got, Ordering::Relaxed);
                    }
                });
            }
        });
        assert_eq!(sum.into_inner(), 4 * 500 * 501 / 2);
        assert_eq!(rx.try_recv(), Err(TryRecvError::Empty));
    }
}

#[test]
fn close_ends_every_wait_and_gives_the_message_back() {
    for (tx, rx) in kinds::<u8>() {
        thread::scope(|scope| {
            let waiters = [0, 1, 2].map(|form| {
                let rx = &rx;
                scope.spawn(move || match form {
                    0 => rx.recv_blocking().map_err(|_| RecvTimeoutError::Closed),
                    1 => rx.recv_timeout_blocking(LONG),
                    _ => rx.recv_deadline_blocking(Instant::now() + LONG),
                })
            });
            thread::sleep(SHORT);
            assert!(tx.close());
            for waiter in waiters {
                assert_eq!(waiter.join().unwrap(), Err(RecvTimeoutError::Closed));
            }
        });
        assert_eq!(tx.send_blocking(1), Err(SendError(1)));
        assert_eq!(tx.send_timeout_blocking(2, LONG), Err(SendTimeoutError::Closed(2)));
        assert_eq!(tx.send_deadline_blocking(3, Instant::now()), Err(SendTimeoutError::Closed(3)));
    }
    for (tx, rx) in full().into_iter().take(2) {
        thread::scope(|scope| {
            let sender = scope.spawn(|| tx.send_blocking(9));
            let timed = scope.spawn(|| tx.send_timeout_blocking(8, LONG));
            thread::sleep(SHORT);
            drop(rx);
            assert_eq!(sender.join().unwrap(), Err(SendError(9)));
            assert_eq!(timed.join().unwrap(), Err(SendTimeoutError::Closed(8)));
        });
    }
}

#[test]
fn a_limit_is_kept_and_not_undercut() {
    let nil_pair = nil();
    let mut empty = kinds::<u8>();
    empty.push(nil_pair);
    for (_tx, rx) in &empty {
        let start = Instant::now();
        assert_eq!(rx.recv_timeout_blocking(SHORT), Err(RecvTimeoutError::Timeout));
        assert!(start.elapsed() >= SHORT);
        let deadline = Instant::now() + SHORT;
        assert_eq!(rx.recv_deadline_blocking(deadline), Err(RecvTimeoutError::Timeout));
        assert!(Instant::now() >= deadline);
    }
    for (tx, _rx) in full() {
        let start = Instant::now();
        assert_eq!(tx.send_timeout_blocking(7, SHORT), Err(SendTimeoutError::Timeout(7)));
        assert!(start.elapsed() >= SHORT);
        let deadline = Instant::now() + SHORT;
        assert_eq!(tx.send_deadline_blocking(8, deadline), Err(SendTimeoutError::Timeout(8)));
        assert!(Instant::now() >= deadline);
    }
}

#[test]
fn a_zero_limit_only_tries() {
    for (tx, rx) in kinds() {
        assert_eq!(rx.recv_timeout_blocking(Duration::ZERO), Err(RecvTimeoutError::Timeout));
        assert_eq!(rx.recv_deadline_blocking(Instant::now()), Err(RecvTimeoutError::Timeout));
        if tx.capacity() != Some(0) {
            assert_eq!(tx.send_timeout_blocking(1, Duration::ZERO), Ok(()));
            assert_eq!(rx.recv_timeout_blocking(Duration::ZERO), Ok(1));
            assert_eq!(tx.send_deadline_blocking(2, Instant::now()), Ok(()));
            assert_eq!(rx.recv_deadline_blocking(Instant::now()), Ok(2));
        }
        tx.close();
        assert_eq!(rx.recv_timeout_blocking(Duration::ZERO), Err(RecvTimeoutError::Closed));
    }
    for (tx, _rx) in full() {
        assert_eq!(tx.send_timeout_blocking(1, Duration::ZERO), Err(SendTimeoutError::Timeout(1)));
        assert_eq!(tx.send_deadline_blocking(2, Instant::now()), Err(SendTimeoutError::Timeout(2)));
    }
}

#[test]
fn a_limit_beyond_the_clock_is_none() {
    for (tx, rx) in kinds() {
        thread::scope(|scope| {
            let receiver = scope.spawn(|| rx.recv_timeout_blocking(Duration::MAX));
            assert_eq!(tx.send_timeout_blocking(1, Duration::MAX), Ok(()));
            assert_eq!(receiver.join().unwrap(), Ok(1));
            let receiver = scope.spawn(|| rx.recv_timeout_blocking(Duration::MAX));
            thread::sleep(SHORT);
            tx.close();
            assert_eq!(receiver.join().unwrap(), Err(RecvTimeoutError::Closed));
        });
    }
    // Far, but on the clock.
    let (tx, rx) = bounded(0);
    let far = Instant::now() + Duration::from_secs(60 * 60 * 24 * 365 * 100);
    thread::scope(|scope| {
        let receiver = scope.spawn(|| rx.recv_deadline_blocking(far));
        thread::sleep(SHORT);
        assert_eq!(tx.send_deadline_blocking(1, far), Ok(()));
        assert_eq!(receiver.join().unwrap(), Ok(1));
    });
}

#[test]
fn a_timeout_is_exact_at_capacity_0() {
    // A receiver that comes about when the time is up: `Ok` and received, or `Timeout` and given back.
    let (tx, rx) = bounded(0);
    thread::scope(|scope| {
        let receiver = scope.spawn(move || {
            let mut got = Vec::new();
            loop {
                match rx.try_recv() {
                    Ok(i) => got.push(i),
                    Err(TryRecvError::Empty) => thread::yield_now(),
                    Err(TryRecvError::Closed) => return got,
                }
            }
        });
        let sent: Vec<u32> = (0..3000)
            .filter(|i| match tx.send_timeout_blocking(*i, Duration::from_micros(u64::from(i % 40))) {
                Ok(()) => true,
                Err(SendTimeoutError::Timeout(back)) => {
                    assert_eq!(back, *i);
                    false
                }
                Err(SendTimeoutError::Closed(_)) => unreachable!("open"),
            })
            .collect();
        drop(tx);
        assert_eq!(receiver.join().unwrap(), sent);
    });
}

#[test]
fn receives_that_time_out_lose_nothing() {
    for (tx, rx) in kinds() {
        thread::scope(|scope| {
            scope.spawn(move || {
                for i in 0..500_u32 {
                    tx.send_blocking(i).unwrap();
                    if i % 7 == 0 {
                        thread::sleep(Duration::from_micros(50));
                    }
                }
            });
            let mut next = 0;
            loop {
                match rx.recv_timeout_blocking(Duration::from_micros(20)) {
                    Ok(i) => {
                        assert_eq!(i, next);
                        next += 1;
                    }
                    Err(RecvTimeoutError::Timeout) => {}
                    Err(RecvTimeoutError::Closed) => break,
                }
            }
            assert_eq!(next, 500);
        });
    }
}

#[test]
fn a_blocking_receive_whose_time_is_up_looks_once_more() {
    let (tx, rx) = bounded(1);
    // Parked first, so the hint is its own; it is never polled again.
    let mut leaked = Box::pin(rx.recv());
    assert!(block_on(futures_lite::future::poll_once(&mut leaked)).is_none());
    thread::scope(|scope| {
        let receiver = scope.spawn(|| rx.recv_timeout_blocking(5 * SHORT));
        thread::sleep(SHORT);
        tx.try_send(1).unwrap();
        assert_eq!(receiver.join().unwrap(), Ok(1));
    });
    std::mem::forget(leaked);
}

#[test]
fn iterators_block_and_end_with_the_channel() {
    for (tx, rx) in kinds() {
        let producer = thread::spawn(move || {
            for i in 0..30 {
                tx.send_blocking(i).unwrap();
            }
        });
        let mut seen: Vec<_> = rx.iter().take(10).collect();
        for i in &rx {
            seen.push(i);
            if i == 19 {
                break;
            }
        }
        let mut rest = rx.into_iter();
        seen.extend(rest.by_ref());
        assert_eq!(seen, (0..30).collect::<Vec<_>>());
        assert_eq!(rest.next(), None);
        producer.join().unwrap();
    }
}

#[test]
fn an_owned_iterator_is_a_receiver() {
    let (tx, rx) = unbounded::<u8>();
    let iter = rx.into_iter();
    assert_eq!(tx.receiver_count(), 1);
    drop(iter);
    assert!(tx.is_closed());
}

#[test]
fn a_call_inside_a_call_has_a_waker_of_its_own() {
    // The destructor of a message blocks on another channel while the thread waits for a first one.
    struct Nested(Receiver<u8>, Sender<u8>);
    impl Drop for Nested {
        fn drop(&mut self) {
            assert_eq!(self.0.recv_blocking(), Ok(1));
            self.1.send_blocking(2).unwrap();
        }
    }
    let ((inner_tx, inner_rx), (done_tx, done_rx)) = (bounded(0), bounded(0));
    let (tx, rx) = unbounded();
    tx.try_send(Nested(inner_rx, done_tx)).ok().unwrap();
    let consumer = thread::spawn(move || {
        for message in &rx {
            drop(message);
        }
        drop(rx);
    });
    thread::sleep(SHORT);
    inner_tx.send_blocking(1).unwrap();
    assert_eq!(done_rx.recv_blocking(), Ok(2));
    drop(tx);
    consumer.join().unwrap();
}

#[test]
fn a_waker_may_block_on_another_channel() {
    use std::future::Future;
    use std::pin::pin;
    use std::sync::Arc;
    use std::task::{Context, Wake, Waker};
    struct Forward(Sender<u8>);
    impl Wake for Forward {
        fn wake(self: Arc<Self>) {
            self.0.send_blocking(7).unwrap();
        }
    }
    let (tx, rx) = bounded(0);
    let (told_tx, told_rx) = bounded(0);
    let waker = Waker::from(Arc::new(Forward(told_tx)));
    let mut recv = pin!(rx.recv());
    assert!(recv.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
    thread::scope(|scope| {
        // Blocks: offers its message, and in the middle of that the waker above runs and blocks as well.
        let sender = scope.spawn(|| tx.send_blocking(1));
        assert_eq!(told_rx.recv_blocking(), Ok(7));
        assert_eq!(block_on(recv.as_mut()), Ok(1));
        assert_eq!(sender.join().unwrap(), Ok(()));
    });
}

#[test]
fn others_may_unpark_the_thread() {
    let (tx, rx) = bounded(0);
    thread::scope(|scope| {
        let receiver = scope.spawn(|| {
            thread::current().unpark(); // a token left over
            rx.recv_timeout_blocking(LONG)
        });
        for _ in 0..20 {
            receiver.thread().unpark();
            thread::sleep(Duration::from_millis(1));
        }
        tx.send_blocking(1).unwrap();
        assert_eq!(receiver.join().unwrap(), Ok(1));
    });
}

#[test]
fn blocking_works_while_the_threads_locals_are_destroyed() {
    struct Late(Receiver<u8>, Sender<u8>);
    impl Drop for Late {
        fn drop(&mut self) {
            let got = self.0.recv_blocking().unwrap();
            self.1.send_blocking(got + 1).unwrap();
        }
    }
    thread_local!(static LATE: std::cell::RefCell<Option<Late>> = const { std::cell::RefCell::new(None) });
    let ((tx, rx), (back_tx, back_rx)) = (bounded(0), bounded(0));
    let thread = thread::spawn(move || {
        LATE.set(Some(Late(rx.clone(), back_tx)));
        // This thread's own waker comes into being after, and goes before.
        assert_eq!(rx.recv_blocking(), Ok(1));
    });
    tx.send_blocking(1).unwrap();
    tx.send_blocking(2).unwrap();
    assert_eq!(back_rx.recv_blocking(), Ok(3));
    thread.join().unwrap();
}

#[test]
fn every_blocking_call_asks_the_manners_first() {
    static STRICT: Manners = Manners {
        name: "strict",
        proceed: |_, _| panic!("a blocking call has no budget"),
        check_blocking: || panic!("await instead"),
    };
    for (tx, rx) in [
        Builder::bounded(0).manners(&STRICT).build::<u8>(),
        Builder::bounded(1).manners(&STRICT).build(),
        Builder::unbounded().manners(&STRICT).build(),
    ] {
        let calls: [&dyn Fn(); 9] = [
            &|| _ = tx.send_blocking(1),
            &|| _ = tx.send_timeout_blocking(1, SHORT),
            &|| _ = tx.send_deadline_blocking(1, Instant::now()),
            &|| _ = rx.recv_blocking(),
            &|| _ = rx.recv_timeout_blocking(SHORT),
            &|| _ = rx.recv_deadline_blocking(Instant::now()),
            &|| _ = rx.iter().next(),
            &|| _ = (&rx).into_iter().next(),
            &|| _ = rx.clone().into_iter().next(),
        ];
        for (i, call) in calls.iter().enumerate() {
            let panic = catch_unwind(AssertUnwindSafe(call)).expect_err("must panic");
            assert_eq!(panic.downcast_ref(), Some(&"await instead"), "call {i}");
        }
        assert!(rx.is_empty());
        // And where the runtime has no objection, its budget is left alone.
        static LAX: Manners = Manners { check_blocking: || {}, ..STRICT };
        let (tx, rx) = Builder::bounded(1).manners(&LAX).build();
        tx.send_blocking(1).unwrap();
        assert_eq!(rx.recv_blocking(), Ok(1));
    }
}
