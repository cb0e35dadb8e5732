//! All time is tokio's: with the clock paused an hour passes at once, and every time is exact.

use std::time::Duration;

use chan_tokio::prelude::*;
use chan_tokio::{RecvTimeoutError, SendTimeoutError, after, chan, go, select, sleep, tick, timeout};
use tokio::time::{Instant, advance};

const HOUR: Duration = Duration::from_secs(3600);

#[tokio::test(start_paused = true)]
async fn waiting_moves_a_paused_clock() {
    let wall = std::time::Instant::now();
    let begin = Instant::now();
    sleep(HOUR).await;
    assert_eq!(begin.elapsed(), HOUR);
    assert_eq!(after(HOUR).await, (begin + 2 * HOUR).into_std());
    assert!(timeout(HOUR, std::future::pending::<()>()).await.is_err());
    assert_eq!(begin.elapsed(), 3 * HOUR);
    assert!(wall.elapsed() < HOUR / 60);
}

#[tokio::test(start_paused = true)]
async fn limits_of_operations_are_exact() {
    let (tx, rx) = chan(0);
    let begin = Instant::now();
    assert_eq!(tx.send_timeout(1, HOUR).await, Err(SendTimeoutError::Timeout(1)));
    assert_eq!(rx.recv_timeout(HOUR).await, Err(RecvTimeoutError::Timeout));
    assert_eq!(begin.elapsed(), 2 * HOUR);

    // Somebody comes one second before the end.
    let reader = go(async move {
        sleep(HOUR - Duration::from_secs(1)).await;
        rx.recv().await
    });
    assert_eq!(tx.send_timeout(2, HOUR).await, Ok(()));
    assert_eq!(reader.await.unwrap(), Ok(2));
    assert_eq!(begin.elapsed(), 3 * HOUR - Duration::from_secs(1));
}

#[tokio::test(start_paused = true)]
async fn ticks_stand_on_a_grid_and_missed_ones_are_skipped() {
    let begin = Instant::now();
    let at = |hours: u32| (begin + hours * HOUR).into_std();
    let mut beat = tick(HOUR);
    assert_eq!(beat.next().await, at(1));
    assert_eq!(beat.next().await, at(2));
    advance(3 * HOUR + HOUR / 2).await;
    // Beats 3, 4 and 5 have passed: the first of them comes at once, the next is the sixth, on time.
    assert_eq!(beat.next().await, at(3));
    assert_eq!(begin.elapsed(), 5 * HOUR + HOUR / 2);
    assert_eq!(beat.next().await, at(6));
    assert_eq!(begin.elapsed(), 6 * HOUR);
}

#[tokio::test(start_paused = true)]
async fn a_select_s_default_waits_for_this_clock() {
    let (_tx, rx) = chan::<u8>(0);
    let begin = Instant::now();
    select! {
        _ = rx.recv() => unreachable!(),
        default(after(HOUR)) => {}
    }
    assert_eq!(begin.elapsed(), HOUR);
}
