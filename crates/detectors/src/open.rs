//! Findings that are still growing: one for each detector and entity until it has been quiet for a day.
//!
//! A burst of a million events is one finding at its worst, not a million. Closing looks only at the finding's own times, so
//! it does not matter when the watermark is passed in or how often.

use crate::settle::judge;
use crate::{Code, Finding, Usual};
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
    /// Bits and score against what a judgement of that number found usual, until the evidence grows.
    #[serde(skip)]
    judged: Option<(u32, f32, f32)>,
}

impl Open {
    /// The open finding of a detector about an entity, opened if there is none; it stands once its bits are any number, and is
    /// scored by the priors when it is closed. One that has been quiet moves to `out`.
    pub(crate) fn at(
        &mut self,
        code: Code,
        entity: Entity,
        time: EventTime,
        out: &mut Vec<Finding>,
    ) -> &mut Finding {
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
            judged: None,
        };
        let growing = self.growing.entry(slot(code, entity)).or_insert_with(fresh);
        if time.0.saturating_sub(growing.last.0) > QUIET {
            emit(std::mem::replace(growing, fresh()).finding, out);
        }
        growing.last = time;
        growing.judged = None;
        &mut growing.finding
    }

    /// The finding of a detector about an entity, if there is one that still grows.
    pub(crate) fn get(&self, code: Code, entity: Entity, time: EventTime) -> Option<&Finding> {
        let growing = self.growing.get(&slot(code, entity))?;
        growing.grows(time).then_some(&growing.finding)
    }

    /// Bits and score of such a finding against what the judgement of a number found usual.
    pub(crate) fn judged(
        &mut self,
        code: Code,
        entity: Entity,
        time: EventTime,
        (number, usual): (u32, &Usual),
    ) -> Option<(f32, f32)> {
        let growing = self.growing.get_mut(&slot(code, entity))?;
        if !growing.grows(time) {
            return None;
        }
        if let Some((_, bits, score)) = growing.judged.filter(|judged| judged.0 == number) {
            return Some((bits, score));
        }
        let (bits, score) = judge(usual, &growing.finding);
        growing.judged = Some((number, bits, score));
        Some((bits, score))
    }

    /// Names an account in an open finding, if there is one that still grows.
    pub(crate) fn name(&mut self, code: Code, entity: Entity, time: EventTime, member: Key) {
        if let Some(growing) = self.growing.get_mut(&slot(code, entity))
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

impl Growing {
    fn grows(&self, time: EventTime) -> bool {
        let quiet = time.0.saturating_sub(self.last.0);
        quiet <= QUIET && self.finding.bits > f32::NEG_INFINITY
    }
}

fn slot(code: Code, entity: Entity) -> Key {
    entity.key.with(u64::from(code as u8) << 8 | u64::from(entity.kind as u8))
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

fn emit(mut finding: Finding, out: &mut Vec<Finding>) {
    if finding.bits > f32::NEG_INFINITY {
        (finding.bits, finding.score) = judge(&Usual::default(), &finding);
        out.push(finding);
    }
}
