//! Money that goes round as groups: who paid, got it back and paid again at a shop where that is the rule (PAY02), and who keeps
//! the platform's support for orders whose price comes back, or undoes one order after the other (PAY06, PAY07). Shops whose rounds are made by the same people are one group's.
//!
//! A finding is its shop's. Its bits up to those that make a finding are the price of having looked; only what is beyond
//! speaks for a crew, and it ranks behind ventures, which know more of the same orders.

use std::collections::BTreeMap;

use detectors::{Class, Code, Finding};
use events::{EventTime, Key};
use policy::Policy;

use crate::results::{GroupResult, PooledTest};
use crate::standing::Deeds;
use crate::weigh::jobs;

/// Bits from which there is a finding at all.
const FOUND: f64 = 10.0;
/// The most that a round says.
const MOST: f64 = 20.0;
/// The fewest members.
const FEWEST: usize = 4;

/// What a finding adds to a group, in bits.
fn money(finding: &Finding) -> f64 {
    (f64::from(finding.bits) - FOUND).clamp(0.0, MOST)
}

/// A round as a group, before it has a number.
pub struct Round {
    pub row: GroupResult,
    pub deeds: Deeds,
    /// Whether orders were undone and nothing says for whom: a shop makes sales of its own so, and a rival has it punished for them.
    pub unclear: bool,
}

/// The groups that rounds are.
pub fn found(policy: &Policy, findings: &[Finding]) -> Vec<Round> {
    let mut rounds: Vec<&Finding> = findings
        .iter()
        .filter(|finding| matches!(finding.code, Code::Pay02 | Code::Pay06 | Code::Pay07))
        .filter(|finding| finding.members.len() >= FEWEST)
        .collect();
    rounds.sort_by(|a, b| {
        b.bits.total_cmp(&a.bits).then((a.entity, a.code).cmp(&(b.entity, b.code)))
    });
    let joined = joined(&rounds);
    let round = |round: &Vec<&Finding>| Round {
        row: row(policy, round),
        deeds: deeds(round),
        unclear: round.iter().all(|finding| finding.code == Code::Pay07),
    };
    joined.iter().map(round).collect()
}

/// Rounds by who makes them: one joins another where half of the smaller one's members are in both.
fn joined<'a>(rounds: &[&'a Finding]) -> Vec<Vec<&'a Finding>> {
    let mut joined: Vec<Vec<&Finding>> = Vec::new();
    for &finding in rounds {
        let (with, mut others): (Vec<_>, Vec<_>) =
            joined.into_iter().partition(|round| round.iter().any(|known| alike(known, finding)));
        let mut round: Vec<&Finding> = with.into_iter().flatten().collect();
        round.push(finding);
        others.push(round);
        joined = others;
    }
    joined
}

fn alike(one: &Finding, other: &Finding) -> bool {
    let both = one.members.iter().filter(|member| other.members.binary_search(member).is_ok());
    both.count() * 2 >= one.members.len().min(other.members.len())
}

fn value(finding: &Finding, name: &str) -> f64 {
    finding.evidence.iter().find(|entry| entry.0 == name).map_or(0.0, |entry| entry.1)
}

/// When the money went round at a shop.
fn times(finding: &Finding) -> (EventTime, EventTime) {
    let first = EventTime(value(finding, "first_second") as i64 * EventTime::SECOND);
    (first, finding.time)
}

fn deeds(round: &[&Finding]) -> Deeds {
    jobs(round.iter().map(|finding| (finding.entity.key, times(finding))))
}

fn row(policy: &Policy, round: &[&Finding]) -> GroupResult {
    // The same money is seen at each shop: the strongest speaks.
    let most = round.iter().map(|finding| money(finding)).fold(0.0, f64::max);
    let (verdict, bits) = policy.group(&[(Class::Money, most)]);
    let mut members: BTreeMap<Key, f64> = BTreeMap::new();
    for finding in round {
        for member in &finding.members {
            let bits = members.entry(*member).or_default();
            *bits = bits.max(money(finding));
        }
    }
    let mut tests: Vec<PooledTest> = round.iter().map(|finding| test(finding)).collect();
    tests.sort_by(|x, y| x.name.cmp(y.name).then(y.bits.total_cmp(&x.bits)));
    tests.dedup_by_key(|test| test.name);
    let first = round.iter().map(|finding| times(finding).0).min().unwrap_or_default();
    let last = round.iter().map(|finding| times(finding).1).max().unwrap_or_default();
    GroupResult {
        group: 0,
        members: members.into_iter().map(|(member, bits)| (member, bits as f32)).collect(),
        subjects: Vec::new(),
        events: round.iter().map(|finding| turned(finding) as u64).sum(),
        first,
        last,
        bits: bits as f32,
        classes: vec![(Class::Money, most as f32)],
        verdict,
        shared: Vec::new(),
        meetings: Vec::new(),
        tests,
    }
}

/// Orders of which the money went round.
fn turned(finding: &Finding) -> f64 {
    value(finding, if finding.code == Code::Pay02 { "turns" } else { "sent_back" })
}

fn test(finding: &Finding) -> PooledTest {
    let (name, shown, of, expected) = match finding.code {
        Code::Pay02 => ("circle", "turns", "orders", "expected"),
        code => (
            if code == Code::Pay06 { "subsidy_kept" } else { "orders_undone" },
            "sent_back_again",
            "buyers",
            "sent_back_again_expected",
        ),
    };
    let of = value(finding, of).max(1.0);
    PooledTest {
        name,
        observed: value(finding, shown) / of,
        expected: value(finding, expected) / of,
        bits: money(finding) as f32,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use events::{Entity, EntityKind};
    use policy::Verdict;

    fn finding(code: Code, shop: u64, members: &[u64], bits: f32) -> Finding {
        Finding {
            code,
            entity: Entity { kind: EntityKind::Owner, key: Key(shop) },
            time: EventTime(shop as i64 * EventTime::DAY),
            event: Key::NONE,
            score: 1.0,
            bits,
            evidence: vec![("sent_back_again", 6.0), ("buyers", 8.0)],
            members: members.iter().map(|&member| Key(member)).collect(),
        }
    }

    #[test]
    fn shops_with_the_same_people_are_one_group() {
        let findings = [
            finding(Code::Pay06, 1, &[1, 2, 3, 4, 5, 6], 25.0),
            finding(Code::Pay06, 2, &[4, 5, 6, 7], 40.0),
            finding(Code::Pay06, 3, &[11, 12, 13, 14], 40.0),
            finding(Code::Pay06, 4, &[1, 2, 3], 40.0),
            finding(Code::Pay03, 5, &[1, 2, 3, 4, 5, 6], 40.0),
        ];
        let rounds = found(&Policy::default(), &findings);
        let members: Vec<Vec<u64>> =
            rounds.iter().map(|round| round.row.members.iter().map(|m| m.0.0).collect()).collect();
        assert_eq!(members, [vec![11, 12, 13, 14], vec![1, 2, 3, 4, 5, 6, 7]]);
        assert!(rounds.iter().all(|round| round.row.verdict == Verdict::Fake && !round.unclear));
        let Deeds::Jobs(jobs) = &rounds[1].deeds else { panic!("no jobs") };
        assert!(jobs.contains_key(&Key(1)) && jobs.contains_key(&Key(2)) && jobs.len() == 2);
    }

    #[test]
    fn what_hardly_makes_a_finding_makes_no_group() {
        let round = found(&Policy::default(), &[finding(Code::Pay06, 1, &[1, 2, 3, 4], 12.0)]);
        assert_eq!(round[0].row.verdict, Verdict::Genuine);
    }
}
