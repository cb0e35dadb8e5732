//! The only file here that names atomics. They count: nothing of `select!`'s correctness rests on them.
//!
//! `chan-core` has a shim of its own, for model checking. What is counted here takes no part in any protocol that a
//! model could explore, and a shared shim would make core's insides public.

use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// A number that differs from call to call on one thread, and mostly between threads.
pub(crate) fn ticks() -> usize {
    static TICKS: AtomicUsize = AtomicUsize::new(0);
    // A load and a store, not a read-modify-write: small targets have none, and where two threads overwrite each other
    // their stacks still tell them apart. What may happen is that a seed comes twice, far apart.
    let now = TICKS.load(Relaxed).wrapping_add(1);
    TICKS.store(now, Relaxed);
    now
}

#[cfg(feature = "alloc")]
pub(crate) use counter::Counter;

#[cfg(feature = "alloc")]
mod counter {
    use core::sync::atomic::{
        AtomicUsize,
        Ordering::{AcqRel, Acquire, Relaxed},
    };

    /// How many are still at work.
    #[derive(Debug, Default)]
    pub(crate) struct Counter(AtomicUsize);

    impl Counter {
        pub(crate) const fn new() -> Self {
            Counter(AtomicUsize::new(0))
        }

        /// `None` when it would overflow; nothing is added then.
        pub(crate) fn add(&self, n: usize) -> Option<()> {
            // Ordering: Relaxed, a count alone. Who adds has a reason of its own to know that nobody has finished
            // waiting yet.
            self.0.fetch_update(Relaxed, Relaxed, |count| count.checked_add(n)).ok().map(drop)
        }

        /// The count after it, or `None` when there was nothing to take.
        pub(crate) fn take_one(&self) -> Option<usize> {
            // Ordering: Release pairs with the Acquire in `get`: what a worker wrote is seen by who waited for it.
            // Acquire as well, so that the last one passes on what the others released.
            self.0.fetch_update(AcqRel, Relaxed, |count| count.checked_sub(1)).ok().map(|before| before - 1)
        }

        pub(crate) fn get(&self) -> usize {
            // Ordering: see `take_one`.
            self.0.load(Acquire)
        }
    }
}
