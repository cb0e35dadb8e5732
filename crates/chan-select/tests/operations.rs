//! Channel operations other than `send` and `recv` as cases: sends from a slot, waiting for the close, the next message
//! of a stream. All of them are native: they keep what a foreign future would lose.

use std::cell::Cell;
use std::pin::pin;
use std::rc::Rc;

use chan_core::case::Operation;
use chan_core::{RecvError, bounded, nil, unbounded};
use chan_select::{Msg, Select, Signal, select};
use futures_lite::future::{block_on, pending, poll_once, ready};

fn is_native<O: Operation>(_: &O) {}

#[test]
fn they_are_operations() {
    let (tx, rx) = bounded(1);
    let mut slot = Some(1);
    is_native(&tx.send_from(&mut slot));
    is_native(&tx.closed());
    is_native(&&mut rx.closed());
    let mut stream = rx.stream();
    is_native(&stream.next());
    is_native(&Some(rx.clone().into_stream().next()));
}

// ------------------------------------------------------------------ send_from

/// Passes messages on, with one in hand: Go's select with a send that is disabled by nil while there is nothing to send.
#[test]
fn a_loop_that_holds_one_message_uses_its_slot_in_the_bodies() {
    for (in_capacity, out_capacity) in [(0, 0), (1, 1), (0, 2), (3, 0)] {
        let (input, from) = bounded(in_capacity);
        let (to, output) = bounded(out_capacity);
        let relay = async {
            let (mut slot, mut open, mut passed) = (None, true, 0);
            while open || slot.is_some() {
                let empty = slot.is_none();
                select! {
                    res = to.send_from(&mut slot) => { res.unwrap(); assert_eq!(slot, None); passed += 1; }
                    message = from.recv(), if open && empty => match message {
                        Ok(message) => { assert_eq!(slot.replace(message), None); }
                        Err(RecvError) => open = false,
                    },
                }
            }
            drop(to);
            passed
        };
        let feed = async {
            for i in 0..100 {
                input.send(i).await.unwrap();
            }
            drop(input);
        };
        let drain = async {
            let mut got = Vec::new();
            while let Ok(i) = output.recv().await {
                got.push(i);
            }
            got
        };
        let (passed, ((), got)) = block_on(futures_lite::future::zip(relay, futures_lite::future::zip(feed, drain)));
        assert_eq!((passed, got), (100, (0..100).collect()));
    }
}

#[test]
fn a_losing_slot_stays_filled_whatever_the_winner_is() {
    struct Counted(Rc<Cell<u32>>);
    impl Drop for Counted {
        fn drop(&mut self) {
            self.0.set(self.0.get() + 1);
        }
    }
    for capacity in [0, 1] {
        for sleeps in [false, true] {
            let drops = Rc::new(Cell::new(0));
            let (tx, rx) = bounded(capacity);
            if capacity == 1 {
                assert!(tx.try_send(Counted(drops.clone())).is_ok());
            }
            let (wake, woken) = bounded(1);
            let mut slot = Some(Counted(drops.clone()));
            block_on(async {
                let won = {
                    let mut select = pin!(async {
                        select! {
                            _ = tx.send_from(&mut slot) => panic!("nobody receives"),
                            res = woken.recv() => { assert!(slot.is_some()); res }
                        }
                    });
                    if sleeps {
                        assert!(poll_once(&mut select).await.is_none());
                    }
                    wake.try_send("up").unwrap();
                    select.await
                };
                assert_eq!(won, Ok("up"));
                assert!(slot.is_some());
                // Dropped from outside while it sleeps.
                {
                    let mut select = pin!(async {
                        select! { _ = tx.send_from(&mut slot) => {}, _ = pending::<()>() => {} }
                    });
                    assert!(poll_once(&mut select).await.is_none());
                }
                assert!(slot.is_some());
                // `default` wins.
                select! { _ = tx.send_from(&mut slot) => panic!("full"), default => assert!(slot.is_some()) }
            });
            assert_eq!(drops.get(), 0);
            drop((slot, tx, rx));
            assert_eq!(drops.get(), 1 + capacity as u32);
        }
    }
}

#[test]
fn an_offer_from_a_slot_that_a_peer_takes_is_the_case_that_runs() {
    block_on(async {
        for taken in [0, 1] {
            let (tx0, rx0) = bounded(0);
            let (tx1, rx1) = bounded(0);
            let (mut slot0, mut slot1) = (Some("zero"), Some("one"));
            {
                let mut select = pin!(async {
                    select! {
                        res = tx0.send_from(&mut slot0) => { res.unwrap(); 0 }
                        res = tx1.send_from(&mut slot1) => { res.unwrap(); 1 }
                    }
                });
                assert_eq!(poll_once(&mut select).await, None);
                assert_eq!([&rx0, &rx1][taken].try_recv(), Ok(["zero", "one"][taken]));
                assert!([&rx1, &rx0][taken].try_recv().is_err(), "the other one is not there any more");
                assert_eq!(poll_once(&mut select).await, Some(taken));
            }
            assert_eq!([slot0.is_some(), slot1.is_some()], [taken != 0, taken != 1]);
        }
    });
}

#[test]
fn with_complete_a_closed_channel_leaves_the_slot_alone() {
    block_on(async {
        for capacity in [0, 1] {
            let (tx, rx) = bounded(capacity);
            let mut slot = Some(1);
            {
                let mut select = pin!(async {
                    select! { _ = tx.send_from(&mut slot) => "sent", complete => "complete" }
                });
                if capacity == 0 {
                    assert!(poll_once(&mut select).await.is_none());
                }
                rx.close();
                assert_eq!(select.await, "complete");
            }
            assert_eq!(slot, Some(1));
            // Without `complete` it is ready with its error.
            select! { res = tx.send_from(&mut slot) => assert_eq!(res.unwrap_err().0, 1) }
            assert_eq!(slot, None);
        }
    });
}

#[test]
fn an_empty_slot_disables_its_case() {
    block_on(async {
        let (tx, _rx) = bounded::<u8>(1);
        let mut slot = None;
        select! { _ = tx.send_from(&mut slot) => panic!("nothing to send"), n = ready(1) => assert_eq!(n, 1) }
        select! { _ = tx.send_from(&mut slot) => panic!("nothing to send"), complete => {} }
    });
}

#[test]
fn beside_default_a_slot_goes_to_a_receive_that_waits() {
    block_on(async {
        let (tx, rx) = bounded(0);
        let mut slot = Some(5);
        let mut recv = pin!(rx.recv());
        assert!(poll_once(&mut recv).await.is_none());
        select! { res = tx.send_from(&mut slot) => res.unwrap(), default => panic!("a receive waits") }
        assert_eq!((slot, recv.await), (None, Ok(5)));
    });
}

// --------------------------------------------------------------------- closed

#[test]
fn the_close_is_a_case() {
    block_on(async {
        for sleeps in [false, true] {
            let (tx, rx) = bounded(1);
            tx.try_send(1).unwrap();
            let mut select = pin!(async {
                select! { () = tx.closed() => "closed", _ = tx.send(2) => "sent" }
            });
            if sleeps {
                assert_eq!(poll_once(&mut select).await, None);
            }
            let mut seed = chan_select::SelectRng::new(1);
            rx.close();
            // Both are ready: the close and the send's error.
            assert!(poll_once(&mut select).await.is_some());
            select! { biased; () = rx.closed() => {}, _ = rx.recv() => panic!("not first") }
            select! { seed = &mut seed; () = rx.closed(), if sleeps => {}, n = rx.recv() => assert_eq!(n, Ok(1)) }
        }
        let (tx, _rx) = nil::<u8>();
        select! { () = tx.closed() => panic!("nil is never closed"), default => {} }
        select! { () = tx.closed() => panic!("nil is never closed"), complete => {} }
    });
}

#[test]
fn in_a_select_with_complete_a_close_is_said_once() {
    block_on(async {
        let (tx, rx) = bounded(2);
        tx.try_send(1).unwrap();
        tx.try_send(2).unwrap();
        drop(tx);
        let (mut closed, mut sum, mut said) = (rx.closed(), 0, 0);
        loop {
            select! {
                () = &mut closed => said += 1,
                n = rx.recv() => sum += n.unwrap(),
                complete => break,
            }
        }
        assert_eq!((said, sum), (1, 3));
        // Without `complete` it stays ready.
        select! { () = &mut closed => {}, default => panic!("closed") }
    });
}

#[test]
fn a_losing_close_is_as_if_it_had_never_been() {
    block_on(async {
        let (tx, rx) = bounded::<u8>(0);
        let mut closed = rx.closed();
        {
            let mut select = pin!(async {
                select! { () = &mut closed => {}, _ = pending::<()>() => {} }
            });
            assert!(poll_once(&mut select).await.is_none());
        }
        assert!(poll_once(&mut closed).await.is_none());
        select! { () = &mut closed => panic!("open"), _ = ready(()) => {} }
        drop(tx);
        closed.await;
    });
}

// ----------------------------------------------------------------------- next

#[test]
fn the_next_message_of_a_stream_is_a_case() {
    block_on(async {
        let (tx, rx) = unbounded();
        let other = rx.clone();
        let mut stream = rx.stream();
        let mut owned = other.into_stream();
        for i in 0..10 {
            tx.try_send(i).unwrap();
        }
        drop(tx);
        let (mut one, mut two) = (Vec::new(), Vec::new());
        loop {
            select! {
                i = stream.next() => match i { Some(i) => one.push(i), None => break },
                i = owned.next() => match i { Some(i) => two.push(i), None => break },
            }
        }
        let mut all = [one, two].concat();
        all.sort_unstable();
        assert_eq!(all, (0..10).collect::<Vec<_>>());
        // Ended streams stay ended, and are what `complete` waits for.
        while stream.next().await.is_some() || owned.next().await.is_some() {}
        assert_eq!((stream.next().await, owned.next().await), (None, None));
        select! { _ = stream.next() => panic!("ended"), _ = owned.next() => panic!("ended"), complete => {} }
    });
}

#[test]
fn a_stream_that_waited_goes_on_in_a_select_and_keeps_no_hint_from_others() {
    use futures_lite::Stream;
    block_on(async {
        let (tx, rx) = bounded(1);
        let mut stream = rx.stream();
        // It has the first place in the line, from a poll of its own.
        futures_lite::future::poll_fn(|cx| {
            assert!(std::pin::Pin::new(&mut stream).poll_next(cx).is_pending());
            std::task::Poll::Ready(())
        })
        .await;
        let mut other = pin!(rx.recv());
        assert!(poll_once(&mut other).await.is_none());
        // The hint goes to the stream, whose case loses: the other receive must be woken.
        tx.try_send(1).unwrap();
        select! { biased; _ = ready(()) => {}, _ = stream.next() => panic!("not first") }
        assert_eq!(poll_once(&mut other).await, Some(Ok(1)));
    });
}

// -------------------------------------------------------------------- signals

#[test]
fn a_signal_is_a_case_and_its_type_is_found_in_the_body() {
    block_on(async {
        let (tx, rx) = bounded(2);
        let second = rx.clone();
        tx.try_send(1).unwrap();
        tx.signal(Signal::Heartbeat);
        tx.signal(Signal::Cancel);
        select! {
            biased;
            signal = rx.signal() => assert_eq!(signal, Ok(Signal::Cancel)),
            _ = rx.recv() => panic!("not first"),
        }
        // Another handle sees the same again.
        select! { signal = second.signal() => assert_eq!(signal, Ok(Signal::Cancel)) }
        let (first, last) = (second.signal::<Signal>().await, rx.signal::<Signal>().await);
        assert_eq!((first, last), (Ok(Signal::Heartbeat), Ok(Signal::Heartbeat)));
        let mut asleep = pin!(async {
            select! { signal = second.signal::<Signal>() => signal, _ = pending::<()>() => Err(RecvError) }
        });
        assert_eq!(poll_once(&mut asleep).await, None);
        tx.signal(Signal::Done);
        assert_eq!(poll_once(&mut asleep).await, Some(Ok(Signal::Done)));
        assert_eq!(rx.try_signal(), Ok(Signal::Done));
    });
}

#[test]
fn a_signal_case_that_loses_leaves_the_signal() {
    block_on(async {
        let (tx, rx) = bounded::<u8>(1);
        {
            let mut select = pin!(async {
                select! { _ = rx.signal::<Signal>() => {}, _ = pending::<()>() => {} }
            });
            assert!(poll_once(&mut select).await.is_none());
            tx.signal(Signal::Done);
        }
        select! { biased; _ = ready(()) => {}, _ = rx.signal::<Signal>() => panic!("not first") }
        assert_eq!(rx.try_signal(), Ok(Signal::Done));
        select! { _ = rx.signal::<Signal>() => panic!("seen"), default => {} }
        // By reference, from turn to turn.
        let mut signal = rx.signal();
        select! { _ = &mut signal => panic!("seen"), default => {} }
        tx.signal(Signal::Heartbeat);
        select! { signal = &mut signal => assert_eq!(signal, Ok(Signal::Heartbeat)), default => panic!("pending") }
    });
}

#[test]
fn complete_waits_for_the_signals_that_were_raised_before_the_close() {
    block_on(async {
        let (tx, rx) = bounded(2);
        tx.try_send(1).unwrap();
        tx.signal(Signal::Done);
        tx.signal(Signal::Heartbeat);
        drop(tx);
        let (mut signals, mut messages) = (Vec::new(), 0);
        loop {
            select! {
                signal = rx.signal::<Signal>() => signals.push(signal.unwrap()),
                n = rx.recv() => messages += n.unwrap(),
                complete => break,
            }
        }
        assert_eq!((signals, messages), (vec![Signal::Done, Signal::Heartbeat], 1));
        select! { signal = rx.signal::<Signal>() => assert_eq!(signal, Err(RecvError)) }
    });
}

#[test]
fn messages_that_are_signals_keep_their_order() {
    let (tx, rx) = unbounded::<Msg<u8>>();
    tx.try_send(1.into()).unwrap();
    tx.try_send(Msg::Signal(Signal::Done)).unwrap();
    tx.try_send(2.into()).unwrap();
    let got: Vec<_> = rx.drain().collect();
    assert_eq!(got, [Msg::Data(1), Msg::Signal(Signal::Done), Msg::Data(2)]);
    assert_eq!(got.iter().map(Msg::is_signal).collect::<Vec<_>>(), [false, true, false]);
    // Kinds of one's own need nothing but a type.
    assert!(Msg::<u8, &str>::Signal("pause").is("pause"));
}

// -------------------------------------------------------------- a kept select

#[test]
fn a_kept_select_takes_all_of_them_and_leaves_what_it_did_not_use() {
    let (tx, rx) = bounded(1);
    let (full, _keep) = bounded(0);
    let mut stream = rx.stream();
    let mut slot = Some(7);
    {
        let mut select = Select::new();
        select.operation(rx.signal(), |signal: Result<Signal, _>| format!("{signal:?}"));
        select.operation(rx.closed(), |()| "closed".to_owned());
        select.operation(stream.next(), |n| format!("{n:?}"));
        select.operation(full.send_from(&mut slot), |res: Result<(), _>| format!("sent: {}", res.is_ok()));
        block_on(async {
            // A turn that finds nothing; what comes between two turns is found by the next.
            assert_eq!(poll_once(select.run()).await, None);
            let other = rx.clone();
            let mut waits = pin!(other.signal::<Signal>());
            assert_eq!(poll_once(&mut waits).await, None);
            tx.signal(Signal::Heartbeat);
            assert_eq!(select.run().await, Some("Ok(Heartbeat)".to_owned()));
            assert_eq!(poll_once(&mut waits).await, Some(Ok(Signal::Heartbeat)));
            // And what comes while it sleeps.
            {
                let mut run = pin!(select.run());
                assert_eq!(poll_once(&mut run).await, None);
                tx.try_send(1).unwrap();
                assert_eq!(poll_once(&mut run).await, Some(Some("Some(1)".to_owned())));
            }
            let mut run = pin!(select.run());
            assert_eq!(poll_once(&mut run).await, None);
            rx.close();
            assert_eq!(poll_once(&mut run).await, Some(Some("closed".to_owned())));
        });
        assert_eq!(select.len(), 1);
    }
    assert_eq!(slot, Some(7));
    assert_eq!(block_on(stream.next()), None);
}
