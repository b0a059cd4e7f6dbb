//! Goal: an audit that has seen little accuses nobody the more for it. Method: a market is judged at several places of its
//! history and in windows of it, as a live service sees it; whoever is real is accused at most as often as the budget allows.

#![allow(clippy::unwrap_used)] // a test that cannot go on fails

mod support;

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;

use arrow_array::RecordBatch;
use arrow_array::cast::AsArray;
use arrow_array::types::TimestampMicrosecondType;
use parquet::arrow::ArrowWriter;
use support::{qingliu, table, texts};

/// One genuine account in a thousand, rounded up.
fn budget(genuine: usize) -> usize {
    genuine.div_ceil(1_000)
}

fn write(path: &Path, events: &RecordBatch) {
    let mut writer =
        ArrowWriter::try_new(File::create(path).unwrap(), events.schema(), None).unwrap();
    writer.write(events).unwrap();
    writer.close().unwrap();
}

#[test]
fn a_part_of_a_history_accuses_no_more_than_the_whole_may() {
    let dir = tempfile::tempdir().unwrap();
    let world = ["simulate", "--out", "market", "--people", "2000", "--seed", "41"];
    qingliu(dir.path(), &world).ends(0);
    let events = table(&dir.path().join("market/events.parquet"));
    let times = events.column_by_name("time").unwrap();
    assert!(times.as_primitive::<TimestampMicrosecondType>().values().is_sorted());
    let truth = table(&dir.path().join("market/truth_accounts.parquet"));
    let label: BTreeMap<String, String> =
        texts(&truth, "account").into_iter().zip(texts(&truth, "label")).collect();
    let all = events.num_rows();
    let prefixes = [2, 4, 6, 8, 10].map(|tenths| (0, all * tenths / 10));
    let windows = [1, 3, 5].map(|tenths| (all * tenths / 10, all * 4 / 10));
    let mut found = 0;
    for (from, rows) in prefixes.into_iter().chain(windows) {
        write(&dir.path().join("part.parquet"), &events.slice(from, rows));
        qingliu(dir.path(), &["audit", "part.parquet", "--out", "out"]).ends(0);
        let accounts = table(&dir.path().join("out/accounts.parquet"));
        let (mut genuine, mut accused) = (0, 0);
        for (account, verdict) in
            texts(&accounts, "account").iter().zip(texts(&accounts, "verdict"))
        {
            let is = label.get(account).map_or("", String::as_str);
            genuine += usize::from(is == "genuine");
            accused += usize::from(is == "genuine" && verdict != "genuine");
            found += usize::from(is == "fake" && verdict == "fake");
        }
        assert!(genuine > 500, "{genuine}");
        assert!(accused <= budget(genuine), "{accused} of {genuine}: {rows} events from {from}");
        std::fs::remove_dir_all(dir.path().join("out")).unwrap();
    }
    // Nobody is accused by who says nothing.
    assert!(found > 500, "{found}");
}
