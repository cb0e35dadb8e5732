//! Fairness, weights, priorities.
//!
//! The seed has them among its future plans. The choice is counted with seeds, so a run that passes once passes always;
//! `crates/chan-select/tests` goes through every subset of ready cases.

use super::backend::{self, SelectRng, Turn, chan, select};

/// What is exceeded with probability 10^-12 at two degrees of freedom.
const BOUND: f64 = 55.3;

fn chi_square(counts: [u32; 3], weights: [u32; 3]) -> f64 {
    let (turns, sum) = (f64::from(counts.iter().sum::<u32>()), f64::from(weights.iter().sum::<u32>()));
    let each = counts.into_iter().zip(weights);
    each.map(|(count, weight)| {
        let expected = turns * f64::from(weight) / sum;
        (f64::from(count) - expected).powi(2) / expected
    })
    .sum()
}

#[test]
fn ready_cases_are_equally_likely() {
    run!({
        let mut rng = SelectRng::new(7);
        let mut counts = [0_u32; 3];
        let ((tx_a, a), (tx_b, b), (tx_c, c)) = (chan(1), chan(1), chan(1));
        for tx in [&tx_a, &tx_b, &tx_c] {
            send!(tx, ()).unwrap();
        }
        for _ in 0..3000 {
            let (case, tx) = select! {
                seed = &mut rng;
                _ = a.recv() => (0, &tx_a),
                _ = b.recv() => (1, &tx_b),
                _ = c.recv() => (2, &tx_c),
            };
            counts[case] += 1;
            send!(tx, ()).unwrap();
        }
        assert!(chi_square(counts, [1, 1, 1]) < BOUND, "{counts:?}");
    });
}

#[test]
fn a_case_that_is_always_ready_does_not_starve_another() {
    run!({
        let mut rng = SelectRng::new(8);
        let (stop, stopped) = chan::<()>(1);
        let (_, ended) = chan::<()>(1);
        let mut turns = 0;
        send!(stop, ()).unwrap();
        loop {
            select! {
                seed = &mut rng;
                // Closed: ready with its error, for ever.
                _ = ended.recv() => turns += 1,
                _ = stopped.recv() => break,
            }
        }
        assert!(turns < 64, "{turns} turns: the probability of this is 2^-64");
    });
}

#[test]
fn priorities_are_the_order_of_a_biased_select() {
    run!({
        let ((tx_low, low), (tx_high, high)) = (chan(100), chan(100));
        for n in 0..100 {
            send!(tx_low, n).unwrap();
            send!(tx_high, n).unwrap();
        }
        drop((tx_low, tx_high));
        let mut order = Vec::new();
        loop {
            select! {
                biased;
                n = high.recv() => order.push(("high", n.unwrap())),
                n = low.recv() => order.push(("low", n.unwrap())),
                complete => break,
            }
        }
        let expected = (0..100).map(|n| ("high", n)).chain((0..100).map(|n| ("low", n)));
        assert!(order.into_iter().eq(expected));
    });
}

#[test]
fn a_ready_case_wins_with_its_weight() {
    run!({
        let ((tx_a, a), (tx_b, b), (tx_c, c)) = (chan(1), chan(1), chan(1));
        let (_quiet, nothing) = chan::<()>(0);
        for tx in [&tx_a, &tx_b, &tx_c] {
            send!(tx, ()).unwrap();
        }
        let mut counts = [0_u32; 3];
        for _ in 0..6000 {
            let (case, tx) = select! {
                weighted;
                [1] _ = a.recv() => (0, &tx_a),
                [2] _ = b.recv() => (1, &tx_b),
                // Not ready: its weight is nobody's.
                [100] _ = nothing.recv() => unreachable!(),
                [3] _ = c.recv() => (2, &tx_c),
                [0] _ = a.recv() => unreachable!("disabled"),
            };
            counts[case] += 1;
            send!(tx, ()).unwrap();
        }
        assert!(chi_square(counts, [1, 2, 3]) < BOUND, "{counts:?}");
    });
}

#[test]
fn in_a_round_robin_the_ready_ones_take_turns() {
    run!({
        let mut turn = Turn::new();
        let ((tx_a, a), (tx_b, b)) = (chan(100), chan(100));
        let (_quiet, nothing) = chan::<u32>(0);
        for n in 0..100 {
            send!(tx_a, n).unwrap();
            send!(tx_b, n).unwrap();
        }
        for n in 0..200 {
            let (who, got) = select! {
                round_robin = &mut turn;
                n = a.recv() => ("a", n),
                n = b.recv() => ("b", n),
                _ = nothing.recv() => unreachable!(),
                _ = nothing.recv() => unreachable!(),
            };
            assert_eq!((who, got), (if n % 2 == 0 { "a" } else { "b" }, Ok(n / 2)));
        }
    });
}
