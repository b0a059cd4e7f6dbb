//! Counts restored: how many events of each kind a subject, an owner and an hour had, and how many of them were fake.
//!
//! Sums are whole numbers: chances are added as multiples of 2⁻³², so the order in which workers add cannot show.

use std::collections::BTreeMap;

use events::{Event, EventTime, Key, Kind};
use hashbrown::{HashMap, HashSet};
use policy::Verdict;
use serde::{Deserialize, Serialize};

use crate::owners::Reached;

/// What is counted for: (subject, owner, kind).
pub type Counted = (Key, Key, Kind);

/// Tallies in the order of what they are of.
pub type Tallies = Vec<(Counted, Tally)>;

/// The counted events of an hour since 1970: (hour, raw, fake, suspect).
pub type Hour = (i64, u64, u64, u64);

/// Share of the events kept that are taken to be fake all the same, for the lower bound: no table is clean.
const MISSED: f64 = 0.01;
/// What may have been missed for each fake found on the same count.
const MISSED_BESIDE: f64 = 0.05;
/// How far what was missed beside what was found varies, as a share of it: parts of one crew are missed together.
const PARTS: f64 = 0.1;
/// Share of the fakes found that may be wronged people's.
const WRONGED: f64 = 0.01;
/// One is this many units of chance.
const UNIT: f64 = (1u64 << 32) as f64;

/// Counts of some events.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// All.
    pub raw: u64,
    /// Those with verdict fake.
    pub fake: u64,
    /// Those with verdict suspect.
    pub suspect: u64,
    /// The chances of being fake of those not called fake, in units of 2⁻³².
    doubt: u64,
    /// The same for the products of the chance and its complement: the variance of that sum.
    spread: u64,
    /// Those counted as real that were done by accounts which are not called genuine themselves.
    called: u64,
}

/// A count that real people produced, bounded at 95 %.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Genuine {
    /// The estimate.
    pub estimate: u64,
    /// Its lower bound.
    pub low: u64,
    /// Its upper bound.
    pub high: u64,
}

impl Tally {
    /// Counts an event.
    pub fn add(&mut self, score: f32, verdict: Verdict) {
        self.raw += 1;
        match verdict {
            Verdict::Fake => self.fake += 1,
            Verdict::Suspect | Verdict::Genuine => {
                let chance = f64::from(score).clamp(0.0, 1.0);
                self.doubt += (chance * UNIT) as u64;
                self.spread += (chance * (1.0 - chance) * UNIT) as u64;
                self.suspect += u64::from(verdict == Verdict::Suspect);
            }
        }
    }

    /// Notes that an event counted as real was done by an account that is not called genuine itself.
    pub fn note_called(&mut self) {
        self.called += 1;
    }

    /// Adds another tally.
    pub fn merge(&mut self, other: &Tally) {
        self.raw += other.raw;
        self.fake += other.fake;
        self.suspect += other.suspect;
        self.doubt += other.doubt;
        self.spread += other.spread;
        self.called += other.called;
    }

    /// Takes another tally away again.
    pub fn take(&mut self, other: &Tally) {
        self.raw = self.raw.saturating_sub(other.raw);
        // Some may have been counted with another verdict than they are taken away with.
        self.fake = self.fake.saturating_sub(other.fake).min(self.raw);
        self.suspect = self.suspect.saturating_sub(other.suspect).min(self.raw - self.fake);
        self.doubt = self.doubt.saturating_sub(other.doubt);
        self.spread = self.spread.saturating_sub(other.spread);
        self.called = self.called.saturating_sub(other.called);
    }

    /// The count of real people: what was not called fake, less the chance that each of the rest is fake all the same.
    /// The bounds take each event for an independent draw of its own chance, and hold all or nothing of what is
    /// suspect: those events stand or fall together. Beyond that the lower bound allows for what no group showed:
    /// `MISSED` of what was kept, and `MISSED_BESIDE` of what was found, give or take `PARTS`, since who bought some may have
    /// bought more; and where anything was found, for all that was counted as real of accounts that are not called genuine
    /// themselves: their life of their own, their cover, or more of the same work. The upper bound allows for `WRONGED` of
    /// what was found.
    #[must_use]
    pub fn genuine(&self) -> Genuine {
        /// 97.5 % of a normal distribution lies below.
        const Z: f64 = 1.96;
        let kept = self.raw - self.fake;
        let missed = MISSED * kept as f64 + MISSED_BESIDE * self.fake as f64;
        let varies = (PARTS * self.fake as f64).powi(2);
        let missed = if kept == 0 { 0.0 } else { missed + Z * (missed + varies).sqrt() };
        let called = if self.fake + self.suspect == 0 { 0 } else { self.called };
        let wronged = WRONGED * self.fake as f64;
        let wronged = if self.fake == 0 { 0.0 } else { wronged + Z * wronged.sqrt() };
        let expected = kept as f64 - self.doubt as f64 / UNIT;
        let half = Z * (self.spread as f64 / UNIT).sqrt();
        let estimate = expected.round().clamp(0.0, kept as f64) as u64;
        let low = (expected - half - missed - called as f64).round().max(0.0) as u64;
        let high = (expected + half + wronged).ceil().clamp(0.0, self.raw as f64) as u64;
        Genuine {
            estimate,
            low: low.min(kept - self.suspect).min(estimate),
            high: if self.suspect > 0 { high.max(kept) } else { high.max(estimate) },
        }
    }
}

/// All counts of a run, or of a part of its events.
#[derive(Debug, Default)]
pub struct Counts {
    /// Where `earlier` ends.
    split: EventTime,
    subjects: HashMap<Counted, Tally>,
    /// The tallies of events before the split.
    earlier: HashMap<Counted, Tally>,
    /// Hours since 1970: (raw, fake, suspect).
    hours: BTreeMap<i64, (u64, u64, u64)>,
    /// The parcels that each network point scanned.
    parcels: HashMap<Key, HashSet<Key>>,
    /// Which way fakes went, by (owner, group).
    reached: HashMap<(Key, u32), Reached>,
}

impl Counts {
    /// Nothing counted; events before `split` are tallied apart.
    pub fn new(split: EventTime) -> Counts {
        Counts { split, ..Counts::default() }
    }

    /// Counts an event of a kind that counts, by its score, verdict and the group that made it. `beside` is the group of which a
    /// member did it besides the group's own work; `called` says that its account is not called genuine.
    pub fn add(
        &mut self,
        event: &Event,
        (score, verdict, group): (f32, Verdict, Option<u32>),
        beside: Option<u32>,
        called: bool,
    ) {
        let key = (event.subject, event.owner, event.kind);
        let tallies = if event.time < self.split { &mut self.earlier } else { &mut self.subjects };
        let tally = tallies.entry(key).or_default();
        tally.add(score, verdict);
        if called && verdict == Verdict::Genuine {
            tally.note_called();
        }
        let hour = self.hours.entry(event.time.stretch(EventTime::HOUR, 0)).or_default();
        hour.0 += 1;
        hour.1 += u64::from(verdict == Verdict::Fake);
        hour.2 += u64::from(verdict == Verdict::Suspect);
        if event.owner.is_none() {
            return;
        }
        if let Some(group) = beside {
            if event.kind == Kind::Order {
                self.reached.entry((event.owner, group)).or_default().besides += 1;
            }
        } else if verdict == Verdict::Fake && (group.is_some() || event.kind != Kind::Comment) {
            // Groups are numbered from 1: what no group made is kept under 0. Lone accounts' comments advertise: they are no
            // good to whoever they are written under.
            self.reached.entry((event.owner, group.unwrap_or(0))).or_default().add(event);
        }
    }

    /// Notes the parcel that a network point scanned.
    pub fn scan(&mut self, event: &Event) {
        if event.point.is_some() && event.parcel.is_some() {
            self.parcels.entry(event.point).or_default().insert(event.parcel);
        }
    }

    /// Parcels of each network point, in the order of keys.
    #[must_use]
    pub fn points(&self) -> Vec<(Key, u64)> {
        let mut points: Vec<_> =
            self.parcels.iter().map(|(&point, parcels)| (point, parcels.len() as u64)).collect();
        points.sort_unstable();
        points
    }

    /// Which way fakes went, by (owner, group), in the order of these.
    #[must_use]
    pub fn reached(&self) -> Vec<((Key, u32), Reached)> {
        let mut reached: Vec<_> =
            self.reached.iter().map(|(&of, &reached)| (of, reached)).collect();
        reached.sort_unstable_by_key(|entry| entry.0);
        reached
    }

    /// Adds the counts of other events.
    #[allow(clippy::iter_over_hash_type)] // sets, whose order does not show
    pub fn merge(&mut self, other: Counts) {
        let Counts { subjects, earlier, hours, parcels, reached, .. } = other;
        for (of, more) in reached {
            self.reached.entry(of).or_default().merge(&more);
        }
        for (point, scanned) in parcels {
            self.parcels.entry(point).or_default().extend(scanned);
        }
        for (key, tally) in sorted(subjects) {
            self.subjects.entry(key).or_default().merge(&tally);
        }
        for (key, tally) in sorted(earlier) {
            self.earlier.entry(key).or_default().merge(&tally);
        }
        for (hour, (raw, fake, suspect)) in hours {
            let sum = self.hours.entry(hour).or_default();
            *sum = (sum.0 + raw, sum.1 + fake, sum.2 + suspect);
        }
    }

    /// The tallies from the split on and before it, in the order of their keys, and (hour, raw, fake, suspect) in the
    /// order of time.
    #[must_use]
    pub fn finish(self) -> (Tallies, Tallies, Vec<Hour>) {
        let hours = self.hours.into_iter().map(|(hour, (raw, fake, held))| (hour, raw, fake, held));
        (sorted(self.subjects), sorted(self.earlier), hours.collect())
    }
}

fn sorted(subjects: HashMap<Counted, Tally>) -> Vec<(Counted, Tally)> {
    let mut sorted: Vec<_> = subjects.into_iter().collect();
    sorted.sort_unstable_by_key(|&(key, _)| key);
    sorted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fakes_leave_the_count_and_doubt_widens_its_bounds() {
        let mut tally = Tally::default();
        for _ in 0..100 {
            tally.add(0.0, Verdict::Genuine);
        }
        let count = |estimate, low, high| Genuine { estimate, low, high };
        // One in a hundred may have been missed: with 95 % certainty no more than three.
        assert_eq!(tally.genuine(), count(100, 97, 100));
        let mut untouched = tally;
        untouched.note_called();
        assert_eq!(untouched.genuine(), tally.genuine());
        for _ in 0..40 {
            tally.add(0.99, Verdict::Fake);
        }
        // Of forty found two more may have been missed, or ten.
        assert_eq!(tally.genuine(), count(100, 88, 102));
        let mut called = tally;
        (0..5).for_each(|_| called.note_called());
        assert_eq!(called.genuine(), count(100, 83, 102));
        for _ in 0..10 {
            tally.add(0.5, Verdict::Suspect);
        }
        let held = tally.genuine();
        assert_eq!(held.estimate, 105);
        assert!(held.low < 100 && held.high >= 110);
        let mut doubtful = Tally::default();
        for _ in 0..1_000 {
            doubtful.add(0.1, Verdict::Genuine);
        }
        let genuine = doubtful.genuine();
        assert_eq!(genuine.estimate, 900);
        assert!((860..=882).contains(&genuine.low) && (918..=920).contains(&genuine.high));
    }
}
