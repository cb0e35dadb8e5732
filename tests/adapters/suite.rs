// What every adapter promises, said once. Each adapter includes this file into its own tests, with
//
// * `rt`: the adapter, under whose names everything here is called,
// * `fn run<F: Future>(future: F) -> F::Output`: the runtime that the case runs on.
//
// Times: a lower bound is exact; where something must *not* happen yet, the other side is a minute or more away.

use std::error::Error;
use std::future::{Future, pending, poll_fn, ready};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use rt::prelude::*;
use rt::{
    After, Elapsed, JoinError, JoinHandle, Receiver, RecvError, RecvTimeoutError, SendError, SendTimeoutError, Sender,
    Tick, TryRecvError, TrySendError, after, bounded, chan, go, nil, select, sleep, tick, timeout, unbounded,
};

const MOMENT: Duration = Duration::from_millis(5);
const MINUTE: Duration = Duration::from_secs(60);

/// Sends `()` into its channel when it is dropped.
struct Witness(Sender<()>);

impl Drop for Witness {
    fn drop(&mut self) {
        let _ = self.0.try_send(());
    }
}

/// One poll, whose wake-up nobody hears.
fn poll_once<F: Future + Unpin>(future: &mut F) -> Poll<F::Output> {
    Pin::new(future).poll(&mut Context::from_waker(Waker::noop()))
}

fn numbers(range: std::ops::Range<u64>) -> Receiver<u64> {
    let (tx, rx) = chan(0);
    go(async move {
        for n in range {
            if tx.send(n).await.is_err() {
                break;
            }
        }
    });
    rx
}

async fn collect<T>(rx: Receiver<T>) -> Vec<T> {
    let mut all = Vec::new();
    while let Ok(value) = rx.recv().await {
        all.push(value);
    }
    all
}

// ---- Tasks ----

#[test]
fn go_runs_a_task_and_gives_its_result() {
    run(async {
        assert_eq!(go(async { 6 * 7 }).await.unwrap(), 42);
    });
}

#[test]
fn a_panic_is_the_error_of_the_handle() {
    run(async {
        let what = String::from("cheese");
        let error = go(async move { panic!("no {what}") }).await.unwrap_err();
        assert!(matches!(error, JoinError::Panic(_)));
        assert_eq!(error.to_string(), "the task panicked: no cheese");
        let payload = error.into_panic().unwrap();
        assert_eq!(payload.downcast_ref::<String>().unwrap(), "no cheese");

        let error = go(async { std::panic::panic_any(404) }).await.unwrap_err();
        assert_eq!(error.to_string(), "the task panicked");
        assert_eq!(*error.into_panic().unwrap().downcast::<i32>().unwrap(), 404);

        // The runtime goes on.
        assert!(go(async {}).await.is_ok());
    });
}

#[test]
fn a_panic_after_waiting_is_the_error_too() {
    run(async {
        let task: JoinHandle<()> = go(async {
            sleep(MOMENT).await;
            panic!("late");
        });
        assert!(matches!(task.await, Err(JoinError::Panic(payload)) if payload.message().unwrap() == "late"));
    });
}

#[test]
fn a_cancelled_task_stops_and_lets_go_of_what_it_held() {
    run(async {
        let (tx, dropped) = chan(1);
        let (tx_begun, begun) = chan(0);
        let task = go(async move {
            let _witness = Witness(tx);
            tx_begun.send(()).await.unwrap();
            pending::<()>().await
        });
        begun.recv().await.unwrap();
        assert_eq!(dropped.try_recv(), Err(TryRecvError::Empty));
        task.cancel();
        task.cancel();
        assert!(matches!(task.await, Err(JoinError::Cancelled)));
        // Gone before the handle said so.
        assert_eq!(dropped.try_recv(), Ok(()));
    });
}

#[test]
fn a_task_cancelled_at_once_is_cancelled_or_done() {
    run(async {
        for _ in 0..200 {
            let task = go(async { 1 });
            task.cancel();
            assert!(matches!(task.await, Ok(1) | Err(JoinError::Cancelled)));
        }
    });
}

#[test]
fn cancelling_a_finished_task_leaves_its_result() {
    run(async {
        let task = go(async { "done" });
        while !task.is_finished() {
            sleep(MOMENT).await;
        }
        task.cancel();
        assert_eq!(task.await.unwrap(), "done");
    });
}

#[test]
fn cancellation_and_panic_are_told_apart() {
    run(async {
        let task = go(pending::<()>());
        task.cancel();
        let error = task.await.unwrap_err();
        assert!(matches!(error, JoinError::Cancelled));
        assert_eq!(error.to_string(), "the task was cancelled");
        assert!(error.into_panic().is_none());
    });
}

#[test]
fn a_dropped_handle_leaves_the_task_running() {
    run(async {
        let (tx, rx) = chan(1);
        drop(go(async move {
            sleep(MOMENT).await;
            tx.send("still here").await
        }));
        assert_eq!(rx.recv().await, Ok("still here"));
    });
}

#[test]
fn a_finished_handle_does_not_wait() {
    run(async {
        let (tx, rx) = chan::<()>(0);
        let mut task = go(async move { rx.recv().await });
        assert!(!task.is_finished());
        drop(tx);
        while !task.is_finished() {
            sleep(MOMENT).await;
        }
        assert!(matches!(poll_once(&mut task), Poll::Ready(Ok(Err(RecvError)))));
    });
}

#[test]
fn the_wait_for_a_task_may_be_dropped_and_begun_again() {
    run(async {
        let (tx, rx) = chan(0);
        let mut task = go(async move { rx.recv().await.unwrap() });
        for _ in 0..3 {
            assert!(timeout(MOMENT, &mut task).await.is_err());
        }
        tx.send(5).await.unwrap();
        assert_eq!(task.await.unwrap(), 5);
    });
}

#[test]
fn a_task_is_a_case_of_select() {
    run(async {
        let mut task = go(async { 3 });
        let got = select! {
            result = &mut task => result.unwrap(),
            _ = after(MINUTE) => 0,
        };
        assert_eq!(got, 3);
    });
}

#[test]
fn errors_fit_into_a_boxed_error_and_futures_cross_threads() {
    fn boxed<E: Error + Send + Sync + 'static>() {}
    fn crosses<T: Send>(value: T) -> T {
        value
    }
    fn moves<T: Send + Sync + Unpin + 'static>() {}
    boxed::<JoinError>();
    boxed::<Elapsed>();
    moves::<JoinHandle<u8>>();
    moves::<After>();
    moves::<Tick>();
    run(async {
        let (tx, rx) = chan::<u8>(1);
        crosses(tx.send_timeout(1, MOMENT)).await.unwrap();
        crosses(rx.recv_timeout(MOMENT)).await.unwrap();
        crosses(timeout(MOMENT, rx.recv())).await.unwrap_err();
        crosses(sleep(MOMENT)).await;
        crosses(tick(MOMENT).next()).await;
    });
}

// ---- Time ----

#[test]
fn sleep_waits_no_shorter_than_asked() {
    run(async {
        let begin = Instant::now();
        sleep(MOMENT).await;
        assert!(begin.elapsed() >= MOMENT);
    });
}

#[test]
fn sleepers_wake_in_the_order_of_their_times() {
    run(async {
        let (tx, rx) = unbounded();
        for n in [3, 1, 2] {
            let tx = tx.clone();
            go(async move {
                sleep(40 * n * MOMENT).await;
                tx.send(n).await
            });
        }
        drop(tx);
        assert_eq!(collect(rx).await, [1, 2, 3]);
    });
}

#[test]
fn after_gives_the_time_it_was_due() {
    run(async {
        let begin = Instant::now();
        let due = after(MOMENT).await;
        assert!(due >= begin + MOMENT && due <= Instant::now());
    });
}

#[test]
fn after_counts_from_the_call_and_fires_once() {
    run(async {
        let mut alarm = after(MOMENT);
        sleep(4 * MOMENT).await;
        assert!(poll_fn(|cx| Poll::Ready(Pin::new(&mut alarm).poll(cx))).await.is_ready());
        assert!(timeout(MOMENT, &mut alarm).await.is_err());
    });
}

#[test]
fn a_tick_comes_first_after_one_period_and_then_on_a_grid() {
    run(async {
        let begin = Instant::now();
        let mut beat = tick(MOMENT);
        let first = beat.next().await;
        let mut last = first;
        assert!(first >= begin + MOMENT);
        for _ in 0..5 {
            let next = beat.next().await;
            assert!(next > last && on_grid(next - first));
            last = next;
        }
    });
}

#[test]
fn missed_ticks_are_skipped() {
    run(async {
        let mut beat = tick(MOMENT);
        let first = beat.next().await;
        sleep(10 * MOMENT).await;
        // The oldest missed beat comes at once; the next one lies ahead of the sleep.
        let woke = Instant::now();
        let second = beat.next().await;
        assert!(second < woke && on_grid(second - first));
        let third = beat.next().await;
        assert!(third >= first + 10 * MOMENT, "a burst of missed beats");
        assert!(on_grid(third - first));
    });
}

fn on_grid(distance: Duration) -> bool {
    distance.as_nanos().is_multiple_of(MOMENT.as_nanos())
}

#[test]
fn a_period_of_zero_never_ticks() {
    run(async {
        assert!(timeout(MOMENT, tick(Duration::ZERO).next()).await.is_err());
    });
}

#[test]
fn a_tick_dropped_while_waiting_loses_no_beat() {
    run(async {
        let mut beat = tick(40 * MOMENT);
        let mut polls = 0;
        let begin = Instant::now();
        let due = loop {
            match timeout(MOMENT, beat.next()).await {
                Ok(due) => break due,
                Err(Elapsed { .. }) => polls += 1,
            }
        };
        assert!(polls > 1 && due >= begin + 39 * MOMENT);
    });
}

#[test]
fn timeout_gives_the_value_or_drops_the_future() {
    run(async {
        assert_eq!(timeout(MINUTE, async { 1 }).await, Ok(1));

        let (tx, dropped) = chan(1);
        let slow = async move {
            let _witness = Witness(tx);
            pending::<()>().await
        };
        let error = timeout(MOMENT, slow).await.unwrap_err();
        assert_eq!(error.to_string(), "the time limit has passed");
        assert_eq!(dropped.try_recv(), Ok(()));
    });
}

#[test]
fn what_is_ready_wins_over_a_limit_of_zero() {
    run(async {
        let (tx, rx) = chan(1);
        assert_eq!(timeout(Duration::ZERO, ready(1)).await, Ok(1));
        assert_eq!(tx.send_timeout(2, Duration::ZERO).await, Ok(()));
        assert_eq!(rx.recv_timeout(Duration::ZERO).await, Ok(2));
    });
}

#[test]
fn the_longest_duration_is_as_good_as_for_ever() {
    run(async {
        let max = Duration::MAX;
        let (tx, rx) = chan(1);
        assert_eq!(timeout(max, ready(1)).await, Ok(1));
        tx.send_timeout(1, max).await.unwrap();
        rx.recv_timeout(max).await.unwrap();
        assert!(timeout(MOMENT, sleep(max)).await.is_err());
        assert!(timeout(MOMENT, after(max)).await.is_err());
        assert!(timeout(MOMENT, tick(max).next()).await.is_err());
    });
}

// ---- Operations with a time limit ----

#[test]
fn send_timeout_gives_the_very_message_back() {
    run(async {
        for capacity in [0, 1] {
            let (tx, rx) = chan(capacity);
            for _ in 0..capacity {
                tx.send(Arc::new(0)).await.unwrap();
            }
            let letter = Arc::new(1);
            let begin = Instant::now();
            match tx.send_timeout(letter.clone(), MOMENT).await {
                Err(SendTimeoutError::Timeout(back)) => assert!(Arc::ptr_eq(&back, &letter)),
                other => panic!("{other:?}"),
            }
            assert!(begin.elapsed() >= MOMENT);
            // It was not sent, and nothing of it is left behind.
            assert_eq!(Arc::strong_count(&letter), 1);
            assert_eq!(rx.try_iter().count(), capacity);

            drop(rx);
            match tx.send_timeout(letter.clone(), MINUTE).await {
                Err(SendTimeoutError::Closed(back)) => assert!(Arc::ptr_eq(&back, &letter)),
                other => panic!("{other:?}"),
            }
        }
    });
}

#[test]
fn send_timeout_sends_when_somebody_comes_in_time() {
    run(async {
        let (tx, rx) = chan(0);
        let reader = go(async move {
            sleep(MOMENT).await;
            rx.recv().await
        });
        assert_eq!(tx.send_timeout("letter", MINUTE).await, Ok(()));
        assert_eq!(reader.await.unwrap(), Ok("letter"));
    });
}

#[test]
fn recv_timeout_receives_times_out_or_sees_the_close() {
    run(async {
        for capacity in [0, 1] {
            let (tx, rx) = chan(capacity);
            let begin = Instant::now();
            assert_eq!(rx.recv_timeout(MOMENT).await, Err(RecvTimeoutError::Timeout));
            assert!(begin.elapsed() >= MOMENT);
            let writer = go(async move {
                sleep(MOMENT).await;
                tx.send(1).await
            });
            assert_eq!(rx.recv_timeout(MINUTE).await, Ok(1));
            assert_eq!(writer.await.unwrap(), Ok(()));
            assert_eq!(rx.recv_timeout(MINUTE).await, Err(RecvTimeoutError::Closed));
        }
    });
}

#[test]
fn close_wakes_operations_that_have_a_time_limit() {
    run(async {
        let (tx, rx) = chan(0);
        let late = rx.clone();
        let receive = go(async move { late.recv_timeout(MINUTE).await });
        sleep(MOMENT).await;
        rx.close();
        assert_eq!(receive.await.unwrap(), Err(RecvTimeoutError::Closed));
        assert_eq!(tx.send_timeout(1, MINUTE).await, Err(SendTimeoutError::Closed(1)));
    });
}

#[test]
fn time_limits_that_race_lose_and_double_nothing() {
    run(async {
        for capacity in [0, 1] {
            let (tx, rx) = chan(capacity);
            let limit = Duration::from_micros(300);
            let sender = go(async move {
                let mut sent = Vec::new();
                for n in 0..300_u32 {
                    match tx.send_timeout(n, limit).await {
                        Ok(()) => sent.push(n),
                        Err(SendTimeoutError::Timeout(back)) => assert_eq!(back, n),
                        Err(SendTimeoutError::Closed(_)) => panic!("closed"),
                    }
                }
                sent
            });
            let mut received = Vec::new();
            loop {
                match rx.recv_timeout(limit).await {
                    Ok(n) => received.push(n),
                    Err(RecvTimeoutError::Timeout) => {}
                    Err(RecvTimeoutError::Closed) => break,
                }
            }
            assert_eq!(sender.await.unwrap(), received);
        }
    });
}

#[test]
fn the_core_s_own_limits_take_this_clock() {
    run(async {
        let (tx, rx) = chan(0);
        assert_eq!(rx.recv_until(after(MOMENT)).await, Err(RecvTimeoutError::Timeout));
        assert_eq!(tx.send_until(1, sleep(MOMENT)).await, Err(SendTimeoutError::Timeout(1)));
    });
}

// ---- Channels of this adapter ----

#[test]
fn the_constructors_make_what_they_say() {
    run(async {
        let (tx, rx) = chan::<u8>(0);
        assert_eq!((tx.capacity(), rx.capacity()), (Some(0), Some(0)));
        assert_eq!(tx.try_send(1), Err(TrySendError::Full(1)));
        let (tx, _rx) = bounded::<u8>(2);
        assert_eq!(tx.capacity(), Some(2));
        let (tx, _rx) = unbounded::<u8>();
        assert_eq!(tx.capacity(), None);
        let (tx, rx) = rt::Builder::bounded(3).manners(&rt::MANNERS).build::<u8>();
        assert_eq!((tx.capacity(), rx.len()), (Some(3), 0));
    });
}

#[test]
fn nil_is_never_ready() {
    run(async {
        let (tx, rx) = nil::<u8>();
        assert_eq!(tx.try_send(1), Err(TrySendError::Full(1)));
        assert_eq!(rx.try_recv(), Err(TryRecvError::Empty));
        assert!(timeout(MOMENT, rx.recv()).await.is_err());
        assert_eq!(tx.send_timeout(1, MOMENT).await, Err(SendTimeoutError::Timeout(1)));
        assert!(!tx.close());
    });
}

#[test]
fn a_thread_and_a_task_share_a_channel() {
    run(async {
        let (tx, rx) = chan(0);
        let (tx_back, back) = chan(0);
        let thread = std::thread::spawn(move || {
            for n in &rx {
                tx_back.send_blocking(n * 2).unwrap();
            }
        });
        for n in 0..100 {
            tx.send(n).await.unwrap();
            assert_eq!(back.recv().await, Ok(n * 2));
        }
        drop(tx);
        assert_eq!(back.recv().await, Err(RecvError));
        thread.join().unwrap();
    });
}

#[test]
fn many_tasks_on_both_sides_pass_every_message_once() {
    run(async {
        for capacity in [0, 1, 8] {
            let (tx, rx) = chan(capacity);
            for producer in 0..4_u64 {
                let tx = tx.clone();
                go(async move {
                    for n in 0..250 {
                        tx.send(producer * 250 + n).await.unwrap();
                    }
                });
            }
            drop(tx);
            let readers: Vec<_> = (0..4).map(|_| go(collect(rx.clone()))).collect();
            drop(rx);
            let mut all = Vec::new();
            for reader in readers {
                all.extend(reader.await.unwrap());
            }
            all.sort_unstable();
            assert!(all.into_iter().eq(0..1000));
        }
    });
}

// ---- Select ----

#[test]
fn select_takes_the_case_that_is_ready() {
    run(async {
        let (tx, rx) = chan(1);
        let (full, _keep) = chan(0);
        tx.send(1).await.unwrap();
        let got = select! {
            n = rx.recv() => n.unwrap(),
            _ = full.send(0) => 0,
            _ = sleep(MINUTE) => 0,
        };
        assert_eq!(got, 1);
        select! {
            sent = tx.send(2) => sent.unwrap(),
            _ = pending::<()>() => unreachable!(),
        }
        assert_eq!(rx.recv().await, Ok(2));
    });
}

#[test]
fn select_sends_to_one_of_several_and_keeps_no_copy() {
    run(async {
        let (tx_a, rx_a) = chan(0);
        let (tx_b, rx_b) = chan(0);
        let reader = |rx: Receiver<u64>| go(async move { collect(rx).await.into_iter().sum::<u64>() });
        let (a, b) = (reader(rx_a), reader(rx_b));
        let (mut sent_a, mut sent_b) = (0, 0);
        for n in 1..=1000 {
            select! {
                sent = tx_a.send(n) => { sent.unwrap(); sent_a += n }
                sent = tx_b.send(n) => { sent.unwrap(); sent_b += n }
            }
        }
        drop((tx_a, tx_b));
        assert_eq!((a.await.unwrap(), b.await.unwrap()), (sent_a, sent_b));
        assert_eq!(sent_a + sent_b, 500_500);
    });
}

#[test]
fn default_runs_at_once_or_when_its_timer_is_done() {
    run(async {
        let (_tx, rx) = chan::<u8>(0);
        let now = select! { _ = rx.recv() => false, default => true };
        assert!(now);

        let begin = Instant::now();
        let late = select! { _ = rx.recv() => false, default(after(MOMENT)) => true };
        assert!(late && begin.elapsed() >= MOMENT);
        let late = select! { _ = rx.recv() => false, default(sleep(MOMENT)) => true };
        assert!(late);
    });
}

#[test]
fn complete_runs_when_every_channel_is_done() {
    run(async {
        let (a, b) = (numbers(0..10), numbers(10..20));
        let mut sum = 0;
        loop {
            select! {
                n = a.recv() => sum += n.unwrap(),
                n = b.recv() => sum += n.unwrap(),
                complete => break,
            }
        }
        assert_eq!(sum, 190);
    });
}

#[test]
fn a_nil_channel_and_a_false_guard_disable_a_case() {
    run(async {
        let (_tx, never) = nil::<u8>();
        let (tx, rx) = chan(1);
        tx.send(1).await.unwrap();
        for _ in 0..50 {
            select! {
                _ = never.recv() => unreachable!(),
                _ = rx.recv(), if false => unreachable!(),
                default => {}
            }
        }
        assert_eq!(rx.len(), 1);
    });
}

#[test]
fn a_closed_channel_is_a_ready_case_with_its_error() {
    run(async {
        let (tx, rx) = chan::<u8>(0);
        rx.close();
        let got = select! { got = rx.recv() => got, _ = sleep(MINUTE) => Ok(0) };
        assert_eq!(got, Err(RecvError));
        let sent = select! { sent = tx.send(1) => sent, _ = sleep(MINUTE) => Ok(()) };
        assert_eq!(sent, Err(SendError(1)));
    });
}

#[test]
fn a_tick_beats_among_the_cases_of_a_loop() {
    run(async {
        let (tx, rx) = chan(0);
        go(async move {
            for n in 0..10 {
                sleep(2 * MOMENT).await;
                tx.send(n).await.unwrap();
            }
        });
        let (mut beat, mut beats, mut got) = (tick(MOMENT), 0, Vec::new());
        loop {
            select! {
                n = rx.recv() => match n {
                    Ok(n) => got.push(n),
                    Err(RecvError) => break,
                },
                _ = beat.next() => beats += 1,
            }
        }
        assert!(got.into_iter().eq(0..10));
        assert!(beats > 0);
    });
}

// ---- Patterns ----

#[test]
fn fan_in_merges_until_told_to_stop() {
    run(async {
        let (a, b) = (numbers(0..u64::MAX), numbers(0..u64::MAX));
        let (done, stop) = chan(0);
        go(async move {
            sleep(4 * MOMENT).await;
            done.send(()).await
        });
        let (mut from_a, mut from_b) = (0, 0);
        loop {
            select! {
                n = a.recv() => { assert_eq!(n, Ok(from_a)); from_a += 1 }
                n = b.recv() => { assert_eq!(n, Ok(from_b)); from_b += 1 }
                _ = stop.recv() => break,
                default(after(MINUTE)) => panic!("both producers are stuck"),
            }
        }
        assert!(from_a > 0 && from_b > 0);
    });
}

#[test]
fn fan_out_gives_each_message_to_one_worker() {
    run(async {
        let jobs = numbers(0..100);
        let (tx, results) = unbounded();
        for _ in 0..3 {
            let (jobs, tx) = (jobs.clone(), tx.clone());
            go(async move {
                while let Ok(n) = jobs.recv().await {
                    tx.send(n * n).await.unwrap();
                }
            });
        }
        drop((jobs, tx));
        let mut all = collect(results).await;
        all.sort_unstable();
        assert!(all.into_iter().eq((0..100).map(|n| n * n)));
    });
}

#[test]
fn a_pipeline_passes_everything_in_order_and_closes_stage_by_stage() {
    run(async {
        fn stage(input: Receiver<u64>, step: fn(u64) -> u64) -> Receiver<u64> {
            let (tx, output) = chan(4);
            go(async move {
                while let Ok(n) = input.recv().await {
                    tx.send(step(n)).await.unwrap();
                }
            });
            output
        }
        let output = stage(stage(numbers(0..500), |n| n * 2), |n| n + 1);
        assert!(collect(output).await.into_iter().eq((0..500).map(|n| n * 2 + 1)));
    });
}

#[test]
fn an_ended_stage_is_replaced_by_nil() {
    run(async {
        let (mut a, mut b) = (numbers(0..5), numbers(5..20));
        let (mut sum, mut open) = (0, 2);
        while open > 0 {
            select! {
                n = a.recv() => match n {
                    Ok(n) => sum += n,
                    Err(RecvError) => { a = nil().1; open -= 1 }
                },
                n = b.recv() => match n {
                    Ok(n) => sum += n,
                    Err(RecvError) => { b = nil().1; open -= 1 }
                },
            }
        }
        assert_eq!(sum, 190);
    });
}

#[test]
fn shutdown_drains_what_was_accepted() {
    run(async {
        let (tx, rx) = chan(16);
        for n in 0..16 {
            tx.send(n).await.unwrap();
        }
        tx.close();
        assert_eq!(tx.send(16).await, Err(SendError(16)));
        assert!(collect(rx).await.into_iter().eq(0..16));
    });
}

#[test]
fn a_receive_dropped_at_every_poll_takes_nothing() {
    run(async {
        for capacity in [0, 1] {
            let (tx, rx) = chan(capacity);
            for _ in 0..10 {
                let mut receive = pin!(rx.recv());
                let _ = poll_fn(|cx| Poll::Ready(receive.as_mut().poll(cx))).await;
            }
            let writer = go(async move { tx.send(1).await });
            assert_eq!(rx.recv().await, Ok(1));
            assert_eq!(writer.await.unwrap(), Ok(()));
        }
    });
}
