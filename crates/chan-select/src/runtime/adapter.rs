//! The names that every adapter gives its users, with their documentation, written once. A macro for each group of
//! names, because what they have in common is text: free functions and traits that have one runtime inside.
//!
//! In the examples `block_on` stands for the adapter's own.

/// Makes the names of an adapter that have its runtime inside: `go`, `JoinHandle`, `scope`, `Scope`, `sleep`, `after`,
/// `After`, `tick`, `Tick`, `timeout`, `SenderExt`, `ReceiverExt`, and `prelude` with the last two.
///
/// `runtime::names!(Runtime, in "chan_tokio")`: a type that is a [`Clock`](crate::runtime::Clock) and has
/// [`Tasks`](crate::runtime::Tasks), and the crate's name, for the examples. What is special goes between, as doc
/// comments: `go { .. }` for the tasks, `time { .. }` for the functions that make a timer. The names of `chan-core`, of
/// this crate and of this module are to be in scope, for links in the documentation.
///
/// See the [module](crate::runtime) for a whole adapter.
#[doc(hidden)]
#[macro_export]
macro_rules! __adapter_names {
    (
        $runtime:ident, in $name:literal
        $(, go { $(#[$on_go:meta])* })?
        $(, time { $(#[$on_time:meta])* })?
    ) => {
        /// Starts a task that runs beside the caller, as Go's `go` does.
        ///
        /// It runs at once, whether its [`JoinHandle`] is awaited or not. Dropping the handle detaches the task.
        ///
        $($(#[$on_go])*)?
        ///
        /// ```
        #[doc = concat!("use ", $name, "::{block_on, go};")]
        ///
        /// let answer = block_on(async { go(async { 6 * 7 }).await });
        /// assert_eq!(answer.unwrap(), 42);
        /// ```
        #[track_caller]
        pub fn go<F>(future: F) -> JoinHandle<F::Output>
        where
            F: ::core::future::Future + Send + 'static,
            F::Output: Send + 'static,
        {
            $crate::runtime::go(future)
        }

        /// A task started by [`go`]: await it for its result; see [`runtime::JoinHandle`]($crate::runtime::JoinHandle).
        ///
        /// ```
        #[doc = concat!("use ", $name, "::{JoinError, JoinHandle, block_on, go};")]
        ///
        /// block_on(async {
        ///     let task: JoinHandle<&str> = go(async { "done" });
        ///     assert_eq!(task.await.unwrap(), "done");
        ///
        ///     let lazy = go(std::future::pending::<()>());
        ///     lazy.cancel();
        ///     assert!(matches!(lazy.await, Err(JoinError::Cancelled)));
        /// });
        /// ```
        pub type JoinHandle<T> = $crate::runtime::JoinHandle<$runtime, T>;

        /// Runs `body` with a new [`Scope`], which owns the tasks that `body` starts there, then waits for them.
        ///
        /// # Errors
        ///
        /// Those of [`Scope::wait`]($crate::runtime::Scope::wait), in place of what `body` gave.
        ///
        /// # Cancel safety
        ///
        /// Dropping it, or a panic in `body`, cancels the scope's tasks.
        ///
        /// ```
        #[doc = concat!("use ", $name, "::{block_on, chan, scope};")]
        ///
        /// let sum = block_on(scope(async |scope| {
        ///     let (tx, rx) = chan(0);
        ///     for n in 1..=4 {
        ///         let tx = tx.clone();
        ///         scope.go(async move { tx.send(n).await });
        ///     }
        ///     drop(tx);
        ///     let mut sum = 0;
        ///     while let Ok(n) = rx.recv().await {
        ///         sum += n;
        ///     }
        ///     sum
        /// }));
        /// assert_eq!(sum.unwrap(), 10);
        /// ```
        pub fn scope<T>(
            body: impl AsyncFnOnce(&Scope) -> T,
        ) -> impl ::core::future::Future<Output = Result<T, $crate::runtime::JoinError>> {
            $crate::runtime::scope(body)
        }

        /// A group of tasks that does not outlive its owner; see [`runtime::Scope`]($crate::runtime::Scope).
        ///
        /// Dropping it cancels its children and returns at once. [`wait`]($crate::runtime::Scope::wait) waits for all of
        /// them and tells of the first that panicked.
        ///
        /// ```
        #[doc = concat!("use ", $name, "::{JoinError, Scope, block_on};")]
        ///
        /// block_on(async {
        ///     let scope = Scope::new();
        ///     scope.go(async { panic!("out of cheese") });
        ///     let error = scope.wait().await.unwrap_err();
        ///     assert_eq!(error.to_string(), "the task panicked: out of cheese");
        ///
        ///     let lazy = scope.go(std::future::pending::<()>());
        ///     drop(scope);
        ///     assert!(matches!(lazy.await, Err(JoinError::Cancelled)));
        /// });
        /// ```
        pub type Scope = $crate::runtime::Scope<$runtime>;

        /// Waits for `duration`, from now on.
        ///
        /// A duration that the clock cannot hold is as good as for ever.
        ///
        $($(#[$on_time])*)?
        ///
        /// ```
        /// use std::time::{Duration, Instant};
        ///
        #[doc = concat!("use ", $name, "::{block_on, sleep};")]
        ///
        /// block_on(async {
        ///     let begin = Instant::now();
        ///     sleep(Duration::from_millis(2)).await;
        ///     assert!(begin.elapsed() >= Duration::from_millis(2));
        /// });
        /// ```
        #[track_caller]
        pub fn sleep(duration: ::core::time::Duration) -> impl ::core::future::Future<Output = ()> + Send + Sync {
            <$runtime as $crate::runtime::Clock>::sleep(duration)
        }

        /// A future that gives the time when `duration` has passed, from now on: Go's `time.After`.
        ///
        $($(#[$on_time])*)?
        ///
        /// ```
        /// use std::time::Duration;
        ///
        #[doc = concat!("use ", $name, "::{after, block_on, chan, select};")]
        ///
        /// block_on(async {
        ///     let (_tx, rx) = chan::<u8>(0);
        ///     let late = select! {
        ///         _ = rx.recv() => false,
        ///         _ = after(Duration::from_millis(1)) => true,
        ///     };
        ///     assert!(late);
        /// });
        /// ```
        #[track_caller]
        pub fn after(duration: ::core::time::Duration) -> After {
            After::new(duration)
        }

        /// The future that [`after`] makes. It gives the time at which it was due, once; polled again, it waits for
        /// ever, as a receive from Go's channel would. So `&mut after` can stay among the cases of a loop.
        ///
        /// `Unpin`, on some runtimes at the price of an allocation; where that matters, await [`sleep`].
        ///
        /// ```
        /// use std::time::Duration;
        ///
        #[doc = concat!("use ", $name, "::{After, after, block_on, select, sleep};")]
        ///
        /// block_on(async {
        ///     let mut warning: After = after(Duration::from_millis(1));
        ///     let mut warnings = 0;
        ///     for _ in 0..2 {
        ///         select! {
        ///             _ = &mut warning => warnings += 1,
        ///             _ = sleep(Duration::from_millis(20)) => {}
        ///         }
        ///     }
        ///     assert_eq!(warnings, 1);
        /// });
        /// ```
        pub type After = $crate::runtime::After<$runtime>;

        /// Beats every `period`, for the first time one period from now: Go's `time.Tick`.
        ///
        /// A period of zero never beats, as in Go. Unlike Go's, it is a stream and not a channel: keep the [`Tick`], and
        /// make its [`next`]($crate::runtime::Tick::next), which borrows it by `&mut`, a case of `select!`.
        ///
        $($(#[$on_time])*)?
        ///
        /// ```
        /// use std::time::{Duration, Instant};
        ///
        #[doc = concat!("use ", $name, "::{block_on, tick};")]
        ///
        /// block_on(async {
        ///     let begin = Instant::now();
        ///     let mut beat = tick(Duration::from_millis(2));
        ///     beat.next().await;
        ///     beat.next().await;
        ///     assert!(begin.elapsed() >= Duration::from_millis(4));
        /// });
        /// ```
        #[track_caller]
        pub fn tick(period: ::core::time::Duration) -> Tick {
            Tick::new(period)
        }

        /// What [`tick`] makes: an endless stream of the times at which it beat.
        ///
        /// **Missed beats are skipped.** Beats stand on a grid, `n` periods from the call of [`tick`]. If one or more
        /// have passed unseen, the next poll gives the first of them at once and the others never come; the one after
        /// it is on the grid again, so a late reader neither sees a burst nor makes the clock drift.
        ///
        /// ```
        /// use std::time::Duration;
        ///
        #[doc = concat!("use ", $name, "::{Tick, block_on, select, sleep, tick};")]
        ///
        /// block_on(async {
        ///     let mut beat: Tick = tick(Duration::from_millis(1));
        ///     let mut work = std::pin::pin!(sleep(Duration::from_millis(20)));
        ///     let mut beats = 0;
        ///     loop {
        ///         select! {
        ///             _ = beat.next() => beats += 1,
        ///             _ = &mut work => break,
        ///         }
        ///     }
        ///     assert!((1..=20).contains(&beats));
        /// });
        /// ```
        pub type Tick = $crate::runtime::Tick<$runtime>;

        /// Runs `future` for at most `limit`, from now on; if it has not finished by then, drops it and gives
        /// [`Elapsed`]($crate::runtime::Elapsed).
        ///
        /// The future is looked at first: one that is ready wins over a limit that has passed. Dropping a channel
        /// operation loses nothing, but drops a message that was to be sent; [`SenderExt::send_timeout`] gives it back.
        ///
        $($(#[$on_time])*)?
        ///
        /// # Cancel safety
        ///
        /// Dropping it drops `future`.
        ///
        /// ```
        /// use std::time::Duration;
        ///
        #[doc = concat!("use ", $name, "::{Elapsed, block_on, timeout};")]
        ///
        /// block_on(async {
        ///     let limit = Duration::from_millis(1);
        ///     assert!(timeout(limit, async { 1 }).await.is_ok());
        ///     let late: Result<(), Elapsed> = timeout(limit, std::future::pending()).await;
        ///     assert!(late.is_err());
        /// });
        /// ```
        #[track_caller]
        pub fn timeout<F: ::core::future::Future>(
            limit: ::core::time::Duration,
            future: F,
        ) -> impl ::core::future::Future<Output = Result<F::Output, $crate::runtime::Elapsed>> {
            <$runtime as $crate::runtime::Clock>::timeout(limit, future)
        }

        /// Sends with a time limit on the runtime's clock.
        pub trait SenderExt<T> {
            /// Sends `value`, waiting for at most `limit`, from now on.
            ///
            /// Exact: `Ok` means sent, and every error has the message inside, which then was not and will not be sent.
            /// What can be sent at once is sent, whatever the limit. So is
            /// [`cancel`]($crate::runtime::SendUntil::cancel), which calls it off.
            ///
            /// # Errors
            ///
            /// [`Timeout`]($crate::runtime::SendTimeoutError::Timeout) when the limit has passed,
            /// [`Closed`]($crate::runtime::SendTimeoutError::Closed) when the channel is closed.
            ///
            /// # Cancel safety
            ///
            /// As [`Sender::send`]($crate::runtime::Sender::send).
            ///
            $($(#[$on_time])*)?
            ///
            /// ```
            /// use std::time::Duration;
            ///
            #[doc = concat!("use ", $name, "::{SendTimeoutError, SenderExt, block_on, chan};")]
            ///
            /// block_on(async {
            ///     let (tx, _rx) = chan(0);
            ///     let late = tx.send_timeout("letter", Duration::from_millis(1)).await;
            ///     assert_eq!(late, Err(SendTimeoutError::Timeout("letter")));
            /// });
            /// ```
            fn send_timeout(
                &self,
                value: T,
                limit: ::core::time::Duration,
            ) -> $crate::runtime::SendUntil<'_, T, impl ::core::future::Future<Output = ()> + Send + Sync>;
        }

        impl<T> SenderExt<T> for $crate::runtime::Sender<T> {
            #[track_caller]
            fn send_timeout(
                &self,
                value: T,
                limit: ::core::time::Duration,
            ) -> $crate::runtime::SendUntil<'_, T, impl ::core::future::Future<Output = ()> + Send + Sync> {
                self.send_until(value, sleep(limit))
            }
        }

        /// Receives with a time limit on the runtime's clock.
        pub trait ReceiverExt<T> {
            /// Receives a message, waiting for at most `limit`, from now on.
            ///
            /// Exact: after an error nothing was taken. A message that is there is received, whatever the limit.
            ///
            /// # Errors
            ///
            /// [`Timeout`]($crate::runtime::RecvTimeoutError::Timeout) when the limit has passed,
            /// [`Closed`]($crate::runtime::RecvTimeoutError::Closed) when the channel is closed and drained.
            ///
            /// # Cancel safety
            ///
            /// As [`Receiver::recv`]($crate::runtime::Receiver::recv).
            ///
            $($(#[$on_time])*)?
            ///
            /// ```
            /// use std::time::Duration;
            ///
            #[doc = concat!("use ", $name, "::{ReceiverExt, RecvTimeoutError, block_on, chan};")]
            ///
            /// block_on(async {
            ///     let (tx, rx) = chan(1);
            ///     tx.send("letter").await.unwrap();
            ///     assert_eq!(rx.recv_timeout(Duration::ZERO).await, Ok("letter"));
            ///     let late = rx.recv_timeout(Duration::from_millis(1)).await;
            ///     assert_eq!(late, Err(RecvTimeoutError::Timeout));
            /// });
            /// ```
            fn recv_timeout(
                &self,
                limit: ::core::time::Duration,
            ) -> $crate::runtime::RecvUntil<'_, T, impl ::core::future::Future<Output = ()> + Send + Sync>;
        }

        impl<T> ReceiverExt<T> for $crate::runtime::Receiver<T> {
            #[track_caller]
            fn recv_timeout(
                &self,
                limit: ::core::time::Duration,
            ) -> $crate::runtime::RecvUntil<'_, T, impl ::core::future::Future<Output = ()> + Send + Sync> {
                self.recv_until(sleep(limit))
            }
        }

        /// The traits that give handles their timeouts.
        ///
        /// ```
        /// use std::time::Duration;
        ///
        #[doc = concat!("use ", $name, "::prelude::*;")]
        #[doc = concat!("use ", $name, "::{block_on, chan};")]
        ///
        /// block_on(async {
        ///     let (_tx, rx) = chan::<u8>(0);
        ///     assert!(rx.recv_timeout(Duration::from_millis(1)).await.is_err());
        /// });
        /// ```
        pub mod prelude {
            pub use super::{ReceiverExt, SenderExt};
        }
    };
}

/// Makes the constructors of an adapter whose channels have manners: `chan`, `bounded`, `unbounded`.
///
/// `runtime::constructors!(MANNERS, in "chan_tokio")`: a static [`Manners`](chan_core::Manners) of the adapter's root,
/// and the crate's name, for the examples.
///
/// ```
/// mod adapter {
///     pub static MANNERS: chan_core::Manners =
///         chan_core::Manners { name: "easy", proceed: |cx, poll| poll(cx), check_blocking: || {} };
///
///     chan_select::runtime::constructors!(MANNERS, in "chan_easy");
/// }
///
/// let (tx, _rx) = adapter::chan(1);
/// assert!(tx.try_send(1).is_ok());
/// ```
#[doc(hidden)]
#[macro_export]
macro_rules! __adapter_constructors {
    ($manners:ident, in $name:literal) => {
        /// Makes a channel for `capacity` messages, as Go's `make(chan T, n)`; with 0, a rendezvous. It has the runtime's
        #[doc = concat!("[manners](", stringify!($manners), ").")]
        ///
        /// # Panics
        ///
        /// If a buffer of that capacity cannot exist.
        ///
        /// ```
        #[doc = concat!("let (tx, rx) = ", $name, "::chan(1);")]
        #[doc = concat!($name, "::block_on(async move {")]
        ///     tx.send(7).await.unwrap();
        ///     assert_eq!(rx.recv().await, Ok(7));
        /// });
        /// ```
        pub fn chan<T>(capacity: usize) -> ($crate::runtime::Sender<T>, $crate::runtime::Receiver<T>) {
            bounded(capacity)
        }

        /// Makes a channel for `capacity` messages: [`chan`] under its Rust name.
        ///
        /// # Panics
        ///
        /// If a buffer of that capacity cannot exist.
        ///
        /// ```
        #[doc = concat!("let (tx, _rx) = ", $name, "::bounded(1);")]
        /// assert!(tx.try_send('a').is_ok());
        /// assert!(tx.try_send('b').is_err());
        /// ```
        pub fn bounded<T>(capacity: usize) -> ($crate::runtime::Sender<T>, $crate::runtime::Receiver<T>) {
            $crate::runtime::Builder::bounded(capacity).manners(&$manners).build()
        }

        /// Makes a channel that is never full. It has the runtime's
        #[doc = concat!("[manners](", stringify!($manners), ").")]
        ///
        /// ```
        #[doc = concat!("let (tx, rx) = ", $name, "::unbounded();")]
        /// for n in 0..1000 {
        ///     tx.try_send(n).unwrap();
        /// }
        /// assert_eq!(rx.len(), 1000);
        /// ```
        pub fn unbounded<T>() -> ($crate::runtime::Sender<T>, $crate::runtime::Receiver<T>) {
            $crate::runtime::Builder::unbounded().manners(&$manners).build()
        }
    };
}

/// Makes `ctrl_c` for an adapter whose runtime hears of it ([`Presses`](crate::runtime::Presses)).
///
/// `runtime::ctrl_c!(Runtime, in "chan_tokio")`, at the place where `bounded` is the adapter's constructor and `go` its
/// own.
#[doc(hidden)]
#[macro_export]
macro_rules! __adapter_ctrl_c {
    ($runtime:ident, in $name:literal $(, $(#[$special:meta])*)?) => {
        /// Ctrl-C as a channel: a message for each press from now on, for a shutdown in good order.
        ///
        /// As Go's `signal.Notify(c, os.Interrupt)` with a channel for one: presses that nobody has received yet count
        /// as one. Each call gives a channel of its own, which hears every press; clones of one receiver share its
        /// messages, as always. To tell many tasks, let the one that receives it close a channel that they all listen
        /// to.
        ///
        /// From the first call on Ctrl-C does not end the process any more, even when every receiver is gone: wait for
        /// a second press to leave without order, as in the example.
        ///
        $($(#[$special])*)?
        ///
        /// # Errors
        ///
        /// When the system refuses to tell.
        ///
        /// ```no_run
        #[doc = concat!("use ", $name, "::{chan, ctrl_c, select};")]
        ///
        /// # async fn serve(_job: u32) {}
        /// # async fn example() -> std::io::Result<()> {
        /// let interrupted = ctrl_c()?;
        /// let (jobs, job) = chan(16);
        /// # drop(jobs.send(1));
        /// loop {
        ///     select! {
        ///         job = job.recv() => match job {
        ///             Ok(job) => serve(job).await,
        ///             Err(_drained) => break,
        ///         },
        ///         _ = interrupted.recv() => if !jobs.close() {
        ///             eprintln!("twice: leaving {} jobs undone", job.len());
        ///             break;
        ///         },
        ///     }
        /// }
        /// # Ok(())
        /// # }
        /// ```
        pub fn ctrl_c() -> ::std::io::Result<$crate::runtime::Receiver<()>> {
            let presses = <$runtime as $crate::runtime::Presses>::presses()?;
            let (tx, rx) = bounded(1);
            drop(go($crate::runtime::forward(tx, presses)));
            Ok(rx)
        }
    };
}

#[doc(inline)]
pub use __adapter_constructors as constructors;
#[doc(inline)]
pub use __adapter_ctrl_c as ctrl_c;
#[doc(inline)]
pub use __adapter_names as names;
