//! Models of the wait set alone: park, hint, leave, growth, and cells that are used again. A hint is never lost: it is
//! delivered to exactly one waiter, or whoever gives it knows that nobody took it.

use super::{Set, Waiter};
use crate::model::{Flag, explore};
use crate::primitive::Arc;
use core::task::Waker;

fn waker() -> (alloc::sync::Arc<Flag>, Waker) {
    let flag = Flag::new(false);
    (flag.clone(), Waker::from(flag))
}

/// One waiter that leaves beside one hint: either the waiter has it, or the giver still has.
#[test]
fn leave_against_hint() {
    explore("leave_against_hint", 20, || {
        let set = Arc::new(Set::<()>::new());
        let mut waiter = Waiter::new();
        let (flag, waker) = waker();
        assert!(waiter.park(&set, &waker));
        let other = set.clone();
        let leaving = loom::thread::spawn(move || waiter.leave(&other));
        let given = set.hint();
        let delivered = given.is_some();
        drop(given);
        assert_eq!(leaving.join().unwrap(), delivered, "a hint is owned by exactly one side");
        assert!(!flag.peek());
        assert!(set.is_unused(), "the cell is given back exactly once");
    });
}

/// Two waiters, the first leaves beside the hint: the second gets what the first has not.
#[test]
fn a_hint_passes_over_one_that_leaves() {
    explore("a_hint_passes_over_one_that_leaves", 20, || {
        let set = Arc::new(Set::<()>::new());
        let (mut first, mut second) = (Waiter::new(), Waiter::new());
        let (_, waker) = waker();
        assert!(first.park(&set, &waker) && second.park(&set, &waker));
        let other = set.clone();
        let leaving = loom::thread::spawn(move || first.leave(&other));
        let given = set.hint();
        assert!(given.is_some(), "somebody waits all the time");
        drop(given);
        let first_has_it = leaving.join().unwrap();
        assert_ne!(first_has_it, second.take_hint(&set), "one hint, one owner");
        let _ = second.leave(&set);
        assert!(set.is_unused());
    });
}

/// Two hints for two waiters, given at the same time: each gets one.
#[test]
fn two_hints_two_waiters() {
    explore("two_hints_two_waiters", 20, || {
        let set = Arc::new(Set::<()>::new());
        let (mut first, mut second) = (Waiter::new(), Waiter::new());
        let (_, waker) = waker();
        assert!(first.park(&set, &waker) && second.park(&set, &waker));
        let other = set.clone();
        let giver = loom::thread::spawn(move || other.hint().is_some());
        assert!(set.hint().is_some());
        assert!(giver.join().unwrap());
        assert!(first.leave(&set) && second.leave(&set));
    });
}

/// A waiter that parks, leaves and parks again in the same cell beside a hint: the waker of the right life is given.
#[test]
fn a_cell_is_used_again() {
    explore("a_cell_is_used_again", 20, || {
        let set = Arc::new(Set::<()>::new());
        let (_, waker) = waker();
        let other = set.clone();
        let giver = loom::thread::spawn(move || {
            let given = other.hint();
            if let Some(waker) = &given {
                waker.wake_by_ref();
            }
            given.is_some()
        });
        let mut owned = 0;
        let mut waiter = Waiter::new();
        assert!(waiter.park(&set, &waker));
        owned += usize::from(waiter.leave(&set));
        assert!(waiter.park(&set, &waker));
        let given = usize::from(giver.join().unwrap());
        owned += usize::from(waiter.leave(&set));
        assert_eq!(owned, given);
        assert!(set.is_unused());
    });
}

/// A waiter whose task has moved parks anew beside a hint: it has the hint, or the giver has it still, or it went to the
/// new waker. (A hint that comes to the old one is taken in by parking; the caller looks after that.)
#[test]
fn another_waker_against_a_hint() {
    explore("another_waker_against_a_hint", 20, || {
        let set = Arc::new(Set::<()>::new());
        let mut waiter = Waiter::new();
        let ((_, old), (_, new)) = (waker(), waker());
        assert!(waiter.park(&set, &old));
        let other = set.clone();
        let giver = loom::thread::spawn(move || {
            if let Some(waker) = other.hint() {
                waker.wake();
            }
        });
        assert!(waiter.park(&set, &new), "newly parked: the caller looks again");
        giver.join().unwrap();
        let _ = waiter.leave(&set);
        assert!(set.is_unused());
    });
}

/// Three operations take cells at the same time, through the growth of the set: each gets its own.
#[test]
fn growth() {
    explore("growth", 20, || {
        let set = Arc::new(Set::<()>::new());
        let (one, two) = (set.clone(), set.clone());
        let one = loom::thread::spawn(move || one.acquire());
        let two = loom::thread::spawn(move || two.acquire());
        let three = set.acquire();
        let (one, two) = (one.join().unwrap(), two.join().unwrap());
        assert!(one != two && two != three && one != three);
        [one, two, three].into_iter().for_each(|id| set.free(id));
        assert!(set.is_unused());
    });
}

/// A cell that is freed in one thread and taken in another: what the first did to it comes before.
#[test]
fn freed_and_taken() {
    explore("freed_and_taken", 50, || {
        let set = Arc::new(Set::<()>::new());
        let (_, waker) = waker();
        let (other, theirs) = (set.clone(), waker.clone());
        let thread = loom::thread::spawn(move || {
            let mut waiter = Waiter::new();
            waiter.park(&other, &theirs);
            waiter.leave(&other)
        });
        let mut waiter = Waiter::new();
        waiter.park(&set, &waker);
        assert!(!waiter.leave(&set));
        assert!(!thread.join().unwrap());
        assert!(set.is_unused());
    });
}
