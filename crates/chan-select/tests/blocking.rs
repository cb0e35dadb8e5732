//! `select_blocking!` on threads.

use chan_core::{Builder, Manners, RecvError, bounded, chan, nil};
use chan_select::select_blocking;
use std::future::{pending, ready};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

const SOME_TIME: Duration = Duration::from_millis(20);

/// Ready when its time has come: a thread of its own wakes it.
async fn after(time: Duration) {
    let (tx, rx) = bounded::<()>(1);
    thread::spawn(move || {
        thread::sleep(time);
        drop(tx);
    });
    assert_eq!(rx.recv().await, Err(RecvError));
}

#[test]
fn every_kind_of_arm() {
    let (tx, rx) = chan::<u32>(1);
    assert_eq!(select_blocking! { m = rx.recv() => m.unwrap(), default => 9 }, 9);
    assert!(select_blocking! { res = tx.send(1) => res.is_ok(), _ = pending::<()>() => false });
    assert_eq!(select_blocking! { m = rx.recv() => m.unwrap(), complete => 8, default => 9, }, 1);
    assert_eq!(select_blocking! { m = rx.recv() => m.unwrap(), v = ready(4), if true => { v } }, 4);
    assert_eq!(select_blocking! { _ = rx.recv() => 0, default(ready(())) => 3 }, 3);
    let (never_tx, never_rx) = nil::<u32>();
    assert_eq!(select_blocking! { _ = never_rx.recv() => 0, _ = never_tx.send(1) => 1, complete => 2 }, 2);
}

#[test]
fn bodies_are_code_of_the_enclosing_function() {
    fn sum() -> Result<u32, RecvError> {
        let (tx, rx) = chan::<u32>(4);
        (0..4).for_each(|i| tx.try_send(i).unwrap());
        let mut sum = 0;
        'outer: loop {
            loop {
                select_blocking! {
                    v = rx.recv() => {
                        let v = v?;
                        if v == 0 { continue }
                        if v == 3 { break 'outer }
                        sum += v;
                        if v == 2 { break }
                    }
                    _ = pending::<()>() => return Ok(0),
                }
            }
        }
        drop(tx);
        select_blocking! { m = rx.recv() => m?, _ = pending::<()>() => 0 };
        Ok(sum)
    }
    assert_eq!(sum(), Err(RecvError));
}

#[test]
fn a_sleeping_select_is_woken_by_a_message_by_room_and_by_a_close() {
    let (tx, rx) = chan::<u32>(1);
    let (_keep, idle) = chan::<u32>(1);
    let sender = tx.clone();
    let thread = thread::spawn(move || {
        thread::sleep(SOME_TIME);
        sender.try_send(7).unwrap();
    });
    assert_eq!(select_blocking! { m = rx.recv() => m, m = idle.recv() => m }, Ok(7));
    thread.join().unwrap();

    tx.try_send(1).unwrap();
    let receiver = rx.clone();
    let thread = thread::spawn(move || {
        thread::sleep(SOME_TIME);
        assert_eq!(receiver.recv_blocking(), Ok(1));
    });
    assert!(select_blocking! { res = tx.send(2) => res.is_ok(), _ = idle.recv() => false });
    thread.join().unwrap();
    assert_eq!(rx.try_recv(), Ok(2));

    let closer = tx.clone();
    let thread = thread::spawn(move || {
        thread::sleep(SOME_TIME);
        closer.close();
    });
    assert!(select_blocking! { m = rx.recv() => m.is_err(), _ = idle.recv() => false });
    assert!(select_blocking! { m = rx.recv() => m.is_err(), complete => true, _ = pending::<()>() => false });
    thread.join().unwrap();
}

#[test]
fn a_timer_ends_the_wait_and_losers_moved_nothing() {
    let (tx, rx) = chan::<String>(0);
    let mut send = tx.send("kept".into());
    let start = Instant::now();
    let sent = select_blocking! { res = &mut send => res.is_ok(), default(after(SOME_TIME)) => false };
    assert!(!sent && start.elapsed() >= SOME_TIME);
    assert_eq!(send.cancel().unwrap(), "kept");
    assert!(rx.try_recv().is_err());
}

#[test]
fn rendezvous_with_plain_operations() {
    let (tx, rx) = chan::<u32>(0);
    let (_keep, idle) = chan::<u32>(0);
    let receiver = rx.clone();
    let thread = thread::spawn(move || receiver.recv_blocking());
    assert!(select_blocking! { res = tx.send(5) => res.is_ok(), _ = idle.recv() => false });
    assert_eq!(thread.join().unwrap(), Ok(5));
    let thread = thread::spawn(move || tx.send_blocking(6));
    assert_eq!(select_blocking! { m = rx.recv() => m.unwrap(), _ = idle.recv() => 0 }, 6);
    assert_eq!(thread.join().unwrap(), Ok(()));
}

#[test]
fn crosswise_rendezvous_has_one_effect_on_both_sides() {
    // One thread sends on `a` or receives from `b`, the other sends on `b` or receives from `a`; both count, and the
    // counts fit. Each turn has exactly one effect on each side.
    let (a_tx, a_rx) = chan::<u64>(0);
    let (b_tx, b_rx) = chan::<u64>(0);
    const TURNS: u64 = 2_000;
    let other = thread::spawn(move || {
        let (mut sent, mut received) = (0, 0);
        for n in 0..TURNS {
            select_blocking! {
                res = b_tx.send(n) => { res.unwrap(); sent += n; }
                m = a_rx.recv() => received += m.unwrap(),
            }
        }
        (sent, received)
    });
    let (mut sent, mut received) = (0, 0);
    for n in 0..TURNS {
        select_blocking! {
            res = a_tx.send(n) => { res.unwrap(); sent += n; }
            m = b_rx.recv() => received += m.unwrap(),
        }
    }
    assert_eq!(other.join().unwrap(), (received, sent));
}

#[test]
fn many_threads_over_one_pair_of_channels() {
    let (tx, rx) = chan::<u64>(1);
    let (rendezvous_tx, rendezvous_rx) = chan::<u64>(0);
    const EACH: u64 = 500;
    let senders: Vec<_> = (0..3)
        .map(|_| {
            let (tx, rendezvous_tx) = (tx.clone(), rendezvous_tx.clone());
            thread::spawn(move || {
                for n in 1..=EACH {
                    select_blocking! { res = tx.send(n) => res.unwrap(), res = rendezvous_tx.send(n) => res.unwrap() }
                }
            })
        })
        .collect();
    drop((tx, rendezvous_tx));
    let receivers: Vec<_> = (0..2)
        .map(|_| {
            let (rx, rendezvous_rx) = (rx.clone(), rendezvous_rx.clone());
            thread::spawn(move || {
                let mut sum = 0;
                loop {
                    select_blocking! {
                        m = rx.recv() => sum += m.unwrap(),
                        m = rendezvous_rx.recv() => sum += m.unwrap(),
                        complete => return sum,
                    }
                }
            })
        })
        .collect();
    senders.into_iter().for_each(|thread| thread.join().unwrap());
    let sum: u64 = receivers.into_iter().map(|thread| thread.join().unwrap()).sum();
    assert_eq!(sum, 3 * EACH * (EACH + 1) / 2);
}

#[test]
fn a_runtime_that_forbids_blocking_is_asked_unless_there_is_a_default() {
    static STRICT: Manners =
        Manners { name: "strict", proceed: |cx, poll| poll(cx), check_blocking: || panic!("do not block here") };
    let (tx, rx) = Builder::bounded(1).manners(&STRICT).build::<u32>();
    tx.try_send(1).unwrap();
    assert_eq!(select_blocking! { m = rx.recv() => m, default => Ok(0) }, Ok(1));
    let (free_tx, free) = chan::<u32>(1);
    free_tx.try_send(1).unwrap();
    let panicked = std::panic::catch_unwind(|| {
        select_blocking! { _ = free.recv() => {}, _ = rx.recv() => {} }
    });
    assert_eq!(panicked.unwrap_err().downcast_ref::<&str>(), Some(&"do not block here"));
    assert_eq!(free.try_recv(), Ok(1), "asked before anything happens");
}

#[test]
fn a_select_inside_a_waker_or_a_body_uses_a_waker_of_its_own() {
    let (tx, rx) = chan::<u32>(1);
    let (go, wait) = mpsc::channel();
    let thread = thread::spawn(move || {
        wait.recv().unwrap();
        tx.send_blocking(1).unwrap();
        tx.send_blocking(2).unwrap();
    });
    let sum = select_blocking! {
        m = async {
            go.send(()).unwrap();
            // On the same thread, within the poll of the outer one.
            let inner = select_blocking! { m = rx.recv() => m.unwrap(), _ = pending::<()>() => 0 };
            inner + rx.recv().await.unwrap()
        } => m,
        _ = pending::<()>() => 0,
    };
    assert_eq!(sum, 3);
    thread.join().unwrap();
}
