//! The cooperative budget: what spends it, what does not, and that it keeps a busy channel from starving others. Each
//! claim is shown to fail on channels without manners.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use chan_tokio::{Receiver, Select, Sender, block_on, core, go, select, sleep, unbounded};
use tokio::task::{coop, yield_now};

/// What tokio gives a task for one poll.
const BUDGET: usize = 128;

/// How often `step` is ready within one poll of the task, at most 1000 times.
async fn ready_in_one_poll(mut step: impl FnMut(&mut Context<'_>) -> Poll<()>) -> usize {
    // Begin with a full budget.
    yield_now().await;
    std::future::poll_fn(|cx| Poll::Ready((0..1000).take_while(|_| step(cx).is_ready()).count())).await
}

fn filled((tx, rx): (Sender<usize>, Receiver<usize>)) -> (Sender<usize>, Receiver<usize>) {
    for n in 0..2000 {
        tx.try_send(n).unwrap();
    }
    (tx, rx)
}

#[test]
fn receives_spend_the_budget() {
    block_on(async {
        let receive = |rx: Receiver<usize>| {
            ready_in_one_poll(move |cx| {
                let received = pin!(rx.recv()).poll(cx);
                received.map(|n| assert!(n.is_ok()))
            })
        };
        let (_tx, polite) = filled(unbounded());
        assert_eq!(receive(polite.clone()).await, BUDGET);
        // The poll that the budget refused took nothing.
        assert_eq!(polite.recv().await, Ok(BUDGET));

        let (_tx, rude) = filled(core::unbounded());
        assert_eq!(receive(rude).await, 1000);
    });
}

#[test]
fn sends_spend_the_budget() {
    block_on(async {
        let send = |tx: Sender<usize>| {
            ready_in_one_poll(move |cx| pin!(tx.send(0)).poll(cx).map(|sent| assert!(sent.is_ok())))
        };
        let (polite, rx) = unbounded();
        assert_eq!(send(polite).await, BUDGET);
        assert_eq!(rx.len(), BUDGET);
        let (rude, _rx) = core::unbounded();
        assert_eq!(send(rude).await, 1000);
    });
}

#[test]
fn reservations_spend_the_budget() {
    block_on(async {
        let reserve = |tx: Sender<usize>| {
            ready_in_one_poll(move |cx| pin!(tx.reserve()).poll(cx).map(|permit| permit.unwrap().send(0)))
        };
        let (polite, rx) = unbounded();
        assert_eq!(reserve(polite).await, BUDGET);
        assert_eq!(rx.len(), BUDGET);
        let (rude, _rx) = core::unbounded();
        assert_eq!(reserve(rude).await, 1000);
    });
}

#[test]
fn selects_spend_the_budget_and_default_does_not() {
    block_on(async {
        let waiting = |rx: Receiver<usize>| {
            ready_in_one_poll(move |cx| {
                pin!(async {
                    select! {
                        n = rx.recv() => assert!(n.is_ok()),
                        () = std::future::pending() => unreachable!(),
                    }
                })
                .poll(cx)
            })
        };
        let (_tx, polite) = filled(unbounded());
        assert_eq!(waiting(polite.clone()).await, BUDGET);
        assert_eq!(polite.len(), 2000 - BUDGET, "the poll that the budget refused took nothing");
        let (_tx, rude) = filled(core::unbounded());
        assert_eq!(waiting(rude).await, 1000);

        let (_tx, polite) = filled(unbounded());
        let mut kept = Select::new();
        kept.recv(polite, |n| assert!(n.is_ok()));
        let kept = ready_in_one_poll(move |cx| pin!(kept.run()).poll(cx).map(|turn| turn.unwrap()));
        assert_eq!(kept.await, BUDGET);

        let (_tx, looked_at) = filled(unbounded());
        let looks = ready_in_one_poll(|cx| {
            pin!(async {
                select! { n = looked_at.recv() => assert!(n.is_ok()), default => unreachable!() }
            })
            .poll(cx)
        });
        assert_eq!(looks.await, 1000);
    });
}

#[test]
fn a_poll_that_comes_to_nothing_is_free() {
    block_on(async {
        let (_tx, empty) = unbounded::<usize>();
        let (_tx, full) = filled(unbounded());
        let received = ready_in_one_poll(|cx| {
            assert!(pin!(empty.recv()).poll(cx).is_pending());
            pin!(full.recv()).poll(cx).map(drop)
        });
        assert_eq!(received.await, BUDGET);
    });
}

#[test]
fn what_does_not_wait_is_free() {
    block_on(async {
        let (tx, rx) = filled(unbounded());
        yield_now().await;
        for n in 0..1000 {
            assert_eq!(rx.try_recv(), Ok(n));
            tx.try_send(n).unwrap();
            assert!(coop::has_budget_remaining());
        }
    });
}

/// A task that is never out of messages, beside a timer of 1 ms, on one thread: how many messages pass after the timer
/// is due and before it fires, and whether it fires within `patience`.
async fn messages_until_the_timer((tx, rx): (Sender<usize>, Receiver<usize>), patience: Duration) -> (usize, bool) {
    let fired = Arc::new(AtomicBool::new(false));
    let begin = Instant::now();
    let timer = go({
        let fired = fired.clone();
        async move {
            sleep(Duration::from_millis(1)).await;
            fired.store(true, Relaxed);
        }
    });
    // The timer's first poll.
    yield_now().await;
    // tokio rounds up to milliseconds.
    let due = Instant::now() + Duration::from_millis(2);
    let busy = go(async move {
        let mut overdue = 0;
        while !fired.load(Relaxed) && begin.elapsed() < patience {
            tx.send(1).await.unwrap();
            rx.recv().await.unwrap();
            overdue += usize::from(Instant::now() >= due);
        }
        (overdue, fired.load(Relaxed))
    });
    let outcome = busy.await.unwrap();
    timer.await.unwrap();
    outcome
}

#[test]
fn a_busy_channel_lets_a_timer_fire() {
    let (overdue, fired) = block_on(messages_until_the_timer(unbounded(), Duration::from_secs(10)));
    // One budget passes half as many messages, each sent and received, and tokio looks at its timers at least once in
    // 61 polls. A number and not a speed, so a busy machine does not matter; twice, for the poll that was under way.
    assert!(fired && overdue <= 2 * 61 * BUDGET / 2, "{overdue} messages");

    // Without manners no number of messages is enough.
    let (overdue, fired) = block_on(messages_until_the_timer(core::unbounded(), Duration::from_millis(100)));
    assert!(!fired && overdue > 61 * BUDGET, "{overdue} messages");
}
