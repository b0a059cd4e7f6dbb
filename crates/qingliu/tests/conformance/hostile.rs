//! Whatever comes in, the program ends, and every number it gives is finite and in its range. Every scheme and all that is
//! planted goes through with its numbers at zero, at their ends, and out of them; with times that are all one, or all over the ages;
//! with its names gone, alike or huge; and with half of its columns missing.

use super::support::{COLUMNS, Row, qingliu, table, texts, write_csv, write_jsonl};
use super::world::{all_rows, audit_town, findings, numbers};
use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use std::path::Path;

/// Scores in [0, 1], bits finite, counts between their bounds, words from their lists.
fn sound(results: &Path, what: &str) {
    let shares = ["accounts", "events", "owners", "points", "findings"];
    let of = |file: &str| table(&results.join(format!("{file}.parquet")));
    for file in shares {
        let scores = numbers(&of(file), "score");
        assert!(scores.iter().all(|score| (0.0..=1.0).contains(score)), "{what}: {file}");
    }
    for file in ["accounts", "groups", "members", "findings"] {
        let bits = numbers(&of(file), "bits");
        assert!(bits.iter().all(|bits| bits.is_finite()), "{what}: {file}");
    }
    for file in ["accounts", "events", "owners", "points", "groups", "subjects"] {
        let known = ["genuine", "suspect", "fake", "bought", "victim"];
        let verdicts = texts(&of(file), "verdict");
        assert!(verdicts.iter().all(|verdict| known.contains(&&verdict[..])), "{what}: {file}");
    }
    let subjects = of("subjects");
    let count = |name: &str| {
        subjects.column_by_name(name).unwrap().as_primitive::<Int64Type>().values().to_vec()
    };
    let [raw, genuine, low, high] = ["raw", "genuine", "low", "high"].map(count);
    for row in 0..raw.len() {
        let sound = 0 <= low[row] && low[row] <= genuine[row] && genuine[row] <= high[row];
        assert!(sound && high[row] <= raw[row], "{what}: row {row} of subjects");
    }
    // Numbers of evidence that are none are written as null, which this does not take.
    let _ = findings(results);
}

/// The place of a column.
fn place(name: &str) -> usize {
    COLUMNS.iter().position(|column| *column == name).unwrap()
}

const NUMBERS: [&str; 4] = ["amount", "rating", "dwell_ms", "weight_g"];
/// What names somebody or something: from `actor` on.
fn names() -> &'static [&'static str] {
    &COLUMNS[place("actor")..=place("counterparty")]
}

/// Changes a row by its place.
type Change = fn(usize, &mut Row);

const CHANGES: [(&str, Change); 8] = [
    ("zeros", |_, row| {
        NUMBERS.iter().for_each(|name| row[place(name)] = "0".to_owned());
        row[place("text")].clear();
    }),
    ("ends", |n, row| {
        let ends = [
            ("amount", ["9223372036854775807", "-9223372036854775808", "1", "-1"]),
            ("rating", ["1e308", "-1e308", "1e-308", "0"]),
            ("dwell_ms", ["4503599627370496", "-4503599627370496", "1", "-1"]),
            ("weight_g", ["2147483647", "-2147483648", "1", "-1"]),
        ];
        // One of them a row: what does not fit is rejected with its row.
        let (name, ends) = ends[n % 4];
        row[place(name)] = ends[n / 4 % 4].to_owned();
    }),
    ("no numbers", |n, row| {
        let none = ["NaN", "inf", "-inf", "", "∞", "0x10", "1,5"];
        if n % 2 == 0 {
            row[place("rating")] = none[n / 2 % 7].to_owned();
        }
    }),
    ("one moment", |_, row| row[place("time")] = "2026-05-05T00:00:00Z".to_owned()),
    ("all ages", |n, row| {
        let ages =
            ["0001-01-01", "1969-12-31", "1970-01-01", "2106-02-08", "2262-04-11", "9999-12-31"];
        if n % 5 == 0 {
            row[place("time")] = format!("{}T23:59:59.999999Z", ages[n / 5 % 6]);
        }
    }),
    ("no names", |n, row| {
        names().iter().for_each(|name| {
            if !(n + place(name)).is_multiple_of(3) {
                row[place(name)].clear();
            }
        });
    }),
    ("hostile names", |n, row| {
        let hostile = ["\"><script>", "\u{202e}\u{0}\u{200b}", "'; drop", "\r\n", "../../..", "🦀"];
        names().iter().filter(|name| **name != "actor").for_each(|name| {
            if (n + place(name)).is_multiple_of(4) {
                row[place(name)] = hostile[n / 7 % 6].to_owned();
            }
        });
        if n % 1_000 == 0 {
            row[place("text")] = "好评返现 加微信 ".repeat(20_000);
            row[place("subject")] = "s".repeat(70_000);
        }
    }),
    ("every kind at once", |n, row| {
        let kinds =
            ["register", "review", "order", "scan", "payout", "refund", "coupon", "subsidy"];
        row[place("kind")] = kinds[n % 8].to_owned();
        row[place("status")] = ["signed", "collected", "overridden", "?"][n / 8 % 4].to_owned();
    }),
];

#[test]
fn every_number_is_in_its_range_whatever_comes_in() {
    let dir = tempfile::tempdir().unwrap();
    let rows = all_rows();
    for (what, change) in CHANGES {
        let mut changed = rows.clone();
        changed.iter_mut().enumerate().for_each(|(n, row)| change(n, row));
        write_csv(&dir.path().join("changed.csv"), &changed);
        audit_town(dir.path(), "changed.csv");
        sound(&dir.path().join("out"), what);
        // Most of it was read, or the test has tried nothing.
        let rejected = table(&dir.path().join("out/rejected.parquet")).num_rows();
        assert!(rejected * 2 < rows.len(), "{what}: {rejected} of {}", rows.len());
    }
}

#[test]
fn one_key_of_everything_and_none_of_anything_are_survived() {
    let dir = tempfile::tempdir().unwrap();
    let kinds = ["register", "view", "like", "review", "cart", "order", "pay", "ship", "scan"];
    let more = ["sign", "refund", "payout", "coupon", "subsidy", "comment", "share"];
    let kinds = [&kinds[..], &more].concat();
    let event = |n: usize, full: bool| {
        let mut row = Row::default();
        row[0] = format!("e{n}");
        row[1] = format!(
            "2026-05-{:02}T{:02}:{:02}:{:02}Z",
            1 + n / 5_000,
            n / 3_600 % 24,
            n / 60 % 60,
            n % 60
        );
        row[2] = kinds[n % kinds.len()].to_owned();
        if full {
            names().iter().for_each(|name| row[place(name)] = "x".to_owned());
            row[place("ip")] = "10.0.0.1".to_owned();
            NUMBERS.iter().for_each(|name| row[place(name)] = "5".to_owned());
            row[place("text")] = "好用，好用，好用，很好用的东西".to_owned();
            row[place("status")] = "signed".to_owned();
            row[place("region")] = "110105".to_owned();
        }
        row
    };
    for (what, rows) in [("one key", 100_000), ("no columns", 20_000)] {
        let full = what == "one key";
        let rows: Vec<Row> = (0..rows).map(|n| event(n, full)).collect();
        write_jsonl(&dir.path().join("rows.jsonl"), &rows);
        audit_town(dir.path(), "rows.jsonl");
        sound(&dir.path().join("out"), what);
        let verdicts = texts(&table(&dir.path().join("out/accounts.parquet")), "verdict");
        assert!(verdicts.iter().all(|verdict| verdict != "fake"), "{what}");
    }
    qingliu(dir.path(), &["audit", "missing.csv", "--out", "out"]).ends(1);
}
