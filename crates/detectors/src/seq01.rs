//! SEQ01 machine-like timing: an account's deliberate acts come as evenly as a timer's.
//!
//! Only what a hand does counts: views that follow each other by autoplay, and the steps of an order that the platform
//! takes by itself, are even for everyone. A timer with jitter of more than about a third passes. See docs/detectors/SEQ01-machine-timing.md.

use crate::open::Open;
use crate::usual::{Statistic, Usual};
use crate::{Code, Finding};
use events::{Entity, EntityKind, Kind};
use features::{Evenness, Touch};
use serde::{Deserialize, Serialize};

/// Bits at which a run is written down as a candidate.
const CANDIDATE_BITS: f32 = 12.0;
/// Bits beyond which more of the same adds nothing: the spread's last bin.
const MOST_BITS: f32 = 39.0;

/// One account's timing.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Timing {
    evenness: Evenness,
    worst: f32,
}

/// Whether a hand did it.
pub(crate) fn is_by_hand(kind: Kind) -> bool {
    match kind {
        Kind::Search
        | Kind::Like
        | Kind::Follow
        | Kind::Share
        | Kind::Comment
        | Kind::Vote
        | Kind::Favorite
        | Kind::Review
        | Kind::Cart
        | Kind::Order
        | Kind::Tip
        | Kind::Report
        | Kind::Other => true,
        Kind::Register
        | Kind::Login
        | Kind::Join
        | Kind::View
        | Kind::Pay
        | Kind::Ship
        | Kind::Scan
        | Kind::Sign
        | Kind::Refund
        | Kind::Payout
        | Kind::Coupon
        | Kind::Subsidy => false,
    }
}

impl Timing {
    pub(crate) fn observe(&mut self, touch: &Touch, open: &mut Open, out: &mut Vec<Finding>) {
        if !is_by_hand(touch.kind) {
            return;
        }
        let Some(step) = self.evenness.push(touch.time.0) else { return };
        if step.bits <= self.worst {
            return;
        }
        self.worst = step.bits;
        if step.bits < CANDIDATE_BITS {
            return;
        }
        let entity = Entity { kind: EntityKind::Account, key: touch.key };
        let finding = open.at(Code::Seq01, entity, touch.time, out);
        (finding.time, finding.event) = (touch.time, touch.event);
        finding.evidence.clear();
        finding.evidence.extend([
            ("timer_bits", f64::from(step.bits)),
            ("gaps_in_run", f64::from(step.run)),
            ("gap_seconds", f64::from(step.gap_seconds)),
            ("gaps", f64::from(self.evenness.events())),
        ]);
        finding.bits = 0.0;
    }

    /// Whether there has been a finding.
    pub(crate) fn is_found(&self) -> bool {
        self.worst >= CANDIDATE_BITS
    }

    pub(crate) fn note(&self, usual: &mut Usual) {
        if self.evenness.events() > 2 {
            usual.note(Statistic::Evenness, f64::from(self.worst.min(MOST_BITS)).exp2());
        }
    }
}

/// The bits and the score of a finding, from its evidence: the run's bits, less what the choice of its start among all gaps costs, and no
/// more than the spread of such bits over the accounts of the table allows.
pub(crate) fn judge(usual: &Usual, finding: &Finding) -> (f32, f32) {
    let value = |name: &str| {
        finding.evidence.iter().find(|(n, _)| *n == name).map_or(0.0, |(_, value)| *value)
    };
    let bits = value("timer_bits") - value("gaps").max(1.0).log2();
    let rare = usual.bits(Statistic::Evenness, bits.min(f64::from(MOST_BITS)).exp2());
    let bits = if bits > f64::from(MOST_BITS) {
        bits.min(rare + bits - f64::from(MOST_BITS))
    } else {
        bits.min(rare)
    };
    (bits as f32, usual.score(Statistic::Evenness, bits) as f32)
}
