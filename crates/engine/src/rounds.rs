//! Circles of money as groups: who paid, got it back and paid again, twice and more, at a shop where that is the rule.
//!
//! The finding is the shop's. Its bits up to those that make a finding are the price of having looked; only what is beyond
//! speaks for a crew, and it ranks behind ventures, which know more of the same orders.

use detectors::{Class, Code, Finding};
use events::EventTime;
use policy::Policy;

use crate::results::{GroupResult, PooledTest};

/// Bits from which there is a finding at all.
const FOUND: f64 = 10.0;
/// The most that a circle says.
const MOST: f64 = 20.0;
/// The fewest members.
const FEWEST: usize = 4;

/// The groups that circles are, before they have numbers, each with its finding.
pub fn rows<'a>(
    policy: &'a Policy,
    findings: &'a [Finding],
) -> impl Iterator<Item = (GroupResult, &'a Finding)> {
    let circles = findings.iter().filter(|finding| finding.code == Code::Pay02);
    circles
        .filter(|finding| finding.members.len() >= FEWEST)
        .map(|finding| (row(policy, finding), finding))
}

/// When the circle went round.
pub fn times(finding: &Finding) -> (EventTime, EventTime) {
    let first = EventTime(value(finding, "first_second") as i64 * EventTime::SECOND);
    (first, finding.time)
}

fn value(finding: &Finding, name: &str) -> f64 {
    finding.evidence.iter().find(|entry| entry.0 == name).map_or(0.0, |entry| entry.1)
}

fn row(policy: &Policy, finding: &Finding) -> GroupResult {
    let money = (f64::from(finding.bits) - FOUND).clamp(0.0, MOST);
    let classes = [(Class::Money, money)];
    let (verdict, bits) = policy.group(&classes);
    let (first, last) = times(finding);
    let orders = value(finding, "orders").max(1.0);
    GroupResult {
        group: 0,
        members: finding.members.iter().map(|&member| (member, money as f32)).collect(),
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
