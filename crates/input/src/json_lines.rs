//! JSON Lines as batches of events: one object a line, its keys the columns.
//!
//! The keys of the first lines are the header; a key that only later lines have is not read, but still tells two rows
//! apart that have no id.

use crate::InputError;
use crate::json_plain::PlainKeys;
use crate::part::Delivery;
use crate::stream::{Cut, TextStream};
use crate::text_table::{Then, damaged, valid_start};
use events::{Armour, Binding, Carry, Cells, Counts, Intake, Key, Reason, Value};
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;
use std::fmt;
use std::io;
use std::path::Path;

/// Lines whose keys make the header.
const HEADER_LINES: usize = 1000;
/// Columns of a header.
const HEADER_LIMIT: usize = 1000;
/// The longest line.
const LINE_LIMIT: usize = 64 << 20;

/// A cell of a line.
#[derive(Clone, Debug)]
pub(crate) enum Held<'a> {
    Null,
    Text(Cow<'a, str>),
    Int(i64),
    Unsigned(u64),
    Float(f64),
    Bool(bool),
    Nested,
}

/// A line's cells; reused from line to line.
#[derive(Debug, Default)]
pub(crate) struct Row<'a> {
    held: Vec<Held<'a>>,
    filled: u64,
}

impl<'a> Row<'a> {
    /// Makes it a row of so many empty cells.
    pub(crate) fn clear(&mut self, cells: usize) {
        self.held.clear();
        self.held.resize(cells, Held::Null);
        self.filled = 0;
    }

    pub(crate) fn hold(&mut self, place: usize, cell: Held<'a>) {
        if let Some(held) = self.held.get_mut(place) {
            let bit = u64::from(!matches!(cell, Held::Null));
            self.filled |= bit.checked_shl(place as u32).unwrap_or(0);
            *held = cell;
        }
    }
}

impl Cells for Row<'_> {
    fn value(&self, column: usize) -> Value<'_> {
        match self.held.get(column) {
            None | Some(Held::Null) => Value::Null,
            Some(Held::Text(text)) => Value::Text(text),
            Some(Held::Int(number)) => Value::Int(*number),
            Some(Held::Unsigned(number)) => Value::Unsigned(*number),
            Some(Held::Float(number)) => Value::Float(*number),
            Some(Held::Bool(yes)) => Value::Bool(*yes),
            Some(Held::Nested) => Value::Nested,
        }
    }

    fn filled(&self, _: u64) -> u64 {
        self.filled
    }
}

/// The keys of a table's first lines, in the order in which they are met.
pub(crate) fn header(sample: &[u8]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let mut seen = std::collections::BTreeSet::new();
    for line in sample.split(|b| *b == b'\n').take(HEADER_LINES) {
        let mut from = serde_json::Deserializer::from_slice(line);
        let Ok(keys) = from.deserialize_map(KeyList) else { continue };
        for key in keys {
            if names.len() < HEADER_LIMIT && seen.insert(key.clone()) {
                names.push(key);
            }
        }
    }
    names
}

struct KeyList;

impl<'de> Visitor<'de> for KeyList {
    type Value = Vec<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut keys = Vec::new();
        while let Some(key) = map.next_key::<String>()? {
            map.next_value::<serde::de::IgnoredAny>()?;
            keys.push(key);
        }
        Ok(keys)
    }
}

/// The places between lines, about `each` bytes apart, at which a plain file can be cut.
pub(crate) fn cuts(stream: &mut TextStream, each: u64) -> io::Result<Vec<Cut>> {
    let mut rows = 0;
    let mut cuts: Vec<Cut> = Vec::new();
    loop {
        let text = stream.text();
        let Some(end) = memchr::memchr(b'\n', text) else {
            if stream.ended() || text.len() > LINE_LIMIT {
                return Ok(cuts);
            }
            stream.grow()?;
            continue;
        };
        rows += u64::from(!text[..end].trim_ascii().is_empty());
        stream.consume(end + 1);
        if stream.consumed() >= cuts.last().map_or(0, |cut| cut.at) + each {
            cuts.push(Cut { at: stream.consumed(), rows });
        }
    }
}

/// Reads the lines of a stream, before which there are `before` data rows.
pub(crate) fn read(
    path: &Path,
    stream: &mut TextStream,
    before: u64,
    binding: &Binding,
    delivery: &mut Delivery<'_>,
) -> Result<Counts, InputError> {
    let mut wanted = vec![false; binding.header().len()];
    for place in binding.places() {
        wanted[place] = true;
    }
    // Where lines are told apart by all of their content, a parser must see it.
    let plain = if binding.has_ids() { PlainKeys::of(binding.header()) } else { None };
    let intake = binding.intake(Armour::None);
    let mut reading =
        Reading { binding, wanted, plain, intake, carry: Carry::default(), row: before };
    loop {
        let (used, then) = reading.read_block(stream.text(), stream.ended(), delivery);
        stream.consume(used);
        match then {
            Then::More => stream.grow().map_err(|fault| damaged(path, reading.row, &fault))?,
            Then::End => break,
            Then::Stop => return Ok(delivery.counts(&reading.intake)),
        }
    }
    delivery.send(&mut reading.intake);
    Ok(delivery.counts(&reading.intake))
}

/// Where reading stands.
struct Reading<'b> {
    binding: &'b Binding,
    wanted: Vec<bool>,
    plain: Option<PlainKeys>,
    intake: Intake,
    carry: Carry,
    row: u64,
}

impl Reading<'_> {
    /// Reads the lines that are whole in `text` and says how many bytes they have.
    fn read_block(
        &mut self,
        text: &[u8],
        ended: bool,
        delivery: &mut Delivery<'_>,
    ) -> (usize, Then) {
        let valid = valid_start(text);
        let mut cells = Row::default();
        let mut at = 0;
        loop {
            let rest = &text[at..];
            let (line, length) = match memchr::memchr(b'\n', rest) {
                Some(end) => (&rest[..end], end + 1),
                None if ended || rest.len() > LINE_LIMIT => (rest, rest.len()),
                None => return (at, Then::More),
            };
            if length == 0 {
                return (at, Then::End);
            }
            if !line.trim_ascii().is_empty() {
                let known = valid.get(at..at + line.len());
                self.read_line(line, known, &mut cells, delivery);
            }
            at += length;
            if self.intake.is_full() && !delivery.send(&mut self.intake) {
                return (at, Then::Stop);
            }
        }
    }

    fn read_line<'a>(
        &mut self,
        line: &'a [u8],
        known: Option<&'a str>,
        cells: &mut Row<'a>,
        delivery: &mut Delivery<'_>,
    ) {
        self.row += 1;
        let text = known.or_else(|| std::str::from_utf8(line).ok());
        let parsed = text.ok_or((String::new(), Reason::NotText)).and_then(|text| {
            cells.clear(self.wanted.len());
            if self.plain.as_ref().is_some_and(|keys| keys.read(text, cells).is_some()) {
                return Ok(0);
            }
            parse(text, self.binding, &self.wanted, cells)
        });
        match parsed {
            Ok(extra) => {
                self.binding.read_row(cells, self.row, &mut self.carry, &mut self.intake);
                if extra != 0 {
                    self.intake.add_content_key(self.intake.len() - 1, 0, Key(extra));
                }
            }
            Err((column, reason)) => delivery.reject(self.row, column, reason),
        }
    }
}

/// Reads a line's cells into `row`, and says what cells outside the header add to its identity; or which column cannot be
/// read, if it is one's fault, and why.
pub(crate) fn parse<'a>(
    text: &'a str,
    binding: &Binding,
    wanted: &[bool],
    row: &mut Row<'a>,
) -> Result<u64, (String, Reason)> {
    row.clear(wanted.len());
    let (mut extra, mut fault) = (0, String::new());
    let derives = !binding.has_ids();
    let header = binding.header();
    let into = Object { header, wanted, derives, row, extra: &mut extra, fault: &mut fault };
    let mut from = serde_json::Deserializer::from_str(text);
    into.deserialize(&mut from)
        .and_then(|()| from.end())
        .map_err(|why| (fault, Reason::Broken(format!("not a JSON object: {why}"))))?;
    Ok(extra)
}

struct Object<'a, 'b> {
    header: &'b [String],
    wanted: &'b [bool],
    /// Whether lists and objects must tell rows apart.
    derives: bool,
    row: &'b mut Row<'a>,
    extra: &'b mut u64,
    /// The column that could not be read.
    fault: &'b mut String,
}

impl<'de: 'a, 'a> DeserializeSeed<'de> for Object<'a, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_map(self)
    }
}

impl<'de: 'a, 'a> Visitor<'de> for Object<'a, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        let mut next = 0;
        while let Some(place) = map.next_key_seed(Place { header: self.header, next })? {
            match place {
                Ok(at) => {
                    next = at + 1;
                    let name = self.header.get(at).map_or("", String::as_str);
                    let fault = &mut *self.fault;
                    let note = |_: &A::Error| name.clone_into(fault);
                    if self.wanted.get(at).copied().unwrap_or(false) && self.derives {
                        let value = map.next_value::<serde_json::Value>().inspect_err(note)?;
                        self.keep(at, value);
                    } else if self.wanted.get(at).copied().unwrap_or(false) {
                        self.row.hold(at, map.next_value_seed(Cell).inspect_err(note)?);
                    } else {
                        map.next_value::<serde::de::IgnoredAny>().inspect_err(note)?;
                    }
                }
                Err(name) if self.derives => {
                    let value = map.next_value::<serde_json::Value>();
                    let value = value.inspect_err(|_| self.fault.clone_from(&name))?;
                    let told = Key::of(&value.to_string()).with(Key::of(&name).0).0;
                    *self.extra = self.extra.wrapping_add(told);
                }
                Err(name) => {
                    let passed = map.next_value::<serde::de::IgnoredAny>();
                    passed.inspect_err(|_| *self.fault = name)?;
                }
            }
        }
        Ok(())
    }
}

impl Object<'_, '_> {
    /// Keeps a cell of a row that is told apart by all of its content, lists and objects included.
    fn keep(&mut self, at: usize, value: serde_json::Value) {
        let held = match value {
            serde_json::Value::Null => Held::Null,
            serde_json::Value::Bool(yes) => Held::Bool(yes),
            serde_json::Value::String(text) => Held::Text(Cow::Owned(text)),
            serde_json::Value::Number(number) => match (number.as_i64(), number.as_u64()) {
                (Some(whole), _) => Held::Int(whole),
                (None, Some(whole)) => Held::Unsigned(whole),
                _ => Held::Float(number.as_f64().unwrap_or(f64::NAN)),
            },
            nested => {
                let told = Key::of(&nested.to_string()).with(at as u64).0;
                *self.extra = self.extra.wrapping_add(told);
                Held::Nested
            }
        };
        self.row.hold(at, held);
    }
}

/// A key's place in the header. Lines mostly have the same keys in the same order, so the next one is looked at first.
struct Place<'b> {
    header: &'b [String],
    next: usize,
}

impl<'de> DeserializeSeed<'de> for Place<'_> {
    type Value = Result<usize, String>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
        from.deserialize_str(self)
    }
}

impl Visitor<'_> for Place<'_> {
    type Value = Result<usize, String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<Self::Value, E> {
        if self.header.get(self.next).is_some_and(|name| name == key) {
            return Ok(Ok(self.next));
        }
        let found = self.header.iter().position(|name| name == key);
        Ok(found.ok_or_else(|| key.to_owned()))
    }
}

struct Cell;

impl<'de> DeserializeSeed<'de> for Cell {
    type Value = Held<'de>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Cell {
    type Value = Held<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Held<'de>, E> {
        Ok(Held::Null)
    }

    fn visit_bool<E>(self, yes: bool) -> Result<Held<'de>, E> {
        Ok(Held::Bool(yes))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Held<'de>, E> {
        Ok(Held::Int(number))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Held<'de>, E> {
        Ok(i64::try_from(number).map_or(Held::Unsigned(number), Held::Int))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Held<'de>, E> {
        Ok(Held::Float(number))
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Held<'de>, E> {
        Ok(Held::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Held<'de>, E> {
        Ok(Held::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Held<'de>, A::Error> {
        while list.next_element::<serde::de::IgnoredAny>()?.is_some() {}
        Ok(Held::Nested)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Held<'de>, A::Error> {
        while map.next_entry::<serde::de::IgnoredAny, serde::de::IgnoredAny>()?.is_some() {}
        Ok(Held::Nested)
    }
}
