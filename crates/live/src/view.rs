//! What can be asked of a live engine, with the texts behind its keys.

use detectors::{Code, Finding};
use engine::Genuine;
use engine::results::GroupResult;
use events::{EventTime, Kind};
use policy::Verdict;

use crate::decision::Decision;
use crate::judged::Judged;

/// What was decided of an event, and what holds now.
#[derive(Clone, Debug, PartialEq)]
pub struct EventView {
    /// Its number in the log.
    pub number: u64,
    /// What was decided when it came; none if that is no longer remembered.
    pub decided: Option<Decision>,
    /// What holds by the judgement in effect: score, verdict, group. None if the event is no longer in the log.
    pub now: Option<(f32, Verdict, Option<u32>)>,
}

/// What is known of an account.
#[derive(Clone, Debug, PartialEq)]
pub struct AccountView {
    /// In [0, 1], higher = less genuine.
    pub score: f32,
    /// What it is called.
    pub verdict: Verdict,
    /// Its group in the judgement in effect.
    pub group: Option<u32>,
    /// Detectors that found something of it.
    pub findings: Vec<FindingView>,
    /// The judgement in effect.
    pub judgement: u32,
}

/// A count of a subject.
#[derive(Clone, Debug, PartialEq)]
pub struct CountView {
    /// What is counted.
    pub metric: Kind,
    /// All.
    pub raw: u64,
    /// Those of real people, with bounds at 95 %.
    pub genuine: Genuine,
    /// Those called fake.
    pub fake: u64,
    /// Those held.
    pub held: u64,
    /// The worst that is said of any.
    pub verdict: Verdict,
}

/// A finding.
#[derive(Clone, Debug, PartialEq)]
pub struct FindingView {
    /// The detector.
    pub code: Code,
    /// What kind of thing it is of.
    pub kind: &'static str,
    /// Which.
    pub subject: String,
    /// When.
    pub time: EventTime,
    /// In [0, 1].
    pub score: f32,
    /// Strength, in bits.
    pub bits: f32,
    /// What re-derives it.
    pub evidence: Vec<(&'static str, f64)>,
}

/// A group.
#[derive(Clone, Debug, PartialEq)]
pub struct GroupView {
    /// Its number in the judgement in effect, from 1.
    pub group: u32,
    /// What it is called.
    pub verdict: Verdict,
    /// Evidence beyond the prior, in bits.
    pub bits: f32,
    /// Classes of evidence with their bits.
    pub classes: Vec<(&'static str, f32)>,
    /// Events that it made together.
    pub events: u64,
    /// From when to when.
    pub first: EventTime,
    /// See there.
    pub last: EventTime,
    /// Members, strongest first, with their bits.
    pub members: Vec<(String, f32)>,
    /// Subjects, with its events on each, most first.
    pub subjects: Vec<(String, u32)>,
    /// Things that members share: what, which, how many.
    pub shared: Vec<(&'static str, String, u32)>,
    /// Tests behind the classes: name, what it shows, what real people show, bits.
    pub tests: Vec<(&'static str, f64, f64, f32)>,
}

impl FindingView {
    pub(crate) fn of(finding: &Finding, judged: &Judged) -> FindingView {
        FindingView {
            code: finding.code,
            kind: finding.entity.kind.name(),
            subject: judged.text(finding.entity.key),
            time: finding.time,
            score: finding.score,
            bits: finding.bits,
            evidence: finding.evidence.clone(),
        }
    }
}

impl GroupView {
    pub(crate) fn of(group: &GroupResult, judged: &Judged) -> GroupView {
        GroupView {
            group: group.group,
            verdict: group.verdict,
            bits: group.bits,
            classes: group.classes.iter().map(|&(c, bits)| (c.name(), bits)).collect(),
            events: group.events,
            first: group.first,
            last: group.last,
            members: group.members.iter().map(|&(key, bits)| (judged.text(key), bits)).collect(),
            subjects: group.subjects.iter().map(|&(key, n)| (judged.text(key), n)).collect(),
            shared: group
                .shared
                .iter()
                .map(|&(kind, key, n)| (kind.name(), judged.text(key), n))
                .collect(),
            tests: group
                .tests
                .iter()
                .map(|test| (test.name, test.observed, test.expected, test.bits))
                .collect(),
        }
    }
}
