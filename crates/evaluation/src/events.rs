//! How right the verdicts on events are.
//!
//! Rates are over labelled events that the results judge: a log-in that counts for nothing is not in the results and is
//! no success. Fake events that the results lack are told, so that leaving them out helps nobody.

use serde::Serialize;

use crate::EvaluationError;
use crate::accounts::SchemeRecall;
use crate::attacks::Attacks;
use crate::confusion::{Confusion, share};
use crate::judged::Judged;
use crate::label::{Label, Verdict};
use crate::names::Names;
use crate::ranking::{Ranking, Samples};
use crate::truth::{AccountTruth, Labels};

/// How right the verdicts on events are.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Events {
    /// Judged and labelled fake.
    pub fake: u64,
    /// Judged and labelled genuine.
    pub genuine: u64,
    /// Judged and labelled gray.
    pub gray: u64,
    /// Labelled, but not in the results.
    pub missing: u64,
    /// Labelled fake, but not in the results.
    pub missing_fake: u64,
    /// In the results, but not labelled.
    pub unlabelled: u64,
    /// Called `fake`.
    pub at_fake: Confusion,
    /// Called `fake` or `suspect`.
    pub at_suspect: Confusion,
    /// By score.
    pub ranking: Ranking,
    /// By the score from what was known when the event came, where the results have it.
    pub ranking_on_arrival: Option<Ranking>,
    /// Recall per scheme of the acting account; needs the events.
    pub schemes: Vec<SchemeRecall>,
    /// Recall and genuine events called, per kind; needs the events.
    pub kinds: Vec<KindConfusion>,
}

/// The events of one kind.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct KindConfusion {
    /// The kind.
    pub kind: String,
    /// Called `fake`.
    pub at_fake: Confusion,
}

/// One labelled event with what was said of it.
struct Case {
    number: usize,
    label: Label,
    score: f64,
    arrival: f64,
    verdict: Verdict,
}

impl Events {
    pub(crate) fn of(
        truth: &Labels,
        judged: &Judged,
        attacks: Option<&Attacks>,
        accounts: Option<&AccountTruth>,
    ) -> Result<Events, EvaluationError> {
        let found = judged.align(truth)?;
        let cases: Vec<Case> = found
            .iter()
            .enumerate()
            .filter_map(|(number, at)| {
                at.map(|at| Case {
                    number,
                    label: truth.label[number],
                    score: judged.score[at],
                    arrival: judged.arrival.as_ref().map_or(0.0, |a| a[at]),
                    verdict: judged.verdict[at],
                })
            })
            .collect();
        let count = |label| cases.iter().filter(|c| c.label == label).count() as u64;
        let all_fake = truth.label.iter().filter(|l| **l == Label::Fake).count() as u64;
        let clear = || cases.iter().filter(|c| c.label != Label::Gray);
        let confusion =
            |bar| Confusion::of(clear().map(|c| (c.label == Label::Fake, c.verdict >= bar)));
        let schemes = match (attacks, accounts) {
            (Some(attacks), Some(accounts)) => schemes(&cases, attacks, &accounts.schemes),
            (None, _) | (_, None) => Vec::new(),
        };
        Ok(Events {
            fake: count(Label::Fake),
            genuine: count(Label::Genuine),
            gray: count(Label::Gray),
            missing: (found.len() - cases.len()) as u64,
            missing_fake: all_fake - count(Label::Fake),
            unlabelled: (judged.names.len() - cases.len()) as u64,
            at_fake: confusion(Verdict::Fake),
            at_suspect: confusion(Verdict::Suspect),
            ranking: ranking(clear().map(|c| (c.score, c.label))),
            ranking_on_arrival: judged
                .arrival
                .is_some()
                .then(|| ranking(clear().map(|c| (c.arrival, c.label)))),
            schemes,
            kinds: attacks.map(|a| kinds(&cases, a)).unwrap_or_default(),
        })
    }
}

fn ranking(scored: impl Iterator<Item = (f64, Label)>) -> Ranking {
    let mut samples = Samples::default();
    for (score, label) in scored {
        samples.push(score, label == Label::Fake);
    }
    samples.ranking()
}

fn schemes(cases: &[Case], attacks: &Attacks, names: &Names) -> Vec<SchemeRecall> {
    let mut all = Vec::new();
    for scheme in names.in_order() {
        let of_it = |c: &&Case| c.label == Label::Fake && attacks.scheme[c.number] == Some(scheme);
        let fake: Vec<&Case> = cases.iter().filter(of_it).collect();
        if fake.is_empty() {
            continue;
        }
        let genuine = cases.iter().filter(|c| c.label == Label::Genuine);
        let called = |bar| fake.iter().filter(|c| c.verdict >= bar).count() as u64;
        let count = fake.len() as u64;
        all.push(SchemeRecall {
            scheme: names.get(scheme).to_owned(),
            all: count,
            recall: share(called(Verdict::Fake), count),
            recall_at_suspect: share(called(Verdict::Suspect), count),
            auc: ranking(fake.iter().copied().chain(genuine).map(|c| (c.score, c.label))).auc,
        });
    }
    all
}

fn kinds(cases: &[Case], attacks: &Attacks) -> Vec<KindConfusion> {
    attacks
        .kinds
        .in_order()
        .into_iter()
        .map(|kind| {
            let of_it = cases
                .iter()
                .filter(|c| c.label != Label::Gray && attacks.kind[c.number] == Some(kind))
                .map(|c| (c.label == Label::Fake, c.verdict == Verdict::Fake));
            KindConfusion {
                kind: attacks.kinds.get(kind).to_owned(),
                at_fake: Confusion::of(of_it),
            }
        })
        .filter(|k| k.at_fake.found + k.at_fake.missed + k.at_fake.accused + k.at_fake.spared > 0)
        .collect()
}
