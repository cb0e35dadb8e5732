//! Models of the wait set alone: park, hint, leave, growth, and cells that are used again. A hint is never lost: it is
//! delivered to exactly one waiter, or whoever gives it knows that nobody took it.

use super::{Attempt, Board, Claim, Home, Post, Set, Waiter};
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

// ------------------------------------------------------------------------------------------ kept selects (`board.rs`)

/// A kept select leaves beside a hint for its case, and a plain waiter is parked behind it: the plain one gets the hint,
/// from the giver, that found the select away, or from the select, that found the mark (B1).
#[test]
fn a_hint_and_a_kept_select_that_leaves() {
    explore("a_hint_and_a_kept_select_that_leaves", 55, || {
        let set = Arc::new(Set::<()>::new());
        let (mut kept, mut plain) = (Waiter::new(), Waiter::new());
        let mut board = Board::new();
        board.grow(1);
        board.arrive();
        let (_, waker) = waker();
        kept.park(&set, board.waker(0));
        plain.park(&set, &waker);
        let other = set.clone();
        let giver = loom::thread::spawn(move || {
            if let Some(waker) = other.hint() {
                waker.wake();
            }
        });
        board.leave();
        board.collect(|_, _| {
            if kept.leave(&set)
                && let Some(waker) = set.hint()
            {
                waker.wake();
            }
        });
        giver.join().unwrap();
        assert!(plain.take_hint(&set), "the hint stayed with a select that is away");
        let _ = (plain.leave(&set), kept.leave(&set));
    });
}

/// A case is removed from a select that is away, beside a hint for it: the plain waiter behind gets the hint.
#[test]
fn a_hint_and_a_case_that_is_removed() {
    explore("a_hint_and_a_case_that_is_removed", 210, || {
        let set = Arc::new(Set::<()>::new());
        let (mut kept, mut plain) = (Waiter::new(), Waiter::new());
        let mut board = Board::new();
        board.grow(1);
        let (_, waker) = waker();
        kept.park(&set, board.waker(0));
        plain.park(&set, &waker);
        let other = set.clone();
        let giver = loom::thread::spawn(move || {
            if let Some(waker) = other.hint() {
                waker.wake();
            }
        });
        if kept.leave(&set)
            && let Some(waker) = set.hint()
        {
            waker.wake();
        }
        drop(board);
        giver.join().unwrap();
        assert!(plain.leave(&set), "the hint went with the case");
        assert!(set.is_unused());
    });
}

/// A kept select arrives, looks and goes to sleep beside a hint: it finds what the hint was for, or is woken (B1, B2).
#[test]
fn a_hint_and_a_kept_select_that_arrives() {
    explore("a_hint_and_a_kept_select_that_arrives", 60, || {
        let set = Arc::new(Set::<()>::new());
        let item = Arc::new(crate::primitive::UnsafeCell::new(0));
        let mut kept = Waiter::new();
        let mut board = Board::new();
        board.grow(1);
        kept.park(&set, board.waker(0));
        let (other, put) = (set.clone(), item.clone());
        let giver = loom::thread::spawn(move || {
            put.with_mut(|place| {
                // SAFETY: of this thread alone until the hint; loom checks it.
                unsafe { *place = 1 };
            });
            if let Some(waker) = other.hint() {
                waker.wake();
            }
        });
        let (flag, task) = waker();
        let mut found = false;
        let mut look = |board: &mut Board| {
            board.collect(|_, _| {
                item.with(|place| {
                    // SAFETY: the mark says that the item is there; loom checks it.
                    found |= unsafe { *place } == 1;
                });
                if !kept.take_hint(&set) {
                    // Marked before the hint was delivered? Then it would not be told again (B2).
                    found = false;
                }
            });
            found
        };
        board.arrive();
        let found = look(&mut board) || board.sleep(&task) && look(&mut board);
        giver.join().unwrap();
        assert!(found || flag.peek(), "asleep on an item");
        board.leave();
        let _ = kept.leave(&set);
    });
}

/// A mark beside a task that goes to sleep.
#[test]
fn a_mark_and_a_task_that_goes_to_sleep() {
    explore("a_mark_and_a_task_that_goes_to_sleep", 30, || {
        let mut board = Board::new();
        board.grow(1);
        board.arrive();
        let place = board.waker(0).clone();
        let marker = loom::thread::spawn(move || place.wake());
        let (flag, task) = waker();
        let marked = board.sleep(&task);
        marker.join().unwrap();
        assert!(marked || flag.peek());
        assert!(board.sleep(&task), "a mark is there until it is collected");
    });
}

/// Two marks, from two threads, beside a task that has moved: the new task is woken, or the marks are seen.
#[test]
fn two_marks_and_a_task_that_has_moved() {
    explore("two_marks_and_a_task_that_has_moved", 1250, || {
        let mut board = Board::new();
        board.grow(2);
        board.arrive();
        let (_, old) = waker();
        assert!(!board.sleep(&old));
        let (first, second) = (board.waker(0).clone(), board.waker(1).clone());
        let one = loom::thread::spawn(move || first.wake());
        let two = loom::thread::spawn(move || second.wake());
        let (flag, new) = waker();
        let marked = board.sleep(&new);
        one.join().unwrap();
        two.join().unwrap();
        assert!(marked || flag.peek());
        let mut seen = 0;
        board.collect(|_, marks| seen |= marks);
        assert_eq!(seen, 3);
    });
}

// ---------------------------------------------------------------------------------- the word of a select, by itself

/// A select's claim, asleep.
fn asleep(home: &mut Home) -> Claim {
    let claim = home.next();
    assert_eq!(claim.sleep(), Some(false));
    claim
}

fn won(attempt: Attempt) -> bool {
    matches!(attempt, Attempt::Won)
}

/// Two peers try two offers beside the select's own end: one of the three comes first, the others learn it.
#[test]
fn one_of_two_peers_or_the_select() {
    explore("one_of_two_peers_or_the_select", 280, || {
        let claim = asleep(&mut Home::default());
        let posts = [Post::new(0, 0), Post::new(1, 1)];
        let peers = posts.map(|post| {
            let claim = claim.clone();
            loom::thread::spawn(move || won(claim.attempt(post, true)))
        });
        let end = claim.cancel();
        let told = posts.map(|post| claim.end(post));
        let won = peers.map(|peer| peer.join().unwrap());
        assert_eq!(told, won, "who was taken is told, and nobody else");
        let case = won.iter().position(|won| *won);
        assert_eq!(end.err().flatten(), case);
    });
}

/// A peer that meets the select busy, parked as it is, is heard of: by the sleep that follows.
#[test]
fn a_poke_is_heard() {
    explore("a_poke_is_heard", 770, || {
        let claim = asleep(&mut Home::default());
        let peers = [0, 1].map(|case| {
            let claim = claim.clone();
            loom::thread::spawn(move || claim.attempt(Post::new(case, case), true))
        });
        let begun = claim.begin();
        let heard = begun.is_ok() && claim.sleep() == Some(true);
        let met = peers.map(|peer| peer.join().unwrap());
        let busy = met.iter().any(|met| matches!(met, Attempt::Busy));
        assert_eq!(busy, heard, "{begun:?}");
        assert!(begun.is_ok() || met.into_iter().any(won));
    });
}

/// A peer with a claim of the first of three selects at one home: it wins in the first or not at all.
#[test]
fn a_claim_is_good_for_one_select() {
    explore("a_claim_is_good_for_one_select", 330, || {
        let mut home = Home::default();
        let first = asleep(&mut home);
        let theirs = first.clone();
        let peer = loom::thread::spawn(move || won(theirs.attempt(Post::new(0, 0), true)));
        let taken = first.cancel().is_err();
        if taken {
            assert!(first.end(Post::new(0, 0)));
        }
        for _ in 0..2 {
            let next = asleep(&mut home);
            assert_eq!(next.begin(), Ok(()), "nobody has this claim");
            next.finish();
        }
        assert_eq!(peer.join().unwrap(), taken);
    });
}
