//! Counts that move with each event: what was settled, what was judged, and what came since.
//!
//! A judgement looks at the events up to where it began. Until it takes effect those keep the verdicts of the moment at
//! which they came, and so do the events after it.

use std::collections::BTreeMap;

use engine::{Counted, Tallies, Tally};
use events::{Event, Key, Kind};
use features::Keyed;
use hashbrown::HashMap;
use policy::Verdict;
use serde::{Deserialize, Serialize};

use crate::decision::Decision;

/// The tallies of one subject: few.
type OfSubject = Vec<(Key, Kind, Tally)>;

/// Tallies by subject.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Sums(#[serde(deserialize_with = "features::read_keyed")] Keyed<OfSubject>);

impl Sums {
    fn at(&mut self, (subject, owner, kind): Counted) -> &mut Tally {
        let tallies = self.0.entry(subject).or_default();
        let place = match tallies.iter().position(|known| (known.0, known.1) == (owner, kind)) {
            Some(place) => place,
            None => {
                tallies.push((owner, kind, Tally::default()));
                tallies.len() - 1
            }
        };
        &mut tallies[place].2
    }

    /// The tallies of a subject.
    pub fn of(&self, subject: Key) -> impl Iterator<Item = &(Key, Kind, Tally)> {
        self.0.get(&subject).into_iter().flatten()
    }

    fn merge(&mut self, tallies: &Tallies) {
        for (key, tally) in tallies {
            self.at(*key).merge(tally);
        }
    }

    /// What was counted in all, in no order.
    pub fn all(&self) -> impl Iterator<Item = (Counted, Tally)> {
        self.0.iter().flat_map(|(&subject, tallies)| {
            tallies.iter().map(move |&(owner, kind, tally)| ((subject, owner, kind), tally))
        })
    }
}

/// All counts.
#[derive(Debug, Serialize, Deserialize)]
pub struct Counts {
    /// Events before this time are settled when they come.
    from: i64,
    /// Of events that no judgement looks at any more.
    settled: Sums,
    /// The same, come since a judgement began that is not done: apart, so that what is settled changes with judgements only.
    late: Sums,
    /// As the judgement in effect has them.
    judged: Sums,
    /// Of events that a judgement looks at that is not done.
    before: Sums,
    /// Of events since that one began, or since the one in effect if none has begun.
    since: Sums,
}

impl Default for Counts {
    fn default() -> Counts {
        let sums = Sums::default;
        Counts {
            from: i64::MIN,
            settled: sums(),
            late: sums(),
            judged: sums(),
            before: sums(),
            since: sums(),
        }
    }
}

impl Counts {
    /// Looks at the counts that some events will move, so that they are at hand: see [`Keyed`].
    pub fn glance(&self, events: &[Event]) {
        let counted = events.iter().filter(|event| event.kind.counts());
        let first = counted.filter_map(|event| self.since.0.get(&event.subject)?.first());
        std::hint::black_box(first.fold(0, |sum: u64, known| sum.wrapping_add(known.2.raw)));
    }

    /// Counts an event of a kind that counts. `called` says that its account is not called genuine.
    pub fn add(&mut self, event: &Event, decision: &Decision, called: bool) {
        if event.kind.counts() {
            let key = (event.subject, event.owner, event.kind);
            let sums = if event.time.0 < self.from { &mut self.late } else { &mut self.since };
            let tally = sums.at(key);
            tally.add(decision.score, decision.verdict);
            if called && decision.verdict == Verdict::Genuine {
                tally.note_called();
            }
        }
    }

    /// A judgement begins; the one after it looks at events from `split` on.
    pub fn begin(&mut self, split: i64) {
        let since = std::mem::take(&mut self.since);
        since.all().for_each(|(key, tally)| self.before.at(key).merge(&tally));
        self.from = split;
    }

    /// A judgement takes effect: its tallies stand in the place of what it looked at. Gives back what stood there.
    pub fn judged(&mut self, tallies: Sums, earlier: &Tallies) -> (Sums, Sums) {
        self.settled.merge(earlier);
        let late = std::mem::take(&mut self.late);
        late.all().for_each(|(key, tally)| self.settled.at(key).merge(&tally));
        (std::mem::replace(&mut self.judged, tallies), std::mem::take(&mut self.before))
    }

    fn parts(&self) -> [&Sums; 5] {
        [&self.settled, &self.late, &self.judged, &self.before, &self.since]
    }

    /// The tallies of a subject that no judgement changes any more, by kind.
    pub fn settled(&self, subject: Key) -> BTreeMap<Kind, Tally> {
        let mut kinds: BTreeMap<Kind, Tally> = BTreeMap::new();
        for (_, kind, tally) in self.settled.of(subject) {
            kinds.entry(*kind).or_default().merge(tally);
        }
        kinds
    }

    /// The tallies of a subject now, by kind, in the order of kinds, with the owner that most of it is of.
    pub fn of(&self, subject: Key) -> Vec<(Kind, Key, Tally)> {
        let parts = self.parts();
        let mut kinds: HashMap<Kind, (Tally, Vec<(Key, u64)>)> = HashMap::new();
        for &(owner, kind, tally) in parts.into_iter().flat_map(|sums| sums.of(subject)) {
            let (sum, owners) = kinds.entry(kind).or_default();
            sum.merge(&tally);
            match owners.iter_mut().find(|known| known.0 == owner) {
                Some(known) => known.1 += tally.raw,
                None => owners.push((owner, tally.raw)),
            }
        }
        let most = |owners: Vec<(Key, u64)>| {
            owners.into_iter().min_by_key(|owner| (u64::MAX - owner.1, owner.0))
        };
        let mut rows: Vec<_> = kinds
            .into_iter()
            .map(|(kind, (tally, owners))| (kind, most(owners).unwrap_or_default().0, tally))
            .collect();
        rows.sort_by_key(|row| row.0);
        rows
    }

    /// Subjects counted.
    pub fn subjects(&self) -> usize {
        // Most are in one or two of them; a bound is enough for a gauge.
        self.parts().map(|sums| sums.0.len()).into_iter().max().unwrap_or(0)
    }
}

impl From<&Tallies> for Sums {
    fn from(tallies: &Tallies) -> Sums {
        let mut sums = Sums::default();
        sums.merge(tallies);
        sums
    }
}
