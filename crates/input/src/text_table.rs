//! Delimited text as batches of events.
//!
//! A record is checked to be UTF-8 as a whole, which is quick, and cell by cell only if it is not; so a broken byte
//! costs its row only if a column that is read has it.

use crate::InputError;
use crate::delimited::{Found, Record, next_record};
use crate::part::Delivery;
use crate::stream::{Cut, TextStream};
use events::{Binding, Carry, Cells, Counts, Reason, Value};
use std::io;
use std::path::Path;

struct Whole<'a> {
    line: &'a str,
    record: &'a Record,
}

impl Cells for Whole<'_> {
    fn value(&self, column: usize) -> Value<'_> {
        self.record.text(self.line, column).map_or(Value::Null, Value::Text)
    }
}

struct Broken<'a> {
    line: &'a [u8],
    record: &'a Record,
}

impl Cells for Broken<'_> {
    fn value(&self, column: usize) -> Value<'_> {
        match self.record.cell(self.line, column) {
            None => Value::Null,
            Some(bytes) => std::str::from_utf8(bytes).map_or(Value::NotText, Value::Text),
        }
    }
}

/// How a table's lines are taken apart.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    pub(crate) delimiter: u8,
    /// Cells of the header line, empty ones at its end included.
    pub(crate) cells: usize,
}

/// The header and the shape, from the start of a file's text.
pub(crate) fn header(sample: &[u8], delimiter: Option<u8>) -> Option<(Vec<String>, Shape)> {
    let sample = sample.strip_prefix(b"\xef\xbb\xbf").unwrap_or(sample);
    let blank = sample.iter().take_while(|b| b.is_ascii_whitespace() && **b != b'\t').count();
    let sample = &sample[blank..];
    if sample.is_empty() {
        return None;
    }
    let line = memchr::memchr(b'\n', sample).map_or(sample, |end| &sample[..end]);
    let delimiter = delimiter.unwrap_or_else(|| most_frequent(line));
    let mut record = Record::default();
    if !matches!(next_record(sample, delimiter, true, None, &mut record), Found::Record(_)) {
        return None;
    }
    let cells = (0..record.len()).filter_map(|at| record.cell(sample, at));
    let mut names: Vec<String> =
        cells.map(|cell| String::from_utf8_lossy(cell).into_owned()).collect();
    // Exports like to end every line with a separator.
    while names.len() > 1 && names.last().is_some_and(|name| name.trim().is_empty()) {
        names.pop();
    }
    Some((names, Shape { delimiter, cells: record.len() }))
}

fn most_frequent(line: &[u8]) -> u8 {
    let count = |byte: &u8| line.iter().filter(|b| *b == byte).count();
    let mut best = b',';
    for other in [b'\t', b';', b'|'] {
        if count(&other) > count(&best) {
            best = other;
        }
    }
    best
}

/// Reads the records of a stream; `before` is the number of data rows before them, `None` if the header comes first.
pub(crate) fn read(
    source: (&Path, &Binding, Shape),
    stream: &mut TextStream,
    before: Option<u64>,
    delivery: &mut Delivery<'_>,
) -> Result<Counts, InputError> {
    let (path, binding, shape) = source;
    let mut intake = binding.intake(binding.mapping().armour);
    let mut carry = Carry::default();
    let mut record = Record::default();
    let columns = binding.header().len();
    let (mut row, mut in_header) = (before.unwrap_or(0), before.is_none());
    loop {
        let text = stream.text();
        if text.is_empty() && stream.ended() {
            break;
        }
        if let Some(blank) = blank_line(text) {
            stream.consume(blank);
            continue;
        }
        let cells = (!in_header).then_some(shape.cells);
        match next_record(text, shape.delimiter, stream.ended(), cells, &mut record) {
            Found::More => {
                stream.grow().map_err(|fault| damaged(path, row, &fault))?;
                continue;
            }
            Found::Record(length) if in_header => {
                in_header = false;
                stream.consume(length);
                continue;
            }
            Found::Record(length) => {
                row += 1;
                let (line, record) = (&text[..length], &record);
                if let Some(reason) = ragged(line, record, columns) {
                    delivery.reject(row, String::new(), reason);
                } else if let Ok(line) = std::str::from_utf8(line) {
                    binding.read_row(&Whole { line, record }, row, &mut carry, &mut intake);
                } else {
                    binding.read_row(&Broken { line, record }, row, &mut carry, &mut intake);
                }
                stream.consume(length);
            }
            Found::Stray { line, cell } => {
                row += 1;
                let column = binding.header().get(cell).cloned().unwrap_or_default();
                delivery.reject(
                    row,
                    column,
                    Reason::Broken("a quote opens here and never closes".into()),
                );
                stream.consume(line);
            }
        }
        if intake.is_full() && !delivery.send(&mut intake) {
            return Ok(delivery.counts(&intake));
        }
    }
    delivery.send(&mut intake);
    Ok(delivery.counts(&intake))
}

/// What is wrong with the number of a record's cells. Empty cells beyond the header are not: many exports end their lines
/// with separators.
fn ragged(line: &[u8], record: &Record, columns: usize) -> Option<Reason> {
    let beyond = (columns..record.len())
        .any(|at| record.cell(line, at).is_some_and(|cell| !cell.trim_ascii().is_empty()));
    (record.len() < columns || beyond).then(|| {
        Reason::Broken(format!("the row has {} cells, the header {columns}", record.len()))
    })
}

/// The places between records, about `each` bytes apart, at which a plain file can be cut. Found by going through all
/// records, because only that tells a line end from one inside a quoted cell; lines without a quote are only skipped.
pub(crate) fn cuts(stream: &mut TextStream, shape: Shape, each: u64) -> io::Result<Vec<Cut>> {
    let mut record = Record::default();
    let (mut row, mut in_header) = (0u64, true);
    let mut cuts: Vec<Cut> = Vec::new();
    loop {
        let text = stream.text();
        if text.is_empty() && stream.ended() {
            return Ok(cuts);
        }
        if let Some(blank) = blank_line(text) {
            stream.consume(blank);
            continue;
        }
        let last = cuts.last().map_or(0, |cut| cut.at);
        if !in_header && stream.consumed() >= last + each {
            cuts.push(Cut { at: stream.consumed(), rows: row });
        }
        let length = match memchr::memchr2(b'\n', b'"', text) {
            Some(end) if text[end] == b'\n' => end + 1,
            _ => {
                let cells = (!in_header).then_some(shape.cells);
                match next_record(text, shape.delimiter, stream.ended(), cells, &mut record) {
                    Found::Record(length) | Found::Stray { line: length, .. } => length,
                    Found::More => {
                        stream.grow()?;
                        continue;
                    }
                }
            }
        };
        stream.consume(length);
        row += u64::from(!in_header);
        in_header = false;
    }
}

fn blank_line(text: &[u8]) -> Option<usize> {
    match text {
        [b'\n', ..] => Some(1),
        [b'\r', b'\n', ..] => Some(2),
        _ => None,
    }
}

pub(crate) fn damaged(path: &Path, row: u64, fault: &io::Error) -> InputError {
    InputError::Damaged { file: path.to_path_buf(), row: row + 1, why: fault.to_string() }
}
