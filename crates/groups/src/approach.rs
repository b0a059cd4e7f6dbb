//! How those who came to a surge came: what they had to do with its owner before, what they wrote, from where.
//!
//! Part of the second look. One sighting for each participant of a surge, and for a sample of all other marks that says
//! what is usual; memory grows with these alone. Sums, sets and extremes, so that neither the order of events nor which
//! worker saw them shows.

use crate::ledger::Ledger;
use crate::opinions::{Opinion, Opinions};
use crate::phrases::{MOST_PHRASES, Usage, phrases};
use crate::surges::Surge;
use events::{Event, Key, Kind};
use hashbrown::HashMap;
use std::sync::Arc;

/// Marks of each kind that are looked at to say what is usual.
const SAMPLE: usize = 1_000;
/// One account in this many says how much each subnet is used.
const SUBNET_SAMPLE: u64 = 4;
/// Tables of phrases and of subnets have two to this many places.
const PHRASE_BITS: u32 = 20;
const SUBNET_BITS: u32 = 18;

/// A mark that is watched for.
#[derive(Clone, Copy, Debug)]
struct Watched {
    subject: Key,
    kind: Kind,
    /// Seconds of the mark.
    time: u32,
    /// Seconds until which further marks of the kind belong to it.
    until: u32,
    /// The next watched mark of the same account and owner; `u32::MAX` for none.
    next: u32,
}

/// What is watched for, shared by all workers.
#[derive(Debug, Default)]
struct Watch {
    heads: HashMap<(Key, Key), u32>,
    marks: Vec<Watched>,
    /// One bit for a hash of each watched account: most events are done with at one look.
    actors: Vec<u64>,
    /// Where the sightings of each surge begin; then where the sample begins; then their number.
    starts: Vec<u32>,
    /// The kind of each sampled mark, and whether the table saw its account register.
    sampled: Vec<(Kind, bool)>,
}

/// What was seen of one watched mark.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sighting {
    /// The mark itself was seen.
    pub marked: bool,
    /// The account had to do with the owner before: viewed, ordered, or left a mark of another kind.
    prepared: bool,
    /// The first and the last day on which it looked at the owner's things, a day after the mark and later.
    later: Option<(u32, u32)>,
    /// The subnet of the mark.
    pub subnet: Key,
    /// Phrases of its texts, ascending, the smallest [`MOST_PHRASES`].
    pub phrases: Vec<u32>,
    /// A text of several phrases.
    pub composed: bool,
    /// What the texts came with; of several the kindest.
    pub opinion: Opinion,
}

/// Seconds of a day.
const DAY: u32 = 86_400;

impl Sighting {
    /// Whether the account had a reason of its own to come: it had to do with the owner before, or kept coming to look afterwards, as those do
    /// who subscribe to what they were told of.
    pub fn prepared(&self) -> bool {
        self.prepared || self.later.is_some_and(|(first, last)| first < last)
    }

    fn look_again(&mut self, day: u32) {
        let (first, last) = self.later.unwrap_or((day, day));
        self.later = Some((first.min(day), last.max(day)));
    }

    fn say(&mut self, phrase: u32) {
        if let Err(at) = self.phrases.binary_search(&phrase) {
            self.phrases.insert(at, phrase);
            self.phrases.truncate(MOST_PHRASES);
        }
    }

    fn join(&mut self, other: Sighting) {
        self.marked |= other.marked;
        self.prepared |= other.prepared;
        for day in other.later.into_iter().flat_map(|(first, last)| [first, last]) {
            self.look_again(day);
        }
        self.subnet = self.subnet.max(other.subnet);
        self.composed |= other.composed;
        self.opinion = self.opinion.max(other.opinion);
        other.phrases.into_iter().for_each(|phrase| self.say(phrase));
    }
}

/// Collects sightings; one a worker, joined by [`Approaches::join`].
#[derive(Clone, Debug)]
pub(crate) struct Approaches {
    watch: Arc<Watch>,
    sightings: Vec<Sighting>,
    /// Phrases of the whole table, by the opinion that they came with.
    pub phrases: Opinions,
    /// Subnets of the marks of a sample of accounts.
    pub subnets: Usage,
}

impl Approaches {
    /// Prepares to watch the participants of some surges and a sample of other marks.
    pub fn new(ledger: &Ledger, surges: &[Surge]) -> Approaches {
        let mut watch = Watch::default();
        let watched = surges.iter().map(|surge| surge.marks.len()).sum::<usize>();
        let sampled = sample(ledger);
        let bits = ((watched + sampled.len()) * 16).next_power_of_two().max(1 << 12);
        watch.actors = vec![0; bits / 64];
        for surge in surges {
            watch.starts.push(watch.marks.len() as u32);
            for &at in &surge.marks {
                watch.add(ledger, at, surge.last);
            }
        }
        watch.starts.push(watch.marks.len() as u32);
        for at in sampled {
            let mark = &ledger.by_subject[at as usize];
            watch.sampled.push((mark.kind(), ledger.registered[mark.account as usize]));
            watch.add(ledger, at, mark.time);
        }
        Approaches {
            sightings: vec![Sighting::default(); watch.marks.len()],
            watch: Arc::new(watch),
            phrases: Opinions::new(PHRASE_BITS),
            subnets: Usage::new(SUBNET_BITS),
        }
    }

    /// Takes note of one event and its text.
    pub fn observe(&mut self, event: &Event, text: &str) {
        let mark = event.kind.is_mark();
        if mark && !text.is_empty() {
            self.phrases.add(Opinion::of(event.rating), text);
        }
        if mark && event.subnet.is_some() && event.actor.0.is_multiple_of(SUBNET_SAMPLE) {
            self.subnets.total += 1;
            self.subnets.add(event.subnet.0);
        }
        if event.actor.is_none() || event.subject.is_none() || !self.watch.knows(event.actor) {
            return;
        }
        let owner = if event.owner.is_some() { event.owner } else { event.subject };
        let Some(&head) = self.watch.heads.get(&(event.actor, owner)) else { return };
        let second = event.time.seconds().clamp(0, i64::from(u32::MAX)) as u32;
        let mut at = head;
        while let Some(watched) = self.watch.marks.get(at as usize) {
            let sighting = &mut self.sightings[at as usize];
            at = watched.next;
            if event.kind != watched.kind {
                sighting.prepared |= second <= watched.time;
                if event.kind == Kind::View && second >= watched.time.saturating_add(DAY) {
                    sighting.look_again(second / DAY);
                }
            } else if event.subject == watched.subject
                && (watched.time..=watched.until).contains(&second)
            {
                sighting.marked = true;
                if second == watched.time {
                    sighting.subnet = sighting.subnet.max(event.subnet);
                }
                if !text.is_empty() {
                    sighting.opinion = sighting.opinion.max(Opinion::of(event.rating));
                }
                let mut said = 0;
                phrases(text, |phrase| {
                    said += 1;
                    sighting.say(phrase);
                });
                sighting.composed |= said >= 2;
            }
        }
    }

    /// Joins what another worker saw.
    pub fn join(&mut self, other: Approaches) {
        self.phrases.join(&other.phrases);
        self.subnets.join(&other.subnets);
        for (mine, theirs) in self.sightings.iter_mut().zip(other.sightings) {
            mine.join(theirs);
        }
    }

    /// What was seen of the participants of a surge, in the order of its marks.
    pub fn of(&self, surge: usize) -> &[Sighting] {
        let at = |place: usize| self.watch.starts.get(place).map_or(0, |start| *start as usize);
        &self.sightings[at(surge)..at(surge + 1)]
    }

    /// What was seen of the sample of all marks: kind, whether the table saw the account register, and the sighting.
    pub fn sampled(&self) -> impl Iterator<Item = (Kind, bool, &Sighting)> {
        let start = self.watch.starts.last().map_or(0, |start| *start as usize);
        let seen = self.watch.sampled.iter().zip(&self.sightings[start..]);
        seen.map(|(&(kind, registered), sighting)| (kind, registered, sighting))
    }
}

impl Watch {
    fn add(&mut self, ledger: &Ledger, at: u32, until: u32) {
        let mark = &ledger.by_subject[at as usize];
        let account = ledger.accounts[mark.account as usize];
        let place = self.marks.len() as u32;
        let head = self.heads.entry((account, ledger.owner(mark.subject))).or_insert(u32::MAX);
        self.marks.push(Watched {
            subject: ledger.subjects[mark.subject as usize],
            kind: mark.kind(),
            time: mark.time,
            until,
            next: std::mem::replace(head, place),
        });
        let bit = self.bit(account);
        self.actors[bit / 64] |= 1 << (bit % 64);
    }

    fn bit(&self, account: Key) -> usize {
        (account.0 >> 7) as usize & (self.actors.len() * 64 - 1)
    }

    fn knows(&self, account: Key) -> bool {
        let bit = self.bit(account);
        self.actors[bit / 64] >> (bit % 64) & 1 == 1
    }
}

/// Places of about [`SAMPLE`] marks of each kind, chosen by the accounts' keys; none of an account's first sitting, in
/// which nobody has had time to look around.
fn sample(ledger: &Ledger) -> Vec<u32> {
    let mut of_kind = [0usize; Kind::ALL.len()];
    for mark in &ledger.by_subject {
        of_kind[mark.kind() as usize] += 1;
    }
    let chosen = |mark: &crate::activity::Mark| {
        let one_in = (of_kind[mark.kind() as usize] / SAMPLE).max(1) as u64;
        let place = Key(ledger.accounts[mark.account as usize].0).with(u64::from(mark.time));
        mark.sitting() > 0 && place.0.is_multiple_of(one_in)
    };
    (0..ledger.by_subject.len() as u32)
        .filter(|&at| chosen(&ledger.by_subject[at as usize]))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What workers saw who each saw a look on one of these days, joined in turn.
    fn seen(days: &[u32]) -> Sighting {
        let mut seen = Sighting::default();
        for &day in days {
            let mut one = Sighting::default();
            one.look_again(day);
            seen.join(one);
        }
        seen
    }

    #[test]
    fn who_keeps_coming_to_look_had_a_reason_to_follow() {
        assert!(!seen(&[]).prepared() && !seen(&[4]).prepared() && !seen(&[4, 4]).prepared());
        for days in [[4, 9, 6], [9, 6, 4], [6, 4, 9]] {
            assert!(seen(&days).prepared());
            assert_eq!(seen(&days).later, Some((4, 9)));
        }
    }
}
