//! Goal: a model that was taught on one market is used in the audit of another as it was measured, changes nothing but what it is
//! for, and is refused when it is not whole. Method: the program itself on two simulated markets.

#![allow(clippy::unwrap_used)] // a test that cannot go on fails

mod support;

use arrow_array::cast::AsArray;
use arrow_array::types::Float32Type;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use support::{fixed_files, qingliu, table, texts};

fn markets(dir: &Path, people: &str) {
    for (seed, world) in [("1", "market"), ("2", "other")] {
        let world = ["simulate", "--out", world, "--people", people, "--days", "6", "--seed", seed];
        qingliu(dir, &world).ends(0);
    }
}

fn audit<'a>(world: &'a str, out: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let mut arguments = vec!["audit", world, "--out", out, "--quiet"];
    arguments.extend(more);
    arguments
}

/// A model with a byte of its middle changed.
fn damage(path: &Path) {
    let mut bytes = fs::read(path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(path, bytes).unwrap();
}

/// Labels of a truth table by its first column.
fn labels(path: &Path, column: &str) -> BTreeMap<String, String> {
    let truth = table(path);
    texts(&truth, column).into_iter().zip(texts(&truth, "label")).collect()
}

#[test]
fn chances_become_scores_and_verdicts_stay() {
    let dir = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| qingliu(dir.path(), arguments).ends(0);
    markets(dir.path(), "1500");
    run(&audit("market/events.parquet", "taught", &[]));
    run(&["train", "accounts", "taught", "--truth", "market", "--out", "a.model"]);
    run(&audit("other/events.parquet", "plain", &[]));
    let other = "other/events.parquet";
    let summary =
        run(&audit(other, "scored", &["--model", "a.model", "--workers", "1", "--json"])).json();
    run(&audit(other, "again", &["--model", "a.model", "--workers", "3"]));
    let dir = dir.path();
    assert_eq!(fixed_files(&dir.join("scored")), fixed_files(&dir.join("again")));

    let named = &summary["models"][0];
    let file = fs::read_to_string(dir.join("a.model")).unwrap();
    let checksum = file.lines().next().unwrap().rsplit(' ').next().unwrap();
    assert_eq!((&named["of"], &named["file"]), (&"accounts".into(), &"a.model".into()));
    assert_eq!(named["checksum"], checksum);
    let plain: serde_json::Value =
        serde_json::from_slice(&fs::read(dir.join("plain/summary.json")).unwrap()).unwrap();
    assert!(plain.get("models").is_none());
    assert_eq!(plain["counts"], summary["counts"]);

    // Only scores differ, and they are what `train check` reads from the tables.
    let (before, after) = (dir.join("plain"), dir.join("scored"));
    let accounts = |folder: &Path| table(&folder.join("accounts.parquet"));
    let (plain, scored) = (accounts(&before), accounts(&after));
    for column in ["account", "verdict", "group", "findings", "bits", "events"] {
        assert_eq!(plain.column_by_name(column), scored.column_by_name(column), "{column}");
    }
    for (one, two) in fixed_files(&before).into_iter().zip(fixed_files(&after)) {
        let differs = ["accounts.parquet", "report.html"].contains(&one.0.as_str());
        assert!(differs || one == two, "{}", one.0);
    }
    let scores = scored.column_by_name("score").unwrap().as_primitive::<Float32Type>();
    let truth = labels(&dir.join("other/truth_accounts.parquet"), "account");
    let (mut loss, mut rows) = (0.0, 0);
    for (account, &chance) in texts(&scored, "account").iter().zip(scores.values()) {
        let chance = f64::from(chance);
        assert!((0.0..=1.0).contains(&chance));
        match truth.get(account).map_or("", String::as_str) {
            "fake" => loss -= chance.ln(),
            "genuine" => loss -= (1.0 - chance).ln(),
            _ => continue,
        }
        rows += 1;
    }
    let check = ["train", "check", "a.model", "plain", "--truth", "other", "--json"];
    let measures = qingliu(dir, &check).ends(0).json();
    assert_eq!(measures["rows"], rows);
    let wanted = measures["log_loss"].as_f64().unwrap();
    let found = loss / f64::from(rows);
    assert!((found - wanted).abs() < 1e-4, "{found} against {wanted}");

    let refused = |file: &str| audit(other, "never", &["--model", file]).join(" ");
    fs::write(dir.join("note.txt"), "mine").unwrap();
    for (file, words) in [("note.txt", "no model file"), ("none.model", "cannot be read")] {
        let arguments = refused(file);
        let arguments: Vec<&str> = arguments.split(' ').collect();
        qingliu(dir, &arguments).ends(2).complains(&[file, words]);
    }
    let as_texts = audit(other, "never", &["--text-model", "a.model"]);
    qingliu(dir, &as_texts).ends(2).complains(&["a.model", "a model of accounts"]);
    damage(&dir.join("a.model"));
    qingliu(dir, &audit(other, "never", &["--model", "a.model"]))
        .ends(2)
        .complains(&["a.model", "damaged"]);
    assert!(!dir.join("never").exists());
}

/// A text as a generator writes it: fluent, whole, and never twice the same.
fn made(n: usize) -> String {
    let draw = |salt: usize| (n * 2_654_435_761 + salt * 40_503) / 64;
    let pick = |salt: usize, of: &[&str]| of[draw(salt) % of.len()].to_owned();
    let part = ["包装设计", "材质手感", "物流时效", "客服响应", "色彩还原", "做工细节"];
    let praise = ["令人印象深刻", "远超预期", "十分出色", "无可挑剔", "堪称一流"];
    format!(
        "{}，这款产品在{}方面{}，同时{}也{}，{}。",
        pick(1, &["总体而言", "综合来看", "作为一名消费者", "经过一段时间的体验"]),
        pick(2, &part),
        pick(3, &praise),
        pick(4, &part),
        pick(5, &praise),
        pick(6, &["强烈推荐给大家", "是一次愉快的购物体验", "值得每一位用户拥有"]),
    )
}

/// Texts to learn from: the genuine reviews of a market, and as many made ones.
fn teach(world: &Path, out: &Path) {
    let truth = labels(&world.join("truth_events.parquet"), "id");
    let events = table(&world.join("events.parquet"));
    let mut csv = String::from("text,label\n");
    let rows = texts(&events, "id").into_iter().zip(texts(&events, "kind"));
    for (n, ((id, kind), text)) in rows.zip(texts(&events, "text")).enumerate() {
        if kind == "review" && !text.is_empty() && truth[&id] == "genuine" {
            csv.push_str(&format!("\"{}\",genuine\n{},fake\n", text.replace('"', ""), made(n)));
        }
    }
    fs::write(out, csv).unwrap();
}

#[test]
fn learnt_texts_are_findings() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let world = ["simulate", "--out", "market", "--people", "3000", "--days", "6", "--seed", "2"];
    qingliu(dir, &world).ends(0);
    teach(&dir.join("market"), &dir.join("reviews.csv"));
    qingliu(dir, &["train", "texts", "reviews.csv", "--out", "t.model"]).ends(0);
    // Another market, where some let a machine write.
    let mut rows = support::market(1_500, 6);
    let mut writers = BTreeSet::new();
    for (n, row) in rows.iter_mut().enumerate().filter(|(_, row)| row[2] == "review") {
        if events::Key::of(&row[3]).0.is_multiple_of(8) {
            row[20] = made(n + 1_000_000);
            writers.insert(row[3].clone());
        }
    }
    support::write_parquet(&dir.join("other.parquet"), &rows);
    let found = |folder: &str| {
        let findings = table(&dir.join(folder).join("findings.parquet"));
        let rows = texts(&findings, "code").into_iter().zip(texts(&findings, "subject"));
        let rows = rows.zip(texts(&findings, "evidence"));
        let learnt = rows.filter(|((code, _), _)| code == "TXT07");
        learnt.map(|((_, account), evidence)| (account, evidence)).collect::<Vec<_>>()
    };
    let other = "other.parquet";
    qingliu(dir, &audit(other, "plain", &[])).ends(0);
    assert_eq!(found("plain"), []);
    let model = ["--text-model", "t.model", "--workers"];
    let arguments = [&model[..], &["1", "--json"]].concat();
    let summary = qingliu(dir, &audit(other, "read", &arguments)).ends(0).json();
    assert_eq!(summary["models"][0]["of"], "texts");
    qingliu(dir, &audit(other, "again", &[&model[..], &["3"]].concat())).ends(0);
    assert_eq!(fixed_files(&dir.join("read")), fixed_files(&dir.join("again")));

    let read = found("read");
    let named: BTreeSet<String> = read.iter().map(|(account, _)| account.clone()).collect();
    assert_eq!(named.len(), read.len(), "one finding an account");
    let right = named.intersection(&writers).count();
    let counts = format!("{right} right of {} named, {} wrote", named.len(), writers.len());
    assert!(writers.len() >= 20 && right * 10 >= writers.len() * 8, "{counts}");
    assert!(right * 10 >= named.len() * 9, "{counts}");
    for (_, evidence) in &read {
        let evidence: serde_json::Value = serde_json::from_str(evidence).unwrap();
        let number = |name: &str| evidence[name].as_f64().unwrap();
        let odds = |share: f64| (share / (1.0 - share)).log2();
        let bits = odds(number("chance")) - odds(number("trained_share"));
        assert!(number("chance_bits") <= bits + 1e-6, "{evidence}");
        // Even odds against one text in a hundred.
        assert!(number("reached_bits") - number("price_bits") >= 99f64.log2() - 1e-3);
    }

    damage(&dir.join("t.model"));
    qingliu(dir, &audit(other, "never", &["--text-model", "t.model"]))
        .ends(2)
        .complains(&["t.model", "damaged"]);
}
