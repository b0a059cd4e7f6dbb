//! Goal: farms of new customers and refund rings are found whole, and neither firms that deal out cards and desks nor a campus that
//! fills are accused. Method: a market with both schemes and the crowds beside them goes through the whole program; its truth says who
//! is who.

#![allow(clippy::unwrap_used)] // a test that cannot go on fails

mod support;

use std::collections::BTreeMap;

use support::{fixed_files, qingliu, table, texts};

#[test]
fn farms_and_rings_are_told_from_firms_and_new_students() {
    let dir = tempfile::tempdir().unwrap();
    let world = ["simulate", "--out", "market", "--schemes", "S19,S20", "--seed", "3"];
    qingliu(dir.path(), &world).ends(0);
    for workers in ["1", "3"] {
        let out = format!("out{workers}");
        let audit = ["audit", "market/events.parquet", "--out", &out, "--workers", workers];
        qingliu(dir.path(), &audit).ends(0);
    }
    let truth = table(&dir.path().join("market/truth_accounts.parquet"));
    let labels = texts(&truth, "scheme").into_iter().zip(texts(&truth, "population"));
    let known: BTreeMap<String, (String, String)> =
        texts(&truth, "account").into_iter().zip(labels).collect();
    let out = dir.path().join("out1");
    let accounts = table(&out.join("accounts.parquet"));
    let mut called: BTreeMap<(&str, String), usize> = BTreeMap::new();
    for (account, verdict) in texts(&accounts, "account").iter().zip(texts(&accounts, "verdict")) {
        let (scheme, population) = &known[account];
        let of = if population.contains("firm") { "firm" } else { scheme.as_str() };
        *called.entry((of, verdict)).or_default() += 1;
    }
    let count = |of, verdict: &str| called.get(&(of, verdict.to_string())).copied().unwrap_or(0);
    assert!(count("S19", "fake") >= 76 && count("S19", "genuine") <= 4, "{called:?}");
    assert!(count("S20", "fake") + count("S20", "suspect") >= 13, "{called:?}");
    for innocent in ["firm", ""] {
        assert!(count(innocent, "genuine") > 40, "{called:?}");
        assert_eq!(count(innocent, "fake") + count(innocent, "suspect"), 0, "{called:?}");
    }
    // The firms are tied crosswise, and that is said of them and not held against them.
    let codes = texts(&table(&out.join("findings.parquet")), "code");
    assert!(codes.iter().filter(|code| *code == "NET04").count() >= 4, "{codes:?}");
    assert!(fixed_files(&out) == fixed_files(&dir.path().join("out3")), "workers show");
}
