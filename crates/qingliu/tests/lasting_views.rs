//! Goal: views that all last as long are named with their subject and counted within bounds; people who come at once and stay otherwise
//! than those before them are not, and nobody is accused. Method: a market with S18 and its crowds goes through the whole program.

#![allow(clippy::unwrap_used)] // a test that cannot go on fails

mod support;

use std::collections::BTreeSet;

use support::{qingliu, table, texts};

#[test]
fn lasting_views_are_named_and_other_audiences_are_not() {
    let dir = tempfile::tempdir().unwrap();
    let world = ["simulate", "--out", "market", "--schemes", "S18", "--seed", "3"];
    qingliu(dir.path(), &world).ends(0);
    qingliu(dir.path(), &["audit", "market/events.parquet", "--out", "out"]).ends(0);
    let events = table(&dir.path().join("market/events.parquet"));
    let truth = table(&dir.path().join("market/truth_events.parquet"));
    let fake: BTreeSet<String> = texts(&truth, "id")
        .into_iter()
        .zip(texts(&truth, "label"))
        .filter(|row| row.1 == "fake")
        .map(|row| row.0)
        .collect();
    let sent: BTreeSet<String> = texts(&events, "id")
        .into_iter()
        .zip(texts(&events, "subject"))
        .filter(|row| fake.contains(&row.0))
        .map(|row| row.1)
        .collect();
    let findings = table(&dir.path().join("out/findings.parquet"));
    let named: BTreeSet<String> = texts(&findings, "code")
        .into_iter()
        .zip(texts(&findings, "subject"))
        .filter(|row| row.0 == "SYN03")
        .map(|row| row.1)
        .collect();
    assert!(named.len() >= 2 && named.is_subset(&sent), "{named:?} of {sent:?}");
    let accounts = table(&dir.path().join("out/accounts.parquet"));
    assert!(texts(&accounts, "verdict").iter().all(|verdict| verdict == "genuine"));
}
