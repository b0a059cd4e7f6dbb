//! How right the verdicts on owners and network points are.
//!
//! To be the target of fakes is not guilt: an owner that did not buy and is called `bought` although fakes reached it was
//! wronged twice, and is counted apart.

use serde::Serialize;

use crate::EvaluationError;
use crate::attacks::Attacks;
use crate::confusion::Confusion;
use crate::judged::Judged;
use crate::label::{Label, Verdict};
use crate::ranking::{Ranking, Samples};
use crate::truth::Labels;

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
        attacks: Option<&Attacks>,
    ) -> Result<Owners, EvaluationError> {
        let (at_bought, ranking) = rates(truth, judged)?;
        let victims: Option<Vec<&str>> = attacks.map(|attacks| {
            let innocent = |at: &usize| truth.label[*at] == Label::Genuine;
            (0..truth.names.len())
                .filter(innocent)
                .map(|at| truth.names.get(at))
                .filter(|name| attacks.reached(name))
                .collect()
        });
        let accused = |name: &&&str| {
            judged.names.find(name).is_some_and(|at| judged.verdict[at] == Verdict::Fake)
        };
        Ok(Owners {
            at_bought,
            ranking,
            victims_accused: victims.as_ref().map(|v| v.iter().filter(accused).count() as u64),
            victims: victims.map(|v| v.len() as u64),
        })
    }
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
