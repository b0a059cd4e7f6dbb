//! Accounts made for an errand as groups: those whom one owner drew, with what speaks for and against them.

use detectors::mem05::Shown;
use detectors::{Class, Code, Finding};
use events::{EntityKind, EventTime, Key};
use policy::Policy;

use crate::results::{GroupResult, PooledTest};

/// The groups, before they have numbers. One may come as several findings: they share their evidence.
pub fn rows(policy: &Policy, findings: &[Finding]) -> Vec<GroupResult> {
    let mut named: Vec<&Finding> =
        findings.iter().filter(|finding| finding.code == Code::Mem05).collect();
    named.sort_by_key(|finding| (finding.entity, finding.time));
    let parts = named.chunk_by(|a, b| a.entity == b.entity);
    parts.filter_map(|part| row(policy, part)).collect()
}

fn row(policy: &Policy, part: &[&Finding]) -> Option<GroupResult> {
    let finding = *part.first()?;
    let shown = Shown::of(&finding.evidence)?;
    let tests = shown.tests();
    let mut classes: Vec<(Class, f64)> = Vec::new();
    for (_, class, .., bits) in tests {
        match classes.iter_mut().find(|known| known.0 == class) {
            Some(known) => known.1 += bits,
            None => classes.push((class, bits)),
        }
    }
    classes.sort_by_key(|class| class.0);
    let (verdict, bits) = policy.group(&classes);
    let mut members: Vec<(Key, f32)> =
        part.iter().flat_map(|f| &f.members).map(|&member| (member, shown.bits() as f32)).collect();
    members.sort_by_key(|member| member.0);
    let first_second = |finding: &Finding| {
        let second = finding.evidence.iter().find(|entry| entry.0 == "first_second");
        EventTime(second.map_or(0, |entry| entry.1 as i64) * EventTime::SECOND)
    };
    let is_subject = finding.entity.kind == EntityKind::Subject;
    Some(GroupResult {
        group: 0,
        events: members.len() as u64,
        subjects: is_subject
            .then_some((finding.entity.key, members.len() as u32))
            .into_iter()
            .collect(),
        members,
        first: part.iter().map(|finding| first_second(finding)).min()?,
        last: part.iter().map(|finding| finding.time).max()?,
        bits: bits as f32,
        classes: classes.into_iter().map(|(class, bits)| (class, bits as f32)).collect(),
        verdict,
        shared: Vec::new(),
        meetings: Vec::new(),
        tests: tests
            .into_iter()
            .map(|(name, _, observed, expected, bits)| PooledTest {
                name,
                observed,
                expected,
                bits: bits as f32,
            })
            .collect(),
    })
}
