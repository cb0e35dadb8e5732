//! One value and the stamp that says whose it is, and where the slots of a ring lie.

use super::stamp::Stamp;
use crate::primitive::{AtomicUsize, Ordering, UnsafeCell, weaken};
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::mem::MaybeUninit;

/// A place for one value.
pub(crate) struct Slot<T> {
    stamp: AtomicUsize,
    value: UnsafeCell<MaybeUninit<T>>,
}

// SAFETY: a value is written by the owner of one ticket and read by the owner of another, the second after the first
// by the stamp (Q2): sharing a slot moves values between threads, nothing else.
unsafe impl<T: Send> Sync for Slot<T> {}
// SAFETY: as above.
unsafe impl<T: Send> Send for Slot<T> {}

impl<T> Slot<T> {
    pub(crate) fn new(stamp: Stamp) -> Self {
        Slot { stamp: AtomicUsize::new(stamp), value: UnsafeCell::new(MaybeUninit::uninit()) }
    }

    #[inline(always)]
    pub(crate) fn stamp(&self) -> Stamp {
        // Ordering: Acquire pairs with `fill` (the value) and `clear` (the slot may be overwritten).
        self.stamp.load(weaken("stamp_relaxed", Ordering::Acquire))
    }

    /// Writes the value, then says so in the way of `P`. `true`: somebody waits for just this.
    ///
    /// # Safety
    ///
    /// The caller owns the ticket that the slot is free for (Q1, Q2).
    #[inline(always)]
    pub(crate) unsafe fn fill<P: Publish>(&self, value: T, full: Stamp) -> bool {
        self.value.with_mut(|place| {
            // SAFETY: the caller has exclusive access until the stamp below.
            unsafe { (*place).write(value) };
        });
        crate::primitive::pause_point("between ticket and stamp of a send");
        P::publish(&self.stamp, full)
    }

    /// Takes the value out, then gives the place back.
    ///
    /// # Safety
    ///
    /// The caller owns the ticket that the slot is full for, and has seen that stamp.
    #[inline(always)]
    pub(crate) unsafe fn clear(&self, free: Stamp) -> T {
        let value = self.value.with(|place| {
            // SAFETY: a place in a slot; the ticket is the caller's alone.
            let place = unsafe { &*place };
            // SAFETY: the stamp said that the value is in; it is moved out once, by the owner of the ticket.
            unsafe { place.assume_init_read() }
        });
        crate::primitive::pause_point("between ticket and stamp of a receive");
        // Ordering: Release pairs with `stamp`: the next sender writes after we have read.
        self.stamp.store(free, weaken("clear_relaxed", Ordering::Release));
        value
    }
}

/// How a send says that its value is in.
pub(crate) trait Publish {
    /// Stores the stamp. `true`: a receiver that met the half-written slot left a mark, and is to be hinted.
    fn publish(stamp: &AtomicUsize, full: Stamp) -> bool;
}

/// A plain store: nobody leaves marks, whoever meets a half-written slot comes again by itself. For channels whose
/// senders are tasks and threads, which go on soon; one read-modify-write less than marks would cost.
pub(crate) struct Unmarked;

impl Publish for Unmarked {
    #[inline(always)]
    fn publish(stamp: &AtomicUsize, full: Stamp) -> bool {
        // Ordering: Release pairs with `Slot::stamp`: the receiver sees the value.
        stamp.store(full, weaken("fill_relaxed", Ordering::Release));
        false
    }
}

/// Where the slots of a ring lie: on the heap, or in the ring itself.
pub(crate) trait Storage<T> {
    /// All slots, always the same ones.
    fn slots(&self) -> &[Slot<T>];
}

/// Slots on the heap.
pub(crate) struct Boxed<T>(Box<[Slot<T>]>);

impl<T> Boxed<T> {
    /// `capacity` slots with the given stamp.
    ///
    /// # Panics
    ///
    /// When so many cannot be allocated; the message names the number.
    pub(crate) fn new(capacity: usize, stamp: Stamp) -> Self {
        let mut slots = Vec::new();
        if slots.try_reserve_exact(capacity).is_err() {
            panic!("cannot allocate a channel of capacity {capacity} for messages of {} bytes", size_of::<T>());
        }
        slots.extend((0..capacity).map(|_| Slot::new(stamp)));
        Boxed(slots.into())
    }
}

impl<T> Storage<T> for Boxed<T> {
    #[inline(always)]
    fn slots(&self) -> &[Slot<T>] {
        &self.0
    }
}
