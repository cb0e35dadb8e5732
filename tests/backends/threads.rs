//! The words of `tasks.rs` where threads wait: every operation blocks. Loaded after those, it takes their place.
#![allow(unused_macros, reason = "not every suite needs every word")]

/// Runs the body on the backend. If it hangs, the process ends and says which test that was.
macro_rules! run {
    ($body:block) => {
        chan_tests::soon(move || backend::run(move || $body))
    };
}

/// Starts a task.
macro_rules! go {
    ($body:block) => {
        backend::go(move || $body)
    };
}

/// Waits for a task and gives its result; its panic is the test's.
macro_rules! done {
    ($task:expr) => {
        $task.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    };
}

macro_rules! send {
    ($tx:expr, $message:expr) => {
        $tx.send_blocking($message)
    };
}

macro_rules! recv {
    ($rx:expr) => {
        $rx.recv_blocking()
    };
}

macro_rules! send_timeout {
    ($tx:expr, $message:expr, $limit:expr) => {
        $tx.send_timeout_blocking($message, $limit)
    };
}

macro_rules! recv_timeout {
    ($rx:expr, $limit:expr) => {
        $rx.recv_timeout_blocking($limit)
    };
}

/// Everything until the channel is closed and drained: the seed's `async for`, Go's `range`.
macro_rules! collect {
    ($rx:expr) => {
        $rx.iter().collect::<Vec<_>>()
    };
}

macro_rules! sleep {
    ($time:expr) => {
        std::thread::sleep($time)
    };
}

/// Lets the others run, as Go's `runtime.Gosched`.
macro_rules! give_way {
    () => {
        std::thread::yield_now()
    };
}
