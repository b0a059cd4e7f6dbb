//! Windows: what the streaming detectors keep of accounts, subjects and what they share, in two halves of many parts.
//!
//! What is found of one key depends on nothing that touched another, so each part has its keys to itself. Halves are worked on
//! one after the other while events come, when every core has enough to do, and side by side when a log is read again. Parts
//! are written one by one while events come: a snapshot has each as it was at a moment of its own, and whoever reads it
//! takes the events since then into each.

use std::hint::black_box;
use std::io;

use detectors::{Code, Finding, KEPT_SCORE, Limits, Shard, Usual, streaming};
use events::{Entity, EntityKind, Event, EventTime, Key};
use features::{TOUCHED, Touch, touch};
use serde::{Deserialize, Serialize};

use crate::clock;
use crate::jobs::Slot;

/// How many halves there are.
pub const HALVES: usize = 2;
/// Parts of a half: of ten million events each takes a megabyte or two, which is written within some milliseconds.
const PARTS: usize = 128;

/// Touches of a part after which idle keys are looked for, unless it has more keys.
const TOUCHES_BETWEEN_SEARCHES: usize = 1 << 12;

/// Events whose states are looked at together, before each is worked on by itself.
const TOGETHER: usize = 16;

/// What a detector says of something that an event touched.
#[derive(Clone, Copy, Debug)]
pub struct Sign {
    /// The event's place among those that were taken together.
    pub event: usize,
    pub code: Code,
    pub bits: f32,
    /// It is the account that this is said of.
    pub of_account: bool,
}

/// Where in the order of events something is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Reached {
    /// The place of the log behind them.
    pub place: u64,
    /// The events before it.
    pub events: u64,
}

/// The half that has a key.
pub fn half_of(key: Key) -> usize {
    // The highest bits: tables choose places by the lower ones.
    usize::from(key.0 >> 63 == 1)
}

/// The part of its half that has a key.
fn part_of(key: Key) -> usize {
    (key.0 >> 56) as usize % PARTS
}

/// A half of the windows.
#[derive(Debug)]
pub struct Windows {
    half: usize,
    parts: Vec<Part>,
    touches: Vec<(usize, Touch)>,
    closed: Vec<Finding>,
}

/// Some of their keys.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Part {
    shard: Shard,
    newest: EventTime,
    since_search: usize,
}

impl Windows {
    /// Both halves, empty.
    pub fn both(limits: &Limits) -> [Windows; HALVES] {
        let (shard, newest) = (Shard::new(limits), EventTime(i64::MIN));
        let empty = Part { shard, newest, since_search: 0 };
        std::array::from_fn(|half| Windows::of(half, vec![empty.clone(); PARTS]))
    }

    fn of(half: usize, parts: Vec<Part>) -> Windows {
        Windows { half, parts, touches: Vec::new(), closed: Vec::new() }
    }

    /// Takes of the new ones of some events what is this half's, and appends what is said of it against what the
    /// judgement of a number found usual, in the events' order.
    pub fn take(
        &mut self,
        events: &[Event],
        slots: &[Slot],
        usual: (u32, &Usual),
        out: &mut Vec<Sign>,
    ) {
        let is_new = |event: usize, _: usize| slots[event].new;
        self.each(events, is_new, |part, event, touch, closed| {
            if part.observe(touch, closed) {
                part.judge(event, touch, usual, out);
            }
        });
    }

    /// Takes of some events, of which the first has a number, what is this half's and not yet in its parts, of which each had
    /// `reached` so far.
    pub fn catch_up(&mut self, events: &[Event], first: u64, reached: &[Reached]) {
        let is_missing = |event: usize, part: usize| {
            reached.get(part).is_some_and(|reached| reached.events <= first + event as u64)
        };
        self.each(events, is_missing, |part, _, touch, closed| {
            part.observe(touch, closed);
        });
    }

    /// Shows each touch of this half's keys that is wanted, by the event's place and the part, in the events' order.
    fn each(
        &mut self,
        events: &[Event],
        wanted: impl Fn(usize, usize) -> bool,
        mut work: impl FnMut(&mut Part, usize, &Touch, &mut Vec<Finding>),
    ) {
        let Windows { half, parts, touches, closed } = self;
        for (round, events) in events.chunks(TOGETHER).enumerate() {
            touches.clear();
            for (place, event) in (round * TOGETHER..).zip(events) {
                let own = TOUCHED.into_iter().filter(|&kind| half_of(event.key(kind)) == *half);
                let own = own.filter_map(|kind| touch(event, kind));
                let own = own.filter(|touch| wanted(place, part_of(touch.key)));
                touches.extend(own.map(|touch| (place, touch)));
            }
            let states = touches.iter().map(|(_, at)| parts[part_of(at.key)].shard.state_of(at));
            black_box(states.fold(0, u32::wrapping_add));
            let behind = |at: &Touch| parts[part_of(at.key)].shard.growing_behind(at);
            black_box(touches.iter().map(|(_, at)| behind(at)).fold(0, u32::wrapping_add));
            for (place, touch) in touches.iter() {
                work(&mut parts[part_of(touch.key)], *place, touch, closed);
            }
            // What has been quiet for a day is in the next judgement.
            closed.clear();
        }
    }

    /// What is growing about an account of this half, at the newest time of an event.
    pub fn findings(
        &mut self,
        account: Key,
        newest: EventTime,
        usual: (u32, &Usual),
    ) -> Vec<Finding> {
        let entity = Entity { kind: EntityKind::Account, key: account };
        let shard = &mut self.parts[part_of(account)].shard;
        let mut found = Vec::new();
        for &code in streaming(EntityKind::Account) {
            let judged = shard.judged(code, entity, newest, usual);
            let growing = shard.growing(code, entity, newest).cloned();
            if let (Some((bits, score)), Some(growing)) = (judged, growing) {
                found.push(Finding { bits, score, ..growing });
            }
        }
        found
    }

    /// Keys that windows are kept for.
    pub fn keys(&self) -> usize {
        self.parts.iter().map(|part| part.shard.keys()).sum()
    }

    /// Appends a part as it is written, with how far it has come.
    fn write(&self, part: usize, reached: Reached, to: &mut Vec<u8>) -> postcard::Result<()> {
        *to = postcard::to_extend(&(reached, &self.parts[part]), std::mem::take(to))?;
        Ok(())
    }

    /// Shows each part as it is written, all having come equally far.
    pub fn each_written(
        &self,
        reached: Reached,
        mut see: impl FnMut(&[u8]) -> io::Result<()>,
    ) -> io::Result<()> {
        let mut written = Vec::new();
        (0..PARTS).try_for_each(|part| {
            written.clear();
            self.write(part, reached, &mut written).map_err(io::Error::other)?;
            see(&written)
        })
    }

    /// Reads a half of which every part was written, in their order; and how far each had come.
    pub fn read(half: usize, mut bytes: &[u8]) -> postcard::Result<(Windows, Vec<Reached>)> {
        let (mut parts, mut reached) = (Vec::new(), Vec::new());
        for _ in 0..PARTS {
            let ((far, part), rest) = postcard::take_from_bytes::<(Reached, Part)>(bytes)?;
            parts.push(part);
            reached.push(far);
            bytes = rest;
        }
        match bytes.is_empty() {
            true => Ok((Windows::of(half, parts), reached)),
            false => Err(postcard::Error::DeserializeBadEncoding),
        }
    }
}

/// Windows that are being written, part by part, each as it is then.
#[derive(Debug, Default)]
pub struct Writing {
    pub halves: [Vec<u8>; HALVES],
    /// How far all of them had come, at the least.
    pub from: Reached,
    /// Parts written, of both halves.
    parts: usize,
    /// What went wrong with one.
    pub failed: Option<postcard::Error>,
}

impl Writing {
    /// Writes the next part. False if there is none.
    pub fn part(&mut self, windows: &[Windows; HALVES], reached: Reached) -> bool {
        if self.is_done() {
            return false;
        }
        if self.parts == 0 {
            self.from = reached;
        }
        let half = self.parts / PARTS;
        let written = windows[half].write(self.parts % PARTS, reached, &mut self.halves[half]);
        self.failed = written.err();
        self.parts += 1;
        true
    }

    /// Whether there is nothing more to write.
    pub fn is_done(&self) -> bool {
        self.parts == HALVES * PARTS || self.failed.is_some()
    }
}

impl Part {
    /// Takes a touch. Says whether something about what it touched may be growing.
    fn observe(&mut self, touch: &Touch, closed: &mut Vec<Finding>) -> bool {
        self.newest = clock::advance(self.newest, touch.time);
        self.since_search += 1;
        if self.since_search > TOUCHES_BETWEEN_SEARCHES && self.since_search > self.shard.keys() {
            self.shard.advance(self.newest, closed);
            drop(self.shard.take_viewings());
            self.since_search = 0;
        }
        self.shard.observe(touch, closed)
    }

    /// Appends what is said of what an event touched.
    fn judge(&mut self, event: usize, touch: &Touch, usual: (u32, &Usual), out: &mut Vec<Sign>) {
        let entity = Entity { kind: touch.entity, key: touch.key };
        for &code in streaming(entity.kind) {
            let judged = self.shard.judged(code, entity, touch.time, usual);
            if let Some((bits, _)) = judged.filter(|(_, score)| *score >= KEPT_SCORE) {
                let of_account = entity.kind == EntityKind::Account;
                out.push(Sign { event, code, bits, of_account });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Likes and views by accounts of which some are much busier than others.
    fn events(count: u64) -> Vec<Event> {
        let key = |kind: u64, n: u64| {
            Key(xxhash_rust::xxh3::xxh3_64(&(kind << 32 | n).to_le_bytes()) | 1)
        };
        let event = |n: u64| Event {
            id: key(0, n),
            time: EventTime(n as i64 * EventTime::SECOND / 4),
            kind: if n.is_multiple_of(3) { events::Kind::View } else { events::Kind::Like },
            actor: key(1, if n.is_multiple_of(2) { n % 7 } else { n % 997 }),
            subject: key(2, n % 83),
            device: key(3, n % 211),
            ..Event::default()
        };
        (0..count).map(event).collect()
    }

    fn signs(windows: &mut [Windows; HALVES], events: &[Event], first: u64) -> Vec<String> {
        let slots: Vec<Slot> =
            (first..).take(events.len()).map(|number| Slot { number, new: true }).collect();
        let (usual, mut out) = (Usual::default(), Vec::new());
        windows.iter_mut().for_each(|half| half.take(events, &slots, (1, &usual), &mut out));
        out.iter().map(|sign| format!("{sign:?}")).collect()
    }

    #[test]
    fn parts_written_at_different_moments_come_to_the_same() {
        let events = events(30_000);
        let (before, rest) = events.split_at(20_000);
        let mut running = Windows::both(&Limits::default());
        let (mut halves, mut taken) = ([const { Vec::new() }; HALVES], 0);
        for (half, bytes) in halves.iter_mut().enumerate() {
            for part in 0..PARTS {
                let next = taken + 60;
                signs(&mut running, &before[taken..next], taken as u64);
                taken = next;
                let reached = Reached { place: 7 * taken as u64, events: taken as u64 };
                running[half].write(part, reached, bytes).unwrap();
            }
        }
        signs(&mut running, &before[taken..], taken as u64);
        let mut keys = 0;
        let mut read = [0, 1].map(|half| {
            let (mut windows, reached) = Windows::read(half, &halves[half]).unwrap();
            keys += windows.keys();
            let from = reached[0].events as usize;
            windows.catch_up(&before[from..], from as u64, &reached);
            windows
        });
        let [one, other] = &running;
        assert_eq!(read[0].keys() + read[1].keys(), one.keys() + other.keys());
        assert!(keys <= one.keys() + other.keys());
        let found = signs(&mut running, rest, 20_000);
        assert!(found.len() > 1_000, "{}", found.len());
        assert!(signs(&mut read, rest, 20_000) == found);
    }

    #[test]
    fn a_half_that_is_cut_is_not_read() {
        let [one, _] = Windows::both(&Limits::default());
        let mut bytes = Vec::new();
        (0..PARTS).for_each(|part| one.write(part, Reached::default(), &mut bytes).unwrap());
        assert!(Windows::read(0, &bytes).is_ok());
        assert!(Windows::read(0, &bytes[..bytes.len() - 1]).is_err());
        bytes.push(0);
        assert!(Windows::read(0, &bytes).is_err());
    }
}
