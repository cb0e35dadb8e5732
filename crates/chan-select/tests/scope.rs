//! A scope and its children, on runtimes that do exactly what they are told.
#![cfg(feature = "std")]

use std::cell::RefCell;
use std::future::{pending, poll_fn, ready};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::thread;

use chan_core::{Sender, chan, unbounded};
use chan_select::runtime::{self, JoinError, Scope, Spawn};
use futures_lite::future::{block_on, poll_once};

thread_local! {
    static TASKS: RefCell<Vec<Pin<Box<dyn Future<Output = ()>>>>> = const { RefCell::new(Vec::new()) };
}

/// Polls its tasks when told to, on the thread of the test.
enum Hand {}

impl Spawn for Hand {
    fn spawn(body: impl Future<Output = ()> + Send + 'static) {
        TASKS.with_borrow_mut(|tasks| tasks.push(Box::pin(body)));
    }
}

/// One poll of every task.
fn turn() {
    let mut tasks = TASKS.take();
    tasks.retain_mut(|task| task.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    TASKS.with_borrow_mut(|all| all.append(&mut tasks));
}

/// Runs a task to its end before `go` returns.
enum Eager {}

impl Spawn for Eager {
    fn spawn(body: impl Future<Output = ()> + Send + 'static) {
        block_on(body);
    }
}

/// Has ended: drops what it is given.
enum Gone {}

impl Spawn for Gone {
    fn spawn(body: impl Future<Output = ()> + Send + 'static) {
        drop(body);
    }
}

thread_local! {
    static MEANWHILE: RefCell<Option<Arc<Scope<Nosy>>>> = const { RefCell::new(None) };
}

/// As `Hand`, and cancels a scope while its `go` is half way.
enum Nosy {}

impl Spawn for Nosy {
    fn spawn(body: impl Future<Output = ()> + Send + 'static) {
        Hand::spawn(body);
        if let Some(scope) = MEANWHILE.take() {
            scope.cancel();
        }
    }
}

/// Each task has a thread.
enum Threads {}

impl Spawn for Threads {
    fn spawn(body: impl Future<Output = ()> + Send + 'static) {
        thread::spawn(|| block_on(body));
    }
}

fn look<F: Future>(future: F) -> Option<F::Output> {
    block_on(poll_once(future))
}

/// The outcome of a wait that has nothing to wait for.
fn told<R: runtime::Tasks>(scope: &Scope<R>) -> Result<(), JoinError> {
    look(scope.wait()).expect("somebody still works")
}

#[test]
fn a_wait_ends_when_the_last_child_is_gone_with_what_it_held() {
    let scope = Scope::<Hand>::new();
    let held = Arc::new(());
    for polls in 1..=3 {
        let (mut left, held) = (polls, held.clone());
        scope.go(poll_fn(move |_| {
            let _held = &held;
            left -= 1;
            if left == 0 { Poll::Ready(()) } else { Poll::Pending }
        }));
    }
    let mut wait = pin!(scope.wait());
    for working in [3, 2, 1] {
        assert_eq!(scope.count(), working);
        assert_eq!(Arc::strong_count(&held), 1 + working);
        assert!(look(wait.as_mut()).is_none());
        turn();
    }
    assert_eq!(Arc::strong_count(&held), 1);
    assert!(matches!(look(wait), Some(Ok(()))));
}

#[test]
fn dropping_a_scope_stops_its_children_where_they_wait() {
    let scope = Scope::<Hand>::new();
    let held = Arc::new(());
    let children: Vec<_> = (0..3)
        .map(|_| {
            let held = held.clone();
            scope.go(async move {
                let _held = held;
                pending::<()>().await
            })
        })
        .collect();
    turn();
    drop(scope);
    turn();
    assert_eq!(Arc::strong_count(&held), 1);
    for child in children {
        assert!(matches!(look(child), Some(Err(JoinError::Cancelled))));
    }
}

#[test]
fn a_child_that_never_ran_is_cancelled_too() {
    let scope = Scope::<Hand>::new();
    let child = scope.go(ready(()));
    drop(scope);
    turn();
    assert!(matches!(look(child), Some(Err(JoinError::Cancelled))));
}

#[test]
fn dropping_a_wait_changes_nothing() {
    let scope = Scope::<Hand>::new();
    let child = scope.go(pending::<()>());
    turn();
    for _ in 0..3 {
        assert!(look(scope.wait()).is_none());
    }
    turn();
    assert!(!child.is_finished());
    assert_eq!(scope.count(), 1);
    child.cancel();
    turn();
    assert!(matches!(told(&scope), Err(JoinError::Cancelled)));
}

#[test]
fn dropping_a_scope_that_is_waited_for_stops_its_children() {
    let held = Arc::new(());
    {
        let child = held.clone();
        let mut waiting = Box::pin(runtime::scope::<Hand, _>(async |scope| {
            scope.go(async move {
                let _held = child;
                pending::<()>().await
            });
        }));
        assert!(look(&mut waiting).is_none());
        turn();
        assert_eq!(Arc::strong_count(&held), 2);
    }
    turn();
    assert_eq!(Arc::strong_count(&held), 1);
}

#[test]
fn the_first_panic_is_the_error_of_a_wait_once() {
    let scope = Scope::<Hand>::new();
    let first = scope.go(async { panic!("first") });
    let _second = scope.go(async { panic!("second") });
    let lazy = scope.go(pending::<()>());
    turn();
    // The others run on.
    assert!(look(scope.wait()).is_none());
    assert!(!lazy.is_finished());
    scope.cancel();
    turn();
    assert_eq!(told(&scope).unwrap_err().to_string(), "the task panicked: first");
    assert!(told(&scope).is_ok());
    // The payload itself is the handle's.
    let payload = look(first).unwrap().unwrap_err().into_panic().unwrap();
    assert_eq!(payload.downcast_ref(), Some(&"first"));
}

#[test]
fn a_panic_is_told_rather_than_a_cancellation_that_came_before() {
    let scope = Scope::<Hand>::new();
    scope.go(pending::<()>()).cancel();
    scope.go(async { std::panic::panic_any(404) });
    turn();
    let error = told(&scope).unwrap_err();
    assert!(matches!(error, JoinError::Panic(_)));
    assert_eq!(error.to_string(), "the task panicked");
}

#[test]
fn a_cancelled_child_is_told_apart_from_one_that_ran_to_its_end() {
    let scope = Scope::<Hand>::new();
    scope.go(async { Err::<(), _>("its own affair") });
    turn();
    assert!(told(&scope).is_ok());
    scope.go(pending::<()>()).cancel();
    turn();
    assert!(matches!(told(&scope), Err(JoinError::Cancelled)));
}

struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("boom");
    }
}

#[test]
fn a_destructor_that_panics_is_the_child_s_panic() {
    // At its end, and when it is cancelled.
    for cancelled in [false, true] {
        let scope = Scope::<Hand>::new();
        let bomb = Bomb;
        let child = scope.go(poll_fn(move |_| {
            let _bomb = &bomb;
            if cancelled { Poll::Pending } else { Poll::Ready(()) }
        }));
        turn();
        scope.cancel();
        turn();
        assert_eq!(told(&scope).unwrap_err().to_string(), "the task panicked: boom");
        assert_eq!(look(child).unwrap().unwrap_err().to_string(), "the task panicked: boom");
    }
}

#[test]
fn a_body_that_panics_takes_the_children_along() {
    let held = Arc::new(());
    let child = held.clone();
    let body = runtime::scope::<Hand, ()>(async |scope| {
        scope.go(async move {
            let _held = child;
            pending::<()>().await
        });
        panic!("body");
    });
    let mut body = Box::pin(body);
    assert!(catch_unwind(AssertUnwindSafe(|| look(&mut body))).is_err());
    turn();
    assert_eq!(Arc::strong_count(&held), 1);
}

#[test]
fn a_child_may_end_before_go_returns() {
    let scope = Scope::<Eager>::new();
    for _ in 0..3 {
        let child = scope.go(async { 1 });
        assert_eq!(look(child).unwrap().unwrap(), 1);
        assert_eq!(scope.count(), 0);
    }
    assert!(told(&scope).is_ok());
}

#[test]
fn a_runtime_that_has_ended_cancels_the_children() {
    let scope = Scope::<Gone>::new();
    let child = scope.go(async { 1 });
    assert!(matches!(look(child), Some(Err(JoinError::Cancelled))));
    assert!(matches!(told(&scope), Err(JoinError::Cancelled)));
}

#[test]
fn a_scope_s_result_is_its_body_s_or_the_error_of_a_child() {
    let fine = runtime::scope::<Threads, _>(async |scope| {
        let child = scope.go(async { 20 });
        scope.go(async {});
        child.await.unwrap() + 22
    });
    assert_eq!(block_on(fine).unwrap(), 42);
    let panics = runtime::scope::<Threads, _>(async |scope| {
        scope.go(async { panic!("child") });
        42
    });
    assert_eq!(block_on(panics).unwrap_err().to_string(), "the task panicked: child");
}

#[test]
fn many_children_on_threads_are_all_waited_for() {
    let (tx, rx) = unbounded();
    let scope = Scope::<Threads>::new();
    for n in 0..64 {
        let tx = tx.clone();
        scope.go(async move { tx.send(n).await });
    }
    block_on(scope.wait()).unwrap();
    let mut all: Vec<u32> = rx.try_iter().collect();
    all.sort_unstable();
    assert!(all.into_iter().eq(0..64));
}

#[test]
fn a_cancel_reaches_the_child_whose_go_is_half_way() {
    let scope = Arc::new(Scope::<Nosy>::new());
    MEANWHILE.set(Some(scope.clone()));
    let caught = scope.go(pending::<()>());
    let later = scope.go(pending::<()>());
    turn();
    assert!(matches!(look(caught), Some(Err(JoinError::Cancelled))));
    assert!(!later.is_finished());
}

/// Until the channel closes.
async fn listen(tx: Sender<()>) {
    tx.closed().await;
}

#[test]
fn children_started_while_others_are_cancelled_are_cancelled_or_stay() {
    for _ in 0..50 {
        let scope = Scope::<Threads>::new();
        let (tx, rx) = chan::<()>(0);
        let children = thread::scope(|threads| {
            let starter = threads.spawn(|| (0..8).map(|_| scope.go(listen(tx.clone()))).collect::<Vec<_>>());
            scope.cancel();
            starter.join().unwrap()
        });
        // Who was not cancelled is cancelled now; nobody is forgotten, or this waits for ever.
        scope.cancel();
        assert!(matches!(block_on(scope.wait()), Err(JoinError::Cancelled)));
        for child in children {
            assert!(matches!(block_on(child), Err(JoinError::Cancelled)));
        }
        assert_eq!(tx.sender_count(), 1);
        drop(rx);
    }
}
