//! The front: what is decided of each event, in the order of the log.
//!
//! Plain synchronous state: windows of the streaming detectors, what earlier ratings and texts say, and the judgement in
//! effect. It reads no clock and draws no chance, so the same records give the same decisions, also when they are read
//! again after a crash. An event that comes late counts in the newest pane of its windows; a judgement puts it where it belongs.

use std::collections::VecDeque;
use std::sync::Arc;

use detectors::prior::{self, ActorHistory, SubjectHistory};
use detectors::{CATALOGUE, Class, Code, Finding, KEPT_SCORE, Limits, Shard, rescore};
use engine::Hearing;
use events::{Entity, EntityKind, Event, EventTime, Key};
use features::{Keyed, Touch, touches};
use learning::TextModel;
use policy::{Policy, Verdict};
use serde::{Deserialize, Serialize};

use crate::counts::{Counts, Sums};
use crate::decision::{Codes, Decision};
use crate::judged::Judged;

/// Touches after which idle keys are looked for, unless there are more keys.
const TOUCHES_BETWEEN_SEARCHES: usize = 1 << 20;

/// The score of a mark that is held for what its account did before.
const HELD: f32 = 0.5;

/// What streaming detectors say, by the kind of entity that they say it of.
const STREAMING: [(EntityKind, &[Code]); 8] = [
    (EntityKind::Account, &[Code::Vel01, Code::Seq01]),
    (EntityKind::Subject, &[Code::Vel04]),
    (EntityKind::Device, &[Code::Vel02]),
    (EntityKind::Ip, &[Code::Vel03]),
    (EntityKind::Subnet, &[Code::Vel03]),
    (EntityKind::PhoneBlock, &[Code::Net01]),
    (EntityKind::Payment, &[Code::Net01]),
    (EntityKind::Address, &[Code::Net01]),
];

/// The decisions on the newest events, by their numbers.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Decided {
    first: u64,
    decisions: VecDeque<Decision>,
}

/// The state from which events are decided.
#[derive(Debug, Serialize, Deserialize)]
pub struct Front {
    policy: Policy,
    shard: Shard,
    subjects: Keyed<SubjectHistory>,
    raters: Keyed<ActorHistory>,
    hearing: Hearing,
    counts: Counts,
    decided: Decided,
    /// The most decisions kept.
    limit: usize,
    judged: Arc<Judged>,
    /// Over all decisions in their order.
    digest: u64,
    newest: EventTime,
    since_search: usize,
    #[serde(skip)]
    touches: Vec<Touch>,
    #[serde(skip)]
    closed: Vec<Finding>,
}

impl Front {
    /// Nothing seen. At most `limit` decisions are kept.
    pub fn new(
        policy: Policy,
        limits: &Limits,
        limit: usize,
        model: Option<Arc<TextModel>>,
    ) -> Front {
        Front {
            policy,
            shard: Shard::new(limits),
            subjects: Keyed::default(),
            raters: Keyed::default(),
            hearing: Hearing::new(model),
            counts: Counts::default(),
            decided: Decided::default(),
            limit: limit.max(1),
            judged: Arc::new(Judged::default()),
            digest: 0,
            newest: EventTime(i64::MIN),
            since_search: 0,
            touches: Vec::new(),
            closed: Vec::new(),
        }
    }

    /// What was read from a file lacks the model of texts and may have been made with another limit.
    pub fn restore(&mut self, limit: usize, model: Option<Arc<TextModel>>) {
        self.limit = limit.max(1);
        self.hearing.set_model(model);
    }

    /// Takes an event and decides.
    pub fn take(&mut self, event: &Event, text: &str) -> Decision {
        self.newest = self.newest.max(event.time);
        self.touches.clear();
        touches(event, &mut self.touches);
        for touch in &self.touches {
            self.shard.observe(touch, &mut self.closed);
        }
        // What has been quiet for a day is in the next judgement.
        self.closed.clear();
        self.since_search += self.touches.len();
        let arrival = self.arrival(event);
        if !text.is_empty() {
            self.hearing.hear(event, text);
        }
        let decision = self.decide(event, arrival);
        self.counts.add(event, &decision);
        self.keep(decision);
        if self.since_search > TOUCHES_BETWEEN_SEARCHES.max(self.shard.keys()) {
            self.forget();
        }
        decision
    }

    /// What earlier ratings say of one that comes.
    fn arrival(&mut self, event: &Event) -> f32 {
        let (Some(rating), true) = (event.rating, event.actor.is_some()) else { return 0.0 };
        let history = self.raters.entry(event.actor).or_default();
        let mut bits = history.newness(event.time.seconds().clamp(0, i64::from(u32::MAX)) as u32);
        if event.subject.is_some() && event.kind.counts() && rating.is_finite() {
            let regard = self.subjects.entry(event.subject).or_default().before(rating);
            history.rated(rating, regard);
            bits += regard.bits();
        }
        prior::score(bits)
    }

    fn decide(&self, event: &Event, arrival: f32) -> Decision {
        let (mut score, mut verdict, mut group) = self.judged.standing.event(event);
        let mut codes = Codes::default();
        let mut classes: Vec<(Class, f64)> = Vec::new();
        let usual = self.judged.standing.usual();
        for (kind, streaming) in STREAMING {
            let entity = Entity { kind, key: event.key(kind) };
            if entity.key.is_none() || (kind != EntityKind::Subject && event.actor.is_none()) {
                continue;
            }
            for &code in streaming {
                let Some(finding) = self.shard.growing(code, entity, event.time) else { continue };
                let mut finding = finding.clone();
                rescore(usual, &mut finding);
                if finding.score >= KEPT_SCORE {
                    codes.insert(code);
                    if kind == EntityKind::Account {
                        add(&mut classes, &finding);
                    }
                }
            }
        }
        for finding in self.hearing.of(event.actor) {
            if finding.score >= KEPT_SCORE {
                codes.insert(finding.code);
                add(&mut classes, &finding);
            }
        }
        // Whose marks were bought before may be doing the next job, of which no judgement knows yet: held until one does.
        let called = self.judged.account(event.actor).filter(|c| c.verdict == Verdict::Fake);
        if let (Some(called), Verdict::Genuine, true) = (called, verdict, event.kind.is_mark()) {
            (score, verdict, group) = (HELD, Verdict::Suspect, called.group);
        }
        if group.is_none() && !classes.is_empty() {
            let (alone, _) = self.policy.account(&classes);
            if alone > verdict {
                verdict = alone;
                score = score.max(if alone == Verdict::Fake { 0.9 } else { 0.5 });
            }
        }
        if group.is_some() {
            codes.insert(Code::Syn01);
        }
        Decision::new(score.max(arrival), verdict, group, codes)
    }

    fn keep(&mut self, decision: Decision) {
        let Decided { first, decisions } = &mut self.decided;
        decisions.push_back(decision);
        if decisions.len() > self.limit {
            decisions.pop_front();
            *first += 1;
        }
        let mut bytes = [0; 21];
        bytes[..8].copy_from_slice(&self.digest.to_le_bytes());
        bytes[8..].copy_from_slice(&decision.bytes());
        self.digest = xxhash_rust::xxh3::xxh3_64(&bytes);
    }

    fn forget(&mut self) {
        self.shard.advance(self.newest, &mut self.closed);
        self.closed.clear();
        drop(self.shard.take_viewings());
        self.since_search = 0;
    }

    /// A judgement begins: what came so far is what it looks at.
    pub fn begin(&mut self, split: i64) {
        self.counts.begin(split);
    }

    /// A judgement takes effect. Gives back what stood before.
    pub fn judged(&mut self, judged: Arc<Judged>, sums: Sums) -> (Arc<Judged>, Sums, Sums) {
        let (was, before) = self.counts.judged(sums, &judged.earlier);
        (std::mem::replace(&mut self.judged, judged), was, before)
    }

    /// The policy from here on.
    pub fn set_policy(&mut self, policy: Policy) {
        self.policy = policy;
    }

    /// The policy in force.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// The judgement in effect.
    pub fn judgement(&self) -> &Arc<Judged> {
        &self.judged
    }

    /// The counts.
    pub fn counts(&self) -> &Counts {
        &self.counts
    }

    /// The decision on an event by its number, as long as it is kept.
    pub fn decision(&self, number: u64) -> Option<Decision> {
        let at = usize::try_from(number.checked_sub(self.decided.first)?).ok()?;
        self.decided.decisions.get(at).copied()
    }

    /// Events decided.
    pub fn events(&self) -> u64 {
        self.decided.first + self.decided.decisions.len() as u64
    }

    /// A digest of all decisions in their order: equal where the same was decided.
    pub fn digest(&self) -> u64 {
        self.digest
    }

    /// The newest event time seen.
    pub fn newest(&self) -> EventTime {
        self.newest
    }

    /// What is found of an account by detectors that stream, and in its texts.
    pub fn findings(&self, account: Key) -> Vec<Finding> {
        let usual = self.judged.standing.usual();
        let entity = Entity { kind: EntityKind::Account, key: account };
        let streaming = [Code::Vel01, Code::Seq01].into_iter().filter_map(|code| {
            let mut finding = self.shard.growing(code, entity, self.newest)?.clone();
            rescore(usual, &mut finding);
            Some(finding)
        });
        let found = streaming.chain(self.hearing.of(account));
        found.filter(|finding| finding.score >= KEPT_SCORE).collect()
    }

    /// Keys that windows are kept for.
    pub fn keys(&self) -> usize {
        self.shard.keys()
    }
}

fn add(classes: &mut Vec<(Class, f64)>, finding: &Finding) {
    let Some(entry) = CATALOGUE.iter().find(|entry| entry.code == finding.code) else { return };
    let bits = f64::from(finding.bits);
    match classes.iter_mut().find(|class| class.0 == entry.class) {
        Some(class) => class.1 = class.1.max(bits),
        None => classes.push((entry.class, bits)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_that_is_touched_has_its_detectors() {
        use features::TOUCHED;
        assert_eq!(STREAMING.map(|row| row.0), TOUCHED);
    }
}
