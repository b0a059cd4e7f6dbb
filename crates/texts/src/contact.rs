//! Ways to get in touch that a text gives: numbers, accounts, links, and how they were disguised.
//!
//! Found in the folded text, so circled digits and full-width letters read as plain ones; what had to be undone to read a contact
//! is counted, since nobody disguises a contact by accident more than once. A contact without its disguise is no finding.

use crate::finding::{Ground, Span};
use crate::folded::{Folded, Written};
use aho_corasick::{AhoCorasick, MatchKind};
use std::sync::LazyLock;

mod number;
mod web;

/// What kind of contact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ContactKind {
    /// A 400 or 800 number, or another that is free to call.
    Hotline,
    /// A mobile phone.
    Mobile,
    /// A line with an area code.
    Landline,
    /// A WeChat name.
    WeChat,
    /// A QQ number.
    Qq,
    /// A group to join.
    Group,
    /// A link or a domain.
    Link,
    /// A mail address.
    Mail,
    /// Another messenger's name.
    Messenger,
}

/// A way to get in touch.
#[derive(Clone, Debug, PartialEq)]
pub struct Contact {
    /// What kind.
    pub kind: ContactKind,
    /// The number, name or address, undisguised.
    pub value: String,
    /// Where it stands, with the word that announces it.
    pub span: Span,
    /// What had to be undone, with how often.
    pub disguises: Vec<(Ground, usize)>,
    /// Bits that the disguises tell.
    pub disguise_bits: f64,
    /// Where it stands in the folded text.
    pub(crate) folded: (usize, usize),
}

/// A word that announces a contact: its kind and how hard it is disguised.
struct Herald {
    word: &'static str,
    kind: ContactKind,
    /// Bits that this way of writing tells, given that a name follows.
    bits: f64,
}

/// Words that announce contacts. A word of daily life (威信, 企鹅) is one only when a name follows.
const HERALDS: &[(&str, ContactKind, f64)] = &[
    ("微信号 微信 加微 weixin wechat", ContactKind::WeChat, 0.0),
    ("wx vx 维信 v信 加v", ContactKind::WeChat, 2.0),
    ("薇 卫星 卫星号", ContactKind::WeChat, 5.0),
    ("咨询+ 详询+ 联系+ 联系我+ 私+ 滴+ 滴我+ 戳+ 找我+", ContactKind::WeChat, 2.0),
    ("+v v:", ContactKind::WeChat, 7.0),
    ("威信 薇信 徽信 溦信 嶶信 葳信 巍信 卫信 唯信 惟信 喂信 魏信 娓信", ContactKind::WeChat, 10.0),
    ("微伈 微芯 微心 微亻言 威心 薇心 威芯 薇芯 维芯 v芯 v心", ContactKind::WeChat, 10.0),
    ("薇❤ 微❤ 威❤ v❤ 微x 薇x 威x 维x v芯 微xin 微x信", ContactKind::WeChat, 10.0),
    ("加薇 加威 加徽 加溦 +薇 +威 +微 +徽 +溦 薇号 威号 徽号", ContactKind::WeChat, 10.0),
    ("薇: 威: 嶶: 溦: 绿泡泡 绿色软件", ContactKind::WeChat, 10.0),
    ("qq号 qq 腾讯号", ContactKind::Qq, 0.0),
    ("企鹅号 企鹅 鹅号 q号 扣号 🐧 加q +q", ContactKind::Qq, 8.0),
    ("扣扣 抠抠 蔻蔻 叩叩 口口 球球 秋秋 扣扣号", ContactKind::Qq, 8.0),
    ("加扣 +扣 加企鹅 +企鹅 加扣扣 +扣扣", ContactKind::Qq, 10.0),
    ("qq群 群号 交流群 微信群", ContactKind::Group, 0.0),
    ("企鹅群 扣扣群 扣群", ContactKind::Group, 8.0),
    ("扣扣裙 扣裙 q裙 qq裙 企鹅裙 裙号 裙聊 +裙 加裙 进裙 君羊", ContactKind::Group, 10.0),
    ("telegram whatsapp skype 电报群 电报", ContactKind::Messenger, 0.0),
    ("tg tg号 纸飞机 飞机号", ContactKind::Messenger, 3.0),
    ("电话 手机 联系电话 手机号 致电 拨打 tel phone call", ContactKind::Mobile, 0.0),
    ("电hua 点话 典话 手ji 殿话 电言舌", ContactKind::Mobile, 8.0),
];

struct Heralds {
    finder: AhoCorasick,
    all: Vec<Herald>,
}

static HERALD_FINDER: LazyLock<Heralds> = LazyLock::new(|| {
    let mut all = Vec::new();
    for (words, kind, bits) in HERALDS {
        all.extend(words.split(' ').filter(|w| !w.is_empty()).map(|word| Herald {
            word,
            kind: *kind,
            bits: *bits,
        }));
    }
    let words = all.iter().map(|h| h.word);
    let finder = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(words);
    Heralds { finder: finder.expect("the committed heralds fit an automaton"), all }
});

/// The words that announce contacts and that nobody uses for anything else.
pub(crate) fn heralds() -> impl Iterator<Item = &'static str> {
    let all = HERALDS.iter().flat_map(|(words, ..)| words.split(' '));
    // Short Latin words stand inside others: the second look would come for every `equal`.
    all.filter(|word| word.len() > 2 && !matches!(*word, "tel" | "phone" | "call" | "手机"))
}

/// All contacts of a text, in order.
#[must_use]
pub fn contacts(text: &str) -> Vec<Contact> {
    of(&Folded::new(text))
}

/// All contacts of a folded text, in order, not overlapping.
pub(crate) fn of(folded: &Folded) -> Vec<Contact> {
    let mut found = announced(folded);
    found.extend(number::phones(folded));
    found.extend(web::addresses(folded));
    // Of two that overlap, the one that begins first is kept, the longer one first of all.
    found.sort_by_key(|c| (c.folded.0, usize::MAX - c.folded.1));
    let mut kept: Vec<Contact> = Vec::with_capacity(found.len());
    for contact in found {
        // A phone inside what a herald announced is the same contact.
        if kept.last().is_none_or(|last| contact.folded.0 >= last.folded.1) {
            kept.push(contact);
        }
    }
    kept
}

/// Contacts that a word announces: `微信 abc123`, `扣扣: 一二三四五六`.
fn announced(folded: &Folded) -> Vec<Contact> {
    let heralds = &*HERALD_FINDER;
    let (squeezed, places) = squeezed(folded);
    let byte_at: Vec<usize> = squeezed.char_indices().map(|(at, _)| at).collect();
    let char_of = |byte: usize| byte_at.partition_point(|&b| b < byte);
    let mut found = Vec::new();
    for hit in heralds.finder.find_iter(&squeezed) {
        let herald = &heralds.all[hit.pattern().as_usize()];
        let (first, last) = (char_of(hit.start()), char_of(hit.end()) - 1);
        let (start, end) = (places[first], places[last] + 1);
        if cuts_a_word(folded, start, end) {
            continue;
        }
        // Separators inside the word are meant to break it up; inside a Latin word they may only be two words.
        let inside = (end - start) - (last + 1 - first);
        let each = inside + 1 == last + 1 - first;
        if inside > 0 && herald.word.is_ascii() && !each && folded.slice(start, end).contains(' ') {
            continue;
        }
        let mut disguise = Disguise::default();
        disguise.add(Ground::Separators, inside.min(3), 2.5);
        disguise.written(folded, start, end);
        if herald.bits > 0.0 {
            disguise.add(Ground::Homophones, 1, herald.bits);
        }
        let Some(name) = number::name_after(folded, end, herald.kind) else { continue };
        disguise.join(name.disguise);
        let (value, reach) = (name.value, name.end);
        let kind = herald.kind;
        if kind == ContactKind::Mobile && herald.bits == 0.0 && number::is_phone(&value) {
            // A whole phone number is found without its herald, and its kind is told by its groups.
            continue;
        }
        found.push(Contact {
            kind,
            value,
            span: folded.span(start, reach),
            disguise_bits: disguise.bits,
            disguises: disguise.list(),
            folded: (start, reach),
        });
    }
    found
}

/// The text without separators and pictures, with the folded place of each character left.
fn squeezed(folded: &Folded) -> (String, Vec<usize>) {
    let mut text = String::with_capacity(folded.text.len());
    let mut places = Vec::with_capacity(folded.len());
    for (at, &c) in folded.chars.iter().enumerate() {
        // A heart may stand for 信, or only between 微 and 信.
        let meant = c == '❤' && folded.chars.get(at + 1) != Some(&'信');
        let kept = meant || matches!(c, '+' | ':' | '@' | '🐧' | '\n');
        let dropped = number::is_separator(c) && !kept;
        if !dropped {
            text.push(c);
            places.push(at);
        }
    }
    (text, places)
}

/// Whether Latin letters go on before or after.
fn cuts_a_word(folded: &Folded, start: usize, end: usize) -> bool {
    let latin = |at: usize| folded.chars.get(at).is_some_and(char::is_ascii_lowercase);
    (start > 0 && latin(start) && latin(start - 1)) || (latin(end - 1) && latin(end))
}

/// What had to be undone to read something.
#[derive(Clone, Debug, Default)]
pub(crate) struct Disguise {
    seen: Vec<(Ground, usize)>,
    pub(crate) bits: f64,
}

impl Disguise {
    pub(crate) fn add(&mut self, ground: Ground, count: usize, bits_each: f64) {
        if count == 0 {
            return;
        }
        match self.seen.iter_mut().find(|(seen, _)| *seen == ground) {
            Some((_, seen)) => *seen += count,
            None => self.seen.push((ground, count)),
        }
        self.bits += bits_each * count as f64;
    }

    /// Counts how the characters of a stretch were written.
    pub(crate) fn written(&mut self, folded: &Folded, start: usize, end: usize) {
        let count = |how: Written| folded.written[start..end].iter().filter(|w| **w == how).count();
        // Each look-alike is a choice; a whole word of them is one alphabet.
        self.add(Ground::LookAlikes, count(Written::Alike).min(4), 4.0);
        self.add(Ground::Invisible, count(Written::AfterInvisible).min(3), 4.0);
    }

    fn join(&mut self, other: Disguise) {
        for (ground, count) in other.seen {
            self.add(ground, count, 0.0);
        }
        self.bits += other.bits;
    }

    fn list(mut self) -> Vec<(Ground, usize)> {
        self.seen.sort();
        self.seen
    }
}

#[cfg(test)]
mod tests;
