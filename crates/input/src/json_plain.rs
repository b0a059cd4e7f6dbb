//! Lines of JSON as most programs write them: the header's keys in their order, some of them perhaps left out, and plain
//! values.
//!
//! Such a line is read by comparing it with what is expected, several times as fast as by a parser. Whatever is not
//! expected (another order, an escape, a fraction, a list, a mistake) is not judged here: the parser reads that line from
//! its beginning, so a line means the same on both ways.

use crate::json_lines::{Held, Row};
use std::borrow::Cow;

/// The keys of a table as they stand in its lines.
#[derive(Debug)]
pub(crate) struct PlainKeys(Vec<Vec<u8>>);

impl PlainKeys {
    /// `None` if keys cannot be told by their bytes.
    pub(crate) fn of(header: &[String]) -> Option<PlainKeys> {
        let quiet = |name: &String| name.bytes().all(|b| b >= 0x20 && b != b'"' && b != b'\\');
        let mut seen = std::collections::BTreeSet::new();
        let plain = header.iter().all(|name| quiet(name) && seen.insert(name));
        plain.then(|| PlainKeys(header.iter().map(|name| format!("\"{name}\":").into()).collect()))
    }

    /// Reads a line's cells into `row`, which is as wide as the header and empty; `None` if the line is not plain.
    pub(crate) fn read<'a>(&self, line: &'a str, row: &mut Row<'a>) -> Option<()> {
        let mut at = skip(line, 0, b'{')?;
        let mut keys = self.0.iter().enumerate();
        loop {
            let rest = line.as_bytes().get(at..)?;
            let (place, key) = keys.find(|(_, key)| rest.starts_with(key))?;
            at = blank(line, at + key.len());
            let (held, after) = value(line, at)?;
            row.hold(place, held);
            match line.as_bytes().get(after)? {
                b',' => at = blank(line, after + 1),
                b'}' => return is_blank(&line.as_bytes()[after + 1..]).then_some(()),
                _ => return None,
            }
        }
    }
}

/// Plain objects whose keys come in any order. Objects mostly have the keys of the one before, so after each key the one
/// is expected that followed it last time.
#[derive(Debug)]
pub(crate) struct AnyOrder {
    keys: PlainKeys,
    /// The place expected first, and after each place.
    next: Vec<usize>,
}

impl AnyOrder {
    /// `None` if keys cannot be told by their bytes.
    pub(crate) fn of(header: &[String]) -> Option<AnyOrder> {
        Some(AnyOrder { keys: PlainKeys::of(header)?, next: (0..=header.len()).collect() })
    }

    /// Reads the object that begins at `at` into `row`, which is as wide as the header and empty, and says where it
    /// ends; `None` if it is not plain. Keys that the header does not have are passed over.
    pub(crate) fn read<'a>(
        &mut self,
        text: &'a str,
        at: usize,
        row: &mut Row<'a>,
    ) -> Option<usize> {
        let mut at = skip(text, at, b'{')?;
        let mut before = 0;
        loop {
            let rest = text.as_bytes().get(at..)?;
            let found = self.find(rest, before);
            let start = match found {
                Some((_, length)) => at + length,
                None => at + unknown_key(rest)?,
            };
            let (held, after) = value(text, blank(text, start))?;
            if let Some((place, _)) = found {
                row.hold(place, held);
                before = place + 1;
            }
            match text.as_bytes().get(after)? {
                b',' => at = blank(text, after + 1),
                b'}' => return Some(after + 1),
                _ => return None,
            }
        }
    }

    /// The place of the key that `rest` begins with, and its length there.
    fn find(&mut self, rest: &[u8], before: usize) -> Option<(usize, usize)> {
        let expected = *self.next.get(before)?;
        if let Some(key) = self.keys.0.get(expected).filter(|key| rest.starts_with(key)) {
            return Some((expected, key.len()));
        }
        let found = self.keys.0.iter().position(|key| rest.starts_with(key))?;
        self.next[before] = found;
        Some((found, self.keys.0[found].len()))
    }
}

/// The length of a key with its quotes and its colon.
fn unknown_key(rest: &[u8]) -> Option<usize> {
    let inner = rest.strip_prefix(b"\"")?;
    let end = quiet_bytes(inner);
    inner.get(end..)?.starts_with(b"\":").then_some(end + 3)
}

fn skip(line: &str, at: usize, byte: u8) -> Option<usize> {
    (line.as_bytes().get(at) == Some(&byte)).then(|| at + 1)
}

/// The place after a blank, if there is one.
fn blank(line: &str, at: usize) -> usize {
    skip(line, at, b' ').unwrap_or(at)
}

fn is_blank(rest: &[u8]) -> bool {
    rest.iter().all(|b| matches!(b, b' ' | b'\t' | b'\r'))
}

/// The value that begins at a place, and the place after it.
fn value(line: &str, at: usize) -> Option<(Held<'_>, usize)> {
    let rest = &line.as_bytes()[at..];
    let word = |word: &[u8], held| rest.starts_with(word).then(|| (held, at + word.len()));
    match rest.first()? {
        b'"' => {
            let end = at + 1 + quiet_bytes(&rest[1..]);
            let after = skip(line, end, b'"')?;
            Some((Held::Text(Cow::Borrowed(line.get(at + 1..end)?)), after))
        }
        b'n' => word(b"null", Held::Null),
        b't' => word(b"true", Held::Bool(true)),
        b'f' => word(b"false", Held::Bool(false)),
        b'0' => Some((Held::Int(0), at + 1)),
        b'1'..=b'9' => {
            let mut whole: i64 = 0;
            let digits = rest.iter().take(19).take_while(|b| b.is_ascii_digit());
            let count = digits.fold(0, |count, b| {
                // The nineteenth may not fit; then the number is not used.
                whole = whole.wrapping_mul(10).wrapping_add(i64::from(b - b'0'));
                count + 1
            });
            // One digit more might not fit. What else may follow a number makes it a fraction or no number.
            (count < 19).then_some((Held::Int(whole), at + count))
        }
        _ => None,
    }
}

/// How many bytes stand before the first that ends a text or makes it more than its bytes: a quote, a backslash, or a
/// control character, which JSON does not allow.
fn quiet_bytes(text: &[u8]) -> usize {
    const ONES: u64 = 0x0101_0101_0101_0101;
    let (words, _) = text.as_chunks::<8>();
    for (at, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        // The high bit of a byte below the limit; also perhaps of bytes after it, which do not matter.
        let below = |word: u64, limit: u64| word.wrapping_sub(ONES * limit) & !word;
        let same = |byte: u8| below(word ^ (ONES * u64::from(byte)), 1);
        let found = (below(word, 0x20) | same(b'"') | same(b'\\')) & (ONES << 7);
        if found != 0 {
            return at * 8 + found.trailing_zeros() as usize / 8;
        }
    }
    let start = words.len() * 8;
    let loud = |b: &u8| *b < 0x20 || matches!(b, b'"' | b'\\');
    text[start..].iter().position(loud).map_or(text.len(), |at| start + at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use events::{Cells, Value};

    #[test]
    fn a_text_ends_at_its_first_loud_byte() {
        for length in 0..40 {
            for (loud, is_loud) in [
                (b'"', true),
                (b'\\', true),
                (0x1f, true),
                (b'\n', true),
                (b' ', false),
                (0xe6, false),
            ] {
                let mut text = vec![b'a'; length];
                text.extend([loud, 0xff, b'"', b'b', b'"']);
                let want = if is_loud { length } else { length + 2 };
                assert_eq!(quiet_bytes(&text), want, "{length} {loud}");
            }
            assert_eq!(quiet_bytes(&vec![b'!'; length]), length);
        }
    }

    #[test]
    fn plain_lines_are_read_and_others_left() {
        let header = ["id", "价格", "on"].map(str::to_owned);
        let keys = PlainKeys::of(&header).expect("plain");
        let read = |line| {
            let mut row = Row::default();
            row.clear(3);
            keys.read(line, &mut row)?;
            Some(format!("{:?}", [row.value(0), row.value(1), row.value(2)]))
        };
        let row = |cells: [Value<'_>; 3]| Some(format!("{cells:?}"));
        let (a, none) = (Value::Text("a"), Value::Null);
        assert_eq!(
            read(r#"{"id":"a","价格":12,"on":true}"#),
            row([a, Value::Int(12), Value::Bool(true)])
        );
        assert_eq!(read("{\"id\": \"a\", \"on\": null} \r"), row([a, none, none]));
        assert_eq!(read(r#"{"on":"文"}"#), row([none, none, Value::Text("文")]));
        assert_eq!(read(r#"{"id":0}"#), row([Value::Int(0), none, none]));
        let most = Value::Int(999_999_999_999_999_999);
        assert_eq!(read(r#"{"on":999999999999999999}"#), row([none, none, most]));
        for other in [
            "",
            "{",
            "{}",
            "[]",
            r#"{"id"}"#,
            r#"{"id":}"#,
            r#"{"id":"a"#,
            r#"{"id":"a""#,
            r#"{"id":"a",}"#,
            r#"{"id":"a"}}"#,
            r#"{"id":"\u0061"}"#,
            "{\"id\":\"\t\"}",
            r#"{"on":1,"id":"a"}"#,
            r#"{"id":1,"id":2}"#,
            r#"{"id":1.5}"#,
            r#"{"id":1e3}"#,
            r#"{"id":01}"#,
            r#"{"id":-1}"#,
            r#"{"id":-0}"#,
            "{\"id\":0}\u{c}",
            r#"{"id":1000000000000000000}"#,
            r#"{"id":9999999999999999999}"#,
            r#"{"id":[]}"#,
            r#"{"id":{}}"#,
            r#"{"id":nul}"#,
            r#"{"id":nullx}"#,
            r#"{"other":1}"#,
            r#"{"id":1 "on":2}"#,
        ] {
            assert_eq!(read(other), None, "{other}");
        }
    }

    #[test]
    fn keys_may_come_in_any_order() {
        let header = ["id", "time", "on"].map(str::to_owned);
        let mut keys = AnyOrder::of(&header).expect("plain");
        let mut read = |text: &str| {
            let mut row = Row::default();
            row.clear(3);
            let end = keys.read(text, 0, &mut row)?;
            Some((format!("{:?}", [row.value(0), row.value(1), row.value(2)]), end))
        };
        let want = format!("{:?}", [Value::Text("a"), Value::Int(2), Value::Null]);
        for text in [
            r#"{"id":"a","time":2}"#,
            r#"{"time":2,"id":"a"}"#,
            r#"{"time":2,"more":"b","id":"a"}"#,
            r#"{"more": null, "time": 2, "id": "a"}"#,
            r#"{"time":1,"id":"a","time":2}"#,
        ] {
            assert_eq!(read(text), Some((want.clone(), text.len())), "{text}");
            assert_eq!(read(&format!("{text},{{")), Some((want.clone(), text.len())), "{text}");
        }
        for other in ["", "{", "{}", r#"{"id"}"#, r#"{"more":[]}"#, r#"{"m\u0061":1}"#, "[1]"] {
            assert_eq!(read(other), None, "{other}");
        }
    }

    #[test]
    fn keys_that_bytes_do_not_tell_are_left_to_the_parser() {
        for header in [&["a\"b"][..], &["a\\b"], &["a\nb"], &["a", "a"]] {
            let header: Vec<String> = header.iter().map(|name| (*name).to_owned()).collect();
            assert!(PlainKeys::of(&header).is_none());
        }
    }
}
