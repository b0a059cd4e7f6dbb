//! What keys stand for: the texts of the identifiers that results name.
//!
//! Readers name a key whenever they have not seen it lately. A table of fixed size, shared by all threads, lets through
//! what it does not remember, and that goes to a log. At the end the log is read once for the keys that results
//! mention: memory holds the names of those alone, and a key named twice costs disk, not correctness.

use std::sync::atomic::{AtomicU64, Ordering};

use events::{Batch, Key};
use features::Keyed;

use crate::EngineError;
use crate::error::panic_text;
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

/// The texts of the keys that results mention, parted by key so that threads can read the logs side by side.
#[derive(Debug, Default)]
pub struct Names {
    parts: Vec<NamePart>,
}

#[derive(Debug, Default)]
struct NamePart {
    places: Keyed<(usize, u16)>,
    arena: String,
}

/// Marks a key that is wanted and not yet named.
const UNKNOWN: (usize, u16) = (0, u16::MAX);

impl NamePart {
    fn text(&self, key: Key) -> &str {
        match self.places.get(&key) {
            Some(&(start, length)) => &self.arena[start..start + usize::from(length)],
            None => "",
        }
    }

    /// Of two texts with one key the lesser is taken, whichever came first.
    fn note(&mut self, key: Key, text: &str) {
        let Some(place) = self.places.get_mut(&key) else { return };
        let known = *place != UNKNOWN;
        if known && self.arena[place.0..place.0 + usize::from(place.1)] <= *text {
            return;
        }
        *place = (self.arena.len(), text.len() as u16);
        self.arena.push_str(text);
    }
}

impl Names {
    /// The text of a key; empty for one that was never named.
    #[must_use]
    pub fn text(&self, key: Key) -> &str {
        match self.parts.len() {
            0 => "",
            parts => self.parts[part_of(key, parts)].text(key),
        }
    }

    /// The order of two keys by their texts; keys without a text come in the order of their numbers.
    #[must_use]
    pub fn order(&self, a: Key, b: Key) -> std::cmp::Ordering {
        self.text(a).cmp(self.text(b)).then(a.cmp(&b))
    }

    /// Sorts rows by the text of a key of theirs, then by `rest`. Each text is looked up once.
    pub fn sort_by<T, R: Ord>(
        &self,
        rows: &mut Vec<T>,
        key: impl Fn(&T) -> Key,
        rest: impl Fn(&T) -> R,
    ) {
        let head = |text: &str| {
            let mut head = [0u8; 8];
            let length = text.len().min(8);
            head[..length].copy_from_slice(&text.as_bytes()[..length]);
            u64::from_be_bytes(head)
        };
        let mut order: Vec<(u64, &str, Key, u32)> = rows
            .iter()
            .enumerate()
            .map(|(at, row)| {
                let text = self.text(key(row));
                (head(text), text, key(row), at as u32)
            })
            .collect();
        order.sort_unstable_by(|a, b| {
            (a.0.cmp(&b.0))
                .then_with(|| a.1.cmp(b.1))
                .then_with(|| a.2.cmp(&b.2))
                .then_with(|| rest(&rows[a.3 as usize]).cmp(&rest(&rows[b.3 as usize])))
                .then(a.3.cmp(&b.3))
        });
        let order: Vec<u32> = order.into_iter().map(|entry| entry.3).collect();
        let mut taken: Vec<Option<T>> = std::mem::take(rows).into_iter().map(Some).collect();
        rows.extend(order.into_iter().filter_map(|at| taken[at as usize].take()));
    }

    /// Names held.
    #[must_use]
    pub fn len(&self) -> usize {
        self.parts.iter().map(|part| part.places.len()).sum()
    }

    /// Whether none is held.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Reads the names of the keys wanted, on as many threads.
    pub(crate) fn resolve(
        logs: &[NameLog],
        wanted: &[Key],
        threads: usize,
    ) -> Result<Names, EngineError> {
        let threads = threads.max(1);
        let read = |number: usize| -> Result<NamePart, EngineError> {
            let mine = |key: Key| key.is_some() && part_of(key, threads) == number;
            let mut part = NamePart::default();
            part.places.extend(wanted.iter().filter(|&&key| mine(key)).map(|&key| (key, UNKNOWN)));
            for log in logs {
                log.each(|key, text| {
                    if mine(key) {
                        part.note(key, text);
                    }
                })?;
            }
            part.places.retain(|_, place| *place != UNKNOWN);
            Ok(part)
        };
        let parts = std::thread::scope(|scope| {
            let read = &read;
            let threads: Vec<_> =
                (0..threads).map(|number| scope.spawn(move || read(number))).collect();
            let ended = |thread: std::thread::ScopedJoinHandle<'_, _>| {
                thread.join().unwrap_or_else(|panic| Err(EngineError::Worker(panic_text(&*panic))))
            };
            threads.into_iter().map(ended).collect::<Result<Vec<_>, _>>()
        })?;
        Ok(Names { parts })
    }
}

fn part_of(key: Key, parts: usize) -> usize {
    // Not the bits that the tables inside a part go by.
    (key.0 >> 40) as usize % parts
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
        let names = Names::resolve(&[log], &wanted, 3).unwrap();
        assert_eq!(names.text(wanted[0]), "account 7");
        assert_eq!(names.text(wanted[1]), "account 49999");
        assert_eq!(names.text(wanted[2]), "");
        assert_eq!(names.len(), 2);
    }
}
