//! Delimited text as batches of events.
//!
//! Text is checked to be UTF-8 as far as it is read at a time, which is quick; after a broken byte record by record, and
//! cell by cell only in a broken record. So a broken byte costs its row only if a column that is read has it.

use crate::InputError;
use crate::delimited::{Found, Record, next_record};
use crate::part::Delivery;
use crate::stream::{Cut, TextStream};
use events::{Binding, Carry, Cells, Counts, Intake, Reason, Value};
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

    fn filled(&self, _: u64) -> u64 {
        self.record.filled()
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
    let mut reading = Reading {
        binding,
        shape,
        intake: binding.intake(binding.mapping().armour),
        carry: Carry::default(),
        record: Record::default(),
        row: before.unwrap_or(0),
        in_header: before.is_none(),
    };
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

/// What comes after a block of text.
pub(crate) enum Then {
    More,
    End,
    Stop,
}

/// Where reading stands.
struct Reading<'a> {
    binding: &'a Binding,
    shape: Shape,
    intake: Intake,
    carry: Carry,
    record: Record,
    row: u64,
    in_header: bool,
}

impl Reading<'_> {
    /// Reads the records that are whole in `text` and says how many bytes they have.
    fn read_block(
        &mut self,
        text: &[u8],
        ended: bool,
        delivery: &mut Delivery<'_>,
    ) -> (usize, Then) {
        let valid = valid_start(text);
        let mut at = 0;
        loop {
            let rest = &text[at..];
            if rest.is_empty() && ended {
                return (at, Then::End);
            }
            if let Some(blank) = blank_line(rest) {
                at += blank;
                continue;
            }
            let cells = (!self.in_header).then_some(self.shape.cells);
            match next_record(rest, self.shape.delimiter, ended, cells, &mut self.record) {
                Found::More => return (at, Then::More),
                Found::Record(length) if self.in_header => {
                    self.in_header = false;
                    at += length;
                    continue;
                }
                Found::Record(length) => {
                    self.read_record(&rest[..length], valid.get(at..at + length), delivery);
                    at += length;
                }
                Found::Stray { line, cell } => {
                    self.row += 1;
                    let column = self.binding.header().get(cell).cloned().unwrap_or_default();
                    let why = "a quote opens here and never closes";
                    delivery.reject(self.row, column, Reason::Broken(why.into()));
                    at += line;
                }
            }
            if self.intake.is_full() && !delivery.send(&mut self.intake) {
                return (at, Then::Stop);
            }
        }
    }

    fn read_record(&mut self, line: &[u8], valid: Option<&str>, delivery: &mut Delivery<'_>) {
        self.row += 1;
        let (row, record) = (self.row, &self.record);
        let (carry, intake) = (&mut self.carry, &mut self.intake);
        if let Some(reason) = ragged(line, record, self.binding.header().len()) {
            delivery.reject(row, String::new(), reason);
        } else if let Some(line) = valid.or_else(|| std::str::from_utf8(line).ok()) {
            self.binding.read_row(&Whole { line, record }, row, carry, intake);
        } else {
            self.binding.read_row(&Broken { line, record }, row, carry, intake);
        }
    }
}

/// The text up to its first broken byte.
pub(crate) fn valid_start(text: &[u8]) -> &str {
    match std::str::from_utf8(text) {
        Ok(valid) => valid,
        Err(fault) => std::str::from_utf8(&text[..fault.valid_up_to()]).unwrap_or(""),
    }
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
/// records, because only that tells a line end from one inside a quoted cell; lines without a quote are only counted.
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
        let left = (cuts.last().map_or(0, |cut| cut.at) + each).saturating_sub(stream.consumed());
        if !in_header && left == 0 {
            cuts.push(Cut { at: stream.consumed(), rows: row });
            continue;
        }
        let plain = if in_header { &[] } else { plain_lines(text, left) };
        if !plain.is_empty() {
            row += rows_of(plain);
            let length = plain.len();
            stream.consume(length);
            continue;
        }
        let cells = (!in_header).then_some(shape.cells);
        match next_record(text, shape.delimiter, stream.ended(), cells, &mut record) {
            Found::Record(length) | Found::Stray { line: length, .. } => stream.consume(length),
            Found::More => {
                stream.grow()?;
                continue;
            }
        }
        row += u64::from(!in_header);
        in_header = false;
    }
}

/// The whole lines before the first quote, no further than the first line end at or after `most` bytes.
fn plain_lines(text: &[u8], most: u64) -> &[u8] {
    let plain = memchr::memchr(b'"', text).map_or(text, |quote| &text[..quote]);
    let least = usize::try_from(most).unwrap_or(usize::MAX).saturating_sub(1);
    let end = match plain.get(least..).and_then(|rest| memchr::memchr(b'\n', rest)) {
        Some(end) => least + end + 1,
        None => memchr::memrchr(b'\n', plain).map_or(0, |end| end + 1),
    };
    &plain[..end]
}

/// How many lines are not blank; the first is none that is. Counted without a branch a line, many bytes at once.
fn rows_of(lines: &[u8]) -> u64 {
    let mut rows = u64::from(lines.get(1) == Some(&b'\n'));
    let mut rest = lines;
    while rest.len() > 2 {
        // No more bytes than a byte can count, after the two before them.
        let some = &rest[..rest.len().min(2 + 192)];
        let (ends, last, second) = (&some[2..], &some[1..some.len() - 1], &some[..some.len() - 2]);
        let mut count = 0u8;
        for ((end, last), second) in ends.iter().zip(last).zip(second) {
            let blank = (*last == b'\n') | ((*last == b'\r') & (*second == b'\n'));
            count += u8::from((*end == b'\n') & !blank);
        }
        rows += u64::from(count);
        rest = &rest[ends.len()..];
    }
    rows
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_counted_as_they_are_read() {
        let mut seed = 7u32;
        for length in 0..900 {
            let mut lines = b"a".to_vec();
            for _ in 0..length {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                lines.push([b'\n', b'\n', b'\r', b'b'][(seed >> 30) as usize]);
            }
            lines.push(b'\n');
            let (mut at, mut want) = (0, 0);
            while at < lines.len() {
                if let Some(blank) = blank_line(&lines[at..]) {
                    at += blank;
                    continue;
                }
                at += memchr::memchr(b'\n', &lines[at..]).map_or(lines.len(), |end| end + 1);
                want += 1;
            }
            assert_eq!(rows_of(&lines), want, "{lines:?}");
        }
    }
}
