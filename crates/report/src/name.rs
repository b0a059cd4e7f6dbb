//! Identifiers from the input, made safe to show: hostile characters become visible, long ones are shortened.
//!
//! HTML escaping is the page writer's; this file deals with what escaping leaves alone: control characters, marks that
//! turn the direction of text, and invisible ones, any of which could make one identifier look like another.

use maud::{Markup, html};

/// Letters of an identifier that the page shows before it shortens.
const SHOWN: usize = 22;
/// Letters of an identifier that the `title` attribute keeps.
const KEPT: usize = 240;
/// Bytes that these may take once escaped, beyond which a quarter of them is kept: a page of hostile names stays small.
const KEPT_BYTES: usize = 720;

/// The identifier on one line, with whatever is invisible or misleading spelled out as `\u{…}`, at most `limit`
/// letters long; a longer one keeps its beginning and its end.
pub(crate) fn shorten(name: &str, limit: usize) -> String {
    // A spelled-out letter takes up to ten places, and nothing beyond the limit is ever shown from the front.
    let front: Vec<char> = name.chars().take(limit + 1).collect();
    if front.len() <= limit {
        let whole = spell(front.iter().copied());
        return if whole.chars().count() <= limit { whole } else { clip(&whole, limit) };
    }
    let tail_len = limit / 3;
    let mut tail: Vec<char> = name.chars().rev().take(tail_len).collect();
    tail.reverse();
    let head = spell(front.iter().copied().take(limit - tail_len - 1));
    clip(&format!("{head}…{}", spell(tail.into_iter())), limit)
}

/// The identifier as the page's text: shortened, isolated from its surroundings, whole in the `title`.
pub(crate) fn tag(name: &str) -> Markup {
    tag_within(name, SHOWN)
}

/// As [`tag`], with `limit` letters shown.
pub(crate) fn tag_within(name: &str, limit: usize) -> Markup {
    if name.is_empty() {
        return html! { span.none { "–" } };
    }
    let shown = shorten(name, limit);
    let mut whole = shorten(name, KEPT);
    if html! { (whole) }.0.len() > KEPT_BYTES {
        whole = shorten(name, KEPT / 4);
    }
    html! {
        @if shown == whole { bdi.id { (shown) } } @else { bdi.id title=(whole) { (shown) } }
    }
}

fn clip(text: &str, limit: usize) -> String {
    let letters: Vec<char> = text.chars().collect();
    if letters.len() <= limit {
        return text.to_owned();
    }
    let tail = limit / 3;
    let head: String = letters.iter().take(limit - tail - 1).collect();
    let end: String = letters.iter().skip(letters.len() - tail).collect();
    format!("{head}…{end}")
}

fn spell(letters: impl Iterator<Item = char>) -> String {
    let mut out = String::new();
    for letter in letters {
        if misleads(letter) {
            out.push_str(&format!("\\u{{{:x}}}", u32::from(letter)));
        } else {
            out.push(letter);
        }
    }
    out
}

/// Control characters, line separators, direction and joining marks, invisible fillers, tags and private use.
fn misleads(letter: char) -> bool {
    letter.is_control()
        || matches!(u32::from(letter),
            0xAD | 0x34F | 0x61C | 0x115F | 0x1160 | 0x17B4 | 0x17B5 | 0x180B..=0x180F
            | 0x200B..=0x200F | 0x2028..=0x202E | 0x2060..=0x206F | 0x3164 | 0xE000..=0xF8FF
            | 0xFE00..=0xFE0F | 0xFEFF | 0xFFA0 | 0xFFF0..=0xFFFB | 0xFFFE | 0xFFFF
            | 0xE0000..=0x10_FFFF)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_names_stay_as_they_are() {
        assert_eq!(shorten("shop-17/牛奶", 22), "shop-17/牛奶");
        assert_eq!(tag("a&b").into_string(), "<bdi class=\"id\">a&amp;b</bdi>");
    }

    #[test]
    fn hostile_letters_are_spelled_out() {
        assert_eq!(shorten("a\u{202e}b\u{0}c\n", 60), "a\\u{202e}b\\u{0}c\\u{a}");
    }

    #[test]
    fn long_names_keep_both_ends_and_the_limit() {
        let long: String = ('a'..='z').cycle().take(1024).collect();
        let short = shorten(&long, 22);
        assert_eq!(short.chars().count(), 22);
        assert!(short.starts_with("abcdef") && short.ends_with("j"), "{short}");
        let nasty = "\u{202e}".repeat(1024);
        assert!(shorten(&nasty, 22).chars().count() <= 22);
        assert!(tag(&long).into_string().len() < 500);
    }
}
