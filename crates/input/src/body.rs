//! Bodies of requests as batches of events: the contract's columns as JSON, JSON Lines or an Arrow stream.
//!
//! A body stands by itself: it names every identifier that it holds, because the batch before it may have been refused.
//! What is wrong with one event rejects that event; what makes the body unreadable, or longer than may be, rejects all
//! of it, so that nobody has to guess how much of it was taken.

use crate::arrow_rows::{ArrowRows, WINDOW};
use crate::json_lines::{Row, parse};
use crate::json_plain::AnyOrder;
use crate::text_table::valid_start;
use arrow_buffer::Buffer;
use arrow_ipc::reader::StreamDecoder;
use events::{
    Armour, Batch, Binding, Carry, Column, HeaderFault, Intake, Mapping, Networks, Reason,
    Rejection,
};
use serde::de::IgnoredAny;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// What a body holds.
#[derive(Debug, Default)]
pub struct Body {
    /// The events that can be read, in the order of the body.
    pub batch: Batch,
    /// The others; `row` is the place in the body, counted from 0.
    pub rejected: Vec<Rejection>,
    /// How many there are of both.
    pub events: usize,
}

/// Why nothing of a body is read.
#[derive(Debug, thiserror::Error)]
pub enum BodyFault {
    /// It holds more events than may be.
    #[error("the body holds more than {limit} events")]
    TooMany {
        /// How many may be.
        limit: usize,
    },
    /// It is not text.
    #[error("the body is not valid UTF-8 from byte {at} on")]
    NotText {
        /// The first byte that is not.
        at: usize,
    },
    /// It is no JSON.
    #[error("the body is not JSON: {why}, at byte {at}")]
    NotJson {
        /// Where.
        at: usize,
        /// What the parser says.
        why: String,
    },
    /// It is JSON, but neither an object nor a list.
    #[error("the body is neither a JSON object nor a list of objects")]
    NotEvents,
    /// It is no Arrow stream.
    #[error("the body is not an Arrow IPC stream: {0}")]
    NotArrow(String),
    /// Its schema lacks a required column.
    #[error(transparent)]
    Header(#[from] HeaderFault),
}

/// Reads bodies one after another; keeps its memories between them, so it is made once a thread.
#[derive(Debug)]
pub struct Bodies {
    mapping: Mapping,
    binding: Binding,
    wanted: Vec<bool>,
    plain: Option<AnyOrder>,
    intake: Intake,
    carry: Carry,
    broken: Vec<Rejection>,
    limit: usize,
}

impl Bodies {
    /// A reader of bodies that hold at most `limit` events.
    ///
    /// # Errors
    /// Never with the mapping that the program comes with.
    pub fn new(limit: usize) -> Result<Bodies, String> {
        let mapping = Mapping::named("contract").map_err(|fault| fault.to_string())?;
        let header: Vec<String> = Column::ALL.iter().map(|(_, name)| (*name).to_owned()).collect();
        let binding = mapping.bind(&header).map_err(|fault| fault.to_string())?;
        let mut wanted = vec![false; header.len()];
        for place in binding.places() {
            wanted[place] = true;
        }
        Ok(Bodies {
            plain: AnyOrder::of(&header),
            intake: binding.intake(Armour::None),
            carry: Carry::default(),
            broken: Vec::new(),
            mapping,
            binding,
            wanted,
            limit,
        })
    }

    /// Looks up whose network addresses are of from here on.
    pub fn set_networks(&mut self, networks: Option<Arc<Networks>>) {
        self.binding.set_networks(networks);
        self.intake = self.binding.intake(Armour::None);
    }

    /// One object, or a list of objects.
    ///
    /// # Errors
    /// The body is not JSON or holds too many events; see [`BodyFault`].
    pub fn json(&mut self, bytes: &[u8]) -> Result<Body, BodyFault> {
        let text = std::str::from_utf8(bytes)
            .map_err(|fault| BodyFault::NotText { at: fault.valid_up_to() })?;
        let start = space(text, 0);
        self.begin();
        let mut cells = Row::default();
        match text.as_bytes().get(start) {
            Some(b'{') => {
                let end = self.element(text, start, 0, &mut cells)?;
                after_all(text, end)?;
                Ok(self.finish(1))
            }
            Some(b'[') => {
                let count = self.list(text, start + 1, &mut cells)?;
                Ok(self.finish(count))
            }
            None => Err(BodyFault::NotJson { at: 0, why: "it is empty".to_owned() }),
            Some(_) => {
                after_all(text, json_end(text, start)?)?;
                Err(BodyFault::NotEvents)
            }
        }
    }

    /// The elements of a list up to the end of the text; says how many there are.
    fn list<'a>(
        &mut self,
        text: &'a str,
        at: usize,
        cells: &mut Row<'a>,
    ) -> Result<usize, BodyFault> {
        let mut at = space(text, at);
        let mut count = 0;
        if text.as_bytes().get(at) == Some(&b']') {
            after_all(text, at + 1)?;
            return Ok(0);
        }
        loop {
            if count == self.limit {
                return Err(BodyFault::TooMany { limit: self.limit });
            }
            at = space(text, self.element(text, at, count, cells)?);
            count += 1;
            match text.as_bytes().get(at) {
                Some(b',') => at = space(text, at + 1),
                Some(b']') => {
                    after_all(text, at + 1)?;
                    return Ok(count);
                }
                _ => {
                    let why = "a comma or the end of the list is expected".to_owned();
                    return Err(BodyFault::NotJson { at, why });
                }
            }
        }
    }

    /// Reads the value that begins at `at` as the event of that number, and says where it ends.
    fn element<'a>(
        &mut self,
        text: &'a str,
        at: usize,
        number: usize,
        cells: &mut Row<'a>,
    ) -> Result<usize, BodyFault> {
        cells.clear(self.wanted.len());
        if let Some(end) = self.plain.as_mut().and_then(|plain| plain.read(text, at, cells)) {
            self.binding.read_row(cells, number as u64, &mut self.carry, &mut self.intake);
            return Ok(end);
        }
        let end = json_end(text, at)?;
        self.parse(text.get(at..end).unwrap_or(""), number, cells);
        Ok(end)
    }

    /// One object a line; blank lines are passed over.
    ///
    /// # Errors
    /// The body holds too many events.
    pub fn json_lines(&mut self, bytes: &[u8]) -> Result<Body, BodyFault> {
        let valid = valid_start(bytes);
        self.begin();
        let mut cells = Row::default();
        let (mut at, mut number) = (0, 0);
        while at < bytes.len() {
            let end = memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |end| at + end);
            let line = &bytes[at..end];
            if !line.trim_ascii().is_empty() {
                if number == self.limit {
                    return Err(BodyFault::TooMany { limit: self.limit });
                }
                let known = valid.get(at..end).or_else(|| std::str::from_utf8(line).ok());
                match known {
                    Some(text) => self.line(text, number, &mut cells),
                    None => self.reject(number, String::new(), Reason::NotText),
                }
                number += 1;
            }
            at = end + 1;
        }
        Ok(self.finish(number))
    }

    fn line<'a>(&mut self, text: &'a str, number: usize, cells: &mut Row<'a>) {
        cells.clear(self.wanted.len());
        let end = self.plain.as_mut().and_then(|plain| plain.read(text, 0, cells));
        if end.is_some_and(|end| space(text, end) == text.len()) {
            self.binding.read_row(cells, number as u64, &mut self.carry, &mut self.intake);
            return;
        }
        self.parse(text, number, cells);
    }

    fn parse<'a>(&mut self, text: &'a str, number: usize, cells: &mut Row<'a>) {
        match parse(text, &self.binding, &self.wanted, cells) {
            Ok(_) => self.binding.read_row(cells, number as u64, &mut self.carry, &mut self.intake),
            Err((column, reason)) => self.reject(number, column, reason),
        }
    }

    fn reject(&mut self, number: usize, column: String, reason: Reason) {
        self.broken.push(Rejection { row: number as u64, column, reason });
    }

    /// An Arrow IPC stream whose columns have the contract's names.
    ///
    /// # Errors
    /// The body is no such stream, its schema lacks a required column, or it holds too many events.
    pub fn arrow(&mut self, bytes: &[u8]) -> Result<Body, BodyFault> {
        // Arrow's decoder checks what it reads, but not against everything that a forged stream can say.
        match catch_unwind(AssertUnwindSafe(|| self.arrow_stream(bytes))) {
            Ok(read) => read,
            Err(_) => {
                self.intake = self.binding.intake(Armour::None);
                Err(BodyFault::NotArrow("its parts contradict each other".to_owned()))
            }
        }
    }

    fn arrow_stream(&mut self, bytes: &[u8]) -> Result<Body, BodyFault> {
        let not_arrow = |fault: arrow_schema::ArrowError| BodyFault::NotArrow(fault.to_string());
        let mut decoder = StreamDecoder::new();
        let mut left = Buffer::from(bytes);
        self.begin();
        let mut bound: Option<Binding> = None;
        let mut events = 0;
        while let Some(batch) = decoder.decode(&mut left).map_err(not_arrow)? {
            let binding = match &bound {
                Some(binding) => binding,
                None => bound.insert(bind(&self.mapping, batch.schema().fields())?),
            };
            if batch.num_rows() > self.limit - events {
                return Err(BodyFault::TooMany { limit: self.limit });
            }
            let places = binding.places();
            let wanted: Vec<usize> = places.clone();
            let part = batch.project(&wanted).map_err(not_arrow)?;
            // Rows are counted from 1 there and from 0 here.
            let mut rows = ArrowRows::new(binding, &places, events as u64);
            let columns = rows.columns(&part);
            let mut start = 0;
            while start < part.num_rows() {
                let end = (start + WINDOW).min(part.num_rows());
                rows.read(&columns, start..end, &mut self.intake);
                start = end;
            }
            events += part.num_rows();
        }
        decoder.finish().map_err(not_arrow)?;
        let schema = decoder.schema();
        let Some(schema) = schema else {
            return Err(BodyFault::NotArrow("it has no schema".to_owned()));
        };
        if bound.is_none() {
            bind(&self.mapping, schema.fields())?;
        }
        let mut body = self.finish(events);
        for rejection in &mut body.rejected {
            rejection.row -= 1;
        }
        Ok(body)
    }

    /// Forgets what a body that was given up may have left.
    fn begin(&mut self) {
        self.broken.clear();
        if !self.intake.is_empty() {
            self.intake.finish();
        }
        self.intake.forget_names();
    }

    fn finish(&mut self, events: usize) -> Body {
        let (batch, mut rejected) = self.intake.finish();
        if !self.broken.is_empty() {
            rejected.append(&mut self.broken);
            rejected.sort_by_key(|rejection| rejection.row);
        }
        Body { batch, rejected, events }
    }
}

/// The mapping bound to a schema; every event must bring its id, time and kind, since a request that is sent again
/// must not count again.
fn bind(mapping: &Mapping, fields: &arrow_schema::Fields) -> Result<Binding, BodyFault> {
    let header: Vec<String> = fields.iter().map(|field| field.name().clone()).collect();
    let binding = mapping.bind(&header)?;
    for column in [Column::Id, Column::Time, Column::Kind] {
        if !binding.filled().iter().any(|filled| filled.column == column) {
            return Err(BodyFault::Header(HeaderFault {
                column: column.name(),
                wanted: vec![column.name().to_owned()],
                found: binding.header().to_vec(),
            }));
        }
    }
    Ok(binding)
}

/// The place after JSON's white space.
fn space(text: &str, at: usize) -> usize {
    let rest = text.as_bytes().get(at..).unwrap_or(&[]);
    at + rest.iter().take_while(|b| matches!(b, b' ' | b'\t' | b'\n' | b'\r')).count()
}

fn after_all(text: &str, at: usize) -> Result<(), BodyFault> {
    let end = space(text, at);
    if end == text.len() {
        return Ok(());
    }
    Err(BodyFault::NotJson { at: end, why: "something follows the end".to_owned() })
}

/// Where the JSON value ends that begins at `at`.
fn json_end(text: &str, at: usize) -> Result<usize, BodyFault> {
    let rest = text.get(at..).unwrap_or("");
    let mut values = serde_json::Deserializer::from_str(rest).into_iter::<IgnoredAny>();
    match values.next() {
        Some(Ok(_)) => Ok(at + values.byte_offset()),
        Some(Err(fault)) => {
            let at = at + values.byte_offset();
            Err(BodyFault::NotJson { at, why: without_place(&fault) })
        }
        None => Err(BodyFault::NotJson { at, why: "a value is expected".to_owned() }),
    }
}

/// The parser's words without line and column, which count from where it began.
fn without_place(fault: &serde_json::Error) -> String {
    let text = fault.to_string();
    text.split(" at line ").next().unwrap_or(&text).to_owned()
}
