//! `Select`, the list of cases made at run time.

use chan_core::{Builder, Manners, Receiver, SendError, Sender, TryRecvError, bounded, chan, nil};
use chan_select::{Select, SelectRng};
use futures_lite::future::{block_on, pending, poll_once, ready, yield_now};
use futures_lite::{pin, stream};
use std::collections::HashSet;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;
use std::time::{Duration, Instant};

#[derive(Default)]
struct Wakes(AtomicUsize);

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Relaxed);
    }
}

impl Wakes {
    fn new() -> (Arc<Self>, Waker) {
        let wakes = Arc::new(Wakes::default());
        (wakes.clone(), Waker::from(wakes))
    }

    fn take(&self) -> usize {
        self.0.swap(0, Relaxed)
    }
}

/// Says when it is dropped.
struct Counted(Arc<AtomicUsize>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_add(1, Relaxed);
    }
}

// ------------------------------------------------------------------------------------------------------ the forms

#[test]
fn every_kind_of_case_in_one_select() {
    block_on(async {
        let mut seen = HashSet::new();
        let (full, one) = bounded::<u32>(1);
        full.try_send(1).unwrap();
        let (room, _keep) = bounded::<String>(1);
        let (other, _keep) = bounded::<u32>(1);
        let mut select = Select::new();
        select.recv(&one, |message| format!("recv {}", message.unwrap()));
        select.send(&room, "x".to_owned(), |result| format!("send {}", result.is_ok()));
        select.operation(other.send(3), |result| format!("operation {}", result.is_ok()));
        select.future(async { 4 }, |n| format!("future {n}"));
        select.stream(stream::iter([5]), |item| format!("stream {item:?}"));
        select.future(pending::<()>(), |()| unreachable!());
        for _ in 0..6 {
            seen.insert(select.run().await.unwrap());
        }
        let expected = ["recv 1", "send true", "operation true", "future 4", "stream Some(5)", "stream None"];
        assert_eq!(seen, expected.map(String::from).into());
        // What stays: the receive, the send without a message, the future that is never ready.
        assert_eq!((select.len(), select.is_complete()), (3, false));
        assert_eq!(select.try_run(), None);
    });
}

#[test]
fn handles_are_given_by_value_by_reference_or_shared() {
    let (tx, rx) = bounded::<u32>(4);
    let mut select = Select::new();
    select.recv(rx.clone(), |message| message.ok());
    select.recv(&rx, |message| message.ok());
    select.recv(Arc::new(rx.clone()), |message| message.ok());
    let senders = [
        select.send(tx.clone(), 1, |result| result.err().map(|SendError(n)| n)),
        select.send(&tx, 2, |result| result.err().map(|SendError(n)| n)),
        select.send(Arc::new(tx.clone()), 3, |result| result.err().map(|SendError(n)| n)),
    ];
    let mut got: Vec<_> = (0..6).filter_map(|_| select.try_run().unwrap()).collect();
    got.sort_unstable();
    assert_eq!(got, [1, 2, 3]);
    assert!(senders.iter().all(|id| select.contains(*id)));
    // The select holds handles: the channel is open until they go.
    assert_eq!(rx.receiver_count(), 3);
    drop(select);
    assert_eq!((rx.receiver_count(), tx.sender_count()), (1, 1));
}

#[test]
fn closed_channels_fire_once_and_are_over() {
    let (tx, rx) = bounded::<u32>(1);
    let mut select = Select::new();
    let receive = select.recv(&rx, |message| message.is_err());
    let send = select.send(&tx, 1, |result| result == Err(SendError(1)));
    tx.close();
    assert_eq!((select.try_run(), select.try_run()), (Some(true), Some(true)));
    assert!(select.is_empty() && select.is_complete());
    assert!(!select.contains(receive) && !select.contains(send));
    assert_eq!(select.rearm(send, 2), Err(2));
    assert_eq!(block_on(select.run()), None);
    assert_eq!(select.run_blocking(), None);
}

#[test]
fn a_sleeping_turn_sees_a_close() {
    let ((tx, rx), (rendezvous, meet)) = (bounded::<u32>(1), bounded::<u32>(0));
    let mut select = Select::new();
    select.recv(&rx, |message| message.is_err());
    select.send(&rendezvous, 7, |result| result == Err(SendError(7)));
    let (wakes, waker) = Wakes::new();
    {
        let run = select.run();
        pin!(run);
        assert!(run.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
        assert_eq!(wakes.take(), 0);
        meet.close();
        assert_eq!(wakes.take(), 1);
        assert_eq!(run.poll(&mut Context::from_waker(&waker)), Poll::Ready(Some(true)));
    }
    {
        let run = select.run();
        pin!(run);
        assert!(run.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
        tx.close();
        assert_eq!(wakes.take(), 1);
        assert_eq!(run.poll(&mut Context::from_waker(&waker)), Poll::Ready(Some(true)));
    }
    assert!(select.is_empty());
}

#[test]
fn nil_cases_are_never_ready() {
    let (tx, rx) = nil::<u32>();
    let mut select = Select::new();
    select.recv(&rx, |_| ());
    select.send(&tx, 1, |_| ());
    select.operation(None::<chan_core::future::Recv<'_, u32>>, |_| ());
    assert!(select.is_complete() && select.len() == 3);
    assert_eq!(block_on(select.run()), None);
}

#[test]
fn weight_0_disables_and_gives_hints_back() {
    let (tx, rx) = bounded::<u32>(1);
    let mut select = Select::new();
    let id = select.recv(&rx, |message| message.unwrap());
    let (wakes, waker) = Wakes::new();
    assert!(block_on(poll_once(select.run())).is_none());
    assert!(select.set_weight(id, 0) && select.is_complete());
    // Its place among the waiters is gone: a plain receive is woken.
    let plain = rx.recv();
    pin!(plain);
    assert!(plain.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
    tx.try_send(1).unwrap();
    assert_eq!(wakes.take(), 1);
    assert_eq!(select.try_run(), None);
    assert!(select.set_weight(id, 5));
    assert_eq!(select.try_run(), Some(1));
    assert!(select.remove(id) && !select.set_weight(id, 1));
}

#[test]
fn seeds_repeat_the_choices() {
    let run = |seed| {
        let mut select = Select::seeded(SelectRng::new(seed));
        for n in 0..5 {
            select.stream(stream::repeat(n), |item| item.unwrap());
        }
        (0..40).map(|_| select.try_run().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(run(1), run(1));
    assert_ne!(run(1), run(2));
}

#[test]
fn the_choice_is_uniform_whichever_cases_are_ready() {
    // Of 8 cases two neighbours are ready, one of them foreign.
    let (tx, rx) = bounded::<u32>(1);
    tx.try_send(0).unwrap();
    let (_idle, never) = bounded::<u32>(1);
    let mut select = Select::seeded(SelectRng::new(11));
    for place in 0..8 {
        match place {
            6 => drop(select.recv(&rx, |_| 6)),
            7 => drop(select.stream(stream::repeat(()), |_| 7)),
            _ => drop(select.recv(&never, |_| unreachable!())),
        }
    }
    let mut wins = 0;
    const RUNS: u32 = 20_000;
    for _ in 0..RUNS {
        if select.try_run() == Some(6) {
            wins += 1;
            tx.try_send(0).unwrap();
        }
    }
    // Six standard deviations of 71; the seed is fixed besides.
    assert!((f64::from(wins) - f64::from(RUNS) / 2.0).abs() < 425.0, "{wins}");
}

#[test]
fn two_hundred_cases_come_and_go() {
    let channels: Vec<(Sender<usize>, Receiver<usize>)> = (0..200).map(|_| chan(1)).collect();
    let mut select = Select::new();
    let mut ids: Vec<_> = channels
        .iter()
        .enumerate()
        .map(|(n, (_, rx))| select.recv(rx.clone(), move |message| (n, message.unwrap())))
        .collect();
    let mut rng = 1_usize;
    for turn in 0..2_000 {
        rng = rng.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let n = (rng >> 40) % channels.len();
        let (tx, rx) = &channels[n];
        if turn % 3 == 0 {
            // Another case in some place.
            assert!(select.remove(ids[n]));
            let m = (rng >> 20) % channels.len();
            if select.remove(ids[m]) {
                ids[m] = select.recv(channels[m].1.clone(), move |message| (m, message.unwrap()));
            }
            ids[n] = select.recv(rx.clone(), move |message| (n, message.unwrap()));
        }
        let run = select.run();
        pin!(run);
        assert!(block_on(poll_once(&mut run)).is_none());
        tx.try_send(turn).unwrap();
        assert_eq!(block_on(run), Some((n, turn)));
    }
    assert_eq!(select.len(), 200);
}

// -------------------------------------------------------------------------------------- losers and lost turns

#[test]
fn losers_move_nothing_and_are_dropped_once() {
    let drops = Arc::new(AtomicUsize::new(0));
    let message = || Counted(drops.clone());
    let ((tx, rx), (rendezvous, meet)) = (bounded::<Counted>(1), bounded::<Counted>(0));
    let mut select = Select::new();
    tx.try_send(message()).unwrap();
    select.send(&tx, message(), |_| "send");
    let offer = select.send(&rendezvous, message(), |_| "offer");
    let operation = select.operation(rendezvous.send(message()), |_| "operation");
    select.recv(&meet, |_| "meet");
    for _ in 0..10 {
        let id = select.future(async { yield_now().await }, |()| "future");
        assert_eq!(block_on(select.run()), Some("future"));
        assert!(!select.contains(id));
    }
    assert_eq!(drops.load(Relaxed), 0);
    drop(select.take_message(offer).unwrap());
    assert_eq!(drops.load(Relaxed), 1);
    assert!(select.remove(operation));
    assert_eq!(drops.load(Relaxed), 2);
    drop(rx.try_recv().unwrap());
    assert_eq!(block_on(select.run()), Some("send"));
    drop(select);
    assert_eq!((drops.load(Relaxed), rx.len()), (3, 1));
    drop(rx.try_recv().unwrap());
    assert_eq!(drops.load(Relaxed), 4);
}

#[test]
fn a_dropped_turn_that_was_taken_is_the_result_of_the_next() {
    let (tx, rx) = bounded::<u32>(0);
    let (_idle, never) = bounded::<u32>(1);
    let mut select = Select::new();
    let id = select.send(&tx, 5, |result| result.is_ok());
    select.recv(&never, |_| unreachable!());
    assert!(
        block_on(async {
            let run = select.run();
            pin!(run);
            let first = poll_once(&mut run).await;
            assert_eq!(rx.try_recv(), Ok(5));
            first
        })
        .is_none()
    );
    assert!(!select.is_complete());
    assert_eq!(select.take_message(id), None);
    assert_eq!(select.rearm(id, 6), Err(6), "it has not been said yet that the first was sent");
    assert_eq!(block_on(select.run()), Some(true));
    assert_eq!(select.try_run(), None);
    select.rearm(id, 6).unwrap();
    drop(select);
    assert!(rx.try_recv().is_err());
}

#[test]
fn between_turns_no_rendezvous_send_can_be_taken() {
    let (tx, rx) = bounded::<u32>(0);
    let mut select = Select::new();
    let send = select.send(&tx, 5, |result| result.is_ok());
    assert!(block_on(poll_once(select.run())).is_none());
    assert!(rx.try_recv().is_err());
    // A receive that waits meanwhile is met by the next turn.
    let (wakes, waker) = Wakes::new();
    let mut recv = rx.recv();
    assert!(std::pin::Pin::new(&mut recv).poll(&mut Context::from_waker(&waker)).is_pending());
    {
        let run = select.run();
        pin!(run);
        assert!(block_on(poll_once(&mut run)).is_none());
        assert_eq!(wakes.take(), 1);
        assert_eq!(block_on(recv), Ok(5));
        assert_eq!(block_on(run), Some(true));
    }
    assert!(select.contains(send));
}

#[test]
fn a_leaked_turn_is_ended_by_the_next() {
    let ((tx, rx), (rendezvous, meet)) = (bounded::<u32>(1), bounded::<u32>(0));
    let mut select = Select::new();
    select.recv(&rx, |message| message.unwrap());
    let send = select.send(&rendezvous, 9, |_| 90);
    for _ in 0..3 {
        let mut run = Box::pin(select.run());
        assert!(block_on(poll_once(&mut run)).is_none());
        std::mem::forget(run);
    }
    tx.try_send(1).unwrap();
    assert_eq!(block_on(select.run()), Some(1));
    let mut run = Box::pin(select.run());
    assert!(block_on(poll_once(&mut run)).is_none());
    std::mem::forget(run);
    assert_eq!(meet.try_recv(), Ok(9), "it is open as long as nobody comes back to the turn");
    assert_eq!(select.take_message(send), None);
    assert_eq!(block_on(select.run()), Some(90));
}

#[test]
fn a_leaked_question_leaves_sends_exact() {
    let ((first, from_first), (second, from_second)) = (bounded::<u32>(0), bounded::<u32>(0));
    let mut select = Select::new();
    select.send(&first, 1, |result| result.map(|()| 1));
    select.send(&second, 2, |result| result.map(|()| 2));
    let mut ready = Box::pin(select.ready());
    assert!(block_on(poll_once(&mut ready)).is_none());
    assert!(from_first.try_recv().is_err(), "a question offers nothing");
    std::mem::forget(ready);
    let run = select.run();
    pin!(run);
    assert!(block_on(poll_once(&mut run)).is_none());
    // One of them, and no more.
    assert_eq!(from_second.try_recv(), Ok(2));
    assert!(from_first.try_recv().is_err());
    assert_eq!(block_on(run), Some(Ok(2)));
}

#[test]
fn a_leaked_select_blocks_nobody() {
    let (tx, rx) = bounded::<u32>(1);
    let mut select = Select::new();
    select.recv(&rx, |message| message.unwrap());
    assert!(block_on(poll_once(select.run())).is_none());
    std::mem::forget(select);
    let (wakes, waker) = Wakes::new();
    let recv = rx.recv();
    pin!(recv);
    assert!(recv.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
    // The select is away, for ever: it keeps no hint.
    tx.try_send(1).unwrap();
    assert_eq!(wakes.take(), 1);
    assert_eq!(block_on(recv), Ok(1));
}

#[test]
fn panics_lose_nothing_but_their_own() {
    use std::panic::{AssertUnwindSafe, catch_unwind};
    let (tx, rx) = bounded::<u32>(2);
    let mut select = Select::biased();
    let bad = select.future(
        async {
            yield_now().await;
            panic!("in a future")
        },
        |()| 0,
    );
    select.recv(&rx, |message| if message == Ok(7) { panic!("in a map") } else { message.unwrap() });
    assert!(catch_unwind(AssertUnwindSafe(|| block_on(select.run()))).is_err());
    assert!(!select.contains(bad), "what panicked is not polled again");
    tx.try_send(7).unwrap();
    tx.try_send(8).unwrap();
    assert!(catch_unwind(AssertUnwindSafe(|| block_on(select.run()))).is_err());
    assert_eq!(block_on(select.run()), Some(8));
    assert_eq!(select.len(), 1);
    let late = select.future(async { panic!("in one look") }, |()| 0);
    assert!(catch_unwind(AssertUnwindSafe(|| select.try_run())).is_err());
    assert!(!select.contains(late));
}

#[test]
fn a_waker_that_panics_when_a_turn_ends_costs_no_result() {
    use std::panic::{AssertUnwindSafe, catch_unwind};
    struct Panics;
    impl Wake for Panics {
        fn wake(self: Arc<Self>) {
            panic!("in a waker");
        }
    }
    let ((tx1, rx1), (tx2, rx2)) = (bounded::<u32>(1), bounded::<u32>(1));
    let mut select = Select::biased();
    select.recv(&rx1, |message| message.unwrap());
    select.recv(&rx2, |message| message.unwrap());
    let waker = Waker::from(Arc::new(Panics));
    let plain = rx2.recv();
    {
        let run = select.run();
        pin!(run);
        assert!(block_on(poll_once(&mut run)).is_none());
        pin!(plain);
        assert!(plain.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
        tx2.try_send(2).unwrap();
        tx1.try_send(1).unwrap();
        // The hint of the second case is passed on to the plain receive.
        assert!(catch_unwind(AssertUnwindSafe(|| block_on(&mut run))).is_err());
        assert!(rx1.is_empty());
    }
    assert_eq!(select.try_run(), Some(1), "what the turn had received is not lost");
    assert_eq!(select.try_run(), Some(2));
}

#[test]
fn a_send_that_was_lost_to_a_panic_is_over() {
    use std::panic::{AssertUnwindSafe, catch_unwind};
    struct Panics;
    impl Wake for Panics {
        fn wake(self: Arc<Self>) {
            panic!("in a waker");
        }
    }
    let waker = Waker::from(Arc::new(Panics));
    let (tx, rx) = chan::<u32>(0);
    let mut select = Select::new();
    let send = select.send(&tx, 1, |result| result.is_ok());
    {
        let recv = rx.recv();
        pin!(recv);
        assert!(recv.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
        assert!(catch_unwind(AssertUnwindSafe(|| block_on(select.run()))).is_err());
    }
    assert_eq!(rx.try_recv(), Err(TryRecvError::Empty));
    assert!(!select.contains(send) && select.is_complete());
    assert_eq!(block_on(select.run()), None, "nothing is left to wait for");
}

#[test]
fn a_select_is_a_case_of_another() {
    let (tx, rx) = bounded::<u32>(1);
    let mut inner = Select::new();
    inner.recv(&rx, |message| message.unwrap());
    let mut outer = Select::new();
    let id = outer.future(async { inner.run().await.unwrap() }, |n| n);
    let (wakes, waker) = Wakes::new();
    {
        let run = outer.run();
        pin!(run);
        assert!(run.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
        tx.try_send(1).unwrap();
        assert_eq!(wakes.take(), 1);
        assert_eq!(run.poll(&mut Context::from_waker(&waker)), Poll::Ready(Some(1)));
    }
    assert!(!outer.contains(id));
}

// ------------------------------------------------------------------------------------------- hints and idle cases

#[test]
fn while_a_body_runs_a_hint_goes_to_a_receiver_behind() {
    for capacity in [0, 1, 3] {
        let (tx, rx) = bounded::<u32>(capacity);
        let mut select = Select::new();
        select.recv(&rx, |message| message.unwrap());
        // Registered, then away.
        assert!(block_on(poll_once(select.run())).is_none());
        let (wakes, waker) = Wakes::new();
        let plain = rx.recv();
        pin!(plain);
        assert!(plain.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
        let send = tx.send(1);
        pin!(send);
        let _ = block_on(poll_once(&mut send));
        assert_eq!(wakes.take(), 1, "capacity {capacity}");
        assert_eq!(plain.poll(&mut Context::from_waker(&waker)), Poll::Ready(Ok(1)));
        // And if nobody else waits, the next turn finds what came.
        let send = tx.send(2);
        pin!(send);
        let _ = block_on(poll_once(&mut send));
        assert_eq!(block_on(select.run()), Some(2));
    }
}

#[test]
fn a_hint_that_came_in_the_turn_is_passed_on_when_another_case_wins() {
    let ((tx1, rx1), (tx2, rx2)) = (bounded::<u32>(1), bounded::<u32>(1));
    let mut select = Select::biased();
    select.recv(&rx1, |message| message.unwrap());
    select.recv(&rx2, |message| message.unwrap());
    let (wakes, waker) = Wakes::new();
    let plain = rx2.recv();
    {
        let run = select.run();
        pin!(run);
        assert!(block_on(poll_once(&mut run)).is_none());
        pin!(plain);
        assert!(plain.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
        tx2.try_send(2).unwrap();
        assert_eq!(wakes.take(), 0, "the select was first, and it is there");
        tx1.try_send(1).unwrap();
        assert_eq!(block_on(run), Some(1));
        assert_eq!(wakes.take(), 1);
        assert_eq!(plain.poll(&mut Context::from_waker(&waker)), Poll::Ready(Ok(2)));
    }
    assert_eq!(select.try_run(), None);
}

#[test]
fn try_send_at_capacity_0_does_not_count_on_a_select_that_is_away() {
    let (tx, rx) = bounded::<u32>(0);
    let mut select = Select::new();
    select.recv(&rx, |message| message.unwrap());
    {
        let run = select.run();
        pin!(run);
        assert!(block_on(poll_once(&mut run)).is_none());
        tx.try_send(1).unwrap();
        assert_eq!(block_on(run), Some(1));
    }
    assert!(block_on(poll_once(select.run())).is_none());
    assert!(tx.try_send(2).is_err());
    assert_eq!(select.try_run(), None);
}

/// A future that counts its polls and is never ready.
struct Idle(Arc<AtomicUsize>);

impl Future for Idle {
    type Output = ();

    fn poll(self: std::pin::Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        self.0.fetch_add(1, Relaxed);
        Poll::Pending
    }
}

#[test]
fn idle_cases_are_looked_at_once() {
    let polls = Arc::new(AtomicUsize::new(0));
    let (tx, rx) = bounded::<u32>(1);
    let mut select = Select::new();
    for _ in 0..100 {
        select.future(Idle(polls.clone()), |()| unreachable!());
    }
    select.recv(&rx, |message| message.unwrap());
    let mut looks = None;
    for n in 0..50 {
        // A task that moves: each turn has another waker.
        let (wakes, waker) = Wakes::new();
        let run = select.run();
        pin!(run);
        assert!(run.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
        tx.try_send(n).unwrap();
        assert_eq!(wakes.take(), 1);
        assert_eq!(run.poll(&mut Context::from_waker(&waker)), Poll::Ready(Some(n)));
        assert_eq!(*looks.get_or_insert(polls.load(Relaxed)), polls.load(Relaxed));
    }
    assert_eq!(looks, Some(100));
}

// ---------------------------------------------------------------------------------------------------------- ready

#[test]
fn ready_says_which_and_takes_nothing() {
    let ((tx, rx), (out, taken)) = (bounded::<u32>(1), bounded::<u32>(1));
    let mut select = Select::new();
    let receive = select.recv(&rx, |message| message.unwrap());
    out.try_send(1).unwrap();
    let send = select.send(&out, 2, |_| 20);
    let (wakes, waker) = Wakes::new();
    {
        let ready = select.ready();
        pin!(ready);
        assert!(ready.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
        tx.try_send(7).unwrap();
        assert_eq!(wakes.take(), 1);
        assert_eq!(ready.poll(&mut Context::from_waker(&waker)), Poll::Ready(Some(receive)));
    }
    assert_eq!((rx.len(), select.try_ready()), (1, Some(receive)));
    assert_eq!(select.try_run(), Some(7));
    assert_eq!(select.try_ready(), None);
    assert_eq!(taken.try_recv(), Ok(1));
    assert_eq!(select.try_ready(), Some(send.id()));
    assert_eq!(select.run_blocking(), Some(20));
    // A foreign future's output is kept.
    let future = select.future(ready(9), |n| n);
    assert_eq!(select.ready_blocking(), Some(future));
    assert_eq!(select.try_run(), Some(9));
}

// -------------------------------------------------------------------------------------------------------- threads

#[test]
fn timeouts_are_exact() {
    let (tx, rx) = bounded::<u32>(0);
    let mut select = Select::new();
    let send = select.send(&tx, 1, |result| result.is_ok());
    let limit = Duration::from_millis(10);
    let start = Instant::now();
    assert_eq!(select.run_timeout_blocking(limit), None);
    assert!(start.elapsed() >= limit);
    assert_eq!(select.run_deadline_blocking(start), None);
    assert_eq!(select.ready_timeout_blocking(limit), None);
    assert_eq!(select.take_message(send), Some(1));
    assert!(rx.try_recv().is_err());
    select.rearm(send, 2).unwrap();
    let receiver = thread::spawn(move || rx.recv_blocking());
    assert_eq!(select.run_timeout_blocking(Duration::MAX), Some(true));
    assert_eq!(receiver.join().unwrap(), Ok(2));
}

#[test]
fn a_limit_in_async_code() {
    block_on(async {
        let (tx, rx) = bounded::<u32>(1);
        let mut select = Select::new();
        select.recv(&rx, |message| message.unwrap());
        assert_eq!(select.run_until(yield_now()).await, None);
        tx.try_send(1).unwrap();
        assert_eq!(select.run_until(ready(())).await, Some(1));
        assert_eq!(select.run_until(ready(())).await, None);
    });
}

#[test]
fn crosswise_rendezvous_between_kept_selects_on_threads() {
    let (a_tx, a_rx) = bounded::<u64>(0);
    let (b_tx, b_rx) = bounded::<u64>(0);
    const TURNS: u64 = 2_000;
    fn side(tx: Sender<u64>, rx: Receiver<u64>) -> (u64, u64) {
        let (mut sent, mut received) = (0, 0);
        let mut select = Select::new();
        let mut next = 1;
        let send = select.send(tx, next, |result| result.map(|()| None).unwrap());
        select.recv(rx, |message| Some(message.unwrap()));
        for _ in 0..TURNS {
            match select.run_blocking().unwrap() {
                Some(message) => received += message,
                None => {
                    sent += next;
                    next += 1;
                    select.rearm(send, next).unwrap();
                }
            }
        }
        (sent, received)
    }
    let other = thread::spawn(move || side(b_tx, a_rx));
    let (sent, received) = side(a_tx, b_rx);
    assert_eq!(other.join().unwrap(), (received, sent));
}

#[test]
fn many_kept_selects_share_their_channels() {
    const EACH: u64 = 2_000;
    let channels: Vec<_> = [0, 0, 1, 4].map(bounded::<u64>).into();
    let senders: Vec<_> = (0..3)
        .map(|_| {
            let senders: Vec<_> = channels.iter().map(|(tx, _)| tx.clone()).collect();
            thread::spawn(move || {
                let mut select = Select::new();
                let mut next = 0;
                let ids: Vec<_> = senders
                    .into_iter()
                    .enumerate()
                    .map(|(n, tx)| {
                        next += 1;
                        select.send(tx, next, move |result| result.map(|()| n).unwrap())
                    })
                    .collect();
                while let Some(n) = select.run_blocking() {
                    if next < EACH {
                        next += 1;
                        select.rearm(ids[n], next).unwrap();
                    }
                }
            })
        })
        .collect();
    let receivers: Vec<_> = (0..2)
        .map(|_| {
            let receivers: Vec<_> = channels.iter().map(|(_, rx)| rx.clone()).collect();
            thread::spawn(move || {
                let mut select = Select::new();
                for rx in receivers {
                    select.recv(rx, |message| message.unwrap_or(0));
                }
                let mut sum = 0;
                while let Some(message) = select.run_blocking() {
                    sum += message;
                    if message % 97 == 0 {
                        thread::yield_now();
                    }
                }
                sum
            })
        })
        .collect();
    drop(channels);
    senders.into_iter().for_each(|thread| thread.join().unwrap());
    let sum: u64 = receivers.into_iter().map(|thread| thread.join().unwrap()).sum();
    assert_eq!(sum, 3 * EACH * (EACH + 1) / 2);
}

#[test]
fn whatever_is_called_in_whatever_order_every_message_is_counted_once() {
    const ROUNDS: usize = 4_000;
    /// What has happened: the number of messages, and their sum.
    type Count = [(u64, u64); 2];
    fn add(count: &mut (u64, u64), message: u64) {
        *count = (count.0 + 1, count.1 + message);
    }
    fn side(number: u64, mut select: Select<'_, (usize, Result<u64, ()>)>, channels: &[Channel]) -> Count {
        let mut random = 0x9E37_79B9 + number;
        let mut below = |n: u64| {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (random >> 33) % n
        };
        let [mut sent, mut received] = Count::default();
        let mut next = number << 40;
        let receive = |select: &mut Select<'_, _>, n: usize| {
            select.recv(channels[n].1.clone(), move |message| (n, message.map_err(|_| ())))
        };
        let mut cases: Vec<_> = (0..channels.len())
            .map(|n| {
                next += 1;
                let send = select.send(channels[n].0.clone(), next, move |result| {
                    assert_eq!(result, Ok(()));
                    (n, Err(()))
                });
                (receive(&mut select, n), send, next)
            })
            .collect();
        let (_, waker) = Wakes::new();
        for round in 0..ROUNDS + 100 {
            let n = below(channels.len() as u64) as usize;
            let (recv, send, message) = &mut cases[n];
            let result = match below(8) {
                _ if round >= ROUNDS => select.try_run(),
                0 => select.try_run(),
                1 => select.run_timeout_blocking(Duration::from_micros(50)),
                2 | 3 => {
                    let mut run = Box::pin(select.run());
                    let polls = (0..below(4)).map(|_| run.as_mut().poll(&mut Context::from_waker(&waker)));
                    let result = polls.into_iter().find(Poll::is_ready);
                    if below(4) == 0 {
                        std::mem::forget(run);
                    }
                    match result {
                        Some(Poll::Ready(result)) => result,
                        _ => None,
                    }
                }
                4 => select.try_ready().and(None),
                5 => {
                    select.set_weight(*recv, below(3) as u32);
                    select.set_weight(*send, below(3) as u32);
                    None
                }
                6 => {
                    if let Some(back) = select.take_message(*send) {
                        assert_eq!(back, *message);
                        select.rearm(*send, back).unwrap();
                    }
                    None
                }
                _ => {
                    select.remove(*recv);
                    *recv = receive(&mut select, n);
                    None
                }
            };
            match result {
                Some((_, Ok(message))) => add(&mut received, message),
                Some((n, Err(()))) => {
                    add(&mut sent, cases[n].2);
                    next += 1;
                    if round < ROUNDS {
                        select.rearm(cases[n].1, next).unwrap();
                        cases[n].2 = next;
                    }
                }
                None => {}
            }
            if round == ROUNDS {
                // From here on only what a dropped turn had sent is still to be told.
                for (recv, send, _) in &cases {
                    select.take_message(*send);
                    select.remove(*recv);
                }
            }
        }
        [sent, received]
    }
    type Channel = (Sender<u64>, Receiver<u64>);
    for capacity in [0, 1] {
        let channels: [Channel; 3] = std::array::from_fn(|_| chan(capacity));
        let kinds = [Select::new, Select::weighted, Select::round_robin, Select::biased];
        let mut counts = Count::default();
        thread::scope(|scope| {
            let channels = &channels;
            let sides = (0..).zip(kinds).map(|(number, kind)| scope.spawn(move || side(number, kind(), channels)));
            for side in sides.collect::<Vec<_>>() {
                for (all, one) in counts.iter_mut().zip(side.join().unwrap()) {
                    *all = (all.0 + one.0, all.1 + one.1);
                }
            }
        });
        channels.iter().flat_map(|(_, rx)| rx.try_iter()).for_each(|left| add(&mut counts[1], left));
        assert!(counts[0].0 > 100, "{counts:?}");
        assert_eq!(counts[0], counts[1], "sent, received; capacity {capacity}");
    }
}

#[test]
fn a_runtime_is_asked_before_a_thread_is_blocked() {
    static STRICT: Manners =
        Manners { name: "strict", proceed: |cx, poll| poll(cx), check_blocking: || panic!("do not block here") };
    let (tx, rx) = Builder::bounded(1).manners(&STRICT).build::<u32>();
    tx.try_send(1).unwrap();
    let mut select = Select::new();
    let id = select.recv(&rx, |message| message.unwrap());
    assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| select.run_blocking())).is_err());
    assert_eq!(select.try_run(), Some(1));
    assert!(select.remove(id));
    assert_eq!(select.run_blocking(), None, "that channel is not asked any more");
}

#[test]
fn a_select_and_its_turns_are_send() {
    fn assert_send<T: Send>(value: T) -> T {
        value
    }
    let (_tx, rx) = bounded::<u32>(1);
    let mut select = assert_send(Select::new());
    select.recv(&rx, |message| message.ok());
    drop(assert_send(select.run()));
    drop(assert_send(select.ready()));
    drop(assert_send(select.run_until(ready(()))));
}

// ------------------------------------------------------------------------------------ fairness, with offers and hints

/// Whether `wins` of `runs` is what chance `p` gives, within six standard deviations.
fn is_about(wins: u32, runs: u32, p: f64) -> bool {
    let expected = f64::from(runs) * p;
    (f64::from(wins) - expected).abs() <= 6.0 * (expected * (1.0 - p)).sqrt()
}

#[test]
fn a_rendezvous_send_whose_receive_waits_is_one_of_the_ready() {
    let (tx, rx) = bounded::<u32>(0);
    let mut select = Select::seeded(SelectRng::new(3));
    let send = select.send(&tx, 0, |result| result.is_ok());
    select.stream(stream::repeat(()), |_| false);
    select.stream(stream::repeat(()), |_| false);
    let (wakes, waker) = Wakes::new();
    let mut cx = Context::from_waker(&waker);
    const RUNS: u32 = 9_000;
    let mut sent = 0;
    for _ in 0..RUNS {
        let mut recv = std::pin::pin!(rx.recv());
        assert!(recv.as_mut().poll(&mut cx).is_pending());
        let turn = {
            let mut run = std::pin::pin!(select.run());
            let turn = run.as_mut().poll(&mut cx);
            if turn.is_pending() {
                // The offer goes first: the receive was told, and the select has woken itself.
                assert!(wakes.take() >= 2);
                assert!(recv.as_mut().poll(&mut cx).is_ready());
                run.as_mut().poll(&mut cx)
            } else {
                turn
            }
        };
        if turn == Poll::Ready(Some(true)) {
            sent += 1;
            select.rearm(send, 0).unwrap();
        }
        wakes.take();
    }
    assert!(is_about(sent, RUNS, 1.0 / 3.0), "{sent} of {RUNS}");
}

#[test]
fn an_offer_that_went_first_and_was_not_taken_loses_to_what_is_ready() {
    let (tx, rx) = bounded::<u32>(0);
    let mut select = Select::biased();
    let send = select.send(&tx, 1, |result| result.is_ok());
    select.stream(stream::repeat(()), |_| false);
    let (_, waker) = Wakes::new();
    let mut recv = std::pin::pin!(rx.recv());
    assert!(recv.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
    let mut polls = 0;
    let result = block_on(async {
        let mut run = std::pin::pin!(select.run());
        std::future::poll_fn(|cx| {
            polls += 1;
            run.as_mut().poll(cx)
        })
        .await
    });
    assert_eq!((result, polls), (Some(false), 2));
    assert_eq!(select.take_message(send), Some(1));
}

#[test]
fn after_a_wake_up_the_hinted_case_has_no_advantage() {
    let channels: Vec<_> = (0..3).map(|_| bounded::<()>(1)).collect();
    let mut select = Select::seeded(SelectRng::new(5));
    for (n, (_, rx)) in channels.iter().enumerate() {
        select.recv(rx, move |_| n);
    }
    const RUNS: u32 = 9_000;
    let mut wins = [0; 3];
    for run_number in 0..RUNS {
        let first = {
            let mut run = std::pin::pin!(select.run());
            assert!(block_on(poll_once(&mut run)).is_none());
            // All become ready while it sleeps, another one first each time.
            for n in 0..3 {
                channels[(n + run_number as usize) % 3].0.try_send(()).unwrap();
            }
            block_on(run).unwrap()
        };
        wins[first] += 1;
        let others = [select.try_run().unwrap(), select.try_run().unwrap()];
        assert!(!others.contains(&first) && others[0] != others[1]);
    }
    assert!(wins.iter().all(|wins| is_about(*wins, RUNS, 1.0 / 3.0)), "{wins:?}");
}

#[test]
fn weights_are_shares_among_the_ready_cases() {
    let (_idle, never) = bounded::<u32>(1);
    let mut select = Select::weighted();
    let ids: Vec<_> = (0..3).map(|n| select.stream(stream::repeat(()), move |_| n)).collect();
    let heavy = select.recv(&never, |_| unreachable!());
    for (id, weight) in ids.iter().zip([1, 2, 5]) {
        select.set_weight(*id, weight);
    }
    select.set_weight(heavy, u32::MAX);
    const RUNS: u32 = 24_000;
    let mut wins = [0; 3];
    (0..RUNS).for_each(|_| wins[select.try_run().unwrap()] += 1);
    for (wins_of, share) in wins.into_iter().zip([1.0, 2.0, 5.0]) {
        assert!(is_about(wins_of, RUNS, share / 8.0), "{wins:?}");
    }
}

#[test]
fn in_round_robin_a_ready_case_waits_for_the_others_once_at_most() {
    let channels: Vec<_> = (0..70).map(|_| bounded::<()>(1)).collect();
    let mut select = Select::round_robin();
    for (n, (_, rx)) in channels.iter().enumerate() {
        select.recv(rx, move |_| n);
    }
    let mut rng = 9_usize;
    let mut since = 0;
    for _ in 0..20_000 {
        rng = rng.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        for n in 0..16 {
            let _ = channels[(rng >> 30).wrapping_add(n * n) % 70].0.try_send(());
        }
        let _ = channels[41].0.try_send(());
        since = if select.try_run() == Some(41) { 0 } else { since + 1 };
        assert!(since < 70, "the case that is always ready waits for too long");
    }
}

#[test]
fn turns_cancelled_at_every_poll_lose_nothing() {
    // Two kept selects that send and receive crosswise over two channels each; their turns are dropped again and again.
    for capacity in [0, 1] {
        const MESSAGES: u64 = 300;
        let ((a, from_a), (b, from_b)) = (bounded::<u64>(capacity), bounded::<u64>(capacity));
        let receivers: Vec<_> = (0..2)
            .map(|_| {
                let (from_a, from_b) = (from_a.clone(), from_b.clone());
                thread::spawn(move || {
                    let mut select = Select::new();
                    select.recv(from_a, |message| message.unwrap_or(0));
                    select.recv(from_b, |message| message.unwrap_or(0));
                    let mut sum = 0;
                    while !select.is_complete() {
                        // One poll, then dropped, in most of the turns.
                        match block_on(poll_once(select.run())) {
                            Some(message) => sum += message.unwrap_or(0),
                            None => sum += select.run_timeout_blocking(Duration::from_micros(20)).unwrap_or(0),
                        }
                    }
                    sum
                })
            })
            .collect();
        drop((from_a, from_b));
        let mut select = Select::new();
        let (to_a, to_b) = (select.send(a, 1, |result| (0, result)), select.send(b, 2, |result| (1, result)));
        let mut next = 3;
        while !select.is_complete() {
            let sent = match block_on(poll_once(select.run())) {
                Some(sent) => sent,
                None => select.run_timeout_blocking(Duration::from_micros(20)),
            };
            if let Some((channel, result)) = sent {
                assert_eq!(result, Ok(()));
                if next <= MESSAGES {
                    select.rearm(if channel == 0 { to_a } else { to_b }, next).unwrap();
                    next += 1;
                }
            }
        }
        drop(select);
        let sum: u64 = receivers.into_iter().map(|thread| thread.join().unwrap()).sum();
        assert_eq!(sum, MESSAGES * (MESSAGES + 1) / 2, "capacity {capacity}");
    }
}
