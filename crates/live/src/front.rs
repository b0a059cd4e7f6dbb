//! The front: what is decided of each event, in the order of the log.
//!
//! Plain synchronous state: windows of the streaming detectors, what earlier ratings and texts say, and the judgement in
//! effect. It reads no clock and draws no chance, so the same records give the same decisions, also when they are read
//! again after a crash. An event that comes late counts in the newest pane of its windows; a judgement puts it where it belongs.

use std::collections::VecDeque;
use std::sync::Arc;

use detectors::prior::{self, ActorHistory, SubjectHistory};
use detectors::{CATALOGUE, Class, Code, Finding, KEPT_SCORE, Limits, Shard, streaming};
use engine::Hearing;
use events::{Batch, Entity, EntityKind, Event, EventTime, Key};
use features::{Keyed, Touch, touches};
use learning::TextModel;
use policy::{Policy, Verdict};
use serde::{Deserialize, Serialize};

use crate::counts::{Counts, Sums};
use crate::decision::{Codes, Decision};
use crate::jobs::Slot;
use crate::judged::Judged;

/// Touches after which idle keys are looked for, unless there are more keys.
const TOUCHES_BETWEEN_SEARCHES: usize = 1 << 20;

/// Events whose states are looked at together, before each is decided by itself.
const TOGETHER: usize = 8;

/// The score of a mark that is held for what its account did before.
const HELD: f32 = 0.5;

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
    /// What may have been found of what an event touches.
    #[serde(skip)]
    stirred: Vec<Entity>,
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
            stirred: Vec::new(),
            closed: Vec::new(),
        }
    }

    /// What was read from a file lacks the model of texts and may have been made with another limit.
    pub fn restore(&mut self, limit: usize, model: Option<Arc<TextModel>>) {
        self.limit = limit.max(1);
        self.hearing.set_model(model);
    }

    /// Takes the events of a batch that are new and decides on each; of the others it gives what was decided, if that is
    /// still known.
    pub fn take(&mut self, batch: &Batch, slots: &[Slot], out: &mut Vec<Option<Decision>>) {
        let mut touched = std::mem::take(&mut self.touches);
        for (events, slots) in batch.events.chunks(TOGETHER).zip(slots.chunks(TOGETHER)) {
            touched.clear();
            let some = events.iter().zip(slots);
            some.clone().filter(|(_, slot)| slot.new).for_each(|(e, _)| touches(e, &mut touched));
            self.shard.glance_growing(&touched);
            self.counts.glance(events);
            let mut rest = touched.as_slice();
            out.extend(some.map(|(event, slot)| {
                if !slot.new {
                    return self.decision(slot.number);
                }
                let own = rest.iter().take_while(|touch| touch.event == event.id).count();
                let (own, others) = rest.split_at(own);
                rest = others;
                Some(self.one(event, own, batch.text(event.text)))
            }));
        }
        self.touches = touched;
    }

    fn one(&mut self, event: &Event, touched: &[Touch], text: &str) -> Decision {
        self.newest = self.newest.max(event.time);
        self.stirred.clear();
        for touch in touched {
            if self.shard.observe(touch, &mut self.closed) {
                self.stirred.push(Entity { kind: touch.entity, key: touch.key });
            }
        }
        // What has been quiet for a day is in the next judgement.
        self.closed.clear();
        self.since_search += touched.len();
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

    fn decide(&mut self, event: &Event, arrival: f32) -> Decision {
        let (mut score, mut verdict, mut group) = self.judged.standing.event(event);
        let mut codes = Codes::default();
        let mut classes: Vec<(Class, f64)> = Vec::new();
        let usual = (self.judged.number, self.judged.standing.usual());
        for &entity in &self.stirred {
            for &code in streaming(entity.kind) {
                let judged = self.shard.judged(code, entity, event.time, usual);
                if let Some((bits, _)) = judged.filter(|(_, score)| *score >= KEPT_SCORE) {
                    codes.insert(code);
                    if entity.kind == EntityKind::Account {
                        add(&mut classes, code, bits);
                    }
                }
            }
        }
        for finding in self.hearing.of(event.actor) {
            if finding.score >= KEPT_SCORE {
                codes.insert(finding.code);
                add(&mut classes, finding.code, finding.bits);
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
        let mut bytes = [0; 8 + Decision::BYTES];
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
    pub fn findings(&mut self, account: Key) -> Vec<Finding> {
        let usual = (self.judged.number, self.judged.standing.usual());
        let entity = Entity { kind: EntityKind::Account, key: account };
        let mut found: Vec<Finding> = self.hearing.of(account).collect();
        for &code in streaming(EntityKind::Account) {
            let judged = self.shard.judged(code, entity, self.newest, usual);
            let growing = self.shard.growing(code, entity, self.newest).cloned();
            if let (Some((bits, score)), Some(growing)) = (judged, growing) {
                found.push(Finding { bits, score, ..growing });
            }
        }
        found.sort_by_key(|finding| finding.code);
        found.into_iter().filter(|finding| finding.score >= KEPT_SCORE).collect()
    }

    /// Keys that windows are kept for.
    pub fn keys(&self) -> usize {
        self.shard.keys()
    }
}

fn add(classes: &mut Vec<(Class, f64)>, code: Code, bits: f32) {
    let Some(entry) = CATALOGUE.iter().find(|entry| entry.code == code) else { return };
    let bits = f64::from(bits);
    match classes.iter_mut().find(|class| class.0 == entry.class) {
        Some(class) => class.1 = class.1.max(bits),
        None => classes.push((entry.class, bits)),
    }
}
