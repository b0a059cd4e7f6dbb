//! Goal: the README's one command does what it says. Method: a small demonstration is run, then its pieces by hand.

#![allow(clippy::unwrap_used)] // a test that cannot go on fails

mod support;

use std::fs;
use support::qingliu;

#[test]
fn a_demonstration_ends_with_what_was_found_and_how_right_it_was() {
    let dir = tempfile::tempdir().unwrap();
    let world = ["--people", "600", "--days", "5"];
    let ran = qingliu(dir.path(), &[&["demo", "--out", "try", "--quiet"], &world[..]].concat());
    let ran = ran.ends(0);
    for words in [
        "Simulated a market",
        "try/market/events.parquet",
        "the header has",
        "fake",
        "How right that was",
        "S1",
        "Report: try/audit/report.html",
        "qingliu audit your-events.parquet --out audit",
    ] {
        assert!(ran.out.contains(words), "`{words}` is not in: {}", ran.out);
    }
    assert_eq!(ran.err, "");
    let last = ran.out.trim_end().lines().last().unwrap();
    assert!(last.contains("qingliu audit"), "{last}");
    let page = fs::read_to_string(dir.path().join("try/audit/report.html")).unwrap();
    assert!(page.starts_with("<!DOCTYPE html>") && page.contains("<svg"));

    // Once more over the same folder: results replace results.
    let again = qingliu(
        dir.path(),
        &[&["demo", "--out", "try", "--quiet", "--lang", "zh"], &world[..]].concat(),
    );
    assert!(again.ends(0).out.contains("报告"));

    let evaluated = qingliu(
        dir.path(),
        &["evaluate", "--truth", "try/market", "--results", "try/audit", "--json"],
    );
    let json = evaluated.ends(0).json();
    assert!(json["accounts"]["at_fake"]["recall"].is_number());
    let beside = qingliu(
        dir.path(),
        &[
            "evaluate",
            "--truth",
            "try/market",
            "--results",
            "try/audit",
            "--baselines",
            "try/market/events.parquet",
        ],
    );
    assert!(beside.ends(0).out.contains("FRAUDAR"));
}

#[test]
fn a_simulated_market_is_the_same_for_the_same_seed() {
    let dir = tempfile::tempdir().unwrap();
    for (out, seed) in [("a", "7"), ("b", "7"), ("c", "8")] {
        let schemes = "S1,S7";
        let arguments = ["simulate", "--people", "300", "--days", "3", "--schemes", schemes];
        let ran = qingliu(dir.path(), &[&arguments[..], &["--out", out, "--seed", seed]].concat());
        assert!(ran.ends(0).out.contains("qingliu audit"));
    }
    let bytes = |out: &str| fs::read(dir.path().join(out).join("events.parquet")).unwrap();
    assert!(bytes("a") == bytes("b"));
    assert!(bytes("a") != bytes("c"));
}
