//! Futures dropped after every number of polls: nothing is lost, nothing happens twice, and what was called off says so.

use super::*;

const LETTERS: usize = 100;
const CAPACITIES: [Option<usize>; 4] = [Some(0), Some(1), Some(3), None];

fn channel<T>(capacity: Option<usize>) -> (Sender<T>, Receiver<T>) {
    capacity.map_or_else(unbounded, chan)
}

/// Receives until the channel is closed, each attempt dropped after 0, 1, 2, 0, .. polls.
async fn fickle_receives(rx: Receiver<Letter>) -> Vec<usize> {
    let mut received = Vec::new();
    for polls in (0..3).cycle() {
        match within(polls, pin!(rx.recv())).await {
            Some(Ok(letter)) => received.push(letter.number),
            Some(Err(RecvError)) => break,
            None => yield_now().await,
        }
    }
    received
}

#[test]
fn a_receive_dropped_at_every_poll_takes_nothing() {
    run(async {
        for capacity in [0, 1] {
            let (tx, rx) = chan(capacity);
            for polls in 0..10 {
                assert!(within(polls, pin!(rx.recv())).await.is_none());
            }
            let writer = go(async move { tx.send(1).await });
            assert_eq!(rx.recv().await, Ok(1));
            assert_eq!(writer.await.unwrap(), Ok(()));
        }
    });
}

#[test]
fn sends_called_off_at_every_poll_are_sent_or_given_back() {
    run(async {
        for capacity in CAPACITIES {
            let (tx, rx) = channel(capacity);
            let reader = go(fickle_receives(rx));
            let (letters, gone) = letters(LETTERS);
            for (mut letter, polls) in letters.zip((0..4).cycle()) {
                loop {
                    let mut send = tx.send(letter);
                    if let Some(sent) = within(polls, Pin::new(&mut send)).await {
                        sent.unwrap();
                        break;
                    }
                    match send.cancel() {
                        Ok(back) if polls > 0 => letter = back,
                        // Never polled: not sent, and never will be.
                        Ok(back) => {
                            tx.send(back).await.unwrap();
                            break;
                        }
                        Err(rt::Sent) => break,
                    }
                    yield_now().await;
                }
            }
            drop(tx);
            assert!(reader.await.unwrap().into_iter().eq(0..LETTERS), "{capacity:?}");
            assert_gone_once(&gone);
        }
    });
}

#[test]
fn sends_dropped_at_every_poll_leave_each_message_in_one_place() {
    run(async {
        for capacity in CAPACITIES {
            let (tx, rx) = channel(capacity);
            let reader = go(fickle_receives(rx));
            let (letters, gone) = letters(LETTERS);
            let mut surely = Vec::new();
            for (letter, polls) in letters.zip((0..4).cycle()) {
                let number = letter.number;
                if let Some(sent) = within(polls, pin!(tx.send(letter))).await {
                    sent.unwrap();
                    surely.push(number);
                }
            }
            drop(tx);
            let received = reader.await.unwrap();
            // In order, none twice, and none of those whose send said `Ok` is missing. At capacity 0 a send that was
            // dropped may have been received all the same.
            assert!(received.is_sorted_by(|a, b| a < b));
            if capacity == Some(0) {
                assert!(surely.iter().all(|number| received.binary_search(number).is_ok()));
            } else {
                assert_eq!(received, surely, "{capacity:?}");
            }
            assert_gone_once(&gone);
        }
    });
}

#[test]
fn a_select_dropped_at_every_poll_has_one_effect_or_none() {
    run(async {
        for capacity in CAPACITIES {
            let ((tx_a, rx_a), (tx_b, rx_b)) = (channel(capacity), channel(capacity));
            let readers = (go(fickle_receives(rx_a)), go(fickle_receives(rx_b)));
            let echoes = numbers(0..LETTERS as u64);
            let (mut letters, gone) = letters(LETTERS);
            let (mut sent_a, mut sent_b, mut heard) = (Vec::new(), Vec::new(), 0);
            // Which letter goes where is open until it is sent.
            let (mut a, mut b) = (letters.next(), letters.next());
            let mut polls = 0;
            while let (Some(to_a), Some(to_b)) = (a.take(), b.take()) {
                polls = (polls + 1) % 4;
                let numbers = (to_a.number, to_b.number);
                let (mut send_a, mut send_b) = (tx_a.send(to_a), tx_b.send(to_b));
                let turn = async {
                    select! {
                        sent = &mut send_a => sent.unwrap(),
                        sent = &mut send_b => sent.unwrap(),
                        echo = echoes.recv(), if heard < LETTERS as u64 => {
                            assert_eq!(echo, Ok(heard));
                            heard += 1;
                        }
                    }
                };
                within(polls, pin!(turn)).await;
                // Each says what has become of it, whether the select was dropped or not.
                (a, b) = (send_a.cancel().ok(), send_b.cancel().ok());
                assert!(a.is_some() || b.is_some(), "two effects");
                sent_a.extend(a.is_none().then_some(numbers.0));
                sent_b.extend(b.is_none().then_some(numbers.1));
                a = a.or_else(|| letters.next());
                b = b.or_else(|| letters.next());
            }
            // One is left when there is no other for the second case.
            drop((a, b, tx_a, tx_b));
            assert_eq!((readers.0.await.unwrap(), readers.1.await.unwrap()), (sent_a, sent_b), "{capacity:?}");
            assert_gone_once(&gone);
            // No echo was lost either.
            assert!(collect(echoes).await.into_iter().eq(heard..LETTERS as u64));
        }
    });
}

#[test]
fn a_slot_says_whether_its_message_was_sent_whenever_the_select_is_dropped() {
    run(async {
        for capacity in CAPACITIES {
            let ((tx_a, rx_a), (tx_b, rx_b)) = (channel(capacity), channel(capacity));
            let readers = (go(fickle_receives(rx_a)), go(fickle_receives(rx_b)));
            let (letters, gone) = letters(LETTERS);
            let (mut sent_a, mut sent_b, mut polls) = (Vec::new(), Vec::new(), 0);
            let (mut a, mut b) = (None, None);
            // Which letter goes where is open until it is sent.
            let mut letters = letters.peekable();
            while a.is_some() || b.is_some() || letters.peek().is_some() {
                a = a.or_else(|| letters.next());
                b = b.or_else(|| letters.next());
                let number = |slot: &Option<Letter>| slot.as_ref().map(|letter| letter.number);
                let before = (number(&a), number(&b));
                polls = (polls + 1) % 4;
                let turn = async {
                    select! {
                        sent = tx_a.send_from(&mut a) => sent.unwrap(),
                        sent = tx_b.send_from(&mut b) => sent.unwrap(),
                    }
                };
                within(polls, pin!(turn)).await;
                let (gone_a, gone_b) = (a.is_none() && before.0.is_some(), b.is_none() && before.1.is_some());
                assert!(!(gone_a && gone_b), "two effects");
                sent_a.extend(before.0.filter(|_| gone_a));
                sent_b.extend(before.1.filter(|_| gone_b));
            }
            drop((tx_a, tx_b));
            assert_eq!((readers.0.await.unwrap(), readers.1.await.unwrap()), (sent_a, sent_b), "{capacity:?}");
            assert_gone_once(&gone);
        }
    });
}

#[test]
fn reservations_and_permits_dropped_at_every_poll_keep_no_room() {
    run(async {
        for capacity in CAPACITIES {
            let (tx, rx) = channel(capacity);
            let reader = go(fickle_receives(rx));
            let (letters, gone) = letters(LETTERS);
            let (mut tries, mut regrets) = ((0..4).cycle(), (0..3).cycle());
            for letter in letters {
                loop {
                    let polls = tries.next().unwrap();
                    match within(polls, pin!(tx.reserve())).await {
                        Some(permit) if regrets.next() == Some(0) => drop(permit.unwrap()),
                        Some(permit) => {
                            permit.unwrap().send(letter);
                            break;
                        }
                        None => yield_now().await,
                    }
                }
            }
            // All the room is there: none was kept by what was dropped.
            if let Some(capacity @ 1..) = capacity {
                let mut permits = Vec::new();
                for _ in 0..capacity {
                    permits.push(tx.reserve().await.unwrap());
                }
                assert!(tx.try_reserve().is_err());
            }
            drop(tx);
            assert!(reader.await.unwrap().into_iter().eq(0..LETTERS), "{capacity:?}");
            assert_gone_once(&gone);
        }
    });
}
