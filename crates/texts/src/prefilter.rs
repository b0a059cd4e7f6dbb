//! Whether a short text needs a second look at all.
//!
//! Reviews come by the million and hardly any offers anything. One pass over the raw text looks for what findings need: a word that
//! opens an offer, a word that announces a contact, or a character that nobody types by accident. A text without any is done, in
//! some 250 ns. The price is a contact that nothing announces (bare digits spelled as common words): documents show it, events do not.

use crate::contact;
use crate::lexicon::{Kind, lexicon};
use aho_corasick::{AhoCorasick, AhoCorasickKind};
use std::sync::LazyLock;

/// Bytes that begin characters which stand for others: circled and squared letters and digits, mathematical letters, full-width
/// digits and letters, invisible ones, Chinese digits of accounts.
const ODD: &[&[u8]] = &[
    b"\xE2\x91",
    b"\xE2\x92",
    b"\xE2\x93",
    b"\xE2\x9D\xB6",
    b"\xE2\x9D\xB7",
    b"\xE2\x9E\x80",
    b"\xE2\x9E\x8A",
    b"\xE2\x9E\x95",
    b"\xE2\x83\xA3",
    b"\xE2\x80\x8B",
    b"\xE2\x80\x8C",
    b"\xE2\x80\x8E",
    b"\xE2\x81\xA0",
    b"\xF0\x9D",
    b"\xF0\x9F\x84",
    b"\xF0\x9F\x85",
    b"\xF0\x9F\x86",
    b"\xEF\xBC\x90",
    b"\xEF\xBC\x91",
    b"\xEF\xBC\x94",
    b"\xEF\xBC\x98",
    b"\xEF\xBC\xB6",
    b"\xEF\xBC\xB1",
    b"\xEF\xBD\x96",
    b"\xEF\xBD\x91",
    b"\xEF\xBC\x8B",
    "壹".as_bytes(),
    "贰".as_bytes(),
    "叁".as_bytes(),
    "肆".as_bytes(),
    "柒".as_bytes(),
    "捌".as_bytes(),
    "玖".as_bytes(),
    "幺".as_bytes(),
    "🐧".as_bytes(),
    "❤".as_bytes(),
    "裙".as_bytes(),
    "薇".as_bytes(),
    "群".as_bytes(),
    "徽".as_bytes(),
];

/// Kinds without which there is no offer.
const OPENING: &[Kind] = &[Kind::Trade, Kind::Officer, Kind::Asked, Kind::Spam];

/// Verbs that make terms together with what follows, in the forms they are met in, and traditional forms of the commonest words.
const MORE: &[&str] = &[
    "刷抖",
    "刷快",
    "刷微",
    "刷小",
    "刷淘",
    "刷视",
    "刷公",
    "刷僵",
    "刷真",
    "刷播",
    "刷阅",
    "刷双",
    "刷收",
    "刷信",
    "刷销",
    "刷评",
    "刷粉",
    "刷赞",
    "刷 ",
    "刷讚",
    "刷單",
    "刷評",
    "代刷",
    "购买粉",
    "买点赞",
    "买评",
    "增加粉",
    "提升销",
    "批量",
    "刷票",
    "點讚",
    "漲粉",
    "電話",
    "開店",
    "熱線",
    "热线",
    "微 信",
    "微.信",
    "followers",
    "hotline",
    "helpline",
    "customer service",
    "toll free",
    "toll-free",
    "support number",
    "locksmith",
    "元/个",
    "元/条",
    "元/千",
    "批发",
    "联系我",
    "私聊",
    "私信",
    "私我",
    "滴滴我",
    "q q",
    "v x",
    "subscribers",
    "upvotes",
    "服务电话",
    "售后",
    ".com",
    "http",
    "点com",
    "。com",
];

/// Both stages. The automaton decides; the table says where it is worth asking. An automaton alone waits for memory at every byte,
/// since each step needs the one before; the table's look-ups do not wait for each other.
struct Prefilter {
    table: Vec<u64>,
    automaton: AhoCorasick,
}

static PREFILTER: LazyLock<Prefilter> = LazyLock::new(|| {
    let words = words();
    let mut table = vec![0; 1 << (TABLE_BITS - 6)];
    for word in &words {
        let mut first = [0; 8];
        let length = word.len().min(8);
        first[..length].copy_from_slice(&word[..length]);
        let word_key = match word.len() {
            _ if first[0] < 0x80 => key(first, 4, FOLD),
            0..=3 => key(first, 3, 0),
            _ if first[3] < 0x80 => key(first, 4, FOLD),
            4..=5 => key(first, 3, 0),
            _ => key(first, 6, 0),
        };
        table[word_key >> 6] |= 1 << (word_key & 63);
    }
    let built = AhoCorasick::builder()
        .kind(Some(AhoCorasickKind::DFA))
        .ascii_case_insensitive(true)
        .build(&words);
    Prefilter { table, automaton: built.expect("the committed words fit an automaton") }
});

/// All that is looked for: at least four bytes each if they begin with an ASCII character, else at least one character.
fn words() -> Vec<Vec<u8>> {
    let lexicon = lexicon();
    let mut words: Vec<Vec<u8>> = Vec::new();
    for odd in ODD {
        if odd.len() == 2 {
            words.extend((0x80..0xC0).map(|last| [odd[0], odd[1], last].to_vec()));
        } else {
            words.push(odd.to_vec());
        }
    }
    for (at, word) in lexicon.words.iter().enumerate() {
        let opens = |(kind, bits): &(Kind, f64)| {
            OPENING.contains(kind) || (*kind == Kind::Task && *bits >= 4.0)
        };
        if lexicon.senses(at as u32).iter().any(opens) {
            words.push(word.as_bytes().to_vec());
        }
    }
    words.extend(contact::heralds().map(|word| word.as_bytes().to_vec()));
    words.extend(MORE.iter().map(|word| word.as_bytes().to_vec()));
    words.retain(|word| word[0] >= 0x80 || word.len() >= 4);
    words
}

/// Bits of the table's size: 32 KiB, which stays in the nearest cache.
const TABLE_BITS: u32 = 18;
/// Makes ASCII letters lower case, and other bytes something else, alike on both sides.
const FOLD: u64 = 0x2020_2020_2020_2020;

/// The place of the first bytes in the table.
fn key(bytes: [u8; 8], length: u32, fold: u64) -> usize {
    let word = (u64::from_le_bytes(bytes) | fold) & ((1 << (8 * length)) - 1);
    (word.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (64 - TABLE_BITS)) as usize
}

/// Whether a text may hold anything.
pub(crate) fn fires(text: &str) -> bool {
    let prefilter = &*PREFILTER;
    let bytes = text.as_bytes();
    let has = |key: usize| prefilter.table[key >> 6] >> (key & 63) & 1 == 1;
    let mut at = 0;
    while at < bytes.len() {
        let next = bytes[at..].first_chunk::<8>().copied().unwrap_or_else(|| {
            let mut padded = [0; 8];
            padded[..bytes.len() - at].copy_from_slice(&bytes[at..]);
            padded
        });
        let (width, maybe) = if next[0] < 0x80 {
            (1, has(key(next, 4, FOLD)))
        } else {
            let pair = if next[3] < 0x80 { key(next, 4, FOLD) } else { key(next, 6, 0) };
            (if next[0] < 0xE0 { 2 } else { 3 }, has(key(next, 3, 0)) || has(pair))
        };
        // An emoji's last byte begins nothing, so the width of four needs no case of its own.
        if maybe {
            return prefilter.automaton.is_match(&text.as_bytes()[at..]);
        }
        at += width;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_misses_nothing_that_the_automaton_finds() {
        for word in words() {
            let Ok(word) = String::from_utf8(word) else { continue };
            for text in
                [word.clone(), format!("好评{word}"), format!("a {word} b"), word.to_uppercase()]
            {
                // Upper case of some letters is longer or none; the automaton itself says what counts.
                assert_eq!(fires(&text), PREFILTER.automaton.is_match(&text), "{text}");
                assert!(fires(&text) || text != text.to_lowercase(), "{text}");
            }
        }
        assert!(!fires("物流很快，质量不错，下次还来"));
    }
}
