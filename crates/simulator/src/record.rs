//! An event as it leaves the simulator: the contract's columns as texts, and the label that no platform would know.
//!
//! An empty text is a null. A small share of events lose an attribute on the way, as they do on real platforms.

use crate::name::{Name, Space, letters, mix};
use crate::places::Places;
use crate::row::{Label, Phone, Row, Said, Source};
use events::{Column, EventTime, Intake, Kind, Value};
use std::fmt::Write;

/// One row of the contract's event table.
#[derive(Clone, Debug, Default, PartialEq)]
#[allow(missing_docs)] // the contract's columns, in its order
pub struct Record {
    pub id: String,
    pub time: EventTime,
    pub kind: Kind,
    pub actor: String,
    pub subject: String,
    pub owner: String,
    pub order: String,
    pub parcel: String,
    pub point: String,
    pub device: String,
    pub ip: String,
    pub agent: String,
    pub source: String,
    pub phone: String,
    pub payment: String,
    pub address: String,
    pub counterparty: String,
    pub amount: Option<i64>,
    pub currency: &'static str,
    pub rating: Option<f64>,
    pub text: String,
    pub dwell_ms: Option<i64>,
    pub weight_g: Option<i32>,
    pub region: String,
    pub status: &'static str,
    /// What the event is in truth.
    pub label: Label,
}

impl Record {
    /// What it has in the columns of the contract's table; empty where it has nothing.
    fn cells(&self) -> [(Column, Value<'_>); 25] {
        let number = |number: Option<i64>| number.map_or(Value::Null, Value::Int);
        [
            (Column::Id, Value::Text(&self.id)),
            (Column::Time, Value::Instant(self.time.0)),
            (Column::Kind, Value::Text(self.kind.name())),
            (Column::Actor, Value::Text(&self.actor)),
            (Column::Subject, Value::Text(&self.subject)),
            (Column::Owner, Value::Text(&self.owner)),
            (Column::Order, Value::Text(&self.order)),
            (Column::Parcel, Value::Text(&self.parcel)),
            (Column::Point, Value::Text(&self.point)),
            (Column::Device, Value::Text(&self.device)),
            (Column::Ip, Value::Text(&self.ip)),
            (Column::Agent, Value::Text(&self.agent)),
            (Column::Source, Value::Text(&self.source)),
            (Column::Phone, Value::Text(&self.phone)),
            (Column::Payment, Value::Text(&self.payment)),
            (Column::Address, Value::Text(&self.address)),
            (Column::Counterparty, Value::Text(&self.counterparty)),
            (Column::Currency, Value::Text(self.currency)),
            (Column::Amount, number(self.amount)),
            (Column::Rating, self.rating.map_or(Value::Null, Value::Float)),
            (Column::Text, Value::Text(&self.text)),
            (Column::DwellMs, number(self.dwell_ms)),
            (Column::WeightG, number(self.weight_g.map(i64::from))),
            (Column::Region, Value::Text(&self.region)),
            (Column::Status, Value::Text(self.status)),
        ]
    }

    /// Puts the record into an intake as its row `number`, as if it had been read from a table of the contract.
    pub fn put(&self, intake: &mut Intake, number: u64) {
        let at = intake.begin(number);
        for (column, value) in self.cells() {
            intake.put(at, column, value);
        }
    }

    /// The record as a platform sends it: a JSON object with the contract's columns.
    #[must_use]
    pub fn json(&self) -> String {
        let cells = self.cells().into_iter().filter_map(|(column, value)| {
            let told = match value {
                Value::Text(text) if !text.is_empty() => text.into(),
                Value::Instant(micros) => micros.into(),
                Value::Int(number) => number.into(),
                Value::Float(number) => number.into(),
                _ => return None,
            };
            Some((column.name().to_owned(), told))
        });
        serde_json::Value::Object(cells.collect()).to_string()
    }
}

/// Turns rows into records under one seed.
pub(crate) struct Scribe {
    pub(crate) seed: u64,
    written: u64,
}

impl Scribe {
    pub(crate) fn new(seed: u64) -> Scribe {
        Scribe { seed, written: 0 }
    }

    /// The text of a name.
    pub(crate) fn name(&self, name: Name) -> String {
        let mut out = String::new();
        name.write(self.seed, &mut out);
        out
    }

    /// Writes a row over the record of the one before.
    pub(crate) fn write(&mut self, row: &Row, record: &mut Record) {
        let number = self.written;
        self.written += 1;
        let luck = mix(number ^ mix(self.seed ^ 0x1057));
        let lost = |which: u64| (luck >> (which * 8)) & 0xff == 0;
        self.put(Name::new(Space::Event, number), &mut record.id);
        record.time = EventTime(row.time);
        record.kind = row.kind;
        record.label = row.label;
        self.put(row.actor, &mut record.actor);
        self.put(row.subject, &mut record.subject);
        self.put(row.owner, &mut record.owner);
        self.put(row.order, &mut record.order);
        self.put(row.parcel, &mut record.parcel);
        self.put(row.point, &mut record.point);
        self.put(if lost(0) { Name::NONE } else { row.device }, &mut record.device);
        self.put(row.payment, &mut record.payment);
        self.put(row.address, &mut record.address);
        self.put(row.counterparty, &mut record.counterparty);
        record.ip.clear();
        if row.ip != 0 && !lost(1) {
            let [a, b, c, d] = row.ip.to_be_bytes();
            let _ = write!(record.ip, "{a}.{b}.{c}.{d}");
        }
        record.agent.clear();
        if row.agent.model != 0 && !lost(2) {
            Places::agent(row.agent, &mut record.agent);
        }
        record.source.clear();
        if !lost(3) {
            self.source(row.source, &mut record.source);
        }
        self.phone(row.phone, &mut record.phone);
        record.amount = (row.amount >= 0).then_some(row.amount);
        record.currency = if row.amount >= 0 { "CNY" } else { "" };
        record.rating = (row.rating > 0).then_some(f64::from(row.rating));
        record.text.clear();
        row.text.write(&mut record.text);
        record.dwell_ms = (row.dwell_ms >= 0 && !lost(4)).then_some(row.dwell_ms);
        record.weight_g = (row.weight_g >= 0).then_some(row.weight_g);
        record.region.clear();
        if row.region != 0 && !lost(5) {
            let _ = write!(record.region, "{:06}", row.region);
        }
        record.status = said(row.said);
    }

    fn put(&self, name: Name, out: &mut String) {
        out.clear();
        name.write(self.seed, out);
    }

    fn source(&self, source: Source, out: &mut String) {
        match source {
            Source::None => {}
            Source::Home => out.push_str("feed"),
            Source::Follow => out.push_str("follow"),
            Source::Push => out.push_str("push"),
            Source::Profile => out.push_str("profile"),
            Source::Direct => out.push_str("direct"),
            Source::Ad => out.push_str("ad"),
            Source::Live => out.push_str("live"),
            Source::Picks => out.push_str("list"),
            Source::Qr => out.push_str("qr"),
            Source::Search(words) => {
                out.push_str("search:");
                words.write(out);
            }
            Source::Share(account) => {
                out.push_str("share:");
                account.write(self.seed, out);
            }
        }
    }

    /// Ten thousand neighbours share the digits before the dash; the rest is a token, so that no number is anybody's.
    fn phone(&self, phone: Phone, out: &mut String) {
        out.clear();
        if phone.block != 0 {
            let _ = write!(out, "{}-", phone.block);
            letters(mix(u64::from(phone.token) ^ mix(self.seed ^ 0xf0)), 8, out);
        }
    }
}

fn said(said: Said) -> &'static str {
    match said {
        Said::Nothing => "",
        Said::Ok => "ok",
        Said::Done => "done",
        Said::Scan(status) => status.name().unwrap_or_default(),
    }
}
