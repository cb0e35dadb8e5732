//! Tasks and their handles: results, panics, cancellation.

use super::*;

#[test]
fn go_runs_a_task_and_gives_its_result() {
    run(async {
        assert_eq!(go(async { 6 * 7 }).await.unwrap(), 42);
    });
}

#[test]
fn a_panic_is_the_error_of_the_handle() {
    run(async {
        let what = String::from("cheese");
        let error = go(async move { panic!("no {what}") }).await.unwrap_err();
        assert!(matches!(error, JoinError::Panic(_)));
        assert_eq!(error.to_string(), "the task panicked: no cheese");
        let payload = error.into_panic().unwrap();
        assert_eq!(payload.downcast_ref::<String>().unwrap(), "no cheese");

        let error = go(async { std::panic::panic_any(404) }).await.unwrap_err();
        assert_eq!(error.to_string(), "the task panicked");
        assert_eq!(*error.into_panic().unwrap().downcast::<i32>().unwrap(), 404);

        // The runtime goes on.
        assert!(go(async {}).await.is_ok());
    });
}

#[test]
fn a_panic_after_waiting_is_the_error_too() {
    run(async {
        let task: JoinHandle<()> = go(async {
            sleep(MOMENT).await;
            panic!("late");
        });
        assert!(matches!(task.await, Err(JoinError::Panic(payload)) if payload.message().unwrap() == "late"));
    });
}

#[test]
fn a_cancelled_task_stops_and_lets_go_of_what_it_held() {
    run(async {
        let (tx, dropped) = chan(1);
        let (tx_begun, begun) = chan(0);
        let task = go(async move {
            let _witness = Witness(tx);
            tx_begun.send(()).await.unwrap();
            pending::<()>().await
        });
        begun.recv().await.unwrap();
        assert_eq!(dropped.try_recv(), Err(TryRecvError::Empty));
        task.cancel();
        task.cancel();
        assert!(matches!(task.await, Err(JoinError::Cancelled)));
        // Gone before the handle said so.
        assert_eq!(dropped.try_recv(), Ok(()));
    });
}

#[test]
fn a_task_cancelled_at_once_is_cancelled_or_done() {
    run(async {
        for _ in 0..200 {
            let task = go(async { 1 });
            task.cancel();
            assert!(matches!(task.await, Ok(1) | Err(JoinError::Cancelled)));
        }
    });
}

#[test]
fn cancelling_a_finished_task_leaves_its_result() {
    run(async {
        let task = go(async { "done" });
        while !task.is_finished() {
            sleep(MOMENT).await;
        }
        task.cancel();
        assert_eq!(task.await.unwrap(), "done");
    });
}

#[test]
fn cancellation_and_panic_are_told_apart() {
    run(async {
        let task = go(pending::<()>());
        task.cancel();
        let error = task.await.unwrap_err();
        assert!(matches!(error, JoinError::Cancelled));
        assert_eq!(error.to_string(), "the task was cancelled");
        assert!(error.into_panic().is_none());
    });
}

#[test]
fn a_dropped_handle_leaves_the_task_running() {
    run(async {
        let (tx, rx) = chan(1);
        drop(go(async move {
            sleep(MOMENT).await;
            tx.send("still here").await
        }));
        assert_eq!(rx.recv().await, Ok("still here"));
    });
}

#[test]
fn a_finished_handle_does_not_wait() {
    run(async {
        let (tx, rx) = chan::<()>(0);
        let mut task = go(async move { rx.recv().await });
        assert!(!task.is_finished());
        drop(tx);
        while !task.is_finished() {
            sleep(MOMENT).await;
        }
        assert!(matches!(poll_once(&mut task), Poll::Ready(Ok(Err(RecvError)))));
    });
}

#[test]
fn the_wait_for_a_task_may_be_dropped_and_begun_again() {
    run(async {
        let (tx, rx) = chan(0);
        let mut task = go(async move { rx.recv().await.unwrap() });
        for _ in 0..3 {
            assert!(timeout(MOMENT, &mut task).await.is_err());
        }
        tx.send(5).await.unwrap();
        assert_eq!(task.await.unwrap(), 5);
    });
}

#[test]
fn a_task_is_a_case_of_select() {
    run(async {
        let mut task = go(async { 3 });
        let got = select! {
            result = &mut task => result.unwrap(),
            _ = after(MINUTE) => 0,
        };
        assert_eq!(got, 3);
    });
}

#[test]
fn errors_fit_into_a_boxed_error_and_futures_cross_threads() {
    fn boxed<E: Error + Send + Sync + 'static>() {}
    fn crosses<T: Send>(value: T) -> T {
        value
    }
    fn moves<T: Send + Sync + Unpin + 'static>() {}
    boxed::<JoinError>();
    boxed::<Elapsed>();
    moves::<JoinHandle<u8>>();
    moves::<After>();
    moves::<Tick>();
    run(async {
        let (tx, rx) = chan::<u8>(1);
        crosses(tx.send_timeout(1, MOMENT)).await.unwrap();
        crosses(rx.recv_timeout(MOMENT)).await.unwrap();
        crosses(timeout(MOMENT, rx.recv())).await.unwrap_err();
        crosses(sleep(MOMENT)).await;
        crosses(tick(MOMENT).next()).await;
    });
}
