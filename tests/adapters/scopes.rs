//! Scopes: tasks that go with their owner, and are waited for together.

use super::*;

/// A child that never ends, and what hears of its end.
fn lazy(scope: &Scope) -> (JoinHandle<()>, Receiver<()>) {
    let (tx, dropped) = chan(1);
    let witness = Witness(tx);
    let child = scope.go(async move {
        let _witness = witness;
        pending::<()>().await
    });
    (child, dropped)
}

#[test]
fn a_scope_waits_for_all_its_children() {
    run(async {
        let (tx, rx) = unbounded();
        let scope = Scope::new();
        for n in 0..8 {
            let tx = tx.clone();
            scope.go(async move {
                sleep(MOMENT).await;
                tx.send(n).await
            });
        }
        scope.wait().await.unwrap();
        assert_eq!(scope.count(), 0);
        assert_eq!(rx.try_iter().sum::<u32>(), 28);
    });
}

#[test]
fn a_scope_gives_what_its_body_gave_and_is_a_task_as_others() {
    run(async {
        let (tx, rx) = chan(0);
        let task = go(scope(async move |scope: &Scope| {
            scope.go(async move { tx.send(20).await });
            let child = scope.go(async { 2 });
            child.await.unwrap() + 20
        }));
        assert_eq!(rx.recv().await, Ok(20));
        assert_eq!(task.await.unwrap().unwrap(), 22);
    });
}

#[test]
fn dropping_a_scope_cancels_its_children() {
    run(async {
        let scope = Scope::new();
        let (child, dropped) = lazy(&scope);
        drop(scope);
        assert_eq!(dropped.recv().await, Ok(()));
        assert!(matches!(child.await, Err(JoinError::Cancelled)));
    });
}

#[test]
fn a_scope_dropped_while_it_waits_cancels_its_children() {
    run(async {
        let (tx, rx) = chan(1);
        let waiting = scope(async |scope| tx.try_send(lazy(scope)).unwrap());
        assert!(timeout(MOMENT, waiting).await.is_err());
        let (child, dropped) = rx.try_recv().unwrap();
        assert_eq!(dropped.recv().await, Ok(()));
        assert!(matches!(child.await, Err(JoinError::Cancelled)));
    });
}

#[test]
fn a_cancelled_task_takes_its_scope_along() {
    run(async {
        let (tx, rx) = chan(1);
        let task = go(async move {
            let scope = Scope::new();
            tx.send(lazy(&scope)).await.unwrap();
            scope.wait().await
        });
        let (child, dropped) = rx.recv().await.unwrap();
        task.cancel();
        assert_eq!(dropped.recv().await, Ok(()));
        assert!(matches!(child.await, Err(JoinError::Cancelled)));
        assert!(matches!(task.await, Err(JoinError::Cancelled)));
    });
}

#[test]
fn dropping_a_wait_leaves_the_children_alone() {
    run(async {
        let (tx, rx) = chan(0);
        let scope = Scope::new();
        let child = scope.go(async move { rx.recv().await.unwrap() });
        for _ in 0..3 {
            assert!(timeout(MOMENT, scope.wait()).await.is_err());
        }
        tx.send(5).await.unwrap();
        scope.wait().await.unwrap();
        assert_eq!(child.await.unwrap(), 5);
    });
}

#[test]
fn cancelling_a_scope_and_waiting_knows_when_they_are_gone() {
    run(async {
        let scope = Scope::new();
        let children: Vec<_> = (0..4).map(|_| lazy(&scope)).collect();
        scope.cancel();
        assert!(matches!(scope.wait().await, Err(JoinError::Cancelled)));
        for (child, dropped) in children {
            assert_eq!(dropped.try_recv(), Ok(()));
            assert!(matches!(child.await, Err(JoinError::Cancelled)));
        }
        // It can be used again.
        scope.go(async {});
        scope.wait().await.unwrap();
    });
}

#[test]
fn a_panic_of_a_child_is_the_scope_s_error_and_the_handle_s() {
    run(async {
        let scope = Scope::new();
        let what = String::from("cheese");
        let child = scope.go(async move { panic!("no {what}") });
        let (lazy, _dropped) = lazy(&scope);
        let payload = child.await.unwrap_err().into_panic().unwrap();
        assert_eq!(payload.downcast_ref::<String>().unwrap(), "no cheese");
        // The others run on; a panic is told rather than that they were cancelled.
        assert!(!lazy.is_finished());
        scope.cancel();
        let error = scope.wait().await.unwrap_err();
        assert!(matches!(error, JoinError::Panic(_)));
        assert_eq!(error.to_string(), "the task panicked: no cheese");
    });
}

#[test]
fn a_scope_is_a_case_of_select_while_more_children_come() {
    run(async {
        let jobs = numbers(0..20);
        let (tx, results) = unbounded();
        let scope = Scope::new();
        let first = tx.clone();
        scope.go(async move { first.send(100).await });
        let mut more = true;
        while more || scope.count() > 0 {
            select! {
                job = jobs.recv(), if more => match job {
                    Ok(job) => {
                        let tx = tx.clone();
                        scope.go(async move { tx.send(job).await });
                    }
                    Err(RecvError) => more = false,
                },
                ended = scope.wait(), if !more => ended.unwrap(),
            }
        }
        assert_eq!(results.try_iter().sum::<u64>(), 290);
    });
}
