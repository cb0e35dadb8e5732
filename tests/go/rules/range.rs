//! `for v := range ch`: "the successive values sent on the channel until the channel is closed".

use super::backend::{self, chan, unbounded};

#[test]
fn range_gives_every_value_in_order_and_ends_at_close() {
    run!({
        for capacity in [0, 1, 7, 1000] {
            let (tx, rx) = chan(capacity);
            let sender = go!({
                for n in 0..500 {
                    send!(tx, n).unwrap();
                }
                tx.close();
            });
            assert!(collect!(rx).into_iter().eq(0..500));
            done!(sender);
        }
    });
}

#[test]
fn range_over_a_channel_that_is_closed_already_drains_it() {
    run!({
        let (tx, rx) = unbounded();
        for n in 0..100 {
            send!(tx, n).unwrap();
        }
        tx.close();
        assert!(collect!(rx).into_iter().eq(0..100));
        assert_eq!(collect!(rx), []);
    });
}

#[test]
fn several_that_range_share_the_values() {
    run!({
        let (tx, rx) = chan(3);
        let readers: Vec<_> = (0..5)
            .map(|_| {
                let rx = rx.clone();
                go!({ collect!(rx) })
            })
            .collect();
        for n in 0..1000 {
            send!(tx, n).unwrap();
        }
        drop(tx);
        let mut all = Vec::new();
        for reader in readers {
            let part = done!(reader);
            assert!(part.is_sorted());
            all.extend(part);
        }
        all.sort_unstable();
        assert!(all.into_iter().eq(0..1000));
    });
}
