//! Allocations and retained memory: none for a message once a round with as many waiters and as long a backlog has
//! passed, none for a cancelled operation, little kept after a burst. One thread and no harness, because the allocator
//! counts for the whole process.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::task::{Poll, Waker};

use chan_core::{Receiver, Sender, bounded};
use chan_select::select;
use chan_tests::counting_alloc::CountingAlloc;
use chan_tests::{Flavour, counting, ignore, poll, within};

#[global_allocator]
static ALLOC: CountingAlloc = CountingAlloc::new();

const WAITERS: [usize; 4] = [1, 64, 65, 1_000];
const BURST: usize = 1_000_000;
const CANCELLED: usize = if cfg!(debug_assertions) { 1_000_000 } else { 10_000_000 };

fn main() {
    // `cargo test -- --list` wants names; there are none to choose from.
    if std::env::args().any(|argument| argument == "--list") {
        return;
    }
    within(std::time::Duration::from_secs(300), || {
        let passed = [
            section("creation", creation_takes_two_allocations),
            section("one waiter a side", one_waiter_a_side_allocates_nothing),
            section("parked receivers", || for_each_flavour(parked_receivers_allocate_nothing_more)),
            section("parked senders", || for_each_flavour(parked_senders_allocate_nothing_more)),
            section("parked selects", parked_selects_keep_a_word_in_each_place),
            section("backlog", || for_each_flavour(a_backlog_allocates_nothing_more)),
            section("permits", || for_each_flavour(permits_allocate_nothing_more)),
            section("blocking", || for_each_flavour(blocking_forms_allocate_nothing_more)),
            section("burst", a_burst_leaves_little_behind),
            section("signals", signals_allocate_once),
            section("cancelled", || for_each_flavour(cancelled_operations_leave_nothing_behind)),
            section("a select-like loop", a_select_like_loop_leaves_nothing_behind),
        ];
        assert!(passed.iter().all(|passed| *passed), "see above");
    });
}

/// Runs one section, and the others after it whether it passes or not.
fn section(name: &str, test: impl FnOnce()) -> bool {
    println!("{name}");
    let passed = catch_unwind(AssertUnwindSafe(test)).is_ok();
    println!("{name}: {}", if passed { "ok" } else { "FAILED" });
    passed
}

fn for_each_flavour(test: impl Fn(Flavour)) {
    Flavour::ALL.into_iter().for_each(test);
}

/// Allocations while `work` runs.
fn allocations(work: impl FnOnce()) -> u64 {
    let before = ALLOC.read();
    work();
    ALLOC.since(before)
}

fn creation_takes_two_allocations() {
    // Once for what the process sets up on first use.
    drop(bounded::<u64>(1));
    let before = ALLOC.read();
    let channel = bounded::<u64>(1);
    let created = ALLOC.since(before);
    drop(channel);
    let all = ALLOC.since(before);
    println!("  bounded(1): {created} allocations, {all} with its drop");
    assert!(all <= 2, "creation and drop of bounded(1): {all} allocations");
    assert_eq!(ALLOC.read().live, before.live, "bounded(1) leaves bytes behind");
}

fn one_waiter_a_side_allocates_nothing() {
    let (_, waker) = counting();
    for_each_flavour(|flavour| {
        let (tx, rx) = flavour.make::<u64>();
        // An unbounded channel needs a block for its first message.
        if flavour == Flavour::Unbounded {
            tx.try_send(0).expect("room");
            rx.try_recv().expect("a message");
        }
        let count = allocations(|| {
            let mut recv = rx.recv();
            assert!(poll(&mut recv, &waker).is_pending());
            drop(recv);
            if let Some(capacity) = flavour.capacity() {
                (0..capacity).for_each(|i| tx.try_send(i as u64).expect("room"));
                let mut send = tx.send(9);
                assert!(poll(&mut send, &waker).is_pending());
            }
        });
        assert_eq!(count, 0, "{flavour:?}: the first waiter of each side");
    });
}

/// `n` receives park, `n` sends follow, each receive takes its message. `growth` prints who made the channel grow.
fn receivers_round(
    tx: &Sender<u64>,
    rx: &Receiver<u64>,
    n: usize,
    waker: &Waker,
    flavour: Flavour,
    growth: bool,
) -> u64 {
    let mut parked = Vec::with_capacity(n);
    let before = ALLOC.read();
    let mut last = before;
    for i in 0..n {
        let mut recv = rx.recv();
        assert!(poll(&mut recv, waker).is_pending());
        parked.push(recv);
        let now = ALLOC.read();
        if growth && now.allocations != last.allocations {
            println!(
                "    waiter {}: {} allocations, {} bytes",
                i + 1,
                now.allocations - last.allocations,
                now.live - last.live
            );
        }
        last = now;
    }
    // A rendezvous and a small ring hold few messages at a time; how an unbounded channel grows is another section.
    let at_once = flavour.capacity().unwrap_or(16).max(1);
    let mut waiting = parked.drain(..);
    let mut sent = 0;
    while sent < n {
        let some = at_once.min(n - sent);
        (0..some).for_each(|i| tx.try_send((sent + i) as u64).expect("a receive waits, or there is room"));
        for recv in waiting.by_ref().take(some) {
            let mut recv = recv;
            assert!(poll(&mut recv, waker).is_ready());
        }
        sent += some;
    }
    ALLOC.since(before)
}

/// More rounds than a block has places.
const PLACES: usize = 64;

fn parked_receivers_allocate_nothing_more(flavour: Flavour) {
    let (_, waker) = counting();
    for n in WAITERS {
        println!("  {flavour:?}, {n} receivers");
        let (tx, rx) = flavour.make();
        let empty = ALLOC.read().live;
        let mut first = receivers_round(&tx, &rx, n, &waker, flavour, true);
        // Messages and deposits lie in blocks: a round that ends in the next block needs that one, too.
        first += (0..PLACES).map(|_| receivers_round(&tx, &rx, n, &waker, flavour, false)).sum::<u64>();
        for round in 2..=10 {
            let later = receivers_round(&tx, &rx, n, &waker, flavour, false);
            assert_eq!(later, 0, "{flavour:?}, {n} receivers, round {round} (the first: {first})");
        }
        // Deposits and the messages of an unbounded channel lie in blocks.
        let blocks = if matches!(flavour, Flavour::Bounded(0) | Flavour::Unbounded) { unbounded_bound() } else { 0 };
        let (kept, bound) = (ALLOC.read().live - empty, chan_core::memory::receivers(n) as u64 + blocks);
        println!("    kept: {kept} bytes, bound {bound}");
        assert!(kept <= bound, "{flavour:?}: {kept} bytes kept for {n} receivers, bound {bound}");
    }
}

/// The channel is full, `n` sends park, receives make room for one after the other, each send takes its place.
fn senders_round(tx: &Sender<u64>, rx: &Receiver<u64>, n: usize, waker: &Waker, capacity: usize, growth: bool) -> u64 {
    let mut parked = Vec::with_capacity(n);
    let before = ALLOC.read();
    let mut last = before;
    (0..capacity).for_each(|i| tx.try_send(i as u64).expect("room"));
    for i in 0..n {
        let mut send = tx.send(i as u64);
        assert!(poll(&mut send, waker).is_pending());
        parked.push(send);
        let now = ALLOC.read();
        if growth && now.allocations != last.allocations {
            println!(
                "    waiter {}: {} allocations, {} bytes",
                i + 1,
                now.allocations - last.allocations,
                now.live - last.live
            );
        }
        last = now;
    }
    for send in parked.drain(..) {
        let mut send = send;
        rx.try_recv().expect("a message is queued or offered");
        assert!(poll(&mut send, waker).is_ready());
    }
    (0..capacity).for_each(|_| ignore(rx.try_recv().expect("a message")));
    ALLOC.since(before)
}

fn parked_senders_allocate_nothing_more(flavour: Flavour) {
    let Some(capacity) = flavour.capacity() else { return };
    let (_, waker) = counting();
    for n in WAITERS {
        println!("  {flavour:?}, {n} senders");
        let (tx, rx) = flavour.make();
        let empty = ALLOC.read().live;
        let first = senders_round(&tx, &rx, n, &waker, capacity, true);
        for round in 2..=10 {
            let later = senders_round(&tx, &rx, n, &waker, capacity, false);
            assert_eq!(later, 0, "{flavour:?}, {n} senders, round {round} (the first: {first})");
        }
        let places = chan_core::memory::rendezvous_senders::<u64>(n);
        let bound = if capacity == 0 { places } else { chan_core::memory::receivers(n) } as u64;
        let kept = ALLOC.read().live - empty;
        println!("    kept: {kept} bytes, bound {bound}");
        assert!(kept <= bound, "{flavour:?}: {kept} bytes kept for {n} senders, bound {bound}");
    }
}

/// `n` selects sleep with a send on each of two channels; half of the sends are taken, the others dropped. Kept is what
/// the formula says: the places of both channels, with a word in each.
fn parked_selects_keep_a_word_in_each_place() {
    let (_, waker) = counting();
    for n in WAITERS {
        let (tx_a, rx_a) = bounded::<u64>(0);
        let (tx_b, rx_b) = bounded::<u64>(0);
        let mut parked = Vec::with_capacity(n);
        let empty = ALLOC.read().live;
        let mut round = || {
            let before = ALLOC.read();
            for i in 0..n as u64 {
                let (tx_a, tx_b) = (&tx_a, &tx_b);
                parked.push(Box::pin(async move {
                    select! { sent = tx_a.send(i) => sent.is_ok(), sent = tx_b.send(i) => sent.is_ok() }
                }));
            }
            let boxes = n as u64;
            parked.iter_mut().for_each(|select| assert!(poll(select, &waker).is_pending()));
            (0..n / 2).for_each(|i| ignore([&rx_a, &rx_b][i % 2].try_recv().expect("an offer stands")));
            parked.clear();
            ALLOC.since(before) - boxes
        };
        // A select's word lies where its first offer is, and which that is it draws. So each place has its word when it
        // has been the first of some select: about one chance in four a round.
        let first: u64 = (0..200).map(|_| round()).sum();
        for number in 201..=210 {
            assert_eq!(round(), 0, "{n} selects, round {number} (the first: {first})");
        }
        let kept = ALLOC.read().live - empty;
        let bound = 2 * chan_core::memory::rendezvous_senders::<u64>(n) as u64;
        println!("  {n} selects: {first} allocations at first, {kept} bytes kept, bound {bound}");
        assert!(kept <= bound, "{kept} bytes kept for {n} selects, bound {bound}");
        // And the bound is no loose one.
        assert!(2 * kept >= bound, "{kept} bytes kept for {n} selects, bound {bound}");
    }
}

fn a_backlog_allocates_nothing_more(flavour: Flavour) {
    let most = flavour.capacity().unwrap_or(1_000);
    for backlog in [1, 31, 32, 33, 61, 62, 122, 1_000].into_iter().filter(|backlog| *backlog <= most) {
        let (tx, rx) = flavour.make();
        let round = || {
            (0..backlog).for_each(|i| tx.try_send(i).expect("room"));
            (0..backlog).for_each(|i| assert_eq!(rx.try_recv().ok(), Some(i)));
        };
        // Every place of an unbounded channel's block has been where a round began.
        let first = allocations(|| (0..PLACES).for_each(|_| round()));
        // Many rounds: blocks must come round, wherever in a block a round begins.
        let later = allocations(|| (0..1_000).for_each(|_| round()));
        println!("  {flavour:?}, backlog {backlog}: {first} allocations at first, {later} in 1000 rounds more");
        assert_eq!(later, 0, "{flavour:?}, backlog of {backlog}");
    }
}

/// Reservations that park, are served, dropped; permits that are used and given back.
fn permits_allocate_nothing_more(flavour: Flavour) {
    let (tx, rx) = flavour.make::<u64>();
    let (_, waker) = counting();
    let round = || {
        let mut recv = rx.recv();
        assert!(poll(&mut recv, &waker).is_pending());
        // A receive waits, or there is room.
        drop(tx.try_reserve().expect("room"));
        assert!(poll(&mut recv, &waker).is_pending());
        tx.try_reserve().expect("room").send(1);
        assert!(poll(&mut recv, &waker).is_ready());
        if let Some(capacity) = flavour.capacity() {
            (0..capacity).for_each(|i| tx.try_send(i as u64).expect("room"));
            let (mut first, mut second) = (tx.reserve(), tx.reserve());
            assert!(poll(&mut first, &waker).is_pending() && poll(&mut second, &waker).is_pending());
            let mut recv = rx.recv();
            let ready = poll(&mut recv, &waker).is_ready();
            assert_eq!(ready, capacity > 0);
            let Poll::Ready(Ok(permit)) = poll(&mut first, &waker) else { panic!("room") };
            permit.send(2);
        }
        (0..).take_while(|_| rx.try_recv().is_ok()).count();
    };
    let first = allocations(|| (0..PLACES).for_each(|_| round()));
    let count = allocations(|| (0..1_000).for_each(|_| round()));
    println!("  {flavour:?}: {first} allocations in the first {PLACES} rounds, {count} in the next 1000");
    assert_eq!(count, 0, "{flavour:?}: permits");
}

fn blocking_forms_allocate_nothing_more(flavour: Flavour) {
    const MESSAGES: u64 = 2_000;
    let (tx, rx) = flavour.make::<u64>();
    let (back_tx, back_rx) = flavour.make::<u64>();
    let echo = std::thread::spawn(move || {
        while let Ok(message) = rx.recv_blocking() {
            back_tx.send_blocking(message).expect("the other thread receives");
        }
    });
    let round = || {
        for i in 0..MESSAGES {
            tx.send_blocking(i).expect("the other thread receives");
            assert_eq!(back_rx.recv_blocking().ok(), Some(i));
        }
    };
    let first = allocations(|| (0..PLACES).for_each(|_| round()));
    let later = allocations(round);
    println!("  {flavour:?}: {first} allocations in the first {MESSAGES} round trips, {later} in the next");
    assert_eq!(later, 0, "{flavour:?}: blocking sends and receives");
    drop(tx);
    echo.join().expect("the echoing thread");
}

/// What an unbounded channel may keep when it is empty.
fn unbounded_bound() -> u64 {
    chan_core::memory::unbounded::<u64>() as u64
}

fn a_burst_leaves_little_behind() {
    let before = ALLOC.read();
    let (tx, rx) = Flavour::Unbounded.make::<u64>();
    for round in 1..=2 {
        (0..BURST as u64).for_each(|i| tx.try_send(i).expect("room"));
        let full = ALLOC.read().live - before.live;
        (0..BURST as u64).for_each(|i| assert_eq!(rx.try_recv().ok(), Some(i)));
        let kept = ALLOC.read().live - before.live;
        println!("  burst {round} of {BURST}: {full} bytes full, {kept} bytes drained, bound {}", unbounded_bound());
        assert!(kept <= unbounded_bound(), "{kept} bytes kept after a burst, bound {}", unbounded_bound());
    }
    drop((tx, rx));
    assert_eq!(ALLOC.read().live, before.live, "the channel is gone, its memory is not");
}

chan_core::signal_kinds! {
    enum Control { Stop, Go }
}

/// One lane for the channel, one record for each handle that has received a signal; nothing for a raise.
fn signals_allocate_once() {
    let (_, waker) = counting();
    let empty = ALLOC.read().live;
    let (tx, rx) = Flavour::Unbounded.make::<u64>();
    let second = rx.clone();
    let plain = ALLOC.read().live;
    let round = |handle: &chan_core::Receiver<u64>| {
        let mut signal = handle.signal();
        assert!(poll(&mut signal, &waker).is_pending());
        assert!(tx.signal(Control::Go) && tx.signal(Control::Stop) && tx.signal(Control::Go));
        assert_eq!(poll(&mut signal, &waker), Poll::Ready(Ok(Control::Stop)));
        assert_eq!(handle.try_signal(), Ok(Control::Go));
        assert!(handle.try_signal::<Control>().is_err());
    };
    round(&rx);
    let one = ALLOC.read().live - plain;
    assert_eq!(one, (chan_core::memory::signals(1) + chan_core::memory::signals_seen()) as u64);
    let later = allocations(|| (0..1_000).for_each(|_| round(&rx)));
    assert_eq!(later, 0, "raises and receipts");
    while second.try_signal::<Control>().is_ok() {}
    let two = ALLOC.read().live - plain;
    println!("  {one} bytes for a lane and its first handle, {} for the next", two - one);
    assert_eq!(two - one, chan_core::memory::signals_seen() as u64);
    drop((tx, rx, second));
    assert_eq!(ALLOC.read().live, empty, "the channel is gone, its signals are not");
}

fn cancelled_operations_leave_nothing_behind(flavour: Flavour) {
    let (_, waker) = counting();
    let (tx, rx) = flavour.make::<u64>();
    let round = || {
        let mut recv = rx.recv();
        assert!(poll(&mut recv, &waker).is_pending());
        drop(recv);
        let mut closed = rx.closed();
        assert!(poll(&mut closed, &waker).is_pending());
    };
    round();
    let before = ALLOC.read();
    (0..CANCELLED / 5).for_each(|_| round());
    assert_eq!(ALLOC.read(), before, "{flavour:?}: cancelled receives on an idle channel");

    let Some(capacity) = flavour.capacity() else { return };
    (0..capacity).for_each(|i| tx.try_send(i as u64).expect("room"));
    let round = || {
        let mut send = tx.send(7);
        assert!(poll(&mut send, &waker).is_pending());
        assert_eq!(send.cancel().ok(), Some(7));
    };
    round();
    let before = ALLOC.read();
    (0..CANCELLED / 5).for_each(|_| round());
    assert_eq!(ALLOC.read(), before, "{flavour:?}: cancelled sends on a full channel");
}

/// A busy channel beside an idle one for shutdown: the receive on the idle one is made and dropped in each turn, while
/// another task waits there for good.
fn a_select_like_loop_leaves_nothing_behind() {
    let (_, waker) = counting();
    let (work_tx, work_rx) = bounded::<u64>(4);
    let (_stop_tx, stop_rx) = bounded::<()>(1);
    let mut patient = stop_rx.recv();
    assert!(poll(&mut patient, &waker).is_pending());
    let turn = |i: u64| {
        let (mut stop, mut work) = (stop_rx.recv(), work_rx.recv());
        assert!(poll(&mut stop, &waker).is_pending());
        assert!(poll(&mut work, &waker).is_pending());
        work_tx.try_send(i).expect("room");
        assert!(poll(&mut stop, &waker).is_pending());
        assert!(poll(&mut work, &waker).is_ready());
    };
    turn(0);
    let before = ALLOC.read();
    (0..CANCELLED as u64).for_each(turn);
    assert_eq!(ALLOC.read(), before, "{CANCELLED} cancelled receives on an idle channel");
    println!("  {CANCELLED} turns, memory unchanged: {} bytes", before.live);
}
