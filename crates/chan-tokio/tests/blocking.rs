//! A call that would block a thread which drives tasks panics and says what to do; everywhere else it blocks.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use chan_tokio::{Select, block_on, chan, core, go, select_blocking};
use tokio::runtime::Builder;
use tokio::task::{block_in_place, spawn_blocking};

/// The message of the panic in `call`.
fn panic_of(call: impl FnOnce() -> bool) -> String {
    let payload = catch_unwind(AssertUnwindSafe(call)).expect_err("it did not panic");
    match payload.downcast::<&str>() {
        Ok(message) => (*message).to_owned(),
        Err(payload) => *payload.downcast::<String>().unwrap(),
    }
}

#[test]
fn blocking_inside_async_code_panics_and_says_what_to_do() {
    block_on(async {
        let (tx, rx) = chan(1);
        let limit = Duration::from_millis(1);
        let calls: [&dyn Fn() -> bool; 10] = [
            &|| tx.send_blocking(1).is_ok(),
            &|| rx.recv_blocking().is_ok(),
            &|| tx.send_timeout_blocking(1, limit).is_ok(),
            &|| rx.recv_timeout_blocking(limit).is_ok(),
            &|| rx.iter().next().is_some(),
            &|| tx.reserve_blocking().is_ok(),
            &|| tx.reserve_timeout_blocking(limit).is_ok(),
            &|| select_blocking! { sent = tx.send(1) => sent.is_ok(), got = rx.recv() => got.is_ok() },
            &|| {
                let mut select = Select::new();
                select.recv(&rx, |got| got.is_ok());
                select.run_timeout_blocking(limit).is_some()
            },
            // Also where the case that has manners is not the first.
            &|| select_blocking! { () = std::future::pending() => false, got = rx.recv() => got.is_ok() },
        ];
        for call in calls {
            let message = panic_of(call);
            assert!(message.contains("await") && message.contains("spawn_blocking"), "{message}");
        }
        // Nothing was sent, and the channel works.
        assert!(rx.is_empty());
        tx.send(2).await.unwrap();
        assert_eq!(rx.recv().await, Ok(2));
    });
}

#[test]
fn it_panics_inside_a_task_too() {
    let runtime = Builder::new_multi_thread().worker_threads(1).build().unwrap();
    runtime.block_on(async {
        let (_tx, rx) = chan::<u8>(1);
        let error = go(async move { rx.recv_blocking() }).await.unwrap_err();
        assert!(error.to_string().contains("spawn_blocking"), "{error}");
    });
}

#[test]
fn it_blocks_where_blocking_is_fine() {
    let runtime = Builder::new_multi_thread().worker_threads(1).build().unwrap();
    let _entered = runtime.enter();

    // On a thread that has a runtime but drives nothing.
    let (tx, rx) = chan(0);
    go(async move { tx.send(1).await });
    assert_eq!(rx.recv_blocking(), Ok(1));

    runtime.block_on(async {
        let (tx, rx) = chan(0);
        let reader = spawn_blocking(move || rx.recv_blocking());
        tx.send(2).await.unwrap();
        assert_eq!(reader.await.unwrap(), Ok(2));

        let (tx, rx) = chan(0);
        let reader = go(async move { block_in_place(|| rx.recv_blocking()) });
        tx.send(3).await.unwrap();
        assert_eq!(reader.await.unwrap(), Ok(3));
    });
}

#[test]
fn what_does_not_wait_is_not_asked() {
    block_on(async {
        let (tx, rx) = chan(1);
        let nothing = select_blocking! { _ = rx.recv() => false, default => true };
        assert!(nothing);
        tx.try_send(1).unwrap();
        let got = select_blocking! { got = rx.recv() => got, default => Ok(0) };
        assert_eq!(got, Ok(1));
    });
}

#[test]
fn channels_without_manners_do_not_ask() {
    block_on(async {
        let (tx, rx) = core::chan(1);
        tx.send_blocking(1).unwrap();
        assert_eq!(rx.recv_blocking(), Ok(1));
        tx.try_send(2).unwrap();
        assert_eq!(select_blocking! { got = rx.recv() => got }, Ok(2));
    });
}
