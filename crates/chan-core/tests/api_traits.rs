//! What the types are: `Send`, `Sync`, `Unpin`, unwind safe; what they print.

use std::cell::Cell;
use std::error::Error;
use std::fmt::{Debug, Display};
use std::future::{Pending, Ready};
use std::marker::PhantomPinned;
use std::panic::{RefUnwindSafe, UnwindSafe};

use chan_core::future::{
    Closed, Next, Recv, RecvSignal, RecvUntil, Reserve, ReserveOwned, Send as SendFuture, SendFrom, SendUntil,
};
use chan_core::iter::{Drain, TryIter};
use chan_core::stream::{IntoStream, RecvStream};
use chan_core::{
    Builder, Manners, OwnedPermit, Permit, Receiver, RecvError, RecvTimeoutError, SendError, SendTimeoutError, Sender,
    Sent, TryRecvError, TrySendError, WeakReceiver, WeakSender, bounded, nil, unbounded,
};

fn is_send<X: Send>() {}
fn is_sync<X: Sync>() {}
fn is_unpin<X: Unpin>() {}
fn is_unwind_safe<X: UnwindSafe + RefUnwindSafe>() {}
fn is_debug<X: Debug>() {}

/// `Send`, and nothing else that could help: not `Sync`, `Debug`, `Clone`, `Default`, unwind safe.
struct Plain(#[allow(dead_code)] Cell<u8>);

chan_core::signal_kinds! {
    /// Kinds of signals.
    enum Light { Green }
}

/// Implements a trait method only for what is not `Send` (or not `Sync`), so that the test sees the absence.
macro_rules! is_not {
    ($type:ty: $bound:path) => {{
        trait Absent<Marker> {
            fn here() {}
        }
        impl<X: ?Sized> Absent<()> for X {}
        #[allow(dead_code)]
        struct Present;
        impl<X: ?Sized + $bound> Absent<Present> for X {}
        // Two impls would apply if the bound held: this would not compile.
        <$type as Absent<_>>::here();
    }};
}

#[test]
fn handles_are_shared_and_moved_freely_whatever_the_message_is_if_it_may_move() {
    fn all<X: Send + Sync + Unpin + UnwindSafe + RefUnwindSafe + Clone + Debug>() {}
    all::<Sender<u8>>();
    all::<Receiver<u8>>();
    all::<WeakSender<u8>>();
    all::<WeakReceiver<u8>>();
    fn plain<X: Send + Sync + Unpin + UnwindSafe + RefUnwindSafe + Clone + Debug>() {}
    plain::<Sender<Plain>>();
    plain::<Receiver<Plain>>();
    plain::<WeakSender<Cell<u8>>>();
    plain::<WeakReceiver<Cell<u8>>>();
    plain::<Sender<&'static mut u8>>();
    plain::<Receiver<Box<dyn FnOnce() + Send>>>();
}

#[test]
fn futures_are_send_and_unpin() {
    macro_rules! all {
        ($($future:ty),* $(,)?) => {$(
            is_send::<$future>();
            is_sync::<$future>();
            is_unpin::<$future>();
            is_debug::<$future>();
        )*};
    }
    all! {
        SendFuture<'static, u8>, Recv<'static, u8>, Closed<'static, u8>, RecvStream<'static, u8>, IntoStream<u8>,
        SendUntil<'static, u8, Ready<()>>, RecvUntil<'static, u8, Ready<()>>,
        TryIter<'static, u8>, Drain<'static, u8>, SendFrom<'static, u8>, Next<'static, u8>, Next<'static, Plain>,
        Reserve<'static, u8>, ReserveOwned<u8>,
        Reserve<'static, Plain>, ReserveOwned<Plain>, Permit<'static, Plain>, OwnedPermit<Plain>,
        RecvSignal<'static, Light>,
        Recv<'static, Plain>, Closed<'static, Plain>, RecvStream<'static, Plain>, IntoStream<Plain>,
    }
    is_unwind_safe::<Permit<'static, Plain>>();
    is_unwind_safe::<OwnedPermit<Plain>>();
    // What holds a message is shared only if the message may be.
    is_send::<SendFuture<'static, Plain>>();
    is_send::<SendFrom<'static, Plain>>();
    // Pinned neither message nor timer.
    is_unpin::<SendFuture<'static, PhantomPinned>>();
    is_unpin::<SendFrom<'static, PhantomPinned>>();
    is_unpin::<Next<'static, PhantomPinned>>();
    is_unpin::<SendUntil<'static, PhantomPinned, PhantomPinned>>();
    is_unpin::<RecvUntil<'static, PhantomPinned, PhantomPinned>>();
    is_send::<SendUntil<'static, Cell<u8>, Pending<()>>>();
}

#[cfg(feature = "std")]
#[test]
fn blocking_iterators_are_shared_and_moved() {
    is_send::<chan_core::iter::Iter<'static, Plain>>();
    is_send::<chan_core::iter::IntoIter<Plain>>();
    is_debug::<chan_core::iter::IntoIter<Plain>>();
    is_unwind_safe::<chan_core::iter::IntoIter<Plain>>();
}

#[cfg(feature = "sink")]
#[test]
fn sinks_are_send_and_unpin() {
    is_send::<chan_core::sink::SendSink<'static, Plain>>();
    is_send::<chan_core::sink::IntoSink<Plain>>();
    is_unpin::<chan_core::sink::IntoSink<PhantomPinned>>();
    is_debug::<chan_core::sink::SendSink<'static, Plain>>();
}

#[test]
fn nothing_crosses_threads_when_the_message_must_not() {
    type Local = std::rc::Rc<u8>;
    is_not!(Sender<Local>: Send);
    is_not!(Sender<Local>: Sync);
    is_not!(Receiver<Local>: Send);
    is_not!(Receiver<Local>: Sync);
    is_not!(WeakSender<Local>: Send);
    is_not!(WeakReceiver<Local>: Sync);
    is_not!(SendFuture<'static, Local>: Send);
    is_not!(SendFrom<'static, Local>: Send);
    is_not!(Next<'static, Local>: Send);
    is_not!(Recv<'static, Local>: Send);
    is_not!(Closed<'static, Local>: Send);
    is_not!(RecvStream<'static, Local>: Send);
    is_not!(IntoStream<Local>: Send);
    is_not!(SendUntil<'static, u8, Local>: Send);
    is_not!(Reserve<'static, Local>: Send);
    is_not!(ReserveOwned<Local>: Send);
    is_not!(Permit<'static, Local>: Send);
    is_not!(OwnedPermit<Local>: Sync);
    is_not!(SendFuture<'static, Cell<u8>>: Sync);
    // They work on one thread all the same.
    let (tx, rx) = unbounded();
    tx.try_send(Local::new(7)).unwrap();
    assert_eq!(*rx.try_recv().unwrap(), 7);
}

#[test]
fn manners_and_builders_are_plain_data() {
    is_sync::<Manners>();
    is_send::<Builder>();
    is_unwind_safe::<Builder>();
}

#[test]
fn errors_are_errors_whatever_the_message_is() {
    fn error<X: Error + Debug + Display>(error: X) -> (String, String) {
        (error.to_string(), format!("{error:?}"))
    }
    let plain = || Plain(Cell::new(0));
    let closed = "sending on a closed channel";
    assert_eq!(error(SendError(plain())), (closed.into(), "SendError(..)".into()));
    assert_eq!(error(TrySendError::Full(plain())), ("sending on a full channel".into(), "Full(..)".into()));
    assert_eq!(error(TrySendError::Closed(plain())), (closed.into(), "Closed(..)".into()));
    let late = "timed out while sending on a channel";
    assert_eq!(error(SendTimeoutError::Timeout(plain())), (late.into(), "Timeout(..)".into()));
    assert_eq!(error(SendTimeoutError::Closed(plain())), (closed.into(), "Closed(..)".into()));
    let drained = "receiving on a closed and drained channel";
    assert_eq!(error(RecvError), (drained.into(), "RecvError".into()));
    assert_eq!(error(TryRecvError::Empty), ("receiving on an empty channel".into(), "Empty".into()));
    assert_eq!(error(TryRecvError::Closed), (drained.into(), "Closed".into()));
    let late = "timed out while receiving on a channel";
    assert_eq!(error(RecvTimeoutError::Timeout), (late.into(), "Timeout".into()));
    assert_eq!(error(RecvTimeoutError::Closed), (drained.into(), "Closed".into()));
    assert_eq!(error(Sent), ("the message was taken".into(), "Sent".into()));
}

#[test]
fn errors_turn_into_the_wider_ones() {
    assert_eq!(TrySendError::from(SendError(1)), TrySendError::Closed(1));
    assert_eq!(SendTimeoutError::from(SendError(1)), SendTimeoutError::Closed(1));
    assert_eq!(TryRecvError::from(RecvError), TryRecvError::Closed);
    assert_eq!(RecvTimeoutError::from(RecvError), RecvTimeoutError::Closed);
}

#[test]
fn errors_say_which_they_are_and_give_the_message_back() {
    assert_eq!(SendError("m").into_inner(), "m");
    for (error, full) in [(TrySendError::Full("m"), true), (TrySendError::Closed("m"), false)] {
        assert_eq!((error.is_full(), error.is_closed()), (full, !full));
        assert_eq!(error.into_inner(), "m");
    }
    for (error, late) in [(SendTimeoutError::Timeout("m"), true), (SendTimeoutError::Closed("m"), false)] {
        assert_eq!((error.is_timeout(), error.is_closed()), (late, !late));
        assert_eq!(error.into_inner(), "m");
    }
    assert!(TryRecvError::Empty.is_empty() && !TryRecvError::Empty.is_closed());
    assert!(TryRecvError::Closed.is_closed() && !TryRecvError::Closed.is_empty());
    assert!(RecvTimeoutError::Timeout.is_timeout() && !RecvTimeoutError::Timeout.is_closed());
    assert!(RecvTimeoutError::Closed.is_closed() && !RecvTimeoutError::Closed.is_timeout());
}

#[test]
fn handles_print_their_channel_and_never_a_message() {
    let (tx, rx) = bounded(2);
    tx.try_send(Plain(Cell::new(0))).unwrap();
    assert_eq!(format!("{tx:?}"), "Sender { kind: bounded, len: 1, capacity: 2, closed: false }");
    rx.close();
    assert_eq!(format!("{rx:?}"), "Receiver { kind: bounded, len: 1, capacity: 2, closed: true }");
    assert_eq!(format!("{:?}", tx.downgrade()), "WeakSender { kind: bounded, len: 1, capacity: 2, closed: true }");

    let (tx, _rx) = bounded::<Plain>(0);
    assert_eq!(format!("{tx:?}"), "Sender { kind: rendezvous, len: 0, capacity: 0, closed: false }");
    let (_tx, rx) = unbounded::<Plain>();
    assert_eq!(format!("{rx:?}"), "Receiver { kind: unbounded, len: 0, closed: false }");
    assert_eq!(format!("{:?}", rx.downgrade()), "WeakReceiver { kind: unbounded, len: 0, closed: false }");
    let (tx, rx) = nil::<Plain>();
    assert_eq!(format!("{tx:?} {rx:?}"), "Sender { kind: nil } Receiver { kind: nil }");

    static POLITE: Manners = Manners { name: "polite", proceed: |cx, poll| poll(cx), check_blocking: || {} };
    let (tx, _rx) = Builder::unbounded().manners(&POLITE).build::<Plain>();
    assert_eq!(format!("{tx:?}"), "Sender { kind: unbounded, len: 0, closed: false, manners: polite }");
    assert_eq!(format!("{POLITE:?}"), "Manners { name: \"polite\", .. }");
}

#[test]
fn futures_and_streams_print_whether_they_are_over() {
    use futures_lite::future::block_on;
    let (tx, rx) = unbounded();
    let mut send = tx.send(Plain(Cell::new(0)));
    assert_eq!(format!("{send:?}"), "Send { completed: false, .. }");
    block_on(&mut send).unwrap();
    assert_eq!(format!("{send:?}"), "Send { completed: true, .. }");
    assert_eq!(format!("{:?}", rx.recv()), "Recv { completed: false, .. }");
    assert_eq!(format!("{:?}", rx.closed()), "Closed { completed: false, .. }");
    assert_eq!(format!("{:?}", tx.send_from(&mut None)), "SendFrom { completed: false, .. }");
    assert_eq!(format!("{:?}", rx.signal::<Light>()), "RecvSignal { completed: false, .. }");
    assert_eq!(format!("{:?} {:?}", tx.signal(Light::Green), Light::Green), "true Green");
    assert_eq!(format!("{:?}", rx.stream().next()), "Next { completed: false, .. }");
    assert_eq!(format!("{:?}", tx.reserve()), "Reserve { completed: false, .. }");
    assert_eq!(format!("{:?}", tx.clone().reserve_owned()), "ReserveOwned { completed: false, .. }");
    assert_eq!(format!("{:?}", tx.try_reserve()), "Ok(Permit { .. })");
    assert_eq!(format!("{:?}", tx.clone().try_reserve_owned().unwrap()), "OwnedPermit { .. }");
    let timer = std::future::pending::<()>();
    assert_eq!(format!("{:?}", rx.recv_until(timer)), "RecvUntil { completed: false, .. }");
    assert_eq!(format!("{:?}", rx.stream()), "RecvStream { ended: false, .. }");
    assert!(format!("{:?}", rx.into_stream()).starts_with("IntoStream { receiver: Receiver {"));
}
