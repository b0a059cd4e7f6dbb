//! How good chances are: how they rank, how surprised they are by the truth, and whether they mean what they say.
//!
//! A tie is worth what chance would make of it. Every figure is of rows that the scoring model had not seen.

use serde::Serialize;

/// How good chances are on rows whose truth is known.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Measures {
    /// Rows.
    pub rows: usize,
    /// Of them positive.
    pub positives: usize,
    /// The chance that a positive row scores higher than a negative one, a tie counting half.
    pub auc: f64,
    /// Average precision.
    pub average_precision: f64,
    /// Mean of −ln of the chance given to what was true.
    pub log_loss: f64,
    /// The same for who answers the share of positives to everything.
    pub log_loss_of_share: f64,
    /// By tenth of the chance.
    pub tenths: Vec<Tenth>,
    /// The greatest distance of predicted and true share over tenths with at least [`Measures::ENOUGH`] rows.
    pub worst_tenth: f64,
}

/// Rows whose chance lies in one tenth of [0, 1].
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Tenth {
    /// From this chance.
    pub from: f64,
    /// To this one.
    pub to: f64,
    /// Rows.
    pub rows: usize,
    /// Their mean chance.
    pub predicted: f64,
    /// The share of them that is positive.
    pub actual: f64,
}

impl Measures {
    /// A tenth with fewer rows says nothing about calibration.
    pub const ENOUGH: usize = 200;

    /// Measures chances; `None` unless both classes are there.
    #[must_use]
    pub fn of(scored: &[(f64, bool)]) -> Option<Measures> {
        let rows = scored.len();
        let positives = scored.iter().filter(|(_, label)| *label).count();
        if positives == 0 || positives == rows {
            return None;
        }
        let share = positives as f64 / rows as f64;
        let tenths = tenths(scored);
        let far = |tenth: &Tenth| (tenth.predicted - tenth.actual).abs();
        let large = tenths.iter().filter(|tenth| tenth.rows >= Measures::ENOUGH);
        Some(Measures {
            rows,
            positives,
            auc: auc(scored, positives),
            average_precision: average_precision(scored, positives),
            log_loss: log_loss(scored.iter().copied()),
            log_loss_of_share: log_loss(scored.iter().map(|&(_, label)| (share, label))),
            worst_tenth: large.map(far).fold(0.0, f64::max),
            tenths,
        })
    }
}

/// Mean of −ln of the chance given to what was true; no answer costs more than one of 10⁻¹².
pub(crate) fn log_loss(scored: impl ExactSizeIterator<Item = (f64, bool)>) -> f64 {
    let rows = scored.len().max(1) as f64;
    let cost = |(chance, label): (f64, bool)| {
        let given = if label { chance } else { 1.0 - chance };
        -given.max(1e-12).ln()
    };
    scored.map(cost).sum::<f64>() / rows
}

/// Rows of one score together, the highest score first: positives and negatives.
fn steps(scored: &[(f64, bool)]) -> Vec<(usize, usize)> {
    let mut sorted = scored.to_vec();
    sorted.sort_by(|a, b| b.0.total_cmp(&a.0));
    sorted
        .chunk_by(|a, b| a.0 == b.0)
        .map(|tied| {
            let positive = tied.iter().filter(|row| row.1).count();
            (positive, tied.len() - positive)
        })
        .collect()
}

fn auc(scored: &[(f64, bool)], positives: usize) -> f64 {
    let negatives = scored.len() - positives;
    let mut half_pairs: u128 = 0;
    let mut below = negatives;
    for (positive, negative) in steps(scored) {
        below -= negative;
        half_pairs += positive as u128 * (2 * below + negative) as u128;
    }
    half_pairs as f64 / (2 * positives as u128 * negatives as u128) as f64
}

fn average_precision(scored: &[(f64, bool)], positives: usize) -> f64 {
    let (mut found, mut called, mut sum) = (0, 0, 0.0);
    for (positive, negative) in steps(scored) {
        found += positive;
        called += positive + negative;
        sum += positive as f64 * (found as f64 / called as f64);
    }
    sum / positives as f64
}

fn tenths(scored: &[(f64, bool)]) -> Vec<Tenth> {
    let mut sums = [(0usize, 0.0f64, 0usize); 10];
    for &(chance, label) in scored {
        let sum = &mut sums[((chance * 10.0) as usize).min(9)];
        sum.0 += 1;
        sum.1 += chance;
        sum.2 += usize::from(label);
    }
    let tenth = |(place, &(rows, predicted, positive)): (usize, &(usize, f64, usize))| Tenth {
        from: place as f64 / 10.0,
        to: (place + 1) as f64 / 10.0,
        rows,
        predicted: predicted / rows.max(1) as f64,
        actual: positive as f64 / rows.max(1) as f64,
    };
    sums.iter().enumerate().filter(|(_, sum)| sum.0 > 0).map(tenth).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_hand() {
        let measures = Measures::of(&[(0.9, true), (0.8, false), (0.7, true)]).unwrap();
        assert_eq!(measures.auc, 0.5);
        assert!((measures.average_precision - (1.0 + 2.0 / 3.0) / 2.0).abs() < 1e-12);
        let tied = Measures::of(&[(0.5, true), (0.5, false), (0.5, false), (0.5, true)]).unwrap();
        assert_eq!((tied.auc, tied.average_precision), (0.5, 0.5));
        assert!((tied.log_loss - std::f64::consts::LN_2).abs() < 1e-12);
        assert_eq!(tied.tenths.len(), 1);
        assert_eq!(tied.worst_tenth, 0.0);
        assert!(Measures::of(&[(0.5, true)]).is_none());
    }

    #[test]
    fn small_tenths_say_nothing() {
        let mut scored = vec![(0.05, false); 200];
        scored.extend(vec![(0.95, false); 199]);
        scored.push((0.5, true));
        let measures = Measures::of(&scored).unwrap();
        assert!((measures.worst_tenth - 0.05).abs() < 1e-12);
        scored.push((0.95, false));
        assert!(Measures::of(&scored).unwrap().worst_tenth > 0.9);
    }

    #[test]
    fn certainty_that_is_wrong_costs_a_finite_price() {
        let measures = Measures::of(&[(0.0, true), (1.0, false), (1.0, true)]).unwrap();
        assert!(measures.log_loss.is_finite() && measures.log_loss > 10.0);
    }
}
