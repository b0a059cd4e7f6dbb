//! The detectors on the labelled market in ../shared/data, read from its files as they are; skipped, and said so, where
//! they are not there. Every bar here is of one detector alone: who is accused and by whom is the engine's to decide.

mod table;

use detectors::mem01::Cohorts;
use detectors::{Code, Finding, Limits, Shard, Usual, settle};
use events::{EntityKind, Event, Key, Kind};
use features::{Touch, touches};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;
use table::{Truth, events_of, truth_of};

fn market() -> Option<(Vec<Event>, Truth)> {
    let folder =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/market");
    if !folder.is_dir() {
        eprintln!("skipped: {} is not there", folder.display());
        return None;
    }
    let mut events = events_of(&folder.join("events.parquet"));
    events.sort_by_key(|event| (event.time, event.id));
    Some((events, truth_of(&folder.join("truth_accounts.parquet"))))
}

#[test]
fn bulk_members_are_found_and_real_newcomers_are_not() {
    let Some((events, truth)) = market() else { return };
    let begun = Instant::now();
    let mut cohorts = [Cohorts::default(), Cohorts::default()];
    for event in &events {
        cohorts[(event.actor.0 % 2) as usize].observe(event);
    }
    let found = Cohorts::merge(cohorts.into()).finish();
    eprintln!("{:?} for {} events", begun.elapsed(), events.len());
    for finding in &found {
        eprintln!(
            "{} {:.1} {:.3} {:?}",
            finding.members.len(),
            finding.bits,
            finding.score,
            finding.evidence
        );
    }
    let accused: BTreeSet<Key> = found.iter().flat_map(|f| f.members.iter().copied()).collect();
    let bulk = truth.scheme("S7");
    let caught = bulk.intersection(&accused).count();
    assert!(caught as f64 >= 0.95 * bulk.len() as f64, "{caught} of {}", bulk.len());
    for (population, people) in &truth.populations {
        let wrong = people.intersection(&accused).count();
        eprintln!("{population}: {wrong} of {}", people.len());
        assert!(
            wrong as f64 <= (0.003 * people.len() as f64).max(1.0),
            "{population}: {wrong} of {}",
            people.len()
        );
    }
}

/// What a platform may not have recorded.
#[test]
fn bulk_members_are_found_with_columns_missing() {
    let Some((events, truth)) = market() else { return };
    type Strip = fn(&mut Event);
    let without: [(&str, Strip); 5] = [
        ("agent", |e| e.agent = Key::NONE),
        ("device", |e| e.device = Key::NONE),
        ("agent and device", |e| (e.agent, e.device) = (Key::NONE, Key::NONE)),
        ("register", |e| {
            if e.kind == Kind::Register {
                e.actor = Key::NONE
            }
        }),
        ("join", |e| {
            if e.kind == Kind::Join {
                e.actor = Key::NONE
            }
        }),
    ];
    for (name, strip) in without {
        let mut cohorts = Cohorts::default();
        for event in &events {
            let mut event = *event;
            strip(&mut event);
            cohorts.observe(&event);
        }
        let accused: BTreeSet<Key> =
            cohorts.finish().iter().flat_map(|f| f.members.iter().copied()).collect();
        let caught = truth.scheme("S7").intersection(&accused).count();
        let wrong = truth
            .populations
            .values()
            .flatten()
            .filter(|a| accused.contains(a))
            .collect::<BTreeSet<_>>()
            .len();
        eprintln!("without {name}: {caught} of 360, {wrong} genuine");
        assert!(wrong <= 8, "without {name}: {wrong} genuine");
    }
}

fn stream(events: &[Event], shards: usize) -> Vec<Finding> {
    let mut all: Vec<Shard> = (0..shards).map(|_| Shard::new(&Limits::default())).collect();
    let (mut found, mut out): (Vec<Finding>, Vec<Touch>) = (Vec::new(), Vec::new());
    for (number, event) in events.iter().enumerate() {
        out.clear();
        touches(event, &mut out);
        for touch in &out {
            all[(touch.key.0 % shards as u64) as usize].observe(touch, &mut found);
        }
        if number % (10_000 * shards) == 0 {
            all.iter_mut().for_each(|shard| shard.advance(event.time, &mut found));
        }
    }
    let mut usual = Usual::default();
    for shard in &mut all {
        shard.finish(&mut found);
        usual.merge(shard.usual());
    }
    settle(&usual, &mut found);
    found
}

#[test]
fn streaming_findings_are_the_same_for_any_number_of_shards() {
    let Some((events, truth)) = market() else { return };
    let begun = Instant::now();
    let one = stream(&events, 1);
    eprintln!("{:?} for {} events", begun.elapsed(), events.len());
    assert_eq!(one, stream(&events, 3));
    let mut by_code: BTreeMap<(Code, EntityKind), Vec<&Finding>> = BTreeMap::new();
    for finding in &one {
        by_code.entry((finding.code, finding.entity.kind)).or_default().push(finding);
    }
    let fake: BTreeSet<Key> = truth.schemes.values().flatten().copied().collect();
    for (code, findings) in by_code {
        let mut named: BTreeSet<Key> =
            findings.iter().flat_map(|f| f.members.iter().copied()).collect();
        named.extend(
            findings.iter().filter(|f| f.entity.kind == EntityKind::Account).map(|f| f.entity.key),
        );
        let wrong = named.difference(&fake).count();
        eprintln!(
            "{code:?}: {} findings, {} accounts, {wrong} genuine",
            findings.len(),
            named.len()
        );
        for (scheme, accounts) in &truth.schemes {
            let n = accounts.intersection(&named).count();
            if n > 0 {
                eprintln!("    {scheme}: {n} of {}", accounts.len());
            }
        }
        for f in findings.iter().take(4) {
            eprintln!("    {:.1} {:.2} {:?}", f.bits, f.score, f.evidence);
        }
    }
}

#[test]
fn shared_texts_are_rarely_those_of_genuine_people() {
    let Some((_, truth)) = market() else { return };
    let folder =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/market");
    let begun = Instant::now();
    let said = table::said_in(&folder.join("events.parquet"), |kind| kind == Kind::Review);
    let texts = said.len();
    let found = detectors::text::near_duplicates(said);
    eprintln!("{:?} for {texts} texts", begun.elapsed());
    let named: BTreeSet<Key> = found.iter().flat_map(|f| f.members.iter().copied()).collect();
    let fake: BTreeSet<Key> = truth.schemes.values().flatten().copied().collect();
    for (scheme, accounts) in &truth.schemes {
        eprintln!("    {scheme}: {} of {}", accounts.intersection(&named).count(), accounts.len());
    }
    let wrong = named.difference(&fake).count();
    eprintln!("{} findings, {} accounts, {wrong} genuine", found.len(), named.len());
    assert!(wrong as f64 <= 0.01 * truth.genuine as f64, "{wrong} genuine");
}
