//! A turn of a select allocates nothing: its cases live in the future of the enclosing function.

use chan_core::bounded;
use chan_select::select;
use futures_lite::future::{block_on, poll_fn, poll_once, yield_now};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::thread;

thread_local! {
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
}

struct Counting;

// SAFETY: forwards to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.with(|count| count.set(count.get() + 1));
        // SAFETY: the caller keeps the contract of `alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps the contract of `dealloc`, and it was allocated by `System`.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

/// How many allocations one run of `work` makes, after two that fill what is kept.
fn allocations(mut work: impl FnMut()) -> usize {
    work();
    work();
    let before = ALLOCATIONS.with(Cell::get);
    work();
    ALLOCATIONS.with(Cell::get) - before
}

#[test]
fn ready_turns_allocate_nothing() {
    let (tx, rx) = bounded::<u32>(1);
    let count = allocations(|| {
        block_on(async {
            for _ in 0..100 {
                select! {
                    res = tx.send(1) => res.unwrap(),
                    m = rx.recv() => assert_eq!(m, Ok(1)),
                    default => unreachable!(),
                }
            }
        });
    });
    assert_eq!(count, 0);
}

#[test]
fn sleeping_turns_allocate_nothing() {
    let (tx, rx) = bounded::<u32>(1);
    let (_idle_tx, idle_rx) = bounded::<u32>(1);
    let count = allocations(|| {
        block_on(async {
            for n in 0..100 {
                let mut select = pin!(async {
                    select! {
                        m = rx.recv() => m.unwrap(),
                        m = idle_rx.recv() => m.unwrap(),
                        _ = async { loop { yield_now().await } } => unreachable!(),
                    }
                });
                assert!(poll_once(&mut select).await.is_none());
                tx.try_send(n).unwrap();
                assert_eq!(poll_once(&mut select).await, Some(n));
            }
        });
    });
    assert_eq!(count, 0);
}

#[test]
fn rendezvous_sends_that_are_taken_in_their_sleep_allocate_nothing() {
    let channels: [_; 3] = std::array::from_fn(|_| bounded::<u32>(0));
    let (_idle_tx, idle_rx) = bounded::<u32>(1);
    let [(tx0, rx0), (tx1, rx1), (tx2, rx2)] = &channels;
    // One send beside a receive, two sends, three; each time another one is taken.
    for sends in 1..=3 {
        let count = allocations(|| {
            block_on(async {
                for n in 0..100 {
                    let mut select = pin!(async {
                        select! {
                            res = tx0.send(n) => { res.unwrap(); 0 }
                            res = tx1.send(n), if sends > 1 => { res.unwrap(); 1 }
                            res = tx2.send(n), if sends > 2 => { res.unwrap(); 2 }
                            _ = idle_rx.recv() => unreachable!(),
                        }
                    });
                    assert!(poll_once(&mut select).await.is_none());
                    let taken = n % sends;
                    assert_eq!([rx0, rx1, rx2][taken as usize].try_recv(), Ok(n));
                    assert_eq!(poll_once(&mut select).await, Some(taken));
                }
            });
        });
        assert_eq!(count, 0, "{sends} sends");
    }
    // Nor do those that are dropped in their sleep, or polled with another waker each time.
    let count = allocations(|| {
        for n in 0..100 {
            let mut select = pin!(async {
                select! { _ = tx0.send(n) => {}, _ = tx1.send(n) => {} }
            });
            for waker in [Waker::noop().clone(), block_on(poll_fn(|cx| Poll::Ready(cx.waker().clone())))] {
                assert!(select.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
            }
        }
    });
    assert_eq!(count, 0);
}

#[test]
fn rendezvous_sends_that_are_taken_on_another_thread_allocate_nothing() {
    // The other thread may still stand in a place when the select begins its next turn: then it takes another place, and
    // that is new at first. There are never more of them than threads.
    const TURNS: u32 = 20_000;
    let (tx0, rx0) = bounded::<u32>(0);
    let (tx1, rx1) = bounded::<u32>(0);
    let receivers = [rx0, rx1].map(|rx| {
        thread::spawn(move || {
            let mut sum = 0_u64;
            while let Ok(n) = rx.recv_blocking() {
                sum += u64::from(n);
            }
            sum
        })
    });
    let turns = || {
        block_on(async {
            for n in 0..TURNS {
                select! { res = tx0.send(n) => res.unwrap(), res = tx1.send(n) => res.unwrap() }
            }
        });
    };
    let before = ALLOCATIONS.with(Cell::get);
    turns();
    let first = ALLOCATIONS.with(Cell::get) - before;
    turns();
    let all = ALLOCATIONS.with(Cell::get) - before;
    // One word for each of at most five places on each of two channels, their chunks, and what `block_on` needs.
    assert!(all < 40, "{first} allocations in {TURNS} turns, {all} in twice as many");
    drop((tx0, tx1));
    let received: u64 = receivers.into_iter().map(|receiver| receiver.join().unwrap()).sum();
    assert_eq!(received, u64::from(TURNS) * u64::from(TURNS - 1));
}

#[test]
fn deposits_for_parked_receives_allocate_nothing() {
    let (tx, rx) = bounded::<u32>(0);
    let (_idle_tx, idle_rx) = bounded::<u32>(1);
    let count = allocations(|| {
        block_on(async {
            for _ in 0..100 {
                let mut recv = pin!(rx.recv());
                assert!(poll_once(&mut recv).await.is_none());
                select! {
                    res = tx.send(1) => res.unwrap(),
                    _ = idle_rx.recv() => unreachable!(),
                    default => unreachable!(),
                }
                assert_eq!(recv.await, Ok(1));
            }
        });
    });
    assert_eq!(count, 0);
}
