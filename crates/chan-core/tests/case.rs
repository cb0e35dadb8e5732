//! What selects may do with operations, in orders that no select of ours uses: each message still has one owner.

use chan_core::bounded;
use chan_core::case::{Begin, Operation, Turn};
use std::task::Waker;

/// Registers both as cases of `turn`, which then sleeps.
fn sleep<A: Operation, B: Operation>(turn: &mut Turn, (a, at): (&mut A, usize), (b, bt): (&mut B, usize)) {
    a.register(turn, at, Waker::noop());
    b.register(turn, bt, Waker::noop());
    let _ = turn.sleep();
    assert!(!a.announce(turn) && !b.announce(turn));
}

#[test]
fn two_cases_with_one_number_are_not_taken_both() {
    let (tx_a, rx_a) = bounded(0);
    let (tx_b, rx_b) = bounded(0);
    let (mut a, mut b) = (tx_a.send("a"), tx_b.send("b"));
    let mut turn = Turn::new(true);
    assert_eq!(turn.begin(Waker::noop()), Begin::Look);
    sleep(&mut turn, (&mut a, 0), (&mut b, 0));
    assert_eq!(rx_b.try_recv(), Ok("b"));
    assert!(rx_a.try_recv().is_err());
    assert_eq!(turn.begin(Waker::noop()), Begin::Taken(0));
    assert_eq!(a.cancel(), Ok("a"));
    assert!(b.cancel().is_err(), "received");
}

#[test]
fn an_operation_that_is_withdrawn_alone_leaves_the_others_to_be_offered_anew() {
    let (tx_a, rx_a) = bounded(0);
    let (tx_b, rx_b) = bounded(0);
    let (mut a, mut b) = (tx_a.send("a"), tx_b.send("b"));
    let mut turn = Turn::new(true);
    assert_eq!(turn.begin(Waker::noop()), Begin::Look);
    sleep(&mut turn, (&mut a, 0), (&mut b, 1));
    a.withdraw();
    // The word was at home in its place, where another select comes now.
    let mut other = tx_a.send("other");
    let mut theirs = Turn::new(true);
    assert_eq!(theirs.begin(Waker::noop()), Begin::Look);
    other.register(&mut theirs, 7, Waker::noop());
    let _ = theirs.sleep();
    assert!(rx_b.try_recv().is_err(), "over with the turn's claim");
    assert_eq!(turn.begin(Waker::noop()), Begin::Look);
    sleep(&mut turn, (&mut a, 0), (&mut b, 1));
    assert_eq!(rx_b.try_recv(), Ok("b"));
    assert_eq!(rx_a.try_recv(), Ok("other"));
    assert!(rx_a.try_recv().is_err(), "`a` has lost");
    assert_eq!(turn.begin(Waker::noop()), Begin::Taken(1));
    assert_eq!(theirs.begin(Waker::noop()), Begin::Taken(7));
    assert!(b.taken().is_ok() && other.taken().is_ok());
    turn.finish();
    assert_eq!(a.cancel(), Ok("a"));
}

#[test]
fn operations_outlive_a_turn_that_was_leaked() {
    for taken in [None, Some(0), Some(1)] {
        let (tx_a, rx_a) = bounded(0);
        let (tx_b, rx_b) = bounded(0);
        let (mut a, mut b) = (tx_a.send("a"), tx_b.send("b"));
        let mut turn = Turn::new(true);
        assert_eq!(turn.begin(Waker::noop()), Begin::Look);
        sleep(&mut turn, (&mut a, 0), (&mut b, 1));
        // Nothing is told to it from here on, as if it had been leaked. (A turn does nothing when it is dropped.)
        let leaked = turn;
        if let Some(case) = taken {
            assert_eq!([&rx_a, &rx_b][case].try_recv(), Ok(["a", "b"][case]));
        }
        // Each says what became of it, whoever comes to its place in between.
        assert_eq!(a.cancel().is_ok(), taken != Some(0));
        let mut next = tx_a.send("next");
        let mut theirs = Turn::new(true);
        assert_eq!(theirs.begin(Waker::noop()), Begin::Look);
        next.register(&mut theirs, 0, Waker::noop());
        let _ = theirs.sleep();
        assert_eq!(b.cancel().is_ok(), taken != Some(1));
        assert_eq!(rx_a.try_recv(), Ok("next"));
        assert_eq!(theirs.begin(Waker::noop()), Begin::Taken(0));
        assert!(next.taken().is_ok());
        drop(leaked);
    }
}

#[test]
#[should_panic(expected = "a select has at most")]
fn a_case_number_that_is_too_large_is_refused() {
    let (tx, _rx) = bounded(0);
    let mut turn = Turn::new(true);
    assert_eq!(turn.begin(Waker::noop()), Begin::Look);
    tx.send(1).register(&mut turn, chan_core::case::MAX_CASES, Waker::noop());
}
