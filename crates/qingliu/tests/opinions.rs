//! Goal: attacks by stars are told from anger, and people who are paid for bad reviews from those who are hard to please. Method: a
//! market with the scheme and the crowds that come with it goes through the whole program; its truth says who is who.

#![allow(clippy::unwrap_used)] // a test that cannot go on fails

mod support;

use std::collections::BTreeMap;

use support::{qingliu, table, texts};

#[test]
fn honest_critics_and_angry_buyers_are_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let world = ["simulate", "--out", "market", "--schemes", "S5,S14", "--seed", "3"];
    qingliu(dir.path(), &world).ends(0);
    qingliu(dir.path(), &["audit", "market/events.parquet", "--out", "out"]).ends(0);
    let truth = table(&dir.path().join("market/truth_accounts.parquet"));
    let labels: BTreeMap<String, String> =
        texts(&truth, "account").into_iter().zip(texts(&truth, "label")).collect();
    let accounts = table(&dir.path().join("out/accounts.parquet"));
    let called = texts(&accounts, "account").into_iter().zip(texts(&accounts, "verdict"));
    let (mut right, mut wrong) = (0, 0);
    for (account, _) in called.filter(|(_, verdict)| verdict != "genuine") {
        match labels[&account].as_str() {
            "genuine" => wrong += 1,
            _ => right += 1,
        }
    }
    assert_eq!(wrong, 0);
    assert!(right >= 20, "{right}");

    let findings = table(&dir.path().join("out/findings.parquet"));
    let (codes, found) = (texts(&findings, "code"), texts(&findings, "subject"));
    let of = |code: &'static str| {
        codes.iter().zip(&found).filter(move |row| row.0 == code).map(|row| row.1.as_str())
    };
    assert!(of("REV03").count() >= 3, "{}", of("REV03").count());
    assert!(of("REV03").all(|account| labels[account] == "fake"));
    // The subjects of attacks are those that fake ratings reached.
    let events = table(&dir.path().join("market/events.parquet"));
    let fakes = table(&dir.path().join("market/truth_events.parquet"));
    let fakes: BTreeMap<String, String> =
        texts(&fakes, "id").into_iter().zip(texts(&fakes, "label")).collect();
    let (ids, kinds) = (texts(&events, "id"), texts(&events, "kind"));
    let mut reached: BTreeMap<String, usize> = BTreeMap::new();
    for ((id, kind), subject) in ids.iter().zip(kinds).zip(texts(&events, "subject")) {
        if kind == "review" && fakes[id] == "fake" {
            *reached.entry(subject).or_default() += 1;
        }
    }
    assert!(of("REV02").count() >= 2, "{}", of("REV02").count());
    for subject in of("REV02") {
        assert!(reached.get(subject).is_some_and(|fakes| *fakes >= 5), "{subject}");
    }
}
