//! `<<` and `>>` (feature `ops`): exact synonyms of `send` and `recv`, so that a program reads like the seed's chapter.
//!
//! In the seed's code a send by operator was fire and forget, with no backpressure.

use chan_core::future::{Recv, Send};
use chan_tests::tracked::Ledger;

use super::MOMENT;
use super::backend::{self, RecvError, SendError, after, chan, select};

#[test]
fn they_are_the_futures_of_send_and_recv() {
    let (tx, rx) = chan::<u32>(1);
    let send: Send<'_, u32> = &tx << 1;
    let recv: Recv<'_, u32> = &rx >> ();
    drop((send, recv));
    // Not polled: nothing was sent.
    assert!(rx.is_empty());
}

#[test]
fn a_send_by_operator_waits_for_room() {
    run!({
        for capacity in [0, 1] {
            let (tx, rx) = chan(capacity);
            for n in 0..capacity {
                select! { sent = &tx << n => sent.unwrap() }
            }
            let waited = select! { _ = &tx << 9 => false, default(after(MOMENT)) => true };
            assert!(waited);
            drop(tx);
            assert_eq!(collect!(rx).len(), capacity);
        }
    });
}

#[test]
fn a_conversation_in_operators_loses_nothing() {
    run!({
        for capacity in [0, 1, 8] {
            let ledger = Ledger::new(200);
            let (tx, rx) = chan(capacity);
            let sender = {
                let ledger = ledger.clone();
                go!({
                    for number in 0..200 {
                        let (receipt, message) = ledger.make_for(0, number).with_receipt();
                        select! { sent = &tx << message => sent.unwrap() }
                        receipt.sent();
                    }
                })
            };
            for number in 0..200 {
                let message = select! { message = &rx >> () => message.unwrap() };
                assert_eq!(message.number, number);
                message.received();
            }
            assert_eq!(select! { message = &rx >> () => message.map(drop) }, Err(RecvError));
            done!(sender);
            assert_eq!(ledger.settle(capacity == 0, false).received, 200);
        }
    });
}

#[test]
fn their_errors_are_those_of_send_and_recv() {
    run!({
        let (tx, rx) = chan(1);
        rx.close();
        assert_eq!(select! { sent = &tx << 7 => sent }, Err(SendError(7)));
        assert_eq!(select! { message = &rx >> () => message }, Err(RecvError));
    });
}
