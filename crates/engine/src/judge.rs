//! The judge: all that the stations know becomes verdicts, and verdicts and counts become the tables of results.
//!
//! Two steps, because counts need a verdict for each event and the tables need the counts.

use std::collections::BTreeMap;

use detectors::{Code, Finding, Usual, settle};
use events::{EntityKind, Event, Key, Kind};
use features::Keyed;
use policy::{OwnerVerdict, Verdict};

use crate::counts::{Counted, Tally};
use crate::results::{AccountResult, OwnerResult, Results, SubjectResult};
use crate::station::Report;

/// What is said of accounts, and of events through their accounts.
#[derive(Debug, Default)]
pub struct Verdicts {
    accounts: Keyed<AccountResult>,
    findings: Vec<Finding>,
}

impl Verdicts {
    /// The score, verdict and group of an event.
    #[must_use]
    pub fn event(&self, event: &Event) -> (f32, Verdict, Option<u32>) {
        match self.accounts.get(&event.actor) {
            Some(account) => (account.score, account.verdict, account.group),
            None => (0.0, Verdict::Genuine, None),
        }
    }
}

/// Judges what the stations report.
#[must_use]
pub fn judge(reports: Vec<Report>) -> Verdicts {
    let mut usual = Usual::default();
    let mut findings = Vec::new();
    for report in reports {
        usual.merge(&report.usual);
        findings.extend(report.findings);
    }
    settle(&usual, &mut findings);
    findings.sort_unstable_by_key(|finding| {
        (finding.time, finding.event, finding.code, finding.entity.kind, finding.entity.key)
    });
    let mut accounts: Keyed<AccountResult> = Keyed::default();
    for finding in &findings {
        if finding.entity.kind == EntityKind::Account {
            let account =
                accounts.entry(finding.entity.key).or_insert_with(|| bare(finding.entity.key));
            account.score = account.score.max(finding.score);
            account.bits += finding.bits;
            account.findings.push(finding.code);
        }
    }
    for account in accounts.values_mut() {
        account.findings.sort_unstable();
        account.findings.dedup();
    }
    Verdicts { accounts, findings }
}

fn bare(account: Key) -> AccountResult {
    AccountResult {
        account,
        score: 0.0,
        verdict: Verdict::Genuine,
        group: None,
        findings: Vec::new(),
        bits: 0.0,
        events: 0,
    }
}

/// The tables, in the order of keys: names are put to them later.
#[must_use]
pub fn tables(verdicts: Verdicts, tallies: &[(Counted, Tally)]) -> Results {
    let mut accounts: Vec<AccountResult> = verdicts.accounts.into_values().collect();
    accounts.sort_unstable_by_key(|account| account.account);
    Results {
        accounts,
        subjects: subjects(tallies),
        owners: owners(tallies),
        findings: verdicts.findings,
        ..Results::default()
    }
}

fn subjects(tallies: &[(Counted, Tally)]) -> Vec<SubjectResult> {
    let mut rows: BTreeMap<(Key, Kind), (Tally, u64, Key)> = BTreeMap::new();
    for ((subject, owner, kind), tally) in tallies {
        let (sum, most, of) = rows.entry((*subject, *kind)).or_default();
        sum.merge(tally);
        // Owners come in the order of their keys: of two with as many events the first stays.
        if tally.raw > *most {
            (*most, *of) = (tally.raw, *owner);
        }
    }
    let row = |((subject, metric), (tally, _, owner)): ((Key, Kind), (Tally, u64, Key))| {
        let genuine = tally.genuine();
        SubjectResult {
            subject,
            owner,
            metric,
            raw: tally.raw,
            genuine: genuine.estimate,
            low: genuine.low,
            high: genuine.high,
            verdict: Verdict::Genuine,
        }
    };
    rows.into_iter().filter(|((subject, _), _)| subject.is_some()).map(row).collect()
}

fn owners(tallies: &[(Counted, Tally)]) -> Vec<OwnerResult> {
    let mut sums: BTreeMap<Key, Tally> = BTreeMap::new();
    for ((_, owner, _), tally) in tallies {
        if owner.is_some() {
            sums.entry(*owner).or_default().merge(tally);
        }
    }
    let row = |(owner, tally): (Key, Tally)| OwnerResult {
        owner,
        raw: tally.raw,
        genuine: tally.genuine().estimate,
        score: 0.0,
        verdict: OwnerVerdict::Genuine,
        findings: Vec::<Code>::new(),
    };
    sums.into_iter().map(row).collect()
}
