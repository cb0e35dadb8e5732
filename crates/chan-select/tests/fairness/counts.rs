//! Whether counts are those of a given choice: the chi-square test, and how many turns it needs to tell a bad rule from
//! a good one. Knows numbers only.

use statrs::distribution::{ChiSquared, ContinuousCDF};

/// What a fair select may fail by chance: once in 10^12 checks.
const BOUND: f64 = 1e-12;

/// The probability that a select which chooses by these shares gives counts at least as far from them.
pub(crate) fn probability(counts: &[u64], shares: &[f64]) -> f64 {
    let turns = counts.iter().sum::<u64>() as f64;
    let all: f64 = shares.iter().sum();
    let chi_square = counts.iter().zip(shares).map(|(count, share)| {
        let expected = turns * share / all;
        (*count as f64 - expected).powi(2) / expected
    });
    beyond(chi_square.sum(), counts.len())
}

/// The probability of a larger chi-square, with so many cells: the regularised incomplete gamma function.
fn beyond(chi_square: f64, cells: usize) -> f64 {
    match cells {
        // One cell takes all, whatever the rule.
        0 | 1 => 1.0,
        _ => ChiSquared::new((cells - 1) as f64).expect("there are degrees of freedom").sf(chi_square),
    }
}

/// What each case got, of the ready ones in `ready` (bit i: case i) each the same.
pub(crate) fn assert_uniform(counts: &[u64], ready: u32) {
    assert_shares(counts, &shares(counts.len(), ready, |_| 1.0));
}

/// What each case got, by these shares; 0 for a case that must never win.
pub(crate) fn assert_shares(counts: &[u64], shares: &[f64]) {
    let possible = |case: &usize| shares[*case] > 0.0;
    let cases = || 0..counts.len();
    assert!(
        cases().all(|case| possible(&case) || counts[case] == 0),
        "not ready, but taken: {counts:?} for {shares:?}"
    );
    let counts: Vec<_> = cases().filter(possible).map(|case| counts[case]).collect();
    let shares: Vec<_> = cases().filter(possible).map(|case| shares[case]).collect();
    let probability = probability(&counts, &shares);
    assert!(probability > BOUND, "{counts:?} for {shares:?}: probability {probability:e}");
}

/// Whether the same check says no.
pub(crate) fn refused(counts: &[u64], ready: u32) -> bool {
    let counts: Vec<_> = (0..counts.len()).filter(|case| ready & 1 << case != 0).map(|case| counts[case]).collect();
    probability(&counts, &vec![1.0; counts.len()]) <= BOUND
}

/// The share of each of `cases`: `share(i)` if it is ready.
pub(crate) fn shares(cases: usize, ready: u32, share: impl Fn(usize) -> f64) -> Vec<f64> {
    (0..cases).map(|case| if ready & 1 << case == 0 { 0.0 } else { share(case) }).collect()
}

/// How often "random start, then in order" takes each case: as often as there are starts from which it comes first.
pub(crate) fn rotation(cases: usize, ready: u32) -> Vec<f64> {
    let mut shares = vec![0.0; cases];
    for start in 0..cases {
        let first = (0..cases).map(|step| (start + step) % cases).find(|case| ready & 1 << case != 0);
        shares[first.expect("one is ready")] += 1.0 / cases as f64;
    }
    shares
}

/// So many turns that the rotation's counts, where they are not uniform, are refused with a wide margin: even 0.4 of
/// the chi-square that they will have on average is beyond the bound. At least `least`.
pub(crate) fn turns(cases: usize, ready: u32, least: u64) -> u64 {
    let live: Vec<_> = rotation(cases, ready).into_iter().filter(|share| *share > 0.0).collect();
    let expected = 1.0 / live.len() as f64;
    let per_turn: f64 = live.iter().map(|share| (share - expected).powi(2) / expected).sum();
    if per_turn < 1e-9 {
        return least;
    }
    let mut turns = least;
    while beyond(0.4 * per_turn * turns as f64, live.len()) > BOUND {
        turns += turns / 8 + 1;
    }
    turns
}

#[test]
fn critical_values_are_those_of_the_books() {
    // Abramowitz and Stegun, table 26.8, and -2 ln(p) for two degrees of freedom.
    for (chi_square, cells, p) in [(10.828, 2, 1e-3), (55.262_042_231_857_1, 3, 1e-12), (29.588, 11, 1e-3)] {
        let found = beyond(chi_square, cells);
        assert!((found / p - 1.0).abs() < 1e-3, "{chi_square}, {cells} cells: {found:e}");
    }
}
