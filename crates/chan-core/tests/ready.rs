//! `Operation::is_ready`: what it says without taking anything.

use chan_core::case::{Begin, Operation, Turn};
use chan_core::{bounded, nil, unbounded};
use futures_lite::future::{block_on, poll_once};
use std::pin::pin;
use std::task::Waker;

#[test]
fn a_receive_is_ready_when_a_message_is_there_or_the_channel_is_closed() {
    for (tx, rx) in [bounded(1), unbounded()] {
        assert!(!rx.recv().is_ready());
        tx.try_send(7).unwrap();
        assert!(rx.recv().is_ready() && rx.recv().is_ready(), "nothing is taken");
        tx.close();
        assert!(rx.recv().is_ready());
        assert_eq!(rx.try_recv(), Ok(7));
        assert!(rx.recv().is_ready(), "closed");
    }
}

#[test]
fn a_send_is_ready_when_there_is_room_or_the_channel_is_closed() {
    let (tx, rx) = bounded(1);
    assert!(tx.send(1).is_ready());
    tx.try_send(1).unwrap();
    assert!(!tx.send(2).is_ready());
    rx.close();
    assert!(tx.send(2).is_ready());
    assert!(unbounded().0.send(1).is_ready());
}

#[test]
fn a_rendezvous_send_is_ready_when_a_receive_waits() {
    let (tx, rx) = bounded(0);
    assert!(!tx.send(1).is_ready());
    {
        let mut recv = pin!(rx.recv());
        assert!(block_on(poll_once(&mut recv)).is_none());
        assert!(tx.send(1).is_ready());
        // Promised to somebody: the receive is hinted and not polled yet.
        let mut first = pin!(tx.send(1));
        assert!(block_on(poll_once(&mut first)).is_none());
        assert!(!tx.send(2).is_ready());
        assert_eq!(block_on(recv), Ok(1));
    }
    assert!(!tx.send(1).is_ready());
    rx.close();
    assert!(tx.send(1).is_ready());
}

#[test]
fn a_rendezvous_receive_is_ready_when_an_offer_stands_that_it_could_take() {
    let (tx, rx) = bounded(0);
    assert!(!rx.recv().is_ready());
    {
        let mut send = pin!(tx.send(1));
        assert!(block_on(poll_once(&mut send)).is_none());
        assert!(rx.recv().is_ready());
    }
    assert!(!rx.recv().is_ready(), "withdrawn");
    // A select's offer counts while the select sleeps; not while it looks.
    let mut send = tx.send(2);
    let mut turn = Turn::new(true);
    assert_eq!(turn.begin(Waker::noop()), Begin::Look);
    send.register(&mut turn, 0, Waker::noop());
    assert!(!rx.recv().is_ready());
    let _ = turn.sleep();
    send.announce(&mut turn);
    assert!(rx.recv().is_ready());
    assert_eq!(turn.begin(Waker::noop()), Begin::Look);
    assert!(!rx.recv().is_ready());
    turn.finish();
    send.withdraw();
    assert!(!rx.recv().is_ready());
    // A deposit.
    let mut recv = pin!(rx.recv());
    assert!(block_on(poll_once(&mut recv)).is_none());
    tx.try_send(3).unwrap();
    assert!(rx.recv().is_ready());
    assert_eq!(rx.try_recv(), Ok(3));
    rx.close();
    assert!(rx.recv().is_ready());
}

#[test]
fn pointers_ask_what_they_point_to_and_nil_is_never_ready() {
    let (tx, rx) = bounded(1);
    tx.try_send(1).unwrap();
    let mut recv = rx.recv();
    let by_reference = &mut recv;
    assert!(Operation::is_ready(&by_reference));
    assert!(std::pin::Pin::new(&mut recv).is_ready());
    assert!(Box::pin(rx.recv()).is_ready());
    assert!(Some(rx.recv()).is_ready());
    assert!(!None::<chan_core::future::Recv<'_, u32>>.is_ready());
    let (nil_tx, nil_rx) = nil::<u32>();
    assert!(!nil_tx.send(1).is_ready() && !nil_rx.recv().is_ready());
    assert_eq!(block_on(&mut recv), Ok(1));
    assert!(!recv.is_ready(), "over");
}

#[test]
fn a_close_is_ready_once_it_has_happened_a_slot_as_its_message_and_next_as_a_receive() {
    let (tx, rx) = bounded(1);
    let mut stream = rx.stream();
    assert!(!tx.closed().is_ready() && !stream.next().is_ready());
    let (mut slot, mut none) = (Some(1), None);
    assert!(tx.send_from(&mut slot).is_ready() && !tx.send_from(&mut none).is_ready());
    tx.try_send(1).unwrap();
    assert!(!tx.send_from(&mut slot).is_ready() && stream.next().is_ready());
    rx.close();
    assert!(rx.closed().is_ready() && tx.send_from(&mut slot).is_ready());
    assert_eq!((block_on(stream.next()), slot), (Some(1), Some(1)));
    assert_eq!(block_on(stream.next()), None);
    assert!(stream.next().is_ready());
    assert!(!nil::<u8>().0.closed().is_ready());
}
