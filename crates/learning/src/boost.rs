//! Gradient boosting with logistic loss: many small trees, each a step towards what the last ones missed.
//!
//! Friedman, Annals of Statistics 2001; rows and columns are drawn anew for every tree (Friedman 2002). How many trees
//! there are is decided on rows that were held out, by block; then all rows are used.

use crate::bins::Binned;
use crate::draws::Draws;
use crate::error::FitError;
use crate::examples::Truth;
use crate::folds::Folds;
use crate::grow::{Limits, Slope, grow};
use crate::tree::Tree;
use serde::{Deserialize, Serialize};

/// How trees are fitted.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Boosting {
    /// The most trees.
    pub trees: u32,
    /// The most leaves of a tree.
    pub leaves: u32,
    /// The most questions on a path.
    pub depth: u32,
    /// The fewest rows of a leaf.
    pub leaf_rows: u32,
    /// Share of a step that is taken.
    pub shrinkage: f64,
    /// Pulls small leaves towards zero.
    pub ridge: f64,
    /// Share of rows drawn for a tree.
    pub row_share: f64,
    /// Share of features drawn for a tree.
    pub feature_share: f64,
    /// So many trees without gain on held-out rows end the training.
    pub patience: u32,
}

impl Default for Boosting {
    fn default() -> Boosting {
        Boosting {
            trees: 400,
            leaves: 15,
            depth: 5,
            leaf_rows: 10,
            shrinkage: 0.08,
            ridge: 1.0,
            row_share: 0.8,
            feature_share: 0.8,
            patience: 30,
        }
    }
}

impl Boosting {
    /// # Errors
    /// A setting cannot be meant.
    pub(crate) fn check(&self) -> Result<(), FitError> {
        let share = |value: f64| value > 0.0 && value <= 1.0;
        let whole = |value: u32, most: u32| (1..=most).contains(&value);
        let settings = [
            ("the number of trees", f64::from(self.trees), whole(self.trees, 10_000)),
            ("the number of leaves", f64::from(self.leaves), (2..=256).contains(&self.leaves)),
            ("the depth", f64::from(self.depth), whole(self.depth, 32)),
            ("the rows of a leaf", f64::from(self.leaf_rows), self.leaf_rows >= 1),
            ("the shrinkage", self.shrinkage, share(self.shrinkage)),
            ("the ridge", self.ridge, self.ridge >= 0.0 && self.ridge.is_finite()),
            ("the share of rows", self.row_share, share(self.row_share)),
            ("the share of features", self.feature_share, share(self.feature_share)),
            ("the patience", f64::from(self.patience), self.patience >= 1),
        ];
        match settings.iter().find(|(_, _, sound)| !sound) {
            Some(&(name, value, _)) => Err(FitError::Setting { name, value }),
            None => Ok(()),
        }
    }

    fn limits(&self) -> Limits {
        Limits {
            leaves: self.leaves as usize,
            depth: self.depth,
            rows: self.leaf_rows as usize,
            ridge: self.ridge,
        }
    }
}

/// Trees that add up to a margin: log-odds, before calibration.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Boosted {
    base: f64,
    trees: Vec<Tree>,
}

/// Trees, and what each feature gained.
pub(crate) struct Fitted {
    pub(crate) boosted: Boosted,
    /// By feature.
    pub(crate) gains: Vec<f64>,
}

impl Boosted {
    pub(crate) fn margin(&self, number: impl Fn(u32) -> f32) -> f64 {
        self.base + self.trees.iter().map(|tree| tree.value(&number)).sum::<f64>()
    }

    pub(crate) fn trees(&self) -> usize {
        self.trees.len()
    }

    pub(crate) fn sound(&self, features: usize) -> bool {
        self.base.is_finite() && self.trees.iter().all(|tree| tree.sound(features))
    }
}

/// The chance that a margin stands for.
pub(crate) fn logistic(margin: f64) -> f64 {
    1.0 / (1.0 + (-margin).exp())
}

/// Loss of a margin, in nats.
pub(crate) fn loss(margin: f64, label: bool) -> f64 {
    let against = if label { -margin } else { margin };
    // ln(1 + e^x) without overflow.
    against.max(0.0) + (-against.abs()).exp().ln_1p()
}

/// What trees are fitted on.
pub(crate) struct Ground<'a> {
    pub(crate) table: &'a Binned,
    /// The same table before it was put into bins.
    pub(crate) columns: &'a [Vec<f32>],
    pub(crate) truth: &'a Truth,
}

impl Ground<'_> {
    /// Decides the number of trees on held-out rows, then fits on all of these.
    ///
    /// # Errors
    /// A class is in one block only.
    pub(crate) fn fit(
        &self,
        rows: &[u32],
        settings: &Boosting,
        seed: u64,
    ) -> Result<Fitted, FitError> {
        let trees = self.trees_needed(rows, settings, seed)?;
        let mut course = Course::new(self, rows, settings, seed);
        for _ in 0..trees {
            course.step(self, settings);
        }
        Ok(Fitted { boosted: course.boosted, gains: course.gains })
    }

    /// The number of trees at which the loss on held-out rows, over all folds, is least.
    fn trees_needed(
        &self,
        rows: &[u32],
        settings: &Boosting,
        seed: u64,
    ) -> Result<usize, FitError> {
        const FOLDS: u8 = 4;
        let folds = Folds::grouped(self.truth, rows, FOLDS, seed ^ 0x57_0b)?;
        let cuts: Vec<(Vec<u32>, Vec<u32>)> =
            (0..folds.count()).map(|fold| folds.cut(rows, fold)).collect();
        let mut courses: Vec<Course> =
            cuts.iter().map(|(_, outside)| Course::new(self, outside, settings, seed)).collect();
        let held_out = |courses: &[Course]| -> f64 {
            let losses = courses.iter().zip(&cuts).flat_map(|(course, (inside, _))| {
                inside
                    .iter()
                    .map(|&row| loss(course.margins[row as usize], self.truth.labels[row as usize]))
            });
            losses.sum()
        };
        let (mut best, mut best_loss) = (0, held_out(&courses));
        for trees in 1..=settings.trees as usize {
            for course in &mut courses {
                course.step(self, settings);
            }
            let loss = held_out(&courses);
            if loss < best_loss {
                (best, best_loss) = (trees, loss);
            } else if trees - best >= settings.patience as usize {
                break;
            }
        }
        Ok(best)
    }
}

/// A training under way.
struct Course {
    rows: Vec<u32>,
    boosted: Boosted,
    gains: Vec<f64>,
    /// Of all rows of the table, those not trained on included.
    margins: Vec<f64>,
    slopes: Vec<Slope>,
    draws: Draws,
}

impl Course {
    fn new(ground: &Ground, rows: &[u32], settings: &Boosting, seed: u64) -> Course {
        let positive = rows.iter().filter(|&&row| ground.truth.labels[row as usize]).count();
        // Half a row of each class keeps the odds finite.
        let odds = (positive as f64 + 0.5) / ((rows.len() - positive) as f64 + 0.5);
        let base = odds.ln();
        let all = ground.table.rows();
        Course {
            rows: rows.to_vec(),
            boosted: Boosted { base, trees: Vec::with_capacity(settings.trees.min(64) as usize) },
            gains: vec![0.0; ground.table.features().len()],
            margins: vec![base; all],
            slopes: vec![Slope::default(); all],
            draws: Draws::new(seed, 0xb005),
        }
    }

    /// One more tree.
    fn step(&mut self, ground: &Ground, settings: &Boosting) {
        for &row in &self.rows {
            let chance = logistic(self.margins[row as usize]);
            let label = f64::from(u8::from(ground.truth.labels[row as usize]));
            self.slopes[row as usize] =
                Slope { first: chance - label, second: (chance * (1.0 - chance)).max(1e-12) };
        }
        let draws = &mut self.draws;
        let drawn: Vec<u32> = match settings.row_share < 1.0 {
            true => {
                let kept = |_: &u32| draws.share() < settings.row_share;
                self.rows.iter().copied().filter(kept).collect()
            }
            false => self.rows.clone(),
        };
        let count = self.gains.len();
        let asked = ((count as f64 * settings.feature_share).ceil() as usize).clamp(1, count);
        let mut features: Vec<u32> = (0..count as u32).collect();
        draws.shuffle(&mut features);
        features.truncate(asked);
        features.sort_unstable();
        let limits = settings.limits();
        let grown = grow(ground.table, drawn, &features, &self.slopes, limits, settings.shrinkage);
        for (feature, gain) in grown.gains {
            self.gains[feature as usize] += gain;
        }
        for (row, margin) in self.margins.iter_mut().enumerate() {
            *margin += grown.tree.value(|feature| ground.columns[feature as usize][row]);
        }
        self.boosted.trees.push(grown.tree);
    }
}
