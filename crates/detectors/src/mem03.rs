//! MEM03 zombie cohort: newcomers who share a club or a client software and a stretch of days, who meant nothing on their first day
//! and do not come back, far below what the table's other newcomers lead to expect.
//!
//! A campaign's newcomers mostly do not come back either, and are people: on their first day they look around. So two
//! tests must both speak, and the weaker counts: nothing looked at, searched for or bought on the first day, and silence
//! from the second day on against the survival curve of the others (life table, so that a table's end takes nobody for a
//! zombie). Both allow for how much cohorts differ among themselves. It names a cohort and accuses nobody alone. See
//! docs/detectors/MEM03-zombie-cohort.md.

use crate::mem01::{AGES, Member};
use crate::rate::Rate;
use crate::survival::{Curve, Waits};
use crate::{Code, Finding};
use events::{Entity, EntityKind, EventTime, Key};
use features::Keyed;

/// Fewer newcomers are no cohort.
const FEWEST: usize = 20;
/// Bits of the weaker test beyond the price of the search.
const STANDS: f64 = 10.0;
/// Rounds of taking out the strongest and looking again.
const MOST_FOUND: usize = 100;
/// Seconds of a stretch: a day, and a week where newcomers came over eight weeks or more.
const DAY: u32 = 86_400;
const WEEK: u32 = 7 * DAY;
const LONG: u32 = 8 * WEEK;
/// Monday of the first week is three days after Thursday, the first of January 1970.
const MONDAY: u32 = 3 * DAY;

/// How newcomers of a table are cut into stretches of registration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Calendar {
    /// Seconds of one.
    pub period: u32,
}

impl Calendar {
    /// By days, or by weeks where the table is long. Members are in the order of time.
    #[must_use]
    pub fn of(members: &[Member]) -> Calendar {
        let ends = members.first().zip(members.last());
        let span = ends.map_or(0, |(first, last)| last.second.saturating_sub(first.second));
        Calendar { period: if span >= LONG { WEEK } else { DAY } }
    }

    /// The second in which the stretch of a second begins.
    #[must_use]
    pub fn begins(self, second: u32) -> u32 {
        let shift = if self.period == WEEK { MONDAY } else { 0 };
        (second.saturating_add(shift) / self.period * self.period).saturating_sub(shift)
    }
}

/// Newcomers that share something and came within a stretch: places among the members.
#[derive(Clone, Debug)]
struct Cohort {
    entity: Entity,
    places: Vec<usize>,
}

/// Those who were there long enough to have come back, of one cohort or of all.
#[derive(Clone, Debug, Default)]
struct Sum {
    /// Seen for a day at least, and of these without intent.
    seen: f64,
    unmeant: f64,
    waits: Waits,
}

impl Sum {
    fn of<'a>(members: impl Iterator<Item = &'a Member>, last: u32) -> Sum {
        let mut sum = Sum::default();
        for member in members {
            let seen = last.saturating_sub(member.second);
            if seen > AGES[0] {
                sum.seen += 1.0;
                sum.unmeant += f64::from(u8::from(!member.intent));
                sum.waits.add(member.returns[0], seen);
            }
        }
        sum
    }
}

/// What the tests measured of a cohort.
#[derive(Clone, Copy, Debug)]
struct Tests {
    seen: f64,
    unmeant: f64,
    unmeant_usual: Rate,
    silent: f64,
    silent_usual: Rate,
}

impl Tests {
    fn bits(&self) -> (f64, f64) {
        (
            self.unmeant_usual.bits_at_least(self.unmeant, self.seen),
            self.silent_usual.bits_at_least(self.silent, self.seen),
        )
    }
}

struct Table<'a> {
    members: &'a [Member],
    last: u32,
    /// Those who say nothing of what people do.
    out: Vec<bool>,
    /// The others.
    all: Sum,
}

/// Findings about clubs and client softwares, in the order of time. Members are in the order of time; those that `accused` names
/// are known not to be people, and say nothing of what people do.
#[must_use]
pub fn cohorts(members: &[Member], last: u32, accused: &dyn Fn(Key) -> bool) -> Vec<Finding> {
    let cohorts = candidates(members);
    if cohorts.len() < 2 {
        return Vec::new();
    }
    let out: Vec<bool> = members.iter().map(|member| accused(member.account)).collect();
    let people = members.iter().zip(&out).filter(|(_, out)| !**out).map(|(m, _)| m);
    let mut table = Table { members, last, all: Sum::of(people, last), out };
    let price = (cohorts.len() as f64).log2();
    let mut left: Vec<usize> = (0..cohorts.len()).collect();
    let mut found = Vec::new();
    for _ in 0..MOST_FOUND {
        let alike = table.alike(&cohorts, &left);
        let measured = left.iter().filter_map(|&at| {
            let tests = table.tests(&cohorts[at], alike)?;
            let (first_day, later) = tests.bits();
            Some((at, tests, first_day.min(later) - price))
        });
        let best = measured.max_by(|x, y| x.2.total_cmp(&y.2).then(y.0.cmp(&x.0)));
        let Some((at, tests, bits)) = best.filter(|best| best.2 >= STANDS) else { break };
        table.report(&cohorts[at], &tests, (bits, price), &mut found);
        table.take(&cohorts[at]);
        left.retain(|other| *other != at);
    }
    crate::open::sort(&mut found);
    found
}

/// Cohorts by club, and by client software for those who joined none, of each stretch.
fn candidates(members: &[Member]) -> Vec<Cohort> {
    let calendar = Calendar::of(members);
    let entity = |member: &Member| {
        let (kind, key) = match member.subject.is_some() {
            true => (EntityKind::Subject, member.subject),
            false => (EntityKind::Agent, member.agent),
        };
        Entity { kind, key }
    };
    let mut places: Vec<usize> = (0..members.len()).collect();
    places.retain(|&at| entity(&members[at]).key.is_some());
    let key = |at: usize| (entity(&members[at]), calendar.begins(members[at].second));
    places.sort_by_key(|&at| (key(at), at));
    let cohort =
        |places: &[usize]| Cohort { entity: entity(&members[places[0]]), places: places.into() };
    let parts = places.chunk_by(|&x, &y| key(x) == key(y));
    parts.filter(|part| part.len() >= FEWEST).map(cohort).collect()
}

impl Table<'_> {
    fn members<'c>(&'c self, cohort: &'c Cohort) -> impl Iterator<Item = &'c Member> {
        cohort.places.iter().map(|&place| &self.members[place])
    }

    /// Its part of what people do.
    fn people(&self, cohort: &Cohort) -> Sum {
        let people = cohort.places.iter().filter(|place| !self.out[**place]);
        Sum::of(people.map(|&place| &self.members[place]), self.last)
    }

    /// How alike cohorts are, on the first day and later.
    fn alike(&self, cohorts: &[Cohort], left: &[usize]) -> (f64, f64) {
        // Cohorts of which half are known to be no people are no example of how people differ.
        let example = |at: &&usize| {
            let places = &cohorts[**at].places;
            places.iter().filter(|place| self.out[**place]).count() * 2 < places.len()
        };
        let sums = left.iter().filter(example).map(|&at| {
            let sum = Sum::of(self.members(&cohorts[at]), self.last);
            let silent = self.members(&cohorts[at]).filter(|m| self.is_silent(m)).count() as f64;
            ((sum.unmeant, sum.seen), (silent, sum.seen))
        });
        let (first_day, later): (Vec<_>, Vec<_>) = sums.filter(|sum| sum.0.1 > 0.0).unzip();
        (Rate::of(&first_day).likeness, Rate::of(&later).likeness)
    }

    /// Whether it was seen for a day and has not come back since.
    fn is_silent(&self, member: &Member) -> bool {
        self.last.saturating_sub(member.second) > AGES[0] && member.returns[0].is_none()
    }

    fn tests(&self, cohort: &Cohort, (first_day, later): (f64, f64)) -> Option<Tests> {
        let own = Sum::of(self.members(cohort), self.last);
        let (mut waits, mine) = (self.all.waits.clone(), self.people(cohort));
        waits.remove(&mine.waits);
        let (seen, unmeant) = (self.all.seen - mine.seen, self.all.unmeant - mine.unmeant);
        if own.seen < FEWEST as f64 || seen < FEWEST as f64 {
            return None;
        }
        let curve: Curve = waits.curve();
        let expected: f64 = self
            .members(cohort)
            .map(|member| self.last.saturating_sub(member.second))
            .filter(|seen| *seen > AGES[0])
            .map(|seen| curve.waiting(seen))
            .sum();
        let silent = self.members(cohort).filter(|member| self.is_silent(member)).count() as f64;
        Some(Tests {
            seen: own.seen,
            unmeant: own.unmeant,
            unmeant_usual: Rate { mean: (unmeant + 1.0) / (seen + 2.0), likeness: first_day },
            silent,
            silent_usual: Rate { mean: expected / own.seen, likeness: later },
        })
    }

    fn take(&mut self, cohort: &Cohort) {
        let mine = self.people(cohort);
        self.all.seen -= mine.seen;
        self.all.unmeant -= mine.unmeant;
        self.all.waits.remove(&mine.waits);
        cohort.places.iter().for_each(|&place| self.out[place] = true);
    }

    /// Several findings where there are more silent members than one names.
    fn report(
        &self,
        cohort: &Cohort,
        tests: &Tests,
        (bits, price): (f64, f64),
        out: &mut Vec<Finding>,
    ) {
        let silent: Vec<&Member> = self
            .members(cohort)
            .filter(|member| self.is_silent(member) && !member.intent)
            .collect();
        let (first_day, later) = tests.bits();
        for part in silent.chunks(Finding::MEMBERS) {
            let (Some(first), Some(last)) = (part.first(), part.last()) else { continue };
            let mut members: Vec<Key> = part.iter().map(|member| member.account).collect();
            members.sort_unstable();
            out.push(Finding {
                code: Code::Mem03,
                entity: cohort.entity,
                time: EventTime(i64::from(last.second) * EventTime::SECOND),
                event: last.event,
                score: (1.0 / (1.0 + (-bits).exp2())) as f32,
                bits: bits as f32,
                evidence: vec![
                    ("newcomers", cohort.places.len() as f64),
                    ("seen_a_day", tests.seen),
                    ("without_intent", tests.unmeant),
                    ("without_intent_usual", tests.unmeant_usual.mean),
                    ("without_intent_alike", tests.unmeant_usual.likeness),
                    ("first_day_bits", first_day),
                    ("not_back", tests.silent),
                    ("not_back_usual", tests.silent_usual.mean),
                    ("not_back_alike", tests.silent_usual.likeness),
                    ("not_back_bits", later),
                    ("price_bits", price),
                    ("first_second", f64::from(first.second)),
                ],
                members,
            });
        }
    }
}

/// Derives a finding's bits from its evidence again; none where a name is missing.
#[must_use]
pub fn derive(evidence: &[(&'static str, f64)]) -> Option<f64> {
    let value = |name: &str| evidence.iter().find(|entry| entry.0 == name).map(|entry| entry.1);
    let rate = |mean, alike| Some(Rate { mean: value(mean)?, likeness: value(alike)? });
    let tests = Tests {
        seen: value("seen_a_day")?,
        unmeant: value("without_intent")?,
        unmeant_usual: rate("without_intent_usual", "without_intent_alike")?,
        silent: value("not_back")?,
        silent_usual: rate("not_back_usual", "not_back_alike")?,
    };
    let (first_day, later) = tests.bits();
    Some(first_day.min(later) - value("price_bits")?)
}

/// The accounts that findings of a code name as members.
#[must_use]
pub fn named(findings: &[Finding], code: Code) -> Keyed<()> {
    let own = findings.iter().filter(|finding| finding.code == code);
    own.flat_map(|finding| finding.members.iter().map(|member| (*member, ()))).collect()
}

#[cfg(test)]
mod tests;
