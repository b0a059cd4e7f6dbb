//! How well scores rank the fake above the genuine: AUC, average precision, recall at a fixed share of accused.
//!
//! Ties are worth exactly what chance would make of them: in AUC a tied pair counts half, in average precision tied
//! scores are one step. No order of the input can change a figure.

use serde::Serialize;

/// How well scores rank the fake above the genuine. Nothing is said where one of the two is missing.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Ranking {
    /// The chance that a fake one has a higher score than a genuine one, a tie counting half.
    pub auc: Option<f64>,
    /// Σ (recall gained at a threshold) × (precision at it), over the distinct scores.
    pub average_precision: Option<f64>,
    /// Recall at the lowest threshold that accuses at most 0.1 % of the genuine.
    pub recall_at_0_1_percent: Option<f64>,
    /// Recall at the lowest threshold that accuses at most 1 % of the genuine.
    pub recall_at_1_percent: Option<f64>,
}

/// Scored samples of which the truth is known: score, and whether it is fake.
#[derive(Clone, Debug, Default)]
pub(crate) struct Samples {
    scored: Vec<(f64, bool)>,
}

/// Samples that share one score.
struct Step {
    fake: u64,
    genuine: u64,
}

impl Samples {
    pub(crate) fn push(&mut self, score: f64, fake: bool) {
        self.scored.push((score, fake));
    }

    /// All figures of the ranking.
    pub(crate) fn ranking(mut self) -> Ranking {
        self.scored.sort_by(|a, b| b.0.total_cmp(&a.0));
        // −0.0 and 0.0 are one score; total_cmp puts them beside each other.
        let steps: Vec<Step> = self
            .scored
            .chunk_by(|a, b| a.0 == b.0)
            .map(|tied| {
                let fake = tied.iter().filter(|s| s.1).count() as u64;
                Step { fake, genuine: tied.len() as u64 - fake }
            })
            .collect();
        let fake: u64 = steps.iter().map(|s| s.fake).sum();
        let genuine: u64 = steps.iter().map(|s| s.genuine).sum();
        if fake == 0 || genuine == 0 {
            return Ranking::default();
        }
        Ranking {
            auc: Some(auc(&steps, fake, genuine)),
            average_precision: Some(average_precision(&steps, fake)),
            recall_at_0_1_percent: Some(recall_at(&steps, fake, genuine / 1000)),
            recall_at_1_percent: Some(recall_at(&steps, fake, genuine / 100)),
        }
    }
}

/// Steps come highest score first. Counted in whole half-pairs, so nothing is rounded before the division.
fn auc(steps: &[Step], fake: u64, genuine: u64) -> f64 {
    let mut half_pairs: u128 = 0;
    let mut below = genuine;
    for step in steps {
        below -= step.genuine;
        half_pairs += u128::from(step.fake) * u128::from(2 * below + step.genuine);
    }
    half_pairs as f64 / (2 * u128::from(fake) * u128::from(genuine)) as f64
}

fn average_precision(steps: &[Step], fake: u64) -> f64 {
    let (mut found, mut called, mut sum) = (0, 0, 0.0);
    for step in steps {
        found += step.fake;
        called += step.fake + step.genuine;
        sum += step.fake as f64 * (found as f64 / called as f64);
    }
    sum / fake as f64
}

fn recall_at(steps: &[Step], fake: u64, allowed: u64) -> f64 {
    let (mut found, mut accused) = (0, 0);
    for step in steps {
        accused += step.genuine;
        if accused > allowed {
            break;
        }
        found += step.fake;
    }
    found as f64 / fake as f64
}

#[cfg(test)]
mod tests;
