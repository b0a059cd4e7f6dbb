//! When to judge, and how far back: from what the log holds, by event time and numbers of events.
//!
//! A judgement costs as much as an audit of what it looks at. So it is due when enough came since the last began, and it
//! looks at no more than a bounded number of the newest events; what is older is settled as it stood. Of what is still going on
//! it keeps the beginning in sight: the middle of a flood, by itself, is what is usual.

use std::collections::BTreeMap;

use events::EventTime;
use serde::{Deserialize, Serialize};

use crate::clock;

/// Microseconds of the stretches of time that are told apart: what is settled is settled by whole ones.
const STRETCH: i64 = 2 * 60 * EventTime::SECOND;
/// The most stretches, of some 200 days; times of more are counted with the one before.
const MOST: usize = 150_000;
/// Of how long events are kept, the part by which they are settled at once.
const STEPS: i64 = 64;
/// So many events come without one that is newer only where some clock is ahead.
const MANY: u64 = 100_000;
/// How far ahead of the newest event time an event is believed, in microseconds.
const AHEAD: i64 = EventTime::DAY;
/// Of the most events that a judgement looks at, the share that is left when older ones are settled.
const LEFT: f64 = 0.75;
/// How many times the most events a judgement may look at so as to have in sight how something began.
const IN_SIGHT: u64 = 2;

/// How often, and how far back.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pace {
    /// Event time between the beginnings of two judgements, in microseconds.
    pub interval: i64,
    /// The fewest events since the last.
    pub fewest: u64,
    /// They are also at least this share of what a judgement would look at.
    pub share: f64,
    /// The most events that a judgement looks at.
    pub span: u64,
    /// Judge in step with the log: what comes waits until the judgement that is due is in effect. Decisions are then the
    /// same however fast events come; otherwise judging goes on beside.
    pub in_step: bool,
}

impl Default for Pace {
    fn default() -> Pace {
        Pace {
            interval: 20 * EventTime::SECOND,
            fewest: 200,
            share: 0.01,
            span: 4_000_000,
            in_step: false,
        }
    }
}

/// A stretch of events: how many, and where in the log the first of them is.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Stretch {
    events: u64,
    first: u64,
}

/// What the schedule knows of the log.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Schedule {
    number: u32,
    /// The newest event time, and what it was when the last judgement began.
    newest: i64,
    began: i64,
    /// Events since then.
    since: u64,
    /// Events since the newest.
    still: u64,
    stretches: BTreeMap<i64, Stretch>,
    /// Events of all stretches from `from` on.
    looked_at: u64,
    /// Events before this time are settled.
    from: i64,
}

impl Schedule {
    /// Nothing came yet.
    pub fn new() -> Schedule {
        Schedule {
            number: 0,
            newest: i64::MIN,
            began: i64::MIN,
            since: 0,
            still: 0,
            stretches: BTreeMap::new(),
            looked_at: 0,
            from: i64::MIN,
        }
    }

    /// Takes the time of an event whose record is at a place of the log.
    pub fn note(&mut self, time: EventTime, place: u64) {
        let newest = clock::advance(EventTime(self.newest), time).0;
        self.still = if newest > self.newest { 0 } else { self.still + 1 };
        self.newest = newest;
        self.began = if self.began == i64::MIN { time.0 } else { self.began };
        self.since += 1;
        // As far as it can be believed: judgements look at the log from the first event of what is not settled, and an event
        // whose clock is wrong by years would keep its place unsettled for as long.
        let time = EventTime(time.0.min(newest.saturating_add(AHEAD)));
        let mut stretch = time.stretch(STRETCH, 0);
        if self.stretches.len() >= MOST && !self.stretches.contains_key(&stretch) {
            let before = self.stretches.range(..stretch).next_back();
            stretch =
                before.or_else(|| self.stretches.iter().next()).map_or(stretch, |entry| *entry.0);
        }
        let entry = self.stretches.entry(stretch).or_insert(Stretch { events: 0, first: place });
        entry.events += 1;
        entry.first = entry.first.min(place);
        self.looked_at += u64::from(time.0 >= self.from);
    }

    /// Whether a judgement is due: enough came in enough time, or so much that the time cannot be believed.
    pub fn is_due(&self, pace: &Pace) -> bool {
        let enough = pace.fewest.max((self.looked_at as f64 * pace.share) as u64).max(1);
        let later = self.newest.saturating_sub(self.began) >= pace.interval;
        self.since >= enough && (later || self.still >= MANY)
    }

    /// The newest event time seen.
    pub fn newest(&self) -> EventTime {
        EventTime(self.newest)
    }

    /// Events since the last judgement began.
    pub fn since(&self) -> u64 {
        self.since
    }

    /// The next judgement begins. Gives its number, the place in the log where the events it looks at begin, the time
    /// from which it looks at them, and the time from which the one after it will.
    ///
    /// Events more than `keep` microseconds older than the newest are settled: they may not be in the log much longer. Those from
    /// `ongoing` on are not, unless they are too many.
    pub fn begin(&mut self, pace: &Pace, keep: i64, ongoing: i64) -> (u32, u64, i64, i64) {
        let (place, from) = (self.place(), self.from);
        // In steps, so that not every judgement has to say what is settled by it.
        let step = (keep / STEPS / STRETCH).max(1) * STRETCH;
        let oldest = self.newest.saturating_sub(keep).div_euclid(step).saturating_mul(step);
        let mut settled = if oldest > self.oldest() { from.max(oldest) } else { from };
        if self.looked_at > pace.span {
            let most = (pace.span as f64 * LEFT) as u64;
            let split = self.newest_of(most).unwrap_or(from);
            let in_sight = self.newest_of(pace.span.saturating_mul(IN_SIGHT)).unwrap_or(from);
            let ongoing = stretch_of(ongoing).saturating_mul(STRETCH);
            let split = if ongoing >= in_sight { split.min(ongoing) } else { split };
            settled = split.max(settled);
        }
        self.begun(self.number + 1, settled);
        (self.number, place, from, settled)
    }

    /// The time from which on there are so many events at most, in whole stretches, of which there is one at least.
    fn newest_of(&self, most: u64) -> Option<i64> {
        let (mut left, mut from) = (0, None);
        for (stretch, entry) in self.stretches.range(stretch_of(self.from)..).rev() {
            left += entry.events;
            if left > most && from.is_some() {
                break;
            }
            from = Some(stretch.saturating_mul(STRETCH));
        }
        from
    }

    /// Where in the log the events begin that the next judgement looks at.
    pub fn place(&self) -> u64 {
        self.stretches
            .range(stretch_of(self.from)..)
            .map(|(_, stretch)| stretch.first)
            .min()
            .unwrap_or(0)
    }

    /// The time of the oldest events that the next judgement looks at.
    fn oldest(&self) -> i64 {
        let first = self.stretches.range(stretch_of(self.from)..).next();
        first.map_or(i64::MAX, |(stretch, _)| stretch.saturating_mul(STRETCH))
    }

    /// A judgement has begun; the one after it looks at events from `split` on.
    pub fn begun(&mut self, number: u32, split: i64) {
        self.number = number;
        (self.since, self.still) = (0, 0);
        self.began = self.newest;
        if split > self.from {
            self.from = split;
            let first = stretch_of(split);
            self.stretches.retain(|stretch, _| *stretch >= first);
            self.looked_at = self.stretches.values().map(|stretch| stretch.events).sum();
        }
    }
}

fn stretch_of(time: i64) -> i64 {
    EventTime(time).stretch(STRETCH, 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_judgement_is_due_after_enough_time_and_events() {
        let pace = Pace { fewest: 10, ..Pace::default() };
        let mut schedule = Schedule::new();
        for n in 0..9 {
            schedule.note(EventTime(n * 10 * EventTime::SECOND), n as u64);
        }
        assert!(!schedule.is_due(&pace));
        schedule.note(EventTime(90 * EventTime::SECOND), 9);
        assert!(schedule.is_due(&pace));
        assert_eq!(schedule.begin(&pace, i64::MAX, i64::MAX), (1, 0, i64::MIN, i64::MIN));
        (0..20).for_each(|n| schedule.note(EventTime(90 * EventTime::SECOND), n));
        assert!(!schedule.is_due(&pace));
    }

    #[test]
    fn older_stretches_are_settled_when_there_are_too_many_events() {
        let pace = Pace { span: 100, ..Pace::default() };
        let mut schedule = Schedule::new();
        for n in 0..150 {
            schedule.note(EventTime(n * STRETCH / 10), n as u64);
        }
        let (_, place, from, split) = schedule.begin(&pace, i64::MAX, i64::MAX);
        assert_eq!((place, from), (0, i64::MIN));
        // Of fifteen stretches of ten events each the last seven are at most three quarters of a hundred.
        assert_eq!(split, 8 * STRETCH);
        let (number, place, from, _) = schedule.begin(&pace, i64::MAX, i64::MAX);
        assert_eq!((number, place, from), (2, 80, split));
        // No more is looked at than is kept, and what is settled once stays so.
        let (_, _, _, split) = schedule.begin(&pace, 4 * STRETCH, i64::MAX);
        assert_eq!(split, 10 * STRETCH);
        let (_, place, from, split) = schedule.begin(&pace, i64::MAX, i64::MAX);
        assert_eq!((place, from, split), (100, 10 * STRETCH, 10 * STRETCH));
    }

    #[test]
    fn an_event_of_another_century_neither_stops_judgements_nor_settles_what_is_new() {
        let pace = Pace { fewest: 10, ..Pace::default() };
        let mut schedule = Schedule::new();
        let mut due = 0;
        for n in 0..250_000 {
            let now = n * EventTime::SECOND / 1_000;
            let century = if n == 500 { 100 * 366 * EventTime::DAY } else { 0 };
            schedule.note(EventTime(now + century), n as u64);
            if schedule.is_due(&pace) {
                due += 1;
                let (_, _, from, _) = schedule.begin(&pace, 2 * EventTime::DAY, i64::MAX);
                assert!(from <= now, "{from}");
            }
        }
        // When its hour came, and twice when nothing newer did.
        assert_eq!(due, 3);
    }

    #[test]
    fn how_something_began_stays_in_sight() {
        let pace = Pace { span: 100, ..Pace::default() };
        let begun = |ongoing: i64| {
            let mut schedule = Schedule::new();
            for n in 0..250 {
                schedule.note(EventTime(n * STRETCH / 10), n as u64);
            }
            schedule.begin(&pace, i64::MAX, ongoing).3
        };
        // Of 25 stretches of ten events each the last seven; those since it began; too many to look at.
        assert_eq!(begun(i64::MAX), 18 * STRETCH);
        assert_eq!(begun(20 * STRETCH), 18 * STRETCH);
        assert_eq!(begun(10 * STRETCH + 1), 10 * STRETCH);
        assert_eq!(begun(5 * STRETCH), 5 * STRETCH);
        assert_eq!(begun(4 * STRETCH), 18 * STRETCH);
    }
}
