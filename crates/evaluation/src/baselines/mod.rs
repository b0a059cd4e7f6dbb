//! Simple methods to be measured beside, each in one file: how much of a result is owed to what anybody would try first?
//!
//! Each gives every account a score and accuses those over a plain threshold; an event gets the score of its account, unless
//! the method scores links. They see the same events as the audit and no label.

mod degree;
mod device;
mod fraudar;
mod links;
mod peel;
mod text;

use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::accounts::Accounts;
use crate::events::Events;
use crate::judged::Judged;
use crate::label::Verdict;
use crate::truth::Truth;
use crate::{EvaluationError, Lang};

pub use fraudar::FRAUDAR_BLOCKS;
use links::Links;

/// One baseline against the truth.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Baseline {
    /// `degree`, `device`, `text`, or `fraudar` over all links, `fraudar_likes` over likes and follows, each with the first
    /// block accused or, as `…_three`, the first three.
    pub method: &'static str,
    /// Its verdicts on accounts, where accounts are labelled.
    pub accounts: Option<Accounts>,
    /// Its verdicts on events, where events are labelled.
    pub events: Option<Events>,
}

/// Scores of the accounts, by their number among the links, and those accused.
pub(crate) struct Scores {
    pub(crate) score: Vec<f64>,
    pub(crate) accused: Vec<bool>,
    /// By the event's number: its own score, where a method has one besides its account's.
    pub(crate) event_score: Option<Vec<f64>>,
}

/// Runs every baseline for which the events have the columns.
///
/// # Errors
///
/// If an input or the truth cannot be read, or no account of one is in the other.
pub fn baselines(inputs: &[PathBuf], truth: &Path) -> Result<Vec<Baseline>, EvaluationError> {
    let truth = Truth::read(truth)?;
    let links = Links::read(inputs)?;
    let mut all = vec![measure("degree", &degree::scores(&links), &links, &truth)?];
    if links.has_device {
        all.push(measure("device", &device::scores(&links), &links, &truth)?);
    }
    if links.has_text {
        all.push(measure("text", &text::scores(&links), &links, &truth)?);
    }
    all.extend(fraudar_over("fraudar", "fraudar_three", &links.links, &links, &truth)?);
    if !links.approvals.is_empty() {
        let (first, three) = ("fraudar_likes", "fraudar_likes_three");
        all.extend(fraudar_over(first, three, &links.approvals, &links, &truth)?);
    }
    Ok(all)
}

/// FRAUDAR over some of the links, once with the first block accused and once with the first three.
fn fraudar_over(
    first: &'static str,
    three: &'static str,
    over: &[(u32, u32)],
    links: &Links,
    truth: &Truth,
) -> Result<[Baseline; 2], EvaluationError> {
    let blocks = fraudar::blocks(fraudar::graph(over, links), FRAUDAR_BLOCKS);
    Ok([
        measure(first, &fraudar::scores(&blocks, 1, links), links, truth)?,
        measure(three, &fraudar::scores(&blocks, 3, links), links, truth)?,
    ])
}

fn measure(
    method: &'static str,
    scores: &Scores,
    links: &Links,
    truth: &Truth,
) -> Result<Baseline, EvaluationError> {
    let verdict = |account: usize| match scores.accused[account] {
        true => Verdict::Fake,
        false => Verdict::Genuine,
    };
    let by_account = || Judged {
        path: links.path.clone(),
        names: links.accounts.clone(),
        score: scores.score.clone(),
        verdict: (0..links.accounts.len()).map(verdict).collect(),
        ..Judged::default()
    };
    let by_event = || {
        let actor = |e: &usize| links.event_actor[*e];
        let events = 0..links.events.len();
        Judged {
            path: links.path.clone(),
            names: links.events.clone(),
            score: scores
                .event_score
                .clone()
                .unwrap_or_else(|| events.clone().map(|e| scores.score[actor(&e)]).collect()),
            verdict: events.map(|e| verdict(actor(&e))).collect(),
            ..Judged::default()
        }
    };
    let accounts = truth.accounts.as_ref().map(|t| Accounts::of(t, &by_account())).transpose()?;
    // A table without identifiers of events can only be judged by account.
    let events = truth
        .events
        .as_ref()
        .filter(|_| links.events.len() > 0)
        .map(|t| Events::of(t, &by_event(), None, None))
        .transpose()?;
    Ok(Baseline { method, accounts, events })
}

/// All baselines in one table for a terminal.
#[must_use]
pub fn baseline_table(baselines: &[Baseline], lang: Lang) -> String {
    crate::tables::baselines(baselines, lang).plain()
}

/// All baselines in one Markdown table.
#[must_use]
pub fn baseline_markdown(baselines: &[Baseline], lang: Lang) -> String {
    crate::tables::baselines(baselines, lang).markdown()
}

#[cfg(test)]
mod tests;
