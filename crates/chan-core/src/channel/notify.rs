//! Waking: who owes a hint pays it, and counts what came while it paid. Runs wakers; holds nothing while it does.

#![forbid(unsafe_code)]

use crate::primitive::bug;
use crate::queue::Armed;
use crate::wait::{Set, Tag};
use core::mem;
use core::task::Waker;

/// Hints one waiter, then arms the wait bit again if others remain, and hints for what came in between.
///
/// `arm` sets the bit by a read-modify-write and returns the word; `distance` counts the operations between two words.
/// Nothing that came after `seen` goes unannounced: it saw the bit, or it is counted here (C2).
pub(super) fn notify<P, M: Copy>(
    waiters: &Set<P>,
    seen: M,
    arm: &impl Fn() -> Armed<M>,
    distance: &impl Fn(M, M) -> usize,
) {
    hint(waiters, 1, seen, arm, distance);
}

fn hint<P, M: Copy>(
    waiters: &Set<P>,
    mut owed: usize,
    mut seen: M,
    arm: &impl Fn() -> Armed<M>,
    distance: &impl Fn(M, M) -> usize,
) {
    loop {
        let Some(waker) = waiters.hint() else { return };
        owed -= 1;
        if owed == 0 && !bug("no_rearm") && waiters.any_waiting() {
            let now = arm();
            // Nothing there: whatever came has been taken.
            owed = if now.ready && !bug("no_distance") { distance(seen, now.mark) } else { 0 };
            if owed == usize::MAX {
                // Not known: one more, then ask again with the old mark, until nothing is left or nobody waits.
                owed = 1;
            } else {
                seen = now.mark;
            }
        }
        if owed == 0 {
            waker.wake();
            return;
        }
        // A waker that panics must not leave the others asleep.
        let rest = Finally(|| hint(waiters, owed, seen, arm, distance));
        waker.wake();
        mem::forget(rest);
    }
}

/// Hints everybody.
pub(super) fn notify_all<P>(waiters: &Set<P>) {
    while let Some(waker) = waiters.hint() {
        let rest = Finally(|| notify_all(waiters));
        waker.wake();
        mem::forget(rest);
    }
}

/// Passes one hint on.
pub(super) fn pass_on<P>(waiters: &Set<P>) {
    pass_on_to_others(waiters, Tag::NOBODYS);
}

/// Passes one hint on, past the operations of one select.
pub(super) fn pass_on_to_others<P>(waiters: &Set<P>, except: Tag) {
    if let Some(waker) = waiters.hint_other(except) {
        waker.wake();
    }
}

/// Wakes by reference: the task polls again at once.
pub(super) fn again(waker: &Waker) {
    waker.wake_by_ref();
}

/// Runs its closure when it is dropped, that is, when what stands between panics.
pub(super) struct Finally<F: FnMut()>(pub(super) F);

impl<F: FnMut()> Drop for Finally<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}
