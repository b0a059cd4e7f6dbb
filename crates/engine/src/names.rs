//! What keys stand for: the texts of the identifiers that results name.
//!
//! Readers name a key whenever they have not seen it lately. A table of fixed size, shared by all threads, lets through
//! what it does not remember, and that goes to a log. At the end the log is read once for the keys that results
//! mention: memory holds the names of those alone, and a key named twice costs disk, not correctness.

use std::sync::atomic::{AtomicU64, Ordering};

use events::{Batch, Key};
use features::Keyed;

use crate::EngineError;
use crate::spill::Spill;

/// Keys that the table remembers: 32 MiB.
const REMEMBERED: usize = 1 << 22;
/// Bytes of log read at once.
const PIECE: usize = 1 << 20;
/// The longest name kept, in bytes.
const NAME_LIMIT: usize = 4 << 10;

/// Keys named lately, shared by all threads.
#[derive(Debug)]
pub struct Lately(Vec<AtomicU64>);

impl Lately {
    /// Remembers nothing yet.
    pub fn new() -> Lately {
        Lately((0..REMEMBERED).map(|_| AtomicU64::new(0)).collect())
    }

    /// Whether the key is not remembered; it is from here on. Threads may race: then a key is named twice.
    fn is_new(&self, key: Key) -> bool {
        let slot = &self.0[(key.0 >> 13) as usize % REMEMBERED];
        if slot.load(Ordering::Relaxed) == key.0 {
            return false;
        }
        slot.store(key.0, Ordering::Relaxed);
        true
    }
}

/// The names that one thread read.
#[derive(Debug)]
pub struct NameLog {
    spill: Spill,
    waiting: Vec<u8>,
}

impl NameLog {
    /// An empty log.
    pub fn new(spill: Spill) -> NameLog {
        NameLog { spill, waiting: Vec::with_capacity(PIECE) }
    }

    /// Notes the names of a batch that are not remembered.
    pub fn note(&mut self, batch: &Batch, lately: &Lately) -> Result<(), EngineError> {
        for &(_, key, span) in &batch.names {
            if !lately.is_new(key) {
                continue;
            }
            let text = batch.text(span);
            let mut end = text.len().min(NAME_LIMIT);
            while !text.is_char_boundary(end) {
                end -= 1;
            }
            self.waiting.extend_from_slice(&key.0.to_le_bytes());
            self.waiting.extend_from_slice(&(end as u16).to_le_bytes());
            self.waiting.extend_from_slice(&text.as_bytes()[..end]);
            if self.waiting.len() >= PIECE - 2 * NAME_LIMIT {
                self.set_aside()?;
            }
        }
        Ok(())
    }

    /// Ends the log.
    pub fn finish(mut self) -> Result<NameLog, EngineError> {
        self.set_aside()?;
        self.waiting = Vec::new();
        Ok(self)
    }

    fn set_aside(&mut self) -> Result<(), EngineError> {
        self.spill.append(&self.waiting)?;
        self.waiting.clear();
        Ok(())
    }

    fn each(&self, mut see: impl FnMut(Key, &str)) -> Result<(), EngineError> {
        let mut at = 0;
        let mut piece = Vec::new();
        while at < self.spill.len() {
            let length = (self.spill.len() - at).min(PIECE as u64) as usize;
            self.spill.read(at, length, &mut piece)?;
            let mut rest = &piece[..];
            while let Some((key, text, after)) = entry(rest) {
                let text = std::str::from_utf8(text).map_err(|_| self.spill.broken())?;
                see(key, text);
                rest = after;
            }
            let used = length - rest.len();
            if used == 0 {
                return Err(self.spill.broken());
            }
            at += used as u64;
        }
        Ok(())
    }
}

fn entry(bytes: &[u8]) -> Option<(Key, &[u8], &[u8])> {
    let (key, rest) = bytes.split_first_chunk::<8>()?;
    let (length, rest) = rest.split_first_chunk::<2>()?;
    let (text, rest) = rest.split_at_checked(usize::from(u16::from_le_bytes(*length)))?;
    Some((Key(u64::from_le_bytes(*key)), text, rest))
}

/// The texts of the keys that results mention.
#[derive(Debug, Default)]
pub struct Names {
    places: Keyed<(usize, u16)>,
    arena: String,
}

impl Names {
    /// The text of a key; empty for one that was never named.
    #[must_use]
    pub fn text(&self, key: Key) -> &str {
        match self.places.get(&key) {
            Some(&(start, length)) => &self.arena[start..start + usize::from(length)],
            None => "",
        }
    }

    /// The order of two keys by their texts; keys without a text come in the order of their numbers.
    #[must_use]
    pub fn order(&self, a: Key, b: Key) -> std::cmp::Ordering {
        self.text(a).cmp(self.text(b)).then(a.cmp(&b))
    }

    /// Names held.
    #[must_use]
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether none is held.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Reads the names of the keys wanted. Of two texts with one key the lesser is taken, whichever came first.
    pub(crate) fn resolve(
        logs: &[NameLog],
        wanted: impl Iterator<Item = Key>,
    ) -> Result<Names, EngineError> {
        let mut names = Names::default();
        const UNKNOWN: (usize, u16) = (0, u16::MAX);
        names.places.extend(wanted.filter(|key| key.is_some()).map(|key| (key, UNKNOWN)));
        for log in logs {
            log.each(|key, text| {
                let Some(place) = names.places.get_mut(&key) else { return };
                let known = *place != UNKNOWN;
                if known && names.arena[place.0..place.0 + usize::from(place.1)] <= *text {
                    return;
                }
                *place = (names.arena.len(), text.len() as u16);
                names.arena.push_str(text);
            })?;
        }
        names.places.retain(|_, place| *place != UNKNOWN);
        Ok(names)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use events::EntityKind;

    #[test]
    fn names_come_back_for_the_keys_wanted_alone() {
        let dir = tempfile::tempdir().unwrap();
        let lately = Lately::new();
        let mut log = NameLog::new(Spill::new(dir.path(), 1000));
        let mut batch = Batch::default();
        for number in 0..50_000 {
            let text = format!("account {number}");
            let span = batch.keep(&text);
            batch.names.push((EntityKind::Account, Key::of(&text), span));
        }
        log.note(&batch, &lately).unwrap();
        log.note(&batch, &lately).unwrap();
        let log = log.finish().unwrap();
        let wanted = [Key::of("account 7"), Key::of("account 49999"), Key::of("nobody")];
        let names = Names::resolve(&[log], wanted.into_iter()).unwrap();
        assert_eq!(names.text(wanted[0]), "account 7");
        assert_eq!(names.text(wanted[1]), "account 49999");
        assert_eq!(names.text(wanted[2]), "");
        assert_eq!(names.len(), 2);
    }
}
