//! A global allocator that counts. A test binary declares it:
//! `#[global_allocator] static ALLOC: CountingAlloc = CountingAlloc::new();`

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicU64, Ordering};

/// The system's allocator with counters.
#[derive(Debug, Default)]
pub struct CountingAlloc {
    allocations: AtomicU64,
    allocated: AtomicU64,
    freed: AtomicU64,
}

/// What was allocated up to some moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    /// Calls of `alloc` and `realloc`.
    pub allocations: u64,
    /// Bytes that are allocated and not freed.
    pub live: u64,
}

impl CountingAlloc {
    /// Counters at zero.
    pub const fn new() -> Self {
        CountingAlloc { allocations: AtomicU64::new(0), allocated: AtomicU64::new(0), freed: AtomicU64::new(0) }
    }

    /// The counters now.
    pub fn read(&self) -> Reading {
        let freed = self.freed.load(Ordering::SeqCst);
        Reading {
            allocations: self.allocations.load(Ordering::SeqCst),
            live: self.allocated.load(Ordering::SeqCst) - freed,
        }
    }

    /// Allocations since `before`.
    pub fn since(&self, before: Reading) -> u64 {
        self.read().allocations - before.allocations
    }

    fn count(&self, layout: Layout) {
        self.allocations.fetch_add(1, Ordering::SeqCst);
        self.allocated.fetch_add(layout.size() as u64, Ordering::SeqCst);
    }
}

// SAFETY: every call goes to `System` unchanged; counting allocates nothing. `realloc` is the provided one, which
// comes back to `alloc` and `dealloc`.
unsafe impl GlobalAlloc for CountingAlloc {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        self.count(layout);
        // SAFETY: the caller's promise, passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        self.count(layout);
        // SAFETY: the caller's promise, passed on.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        self.freed.fetch_add(layout.size() as u64, Ordering::SeqCst);
        // SAFETY: the caller's promise, passed on.
        unsafe { System.dealloc(block, layout) }
    }
}
