//! Wakers that count, and wakers that run a test's own code in the middle of a poll or of a close.

use std::future::Future;
use std::mem::ManuallyDrop;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, RawWaker, RawWakerVTable, Wake, Waker};

/// Polls `future` once with `waker`.
pub(crate) fn poll<F: Future + ?Sized>(future: &mut Pin<Box<F>>, waker: &Waker) -> Poll<F::Output> {
    future.as_mut().poll(&mut Context::from_waker(waker))
}

/// How often it was woken.
#[derive(Default)]
pub(crate) struct Count(AtomicUsize);

impl Count {
    /// Wake-ups so far.
    pub(crate) fn wakes(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

impl Wake for Count {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

/// A waker and its count.
pub(crate) fn counting() -> (Arc<Count>, Waker) {
    let count = Arc::new(Count::default());
    (count.clone(), count.into())
}

struct Acting<F>(F);

impl<F: Fn()> Wake for Acting<F> {
    fn wake(self: Arc<Self>) {
        (self.0)();
    }
}

/// A waker that runs `action` whenever it is woken.
pub(crate) fn acting(action: impl Fn() + Send + Sync + 'static) -> Waker {
    Arc::new(Acting(action)).into()
}

/// A waker that panics when it is woken.
pub(crate) fn panicking() -> Waker {
    acting(|| panic!("bad waker"))
}

/// Counts the clones and wake-ups of a waker, and acts in one of the clones.
pub(crate) struct Clones {
    made: AtomicUsize,
    woken: AtomicUsize,
    act_at: usize,
    action: Mutex<Option<Box<dyn FnOnce() + Send>>>,
}

impl Clones {
    /// Clones made so far.
    pub(crate) fn made(&self) -> usize {
        self.made.load(Ordering::SeqCst)
    }

    /// Wake-ups since the last call.
    pub(crate) fn take_wakes(&self) -> usize {
        self.woken.swap(0, Ordering::SeqCst)
    }
}

/// A waker whose `n`-th clone (from 1; 0 is none) runs `action`: between two steps of ours, as another thread could.
pub(crate) fn acting_in_clone(n: usize, action: impl FnOnce() + Send + 'static) -> (Arc<Clones>, Waker) {
    let clones = Arc::new(Clones {
        made: AtomicUsize::new(0),
        woken: AtomicUsize::new(0),
        act_at: n,
        action: Mutex::new(Some(Box::new(action))),
    });
    // SAFETY: `VTABLE` counts references to the `Arc<Clones>` as `Waker` asks, and `Clones` is `Send + Sync`.
    let waker = unsafe { Waker::from_raw(raw(clones.clone())) };
    (clones, waker)
}

static VTABLE: RawWakerVTable = RawWakerVTable::new(raw_clone, raw_wake, raw_wake_by_ref, raw_drop);

fn raw(clones: Arc<Clones>) -> RawWaker {
    RawWaker::new(Arc::into_raw(clones).cast(), &VTABLE)
}

// SAFETY (all four): the pointer came from `Arc::into_raw` in `raw`; by value functions take that reference over, the
// others only borrow it.
unsafe fn raw_clone(data: *const ()) -> RawWaker {
    // SAFETY: see above; borrowed.
    let clones = ManuallyDrop::new(unsafe { Arc::from_raw(data.cast::<Clones>()) });
    if clones.made.fetch_add(1, Ordering::SeqCst) + 1 == clones.act_at {
        let action = clones.action.lock().unwrap().take();
        action.expect("each clone has its own number")();
    }
    raw(Arc::clone(&clones))
}

unsafe fn raw_wake(data: *const ()) {
    // SAFETY: see above; taken over.
    let clones = unsafe { Arc::from_raw(data.cast::<Clones>()) };
    clones.woken.fetch_add(1, Ordering::SeqCst);
}

unsafe fn raw_wake_by_ref(data: *const ()) {
    // SAFETY: see above; borrowed.
    let clones = ManuallyDrop::new(unsafe { Arc::from_raw(data.cast::<Clones>()) });
    clones.woken.fetch_add(1, Ordering::SeqCst);
}

unsafe fn raw_drop(data: *const ()) {
    // SAFETY: see above; taken over.
    drop(unsafe { Arc::from_raw(data.cast::<Clones>()) });
}
