//! Several offers of one select in one channel: a receiver that comes while the select sleeps takes any of them, each as
//! likely as the others.

use chan_core::chan;
use chan_select::{Select, SelectRng, select};
use futures_lite::future::{block_on, poll_once};
use std::pin::pin;

const TURNS: usize = 3000;

/// With fixed seeds. Fair is 1000 for each of three, with a standard deviation of 26.
fn is_fair(counts: [usize; 3]) -> bool {
    counts.iter().all(|count| (870..=1130).contains(count))
}

#[test]
fn a_receiver_that_comes_late_finds_the_offers_of_a_select_in_any_order() {
    let (tx, rx) = chan(0);
    let mut rng = SelectRng::new(1);
    let mut counts = [0; 3];
    for _ in 0..TURNS {
        block_on(async {
            let mut turn = pin!(async {
                select! {
                    seed = &mut rng;
                    sent = tx.send(0) => sent.map(|()| 0),
                    sent = tx.send(1) => sent.map(|()| 1),
                    sent = tx.send(2) => sent.map(|()| 2),
                }
            });
            assert!(poll_once(&mut turn).await.is_none());
            let received = rx.try_recv().unwrap();
            assert_eq!(turn.await, Ok(received));
            counts[received] += 1;
        });
    }
    assert!(is_fair(counts), "{counts:?}");
}

#[test]
fn a_receiver_that_comes_late_finds_the_offers_of_a_kept_select_in_any_order() {
    let (tx, rx) = chan(0);
    let mut select = Select::seeded(SelectRng::new(2));
    let sends = [0, 1, 2].map(|message| select.send(&tx, message, move |sent| sent.map(|()| message)));
    let mut counts = [0; 3];
    for _ in 0..TURNS {
        block_on(async {
            let mut turn = select.run();
            assert!(poll_once(&mut turn).await.is_none());
            let received = rx.try_recv().unwrap();
            assert_eq!(turn.await, Some(Ok(received)));
            counts[received] += 1;
            select.rearm(sends[received], received).unwrap();
        });
    }
    assert!(is_fair(counts), "{counts:?}");
}
