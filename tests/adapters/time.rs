//! The clock: sleep, after, tick, timeout.

use super::*;

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
