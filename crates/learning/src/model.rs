//! A model over named numbers: trees and their calibration.
//!
//! Optional everywhere: without labels the engine stands on bits alone. A number that is not known is NaN and has its own
//! branch. What a score means is in the report that came with it, and holds for rows like those it was fitted on.

use crate::bins::Binned;
use crate::boost::{Boosted, Boosting, Fitted, Ground};
use crate::calibration::Calibration;
use crate::error::{FitError, ModelError};
use crate::examples::{Examples, Truth};
use crate::file;
use crate::held_out::{HeldOut, Learner, hold_out, without_each};
use crate::importance::{Unseen, importances};
use crate::provenance::Provenance;
use crate::report::Report;
use serde::{Deserialize, Serialize};

/// How a model is fitted and measured.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// The same seed gives the same model to the last byte.
    pub seed: u64,
    /// So many times a part is held out, 2 to 20.
    pub folds: u8,
    /// How trees are fitted.
    pub boosting: Boosting,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings { seed: 1, folds: 5, boosting: Boosting::default() }
    }
}

/// A model over named numbers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Model {
    features: Vec<String>,
    boosted: Boosted,
    calibration: Calibration,
    settings: Settings,
    provenance: Provenance,
}

/// What the file says it is a model of.
const KIND: &str = "accounts";

impl Model {
    /// Fits a model and says how good it is on rows that were held out.
    ///
    /// # Errors
    /// The rows cannot be cut into parts that hold both classes, or a setting cannot be meant.
    pub fn fit(
        examples: &Examples,
        settings: Settings,
        provenance: Provenance,
    ) -> Result<(Model, Report), FitError> {
        settings.boosting.check()?;
        let trees = Trees::over(examples, settings.boosting);
        let held_out = hold_out(&trees, settings.folds, settings.seed)?;
        let rises = trees.rises(&held_out, settings.seed);
        let rows: Vec<u32> = (0..examples.rows() as u32).collect();
        let Fitted { boosted, gains } = trees.fit(&rows, settings.seed)?;
        let truth = examples.truth();
        let report = Report {
            model: KIND,
            calibration: held_out.calibration.name(),
            held_out: held_out.measures,
            folds: held_out.parts.len(),
            blocks: truth.blocks_count(),
            later: None,
            unmet: without_each(&trees, examples.schemes(), settings.seed),
            trees: boosted.trees(),
            terms: 0,
            importances: importances(examples.names(), &gains, &rises, examples.rows()),
            settings,
            provenance: provenance.clone(),
        };
        let model = Model {
            features: examples.names().to_vec(),
            boosted,
            calibration: held_out.calibration,
            settings,
            provenance,
        };
        Ok((model, report))
    }

    /// Reads a model from a file's bytes.
    ///
    /// # Errors
    /// The bytes are no whole, consistent model file of this version.
    pub fn load(bytes: &[u8]) -> Result<Model, ModelError> {
        let model: Model = file::open(KIND, bytes)?;
        let inconsistent = |what| Err(ModelError::Inconsistent { what });
        if model.features.is_empty() || model.features.len() > Examples::FEATURES {
            return inconsistent("it has no features or too many");
        }
        if !model.boosted.sound(model.features.len()) {
            return inconsistent("a tree is broken");
        }
        if !model.calibration.sound() {
            return inconsistent("its calibration is broken");
        }
        Ok(model)
    }

    /// The bytes of the model's file; the same model gives the same bytes.
    ///
    /// # Errors
    /// It cannot be written as JSON, which no fitted model comes to.
    pub fn save(&self) -> Result<Vec<u8>, ModelError> {
        file::seal(KIND, self)
    }

    /// The chance that a row is positive, in (0, 1). Numbers come in the order of [`Model::features`]; NaN, or a number
    /// that is not there, is missing.
    #[must_use]
    pub fn score(&self, numbers: &[f32]) -> f64 {
        let number = |feature: u32| numbers.get(feature as usize).copied().unwrap_or(f32::NAN);
        self.calibration.chance(self.boosted.margin(number))
    }

    /// Names of the numbers that a row has, in their order.
    #[must_use]
    pub fn features(&self) -> &[String] {
        &self.features
    }

    /// Whether the model was fitted on exactly these features, in this order.
    ///
    /// # Errors
    /// It was not; the first difference.
    pub fn fits(&self, features: &[String]) -> Result<(), ModelError> {
        if self.features == features {
            return Ok(());
        }
        let lacks = |these: &[String], those: &[String]| {
            these.iter().find(|name| !those.contains(name)).cloned()
        };
        let difference = match (lacks(&self.features, features), lacks(features, &self.features)) {
            (Some(name), _) => format!("it asks for `{name}`, which is not computed"),
            (None, Some(name)) => format!("it knows nothing of `{name}`"),
            (None, None) => "they stand in another order".to_owned(),
        };
        Err(ModelError::Features { difference })
    }

    /// What it was trained on.
    #[must_use]
    pub fn provenance(&self) -> &Provenance {
        &self.provenance
    }
}

/// Boosted trees over columns, as something that can be held out.
pub(crate) struct Trees<'a> {
    columns: &'a [Vec<f32>],
    table: Binned,
    truth: &'a Truth,
    boosting: Boosting,
}

impl<'a> Trees<'a> {
    fn over(examples: &'a Examples, boosting: Boosting) -> Trees<'a> {
        let columns = examples.columns();
        Trees { columns, table: Binned::new(columns), truth: examples.truth(), boosting }
    }

    /// By feature, how much the loss rises over all held-out rows when it is mixed up.
    fn rises(&self, held_out: &HeldOut<Fitted>, seed: u64) -> Vec<f64> {
        let mut sums = vec![0.0; self.columns.len()];
        for (fitted, rows) in &held_out.parts {
            let unseen = Unseen { columns: self.columns, labels: &self.truth.labels, rows };
            let margin = |row: &[f32]| fitted.boosted.margin(|feature| row[feature as usize]);
            for (sum, rise) in sums.iter_mut().zip(unseen.rises(margin, seed)) {
                *sum += rise;
            }
        }
        sums
    }
}

impl Learner for Trees<'_> {
    type Fitted = Fitted;

    fn truth(&self) -> &Truth {
        self.truth
    }

    fn fit(&self, rows: &[u32], seed: u64) -> Result<Fitted, FitError> {
        let ground = Ground { table: &self.table, columns: self.columns, truth: self.truth };
        ground.fit(rows, &self.boosting, seed)
    }

    fn margins(&self, fitted: &Fitted, rows: &[u32]) -> Vec<f64> {
        let margin = |&row: &u32| {
            fitted.boosted.margin(|feature| self.columns[feature as usize][row as usize])
        };
        rows.iter().map(margin).collect()
    }
}
