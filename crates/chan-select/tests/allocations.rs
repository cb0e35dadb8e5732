//! A turn of a select allocates nothing: its cases live in the future of the enclosing function.

use chan_core::bounded;
use chan_select::select;
use futures_lite::future::{block_on, poll_once, yield_now};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::pin::pin;

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
fn rendezvous_sends_cost_at_most_their_claim_word() {
    let (tx, rx) = bounded::<u32>(0);
    let (_idle_tx, idle_rx) = bounded::<u32>(1);
    let count = allocations(|| {
        block_on(async {
            for n in 0..100 {
                let mut select = pin!(async {
                    select! {
                        res = tx.send(n) => res.is_ok(),
                        m = idle_rx.recv() => m.is_ok(),
                    }
                });
                assert!(poll_once(&mut select).await.is_none());
                assert_eq!(rx.try_recv(), Ok(n));
                assert_eq!(poll_once(&mut select).await, Some(true));
            }
        });
    });
    assert!(count <= 100, "{count} allocations in 100 turns");
    // Where nobody sleeps there is no such word.
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
