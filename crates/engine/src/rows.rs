//! Groups as results name them: communities and cohorts with their evidence by class.

use detectors::gear::Gears;
use detectors::{Class, Code, Finding};
use events::{EntityKind, EventTime, Key};
use groups::Group;
use policy::{Policy, Verdict};

use crate::results::{GroupResult, PooledTest};
use crate::weigh::MEETINGS;

/// The most that texts in common add to a group's evidence, in bits: one text can be passed on in good faith.
const TEXT_BITS: f64 = 12.0;

/// A community with its tests, those of its members' devices and texts among them, as a result.
pub(crate) fn community_row(
    policy: &Policy,
    group: &Group,
    gears: &Gears,
    findings: &[Finding],
) -> GroupResult {
    let mut tests: Vec<PooledTest> = group
        .tests
        .iter()
        .map(|test| PooledTest {
            name: test.name,
            observed: test.observed,
            expected: test.expected,
            bits: test.bits as f32,
        })
        .collect();
    let mut classes = group.classes();
    if let Some((share, bits)) = texts_in_common(group, findings) {
        tests.push(PooledTest {
            name: "shared_texts",
            observed: share,
            expected: 0.0,
            bits: bits as f32,
        });
        // Texts alike and phrases in common are one class: the stronger stands.
        strengthen(&mut classes, Class::Content, bits);
    }
    let members: Vec<Key> = group.members.iter().map(|member| member.account).collect();
    for shown in gears.of_group(&members) {
        tests.push(PooledTest {
            name: shown.sign.name(),
            observed: shown.share,
            expected: shown.elsewhere,
            bits: shown.bits as f32,
        });
        strengthen(&mut classes, shown.sign.class(), shown.bits);
    }
    classes.sort_by_key(|class| class.0);
    let (verdict, bits) = policy.group(&classes);
    let times = || group.meetings.iter().map(|meeting| meeting.2);
    GroupResult {
        group: 0,
        members: group.members.iter().map(|m| (m.account, m.bits as f32)).collect(),
        subjects: group.jobs.iter().map(|job| (job.0, job.1)).collect(),
        events: group.meetings.len() as u64,
        first: times().min().unwrap_or_default(),
        last: times().max().unwrap_or_default(),
        bits: bits as f32,
        classes: classes.into_iter().map(|(class, bits)| (class, bits as f32)).collect(),
        verdict,
        shared: group.devices.iter().map(|d| (EntityKind::Device, d.0, d.1)).collect(),
        meetings: group.meetings.iter().take(MEETINGS).copied().collect(),
        tests,
    }
}

/// Of evidence of one class the stronger stands.
pub(crate) fn strengthen(classes: &mut Vec<(Class, f64)>, of: Class, bits: f64) {
    match classes.iter_mut().find(|class| class.0 == of) {
        Some(class) => class.1 = class.1.max(bits),
        None => classes.push((of, bits)),
    }
}

/// The share of members named together by a finding of near-duplicate texts, and what that is worth.
fn texts_in_common(group: &Group, findings: &[Finding]) -> Option<(f64, f64)> {
    let mut best: Option<(f64, f64)> = None;
    for finding in findings.iter().filter(|finding| finding.code == Code::Rev01) {
        let named = group
            .members
            .iter()
            .filter(|member| finding.members.binary_search(&member.account).is_ok())
            .count();
        let share = named as f64 / group.members.len().max(1) as f64;
        let bits = (f64::from(finding.bits) * share).min(TEXT_BITS);
        if named >= 3 && best.is_none_or(|(_, most)| bits > most) {
            best = Some((share, bits));
        }
    }
    best
}

/// Cohorts of bulk registration as groups. One cohort may come as several findings: they share their evidence.
pub(crate) fn cohort_rows(findings: &[Finding]) -> Vec<GroupResult> {
    let mut cohorts: Vec<&Finding> =
        findings.iter().filter(|finding| finding.code == Code::Mem01).collect();
    let same = |a: &Finding, b: &Finding| {
        a.entity == b.entity
            && a.bits.to_bits() == b.bits.to_bits()
            && a.evidence.iter().zip(&b.evidence).all(|(x, y)| {
                x.0 == "first_second" || (x.0 == y.0 && x.1.to_bits() == y.1.to_bits())
            })
    };
    cohorts.sort_by(|a, b| {
        b.bits.total_cmp(&a.bits).then(a.entity.cmp(&b.entity)).then(a.time.cmp(&b.time))
    });
    cohorts.chunk_by(|a, b| same(a, b)).map(cohort_row).collect()
}

fn cohort_row(chunks: &[&Finding]) -> GroupResult {
    let finding = chunks[0];
    let mut members: Vec<(Key, f32)> = chunks
        .iter()
        .flat_map(|finding| finding.members.iter().map(|&member| (member, finding.bits)))
        .collect();
    members.sort_by_key(|member| member.0);
    members.dedup_by_key(|member| member.0);
    let value = |name: &str| {
        finding.evidence.iter().find(|entry| entry.0 == name).map_or(0.0, |entry| entry.1)
    };
    let test =
        |name, observed, expected, bits| PooledTest { name, observed, expected, bits: bits as f32 };
    let silent = value("silent") / value("newcomers").max(1.0);
    let tests = vec![
        test("silence", silent, value("silent_usual"), value("silent_bits")),
        test("rhythm", value("gap_unevenness"), 1.0, value("rhythm_bits")),
        test(
            "software",
            value("softwares"),
            value("softwares_usual_share"),
            value("software_bits"),
        ),
        test("software_changes", value("software_changes"), 0.0, value("change_bits")),
        test(
            "numbers",
            value("number_neighbours") / value("numbers").max(1.0),
            value("number_usual_share"),
            value("number_bits"),
        ),
    ];
    let times = chunks.iter().map(|finding| finding.time);
    let first = EventTime(value("first_second") as i64 * EventTime::SECOND);
    GroupResult {
        group: 0,
        events: members.len() as u64,
        subjects: match finding.entity.kind {
            EntityKind::Subject => vec![(finding.entity.key, members.len() as u32)],
            _ => Vec::new(),
        },
        members,
        first,
        last: times.max().unwrap_or(first),
        bits: finding.bits,
        classes: vec![(Class::Registration, finding.bits)],
        verdict: Verdict::Fake,
        shared: Vec::new(),
        meetings: Vec::new(),
        tests,
    }
}
