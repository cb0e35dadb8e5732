//! The real machine; under `cfg(chan_shuttle)` with atomics at which shuttle may switch threads.

#![forbid(unsafe_code)]

use super::Ordering;
#[cfg(not(chan_shuttle))]
use core::sync::atomic::{AtomicPtr, AtomicUsize as Real};
#[cfg(chan_shuttle)]
use shuttle::sync::atomic::{AtomicPtr, AtomicUsize as Real};

pub(crate) use alloc::sync::Arc;

#[cfg(test)]
use super::pause::step;
/// A test may freeze the thread before any access to a shared word; nothing in shipped code.
#[cfg(not(test))]
#[inline(always)]
fn step() {}

/// A word.
#[derive(Debug, Default)]
#[repr(transparent)]
pub(crate) struct AtomicUsize(Real);

impl AtomicUsize {
    pub(crate) const fn new(value: usize) -> Self {
        AtomicUsize(Real::new(value))
    }
    #[inline(always)]
    pub(crate) fn load(&self, order: Ordering) -> usize {
        step();
        self.0.load(order)
    }
    #[inline(always)]
    pub(crate) fn store(&self, value: usize, order: Ordering) {
        step();
        self.0.store(value, order);
    }
    #[inline(always)]
    pub(crate) fn swap(&self, value: usize, order: Ordering) -> usize {
        step();
        self.0.swap(value, order)
    }
    #[inline(always)]
    pub(crate) fn compare_exchange(
        &self,
        current: usize,
        new: usize,
        success: Ordering,
        failure: Ordering,
    ) -> Result<usize, usize> {
        step();
        self.0.compare_exchange(current, new, success, failure)
    }
    #[inline(always)]
    pub(crate) fn compare_exchange_weak(
        &self,
        current: usize,
        new: usize,
        success: Ordering,
        failure: Ordering,
    ) -> Result<usize, usize> {
        step();
        self.0.compare_exchange_weak(current, new, success, failure)
    }
    #[inline(always)]
    pub(crate) fn fetch_or(&self, bits: usize, order: Ordering) -> usize {
        step();
        self.0.fetch_or(bits, order)
    }
    #[inline(always)]
    pub(crate) fn fetch_and(&self, bits: usize, order: Ordering) -> usize {
        step();
        self.0.fetch_and(bits, order)
    }
    #[inline(always)]
    pub(crate) fn fetch_add(&self, value: usize, order: Ordering) -> usize {
        step();
        self.0.fetch_add(value, order)
    }
    #[inline(always)]
    pub(crate) fn fetch_sub(&self, value: usize, order: Ordering) -> usize {
        step();
        self.0.fetch_sub(value, order)
    }
}

/// A number that is only a hint: where to begin a search, what was done last. Any value, however old, is correct, so
/// its accesses are relaxed and order nothing.
#[derive(Debug)]
#[repr(transparent)]
pub(crate) struct Hint(Real);

impl Hint {
    pub(crate) const fn new(value: usize) -> Self {
        Hint(Real::new(value))
    }
    #[inline(always)]
    pub(crate) fn get(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
    #[inline(always)]
    pub(crate) fn set(&self, value: usize) {
        self.0.store(value, Ordering::Relaxed);
    }
}

/// A pointer whose low bits, free by alignment, carry more.
#[derive(Debug)]
#[repr(transparent)]
pub(crate) struct AtomicTagged<B>(AtomicPtr<B>);

impl<B> AtomicTagged<B> {
    pub(crate) const fn new(value: *mut B) -> Self {
        AtomicTagged(AtomicPtr::new(value))
    }
    #[inline(always)]
    pub(crate) fn load(&self, order: Ordering) -> *mut B {
        step();
        self.0.load(order)
    }
    #[inline(always)]
    pub(crate) fn store(&self, value: *mut B, order: Ordering) {
        step();
        self.0.store(value, order);
    }
    #[inline(always)]
    pub(crate) fn swap(&self, value: *mut B, order: Ordering) -> *mut B {
        step();
        self.0.swap(value, order)
    }
    #[inline(always)]
    pub(crate) fn compare_exchange(
        &self,
        current: *mut B,
        new: *mut B,
        success: Ordering,
        failure: Ordering,
    ) -> Result<*mut B, *mut B> {
        step();
        self.0.compare_exchange(current, new, success, failure)
    }
    #[inline(always)]
    pub(crate) fn fetch_or(&self, bits: usize, order: Ordering) -> *mut B {
        step();
        self.0.fetch_or(bits, order)
    }
}

/// A cell that is shared under rules of our own; reached through closures, as loom's is.
#[derive(Debug)]
#[repr(transparent)]
pub(crate) struct UnsafeCell<T>(core::cell::UnsafeCell<T>);

impl<T> UnsafeCell<T> {
    pub(crate) const fn new(value: T) -> Self {
        UnsafeCell(core::cell::UnsafeCell::new(value))
    }
    #[inline(always)]
    pub(crate) fn with<R>(&self, f: impl FnOnce(*const T) -> R) -> R {
        f(self.0.get())
    }
    #[inline(always)]
    pub(crate) fn with_mut<R>(&self, f: impl FnOnce(*mut T) -> R) -> R {
        f(self.0.get())
    }
}
