//! VEL04 subject burst: a subject gets far more in an hour than its own history and the hour of the day explain.
//!
//! Marks and views apart. The hour's count against a negative binomial whose mean and unruliness are the subject's own. A subject that goes viral bursts as well: the finding
//! is about the subject's hour, a place to look, never about who benefits. See docs/detectors/VEL04-subject-burst.md.

use crate::chance;
use crate::fanout::second;
use crate::open::{Open, add_member};
use crate::usual::{Statistic, Usual};
use crate::{Code, Finding};
use events::{Entity, EntityKind, Key};
use features::{Rhythm, Touch};
use serde::{Deserialize, Serialize};

/// Events an hour of a subject without history, and the hours that this assumption weighs.
const PRIOR_MEAN: f64 = 0.5;
const PRIOR_HOURS: f64 = 12.0;
/// Below this many in an hour nothing is looked at: the test costs a tail sum.
const FLOOR: u32 = 8;
/// Bits at which an hour is written down as a candidate.
const CANDIDATE_BITS: f32 = 12.0;
const MOST_BITS: f32 = 39.0;

/// One subject's hours, for marks or for views.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Burst {
    rhythm: Rhythm,
    worst: f32,
    pub(crate) last: u32,
}

impl Burst {
    pub(crate) fn observe(&mut self, touch: &Touch, open: &mut Open, out: &mut Vec<Finding>) {
        let second = second(touch.time);
        self.last = self.last.max(second);
        let count = self.rhythm.push(second);
        // A power of two at a time past the floor: a tail sum an event would be paid by every popular subject.
        if count < FLOOR || !(count.is_power_of_two() || count.is_multiple_of(count / 8 + 1)) {
            return;
        }
        let entity = Entity { kind: EntityKind::Subject, key: touch.key };
        let expected = self.rhythm.expected(PRIOR_MEAN, PRIOR_HOURS);
        let bits = chance::bits_at_least(f64::from(count), expected.mean, expected.size) as f32;
        if bits <= self.worst || bits < CANDIDATE_BITS {
            self.worst = self.worst.max(bits);
            return;
        }
        self.worst = bits;
        let finding = open.at(Code::Vel04, entity, touch.time, out);
        (finding.time, finding.event) = (touch.time, touch.event);
        if touch.other != Key::NONE {
            add_member(finding, touch.other);
        }
        finding.evidence.clear();
        finding.evidence.extend([
            ("events_hour", f64::from(count)),
            ("expected", expected.mean),
            ("size", expected.size),
            ("history_hours", expected.hours),
            ("views", f64::from(u8::from(!touch.kind.is_mark()))),
        ]);
        finding.bits = 0.0;
    }

    /// Whether there has been a finding.
    pub(crate) fn is_found(&self) -> bool {
        self.worst >= CANDIDATE_BITS
    }

    pub(crate) fn note(&self, usual: &mut Usual) {
        usual.note(Statistic::Burst, f64::from(self.worst.clamp(0.0, MOST_BITS)).exp2());
    }
}

/// The bits and the score of a finding, from its evidence: the hour's bits, no more than the spread of worst hours over the subjects of
/// the table allows.
pub(crate) fn judge(usual: &Usual, finding: &Finding) -> (f32, f32) {
    let value = |name: &str| {
        finding.evidence.iter().find(|(n, _)| *n == name).map_or(0.0, |(_, value)| *value)
    };
    let bits = chance::bits_at_least(value("events_hour"), value("expected"), value("size"));
    let rare = usual.bits(Statistic::Burst, bits.min(f64::from(MOST_BITS)).exp2());
    let bits = bits.min(rare);
    (bits as f32, usual.score(Statistic::Burst, bits) as f32)
}
