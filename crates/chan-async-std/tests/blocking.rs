//! A call that would block inside an async-std task panics and says what to do; everywhere else it blocks.

use std::panic::{AssertUnwindSafe, catch_unwind};

use async_std::task::spawn_blocking;
use chan_async_std::{block_on, chan, core, go, select_blocking};

#[test]
fn blocking_inside_a_task_panics_and_says_what_to_do() {
    block_on(async {
        let (tx, rx) = chan::<u8>(1);
        assert!(catch_unwind(AssertUnwindSafe(|| tx.reserve_blocking().is_ok())).is_err());
        assert!(catch_unwind(AssertUnwindSafe(|| rx.recv_blocking())).is_err());
        let select = || select_blocking! { got = rx.recv() => got };
        assert!(catch_unwind(AssertUnwindSafe(select)).is_err());
        let error = go(async move { rx.recv_blocking() }).await.unwrap_err().to_string();
        assert!(error.contains("await") && error.contains("spawn_blocking"), "{error}");
    });
}

#[test]
fn it_blocks_where_blocking_is_fine() {
    let (tx, rx) = chan(0);
    go(async move { tx.send(1).await });
    assert_eq!(rx.recv_blocking(), Ok(1));

    block_on(async {
        let (tx, rx) = chan(0);
        let reader = spawn_blocking(move || rx.recv_blocking());
        tx.send(2).await.unwrap();
        assert_eq!(reader.await, Ok(2));
    });
}

#[test]
fn channels_without_manners_do_not_ask() {
    block_on(async {
        let (tx, rx) = core::chan(1);
        tx.send_blocking(1).unwrap();
        assert_eq!(rx.recv_blocking(), Ok(1));
    });
}
