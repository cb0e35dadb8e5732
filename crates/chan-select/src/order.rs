//! In which order a select looks at its cases: a real shuffle, drawn anew at every look. Knows numbers only.
//!
//! The first ready case in a uniformly random order is a uniformly random ready case, whichever those are. A random
//! *start* is not enough: with two ready neighbours of eight, "start somewhere, then in order" takes the first of the
//! two seven times in eight.

use crate::primitive;

/// How many cases a select can have.
pub(crate) const MAX_CASES: usize = 64;

/// The random numbers of a select, to be kept by the user where a run must be repeatable.
///
/// `select! { seed = &mut rng; .. }` draws from it instead of a fresh seed: the same seed and the same ready cases
/// give the same choices. It is a splitmix64 generator: good enough for fairness, of no use for secrets.
///
/// ```
/// use chan_select::{SelectRng, select};
/// use futures_lite::future::{block_on, ready};
///
/// let choices = |seed| {
///     let mut rng = SelectRng::new(seed);
///     let mut chosen = Vec::new();
///     for _ in 0..32 {
///         chosen.push(block_on(async {
///             select! {
///                 seed = &mut rng;
///                 n = ready(1) => n,
///                 n = ready(2) => n,
///             }
///         }));
///     }
///     chosen
/// };
/// assert_eq!(choices(7), choices(7));
/// assert_ne!(choices(7), choices(8));
/// ```
#[derive(Clone, Debug)]
pub struct SelectRng {
    state: u64,
}

impl SelectRng {
    /// A generator that starts from `seed`; every seed is as good as every other.
    pub const fn new(seed: u64) -> Self {
        SelectRng { state: seed }
    }

    /// A generator with a seed that nobody chose: a counter and the address of the stack, mixed. No thread-locals, no
    /// clock, no system call.
    pub fn unseeded() -> Self {
        let here = 0_u8;
        let place = core::ptr::from_ref(&here).addr() as u64;
        let ticks = primitive::ticks() as u64;
        SelectRng { state: mix(place).wrapping_add(ticks.wrapping_mul(STEP)) }
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(STEP);
        mix(self.state)
    }
}

/// splitmix64's odd step, 2^64 divided by the golden ratio.
const STEP: u64 = 0x9E37_79B9_7F4A_7C15;

/// splitmix64's output function (Steele, Lea and Flood, "Fast splittable pseudorandom number generators").
const fn mix(z: u64) -> u64 {
    let z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// Which of the cases that are left comes next.
pub trait Pick {
    /// A number below `n`, which is not 0.
    fn below(&mut self, n: usize) -> usize;
}

impl Pick for SelectRng {
    fn below(&mut self, n: usize) -> usize {
        // Scaling 32 random bits: the bias is below n / 2^32, far under what any test could see.
        let high = self.next() >> 32;
        ((high * n as u64) >> 32) as usize
    }
}

impl<P: Pick> Pick for &mut P {
    fn below(&mut self, n: usize) -> usize {
        (**self).below(n)
    }
}

/// `biased;`: as written, from the top.
#[derive(Debug)]
pub struct Biased;

impl Pick for Biased {
    fn below(&mut self, _: usize) -> usize {
        0
    }
}

/// A permutation of `0..N`, drawn one by one: a Fisher-Yates shuffle that stops where the look stops.
#[derive(Debug)]
pub(crate) struct Order<const N: usize> {
    /// Always a permutation. What an earlier look left in it does no harm: a shuffle of any permutation is uniform.
    cases: [u8; N],
    /// `cases[..drawn]` have been handed out in this look.
    drawn: usize,
}

impl<const N: usize> Order<N> {
    /// As written; nothing drawn yet.
    pub(crate) const fn new() -> Self {
        let mut cases = [0; N];
        let mut case = 0;
        while case < N {
            // N is at most `MAX_CASES`: the macro's own error comes before this.
            cases[case] = case as u8;
            case += 1;
        }
        Order { cases, drawn: 0 }
    }

    /// Begins a look.
    pub(crate) fn restart(&mut self) {
        self.drawn = 0;
    }

    /// The next case of this look, or `None` when all have been drawn.
    pub(crate) fn draw(&mut self, pick: &mut impl Pick) -> Option<usize> {
        let left = N - self.drawn;
        if left == 0 {
            return None;
        }
        let chosen = self.drawn + if left == 1 { 0 } else { pick.below(left) };
        self.cases.swap(self.drawn, chosen);
        let case = self.cases[self.drawn];
        self.drawn += 1;
        Some(case.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    #[test]
    fn a_look_draws_every_case_once() {
        let mut rng = SelectRng::new(1);
        let mut order = Order::<64>::new();
        for _ in 0..100 {
            order.restart();
            let mut seen = 0_u64;
            while let Some(case) = order.draw(&mut rng) {
                assert_eq!(seen & (1 << case), 0);
                seen |= 1 << case;
            }
            assert_eq!(seen, u64::MAX);
        }
    }

    #[test]
    fn biased_keeps_the_written_order() {
        let mut order = Order::<5>::new();
        for _ in 0..3 {
            order.restart();
            for case in 0..5 {
                assert_eq!(order.draw(&mut Biased), Some(case));
            }
            assert_eq!(order.draw(&mut Biased), None);
        }
    }

    #[test]
    fn all_permutations_of_four_are_equally_likely() {
        let mut rng = SelectRng::new(2);
        let mut order = Order::<4>::new();
        let mut counts = [0_u32; 256];
        const RUNS: u32 = 240_000;
        for _ in 0..RUNS {
            order.restart();
            let mut name = 0;
            while let Some(case) = order.draw(&mut rng) {
                name = name * 4 + case;
            }
            counts[name] += 1;
        }
        let seen = counts.iter().filter(|count| **count > 0);
        assert_eq!(seen.clone().count(), 24);
        let expected = f64::from(RUNS) / 24.0;
        let chi2: f64 = seen.map(|count| (f64::from(*count) - expected).powi(2) / expected).sum();
        // 23 degrees of freedom: 95 is exceeded once in 10^10 runs; the seed is fixed besides.
        assert!(chi2 < 95.0, "chi-square {chi2}");
    }

    #[test]
    fn an_empty_order_draws_nothing() {
        assert_eq!(Order::<0>::new().draw(&mut Biased), None);
    }

    #[test]
    fn unseeded_generators_differ() {
        let mut first: Vec<u64> = (0..1000).map(|_| SelectRng::unseeded().next()).collect();
        first.sort_unstable();
        first.dedup();
        assert_eq!(first.len(), 1000);
    }
}
