//! The control lane: signals overtake messages, every handle sees them, they count as one until they are looked at, and
//! they end with the channel.

use std::future::Future;
use std::panic::catch_unwind;
use std::pin::{Pin, pin};
use std::sync::{Arc, Barrier};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;
use std::time::{Duration, Instant};

use chan_core::case::{Operation, Status};
use chan_core::{
    RecvError, RecvTimeoutError, SIGNAL_KINDS, SignalKind, TryRecvError, bounded, nil, signal_kinds, unbounded,
};
use futures_lite::future::{block_on, poll_once, zip};

signal_kinds! {
    enum Control { Stop, Pause, Resume }
}
use Control::{Pause, Resume, Stop};

type Nothing = Result<Control, TryRecvError>;
const EMPTY: Nothing = Err(TryRecvError::Empty);
const CLOSED: Nothing = Err(TryRecvError::Closed);

/// Counts wakes; a test reads it when nobody else is left.
#[derive(Default)]
struct Count(std::sync::Mutex<usize>);

impl Wake for Count {
    fn wake(self: Arc<Self>) {
        *self.0.lock().unwrap() += 1;
    }
}

fn poll<F: Future + Unpin>(future: &mut F, count: &Arc<Count>) -> Poll<F::Output> {
    Pin::new(future).poll(&mut Context::from_waker(&Waker::from(count.clone())))
}

#[test]
fn signals_overtake_what_is_queued_and_take_no_place() {
    for (tx, rx) in [bounded(0), bounded(1), bounded(3), unbounded()] {
        while tx.len() < 3 && tx.try_send(1).is_ok() {}
        let queued = rx.len();
        assert!(tx.signal(Pause));
        assert_eq!(rx.len(), queued);
        assert_eq!(rx.try_signal(), Ok(Pause));
        assert_eq!(rx.try_signal(), EMPTY);
        assert_eq!(rx.drain().count(), queued);
    }
}

#[test]
fn a_handle_sees_each_kind_once_for_all_raises_it_had_not_looked_at_the_most_urgent_first() {
    let (tx, rx) = bounded::<u8>(1);
    for kind in [Resume, Pause, Resume, Stop, Resume] {
        assert!(tx.signal(kind));
    }
    assert_eq!([(); 4].map(|()| rx.try_signal()), [Ok(Stop), Ok(Pause), Ok(Resume), EMPTY]);
    // Raised again, seen again.
    assert!(tx.signal(Resume));
    assert_eq!([(); 2].map(|()| rx.try_signal()), [Ok(Resume), EMPTY]);
}

#[test]
fn every_handle_sees_a_raise_and_a_clone_has_seen_what_its_original_had() {
    let (tx, rx) = bounded::<u8>(1);
    let early = rx.clone();
    tx.signal(Pause);
    assert_eq!(rx.try_signal(), Ok(Pause));
    // Of a handle that has seen it, and of one that has not.
    let (seen, pending) = (rx.clone(), early.clone());
    assert_eq!((seen.try_signal(), pending.try_signal(), early.try_signal()), (EMPTY, Ok(Pause), Ok(Pause)));
    tx.clone().signal(Stop);
    for handle in [&rx, &early, &seen, &pending] {
        assert_eq!([(); 2].map(|()| handle.try_signal()), [Ok(Stop), EMPTY]);
    }
    // A handle from a weak one has no original.
    assert_eq!(rx.downgrade().upgrade().unwrap().try_signal(), Ok(Stop));
    // A stream's handle is a handle.
    let stream = early.into_stream();
    tx.signal(Resume);
    assert_eq!(stream.receiver().try_signal(), Ok(Resume));
}

#[test]
fn two_types_of_kinds_share_a_channel_by_their_numbers() {
    signal_kinds! { enum Wide { A, B, C, D } }
    let (tx, rx) = bounded::<u8>(1);
    assert!(tx.signal(Wide::D));
    assert!(tx.signal(Wide::B));
    assert_eq!([(); 2].map(|()| rx.try_signal()), [Ok(Pause), EMPTY], "no number of its own");
    assert!(tx.close());
    assert_eq!(rx.try_signal(), CLOSED);
    assert_eq!([(); 2].map(|()| rx.try_signal()), [Ok(Wide::D), Err(TryRecvError::Closed)]);
    let _ = (Wide::A, Wide::C);
}

#[test]
fn a_close_is_seen_behind_what_was_raised_before_it() {
    for first in [true, false] {
        let (tx, rx) = bounded(1);
        let other = rx.clone();
        tx.try_send(1).unwrap();
        if first {
            assert!(tx.signal(Stop) && tx.signal(Pause));
        }
        rx.close();
        assert!(!tx.signal(Resume));
        if first {
            assert_eq!(block_on(rx.signal()), Ok(Stop));
            assert_eq!(rx.try_signal(), Ok(Pause));
        }
        assert_eq!(rx.try_signal(), CLOSED);
        assert_eq!(block_on(rx.signal::<Control>()), Err(RecvError));
        assert_eq!(other.try_signal::<Control>().is_ok(), first, "each handle for itself");
        assert_eq!(rx.try_recv(), Ok(1), "messages are another matter");
        drop((rx, other));
        assert!(!tx.signal(Resume));
    }
}

#[test]
fn the_last_sender_ends_the_wait() {
    let (tx, rx) = bounded::<u8>(1);
    let second = tx.clone();
    let mut signal = pin!(rx.signal::<Control>());
    assert!(block_on(poll_once(&mut signal)).is_none());
    drop(tx);
    assert!(block_on(poll_once(&mut signal)).is_none());
    drop(second);
    assert_eq!(block_on(signal), Err(RecvError));
}

#[test]
fn nil_has_no_signals() {
    let (tx, rx) = nil::<u8>();
    assert!(!tx.signal(Stop));
    assert_eq!(rx.try_signal(), EMPTY);
    assert!(block_on(poll_once(rx.signal::<Control>())).is_none());
    assert_eq!(rx.signal::<Control>().status(), Status::Nil);
    assert_eq!(rx.clone().signal_timeout_blocking::<Control>(Duration::ZERO), Err(RecvTimeoutError::Timeout));
}

#[test]
fn a_raise_wakes_every_waiter_once_and_each_handle_sees_it() {
    let (tx, rx) = bounded::<u8>(1);
    let handles: Vec<_> = (0..9).map(|_| rx.clone()).collect();
    let counts: Vec<_> = (0..9).map(|_| Arc::new(Count::default())).collect();
    let mut waits: Vec<_> = handles.iter().map(|handle| handle.signal()).collect();
    for (wait, count) in waits.iter_mut().zip(&counts) {
        assert!(poll(wait, count).is_pending());
    }
    // One leaves, one is leaked, one has another waker by now.
    drop(waits.remove(0));
    std::mem::forget(waits.remove(0));
    let moved = Arc::new(Count::default());
    assert!(poll(&mut waits[0], &moved).is_pending());
    assert!(tx.signal(Pause));
    assert!(tx.signal(Pause));
    let wakes: Vec<_> = counts.iter().map(|count| *count.0.lock().unwrap()).collect();
    assert_eq!(wakes, [0, 1, 0, 1, 1, 1, 1, 1, 1]);
    assert_eq!(*moved.0.lock().unwrap(), 1);
    for wait in &mut waits {
        assert_eq!(poll(wait, &moved), Poll::Ready(Ok(Pause)));
    }
    drop(waits);
    // Dropped or leaked, the signal is pending for the handle.
    assert_eq!([(); 2].map(|()| handles[0].try_signal()), [Ok(Pause), EMPTY]);
    assert_eq!([(); 2].map(|()| handles[1].try_signal()), [Ok(Pause), EMPTY]);
    assert_eq!(handles[2].try_signal(), EMPTY);
}

#[test]
fn tasks_that_share_a_handle_share_its_signals() {
    let (tx, rx) = bounded::<u8>(1);
    let (count, other) = (Arc::new(Count::default()), Arc::new(Count::default()));
    let (mut one, mut two) = (rx.signal(), rx.signal());
    assert!(poll(&mut one, &count).is_pending() && poll(&mut two, &other).is_pending());
    tx.signal(Stop);
    assert_eq!((*count.0.lock().unwrap(), *other.0.lock().unwrap()), (1, 1));
    assert_eq!(poll(&mut two, &other), Poll::Ready(Ok(Stop)));
    assert!(poll(&mut one, &count).is_pending(), "the other task has it");
    tx.signal(Stop);
    assert_eq!(poll(&mut one, &count), Poll::Ready(Ok(Stop)));
}

#[test]
fn a_wait_for_a_kind_that_does_not_come_goes_on() {
    signal_kinds! { enum One { Only } }
    let (tx, rx) = bounded::<u8>(1);
    let count = Arc::new(Count::default());
    let mut wait = rx.signal::<One>();
    assert!(poll(&mut wait, &count).is_pending());
    tx.signal(Resume);
    assert!(poll(&mut wait, &count).is_pending());
    tx.signal(One::Only);
    assert_eq!(poll(&mut wait, &count), Poll::Ready(Ok(One::Only)));
    assert_eq!(rx.try_signal(), Ok(Resume));
}

#[test]
fn who_has_a_message_sees_what_was_raised_before_it_was_sent() {
    let turns = if cfg!(miri) { 20 } else { 2_000 };
    let (tx, rx) = bounded(4);
    let sender = thread::spawn(move || {
        for i in 0..turns {
            tx.signal(Pause);
            tx.send_blocking(i).unwrap();
        }
    });
    let (mut seen, mut last) = (0, None);
    for i in &rx {
        assert!(last < Some(i));
        let signal = rx.try_signal();
        // The handle had not looked before.
        assert!(last.is_some() || signal == Ok(Pause));
        last = Some(i);
        seen += usize::from(signal == Ok(Pause));
    }
    sender.join().unwrap();
    assert!((1..=turns).contains(&seen));
    assert_eq!(rx.try_signal(), CLOSED);
}

#[test]
fn threads_that_listen_all_see_every_raise_of_a_conversation() {
    const LISTENERS: usize = 4;
    let rounds = if cfg!(miri) { 5 } else { 500 };
    let (tx, rx) = bounded::<u8>(1);
    let barrier = Arc::new(Barrier::new(LISTENERS + 1));
    let listeners: Vec<_> = (0..LISTENERS)
        .map(|_| {
            let (rx, barrier) = (rx.clone(), barrier.clone());
            thread::spawn(move || {
                for round in 0..rounds {
                    let expected = [Stop, Pause, Resume][round % 3];
                    assert_eq!(rx.signal_blocking(), Ok(expected));
                    barrier.wait();
                }
                assert_eq!(rx.signal_blocking::<Control>(), Err(RecvError));
            })
        })
        .collect();
    for round in 0..rounds {
        assert!(tx.signal([Stop, Pause, Resume][round % 3]));
        barrier.wait();
    }
    drop(tx);
    listeners.into_iter().for_each(|listener| listener.join().unwrap());
}

#[test]
fn blocking_forms_end_in_time() {
    let (tx, rx) = bounded::<u8>(1);
    let start = Instant::now();
    let limit = Duration::from_millis(5);
    assert_eq!(rx.signal_timeout_blocking::<Control>(limit), Err(RecvTimeoutError::Timeout));
    assert!(start.elapsed() >= limit);
    assert_eq!(rx.signal_deadline_blocking::<Control>(start), Err(RecvTimeoutError::Timeout));
    tx.signal(Pause);
    assert_eq!(rx.signal_deadline_blocking(start), Ok(Pause));
    tx.close();
    assert_eq!(rx.signal_timeout_blocking::<Control>(limit), Err(RecvTimeoutError::Closed));
}

#[test]
fn a_number_that_is_too_large_is_a_clear_panic_at_the_raise() {
    #[derive(Clone, Copy, Debug, PartialEq)]
    struct Number(usize);
    impl SignalKind for Number {
        fn index(self) -> usize {
            self.0
        }
        fn from_index(index: usize) -> Option<Self> {
            Some(Number(index))
        }
    }
    let (tx, rx) = bounded::<u8>(1);
    assert!((0..SIGNAL_KINDS).rev().all(|index| tx.signal(Number(index))));
    assert!((0..SIGNAL_KINDS).all(|index| rx.try_signal() == Ok(Number(index))));
    let panic = catch_unwind(|| tx.signal(Number(SIGNAL_KINDS))).unwrap_err();
    assert!(panic.downcast_ref::<String>().unwrap().contains("number 30"));
    assert_eq!(rx.try_signal::<Number>(), Err(TryRecvError::Empty));
}

#[test]
fn a_signal_and_a_message_wait_side_by_side() {
    let (tx, rx) = bounded(0);
    let (got, ()) = block_on(zip(zip(rx.recv(), rx.signal()), async {
        tx.signal(Resume);
        tx.send("message").await.unwrap();
    }));
    assert_eq!(got, (Ok("message"), Ok(Resume)));
}

/// Two threads share each of three handles, while others raise another kind all the time: each handle reports each `Stop`
/// exactly once, and no thread sleeps over one.
#[test]
fn each_handle_reports_each_raise_once_whichever_of_its_threads_has_it() {
    const HANDLES: usize = 3;
    let rounds = if cfg!(miri) { 3 } else { 300 };
    let (tx, rx) = bounded::<u8>(1);
    let (report, reports) = std::sync::mpsc::channel();
    thread::scope(|scope| {
        let handles: Vec<_> = (0..HANDLES).map(|_| rx.clone()).collect();
        for (number, handle) in handles.into_iter().map(Arc::new).enumerate() {
            for _ in 0..2 {
                let (handle, report) = (handle.clone(), report.clone());
                scope.spawn(move || {
                    while let Ok(kind) = handle.signal_blocking::<Control>() {
                        if kind == Stop {
                            report.send(number).unwrap();
                        }
                    }
                });
            }
        }
        let noise = tx.clone();
        scope.spawn(move || while noise.signal(Resume) && noise.signal(Pause) {});
        for _ in 0..rounds {
            assert!(tx.signal(Stop));
            let mut reported: Vec<_> = (0..HANDLES).map(|_| reports.recv().unwrap()).collect();
            reported.sort_unstable();
            assert_eq!(reported, (0..HANDLES).collect::<Vec<_>>());
        }
        tx.close();
    });
    assert!(reports.try_recv().is_err(), "a raise was reported twice");
}
