//! How right the verdicts on owners and network points are.
//!
//! To be the target of fakes is not guilt: an owner that did not buy and is called `bought` although fakes reached it was
//! wronged twice, and is counted apart and named. So is one whom hired accounts visited only to look like anybody.

use serde::Serialize;

use crate::EvaluationError;
use crate::attacks::{Attacks, Reach};
use crate::confusion::{Confusion, share};
use crate::judged::Judged;
use crate::label::{Label, Verdict};
use crate::names::Names;
use crate::ranking::{Ranking, Samples};
use crate::truth::Labels;

/// The most wronged owners that are named.
const NAMED: usize = 50;

/// How right the verdicts on owners are.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Owners {
    /// Called `bought`.
    pub at_bought: Confusion,
    /// By score.
    pub ranking: Ranking,
    /// Owners that fake events reached and that did not buy; needs the events.
    pub victims: Option<u64>,
    /// Of them called `bought`.
    pub victims_accused: Option<u64>,
    /// Owners that did not buy and that fake accounts came to only as a cover; needs the events.
    pub cover_targets: Option<u64>,
    /// Of them called `bought`.
    pub cover_targets_accused: Option<u64>,
    /// Owners that did not buy and are called `bought`, by name, the first fifty.
    pub accused_owners: Vec<String>,
    /// Per scheme; needs the events.
    pub schemes: Vec<SchemeOwners>,
}

/// The owners whom one scheme reached. One that several schemes reached is in the rows of all of them.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct SchemeOwners {
    /// The scheme.
    pub scheme: String,
    /// Owners whom its fake events reached and who bought.
    pub bought: u64,
    /// Of them called `bought`.
    pub found: u64,
    /// Owners whom its fake events reached and who did not buy.
    pub victims: u64,
    /// Of them called `bought`.
    pub victims_accused: u64,
    /// Owners who did not buy and whom its accounts visited only as a cover.
    pub cover_targets: u64,
    /// Of them called `bought`.
    pub cover_targets_accused: u64,
    /// found / (found + all accused).
    pub precision: Option<f64>,
    /// found / bought.
    pub recall: Option<f64>,
}

/// How right the verdicts on network points are.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Points {
    /// Called `fake`.
    pub at_fake: Confusion,
    /// By score.
    pub ranking: Ranking,
}

impl Owners {
    pub(crate) fn of(
        truth: &Labels,
        judged: &Judged,
        attacks: Option<(&Attacks, &Names)>,
    ) -> Result<Owners, EvaluationError> {
        let (at_bought, ranking) = rates(truth, judged)?;
        let called = |name: &str| {
            judged.names.find(name).is_some_and(|at| judged.verdict[at] == Verdict::Fake)
        };
        let innocent: Vec<&str> = (0..truth.names.len())
            .filter(|&at| truth.label[at] == Label::Genuine)
            .map(|at| truth.names.get(at))
            .collect();
        let mut accused: Vec<&str> = innocent.iter().copied().filter(|name| called(name)).collect();
        accused.sort_unstable();
        let mut owners = Owners {
            at_bought,
            ranking,
            accused_owners: accused.iter().take(NAMED).map(|name| (*name).to_owned()).collect(),
            ..Owners::default()
        };
        if let Some((attacks, schemes)) = attacks {
            let tell = |wanted: fn(&Reach) -> bool| {
                let of_it = |name: &&&str| {
                    attacks.owners.find(name).is_some_and(|at| wanted(&attacks.reach[at]))
                };
                let count = |names: &[&str]| Some(names.iter().filter(of_it).count() as u64);
                (count(&innocent), count(&accused))
            };
            (owners.victims, owners.victims_accused) = tell(|reach| reach.fakes);
            (owners.cover_targets, owners.cover_targets_accused) = tell(|reach| !reach.fakes);
            owners.schemes = per_scheme(truth, &called, attacks, schemes);
        }
        Ok(owners)
    }
}

fn per_scheme(
    truth: &Labels,
    called: &dyn Fn(&str) -> bool,
    attacks: &Attacks,
    schemes: &Names,
) -> Vec<SchemeOwners> {
    let mut rows: Vec<SchemeOwners> = vec![SchemeOwners::default(); schemes.len()];
    for (name, label) in truth.names.iter().zip(&truth.label) {
        let Some(at) = attacks.owners.find(name) else { continue };
        let (reach, called) = (&attacks.reach[at], u64::from(called(name)));
        for &scheme in &reach.by {
            let row = &mut rows[scheme];
            match label {
                Label::Fake => (row.bought, row.found) = (row.bought + 1, row.found + called),
                Label::Genuine => {
                    row.victims += 1;
                    row.victims_accused += called;
                }
                Label::Gray => {}
            }
        }
        let only_cover = reach.covered_by.iter().filter(|s| reach.by.binary_search(s).is_err());
        for &scheme in only_cover.filter(|_| *label == Label::Genuine && !reach.fakes) {
            rows[scheme].cover_targets += 1;
            rows[scheme].cover_targets_accused += called;
        }
    }
    let filled = schemes.in_order().into_iter().map(|scheme| {
        let row = std::mem::take(&mut rows[scheme]);
        let accused = row.victims_accused + row.cover_targets_accused;
        SchemeOwners {
            scheme: schemes.get(scheme).to_owned(),
            precision: share(row.found, row.found + accused),
            recall: share(row.found, row.bought),
            ..row
        }
    });
    filled.filter(|row| row.bought + row.victims + row.cover_targets > 0).collect()
}

impl Points {
    pub(crate) fn of(truth: &Labels, judged: &Judged) -> Result<Points, EvaluationError> {
        let (at_fake, ranking) = rates(truth, judged)?;
        Ok(Points { at_fake, ranking })
    }
}

/// One that the results lack was never suspected: genuine, score 0.
fn rates(truth: &Labels, judged: &Judged) -> Result<(Confusion, Ranking), EvaluationError> {
    let found = judged.align(truth)?;
    let mut samples = Samples::default();
    let mut outcomes = Vec::with_capacity(found.len());
    for (label, at) in truth.label.iter().zip(&found) {
        if *label == Label::Gray {
            continue;
        }
        let fake = *label == Label::Fake;
        samples.push(at.map_or(0.0, |at| judged.score[at]), fake);
        outcomes.push((fake, at.is_some_and(|at| judged.verdict[at] == Verdict::Fake)));
    }
    Ok((Confusion::of(outcomes), samples.ranking()))
}
