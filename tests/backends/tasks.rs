//! How a test says what it does, where tasks wait: every operation is awaited. `threads.rs` has the same words for
//! threads, so that one source runs on both. A file that uses them imports its `backend` under that name.
#![allow(unused_macros, reason = "not every suite needs every word")]

/// Runs the body on the backend. If it hangs, the process ends and says which test that was.
macro_rules! run {
    ($body:block) => {
        chan_tests::soon(move || backend::run(async move $body))
    };
}

/// Starts a task.
macro_rules! go {
    ($body:block) => {
        backend::go(async move $body)
    };
}

/// Waits for a task and gives its result; its panic is the test's.
macro_rules! done {
    ($task:expr) => {
        $task.await.unwrap()
    };
}

macro_rules! send {
    ($tx:expr, $message:expr) => {
        $tx.send($message).await
    };
}

macro_rules! recv {
    ($rx:expr) => {
        $rx.recv().await
    };
}

macro_rules! send_timeout {
    ($tx:expr, $message:expr, $limit:expr) => {
        backend::SenderExt::send_timeout(&$tx, $message, $limit).await
    };
}

macro_rules! recv_timeout {
    ($rx:expr, $limit:expr) => {
        backend::ReceiverExt::recv_timeout(&$rx, $limit).await
    };
}

/// Everything until the channel is closed and drained: the seed's `async for`, Go's `range`.
macro_rules! collect {
    ($rx:expr) => {{
        let mut all = Vec::new();
        let rx = &$rx;
        let mut messages = rx.stream();
        while let Some(message) = messages.next().await {
            all.push(message);
        }
        all
    }};
}

macro_rules! sleep {
    ($time:expr) => {
        backend::sleep($time).await
    };
}

/// Lets the others run, as Go's `runtime.Gosched`.
macro_rules! give_way {
    () => {
        futures_lite::future::yield_now().await
    };
}
