//! Models fitted on labels: boosted trees over named numbers, a model of texts, and what their scores mean.
//!
//! Optional beside the evidence: without labels the engine stands on bits alone. Here is no I/O, no clock and no chance
//! but that of a seed; the same rows and seed make the same bytes. A model is never praised for what it has seen: folds
//! are cut by block, and chances are calibrated on held-out rows.

mod accounts;
mod bins;
mod boost;
mod calibration;
mod draws;
mod error;
mod examples;
mod file;
mod folds;
mod grow;
mod held_out;
mod importance;
mod measures;
mod model;
mod provenance;
mod report;
mod texts;
mod tree;

pub use accounts::{AccountFacts, GroupFacts, account_feature_names, account_features};
pub use boost::Boosting;
pub use error::{FitError, ModelError};
pub use examples::{Block, Examples};
pub use file::{LIMIT, VERSION, checksum, kind};
pub use importance::Importance;
pub use measures::{Measures, Tenth};
pub use model::{Model, Settings};
pub use provenance::{InputTable, Provenance};
pub use report::{Report, Unmet, UnmetScheme};
pub use texts::{Evidence, TextModel, Texts};
