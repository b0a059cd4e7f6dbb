//! Goal: a model is fitted from tables as they come, says what it is worth, and is refused when it is not whole. Method:
//! the program itself, on made-up writers, a simulated market, and the shared reviews where they are.

#![allow(clippy::unwrap_used)] // a test that cannot go on fails

mod support;

use std::fs;
use std::path::Path;
use support::{qingliu, shared_data};

/// Texts of two writers, of whom one doubts and the other does not, half of them set apart.
fn writers(path: &Path) {
    let mut text = String::from("part,words,by,when\n");
    let nouns = ["box", "strap", "lamp", "cable", "cover", "case", "stand"];
    for n in 0..400u64 {
        let draw = |salt: u64| (n * 2_654_435_761 + salt * 40_503) / 64;
        let noun = nouns[(draw(1) % 7) as usize];
        let other = nouns[(draw(2) % 7) as usize];
        let (by, said) = match n % 2 == 0 {
            true => ("fake", format!("\"This {noun} is great, and the {other} is great.\"")),
            false => {
                ("genuine", format!("not sure about this {noun}  (number {n}) but {other} ok"))
            }
        };
        let part = if n % 4 < 2 { "seen" } else { "kept" };
        text.push_str(&format!("{part},{said},{by},{n}\n"));
    }
    fs::write(path, text).unwrap();
}

const TEXTS: [&str; 9] =
    ["train", "texts", "t.csv", "--text", "words", "--label", "by", "--where", "part=seen"];

fn texts<'a>(more: &[&'a str]) -> Vec<&'a str> {
    TEXTS.iter().chain(more).copied().collect()
}

#[test]
fn texts_are_learnt_and_checked() {
    let dir = tempfile::tempdir().unwrap();
    writers(&dir.path().join("t.csv"));
    let said = qingliu(dir.path(), &texts(&["--out", "a.model", "--time", "when"])).ends(0).out;
    for words in ["rows: 200", "part=seen", "t.csv", "last rows by time", "`terms`"] {
        assert!(said.contains(words), "{words}: {said}");
    }
    let report = fs::read_to_string(dir.path().join("a.model.md")).unwrap();
    assert!(said.starts_with(&report));
    qingliu(dir.path(), &texts(&["--out", "b.model", "--time", "when"])).ends(0);
    let read = |name: &str| fs::read(dir.path().join(name)).unwrap();
    assert_eq!(read("a.model"), read("b.model"));
    qingliu(dir.path(), &texts(&["--out", "b.model", "--seed", "2"])).ends(0);
    assert_ne!(read("a.model"), read("b.model"));

    let check = ["train", "check", "a.model", "t.csv", "--text", "words", "--label", "by"];
    let kept = [&check[..], &["--where", "part=kept", "--json"]].concat();
    let measures = qingliu(dir.path(), &kept).ends(0).complains(&["trained on t.csv"]).json();
    assert_eq!(measures["rows"], 200);
    assert!(measures["auc"].as_f64().unwrap() > 0.99, "{measures}");

    let mut damaged = read("a.model");
    let middle = damaged.len() / 2;
    damaged[middle] ^= 1;
    fs::write(dir.path().join("a.model"), damaged).unwrap();
    qingliu(dir.path(), &check).ends(1).complains(&["a.model", "damaged"]);
    fs::write(dir.path().join("a.model"), &read("b.model")[..100]).unwrap();
    qingliu(dir.path(), &check).ends(1).complains(&["a.model"]);
}

#[test]
fn what_cannot_be_learnt_from_is_said() {
    let dir = tempfile::tempdir().unwrap();
    writers(&dir.path().join("t.csv"));
    fs::write(dir.path().join("notes.txt"), "mine").unwrap();
    for (arguments, status, words) in [
        (texts(&["--out", "notes.txt"]), 2, &["notes.txt", "no model"][..]),
        (texts(&["--out", "m", "--where", "by=fake"]), 1, &["all 100", "both classes"]),
        (texts(&["--out", "m", "--where", "part=no"]), 1, &["t.csv", "no row"]),
        (texts(&["--out", "m", "--where", "part"]), 2, &["COLUMN=VALUE"]),
        (texts(&["--out", "m", "--block", "nonesuch"]), 1, &["t.csv", "nonesuch"]),
        (texts(&["--out", "m", "--time", "part"]), 1, &["t.csv", "row 1", "no time"]),
        (texts(&["--out", "m", "--positive", "bad"]), 1, &["bad"]),
        (texts(&["--out", "m", "--block", "by"]), 1, &["one block"]),
        (texts(&["--out", "m", "--folds", "1"]), 2, &["--folds"]),
        (vec!["train", "texts", "no.csv", "--out", "m"], 1, &["no.csv"]),
        (vec!["train", "accounts", ".", "--truth", ".", "--out", "m"], 1, &["accounts.parquet"]),
        (vec!["train", "check", "notes.txt", "t.csv"], 1, &["notes.txt", "no model file"]),
    ] {
        qingliu(dir.path(), &arguments).ends(status).complains(words);
    }
    assert!(!dir.path().join("m").exists());
    assert_eq!(fs::read_to_string(dir.path().join("notes.txt")).unwrap(), "mine");
}

#[test]
fn accounts_are_learnt_from_an_audit() {
    let dir = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| qingliu(dir.path(), arguments).ends(0);
    for (seed, world, audit) in [("1", "market", "audit"), ("2", "other", "second")] {
        run(&["simulate", "--out", world, "--people", "1500", "--days", "6", "--seed", seed]);
        let events = format!("{world}/events.parquet");
        run(&["audit", &events, "--out", audit, "--quiet"]);
    }
    let train = ["train", "accounts", "audit", "--truth", "market", "--out"];
    let report = run(&[&train[..], &["a.model", "--json"]].concat()).json();
    assert!(report["held_out"]["auc"].as_f64().unwrap() > 0.6, "{report}");
    assert_eq!(report["provenance"]["inputs"].as_array().unwrap().len(), 5);
    // Every scheme was met by a model that was fitted without it, and the reader is told.
    let unmet = &report["unmet"];
    assert!(unmet["schemes"].as_array().unwrap().len() > 5, "{unmet}");
    assert_eq!(unmet["measures"]["rows"].as_u64(), report["held_out"]["rows"].as_u64());
    let told = fs::read_to_string(dir.path().join("a.model.md")).unwrap();
    assert!(told.contains("each without having met it"), "{told}");
    run(&[&train[..], &["b.model"]].concat());
    let read = |name: &str| fs::read(dir.path().join(name)).unwrap();
    assert_eq!(read("a.model"), read("b.model"));
    let measures =
        run(&["train", "check", "a.model", "second", "--truth", "other", "--json"]).json();
    assert!(measures["auc"].as_f64().unwrap() > 0.6, "{measures}");
    assert!(
        measures["log_loss"].as_f64().unwrap() < measures["log_loss_of_share"].as_f64().unwrap()
    );
    qingliu(dir.path(), &["train", "check", "a.model", "second"]).ends(2).complains(&["--truth"]);
    fs::write(dir.path().join("r.csv"), "account,label\nnobody,fake\n").unwrap();
    let strangers = ["train", "accounts", "audit", "--truth", "r.csv", "--out", "c.model"];
    qingliu(dir.path(), &strangers).ends(1).complains(&["r.csv", "none of its accounts"]);
}

/// The bar on generated reviews: TF-IDF with logistic regression has 0.963 on the part set apart.
#[test]
fn generated_reviews_are_told_apart() {
    let Some(set) = shared_data("review-texts") else { return };
    let table = set.join("reviews.parquet");
    let table = table.to_str().unwrap();
    let dir = tempfile::tempdir().unwrap();
    let columns = ["--label", "label_or", "--positive", "0", "--json", "--where"];
    let train = ["train", "texts", table, "--out", "r.model"];
    let report =
        qingliu(dir.path(), &[&train[..], &columns, &["split=dev"]].concat()).ends(0).json();
    assert!(report["held_out"]["auc"].as_f64().unwrap() >= 0.975, "{report}");
    assert!(report["held_out"]["worst_tenth"].as_f64().unwrap() <= 0.05, "{report}");
    let check = ["train", "check", "r.model", table];
    let measures =
        qingliu(dir.path(), &[&check[..], &columns, &["split=test"]].concat()).ends(0).json();
    assert!(measures["auc"].as_f64().unwrap() >= 0.975, "{measures}");
    assert!(measures["worst_tenth"].as_f64().unwrap() <= 0.05, "{measures}");
}
