//! Operations with a time limit: what is not done in time is given back, and done once or not at all.

use super::*;

#[test]
fn send_timeout_gives_the_very_message_back() {
    run(async {
        for capacity in [0, 1] {
            let (tx, rx) = chan(capacity);
            for _ in 0..capacity {
                tx.send(Arc::new(0)).await.unwrap();
            }
            let letter = Arc::new(1);
            let begin = Instant::now();
            match tx.send_timeout(letter.clone(), MOMENT).await {
                Err(SendTimeoutError::Timeout(back)) => assert!(Arc::ptr_eq(&back, &letter)),
                other => panic!("{other:?}"),
            }
            assert!(begin.elapsed() >= MOMENT);
            // It was not sent, and nothing of it is left behind.
            assert_eq!(Arc::strong_count(&letter), 1);
            assert_eq!(rx.try_iter().count(), capacity);

            drop(rx);
            match tx.send_timeout(letter.clone(), MINUTE).await {
                Err(SendTimeoutError::Closed(back)) => assert!(Arc::ptr_eq(&back, &letter)),
                other => panic!("{other:?}"),
            }
        }
    });
}

#[test]
fn send_timeout_sends_when_somebody_comes_in_time() {
    run(async {
        let (tx, rx) = chan(0);
        let reader = go(async move {
            sleep(MOMENT).await;
            rx.recv().await
        });
        assert_eq!(tx.send_timeout("letter", MINUTE).await, Ok(()));
        assert_eq!(reader.await.unwrap(), Ok("letter"));
    });
}

#[test]
fn recv_timeout_receives_times_out_or_sees_the_close() {
    run(async {
        for capacity in [0, 1] {
            let (tx, rx) = chan(capacity);
            let begin = Instant::now();
            assert_eq!(rx.recv_timeout(MOMENT).await, Err(RecvTimeoutError::Timeout));
            assert!(begin.elapsed() >= MOMENT);
            let writer = go(async move {
                sleep(MOMENT).await;
                tx.send(1).await
            });
            assert_eq!(rx.recv_timeout(MINUTE).await, Ok(1));
            assert_eq!(writer.await.unwrap(), Ok(()));
            assert_eq!(rx.recv_timeout(MINUTE).await, Err(RecvTimeoutError::Closed));
        }
    });
}

#[test]
fn close_wakes_operations_that_have_a_time_limit() {
    run(async {
        let (tx, rx) = chan(0);
        let late = rx.clone();
        let receive = go(async move { late.recv_timeout(MINUTE).await });
        sleep(MOMENT).await;
        rx.close();
        assert_eq!(receive.await.unwrap(), Err(RecvTimeoutError::Closed));
        assert_eq!(tx.send_timeout(1, MINUTE).await, Err(SendTimeoutError::Closed(1)));
    });
}

#[test]
fn time_limits_that_race_lose_and_double_nothing() {
    run(async {
        for capacity in [0, 1] {
            let (tx, rx) = chan(capacity);
            let limit = Duration::from_micros(300);
            let sender = go(async move {
                let mut sent = Vec::new();
                for n in 0..300_u32 {
                    match tx.send_timeout(n, limit).await {
                        Ok(()) => sent.push(n),
                        Err(SendTimeoutError::Timeout(back)) => assert_eq!(back, n),
                        Err(SendTimeoutError::Closed(_)) => panic!("closed"),
                    }
                }
                sent
            });
            let mut received = Vec::new();
            loop {
                match rx.recv_timeout(limit).await {
                    Ok(n) => received.push(n),
                    Err(RecvTimeoutError::Timeout) => {}
                    Err(RecvTimeoutError::Closed) => break,
                }
            }
            assert_eq!(sender.await.unwrap(), received);
        }
    });
}

#[test]
fn limits_polled_any_number_of_times_lose_and_double_nothing() {
    run(async {
        for capacity in [0, 1] {
            let (tx, rx) = chan(capacity);
            let limits = [Duration::ZERO, Duration::from_micros(50), MINUTE].into_iter().cycle();
            let reader = go({
                let limits = limits.clone();
                async move {
                    let mut received = Vec::new();
                    for (limit, polls) in limits.zip((0..4).cycle()) {
                        match within(polls, pin!(rx.recv_timeout(limit))).await {
                            Some(Ok(letter)) => {
                                let letter: Letter = letter;
                                received.push(letter.number);
                            }
                            Some(Err(RecvTimeoutError::Closed)) => break,
                            // Nothing was taken.
                            Some(Err(RecvTimeoutError::Timeout)) | None => yield_now().await,
                        }
                    }
                    received
                }
            });

            let (letters, gone) = letters(300);
            let mut tries = limits.zip((0..5).cycle());
            for mut letter in letters {
                let number = letter.number;
                loop {
                    let (limit, polls) = tries.next().unwrap();
                    let mut send = tx.send_timeout(letter, limit);
                    letter = match within(polls, Pin::new(&mut send)).await {
                        Some(Ok(())) => break,
                        Some(Err(SendTimeoutError::Timeout(back))) => back,
                        Some(Err(SendTimeoutError::Closed(_))) => panic!("closed"),
                        None => match send.cancel() {
                            Ok(back) => back,
                            Err(rt::Sent) => break,
                        },
                    };
                    assert_eq!(letter.number, number);
                    assert_eq!(gone[number].load(Relaxed), 0);
                    yield_now().await;
                }
            }
            drop(tx);
            assert!(reader.await.unwrap().into_iter().eq(0..300));
            assert_gone_once(&gone);
        }
    });
}

#[test]
fn the_core_s_own_limits_take_this_clock() {
    run(async {
        let (tx, rx) = chan(0);
        assert_eq!(rx.recv_until(after(MOMENT)).await, Err(RecvTimeoutError::Timeout));
        assert_eq!(tx.send_until(1, sleep(MOMENT)).await, Err(SendTimeoutError::Timeout(1)));
    });
}
