//! A select with a send case: it works, and it is atomic.
//!
//! In the seed's code it was a `TypeError`.

use std::time::Duration;

use chan_tests::tracked::{Ledger, Tracked};

use super::backend::{self, SendError, after, chan, select};
use super::{MINUTE, MOMENT};

#[test]
fn a_send_case_runs_when_there_is_room() {
    run!({
        let (tx, rx) = chan(2);
        let (_quiet, nothing) = chan::<u32>(0);
        for n in 0..2 {
            let sent = select! {
                sent = tx.send(n) => sent.is_ok(),
                _ = nothing.recv() => false,
            };
            assert!(sent);
        }
        assert!(!select! { _ = tx.send(2) => true, _ = nothing.recv() => true, default => false });
        drop(tx);
        assert_eq!(collect!(rx), [0, 1]);
    });
}

#[test]
fn a_send_case_at_capacity_0_runs_when_a_receiver_comes() {
    run!({
        let (tx, rx) = chan(0);
        let (_quiet, nothing) = chan::<u32>(0);
        let receiver = go!({
            sleep!(MOMENT);
            collect!(rx)
        });
        for n in 0..100 {
            select! {
                sent = tx.send(n) => sent.unwrap(),
                _ = nothing.recv() => unreachable!("nobody sends"),
                default(after(MINUTE)) => panic!("the receiver is there"),
            }
        }
        drop(tx);
        assert!(done!(receiver).into_iter().eq(0..100));
    });
}

#[test]
fn of_two_sends_exactly_one_is_received_and_the_other_never() {
    run!({
        for capacity in [0, 1] {
            const TURNS: usize = 500;
            let ledger = Ledger::new(2 * TURNS);
            let (tx1, rx1) = chan(capacity);
            let (tx2, rx2) = chan(capacity);
            let receivers = [rx1, rx2].map(|rx| {
                go!({
                    let messages = collect!(rx);
                    let count = messages.len();
                    messages.into_iter().for_each(Tracked::received);
                    count
                })
            });
            let mut sent = [0, 0];
            for _ in 0..TURNS {
                let (receipt1, message1) = ledger.make().with_receipt();
                let (receipt2, message2) = ledger.make().with_receipt();
                select! {
                    result = tx1.send(message1) => {
                        result.unwrap();
                        receipt1.sent();
                        receipt2.abandoned();
                        sent[0] += 1;
                    }
                    result = tx2.send(message2) => {
                        result.unwrap();
                        receipt2.sent();
                        receipt1.abandoned();
                        sent[1] += 1;
                    }
                }
            }
            drop((tx1, tx2));
            let [one, two] = receivers;
            assert_eq!([done!(one), done!(two)], sent);
            // Not as a rendezvous: a case that lost was not received.
            let account = ledger.settle(false, false);
            assert_eq!((account.received, account.withdrawn), (TURNS, TURNS));
        }
    });
}

#[test]
fn a_send_beside_a_receive_does_one_of_the_two() {
    run!({
        // The usual middle stage: one message in hand, more to come.
        for capacity in [0, 1, 4] {
            let ledger = Ledger::new(300);
            let (tx, input) = chan(capacity);
            let (output, rx) = chan(capacity);
            let source = {
                let ledger = ledger.clone();
                go!({
                    for number in 0..300 {
                        assert!(deliver!(tx, ledger.make_for(0, number)));
                    }
                })
            };
            let middle = go!({
                let mut waiting = std::collections::VecDeque::new();
                let mut ended = false;
                while !ended || !waiting.is_empty() {
                    let next = waiting.pop_front();
                    let had_one = next.is_some();
                    let mut next = next.map(|message| output.send(message));
                    let room = waiting.len() < 3;
                    let mut sent = false;
                    select! {
                        result = next.as_mut() => {
                            result.unwrap();
                            sent = true;
                        }
                        message = input.recv(), if !ended && room => match message {
                            Ok(message) => waiting.push_back(message),
                            Err(_) => ended = true,
                        },
                    }
                    if had_one && !sent {
                        // Not chosen: the message is still in the future, exactly.
                        waiting.push_front(next.unwrap().cancel().unwrap());
                    }
                }
            });
            for (number, message) in collect!(rx).into_iter().enumerate() {
                assert_eq!(message.number, number);
                message.received();
            }
            done!(source);
            done!(middle);
            assert_eq!(ledger.settle(capacity == 0, false).received, 300);
        }
    });
}

#[test]
fn a_message_sent_from_a_slot_stays_there_unless_it_is_chosen() {
    run!({
        for capacity in [0, 1] {
            const MESSAGES: usize = 300;
            let ledger = Ledger::new(MESSAGES);
            let (tx1, rx1) = chan(capacity);
            let (tx2, rx2) = chan(capacity);
            let receivers = [rx1, rx2].map(|rx| {
                go!({
                    let messages = collect!(rx);
                    let count = messages.len();
                    messages.into_iter().for_each(Tracked::received);
                    count
                })
            });
            // A queue for each channel, the first of each in its slot. Whichever goes, the other is still there.
            let mut receipts: [Vec<_>; 2] = [Vec::new(), Vec::new()];
            let mut slots = [None, None];
            let mut left = [MESSAGES / 2; 2];
            let mut hurries = 0;
            while slots.iter().any(Option::is_some) || left != [0, 0] {
                for side in 0..2 {
                    if slots[side].is_none() && left[side] > 0 {
                        let (receipt, message) = ledger.make().with_receipt();
                        receipts[side].push(receipt);
                        slots[side] = Some(message);
                        left[side] -= 1;
                    }
                }
                let before = slots.each_ref().map(|slot| slot.as_ref().map(Tracked::id));
                let [slot1, slot2] = &mut slots;
                let chosen = select! {
                    sent = tx1.send_from(slot1) => { sent.unwrap(); Some(0) }
                    sent = tx2.send_from(slot2) => { sent.unwrap(); Some(1) }
                    _ = after(Duration::ZERO), if hurries < 100 => { hurries += 1; None }
                };
                for side in 0..2 {
                    let now = slots[side].as_ref().map(Tracked::id);
                    assert_eq!(now, if chosen == Some(side) { None } else { before[side] });
                }
                if let Some(side) = chosen {
                    receipts[side].pop().unwrap().sent();
                }
            }
            drop((tx1, tx2));
            let [one, two] = receivers;
            assert_eq!([done!(one), done!(two)], [MESSAGES / 2; 2]);
            assert_eq!(ledger.settle(false, false).received, MESSAGES);
        }
    });
}

#[test]
fn an_empty_slot_disables_its_case() {
    run!({
        let (tx, rx) = chan(1);
        let mut slot = None;
        assert!(select! { _ = tx.send_from(&mut slot) => false, default => true });
        slot = Some(7);
        assert!(select! { sent = tx.send_from(&mut slot) => sent.is_ok(), default => false });
        assert_eq!((slot, rx.try_recv()), (None, Ok(7)));
    });
}

#[test]
fn a_place_is_reserved_first_and_the_message_made_only_when_it_goes() {
    run!({
        for capacity in [0, 1, 4] {
            const MESSAGES: usize = 300;
            let ledger = Ledger::new(MESSAGES);
            let (tx1, rx1) = chan(capacity);
            let (tx2, rx2) = chan(capacity);
            let receivers = [rx1, rx2].map(|rx| {
                go!({
                    let messages = collect!(rx);
                    let count = messages.len();
                    messages.into_iter().for_each(Tracked::received);
                    count
                })
            });
            let mut sent = [0, 0];
            for _ in 0..MESSAGES {
                let (side, permit) = select! {
                    permit = tx1.reserve() => (0, permit),
                    permit = tx2.reserve() => (1, permit),
                };
                let (receipt, message) = ledger.make().with_receipt();
                permit.unwrap().send(message);
                receipt.sent();
                sent[side] += 1;
            }
            // A permit that is not used gives its place back.
            drop(select! { permit = tx1.reserve() => permit, permit = tx2.reserve() => permit });
            drop((tx1, tx2));
            let [one, two] = receivers;
            assert_eq!([done!(one), done!(two)], sent);
            // Exactly as many as there were messages: no case that lost has made one.
            assert_eq!(ledger.settle(false, false).received, MESSAGES);
        }
    });
}

#[test]
fn a_send_case_on_a_closed_channel_gives_its_message_back() {
    run!({
        let (tx, rx) = chan(0);
        let (_quiet, nothing) = chan::<u32>(0);
        let waiting = {
            let tx = tx.clone();
            go!({
                select! { sent = tx.send(7) => sent, _ = nothing.recv() => Ok(()) }
            })
        };
        sleep!(MOMENT);
        drop(rx);
        assert_eq!(done!(waiting), Err(SendError(7)));
        assert_eq!(select! { sent = tx.send(8) => sent, default(after(MINUTE)) => Ok(()) }, Err(SendError(8)));
    });
}
