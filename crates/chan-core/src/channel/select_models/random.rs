//! Selects and channels together, in worlds too large for loom: three to six threads, in random orders. Same scripts,
//! same checks at the end.

use super::{C::*, Step, Step::*, model};
use crate::case::{Board, Turn};
use crate::channel::{Channel, RecvState, SendState};
use crate::model::{Flag, Item, Ledger, explore, thread};
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::task::{Context, Poll, Waker};

/// On channels of these capacities; each line is a thread.
macro_rules! scenario {
    ($name:ident, [$($capacity:expr),*], $($before:expr => $beside:expr),* $(,)?) => {
        #[test]
        fn $name() {
            const THREADS: &[(&[Step], &[Step])] = &[$((&$before, &$beside)),*];
            model(stringify!($name), 0, &[$($capacity),*], THREADS);
        }
    };
}

scenario!(
    crosswise_among_five,
    [0, 0],
    [] => [Select(&[Recv(0), Send(1, 1)]), IfWoken(0), IfWoken(0)],
    [] => [Select(&[Send(0, 2), Recv(1)]), IfWoken(0), IfWoken(0)],
    [] => [Select(&[Send(1, 3), Recv(0)]), Poll(0), Poll(0)],
    [] => [Select(&[Recv(1), Send(0, 4)]), Poll(0), IfWoken(0)],
    [] => [Select(&[Recv(0)]), TrySend(1, 5)],
);
scenario!(
    ring_of_six,
    [0, 0, 0, 0, 0, 0],
    [] => [Select(&[Recv(0), Send(1, 1)]), IfWoken(0)],
    [] => [Select(&[Recv(1), Send(2, 2)]), IfWoken(0)],
    [] => [Select(&[Recv(2), Send(3, 3)]), Poll(0)],
    [] => [Select(&[Send(4, 4), Recv(3)]), IfWoken(0)],
    [] => [Select(&[Send(5, 5), Recv(4)]), Poll(0)],
    [] => [Select(&[Send(0, 6), Recv(5)])],
);
scenario!(
    three_sends_each_against_receives,
    [0, 0, 0],
    [] => [Select(&[Send(0, 1), Send(1, 2), Send(2, 3)]), Poll(0), Cancel(0)],
    [] => [Select(&[Send(2, 4), Send(1, 5), Send(0, 6)]), IfWoken(0)],
    [] => [Select(&[Recv(0), Recv(1)]), IfWoken(0), Cancel(0)],
    [] => [Select(&[Recv(1), Recv(2)]), Poll(0)],
    [] => [TryRecv(2), TryRecv(0), TryRecv(1)],
);
scenario!(
    cancelled_at_every_turn,
    [0, 0],
    [Select(&[Recv(0), Send(1, 1)])] => [IfWoken(0), Cancel(0), Select(&[Send(1, 2), Recv(0)]), Poll(1), Cancel(1)],
    [] => [Select(&[Send(0, 3), Recv(1)]), Cancel(0), Select(&[Send(0, 4), Recv(1)]), IfWoken(1)],
    [] => [Select(&[Recv(0), Recv(1)]), Poll(0), Cancel(0), Select(&[Recv(0)])],
    [] => [Select(&[Send(1, 5), Send(0, 6)]), Move(0), Cancel(0), TryRecv(1)],
);
scenario!(
    a_claim_word_over_and_over,
    [0, 0],
    [] => [
        Select(&[Send(0, 1), Send(1, 2)]), Cancel(0), Select(&[Send(0, 3), Send(1, 4)]), Cancel(1),
        Select(&[Send(0, 5), Send(1, 6)]), Cancel(2), Select(&[Send(0, 7), Send(1, 8)]), Poll(3)
    ],
    [] => [Select(&[Send(1, 9), Send(0, 10)]), Poll(0), Cancel(0), Select(&[Send(1, 11), Send(0, 12)])],
    [] => [TryRecv(1), TryRecv(0), TryRecv(1)],
    [] => [Select(&[Recv(0), Recv(1)]), IfWoken(0)],
);
scenario!(
    buffers_and_rendezvous,
    [0, 1, 2],
    [] => [Select(&[Recv(0), Send(1, 1)]), IfWoken(0), Select(&[Recv(2), Send(0, 2)])],
    [] => [Select(&[Send(0, 3), Recv(1)]), IfWoken(0), TrySend(2, 4)],
    [] => [Select(&[Recv(1), Recv(2), Send(0, 5)]), Poll(0), Cancel(0)],
    [TrySend(1, 6)] => [Select(&[Send(1, 7), Send(2, 8)]), Poll(0), TryRecv(0)],
    [] => [Select(&[Recv(2), Recv(1)]), Select(&[Send(2, 9)])],
);
scenario!(
    reservations_among_others,
    [0, 0, 1],
    [] => [Select(&[Recv(0), Reserve(1, 1)]), IfWoken(0), IfWoken(0)],
    [] => [Select(&[Reserve(0, 2), Recv(1)]), Poll(0), IfWoken(0)],
    [] => [Select(&[Reserve(2, 3), Send(0, 4)]), IfWoken(0), Cancel(0)],
    [] => [Select(&[Recv(2), Recv(1)]), IfWoken(0)],
    [] => [Select(&[Send(1, 5), Recv(0)]), Poll(0)],
);
scenario!(
    closed_among_selects,
    [0, 0, 1],
    [] => [Select(&[Recv(0), Send(1, 1)]), IfWoken(0)],
    [] => [Select(&[Send(0, 2), Recv(1)]), Poll(0), Cancel(0)],
    [] => [Select(&[Recv(2), Send(0, 3)]), Move(0)],
    [] => [Select(&[Reserve(0, 4), Recv(2)]), IfWoken(0)],
    [] => [TrySend(2, 5), Close(0), TryRecv(1)],
    [] => [Select(&[Recv(0), Recv(1)]), Close(2)],
);
scenario!(
    one_channel_for_all,
    [0],
    [] => [Select(&[Send(0, 1), Recv(0)]), IfWoken(0)],
    [] => [Select(&[Recv(0), Send(0, 2)]), IfWoken(0)],
    [] => [Select(&[Reserve(0, 3), Recv(0)]), Poll(0)],
    [] => [Select(&[Send(0, 4)]), Select(&[Recv(0)])],
    [] => [Select(&[Send(0, 5), Recv(0)]), Cancel(0), TryRecv(0)],
);
scenario!(
    an_offer_goes_first_among_others,
    [0, 0],
    [Select(&[Recv(0)])] => [IfWoken(0), Cancel(0)],
    [] => [OfferFirst(&[Send(0, 1), Send(1, 2)]), Poll(0), IfWoken(0)],
    [] => [Select(&[Recv(1), Send(0, 3)]), Poll(0)],
    [] => [Select(&[Recv(0), Send(1, 4)]), IfWoken(0)],
);

const CAPACITIES: [usize; 3] = [0, 1, 0];
const PLACES: usize = CAPACITIES.len();

/// The places that have marks.
fn marked(board: &mut Board) -> Vec<usize> {
    let mut marked = Vec::new();
    board.collect(|_, marks| marked.extend((0..PLACES).filter(|i| marks & 1 << i != 0)));
    marked
}

/// A kept select comes and goes over channels of these capacities, each with a sender and a plain receive parked behind
/// the case: every message is found by the select in a turn, or its plain receive has been told.
#[test]
fn a_kept_select_comes_and_goes() {
    explore("a_kept_select_comes_and_goes", 0, || {
        let ledger = Arc::new(Ledger::default());
        let channels = CAPACITIES.map(|n| Arc::new(Channel::<Item>::bounded(n, None)));
        let mut board = Board::new();
        board.grow(PLACES);
        board.arrive();
        let turn = Turn::new(false);
        let mut kept = CAPACITIES.map(|_| RecvState::new());
        let mut plain = CAPACITIES.map(|_| (RecvState::new(), Flag::new(false)));
        for (i, channel) in channels.iter().enumerate() {
            channel.register_recv(&mut kept[i], &turn, board.waker(i));
            let (receive, flag) = &mut plain[i];
            let waker = Waker::from(flag.clone());
            assert!(channel.poll_recv(receive, &mut Context::from_waker(&waker)).is_pending());
        }
        let senders: Vec<_> = channels
            .iter()
            .enumerate()
            .map(|(i, channel)| {
                let (channel, ledger) = (channel.clone(), ledger.clone());
                thread::spawn(move || {
                    let mut send = SendState::new(Item::new(i, &ledger));
                    let waker = Waker::from(Flag::new(false));
                    let _ = channel.poll_send(&mut send, &mut Context::from_waker(&waker));
                    send
                })
            })
            .collect();
        let mut took = [false; PLACES];
        for turn in 0..3 {
            if turn > 0 {
                board.arrive();
            }
            for i in marked(&mut board) {
                took[i] |= channels[i].look_recv(&mut kept[i], &mut Turn::new(false)).is_some();
                // It is registered for the next turn.
                channels[i].register_recv(&mut kept[i], &Turn::new(false), board.waker(i));
            }
            board.leave();
            for i in marked(&mut board) {
                // The turn ended with another case: the hint is passed on.
                channels[i].cancel_recv(&mut kept[i]);
                channels[i].register_recv(&mut kept[i], &Turn::new(false), board.waker(i));
            }
        }
        let mut sends: Vec<_> = senders.into_iter().map(|sender| sender.join().unwrap()).collect();
        for (i, channel) in channels.iter().enumerate() {
            let (receive, flag) = &mut plain[i];
            let waker = Waker::from(flag.clone());
            if !took[i] {
                assert!(flag.take(), "a hint stayed with a select that is away");
                let got = channel.poll_recv(receive, &mut Context::from_waker(&waker));
                assert!(matches!(got, Poll::Ready(Ok(item)) if item.0 == i));
            }
            drop(channel.cancel_send(&mut sends[i]));
            channel.cancel_recv(receive);
            channel.cancel_recv(&mut kept[i]);
        }
        drop((sends, channels));
        ledger.assert_settled();
    });
}
