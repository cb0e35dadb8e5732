//! A rendezvous send is ready when a receive waits for it: among the cases that are ready it is as likely as each other,
//! though only a peer can complete it. On an executor that serves wakes in their order; fixed seeds, so the counts are
//! the same every time.

use chan_core::{Receiver, Sender, bounded};
use chan_select::{SelectRng, select, select_blocking};
use futures_lite::future::{block_on, poll_once};
use statrs::distribution::{ChiSquared, ContinuousCDF};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::future::{Future, pending, poll_fn, ready};
use std::mem;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;
use std::time::Duration;

// ------------------------------------------------------------------------------- an executor that serves in order

type Queue = Arc<Mutex<VecDeque<usize>>>;

struct Task {
    number: usize,
    queued: AtomicBool,
    queue: Queue,
}

impl Wake for Task {
    fn wake(self: Arc<Self>) {
        if !self.queued.swap(true, Ordering::AcqRel) {
            self.queue.lock().unwrap().push_back(self.number);
        }
    }
}

type Boxed<'a> = Pin<Box<dyn Future<Output = ()> + 'a>>;

#[derive(Default)]
struct Executor<'a> {
    queue: Queue,
    tasks: Vec<(Boxed<'a>, Arc<Task>)>,
}

impl<'a> Executor<'a> {
    fn spawn(&mut self, future: impl Future<Output = ()> + 'a) {
        let number = self.tasks.len();
        let task = Arc::new(Task { number, queued: AtomicBool::new(false), queue: self.queue.clone() });
        task.clone().wake();
        self.tasks.push((Box::pin(future), task));
    }

    /// Until nobody is woken. Futures that are over are not polled again: they never wake themselves after that.
    fn run(&mut self) {
        while let Some(number) = { self.queue.lock().unwrap().pop_front() } {
            let (future, task) = &mut self.tasks[number];
            task.queued.store(false, Ordering::Release);
            let waker = Waker::from(task.clone());
            let _ = future.as_mut().poll(&mut Context::from_waker(&waker));
        }
    }
}

/// Notes what it gives and how often it was polled.
async fn noted<F: Future>(future: F, result: &Cell<Option<F::Output>>, polls: &Cell<u32>) {
    let mut future = pin!(future);
    let output = poll_fn(|cx| {
        polls.set(polls.get() + 1);
        future.as_mut().poll(cx)
    });
    result.set(Some(output.await));
    pending().await
}

async fn receives(rx: Receiver<u32>, got: &RefCell<Vec<u32>>) {
    if let Ok(message) = rx.recv().await {
        got.borrow_mut().push(message);
    }
    pending().await
}

// ----------------------------------------------------------------------------------------------------- uniform

const SEND_A: usize = 0;
const RECV: usize = 1;
const FOREIGN: usize = 2;
const SEND_B: usize = 3;
const SEND_BUFFERED: usize = 4;
const RESERVE: usize = 5;
const CASES: usize = 6;

/// Plays one turn with the cases in `set` ready and gives the one that won, after checking that nothing else moved.
fn turn(set: u32, rng: &mut SelectRng, polls: &Cell<u32>) -> usize {
    let is = |case: usize| set & 1 << case != 0;
    let (tx_a, rx_a) = bounded::<u32>(0);
    let (tx_b, rx_b) = bounded::<u32>(0);
    let (tx_c, rx_c) = bounded::<u32>(0);
    let (tx_in, rx_in) = bounded::<u32>(1);
    let (tx_out, rx_out) = bounded::<u32>(1);
    let (got_a, got_b, got_c) = (RefCell::default(), RefCell::default(), RefCell::default());
    let mut slot = Some(20);
    let winner = Cell::new(None);
    let mut executor = Executor::default();
    if is(SEND_A) {
        executor.spawn(receives(rx_a.clone(), &got_a));
    }
    if is(SEND_B) {
        executor.spawn(receives(rx_b.clone(), &got_b));
    }
    if is(RESERVE) {
        executor.spawn(receives(rx_c.clone(), &got_c));
    }
    if is(RECV) {
        tx_in.try_send(1).unwrap();
    }
    if !is(SEND_BUFFERED) {
        tx_out.try_send(0).unwrap();
    }
    executor.run();
    executor.spawn(noted(
        async {
            select! {
                seed = rng;
                res = tx_a.send(10) => { res.unwrap(); SEND_A }
                res = rx_in.recv() => { res.unwrap(); RECV }
                () = async { if !is(FOREIGN) { pending().await } } => FOREIGN,
                res = tx_b.send_from(&mut slot) => { res.unwrap(); SEND_B }
                res = tx_out.send(30) => { res.unwrap(); SEND_BUFFERED }
                // At capacity 0 a permit is a receive that waits, so a look finds it.
                permit = tx_c.reserve() => { permit.unwrap().send(40); RESERVE }
            }
        },
        &winner,
        polls,
    ));
    executor.run();
    drop(executor);
    let winner = winner.take().expect("something is ready");
    assert!(is(winner), "{winner} won, of {set:b}");
    let won = |case: usize| winner == case;
    assert_eq!(*got_a.borrow() == [10], won(SEND_A));
    assert_eq!(*got_b.borrow() == [20], won(SEND_B));
    assert_eq!(slot.is_none(), won(SEND_B));
    assert_eq!(*got_c.borrow() == [40], won(RESERVE));
    assert_eq!(rx_in.try_recv().is_ok(), is(RECV) && !won(RECV));
    assert_eq!(rx_out.try_recv() == Ok(30), won(SEND_BUFFERED));
    winner
}

fn assert_uniform(counts: &[u32; CASES], set: u32) {
    let ready: Vec<_> = (0..CASES).filter(|case| set & 1 << case != 0).map(|case| f64::from(counts[case])).collect();
    if ready.len() < 2 {
        return;
    }
    let expected = ready.iter().sum::<f64>() / ready.len() as f64;
    let chi_square = ready.iter().map(|count| (count - expected).powi(2) / expected).sum();
    let p = ChiSquared::new((ready.len() - 1) as f64).unwrap().sf(chi_square);
    assert!(p > 1e-12, "{counts:?} of {set:b}: p {p:e}");
}

#[test]
fn the_choice_is_uniform_with_rendezvous_sends_among_the_ready() {
    const TURNS: u32 = 1_500;
    for set in 1_u32..1 << CASES {
        let mut rng = SelectRng::new(u64::from(set));
        let (mut counts, polls) = ([0; CASES], Cell::new(0));
        for _ in 0..TURNS {
            counts[turn(set, &mut rng, &polls)] += 1;
        }
        assert_uniform(&counts, set);
        // One poll more where a send was drawn, and no third.
        assert!(polls.get() <= 2 * TURNS, "{set:b}: {} polls", polls.get());
    }
}

#[test]
fn biased_a_send_on_top_wins_and_one_below_does_not() {
    for (send_first, expected) in [(true, "send"), (false, "recv")] {
        let (tx, rx) = bounded::<u32>(0);
        let (in_tx, in_rx) = bounded::<u32>(1);
        in_tx.try_send(1).unwrap();
        let (got, winner, polls) = (RefCell::default(), Cell::new(None), Cell::new(0));
        let mut executor = Executor::default();
        executor.spawn(receives(rx, &got));
        executor.run();
        executor.spawn(noted(
            async {
                if send_first {
                    select! { biased; _ = tx.send(2) => "send", _ = in_rx.recv() => "recv" }
                } else {
                    select! { biased; _ = in_rx.recv() => "recv", _ = tx.send(2) => "send" }
                }
            },
            &winner,
            &polls,
        ));
        executor.run();
        assert_eq!(winner.take(), Some(expected));
    }
}

// ------------------------------------------------------------------------------------- what it costs the others

/// A waker that counts.
#[derive(Default)]
struct Counted(AtomicU32);

impl Wake for Counted {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// A receive that waits, and never comes.
fn leak_a_receive(rx: &Receiver<u32>) {
    let mut recv = rx.recv();
    assert!(block_on(poll_once(&mut recv)).is_none());
    mem::forget(recv);
}

#[test]
fn a_receive_that_never_comes_costs_one_poll() {
    let mut polls = 0;
    for seed in 0..64 {
        let (tx, rx) = bounded(0);
        let (in_tx, in_rx) = bounded(1);
        // Two, so that one still waits when the first was told.
        leak_a_receive(&rx);
        leak_a_receive(&rx);
        in_tx.try_send(7).unwrap();
        let mut rng = SelectRng::new(seed);
        let mut select = pin!(async {
            select! { seed = &mut rng; _ = tx.send(1) => 1, m = in_rx.recv() => m.unwrap() }
        });
        let woken = Arc::new(Counted::default());
        let waker = Waker::from(woken.clone());
        let mut cx = Context::from_waker(&waker);
        let mut result = select.as_mut().poll(&mut cx);
        polls += 1;
        if result.is_pending() {
            assert_eq!(woken.0.load(Ordering::Relaxed), 1, "it wakes itself");
            result = select.as_mut().poll(&mut cx);
            polls += 1;
        }
        assert_eq!(result, Poll::Ready(7));
    }
    assert!((65..128).contains(&polls), "{polls}: the send is drawn first about half the time");
}

#[test]
fn a_send_that_has_no_rival_does_not_wake_its_select() {
    let (tx, rx) = bounded(0);
    let (_in_tx, in_rx) = bounded::<u32>(1);
    let mut recv = pin!(rx.recv());
    assert!(block_on(poll_once(&mut recv)).is_none());
    let mut select = pin!(async {
        select! { _ = tx.send(1) => 1, m = in_rx.recv() => m.unwrap() }
    });
    let woken = Arc::new(Counted::default());
    let waker = Waker::from(woken.clone());
    assert!(select.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
    assert_eq!(woken.0.load(Ordering::Relaxed), 0);
    assert_eq!(block_on(recv), Ok(1));
    assert_eq!(woken.0.load(Ordering::Relaxed), 1);
    assert_eq!(block_on(select), 1);
}

#[test]
fn a_foreign_future_keeps_its_registration() {
    // It becomes ready after the poll in which the offer went first, which did not poll it.
    for seed in 0..16 {
        let (tx, rx) = bounded(0);
        leak_a_receive(&rx);
        let slot: Rc<RefCell<Option<Waker>>> = Rc::default();
        let done = Cell::new(false);
        let foreign = poll_fn(|cx| {
            if done.get() {
                return Poll::Ready(5);
            }
            *slot.borrow_mut() = Some(cx.waker().clone());
            Poll::Pending
        });
        let (result, polls) = (Cell::new(None), Cell::new(0));
        let mut rng = SelectRng::new(seed);
        let mut executor = Executor::default();
        executor.spawn(noted(
            async {
                select! { seed = &mut rng; _ = tx.send(1) => 1, n = foreign => n }
            },
            &result,
            &polls,
        ));
        executor.run();
        assert_eq!(result.take(), None);
        assert!(polls.get() <= 2);
        done.set(true);
        slot.borrow_mut().take().expect("it was polled").wake();
        executor.run();
        assert_eq!(result.take(), Some(5));
    }
}

#[test]
fn a_timer_that_is_up_from_the_start_is_a_default() {
    block_on(async {
        let (tx, rx) = bounded(0);
        let (_in_tx, in_rx) = bounded::<u32>(1);
        let mut recv = pin!(rx.recv());
        assert!(poll_once(&mut recv).await.is_none());
        let sent = select! {
            res = tx.send(1) => res.is_ok(),
            _ = in_rx.recv() => false,
            default(ready(())) => false,
        };
        assert!(sent);
        assert_eq!(recv.await, Ok(1));
    });
}

#[test]
fn a_channel_that_closes_meanwhile_is_an_error_as_ever() {
    block_on(async {
        let (tx, rx) = bounded(0);
        let (in_tx, in_rx) = bounded(1);
        leak_a_receive(&rx);
        in_tx.try_send(7).unwrap();
        let mut select = pin!(async {
            select! { biased; res = tx.send(1) => res.is_err(), _ = in_rx.recv() => false }
        });
        assert!(poll_once(&mut select).await.is_none(), "the offer goes first");
        rx.close();
        assert_eq!(poll_once(&mut select).await, Some(true));
        assert_eq!(in_rx.try_recv(), Ok(7));
    });
}

#[test]
fn it_can_be_dropped_while_its_offer_goes_first() {
    block_on(async {
        for taken in [false, true] {
            let (tx, rx) = bounded(0);
            let (in_tx, in_rx) = bounded(1);
            in_tx.try_send(7).unwrap();
            let mut recv = pin!(rx.recv());
            assert!(poll_once(&mut recv).await.is_none());
            {
                let mut select = pin!(async {
                    select! { biased; _ = tx.send(1) => {}, _ = in_rx.recv() => {} }
                });
                assert!(poll_once(&mut select).await.is_none());
                if taken {
                    assert_eq!(poll_once(&mut recv).await, Some(Ok(1)));
                }
            }
            assert_eq!(in_rx.try_recv(), Ok(7), "it was not looked at");
            if !taken {
                assert_eq!(poll_once(&mut recv).await, None, "withdrawn");
            }
        }
    });
}

// ------------------------------------------------------------------------------------------------------ threads

#[test]
fn a_thread_goes_on_when_the_receive_does_not_come() {
    for _ in 0..20 {
        let (tx, rx) = bounded(0);
        let (in_tx, in_rx) = bounded(1);
        leak_a_receive(&rx);
        in_tx.try_send(7).unwrap();
        let n = select_blocking! { biased; _ = tx.send(1) => 1, m = in_rx.recv() => m.unwrap() };
        assert_eq!(n, 7);
    }
}

#[test]
fn on_threads_each_turn_has_one_effect() {
    const TURNS: u32 = 2_000;
    fn count(rx: Receiver<u32>) -> thread::JoinHandle<u32> {
        thread::spawn(move || (0..).take_while(|_| rx.recv_blocking().is_ok()).count() as u32)
    }
    let (tx_a, rx_a): (Sender<u32>, _) = bounded(0);
    let (tx_b, rx_b) = bounded(0);
    let (in_tx, in_rx) = bounded(1);
    let receivers = [count(rx_a), count(rx_b)];
    let mut counts = [0; 3];
    for n in 0..TURNS {
        let _ = in_tx.try_send(n);
        // Now and then so long that the receivers are parked.
        if n % 4 == 0 {
            thread::sleep(Duration::from_micros(200));
        }
        let won = select_blocking! {
            res = tx_a.send(n) => { res.unwrap(); 0 }
            res = tx_b.send(n) => { res.unwrap(); 1 }
            m = in_rx.recv() => { m.unwrap(); 2 }
        };
        counts[won] += 1;
    }
    drop((tx_a, tx_b));
    println!("sends {} and {}, receives {} beside them", counts[0], counts[1], counts[2]);
    assert_eq!(receivers.map(|receiver| receiver.join().unwrap()), [counts[0], counts[1]]);
}
