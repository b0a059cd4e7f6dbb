//! The records: what the law wants kept of transactions when the log does not keep it any longer.
//!
//! A log of its own in a folder of its own, to which access can be given apart. Each of its records says which events of
//! which record of the log it has looked at, so filling it twice from the same place adds nothing, whenever a crash comes.
//! The price is that it is read once by whoever first adds to it.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use engine::codec::Texts;
use eventlog::{Log, Position, Settings, Sync};
use events::{Batch, EntityKind, Event, EventTime, Key, Kind};
use features::Keyed;

use crate::LiveError;
use crate::options::Options;
use crate::record::{self, Lately};
use crate::walk;

/// Kinds of records.
pub mod kind {
    /// Transactions of a record of the log whose time was over.
    pub const AGED: u8 = 1;
    /// Transactions of an account that was erased from a record of the log.
    pub const ERASED: u8 = 2;
}

/// Events of a record of the log that are looked at together.
const TOGETHER: usize = 1_024;
/// Event time after which another file is begun: whole files expire.
const FILE_TIME: i64 = 30 * EventTime::DAY;
/// The records' folder in that of an engine.
const NAME: &str = "records";

/// Texts by key.
pub type Texted = Keyed<(EntityKind, String)>;

/// Whether an event is part of a transaction: what the law wants kept.
pub fn is_transaction(event: &Event) -> bool {
    match event.kind {
        Kind::Order | Kind::Pay | Kind::Ship | Kind::Sign | Kind::Refund | Kind::Payout => true,
        Kind::Coupon | Kind::Subsidy => true,
        Kind::Scan => event.parcel.is_some(),
        _ => false,
    }
}

/// A file of the records.
#[derive(Clone, Copy, Debug)]
struct Stretch {
    first: Position,
    oldest: i64,
    newest: i64,
}

impl Stretch {
    fn new(first: Position) -> Stretch {
        Stretch { first, oldest: i64::MAX, newest: i64::MIN }
    }
}

/// Shows each record of a folder: its kind, the place in the log that it is from, and an events record.
pub fn each(
    folder: &Path,
    end: Position,
    mut see: impl FnMut(u8, u64, &[u8]) -> Result<(), LiveError>,
) -> Result<(), LiveError> {
    walk::records(folder, (Position::START, end), |at, kind, payload| {
        let (origin, rest) = split(payload).ok_or_else(|| walk::broken(folder, at))?;
        see(kind, origin.0, rest)
    })
}

/// What is in the records already.
#[derive(Debug, Default)]
struct Content {
    /// The last place of the log that was looked at, and how many of its events.
    filled: (u64, u32),
    /// Events that were put apart when their account was erased.
    erased: Keyed<()>,
    stretches: Vec<Stretch>,
}

/// The records of transactions.
pub struct Records {
    log: Log,
    folder: PathBuf,
    file_bytes: u64,
    content: Option<Content>,
    /// Something was begun and is not known to be on disk.
    begun: bool,
    lately: Lately,
    bytes: Vec<u8>,
}

impl Records {
    /// Opens the records if there are any.
    pub fn open_if_there(options: &Options) -> Result<Option<Records>, LiveError> {
        match options.folder.join(NAME).is_dir() {
            true => Records::open(options).map(Some),
            false => Ok(None),
        }
    }

    /// Opens the records, or begins them.
    pub fn open(options: &Options) -> Result<Records, LiveError> {
        let folder = options.folder.join(NAME);
        let file_bytes = options.segment_bytes;
        let max_record = u32::try_from(file_bytes.saturating_sub(64)).unwrap_or(u32::MAX);
        let settings = Settings {
            segment_bytes: file_bytes,
            sync: Sync::Always,
            max_record: max_record.min(1 << 30),
            identity: None,
        };
        let (log, _) = Log::open(&folder, settings)?;
        let (lately, bytes) = (Lately::new(), Vec::new());
        Ok(Records { log, folder, file_bytes, content: None, begun: false, lately, bytes })
    }

    /// Where they end.
    pub fn end(&self) -> Position {
        self.log.committed()
    }

    /// What is there, begun if there is nothing.
    pub fn get<'a>(
        apart: &'a mut Option<Mutex<Records>>,
        options: &Options,
    ) -> Result<&'a mut Records, LiveError> {
        let records = match apart {
            Some(records) => records,
            none => none.insert(Mutex::new(Records::open(options)?)),
        };
        Ok(records.get_mut().unwrap_or_else(PoisonError::into_inner))
    }

    /// Adds the transactions in a stretch of the log, unless they are there.
    pub fn fill(&mut self, log: &Path, range: (Position, Position)) -> Result<(), LiveError> {
        self.begin()?;
        let wanted = |event: &Event| is_transaction(event);
        let texts = texts_of(log, range, &keys_of(log, range, &wanted)?)?;
        let mut batch = Batch::default();
        walk::records(log, range, |place, found, payload| {
            if found == record::kind::EVENTS {
                batch.events.clear();
                batch.arena.clear();
                let whole = record::decode(payload, Texts::All, &mut batch);
                whole.ok_or_else(|| walk::broken(log, place))?;
                self.age(place, &mut batch, &texts)?;
            }
            Ok(())
        })?;
        self.commit()
    }

    fn age(&mut self, place: u64, batch: &mut Batch, texts: &Texted) -> Result<(), LiveError> {
        let filled = self.content.as_ref().map_or((0, 0), |content| content.filled);
        for from in (0..batch.events.len()).step_by(TOGETHER) {
            let to = (from + TOGETHER).min(batch.events.len());
            if (place, to as u32) > filled {
                let erased = self.content.as_ref().map(|content| &content.erased);
                let some = (from..to).filter(|&at| {
                    let event = &batch.events[at];
                    is_transaction(event) && erased.is_none_or(|ids| !ids.contains_key(&event.id))
                });
                let some: Vec<u32> = some.map(|at| at as u32).collect();
                self.put(kind::AGED, (place, to as u32), (batch, &some), texts)?;
            }
        }
        Ok(())
    }

    /// Adds events of an account that is to be erased from a record of the log, unless they are there. On disk once
    /// [`Records::commit`] has returned.
    pub fn put_apart(
        &mut self,
        place: u64,
        batch: &mut Batch,
        account: impl Fn(&Event) -> bool,
        texts: &Texted,
    ) -> Result<(), LiveError> {
        let erased = self.content.as_ref().map(|content| &content.erased);
        let wanted = |event: &Event| {
            is_transaction(event)
                && account(event)
                && erased.is_none_or(|ids| !ids.contains_key(&event.id))
        };
        let some: Vec<u32> = (0..batch.events.len() as u32)
            .filter(|&at| wanted(&batch.events[at as usize]))
            .collect();
        for some in some.chunks(TOGETHER) {
            self.put(kind::ERASED, (place, 0), (batch, some), texts)?;
        }
        Ok(())
    }

    /// Everything added is on disk when this returns.
    pub fn commit(&mut self) -> Result<(), LiveError> {
        self.log.commit()?;
        self.begun = false;
        Ok(())
    }

    /// Before something is added. After a failure it has to be read anew what of it is there.
    pub fn begin(&mut self) -> Result<(), LiveError> {
        if self.begun {
            self.content = None;
            self.lately.forget();
            if self.log.commit().is_err() {
                self.log.heal()?;
            }
        }
        self.look()?;
        self.begun = true;
        Ok(())
    }

    fn put(
        &mut self,
        kind: u8,
        origin: (u64, u32),
        (batch, some): (&mut Batch, &[u32]),
        texts: &Texted,
    ) -> Result<(), LiveError> {
        if some.is_empty() {
            return Ok(());
        }
        name(batch, some, texts);
        let times = some.iter().map(|&at| batch.events[at as usize].time.0);
        let oldest = times.clone().min().unwrap_or(i64::MAX);
        let newest = times.max().unwrap_or(i64::MIN);
        self.encode(origin, batch, some);
        if self.next_file(newest)? {
            self.encode(origin, batch, some);
        }
        self.log.append(kind, &self.bytes)?;
        let Some(content) = &mut self.content else { return Ok(()) };
        let first = self.log.segments().last().map_or(Position::START, |file| file.first);
        let stretch = content.stretch(first);
        stretch.oldest = stretch.oldest.min(oldest);
        stretch.newest = stretch.newest.max(newest);
        match kind {
            kind::AGED => content.filled = content.filled.max(origin),
            _ => content.erased.extend(some.iter().map(|&at| (batch.events[at as usize].id, ()))),
        }
        Ok(())
    }

    fn encode(&mut self, origin: (u64, u32), batch: &Batch, some: &[u32]) {
        let mut events = Vec::new();
        record::encode(batch, some, &mut self.lately, &mut events);
        self.bytes.clear();
        self.bytes.extend_from_slice(&origin.0.to_le_bytes());
        self.bytes.extend_from_slice(&origin.1.to_le_bytes());
        self.bytes.append(&mut events);
    }

    /// Begins the next file if this one is full, or holds much older events: what was encoded then needs its names again.
    fn next_file(&mut self, newest: i64) -> Result<bool, LiveError> {
        let files = self.log.segments();
        let Some(file) = files.last().filter(|file| file.bytes > 0) else { return Ok(false) };
        let full = file.bytes + self.bytes.len() as u64 + 64 > self.file_bytes;
        let stretches = self.content.iter().flat_map(|content| &content.stretches);
        let oldest = stretches.last().map_or(i64::MAX, |stretch| stretch.oldest);
        if full || newest.saturating_sub(oldest) > FILE_TIME {
            self.log.roll()?;
            self.lately.forget();
            return Ok(true);
        }
        Ok(false)
    }

    /// Removes the files whose newest event is this much older than `newest`.
    pub fn expire(&mut self, newest: EventTime, keep: i64) -> Result<(), LiveError> {
        self.look()?;
        let oldest = newest.0.saturating_sub(keep);
        let Some(content) = &mut self.content else { return Ok(()) };
        let over = |stretch: &Stretch| stretch.newest < oldest;
        let kept = content.stretches.iter().position(|stretch| !over(stretch));
        if kept.is_none() && content.stretches.last().is_some_and(|file| file.newest > i64::MIN) {
            self.log.roll()?;
            self.lately.forget();
            content.stretches.push(Stretch::new(self.log.next()));
        }
        let kept = kept.unwrap_or(content.stretches.len().saturating_sub(1));
        if let Some(first) = content.stretches.get(kept).map(|stretch| stretch.first) {
            self.log.remove_before(first)?;
            content.stretches.drain(..kept);
        }
        Ok(())
    }

    /// Finds out what is there.
    fn look(&mut self) -> Result<(), LiveError> {
        if self.content.is_some() {
            return Ok(());
        }
        let mut content = Content::default();
        content.stretches.extend(self.log.segments().iter().map(|file| Stretch::new(file.first)));
        let range = (Position::START, self.log.committed());
        let mut batch = Batch::default();
        walk::records(&self.folder, range, |at, found, payload| {
            batch.events.clear();
            let broken = || walk::broken(&self.folder, at);
            let (origin, rest) = split(payload).ok_or_else(broken)?;
            record::decode(rest, Texts::None, &mut batch).ok_or_else(broken)?;
            let behind = content.stretches.partition_point(|file| file.first.0 <= at);
            if let Some(stretch) = content.stretches.get_mut(behind.wrapping_sub(1)) {
                for event in &batch.events {
                    stretch.oldest = stretch.oldest.min(event.time.0);
                    stretch.newest = stretch.newest.max(event.time.0);
                }
            }
            match found {
                kind::AGED => content.filled = content.filled.max(origin),
                _ => content.erased.extend(batch.events.iter().map(|event| (event.id, ()))),
            }
            Ok(())
        })?;
        self.content = Some(content);
        Ok(())
    }
}

impl Content {
    fn stretch(&mut self, first: Position) -> &mut Stretch {
        if self.stretches.last().is_none_or(|stretch| stretch.first < first) {
            self.stretches.push(Stretch::new(first));
        }
        let last = self.stretches.len() - 1;
        &mut self.stretches[last]
    }
}

fn split(payload: &[u8]) -> Option<((u64, u32), &[u8])> {
    let (place, rest) = payload.split_first_chunk::<8>()?;
    let (events, rest) = rest.split_first_chunk::<4>()?;
    Some(((u64::from_le_bytes(*place), u32::from_le_bytes(*events)), rest))
}

/// Names what some events of a batch mention.
fn name(batch: &mut Batch, some: &[u32], texts: &Texted) {
    batch.names.clear();
    for &at in some {
        let event = batch.events[at as usize];
        for key in EntityKind::ALL.map(|kind| event.key(kind)) {
            if let Some((kind, text)) = texts.get(&key) {
                let span = batch.keep(text);
                batch.names.push((*kind, key, span));
            }
        }
    }
}

/// The keys that the events wanted mention, in a stretch of the log.
pub fn keys_of(
    log: &Path,
    range: (Position, Position),
    wanted: &dyn Fn(&Event) -> bool,
) -> Result<Keyed<()>, LiveError> {
    let (mut keys, mut batch) = (Keyed::default(), Batch::default());
    walk::records(log, range, |place, found, payload| {
        if found == record::kind::EVENTS {
            batch.events.clear();
            let whole = record::decode(payload, Texts::None, &mut batch);
            whole.ok_or_else(|| walk::broken(log, place))?;
            for event in batch.events.iter().filter(|event| wanted(event)) {
                keys.extend(EntityKind::ALL.map(|kind| (event.key(kind), ())));
            }
        }
        Ok(())
    })?;
    keys.remove(&Key::NONE);
    Ok(keys)
}

/// The texts of keys, as far as a stretch of the log has them.
pub fn texts_of(
    log: &Path,
    range: (Position, Position),
    keys: &Keyed<()>,
) -> Result<Texted, LiveError> {
    let mut texts = Texted::default();
    walk::records(log, range, |place, found, payload| {
        if found == record::kind::EVENTS {
            let whole = record::each_name(payload, |kind, key, text| {
                if keys.contains_key(&key) && !texts.contains_key(&key) {
                    texts.insert(key, (kind, text.to_owned()));
                }
                Some(())
            });
            whole.ok_or_else(|| walk::broken(log, place))?;
        }
        Ok(())
    })?;
    Ok(texts)
}
