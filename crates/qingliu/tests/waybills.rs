//! Goal: booked lists are told from warehouses, pools, villages and holidays, and accuse no account. Method: a market with the
//! scheme and the couriers that come with it goes through the whole program; its truth says who is who. Bought numbers are of
//! carriers of which few of the clients have numbers otherwise, so the clients may go unnamed here.

#![allow(clippy::unwrap_used)] // a test that cannot go on fails

mod support;

use std::collections::BTreeSet;
use std::path::Path;

use arrow_array::{Array, cast::AsArray};
use support::{Row, fixed_files, qingliu, rows_of, table, texts};
use support::{write_csv, write_jsonl, write_parquet};

/// Those of a truth table that it says it of.
fn truly(path: &Path, name: &str, flag: &str) -> BTreeSet<String> {
    let truth = table(path);
    let flags = truth.column_by_name(flag).unwrap().as_boolean();
    let named = texts(&truth, name).into_iter().enumerate();
    named
        .filter(|(row, _)| flags.is_valid(*row) && flags.value(*row))
        .map(|(_, name)| name)
        .collect()
}

#[test]
fn strangers_numbers_name_the_outlet_that_books_them() {
    let dir = tempfile::tempdir().unwrap();
    let world = ["simulate", "--out", "market", "--schemes", "S15", "--seed", "3"];
    qingliu(dir.path(), &world).ends(0);
    for workers in ["1", "3"] {
        let out = format!("out{workers}");
        let audit = ["audit", "market/events.parquet", "--out", &out, "--workers", workers];
        qingliu(dir.path(), &audit).ends(0);
    }
    let market = dir.path().join("market");
    let mut guilty = truly(&market.join("truth_owners.parquet"), "owner", "bought");
    let outlets = truly(&market.join("truth_points.parquet"), "point", "colluding");
    guilty.extend(outlets.iter().cloned());

    let out = dir.path().join("out1");
    let findings = table(&out.join("findings.parquet"));
    let rows = texts(&findings, "code").into_iter().zip(texts(&findings, "subject"));
    let named: BTreeSet<String> = rows.filter(|row| row.0 == "LOG04").map(|row| row.1).collect();
    assert!(named.is_subset(&guilty), "{named:?}");
    assert!(!outlets.is_empty() && outlets.is_subset(&named), "{named:?}");

    // Its tracks are impossible too, and that makes it suspect.
    let rows = texts(&findings, "code").into_iter().zip(texts(&findings, "subject"));
    let tracks: BTreeSet<String> = rows.filter(|row| row.0 == "LOG02").map(|row| row.1).collect();
    assert!(outlets.is_subset(&tracks), "{tracks:?}");
    let points = table(&out.join("points.parquet"));
    let verdicts = texts(&points, "point").into_iter().zip(texts(&points, "verdict"));
    let looked_at: Vec<String> =
        verdicts.filter(|row| outlets.contains(&row.0)).map(|row| row.1).collect();
    assert_eq!(looked_at, ["suspect"]);
    let accounts = texts(&table(&out.join("accounts.parquet")), "verdict");
    assert!(accounts.iter().all(|verdict| verdict == "genuine"));
    assert!(fixed_files(&out) == fixed_files(&dir.path().join("out3")), "workers show");
}

#[test]
fn numbers_are_read_alike_from_all_formats() {
    let schemes = vec![simulator::Scheme::ForgedTracks];
    let rows = rows_of(&simulator::Scenario { seed: 3, schemes, ..Default::default() });
    let dir = tempfile::tempdir().unwrap();
    type Write = fn(&Path, &[Row]);
    let formats: [(&str, Write); 3] =
        [("parquet", write_parquet), ("csv", write_csv), ("jsonl", write_jsonl)];
    let found = formats.map(|(format, write)| {
        let file = format!("events.{format}");
        write(&dir.path().join(&file), &rows);
        qingliu(dir.path(), &["audit", &file, "--out", format, "--quiet"]).ends(0);
        let findings = table(&dir.path().join(format).join("findings.parquet"));
        let rows = texts(&findings, "code").into_iter().zip(texts(&findings, "evidence"));
        rows.filter(|row| row.0 == "LOG04").collect::<Vec<_>>()
    });
    assert!(!found[0].is_empty(), "{found:?}");
    assert_eq!(found[0], found[1]);
    assert_eq!(found[0], found[2]);
}
