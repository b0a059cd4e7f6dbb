//! Delimited text, taken apart into records.
//!
//! It reads what RFC 4180 and spreadsheets write, and lives with what people do to it. A quote that is never closed would
//! swallow the rest of the file; so a quoted cell that spans lines is only believed if it ends where a cell can end and
//! its record then has as many cells as the header. Otherwise the line with the quote is rejected and reading goes on
//! with the next one.

use memchr::{memchr, memchr2};
use std::ops::Range;

/// The longest record. A quote that is not closed within it is a stray one.
pub(crate) const RECORD_LIMIT: usize = 64 << 20;

/// A cell's place in its record's bytes, or in the record's unescaped text. No window of text is as large as 2 GiB, so the
/// first bit of the end is free to tell which.
#[derive(Clone, Copy, Debug)]
struct CellSpan {
    start: u32,
    end: u32,
}

/// Set in the end of a cell whose text is unescaped.
const UNESCAPED: u32 = 1 << 31;

impl CellSpan {
    fn new(start: usize, end: usize) -> CellSpan {
        CellSpan { start: start as u32, end: end as u32 }
    }

    fn range(self) -> Range<usize> {
        self.start as usize..(self.end & !UNESCAPED) as usize
    }

    fn is_unescaped(self) -> bool {
        self.end & UNESCAPED != 0
    }
}

/// A record's cells; reused from record to record.
#[derive(Debug, Default)]
pub(crate) struct Record {
    cells: Vec<CellSpan>,
    unescaped: Vec<u8>,
    filled: u64,
}

impl Record {
    pub(crate) fn len(&self) -> usize {
        self.cells.len()
    }

    /// A bit for each of the first 64 cells that is not empty.
    pub(crate) fn filled(&self) -> u64 {
        self.filled
    }

    /// A cell's bytes; `line` is the text that the record was found in.
    pub(crate) fn cell<'a>(&'a self, line: &'a [u8], at: usize) -> Option<&'a [u8]> {
        let span = self.cells.get(at)?;
        let text = if span.is_unescaped() { self.unescaped.as_slice() } else { line };
        text.get(span.range())
    }

    /// A cell of a record whose text is known to be UTF-8, without looking at it again.
    pub(crate) fn text<'a>(&'a self, line: &'a str, at: usize) -> Option<&'a str> {
        let span = self.cells.get(at)?;
        if span.is_unescaped() {
            return std::str::from_utf8(self.unescaped.get(span.range())?).ok();
        }
        line.get(span.range())
    }

    fn clear(&mut self) {
        self.cells.clear();
        self.unescaped.clear();
        self.filled = 0;
    }

    fn push(&mut self, start: usize, end: usize) {
        self.push_span(CellSpan::new(start, end));
    }

    fn push_span(&mut self, span: CellSpan) {
        let at = self.cells.len();
        if at < 64 {
            self.filled |= u64::from(!span.range().is_empty()) << at;
        }
        self.cells.push(span);
    }

    fn push_unescaped(&mut self, bytes: &[u8]) {
        let start = self.unescaped.len();
        let mut rest = bytes;
        while let Some(at) = memchr(b'"', rest) {
            self.unescaped.extend_from_slice(&rest[..=at]);
            rest = rest.get(at + 2..).unwrap_or(&[]);
        }
        self.unescaped.extend_from_slice(rest);
        let mut span = CellSpan::new(start, self.unescaped.len());
        span.end |= UNESCAPED;
        self.push_span(span);
    }
}

/// What stands at the start of some text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// A record of so many bytes, its line end included.
    Record(usize),
    /// A line of so many bytes with a quote in that cell which is never closed.
    Stray { line: usize, cell: usize },
    /// More text is needed to say.
    More,
}

/// Takes the first record of `text` apart. `cells` is what the header has; `None` for the header itself.
pub(crate) fn next_record(
    text: &[u8],
    delimiter: u8,
    ended: bool,
    cells: Option<usize>,
    record: &mut Record,
) -> Found {
    record.clear();
    let (line, whole) = match memchr2(b'\n', b'"', text) {
        Some(at) if text[at] == b'\n' => {
            split_plain(text, strip_return(&text[..at]).len(), delimiter, record);
            return Found::Record(at + 1);
        }
        Some(quote) => match memchr(b'\n', &text[quote..]) {
            Some(at) => (quote + at, quote + at + 1),
            None if ended || text.len() > RECORD_LIMIT => (text.len(), text.len()),
            None => return Found::More,
        },
        None if ended || text.len() > RECORD_LIMIT => {
            split_plain(text, strip_return(text).len(), delimiter, record);
            return Found::Record(text.len());
        }
        None => return Found::More,
    };
    match split_quoted(text, delimiter, ended, record) {
        Found::Record(length) if length > whole && cells.is_some_and(|n| n != record.len()) => {
            let cell = first_long(text, delimiter, line);
            Found::Stray { line: whole, cell }
        }
        Found::Stray { cell, .. } => Found::Stray { line: whole, cell },
        other => other,
    }
}

fn strip_return(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// Takes the first `line` bytes of `text` apart, which hold no quote. Most cells of a wide table are a few bytes or none,
/// so delimiters are found for many cells at once.
fn split_plain(text: &[u8], line: usize, delimiter: u8, record: &mut Record) {
    let (mut start, mut base) = (0, 0);
    let (mut filled, mut bit) = (0, 1u64);
    while base < line {
        let mut found = match text.get(base..).and_then(|rest| rest.first_chunk::<BLOCK>()) {
            Some(block) => places(block, delimiter),
            None => {
                let mut block = [0; BLOCK];
                block[..line - base].copy_from_slice(&text[base..line]);
                places(&block, delimiter)
            }
        };
        if line - base < BLOCK {
            found &= (1 << (line - base)) - 1;
        }
        while found != 0 {
            let at = base + found.trailing_zeros() as usize;
            filled |= if at == start { 0 } else { bit };
            bit <<= 1;
            record.cells.push(CellSpan::new(start, at));
            start = at + 1;
            found &= found - 1;
        }
        base += BLOCK;
    }
    record.filled = filled;
    record.push(start, line);
}

/// Bytes looked through at a time, a bit for each.
const BLOCK: usize = 64;

/// A bit for each place that holds the byte.
fn places(block: &[u8; BLOCK], byte: u8) -> u64 {
    const LOW: u64 = 0x7f7f_7f7f_7f7f_7f7f;
    let wanted = u64::from_ne_bytes([byte; 8]);
    let (words, _) = block.as_chunks::<8>();
    let mut found = 0;
    for (at, word) in words.iter().enumerate() {
        let differing = u64::from_le_bytes(*word) ^ wanted;
        // The high bit of each byte that does not differ; then those eight bits side by side.
        let same = !(((differing & LOW) + LOW) | differing | LOW);
        let bits = (same >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56;
        found |= bits << (at * 8);
    }
    found
}

/// The cell whose quote leaves the first line.
fn first_long(text: &[u8], delimiter: u8, line: usize) -> usize {
    let mut record = Record::default();
    match split_quoted(&text[..line], delimiter, true, &mut record) {
        Found::Stray { cell, .. } => cell,
        _ => record.len().saturating_sub(1),
    }
}

fn split_quoted(text: &[u8], delimiter: u8, ended: bool, record: &mut Record) -> Found {
    let mut at = 0;
    loop {
        if text.get(at) == Some(&b'"') {
            match closing(text, at + 1, ended) {
                Closing::At(quote, escaped) => match after(text, quote + 1, delimiter, ended) {
                    After::Junk if memchr(b'\n', &text[at..quote]).is_some() => {
                        return Found::Stray { line: 0, cell: record.len() };
                    }
                    // A cell such as `"Great" buy`: quotes that only adorn a word are part of the text.
                    After::Junk => {}
                    After::More => return Found::More,
                    After::Cell(next) => {
                        push_quoted(text, at + 1, quote, escaped, record);
                        at = next;
                        continue;
                    }
                    After::Line(next) => {
                        push_quoted(text, at + 1, quote, escaped, record);
                        return Found::Record(next);
                    }
                },
                Closing::Never => return Found::Stray { line: 0, cell: record.len() },
                Closing::More => return Found::More,
            }
        }
        let Some(length) = memchr2(delimiter, b'\n', &text[at..]) else {
            if !ended && text.len() <= RECORD_LIMIT {
                return Found::More;
            }
            record.push(at, at + strip_return(&text[at..]).len());
            return Found::Record(text.len());
        };
        let end = at + length;
        if text[end] == b'\n' {
            record.push(at, at + strip_return(&text[at..end]).len());
            return Found::Record(end + 1);
        }
        record.push(at, end);
        at = end + 1;
    }
}

fn push_quoted(text: &[u8], start: usize, end: usize, escaped: bool, record: &mut Record) {
    if escaped {
        record.push_unescaped(&text[start..end]);
    } else {
        record.push(start, end);
    }
}

enum Closing {
    At(usize, bool),
    Never,
    More,
}

/// The quote that closes a cell, and whether doubled quotes stand before it.
fn closing(text: &[u8], from: usize, ended: bool) -> Closing {
    let mut at = from;
    let mut escaped = false;
    loop {
        let Some(offset) = memchr(b'"', &text[at..]) else {
            return if ended || text.len() - from > RECORD_LIMIT {
                Closing::Never
            } else {
                Closing::More
            };
        };
        let quote = at + offset;
        match text.get(quote + 1) {
            Some(b'"') => {
                escaped = true;
                at = quote + 2;
            }
            None if !ended => return Closing::More,
            _ => return Closing::At(quote, escaped),
        }
    }
}

enum After {
    Cell(usize),
    Line(usize),
    Junk,
    More,
}

/// What follows a closing quote.
fn after(text: &[u8], at: usize, delimiter: u8, ended: bool) -> After {
    match (text.get(at), text.get(at + 1)) {
        (Some(byte), _) if *byte == delimiter => After::Cell(at + 1),
        (Some(b'\n'), _) => After::Line(at + 1),
        (Some(b'\r'), Some(b'\n')) => After::Line(at + 2),
        (Some(b'\r'), None) if !ended => After::More,
        (Some(b'\r'), None) => After::Line(at + 1),
        (None, _) if ended => After::Line(at),
        (None, _) => After::More,
        _ => After::Junk,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, want: &[&[&str]], strays: &[usize]) {
        let (mut at, mut rows, mut found_strays, mut cells) = (0, Vec::new(), Vec::new(), None);
        let mut record = Record::default();
        while at < text.len() {
            match next_record(&text.as_bytes()[at..], b',', true, cells, &mut record) {
                Found::Record(length) => {
                    let line = &text[at..];
                    let row: Vec<String> = (0..record.len())
                        .map(|i| record.text(line, i).expect("text").to_owned())
                        .collect();
                    cells.get_or_insert(row.len());
                    rows.push(row);
                    at += length;
                }
                Found::Stray { line, cell } => {
                    found_strays.push(cell);
                    at += line;
                }
                Found::More => panic!("all the text is there"),
            }
        }
        assert_eq!(rows, want, "{text}");
        assert_eq!(found_strays, strays, "{text}");
    }

    #[test]
    fn records() {
        check("a,b\n1,2\n", &[&["a", "b"], &["1", "2"]], &[]);
        check("a,b\r\n1,\r\n", &[&["a", "b"], &["1", ""]], &[]);
        check("a,b\n\"x, y\",\"say \"\"hi\"\"\"\n", &[&["a", "b"], &["x, y", "say \"hi\""]], &[]);
        check("a,b\n\"two\nlines\",2\n3,4", &[&["a", "b"], &["two\nlines", "2"], &["3", "4"]], &[]);
        check("a,b\n=\"12\",\"Great\" buy\n", &[&["a", "b"], &["=\"12\"", "\"Great\" buy"]], &[]);
        check("a,b\n5\" pipe,2\n", &[&["a", "b"], &["5\" pipe", "2"]], &[]);
        check("a,b\n1,\"\"\n", &[&["a", "b"], &["1", ""]], &[]);
    }

    #[test]
    fn plain_lines_of_any_length_are_cut_at_every_delimiter() {
        let mut seed = 7u32;
        for length in 0..300 {
            let line: Vec<u8> = (0..length)
                .map(|_| {
                    seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    [b',', b',', b'a', b'-', 0x80 | b',', b';', 0, 0xff][(seed >> 29) as usize]
                })
                .collect();
            let want: Vec<&[u8]> = line.split(|b| *b == b',').collect();
            for after in [&b""[..], b"\n", b"\r\n,,b,\n", &[b'\n'; 80]] {
                let text = [&line, after].concat();
                let mut record = Record::default();
                next_record(&text, b',', true, None, &mut record);
                let got: Vec<&[u8]> =
                    (0..record.len()).map(|at| record.cell(&text, at).expect("cell")).collect();
                assert_eq!(got, want);
                assert!((0..64).all(|at| {
                    let filled = want.get(at).is_some_and(|cell| !cell.is_empty());
                    (record.filled() >> at & 1 == 1) == filled
                }));
            }
        }
    }

    #[test]
    fn a_stray_quote_costs_its_own_line_only() {
        check("a,b\n1,\"x\n3,4\n5,6\n", &[&["a", "b"], &["3", "4"], &["5", "6"]], &[1]);
        check("a,b\n1,\"x\n3,\"y\"\n5,6\n", &[&["a", "b"], &["3", "y"], &["5", "6"]], &[1]);
        check("a,b\n\"1,x\n3,\"\"\n5,\"z\"\n", &[&["a", "b"], &["3", ""], &["5", "z"]], &[0]);
    }

    #[test]
    fn a_record_is_not_believed_before_it_ends() {
        let mut record = Record::default();
        for text in ["a,b", "a,\"b", "a,\"b\"", "a,\"b\"\r", "a,\"b\nc"] {
            assert_eq!(next_record(text.as_bytes(), b',', false, None, &mut record), Found::More);
        }
    }
}
