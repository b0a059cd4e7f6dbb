//! The front: what is decided of each event, in the order of the log.
//!
//! Plain synchronous state: windows of the streaming detectors, what earlier ratings and texts say, and the judgement in
//! effect. It reads no clock and draws no chance, so the same records give the same decisions, also when they are read
//! again after a crash. An event that comes late counts in the newest pane of its windows; a judgement puts it where it belongs.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;

use detectors::prior::{self, ActorHistory, SubjectHistory};
use detectors::{CATALOGUE, Class, Code, Finding, KEPT_SCORE, Limits};
use engine::Hearing;
use events::{Batch, Event, EventTime, Key};
use features::Keyed;
use learning::TextModel;
use policy::{Policy, Verdict};
use serde::{Deserialize, Serialize};

use crate::clock;
use crate::counts::{Counts, Sums};
use crate::decision::{Codes, Decision};
use crate::jobs::Slot;
use crate::judged::Judged;
use crate::windows::{HALVES, Reached, Sign, Windows, Writing, half_of};

/// Events that are decided together.
const TOGETHER: usize = 16;

/// Decisions that are kept beyond the limit for whoever follows.
const FOLLOWED: usize = 1 << 22;

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
    /// Written apart: see [`Parts`](crate::state::Parts).
    #[serde(skip, default = "nothing_seen")]
    windows: [Windows; HALVES],
    #[serde(deserialize_with = "features::read_keyed")]
    subjects: Keyed<SubjectHistory>,
    #[serde(deserialize_with = "features::read_keyed")]
    raters: Keyed<ActorHistory>,
    hearing: Hearing,
    counts: Counts,
    decided: Decided,
    /// The most decisions that are remembered.
    limit: usize,
    /// The number of the first decision that whoever follows has not heard of.
    #[serde(skip)]
    followed: u64,
    judged: Arc<Judged>,
    /// Over all decisions in their order.
    digest: u64,
    newest: EventTime,
    /// The place of the log behind the newest event.
    #[serde(skip)]
    place: u64,
    #[serde(skip)]
    signs: [Vec<Sign>; HALVES],
    /// The windows as far as they are written, while somebody wants them.
    #[serde(skip)]
    writing: Option<Writing>,
}

fn nothing_seen() -> [Windows; HALVES] {
    Windows::both(&Limits::default())
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
            windows: Windows::both(limits),
            subjects: Keyed::default(),
            raters: Keyed::default(),
            hearing: Hearing::new(model),
            counts: Counts::default(),
            decided: Decided::default(),
            limit: limit.max(1),
            followed: u64::MAX,
            judged: Arc::new(Judged::default()),
            digest: 0,
            newest: EventTime(i64::MIN),
            place: 0,
            signs: Default::default(),
            writing: None,
        }
    }

    /// What was read from a file lacks its windows and the model of texts, and may have been made with another limit. It holds
    /// the events before a place of the log.
    pub fn restore(
        &mut self,
        windows: [Windows; HALVES],
        place: u64,
        limit: usize,
        model: Option<Arc<TextModel>>,
    ) {
        self.windows = windows;
        self.place = place;
        self.followed = u64::MAX;
        self.limit = limit.max(1);
        self.hearing.set_model(model);
    }

    /// The windows.
    pub fn windows(&self) -> &[Windows; HALVES] {
        &self.windows
    }

    /// Has the windows written, part by part.
    pub fn begin_writing(&mut self) {
        self.writing = Some(Writing::default());
    }

    /// Writes the next part, as it is now. False if there is none to write.
    pub fn write_part(&mut self) -> bool {
        let reached = self.reached();
        self.writing.as_mut().is_some_and(|writing| writing.part(&self.windows, reached))
    }

    /// The windows, once nothing more of them is to be written.
    pub fn written(&mut self) -> Option<Writing> {
        self.writing.take_if(|writing| writing.is_done())
    }

    /// Says that the events so far end at a place of the log.
    pub fn reach(&mut self, place: u64) {
        self.place = place;
    }

    /// How far it has come.
    pub fn reached(&self) -> Reached {
        Reached { place: self.place, events: self.events() }
    }

    /// Takes the events of a batch that are new and decides on each; of the others it gives what was decided, if that is
    /// still known.
    pub fn take(&mut self, batch: &Batch, slots: &[Slot], out: &mut Vec<Option<Decision>>) {
        let judged = Arc::clone(&self.judged);
        let mut signs = std::mem::take(&mut self.signs);
        for (events, slots) in batch.events.chunks(TOGETHER).zip(slots.chunks(TOGETHER)) {
            signs.iter_mut().for_each(Vec::clear);
            for (windows, signs) in self.windows.iter_mut().zip(&mut signs) {
                windows.take(events, slots, judged.usual(), signs);
            }
            self.decide_all(batch, events, slots, &signs, out);
        }
        self.signs = signs;
    }

    /// The windows, for threads of their own: the front then has none until it is [given](Front::give_windows) them back.
    pub fn lend_windows(&mut self) -> [Windows; HALVES] {
        std::mem::replace(&mut self.windows, nothing_seen())
    }

    /// Takes back the windows that were lent.
    pub fn give_windows(&mut self, windows: [Windows; HALVES]) {
        self.windows = windows;
    }

    /// Decides on some new events of a batch of which each half of the windows has said what it found.
    pub fn decide_all(
        &mut self,
        batch: &Batch,
        events: &[Event],
        slots: &[Slot],
        signs: &[Vec<Sign>; HALVES],
        out: &mut Vec<Option<Decision>>,
    ) {
        let mut rest = signs.each_ref().map(Vec::as_slice);
        for (place, (event, slot)) in events.iter().zip(slots).enumerate() {
            if place % TOGETHER == 0 {
                self.counts.glance(&events[place..events.len().min(place + TOGETHER)]);
            }
            let own = rest.each_mut().map(|rest| {
                let count = rest.iter().take_while(|sign| sign.event == place).count();
                rest.split_off(..count).unwrap_or_default()
            });
            out.push(match slot.new {
                true => Some(self.one(event, own, batch.text(event.text))),
                false => self.decision(slot.number),
            });
        }
    }

    /// Takes new events on which another front has decided; the windows stay as they are.
    pub fn follow(&mut self, batch: &Batch, decisions: &[Decision]) {
        for (event, &decision) in batch.events.iter().zip(decisions) {
            self.hear(event, batch.text(event.text));
            self.note(event, decision);
        }
    }

    fn one(&mut self, event: &Event, signs: [&[Sign]; HALVES], text: &str) -> Decision {
        let arrival = self.hear(event, text);
        let decision = self.decide(event, arrival, signs);
        self.note(event, decision);
        decision
    }

    /// Takes what an event says by its rating and its text, and gives what is said of the rating.
    fn hear(&mut self, event: &Event, text: &str) -> f32 {
        self.newest = clock::advance(self.newest, event.time);
        let arrival = self.arrival(event);
        if !text.is_empty() {
            self.hearing.hear(event, text);
        }
        arrival
    }

    /// Counts an event as it was decided.
    fn note(&mut self, event: &Event, decision: Decision) {
        let called = self.judged.standing.account(event.actor).is_some();
        self.counts.add(event, &decision, called);
        self.keep(decision);
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

    fn decide(&self, event: &Event, arrival: f32, signs: [&[Sign]; HALVES]) -> Decision {
        let (mut score, mut verdict, mut group) = self.judged.standing.event(event);
        let mut codes = Codes::default();
        let mut classes: Vec<(Class, f64)> = Vec::new();
        for sign in signs.into_iter().flatten() {
            codes.insert(sign.code);
            if sign.of_account {
                add(&mut classes, sign.code, sign.bits);
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
        if self.judged.standing.is_sent(event) {
            codes.insert(Code::Syn03);
        }
        Decision::new(score.max(arrival), verdict, group, codes)
    }

    fn keep(&mut self, decision: Decision) {
        let Decided { first, decisions } = &mut self.decided;
        decisions.push_back(decision);
        // Two for one where more than are remembered were kept.
        for _ in 0..2 {
            let most = if *first < self.followed { self.limit } else { self.limit.max(FOLLOWED) };
            if decisions.len() > most {
                decisions.pop_front();
                *first += 1;
            }
        }
        let mut bytes = [0; 8 + Decision::BYTES];
        bytes[..8].copy_from_slice(&self.digest.to_le_bytes());
        bytes[8..].copy_from_slice(&decision.bytes());
        self.digest = xxhash_rust::xxh3::xxh3_64(&bytes);
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

    /// The decision on an event by its number, as long as it is remembered.
    pub fn decision(&self, number: u64) -> Option<Decision> {
        let remembered = number.saturating_add(self.limit as u64) >= self.events();
        let at = usize::try_from(number.checked_sub(self.decided.first)?).ok()?;
        self.decided.decisions.get(at).filter(|_| remembered).copied()
    }

    /// Says that whoever follows has heard of the decisions before this number.
    pub fn set_followed(&mut self, number: u64) {
        self.followed = number;
    }

    /// The decisions on events by their numbers, as long as all of them are kept.
    pub fn decisions(&self, numbers: Range<u64>) -> Option<Vec<Decision>> {
        let at = |number: u64| usize::try_from(number.checked_sub(self.decided.first)?).ok();
        let range = at(numbers.start)?..at(numbers.end)?;
        let kept = range.end <= self.decided.decisions.len();
        kept.then(|| self.decided.decisions.range(range).copied().collect())
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
        let windows = &mut self.windows[half_of(account)];
        let mut found = windows.findings(account, self.newest, self.judged.usual());
        found.extend(self.hearing.of(account));
        found.sort_by_key(|finding| finding.code);
        found.into_iter().filter(|finding| finding.score >= KEPT_SCORE).collect()
    }

    /// Keys that windows are kept for.
    pub fn keys(&self) -> usize {
        self.windows.iter().map(Windows::keys).sum()
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
