//! Graceful shutdown: by a message that says done, by closing, or by a signal; what was accepted is worked off first.
//!
//! The seed's `async for` dropped everything that was still buffered at close.

use chan_tests::tracked::{Ledger, Tracked};

use super::backend::{self, Msg, RecvError, Signal, after, chan, select};
use super::{MINUTE, MOMENT};

#[test]
fn done_comes_in_its_turn_and_what_was_sent_before_is_worked_off() {
    run!({
        let ledger = Ledger::new(10);
        let (tx, rx) = chan::<Msg<Tracked>>(4);
        let listener = go!({
            let mut worked = 0;
            loop {
                let message = recv!(rx).unwrap();
                if message.is_signal() {
                    assert!(message.is(Signal::Done));
                    break worked;
                }
                let message = message.data().unwrap();
                assert_eq!(message.number, worked);
                message.received();
                worked += 1;
            }
        });
        for number in 0..10 {
            let (receipt, message) = ledger.make_for(0, number).with_receipt();
            send!(tx, Msg::Data(message)).unwrap();
            receipt.sent();
        }
        send!(tx, Msg::Signal(Signal::Done)).unwrap();
        assert_eq!(done!(listener), 10);
        // The listener is gone, and nobody can send into the void.
        assert!(send!(tx, Msg::Signal(Signal::Done)).is_err());
        assert_eq!(ledger.settle(false, false).received, 10);
    });
}

chan_core::signal_kinds! {
    /// Kinds of one's own.
    enum Order {
        Stop,
        Report,
    }
}

#[test]
fn a_signal_on_the_control_lane_overtakes_what_is_queued_and_takes_no_room() {
    run!({
        let ledger = Ledger::new(4);
        let (tx, rx) = chan(4);
        for _ in 0..4 {
            assert!(deliver!(tx, ledger.make()));
        }
        assert!(rx.is_full());
        // Never waits, whatever is queued; raises that nobody has looked at count as one.
        for _ in 0..3 {
            assert!(tx.signal(Order::Report));
        }
        assert!(tx.signal(Order::Stop));
        let mut seen = Vec::new();
        let mut received = 0;
        loop {
            select! {
                biased;
                order = rx.signal() => match order {
                    Ok(order) => seen.push((order, received)),
                    Err(RecvError) => break,
                },
                message = rx.recv(), if received < 4 => {
                    message.unwrap().received();
                    received += 1;
                    if received == 4 {
                        tx.close();
                    }
                }
            }
        }
        // The most urgent first, each once, both before the first message.
        assert_eq!(seen, [(Order::Stop, 0), (Order::Report, 0)]);
        assert_eq!(ledger.settle(false, false).received, 4);
    });
}

#[test]
fn a_signal_reaches_every_worker_and_each_drains_what_was_accepted() {
    run!({
        const WORKERS: usize = 4;
        let ledger = Ledger::new(10_000);
        let (tx, jobs) = chan::<Tracked>(8);
        let workers: Vec<_> = (0..WORKERS)
            .map(|_| {
                let jobs = jobs.clone();
                go!({
                    let mut worked = 0;
                    loop {
                        select! {
                            order = jobs.signal() => {
                                assert_eq!(order, Ok(Signal::Done));
                                break;
                            }
                            // Closed: another worker was told first. Our own signal is there too.
                            job = jobs.recv() => if let Ok(job) = job {
                                job.received();
                                worked += 1;
                            }
                        }
                    }
                    jobs.close();
                    for job in collect!(jobs) {
                        job.received();
                        worked += 1;
                    }
                    worked
                })
            })
            .collect();
        drop(jobs);
        let mut sent = 0;
        while deliver!(tx, ledger.make()) {
            sent += 1;
            if sent == 200 {
                assert!(tx.signal(Signal::Done));
            }
        }
        let mut worked = 0;
        for worker in workers {
            worked += done!(worker);
        }
        assert_eq!(worked, sent);
        let account = ledger.settle(false, false);
        assert_eq!((account.received, account.back), (sent, 1));
    });
}

#[test]
fn everything_buffered_at_close_is_still_received() {
    run!({
        for capacity in [1, 2, 50] {
            let ledger = Ledger::new(capacity + 1);
            let (tx, rx) = chan(capacity);
            for number in 0..capacity {
                assert!(deliver!(tx, ledger.make_for(0, number)));
            }
            assert!(tx.close());
            assert!(!deliver!(tx, ledger.make()), "closed");
            let drained = collect!(rx);
            assert_eq!(drained.len(), capacity);
            for (number, message) in drained.into_iter().enumerate() {
                assert_eq!(message.number, number);
                message.received();
            }
            let account = ledger.settle(false, false);
            assert_eq!((account.received, account.back), (capacity, 1));
        }
    });
}

#[test]
fn the_receiving_end_closes_and_then_drains() {
    run!({
        let ledger = Ledger::new(1000);
        let (tx, rx) = chan(3);
        let producer = {
            let ledger = ledger.clone();
            go!({
                let mut sent = 0;
                while deliver!(tx, ledger.make()) {
                    sent += 1;
                }
                sent
            })
        };
        for _ in 0..20 {
            recv!(rx).unwrap().received();
        }
        assert!(rx.close());
        let rest = collect!(rx);
        let received = 20 + rest.len();
        rest.into_iter().for_each(Tracked::received);
        assert_eq!(done!(producer), received);
        let account = ledger.settle(false, false);
        assert_eq!((account.received, account.back), (received, 1));
    });
}

#[test]
fn senders_that_wait_at_close_get_their_messages_back() {
    run!({
        for capacity in [0, 2] {
            let ledger = Ledger::new(6);
            let (tx, rx) = chan(capacity);
            let senders: Vec<_> = (0..6)
                .map(|_| {
                    let (tx, ledger) = (tx.clone(), ledger.clone());
                    go!({ deliver!(tx, ledger.make()) })
                })
                .collect();
            sleep!(MOMENT);
            rx.close();
            let mut sent = 0;
            for sender in senders {
                sent += usize::from(done!(sender));
            }
            assert!(sent <= capacity);
            collect!(rx).into_iter().for_each(Tracked::received);
            let account = ledger.settle(capacity == 0, false);
            assert_eq!((account.received, account.back), (sent, 6 - sent));
        }
    });
}

#[test]
fn one_closed_channel_stops_everybody_whatever_they_wait_for() {
    run!({
        let (stop, stopped) = chan::<()>(0);
        let (quiet, nothing) = chan::<()>(0);
        let workers: Vec<_> = (0..5)
            .map(|_| {
                let (stopped, nothing) = (stopped.clone(), nothing.clone());
                go!({
                    select! {
                        end = stopped.recv() => assert_eq!(end, Err(RecvError)),
                        _ = nothing.recv() => unreachable!("nobody sends"),
                        _ = after(MINUTE) => unreachable!("closed long before"),
                    }
                })
            })
            .collect();
        sleep!(MOMENT);
        drop(stop);
        for worker in workers {
            done!(worker);
        }
        drop(quiet);
    });
}

#[test]
fn a_worker_told_to_stop_finishes_what_it_has_accepted() {
    run!({
        let ledger = Ledger::new(10_000);
        let (tx, jobs) = chan::<Tracked>(8);
        let (stop, stopped) = chan::<()>(1);
        let worker = go!({
            let mut worked = 0;
            loop {
                select! {
                    job = jobs.recv() => { job.unwrap().received(); worked += 1 }
                    _ = stopped.recv() => break,
                }
            }
            jobs.close();
            for job in collect!(jobs) {
                job.received();
                worked += 1;
            }
            worked
        });
        let mut sent = 0;
        while deliver!(tx, ledger.make()) {
            sent += 1;
            if sent == 100 {
                send!(stop, ()).unwrap();
            }
        }
        assert_eq!(done!(worker), sent);
        let account = ledger.settle(false, false);
        assert_eq!((account.received, account.back), (sent, 1));
    });
}
