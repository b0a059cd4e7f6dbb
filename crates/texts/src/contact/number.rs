//! Numbers and names of contacts: which digits belong together, and what kind of number they make.

use super::{Contact, ContactKind, Disguise};
use crate::finding::Ground;
use crate::folded::Folded;

/// The most letters and digits of a name that is read where it was taken apart.
const NAME_LETTERS: usize = 20;

/// The most characters between a herald and its name.
const MOST_GAP: usize = 8;

/// A name or number that follows a herald.
pub(super) struct Name {
    pub(super) value: String,
    pub(super) end: usize,
    pub(super) disguise: Disguise,
}

/// What may stand between the characters of a number to break it up: signs, and strokes of characters that are used as such.
pub(super) fn is_separator(c: char) -> bool {
    let stroke = matches!(c, '丶' | '丨' | '丿' | '亅');
    (stroke || !c.is_alphanumeric())
        && !matches!(c, '。' | '!' | '?' | ',' | ';' | '、' | '@' | '《' | '》' | '“' | '”')
}

/// The digit that a character stands for, and whether it is written as a word.
fn digit(c: char) -> Option<(char, bool)> {
    let word = match c {
        '0'..='9' => return Some((c, false)),
        '零' => '0',
        '一' | '幺' | '壹' => '1',
        '二' | '贰' | '两' => '2',
        '三' | '叁' => '3',
        '四' | '肆' => '4',
        '五' | '伍' => '5',
        '六' | '陆' => '6',
        '七' | '柒' => '7',
        '八' | '捌' => '8',
        '九' | '玖' => '9',
        _ => return None,
    };
    Some((word, true))
}

/// A digit of a run, with where it stands.
struct Place {
    digit: char,
    word: bool,
    at: usize,
}

/// Digits that follow each other with at most three separators between.
fn run(folded: &Folded, start: usize) -> Vec<Place> {
    let mut places: Vec<Place> = Vec::new();
    let mut at = start;
    while let Some(&c) = folded.chars.get(at) {
        if let Some((digit, word)) = digit(c) {
            places.push(Place { digit, word, at });
        } else {
            let gap = places.last().map_or(0, |p| at - p.at);
            // `(1)` before a number counts it; `(010)` belongs to it.
            let counts = c == ')' && places.len() < 3;
            if !is_separator(c)
                || counts
                || gap > 3
                || matches!(c, '\n' | ':' | '/')
                || places.len() > 64
            {
                break;
            }
        }
        at += 1;
    }
    places
}

/// All phone numbers.
pub(super) fn phones(folded: &Folded) -> Vec<Contact> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < folded.len() {
        if digit(folded.chars[at]).is_none() {
            at += 1;
            continue;
        }
        let places = run(folded, at);
        at = places.last().map_or(at, |p| p.at) + 1;
        let mut first = 0;
        while first < places.len() {
            // A number begins where digits begin: `00138…` holds no mobile number at its third digit.
            let begins = first == 0 || places[first].at > places[first - 1].at + 1;
            match begins.then(|| phone_at(folded, &places, first)).flatten() {
                Some((contact, used)) => {
                    found.push(contact);
                    first += used;
                }
                None => first += 1,
            }
        }
    }
    found
}

/// The phone number that begins at a digit, and how many digits it takes.
fn phone_at(folded: &Folded, places: &[Place], first: usize) -> Option<(Contact, usize)> {
    let digits: String = places[first..].iter().take(16).map(|p| p.digit).collect();
    let split = places.get(first + 1).is_some_and(|next| next.at > places[first].at + 1);
    let (country, kind, length) = match split.then(|| toll_free(&digits)).flatten() {
        Some(length) => (0, ContactKind::Hotline, length),
        None => shape(&digits)?,
    };
    let used = country + length;
    let places = &places[first..first + used.min(places.len() - first)];
    if places.len() < used {
        return None;
    }
    let (start, end) = (places[0].at, places[used - 1].at + 1);
    // Digits that go on at once make it another number.
    let goes_on = folded.chars.get(end).is_some_and(|c| c.is_ascii_digit());
    let letter = |at: usize| folded.chars.get(at).is_some_and(char::is_ascii_lowercase);
    if goes_on || (start > 0 && letter(start - 1)) || !is_grouped(places, kind) {
        return None;
    }
    let mut disguise = Disguise::default();
    disguise.written(folded, start, end);
    spelled(places, &mut disguise);
    separated(folded, places, &mut disguise);
    let value = digits[country..used].to_owned();
    let contact = Contact {
        kind,
        value,
        span: folded.span(start, end),
        disguise_bits: disguise.bits,
        disguises: disguise.list(),
        folded: (start, end),
    };
    Some((contact, used))
}

/// Length of a North American number that is free to call: `1-800-555-0199`, told from a Chinese mobile by its first dash.
fn toll_free(digits: &str) -> Option<usize> {
    let prefixes = ["1800", "1888", "1877", "1866", "1855", "1844", "1833"];
    (digits.len() >= 11 && prefixes.iter().any(|p| digits.starts_with(p))).then_some(11)
}

/// Country prefix's length, kind and length of the number that the digits begin with.
fn shape(digits: &str) -> Option<(usize, ContactKind, usize)> {
    for (prefix, rest) in [("0086", 4), ("86", 2), ("", 0)] {
        let Some(local) = digits.strip_prefix(prefix) else { continue };
        let bytes = local.as_bytes();
        if bytes.len() >= 11 && bytes[0] == b'1' && (b'3'..=b'9').contains(&bytes[1]) {
            return Some((rest, ContactKind::Mobile, 11));
        }
        if bytes.len() >= 10 && (local.starts_with("400") || local.starts_with("800")) {
            return Some((rest, ContactKind::Hotline, 10));
        }
    }
    let bytes = digits.as_bytes();
    if bytes.len() >= 10 && bytes[0] == b'0' && bytes[1] != b'0' {
        // Area codes 010 and 02x take three digits, the others four; local numbers seven or eight.
        let area = if bytes[1] == b'1' || bytes[1] == b'2' { 3 } else { 4 };
        let local = bytes.len() - area;
        if local >= 7 && bytes[area] >= b'2' {
            return Some((0, ContactKind::Landline, area + if local >= 8 { 8 } else { 7 }));
        }
    }
    // North American numbers are taken when grouped 3-3-4, which `is_grouped` checks.
    (bytes.len() >= 10 && (b'2'..=b'9').contains(&bytes[0]) && (b'2'..=b'9').contains(&bytes[3]))
        .then_some((0, ContactKind::Landline, 10))
}

/// Whether numbers that only their grouping tells from others are grouped so.
fn is_grouped(places: &[Place], kind: ContactKind) -> bool {
    if kind != ContactKind::Landline || places[0].digit == '0' {
        return true;
    }
    let breaks: Vec<usize> =
        (1..places.len()).filter(|&i| places[i].at > places[i - 1].at + 1).collect();
    breaks == [3, 6]
}

/// Digits written as words among others, or all of them.
fn spelled(places: &[Place], disguise: &mut Disguise) {
    let words = places.iter().filter(|p| p.word).count();
    disguise.add(Ground::Homophones, words.min(4), 3.0);
}

/// Separators where people who want to be called put none.
fn separated(folded: &Folded, places: &[Place], disguise: &mut Disguise) {
    let mut odd = 0;
    let mut groups = 1;
    for pair in places.windows(2) {
        let between = &folded.chars[pair[0].at + 1..pair[1].at];
        groups += usize::from(!between.is_empty());
        odd += usize::from(between.iter().any(|c| !matches!(c, ' ' | '-' | '.' | '(' | ')' | '—')));
    }
    disguise.add(Ground::Separators, odd.min(3), 3.0);
    // 138-0013-8000 has three groups, +1 (888) 555-0123 four; single digits apart have as many as digits.
    disguise.add(Ground::Separators, usize::from(groups > 5), 4.0);
    disguise.add(Ground::Separators, usize::from(groups > 8), 5.0);
}

/// The name or number after a herald.
pub(super) fn name_after(folded: &Folded, from: usize, kind: ContactKind) -> Option<Name> {
    let mut at = from;
    while at < folded.len() && at < from + MOST_GAP {
        let c = folded.chars[at];
        if c == '\n' && at > from + 1 {
            return None;
        }
        let starts = c.is_ascii_alphanumeric() || digit(c).is_some_and(|(_, word)| word);
        if starts && let Some(name) = name_at(folded, at, kind) {
            return Some(name);
        }
        let filler = is_separator(c)
            || matches!(
                c,
                '号' | '是'
                    | '为'
                    | '我'
                    | '加'
                    | '搜'
                    | '码'
                    | '同'
                    | '请'
                    | '联'
                    | '系'
                    | '客'
                    | '服'
            )
            || matches!(
                c,
                '您' | '的'
                    | '@'
                    | ','
                    | '群'
                    | '裙'
                    | '信'
                    | '拉'
                    | '进'
                    | '聊'
                    | '咨'
                    | '询'
                    | '办'
                    | '理'
                    | '找'
            );
        if !filler {
            return None;
        }
        at += 1;
    }
    None
}

fn name_at(folded: &Folded, start: usize, kind: ContactKind) -> Option<Name> {
    let mut disguise = Disguise::default();
    let numeric = matches!(kind, ContactKind::Qq | ContactKind::Group | ContactKind::Mobile);
    let places = run(folded, start);
    let enough = match kind {
        _ if numeric => 5..=11,
        // Messengers abroad take whole international numbers.
        ContactKind::Messenger => 7..=15,
        _ => 7..=11,
    };
    let whole = places.last().is_some_and(|last| {
        let next = folded.chars.get(last.at + 1);
        !next.is_some_and(|c| c.is_ascii_alphanumeric() || *c == '_')
    });
    if whole && enough.contains(&places.len()) {
        let end = places[places.len() - 1].at + 1;
        disguise.written(folded, start, end);
        spelled(&places, &mut disguise);
        separated(folded, &places, &mut disguise);
        return Some(Name { value: places.iter().map(|p| p.digit).collect(), end, disguise });
    }
    if numeric {
        return None;
    }
    if let Some(name) = broken_name(folded, start) {
        return Some(name);
    }
    // A WeChat name: a letter, then letters, digits, _ and -; 6 to 20 of them. Shorter ones are read to 5.
    let named = |c: &&char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    let length = folded.chars[start..].iter().take_while(named).count();
    let letters =
        folded.chars[start..start + length].iter().filter(|c| c.is_ascii_lowercase()).count();
    let digits = folded.chars[start..start + length].iter().filter(|c| c.is_ascii_digit()).count();
    // A word of letters alone after a messenger's name is mostly a word: `微信 app`, `whatsapp group`.
    let name = (5..=24).contains(&length) && letters > 0 && (digits > 0 || is_given(folded, start));
    name.then(|| {
        disguise.written(folded, start, start + length);
        let value = folded.slice(start, start + length).to_owned();
        Name { value, end: start + length, disguise }
    })
}

/// A name taken apart: letters, then digits, with one or two separators between some of them (`gfb丶70.6 32`). One space or full stop
/// alone may only stand between a word and a number.
fn broken_name(folded: &Folded, start: usize) -> Option<Name> {
    let (mut value, mut end, mut breaks, mut odd) = (String::new(), start, 0, 0);
    let mut at = start;
    while let Some(&c) = folded.chars.get(at) {
        let digits_began = value.ends_with(|last: char| last.is_ascii_digit());
        if c.is_ascii_digit() || (c.is_ascii_lowercase() && !digits_began) {
            let between = &folded.chars[end..at];
            if !value.is_empty() && !between.is_empty() {
                breaks += 1;
                odd += usize::from(between.iter().any(|c| !matches!(c, ' ' | '.' | '-' | '_')));
            }
            value.push(c);
            end = at + 1;
        } else if !is_separator(c) || c == '\n' || at >= end + 2 || value.len() > NAME_LETTERS {
            break;
        }
        at += 1;
    }
    let digits = value.chars().filter(char::is_ascii_digit).count();
    let letters = value.len() - digits;
    let next = folded.chars.get(end);
    let whole = !next.is_some_and(char::is_ascii_alphanumeric) && value.len() <= NAME_LETTERS;
    let taken_apart = breaks >= 2 || odd > 0;
    if !taken_apart || !whole || letters < 2 || digits < 3 || value.len() < 6 {
        return None;
    }
    let mut disguise = Disguise::default();
    disguise.written(folded, start, end);
    disguise.add(Ground::Separators, breaks.min(3), 3.0);
    Some(Name { value, end, disguise })
}

/// Whether a colon or @ right before says that this is the name.
fn is_given(folded: &Folded, start: usize) -> bool {
    let before = folded.chars[..start].iter().rev().take(2);
    before.into_iter().any(|c| matches!(c, ':' | '@' | '号' | '是' | '+' | '加'))
}

/// Whether what a phone's word announces is a whole phone number, not a short local one.
pub(super) fn is_phone(value: &str) -> bool {
    shape(value).is_some_and(|(country, _, length)| country + length == value.len())
}
