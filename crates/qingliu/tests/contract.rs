//! Goal: results are what the contract says. Method: every file of an audit is opened and its columns, their types
//! and the agreement between files are checked.

#![allow(clippy::unwrap_used)] // a test that cannot go on fails

mod support;

use arrow_array::Array;
use arrow_array::cast::AsArray;
use arrow_array::types::{Float32Type, Int64Type};
use arrow_schema::{DataType, TimeUnit};
use std::collections::BTreeSet;
use std::fs;
use support::{market, qingliu, table, texts, write_csv};

fn columns(file: &str) -> Vec<(&'static str, &'static str)> {
    match file {
        "accounts" => vec![
            ("account", "text"),
            ("score", "share"),
            ("verdict", "text"),
            ("group", "number?"),
            ("findings", "texts"),
            ("bits", "real"),
        ],
        "events" => vec![
            ("id", "text"),
            ("score", "share"),
            ("verdict", "text"),
            ("group", "number?"),
            ("arrival", "share"),
        ],
        "groups" => vec![
            ("group", "number"),
            ("accounts", "number"),
            ("subjects", "number"),
            ("events", "number"),
            ("first", "time"),
            ("last", "time"),
            ("bits", "real"),
            ("classes", "texts"),
            ("verdict", "text"),
        ],
        "members" => vec![("group", "number"), ("account", "text"), ("bits", "real")],
        "subjects" => vec![
            ("subject", "text"),
            ("owner", "text?"),
            ("metric", "text"),
            ("raw", "number"),
            ("genuine", "number"),
            ("low", "number"),
            ("high", "number"),
            ("verdict", "text"),
        ],
        "owners" => vec![
            ("owner", "text"),
            ("raw", "number"),
            ("genuine", "number"),
            ("score", "share"),
            ("verdict", "text"),
            ("findings", "texts"),
        ],
        "points" => vec![
            ("point", "text"),
            ("parcels", "number"),
            ("score", "share"),
            ("verdict", "text"),
            ("findings", "texts"),
        ],
        "cohorts" => cohort_columns(),
        "findings" => vec![
            ("finding", "text"),
            ("code", "text"),
            ("subject_kind", "text"),
            ("subject", "text"),
            ("time", "time"),
            ("score", "share"),
            ("bits", "real"),
            ("evidence", "text"),
        ],
        "rejected" => {
            vec![("file", "text"), ("row", "number"), ("column", "text?"), ("reason", "text")]
        }
        other => panic!("{other}"),
    }
}

fn cohort_columns() -> Vec<(&'static str, &'static str)> {
    vec![
        ("begins", "time"),
        ("days", "number"),
        ("members", "number"),
        ("fake", "number"),
        ("suspect", "number"),
        ("genuine", "number"),
        ("intent", "number"),
        ("idle", "number"),
        ("seen_1d", "number"),
        ("active_1d", "number"),
        ("expected_1d", "real?"),
        ("seen_7d", "number"),
        ("active_7d", "number"),
        ("expected_7d", "real?"),
        ("seen_30d", "number"),
        ("active_30d", "number"),
        ("expected_30d", "real?"),
        ("real", "number"),
        ("low", "number"),
        ("high", "number"),
    ]
}

const TABLES: [&str; 10] = [
    "accounts", "events", "groups", "members", "subjects", "owners", "points", "findings",
    "cohorts", "rejected",
];

fn check(file: &str, batch: &arrow_array::RecordBatch) {
    for (name, kind) in columns(file) {
        let array = batch.column_by_name(name).unwrap_or_else(|| panic!("{file}.{name}"));
        let data = array.data_type();
        let right = match kind.trim_end_matches('?') {
            "text" => *data == DataType::Utf8,
            "texts" => matches!(data, DataType::List(item) if *item.data_type() == DataType::Utf8),
            "number" => matches!(data, DataType::Int32 | DataType::Int64),
            "real" | "share" => *data == DataType::Float32,
            "time" => *data == DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
            other => panic!("{other}"),
        };
        assert!(right, "{file}.{name} is {data}");
        assert!(kind.ends_with('?') || array.null_count() == 0, "{file}.{name} has nulls");
        if kind == "share" {
            let shares = array.as_primitive::<Float32Type>();
            assert!(shares.values().iter().all(|s| (0.0..=1.0).contains(s)), "{file}.{name}");
        }
    }
    if let Some(verdicts) = batch.column_by_name("verdict") {
        let words: &[&str] = match file {
            "owners" => &["genuine", "suspect", "bought", "victim"],
            _ => &["genuine", "suspect", "fake"],
        };
        let verdicts = verdicts.as_string::<i32>();
        assert!(verdicts.iter().all(|word| words.contains(&word.unwrap())), "{file}");
    }
}

#[test]
fn every_file_has_every_column_and_they_agree() {
    let dir = tempfile::tempdir().unwrap();
    let rows = market(800, 5);
    write_csv(&dir.path().join("events.csv"), &rows);
    let ran = qingliu(dir.path(), &["audit", "events.csv", "--out", "out", "--json", "--quiet"]);
    let json = ran.ends(0).json();
    let out = dir.path().join("out");
    let names: BTreeSet<String> = fs::read_dir(&out)
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .collect();
    let expected = TABLES.map(|name| format!("{name}.parquet")).into_iter();
    let expected: BTreeSet<String> =
        expected.chain(["summary.json".to_owned(), "report.html".to_owned()]).collect();
    assert_eq!(names, expected);
    for name in TABLES {
        check(name, &table(&out.join(format!("{name}.parquet"))));
    }
    let written: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(out.join("summary.json")).unwrap()).unwrap();
    assert_eq!(written, json);
    for key in ["counts", "rates", "versions", "policy", "seed", "timings", "memory"] {
        assert!(!written[key].is_null(), "{key}");
    }

    // One row for every account that acts; whoever is only acted upon may be there too. Sorted by name.
    let accounts = texts(&table(&out.join("accounts.parquet")), "account");
    assert!(accounts.is_sorted());
    let listed: BTreeSet<&String> = accounts.iter().collect();
    assert_eq!(listed.len(), accounts.len());
    let column = |place: usize| rows.iter().map(move |row| &row[place]).filter(|c| !c.is_empty());
    let actors: BTreeSet<&String> = column(3).collect();
    assert!(actors.is_subset(&listed));
    let others: BTreeSet<&String> = column(4).chain(column(5)).chain(column(16)).collect();
    assert!(listed.difference(&actors).all(|account| others.contains(account)));

    // One row for every event of a kind that counts, in the order of time.
    let counted: Vec<&support::Row> =
        rows.iter().filter(|row| events::Kind::of(&row[2]).counts()).collect();
    let ids = texts(&table(&out.join("events.parquet")), "id");
    assert_eq!(ids.len(), counted.len());
    let times: std::collections::BTreeMap<&str, &str> =
        counted.iter().map(|row| (row[0].as_str(), row[1].as_str())).collect();
    assert!(ids.is_sorted_by_key(|id| times[id.as_str()]));

    // Counts are bounded by their bounds, and raw counts are what was read.
    let subjects = table(&out.join("subjects.parquet"));
    let number = |name: &str| subjects.column_by_name(name).unwrap().as_primitive::<Int64Type>();
    for row in 0..subjects.num_rows() {
        let [low, genuine, high, raw] =
            ["low", "genuine", "high", "raw"].map(|name| number(name).value(row));
        assert!(0 <= low && low <= genuine && genuine <= high && high <= raw);
    }
    let with_subject = counted.iter().filter(|row| !row[4].is_empty()).count() as i64;
    assert_eq!(number("raw").values().iter().sum::<i64>(), with_subject);

    // Groups and members agree; evidence is JSON.
    let members = table(&out.join("members.parquet"));
    let groups = table(&out.join("groups.parquet"));
    let sizes = groups.column_by_name("accounts").unwrap().as_primitive::<Int64Type>();
    assert_eq!(sizes.values().iter().sum::<i64>(), members.num_rows() as i64);
    let findings = table(&out.join("findings.parquet"));
    for evidence in texts(&findings, "evidence") {
        let value: serde_json::Value = serde_json::from_str(&evidence).unwrap();
        assert!(value.is_object());
    }
    let names = texts(&findings, "finding");
    assert!(names.is_sorted() && names.iter().collect::<BTreeSet<_>>().len() == names.len());
}

#[test]
fn a_hundred_rows_are_enough() {
    let dir = tempfile::tempdir().unwrap();
    write_csv(&dir.path().join("few.csv"), &support::plain_rows(100));
    let ran = qingliu(dir.path(), &["audit", "few.csv", "--out", "out", "--json"]).ends(0);
    let json = ran.json();
    assert_eq!(json["input"]["events"], 100);
    assert_eq!(json["counts"]["counted_events"], 100);
    for name in TABLES {
        check(name, &table(&dir.path().join(format!("out/{name}.parquet"))));
    }
}
