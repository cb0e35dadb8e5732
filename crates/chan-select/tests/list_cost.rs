//! What a turn of a kept select costs, counted: no allocation once it is warm, and not one access to an idle channel.

use chan_core::case::Keep;
use chan_core::{Receiver, Sender, bounded};
use chan_select::Select;
use futures_lite::future::{block_on, poll_once};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

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

/// A handle that counts how often its channel is reached through it.
struct Watched(Receiver<u32>, Arc<AtomicUsize>);

// SAFETY: always the handle that lies in it.
unsafe impl Keep<Receiver<u32>> for Watched {
    fn handle(&self) -> &Receiver<u32> {
        self.1.fetch_add(1, Relaxed);
        &self.0
    }
}

/// A select with one busy channel and `idle` idle ones, whose accesses are counted.
fn one_busy(idle: usize) -> (Select<'static, u32>, Sender<u32>, Vec<Sender<u32>>, Arc<AtomicUsize>) {
    let accesses = Arc::new(AtomicUsize::new(0));
    let mut select = Select::new();
    let mut senders = Vec::new();
    for _ in 0..idle {
        let (tx, rx) = bounded(1);
        select.recv(Watched(rx, accesses.clone()), |message| message.unwrap());
        senders.push(tx);
    }
    let (busy, rx) = bounded(1);
    select.recv(rx, |message| message.unwrap());
    (select, busy, senders, accesses)
}

/// One turn that sleeps before its message comes, and one that need not.
fn turns(select: &mut Select<'_, u32>, busy: &Sender<u32>) {
    {
        let mut run = pin!(select.run());
        assert!(block_on(poll_once(&mut run)).is_none());
        busy.try_send(1).unwrap();
        assert_eq!(block_on(run), Some(1));
    }
    busy.try_send(2).unwrap();
    assert_eq!(select.try_run(), Some(2));
}

#[test]
fn a_turn_does_not_touch_idle_channels() {
    for idle in [1, 63, 64, 200] {
        let (mut select, busy, senders, accesses) = one_busy(idle);
        turns(&mut select, &busy);
        let before = accesses.swap(0, Relaxed);
        assert!(before >= idle, "each was looked at once at least");
        for _ in 0..100 {
            turns(&mut select, &busy);
        }
        assert_eq!(accesses.load(Relaxed), 0, "with {idle} idle channels");
        // They are heard all the same.
        for (n, tx) in senders.iter().enumerate() {
            let mut run = pin!(select.run());
            assert!(block_on(poll_once(&mut run)).is_none());
            tx.try_send(n as u32).unwrap();
            assert_eq!(block_on(run), Some(n as u32));
        }
        // One look, registering, one look; one that finds; leaving: for the one that was hinted alone.
        assert!(accesses.load(Relaxed) <= 12 * idle, "{} accesses", accesses.load(Relaxed));
    }
}

#[test]
fn a_turn_touches_one_channel_however_many_are_ready() {
    let accesses_of = |ready: usize| {
        let (mut select, _busy, senders, accesses) = one_busy(ready);
        senders.iter().for_each(|tx| tx.try_send(0).unwrap());
        // Whichever wins is filled again, so all are ready in each turn.
        let mut turn = || {
            assert_eq!(block_on(select.run()), Some(0));
            assert_eq!(senders.iter().map(|tx| tx.try_send(0)).filter(Result::is_ok).count(), 1);
        };
        turn();
        accesses.store(0, Relaxed);
        (0..100).for_each(|_| turn());
        accesses.load(Relaxed)
    };
    let with_two = accesses_of(2);
    assert!(with_two >= 100);
    assert_eq!([16, 64, 200].map(accesses_of), [with_two; 3]);
}

#[test]
fn a_warm_turn_allocates_nothing() {
    let (mut select, busy, _senders, _) = one_busy(64);
    (0..3).for_each(|_| turns(&mut select, &busy));
    let before = ALLOCATIONS.get();
    (0..100).for_each(|_| turns(&mut select, &busy));
    assert_eq!(ALLOCATIONS.get(), before);
}

#[test]
fn a_send_that_is_armed_again_allocates_nothing() {
    let (tx, rx) = bounded(1);
    let (_idle, never) = bounded::<u32>(1);
    let mut select = Select::new();
    let send = select.send(&tx, 0, |result| result.is_ok());
    select.recv(&never, |_| unreachable!());
    let mut turn = |n| {
        {
            let mut run = pin!(select.run());
            assert_eq!(block_on(poll_once(&mut run)), Some(Some(true)));
        }
        select.rearm(send, n).unwrap();
        {
            let mut run = pin!(select.run());
            assert!(block_on(poll_once(&mut run)).is_none());
        }
        assert_eq!(rx.try_recv(), Ok(n - 1));
    };
    (1..4).for_each(&mut turn);
    let before = ALLOCATIONS.get();
    (4..100).for_each(&mut turn);
    assert_eq!(ALLOCATIONS.get(), before);
}

#[test]
fn a_rendezvous_send_that_is_armed_again_allocates_nothing() {
    let ((first, from_first), (second, from_second)) = (bounded(0), bounded(0));
    let (_idle, never) = bounded::<u32>(1);
    let mut select = Select::new();
    let ids =
        [select.send(&first, 0, |result| result.map(|()| 0)), select.send(&second, 0, |result| result.map(|()| 1))];
    select.recv(&never, |_| unreachable!());
    let mut turn = |n: u32| {
        let sent = {
            let mut run = pin!(select.run());
            assert!(block_on(poll_once(&mut run)).is_none());
            let receiver = if n.is_multiple_of(2) { &from_first } else { &from_second };
            assert!(receiver.try_recv().is_ok());
            block_on(run).unwrap().unwrap()
        };
        assert_eq!(sent as u32, n % 2);
        select.rearm(ids[sent], n).unwrap();
    };
    (0..4).for_each(&mut turn);
    let before = ALLOCATIONS.get();
    (4..100).for_each(&mut turn);
    assert_eq!(ALLOCATIONS.get(), before);
}
