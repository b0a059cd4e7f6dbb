//! Goal: who advertises the trade in fakes is told from who talks of it, and an insider from colleagues at work. Method: a market with
//! both schemes and the crowds beside them goes through the whole program; its truth says who is who.

#![allow(clippy::unwrap_used)] // a test that cannot go on fails

mod support;

use std::collections::BTreeMap;

use support::{qingliu, table, texts};

#[test]
fn who_talks_of_brushing_and_who_does_the_work_are_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let world = ["simulate", "--out", "market", "--schemes", "S16,S17", "--seed", "3"];
    qingliu(dir.path(), &world).ends(0);
    qingliu(dir.path(), &["audit", "market/events.parquet", "--out", "out"]).ends(0);
    let truth = table(&dir.path().join("market/truth_accounts.parquet"));
    let (names, schemes) = (texts(&truth, "account"), texts(&truth, "scheme"));
    let labels = texts(&truth, "label");
    let known: BTreeMap<&str, (&str, &str)> = names
        .iter()
        .zip(schemes.iter().zip(&labels))
        .map(|(name, (scheme, label))| (name.as_str(), (scheme.as_str(), label.as_str())))
        .collect();
    let findings = table(&dir.path().join("out/findings.parquet"));
    let (codes, found) = (texts(&findings, "code"), texts(&findings, "subject"));
    let of = |code: &'static str| {
        codes.iter().zip(&found).filter(move |row| row.0 == code).map(|row| row.1.as_str())
    };
    for code in ["TXT03", "TXT04", "TXT05"] {
        assert!(of(code).count() >= 4, "{code}: {}", of(code).count());
        assert!(of(code).all(|account| known[account] == ("S16", "fake")), "{code}");
    }
    // Who offers again and again is fake; who talks of it, warns of it or answers for a shop is called nothing.
    let accounts = table(&dir.path().join("out/accounts.parquet"));
    let (of_accounts, verdicts) = (texts(&accounts, "account"), texts(&accounts, "verdict"));
    let called = of_accounts.iter().zip(&verdicts).filter(|row| row.1 != "genuine");
    let called: Vec<(&str, &str)> = called.map(|row| known[row.0.as_str()]).collect();
    assert!(called.iter().filter(|known| **known == ("S16", "fake")).count() >= 4, "{called:?}");
    assert!(called.iter().all(|known| matches!(known.0, "S16" | "S17")), "{called:?}");
    let insiders: Vec<(&str, &str)> = of("OPS01").map(|account| known[account]).collect();
    assert_eq!(insiders, [("S17", "gray")]);
}
