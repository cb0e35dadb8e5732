//! The machine as loom plays it, with a shadow word beside every word.

use super::Ordering;
use core::marker::PhantomData;
use loom::sync::atomic::AtomicUsize as Real;

pub(crate) use loom::cell::UnsafeCell;
pub(crate) use loom::sync::Arc;

/// A word and its shadow. What only reads and writes at once (`swap`, `fetch_*`) loom tracks as it should: no shadow.
#[derive(Debug)]
pub(crate) struct AtomicUsize {
    word: Real,
    shadow: Real,
}

impl AtomicUsize {
    #[track_caller]
    pub(crate) fn new(value: usize) -> Self {
        AtomicUsize { word: Real::new(value), shadow: Real::new(0) }
    }
    #[track_caller]
    fn touch(&self) {
        if shadowed() {
            // Relaxed: makes all accesses dependent for the search, synchronises nothing.
            self.shadow.fetch_add(0, Ordering::Relaxed);
        }
    }
    #[track_caller]
    pub(crate) fn load(&self, order: Ordering) -> usize {
        self.touch();
        self.word.load(order)
    }
    #[track_caller]
    pub(crate) fn store(&self, value: usize, order: Ordering) {
        self.touch();
        self.word.store(value, order);
    }
    #[track_caller]
    pub(crate) fn swap(&self, value: usize, order: Ordering) -> usize {
        self.word.swap(value, order)
    }
    #[track_caller]
    pub(crate) fn compare_exchange(
        &self,
        current: usize,
        new: usize,
        success: Ordering,
        failure: Ordering,
    ) -> Result<usize, usize> {
        self.touch();
        self.word.compare_exchange(current, new, success, failure)
    }
    #[track_caller]
    pub(crate) fn compare_exchange_weak(
        &self,
        current: usize,
        new: usize,
        success: Ordering,
        failure: Ordering,
    ) -> Result<usize, usize> {
        self.compare_exchange(current, new, success, failure)
    }
    #[track_caller]
    pub(crate) fn fetch_or(&self, bits: usize, order: Ordering) -> usize {
        self.word.fetch_or(bits, order)
    }
    #[track_caller]
    pub(crate) fn fetch_and(&self, bits: usize, order: Ordering) -> usize {
        self.word.fetch_and(bits, order)
    }
    #[track_caller]
    pub(crate) fn fetch_add(&self, value: usize, order: Ordering) -> usize {
        self.word.fetch_add(value, order)
    }
    #[track_caller]
    pub(crate) fn fetch_sub(&self, value: usize, order: Ordering) -> usize {
        self.word.fetch_sub(value, order)
    }
}

/// A hint, read and written by read-modify-writes: every order of its accesses is tried, old values are not. Each of
/// them is a branch of its own that only moves where a search begins.
#[derive(Debug)]
pub(crate) struct Hint(Real);

impl Hint {
    #[track_caller]
    pub(crate) fn new(value: usize) -> Self {
        Hint(Real::new(value))
    }
    #[track_caller]
    pub(crate) fn get(&self) -> usize {
        self.0.fetch_add(0, Ordering::Relaxed)
    }
    #[track_caller]
    pub(crate) fn set(&self, value: usize) {
        self.0.swap(value, Ordering::Relaxed);
    }
}

/// A tagged pointer, kept as its exposed address: loom's pointers have no `fetch_or`.
#[derive(Debug)]
pub(crate) struct AtomicTagged<B> {
    address: AtomicUsize,
    _points_to: PhantomData<*mut B>,
}

// SAFETY: an address is as free to travel as `AtomicPtr` is; what it points to is guarded by its users.
unsafe impl<B> Send for AtomicTagged<B> {}
// SAFETY: as above.
unsafe impl<B> Sync for AtomicTagged<B> {}

impl<B> AtomicTagged<B> {
    #[track_caller]
    pub(crate) fn new(value: *mut B) -> Self {
        AtomicTagged { address: AtomicUsize::new(value.expose_provenance()), _points_to: PhantomData }
    }
    #[track_caller]
    pub(crate) fn load(&self, order: Ordering) -> *mut B {
        core::ptr::with_exposed_provenance_mut(self.address.load(order))
    }
    #[track_caller]
    pub(crate) fn store(&self, value: *mut B, order: Ordering) {
        self.address.store(value.expose_provenance(), order);
    }
    #[track_caller]
    pub(crate) fn swap(&self, value: *mut B, order: Ordering) -> *mut B {
        core::ptr::with_exposed_provenance_mut(self.address.swap(value.expose_provenance(), order))
    }
    #[track_caller]
    pub(crate) fn compare_exchange(
        &self,
        current: *mut B,
        new: *mut B,
        success: Ordering,
        failure: Ordering,
    ) -> Result<*mut B, *mut B> {
        match self.address.compare_exchange(current.expose_provenance(), new.expose_provenance(), success, failure) {
            Ok(address) => Ok(core::ptr::with_exposed_provenance_mut(address)),
            Err(address) => Err(core::ptr::with_exposed_provenance_mut(address)),
        }
    }
    #[track_caller]
    pub(crate) fn fetch_or(&self, bits: usize, order: Ordering) -> *mut B {
        core::ptr::with_exposed_provenance_mut(self.address.fetch_or(bits, order))
    }
}

/// Whether the shadow words are in use: `CHAN_PLAIN=1` leaves them out, to look deeper in the same time.
fn shadowed() -> bool {
    static PLAIN: std::sync::OnceLock<bool> = std::sync::OnceLock::new();
    !*PLAIN.get_or_init(|| std::env::var_os("CHAN_PLAIN").is_some())
}
