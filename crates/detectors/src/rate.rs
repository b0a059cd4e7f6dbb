//! A share that differs from group to group: what others show, and how much alike they are.
//!
//! Subjects, raters and cohorts are not tosses of one coin. A share of one of them is held against a beta distribution: the mean
//! of the others, and a likeness (the sum of the two parameters) that is small where they differ much. The tail is that of a
//! beta-binomial, which falls as a power and not as an exponential: few odd groups are no surprise.

use crate::chance::{MOST_BITS, ln_gamma};

/// How alike groups are before the table has said so, and for how many groups that counts.
const PRIOR_LIKENESS: f64 = 10.0;
const PRIOR_GROUPS: f64 = 3.0;
/// Fewer in a group say nothing of how much groups differ.
const FEWEST: f64 = 4.0;
/// The least and the most alike that groups are taken to be.
const ALIKE: (f64, f64) = (1.0, 50.0);

/// A share among groups.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rate {
    /// Of all others together, in (0, 1).
    pub mean: f64,
    /// The size of the beta distribution about it.
    pub likeness: f64,
}

/// Terms of a tail that are summed; what is left is bounded by how the last ones fall.
const MOST_TERMS: f64 = 512.0;

impl Rate {
    /// From the (shown, all) of groups. With none, half show it, and groups differ widely.
    #[must_use]
    pub fn of(groups: &[(f64, f64)]) -> Rate {
        let (shown, all) =
            groups.iter().fold((0.0, 0.0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
        let mean = (shown + 1.0) / (all + 2.0);
        let natural = mean * (1.0 - mean);
        let (mut between, mut weight) =
            (PRIOR_GROUPS * natural / (PRIOR_LIKENESS + 1.0), PRIOR_GROUPS);
        for (shown, all) in groups.iter().filter(|one| one.1 >= FEWEST) {
            let off = shown / all - mean;
            // What a coin of that mean would show by itself is no difference between groups.
            between += off * off - natural / all;
            weight += 1.0;
        }
        let spread = (between / weight).max(natural / (ALIKE.1 + 1.0));
        Rate { mean, likeness: (natural / spread - 1.0).clamp(ALIKE.0, ALIKE.1) }
    }

    /// The same likeness about another mean.
    #[must_use]
    pub fn about(self, mean: f64) -> Rate {
        Rate { mean, ..self }
    }

    /// The rate of one group that has shown so many of so many itself: its history leans on the others'.
    #[must_use]
    pub fn after(self, shown: f64, all: f64) -> f64 {
        (shown + self.likeness * self.mean) / (all + self.likeness)
    }

    /// −log2 of the chance that a group shows at least so many of so many.
    #[must_use]
    pub fn bits_at_least(self, shown: f64, all: f64) -> f64 {
        let mean = self.mean.clamp(1e-6, 1.0 - 1e-6);
        if !(shown >= 1.0 && all >= shown && self.likeness > 0.0) || shown <= all * mean {
            return 0.0;
        }
        let (a, b) = (mean * self.likeness, (1.0 - mean) * self.likeness);
        let (shown, all) = (shown.floor(), all.floor());
        let log_first = ln_gamma(all + 1.0) - ln_gamma(shown + 1.0) - ln_gamma(all - shown + 1.0)
            + ln_beta(shown + a, all - shown + b)
            - ln_beta(a, b);
        let (mut term, mut sum, mut k) = (1.0, 1.0, shown);
        let ratio = |k: f64| (all - k) / (k + 1.0) * (k + a) / (all - k - 1.0 + b);
        while k < all && k < shown + MOST_TERMS && term > 1e-9 * sum {
            term *= ratio(k);
            sum += term;
            k += 1.0;
        }
        // What is left: falling as fast as here, or else as much each time.
        if k < all && term > 1e-9 * sum {
            let ratio = ratio(k);
            let left = if ratio < 1.0 { ratio / (1.0 - ratio) } else { f64::INFINITY };
            sum += term * left.min(all - k);
        }
        (-(log_first + f64::ln(sum)) / std::f64::consts::LN_2).clamp(0.0, MOST_BITS)
    }
}

fn ln_beta(a: f64, b: f64) -> f64 {
    ln_gamma(a) + ln_gamma(b) - ln_gamma(a + b)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chance::bits_binomial;

    #[test]
    fn tails_are_those_of_a_beta_binomial() {
        // Uniform: all counts are as likely, so at least 9 of 10 are two of eleven.
        let uniform = Rate { mean: 0.5, likeness: 2.0 };
        assert!((uniform.bits_at_least(9.0, 10.0) - (11.0_f64 / 2.0).log2()).abs() < 1e-9);
        // Groups that are all alike are coins.
        let alike = Rate { mean: 0.1, likeness: 1e9 };
        let coin = bits_binomial(8.0, 20.0, 0.1);
        assert!((alike.bits_at_least(8.0, 20.0) - coin).abs() < 1e-3, "{coin}");
        assert_eq!(alike.bits_at_least(2.0, 20.0), 0.0);
        for (shown, all) in [(f64::NAN, 3.0), (3.0, f64::NAN), (4.0, 3.0), (0.0, 0.0), (-1.0, 5.0)]
        {
            assert_eq!(alike.bits_at_least(shown, all), 0.0);
        }
    }

    #[test]
    fn what_differs_is_less_of_a_surprise() {
        let alike: Vec<(f64, f64)> = (0..40).map(|n| (f64::from(n % 3 + 9), 100.0)).collect();
        let mixed: Vec<(f64, f64)> =
            (0..40).map(|n| (if n % 4 == 0 { 40.0 } else { 0.0 }, 100.0)).collect();
        let (alike, mixed) = (Rate::of(&alike), Rate::of(&mixed));
        assert!((alike.mean - 0.1).abs() < 0.01 && (mixed.mean - 0.1).abs() < 0.01);
        assert!(alike.likeness > 20.0 && mixed.likeness < 5.0, "{alike:?} {mixed:?}");
        assert!(alike.bits_at_least(30.0, 60.0) > mixed.bits_at_least(30.0, 60.0) + 10.0);
        let nothing = Rate::of(&[]);
        assert_eq!(nothing.mean, 0.5);
        assert!((nothing.likeness - PRIOR_LIKENESS).abs() < 1e-9);
    }
}
