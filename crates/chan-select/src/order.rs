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

/// In which order a look goes over the cases.
pub trait Pick {
    /// Begins a look over `cases`, in any order so far.
    fn begin(&mut self, cases: &mut [u8]) {
        let _ = cases;
    }

    /// Which of the cases that are left comes next, by its place in `left`, which is not empty.
    fn next(&mut self, left: &[u8]) -> usize;

    /// Case `case` has taken effect.
    fn fired(&mut self, case: usize) {
        let _ = case;
    }
}

impl SelectRng {
    /// A number below `n`, which is not 0.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        // Scaling 32 random bits: the bias is below n / 2^32, far under what any test could see.
        let high = self.next() >> 32;
        ((high * n as u64) >> 32) as usize
    }

    /// A number below `sum`, which is not 0; for sums of more than 32 bits.
    pub(crate) fn below_sum(&mut self, sum: u64) -> u64 {
        // As above, with a bias below sum / 2^64.
        ((u128::from(self.next()) * u128::from(sum)) >> 64) as u64
    }
}

impl Pick for SelectRng {
    fn next(&mut self, left: &[u8]) -> usize {
        if left.len() == 1 { 0 } else { self.below(left.len()) }
    }
}

impl<P: Pick> Pick for &mut P {
    fn begin(&mut self, cases: &mut [u8]) {
        (**self).begin(cases);
    }
    fn next(&mut self, left: &[u8]) -> usize {
        (**self).next(left)
    }
    fn fired(&mut self, case: usize) {
        (**self).fired(case);
    }
}

/// `biased;`: as written, from the top.
#[derive(Debug)]
pub struct Biased;

impl Pick for Biased {
    fn next(&mut self, _: &[u8]) -> usize {
        0
    }
}

/// Whose turn it is in a `round_robin` select: kept by the user from one select to the next.
///
/// `select! { round_robin = &mut turn; .. }` looks at its cases in the written order, in a circle, from the one behind
/// the case that took effect last. So the cases that are ready take turns, and **a case that stays ready waits for at
/// most as many selects as there are other cases**, whichever of those are ready. (A circle that began one further on
/// at each select would not give this: of two ready neighbours among eight the first would win seven times in eight.)
///
/// One value serves one place in the program. In a select with another number of cases it is as good as any start.
///
/// ```
/// use chan_select::{Turn, select};
/// use std::future::ready;
///
/// # futures_lite::future::block_on(async {
/// let mut turn = Turn::new();
/// let mut chosen = Vec::new();
/// for _ in 0..6 {
///     chosen.push(select! {
///         round_robin = &mut turn;
///         _ = ready(()) => 'a',
///         _ = ready(()) => 'b',
///         _ = ready(()) => 'c',
///     });
/// }
/// assert_eq!(chosen, ['a', 'b', 'c', 'a', 'b', 'c']);
/// # });
/// ```
#[derive(Clone, Debug, Default)]
pub struct Turn {
    /// The case with which the next look begins.
    next: usize,
}

impl Turn {
    /// The first case's turn.
    pub const fn new() -> Self {
        Turn { next: 0 }
    }
}

#[cfg(feature = "alloc")]
impl Turn {
    /// With which place a look begins.
    pub(crate) fn start(&self) -> usize {
        self.next
    }

    /// Whoever comes behind `place` is next.
    pub(crate) fn pass_behind(&mut self, place: usize) {
        self.next = place + 1;
    }
}

impl Pick for Turn {
    fn begin(&mut self, cases: &mut [u8]) {
        let len = cases.len();
        for (at, case) in cases.iter_mut().enumerate() {
            // Below `MAX_CASES`.
            *case = ((self.next + at) % len) as u8;
        }
    }

    fn next(&mut self, _: &[u8]) -> usize {
        0
    }

    fn fired(&mut self, case: usize) {
        self.next = case + 1;
    }
}

/// `round_robin = ..;`: itself. For its type, so that the compiler's arrow is on another one.
pub fn in_turn(turn: &mut Turn) -> &mut Turn {
    turn
}

/// `weighted;`: each case is drawn with its weight over the sum of the weights that are left.
///
/// So the first ready case of a look is one with its weight over the sum of the ready ones' weights, whatever is drawn
/// and found not ready before it: the chances among the ready ones do not depend on who else was in the draw.
#[derive(Debug)]
pub struct Weighted<const N: usize> {
    weights: [u32; N],
    rng: SelectRng,
}

impl<const N: usize> Weighted<N> {
    /// With a fresh seed.
    pub fn new(weights: [u32; N]) -> Self {
        Weighted { weights, rng: SelectRng::unseeded() }
    }
}

impl<const N: usize> Pick for Weighted<N> {
    fn next(&mut self, left: &[u8]) -> usize {
        let weight = |case: &u8| u64::from(self.weights[usize::from(*case)]);
        let sum: u64 = left.iter().map(weight).sum();
        if sum == 0 {
            // Only disabled cases are left; a look at one finds nothing.
            return 0;
        }
        let mut drawn = self.rng.below_sum(sum);
        let found = left.iter().position(|case| match drawn.checked_sub(weight(case)) {
            Some(rest) => {
                drawn = rest;
                false
            }
            None => true,
        });
        match found {
            Some(at) => at,
            None => unreachable!("{drawn} is drawn below the sum of the weights"),
        }
    }
}

/// Some of the cases.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Set(u64);

impl Set {
    /// With one case more, if `is_in`.
    #[inline]
    pub(crate) const fn with(self, case: usize, is_in: bool) -> Set {
        Set(self.0 | (is_in as u64) << case)
    }

    pub(crate) fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether there are two at least.
    pub(crate) fn has_several(self) -> bool {
        self.0.count_ones() > 1
    }

    pub(crate) fn has(self, case: u8) -> bool {
        self.0 & 1 << case != 0
    }
}

/// The cases that a look goes over, drawn one by one: a Fisher-Yates shuffle that stops where the look stops.
#[derive(Debug)]
pub(crate) struct Order<const N: usize> {
    /// As written, until a look begins.
    cases: [u8; N],
    /// `cases[..drawn]` have been handed out in this look.
    drawn: usize,
    /// `cases[drawn..end]` are left.
    end: usize,
}

impl<const N: usize> Order<N> {
    const AS_WRITTEN: [u8; N] = {
        let mut cases = [0; N];
        let mut case = 0;
        while case < N {
            // N is at most `MAX_CASES`: the macro's own error comes before this.
            cases[case] = case as u8;
            case += 1;
        }
        cases
    };

    /// Before the first look.
    pub(crate) const fn new() -> Self {
        Order { cases: Self::AS_WRITTEN, drawn: 0, end: N }
    }

    /// Begins a look at all cases.
    pub(crate) fn restart(&mut self, pick: &mut impl Pick) {
        *self = Self::new();
        pick.begin(&mut self.cases);
    }

    /// What has not been drawn yet.
    pub(crate) fn left(&self) -> impl Iterator<Item = usize> + '_ {
        self.cases[self.drawn..self.end].iter().map(|case| usize::from(*case))
    }

    /// Of those that are left, goes over these alone. A uniformly random order of all is one of these too, and weights
    /// decide among them as among all.
    pub(crate) fn keep(&mut self, set: Set) {
        let mut end = self.drawn;
        for at in self.drawn..self.end {
            let case = self.cases[at];
            if set.has(case) {
                self.cases[end] = case;
                end += 1;
            }
        }
        self.end = end;
    }

    /// The next case of this look, or `None` when all have been drawn.
    pub(crate) fn draw(&mut self, pick: &mut impl Pick) -> Option<usize> {
        let left = &self.cases[self.drawn..self.end];
        if left.is_empty() {
            return None;
        }
        let chosen = self.drawn + pick.next(left);
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
            order.restart(&mut rng);
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
            order.restart(&mut Biased);
            for case in 0..5 {
                assert_eq!(order.draw(&mut Biased), Some(case));
            }
            assert_eq!(order.draw(&mut Biased), None);
        }
    }

    #[test]
    fn a_turn_goes_round_from_behind_the_last_winner() {
        let mut turn = Turn::new();
        let mut order = Order::<4>::new();
        for (winner, expected) in [(2, [0, 1, 2, 3]), (3, [3, 0, 1, 2]), (0, [0, 1, 2, 3]), (9, [1, 2, 3, 0])] {
            order.restart(&mut turn);
            for case in expected {
                assert_eq!(order.draw(&mut turn), Some(case));
            }
            assert_eq!(order.draw(&mut turn), None);
            turn.fired(winner);
        }
        order.restart(&mut turn);
        assert_eq!(order.draw(&mut turn), Some(2), "10 of 4");
    }

    #[test]
    fn weights_decide_among_whatever_is_ready() {
        // Cases 1 and 3 are ready, with weights 3 and 5; 0, 2 and 4 are drawn and found not ready.
        let mut pick = Weighted { weights: [7, 3, 0, 5, u32::MAX], rng: SelectRng::new(3) };
        let mut order = Order::<5>::new();
        let mut wins = [0_u32; 5];
        const RUNS: u32 = 80_000;
        for _ in 0..RUNS {
            order.restart(&mut pick);
            while let Some(case) = order.draw(&mut pick) {
                if case == 1 || case == 3 {
                    wins[case] += 1;
                    break;
                }
            }
        }
        let expected = f64::from(RUNS) * 3.0 / 8.0;
        // Standard deviation 137; the seed is fixed besides.
        assert!((f64::from(wins[1]) - expected).abs() < 900.0, "{wins:?}");
        assert_eq!(wins[1] + wins[3], RUNS);
    }

    #[test]
    fn all_permutations_of_four_are_equally_likely() {
        let mut rng = SelectRng::new(2);
        let mut order = Order::<4>::new();
        let mut counts = [0_u32; 256];
        const RUNS: u32 = 240_000;
        for _ in 0..RUNS {
            order.restart(&mut rng);
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
