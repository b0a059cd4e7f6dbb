//! How right the verdicts on accounts are, and who is wronged by them.
//!
//! A labelled account that the results lack is one that was never suspected: genuine, score 0. Gray accounts are told
//! apart and are in no rate.

use serde::Serialize;

use crate::EvaluationError;
use crate::calibration::Calibration;
use crate::confusion::{Confusion, share};
use crate::judged::Judged;
use crate::label::{Label, Verdict};
use crate::ranking::{Ranking, Samples};
use crate::truth::AccountTruth;

/// Populations of fewer accounts are told but not counted as the worst: one unlucky account would decide it.
const POPULATION_FLOOR: u64 = 100;

/// How right the verdicts on accounts are.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Accounts {
    /// Labelled fake.
    pub fake: u64,
    /// Labelled genuine.
    pub genuine: u64,
    /// Labelled gray.
    pub gray: u64,
    /// Labelled, but not in the results; taken as genuine with score 0.
    pub missing: u64,
    /// In the results, but not labelled; left out.
    pub unlabelled: u64,
    /// Called `fake`.
    pub at_fake: Confusion,
    /// Called `fake` or `suspect`.
    pub at_suspect: Confusion,
    /// By score.
    pub ranking: Ranking,
    /// Recall per scheme of the fake accounts.
    pub schemes: Vec<SchemeRecall>,
    /// Genuine accounts accused, per natural crowd.
    pub populations: Vec<Population>,
    /// The highest share accused among populations of at least a hundred genuine accounts.
    pub worst_population: Option<Population>,
    /// What gray accounts were called, per scheme.
    pub gray_schemes: Vec<GrayScheme>,
    /// Score against share of fakes.
    pub calibration: Calibration,
}

/// How much of one scheme was found.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct SchemeRecall {
    /// The scheme.
    pub scheme: String,
    /// Its fake accounts, or fake events.
    pub all: u64,
    /// Share called `fake`.
    pub recall: Option<f64>,
    /// Share called `fake` or `suspect`.
    pub recall_at_suspect: Option<f64>,
    /// AUC of the scheme alone against all that is genuine.
    pub auc: Option<f64>,
}

/// A natural crowd and how many of its genuine accounts were accused.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Population {
    /// The crowd; empty for accounts that belong to none.
    pub population: String,
    /// Its genuine accounts.
    pub genuine: u64,
    /// Of them called `fake`.
    pub accused: u64,
    /// Of them called `suspect`.
    pub suspected: u64,
    /// accused / genuine.
    pub accused_share: Option<f64>,
}

/// Accounts that count neither way.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct GrayScheme {
    /// The scheme; empty where none is named.
    pub scheme: String,
    /// Its gray accounts.
    pub all: u64,
    /// Called `fake`.
    pub fake: u64,
    /// Called `suspect`.
    pub suspect: u64,
}

/// One labelled account with what was said of it.
struct Case {
    label: Label,
    scheme: Option<usize>,
    score: f64,
    verdict: Verdict,
}

impl Accounts {
    pub(crate) fn of(truth: &AccountTruth, judged: &Judged) -> Result<Accounts, EvaluationError> {
        let found = judged.align(&truth.labels)?;
        let cases: Vec<Case> = found
            .iter()
            .enumerate()
            .map(|(i, at)| Case {
                label: truth.labels.label[i],
                scheme: truth.scheme[i],
                score: at.map_or(0.0, |at| judged.score[at]),
                verdict: at.map_or(Verdict::Genuine, |at| judged.verdict[at]),
            })
            .collect();
        let count = |label| cases.iter().filter(|c| c.label == label).count() as u64;
        let matched = found.iter().flatten().count();
        let populations = populations(truth, &cases);
        let mut samples = Samples::default();
        for case in clear(&cases) {
            samples.push(case.score, case.label == Label::Fake);
        }
        Ok(Accounts {
            fake: count(Label::Fake),
            genuine: count(Label::Genuine),
            gray: count(Label::Gray),
            missing: (found.len() - matched) as u64,
            unlabelled: (judged.names.len() - matched) as u64,
            at_fake: confusion(&cases, Verdict::Fake),
            at_suspect: confusion(&cases, Verdict::Suspect),
            ranking: samples.ranking(),
            schemes: schemes(truth, &cases),
            worst_population: worst(&populations),
            populations,
            gray_schemes: gray(truth, &cases),
            calibration: Calibration::of(clear(&cases).map(|c| (c.score, c.label == Label::Fake))),
        })
    }
}

/// All but the gray ones.
fn clear(cases: &[Case]) -> impl Iterator<Item = &Case> {
    cases.iter().filter(|c| c.label != Label::Gray)
}

fn confusion(cases: &[Case], bar: Verdict) -> Confusion {
    Confusion::of(clear(cases).map(|c| (c.label == Label::Fake, c.verdict >= bar)))
}

fn schemes(truth: &AccountTruth, cases: &[Case]) -> Vec<SchemeRecall> {
    let mut all = Vec::new();
    for scheme in truth.schemes.in_order() {
        let of_it = || cases.iter().filter(|c| c.label == Label::Fake && c.scheme == Some(scheme));
        let mut samples = Samples::default();
        for case in of_it() {
            samples.push(case.score, true);
        }
        for case in cases.iter().filter(|c| c.label == Label::Genuine) {
            samples.push(case.score, false);
        }
        let count = of_it().count() as u64;
        let called = |bar| of_it().filter(|c| c.verdict >= bar).count() as u64;
        if count > 0 {
            all.push(SchemeRecall {
                scheme: truth.schemes.get(scheme).to_owned(),
                all: count,
                recall: share(called(Verdict::Fake), count),
                recall_at_suspect: share(called(Verdict::Suspect), count),
                auc: samples.ranking().auc,
            });
        }
    }
    all
}

fn populations(truth: &AccountTruth, cases: &[Case]) -> Vec<Population> {
    let mut counts = vec![(0, 0, 0); truth.populations.len() + 1];
    let nowhere = truth.populations.len();
    for (case, crowds) in cases.iter().zip(&truth.population) {
        if case.label != Label::Genuine {
            continue;
        }
        let alone = [nowhere];
        for &crowd in if crowds.is_empty() { &alone[..] } else { crowds } {
            counts[crowd].0 += 1;
            counts[crowd].1 += u64::from(case.verdict == Verdict::Fake);
            counts[crowd].2 += u64::from(case.verdict == Verdict::Suspect);
        }
    }
    if truth.populations.len() == 0 {
        return Vec::new();
    }
    let mut order = truth.populations.in_order();
    order.push(nowhere);
    order
        .into_iter()
        .filter(|&crowd| counts[crowd].0 > 0)
        .map(|crowd| Population {
            population: if crowd == nowhere { "" } else { truth.populations.get(crowd) }.to_owned(),
            genuine: counts[crowd].0,
            accused: counts[crowd].1,
            suspected: counts[crowd].2,
            accused_share: share(counts[crowd].1, counts[crowd].0),
        })
        .collect()
}

/// The first of those with the highest share.
fn worst(populations: &[Population]) -> Option<Population> {
    let mut worst: Option<&Population> = None;
    for p in populations.iter().filter(|p| p.genuine >= POPULATION_FLOOR) {
        if worst.is_none_or(|w| p.accused * w.genuine > w.accused * p.genuine) {
            worst = Some(p);
        }
    }
    worst.cloned()
}

fn gray(truth: &AccountTruth, cases: &[Case]) -> Vec<GrayScheme> {
    let mut order: Vec<Option<usize>> = truth.schemes.in_order().into_iter().map(Some).collect();
    order.push(None);
    order
        .into_iter()
        .map(|scheme| {
            let of_it = || cases.iter().filter(|c| c.label == Label::Gray && c.scheme == scheme);
            let called = |v| of_it().filter(|c| c.verdict == v).count() as u64;
            GrayScheme {
                scheme: scheme.map_or("", |s| truth.schemes.get(s)).to_owned(),
                all: of_it().count() as u64,
                fake: called(Verdict::Fake),
                suspect: called(Verdict::Suspect),
            }
        })
        .filter(|g| g.all > 0)
        .collect()
}
