//! The patterns together: fan-in with shutdown and timeout, a pipeline with a nil-ed stage and a heartbeat, and a
//! service that has all of them.

use chan_tests::tracked::{Ledger, Tracked};

use super::backend::{self, Receiver, RecvError, Signal, after, chan, nil, select, tick};
use super::{MINUTE, MOMENT};

/// Three producers that never end, a consumer that merges them, notices when they pause, and shuts them down.
#[test]
fn fan_in_with_shutdown_and_timeout() {
    run!({
        let ledger = Ledger::new(100_000);
        let (idle, was_idle) = chan(0);
        let (stop, stopped) = chan::<()>(1);
        let mut producers = Vec::new();
        let mut inputs = Vec::new();
        for (producer, capacity) in [0, 1, 8].into_iter().enumerate() {
            let (tx, rx) = chan(capacity);
            inputs.push(rx);
            let (ledger, was_idle, stop) = (ledger.clone(), was_idle.clone(), stop.clone());
            producers.push(go!({
                let mut sent = 0;
                while deliver!(tx, ledger.make_for(producer, sent)) {
                    sent += 1;
                    if sent == 50 {
                        // A pause, until the consumer has noticed that nothing comes, or has stopped.
                        let _ = recv!(was_idle);
                    }
                    if sent == 100 {
                        let _ = stop.try_send(());
                    }
                }
                sent
            }));
        }
        let (a, b, c) = (&inputs[0], &inputs[1], &inputs[2]);
        let mut next = [0; 3];
        let mut idles = 0;
        let mut take = |message: Result<Tracked, RecvError>| {
            let message = message.unwrap();
            assert_eq!(message.number, next[message.producer]);
            next[message.producer] += 1;
            message.received();
        };
        loop {
            select! {
                message = a.recv() => take(message),
                message = b.recv() => take(message),
                message = c.recv() => take(message),
                _ = stopped.recv() => break,
                default(after(MOMENT)) => {
                    idles += 1;
                    while idle.try_send(()).is_ok() {}
                }
            }
        }
        drop(idle);
        for input in &inputs {
            assert!(input.close());
        }
        for input in &inputs {
            for message in collect!(input) {
                take(Ok(message));
            }
        }
        let mut sent = Vec::new();
        for producer in producers {
            sent.push(done!(producer));
        }
        assert!(idles > 0);
        assert_eq!(sent, next);
        let account = ledger.settle(true, false);
        assert_eq!((account.received, account.back), (sent.iter().sum(), 3));
    });
}

/// A stage that merges two sources, disables each with nil when it ends, and says that it lives all the while, on the
/// control lane of the channel to the next stage.
#[test]
fn a_pipeline_with_a_nil_ed_stage_and_a_heartbeat() {
    run!({
        let ledger = Ledger::new(120);
        let (tx_short, mut short) = chan(2);
        let (tx_long, mut long) = chan(0);
        let (tx_merged, merged) = chan(1);
        let (heard, go_on) = chan(1);

        let sources = [
            {
                let ledger = ledger.clone();
                go!({
                    for number in 0..20 {
                        assert!(deliver!(tx_short, ledger.make_for(0, number)));
                    }
                })
            },
            {
                let ledger = ledger.clone();
                go!({
                    for number in 0..100 {
                        if number % 25 == 0 {
                            // Slower than the heart beats.
                            recv!(go_on).unwrap();
                        }
                        assert!(deliver!(tx_long, ledger.make_for(1, number)));
                    }
                })
            },
        ];
        let merge = go!({
            let (mut beat, mut beaten, mut open) = (tick(MOMENT), 0, 2);
            while open > 0 {
                select! {
                    message = short.recv() => match message {
                        Ok(message) => send!(tx_merged, message).unwrap(),
                        Err(RecvError) => { short = nil().1; open -= 1 }
                    },
                    message = long.recv() => match message {
                        Ok(message) => send!(tx_merged, message).unwrap(),
                        Err(RecvError) => { long = nil().1; open -= 1 }
                    },
                    _ = beat.next() => {
                        beaten += 1;
                        assert!(tx_merged.signal(Signal::Heartbeat));
                    }
                }
            }
            beaten
        });
        let (mut next, mut beats) = ([0; 2], 0);
        loop {
            select! {
                message = merged.recv() => match message {
                    Ok(message) => {
                        assert_eq!(message.number, next[message.producer]);
                        next[message.producer] += 1;
                        message.received();
                    }
                    Err(RecvError) => break,
                },
                signal = merged.signal(), if !merged.is_closed() => {
                    // Closed meanwhile, or alive.
                    if let Ok(Signal::Heartbeat) = signal {
                        beats += 1;
                        let _ = heard.try_send(());
                    }
                }
            }
        }
        for source in sources {
            done!(source);
        }
        assert_eq!(next, [20, 100]);
        // Beats that nobody had looked at count as one.
        let beaten = done!(merge);
        assert!((4..=beaten).contains(&beats), "{beats} of {beaten}");
        let account = ledger.settle(true, false);
        assert_eq!(account.received, 120);
    });
}

/// A queue, workers, replies, a limit, a way to stop: each job is answered, or handed back, exactly once.
#[test]
fn a_service_with_workers_replies_limits_and_shutdown() {
    run!({
        let ledger = Ledger::new(1000);
        let (tx_job, jobs) = chan(2);
        let (tx_reply, replies) = chan(0);
        let (stop, stopped) = chan::<()>(1);
        let workers: Vec<_> = (0..3)
            .map(|_| {
                let (jobs, tx_reply): (Receiver<Tracked>, _) = (jobs.clone(), tx_reply.clone());
                go!({
                    while let Ok(job) = recv!(jobs) {
                        if job.number % 64 == 63 {
                            // A slow one.
                            sleep!(2 * MOMENT);
                        }
                        send!(tx_reply, job).unwrap();
                    }
                })
            })
            .collect();
        drop((jobs, tx_reply));
        let (mut made, mut accepted, mut answered) = (0, 0, 0);
        let mut offer = None;
        loop {
            // The next job waits in its case until a worker has room for it.
            if offer.is_none() && !tx_job.is_closed() {
                let (receipt, job) = ledger.make_for(0, made).with_receipt();
                offer = Some((receipt, tx_job.send(job)));
                made += 1;
            }
            let mut sent = None;
            select! {
                result = offer.as_mut().map(|(_, send)| send) => sent = Some(result),
                reply = replies.recv() => match reply {
                    Ok(job) => {
                        job.received();
                        answered += 1;
                        if answered == 150 {
                            send!(stop, ()).unwrap();
                        }
                    }
                    Err(RecvError) => break,
                },
                _ = stopped.recv() => assert!(tx_job.close()),
                default(after(MINUTE)) => panic!("stuck: {accepted} accepted, {answered} answered"),
            }
            if let Some(result) = sent {
                let (receipt, _) = offer.take().unwrap();
                match result {
                    Ok(()) => {
                        receipt.sent();
                        accepted += 1;
                    }
                    Err(error) => error.into_inner().back(),
                }
            }
        }
        // The workers were faster than the refusal.
        if let Some((_, send)) = offer {
            send.cancel().unwrap().back();
        }
        for worker in workers {
            done!(worker);
        }
        assert!(answered >= 150);
        assert_eq!(answered, accepted);
        let account = ledger.settle(false, false);
        assert_eq!((account.received, account.made - account.back), (accepted, accepted));
    });
}
