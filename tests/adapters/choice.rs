//! Select, with this adapter's timers and tasks among the cases.

use super::*;

#[test]
fn select_takes_the_case_that_is_ready() {
    run(async {
        let (tx, rx) = chan(1);
        let (full, _keep) = chan(0);
        tx.send(1).await.unwrap();
        let got = select! {
            n = rx.recv() => n.unwrap(),
            _ = full.send(0) => 0,
            _ = sleep(MINUTE) => 0,
        };
        assert_eq!(got, 1);
        select! {
            sent = tx.send(2) => sent.unwrap(),
            _ = pending::<()>() => unreachable!(),
        }
        assert_eq!(rx.recv().await, Ok(2));
    });
}

#[test]
fn select_sends_to_one_of_several_and_keeps_no_copy() {
    run(async {
        let (tx_a, rx_a) = chan(0);
        let (tx_b, rx_b) = chan(0);
        let reader = |rx: Receiver<u64>| go(async move { collect(rx).await.into_iter().sum::<u64>() });
        let (a, b) = (reader(rx_a), reader(rx_b));
        let (mut sent_a, mut sent_b) = (0, 0);
        for n in 1..=1000 {
            select! {
                sent = tx_a.send(n) => { sent.unwrap(); sent_a += n }
                sent = tx_b.send(n) => { sent.unwrap(); sent_b += n }
            }
        }
        drop((tx_a, tx_b));
        assert_eq!((a.await.unwrap(), b.await.unwrap()), (sent_a, sent_b));
        assert_eq!(sent_a + sent_b, 500_500);
    });
}

#[test]
fn default_runs_at_once_or_when_its_timer_is_done() {
    run(async {
        let (_tx, rx) = chan::<u8>(0);
        let now = select! { _ = rx.recv() => false, default => true };
        assert!(now);

        let begin = Instant::now();
        let late = select! { _ = rx.recv() => false, default(after(MOMENT)) => true };
        assert!(late && begin.elapsed() >= MOMENT);
        let late = select! { _ = rx.recv() => false, default(sleep(MOMENT)) => true };
        assert!(late);
    });
}

#[test]
fn complete_runs_when_every_channel_is_done() {
    run(async {
        let (a, b) = (numbers(0..10), numbers(10..20));
        let mut sum = 0;
        loop {
            select! {
                n = a.recv() => sum += n.unwrap(),
                n = b.recv() => sum += n.unwrap(),
                complete => break,
            }
        }
        assert_eq!(sum, 190);
    });
}

#[test]
fn a_nil_channel_a_false_guard_and_none_disable_a_case() {
    run(async {
        let (_tx, never) = nil::<u8>();
        let (tx, rx) = chan(1);
        let switched_off: Option<&Receiver<u8>> = None;
        tx.send(1).await.unwrap();
        for _ in 0..50 {
            select! {
                _ = never.recv() => unreachable!(),
                _ = rx.recv(), if false => unreachable!(),
                _ = switched_off.map(Receiver::recv) => unreachable!(),
                default => {}
            }
        }
        assert_eq!(rx.len(), 1);
    });
}

#[test]
fn a_closed_channel_is_a_ready_case_with_its_error() {
    run(async {
        let (tx, rx) = chan::<u8>(0);
        rx.close();
        let got = select! { got = rx.recv() => got, _ = sleep(MINUTE) => Ok(0) };
        assert_eq!(got, Err(RecvError));
        let sent = select! { sent = tx.send(1) => sent, _ = sleep(MINUTE) => Ok(()) };
        assert_eq!(sent, Err(SendError(1)));
    });
}

#[test]
fn a_tick_beats_among_the_cases_of_a_loop() {
    run(async {
        let (tx, rx) = chan(0);
        go(async move {
            for n in 0..10 {
                sleep(2 * MOMENT).await;
                tx.send(n).await.unwrap();
            }
        });
        let (mut beat, mut beats, mut got) = (tick(MOMENT), 0, Vec::new());
        loop {
            select! {
                n = rx.recv() => match n {
                    Ok(n) => got.push(n),
                    Err(RecvError) => break,
                },
                _ = beat.next() => beats += 1,
            }
        }
        assert!(got.into_iter().eq(0..10));
        assert!(beats > 0);
    });
}

#[test]
fn a_reservation_is_a_case_and_its_permit_goes_to_one_channel() {
    run(async {
        let ((tx_a, rx_a), (tx_b, rx_b)) = (chan(1), chan(1));
        tx_a.send(1).await.unwrap();
        let chosen = select! {
            permit = tx_a.reserve() => { drop(permit); 'a' }
            permit = tx_b.reserve() => { permit.unwrap().send(2); 'b' }
            _ = sleep(MINUTE) => 'c',
        };
        assert_eq!(chosen, 'b');
        assert_eq!((rx_a.recv().await, rx_b.recv().await), (Ok(1), Ok(2)));
        // The case that lost left no reservation behind.
        assert!(tx_a.try_send(3).is_ok());

        // Nobody may come: then the message is still ours.
        assert!(timeout(MOMENT, tx_a.reserve()).await.is_err());
    });
}

#[test]
fn a_kept_select_holds_channels_ticks_tasks_and_timers_and_moves_to_a_task() {
    enum Event {
        Got(u64),
        Closed,
        Beat,
        Ended(u64),
    }
    run(async {
        let mut select = Select::new();
        select.recv(numbers(0..10), |n| n.map_or(Event::Closed, Event::Got));
        select.stream(tick(MOMENT), |_| Event::Beat);
        select.future(go(async { 7 }), |result| Event::Ended(result.unwrap()));
        select.future(after(MINUTE), |_| panic!("stuck"));
        let hub = go(async move {
            let (mut sum, mut closed, mut beats, mut ended) = (0, false, 0, 0);
            while !closed || beats == 0 || ended == 0 {
                match select.run().await.unwrap() {
                    Event::Got(n) => sum += n,
                    Event::Closed => closed = true,
                    Event::Beat => beats += 1,
                    Event::Ended(n) => ended += n,
                }
            }
            (sum, ended)
        });
        assert_eq!(hub.await.unwrap(), (45, 7));
    });
}
