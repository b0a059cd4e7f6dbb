//! What a model listens to.
//!
//! Gain says what the trees used while they were fitted, and flatters features with many values. Permutation says what
//! is lost on held-out rows when a feature's numbers are dealt out anew among them (Breiman 2001): near 0 for what is
//! noise or told by another feature as well.

use crate::boost::loss;
use crate::draws::Draws;
use serde::Serialize;

/// How much a model listens to a feature.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Importance {
    /// The feature.
    pub feature: String,
    /// Its share of all gain.
    pub gain: f64,
    /// By how much the log loss rises, on held-out rows, when its numbers are mixed up.
    pub permutation: f64,
}

/// Rows held out from a model, with their numbers by feature.
pub(crate) struct Unseen<'a> {
    pub(crate) columns: &'a [Vec<f32>],
    pub(crate) labels: &'a [bool],
    pub(crate) rows: &'a [u32],
}

impl Unseen<'_> {
    /// For each feature, by how much the summed loss rises when it is mixed up among the rows.
    pub(crate) fn rises(&self, margin: impl Fn(&[f32]) -> f64, seed: u64) -> Vec<f64> {
        let mut row_of: Vec<Vec<f32>> = self
            .rows
            .iter()
            .map(|&row| self.columns.iter().map(|column| column[row as usize]).collect())
            .collect();
        let losses = |rows: &[Vec<f32>]| -> f64 {
            let pairs = rows.iter().zip(self.rows);
            pairs.map(|(x, &row)| loss(margin(x), self.labels[row as usize])).sum()
        };
        let whole = losses(&row_of);
        (0..self.columns.len())
            .map(|feature| {
                let kept: Vec<f32> = row_of.iter().map(|row| row[feature]).collect();
                let mut mixed = kept.clone();
                Draws::new(seed, feature as u64).shuffle(&mut mixed);
                for (row, value) in row_of.iter_mut().zip(mixed) {
                    row[feature] = value;
                }
                let rise = losses(&row_of) - whole;
                for (row, value) in row_of.iter_mut().zip(kept) {
                    row[feature] = value;
                }
                rise
            })
            .collect()
    }
}

/// Importances, the greatest loss first.
pub(crate) fn importances(
    names: &[String],
    gains: &[f64],
    rises: &[f64],
    rows: usize,
) -> Vec<Importance> {
    let all: f64 = gains.iter().sum();
    let mut list: Vec<Importance> = names
        .iter()
        .zip(gains.iter().zip(rises))
        .map(|(name, (&gain, &rise))| Importance {
            feature: name.clone(),
            gain: if all > 0.0 { gain / all } else { 0.0 },
            permutation: rise / rows.max(1) as f64,
        })
        .collect();
    list.sort_by(|a, b| {
        let by_loss = b.permutation.total_cmp(&a.permutation);
        by_loss.then(b.gain.total_cmp(&a.gain)).then_with(|| a.feature.cmp(&b.feature))
    });
    list
}
