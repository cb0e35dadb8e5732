//! The checker of histories rejects wrong ones: each test here is a channel with one fault. Beside it stands the
//! history that differs in nothing but the fault, and passes.

use chan_tests::linearize::{Event, Op, is_linearizable, is_linearizable_with_permits};

const ANY: Option<usize> = None;

fn at(thread: usize, called: u64, answered: u64, op: Op) -> Event {
    Event { thread, called, answered, op }
}

fn sent(value: u32) -> Op {
    Op::Sent { value, tried: false }
}

fn tried(value: u32) -> Op {
    Op::Sent { value, tried: true }
}

fn got(value: u32) -> Op {
    Op::Received { value, waits: true }
}

fn took(value: u32) -> Op {
    Op::Received { value, waits: false }
}

/// Operations one after another.
fn one_by_one(ops: &[(usize, Op)]) -> Vec<Event> {
    ops.iter().enumerate().map(|(i, &(thread, op))| at(thread, 2 * i as u64, 2 * i as u64 + 1, op)).collect()
}

#[track_caller]
fn accepts(capacity: Option<usize>, history: &[Event]) {
    assert!(is_linearizable(capacity, 2, 2, history), "rejected: {history:#?}");
}

#[track_caller]
fn rejects(capacity: Option<usize>, history: &[Event]) {
    assert!(!is_linearizable(capacity, 2, 2, history), "accepted: {history:#?}");
}

#[test]
fn a_lost_message_is_found() {
    accepts(ANY, &one_by_one(&[(0, sent(1)), (1, took(1)), (1, Op::Empty)]));
    rejects(ANY, &one_by_one(&[(0, sent(1)), (1, Op::Empty)]));
    rejects(ANY, &one_by_one(&[(0, sent(1)), (0, sent(2)), (1, took(2))]));
}

#[test]
fn a_doubled_message_is_found() {
    rejects(ANY, &one_by_one(&[(0, sent(1)), (1, took(1)), (1, took(1))]));
}

#[test]
fn a_message_from_nowhere_is_found() {
    rejects(ANY, &one_by_one(&[(1, took(9))]));
    rejects(Some(0), &one_by_one(&[(1, took(9))]));
    rejects(ANY, &[at(0, 0, 1, Op::SendWithdrawn), at(1, 2, 3, took(1))]);
    rejects(Some(1), &[at(0, 0, 3, Op::SendDropped(1)), at(1, 1, 4, got(1))]);
}

#[test]
fn a_message_received_before_it_was_sent_is_found() {
    rejects(Some(4), &[at(1, 0, 1, got(1)), at(0, 2, 3, sent(1))]);
    accepts(Some(4), &[at(1, 0, 3, got(1)), at(0, 1, 2, sent(1))]);
}

#[test]
fn wrong_order_is_found() {
    accepts(ANY, &one_by_one(&[(0, sent(1)), (1, sent(2)), (2, got(1)), (2, got(2))]));
    rejects(ANY, &one_by_one(&[(0, sent(1)), (1, sent(2)), (2, got(2)), (2, got(1))]));
    // Sends at the same time may go either way.
    accepts(ANY, &[at(0, 0, 3, sent(1)), at(1, 1, 2, sent(2)), at(2, 4, 5, got(2)), at(2, 6, 7, got(1))]);
}

#[test]
fn more_than_the_capacity_is_found() {
    accepts(Some(1), &one_by_one(&[(0, sent(1)), (0, Op::Full)]));
    rejects(Some(1), &one_by_one(&[(0, sent(1)), (0, tried(2))]));
    rejects(Some(2), &one_by_one(&[(0, sent(1)), (0, Op::Full)]));
    rejects(ANY, &one_by_one(&[(0, sent(1)), (0, Op::Full)]));
}

#[test]
fn full_is_excused_by_an_unfinished_send_where_permits_are_in_use_only() {
    // One place is held by a send whose message comes last.
    let late = [at(0, 0, 9, sent(1)), at(1, 1, 2, tried(2)), at(1, 3, 4, Op::Full), at(1, 5, 6, tried(3))];
    let received = [at(2, 4, 5, got(2)), at(2, 10, 11, got(3)), at(2, 12, 13, got(1))];
    let history = [&late[..], &received[..]].concat();
    assert!(is_linearizable_with_permits(Some(2), 2, 2, &history));
    rejects(Some(2), &history);
    // It holds one, not two.
    assert!(!is_linearizable_with_permits(Some(3), 2, 2, &history));
    let finished = one_by_one(&[(0, sent(1)), (0, Op::Full), (2, got(1))]);
    assert!(!is_linearizable_with_permits(Some(2), 2, 2, &finished));
}

#[test]
fn empty_is_excused_by_an_unfinished_send_at_the_head_only() {
    // The send of 1 took its place and is suspended: 2 lies behind it.
    let behind = [at(0, 0, 9, sent(1)), at(1, 1, 2, sent(2)), at(2, 3, 4, Op::Empty)];
    let excused = [at(2, 10, 11, got(1)), at(2, 12, 13, got(2))];
    let not_excused = [at(2, 10, 11, got(2)), at(2, 12, 13, got(1))];
    accepts(Some(4), &[&behind[..], &excused[..]].concat());
    rejects(Some(4), &[&behind[..], &not_excused[..]].concat());
}

#[test]
fn full_is_excused_by_an_unfinished_receive_only() {
    let before = [at(0, 0, 1, sent(1)), at(0, 2, 3, sent(2)), at(2, 6, 7, got(2)), at(0, 8, 9, Op::Full)];
    accepts(Some(2), &[&before[..], &[at(1, 4, 10, got(1))]].concat());
    rejects(Some(2), &[&before[..], &[at(1, 4, 5, got(1))]].concat());
}

#[test]
fn closed_too_early_or_too_late_is_found() {
    let end = Op::Ended { waits: true };
    accepts(ANY, &one_by_one(&[(0, sent(1)), (0, Op::Close(true)), (1, got(1)), (1, end)]));
    rejects(ANY, &one_by_one(&[(0, sent(1)), (0, Op::Close(true)), (1, end)]));
    rejects(ANY, &one_by_one(&[(1, end)]));
    rejects(ANY, &one_by_one(&[(0, Op::Close(true)), (1, Op::Empty)]));
    rejects(ANY, &one_by_one(&[(0, Op::Close(true)), (0, sent(1))]));
    rejects(ANY, &one_by_one(&[(0, Op::Refused)]));
    rejects(Some(1), &one_by_one(&[(0, sent(1)), (0, Op::Close(true)), (0, Op::Full)]));
}

#[test]
fn only_one_close_is_the_first() {
    accepts(ANY, &one_by_one(&[(0, Op::Close(true)), (1, Op::Close(false))]));
    rejects(ANY, &one_by_one(&[(0, Op::Close(true)), (1, Op::Close(true))]));
    rejects(ANY, &one_by_one(&[(0, Op::Close(false))]));
}

#[test]
fn the_last_handle_closes_and_no_other() {
    let (gone, end) = (Op::SenderGone, Op::Ended { waits: false });
    accepts(ANY, &one_by_one(&[(0, gone), (1, gone), (2, end), (2, Op::Close(false))]));
    rejects(ANY, &one_by_one(&[(0, gone), (2, end)]));
    accepts(ANY, &one_by_one(&[(2, Op::ReceiverGone), (3, Op::ReceiverGone), (0, Op::Refused)]));
    rejects(ANY, &one_by_one(&[(2, Op::ReceiverGone), (0, Op::Refused)]));
}

#[test]
fn a_rendezvous_needs_both_at_once() {
    accepts(Some(0), &[at(0, 0, 3, sent(1)), at(1, 1, 2, got(1))]);
    accepts(Some(0), &[at(0, 0, 3, sent(1)), at(1, 1, 2, took(1))]);
    rejects(Some(0), &[at(0, 0, 1, sent(1)), at(1, 2, 3, got(1))]);
    rejects(Some(0), &one_by_one(&[(0, sent(1))]));
    // A dropped send may have been received, but only while it was pending.
    accepts(Some(0), &[at(0, 0, 3, Op::SendDropped(1)), at(1, 1, 2, got(1))]);
    accepts(Some(0), &[at(0, 0, 3, Op::SendDropped(1)), at(1, 4, 5, Op::Empty)]);
    rejects(Some(0), &[at(0, 0, 1, Op::SendDropped(1)), at(1, 2, 3, got(1))]);
    // Closing comes between.
    rejects(Some(0), &[at(0, 0, 9, sent(1)), at(2, 1, 2, Op::Close(true)), at(1, 3, 4, got(1))]);
}

#[test]
fn a_tried_rendezvous_needs_a_waiting_receive() {
    // The receive that waited is dropped, the next one finds the message.
    accepts(Some(0), &[at(1, 0, 3, Op::RecvWithdrawn), at(0, 1, 2, tried(1)), at(1, 4, 5, took(1))]);
    rejects(Some(0), &[at(0, 1, 2, tried(1)), at(1, 4, 5, took(1))]);
    rejects(Some(0), &[at(1, 0, 3, Op::Empty), at(0, 1, 2, tried(1)), at(1, 4, 5, took(1))]);
    // What was accepted is not lost.
    rejects(Some(0), &[at(1, 0, 3, Op::RecvWithdrawn), at(0, 1, 2, tried(1)), at(1, 4, 5, Op::Empty)]);
    rejects(
        Some(0),
        &[
            at(1, 0, 3, Op::RecvWithdrawn),
            at(0, 1, 2, tried(1)),
            at(0, 4, 5, Op::Close(true)),
            at(1, 6, 7, Op::Ended { waits: true }),
        ],
    );
}

#[test]
fn one_producer_keeps_its_order_at_capacity_0() {
    let before = [at(2, 0, 9, Op::RecvWithdrawn), at(3, 0, 9, Op::RecvWithdrawn)];
    let same = [at(0, 1, 2, tried(1)), at(0, 3, 4, tried(2)), at(2, 10, 11, got(2)), at(2, 12, 13, got(1))];
    let other = [at(0, 1, 2, tried(1)), at(1, 3, 4, tried(2)), at(2, 10, 11, got(2)), at(2, 12, 13, got(1))];
    let parked = [at(0, 1, 2, tried(1)), at(0, 3, 12, sent(2)), at(2, 10, 11, got(2)), at(2, 13, 14, got(1))];
    rejects(Some(0), &[&before[..], &same[..]].concat());
    accepts(Some(0), &[&before[..], &other[..]].concat());
    rejects(Some(0), &[&before[..], &parked[..]].concat());
}
