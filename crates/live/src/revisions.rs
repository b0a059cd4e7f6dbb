//! What a judgement changed, told in the order of accounts and subjects, and asked for again by number.
//!
//! Verdicts that changed are in the judgement itself. Counts that changed follow from how they stood before, which is gone
//! afterwards, so they are kept in a file of their own, by keys: whoever may no longer be named is not named in it. A crash
//! before it is written costs nothing, since the judgement takes effect anew when the log is played again.

use std::collections::BTreeMap;
use std::io::Read;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::Receiver;

use detectors::Code;
use engine::{Counted, Genuine, Tally};
use eventlog::Position;
use events::{Key, Kind};
use features::Keyed;
use serde::{Deserialize, Serialize};

use crate::LiveError;
use crate::counts::Sums;
use crate::desk::Replaced;
use crate::home::Home;
use crate::judged::Judged;
use crate::notice::{AccountRevision, CountRevision, Listener, Notice, Revision};
use crate::status::Meters;
use crate::writer::text;

/// A count that changed, as it is kept.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Moved {
    subject: Key,
    metric: Kind,
    raw: u64,
    /// Estimate, low, high.
    from: [u64; 3],
    to: [u64; 3],
}

/// Tells what each judgement changed, until no more come; `told` is the number of the last of which all can be asked for.
pub fn work(
    home: &Home,
    replaced: &Receiver<Replaced>,
    listener: &Listener,
    (told, meters): (&AtomicU32, &Meters),
) {
    for Replaced { now, was, before } in replaced {
        let moved = moved(&now, &was, &before);
        if let Err(error) = save(home, now.number, &moved) {
            meters.failed(&text(&error));
        }
        told.store(now.number, Ordering::Release);
        for revision in accounts(&now) {
            listener(&Notice::Account(revision));
        }
        for revision in counts(&now, &moved) {
            listener(&Notice::Count(revision));
        }
        listener(&Notice::Judged(&now));
    }
}

/// Keeps the counts that a judgement changed when it takes effect anew, unless they are kept.
pub fn keep(home: &Home, judged: &Judged, was: &Sums, before: &Sums) {
    if load(home, judged.number).is_none() {
        // Events and counts are whole without it: what opens the engine does not fail for it.
        let _ = save(home, judged.number, &moved(judged, was, before));
    }
}

/// What a judgement changed, as far as that is kept.
pub fn all(home: &Home, judged: &Judged) -> impl Iterator<Item = Revision> + use<> {
    let moved = load(home, judged.number).unwrap_or_default();
    let accounts = accounts(judged).into_iter().map(Revision::Account);
    accounts.chain(counts(judged, &moved).into_iter().map(Revision::Count))
}

fn save(home: &Home, number: u32, moved: &[Moved]) -> Result<(), LiveError> {
    let bytes = postcard::to_allocvec(moved)?;
    let _held = home.judgements.lock().unwrap_or_else(PoisonError::into_inner);
    let mut kept = home.revisions_folder()?;
    kept.write(Position(u64::from(number)), |to| to.write_all(&bytes))?;
    Ok(())
}

fn load(home: &Home, number: u32) -> Option<Vec<Moved>> {
    let _held = home.judgements.lock().unwrap_or_else(PoisonError::into_inner);
    let kept = home.revisions_folder().ok()?;
    let saved = kept.newest().ok()?;
    let saved = saved.iter().find(|saved| saved.position == Position(u64::from(number)))?;
    let mut bytes = Vec::new();
    kept.read(saved).ok()?.read_to_end(&mut bytes).ok()?;
    postcard::from_bytes(&bytes).ok()
}

/// The verdicts on accounts that a judgement changed.
pub fn accounts(judged: &Judged) -> Vec<AccountRevision> {
    let mut found: Keyed<Vec<Code>> = Keyed::default();
    judged.changes.iter().for_each(|change| {
        found.insert(change.account, Vec::new());
    });
    for finding in judged.all_findings() {
        for key in finding.members.iter().chain([&finding.entity.key]) {
            if let Some(codes) = found.get_mut(key)
                && !codes.contains(&finding.code)
            {
                codes.push(finding.code);
            }
        }
    }
    let revision = |(at, change): (usize, &crate::judged::Change)| {
        let group = change.group.and_then(|group| judged.group(group));
        AccountRevision {
            number: u64::from(judged.number) << 32 | at as u64,
            judgement: judged.number,
            account: judged.text(change.account),
            from: change.from,
            to: change.to,
            score: change.score,
            group: change.group,
            bits: group.as_ref().map_or(0.0, |group| group.bits),
            classes: group
                .iter()
                .flat_map(|group| &group.classes)
                .map(|class| (class.0.name(), class.1))
                .collect(),
            findings: found.get(&change.account).cloned().unwrap_or_default(),
        }
    };
    judged.changes.iter().enumerate().map(revision).collect()
}

/// The counts that a judgement changed: of the events that it looked at, as they stood before and as they stand now. A
/// count that only grew by what came is not a revision.
fn moved(judged: &Judged, was: &Sums, before: &Sums) -> Vec<Moved> {
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
        let bounds = |genuine: Genuine| [genuine.estimate, genuine.low, genuine.high];
        let (from, to) = (bounds(old.genuine()), bounds(tally.genuine()));
        Some(Moved { subject, metric, raw: tally.raw, from, to })
    };
    now.into_iter().filter_map(changed).collect()
}

/// The same with names, numbered after the accounts.
fn counts(judged: &Judged, moved: &[Moved]) -> Vec<CountRevision> {
    let genuine = |[estimate, low, high]: [u64; 3]| Genuine { estimate, low, high };
    let mut why: Keyed<(Vec<u32>, Vec<Code>)> = Keyed::default();
    moved.iter().for_each(|moved| {
        why.insert(moved.subject, Default::default());
    });
    for group in judged.group_numbers().filter_map(|number| judged.group(number)) {
        for (subject, _) in &group.subjects {
            if let Some((groups, _)) = why.get_mut(subject) {
                groups.push(group.group);
            }
        }
    }
    for finding in judged.all_findings() {
        if let Some((_, codes)) = why.get_mut(&finding.entity.key)
            && !codes.contains(&finding.code)
        {
            codes.push(finding.code);
        }
    }
    let why = |subject| why.get(&subject).cloned().unwrap_or_default();
    let numbered = (judged.changes.len() as u64..).zip(moved);
    let named = numbered.map(|(at, moved)| CountRevision {
        number: u64::from(judged.number) << 32 | at,
        judgement: judged.number,
        subject: judged.text(moved.subject),
        metric: moved.metric,
        raw: moved.raw,
        from: genuine(moved.from),
        to: genuine(moved.to),
        groups: why(moved.subject).0,
        findings: why(moved.subject).1,
    });
    named.collect()
}
