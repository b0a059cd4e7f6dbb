//! Links, domains and mail addresses.

use super::{Contact, ContactKind, Disguise};
use crate::finding::Ground;
use crate::folded::Folded;

/// Endings that make a bare name a domain. Endings that are words of their own need a scheme or `www.`.
const ENDINGS: &[&str] = &[
    "com", "cn", "net", "org", "top", "xyz", "vip", "cc", "shop", "club", "site", "online", "info",
    "io", "me", "co", "ru", "tk", "ml", "wang", "ltd", "icu", "tv", "biz", "hk", "tw", "uk", "us",
    "app", "store", "link", "live", "work", "fun", "pw", "la", "in",
];

fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_')
}

/// The dot of a domain, plain or disguised, its length in characters, and the bits that its disguise tells.
fn dot(folded: &Folded, at: usize) -> Option<(usize, f64)> {
    const DISGUISED: [&str; 9] =
        ["[.]", "(.)", "[dot]", "(dot)", " dot ", "[点]", "(点)", " . ", "{.}"];
    if folded.chars.get(at) == Some(&'.') {
        return Some((1, 0.0));
    }
    let rest = folded.slice(at, (at + 5).min(folded.len()));
    if let Some(found) = DISGUISED.iter().find(|d| rest.starts_with(**d)) {
        return Some((found.chars().count(), 8.0));
    }
    match folded.chars.get(at) {
        Some('点' | '丶') => Some((1, 10.0)),
        Some('。') => Some((1, 8.0)),
        _ => None,
    }
}

/// All links, domains and mail addresses.
pub(super) fn addresses(folded: &Folded) -> Vec<Contact> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < folded.len() {
        if !folded.chars[at].is_ascii_alphanumeric() || (at > 0 && is_name(folded.chars[at - 1])) {
            at += 1;
            continue;
        }
        match address_at(folded, at) {
            Some(contact) => {
                at = contact.folded.1;
                found.push(contact);
            }
            None => at += 1,
        }
    }
    found
}

fn address_at(folded: &Folded, start: usize) -> Option<Contact> {
    let rest = folded.slice(start, (start + 8).min(folded.len()));
    let scheme =
        ["https://", "http://"].iter().find(|s| rest.starts_with(**s)).map_or(0, |s| s.len());
    let mut disguise = Disguise::default();
    let mut at = start + scheme;
    let host = at;
    let mut value = String::new();
    let mut last: String;
    loop {
        let label = folded.chars[at..].iter().take(64).take_while(|c| is_name(**c)).count();
        if label == 0 {
            return None;
        }
        last = folded.chars[at..at + label].iter().collect();
        value.push_str(&last);
        at += label;
        if folded.chars.get(at) == Some(&'@') && scheme == 0 {
            return mail(folded, start, at);
        }
        let Some((width, bits)) = dot(folded, at) else { break };
        let next = folded.chars.get(at + width).copied().unwrap_or(' ');
        if !is_name(next) {
            break;
        }
        if bits > 0.0 {
            // A full stop of Chinese is a dot only before an ending.
            let ending: String =
                folded.chars[at + width..].iter().take(8).take_while(|c| is_name(**c)).collect();
            if !ENDINGS[..8].contains(&ending.as_str()) {
                break;
            }
            disguise.add(Ground::Separators, 1, bits);
        }
        value.push('.');
        at += width;
    }
    let dotted = value.contains('.');
    let known = ENDINGS.contains(&last.as_str()) && value.len() > last.len() + 2;
    if !dotted || !(known || scheme > 0 || value.starts_with("www.")) {
        return None;
    }
    // A number with a unit (3.5in) is none.
    if value.chars().all(|c| c.is_ascii_digit() || c == '.') && scheme == 0 {
        return None;
    }
    if scheme == 0 && value.starts_with(|c: char| c.is_ascii_digit()) && last == "in" {
        return None;
    }
    disguise.written(folded, host, at);
    let path =
        |c: &&char| c.is_ascii_graphic() && !matches!(c, '"' | '<' | '>' | '\'' | ')' | ']' | ',');
    if matches!(folded.chars.get(at), Some('/' | '?' | ':' | '#')) {
        let length = folded.chars[at..].iter().take(2_048).take_while(path).count();
        value.extend(&folded.chars[at..at + length]);
        at += length;
    }
    Some(contact(folded, ContactKind::Link, value, (start, at), disguise))
}

fn mail(folded: &Folded, start: usize, sign: usize) -> Option<Contact> {
    let host = |c: &&char| is_name(**c) || **c == '.';
    let length = folded.chars[sign + 1..].iter().take(128).take_while(host).count();
    let value = folded.slice(start, sign + 1 + length).trim_end_matches('.').to_owned();
    let domain = value.rsplit('@').next().unwrap_or("");
    let length = value.chars().count();
    let mut disguise = Disguise::default();
    disguise.written(folded, start, start + length);
    domain
        .contains('.')
        .then(|| contact(folded, ContactKind::Mail, value, (start, start + length), disguise))
}

fn contact(
    folded: &Folded,
    kind: ContactKind,
    value: String,
    place: (usize, usize),
    disguise: Disguise,
) -> Contact {
    Contact {
        kind,
        value,
        span: folded.span(place.0, place.1),
        disguise_bits: disguise.bits,
        disguises: disguise.list(),
        folded: place,
    }
}
