//! Cells become events: the one place where a source's values are checked and turned into what the rest of the
//! program reads.
//!
//! An intake works by row or by column, because Parquet is read by column and text by row; both ways go through
//! [`Intake::meaning`] and [`Intake::place`], so that the same cell means the same in every format. It keeps small
//! memories of identifiers seen lately; they change how often a name is repeated, never an event.

use crate::cell::{Armour, Value, clean, is_masked, is_null_word, is_plain};
use crate::identifier::{Channels, Names, Subnets, block_of, ip_of, is_spelled_as_ip, number_of};
use crate::moment::Clock;
use crate::money::{Currency, Unit, few_digits, scaled};
use crate::network::{Network, Networks};
use crate::province::Province;
use crate::rejection::{Reason, Rejection, excerpt};
use crate::segment::Segment;
use crate::software::{Software, Softwares};
use crate::waybill::Waybill;
use crate::{Batch, Column, EntityKind, Event, EventTime, Key, Kind, ScanStatus, Span};
use std::fmt::Write as _;
use std::sync::Arc;

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

/// What a cell means in its column. May be kept and placed again in other rows, except for ids and texts, which
/// belong to the batch that is being filled.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)] // what an event's fields hold
pub enum Meaning {
    Null,
    Masked,
    Key(Key),
    Named(Key, Span),
    Pair(Key, Key),
    /// An address, its neighbourhood, and whose it is.
    Address(Key, Key, Network),
    Client(Key, Software),
    Place(Key, Province),
    Parcel(Key, Waybill),
    Number(Key, Key, Segment),
    Kind(Kind),
    UnknownKind(usize),
    Status(ScanStatus),
    Currency(Currency),
    Time(EventTime),
    Whole(i64),
    Rating(f32),
    Text(Span, bool),
    Fault(Reason),
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

    /// What a cell means in a column.
    pub fn meaning(&mut self, column: Column, value: Value<'_>) -> Meaning {
        match value {
            Value::Null => return self.nothing(column),
            Value::NotText => return Meaning::Fault(Reason::NotText),
            Value::Nested => {
                return Meaning::Fault(Reason::WrongType("a list or an object".into()));
            }
            // As a text it would be one name for half of everything.
            Value::Bool(_) => return Meaning::Fault(Reason::WrongType("yes or no".into())),
            Value::Text(text) => {
                let text = clean(text, self.armour);
                if !self.is_given(text) {
                    return self.nothing(column);
                }
                return if column.is_identifier() {
                    self.identifier(column, text)
                } else {
                    self.measure_text(column, text)
                };
            }
            _ => {}
        }
        if column.is_identifier() || column == Column::Text {
            self.number_as_text(column, value)
        } else {
            self.measure(column, value)
        }
    }

    fn nothing(&self, column: Column) -> Meaning {
        if is_required(column) { Meaning::Fault(Reason::Empty) } else { Meaning::Null }
    }

    fn number_as_text(&mut self, column: Column, value: Value<'_>) -> Meaning {
        if let Value::Float(number) = value {
            // A float that cannot hold the digits of a long number has already lost some of them.
            if !number.is_finite() {
                return Meaning::Fault(Reason::NotFinite);
            }
            if column != Column::Text && (number.fract() != 0.0 || number.abs() >= 9e15) {
                return Meaning::Fault(Reason::NotWhole(number.to_string()));
            }
        }
        let mut text = std::mem::take(&mut self.scratch);
        text.clear();
        match value {
            Value::Instant(_) | Value::Local(_) if column != Column::Text => {
                self.scratch = text;
                return Meaning::Fault(Reason::WrongType("a time".into()));
            }
            _ => crate::expression::write_value(value, self.armour, &mut text),
        }
        let meaning = self.meaning(column, Value::Text(&text));
        self.scratch = text;
        meaning
    }

    fn identifier(&mut self, column: Column, text: &str) -> Meaning {
        if text.len() > IDENTIFIER_LIMIT {
            return Meaning::Fault(Reason::TooLong(text.len()));
        }
        let named = |intake: &mut Intake, kind| {
            let key = Key::of(text);
            intake.names.note(kind, key, text, &mut intake.batch);
            Meaning::Key(key)
        };
        if let Some(kind) = plain_kind(column) {
            return match named(self, kind) {
                Meaning::Key(key) if column == Column::Agent => {
                    Meaning::Client(key, self.softwares.of(key, text))
                }
                Meaning::Key(key) if column == Column::Region => {
                    Meaning::Place(key, Province::of(text))
                }
                Meaning::Key(key) if column == Column::Parcel => {
                    Meaning::Parcel(key, Waybill::of(text))
                }
                meaning => meaning,
            };
        }
        match column {
            Column::Id => Meaning::Named(Key::of(text), self.batch.keep(text)),
            Column::Kind => self.kind(text),
            Column::Status => Meaning::Status(ScanStatus::of(text)),
            Column::Currency => Meaning::Currency(Currency::of(text)),
            Column::Payment | Column::Address | Column::Phone if is_masked(text) => {
                self.masked(column, text)
            }
            Column::Payment => named(self, EntityKind::Payment),
            Column::Address => named(self, EntityKind::Address),
            Column::Phone => self.phone(text),
            Column::Ip => self.ip(text),
            Column::Source => {
                let (source, channel) = self.channels.of(text);
                Meaning::Pair(source, channel)
            }
            _ => Meaning::Key(Key::of(text)),
        }
    }

    fn masked(&mut self, column: Column, text: &str) -> Meaning {
        let block = if column == Column::Phone { block_of(text) } else { None };
        if let Some(block) = block {
            let key = Key::of(block);
            self.names.note(EntityKind::PhoneBlock, key, block, &mut self.batch);
            return Meaning::Number(Key::NONE, key, Segment::of(text));
        }
        Meaning::Masked
    }

    fn phone(&mut self, text: &str) -> Meaning {
        let mut number = std::mem::take(&mut self.scratch);
        let text = number_of(text, &mut number);
        let key = Key::of(text);
        self.names.note(EntityKind::Phone, key, text, &mut self.batch);
        let mut block_key = Key::NONE;
        if let Some(block) = block_of(text) {
            block_key = Key::of(block);
            self.names.note(EntityKind::PhoneBlock, block_key, block, &mut self.batch);
        }
        let segment = Segment::of(text);
        self.scratch = number;
        Meaning::Number(key, block_key, segment)
    }

    fn ip(&mut self, text: &str) -> Meaning {
        let mut around = std::mem::take(&mut self.scratch);
        let address = ip_of(text, &mut around);
        // Whoever hands out tables without addresses writes tokens for them; what is spelled like an address has to be one.
        if address.is_none() && (text.contains(['*', '＊']) || is_spelled_as_ip(text)) {
            self.scratch = around;
            return match text.contains(['*', '＊']) {
                true => Meaning::Masked,
                false => Meaning::Fault(Reason::NotAnAddress(excerpt(text))),
            };
        }
        let spelled = address.as_deref().unwrap_or(text);
        let (key, subnet) = (Key::of(spelled), Key::of(&around));
        self.names.note(EntityKind::Ip, key, spelled, &mut self.batch);
        let mut network = Network::Unknown;
        if let (Some(networks), Ok(address)) = (&self.networks, spelled.parse()) {
            network = networks.of(address);
        }
        if subnet.is_some() {
            self.names.note(EntityKind::Subnet, subnet, &around, &mut self.batch);
            if spelled == text {
                self.subnets.remember(key, (subnet, network));
            }
        }
        self.scratch = around;
        Meaning::Address(key, subnet, network)
    }

    fn kind(&mut self, text: &str) -> Meaning {
        let key = Key::of(text);
        let slot = key.0 as usize % KINDS_KNOWN;
        match self.kinds.get(slot) {
            Some((known, meaning)) if *known == key => meaning.clone(),
            _ => {
                let meaning = self.kind_of(text);
                self.kinds.resize(KINDS_KNOWN, (Key::NONE, Meaning::Null));
                self.kinds[slot] = (key, meaning.clone());
                meaning
            }
        }
    }

    fn kind_of(&mut self, text: &str) -> Meaning {
        let mut kind = Kind::of(text);
        if kind == Kind::Other {
            kind = Kind::of(&text.to_ascii_lowercase());
        }
        match kind {
            Kind::Other if text != Kind::Other.name() => {
                Meaning::UnknownKind(self.counts.unknown_kind(text))
            }
            known => Meaning::Kind(known),
        }
    }

    fn measure_text(&mut self, column: Column, text: &str) -> Meaning {
        let number = |places| {
            scaled(text, places)
                .map_or_else(|| Meaning::Fault(Reason::NotANumber(excerpt(text))), Meaning::Whole)
        };
        match column {
            Column::Time => self.clock.read(text).map_or_else(Meaning::Fault, Meaning::Time),
            Column::Text => {
                let cut = floor_char(text, TEXT_LIMIT);
                Meaning::Text(self.batch.keep(&text[..cut]), cut < text.len())
            }
            Column::Amount if self.unit == Unit::Major => number(self.decimals),
            Column::Amount => number(0),
            _ => match text.parse::<f64>() {
                Ok(value) => self.measure(column, Value::Float(value)),
                Err(_) => number(0),
            },
        }
    }

    fn measure(&mut self, column: Column, value: Value<'_>) -> Meaning {
        let fault = |reason| Meaning::Fault(reason);
        match (column, value) {
            (_, Value::Float(number)) if !number.is_finite() => fault(Reason::NotFinite),
            (Column::Time, Value::Int(epoch)) => {
                self.clock.read_epoch(epoch).map_or_else(fault, Meaning::Time)
            }
            (Column::Time, Value::Float(epoch)) => {
                self.clock.read_epoch_float(epoch).map_or_else(fault, Meaning::Time)
            }
            (Column::Time, Value::Instant(micros)) => {
                self.clock.read_instant(micros).map_or_else(fault, Meaning::Time)
            }
            (Column::Time, Value::Local(micros)) => {
                self.clock.read_local(micros).map_or_else(fault, Meaning::Time)
            }
            (Column::Rating, Value::Unsigned(given)) => rating(given as f32, self.scale),
            (Column::Rating, Value::Int(given)) => rating(given as f32, self.scale),
            (Column::Rating, Value::Float(given)) if (given as f32).is_finite() => {
                rating(given as f32, self.scale)
            }
            (Column::Amount, Value::Int(amount)) if self.unit == Unit::Major => amount
                .checked_mul(10_i64.pow(self.decimals))
                .map_or_else(|| fault(Reason::NotANumber(amount.to_string())), Meaning::Whole),
            (Column::Amount, Value::Float(amount)) => {
                let major = self.unit == Unit::Major;
                let minor = if major {
                    (amount * 10_f64.powi(self.decimals as i32)).round()
                } else {
                    amount
                };
                whole(minor)
            }
            (Column::DwellMs | Column::WeightG, Value::Float(number)) => whole(number.round()),
            (Column::Amount | Column::DwellMs | Column::WeightG, Value::Int(number)) => {
                Meaning::Whole(number)
            }
            (_, Value::Instant(_) | Value::Local(_)) => fault(Reason::WrongType("a time".into())),
            (_, Value::Unsigned(number)) => fault(Reason::NotANumber(number.to_string())),
            _ => fault(Reason::WrongType("this type".into())),
        }
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

/// What a rating means on a scale.
fn rating(given: f32, scale: Option<[f32; 2]>) -> Meaning {
    match scale {
        // No stars is how many tables write that nobody rated.
        Some([least, _]) if given == 0.0 && least > 0.0 => Meaning::Null,
        Some([least, most]) if !(least..=most).contains(&given) => {
            Meaning::Fault(Reason::OffScale(given.to_string(), least, most))
        }
        _ => Meaning::Rating(given),
    }
}

/// The kind of entity that a column names by its bare text.
fn plain_kind(column: Column) -> Option<EntityKind> {
    Some(match column {
        Column::Actor => EntityKind::Account,
        Column::Subject => EntityKind::Subject,
        Column::Owner => EntityKind::Owner,
        Column::Parcel => EntityKind::Parcel,
        Column::Point => EntityKind::Point,
        Column::Device => EntityKind::Device,
        Column::Agent => EntityKind::Agent,
        Column::Counterparty => EntityKind::Counterparty,
        Column::Order => EntityKind::Order,
        Column::Region => EntityKind::Region,
        _ => return None,
    })
}

fn whole(number: f64) -> Meaning {
    if number.fract() != 0.0 {
        return Meaning::Fault(Reason::NotWhole(number.to_string()));
    }
    if number.abs() >= 9e18 {
        return Meaning::Fault(Reason::NotANumber(number.to_string()));
    }
    Meaning::Whole(number as i64)
}

/// The last place at or before `limit` where a character ends.
fn floor_char(text: &str, limit: usize) -> usize {
    if text.len() <= limit {
        return text.len();
    }
    (0..=limit).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}
