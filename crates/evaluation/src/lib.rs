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
mod buyers;
mod calibration;
mod called;
mod confusion;
mod counts;
mod economics;
mod error;
mod events;
mod fakes;
mod found;
mod groups;
mod judged;
mod label;
mod names;
mod owners;
mod prices;
mod quantile;
mod ranking;
mod table;
mod tables;
mod truth;

use std::path::{Path, PathBuf};

use serde::Serialize;

pub use accounts::{Accounts, GrayScheme, Population, SchemeRecall};
pub use baselines::{Baseline, FRAUDAR_BLOCKS, baseline_markdown, baseline_table, baselines};
pub use buyers::{Buyers, Client, Clients, SharedClient};
pub use calibration::{Calibration, CalibrationBin};
pub use called::{Called, Tally};
pub use confusion::Confusion;
pub use counts::{CountScope, Counts, Kept, KindRestored, Restored, ScopeRestored};
pub use economics::{Economics, LossCost, LostAccounts, Survival, SurvivorCost, Survivors};
pub use error::EvaluationError;
pub use events::{Events, KindConfusion};
pub use groups::{Groups, PairScore, TrueGroup};
pub use owners::{Owners, Points, SchemeOwners};
pub use prices::{Metric, Price, Prices, Range, Rung, Status};
pub use ranking::Ranking;
pub use tables::Lang;

use attacks::Attacks;
use buyers::OwnersKnown;
use called::read_if_there;
use fakes::Sources;
use found::FoundGroups;
use judged::Judged;
use truth::Truth;

/// What to tell apart.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// The events in the contract's shape, where the truth folder does not hold them as `events.parquet`.
    pub events: Option<PathBuf>,
    /// Sets of schemes for which pairs are scored, besides all.
    pub pair_scopes: Vec<Vec<String>>,
    /// Sets of attacked counts whose errors are told, besides all.
    pub count_scopes: Vec<CountScope>,
    /// What fakes cost.
    pub prices: Prices,
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
            prices: Prices::default(),
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
    /// What a surviving fake costs; needs the events and their labels.
    pub economics: Option<Economics>,
    /// Which groups serve which owners; needs the events.
    pub buyers: Option<Buyers>,
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
    let source = options.events.as_ref().or(truth.source.as_ref()).map(PathBuf::as_path);
    let attacks = match source {
        Some(path) => Attacks::read(path, &truth)?,
        None => None,
    };
    let schemes = truth.accounts.as_ref().map(|a| &a.schemes);
    let attacks_by_name = attacks.as_ref().zip(schemes);
    let table = |name: &str| results.join(name);
    let judged = AllJudged::read(&truth, results)?;
    let mut evaluation = Evaluation::default();
    if let (Some(labels), Some(judged)) = (&truth.accounts, &judged.accounts) {
        evaluation.accounts = Some(Accounts::of(labels, judged)?);
    }
    if let (Some(labels), Some(judged)) = (&truth.events, &judged.events) {
        let accounts = truth.accounts.as_ref();
        evaluation.events = Some(Events::of(labels, judged, attacks.as_ref(), accounts)?);
    }
    if let (Some(groups), Some(found)) = (&truth.groups, &judged.groups) {
        let accounts = truth.accounts.as_ref();
        evaluation.groups = Some(Groups::of(groups, found, accounts, &options.pair_scopes));
    }
    if let Some(counts) = &truth.counts {
        let (path, scopes) = (table("subjects.parquet"), &options.count_scopes);
        evaluation.counts = Some(Counts::read(&path, counts, attacks_by_name, scopes)?);
    }
    if let (Some(labels), Some(judged)) = (&truth.owners, &judged.owners) {
        evaluation.owners = Some(Owners::of(labels, judged, attacks_by_name)?);
    }
    if let Some(labels) = &truth.points {
        let judged = Judged::read(&table("points.parquet"), "point")?;
        evaluation.points = Some(Points::of(labels, &judged)?);
    }
    if let Some(path) = source {
        evaluation.economics = economics(path, &truth, &judged, &options.prices)?;
        if let (Some(events), Some(found)) = (&judged.events, &judged.groups) {
            let known =
                OwnersKnown { truth: truth.owners.as_ref(), judged: judged.owners.as_ref() };
            evaluation.buyers = Buyers::read(path, events, found, known)?;
        }
    }
    evaluation.called =
        Called::of(judged.accounts.as_ref(), judged.events.as_ref(), judged.groups.as_ref());
    Ok(evaluation)
}

/// The tables of results that more than one part needs.
struct AllJudged {
    accounts: Option<Judged>,
    events: Option<Judged>,
    owners: Option<Judged>,
    groups: Option<FoundGroups>,
}

impl AllJudged {
    /// A table of results is needed where there is truth about it, and read where it is there.
    fn read(truth: &Truth, results: &Path) -> Result<AllJudged, EvaluationError> {
        let judged = |file: &str, name: &str, needed: bool| {
            let path = results.join(file);
            if needed { Judged::read(&path, name).map(Some) } else { read_if_there(&path, name) }
        };
        Ok(AllJudged {
            accounts: judged("accounts.parquet", "account", truth.accounts.is_some())?,
            events: judged("events.parquet", "id", truth.events.is_some())?,
            owners: judged("owners.parquet", "owner", truth.owners.is_some())?,
            groups: read_groups(results, truth.groups.is_some())?,
        })
    }
}

/// What a surviving fake costs, where the events and their labels are known.
fn economics(
    path: &Path,
    truth: &Truth,
    judged: &AllJudged,
    prices: &Prices,
) -> Result<Option<Economics>, EvaluationError> {
    let (Some(labels), Some(events)) = (&truth.events, &judged.events) else { return Ok(None) };
    let (accounts, judged_accounts) = (truth.accounts.as_ref(), judged.accounts.as_ref());
    let fakes = fakes::read(path, Sources { labels, accounts, judged: events, judged_accounts })?;
    Ok(Some(Economics::of(&fakes, accounts.zip(judged_accounts), prices)))
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
