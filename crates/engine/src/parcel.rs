//! A parcel: what one worker sends another of a chunk of an epoch.
//!
//! Touches go to the worker of their entity, events to the worker of their actor, where the account's own touch is made
//! of them. They are parted while they are made, so the exchange moves whole parcels. Parcels of an epoch are numbered by their sender, which has its events in
//! order: putting parcels in order of number puts the touches of every entity, and all events, in (time, id) order.

use std::fmt;

use events::{Batch, EntityKind, Event, EventTime, Key, Kind, System};
use features::{TOUCHED, Touch, touch};
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::codec::{self, Texts};

/// What one worker gets of a chunk.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Parcel {
    /// The worker that it is for.
    pub to: u64,
    /// Its number in its epoch.
    pub number: u32,
    /// Touches whose key is at home there, but for accounts': those of one kind of entity together, each kind in
    /// order.
    pub touches: Vec<Touch>,
    /// Events whose actor is at home there.
    pub events: Vec<Event>,
    /// The place of each of those events in its epoch.
    pub places: Vec<u32>,
    /// The texts of those events.
    pub arena: String,
}

/// The worker that keeps a key's state.
#[inline]
pub fn home(key: Key, workers: usize) -> usize {
    let mixed = (key.0 ^ (key.0 >> 31)).wrapping_mul(0xD6E8_FEB8_6659_FD93);
    ((u128::from(mixed) * workers as u128) >> 64) as usize
}

/// The worker that sees an event whole: its actor's; without an actor its parcel's, then its subject's; without any, by
/// its id.
#[inline]
pub fn event_home(event: &Event, workers: usize) -> usize {
    let key = [event.actor, event.parcel, event.subject].into_iter().find(|key| key.is_some());
    home(key.unwrap_or(event.id), workers)
}

/// Events parted at once.
const CHUNK: usize = 1024;

/// Parts the events of an epoch, whose texts are in `arena`, among workers, chunk by chunk.
pub fn parcels<'a>(
    events: &'a [Event],
    arena: &'a str,
    workers: usize,
) -> impl Iterator<Item = Parcel> + 'a {
    let chunks = events.chunks(CHUNK).enumerate();
    chunks
        .flat_map(move |(number, chunk)| part(chunk, arena, number as u32, workers))
        .filter(|parcel| !parcel.touches.is_empty() || !parcel.events.is_empty())
}

fn part(chunk: &[Event], arena: &str, number: u32, workers: usize) -> Vec<Parcel> {
    let parcel = |to| Parcel { to: to as u64, number, ..Parcel::default() };
    let mut parcels: Vec<Parcel> = (0..workers).map(parcel).collect();
    for parcel in &mut parcels {
        parcel.events.reserve(chunk.len() / workers * 5 / 4);
        parcel.places.reserve(chunk.len() / workers * 5 / 4);
        parcel.touches.reserve(chunk.len() / workers * 6);
    }
    for (place, event) in (number * CHUNK as u32..).zip(chunk) {
        let parcel = &mut parcels[event_home(event, workers)];
        let mut event = *event;
        event.id_text = events::Span::default();
        if event.text.len > 0 {
            let start = event.text.start as usize;
            event.text.start = parcel.arena.len() as u32;
            parcel.arena.push_str(&arena[start..start + event.text.len as usize]);
        }
        parcel.events.push(event);
        parcel.places.push(place);
    }
    for entity in TOUCHED.into_iter().filter(|&entity| entity != EntityKind::Account) {
        for touch in chunk.iter().filter_map(|event| touch(event, entity)) {
            parcels[home(touch.key, workers)].touches.push(touch);
        }
    }
    parcels
}

/// Bytes of a touch on the wire.
const TOUCH: usize = 8 * 4 + 4 + 4;

fn put_touch(touch: &Touch, out: &mut Vec<u8>) {
    out.extend_from_slice(&touch.key.0.to_le_bytes());
    out.extend_from_slice(&touch.time.0.to_le_bytes());
    out.extend_from_slice(&touch.event.0.to_le_bytes());
    out.extend_from_slice(&touch.other.0.to_le_bytes());
    out.extend_from_slice(&touch.rating.to_le_bytes());
    out.push(touch.entity as u8);
    out.push(touch.kind as u8);
    out.push(touch.stay);
    out.push(touch.system as u8);
}

fn get_touch(bytes: &[u8; TOUCH]) -> Option<Touch> {
    let (words, rest) = bytes.split_first_chunk::<32>()?;
    let (words, _) = words.as_chunks::<8>();
    let (rating, rest) = rest.split_first_chunk::<4>()?;
    let word = |at: usize| u64::from_le_bytes(words[at]);
    Some(Touch {
        key: Key(word(0)),
        time: EventTime(word(1) as i64),
        event: Key(word(2)),
        other: Key(word(3)),
        rating: f32::from_le_bytes(*rating),
        entity: EntityKind::from_code(*rest.first()?)?,
        kind: Kind::from_code(*rest.get(1)?),
        stay: *rest.get(2)?,
        system: System::from_code(*rest.get(3)?),
    })
}

impl Parcel {
    /// Lets go of the events without a rating.
    pub fn keep_rated(&mut self) {
        let rated: Vec<(Event, u32)> = self
            .events
            .iter()
            .zip(&self.places)
            .filter(|(event, _)| event.rating.is_some())
            .map(|(event, place)| (*event, *place))
            .collect();
        (self.events, self.places) = rated.into_iter().unzip();
    }

    fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(24 + self.touches.len() * TOUCH + self.events.len() * 96);
        out.extend_from_slice(&self.to.to_le_bytes());
        out.extend_from_slice(&self.number.to_le_bytes());
        out.extend_from_slice(&(self.touches.len() as u32).to_le_bytes());
        for touch in &self.touches {
            put_touch(touch, &mut out);
        }
        let texts = Batch { arena: self.arena.clone(), ..Batch::default() };
        for (event, place) in self.events.iter().zip(&self.places) {
            out.extend_from_slice(&place.to_le_bytes());
            codec::encode(event, &texts, &mut out);
        }
        out
    }

    fn from_bytes(bytes: &[u8]) -> Option<Parcel> {
        let (to, rest) = bytes.split_first_chunk::<8>()?;
        let (number, rest) = rest.split_first_chunk::<4>()?;
        let (count, rest) = rest.split_first_chunk::<4>()?;
        let count = u32::from_le_bytes(*count) as usize;
        let (flat, mut rest) = rest.split_at_checked(count.checked_mul(TOUCH)?)?;
        let mut parcel = Parcel {
            to: u64::from_le_bytes(*to),
            number: u32::from_le_bytes(*number),
            touches: flat.as_chunks().0.iter().map(get_touch).collect::<Option<_>>()?,
            ..Parcel::default()
        };
        while let Some((place, after)) = rest.split_first_chunk::<4>() {
            parcel.places.push(u32::from_le_bytes(*place));
            rest = after;
            let length = codec::head(rest)?.length as usize;
            let (record, after) = rest.split_at(length);
            parcel.events.push(codec::decode(record, Texts::Written, &mut parcel.arena)?);
            rest = after;
        }
        Some(parcel)
    }
}

impl Serialize for Parcel {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.to_bytes())
    }
}

impl<'de> Deserialize<'de> for Parcel {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Parcel, D::Error> {
        deserializer.deserialize_bytes(Wire)
    }
}

struct Wire;

impl Visitor<'_> for Wire {
    type Value = Parcel;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("the bytes of a parcel")
    }

    fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Parcel, E> {
        Parcel::from_bytes(bytes).ok_or_else(|| E::custom("a parcel is broken"))
    }
}
