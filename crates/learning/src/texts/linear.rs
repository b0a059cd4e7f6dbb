//! Logistic regression on the terms of texts.
//!
//! Counts are damped, weighted by how few texts have the term (TF-IDF) and brought to length one. The weights come from
//! dual coordinate descent (Yu, Huang & Lin, Machine Learning 2011): exact, a few dozen passes over the texts, each in an
//! order drawn from the seed.

use super::corpus::{Corpus, damped};
use crate::draws::Draws;
use serde::{Deserialize, Serialize};

/// Weights of terms, by hash.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Linear {
    bias: f32,
    /// The terms' hashes, rising; how rare each is; what it weighs.
    hashes: Vec<u32>,
    rarities: Vec<f32>,
    weights: Vec<f32>,
}

/// Weights over the terms of one corpus.
pub(crate) struct Fitted {
    bias: f32,
    rarities: Vec<f32>,
    weights: Vec<f32>,
}

/// How weights are fitted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Descent {
    /// The cost of a miss against that of weights: the higher, the closer to the texts seen.
    pub(crate) cost: f64,
    /// The fewest texts that a term must be in.
    pub(crate) texts: u32,
}

/// A text's weighted terms, brought to length one.
fn weighted(terms: &[(u32, f32)], rarities: &[f32]) -> Vec<(u32, f32)> {
    let mut cells: Vec<(u32, f32)> = terms
        .iter()
        .map(|&(term, count)| (term, count * rarities[term as usize]))
        .filter(|cell| cell.1 > 0.0)
        .collect();
    let length = cells.iter().map(|cell| f64::from(cell.1).powi(2)).sum::<f64>().sqrt();
    for cell in &mut cells {
        cell.1 = (f64::from(cell.1) / length) as f32;
    }
    cells
}

impl Fitted {
    /// Fits on these texts.
    pub(crate) fn new(
        corpus: &Corpus,
        labels: &[bool],
        rows: &[u32],
        descent: Descent,
        seed: u64,
    ) -> Fitted {
        let mut texts_of = vec![0u32; corpus.hashes.len()];
        for &row in rows {
            for &(term, _) in corpus.text(row) {
                texts_of[term as usize] += 1;
            }
        }
        let all = rows.len() as f64;
        let rarity = |&texts: &u32| match texts >= descent.texts {
            true => (((1.0 + all) / (1.0 + f64::from(texts))).ln() + 1.0) as f32,
            false => 0.0,
        };
        let rarities: Vec<f32> = texts_of.iter().map(rarity).collect();
        let texts: Vec<Vec<(u32, f32)>> =
            rows.iter().map(|&row| weighted(corpus.text(row), &rarities)).collect();
        let signs: Vec<f64> =
            rows.iter().map(|&row| if labels[row as usize] { 1.0 } else { -1.0 }).collect();
        let (weights, bias) = descend(&texts, &signs, rarities.len(), descent.cost, seed);
        Fitted { bias: bias as f32, rarities, weights: weights.iter().map(|&w| w as f32).collect() }
    }

    /// The margin of a text of the corpus.
    pub(crate) fn margin(&self, corpus: &Corpus, row: u32) -> f64 {
        let cells = weighted(corpus.text(row), &self.rarities);
        let add = |sum: f64, cell: &(u32, f32)| {
            sum + f64::from(cell.1) * f64::from(self.weights[cell.0 as usize])
        };
        cells.iter().fold(f64::from(self.bias), add)
    }

    /// The same weights, for texts of which only the hashes are known.
    pub(crate) fn by_hash(&self, corpus: &Corpus) -> Linear {
        let kept: Vec<usize> =
            (0..self.rarities.len()).filter(|&t| self.rarities[t] > 0.0).collect();
        Linear {
            bias: self.bias,
            hashes: kept.iter().map(|&term| corpus.hashes[term]).collect(),
            rarities: kept.iter().map(|&term| self.rarities[term]).collect(),
            weights: kept.iter().map(|&term| self.weights[term]).collect(),
        }
    }
}

impl Linear {
    /// The margin of a text by its sequences.
    pub(crate) fn margin(&self, terms: &[(u32, u32)]) -> f64 {
        let known: Vec<(u32, f32)> = terms
            .iter()
            .filter_map(|&(hash, count)| {
                let term = self.hashes.binary_search(&hash).ok()?;
                Some((term as u32, damped(count)))
            })
            .collect();
        let cells = weighted(&known, &self.rarities);
        let add = |sum: f64, cell: &(u32, f32)| {
            sum + f64::from(cell.1) * f64::from(self.weights[cell.0 as usize])
        };
        cells.iter().fold(f64::from(self.bias), add)
    }

    pub(crate) fn terms(&self) -> usize {
        self.hashes.len()
    }

    pub(crate) fn sound(&self) -> bool {
        let terms = self.hashes.len();
        self.rarities.len() == terms
            && self.weights.len() == terms
            && self.hashes.windows(2).all(|pair| pair[0] < pair[1])
            && self.rarities.iter().all(|rarity| rarity.is_finite() && *rarity > 0.0)
            && self.weights.iter().chain([&self.bias]).all(|weight| weight.is_finite())
    }
}

/// Weights of terms and the bias, which is a term that every text has.
fn descend(
    texts: &[Vec<(u32, f32)>],
    signs: &[f64],
    terms: usize,
    cost: f64,
    seed: u64,
) -> (Vec<f64>, f64) {
    const PASSES: usize = 60;
    const CLOSE: f64 = 0.01;
    let mut weights = vec![0.0; terms];
    let mut bias = 0.0;
    let begin = (0.001 * cost).min(1e-8);
    // Of each text the dual variable, and what it lacks to the cost.
    let mut duals = vec![(begin, cost - begin); texts.len()];
    let add = |weights: &mut Vec<f64>, bias: &mut f64, text: usize, by: f64| {
        for &(term, value) in &texts[text] {
            weights[term as usize] += by * f64::from(value);
        }
        *bias += by;
    };
    for (text, sign) in signs.iter().enumerate() {
        add(&mut weights, &mut bias, text, sign * begin);
    }
    let squares: Vec<f64> = texts
        .iter()
        .map(|text| 1.0 + text.iter().map(|cell| f64::from(cell.1).powi(2)).sum::<f64>())
        .collect();
    let mut order: Vec<usize> = (0..texts.len()).collect();
    let mut draws = Draws::new(seed, 0x1d0);
    let mut inner = 0.01;
    for _ in 0..PASSES {
        draws.shuffle(&mut order);
        let (mut steepest, mut inner_steps) = (0.0f64, 0usize);
        for &text in &order {
            let dot = texts[text]
                .iter()
                .fold(bias, |sum, &(term, value)| sum + weights[term as usize] * f64::from(value));
            let (dual, rest) = duals[text];
            let pull = signs[text] * dot;
            // Of the dual and its rest, the one that the minimum is nearer to zero in is moved.
            let swapped = 0.5 * squares[text] * (rest - dual) + pull < 0.0;
            let (old, sign) = if swapped { (rest, -1.0) } else { (dual, 1.0) };
            let (moved, slope, steps) = step(old, sign * pull, squares[text], cost, inner);
            steepest = steepest.max(slope);
            inner_steps += steps;
            if steps > 0 {
                duals[text] = if swapped { (cost - moved, moved) } else { (moved, cost - moved) };
                add(&mut weights, &mut bias, text, sign * (moved - old) * signs[text]);
            }
        }
        if steepest < CLOSE {
            break;
        }
        if inner_steps <= texts.len() / 10 {
            inner = (0.1 * inner).max(1e-8);
        }
    }
    (weights, bias)
}

/// Moves one dual variable to the minimum of z ln z + (c − z) ln(c − z) + a/2 (z − old)² + b (z − old) by Newton's
/// method: where to, the slope before, and the steps taken.
fn step(old: f64, b: f64, a: f64, cost: f64, close: f64) -> (f64, f64, usize) {
    const STEPS: usize = 100;
    let mut z = if cost - old < 0.5 * cost { 0.1 * old } else { old };
    let slope_at = |z: f64| a * (z - old) + b + (z / (cost - z)).ln();
    let mut slope = slope_at(z);
    let before = slope.abs();
    let mut steps = 0;
    while steps < STEPS && slope.abs() >= close {
        let bend = a + cost / (cost - z) / z;
        let next = z - slope / bend;
        z = if next <= 0.0 { 0.1 * z } else { next.min(cost * (1.0 - 1e-15)) };
        slope = slope_at(z);
        steps += 1;
    }
    (z, before, steps)
}
