//! Goal: the same input gives the same bytes. Method: one simulated market is written in several formats, cuts and
//! orders and audited with several numbers of workers; every table and the page must be the same file.

#![allow(clippy::unwrap_used)] // a test that cannot go on fails

mod support;

use rand::SeedableRng;
use rand::seq::SliceRandom;
use std::fs;
use std::path::Path;
use support::{Row, fixed_files, market, qingliu, write_csv, write_jsonl, write_parquet};

/// Audits the folder `data` beside which it is called, so that the input has the same name however it is cut.
fn audited(home: &Path, workers: &str) -> Vec<(String, Vec<u8>)> {
    qingliu(home, &["audit", "data", "--out", "out", "--workers", workers, "--quiet"]).ends(0);
    fixed_files(&home.join("out"))
}

fn folder(root: &Path, name: &str) -> std::path::PathBuf {
    let home = root.join(name);
    fs::create_dir_all(home.join("data")).unwrap();
    home
}

type Write = fn(&Path, &[Row]);

#[track_caller]
fn same(what: &str, a: &[(String, Vec<u8>)], b: &[(String, Vec<u8>)]) {
    assert_eq!(a.len(), 11, "{what}");
    for (a, b) in a.iter().zip(b) {
        assert_eq!(a.0, b.0, "{what}");
        assert!(a.1 == b.1, "{what}: {} differs", a.0);
    }
}

#[test]
fn workers_files_formats_and_order_do_not_show() {
    let rows = market(500, 4);
    let root = tempfile::tempdir().unwrap();
    let home = folder(root.path(), "one");
    write_parquet(&home.join("data/events.parquet"), &rows);
    let first = audited(&home, "1");
    for workers in ["2", "4"] {
        same(&format!("{workers} workers"), &first, &audited(&home, workers));
    }

    let mut shuffled = rows.clone();
    shuffled.shuffle(&mut rand::rngs::ChaCha8Rng::seed_from_u64(5));
    let home = folder(root.path(), "shuffled");
    write_parquet(&home.join("data/events.parquet"), &shuffled);
    same("shuffled", &first, &audited(&home, "2"));

    let formats: [(&str, Write); 3] =
        [("parquet", write_parquet), ("csv", write_csv), ("jsonl", write_jsonl)];
    for (format, write) in formats {
        let home = folder(root.path(), &format!("ten-{format}"));
        let cut = if format == "csv" { &shuffled } else { &rows };
        for (number, piece) in cut.chunks(cut.len().div_ceil(10)).enumerate() {
            write(&home.join(format!("data/part-{number}.{format}")), piece);
        }
        same(&format!("ten files of {format}"), &first, &audited(&home, "2"));
        if format != "parquet" {
            let home = folder(root.path(), &format!("one-{format}"));
            write(&home.join(format!("data/events.{format}")), &rows);
            same(&format!("one file of {format}"), &first, &audited(&home, "2"));
        }
    }
}

#[test]
fn events_given_twice_change_nothing_but_what_was_read() {
    let rows = market(300, 3);
    let root = tempfile::tempdir().unwrap();
    let once = folder(root.path(), "once");
    write_csv(&once.join("data/a.csv"), &rows);
    let twice = folder(root.path(), "twice");
    write_csv(&twice.join("data/a.csv"), &rows);
    write_csv(&twice.join("data/b.csv"), &rows[rows.len() / 2..]);
    let tables = |files: Vec<(String, Vec<u8>)>| -> Vec<_> {
        files.into_iter().filter(|file| file.0 != "report.html").collect()
    };
    let (once, twice) = (tables(audited(&once, "2")), tables(audited(&twice, "3")));
    assert_eq!(once.len(), 10);
    assert!(once == twice);
}

#[test]
fn late_events_within_the_lateness_change_nothing() {
    let rows = market(300, 3);
    let mut late = rows.clone();
    // Each stretch of forty events is turned around: that is far less than a day.
    late.chunks_mut(40).for_each(<[Row]>::reverse);
    let root = tempfile::tempdir().unwrap();
    let mut results = Vec::new();
    for (name, rows) in [("sorted", &rows), ("late", &late)] {
        let home = folder(root.path(), name);
        write_csv(&home.join("data/a.csv"), rows);
        let arguments = ["audit", "data", "--out", "out", "--lateness", "1d", "--quiet", "--json"];
        let json = qingliu(&home, &arguments).ends(0).json();
        assert_eq!(json["input"]["late"], 0);
        results.push(fixed_files(&home.join("out")));
    }
    same("late", &results[0], &results[1]);
    let home = folder(root.path(), "late");
    let arguments = ["audit", "data", "--out", "out", "--lateness", "1ms", "--quiet", "--json"];
    let json = qingliu(&home, &arguments).ends(0).json();
    assert!(json["input"]["late"].as_u64().unwrap() > 0);
}
