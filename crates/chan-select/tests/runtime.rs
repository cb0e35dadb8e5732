//! What every adapter shares, on a clock that stands still until it is told otherwise.
#![cfg(feature = "std")]

use std::cell::Cell;
use std::error::Error;
use std::future::{Future, pending, poll_fn, ready};
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use chan_core::TryRecvError;
use chan_select::runtime::{After, Clock, Elapsed, JoinError, Stop, Tick, task, timeout};
use futures_lite::future::{block_on, poll_once};

const HOUR: Duration = Duration::from_secs(3600);

thread_local! {
    static NOW: Cell<Instant> = Cell::new(Instant::now());
}

fn advance(time: Duration) {
    NOW.set(NOW.get() + time);
}

/// Each test has a thread, and each thread its time.
struct Hand;

struct HandTimer(Instant);

impl Clock for Hand {
    type Timer = HandTimer;

    fn now() -> Instant {
        NOW.get()
    }

    fn at(due: Instant) -> HandTimer {
        HandTimer(due)
    }
}

impl Future for HandTimer {
    type Output = ();

    fn poll(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<()> {
        if NOW.get() >= self.0 { Poll::Ready(()) } else { Poll::Pending }
    }
}

fn look<F: Future>(future: F) -> Option<F::Output> {
    block_on(poll_once(future))
}

#[test]
fn after_gives_the_time_it_was_due_once() {
    let due = Hand::now() + HOUR;
    let mut after = After::<Hand>::new(HOUR);
    assert_eq!(look(&mut after), None);
    advance(2 * HOUR);
    assert_eq!(look(&mut after), Some(due));
    assert_eq!(look(&mut after), None);
}

#[test]
fn a_tick_beats_on_its_grid_and_skips_what_was_missed() {
    let begin = Hand::now();
    let mut beat = Tick::<Hand>::new(HOUR);
    assert_eq!(look(beat.next()), None);
    advance(HOUR);
    assert_eq!(look(beat.next()), Some(begin + HOUR));
    assert_eq!(look(beat.next()), None);
    advance(3 * HOUR + HOUR / 2);
    // Beats 2, 3 and 4 have passed: the first of them, and then the fifth on time.
    assert_eq!(look(beat.next()), Some(begin + 2 * HOUR));
    assert_eq!(look(beat.next()), None);
    advance(HOUR / 2);
    assert_eq!(look(beat.next()), Some(begin + 5 * HOUR));
}

#[test]
fn what_the_clock_cannot_hold_never_comes() {
    let (mut after, mut beat, mut zero) =
        (After::<Hand>::new(Duration::MAX), Tick::<Hand>::new(Duration::MAX), Tick::<Hand>::new(Duration::ZERO));
    advance(HOUR);
    assert_eq!(look(&mut after), None);
    assert_eq!(look(beat.next()), None);
    assert_eq!(look(zero.next()), None);
}

#[test]
fn a_timeout_looks_at_the_future_first() {
    assert_eq!(block_on(timeout(ready(()), ready(1))), Ok(1));
    assert_eq!(block_on(timeout(pending::<()>(), ready(1))), Ok(1));
    assert_eq!(block_on(timeout(ready(()), pending::<u8>())), Err(Elapsed::new()));
    assert_eq!(look(timeout(pending::<()>(), pending::<u8>())), None);
}

#[test]
fn a_task_dropped_by_its_executor_closes_its_outcome() {
    let (body, stop, outcome) = task(pending::<u8>());
    assert!(matches!(outcome.try_recv(), Err(TryRecvError::Empty)));
    drop(body);
    assert!(matches!(outcome.try_recv(), Err(TryRecvError::Closed)));
    stop.order();
}

#[test]
fn a_task_runs_on_without_its_other_parts() {
    let polls = Cell::new(0);
    let work = poll_fn(|_| {
        polls.set(polls.get() + 1);
        if polls.get() == 2 { Poll::Ready(()) } else { Poll::Pending }
    });
    let (body, stop, outcome) = task(work);
    let mut body = pin!(body);
    drop((stop, outcome));
    assert_eq!(look(body.as_mut()), None);
    assert_eq!(look(body.as_mut()), Some(()));
    assert_eq!(polls.get(), 2);
}

#[test]
fn an_order_to_stop_wakes_a_task_that_waits() {
    let (body, stop, outcome) = task(pending::<()>());
    let runner = std::thread::spawn(|| block_on(body));
    stop.order();
    runner.join().unwrap();
    assert!(matches!(outcome.try_recv(), Ok(Err(JoinError::Cancelled))));
}

#[test]
fn a_panic_while_a_stopped_task_is_dropped_is_its_outcome() {
    struct Bomb;
    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("boom");
        }
    }
    let bomb = Bomb;
    let (body, stop, outcome) = task(async move {
        let _bomb = bomb;
        pending::<()>().await
    });
    stop.order();
    block_on(body);
    let error = outcome.try_recv().unwrap().unwrap_err();
    assert_eq!(error.to_string(), "the task panicked: boom");
}

#[test]
fn the_parts_cross_threads_and_the_errors_fit_into_a_box() {
    fn moves<T: Send + Sync + Unpin + 'static>() {}
    fn boxed<E: Error + Send + Sync + 'static>() {}
    moves::<Stop>();
    moves::<After<Hand>>();
    moves::<Tick<Hand>>();
    boxed::<JoinError>();
    boxed::<Elapsed>();
}
