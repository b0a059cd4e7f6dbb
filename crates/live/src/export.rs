//! What is kept of an account, given to whoever may have it.
//!
//! Log and records are read three times: for the keys that its events mention, for what these stand for, and for the
//! events. So memory holds the texts of one account's events and nothing else, however long the log is.

use std::io::Write;
use std::sync::{Mutex, PoisonError};

use engine::codec::Texts;
use eventlog::{LogError, Position, Reader};
use events::{Batch, EntityKind, Key};
use features::Keyed;

use crate::home::Home;
use crate::pseudonym::is_of;
use crate::record;
use crate::records::{self, Records};
use crate::{LiveError, line, walk};

/// The most keys that are looked up; what is beyond is written as a key.
const MOST_KEYS: usize = 1 << 20;

/// Log and records as one, each event once.
struct Both<'a> {
    home: &'a Home,
    /// Where the records end.
    records: Position,
    /// Where the log begins and ends.
    first: Position,
    until: Position,
    /// Events that were put apart when their account was erased: the log may still have them, if that was interrupted.
    apart: Keyed<()>,
}

/// Writes the events of an account. Gives how many.
pub fn write(
    home: &Home,
    committed: u64,
    account: Key,
    out: &mut dyn Write,
) -> Result<u64, LiveError> {
    let records = home.records.read().unwrap_or_else(PoisonError::into_inner);
    let first = match Reader::open(&home.log(), Position::START, Position::START) {
        Err(LogError::Removed { first, .. }) => first,
        opened => opened.map(|_| Position::START)?,
    };
    let end =
        |records: &Mutex<Records>| records.lock().unwrap_or_else(PoisonError::into_inner).end();
    let end = records.as_ref().map_or(Position::START, end);
    let (until, apart) = (Position(committed), Keyed::default());
    let mut both = Both { home, records: end, first, until, apart };
    let mut keys: Keyed<()> = Keyed::default();
    let mut batch = Batch::default();
    let mut apart = Keyed::default();
    both.each(|from, payload| {
        let is_apart = from == Some(records::kind::ERASED);
        batch.events.clear();
        record::decode(payload, Texts::None, &mut batch)?;
        for event in batch.events.iter().filter(|event| is_of(event, account)) {
            if is_apart {
                apart.insert(event.id, ());
            }
            if keys.len() < MOST_KEYS {
                keys.extend(EntityKind::ALL.map(|kind| (event.key(kind), ())));
            }
        }
        Some(())
    })?;
    both.apart = apart;
    keys.remove(&Key::NONE);
    let mut texts: Keyed<String> = Keyed::default();
    both.each(|_, payload| {
        record::each_name(payload, |_, key, text| {
            if keys.contains_key(&key) && !texts.contains_key(&key) {
                texts.insert(key, text.to_owned());
            }
            Some(())
        })
    })?;
    let (mut written, mut failed) = (0, Ok(()));
    let mut text = String::new();
    both.each(|from, payload| {
        if failed.is_err() {
            return Some(());
        }
        text.clear();
        batch.arena.clear();
        batch.events.clear();
        record::decode(payload, Texts::All, &mut batch)?;
        for event in batch.events.iter().filter(|event| is_of(event, account)) {
            if from.is_none() && both.apart.contains_key(&event.id) {
                continue;
            }
            line::write(event, &batch.arena, |key| texts.get(&key).map(String::as_str), &mut text);
            written += 1;
        }
        failed = out.write_all(text.as_bytes());
        Some(())
    })?;
    failed
        .and_then(|()| out.flush())
        .map_err(|source| LiveError::Io { path: "the export".into(), source })?;
    Ok(written)
}

impl Both<'_> {
    /// Shows each events record, those of the records with their kind. `see` gives none for one that is broken.
    fn each(&self, mut see: impl FnMut(Option<u8>, &[u8]) -> Option<()>) -> Result<(), LiveError> {
        let folder = self.home.records_folder();
        records::each(&folder, self.records, |kind, place, payload| {
            // What a crash kept from being removed from the log is there.
            if kind == records::kind::AGED && place >= self.first.0 {
                return Ok(());
            }
            see(Some(kind), payload).ok_or_else(|| walk::broken(&folder, place))
        })?;
        let folder = self.home.log();
        walk::records(&folder, (self.first, self.until), |place, found, payload| {
            if found != record::kind::EVENTS {
                return Ok(());
            }
            see(None, payload).ok_or_else(|| walk::broken(&folder, place))
        })
    }
}
