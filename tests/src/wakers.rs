//! Wakers that count, and wakers that run a test's own code where a careless channel would be hurt by it: in `wake`,
//! in `clone` and in `drop`.

use std::future::Future;
use std::mem::ManuallyDrop;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, RawWaker, RawWakerVTable, Wake, Waker};

/// How often a waker was woken.
#[derive(Debug, Default)]
pub struct Count(AtomicUsize);

impl Count {
    /// Wakes so far.
    pub fn wakes(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

impl Wake for Count {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

/// A waker and its count.
pub fn counting() -> (Arc<Count>, Waker) {
    let count = Arc::new(Count::default());
    (count.clone(), count.into())
}

/// Polls `future` once with `waker`.
pub fn poll<F: Future + Unpin + ?Sized>(future: &mut F, waker: &Waker) -> Poll<F::Output> {
    Pin::new(future).poll(&mut Context::from_waker(waker))
}

/// Polls `future` once with a waker that does nothing.
pub fn poll_noop<F: Future + Unpin + ?Sized>(future: &mut F) -> Poll<F::Output> {
    poll(future, Waker::noop())
}

type Hook = Box<dyn Fn() + Send + Sync>;

struct Hooks {
    wake: Hook,
    clone: Hook,
    drop: Hook,
}

/// A waker that runs `wake` when woken, `clone` when cloned and `drop` each time one of its clones, or itself, is
/// dropped without being woken. Waking by value runs `wake` only.
pub fn hooked(
    wake: impl Fn() + Send + Sync + 'static,
    clone: impl Fn() + Send + Sync + 'static,
    drop: impl Fn() + Send + Sync + 'static,
) -> Waker {
    let hooks = Arc::new(Hooks { wake: Box::new(wake), clone: Box::new(clone), drop: Box::new(drop) });
    // SAFETY: `VTABLE` counts references to the `Arc<Hooks>` as `Waker` asks, and `Hooks` is `Send + Sync`.
    unsafe { Waker::from_raw(raw(hooks)) }
}

/// A waker that runs `wake` when woken.
pub fn acting(wake: impl Fn() + Send + Sync + 'static) -> Waker {
    hooked(wake, || {}, || {})
}

static VTABLE: RawWakerVTable = RawWakerVTable::new(hook_clone, hook_wake, hook_wake_by_ref, hook_drop);

fn raw(hooks: Arc<Hooks>) -> RawWaker {
    RawWaker::new(Arc::into_raw(hooks).cast(), &VTABLE)
}

// SAFETY (all four): the pointer came from `Arc::into_raw` in `raw`; by value functions take that reference over, the
// others only borrow it.
unsafe fn hook_clone(data: *const ()) -> RawWaker {
    // SAFETY: see above; borrowed.
    let hooks = ManuallyDrop::new(unsafe { Arc::from_raw(data.cast::<Hooks>()) });
    (hooks.clone)();
    raw(Arc::clone(&hooks))
}

unsafe fn hook_wake(data: *const ()) {
    // SAFETY: see above; taken over.
    let hooks = unsafe { Arc::from_raw(data.cast::<Hooks>()) };
    (hooks.wake)();
}

unsafe fn hook_wake_by_ref(data: *const ()) {
    // SAFETY: see above; borrowed.
    let hooks = ManuallyDrop::new(unsafe { Arc::from_raw(data.cast::<Hooks>()) });
    (hooks.wake)();
}

unsafe fn hook_drop(data: *const ()) {
    // SAFETY: see above; taken over.
    let hooks = unsafe { Arc::from_raw(data.cast::<Hooks>()) };
    (hooks.drop)();
}
