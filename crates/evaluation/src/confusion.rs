//! What was called against what is: precision, recall and their harmonic mean, with the counts behind them.

use serde::Serialize;

/// What was called against what is. Gray ones are in none of the counts.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Confusion {
    /// Fake and called.
    pub found: u64,
    /// Fake and not called.
    pub missed: u64,
    /// Genuine and called.
    pub accused: u64,
    /// Genuine and not called.
    pub spared: u64,
    /// found / (found + accused).
    pub precision: Option<f64>,
    /// found / (found + missed).
    pub recall: Option<f64>,
    /// Harmonic mean of precision and recall.
    pub f1: Option<f64>,
    /// accused / (accused + spared).
    pub accused_share: Option<f64>,
}

impl Confusion {
    /// Of pairs (fake in truth, called).
    pub(crate) fn of(outcomes: impl IntoIterator<Item = (bool, bool)>) -> Confusion {
        let mut counts = [[0; 2]; 2];
        for (fake, called) in outcomes {
            counts[usize::from(fake)][usize::from(called)] += 1;
        }
        let [[spared, accused], [missed, found]] = counts;
        Confusion {
            found,
            missed,
            accused,
            spared,
            precision: share(found, found + accused),
            recall: share(found, found + missed),
            f1: share(2 * found, 2 * found + accused + missed),
            accused_share: share(accused, accused + spared),
        }
    }
}

/// `part` of `whole`, unless there is no whole.
pub(crate) fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_hand() {
        let c = Confusion::of([(true, true), (true, false), (true, true), (false, true)]);
        assert_eq!((c.found, c.missed, c.accused, c.spared), (2, 1, 1, 0));
        assert_eq!(c.precision, Some(2.0 / 3.0));
        assert_eq!(c.recall, Some(2.0 / 3.0));
        assert_eq!(c.f1, Some(4.0 / 6.0));
        assert_eq!(c.accused_share, Some(1.0));
        assert_eq!(Confusion::of([(false, false)]).precision, None);
    }
}
