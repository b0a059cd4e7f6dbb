//! What a cell means in its column: a source's values are checked here, whatever the format.

use super::{IDENTIFIER_LIMIT, Intake, KINDS_KNOWN, TEXT_LIMIT, is_required};
use crate::cell::{Value, clean, is_masked};
use crate::identifier::{block_of, ip_of, is_spelled_as_ip, number_of};
use crate::money::{Currency, Unit, scaled};
use crate::network::Network;
use crate::province::Province;
use crate::rejection::{Reason, excerpt};
use crate::segment::Segment;
use crate::software::Software;
use crate::waybill::Waybill;
use crate::{Column, EntityKind, EventTime, Key, Kind, ScanStatus, Span};

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

impl Intake {
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
}

/// What a rating means on a scale.
pub(super) fn rating(given: f32, scale: Option<[f32; 2]>) -> Meaning {
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
pub(super) fn plain_kind(column: Column) -> Option<EntityKind> {
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
