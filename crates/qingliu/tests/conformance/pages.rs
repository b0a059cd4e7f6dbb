//! Every code has its entry, its page, its row in the bench; and codes of pages keep what the others do in tables, on the
//! fixtures of the crate that reads texts.

use super::codes::{Shown, promise};
use super::support::qingliu;
use super::world::code;
use detectors::CATALOGUE;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

const HEADINGS: [&str; 9] = [
    "What it catches",
    "What it misses",
    "Inputs",
    "Method",
    "Parameters",
    "Evidence it gives",
    "False positives to expect",
    "Measured",
    "References",
];
/// A page about how groups of SYN01 are found, whose code their members carry.
const OF_SYN01: &str = "SYN02-surge.md";

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

#[test]
fn every_code_has_its_entry_and_page() {
    let pages = repository().join("docs/detectors");
    let mut named: BTreeSet<String> = BTreeSet::from([OF_SYN01.to_owned()]);
    for entry in &CATALOGUE {
        assert_eq!(entry.code.entry(), entry);
        assert!(entry.page.starts_with(entry.id));
        let page = fs::read_to_string(pages.join(entry.page)).expect(entry.page);
        let headings: Vec<&str> =
            page.lines().filter_map(|line| line.strip_prefix("## ")).collect();
        assert_eq!(headings, HEADINGS, "{}", entry.page);
        named.insert(entry.page.to_owned());
    }
    let there = fs::read_dir(pages).unwrap().map(|page| page.unwrap().file_name());
    let there: BTreeSet<String> = there.map(|name| name.into_string().unwrap()).collect();
    assert_eq!(there, named);
}

/// A code of the catalogue, or both ends of a run of codes, in a row of the bench.
fn covers(row: &str, id: &str) -> bool {
    let (family, number) = id.split_at(3);
    let number: u32 = number.parse().unwrap();
    let mut words = row.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let mut last = None;
    while let Some(word) = words.next() {
        let from = if word == "to" { last } else { None };
        let word = if word == "to" { words.next().unwrap_or_default() } else { word };
        let own = word.strip_prefix(family).and_then(|number| number.parse::<u32>().ok());
        if own == Some(number)
            || own.zip(from).is_some_and(|(own, from)| (from..=own).contains(&number))
        {
            return true;
        }
        last = own;
    }
    false
}

#[test]
fn every_code_that_audits_use_is_in_the_bench() {
    let bench = fs::read_to_string(repository().join("bench/src/detectors.rs")).unwrap();
    let rows: Vec<&str> = bench.lines().filter(|line| line.contains('"')).collect();
    for entry in CATALOGUE.iter().filter(|e| promise(e.code).shown != Shown::OnPages) {
        assert!(rows.iter().any(|row| covers(row, entry.id)), "{}", entry.id);
    }
}

/// Pages under a heading each, `### CODE name`.
fn fixtures(file: &str) -> Vec<(String, String)> {
    let path = repository().join("crates/texts/tests/fixtures").join(file);
    let text = fs::read_to_string(path).unwrap();
    let parts = text.split("### ").filter(|part| !part.trim().is_empty());
    let part =
        |part: &str| part.split_once('\n').map(|(of, page)| (of.to_owned(), page.to_owned()));
    parts.filter_map(part).collect()
}

#[test]
fn codes_of_pages_show_themselves_and_their_grounds_add_up() {
    let dir = tempfile::tempdir().unwrap();
    let mut seen: BTreeSet<String> = BTreeSet::new();
    let long = "甲".repeat(100_000);
    let hostile = ["\u{202e}\u{feff}", "\n\n\n", "9999999999999999999999", &long]
        .map(|page| ("hostile".to_owned(), page.to_owned()));
    let files = ["abusive.txt", "honest.txt"].map(fixtures);
    let pages = files.iter().enumerate().flat_map(|(of, pages)| pages.iter().map(move |p| (of, p)));
    for (of, (name, page)) in pages.chain(hostile.iter().map(|page| (2, page))) {
        fs::write(dir.path().join("page.txt"), page).unwrap();
        let json = qingliu(dir.path(), &["scan", "page.txt", "--json"]).ends(0).json();
        for finding in json["files"][0]["findings"].as_array().unwrap() {
            let id = finding["code"].as_str().unwrap();
            assert!(of == 0, "{id} of what nobody objects to: {name}");
            let number = |value: &serde_json::Value| value.as_f64().unwrap();
            let (bits, score) = (number(&finding["bits"]), number(&finding["score"]));
            let grounds = finding["reasons"].as_array().unwrap();
            let told: f64 = grounds.iter().map(|ground| number(&ground["bits"])).sum();
            assert!((told - bits).abs() < 1e-6 && (0.0..=1.0).contains(&score), "{finding}");
            assert!((score - 1.0 / (1.0 + (10.0 - bits).exp2())).abs() < 1e-6, "{finding}");
            assert!(code(id).entry().id == id);
            seen.insert(id.to_owned());
        }
    }
    for entry in CATALOGUE.iter().filter(|e| promise(e.code).shown == Shown::OnPages) {
        assert!(seen.contains(entry.id), "{} does not show itself", entry.id);
    }
}
