//! Cells become events: the one place where a source's values are checked and turned into what the rest of the
//! program reads.
//!
//! An intake works by row or by column, because Parquet is read by column and text by row; both ways go through
//! [`Intake::meaning`] and [`Intake::place`], so that the same cell means the same in every format. It keeps small
//! memories of identifiers seen lately; they change how often a name is repeated, never an event.

mod meaning;

use crate::cell::{Armour, Value, clean, is_null_word, is_plain};
use crate::identifier::{Channels, Names, Subnets};
use crate::moment::Clock;
use crate::money::{Currency, Unit, few_digits};
use crate::network::Networks;
use crate::province::Province;
use crate::rejection::{Reason, Rejection};
use crate::software::{Software, Softwares};
use crate::waybill::Waybill;
use crate::{Batch, Column, EntityKind, Event, EventTime, Key, Kind, ScanStatus, Span};
use meaning::{plain_kind, rating};
use std::fmt::Write as _;
use std::sync::Arc;

pub use meaning::Meaning;

/// Bytes of an identifier; a row with a longer one is rejected.
pub const IDENTIFIER_LIMIT: usize = 1024;
/// Bytes of a text; a longer one is cut at a character and counted.
pub const TEXT_LIMIT: usize = 64 * 1024;
/// Events after which a batch is full. A batch should still be in a core's own cache when it is handed over.
pub const BATCH_EVENTS: usize = 2 * 1024;
/// Bytes of text after which a batch is full.
pub const BATCH_BYTES: usize = 32 << 20;
/// Names of unknown kinds that are counted one by one; the rest are counted together as `…`.
const UNKNOWN_KINDS: usize = 64;
/// Words for kinds whose meaning is remembered.
const KINDS_KNOWN: usize = 256;

/// What was met on the way that is no fault.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Rows begun.
    pub rows: u64,
    /// Events made.
    pub events: u64,
    /// Rows rejected.
    pub rejected: u64,
    /// Texts cut at [`TEXT_LIMIT`].
    pub cut_texts: u64,
    /// Masked phones, payments and addresses that were left out.
    pub masked: u64,
    /// Names of kinds that the contract does not know.
    pub unknown_kinds: Vec<(String, u64)>,
}

impl Counts {
    /// Adds what another part of the input met.
    pub fn add(&mut self, other: &Counts) {
        self.rows += other.rows;
        self.events += other.events;
        self.rejected += other.rejected;
        self.cut_texts += other.cut_texts;
        self.masked += other.masked;
        for (name, count) in &other.unknown_kinds {
            let at = self.unknown_kind(name);
            self.unknown_kinds[at].1 += count;
        }
        self.unknown_kinds.sort();
    }

    fn unknown_kind(&mut self, name: &str) -> usize {
        if let Some(at) = self.unknown_kinds.iter().position(|(known, _)| known == name) {
            return at;
        }
        if self.unknown_kinds.len() < UNKNOWN_KINDS {
            self.unknown_kinds.push((name.to_owned(), 0));
        } else if self.unknown_kinds.len() == UNKNOWN_KINDS {
            self.unknown_kinds.push(("…".to_owned(), 0));
        }
        self.unknown_kinds.len() - 1
    }
}

/// A batch being filled.
#[derive(Debug)]
pub struct Intake {
    clock: Clock,
    pub(crate) armour: Armour,
    unit: Unit,
    decimals: u32,
    pub(crate) derive_ids: bool,
    pub(crate) fixed_time: Option<EventTime>,
    sources: Vec<String>,
    batch: Batch,
    rows: Vec<u64>,
    content: Vec<u64>,
    faults: Vec<(usize, Column, Reason)>,
    names: Names,
    subnets: Subnets,
    channels: Channels,
    softwares: Softwares,
    pub(crate) networks: Option<Arc<Networks>>,
    pub(crate) scale: Option<[f32; 2]>,
    kinds: Vec<(Key, Meaning)>,
    counts: Counts,
    scratch: String,
}

impl Intake {
    pub(crate) fn new(clock: Clock, armour: Armour, unit: Unit) -> Intake {
        Intake {
            clock,
            armour,
            unit,
            decimals: 2,
            derive_ids: false,
            fixed_time: None,
            sources: Column::ALL.iter().map(|(_, name)| (*name).to_owned()).collect(),
            batch: Batch { events: Vec::with_capacity(BATCH_EVENTS), ..Batch::default() },
            rows: Vec::with_capacity(BATCH_EVENTS),
            content: Vec::new(),
            faults: Vec::new(),
            names: Names::default(),
            subnets: Subnets::default(),
            channels: Channels::default(),
            softwares: Softwares::default(),
            networks: None,
            scale: None,
            kinds: Vec::new(),
            counts: Counts::default(),
            scratch: String::new(),
        }
    }

    pub(crate) fn name_source(&mut self, column: Column, source: &str) {
        if let Some(slot) = self.sources.get_mut(column as usize) {
            source.clone_into(slot);
        }
    }

    /// What was met so far.
    #[must_use]
    pub fn counts(&self) -> &Counts {
        &self.counts
    }

    /// Whether ids follow from the content of rows.
    #[must_use]
    pub fn derives_ids(&self) -> bool {
        self.derive_ids
    }

    /// Tells every name anew from here on, those of orders and regions too: for batches of which each must stand by itself.
    pub fn forget_names(&mut self) {
        self.names.forget();
        self.subnets.shorten();
    }

    /// Rows begun since the last finish.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether no row was begun since the last finish.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Whether the batch should be finished before another row is begun.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.rows.len() >= BATCH_EVENTS || self.batch.arena.len() >= BATCH_BYTES
    }

    /// Begins a row, whose number in its file is `number`, and says where it is.
    pub fn begin(&mut self, number: u64) -> usize {
        let blank = Event { time: self.fixed_time.unwrap_or_default(), ..Event::default() };
        self.batch.events.push(blank);
        self.rows.push(number);
        if self.derive_ids {
            self.content.push(0);
        }
        self.decimals = 2;
        self.counts.rows += 1;
        self.rows.len() - 1
    }

    /// Adds a cell to the identity of a row that has no id of its own. The order of columns does not matter, and a
    /// column that is always null might as well not be there.
    pub fn add_content(&mut self, at: usize, seed: u64, value: Value<'_>) {
        let hash = match value {
            Value::Instant(micros) | Value::Local(micros) => Key(micros as u64).with(1),
            Value::Text(text) => {
                let text = clean(text, self.armour);
                if text.is_empty() {
                    return;
                }
                Key::of(text)
            }
            other => {
                self.scratch.clear();
                crate::expression::write_value(other, self.armour, &mut self.scratch);
                if self.scratch.is_empty() {
                    return;
                }
                Key::of(&self.scratch)
            }
        };
        self.add_content_key(at, seed, hash);
    }

    /// The same for a cell whose key is known already.
    pub fn add_content_key(&mut self, at: usize, seed: u64, cell: Key) {
        if let Some(content) = self.content.get_mut(at).filter(|_| cell.is_some()) {
            *content = content.wrapping_add(cell.with(seed).0);
        }
    }

    /// Reads a cell into its place.
    pub fn put(&mut self, at: usize, column: Column, value: Value<'_>) {
        // Most cells are empty or have their column's usual form; these need no meaning of their own.
        let usual = match value {
            Value::Null | Value::Text("") if !is_required(column) => return,
            Value::Text(text) if is_plain(text) => Some(text),
            Value::Text(text) => Some(clean(text, self.armour)).filter(|text| self.is_given(text)),
            _ => None,
        };
        if usual.is_some_and(|text| self.put_usual(at, column, text)) {
            return;
        }
        let meaning = self.meaning(column, value);
        self.place(at, column, &meaning);
    }

    /// Whether a clean cell says anything.
    fn is_given(&self, text: &str) -> bool {
        !text.is_empty() && (self.armour == Armour::None || !is_null_word(text))
    }

    /// Reads a cell whose text has the usual form of its column; false if it has another, which [`Intake::meaning`]
    /// knows. Both must say the same of a cell.
    fn put_usual(&mut self, at: usize, column: Column, text: &str) -> bool {
        if text.len() > IDENTIFIER_LIMIT {
            return false;
        }
        if let Some(kind) = plain_kind(column) {
            let key = Key::of(text);
            self.names.note(kind, key, text, &mut self.batch);
            self.place_key(at, column, key);
            match column {
                Column::Agent => {
                    let software = self.softwares.of(key, text);
                    self.place_software(at, software);
                }
                Column::Region => self.place_region(at, key, Province::of(text)),
                Column::Parcel => self.place_waybill(at, Waybill::of(text)),
                _ => {}
            }
            return true;
        }
        let Some(event) = self.batch.events.get_mut(at) else {
            return true;
        };
        match column {
            Column::Id => {
                event.id = Key::of(text);
                let span = self.batch.keep(text);
                if let Some(event) = self.batch.events.get_mut(at) {
                    event.id_text = span;
                }
            }
            Column::Time => match self.clock.read_usual(text) {
                Some(time) => event.time = time,
                None => return false,
            },
            Column::Kind => {
                let key = Key::of(text);
                match self.kinds.get(key.0 as usize % KINDS_KNOWN) {
                    Some((known, Meaning::Kind(kind))) if *known == key => event.kind = *kind,
                    _ => return false,
                }
            }
            Column::Ip => {
                let key = Key::of(text);
                let Some((subnet, network)) = self.subnets.around(key) else {
                    return false;
                };
                if !self.names.is_told(EntityKind::Ip, key)
                    || !self.names.is_told(EntityKind::Subnet, subnet)
                {
                    return false;
                }
                (event.ip, event.subnet, event.network) = (key, subnet, network);
            }
            Column::Source => (event.source, event.channel) = self.channels.of(text),
            Column::Status => event.status = ScanStatus::of(text),
            Column::Currency => {
                event.currency = Currency::of(text);
                self.decimals = event.currency.decimals();
            }
            _ => return self.put_number(at, column, text),
        }
        true
    }

    fn put_number(&mut self, at: usize, column: Column, text: &str) -> bool {
        let (Some(number), Some(event)) = (few_digits(text), self.batch.events.get_mut(at)) else {
            return false;
        };
        match column {
            Column::Amount if self.unit == Unit::Minor => event.amount = Some(number),
            Column::Rating => match rating(number as f32, self.scale) {
                Meaning::Rating(rating) => event.rating = Some(rating),
                _ => return false,
            },
            Column::DwellMs | Column::WeightG => self.place_whole(at, column, number),
            _ => return false,
        }
        true
    }

    /// Marks a row as one that cannot be read; the first fault of a row is the one that is told.
    pub fn fault(&mut self, at: usize, column: Column, reason: Reason) {
        self.faults.push((at, column, reason));
    }

    /// Puts a meaning into a row.
    pub fn place(&mut self, at: usize, column: Column, meaning: &Meaning) {
        let Some(event) = self.batch.events.get_mut(at) else {
            return;
        };
        match meaning {
            Meaning::Null => {}
            Meaning::Masked => self.counts.masked += 1,
            Meaning::Key(key) => self.place_key(at, column, *key),
            Meaning::Named(key, span) => (event.id, event.id_text) = (*key, *span),
            Meaning::Pair(source, channel) => {
                (event.source, event.channel) = (*source, *channel);
            }
            Meaning::Address(ip, subnet, network) => {
                (event.ip, event.subnet, event.network) = (*ip, *subnet, *network);
            }
            Meaning::Client(agent, software) => {
                (event.agent, event.software) = (*agent, *software);
            }
            Meaning::Place(region, province) => self.place_region(at, *region, *province),
            Meaning::Parcel(parcel, waybill) => {
                (event.parcel, event.waybill) = (*parcel, *waybill);
            }
            Meaning::Number(phone, block, segment) => {
                (event.phone, event.phone_block, event.segment) = (*phone, *block, *segment);
                self.counts.masked += u64::from(phone.is_none());
            }
            Meaning::Kind(kind) => event.kind = *kind,
            Meaning::UnknownKind(name) => {
                event.kind = Kind::Other;
                if let Some((_, count)) = self.counts.unknown_kinds.get_mut(*name) {
                    *count += 1;
                }
            }
            Meaning::Status(status) => event.status = *status,
            Meaning::Currency(currency) => {
                event.currency = *currency;
                self.decimals = currency.decimals();
            }
            Meaning::Time(time) => event.time = *time,
            Meaning::Whole(number) => self.place_whole(at, column, *number),
            Meaning::Rating(rating) => event.rating = Some(*rating),
            Meaning::Text(span, cut) => {
                event.text = *span;
                self.counts.cut_texts += u64::from(*cut);
            }
            Meaning::Fault(reason) => self.faults.push((at, column, reason.clone())),
        }
    }

    fn place_key(&mut self, at: usize, column: Column, key: Key) {
        let Some(event) = self.batch.events.get_mut(at) else {
            return;
        };
        match column {
            Column::Actor => event.actor = key,
            Column::Subject => event.subject = key,
            Column::Owner => event.owner = key,
            Column::Order => event.order = key,
            Column::Parcel => event.parcel = key,
            Column::Point => event.point = key,
            Column::Device => event.device = key,
            Column::Agent => event.agent = key,
            Column::Payment => event.payment = key,
            Column::Address => event.address = key,
            Column::Counterparty => event.counterparty = key,
            _ => {}
        }
    }

    fn place_region(&mut self, at: usize, region: Key, province: Province) {
        if let Some(event) = self.batch.events.get_mut(at) {
            (event.region, event.province) = (region, province);
        }
    }

    fn place_waybill(&mut self, at: usize, waybill: Waybill) {
        if let Some(event) = self.batch.events.get_mut(at) {
            event.waybill = waybill;
        }
    }

    fn place_software(&mut self, at: usize, software: Software) {
        if let Some(event) = self.batch.events.get_mut(at) {
            event.software = software;
        }
    }

    fn place_whole(&mut self, at: usize, column: Column, number: i64) {
        let Some(event) = self.batch.events.get_mut(at) else {
            return;
        };
        match column {
            // Whether money may be negative depends on the kind, which may be read later.
            Column::Amount => event.amount = Some(number),
            _ if number < 0 => {
                self.faults.push((at, column, Reason::Negative(number.to_string())));
            }
            Column::DwellMs => event.dwell_ms = Some(number),
            Column::WeightG => match i32::try_from(number) {
                Ok(grams) => event.weight_g = Some(grams),
                Err(_) => {
                    self.faults.push((at, column, Reason::NotANumber(number.to_string())));
                }
            },
            _ => {}
        }
    }

    /// Ends the batch: the events that could be read, and the rows that could not.
    pub fn finish(&mut self) -> (Batch, Vec<Rejection>) {
        // Cells are read in the order of the table or of the contract; the latter decides.
        self.faults.sort_by_key(|(at, column, _)| (*at, *column));
        for (at, event) in self.batch.events.iter_mut().enumerate() {
            match event.amount {
                // A refund is written as money taken back as often as money given.
                Some(amount) if amount < 0 && event.kind == Kind::Refund => {
                    event.amount = amount.checked_abs();
                }
                Some(amount) if amount < 0 => {
                    self.faults.push((at, Column::Amount, Reason::Negative(amount.to_string())));
                }
                _ => {}
            }
        }
        if self.derive_ids {
            self.derive();
        }
        self.faults.sort_by_key(|(at, _, _)| *at);
        self.faults.dedup_by_key(|(at, _, _)| *at);
        // The next batch will be about as large; growing it step by step costs more than its room.
        let next = Batch {
            events: Vec::with_capacity(self.batch.events.len()),
            arena: String::with_capacity(self.batch.arena.len()),
            names: Vec::with_capacity(self.batch.names.len()),
        };
        let mut batch = std::mem::replace(&mut self.batch, next);
        let mut rejected = Vec::with_capacity(self.faults.len());
        if !self.faults.is_empty() {
            let mut bad = self.faults.iter().map(|(at, _, _)| *at).peekable();
            let mut at = 0;
            batch.events.retain(|_| {
                let keep = bad.next_if_eq(&at).is_none();
                at += 1;
                keep
            });
        }
        for (at, column, reason) in self.faults.drain(..) {
            rejected.push(Rejection {
                row: self.rows.get(at).copied().unwrap_or(0),
                column: self.sources.get(column as usize).cloned().unwrap_or_default(),
                reason,
            });
        }
        self.rows.clear();
        self.content.clear();
        self.counts.events += batch.events.len() as u64;
        self.counts.rejected += rejected.len() as u64;
        (batch, rejected)
    }

    fn derive(&mut self) {
        for (at, content) in self.content.iter().enumerate() {
            let start = self.batch.arena.len();
            // Writing to a string cannot fail.
            let _ = write!(self.batch.arena, "{content:016x}");
            if let Some(event) = self.batch.events.get_mut(at) {
                event.id = Key::of(&self.batch.arena[start..]);
                event.id_text = Span {
                    start: u32::try_from(start).unwrap_or(u32::MAX),
                    len: (self.batch.arena.len() - start) as u32,
                };
            }
        }
    }
}

pub(crate) fn is_required(column: Column) -> bool {
    matches!(column, Column::Id | Column::Time | Column::Kind)
}
