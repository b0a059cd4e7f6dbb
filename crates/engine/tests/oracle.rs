//! Goal: the dataflow finds what a plain loop finds. Method: the same market, its events sorted in memory, is walked
//! once by one shard and one table of histories, and what comes out is compared with a run on several workers.

mod support;

use std::collections::BTreeMap;
use std::sync::Arc;

use detectors::prior::{self, ActorHistory, SubjectHistory};
use detectors::{Code, Finding, Limits, Shard, settle};
use engine::run;
use events::{Batch, Key};
use features::touches;
use support::{batch, market, parts, settings, written};

fn sorted(batch: &mut Batch) {
    batch.events.sort_by_key(|event| (event.time, event.id));
}

/// Codes whose findings come from a table as a whole, and not from touches as they stream by.
fn of_the_table(code: Code) -> bool {
    matches!(code, Code::Rev01 | Code::Mem01 | Code::Syn01)
}

fn in_order(mut findings: Vec<Finding>) -> Vec<Finding> {
    findings.retain(|finding| !of_the_table(finding.code));
    findings.sort_by_key(|f| (f.time, f.event, f.code, f.entity.kind, f.entity.key));
    findings
}

#[test]
fn the_dataflow_finds_what_a_loop_finds() {
    let rows = market(15_000, 21);
    let mut table = batch(&rows);
    sorted(&mut table);
    let mut shard = Shard::new(&Limits::default());
    let (mut expected, mut some) = (Vec::new(), Vec::new());
    for event in &table.events {
        touches(event, &mut some);
        for touch in some.drain(..) {
            shard.observe(&touch, &mut expected);
        }
    }
    shard.finish(&mut expected);
    settle(shard.usual(), &mut expected);
    assert!(!expected.is_empty(), "a loop that finds nothing proves nothing");
    let listener = Arc::new(|_| ()) as _;
    let outcome =
        run(parts(&rows, 1_000, 77), &settings(3, 500), &listener, &mut |_, _| Ok(())).unwrap();
    assert_eq!(in_order(outcome.results.findings), in_order(expected));
}

#[test]
fn arrival_scores_are_those_of_a_loop() {
    let rows = market(9_000, 22);
    let mut table = batch(&rows);
    sorted(&mut table);
    let mut subjects: BTreeMap<Key, SubjectHistory> = BTreeMap::new();
    let mut accounts: BTreeMap<Key, ActorHistory> = BTreeMap::new();
    let mut expected = Vec::new();
    for event in table.events.iter().filter(|event| event.kind.counts()) {
        let mut arrival = 0.0;
        if let Some(rating) = event.rating {
            let regard = subjects.entry(event.subject).or_default().before(rating);
            let account = accounts.entry(event.actor).or_default();
            let newness = account.newness(event.time.seconds() as u32);
            account.rated(rating, regard);
            arrival = prior::score(newness + regard.bits());
        }
        expected.push((table.text(event.id_text).to_owned(), arrival));
    }
    let mut arrived = Vec::new();
    let mut sink = |rows: &[engine::results::EventResult], arena: &str| {
        for row in rows {
            let id = &arena[row.id.start as usize..(row.id.start + row.id.len) as usize];
            arrived.push((id.to_owned(), row.arrival));
        }
        Ok(())
    };
    let listener = Arc::new(|_| ()) as _;
    run(parts(&rows, 1_000, 77), &settings(3, 500), &listener, &mut sink).unwrap();
    assert_eq!(arrived, expected);
    assert!(arrived.iter().any(|row| row.1 > 0.1), "ratings came");
}

#[test]
fn counts_are_those_of_a_loop() {
    let rows = market(9_000, 23);
    let mut expected: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.kind.counts()) {
        *expected.entry((&row.subject, row.kind.name())).or_default() += 1;
    }
    let (outcome, _) = written(parts(&rows, 800, 77), &settings(2, 500));
    let counted: Vec<((&str, &str), u64)> = outcome
        .results
        .subjects
        .iter()
        .map(|row| ((outcome.names.text(row.subject), row.metric.name()), row.raw))
        .collect();
    assert_eq!(counted, expected.into_iter().collect::<Vec<_>>());
    let in_hours: u64 = outcome.results.timeline.iter().map(|hour| hour.1).sum();
    assert_eq!(in_hours, counted.iter().map(|row| row.1).sum::<u64>());
    let by_accounts: u64 = outcome.results.accounts.iter().map(|row| row.events).sum();
    assert_eq!(by_accounts, 9_000);
}
