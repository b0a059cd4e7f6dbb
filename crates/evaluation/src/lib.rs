//! How right results are against a known truth, beside simple baselines.
//!
//! Reads the result folder of an audit and a folder of labels, joins them by name, and says how many of the fakes were
//! found, who was wronged, how well groups match and counts were restored. It knows the contract's tables and not the
//! engine, so it judges anybody's results alike. Rates are left empty where nothing is there to count; a missing column
//! is an error that names it.
//!
//! ```no_run
//! use std::path::Path;
//! let evaluation = evaluation::evaluate(
//!     Path::new("market"),
//!     Path::new("out"),
//!     &evaluation::Options::default(),
//! )?;
//! println!("{evaluation}");
//! # Ok::<(), evaluation::EvaluationError>(())
//! ```

mod accounts;
mod attacks;
mod baselines;
mod calibration;
mod called;
mod confusion;
mod counts;
mod error;
mod events;
mod found;
mod groups;
mod judged;
mod label;
mod names;
mod owners;
mod quantile;
mod ranking;
mod table;
mod tables;
mod truth;

use std::path::{Path, PathBuf};

use serde::Serialize;

pub use accounts::{Accounts, GrayScheme, Population, SchemeRecall};
pub use baselines::{Baseline, FRAUDAR_BLOCKS, baseline_markdown, baseline_table, baselines};
pub use calibration::{Calibration, CalibrationBin};
pub use called::{Called, Tally};
pub use confusion::Confusion;
pub use counts::{CountScope, Counts, Kept, KindRestored, Restored, ScopeRestored};
pub use error::EvaluationError;
pub use events::{Events, KindConfusion};
pub use groups::{Groups, PairScore, TrueGroup};
pub use owners::{Owners, Points};
pub use ranking::Ranking;
pub use tables::Lang;

use attacks::Attacks;
use called::read_if_there;
use found::FoundGroups;
use judged::Judged;
use truth::Truth;

/// What to tell apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// The events in the contract's shape, where the truth folder does not hold them as `events.parquet`.
    pub events: Option<PathBuf>,
    /// Sets of schemes for which pairs are scored, besides all.
    pub pair_scopes: Vec<Vec<String>>,
    /// Sets of attacked counts whose errors are told, besides all.
    pub count_scopes: Vec<CountScope>,
}

impl Default for Options {
    /// Pairs over device farms, bots and bulk members; likes and follows that farms and bots attacked.
    fn default() -> Options {
        let list = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect();
        Options {
            events: None,
            pair_scopes: vec![list(&["S1", "S2", "S7"])],
            count_scopes: vec![CountScope {
                schemes: list(&["S1", "S2"]),
                kinds: list(&["like", "follow"]),
            }],
        }
    }
}

/// How right results are. A part without truth is empty.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Evaluation {
    /// What the results call fake, whatever the truth.
    pub called: Called,
    /// Verdicts on accounts.
    pub accounts: Option<Accounts>,
    /// Verdicts on events.
    pub events: Option<Events>,
    /// Groups.
    pub groups: Option<Groups>,
    /// Restored counts.
    pub counts: Option<Counts>,
    /// Verdicts on owners.
    pub owners: Option<Owners>,
    /// Verdicts on network points.
    pub points: Option<Points>,
}

/// Compares a folder of results with a folder of truth.
///
/// # Errors
///
/// If the truth folder has no table that is known, if a table of results that a truth table needs is missing, lacks a
/// column or holds a cell that cannot be used, or if the two have no name in common.
pub fn evaluate(
    truth: &Path,
    results: &Path,
    options: &Options,
) -> Result<Evaluation, EvaluationError> {
    let truth = Truth::read(truth)?;
    let source = options.events.as_ref().or(truth.source.as_ref());
    let attacks = match source {
        Some(path) => Attacks::read(path, &truth)?,
        None => None,
    };
    let table = |name: &str| results.join(name);
    let mut evaluation = Evaluation::default();

    let judged_accounts = match &truth.accounts {
        Some(labels) => {
            let judged = Judged::read(&table("accounts.parquet"), "account")?;
            evaluation.accounts = Some(Accounts::of(labels, &judged)?);
            Some(judged)
        }
        None => read_if_there(&table("accounts.parquet"), "account")?,
    };
    let judged_events = match &truth.events {
        Some(labels) => {
            let judged = Judged::read(&table("events.parquet"), "id")?;
            let accounts = truth.accounts.as_ref();
            evaluation.events = Some(Events::of(labels, &judged, attacks.as_ref(), accounts)?);
            Some(judged)
        }
        None => read_if_there(&table("events.parquet"), "id")?,
    };
    let found = read_groups(results, truth.groups.is_some())?;
    if let (Some(groups), Some(found)) = (&truth.groups, &found) {
        let accounts = truth.accounts.as_ref();
        evaluation.groups = Some(Groups::of(groups, found, accounts, &options.pair_scopes));
    }
    if let Some(counts) = &truth.counts {
        let schemes = truth.accounts.as_ref().map(|a| &a.schemes);
        evaluation.counts = Some(Counts::read(
            &table("subjects.parquet"),
            counts,
            attacks.as_ref().zip(schemes),
            &options.count_scopes,
        )?);
    }
    if let Some(labels) = &truth.owners {
        let judged = Judged::read(&table("owners.parquet"), "owner")?;
        evaluation.owners = Some(Owners::of(labels, &judged, attacks.as_ref())?);
    }
    if let Some(labels) = &truth.points {
        let judged = Judged::read(&table("points.parquet"), "point")?;
        evaluation.points = Some(Points::of(labels, &judged)?);
    }
    evaluation.called =
        Called::of(judged_accounts.as_ref(), judged_events.as_ref(), found.as_ref());
    Ok(evaluation)
}

/// What a folder of results calls fake, for sets without labels.
///
/// # Errors
///
/// If a table of the folder cannot be used, or if none of them is there.
pub fn overview(results: &Path) -> Result<Evaluation, EvaluationError> {
    let accounts = results.join("accounts.parquet");
    let events = results.join("events.parquet");
    if !accounts.exists() && !events.exists() {
        return Err(EvaluationError::MissingTable { path: accounts });
    }
    let accounts = read_if_there(&accounts, "account")?;
    let events = read_if_there(&events, "id")?;
    let found = read_groups(results, false)?;
    let called = Called::of(accounts.as_ref(), events.as_ref(), found.as_ref());
    Ok(Evaluation { called, ..Evaluation::default() })
}

fn read_groups(results: &Path, needed: bool) -> Result<Option<FoundGroups>, EvaluationError> {
    if needed || results.join("groups.parquet").exists() {
        FoundGroups::read(results).map(Some)
    } else {
        Ok(None)
    }
}

impl Evaluation {
    /// All figures for machines; the keys are described in the crate's README.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        serde_json::to_value(self).expect("plain figures have no key that is not text")
    }
}
