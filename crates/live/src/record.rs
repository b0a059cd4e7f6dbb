//! Records of the event log: what came, what was judged, by which standard. State is a function of these alone.
//!
//! An events record holds the events of one submission as [`engine::codec`] writes them and the names behind keys that
//! were not named lately. Layout, all numbers little-endian: events (u32), bytes of events (u32), the events one after
//! the other, then names: kind (u8), key (u64), length (u16), text. See `docs/formats.md`.

use std::hint::black_box;

use engine::codec::{self, Texts};
use events::{Batch, EntityKind, Key, Span};
use serde::{Deserialize, Serialize};

/// Kinds of records.
pub mod kind {
    /// Events.
    pub const EVENTS: u8 = 1;
    /// A judgement of what came before this record begins.
    pub const JUDGING: u8 = 2;
    /// A judgement takes effect.
    pub const JUDGED: u8 = 3;
    /// The policy from here on.
    pub const POLICY: u8 = 4;
}

/// Names whose places are looked up together.
const TOGETHER: usize = 32;
/// The longest name kept, in bytes.
const NAME_LIMIT: usize = 4 << 10;

/// A judgement begins: of events from `from` up to this record, by the policy in force here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judging {
    /// The judgement's number, from 1.
    pub number: u32,
    /// Where in the log the events begin.
    pub place: u64,
    /// It looks at events from this time on, in microseconds since 1970.
    pub from: i64,
    /// The judgement after it looks at events from this time on.
    pub split: i64,
}

/// A judgement takes effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Effect {
    /// Its number.
    pub number: u32,
    /// What its content hashes to.
    pub digest: u64,
    /// The version of what made it.
    pub version: u32,
}

/// Keys named lately in the log. A key named twice costs bytes, not correctness.
#[derive(Debug)]
pub struct Lately {
    slots: Vec<u64>,
    /// Changes when names have to be given again.
    salt: u64,
}

impl Lately {
    const SLOTS: usize = 1 << 18;

    /// Remembers nothing.
    pub fn new() -> Lately {
        Lately { slots: vec![0; Self::SLOTS], salt: 0 }
    }

    /// Forgets all, so that what is written from here on can be read without what was written before.
    pub fn forget(&mut self) {
        self.salt = self.salt.wrapping_add(0x9E37_79B9_7F4A_7C15);
    }

    fn is_new(&mut self, key: Key) -> bool {
        let marked = key.0 ^ self.salt;
        std::mem::replace(&mut self.slots[Self::slot(key)], marked) != marked
    }

    /// Reads where some keys may be, so that they are at hand: one after another each would be waited for.
    fn glance(&self, names: &[(EntityKind, Key, Span)]) {
        let seen = names.iter().map(|name| self.slots[Self::slot(name.1)]);
        black_box(seen.fold(0, u64::wrapping_add));
    }

    fn slot(key: Key) -> usize {
        (key.0 >> 13) as usize % Self::SLOTS
    }
}

/// Writes the events of a batch whose places are given, and the names that are new. False if there are none.
pub fn encode(batch: &Batch, accepted: &[u32], lately: &mut Lately, out: &mut Vec<u8>) -> bool {
    let some = events(batch, accepted, out);
    if some {
        for names in batch.names.chunks(TOGETHER) {
            lately.glance(names);
            names.iter().filter(|name| lately.is_new(name.1)).for_each(|n| name(batch, *n, out));
        }
    }
    some
}

/// The same with the names of the keys that are wanted.
pub fn write(
    batch: &Batch,
    accepted: &[u32],
    wanted: impl Fn(Key) -> bool,
    out: &mut Vec<u8>,
) -> bool {
    let some = events(batch, accepted, out);
    if some {
        let names = batch.names.iter().filter(|name| wanted(name.1));
        names.for_each(|n| name(batch, *n, out));
    }
    some
}

fn events(batch: &Batch, accepted: &[u32], out: &mut Vec<u8>) -> bool {
    out.clear();
    out.extend_from_slice(&(accepted.len() as u32).to_le_bytes());
    out.extend_from_slice(&[0; 4]);
    for &place in accepted {
        codec::encode(&batch.events[place as usize], batch, out);
    }
    let bytes = (out.len() - 8) as u32;
    out[4..8].copy_from_slice(&bytes.to_le_bytes());
    !accepted.is_empty()
}

fn name(batch: &Batch, (kind, key, span): (EntityKind, Key, Span), out: &mut Vec<u8>) {
    let text = batch.text(span);
    let mut end = text.len().min(NAME_LIMIT);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    out.push(kind as u8);
    out.extend_from_slice(&key.0.to_le_bytes());
    out.extend_from_slice(&(end as u16).to_le_bytes());
    out.extend_from_slice(&text.as_bytes()[..end]);
}

/// Adds the events of a record, with the texts that are wanted, to a batch. None if the record is broken.
pub fn decode(payload: &[u8], texts: Texts, batch: &mut Batch) -> Option<()> {
    let (mut events, _) = parts(payload)?;
    while !events.is_empty() {
        let length = codec::head(events)?.length as usize;
        let (record, rest) = events.split_at_checked(length)?;
        batch.events.push(codec::decode(record, texts, &mut batch.arena)?);
        events = rest;
    }
    Some(())
}

/// Adds the names of a record to a batch. None if the record is broken.
pub fn decode_names(payload: &[u8], batch: &mut Batch) -> Option<()> {
    each_name(payload, |kind, key, text| {
        let span = keep(batch, text)?;
        batch.names.push((kind, key, span));
        Some(())
    })
}

/// Shows the names of a record. None if the record is broken, or `see` says so.
pub fn each_name(
    payload: &[u8],
    mut see: impl FnMut(EntityKind, Key, &str) -> Option<()>,
) -> Option<()> {
    let (_, mut names) = parts(payload)?;
    while let Some((&code, rest)) = names.split_first() {
        let (key, rest) = rest.split_first_chunk::<8>()?;
        let (length, rest) = rest.split_first_chunk::<2>()?;
        let (text, rest) = rest.split_at_checked(usize::from(u16::from_le_bytes(*length)))?;
        let text = std::str::from_utf8(text).ok()?;
        see(EntityKind::from_code(code)?, Key(u64::from_le_bytes(*key)), text)?;
        names = rest;
    }
    Some(())
}

fn parts(payload: &[u8]) -> Option<(&[u8], &[u8])> {
    let (_, rest) = payload.split_first_chunk::<4>()?;
    let (bytes, rest) = rest.split_first_chunk::<4>()?;
    rest.split_at_checked(u32::from_le_bytes(*bytes) as usize)
}

fn keep(batch: &mut Batch, text: &str) -> Option<Span> {
    let span = batch.keep(text);
    (span.len as usize == text.len()).then_some(span)
}

#[cfg(test)]
mod tests {
    use super::*;
    use events::{Event, EventTime};

    fn batch() -> Batch {
        let mut batch = Batch::default();
        for n in 0..3 {
            let id_text = batch.keep(&format!("e{n}"));
            let text = batch.keep("好评");
            let actor = Key::of("ann");
            let name = batch.keep("ann");
            batch.names.push((EntityKind::Account, actor, name));
            let id = Key::of(&format!("e{n}"));
            batch.events.push(Event {
                id,
                id_text,
                text,
                actor,
                time: EventTime(n),
                ..Event::default()
            });
        }
        batch
    }

    #[test]
    fn what_was_taken_is_read_back_and_names_are_given_once() {
        let batch = batch();
        let mut lately = Lately::new();
        let mut bytes = Vec::new();
        assert!(encode(&batch, &[0, 2], &mut lately, &mut bytes));
        let mut read = Batch::default();
        decode(&bytes, Texts::All, &mut read).unwrap();
        decode_names(&bytes, &mut read).unwrap();
        let ids: Vec<&str> = read.events.iter().map(|event| read.text(event.id_text)).collect();
        assert_eq!((ids, read.names.len()), (vec!["e0", "e2"], 1));
        assert_eq!(read.text(read.names[0].2), "ann");
        assert_eq!(read.text(read.events[1].text), "好评");
        assert!(encode(&batch, &[1], &mut lately, &mut bytes));
        decode_names(&bytes, &mut read).unwrap();
        assert_eq!(read.names.len(), 1);
        lately.forget();
        assert!(encode(&batch, &[1], &mut lately, &mut bytes));
        decode_names(&bytes, &mut read).unwrap();
        assert_eq!(read.names.len(), 2);
        assert!(!encode(&batch, &[], &mut lately, &mut bytes));
    }

    #[test]
    fn a_record_cut_anywhere_is_broken_and_not_a_panic() {
        let mut bytes = Vec::new();
        encode(&batch(), &[0, 1, 2], &mut Lately::new(), &mut bytes);
        for end in 0..bytes.len() {
            let mut read = Batch::default();
            let whole = decode(&bytes[..end], Texts::All, &mut read)
                .and_then(|()| decode_names(&bytes[..end], &mut read));
            // Cut between two names, or before the first, a record is whole, with fewer of them.
            assert!(whole.is_none() || read.names.is_empty(), "{end}");
        }
    }
}
