//! A model of texts: what is said, weighed by logistic regression, and how it is said, joined by trees.
//!
//! The trees see the regression's margin only where the regression had not seen the text (stacking, Wolpert 1992);
//! otherwise they would trust it blindly. Needs no dictionary; English and Chinese alike.

mod corpus;
mod linear;
mod style;
mod tokens;

use crate::bins::Binned;
use crate::boost::{Boosted, Boosting, Ground};
use crate::calibration::Calibration;
use crate::error::{FitError, ModelError};
use crate::examples::{Block, Truth};
use crate::file;
use crate::folds::{Folds, later};
use crate::held_out::{HeldOut, Learner, before_and_after, hold_out};
use crate::importance::{Unseen, importances};
use crate::model::Settings;
use crate::provenance::Provenance;
use crate::report::Report;
use corpus::Corpus;
use linear::{Descent, Linear};
use serde::{Deserialize, Serialize};

/// A model of texts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TextModel {
    features: Vec<String>,
    linear: Linear,
    boosted: Boosted,
    calibration: Calibration,
    /// Positive and negative texts that it was fitted on.
    labels: (u64, u64),
    settings: Settings,
    provenance: Provenance,
}

/// What the file says it is a model of.
const KIND: &str = "texts";
/// How the regression is fitted: a term of a single text is chance.
const DESCENT: Descent = Descent { cost: 100.0, texts: 2 };

/// What a model says of a text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Evidence {
    /// The calibrated chance that it is positive, where as many are as in training.
    pub chance: f64,
    /// The share of positive texts in training.
    pub trained_share: f64,
    /// What the text adds to whatever share there is, in bits.
    pub bits: f64,
}

/// Labelled texts.
#[derive(Clone, Copy, Debug)]
pub struct Texts<'a> {
    /// The texts; of each the first 20,000 bytes are read.
    pub texts: &'a [String],
    /// Whether each is what is looked for.
    pub labels: &'a [bool],
    /// What each belongs to: texts of one block never stand on both sides of a cut.
    pub blocks: &'a [Block<'a>],
    /// When each was written, in any unit that rises; for a test on the last ones.
    pub times: Option<&'a [i64]>,
}

impl TextModel {
    /// Fits a model and says how good it is on texts that were held out.
    ///
    /// # Errors
    /// The texts cannot be cut into parts that hold both classes, or a setting cannot be meant.
    pub fn fit(
        texts: Texts<'_>,
        settings: Settings,
        provenance: Provenance,
    ) -> Result<(TextModel, Report), FitError> {
        settings.boosting.check()?;
        if texts.texts.len() != texts.labels.len() {
            return Err(FitError::Uneven);
        }
        let truth = Truth::new(texts.labels.to_vec(), texts.blocks)?;
        let stack = Stack::new(texts.texts, truth, settings.boosting);
        let held_out = hold_out(&stack, settings.folds, settings.seed)?;
        let cut = texts.times.and_then(|times| later(&stack.truth, times));
        let measured = match &cut {
            Some((before, after)) => {
                before_and_after(&stack, (before, after), settings.folds, settings.seed)?
            }
            None => None,
        };
        let rises = stack.rises(&held_out, settings.seed);
        let rows: Vec<u32> = (0..texts.texts.len() as u32).collect();
        let fitted = stack.fit(&rows, settings.seed)?;
        let linear = fitted.linear.by_hash(&stack.corpus);
        let features = names();
        let report = Report {
            model: KIND,
            calibration: held_out.calibration.name(),
            held_out: held_out.measures,
            folds: held_out.parts.len(),
            blocks: stack.truth.blocks_count(),
            later: measured,
            unmet: None,
            trees: fitted.boosted.trees(),
            terms: linear.terms(),
            importances: importances(&features, &fitted.gains, &rises, rows.len()),
            settings,
            provenance: provenance.clone(),
        };
        let model = TextModel {
            features,
            linear,
            boosted: fitted.boosted,
            calibration: held_out.calibration,
            labels: stack.truth.counts(),
            settings,
            provenance,
        };
        Ok((model, report))
    }

    /// Reads a model from a file's bytes.
    ///
    /// # Errors
    /// The bytes are no whole, consistent model file of this version.
    pub fn load(bytes: &[u8]) -> Result<TextModel, ModelError> {
        let model: TextModel = file::open(KIND, bytes)?;
        let inconsistent = |what| Err(ModelError::Inconsistent { what });
        if model.features != names() {
            let difference = "numbers of style are other ones".to_owned();
            return Err(ModelError::Features { difference });
        }
        if !model.linear.sound() {
            return inconsistent("its vocabulary is broken");
        }
        if !model.boosted.sound(model.features.len()) {
            return inconsistent("a tree is broken");
        }
        if !model.calibration.sound() {
            return inconsistent("its calibration is broken");
        }
        if model.labels.0 == 0 || model.labels.1 == 0 {
            return inconsistent("it was fitted on one class");
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

    /// The chance that a text is positive, in (0, 1). Of a long text the first 20,000 bytes are read.
    #[must_use]
    pub fn score(&self, text: &str) -> f64 {
        let tokens = tokens::tokens(text);
        let mut numbers = style::style(text, &tokens);
        numbers.insert(0, self.linear.margin(&corpus::terms(&tokens)) as f32);
        let number = |feature: u32| numbers.get(feature as usize).copied().unwrap_or(f32::NAN);
        self.calibration.chance(joined(numbers[0], &self.boosted, number))
    }

    /// What a text says by itself, in bits: by how much the odds of its chance are above those of the share of positive
    /// texts that the model was fitted on. At most the logarithm of the negative texts seen in training: who has seen two thousand
    /// honest texts cannot tell what one in a million looks like.
    #[must_use]
    pub fn evidence(&self, text: &str) -> Evidence {
        let chance = self.score(text);
        let (positive, negative) = (self.labels.0 as f64, self.labels.1 as f64);
        let odds = (chance / (1.0 - chance).max(f64::MIN_POSITIVE)).max(f64::MIN_POSITIVE);
        let most = (negative + 1.0).log2();
        let bits = (odds.log2() - (positive / negative).log2()).clamp(-most, most);
        Evidence { chance, trained_share: positive / (positive + negative), bits }
    }

    /// Names of the numbers that the trees see: the regression's margin and the style.
    #[must_use]
    pub fn features(&self) -> &[String] {
        &self.features
    }

    /// What it was trained on.
    #[must_use]
    pub fn provenance(&self) -> &Provenance {
        &self.provenance
    }
}

fn names() -> Vec<String> {
    ["terms"].iter().chain(&style::NAMES).map(|name| (*name).to_owned()).collect()
}

/// The margin of the trees. A hundredth of the regression's own is added, so that texts which the trees do not tell apart
/// keep its order.
fn joined(terms: f32, boosted: &Boosted, number: impl Fn(u32) -> f32) -> f64 {
    boosted.margin(number) + 0.01 * f64::from(terms)
}

/// Texts as something that can be held out.
struct Stack {
    corpus: Corpus,
    /// The numbers of style by feature, after an empty column for the regression's margin.
    columns: Vec<Vec<f32>>,
    truth: Truth,
    boosting: Boosting,
}

/// What fitting on some texts leaves.
struct Stacked {
    linear: linear::Fitted,
    boosted: Boosted,
    gains: Vec<f64>,
}

impl Stack {
    fn new(texts: &[String], truth: Truth, boosting: Boosting) -> Stack {
        let mut columns = vec![Vec::with_capacity(texts.len()); style::NAMES.len() + 1];
        let mut terms = Vec::with_capacity(texts.len());
        for text in texts {
            let tokens = tokens::tokens(text);
            columns[0].push(f32::NAN);
            for (column, number) in columns[1..].iter_mut().zip(style::style(text, &tokens)) {
                column.push(number);
            }
            terms.push(corpus::terms(&tokens));
        }
        Stack { corpus: Corpus::new(&terms), columns, truth, boosting }
    }

    fn regress(&self, rows: &[u32], seed: u64) -> linear::Fitted {
        linear::Fitted::new(&self.corpus, &self.truth.labels, rows, DESCENT, seed)
    }

    /// The columns with the margins of these rows.
    fn with_margins(&self, margins: impl Iterator<Item = (u32, f64)>) -> Vec<Vec<f32>> {
        let mut columns = self.columns.clone();
        for (row, margin) in margins {
            columns[0][row as usize] = margin as f32;
        }
        columns
    }

    /// By feature, how much the loss rises over all held-out texts when it is mixed up.
    fn rises(&self, held_out: &HeldOut<Stacked>, seed: u64) -> Vec<f64> {
        let mut sums = vec![0.0; self.columns.len()];
        for (fitted, rows) in &held_out.parts {
            let margin = |&row: &u32| (row, fitted.linear.margin(&self.corpus, row));
            let columns = self.with_margins(rows.iter().map(margin));
            let unseen = Unseen { columns: &columns, labels: &self.truth.labels, rows };
            let margin =
                |row: &[f32]| joined(row[0], &fitted.boosted, |feature| row[feature as usize]);
            for (sum, rise) in sums.iter_mut().zip(unseen.rises(margin, seed)) {
                *sum += rise;
            }
        }
        sums
    }
}

impl Learner for Stack {
    type Fitted = Stacked;

    fn truth(&self) -> &Truth {
        &self.truth
    }

    fn fit(&self, rows: &[u32], seed: u64) -> Result<Stacked, FitError> {
        const FOLDS: u8 = 5;
        let folds = Folds::grouped(&self.truth, rows, FOLDS, seed ^ 0x57ac)?;
        let mut margins = Vec::with_capacity(rows.len());
        for fold in 0..folds.count() {
            let (inside, outside) = folds.cut(rows, fold);
            let linear = self.regress(&outside, seed);
            margins.extend(inside.iter().map(|&row| (row, linear.margin(&self.corpus, row))));
        }
        let columns = self.with_margins(margins.into_iter());
        let table = Binned::new(&columns);
        let ground = Ground { table: &table, columns: &columns, truth: &self.truth };
        let trees = ground.fit(rows, &self.boosting, seed)?;
        Ok(Stacked { linear: self.regress(rows, seed), boosted: trees.boosted, gains: trees.gains })
    }

    fn margins(&self, fitted: &Stacked, rows: &[u32]) -> Vec<f64> {
        let margin = |&row: &u32| {
            let terms = fitted.linear.margin(&self.corpus, row) as f32;
            joined(terms, &fitted.boosted, |feature| match feature {
                0 => terms,
                _ => self.columns[feature as usize][row as usize],
            })
        };
        rows.iter().map(margin).collect()
    }
}
