//! `weighted` and `round_robin`: who wins how often, and how long nobody waits longer than.

use chan_core::chan;
use chan_select::{SelectRng, Turn, select, select_blocking};
use futures_lite::future::{block_on, ready};

/// Whether `wins` of `runs` is what chance `p` gives, within six standard deviations.
fn is_about(wins: u32, runs: u32, p: f64) -> bool {
    let expected = f64::from(runs) * p;
    let deviation = (expected * (1.0 - p)).sqrt();
    (f64::from(wins) - expected).abs() <= 6.0 * deviation
}

#[test]
fn weights_are_shares_among_the_ready_cases() {
    block_on(async {
        let (_tx, idle) = chan::<u32>(1);
        let (full, one) = chan::<u32>(1);
        full.try_send(1).unwrap();
        const RUNS: u32 = 30_000;
        let mut wins = [0; 3];
        for _ in 0..RUNS {
            let won: usize = select! {
                weighted;
                [1] _ = ready(()) => 0,
                [1_000_000] _ = idle.recv() => unreachable!(),
                [2] m = one.recv() => { full.try_send(m.unwrap()).unwrap(); 1 }
                [5] _ = ready(()) => 2,
            };
            wins[won] += 1;
        }
        for (won, share) in wins.into_iter().zip([1.0, 2.0, 5.0]) {
            assert!(is_about(won, RUNS, share / 8.0), "{wins:?}");
        }
    });
}

#[test]
fn weights_are_expressions_and_0_disables() {
    block_on(async {
        let (tx, rx) = chan::<u32>(1);
        tx.try_send(7).unwrap();
        let weights = [0, 3];
        for _ in 0..50 {
            let won = select! {
                weighted;
                [weights[0]] m = rx.recv() => m.unwrap(),
                [weights[1] - 1] _ = ready(()) => 1,
            };
            assert_eq!(won, 1);
        }
        // Never built, never registered; with nothing else there is nothing to wait for.
        let evaluated = std::cell::Cell::new(false);
        let won = select! {
            weighted;
            [0] _ = { evaluated.set(true); rx.recv() } => 1,
            complete => 2,
        };
        assert_eq!((won, evaluated.get()), (2, false));
        let guarded = select! {
            weighted;
            [4] m = rx.recv(), if false => m.unwrap(),
            [u32::MAX] _ = ready(()), if true => 2,
            [u32::MAX] _ = ready(()) => 2,
            default => 3,
        };
        assert_eq!(guarded, 2);
    });
}

#[test]
fn sixty_four_weights() {
    macro_rules! select_64 {
        ($($n:literal)*) => { select! { weighted; $([u32::from($n == 40)] _ = ready(()) => $n,)* } };
    }
    let chosen = block_on(async {
        select_64!(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36 37
            38 39 40 41 42 43 44 45 46 47 48 49 50 51 52 53 54 55 56 57 58 59 60 61 62 63)
    });
    assert_eq!(chosen, 40);
}

#[test]
fn in_round_robin_the_ready_cases_take_turns() {
    block_on(async {
        let (tx, rx) = chan::<u32>(1);
        let mut turn = Turn::new();
        let mut chosen = String::new();
        for n in 0..12 {
            // Ready in every third select only.
            if n % 3 == 0 {
                let _ = tx.try_send(1);
            }
            chosen.push(select! {
                round_robin = &mut turn;
                _ = ready(()) => 'a',
                _ = rx.recv() => 'b',
                _ = ready(()) => 'c',
                _ = rx.recv(), if false => 'd',
            });
        }
        // `b` is served in the first select in which its turn comes and something is there.
        assert_eq!(chosen, "abcabcabcabc");
    });
}

#[test]
fn in_round_robin_a_ready_case_waits_for_the_others_once_at_most() {
    // Whatever the others do: 8 cases, of which a random subset is ready at each select, and one always.
    let mut rng = SelectRng::new(5);
    let mut turn = Turn::new();
    let mut waited = 0;
    for _ in 0..20_000 {
        let mut is_ready = |n: u32| select_bit(&mut rng) || n == 3;
        let won = block_on(async {
            select! {
                round_robin = &mut turn;
                _ = ready(()), if is_ready(0) => 0,
                _ = ready(()), if is_ready(1) => 1,
                _ = ready(()), if is_ready(2) => 2,
                _ = ready(()), if is_ready(3) => 3,
                _ = ready(()), if is_ready(4) => 4,
                _ = ready(()), if is_ready(5) => 5,
                _ = ready(()), if is_ready(6) => 6,
                _ = ready(()), if is_ready(7) => 7,
            }
        });
        waited = if won == 3 { 0 } else { waited + 1 };
        assert!(waited <= 7, "the case that is always ready waits for the eighth time");
    }
}

fn select_bit(rng: &mut SelectRng) -> bool {
    block_on(async {
        select! { seed = rng; _ = ready(()) => true, _ = ready(()) => false }
    })
}

#[test]
fn the_blocking_form_has_the_same_modes() {
    let (mut turn, mut rng) = (Turn::new(), SelectRng::new(1));
    let turns: Vec<u32> =
        (0..4).map(|_| select_blocking! { round_robin = &mut turn; _ = ready(()) => 0, _ = ready(()) => 1 }).collect();
    assert_eq!(turns, [0, 1, 0, 1]);
    assert_eq!(select_blocking! { biased; _ = ready(()) => 0, _ = ready(()) => 1 }, 0);
    assert_eq!(select_blocking! { weighted; [0] _ = ready(()) => 0, [1] _ = ready(()) => 1 }, 1);
    let mut chosen = || -> Vec<u32> {
        (0..40).map(|_| select_blocking! { seed = &mut rng; _ = ready(()) => 0, _ = ready(()) => 1 }).collect()
    };
    assert_ne!(chosen(), chosen());
}
