//! What people and paid writers write: recipes that become texts when an event leaves.
//!
//! Both draw on one bank of phrases, so no single phrase is a giveaway. What is paid for shares a script: the same few
//! points made in other words. A recipe is a kind, a topic and a number; the same recipe is the same text.

use crate::name::mix;
use crate::phrases::{
    ATTACKS, CHATS, COMMENTS, ENGLISH_BAD, ENGLISH_GOOD, GRIPES, MIDDLING, OPENINGS, POINTS, SHORT,
    TOPICS, WISHES,
};
use crate::trade_talk::Matter;

/// What sort of text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Sort {
    #[default]
    None,
    Search,
    LongTail,
    Comment,
    Chat,
    Short,
    Praise,
    Middling,
    Complaint,
    /// Praise by a script of that number.
    ScriptedPraise(u32),
    /// A one-star attack by a script of that number.
    ScriptedAttack(u32),
    /// On the trade in fakes, or what is easily taken for it.
    Trade(Matter),
}

/// A recipe for a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Text {
    pub sort: Sort,
    pub topic: u16,
    pub number: u32,
}

/// Topics of interest.
pub(crate) const TOPIC_COUNT: usize = TOPICS.len();

/// Throws for one text.
pub(crate) struct Lot(u64);

impl Lot {
    pub(crate) fn below(&mut self, n: usize) -> usize {
        self.0 = mix(self.0);
        ((u128::from(self.0) * n as u128) >> 64) as usize
    }

    pub(crate) fn one<'a>(&mut self, from: &[&'a str]) -> &'a str {
        let i = self.below(from.len());
        from.get(i).copied().unwrap_or("")
    }
}

impl Text {
    pub(crate) fn new(sort: Sort, topic: u16, number: u64) -> Text {
        Text { sort, topic, number: number as u32 }
    }

    /// Appends the text.
    pub(crate) fn write(self, out: &mut String) {
        let mut lot = Lot(u64::from(self.number) | (u64::from(self.topic) << 32));
        let goods = TOPICS.get(usize::from(self.topic) % TOPICS.len()).copied().unwrap_or(&[]);
        match self.sort {
            Sort::None => {}
            Sort::Search => {
                out.push_str(lot.one(goods));
                if lot.below(3) == 0 {
                    out.push_str(lot.one(WISHES));
                }
            }
            Sort::LongTail => {
                out.push_str(lot.one(WISHES));
                out.push_str(lot.one(goods));
                out.push(' ');
                out.push_str(lot.one(WISHES));
                out.push_str(lot.one(WISHES));
            }
            Sort::Comment => comment(&mut lot, goods, out),
            Sort::Chat => out.push_str(lot.one(CHATS)),
            Sort::Short => out.push_str(lot.one(SHORT)),
            Sort::Praise => praise(&mut lot, goods, out),
            Sort::Middling => join(&mut lot, MIDDLING, GRIPES, out),
            Sort::Complaint => complaint(&mut lot, goods, out),
            Sort::ScriptedPraise(script) => scripted(&mut lot, script, goods, out),
            Sort::Trade(matter) => matter.write(&mut lot, out),
            Sort::ScriptedAttack(script) => attack(&mut lot, script, goods, out),
        }
    }
}

fn comment(lot: &mut Lot, goods: &[&str], out: &mut String) {
    match lot.below(4) {
        0 => out.push_str(lot.one(CHATS)),
        1 => {
            out.push_str(lot.one(goods));
            out.push_str(lot.one(COMMENTS));
        }
        2 => out.push_str(lot.one(COMMENTS)),
        _ => join(lot, COMMENTS, CHATS, out),
    }
}

fn praise(lot: &mut Lot, goods: &[&str], out: &mut String) {
    if lot.below(8) == 0 {
        return join(lot, ENGLISH_GOOD, ENGLISH_GOOD, out);
    }
    if lot.below(2) == 0 {
        out.push_str(lot.one(OPENINGS));
    }
    if lot.below(3) == 0 {
        out.push_str(lot.one(goods));
    }
    for _ in 0..1 + lot.below(4) {
        let point = POINTS[lot.below(POINTS.len())];
        out.push_str(lot.one(point));
        out.push_str(lot.one(&["，", "，", "。", "！", " "]));
    }
}

fn complaint(lot: &mut Lot, goods: &[&str], out: &mut String) {
    if lot.below(8) == 0 {
        return join(lot, ENGLISH_BAD, ENGLISH_BAD, out);
    }
    out.push_str(lot.one(goods));
    let more = if lot.below(3) == 0 { ATTACKS } else { GRIPES };
    join(lot, GRIPES, more, out);
}

/// Two of four points that the script settles, each in one of its wordings, in any order.
fn scripted(lot: &mut Lot, script: u32, goods: &[&str], out: &mut String) {
    let mut settled = Lot(u64::from(script) ^ 0x5c21);
    let points: [usize; 4] = std::array::from_fn(|_| settled.below(POINTS.len()));
    if lot.below(2) == 0 {
        out.push_str(lot.one(OPENINGS));
    }
    out.push_str(lot.one(goods));
    let first = lot.below(4);
    for step in 0..2 + lot.below(2) {
        out.push_str(lot.one(POINTS[points[(first + step) % 4]]));
        out.push_str(lot.one(&["，", "。", "！"]));
    }
}

fn attack(lot: &mut Lot, script: u32, goods: &[&str], out: &mut String) {
    let mut settled = Lot(u64::from(script) ^ 0xa77a);
    let charges: [&str; 3] = std::array::from_fn(|_| settled.one(ATTACKS));
    out.push_str(lot.one(goods));
    out.push_str(lot.one(&charges));
    out.push_str(lot.one(&["，", "！", "。"]));
    let more: &[&str] = if lot.below(2) == 0 { &charges } else { GRIPES };
    out.push_str(lot.one(more));
}

fn join(lot: &mut Lot, first: &[&str], second: &[&str], out: &mut String) {
    out.push_str(lot.one(first));
    out.push_str(lot.one(&["，", "。", " "]));
    out.push_str(lot.one(second));
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn text(sort: Sort, number: u64) -> String {
        let mut out = String::new();
        Text::new(sort, 3, number).write(&mut out);
        out
    }

    #[test]
    fn a_script_is_paraphrased_rather_than_repeated() {
        let scripted: BTreeSet<String> =
            (0..60).map(|n| text(Sort::ScriptedPraise(9), n)).collect();
        assert!(scripted.len() > 45, "{}", scripted.len());
        assert_eq!(text(Sort::Praise, 5), text(Sort::Praise, 5));
    }
}
