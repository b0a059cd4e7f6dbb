//! What a judgement changed, told in the order of accounts and subjects.

use std::collections::BTreeMap;
use std::sync::mpsc::Receiver;

use detectors::Code;
use engine::{Counted, Tally};
use events::{Key, Kind};
use features::Keyed;

use crate::counts::Sums;
use crate::desk::Replaced;
use crate::judged::Judged;
use crate::notice::{AccountRevision, CountRevision, Listener, Notice};

/// Tells what each judgement changed, until no more come.
pub fn work(replaced: &Receiver<Replaced>, listener: &Listener) {
    for Replaced { now, was, before } in replaced {
        for revision in accounts(&now) {
            listener(&Notice::Account(revision));
        }
        for revision in counts(&now, &was, &before) {
            listener(&Notice::Count(revision));
        }
        listener(&Notice::Judged(&now));
    }
}

/// The verdicts on accounts that a judgement changed.
pub fn accounts(judged: &Judged) -> Vec<AccountRevision> {
    let mut found: Keyed<Vec<Code>> = Keyed::default();
    judged.changes.iter().for_each(|change| {
        found.insert(change.account, Vec::new());
    });
    for finding in &judged.findings {
        for key in finding.members.iter().chain([&finding.entity.key]) {
            if let Some(codes) = found.get_mut(key)
                && !codes.contains(&finding.code)
            {
                codes.push(finding.code);
            }
        }
    }
    let revision = |(at, change): (usize, &crate::judged::Change)| {
        let group = change.group.and_then(|group| judged.groups.get(group as usize - 1));
        AccountRevision {
            number: u64::from(judged.number) << 32 | at as u64,
            judgement: judged.number,
            account: judged.text(change.account),
            from: change.from,
            to: change.to,
            score: change.score,
            group: change.group,
            bits: group.map_or(0.0, |group| group.bits),
            classes: group
                .into_iter()
                .flat_map(|group| &group.classes)
                .map(|class| (class.0.name(), class.1))
                .collect(),
            findings: found.get(&change.account).cloned().unwrap_or_default(),
        }
    };
    judged.changes.iter().enumerate().map(revision).collect()
}

/// The counts that it changed: of the events that it looked at, as they stood before and as they stand now. A count
/// that only grew by what came is not a revision.
fn counts(judged: &Judged, was: &Sums, before: &Sums) -> Vec<CountRevision> {
    let mut then: BTreeMap<(Key, Kind), Tally> = BTreeMap::new();
    let mut now = then.clone();
    let add = |sums: &mut BTreeMap<(Key, Kind), Tally>, (key, tally): (Counted, Tally)| {
        sums.entry((key.0, key.2)).or_default().merge(&tally);
    };
    was.all().chain(before.all()).for_each(|entry| add(&mut then, entry));
    let tallies = judged.tallies.iter().chain(&judged.earlier);
    tallies.for_each(|entry| add(&mut now, *entry));
    let changed = |((subject, metric), tally): ((Key, Kind), Tally)| {
        let old = then.get(&(subject, metric)).copied().unwrap_or_default();
        // With doubts alone every count would be told again.
        if (old.fake, old.suspect) == (tally.fake, tally.suspect) {
            return None;
        }
        let (from, to) = (old.genuine(), tally.genuine());
        let subject = judged.text(subject);
        let judgement = judged.number;
        Some(CountRevision { judgement, subject, metric, raw: tally.raw, from, to })
    };
    now.into_iter().filter_map(changed).collect()
}
