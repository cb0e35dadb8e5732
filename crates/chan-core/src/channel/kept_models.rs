//! Models of a kept select's receive between turns, over real channels: while its user's code runs, a message that comes
//! goes to whoever waits behind it.

use super::{Channel, RecvState, SendState};
use crate::case::{Board, Turn};
use crate::model::{Flag, Item, Ledger, explore};
use crate::primitive::Arc;
use core::task::{Context, Poll, Waker};

/// The select leaves, or is away and arrives, beside a send; a plain receive is parked behind its case.
fn a_plain_receive_behind_a_kept_one(name: &'static str, capacity: usize, floor: usize, arrives: bool) {
    explore(name, floor, move || {
        let ledger = alloc::sync::Arc::new(Ledger::default());
        let channel = Arc::new(Channel::<Item>::bounded(capacity, None));
        let mut board = Board::new();
        board.grow(1);
        if !arrives {
            board.arrive();
        }
        let (mut kept, mut plain) = (RecvState::new(), RecvState::new());
        let turn = Turn::new(false);
        channel.register_recv(&mut kept, &turn, board.waker(0));
        let flag = Flag::new(false);
        let waker = Waker::from(flag.clone());
        assert!(channel.poll_recv(&mut plain, &mut Context::from_waker(&waker)).is_pending());

        let (other, theirs) = (channel.clone(), ledger.clone());
        let sender = crate::model::thread::spawn(move || {
            let mut send = SendState::new(Item::new(1, &theirs));
            let waker = Waker::from(Flag::new(false));
            let _ = other.poll_send(&mut send, &mut Context::from_waker(&waker));
            send
        });
        let mut took = false;
        if arrives {
            board.arrive();
            let mut marked = false;
            board.collect(|_, _| marked = true);
            if marked {
                let mut turn = Turn::new(false);
                took = channel.look_recv(&mut kept, &mut turn).is_some();
            }
        }
        // The turn ends, with this case or with another; what was marked and not used is passed on.
        board.leave();
        let mut marked = false;
        board.collect(|_, _| marked = true);
        if marked {
            channel.cancel_recv(&mut kept);
        }
        let mut send = sender.join().unwrap();
        if !took {
            assert!(flag.take(), "a hint stayed with a select that is away");
            assert!(matches!(
                channel.poll_recv(&mut plain, &mut Context::from_waker(&waker)),
                Poll::Ready(Ok(Item { 0: 1, .. }))
            ));
        }
        drop(channel.cancel_send(&mut send));
        channel.cancel_recv(&mut plain);
        channel.cancel_recv(&mut kept);
        drop((send, channel));
        ledger.assert_settled();
    });
}

#[test]
fn kept_select_leaves_beside_a_send() {
    a_plain_receive_behind_a_kept_one("kept_select_leaves_beside_a_send", 1, 130, false);
}

#[test]
fn kept_select_leaves_beside_a_rendezvous_send() {
    a_plain_receive_behind_a_kept_one("kept_select_leaves_beside_a_rendezvous_send", 0, 130, false);
}

#[test]
fn kept_select_comes_and_goes_beside_a_send() {
    a_plain_receive_behind_a_kept_one("kept_select_comes_and_goes_beside_a_send", 1, 180, true);
}

/// `try_send` at capacity 0 beside a select that leaves: accepted only for a receive that is there, or `Full`; an accepted
/// message is found by the plain receive.
#[test]
fn kept_select_leaves_beside_try_send() {
    explore("kept_select_leaves_beside_try_send", 75, move || {
        let ledger = alloc::sync::Arc::new(Ledger::default());
        let channel = Arc::new(Channel::<Item>::bounded(0, None));
        let mut board = Board::new();
        board.grow(1);
        board.arrive();
        let (mut kept, mut plain) = (RecvState::new(), RecvState::new());
        let turn = Turn::new(false);
        channel.register_recv(&mut kept, &turn, board.waker(0));
        let flag = Flag::new(false);
        let waker = Waker::from(flag.clone());
        assert!(channel.poll_recv(&mut plain, &mut Context::from_waker(&waker)).is_pending());
        let (other, theirs) = (channel.clone(), ledger.clone());
        let sender = crate::model::thread::spawn(move || other.try_send(Item::new(1, &theirs)).is_ok());
        board.leave();
        let mut marked = false;
        board.collect(|_, _| marked = true);
        if marked {
            channel.cancel_recv(&mut kept);
        }
        assert!(sender.join().unwrap(), "a plain receive waits all the time");
        assert!(flag.take(), "a hint stayed with a select that is away");
        assert!(matches!(
            channel.poll_recv(&mut plain, &mut Context::from_waker(&waker)),
            Poll::Ready(Ok(Item { 0: 1, .. }))
        ));
        channel.cancel_recv(&mut kept);
        drop(channel);
        ledger.assert_settled();
    });
}
