//! Whether a short text needs a second look at all.
//!
//! Reviews come by the million and hardly any offers anything. One pass of a byte automaton over the raw text looks for what every
//! finding needs: a word that opens an offer, a word that announces a contact, or a character that nobody types by accident. A
//! text without any is done; that costs some 150 ns, and never a finding, since whatever is folded to such a word is looked for
//! in its folded-from forms too.

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

static PREFILTER: LazyLock<AhoCorasick> = LazyLock::new(|| {
    let lexicon = lexicon();
    let mut words: Vec<Vec<u8>> = ODD.iter().map(|odd| odd.to_vec()).collect();
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
    let built = AhoCorasick::builder()
        .kind(Some(AhoCorasickKind::DFA))
        .ascii_case_insensitive(true)
        .build(&words);
    built.expect("the committed words fit an automaton")
});

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
    "subscribers",
    "upvotes",
    "服务电话",
    "售后",
    ".com",
    "http",
    "点com",
    "。com",
];

/// Whether a text may hold anything.
pub(crate) fn fires(text: &str) -> bool {
    PREFILTER.is_match(text)
}
