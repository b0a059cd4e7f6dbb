//! Goal: floors on data that others made. Method: each set of `../shared/data` that is there is audited with the
//! default policy and evaluated; sets that are not there are skipped, and the test says so.

#![allow(clippy::unwrap_used)] // a test that cannot go on fails

mod support;

use std::path::Path;
use support::{qingliu, shared_data};

/// Audits a table and gives its evaluation, if it has labels, and its summary.
fn audited(dir: &Path, set: &str, table: &str) -> Option<(serde_json::Value, serde_json::Value)> {
    let data = shared_data(set)?;
    let input = data.join(table);
    let input = input.to_str().unwrap();
    let summary = qingliu(dir, &["audit", input, "--out", set, "--json", "--quiet"]).ends(0).json();
    let truth = data.to_str().unwrap();
    let evaluated = qingliu(dir, &["evaluate", "--truth", truth, "--results", set, "--json"]);
    let evaluation = if evaluated.status == 0 { evaluated.json() } else { serde_json::Value::Null };
    Some((summary, evaluation))
}

fn figure(value: &serde_json::Value, path: &str) -> f64 {
    value.pointer(path).and_then(serde_json::Value::as_f64).unwrap_or_else(|| panic!("no {path}"))
}

#[test]
fn the_labelled_market() {
    let dir = tempfile::tempdir().unwrap();
    let Some((_, evaluation)) = audited(dir.path(), "market", "events.parquet") else { return };
    let schemes = evaluation["accounts"]["schemes"].as_array().unwrap();
    let floors = [("S1", 0.95), ("S2", 0.90), ("S3", 0.90), ("S5", 0.80), ("S7", 0.95)];
    for (scheme, floor) in floors {
        let found = schemes.iter().find(|row| row["scheme"] == scheme).unwrap();
        let recall = figure(found, "/recall");
        assert!(recall >= floor, "{scheme}: {recall}");
    }
    let accused = figure(&evaluation, "/accounts/at_fake/accused_share");
    assert!(accused <= 0.001, "{accused} of the genuine are accused");
    let worst = figure(&evaluation, "/accounts/worst_population/accused_share");
    assert!(worst <= 0.005, "{worst} of {}", evaluation["accounts"]["worst_population"]);

    let pairs = evaluation["groups"]["pairs"].as_array().unwrap();
    let three = serde_json::json!(["S1", "S2", "S7"]);
    let pairs = pairs.iter().find(|row| row["schemes"] == three && row["verdict"] == "fake");
    let f1 = figure(pairs.unwrap(), "/f1");
    assert!(f1 >= 0.8, "pairs of group members: F1 {f1}");

    let scope = &evaluation["counts"]["scopes"][0];
    assert_eq!(scope["schemes"], serde_json::json!(["S1", "S2"]));
    let error = figure(scope, "/attacked/median");
    assert!(error <= 0.10, "likes and follows are restored with a median error of {error}");
    // A view on the way to a made-up order may have been meant: of some counts a single one goes.
    let kept = figure(&evaluation, "/counts/untouched/total");
    assert!(kept >= 0.995, "untouched subjects keep {kept} of their counts");
    let whole = figure(&evaluation, "/counts/untouched/whole");
    assert!(whole >= 0.999, "{whole} of the untouched counts are whole");
}

#[test]
fn films_rated_in_lockstep() {
    let dir = tempfile::tempdir().unwrap();
    let Some((_, evaluation)) = audited(dir.path(), "movies-lockstep", "ratings.parquet") else {
        return;
    };
    let precision = figure(&evaluation, "/accounts/ranking/average_precision");
    assert!(precision >= 0.95, "average precision {precision}");
    let at_fake = &evaluation["accounts"]["at_fake"];
    let (precision, recall) = (figure(at_fake, "/precision"), figure(at_fake, "/recall"));
    assert!(precision >= 0.95 && recall >= 0.85, "precision {precision}, recall {recall}");
}

#[test]
fn comments_of_real_communities() {
    let dir = tempfile::tempdir().unwrap();
    let Some((summary, _)) = audited(dir.path(), "comments-organic", "comments.parquet") else {
        return;
    };
    let accused = figure(&summary, "/rates/fake_accounts");
    assert!(accused <= 0.002, "{accused} of all accounts are accused");
}

#[test]
fn reviews_that_a_platform_filtered() {
    let dir = tempfile::tempdir().unwrap();
    let Some((_, evaluation)) = audited(dir.path(), "yelp-reviews", "reviews.parquet") else {
        return;
    };
    let precision = figure(&evaluation, "/events/ranking_on_arrival/average_precision");
    assert!(precision >= 0.20, "average precision on arrival {precision}");
}

#[test]
fn every_other_set_is_read_as_it_is() {
    let dir = tempfile::tempdir().unwrap();
    for (set, table, mapping, rows) in [
        ("yelp-reviews", "reviews.parquet", "ratings", 47_212),
        ("shopee-orders", "orders.csv.gz", "shopee-orders", 53_432),
        ("github-stars", "stars.parquet", "github-stars", 34_284),
        ("otc-trust", "ratings.parquet", "ratings", 35_592),
        ("review-texts", "reviews.parquet", "texts", 8_000),
    ] {
        let Some((summary, _)) = audited(dir.path(), set, table) else { continue };
        assert_eq!(summary["input"]["rows"], rows, "{set}");
        assert_eq!(summary["input"]["rejected"], 0, "{set}");
        assert_eq!(summary["input"]["files"][0]["mapping"], mapping, "{set}");
    }
}
