//! Medians, and how sure a ratio of medians is. Knows numbers only.

use serde::Serialize;

/// How often the rounds are drawn again for an interval.
const RESAMPLES: usize = 2_000;

/// The middle of the values. At least one value.
pub fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    if sorted.len() % 2 == 1 { sorted[middle] } else { (sorted[middle - 1] + sorted[middle]) / 2.0 }
}

/// A ratio of medians, peer / ours: above 1, ours is faster.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Ratio {
    pub value: f64,
    /// The 90 % interval.
    pub low: f64,
    pub high: f64,
}

impl Ratio {
    /// `peer[i]` and `ours[i]` come from the same round. The interval is a bootstrap: rounds are drawn with replacement,
    /// both sides together, so that a slow minute of the machine hits both. The same input gives the same interval.
    pub fn of(peer: &[f64], ours: &[f64]) -> Self {
        assert_eq!(peer.len(), ours.len(), "one value a round on both sides");
        let rounds = peer.len();
        let mut random = fastrand::Rng::with_seed(1);
        let (mut peer_again, mut ours_again) = (vec![0.0; rounds], vec![0.0; rounds]);
        let mut ratios: Vec<f64> = (0..RESAMPLES)
            .map(|_| {
                for i in 0..rounds {
                    let round = random.usize(..rounds);
                    (peer_again[i], ours_again[i]) = (peer[round], ours[round]);
                }
                median(&peer_again) / median(&ours_again)
            })
            .collect();
        ratios.sort_by(f64::total_cmp);
        Self {
            value: median(peer) / median(ours),
            low: ratios[RESAMPLES / 20],
            high: ratios[RESAMPLES - 1 - RESAMPLES / 20],
        }
    }

    /// What the interval allows to say.
    pub fn verdict(self) -> Verdict {
        if self.high < LEVEL {
            Verdict::Behind
        } else if self.low > 1.0 {
            Verdict::Ahead
        } else {
            Verdict::Level
        }
    }
}

/// A cell is level when the interval reaches this.
const LEVEL: f64 = 0.97;

/// Ours against one peer in one cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// The whole interval is above 1.
    Ahead,
    /// The interval reaches 0.97.
    Level,
    /// It does not.
    Behind,
}

impl Verdict {
    pub fn word(self) -> &'static str {
        match self {
            Verdict::Ahead => "ahead",
            Verdict::Level => "level",
            Verdict::Behind => "**behind**",
        }
    }
}

/// The geometric mean; `None` of nothing.
pub fn geometric_mean(values: &[f64]) -> Option<f64> {
    let logs: f64 = values.iter().map(|value| value.ln()).sum();
    (!values.is_empty()).then(|| (logs / values.len() as f64).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn median_of_an_even_number_is_between() {
        assert_eq!(median(&[4.0, 1.0, 3.0, 2.0]), 2.5);
        assert_eq!(median(&[9.0, 1.0, 2.0]), 2.0);
    }

    #[test]
    fn a_clear_ratio_has_a_narrow_interval() {
        let ours = [10.0, 10.1, 9.9, 10.0, 10.2, 9.8, 10.0, 10.1, 9.9];
        let peer = ours.map(|ns| ns * 2.0);
        let ratio = Ratio::of(&peer, &ours);
        assert!((ratio.value - 2.0).abs() < 1e-9);
        assert!(ratio.low > 1.9 && ratio.high < 2.1);
        assert_eq!(ratio.verdict(), Verdict::Ahead);
        assert_eq!(Ratio::of(&ours, &peer).verdict(), Verdict::Behind);
        assert_eq!(Ratio::of(&ours, &ours).verdict(), Verdict::Level);
    }

    #[test]
    fn geometric_mean_of_a_double_and_a_half_is_one() {
        assert!((geometric_mean(&[2.0, 0.5]).unwrap() - 1.0).abs() < 1e-9);
        assert_eq!(geometric_mean(&[]), None);
    }
}
