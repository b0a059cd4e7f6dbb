//! A document as lines and sentences over its visible text.
//!
//! Plain text, Markdown and HTML become one run of visible characters, each with its place in the original; block tags end lines, and the
//! addresses of links are kept beside the words they lie under. A unit, the piece everything below decides about, is a line or a
//! sentence of it; quotation marks keep a sentence together.

use crate::contact::{self, Contact};
use crate::finding::Span;
use crate::folded::Folded;
use crate::lexicon::{Hit, lexicon};

/// How a document is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Plain text or Markdown, whose marks are left where they are.
    Plain,
    /// HTML: tags are not read, scripts and styles neither.
    Html,
}

impl Form {
    /// Guesses the form by the tags a text begins with or holds.
    #[must_use]
    pub fn guess(text: &str) -> Form {
        let mut end = text.len().min(4_096);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let head = text[..end].to_ascii_lowercase();
        let tags = ["<!doctype html", "<html", "<head", "<body", "<div", "</p>", "</a>", "<br"];
        if tags.iter().any(|tag| head.contains(tag)) { Form::Html } else { Form::Plain }
    }
}

/// A line or sentence, as a stretch of the folded text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Unit {
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// The line it belongs to, counted from 0 in the visible text.
    pub(crate) line: usize,
    /// Words of the lexicon in it: a range of [`Page::hits`].
    pub(crate) hits: (usize, usize),
    /// Contacts in it: a range of [`Page::contacts`].
    pub(crate) contacts: (usize, usize),
}

/// A document, taken apart.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) folded: Folded,
    pub(crate) hits: Vec<Hit>,
    pub(crate) contacts: Vec<Contact>,
    pub(crate) units: Vec<Unit>,
}

impl Page {
    pub(crate) fn new(text: &str, form: Form) -> Page {
        let folded = match form {
            Form::Plain => Folded::new(text),
            Form::Html => Folded::from_chars(visible(text).into_iter()),
        };
        let hits = lexicon().hits(&folded);
        let contacts = contact::of(&folded);
        let units = units(&folded, &hits, &contacts);
        Page { folded, hits, contacts, units }
    }

    pub(crate) fn hits_of(&self, unit: &Unit) -> &[Hit] {
        &self.hits[unit.hits.0..unit.hits.1]
    }

    pub(crate) fn contacts_of(&self, unit: &Unit) -> &[Contact] {
        &self.contacts[unit.contacts.0..unit.contacts.1]
    }

    pub(crate) fn words(&self, unit: &Unit) -> &str {
        self.folded.slice(unit.start, unit.end)
    }

    pub(crate) fn span(&self, unit: &Unit) -> Span {
        self.folded.span(unit.start, unit.end)
    }

    /// The units of the same line, this one among them.
    pub(crate) fn line_of(&self, at: usize) -> &[Unit] {
        let line = self.units[at].line;
        let start = self.units.partition_point(|u| u.line < line);
        let end = self.units.partition_point(|u| u.line <= line);
        &self.units[start..end]
    }
}

/// Cuts at line ends and after sentences.
fn units(folded: &Folded, hits: &[Hit], contacts: &[Contact]) -> Vec<Unit> {
    let mut units = Vec::new();
    let (mut start, mut line) = (0, 0);
    let mut short = is_short(folded, 0);
    let mut quoted: usize = 0;
    let mut next = (0, 0);
    for at in 0..=folded.len() {
        let c = folded.chars.get(at).copied().unwrap_or('\n');
        match c {
            '“' | '「' | '『' => quoted = 1,
            '”' | '」' | '』' => quoted = 0,
            _ if quoted > 0 => quoted += 1,
            _ => {}
        }
        let stop = !short && sentence_ends(folded, at, c) && (quoted == 0 || quoted > 400);
        if c != '\n' && !stop {
            continue;
        }
        let end = if c == '\n' { at } else { at + 1 };
        let trimmed = trim(folded, start, end);
        if trimmed.0 < trimmed.1 {
            units.push(unit(trimmed, line, (hits, contacts), &mut next));
        }
        start = at + 1;
        if c == '\n' {
            line += 1;
            quoted = 0;
            short = is_short(folded, start);
        }
    }
    units
}

/// The most characters of a line that is not taken apart: a title, a slogan.
const SHORT_LINE: usize = 60;

fn is_short(folded: &Folded, start: usize) -> bool {
    folded.chars[start.min(folded.len())..].iter().take(SHORT_LINE + 1).any(|c| *c == '\n')
        || folded.len() <= start + SHORT_LINE
}

/// Whether a sentence ends with the character at a place.
fn sentence_ends(folded: &Folded, at: usize, c: char) -> bool {
    let after = folded.chars.get(at + 1).copied().unwrap_or('\n');
    let closes = matches!(after, '”' | '」' | '』' | ')' | '"');
    match c {
        '。' => !closes,
        '!' | '?' => !closes && !matches!(after, '!' | '?'),
        '.' => {
            after == ' ' && folded.chars.get(at + 2).is_some_and(|c| c.is_alphabetic()) && at > 3
        }
        '”' | '」' | '』' => matches!(folded.chars[at - usize::from(at > 0)], '。' | '!' | '?'),
        _ => false,
    }
}

fn trim(folded: &Folded, mut start: usize, mut end: usize) -> (usize, usize) {
    while start < end && folded.chars[start].is_whitespace() {
        start += 1;
    }
    while start < end && folded.chars[end - 1].is_whitespace() {
        end -= 1;
    }
    (start, end)
}

/// A unit with the words and contacts that begin in it; `next` moves on through both lists.
fn unit(
    (start, end): (usize, usize),
    line: usize,
    (hits, contacts): (&[Hit], &[Contact]),
    next: &mut (usize, usize),
) -> Unit {
    let range = |from: &mut usize, begins: &dyn Fn(usize) -> Option<usize>| {
        while begins(*from).is_some_and(|b| b < start) {
            *from += 1;
        }
        let first = *from;
        while begins(*from).is_some_and(|b| b < end) {
            *from += 1;
        }
        (first, *from)
    };
    let hits = range(&mut next.0, &|i| hits.get(i).map(|h| h.start));
    let contacts = range(&mut next.1, &|i| contacts.get(i).map(|c| c.folded.0));
    Unit { start, end, line, hits, contacts }
}

/// The characters of an HTML page that a reader sees, each with its place.
fn visible(text: &str) -> Vec<(usize, char)> {
    let chars: Vec<char> = text.chars().collect();
    let mut out = Vec::with_capacity(chars.len() / 2);
    let mut at = 0;
    while at < chars.len() {
        match chars[at] {
            '<' => at = tag(&chars, at, &mut out),
            '&' => at = entity(&chars, at, &mut out),
            // Line ends of the source mean no more than spaces; block tags end lines.
            '\n' | '\r' | '\t' => {
                out.push((at, ' '));
                at += 1;
            }
            c => {
                out.push((at, c));
                at += 1;
            }
        }
    }
    out
}

/// Passes a tag, and with it what no reader sees.
fn tag(chars: &[char], at: usize, out: &mut Vec<(usize, char)>) -> usize {
    let comment = chars[at..].starts_with(&['<', '!', '-', '-']);
    let named: String = chars[at + 1..]
        .iter()
        .take(12)
        .take_while(|c| c.is_ascii_alphanumeric() || **c == '/')
        .collect::<String>()
        .to_ascii_lowercase();
    if !comment && named.is_empty() && chars.get(at + 1) != Some(&'!') {
        out.push((at, '<'));
        return at + 1;
    }
    let close: Vec<char> = match named.as_str() {
        _ if comment => "-->".chars().collect(),
        "script" | "style" | "noscript" | "template" => format!("</{named}").chars().collect(),
        _ => vec!['>'],
    };
    let ends = |from: usize| {
        chars.get(from..from + close.len()).is_some_and(|found| {
            found.iter().zip(&close).all(|(a, b)| a.to_ascii_lowercase() == *b)
        })
    };
    let mut end = at + 1;
    while end < chars.len() && !ends(end) {
        end += 1;
    }
    if close.len() > 1 && !comment {
        while end < chars.len() && chars[end] != '>' {
            end += 1;
        }
    }
    let inline =
        ["a", "b", "i", "u", "em", "strong", "span", "font", "mark", "sup", "sub", "small", "img"];
    let element = named.trim_start_matches('/');
    if !comment && !inline.contains(&element) {
        out.push((at, '\n'));
    }
    if comment { end + 3 } else { end + 1 }.min(chars.len())
}

/// Reads a character reference.
fn entity(chars: &[char], at: usize, out: &mut Vec<(usize, char)>) -> usize {
    let body: String = chars[at + 1..].iter().take(10).take_while(|c| **c != ';').collect();
    let ends = at + 1 + body.chars().count();
    let code = body.strip_prefix('#').and_then(|digits| match digits.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16).ok(),
        None => digits.parse().ok(),
    });
    let read = match body.as_str() {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" | "ldquo" | "rdquo" => Some('"'),
        "nbsp" | "emsp" | "ensp" => Some(' '),
        _ => code.and_then(char::from_u32),
    };
    match read {
        Some(c) if chars.get(ends) == Some(&';') => {
            out.push((at, c));
            ends + 1
        }
        _ => {
            out.push((at, '&'));
            at + 1
        }
    }
}
