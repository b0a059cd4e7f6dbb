//! Whether of the accounts at score s about a share s is fake.

use serde::Serialize;

use crate::confusion::share;

const BINS: usize = 10;

/// Fewer accounts say too little of a share: at 200 its standard error is at most 0.035.
const FLOOR: u64 = 200;

/// The most that mean score and share of fakes may lie apart.
const BOUND: f64 = 0.05;

/// Scores against shares, in ten equal parts of the range from 0 to 1.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Calibration {
    /// The parts, lowest first; a part includes its lower end, the last one both.
    pub bins: Vec<CalibrationBin>,
    /// The mean distance between a part's mean score and its share of fakes, weighted by its accounts.
    pub error: Option<f64>,
    /// The accounts from which on a part counts for `largest_gap`.
    pub floor: u64,
    /// The most that `largest_gap` may be.
    pub bound: f64,
    /// The largest distance between mean score and share of fakes, of the parts with enough accounts.
    pub largest_gap: Option<f64>,
    /// Whether it is within the bound; nothing is said where no part has enough accounts.
    pub within_bound: Option<bool>,
}

/// One part of the range.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct CalibrationBin {
    /// Lower end.
    pub from: f64,
    /// Upper end.
    pub to: f64,
    /// Labelled accounts, gray ones left out.
    pub accounts: u64,
    /// Mean score.
    pub predicted: Option<f64>,
    /// Share that is fake.
    pub actual: Option<f64>,
    /// The distance between the two.
    pub gap: Option<f64>,
}

impl Calibration {
    /// Of (score, fake in truth). Scores outside of 0 to 1 count at the nearer end.
    pub(crate) fn of(scored: impl IntoIterator<Item = (f64, bool)>) -> Calibration {
        let mut sums = [(0_u64, 0_u64, 0.0_f64); BINS];
        for (score, fake) in scored {
            let bin = &mut sums[bin_of(score)];
            bin.0 += 1;
            bin.1 += u64::from(fake);
            bin.2 += score;
        }
        let all: u64 = sums.iter().map(|b| b.0).sum();
        let bins: Vec<CalibrationBin> = sums
            .iter()
            .enumerate()
            .map(|(i, &(accounts, fake, sum))| {
                let predicted = (accounts > 0).then(|| sum / accounts as f64);
                let actual = share(fake, accounts);
                CalibrationBin {
                    from: i as f64 / BINS as f64,
                    to: (i + 1) as f64 / BINS as f64,
                    accounts,
                    predicted,
                    actual,
                    gap: predicted.zip(actual).map(|(p, a)| (p - a).abs()),
                }
            })
            .collect();
        let gaps = bins.iter().filter_map(|b| b.gap.map(|gap| gap * b.accounts as f64));
        let error = (all > 0).then(|| gaps.sum::<f64>() / all as f64);
        let large = bins.iter().filter(|b| b.accounts >= FLOOR);
        let largest_gap = large.filter_map(|b| b.gap).max_by(f64::total_cmp);
        Calibration {
            bins,
            error,
            floor: FLOOR,
            bound: BOUND,
            largest_gap,
            within_bound: largest_gap.map(|gap| gap <= BOUND),
        }
    }
}

fn bin_of(score: f64) -> usize {
    // The cast takes negative numbers to 0.
    ((score * BINS as f64) as usize).min(BINS - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_hand() {
        let c = Calibration::of([(0.05, false), (0.05, true), (1.0, true), (0.95, true)]);
        assert_eq!(c.bins.len(), 10);
        assert_eq!(c.bins[0].accounts, 2);
        assert_eq!(c.bins[0].actual, Some(0.5));
        assert_eq!(c.bins[9].accounts, 2);
        assert!((c.bins[9].predicted.expect("there") - 0.975).abs() < 1e-12);
        assert_eq!(c.bins[5].actual, None);
        // (|0.05 − 0.5| × 2 + |0.975 − 1| × 2) / 4
        assert!((c.error.expect("there") - 0.2375).abs() < 1e-12);
    }

    #[test]
    fn only_parts_with_enough_accounts_are_held_to_the_bound() {
        let some = |n: usize, score: f64, fakes: usize| (0..n).map(move |i| (score, i < fakes));
        let few = Calibration::of(some(199, 0.5, 0));
        assert_eq!((few.largest_gap, few.within_bound), (None, None));
        let good = Calibration::of(some(200, 0.05, 10).chain(some(199, 0.5, 0)));
        assert!(good.largest_gap.expect("there") < 1e-9);
        assert_eq!(good.within_bound, Some(true));
        let bad = Calibration::of(some(200, 0.05, 10).chain(some(200, 0.95, 170)));
        assert!((bad.largest_gap.expect("there") - 0.1).abs() < 1e-9);
        assert_eq!(bad.within_bound, Some(false));
    }

    #[test]
    fn an_end_belongs_to_the_part_above_it() {
        assert_eq!(bin_of(0.1), 1);
        assert_eq!(bin_of(0.0999), 0);
        assert_eq!(bin_of(1.0), 9);
        assert_eq!(bin_of(-3.0), 0);
        assert_eq!(bin_of(7.0), 9);
    }
}
