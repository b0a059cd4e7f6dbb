//! Circles of money as groups: who paid, got it back and paid again, twice and more, at a shop where that is the rule.
//!
//! Members are those whom the circle names, and those who won a subsidy at the same shop again and again (PAY03) and had most of
//! that money back, where this is the rule there too: one return that a table lacks, and somebody seems to have kept something once.
//!
//! The finding is the shop's. Its bits up to those that make a finding are the price of having looked; only what is beyond
//! speaks for a crew, and it ranks behind ventures, which know more of the same orders.

use std::collections::{BTreeMap, BTreeSet};

use detectors::{Class, Code, Finding};
use events::{EventTime, Key};
use policy::Policy;
use trades::{Book, Trade};

use crate::results::{GroupResult, PooledTest};

/// Bits from which there is a finding at all.
const FOUND: f64 = 10.0;
/// The most that a circle says.
const MOST: f64 = 20.0;
/// The fewest members.
const FEWEST: usize = 4;
/// Tenths of a price that have come back when its money has.
const BACK: i64 = 7;

/// The groups that circles are, before they have numbers, each with its finding.
pub fn rows<'a>(
    policy: &'a Policy,
    findings: &'a [Finding],
    book: &'a Book,
) -> impl Iterator<Item = (GroupResult, &'a Finding)> {
    let circles = findings.iter().filter(|finding| finding.code == Code::Pay02);
    circles
        .filter(|finding| finding.members.len() >= FEWEST)
        .map(|finding| (row(policy, finding, members(finding, findings, book)), finding))
}

/// Whom a circle names, and who took the shop's subsidies and sent back what they were for.
fn members(circle: &Finding, findings: &[Finding], book: &Book) -> Vec<Key> {
    let of_shop = findings.iter().filter(|finding| finding.entity == circle.entity);
    let subsidies = of_shop.filter(|finding| ventures::sends_back(finding));
    let takers: BTreeSet<Key> = subsidies.flat_map(|f| f.members.iter().copied()).collect();
    let mut members = circle.members.clone();
    members.extend(sent_back(book, circle.entity.key, &takers));
    members.sort_unstable();
    members.dedup();
    members
}

/// Those of whose supported orders at a shop more than one, and half or more, came back.
fn sent_back(book: &Book, owner: Key, takers: &BTreeSet<Key>) -> Vec<Key> {
    // (supported orders, those that came back).
    let mut orders: BTreeMap<Key, (u32, u32)> = BTreeMap::new();
    let supported = |trade: &&Trade| trade.owner == owner && trade.subsidy > 0 && trade.amount > 0;
    for trade in book.trades.iter().filter(supported).filter(|t| takers.contains(&t.actor)) {
        let own = orders.entry(trade.actor).or_default();
        own.0 += 1;
        own.1 += u32::from(trade.refunded >= trade.amount.saturating_mul(BACK) / 10);
    }
    let back = |(orders, back): (u32, u32)| back > 1 && back * 2 >= orders;
    orders.into_iter().filter(|own| back(own.1)).map(|own| own.0).collect()
}

/// When the circle went round.
pub fn times(finding: &Finding) -> (EventTime, EventTime) {
    let first = EventTime(value(finding, "first_second") as i64 * EventTime::SECOND);
    (first, finding.time)
}

fn value(finding: &Finding, name: &str) -> f64 {
    finding.evidence.iter().find(|entry| entry.0 == name).map_or(0.0, |entry| entry.1)
}

fn row(policy: &Policy, finding: &Finding, members: Vec<Key>) -> GroupResult {
    let money = (f64::from(finding.bits) - FOUND).clamp(0.0, MOST);
    let classes = [(Class::Money, money)];
    let (verdict, bits) = policy.group(&classes);
    let (first, last) = times(finding);
    let orders = value(finding, "orders").max(1.0);
    GroupResult {
        group: 0,
        members: members.into_iter().map(|member| (member, money as f32)).collect(),
        subjects: Vec::new(),
        events: value(finding, "turns") as u64,
        first,
        last,
        bits: bits as f32,
        classes: vec![(Class::Money, money as f32)],
        verdict,
        shared: Vec::new(),
        meetings: Vec::new(),
        tests: vec![PooledTest {
            name: "circle",
            observed: value(finding, "turns") / orders,
            expected: value(finding, "expected") / orders,
            bits: money as f32,
        }],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_took_the_subsidy_and_sent_the_goods_back_is_of_the_circle() {
        let order = |actor: u64, refunded| Trade {
            actor: Key(actor),
            owner: Key(9),
            amount: 200,
            subsidy: 20,
            refunded,
            ..Trade::default()
        };
        let mut book = Book::default();
        for (actor, back) in [(1, 3), (2, 2), (3, 1), (4, 0)] {
            book.trades.extend((0..4).map(|n| order(actor, if n < back { 160 } else { 0 })));
        }
        let finding = |code, members: &[u64], evidence| Finding {
            code,
            entity: events::Entity { kind: events::EntityKind::Owner, key: Key(9) },
            time: EventTime(1),
            event: Key::NONE,
            score: 1.0,
            bits: 40.0,
            evidence,
            members: members.iter().map(|&member| Key(member)).collect(),
        };
        let circle = finding(Code::Pay02, &[5, 6, 7, 8], vec![("turns", 9.0)]);
        let mut taken = vec![("orders_again", 16.0), ("sent_back", 12.0), ("sent_back_bits", 30.0)];
        let named = |taken: &Vec<(&'static str, f64)>| {
            let takers = finding(Code::Pay03, &[1, 2, 3, 4], taken.clone());
            members(&circle, &[circle.clone(), takers], &book)
        };
        assert_eq!(named(&taken), [1, 2, 5, 6, 7, 8].map(Key));
        // Where the goods were mostly kept nobody is named for the subsidy.
        taken[1].1 = 6.0;
        assert_eq!(named(&taken), [5, 6, 7, 8].map(Key));
    }
}
