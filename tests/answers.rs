//! What each operation answers when it is alone: no thread, no race. The nil channel, the counts, the errors, the
//! traits that handles and futures have.

use std::error::Error;
use std::marker::PhantomPinned;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::task::Poll;

use chan_core::{
    Builder, Receiver, RecvError, RecvTimeoutError, SendError, SendTimeoutError, Sender, TryRecvError, TrySendError,
    WeakReceiver, WeakSender, bounded, chan, future, nil, stream, unbounded,
};
use chan_tests::executor::Countdown;
use chan_tests::{Flavour, poll_noop, soon};
use futures_lite::future::block_on;

/// Neither `Clone` nor `Debug` nor `Default`.
struct Plain(u8);

/// Whether a type has a trait, as a value: an inherent constant wins over a trait's, where its bound holds.
macro_rules! has {
    ($trait:path: $type:ty) => {{
        struct Probe<T: ?Sized>(std::marker::PhantomData<T>);
        #[allow(dead_code, reason = "unused where the bound holds")]
        trait Otherwise {
            const HAS: bool = false;
        }
        impl<T: ?Sized> Otherwise for Probe<T> {}
        #[allow(dead_code, reason = "unused where the bound does not hold")]
        impl<T: ?Sized + $trait> Probe<T> {
            const HAS: bool = true;
        }
        <Probe<$type>>::HAS
    }};
}

/// Names those of the types that lack one of the traits, or have one that they must not have.
macro_rules! lacking {
    ($want:literal, [$($trait:path),*], $types:tt) => {{
        let mut lacking = Vec::<String>::new();
        $(lacking!(@types $want, $trait, $types, lacking);)*
        lacking
    }};
    (@types $want:literal, $trait:path, [$($type:ty),*], $lacking:ident) => {
        $(if has!($trait: $type) != $want {
            $lacking.push(format!("{}: {}", stringify!($type), stringify!($trait)));
        })*
    };
}

/// `Send` and not `Sync`: enough for a message.
type Cell = std::cell::Cell<u8>;
type Rc = std::rc::Rc<u8>;
type Timer = Countdown;

#[test]
fn handles_have_the_traits_that_are_promised() {
    let lacking = lacking!(true, [Send, Sync, Unpin, UnwindSafe, RefUnwindSafe], [
        Sender<Cell>, Receiver<Cell>, WeakSender<Cell>, WeakReceiver<Cell>, Sender<Box<dyn Send>>, Receiver<Box<dyn Send>>
    ]);
    assert_eq!(lacking, Vec::<String>::new());
}

#[test]
fn futures_have_the_traits_that_are_promised() {
    let lacking = lacking!(true, [Send, Unpin], [
        future::Send<'static, Cell>, future::Recv<'static, Cell>, future::Closed<'static, Cell>,
        future::SendUntil<'static, Cell, Timer>, future::RecvUntil<'static, Cell, Timer>,
        stream::RecvStream<'static, Cell>, stream::IntoStream<Cell>
    ]);
    assert_eq!(lacking, Vec::<String>::new());
    // Also where the message itself must not be moved in memory.
    let lacking = lacking!(true, [Unpin], [
        Sender<PhantomPinned>, future::Send<'static, PhantomPinned>, future::Recv<'static, PhantomPinned>
    ]);
    assert_eq!(lacking, Vec::<String>::new());
}

#[test]
fn handles_and_futures_of_messages_that_stay_on_their_thread_stay_there_too() {
    let lacking = lacking!(false, [Send, Sync], [
        Sender<Rc>, Receiver<Rc>, WeakSender<Rc>, WeakReceiver<Rc>, future::Send<'static, Rc>, future::Recv<'static, Rc>,
        stream::RecvStream<'static, Rc>, stream::IntoStream<Rc>
    ]);
    assert_eq!(lacking, Vec::<String>::new());
}

#[test]
fn a_message_needs_no_traits() {
    soon(|| {
        for flavour in Flavour::ALL {
            let (tx, rx) = flavour.make();
            let mut recv = rx.recv();
            assert!(poll_noop(&mut recv).is_pending());
            assert!(tx.try_send(Plain(1)).is_ok());
            assert!(matches!(poll_noop(&mut recv), Poll::Ready(Ok(Plain(1)))));
            // Nor `'static`.
            let text = String::from("borrowed");
            let (tx, rx) = flavour.make::<&str>();
            let mut recv = rx.recv();
            assert!(poll_noop(&mut recv).is_pending());
            tx.try_send(&text).expect("a receive waits, or there is room");
            assert!(matches!(poll_noop(&mut recv), Poll::Ready(Ok("borrowed"))));
        }
    });
}

#[test]
fn all_constructors_make_what_they_say() {
    soon(|| {
        assert_eq!(chan::<u8>(0).0.capacity(), Some(0));
        assert_eq!(chan::<u8>(3).0.capacity(), Some(3));
        assert_eq!(bounded::<u8>(3).1.capacity(), Some(3));
        assert_eq!(unbounded::<u8>().0.capacity(), None);
        assert_eq!(Builder::bounded(7).build::<u8>().0.capacity(), Some(7));
        assert_eq!(Builder::unbounded().build::<u8>().0.capacity(), None);
    });
}

#[test]
fn tried_sends_say_full_and_give_the_message_back() {
    soon(|| {
        for capacity in [0, 1, 4, 128] {
            let (tx, rx) = bounded(capacity);
            (0..capacity).for_each(|i| tx.try_send(i).expect("room"));
            assert!(matches!(tx.try_send(1_000), Err(TrySendError::Full(1_000))));
            assert!(tx.is_full() && rx.is_full());
            assert_eq!(tx.len(), capacity);
            assert!(matches!(block_on(tx.send_until(1_001, Countdown(3))), Err(SendTimeoutError::Timeout(1_001))));
            assert_eq!(rx.drain().collect::<Vec<_>>(), (0..capacity).collect::<Vec<_>>());
        }
    });
}

#[test]
fn tried_receives_say_empty() {
    soon(|| {
        for flavour in Flavour::ALL {
            let (_tx, rx) = flavour.make::<u8>();
            assert!(matches!(rx.try_recv(), Err(TryRecvError::Empty)));
            assert!(matches!(block_on(rx.recv_until(Countdown(3))), Err(RecvTimeoutError::Timeout)));
            assert!(rx.try_iter().next().is_none() && rx.drain().next().is_none());
            assert!(rx.is_empty());
        }
    });
}

/// As many as receives wait, and no more: the promise is to a receive that no other message has been promised to.
#[test]
fn a_tried_rendezvous_send_succeeds_once_for_each_waiting_receive() {
    soon(|| {
        for waiting in 1..6 {
            let (tx, rx) = bounded(0);
            assert!(matches!(tx.try_send(9), Err(TrySendError::Full(9))), "nobody waits");
            let mut parked: Vec<_> = (0..waiting).map(|_| rx.recv()).collect();
            assert!(
                matches!(tx.try_send(9), Err(TrySendError::Full(9))),
                "a receive that was never polled does not wait"
            );
            parked.iter_mut().for_each(|recv| assert!(poll_noop(recv).is_pending()));
            (0..waiting).for_each(|i| tx.try_send(i).expect("a receive waits"));
            assert!(matches!(tx.try_send(9), Err(TrySendError::Full(9))), "{waiting} wait, {waiting} are promised");
            assert_eq!(rx.len(), waiting, "accepted and not received");
            // The first receive goes; its message is for the next that comes, or for those still there.
            drop(parked.remove(0));
            assert_eq!(rx.try_recv().ok(), Some(0));
            for (i, recv) in parked.iter_mut().enumerate() {
                assert!(matches!(poll_noop(recv), Poll::Ready(Ok(message)) if message == i + 1));
            }
            assert!(rx.is_empty());
        }
    });
}

#[test]
fn a_withdrawn_rendezvous_send_is_invisible() {
    soon(|| {
        let (tx, rx) = bounded(0);
        let mut send = tx.send(1);
        assert!(poll_noop(&mut send).is_pending());
        assert_eq!(rx.len(), 0, "an offer is not accepted yet");
        drop(send);
        assert!(matches!(rx.try_recv(), Err(TryRecvError::Empty)));
        let mut recv = rx.recv();
        assert!(poll_noop(&mut recv).is_pending());
    });
}

#[test]
fn nil_is_never_ready() {
    soon(|| {
        let (tx, rx) = nil::<u8>();
        assert!(matches!(tx.try_send(1), Err(TrySendError::Full(1))));
        assert!(matches!(rx.try_recv(), Err(TryRecvError::Empty)));
        for _ in 0..3 {
            assert!(poll_noop(&mut tx.send(1)).is_pending());
            assert!(poll_noop(&mut rx.recv()).is_pending());
            assert!(poll_noop(&mut tx.closed()).is_pending() && poll_noop(&mut rx.closed()).is_pending());
        }
        assert_eq!(tx.send(3).cancel().ok(), Some(3));
        assert!(matches!(block_on(tx.send_until(4, Countdown(2))), Err(SendTimeoutError::Timeout(4))));
        assert!(matches!(block_on(rx.recv_until(Countdown(2))), Err(RecvTimeoutError::Timeout)));
        let limit = std::time::Duration::from_millis(1);
        assert!(matches!(tx.send_timeout_blocking(5, limit), Err(SendTimeoutError::Timeout(5))));
        assert!(matches!(rx.recv_timeout_blocking(limit), Err(RecvTimeoutError::Timeout)));
        assert!(!tx.close() && !rx.close());
        assert!(!tx.is_closed() && !rx.is_closed());
        assert_eq!((tx.len(), rx.len()), (0, 0));
        drop(rx);
        assert!(matches!(tx.try_send(1), Err(TrySendError::Full(1))), "nil does not close");
        // The same types as any channel's, so that one can stand for the other.
        let (mut tx, _rx) = unbounded::<u8>();
        assert!(tx.try_send(1).is_ok());
        tx = nil().0;
        assert!(tx.try_send(1).is_err());
    });
}

#[test]
fn counts_and_identity() {
    soon(|| {
        for flavour in Flavour::ALL {
            let (tx, rx) = flavour.make::<u8>();
            let (tx2, rx2, rx3) = (tx.clone(), rx.clone(), rx.clone());
            assert_eq!((tx.sender_count(), tx.receiver_count()), (2, 3));
            assert_eq!((rx.sender_count(), rx.receiver_count()), (2, 3));
            assert!(tx.same_channel(&tx2) && rx2.same_channel(&rx3));
            let (weak_tx, weak_rx): (WeakSender<u8>, WeakReceiver<u8>) = (tx.downgrade(), rx.downgrade());
            let (tx3, rx4) = (weak_tx.upgrade().expect("open"), weak_rx.upgrade().expect("open"));
            assert_eq!((tx.sender_count(), tx.receiver_count()), (3, 4));
            drop((tx2, tx3, rx2, rx3, rx4));
            assert_eq!((tx.sender_count(), tx.receiver_count()), (1, 1));
            let (other_tx, other_rx) = flavour.make::<u8>();
            assert!(!tx.same_channel(&other_tx) && !rx.same_channel(&other_rx));
        }
    });
}

#[test]
fn errors_are_errors_without_debug_messages() {
    fn told<T>(error: impl Error, text_of: fn(T)) {
        let _ = text_of;
        assert!(!error.to_string().is_empty() && !format!("{error:?}").is_empty());
    }
    told(SendError(Plain(1)), |_: Plain| {});
    told(TrySendError::Full(Plain(1)), |_: Plain| {});
    told(TrySendError::Closed(Plain(1)), |_: Plain| {});
    told(SendTimeoutError::Timeout(Plain(1)), |_: Plain| {});
    told(SendTimeoutError::Closed(Plain(1)), |_: Plain| {});
    told(RecvError, |_: ()| {});
    told(TryRecvError::Empty, |_: ()| {});
    told(TryRecvError::Closed, |_: ()| {});
    told(RecvTimeoutError::Timeout, |_: ()| {});
    told(RecvTimeoutError::Closed, |_: ()| {});
    assert_eq!(SendError(Plain(3)).into_inner().0, 3);
    assert_eq!(TrySendError::Full(Plain(4)).into_inner().0, 4);
    assert_eq!(SendTimeoutError::Timeout(Plain(5)).into_inner().0, 5);
    assert!(matches!(TrySendError::from(SendError(Plain(6))), TrySendError::Closed(Plain(6))));
    assert!(matches!(SendTimeoutError::from(SendError(Plain(7))), SendTimeoutError::Closed(Plain(7))));
    assert!(matches!(TryRecvError::from(RecvError), TryRecvError::Closed));
    assert!(matches!(RecvTimeoutError::from(RecvError), RecvTimeoutError::Closed));
}

#[test]
fn iterators_take_what_they_say() {
    soon(|| {
        for flavour in [Flavour::Bounded(4), Flavour::Bounded(128), Flavour::Unbounded] {
            let (tx, rx): (Sender<u8>, Receiver<u8>) = flavour.make();
            let fill = |n: u8| (0..n).for_each(|i| tx.try_send(i).expect("room"));
            fill(4);
            assert_eq!(rx.try_iter().take(2).collect::<Vec<_>>(), [0, 1], "{flavour:?}");
            assert_eq!(rx.drain().collect::<Vec<_>>(), [2, 3]);
            fill(3);
            assert_eq!(rx.iter().take(3).collect::<Vec<_>>(), [0, 1, 2]);
            fill(2);
            tx.close();
            assert_eq!((&rx).into_iter().collect::<Vec<_>>(), [0, 1]);
            assert_eq!(rx.into_iter().count(), 0);
        }
    });
}
