//! The machine below the channels: atomics, cells, reference counts. The only files that name `core::sync::atomic`, loom
//! or shuttle, so that a model checks the shipped code. Sizes that a model needs small live here too.
//!
//! Under `cfg(chan_shuttle)` the machine is the real one on shuttle's atomics: its scheduler may switch at each access.
//! It knows sequential consistency only, and no cells: races and weak orderings are loom's.
//!
//! Under `cfg(chan_loom)` every load, store and compare-exchange first touches a shadow word by a read-modify-write.
//! Without that, loom takes a store by a thread that has loaded the word before as independent of another thread's
//! earlier load and never tries the other order (tokio-rs/loom#166, #392).

#![allow(clippy::disallowed_types)]

mod bug;
#[cfg(chan_loom)]
mod model;
#[cfg(not(chan_loom))]
mod real;

pub(crate) use bug::{bug, weaken};
#[cfg(chan_loom)]
pub(crate) use model::{Arc, AtomicTagged, AtomicUsize, Hint, UnsafeCell};
#[cfg(not(chan_loom))]
pub(crate) use real::{Arc, AtomicTagged, AtomicUsize, Hint, UnsafeCell};

pub(crate) use core::sync::atomic::Ordering;

use core::mem::MaybeUninit;
use core::ops::Deref;

/// A value with room for a cache line before and behind it. As crossbeam's `CachePadded` it shares no line with what
/// many threads write; but it does so by distance and not by alignment, because an over-aligned channel takes longer to
/// allocate and to free than everything else about it.
#[repr(C)]
pub(crate) struct CachePadded<T> {
    _before: MaybeUninit<[u8; LINE]>,
    value: T,
    _behind: MaybeUninit<[u8; LINE]>,
}

/// Bytes of a cache line. Two padded neighbours are two lines apart, for processors that fetch pairs.
const LINE: usize = 64;

impl<T> CachePadded<T> {
    pub(crate) const fn new(value: T) -> Self {
        CachePadded { _before: MaybeUninit::uninit(), value, _behind: MaybeUninit::uninit() }
    }
}

impl<T> Deref for CachePadded<T> {
    type Target = T;

    #[inline(always)]
    fn deref(&self) -> &T {
        &self.value
    }
}

/// Cells of the first chunk that a wait set allocates; each further chunk has twice as many.
#[cfg(not(any(chan_loom, chan_shuttle)))]
pub(crate) const FIRST_CHUNK: usize = 4;
/// Two cells a chunk: growth happens within a model's three waiters.
#[cfg(any(chan_loom, chan_shuttle))]
pub(crate) const FIRST_CHUNK: usize = 2;

/// Chunks of a wait set: 4 + 8 + .. cells, 67 million in all.
#[cfg(not(chan_loom))]
pub(crate) const CHUNKS: usize = 24;
/// Six cells beside the inline one: more than a model has waiters.
#[cfg(chan_loom)]
pub(crate) const CHUNKS: usize = 2;

/// Most slots of a block of an unbounded queue.
#[cfg(not(any(chan_loom, chan_shuttle)))]
pub(crate) const BLOCK_SLOTS: usize = 62;
/// Two slots a block: a model crosses a boundary with its second message.
#[cfg(any(chan_loom, chan_shuttle))]
pub(crate) const BLOCK_SLOTS: usize = 2;

/// Blocks that an unbounded queue keeps for its next boundaries.
#[cfg(not(any(chan_loom, chan_shuttle)))]
pub(crate) const SPARE_BLOCKS: usize = 24;
/// One: a model must see blocks come again.
#[cfg(any(chan_loom, chan_shuttle))]
pub(crate) const SPARE_BLOCKS: usize = 1;

/// Kinds of signals: a bit each in a word of 32, beside two flags.
#[cfg(not(chan_loom))]
pub(crate) const KINDS: usize = crate::SIGNAL_KINDS;
/// Two: a model needs one beside another.
#[cfg(chan_loom)]
pub(crate) const KINDS: usize = 2;

/// How often a waiter is woken for nothing before newcomers queue behind it once.
#[cfg(not(any(chan_loom, chan_shuttle)))]
pub(crate) const PATIENCE: u8 = 16;
/// The first bypass already counts, so that models reach the fairness rule.
#[cfg(any(chan_loom, chan_shuttle))]
pub(crate) const PATIENCE: u8 = 1;

/// Bits of a claim word that number the cases of a select; as many number its offers. The rest counts the selects that
/// use the word one after the other.
pub(crate) const CASE_BITS: u32 = if usize::BITS < 64 { 8 } else { 16 };

/// After so many selects more a claim word is not used again, or when its counter is full.
#[cfg(not(any(chan_loom, chan_shuttle)))]
pub(crate) const GENERATIONS: usize = usize::MAX;
/// A model sees a word come again twice, and then a new one.
#[cfg(any(chan_loom, chan_shuttle))]
pub(crate) const GENERATIONS: usize = 2;

/// A named place where a test may suspend the running thread.
#[cfg(all(test, not(chan_loom)))]
pub(crate) fn pause_point(place: &'static str) {
    pause::reached(place);
}
/// A named place where a test may suspend the running thread; nothing in shipped code.
#[cfg(not(all(test, not(chan_loom))))]
#[inline(always)]
pub(crate) fn pause_point(_place: &'static str) {}

#[cfg(all(test, not(chan_loom)))]
pub(crate) mod pause {
    //! Suspends a thread at a [`pause_point`](super::pause_point): the windows that the documentation names are tested
    //! by stopping in them.
    use std::cell::RefCell;
    use std::string::String;
    use std::sync::mpsc::{Receiver, Sender, channel};

    struct Stop {
        place: String,
        reached: Sender<()>,
        resume: Receiver<()>,
    }

    std::thread_local! {
        static STOP: RefCell<Option<Stop>> = const { RefCell::new(None) };
    }

    /// The other end of a stop: waits until it is reached, lets the thread go on when dropped.
    pub(crate) struct Gate {
        reached: Receiver<()>,
        _resume: Sender<()>,
    }

    impl Gate {
        /// Waits until the thread stands at the place.
        pub(crate) fn wait(&self) {
            assert!(self.reached(), "the thread ended before it came to the place");
        }

        /// Waits until the thread stands at the place (`true`) or will not come there.
        pub(crate) fn reached(&self) -> bool {
            self.reached.recv().is_ok()
        }
    }

    /// The gate, and what the thread to be stopped must call first.
    pub(crate) fn stop_at(place: &str) -> (Gate, impl FnOnce() + Send + use<>) {
        let (reached, was_reached) = channel();
        let (resume, resumed) = channel();
        let stop = Stop { place: place.into(), reached, resume: resumed };
        (Gate { reached: was_reached, _resume: resume }, move || STOP.with(|slot| *slot.borrow_mut() = Some(stop)))
    }

    std::thread_local! {
        /// How many accesses of shared words are left before the thread stops.
        static FREEZE: RefCell<Option<(usize, Stop)>> = const { RefCell::new(None) };
    }

    /// As [`stop_at`], before the `n`-th access to a shared word. The thread's last words are whether it came so far.
    pub(crate) fn freeze_before(n: usize) -> (Gate, impl FnOnce() + Send + use<>) {
        let (reached, was_reached) = channel();
        let (resume, resumed) = channel();
        let stop = Stop { place: String::new(), reached, resume: resumed };
        (Gate { reached: was_reached, _resume: resume }, move || {
            FREEZE.with(|slot| *slot.borrow_mut() = Some((n, stop)))
        })
    }

    /// The thread will not be frozen any more; lets a waiting gate know that it was not.
    pub(crate) fn thaw() {
        FREEZE.with(|slot| slot.borrow_mut().take());
    }

    /// An access of a shared word.
    pub(crate) fn step() {
        let stop = FREEZE.with(|slot| {
            let mut slot = slot.try_borrow_mut().ok()?;
            let (left, _) = slot.as_mut()?;
            if *left > 0 {
                *left -= 1;
                return None;
            }
            slot.take()
        });
        if let Some((_, stop)) = stop {
            let _ = stop.reached.send(());
            let _ = stop.resume.recv();
        }
    }

    pub(super) fn reached(place: &'static str) {
        let stop = STOP.with(|slot| {
            let mut slot = slot.borrow_mut();
            match &*slot {
                Some(stop) if stop.place == place => slot.take(),
                _ => None,
            }
        });
        if let Some(stop) = stop {
            let _ = stop.reached.send(());
            // Ends with an error when the gate is dropped: that is the signal.
            let _ = stop.resume.recv();
        }
    }
}
