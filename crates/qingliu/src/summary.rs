//! `summary.json`: what a run read, found and took, for machines. Its keys are only ever added to.
//!
//! The only file of results that knows the machine: timings, memory and the number of workers stand here and nowhere
//! else, so that all other files are the same whenever the input is.

use crate::gathering::Gathered;
use crate::money::{Money, money};
use crate::quantity::{moment, ratio};
use crate::results::EventTally;
use engine::{Outcome, Seen};
use events::Kind;
use input::Input;
use policy::{OwnerVerdict, Policy, Verdict};
use serde::Serialize;
use std::collections::BTreeMap;
use std::time::Duration;

/// The run.
#[derive(Clone, Debug, Serialize)]
#[allow(missing_docs)] // the keys of the file
pub(crate) struct Summary {
    pub(crate) versions: BTreeMap<&'static str, String>,
    pub(crate) input: InputSummary,
    pub(crate) counts: FoundCounts,
    pub(crate) rates: Rates,
    pub(crate) totals: Vec<TotalSummary>,
    pub(crate) kinds: BTreeMap<String, u64>,
    pub(crate) unknown_kinds: BTreeMap<String, u64>,
    pub(crate) findings: BTreeMap<String, u64>,
    pub(crate) groups: Vec<GroupSummary>,
    pub(crate) members: MembersSummary,
    pub(crate) money: Money,
    pub(crate) policy: serde_json::Value,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) models: Vec<ModelSummary>,
    pub(crate) seed: u64,
    pub(crate) settings: SettingsSummary,
    pub(crate) timings: BTreeMap<&'static str, f64>,
    pub(crate) memory: MemorySummary,
}

/// The counted events of a kind over all subjects, with what real people made of them.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct TotalSummary {
    pub(crate) metric: &'static str,
    pub(crate) raw: u64,
    pub(crate) genuine: u64,
    pub(crate) low: u64,
    pub(crate) high: u64,
}

/// Accounts that registered or joined, and how many of them are real.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct MembersSummary {
    pub(crate) members: u64,
    pub(crate) fake: u64,
    pub(crate) suspect: u64,
    pub(crate) real: u64,
    pub(crate) low: u64,
    pub(crate) high: u64,
    pub(crate) cohorts: u64,
}

/// What was read.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct InputSummary {
    pub(crate) rows: u64,
    pub(crate) events: u64,
    pub(crate) duplicates: u64,
    pub(crate) late: u64,
    pub(crate) rejected: u64,
    pub(crate) rejected_written: u64,
    pub(crate) cut_texts: u64,
    pub(crate) masked: u64,
    pub(crate) timeless: bool,
    pub(crate) first: Option<String>,
    pub(crate) last: Option<String>,
    pub(crate) digest: String,
    pub(crate) files: Vec<FileSummary>,
}

/// A file of the input.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct FileSummary {
    pub(crate) file: String,
    pub(crate) format: &'static str,
    pub(crate) mapping: String,
    pub(crate) why: String,
    pub(crate) bytes: u64,
    pub(crate) rows: u64,
    pub(crate) rejected: u64,
}

/// How many of what.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct FoundCounts {
    pub(crate) counted_events: u64,
    pub(crate) fake_events: u64,
    pub(crate) suspect_events: u64,
    pub(crate) accounts: u64,
    pub(crate) fake_accounts: u64,
    pub(crate) suspect_accounts: u64,
    pub(crate) groups: u64,
    pub(crate) fake_groups: u64,
    pub(crate) suspect_groups: u64,
    pub(crate) subjects: u64,
    pub(crate) fake_subjects: u64,
    pub(crate) suspect_subjects: u64,
    pub(crate) owners: u64,
    pub(crate) bought_owners: u64,
    pub(crate) suspect_owners: u64,
    pub(crate) victim_owners: u64,
    pub(crate) points: u64,
    pub(crate) fake_points: u64,
    pub(crate) suspect_points: u64,
    pub(crate) findings: u64,
}

/// Shares, from 0 to 1.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Rates {
    pub(crate) fake_events: f64,
    pub(crate) suspect_events: f64,
    pub(crate) fake_accounts: f64,
    pub(crate) suspect_accounts: f64,
    pub(crate) rejected: f64,
}

/// A group in short.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct GroupSummary {
    pub(crate) group: u32,
    pub(crate) verdict: &'static str,
    pub(crate) accounts: u64,
    pub(crate) subjects: u64,
    pub(crate) events: u64,
    pub(crate) bits: f32,
    pub(crate) classes: Vec<&'static str>,
}

/// A model that the run was given.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct ModelSummary {
    pub(crate) of: &'static str,
    pub(crate) file: String,
    pub(crate) checksum: String,
}

/// How the run was set up.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct SettingsSummary {
    pub(crate) workers: usize,
    pub(crate) lateness_seconds: Option<f64>,
    pub(crate) max_rejected: f64,
    pub(crate) fail_above: Option<f64>,
    pub(crate) lang: &'static str,
}

/// What the run needed.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct MemorySummary {
    pub(crate) peak_bytes: Option<u64>,
}

/// Groups that the summary names.
const GROUPS: usize = 100;

impl Summary {
    /// The summary of a run that has ended.
    pub(crate) fn of(
        input: &Input,
        gathered: &Gathered,
        outcome: &Outcome,
        tally: EventTally,
        (policy, settings): (&Policy, SettingsSummary),
    ) -> Summary {
        let counts = found(outcome, tally);
        let read = read(input, gathered, outcome.seen);
        let rates = Rates {
            fake_events: ratio(counts.fake_events, counts.counted_events),
            suspect_events: ratio(counts.suspect_events, counts.counted_events),
            fake_accounts: ratio(counts.fake_accounts, counts.accounts),
            suspect_accounts: ratio(counts.suspect_accounts, counts.accounts),
            rejected: ratio(read.rejected, read.rows),
        };
        let mut findings = BTreeMap::new();
        for finding in &outcome.results.findings {
            *findings.entry(finding.code.entry().id.to_owned()).or_default() += 1;
        }
        let kinds = Kind::ALL.iter().zip(gathered.kinds).filter(|kind| kind.1 > 0);
        Summary {
            versions: BTreeMap::from([("qingliu", env!("CARGO_PKG_VERSION").to_owned())]),
            input: read,
            counts,
            rates,
            totals: totals(outcome),
            kinds: kinds.map(|(kind, events)| (kind.name().to_owned(), events)).collect(),
            unknown_kinds: gathered.all.unknown_kinds.iter().cloned().collect(),
            findings,
            groups: groups(outcome),
            members: members(outcome),
            money: money(outcome),
            policy: serde_json::to_value(policy).unwrap_or_default(),
            models: Vec::new(),
            seed: 0,
            settings,
            timings: timings(outcome),
            memory: MemorySummary { peak_bytes: outcome.peak_memory },
        }
    }

    /// The file's text.
    pub(crate) fn json(&self) -> String {
        // Plain numbers and texts always have a JSON form.
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }

    /// Adds a step's time.
    pub(crate) fn took(&mut self, step: &'static str, time: Duration) {
        self.timings.insert(step, seconds(time));
    }
}

fn seconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e3).round() / 1e3
}

fn timings(outcome: &Outcome) -> BTreeMap<&'static str, f64> {
    let timings = &outcome.timings;
    BTreeMap::from([
        ("read", seconds(timings.read)),
        ("detect", seconds(timings.detect)),
        ("judge", seconds(timings.judge)),
        ("deliver", seconds(timings.deliver)),
        ("tables", seconds(timings.tables)),
    ])
}

fn read(input: &Input, gathered: &Gathered, seen: Seen) -> InputSummary {
    let files = input.sources().zip(&gathered.files).map(|(source, counts)| FileSummary {
        file: source.path().to_string_lossy().into_owned(),
        format: source.format(),
        mapping: source.mapping().to_owned(),
        why: source.why().to_owned(),
        bytes: source.bytes(),
        rows: counts.rows,
        rejected: counts.rejected,
    });
    let timeless = input.timeless();
    let span = gathered.span.filter(|_| !timeless);
    InputSummary {
        rows: gathered.all.rows,
        events: seen.events,
        duplicates: seen.duplicates,
        late: seen.late,
        rejected: gathered.all.rejected,
        rejected_written: gathered.rejected.len() as u64,
        cut_texts: gathered.all.cut_texts,
        masked: gathered.all.masked,
        timeless,
        first: span.map(|span| moment(span.0)),
        last: span.map(|span| moment(span.1)),
        digest: digest(gathered),
        files: files.collect(),
    }
}

/// The digest of all events, in whatever order and files they came.
pub(crate) fn digest(gathered: &Gathered) -> String {
    format!("xxh3-sum:{:016x}", gathered.digest)
}

fn of<T>(rows: &[T], is: impl Fn(&T) -> bool) -> u64 {
    rows.iter().filter(|row| is(row)).count() as u64
}

fn found(outcome: &Outcome, tally: EventTally) -> FoundCounts {
    let results = &outcome.results;
    let (fake, suspect) = (Verdict::Fake, Verdict::Suspect);
    let mut subjects: BTreeMap<events::Key, Verdict> = BTreeMap::new();
    for row in &results.subjects {
        let worst = subjects.entry(row.subject).or_default();
        *worst = row.verdict.max(*worst);
    }
    let subjects: Vec<Verdict> = subjects.into_values().collect();
    FoundCounts {
        counted_events: tally.counted,
        fake_events: tally.fake,
        suspect_events: tally.suspect,
        accounts: results.accounts.len() as u64,
        fake_accounts: of(&results.accounts, |row| row.verdict == fake),
        suspect_accounts: of(&results.accounts, |row| row.verdict == suspect),
        groups: results.groups.len() as u64,
        fake_groups: of(&results.groups, |row| row.verdict == fake),
        suspect_groups: of(&results.groups, |row| row.verdict == suspect),
        subjects: subjects.len() as u64,
        fake_subjects: of(&subjects, |verdict| *verdict == fake),
        suspect_subjects: of(&subjects, |verdict| *verdict == suspect),
        owners: results.owners.len() as u64,
        bought_owners: of(&results.owners, |row| row.verdict == OwnerVerdict::Bought),
        suspect_owners: of(&results.owners, |row| row.verdict == OwnerVerdict::Suspect),
        victim_owners: of(&results.owners, |row| row.verdict == OwnerVerdict::Victim),
        points: results.points.len() as u64,
        fake_points: of(&results.points, |row| row.verdict == fake),
        suspect_points: of(&results.points, |row| row.verdict == suspect),
        findings: results.findings.len() as u64,
    }
}

fn totals(outcome: &Outcome) -> Vec<TotalSummary> {
    let total = |total: &engine::results::Total| TotalSummary {
        metric: total.metric.name(),
        raw: total.raw,
        genuine: total.genuine,
        low: total.low,
        high: total.high,
    };
    outcome.results.totals.iter().map(total).collect()
}

fn members(outcome: &Outcome) -> MembersSummary {
    let all = outcome.results.membership;
    MembersSummary {
        members: all.members,
        fake: all.fake,
        suspect: all.suspect,
        real: all.real,
        low: all.low,
        high: all.high,
        cohorts: outcome.results.cohorts.len() as u64,
    }
}

fn groups(outcome: &Outcome) -> Vec<GroupSummary> {
    let worth = outcome.results.groups.iter().filter(|group| group.verdict != Verdict::Genuine);
    let row = |group: &engine::results::GroupResult| GroupSummary {
        group: group.group,
        verdict: group.verdict.name(),
        accounts: group.members.len() as u64,
        subjects: group.subjects.len() as u64,
        events: group.events,
        bits: group.bits,
        classes: group.classes.iter().map(|class| class.0.name()).collect(),
    };
    worth.take(GROUPS).map(row).collect()
}
