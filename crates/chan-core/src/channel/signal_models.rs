//! Models of the control lane: a raise against a park, kinds, handles, tasks that share a handle, the close. The end is a
//! quiet state: nobody sleeps on a signal that its handle has not seen, and no handle saw more than was raised.

use super::signals::{Seen, Signals};
use crate::error::TryRecvError;
use crate::model::{Flag, explore};
use crate::primitive::{Arc, UnsafeCell};
use crate::wait::Waiter;
use alloc::vec::Vec;
use core::task::Waker;

/// One task that waits for signals by a handle, polled by hand.
struct Wait {
    waiter: Waiter,
    flag: alloc::sync::Arc<Flag>,
    parked: bool,
    saw: Vec<usize>,
    closed: bool,
}

impl Wait {
    fn new() -> Self {
        Wait { waiter: Waiter::new(), flag: Flag::new(true), parked: false, saw: Vec::new(), closed: false }
    }

    fn look(&mut self, lane: &Signals, seen: &Seen) -> bool {
        lane.take_hint(&mut self.waiter);
        match lane.look(seen, |_| true) {
            Ok(kind) => self.saw.push(kind),
            Err(TryRecvError::Closed) => self.closed = true,
            Err(TryRecvError::Empty) => return false,
        }
        lane.leave(&mut self.waiter);
        self.parked = false;
        true
    }

    /// One poll, as `RecvSignal`'s.
    fn poll(&mut self, lane: &Signals, seen: &Seen) {
        self.flag.take();
        let waker = Waker::from(self.flag.clone());
        if !self.look(lane, seen) {
            lane.register(&mut self.waiter, &waker);
            self.parked = true;
            self.look(lane, seen);
        }
    }

    fn cancel(&mut self, lane: &Signals) {
        lane.leave(&mut self.waiter);
        self.parked = false;
    }

    /// Polls as long as it is woken; nobody else is left.
    fn settle(&mut self, lane: &Signals, seen: &Seen) {
        while self.parked && self.flag.peek() {
            self.poll(lane, seen);
        }
        if self.parked {
            let left = lane.peek(seen, |_| true);
            assert_eq!(left, Err(TryRecvError::Empty), "asleep on a signal, or on a closed lane");
        }
    }

    /// Takes what is left without waiting.
    fn drain(&mut self, lane: &Signals, seen: &Seen) {
        while !self.closed && self.look(lane, seen) {}
        self.cancel(lane);
    }
}

/// A wait that parks beside a raise is woken by it, or sees it.
#[test]
fn raise_against_park() {
    explore("raise_against_park", 500, || {
        let lane = Arc::new(Signals::new());
        let theirs = lane.clone();
        let raiser = loom::thread::spawn(move || assert!(theirs.raise(0)));
        let (seen, mut wait) = (Seen::new(), Wait::new());
        wait.poll(&lane, &seen);
        raiser.join().unwrap();
        wait.settle(&lane, &seen);
        wait.cancel(&lane);
        assert_eq!(wait.saw, [0]);
    });
}

/// What the raiser did before is seen behind its signal, also when the kind was raised before.
#[test]
fn a_raise_happens_before_its_receipt() {
    explore("a_raise_happens_before_its_receipt", 14, || {
        let shared = Arc::new((Signals::new(), UnsafeCell::new(0)));
        let seen = Seen::new();
        assert!(shared.0.raise(0));
        assert_eq!(shared.0.look(&seen, |_| true), Ok(0));
        let theirs = shared.clone();
        let raiser = loom::thread::spawn(move || {
            // SAFETY: the other side reads behind the signal only.
            theirs.1.with_mut(|data| unsafe { *data = 7 });
            theirs.0.raise(0);
        });
        if shared.0.look(&seen, |_| true) == Ok(0) {
            // SAFETY: behind the signal.
            assert_eq!(shared.1.with(|data| unsafe { *data }), 7);
        }
        raiser.join().unwrap();
    });
}

/// Two kinds from two threads against one that waits: both are seen, each once.
#[test]
fn two_kinds_against_a_park() {
    explore("two_kinds_against_a_park", 45_000, || {
        let lane = Arc::new(Signals::new());
        let (one, two) = (lane.clone(), lane.clone());
        let one = loom::thread::spawn(move || assert!(one.raise(0)));
        let two = loom::thread::spawn(move || assert!(two.raise(1)));
        let (seen, mut wait) = (Seen::new(), Wait::new());
        wait.poll(&lane, &seen);
        one.join().unwrap();
        two.join().unwrap();
        wait.settle(&lane, &seen);
        wait.drain(&lane, &seen);
        wait.saw.sort_unstable();
        assert_eq!(wait.saw, [0, 1]);
    });
}

/// Two handles wait, and one raise wakes both.
#[test]
fn every_handle_sees_a_raise() {
    explore("every_handle_sees_a_raise", 1_400, || {
        let lane = Arc::new(Signals::new());
        let theirs = lane.clone();
        let (other_seen, mut other) = (Seen::new(), Wait::new());
        other.poll(&lane, &other_seen);
        let raiser = loom::thread::spawn(move || assert!(theirs.raise(0)));
        let (seen, mut wait) = (Seen::new(), Wait::new());
        wait.poll(&lane, &seen);
        raiser.join().unwrap();
        wait.settle(&lane, &seen);
        other.settle(&lane, &other_seen);
        wait.cancel(&lane);
        other.cancel(&lane);
        assert_eq!((wait.saw, other.saw), (alloc::vec![0], alloc::vec![0]));
    });
}

/// Two raises beside two handles that park: the clearing of one raiser owes what comes after it.
#[test]
fn two_raises_against_two_parks() {
    explore("two_raises_against_two_parks", 29_000, || {
        let lane = Arc::new(Signals::new());
        let (theirs, others) = (lane.clone(), lane.clone());
        let (seen, mut wait) = (Seen::new(), Wait::new());
        wait.poll(&lane, &seen);
        let raiser = loom::thread::spawn(move || assert!(theirs.raise(0)));
        let other = loom::thread::spawn(move || {
            let (seen, mut wait) = (Seen::new(), Wait::new());
            wait.poll(&others, &seen);
            (seen, wait)
        });
        assert!(lane.raise(1));
        raiser.join().unwrap();
        let (other_seen, mut other) = other.join().unwrap();
        for (seen, wait) in [(&seen, &mut wait), (&other_seen, &mut other)] {
            wait.settle(&lane, seen);
            wait.drain(&lane, seen);
            wait.saw.sort_unstable();
            assert_eq!(wait.saw, [0, 1]);
        }
    });
}

/// Two tasks share a handle: what is raised twice is seen once or twice, by both together.
#[test]
fn two_tasks_share_a_handle() {
    explore("two_tasks_share_a_handle", 1_400, || {
        let lane = Arc::new(Signals::new());
        let seen = Arc::new(Seen::new());
        let (theirs, others, their_seen) = (lane.clone(), lane.clone(), seen.clone());
        let raiser = loom::thread::spawn(move || assert!(theirs.raise(0) && theirs.raise(0)));
        let task = loom::thread::spawn(move || others.look(&their_seen, |_| true).is_ok());
        let mut saw = usize::from(lane.look(&seen, |_| true).is_ok());
        raiser.join().unwrap();
        saw += usize::from(task.join().unwrap());
        saw += usize::from(lane.look(&seen, |_| true).is_ok());
        assert!((1..=2).contains(&saw), "{saw} times");
        assert_eq!(lane.look(&seen, |_| true), Err(TryRecvError::Empty));
    });
}

/// Two tasks that share a handle, and one signal: one of them has it.
#[test]
fn one_signal_for_two_tasks_of_a_handle() {
    explore("one_signal_for_two_tasks_of_a_handle", 290, || {
        let lane = Arc::new(Signals::new());
        let seen = Arc::new(Seen::new());
        assert!(lane.raise(1));
        let (theirs, their_seen) = (lane.clone(), seen.clone());
        let task = loom::thread::spawn(move || theirs.look(&their_seen, |_| true).is_ok());
        let mine = lane.look(&seen, |_| true).is_ok();
        assert!(mine ^ task.join().unwrap());
    });
}

/// A handle that is cloned while another task takes by it: what the clone calls seen, it does not see again.
#[test]
fn cloned_while_a_task_takes() {
    explore("cloned_while_a_task_takes", 900, || {
        let lane = Arc::new(Signals::new());
        let seen = Arc::new(Seen::new());
        assert!(lane.raise(0));
        assert_eq!(lane.look(&seen, |_| true), Ok(0));
        let (theirs, their_seen) = (lane.clone(), seen.clone());
        let raiser = lane.clone();
        let raiser = loom::thread::spawn(move || _ = raiser.raise(0));
        let task = loom::thread::spawn(move || theirs.look(&their_seen, |_| true).is_ok());
        let clone = Seen::clone(&seen);
        let saw = usize::from(lane.look(&clone, |_| true).is_ok());
        raiser.join().unwrap();
        task.join().unwrap();
        let saw = saw + usize::from(lane.look(&clone, |_| true).is_ok());
        assert!(saw <= 1, "one raise, seen twice by a clone");
    });
}

/// A raise that answered `true` is seen by a look that finds the lane closed, before it says so.
#[test]
fn raise_then_close_against_a_look() {
    explore("raise_then_close_against_a_look", 20, || {
        let lane = Arc::new(Signals::new());
        let theirs = lane.clone();
        let closer = loom::thread::spawn(move || {
            assert!(theirs.raise(1));
            theirs.close();
            assert!(!theirs.raise(0));
        });
        let seen = Seen::new();
        let first = lane.look(&seen, |_| true);
        assert_ne!(first, Err(TryRecvError::Closed), "the raise came before the close");
        closer.join().unwrap();
        let second = lane.look(&seen, |_| true);
        assert_eq!([first.is_ok(), second.is_ok()].iter().filter(|ok| **ok).count(), 1);
        assert_eq!(lane.look(&seen, |_| true), Err(TryRecvError::Closed));
    });
}

/// A raise beside a close, and one that waits: the waiter ends with the close, and has seen the raise if it was `true`.
#[test]
fn raise_against_close() {
    explore("raise_against_close", 31_000, || {
        let lane = Arc::new(Signals::new());
        let (theirs, others) = (lane.clone(), lane.clone());
        let raiser = loom::thread::spawn(move || theirs.raise(0));
        let closer = loom::thread::spawn(move || others.close());
        let (seen, mut wait) = (Seen::new(), Wait::new());
        wait.poll(&lane, &seen);
        let raised = raiser.join().unwrap();
        closer.join().unwrap();
        wait.settle(&lane, &seen);
        assert!(!wait.parked, "asleep on a closed lane");
        wait.drain(&lane, &seen);
        assert!(!raised || wait.saw == [0]);
        assert!(wait.closed && wait.saw.len() <= 1);
    });
}

/// Parked before the close, which comes alone or beside the making of the lane.
#[test]
fn close_against_park() {
    explore("close_against_park", 190, || {
        let lane = Arc::new(Signals::new());
        let theirs = lane.clone();
        let closer = loom::thread::spawn(move || theirs.close());
        let (seen, mut wait) = (Seen::new(), Wait::new());
        wait.poll(&lane, &seen);
        closer.join().unwrap();
        wait.settle(&lane, &seen);
        assert!(wait.closed && wait.saw.is_empty());
    });
}

/// A waiter that leaves beside a raise: another handle is woken all the same, and its own has not seen the signal.
#[test]
fn cancelled_beside_a_raise() {
    explore("cancelled_beside_a_raise", 30, || {
        let lane = Arc::new(Signals::new());
        let theirs = lane.clone();
        let (seen, mut wait) = (Seen::new(), Wait::new());
        let (other_seen, mut other) = (Seen::new(), Wait::new());
        wait.poll(&lane, &seen);
        other.poll(&lane, &other_seen);
        let raiser = loom::thread::spawn(move || assert!(theirs.raise(0)));
        wait.cancel(&lane);
        raiser.join().unwrap();
        other.settle(&lane, &other_seen);
        assert_eq!(other.saw, [0]);
        other.cancel(&lane);
        assert_eq!(lane.look(&seen, |_| true), Ok(0), "still pending for the handle");
    });
}
