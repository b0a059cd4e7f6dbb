//! Goal: nothing that an input may hold stops the program without a clear reason, and nothing good is lost. Method:
//! each kind of damage is put into or beside good rows; message, exit status and what survives are checked.

#![allow(clippy::unwrap_used)] // a test that cannot go on fails

mod support;

use arrow_array::{BooleanArray, Int64Array};
use arrow_schema::{DataType, Field};
use std::fs;
use std::path::Path;
use std::sync::Arc;
use support::{
    COLUMNS, Ran, Row, plain_rows, qingliu, row, table, text_column, texts, write_batch, write_csv,
    write_parquet,
};

const AUDIT: [&str; 3] = ["audit", "--out", "out"];

fn audit(dir: &Path, inputs: &[&str]) -> Ran {
    qingliu(dir, &[&AUDIT[..], &["--json", "--quiet"], inputs].concat())
}

/// Good rows with some bad ones among them, as CSV.
fn with(bad: &[Row]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let mut rows = plain_rows(200);
    for (place, row) in bad.iter().enumerate() {
        rows.insert(50 + 10 * place, row.clone());
    }
    write_csv(&dir.path().join("a.csv"), &rows);
    dir
}

/// All good rows came through, and these were rejected: (file, row, column, a word of the reason).
#[track_caller]
fn survived(dir: &Path, rejected: &[(&str, i64, &str, &str)]) -> serde_json::Value {
    let json = audit(dir, &["a.csv"]).ends(0).json();
    assert_eq!(json["input"]["rejected"], rejected.len(), "{json:#}");
    let written = table(&dir.join("out/rejected.parquet"));
    assert_eq!(written.num_rows(), rejected.len());
    let (files, columns, reasons) =
        (texts(&written, "file"), texts(&written, "column"), texts(&written, "reason"));
    let rows = written.column_by_name("row").unwrap();
    let rows = arrow_array::cast::AsArray::as_primitive::<arrow_array::types::Int64Type>(rows);
    for (place, (file, row, column, reason)) in rejected.iter().enumerate() {
        assert_eq!(
            (files[place].as_str(), rows.value(place), columns[place].as_str()),
            (*file, *row, *column),
            "{reasons:?}"
        );
        assert!(reasons[place].contains(reason), "{reasons:?}");
    }
    let ids = texts(&table(&dir.join("out/events.parquet")), "id");
    for number in 0..200 {
        assert!(ids.contains(&format!("e{number}")), "e{number} is lost");
    }
    json
}

fn changed(column: &str, cell: &str) -> Row {
    let mut row = row("bad", "2026-03-02T10:00:00Z", "like", "a1", "s1");
    row[COLUMNS.iter().position(|name| *name == column).unwrap()] = cell.to_owned();
    row
}

#[test]
fn empty_files() {
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in [("a.csv", ""), ("b.csv", "\n\n"), ("c.parquet", ""), ("d.jsonl", " ")] {
        fs::write(dir.path().join(name), text).unwrap();
        audit(dir.path(), &[name]).ends(1).complains(&[name, "empty"]);
    }
    fs::write(dir.path().join("e.csv"), "id,time,kind,actor\n").unwrap();
    audit(dir.path(), &["e.csv"]).ends(1).complains(&["no rows"]);
    assert!(!dir.path().join("out").exists());
}

#[test]
fn missing_columns() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("a.csv"), "id,kind,actor\nx,like,a\n").unwrap();
    audit(dir.path(), &["a.csv", "--mapping", "contract"]).ends(1).complains(&["a.csv", "`time`"]);
    fs::write(dir.path().join("b.csv"), "colour,weight\nred,3\n").unwrap();
    audit(dir.path(), &["b.csv"]).ends(1).complains(&["b.csv", "colour", "mapping"]);
    audit(dir.path(), &["nonesuch.csv"]).ends(1).complains(&["nonesuch.csv"]);
}

#[test]
fn wrong_types() {
    let dir =
        with(&[changed("amount", "a lot"), changed("rating", "five"), changed("time", "soon")]);
    survived(
        dir.path(),
        &[
            ("a.csv", 51, "amount", "a lot"),
            ("a.csv", 61, "rating", "five"),
            ("a.csv", 71, "time", "soon"),
        ],
    );
    // A Parquet column of a type that means nothing there spoils every row, and the message says so.
    let dir = tempfile::tempdir().unwrap();
    let (mut fields, mut arrays) = (Vec::new(), Vec::new());
    for (name, cells) in [("id", ["x", "y"]), ("kind", ["like", "like"]), ("actor", ["a", "b"])] {
        let (field, array) = text_column(name, &cells);
        fields.push(field);
        arrays.push(array);
    }
    fields.push(Field::new("time", DataType::Boolean, true));
    arrays.push(Arc::new(BooleanArray::from(vec![true, false])));
    write_batch(&dir.path().join("b.parquet"), fields, arrays);
    audit(dir.path(), &["b.parquet"]).ends(1).complains(&["b.parquet", "time"]);
}

#[test]
fn broken_utf8() {
    let dir = with(&[changed("actor", "BROKEN")]);
    let path = dir.path().join("a.csv");
    let mut bytes = fs::read(&path).unwrap();
    let at = bytes.windows(6).position(|bytes| bytes == b"BROKEN").unwrap();
    bytes[at + 2] = 0xff;
    fs::write(&path, bytes).unwrap();
    survived(dir.path(), &[("a.csv", 51, "actor", "not valid text")]);
}

#[test]
fn damaged_files() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.parquet");
    write_parquet(&path, &plain_rows(5_000));
    let whole = fs::read(&path).unwrap();
    for length in [4, 9, whole.len() / 2, whole.len() - 5] {
        fs::write(&path, &whole[..length]).unwrap();
        audit(dir.path(), &["a.parquet"]).ends(1).complains(&["a.parquet"]);
    }
    // Noise in the middle: whatever it hits, it is no panic, and a failure names the file.
    for at in (4..whole.len() - 8).step_by(whole.len() / 40) {
        let mut noisy = whole.clone();
        noisy[at..at + 8].fill(0xa5);
        fs::write(&path, &noisy).unwrap();
        let ran = audit(dir.path(), &["a.parquet", "--max-rejected", "1"]);
        if ran.status == 0 {
            ran.ends(0);
        } else {
            ran.ends(1).complains(&["a.parquet"]);
        }
    }
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    let csv = dir.path().join("b.csv");
    write_csv(&csv, &plain_rows(20_000));
    std::io::Write::write_all(&mut gz, &fs::read(&csv).unwrap()).unwrap();
    let packed = gz.finish().unwrap();
    fs::write(dir.path().join("b.csv.gz"), &packed[..packed.len() / 2]).unwrap();
    audit(dir.path(), &["b.csv.gz"]).ends(1).complains(&["b.csv.gz"]);
}

#[test]
fn a_stray_quote() {
    let dir = with(&[changed("text", "QUOTE")]);
    let path = dir.path().join("a.csv");
    let text = fs::read_to_string(&path).unwrap().replace("QUOTE", "\"never closed");
    fs::write(&path, text).unwrap();
    survived(dir.path(), &[("a.csv", 51, "text", "quote")]);
}

#[test]
fn times_at_the_edges() {
    let dir = with(&[
        changed("time", "1970-01-01T00:00:00Z"),
        changed("time", "2099-12-31T23:59:59Z"),
        changed("time", "2101-01-01T00:00:00Z"),
    ]);
    let json =
        survived(dir.path(), &[("a.csv", 51, "time", "1980"), ("a.csv", 71, "time", "2099")]);
    assert_eq!(json["input"]["last"], "2099-12-31T23:59:59Z");
    assert_eq!(json["input"]["events"], 201);
}

#[test]
fn negative_amounts() {
    let dir = with(&[changed("amount", "-500"), changed("dwell_ms", "-1")]);
    survived(
        dir.path(),
        &[("a.csv", 51, "amount", "negative"), ("a.csv", 61, "dwell_ms", "negative")],
    );
}

#[test]
fn a_text_of_ten_megabytes() {
    let dir = with(&[changed("text", &"好评".repeat(10_000_000 / 6))]);
    let json = survived(dir.path(), &[]);
    assert_eq!(json["input"]["cut_texts"], 1);
    assert_eq!(json["input"]["events"], 201);
}

#[test]
fn a_million_events_of_one_actor() {
    const EVENTS: i64 = 1_000_000;
    let dir = tempfile::tempdir().unwrap();
    let texts_of = |name: &str, text: &dyn Fn(i64) -> String| {
        let array = arrow_array::StringArray::from_iter_values((0..EVENTS).map(text));
        (Field::new(name, DataType::Utf8, true), Arc::new(array) as arrow_array::ArrayRef)
    };
    let start = 1_772_000_000_000_000i64;
    let times = Int64Array::from_iter_values((0..EVENTS).map(|n| start + n * 50_000));
    let (fields, arrays): (Vec<_>, Vec<_>) = [
        texts_of("id", &|n| format!("e{n}")),
        texts_of("kind", &|_| "view".to_owned()),
        texts_of("actor", &|_| "the one".to_owned()),
        texts_of("subject", &|n| format!("s{}", n % 1_000)),
        (Field::new("time", DataType::Int64, true), Arc::new(times)),
    ]
    .into_iter()
    .unzip();
    write_batch(&dir.path().join("a.parquet"), fields, arrays);
    let json = audit(dir.path(), &["a.parquet"]).ends(0).json();
    assert_eq!(json["input"]["events"], EVENTS);
    let accounts = table(&dir.path().join("out/accounts.parquet"));
    assert_eq!(texts(&accounts, "account"), ["the one"]);
    assert_eq!(table(&dir.path().join("out/events.parquet")).num_rows() as i64, EVENTS);
}

#[test]
fn an_id_used_twice() {
    let mut rows = plain_rows(200);
    rows.push(rows[7].clone());
    let dir = tempfile::tempdir().unwrap();
    write_csv(&dir.path().join("a.csv"), &rows);
    let json = survived(dir.path(), &[]);
    assert_eq!(json["input"]["duplicates"], 1);
    assert_eq!(json["input"]["events"], 200);
}

#[test]
fn folders_without_tables() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join("nothing")).unwrap();
    fs::write(dir.path().join("nothing/readme.md"), "nothing here").unwrap();
    audit(dir.path(), &["nothing"]).ends(1).complains(&["nothing", "holds no table"]);
}

#[test]
fn too_many_bad_rows_are_an_error_that_names_the_first() {
    let bad: Vec<Row> = (0..15).map(|_| changed("amount", "much")).collect();
    let dir = with(&bad);
    audit(dir.path(), &["a.csv"]).ends(1).complains(&[
        "15 of 215 rows",
        "--max-rejected",
        "a.csv, row 51, column `amount`",
        "much",
    ]);
    assert!(!dir.path().join("out").exists());
    let json = audit(dir.path(), &["a.csv", "--max-rejected", "10%"]).ends(0).json();
    assert_eq!(json["input"]["rejected"], 15);
    assert_eq!(json["input"]["events"], 200);
}

#[test]
fn other_things_than_tables() {
    let dir = tempfile::tempdir().unwrap();
    let noise: Vec<u8> =
        (0..5_000u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    for (name, bytes) in [
        ("picture.csv", &noise[..]),
        ("sheet.csv", b"PK\x03\x04\x14\x00\x06\x00"),
        ("list.json", b"[{\"id\": 1}]"),
        ("wide.csv", b"\xff\xfei\x00d\x00"),
    ] {
        fs::write(dir.path().join(name), bytes).unwrap();
        audit(dir.path(), &[name]).ends(1).complains(&[name]);
    }
    audit(dir.path(), &["/dev/null"]).ends(1).complains(&["/dev/null"]);
}
