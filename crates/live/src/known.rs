//! Identifiers seen: a second event with the same identifier changes nothing, whenever it comes back.
//!
//! Two generations: when the younger is full the older is forgotten, so what is remembered is at least half of the
//! limit and at most all of it. That is the horizon beyond which a repeated event would count again.

use std::hint::black_box;

use events::{Event, Key};
use features::Keyed;
use serde::{Deserialize, Serialize};

use crate::jobs::Slot;

/// Identifiers that are looked up together: see [`Keyed`].
const TOGETHER: usize = 16;

/// Events between two whose places are kept: an event is found by reading about so many.
const APART: u64 = 1_024;

/// The identifiers of the newest events, each with its event's number.
#[derive(Debug, Serialize, Deserialize)]
pub struct Known {
    /// Identifiers in a generation before the next one begins.
    half: usize,
    #[serde(deserialize_with = "features::read_keyed")]
    young: Keyed<u64>,
    #[serde(deserialize_with = "features::read_keyed")]
    old: Keyed<u64>,
    /// The number of the next event.
    next: u64,
    /// Where in the log some events are: (number, place of its record), in order.
    places: Vec<(u64, u64)>,
}

impl Known {
    /// Nothing known; at most `limit` identifiers will be.
    pub fn new(limit: usize) -> Known {
        Known {
            half: (limit / 2).max(1),
            young: Keyed::default(),
            old: Keyed::default(),
            next: 0,
            places: Vec::new(),
        }
    }

    /// Sets how many are kept from here on.
    pub fn set_limit(&mut self, limit: usize) {
        self.half = (limit / 2).max(1);
    }

    /// The number of the event with this identifier.
    pub fn find(&self, id: Key) -> Option<u64> {
        self.young.get(&id).or_else(|| self.old.get(&id)).copied()
    }

    /// Takes the identifiers of events: the number of each, and whether it is the first of its id.
    pub fn take(&mut self, events: &[Event]) -> Vec<Slot> {
        let mut slots = Vec::with_capacity(events.len());
        for some in events.chunks(TOGETHER) {
            let seen = some.iter().map(|event| self.find(event.id).unwrap_or(0));
            black_box(seen.fold(0, u64::wrapping_add));
            slots.extend(some.iter().map(|event| self.one(event.id)));
        }
        slots
    }

    fn one(&mut self, id: Key) -> Slot {
        if let Some(number) = self.find(id) {
            return Slot { number, new: false };
        }
        if self.young.len() >= self.half {
            self.old = std::mem::take(&mut self.young);
        }
        let number = self.next;
        self.young.insert(id, number);
        self.next += 1;
        Slot { number, new: true }
    }

    /// The number of the next event.
    pub fn next(&self) -> u64 {
        self.next
    }

    /// Says that a record at a place begins with the event of this number.
    pub fn placed(&mut self, number: u64, place: u64) {
        if self.places.last().is_none_or(|last| number >= last.0 + APART) {
            self.places.push((number, place));
        }
    }

    /// A place of the log, and another not far behind it, between which the event of this number is.
    pub fn place(&self, number: u64) -> Option<(u64, Option<u64>)> {
        let after = self.places.partition_point(|known| known.0 <= number);
        let before = self.places.get(after.checked_sub(1)?)?;
        Some((before.1, self.places.get(after).map(|known| known.1)))
    }

    /// Takes back identifiers, those taken last.
    pub fn forget(&mut self, ids: &[Key]) {
        for id in ids {
            if self.young.remove(id).or_else(|| self.old.remove(id)).is_some() {
                self.next -= 1;
            }
        }
    }

    /// Identifiers kept.
    pub fn len(&self) -> usize {
        self.young.len() + self.old.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeated_identifiers_are_known_until_the_horizon() {
        let mut known = Known::new(1_000);
        for n in 1..=10_000u64 {
            let mut take = |id| known.one(Key(id));
            assert_eq!(take(n), Slot { number: n - 1, new: true });
            assert_eq!(take(n), Slot { number: n - 1, new: false });
            if n > 500 {
                assert_eq!(take(n - 499), Slot { number: n - 500, new: false });
            }
            assert!(known.len() <= 1_000);
        }
        assert_eq!(known.find(Key(1)), None);
    }
}
