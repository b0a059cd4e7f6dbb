//! A judgement: what the audit found in a stretch of the log, and what holds until the next.
//!
//! It is written to a file before the log says that it takes effect, with its digest in the log's record; a file that
//! is lost or damaged is made again from the log, and must come out the same.

use detectors::{Finding, Usual};
use engine::results::{GroupResult, OwnerResult, PointResult, Results, Total, strongest};
use engine::{Called, Counted, Names, Outcome, Past, Said, Standing, Tallies};
use events::{Event, EventTime, Key};
use features::Keyed;
use hashbrown::HashMap;
use policy::{Policy, Verdict};
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::Xxh3Default;

use crate::record::Judging;

/// The most findings that a judgement keeps: the strongest.
const MOST_FINDINGS: usize = 100_000;

/// How a verdict on an account changed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// The account.
    pub account: Key,
    /// What it was called.
    pub from: Verdict,
    /// What it is called.
    pub to: Verdict,
    /// In [0, 1].
    pub score: f32,
    /// Its group in this judgement.
    pub group: Option<u32>,
}

/// What was found, and what stands.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Judged {
    /// From 1; 0 before the first.
    pub number: u32,
    /// Where in the log its events begin, and end.
    pub from: u64,
    /// The place of the record at which it began.
    pub to: u64,
    /// It looked at events from this time on, in microseconds since 1970; the next looks at those from `split` on.
    pub since: i64,
    /// See there.
    pub split: i64,
    /// Events looked at.
    pub events: u64,
    /// The policy by which.
    pub policy: (String, u32),
    /// Verdicts for any event.
    pub standing: Standing,
    /// Counts of the events looked at, those apart that the next judgement does not look at.
    pub tallies: Tallies,
    /// See there.
    pub earlier: Tallies,
    /// Groups suspect and fake.
    pub groups: Vec<GroupResult>,
    /// The strongest findings, in the order of time.
    pub findings: Vec<Finding>,
    /// Owners that are not genuine.
    pub owners: Vec<OwnerResult>,
    /// Network points that are not genuine.
    pub points: Vec<PointResult>,
    /// The counts of each kind over all subjects.
    pub totals: Vec<Total>,
    /// The texts behind the keys of all these.
    pub names: Keyed<String>,
    /// What changed against the judgement before.
    pub changes: Vec<Change>,
    /// What judgements before it said of events that it does not look at.
    pub past: Past,
    /// Groups of those that some accounts are still called by.
    pub over: Vec<u32>,
    /// Accounts that were erased since: nothing is said of them, nor passed on to the next judgement.
    #[serde(skip)]
    pub forgotten: Vec<Key>,
}

/// Microseconds since its last event after which something has ended, and the least of what was before it that is looked at.
const LATELY: i64 = 10 * 60 * EventTime::SECOND;
/// Microseconds beyond which something is no burst: what it is called does not hang on how it began.
const BURST: i64 = 3 * 3_600 * EventTime::SECOND;

impl Judged {
    /// Microseconds: from when on events should stay in sight of judgements, for the sake of bursts called fake that go on
    /// at a time. What came before a burst, for as long as it lasts, is what it is held against.
    pub fn ongoing(&self, now: EventTime) -> i64 {
        let fake = self.groups.iter().filter(|group| group.verdict == Verdict::Fake);
        let going_on = fake.filter(|group| {
            now.0.saturating_sub(group.last.0) <= LATELY && group.last.0 - group.first.0 <= BURST
        });
        let before = |group: &GroupResult| {
            group.first.0.saturating_sub((group.last.0 - group.first.0).max(LATELY))
        };
        going_on.map(before).min().unwrap_or(i64::MAX)
    }

    /// What it found usual, under its number.
    pub fn usual(&self) -> (u32, &Usual) {
        (self.number, self.standing.usual())
    }

    /// The judgement that an audit of a stretch of the log makes, after the one before it.
    #[must_use]
    pub fn of(
        outcome: Outcome,
        (judging, began): (&Judging, u64),
        policy: &Policy,
        last: &Judged,
    ) -> Judged {
        let Outcome { results, names, standing, tallies, earlier, seen, .. } = outcome;
        let Results { groups, mut findings, owners, points, totals, .. } = results;
        strongest(&mut findings, MOST_FINDINGS);
        let mut judged = Judged {
            number: judging.number,
            from: judging.place,
            to: began,
            since: judging.from,
            split: judging.split,
            events: seen.events,
            policy: (policy.name.clone(), policy.version),
            standing,
            tallies,
            earlier,
            groups,
            findings,
            owners: owners.into_iter().filter(|row| row.verdict != Default::default()).collect(),
            points: points.into_iter().filter(|row| row.verdict > Verdict::Genuine).collect(),
            totals,
            names: Keyed::default(),
            changes: Vec::new(),
            past: last.past.clone(),
            over: Vec::new(),
            forgotten: Vec::new(),
        };
        if judging.from > last.since {
            let Judged { standing, groups, findings, forgotten: but, .. } = last;
            let said = Said { standing, groups, findings, but };
            judged.past.take(said, EventTime(judging.from));
        }
        judged.over = judged.over();
        judged.changes = judged.against(last);
        judged.name(&names, last);
        judged
    }

    /// Groups of the past that accounts are called by which this judgement alone would call less.
    fn over(&self) -> Vec<u32> {
        let accounts = self.past.accounts().into_iter().filter(|(account, then)| {
            self.standing.account(*account).is_none_or(|now| now.verdict < then.verdict)
        });
        let mut over: Vec<u32> = accounts.filter_map(|(_, called)| called.group).collect();
        over.sort_unstable();
        over.dedup();
        over
    }

    /// The same without an account.
    #[must_use]
    pub fn without(&self, account: Key) -> Judged {
        let mut judged = self.clone();
        judged.past.forget(account);
        judged.names.remove(&account);
        judged.forgotten.push(account);
        judged
    }

    /// What an account is called: by this judgement, or by one before it that saw what this one does not.
    #[must_use]
    pub fn account(&self, account: Key) -> Option<Called> {
        if self.forgotten.contains(&account) {
            return None;
        }
        let then = self.past.account(account);
        let then = then.map(|then| Called { group: self.numbered(then.group), ..then });
        match (self.standing.account(account), then) {
            (Some(now), Some(then)) if then.verdict > now.verdict => Some(then),
            (now, then) => now.or(then),
        }
    }

    /// What is said of an event: its score, verdict and group.
    #[must_use]
    pub fn event(&self, event: &Event) -> (f32, Verdict, Option<u32>) {
        if event.time.0 >= self.since {
            return self.standing.event(event);
        }
        let (score, verdict, group) = self.past.event(event);
        (score, verdict, self.numbered(group))
    }

    /// The number of a group of the past: these come after its own.
    fn numbered(&self, past: Option<u32>) -> Option<u32> {
        past.map(|number| self.groups.len() as u32 + number)
    }

    /// A group by its number: its own, or one of the past.
    #[must_use]
    pub fn group(&self, number: u32) -> Option<GroupResult> {
        let at = (number as usize).checked_sub(1)?;
        let past = || self.past.groups().get(at - self.groups.len());
        let group = if at < self.groups.len() { self.groups.get(at) } else { past() };
        group.map(|group| GroupResult { group: number, ..group.clone() })
    }

    /// The numbers of all groups that something is called by: its own, strongest first, then those of the past.
    pub fn group_numbers(&self) -> impl Iterator<Item = u32> + '_ {
        let own = 1..=self.groups.len() as u32;
        own.chain(self.over.iter().filter_map(|&past| self.numbered(Some(past))))
    }

    /// All findings: those of the past, then its own, each in the order of time.
    pub fn all_findings(&self) -> impl Iterator<Item = &Finding> {
        self.past.findings().iter().chain(&self.findings)
    }

    fn against(&self, last: &Judged) -> Vec<Change> {
        let all = |judged: &Judged| {
            let called = judged.standing.accounts().into_iter().chain(judged.past.accounts());
            called.map(|account| account.0).collect::<Vec<Key>>()
        };
        let mut accounts = all(self);
        accounts.extend(all(last));
        accounts.sort_unstable();
        accounts.dedup();
        let change = |account| {
            let (was, is) = (last.account(account), self.account(account));
            let (from, to) = (was.map(|c| c.verdict), is.map(|c| c.verdict));
            let (from, to) = (from.unwrap_or_default(), to.unwrap_or_default());
            let (score, group) = is.map_or((0.0, None), |called| (called.score, called.group));
            (from != to).then_some(Change { account, from, to, score, group })
        };
        accounts.into_iter().filter_map(change).collect()
    }

    /// Keeps the texts of all keys that it speaks of: as this run knows them, or as the one before it did.
    fn name(&mut self, names: &Names, last: &Judged) {
        let mut keys: Vec<Key> = self.standing.accounts().into_iter().map(|a| a.0).collect();
        keys.extend(self.past.accounts().into_iter().map(|account| account.0));
        for group in self.groups.iter().chain(self.past.groups()) {
            keys.extend(group.members.iter().map(|member| member.0));
            keys.extend(group.subjects.iter().map(|subject| subject.0));
            keys.extend(group.shared.iter().map(|shared| shared.1));
        }
        keys.extend(self.all_findings().map(|finding| finding.entity.key));
        keys.extend(self.owners.iter().map(|row| row.owner));
        keys.extend(self.points.iter().map(|row| row.point));
        keys.extend(self.changes.iter().map(|change| change.account));
        // Counts are told of where anything is not genuine, or was decided not to be when it came: since the last judgement.
        let known: HashMap<Counted, u64> =
            last.tallies.iter().map(|(key, tally)| (*key, tally.raw)).collect();
        let told = [&self.tallies, &self.earlier, &last.tallies].into_iter().flatten();
        let told = told.filter(|(key, tally)| {
            tally.fake + tally.suspect > 0 || known.get(key) != Some(&tally.raw)
        });
        keys.extend(told.map(|((subject, ..), _)| *subject));
        for key in keys {
            let text = match names.text(key) {
                "" => last.names.get(&key).map_or("", String::as_str),
                text => text,
            };
            if !text.is_empty() && !self.names.contains_key(&key) {
                self.names.insert(key, text.to_owned());
            }
        }
    }

    /// The text of a key; the key itself where it was never named.
    #[must_use]
    pub fn text(&self, key: Key) -> String {
        match self.names.get(&key) {
            Some(name) => name.clone(),
            None => format!("#{:016x}", key.0),
        }
    }

    /// A digest of what it says: the same for the same events and policy, wherever it is made.
    #[must_use]
    pub fn digest(&self) -> u64 {
        let mut hash = Xxh3Default::new();
        let mut put = |number: u64| hash.update(&number.to_le_bytes());
        put(u64::from(self.number));
        put(self.from);
        put(self.to);
        put(self.events);
        for (account, called) in self.standing.accounts() {
            put(account.0);
            put(u64::from(called.score.to_bits()) << 8 | called.verdict as u64);
            put(called.group.map_or(0, u64::from));
        }
        for ((subject, owner, kind), tally) in self.tallies.iter().chain(&self.earlier) {
            put(subject.0 ^ owner.0.rotate_left(32));
            put((*kind as u64) << 56 ^ tally.raw << 32 ^ tally.fake << 16 ^ tally.suspect);
        }
        for group in &self.groups {
            put(u64::from(group.group) << 32 | group.members.len() as u64);
            put(u64::from(group.bits.to_bits()));
        }
        for (account, called) in self.past.accounts() {
            put(account.0);
            put(u64::from(called.score.to_bits()) << 8 | called.verdict as u64);
        }
        put(self.past.groups().len() as u64);
        put(self.findings.len() as u64);
        self.findings.iter().for_each(|finding| {
            put(finding.entity.key.0 ^ (finding.code as u64) << 56);
            put(u64::from(finding.bits.to_bits()));
        });
        hash.digest()
    }

    /// The newest time that any group was seen at.
    #[must_use]
    pub fn last(&self) -> Option<EventTime> {
        self.groups.iter().map(|group| group.last).max()
    }
}
