//! Findings that are still growing: one for each detector and entity until it has been quiet for a day.
//!
//! A burst of a million events is one finding at its worst, not a million. Closing looks only at the finding's own times, so
//! it does not matter when the watermark is passed in or how often.

use crate::{Code, Finding};
use events::{Entity, EventTime, Key};
use features::Keyed;
use serde::{Deserialize, Serialize};

/// Quiet after which a finding is closed and the next one is another.
const QUIET: i64 = EventTime::DAY;

/// Findings still open in one shard.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Open {
    growing: Keyed<Growing>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Growing {
    finding: Finding,
    last: EventTime,
}

impl Open {
    /// The open finding of a detector about an entity, opened if there is none. One that has been quiet moves to `out`.
    pub(crate) fn at(
        &mut self,
        code: Code,
        entity: Entity,
        time: EventTime,
        out: &mut Vec<Finding>,
    ) -> &mut Finding {
        let slot = entity.key.with(u64::from(code as u8) << 8 | u64::from(entity.kind as u8));
        let fresh = || Growing {
            finding: Finding {
                code,
                entity,
                time,
                event: Key::NONE,
                score: 0.0,
                bits: f32::NEG_INFINITY,
                evidence: Vec::new(),
                members: Vec::new(),
            },
            last: time,
        };
        let growing = self.growing.entry(slot).or_insert_with(fresh);
        if time.0.saturating_sub(growing.last.0) > QUIET {
            emit(std::mem::replace(growing, fresh()).finding, out);
        }
        growing.last = time;
        &mut growing.finding
    }

    /// The finding of a detector about an entity, if there is one that still grows.
    pub(crate) fn get(&self, code: Code, entity: Entity, time: EventTime) -> Option<&Finding> {
        let slot = entity.key.with(u64::from(code as u8) << 8 | u64::from(entity.kind as u8));
        let growing = self.growing.get(&slot)?;
        let grows = time.0.saturating_sub(growing.last.0) <= QUIET;
        (grows && growing.finding.bits > f32::NEG_INFINITY).then_some(&growing.finding)
    }

    /// Names an account in an open finding, if there is one that still grows.
    pub(crate) fn name(&mut self, code: Code, entity: Entity, time: EventTime, member: Key) {
        let slot = entity.key.with(u64::from(code as u8) << 8 | u64::from(entity.kind as u8));
        if let Some(growing) = self.growing.get_mut(&slot)
            && time.0.saturating_sub(growing.last.0) <= QUIET
        {
            add_member(&mut growing.finding, member);
        }
    }

    /// Moves out what has been quiet for a day at the watermark.
    pub(crate) fn advance(&mut self, watermark: EventTime, out: &mut Vec<Finding>) {
        let from = out.len();
        let quiet = |growing: &Growing| watermark.0.saturating_sub(growing.last.0) > QUIET;
        for (_, growing) in self.growing.extract_if(|_, growing| quiet(growing)) {
            emit(growing.finding, out);
        }
        sort(&mut out[from..]);
    }

    /// Moves everything out.
    pub(crate) fn finish(&mut self, out: &mut Vec<Finding>) {
        let from = out.len();
        for (_, growing) in self.growing.drain() {
            emit(growing.finding, out);
        }
        sort(&mut out[from..]);
    }
}

/// Findings in the order that results have them.
pub(crate) fn sort(findings: &mut [Finding]) {
    findings.sort_by_key(|finding| (finding.code, finding.entity, finding.time, finding.event));
}

/// Adds an account, sorted and once; the first [`Finding::MEMBERS`] to come are kept.
pub(crate) fn add_member(finding: &mut Finding, member: Key) {
    if finding.members.len() < Finding::MEMBERS
        && let Err(at) = finding.members.binary_search(&member)
    {
        finding.members.insert(at, member);
    }
}

fn emit(finding: Finding, out: &mut Vec<Finding>) {
    if finding.bits > f32::NEG_INFINITY {
        out.push(finding);
    }
}
