//! `WaitGroup`: everybody who waits is told, once everybody is done.
#![cfg(feature = "alloc")]

use chan_select::{WaitGroup, select};
use futures_lite::future::{block_on, poll_once};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

#[test]
fn everybody_waiting_is_told() {
    let group = WaitGroup::new();
    group.add(1);
    block_on(async {
        let mut first = pin!(group.wait());
        let mut second = pin!(group.wait());
        assert!(poll_once(&mut first).await.is_none());
        assert!(poll_once(&mut second).await.is_none());
        group.done();
        first.await;
        second.await;
        group.wait().await;
    });
}

#[test]
fn a_wait_ends_even_if_somebody_was_added_again() {
    let group = WaitGroup::new();
    group.add(1);
    block_on(async {
        let mut wait = pin!(group.wait());
        assert!(poll_once(&mut wait).await.is_none());
        group.done();
        group.add(1);
        wait.await;
        assert!(poll_once(pin!(group.wait())).await.is_none());
    });
}

#[test]
fn a_member_that_panics_is_done() {
    let group = WaitGroup::new();
    let member = group.member();
    let result = catch_unwind(AssertUnwindSafe(move || {
        let _member = member;
        panic!("at work");
    }));
    assert!(result.is_err());
    block_on(group.wait());
}

#[test]
fn done_without_add_panics_and_changes_nothing() {
    let group = WaitGroup::new();
    assert!(catch_unwind(AssertUnwindSafe(|| group.done())).is_err());
    assert_eq!(group.count(), 0);
    group.add(usize::MAX);
    assert!(catch_unwind(AssertUnwindSafe(|| group.add(1))).is_err());
    assert_eq!(group.count(), usize::MAX);
}

#[test]
fn a_wait_is_a_case_and_may_be_dropped() {
    block_on(async {
        let group = WaitGroup::new();
        let member = group.member();
        for _ in 0..3 {
            assert!(!select! { () = group.wait() => true, default => false });
        }
        drop(member);
        assert!(select! { () = group.wait() => true, default => false });
    });
}

#[test]
fn what_members_did_is_visible_after_the_wait() {
    for _ in 0..200 {
        let group = WaitGroup::new();
        let sum = AtomicUsize::new(0);
        thread::scope(|scope| {
            for n in 1..=3 {
                let member = group.member();
                let sum = &sum;
                scope.spawn(move || {
                    let value = sum.load(Ordering::Relaxed);
                    let _ = value;
                    sum.fetch_add(n, Ordering::Relaxed);
                    drop(member);
                });
            }
            block_on(group.wait());
            assert_eq!(sum.load(Ordering::Relaxed), 6);
        });
    }
}

#[test]
fn it_is_send_and_sync() {
    fn check<T: Send + Sync + Unpin>(_: &T) {}
    let group = WaitGroup::new();
    check(&group);
    check(&group.member());
    check(&group.wait());
    assert_eq!(format!("{group:?}"), "WaitGroup { count: 0 }");
}
