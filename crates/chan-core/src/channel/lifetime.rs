//! Who holds a channel: handles are counted on each side, the last one of a side closes, the last receiver drops what
//! is queued. Memory is the reference count's business (the handles').

#![forbid(unsafe_code)]

use super::notify::Finally;
use super::{Channel, Plane};
use crate::primitive::{AtomicUsize, Ordering};
use core::mem;

/// Handles of one side.
pub(super) struct Count(AtomicUsize);

/// More handles than memory could hold: leaked clones in a loop.
const LIMIT: usize = usize::MAX / 2;

impl Count {
    pub(super) fn one() -> Self {
        Count(AtomicUsize::new(1))
    }

    fn add(&self) {
        // Relaxed: a handle is made from a handle, the count is not zero and orders nothing.
        let old = self.0.fetch_add(1, Ordering::Relaxed);
        assert!(old < LIMIT, "more than {LIMIT} handles of one side of a channel");
    }

    /// Adds one unless there is none.
    fn try_add(&self) -> bool {
        let mut count = self.get();
        while count != 0 && count < LIMIT {
            match self.0.compare_exchange_weak(count, count + 1, Ordering::AcqRel, Ordering::Acquire) {
                Ok(_) => return true,
                Err(now) => count = now,
            }
        }
        false
    }

    /// Whether it was the last.
    fn remove(&self) -> bool {
        // Ordering: AcqRel: what every handle did comes before what the last one does.
        self.0.fetch_sub(1, Ordering::AcqRel) == 1
    }

    pub(super) fn get(&self) -> usize {
        self.0.load(Ordering::Acquire)
    }
}

/// States of `Channel::discarding`.
const NOBODY: usize = 0;
const BUSY: usize = 1;
/// Somebody is at it and must look again.
const AGAIN: usize = 2;

impl<T> Channel<T> {
    pub(crate) fn add_sender(&self) {
        self.senders.add();
    }

    /// For weak handles: `false` when no sender is left.
    pub(crate) fn try_add_sender(&self) -> bool {
        self.senders.try_add()
    }

    /// The last sender closes.
    pub(crate) fn drop_sender(&self) {
        let sweep = Finally(|| self.sweep_up());
        if self.senders.remove() {
            self.close();
        }
        drop(sweep);
    }

    pub(crate) fn sender_count(&self) -> usize {
        self.senders.get()
    }

    pub(crate) fn add_receiver(&self) {
        self.receivers.add();
    }

    /// For weak handles: `false` when no receiver is left.
    pub(crate) fn try_add_receiver(&self) -> bool {
        self.receivers.try_add()
    }

    /// The last receiver closes and drops what is queued.
    pub(crate) fn drop_receiver(&self) {
        if self.receivers.remove() {
            let discard = Finally(|| self.discard());
            self.close();
            drop(discard);
        }
    }

    pub(crate) fn receiver_count(&self) -> usize {
        self.receivers.get()
    }

    /// After a close by the last receiver a send that was half way may still have put its message in: it, or another
    /// of its side, drops it here.
    #[cold]
    pub(crate) fn sweep_up(&self) {
        // Ordering: a read-modify-write, as the last receiver's: either we see that it has gone, or it sees our message.
        // (A load could be served before the stamp of our message is seen, and its look at the stamp before that.)
        if self.receivers.0.fetch_add(0, Ordering::AcqRel) == 0 {
            self.discard();
        }
    }

    /// Drops everything queued, one message at a time, each outside any step of ours.
    ///
    /// One caller at a time: a message may hold a sender of this channel, whose drop comes here again, once for each
    /// message and ever deeper in the stack. Whoever finds somebody at it leaves word.
    fn discard(&self) {
        // Ordering: AcqRel: who is at it sees our message when it looks again.
        if self.discarding.swap(AGAIN, Ordering::AcqRel) == NOBODY {
            self.discard_all();
        }
    }

    fn discard_all(&self) {
        loop {
            self.discarding.swap(BUSY, Ordering::AcqRel);
            self.discard_queued();
            if self.discarding.compare_exchange(BUSY, NOBODY, Ordering::AcqRel, Ordering::Relaxed).is_ok() {
                return;
            }
        }
    }

    fn discard_queued(&self) {
        loop {
            let left = match &self.plane {
                Plane::Bounded(plane) => plane.try_recv().ok(),
                Plane::Unbounded(plane) => plane.try_recv().ok(),
                Plane::Rendezvous(plane) => plane.take_left(),
            };
            let Some(message) = left else { return };
            // A destructor that panics must not keep the rest alive.
            let rest = Finally(|| self.discard_all());
            drop(message);
            mem::forget(rest);
        }
    }
}
