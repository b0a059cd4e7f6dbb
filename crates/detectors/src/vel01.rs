//! VEL01 actor rate: an account does more in a minute, hour, day or week than such accounts do.
//!
//! The counts of four windows; what is too many is read from the spread of the worst counts over all accounts. A heavy user in a table of heavy users is not
//! strange; so this catches the flood, not the drip. See docs/detectors/VEL01-actor-rate.md.

use crate::fanout::second;
use crate::open::Open;
use crate::usual::{Statistic, Usual};
use crate::{Code, Finding};
use events::{Entity, EntityKind};
use features::{Reach, Touch, Window};
use serde::{Deserialize, Serialize};

/// Names of the counts in evidence, in the order of [`Reach::ALL`].
const NAMES: [&str; 4] = ["events_minute", "events_hour", "events_day", "events_week"];
/// Counts from which a window is written down as a candidate: where the prior's power law starts.
const FLOORS: [u16; 4] = [15, 150, 600, 2_000];

/// One account's rates.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Rates {
    window: Window,
    worst: [u16; 4],
}

impl Rates {
    pub(crate) fn observe(&mut self, touch: &Touch, open: &mut Open, out: &mut Vec<Finding>) {
        let counts = self.window.push(second(touch.time));
        // Beyond 65,535 a minute is as flagrant as an hour: the worst is kept in two bytes.
        let counts = counts.map(|count| count.min(u32::from(u16::MAX)) as u16);
        let mut raised = false;
        for ((worst, count), floor) in self.worst.iter_mut().zip(counts).zip(FLOORS) {
            if count > *worst {
                *worst = count;
                raised |= count >= floor;
            }
        }
        if raised {
            let entity = Entity { kind: EntityKind::Account, key: touch.key };
            let finding = open.at(Code::Vel01, entity, touch.time, out);
            (finding.time, finding.event) = (touch.time, touch.event);
            finding.evidence.clear();
            finding.evidence.extend(NAMES.into_iter().zip(counts.map(f64::from)));
            finding.bits = 0.0;
        }
    }

    pub(crate) fn note(&self, usual: &mut Usual) {
        for (reach, worst) in Reach::ALL.into_iter().zip(self.worst) {
            usual.note(Statistic::Rate(reach), f64::from(worst.max(1)));
        }
    }

    /// Whether there has been a finding.
    pub(crate) fn is_found(&self) -> bool {
        self.worst.iter().zip(FLOORS).any(|(worst, floor)| *worst >= floor)
    }

    pub(crate) fn glance(&self) -> u32 {
        self.window.glance()
    }

    pub(crate) fn heap_bytes(&self) -> usize {
        self.window.heap_bytes()
    }
}

/// The bits and the score of a finding, from its evidence against what is usual. Choosing the worst of four windows costs two bits.
pub(crate) fn judge(usual: &Usual, finding: &Finding) -> (f32, f32) {
    let mut best = (f64::NEG_INFINITY, 0.0);
    for (reach, name) in Reach::ALL.into_iter().zip(NAMES) {
        let Some((_, count)) = finding.evidence.iter().find(|(n, _)| *n == name) else { continue };
        let bits = usual.bits(Statistic::Rate(reach), *count) - 2.0;
        if bits > best.0 {
            best = (bits, usual.score(Statistic::Rate(reach), bits));
        }
    }
    (best.0 as f32, best.1 as f32)
}
