//! A group of tasks that does not outlive its owner. Knows no runtime; the children are counted by a `WaitGroup`.

use core::fmt;
use core::mem;
use core::panic::AssertUnwindSafe;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use std::any::Any;
use std::boxed::Box;
use std::collections::BTreeMap;
use std::panic::{catch_unwind, resume_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use super::{JoinError, JoinHandle, Tasks, go};
use crate::group::{Member, WaitGroup};

/// Owns tasks: dropping it cancels them, [`wait`](Self::wait) waits for all of them.
///
/// Its children are tasks like those of `go`, with the same handles, and own what they use (`'static`); what is bound
/// to the scope is how long they run. A child that ends leaves nothing behind. `R` is the runtime; the adapters have a
/// name for the scope that needs nothing.
///
/// **Dropping it** cancels every child and returns at once: each stops where it waits next, and what it held is gone
/// shortly after. So a scope that a task holds while it is itself cancelled, by a `timeout` around it for example, takes
/// its children along. To wait until they are gone, [`cancel`](Self::cancel) and then wait.
///
/// ```
/// # use std::{future::Future, thread};
/// # use chan_select::runtime::{self, JoinError};
/// # use futures_lite::future::block_on;
/// # enum Threads {}
/// # impl runtime::Spawn for Threads {
/// #     fn spawn(body: impl Future<Output = ()> + Send + 'static) { thread::spawn(|| block_on(body)); }
/// # }
/// # type Scope = runtime::Scope<Threads>;
/// let (tx, rx) = chan_core::chan(4);
/// let scope = Scope::new();
/// for n in 1..=4 {
///     let tx = tx.clone();
///     scope.go(async move { tx.send(n).await });
/// }
/// assert!(block_on(scope.wait()).is_ok());
/// assert_eq!(rx.try_iter().sum::<u32>(), 10);
///
/// let lazy = scope.go(std::future::pending::<()>());
/// drop(scope);
/// assert!(matches!(block_on(lazy), Err(JoinError::Cancelled)));
/// ```
#[must_use = "dropping a scope cancels its children"]
pub struct Scope<R: Tasks> {
    family: Arc<Family<R::Stop>>,
}

impl<R: Tasks> Scope<R> {
    /// A scope without children.
    ///
    /// ```
    /// # use std::{future::Future, thread};
    /// # use chan_select::runtime;
    /// # use futures_lite::future::block_on;
    /// # enum Threads {}
    /// # impl runtime::Spawn for Threads {
    /// #     fn spawn(body: impl Future<Output = ()> + Send + 'static) { thread::spawn(|| block_on(body)); }
    /// # }
    /// # type Scope = runtime::Scope<Threads>;
    /// let scope = Scope::new();
    /// assert_eq!(scope.count(), 0);
    /// assert!(block_on(scope.wait()).is_ok());
    /// ```
    pub fn new() -> Self {
        let children = Mutex::new(Children { started: 0, stops: BTreeMap::new(), failed: None });
        Scope { family: Arc::new(Family { working: WaitGroup::new(), children }) }
    }

    /// Starts a child: a task, as `go` starts one, that this scope owns.
    ///
    /// Its handle gives its result, its panic or its cancellation, as any other; dropping the handle leaves the child
    /// to the scope.
    ///
    /// # Panics
    ///
    /// Where the adapter's `go` does.
    ///
    /// ```
    /// # use std::{future::Future, thread};
    /// # use chan_select::runtime;
    /// # use futures_lite::future::block_on;
    /// # enum Threads {}
    /// # impl runtime::Spawn for Threads {
    /// #     fn spawn(body: impl Future<Output = ()> + Send + 'static) { thread::spawn(|| block_on(body)); }
    /// # }
    /// # type Scope = runtime::Scope<Threads>;
    /// let scope = Scope::new();
    /// let child = scope.go(async { 6 * 7 });
    /// assert_eq!(block_on(child).unwrap(), 42);
    /// ```
    #[track_caller]
    pub fn go<F>(&self, future: F) -> JoinHandle<R, F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        let seat = Family::seat(&self.family);
        let number = seat.number;
        let handle = go::<R, _>(Child { future: Some(Box::pin(future)), seat: Some(seat) });
        let stop = handle.stop();
        let unused = match self.family.children().stops.get_mut(&number) {
            Some(slot) => slot.replace(stop),
            None => Some(stop),
        };
        // It has ended already; or somebody called `cancel` meanwhile, and could not reach it.
        if let Some(stop) = unused {
            R::cancel(&stop);
        }
        handle
    }

    /// Waits until no child is left; at once if that is so already. What they held is gone then, and what they wrote
    /// can be read.
    ///
    /// The scope can be used again, also while somebody waits: a wait may return between two children.
    ///
    /// # Errors
    ///
    /// `Ok` means that every child has run to its end, whatever it returned. [`JoinError::Panic`]: at least one
    /// panicked, and this is the first of them; it has the panic's message, while the payload itself is in the child's
    /// handle. [`JoinError::Cancelled`]: none panicked, but at least one was cancelled, by its handle, by the scope or
    /// because its runtime ended. The other children run on in both cases. An error is given once, by the first wait
    /// that ends after it; the next tells of what came later.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future changes nothing: the children run on, and one may wait again. If the scope is dropped along
    /// with it, its children are cancelled.
    ///
    /// ```
    /// # use std::{future::Future, thread};
    /// # use chan_select::runtime::{self, JoinError};
    /// # use futures_lite::future::block_on;
    /// # enum Threads {}
    /// # impl runtime::Spawn for Threads {
    /// #     fn spawn(body: impl Future<Output = ()> + Send + 'static) { thread::spawn(|| block_on(body)); }
    /// # }
    /// # type Scope = runtime::Scope<Threads>;
    /// let scope = Scope::new();
    /// scope.go(async { panic!("out of cheese") });
    /// let error = block_on(scope.wait()).unwrap_err();
    /// assert_eq!(error.to_string(), "the task panicked: out of cheese");
    /// assert!(block_on(scope.wait()).is_ok());
    /// ```
    pub async fn wait(&self) -> Result<(), JoinError> {
        self.family.working.wait().await;
        match self.family.children().failed.take() {
            Some(error) => Err(error),
            None => Ok(()),
        }
    }

    /// Cancels the children that there are, as their handles would, and returns at once. Then [`wait`](Self::wait) says
    /// when they are gone.
    ///
    /// The scope can be used again.
    ///
    /// ```
    /// # use std::{future::Future, thread};
    /// # use chan_select::runtime::{self, JoinError};
    /// # use futures_lite::future::block_on;
    /// # enum Threads {}
    /// # impl runtime::Spawn for Threads {
    /// #     fn spawn(body: impl Future<Output = ()> + Send + 'static) { thread::spawn(|| block_on(body)); }
    /// # }
    /// # type Scope = runtime::Scope<Threads>;
    /// let scope = Scope::new();
    /// scope.go(std::future::pending::<()>());
    /// scope.cancel();
    /// assert!(matches!(block_on(scope.wait()), Err(JoinError::Cancelled)));
    /// ```
    pub fn cancel(&self) {
        // Not under the lock: what stops a task may wake it.
        let stops = mem::take(&mut self.family.children().stops);
        for stop in stops.into_values().flatten() {
            R::cancel(&stop);
        }
    }

    /// How many children have not ended. The answer may be old by the time it is read.
    ///
    /// ```
    /// # use std::{future::Future, thread};
    /// # use chan_select::runtime;
    /// # use futures_lite::future::block_on;
    /// # enum Threads {}
    /// # impl runtime::Spawn for Threads {
    /// #     fn spawn(body: impl Future<Output = ()> + Send + 'static) { thread::spawn(|| block_on(body)); }
    /// # }
    /// # type Scope = runtime::Scope<Threads>;
    /// let scope = Scope::new();
    /// scope.go(std::future::pending::<()>());
    /// assert_eq!(scope.count(), 1);
    /// ```
    pub fn count(&self) -> usize {
        self.family.working.count()
    }
}

impl<R: Tasks> Default for Scope<R> {
    fn default() -> Self {
        Self::new()
    }
}

impl<R: Tasks> Drop for Scope<R> {
    fn drop(&mut self) {
        self.cancel();
    }
}

impl<R: Tasks> fmt::Debug for Scope<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scope").field("count", &self.count()).finish_non_exhaustive()
    }
}

/// Runs `body` with a new [`Scope`], then waits for the scope's children; the adapters' `scope`.
///
/// # Errors
///
/// Those of [`Scope::wait`], in place of what `body` gave.
///
/// # Cancel safety
///
/// Dropping it, or a panic in `body`, cancels the children.
///
/// ```
/// # use std::{future::Future, thread};
/// # use chan_select::runtime;
/// # use futures_lite::future::block_on;
/// # enum Threads {}
/// # impl runtime::Spawn for Threads {
/// #     fn spawn(body: impl Future<Output = ()> + Send + 'static) { thread::spawn(|| block_on(body)); }
/// # }
/// let (tx, rx) = chan_core::chan(0);
/// let sum = block_on(runtime::scope::<Threads, _>(async |scope| {
///     scope.go(async move { tx.send(20).await });
///     rx.recv().await.unwrap() + 22
/// }));
/// assert_eq!(sum.unwrap(), 42);
/// ```
pub async fn scope<R: Tasks, T>(body: impl AsyncFnOnce(&Scope<R>) -> T) -> Result<T, JoinError> {
    let scope = Scope::new();
    let value = body(&scope).await;
    scope.wait().await?;
    Ok(value)
}

/// What a scope and its children share.
struct Family<S> {
    working: WaitGroup,
    children: Mutex<Children<S>>,
}

struct Children<S> {
    /// How many there have been: the next one's number.
    started: u64,
    /// Those that run; `None` until [`Scope::go`] has what stops it.
    stops: BTreeMap<u64, Option<S>>,
    /// What the next wait is to tell.
    failed: Option<JoinError>,
}

impl<S> Family<S> {
    fn children(&self) -> MutexGuard<'_, Children<S>> {
        self.children.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn seat(family: &Arc<Self>) -> Seat<S> {
        let mut children = family.children();
        let number = children.started;
        children.started += 1;
        children.stops.insert(number, None);
        Seat { number, family: family.clone(), _member: family.working.member() }
    }

    /// A panic is told rather than a cancellation, the first of several rather than the others.
    fn failed(&self, error: JoinError) {
        let failed = &mut self.children().failed;
        if matches!((&failed, &error), (None, _) | (Some(JoinError::Cancelled), JoinError::Panic(_))) {
            *failed = Some(error);
        }
    }
}

/// One child's place in the family.
struct Seat<S> {
    number: u64,
    family: Arc<Family<S>>,
    /// Dropped after the seat is given up: then the wait is over.
    _member: Member,
}

impl<S> Drop for Seat<S> {
    fn drop(&mut self) {
        // Not under the lock: a runtime's code.
        let stop = self.family.children().stops.remove(&self.number);
        drop(stop);
    }
}

/// A child's future. Boxed, so that it can go before the seat does.
struct Child<F, S> {
    future: Option<Pin<Box<F>>>,
    /// `None` when it has ended.
    seat: Option<Seat<S>>,
}

impl<F, S> Child<F, S> {
    /// What the child held goes before anybody hears of its end. Its destructor may panic.
    fn drop_future(&mut self) -> Result<(), Payload> {
        catch_unwind(AssertUnwindSafe(|| drop(self.future.take())))
    }

    fn fail(&mut self, error: JoinError) {
        if let Some(seat) = self.seat.take() {
            seat.family.failed(error);
        }
    }
}

impl<F: Future, S> Future for Child<F, S> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let Some(future) = &mut self.future else { return Poll::Pending };
        let result = match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(cx))) {
            Ok(poll) => Ok(ready!(poll)),
            Err(payload) => Err(payload),
        };
        let dropped = self.drop_future();
        match result.and_then(|output| dropped.map(|()| output)) {
            Ok(output) => {
                self.seat = None;
                Poll::Ready(output)
            }
            Err(payload) => {
                self.fail(JoinError::panic_like(&*payload));
                // On to the handle.
                resume_unwind(payload)
            }
        }
    }
}

impl<F, S> Drop for Child<F, S> {
    fn drop(&mut self) {
        if self.seat.is_none() {
            return;
        }
        // Cancelled.
        match self.drop_future() {
            Ok(()) => self.fail(JoinError::Cancelled),
            Err(payload) => {
                self.fail(JoinError::panic_like(&*payload));
                if !thread::panicking() {
                    resume_unwind(payload);
                }
            }
        }
    }
}

type Payload = Box<dyn Any + Send>;
