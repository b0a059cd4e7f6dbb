//! Goal: `evaluate` says what survivors cost and whom groups serve, as tables and as JSON, and takes other prices. Method:
//! a small simulated market is audited once; what is printed is compared with what the JSON says.

#![allow(clippy::unwrap_used)] // a test that cannot go on fails

mod support;

use std::fs;
use std::path::Path;
use support::qingliu;

const EVALUATE: [&str; 5] = ["evaluate", "--truth", "market", "--results", "audit"];

fn audited(dir: &Path) {
    let world = ["simulate", "--people", "800", "--days", "6", "--out", "market"];
    qingliu(dir, &world).ends(0);
    qingliu(dir, &["audit", "market/events.parquet", "--out", "audit", "--quiet"]).ends(0);
}

fn evaluate(dir: &Path, more: &[&str], status: i32) -> support::Ran {
    qingliu(dir, &[&EVALUATE[..], more].concat()).ends(status)
}

#[test]
fn survivors_clients_and_calibration_are_told() {
    let dir = tempfile::tempdir().unwrap();
    audited(dir.path());
    let json = evaluate(dir.path(), &["--json"], 0).json();
    let text = evaluate(dir.path(), &[], 0).out;
    for title in [
        "Price ladder: cost per surviving fake",
        "Accounts lost",
        "Whom groups serve",
        "Owners whom each scheme reached",
        "bound 0.05",
    ] {
        assert!(text.contains(title), "{title} is not in:\n{text}");
    }
    assert!(evaluate(dir.path(), &["--lang", "zh"], 0).out.contains("价格阶梯"));

    // What survives and what was found are all fakes, from two sides of the program.
    let events = &json["events"]["kinds"];
    let likes = events.as_array().unwrap().iter().find(|kind| kind["kind"] == "like").unwrap();
    let ladder = json["economics"]["ladder"].as_array().unwrap();
    let row = ladder.iter().find(|r| r["metric"] == "like" && r["scheme"].is_null()).unwrap();
    assert_eq!(row["at_fake"]["survived"], likes["at_fake"]["missed"]);
    let found = likes["at_fake"]["found"].as_u64().unwrap();
    assert!(found > 0);
    assert_eq!(
        row["fakes"].as_u64().unwrap(),
        found + row["at_fake"]["survived"].as_u64().unwrap()
    );

    // Of every group that is called, what its clients got is part of what it did.
    let groups = json["buyers"]["by_group"].as_array().unwrap();
    assert!(!groups.is_empty());
    for group in groups {
        let clients = group["clients"].as_array().unwrap();
        let got: u64 = clients.iter().map(|client| client["events"].as_u64().unwrap()).sum();
        assert!(got <= group["events"].as_u64().unwrap(), "{group:#}");
    }
}

#[test]
fn other_prices_are_read_or_refused_by_name() {
    let dir = tempfile::tempdir().unwrap();
    audited(dir.path());
    let price = "[[price]]\nmetric = \"share\"\nrung = \"buyer\"\nlow = 2\nhigh = 4\nper = 100\n\
                 status = \"P\"\nsource = \"an offer\"\n";
    fs::write(dir.path().join("prices.toml"), price).unwrap();
    let json = evaluate(dir.path(), &["--json", "--prices", "prices.toml"], 0).json();
    let ladder = json["economics"]["ladder"].as_array().unwrap();
    let priced: Vec<_> = ladder.iter().filter(|r| r["costs"] != serde_json::json!([])).collect();
    assert!(!priced.is_empty() && priced.iter().all(|r| r["metric"] == "share"));
    assert_eq!(priced[0]["costs"][0]["price"], serde_json::json!({"low": 0.02, "high": 0.04}));

    fs::write(dir.path().join("prices.toml"), price.replace("high = 4", "high = 1")).unwrap();
    let refused = evaluate(dir.path(), &["--prices", "prices.toml"], 1);
    refused.complains(&["prices.toml", "price 1", "low (2) is above high (1)"]);
    evaluate(dir.path(), &["--prices", "none.toml"], 1).complains(&["none.toml"]);
}
