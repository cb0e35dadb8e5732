//! Models of whole channels: queue and wait sets, rendezvous, close. Each names its threads and its claim; the seeded
//! bugs that each is there for are listed in `bugs.txt`. Numbers in names are those of the list of interleavings in
//! `docs/design/waiting.md`.

use super::Channel;
use crate::model::Step::*;
use crate::model::{Item, Ledger, Model, explore};
use crate::primitive::Arc;
use alloc::sync::Arc as Plain;

macro_rules! model {
    ($name:ident, $floor:expr, $model:expr) => {
        #[test]
        fn $name() {
            $model.explore(stringify!($name), $floor);
        }
    };
}

// ---------------------------------------------------------------- bounded and unbounded

model!(i01_push_against_parking, 30, Model::on(Some(1), &[(&[], &[Send(10)]), (&[], &[Recv])]));
model!(i01_push_against_parking_unbounded, 10, Model::on(None, &[(&[], &[Send(10)]), (&[], &[Recv])]));
model!(i01_pop_against_a_parking_sender, 90, Model::on(Some(1), &[(&[Send(10)], &[Send(11)]), (&[], &[TryRecv])]));
model!(i02_two_senders_two_parked_receivers, 70, Model::on(Some(2), &[(&[Recv], &[Send(10)]), (&[Recv], &[Send(20)])]));
model!(
    i02_two_senders_two_parked_receivers_capacity_1,
    400,
    Model::on(Some(1), &[(&[Recv], &[Send(10)]), (&[Recv], &[Send(20)])])
);
model!(i02_unbounded, 20, Model::on(None, &[(&[Recv], &[Send(10)]), (&[Recv], &[Send(20)])]));
model!(
    i03_rearm_against_a_third_push,
    28_000,
    Model::on(Some(4), &[(&[Recv], &[Send(10)]), (&[Recv], &[Send(20)]), (&[Recv], &[Send(30)])])
);
model!(
    i04_parking_beside_a_half_written_slot,
    39_000,
    Model::on(Some(2), &[(&[], &[Send(10)]), (&[], &[Send(20)]), (&[], &[Recv, Recv])])
);
model!(
    i05_stale_bit_then_a_new_parker,
    700,
    Model::on(Some(2), &[(&[], &[Recv, Cancel(0), Recv]), (&[], &[Send(10)])])
);
model!(
    i06_surplus_hint,
    14_000,
    Model::on(Some(2), &[(&[Recv], &[Poll(0)]), (&[Recv], &[]), (&[], &[Send(10), Send(11)])])
);
model!(
    i07_hinted_and_dropped,
    1_000,
    Model::on(Some(1), &[(&[Recv], &[Cancel(0)]), (&[Recv], &[]), (&[], &[Send(10)])])
);
model!(
    i07_hinted_and_dropped_unbounded,
    1_000,
    Model::on(None, &[(&[Recv], &[Cancel(0)]), (&[Recv], &[]), (&[], &[Send(10)])])
);
model!(
    i07_hinted_send_and_dropped,
    1_000,
    Model::on(Some(1), &[(&[Send(10), Send(20)], &[Cancel(1)]), (&[Send(30)], &[]), (&[], &[TryRecv])])
);
model!(
    i08_barging_receiver,
    59_000,
    Model::on(Some(1), &[(&[Recv], &[IfWoken(0)]), (&[], &[TryRecv]), (&[], &[Send(10), Send(11)])])
);
model!(
    i11_close_against_send,
    5_000,
    Model::on(Some(1), &[(&[], &[Send(10), Send(11)]), (&[], &[Close]), (&[], &[TryRecv])])
);
model!(
    i12_close_against_parking_receivers,
    3_000,
    Model::on(Some(1), &[(&[Recv], &[]), (&[], &[Recv]), (&[], &[Close])])
);
model!(
    i12_close_against_parking_senders,
    59_000,
    Model::on(Some(1), &[(&[Send(10)], &[Send(11)]), (&[], &[Send(20)]), (&[], &[Close])])
);
model!(
    i13_last_sender_sends_and_goes,
    13_000,
    Model::on(Some(1), &[(&[], &[Send(10), DropSender]), (&[], &[Recv, Recv])])
);
model!(i13_unbounded, 11_000, Model::on(None, &[(&[], &[Send(10), DropSender]), (&[], &[Recv, Recv])]));
model!(
    i14_last_receiver_goes_while_a_sender_writes,
    800,
    Model::on(Some(2), &[(&[], &[Send(10), DropSender]), (&[], &[DropReceiver])])
);
model!(
    i14_unbounded,
    200,
    Model::on(None, &[(&[], &[Send(10), Send(11), Send(12), DropSender]), (&[], &[DropReceiver])])
);
model!(
    i15_both_last_handles_go_beside_a_woken_future,
    39_000,
    Model::on(Some(1), &[(&[Recv], &[Poll(0)]), (&[], &[Send(10), DropSender]), (&[], &[DropReceiver])])
);
model!(i16_waker_replaced_while_it_is_taken, 1_000, Model::on(Some(1), &[(&[Recv], &[Move(0)]), (&[], &[Send(10)])]));
// A call whose time is up takes a last look and withdraws; models have no time, so it is up at any moment.
model!(
    i18_time_is_up_for_a_receive,
    1_000,
    Model::on(Some(1), &[(&[Recv], &[TryRecv, Cancel(0)]), (&[Recv], &[]), (&[], &[Send(10)])])
);
model!(
    i18_time_is_up_for_a_send,
    1_000,
    Model::on(Some(1), &[(&[Send(10), Send(11)], &[Cancel(1), TrySend(12)]), (&[Send(20)], &[]), (&[], &[TryRecv])])
);
model!(
    i18_time_is_up_at_capacity_0,
    1_000,
    Model::on(Some(0), &[(&[Recv], &[TryRecv, Cancel(0)]), (&[Recv], &[]), (&[], &[Send(10)])])
);
model!(
    late_parker_beside_two_senders,
    69_000,
    Model::on(Some(1), &[(&[Send(10)], &[Send(11)]), (&[], &[Send(20)]), (&[], &[Recv, Recv])])
);
model!(
    two_receives_free_two_parked_sends,
    80,
    Model::on(Some(2), &[(&[Send(10), Send(11), Send(12)], &[TryRecv]), (&[Send(20)], &[TryRecv])])
);
model!(
    leaked_hints_capacity_1,
    6,
    Model::on(Some(1), &[(&[Recv], &[Forget(0)]), (&[Recv], &[]), (&[], &[TrySend(10), TrySend(11), Send(12)])])
);
model!(
    leaked_send_hint_last_look,
    6,
    Model::on(Some(1), &[(&[Send(10), Send(20), Forget(1)], &[]), (&[Send(30)], &[]), (&[], &[TryRecv, Recv])])
);
model!(
    overtaken_receiver_is_queued_behind,
    79_000,
    Model::on(Some(1), &[(&[Recv], &[IfWoken(0), IfWoken(0)]), (&[], &[TryRecv, Recv]), (&[], &[Send(10), Send(11)])])
);
model!(
    block_boundary_with_two_receivers,
    59_000,
    Model::on(None, &[(&[Send(10), Send(11)], &[TryRecv]), (&[], &[TryRecv]), (&[], &[Send(20), TryRecv])])
);
model!(
    block_reuse,
    500,
    Model::on(None, &[(&[], &[TryRecv, TryRecv]), (&[Send(10)], &[Send(11), Send(12), Send(13), Send(14)])])
);
model!(
    block_recycled_under_a_slow_receiver,
    59_000,
    Model::on(
        None,
        &[(&[Send(10), Send(11), Send(12)], &[TryRecv]), (&[], &[TryRecv, TryRecv, Send(20), Send(21), TryRecv])]
    )
);

model!(
    a_mark_of_another_life_of_a_block,
    2_000,
    Model::on(
        None,
        &[
            (&[Recv], &[TrySend(10)]),
            (&[Recv], &[]),
            (&[], &[TrySend(20), TryRecv, TryRecv, TrySend(21), TrySend(22), TrySend(23)]),
        ]
    )
);

/// A channel is not drained while a message is left that was accepted before, also at a block boundary.
#[test]
fn not_drained_beside_a_block_boundary() {
    explore("not_drained_beside_a_block_boundary", 20, || {
        let ledger = Plain::new(Ledger::default());
        let channel = Arc::new(Channel::unbounded(None));
        assert!(channel.try_send(Item::new(10, &ledger)).is_ok());
        let (theirs, items) = (channel.clone(), ledger.clone());
        let sender = crate::model::thread::spawn(move || drop(theirs.try_send(Item::new(20, &items))));
        channel.close();
        assert!(!channel.is_drained() && channel.len() > 0, "nothing was received");
        sender.join().unwrap();
    });
}

/// A message whose send was half way when the last receiver went is dropped by its sender, though another lives.
fn swept_up(name: &str, make: fn() -> Channel<Item>) {
    explore(name, 40, move || {
        let ledger = Plain::new(Ledger::default());
        let channel = Arc::new(make());
        channel.add_sender();
        let (theirs, items) = (channel.clone(), ledger.clone());
        let sender = crate::model::thread::spawn(move || {
            let _ = theirs.try_send(Item::new(20, &items));
            theirs.drop_sender();
        });
        channel.drop_receiver();
        sender.join().unwrap();
        assert_eq!(channel.len(), 0, "nobody drops the message");
    });
}

#[test]
fn i14_swept_up_by_its_sender() {
    swept_up("i14_swept_up_by_its_sender", || Channel::bounded(2, None));
}

#[test]
fn i14_swept_up_by_its_sender_unbounded() {
    swept_up("i14_swept_up_by_its_sender_unbounded", || Channel::unbounded(None));
}

// ------------------------------------------------------------------------------------ rendezvous

model!(rendezvous_send_against_receive, 900, Model::on(Some(0), &[(&[], &[Send(10)]), (&[], &[Recv])]));
model!(
    rendezvous_two_and_two,
    69_000,
    Model::on(Some(0), &[(&[], &[Send(10)]), (&[Recv], &[Send(20)]), (&[], &[Recv])])
);
model!(rendezvous_parked_pairs, 100, Model::on(Some(0), &[(&[Recv], &[Send(10)]), (&[Recv], &[Send(20)])]));
model!(rendezvous_two_receivers_two_offers, 90, Model::on(Some(0), &[(&[Send(10)], &[Recv]), (&[Send(20)], &[Recv])]));
model!(i20_claimed_while_cancelled, 30, Model::on(Some(0), &[(&[Send(10)], &[Cancel(0)]), (&[], &[TryRecv])]));
model!(
    i20_cancelled_and_sent_again,
    2_000,
    Model::on(Some(0), &[(&[Send(10)], &[Cancel(0), Send(11)]), (&[], &[Recv])])
);
model!(
    i21_hinted_receiver_dropped,
    1_000,
    Model::on(Some(0), &[(&[Recv], &[Cancel(0)]), (&[Recv], &[]), (&[], &[Send(10)])])
);
model!(
    i21_deposit_and_hinted_receiver_dropped,
    100,
    Model::on(Some(0), &[(&[Recv], &[Cancel(0)]), (&[Recv], &[]), (&[], &[TrySend(10)])])
);
model!(
    i21_deposit_dropped_receiver_and_a_late_parker,
    19_000,
    Model::on(Some(0), &[(&[Recv], &[Cancel(0)]), (&[], &[Recv]), (&[], &[TrySend(10)])])
);
model!(
    i07_dropped_receiver_and_a_late_parker,
    59_000,
    Model::on(Some(1), &[(&[Recv], &[Cancel(0)]), (&[], &[Recv]), (&[], &[Send(10)])])
);
model!(
    i21_sender_withdraws_meanwhile,
    2_000,
    Model::on(Some(0), &[(&[Recv], &[Cancel(0)]), (&[Recv], &[]), (&[], &[Send(10), Cancel(0)])])
);
model!(deposit_against_repoll, 2_000, Model::on(Some(0), &[(&[Recv], &[Poll(0)]), (&[], &[TrySend(10)])]));
model!(deposit_against_moved_waker, 10_000, Model::on(Some(0), &[(&[Recv], &[Move(0)]), (&[], &[TrySend(10)])]));
model!(
    deposit_against_close,
    100,
    Model::on(Some(0), &[(&[Recv], &[Poll(0)]), (&[], &[TrySend(10)]), (&[], &[Close])])
);
model!(
    deposit_against_last_receiver,
    3_000,
    Model::on(Some(0), &[(&[Recv], &[Cancel(0), DropReceiver]), (&[], &[TrySend(10), DropSender])])
);
model!(
    two_deposits_one_receive,
    44_000,
    Model::on(Some(0), &[(&[Recv], &[Poll(0)]), (&[], &[TrySend(10)]), (&[], &[TrySend(20)])])
);
model!(
    two_deposits_two_receives,
    1_000,
    Model::on(Some(0), &[(&[Recv], &[]), (&[Recv], &[TrySend(10)]), (&[], &[TrySend(20)])])
);
model!(
    deposit_then_offer_keep_their_order,
    2_000,
    Model::on(Some(0), &[(&[Recv], &[TrySend(10), Send(11)]), (&[], &[TryRecv, TryRecv])])
);
model!(
    rendezvous_close_against_offer,
    26_000,
    Model::on(Some(0), &[(&[], &[Send(10)]), (&[], &[TryRecv]), (&[], &[Close])])
);
model!(rendezvous_close_against_cancel, 100, Model::on(Some(0), &[(&[Send(10)], &[Cancel(0)]), (&[], &[Close])]));
model!(
    rendezvous_close_against_parking,
    30_000,
    Model::on(Some(0), &[(&[], &[Recv]), (&[Send(10)], &[Poll(0)]), (&[], &[Close])])
);
model!(rendezvous_moved_waker_of_an_offer, 70, Model::on(Some(0), &[(&[Send(10)], &[Move(0)]), (&[], &[TryRecv])]));
model!(rendezvous_last_receiver_goes, 100, Model::on(Some(0), &[(&[Send(10)], &[Poll(0)]), (&[], &[DropReceiver])]));
model!(
    rendezvous_leaked_receiver,
    600,
    Model::on(Some(0), &[(&[Recv, Forget(0)], &[]), (&[Recv], &[Send(20)]), (&[], &[Send(10)])])
);

model!(
    i07_hinted_and_dropped_beside_a_block_boundary,
    1_000,
    Model::on(None, &[(&[Recv], &[Cancel(0)]), (&[Recv, Recv, Send(10)], &[Send(11)])])
);

// -------------------------------------------------------------------------------------- permits

model!(
    permit_dropped_against_a_parking_sender,
    300,
    Model::on(Some(1), &[(&[TryReserve], &[DropPermit]), (&[], &[Send(10)])])
);
model!(
    permit_dropped_against_a_parking_reservation,
    200,
    Model::on(Some(1), &[(&[TryReserve], &[DropPermit]), (&[], &[Reserve])])
);
model!(
    permit_dropped_against_a_parked_sender,
    50,
    Model::on(Some(1), &[(&[TryReserve], &[DropPermit]), (&[Send(10)], &[]), (&[Send(20)], &[TryRecv])])
);
model!(first_permit_against_a_push, 700, Model::on(Some(1), &[(&[], &[TryReserve]), (&[], &[TrySend(10), TryRecv])]));
model!(
    first_permits_against_each_other,
    13_000,
    Model::on(Some(2), &[(&[], &[TryReserve]), (&[], &[TryReserve]), (&[], &[TrySend(10)])])
);
model!(
    first_permit_through_the_wrap,
    200,
    Model::on(Some(2), &[(&[TrySend(10)], &[TryReserve, SendPermit(11)]), (&[], &[TryRecv, TrySend(20)])])
);
model!(
    permits_and_pushes_capacity_1,
    59_000,
    Model::on(Some(1), &[(&[], &[TryReserve, SendPermit(10)]), (&[], &[TrySend(20)]), (&[], &[TryRecv, TryRecv])])
);
model!(
    permits_and_pushes_capacity_2,
    59_000,
    Model::on(
        Some(2),
        &[
            (&[TryReserve], &[SendPermit(10)]),
            (&[TryReserve], &[DropPermit, TrySend(20)]),
            (&[], &[TrySend(30), TryRecv])
        ]
    )
);
// The slot of a ticket was found free by another than the one who writes it.
model!(
    a_place_is_used_by_another,
    700,
    Model::on(
        Some(2),
        &[(&[TrySend(10), TryReserve], &[SendPermit(11)]), (&[], &[TryReserve, SendPermit(20)]), (&[], &[TryRecv])]
    )
);
model!(
    a_place_is_found_by_another,
    59_000,
    Model::on(
        Some(2),
        &[(&[TrySend(10), TrySend(11), TryReserve], &[TryRecv]), (&[], &[TryReserve]), (&[], &[TryRecv, TrySend(20)])]
    )
);
model!(permit_refused_by_close, 4_800, Model::on(Some(1), &[(&[], &[TryReserve]), (&[], &[Recv]), (&[], &[Close])]));
model!(
    permit_sent_after_close,
    89_000,
    Model::on(Some(1), &[(&[TryReserve], &[SendPermit(10)]), (&[], &[Recv]), (&[], &[Close])])
);
model!(
    permit_sent_after_close_wakes_all,
    79_000,
    Model::on(Some(1), &[(&[TryReserve, Close], &[SendPermit(10)]), (&[], &[Recv]), (&[], &[Recv])])
);
model!(
    permit_dropped_after_close_wakes_all,
    59_000,
    Model::on(Some(1), &[(&[TryReserve], &[DropPermit]), (&[], &[Recv]), (&[Recv], &[Close])])
);
model!(
    the_last_of_two_permits_after_close,
    28_000,
    Model::on(
        Some(2),
        &[(&[TryReserve, Close], &[SendPermit(10)]), (&[TryReserve, Recv], &[DropPermit]), (&[Recv], &[Recv])]
    )
);
model!(
    a_held_permit_blocks_nobody_else,
    59_000,
    Model::on(Some(2), &[(&[TryReserve], &[]), (&[], &[Send(10), Send(11)]), (&[], &[Recv, Recv])])
);
model!(
    a_permit_and_the_last_receiver,
    250,
    Model::on(Some(1), &[(&[TryReserve], &[SendPermit(10)]), (&[], &[DropReceiver])])
);

model!(
    unbounded_permit_refused_by_close,
    900,
    Model::on(None, &[(&[], &[TryReserve]), (&[], &[Recv]), (&[], &[Close])])
);
model!(
    unbounded_permit_sent_after_close,
    59_000,
    Model::on(None, &[(&[TryReserve, Close], &[SendPermit(10)]), (&[], &[Recv]), (&[], &[TryRecv])])
);
model!(
    unbounded_permits_over_a_boundary_after_close,
    59_000,
    Model::on(
        None,
        &[
            (&[TryReserve, TryReserve, Send(10), Close], &[SendPermit(11), SendPermit(12)]),
            (&[], &[TryRecv, Recv, Recv])
        ]
    )
);
model!(
    unbounded_permit_dropped_after_close,
    59_000,
    Model::on(None, &[(&[TryReserve], &[DropPermit]), (&[], &[Recv]), (&[Recv], &[Close])])
);
model!(
    unbounded_last_of_two_permits_after_close,
    24_000,
    Model::on(
        None,
        &[(&[TryReserve, Close], &[SendPermit(10)]), (&[TryReserve, Recv], &[DropPermit]), (&[Recv], &[Recv])]
    )
);
model!(
    unbounded_permit_and_the_last_receiver,
    300,
    Model::on(None, &[(&[TryReserve], &[SendPermit(10)]), (&[], &[DropReceiver])])
);

model!(rendezvous_reserve_against_receive, 800, Model::on(Some(0), &[(&[], &[Reserve]), (&[], &[Recv])]));
model!(
    rendezvous_reserve_against_a_dropped_receive,
    11_000,
    Model::on(Some(0), &[(&[Reserve], &[]), (&[], &[Recv, Cancel(0)]), (&[], &[Recv])])
);
model!(
    rendezvous_two_reserves_one_receive,
    1_600,
    Model::on(Some(0), &[(&[Reserve], &[]), (&[], &[Reserve]), (&[], &[Recv])])
);
model!(
    rendezvous_hinted_reserve_dropped,
    140,
    Model::on(Some(0), &[(&[Reserve], &[Cancel(0)]), (&[Reserve], &[]), (&[], &[Recv])])
);
model!(
    rendezvous_reserve_against_close,
    59_000,
    Model::on(Some(0), &[(&[], &[Reserve]), (&[], &[Recv]), (&[], &[Close])])
);
model!(
    rendezvous_permit_sent_against_a_late_parker,
    39_000,
    Model::on(Some(0), &[(&[Recv], &[Cancel(0)]), (&[], &[Recv]), (&[TryReserve], &[SendPermit(10)])])
);
model!(
    rendezvous_permit_beside_an_offer,
    500,
    Model::on(Some(0), &[(&[Recv], &[]), (&[], &[TryReserve]), (&[], &[Send(10)])])
);
model!(
    rendezvous_permit_sent_after_close,
    39_000,
    Model::on(Some(0), &[(&[Recv, TryReserve, Close], &[SendPermit(10)]), (&[], &[Recv]), (&[], &[TryRecv])])
);
model!(
    rendezvous_permit_dropped_after_close,
    59_000,
    Model::on(Some(0), &[(&[Recv, TryReserve], &[DropPermit]), (&[], &[Recv]), (&[], &[Close])])
);
model!(
    rendezvous_permit_and_the_last_receiver,
    400,
    Model::on(Some(0), &[(&[Recv, TryReserve], &[SendPermit(10)]), (&[], &[DropReceiver])])
);
