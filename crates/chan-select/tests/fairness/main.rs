//! Each ready case is as likely as every other, whichever are ready: channel operations and other futures alike, ready
//! at once or after a wake-up. And the same check refuses rules that are not fair, so that it is known to see them.
//!
//! Chi-square, with a bound that a fair select exceeds once in 10^12 checks. Runs with a seed give the same counts every
//! time. `CHAN_FAIRNESS_TURNS=n` plays at least n turns for each set of ready cases.

mod counts;
mod kept;
#[macro_use]
mod places;

use chan_select::{SelectRng, Turn, select};
use counts::{assert_uniform, refused, rotation, turns};
use futures_lite::future::block_on;
use places::{Places, When, foreign, mixed, native};
use std::future::{pending, ready};
use std::thread;

/// Turns for each set of ready cases, where the check does not need more.
fn least() -> u64 {
    std::env::var("CHAN_FAIRNESS_TURNS").map_or(600, |n| n.parse().expect("CHAN_FAIRNESS_TURNS is a number"))
}

/// All sets of at least one of so many cases.
fn subsets(cases: usize) -> impl Iterator<Item = u32> {
    1..1 << cases
}

macro_rules! every_subset_of_two_to_eight {
    ($layout:ident, $when:expr) => {
        for cases in 2..=8 {
            let places = Places::new(&$layout::KINDS[..cases]);
            for ready in subsets(cases) {
                let mut rng = SelectRng::new(u64::from(ready) << 8 | cases as u64);
                let mut counts = vec![0; cases];
                for _ in 0..turns(cases, ready, least()) {
                    counts[$layout::seeded(&places, cases, ready, $when, &mut rng)] += 1;
                }
                assert_uniform(&counts, ready);
            }
        }
    };
}

#[test]
fn of_channel_operations_that_are_ready_at_once() {
    every_subset_of_two_to_eight!(native, When::AtOnce);
}

#[test]
fn of_channel_operations_that_become_ready_while_it_sleeps() {
    every_subset_of_two_to_eight!(native, When::AfterAWake);
}

#[test]
fn of_other_futures_that_are_ready_at_once() {
    every_subset_of_two_to_eight!(foreign, When::AtOnce);
}

#[test]
fn of_other_futures_that_become_ready_while_it_sleeps() {
    every_subset_of_two_to_eight!(foreign, When::AfterAWake);
}

#[test]
fn of_both_kinds_ready_at_once() {
    every_subset_of_two_to_eight!(mixed, When::AtOnce);
}

#[test]
fn of_both_kinds_that_become_ready_while_it_sleeps() {
    every_subset_of_two_to_eight!(mixed, When::AfterAWake);
}

/// The mixed kinds, in a circle.
macro_rules! in_a_circle {
    ($turn:ident, $p:ident) => {
        choose!({ round_robin = &mut $turn; } $p:
            0 recv, 1 foreign, 2 send, 3 foreign, 4 foreign, 5 recv, 6 send, 7 recv,)
    };
}

/// What is to be seen is seen: "random start, then in order" is refused wherever it is not fair.
#[test]
fn a_random_start_alone_is_refused() {
    let mut refusals = 0;
    for cases in 2..=8 {
        for ready in subsets(cases) {
            let shares: Vec<_> = rotation(cases, ready).into_iter().filter(|share| *share > 0.0).collect();
            let is_fair = shares.iter().all(|share| (share * shares.len() as f64 - 1.0).abs() < 1e-9);
            let mut random = Numbers(u64::from(ready) << 8 | cases as u64);
            let mut counts = vec![0; cases];
            for _ in 0..turns(cases, ready, least()) {
                let start = random.below(cases);
                let in_order = (0..cases).map(|step| (start + step) % cases);
                counts[in_order.into_iter().find(|case| ready & 1 << case != 0).unwrap()] += 1;
            }
            assert_eq!(refused(&counts, ready), !is_fair, "{counts:?}, ready {ready:b}");
            refusals += u32::from(!is_fair);
        }
    }
    // Of the 501 sets: one case alone, all of them, and evenly spaced ones are the rotation's fair ones.
    assert_eq!(refusals, 446);
}

/// The unseeded default: a new select each turn, in one place of each stack, which is what a poor seed would get wrong.
#[test]
fn of_every_subset_of_eight_unseeded_on_two_threads() {
    let run = |when| {
        let places = Places::new(&mixed::KINDS);
        // By turns, so that what a select draws for one set of ready cases says nothing about the next one's.
        let mut counts = vec![[0_u64; 8]; 256];
        for _ in 0..least().max(2000) {
            for ready in subsets(8) {
                counts[ready as usize][mixed::unseeded(&places, 8, ready, when)] += 1;
            }
        }
        counts
    };
    let threads = [When::AtOnce, When::AfterAWake].map(|when| thread::spawn(move || run(when)));
    let [mut counts, second] = threads.map(|thread| thread.join().unwrap());
    for ready in subsets(8) {
        let (counts, second) = (&mut counts[ready as usize], &second[ready as usize]);
        assert_uniform(counts, ready);
        assert_uniform(second, ready);
        counts.iter_mut().zip(second).for_each(|(count, more)| *count += more);
        assert_uniform(counts, ready);
    }
}

/// One turn's choice says nothing about the next one's. (Go 1.9's select was uniform in each place of a program, and not
/// from one to the next: golang/go#21806.)
#[test]
fn of_pairs_of_turns_unseeded_on_two_threads() {
    let run = || {
        let places = Places::new(&foreign::KINDS);
        let mut counts = [0_u64; 64];
        for _ in 0..least().max(1000) * 100 {
            let first = foreign::unseeded(&places, 8, 0xFF, When::AtOnce);
            let second = foreign::unseeded(&places, 8, 0xFF, When::AtOnce);
            counts[first * 8 + second] += 1;
        }
        counts
    };
    for thread in [thread::spawn(run), thread::spawn(run)] {
        counts::assert_shares(&thread.join().unwrap(), &[1.0; 64]);
    }
}

#[test]
fn with_default_and_with_complete_it_is_as_fair() {
    let mut rng = SelectRng::new(5);
    let p = Places::new(&mixed::KINDS[..3]);
    for ready in subsets(3) {
        let (mut with_default, mut with_complete) = ([0; 3], [0; 3]);
        for _ in 0..turns(3, ready, least()) {
            let case = p.turn(ready, When::AtOnce, async {
                select! { seed = &mut rng;
                _ = p.at(0).recv() => 0, _ = p.at(1).foreign() => 1, _ = p.at(2).send() => 2,
                default => unreachable!() }
            });
            with_default[case] += 1;
            let case = p.turn(ready, When::AtOnce, async {
                select! { seed = &mut rng;
                _ = p.at(0).recv() => 0, _ = p.at(1).foreign() => 1, _ = p.at(2).send() => 2,
                complete => unreachable!() }
            });
            with_complete[case] += 1;
        }
        assert_uniform(&with_default, ready);
        assert_uniform(&with_complete, ready);
    }
}

/// A ready case wins with its weight over the sum of the ready ones' weights; 0 never.
#[test]
fn by_weight_of_every_subset_of_eight() {
    const WEIGHTS: [u32; 8] = [1, 2, 3, 0, 5, 8, 1, 4];
    for when in [When::AtOnce, When::AfterAWake] {
        let p = Places::new(&mixed::KINDS);
        // Not case 3 alone: with weight 0 it is disabled.
        for ready in subsets(8).filter(|ready| *ready != 1 << 3) {
            let mut counts = [0; 8];
            for _ in 0..least() {
                let select = choose!(weighted WEIGHTS p: 0 recv, 1 foreign, 2 send, 3 foreign, 4 foreign, 5 recv,
                    6 send, 7 recv,);
                counts[p.turn(ready, when, select)] += 1;
            }
            counts::assert_shares(&counts, &counts::shares(8, ready, |case| f64::from(WEIGHTS[case])));
        }
    }
}

/// In a circle the ready ones get the same, to one turn.
#[test]
fn in_a_circle_of_every_subset_of_eight() {
    for when in [When::AtOnce, When::AfterAWake] {
        let p = Places::new(&mixed::KINDS);
        for ready in subsets(8) {
            let mut turn = Turn::new();
            let rounds = 20;
            let mut counts = [0; 8];
            for _ in 0..rounds * ready.count_ones() {
                counts[p.turn(ready, when, in_a_circle!(turn, p))] += 1;
            }
            for (case, count) in counts.into_iter().enumerate() {
                assert_eq!(count, if ready & 1 << case != 0 { rounds } else { 0 }, "{counts:?}, ready {ready:b}");
            }
        }
    }
}

/// How long a case that is ready waits, in turns, while another is ready in every turn.
#[derive(Default)]
struct Waits {
    longest: u64,
    now: u64,
    ended: u64,
}

impl Waits {
    fn turn(&mut self, is_ready: bool, taken: bool) {
        if taken {
            self.longest = self.longest.max(self.now);
            self.ended += 1;
            self.now = 0;
        } else if is_ready {
            self.now += 1;
        }
    }

    /// The documented bound: a case that is ready is passed over `m` times in a row with probability (1 - 1/n)^m at
    /// most. So many times that it happens to none of these waits but once in 10^12 runs.
    fn bound(&self, cases: f64) -> u64 {
        ((self.ended as f64 * 1e12).ln() / -(1.0 - 1.0 / cases).ln()).ceil() as u64
    }
}

/// Case 0 is ready in every turn, case 1 becomes so every `every` turns and stays so until it is taken.
fn always_and_now_and_then(every: u64, mut choose: impl FnMut(bool) -> usize) -> [Waits; 2] {
    let mut waits = [Waits::default(), Waits::default()];
    let mut second = false;
    for turn in 0..20 * least() {
        second |= turn % every == 0;
        let case = choose(second);
        waits[0].turn(true, case == 0);
        waits[1].turn(second, case == 1);
        second &= case != 1;
    }
    waits
}

fn mask(second: bool) -> u32 {
    1 | u32::from(second) << 1
}

#[test]
fn nobody_starves_beside_a_case_that_is_always_ready() {
    let p = Places::new(&mixed::KINDS[..2]);
    for every in [1, 2, 3, 7, 20] {
        let mut rng = SelectRng::new(every);
        let seeded =
            always_and_now_and_then(every, |second| mixed::seeded(&p, 2, mask(second), When::AtOnce, &mut rng));
        let unseeded = always_and_now_and_then(every, |second| mixed::unseeded(&p, 2, mask(second), When::AtOnce));
        for waits in seeded.into_iter().chain(unseeded) {
            assert!(waits.ended > 100);
            assert!(waits.longest <= waits.bound(2.0), "waited {} turns of {}", waits.longest, waits.bound(2.0));
        }
    }
}

#[test]
fn nobody_starves_among_eight() {
    let p = Places::new(&native::KINDS);
    let mut waits: [Waits; 8] = Default::default();
    for _ in 0..20 * least() {
        let taken = native::unseeded(&p, 8, 0xFF, When::AtOnce);
        waits.iter_mut().enumerate().for_each(|(case, waits)| waits.turn(true, case == taken));
    }
    for waits in waits {
        assert!(waits.longest <= waits.bound(8.0), "waited {} turns of {}", waits.longest, waits.bound(8.0));
    }
}

/// In a circle the bound is hard: as many turns as there are other cases.
#[test]
fn in_a_circle_nobody_waits_longer_than_the_others_take() {
    let p = Places::new(&mixed::KINDS);
    let mut random = Numbers(7);
    let mut turn = Turn::new();
    let mut waits: [Waits; 8] = Default::default();
    let mut ready = 0;
    for _ in 0..20 * least() {
        // Who is ready stays so until it is taken; others become so at random.
        ready |= 1 << random.below(8) | 1 << random.below(8);
        let taken = p.turn(ready, When::AtOnce, in_a_circle!(turn, p));
        for (case, waits) in waits.iter_mut().enumerate() {
            waits.turn(ready & 1 << case != 0, case == taken);
        }
        ready &= !(1 << taken);
    }
    assert!(waits.iter().all(|waits| waits.longest <= 7 && waits.ended > 100));
    assert!(waits.iter().any(|waits| waits.longest > 3), "the cases hardly ever met");
}

/// `biased` does starve: that much is seen.
#[test]
fn biased_starves_who_is_written_last() {
    let p = Places::new(&mixed::KINDS[..2]);
    let [first, second] = always_and_now_and_then(3, |second| {
        p.turn(mask(second), When::AtOnce, choose!({ biased; } p: 0 recv, 1 foreign,))
    });
    assert_eq!((first.longest, second.ended), (0, 0));
    assert!(second.now > second.bound(2.0));
}

#[test]
fn two_neighbours_of_eight_are_equally_likely() {
    // Where "random start, then in order" gives 7 to 1; and the others are never ready, rather than not yet.
    let mut rng = SelectRng::new(3);
    let mut counts = [0; 2];
    for _ in 0..20 * least() {
        let case = block_on(async {
            select! { seed = &mut rng;
                _ = pending::<()>() => unreachable!(), _ = pending::<()>() => unreachable!(),
                case = ready(0) => case, case = ready(1) => case,
                _ = pending::<()>() => unreachable!(), _ = pending::<()>() => unreachable!(),
                _ = pending::<()>() => unreachable!(), _ = pending::<()>() => unreachable!(),
            }
        });
        counts[case] += 1;
    }
    assert_uniform(&counts, 0b11);
}

/// Random numbers that have nothing to do with the select's own (xorshift64*).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let high = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 32;
        ((high * n as u64) >> 32) as usize
    }
}
