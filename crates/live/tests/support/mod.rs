//! Worlds as batches, and a live engine to put them into.
#![allow(dead_code, clippy::unwrap_used)]

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use events::{Armour, Batch, Column, Intake, Key, Kind, Mapping};
use live::{Answer, Live, Options, Pace, Wait};
use simulator::{Hardness, Record, Scenario, Scheme};

pub fn scenario(people: u32) -> Scenario {
    let schemes = vec![Scheme::DeviceFarm, Scheme::BulkMembers];
    Scenario { seed: 4, people, days: 4, schemes, hardness: Hardness::plain() }
}

pub fn intake() -> Intake {
    let header = Column::ALL.map(|(_, name)| name);
    let mapping = Mapping::named("contract").unwrap();
    mapping.bind(&header).unwrap().intake(Armour::None)
}

pub fn batch(intake: &mut Intake, records: &[Record]) -> Batch {
    for (number, record) in records.iter().enumerate() {
        record.put(intake, number as u64);
    }
    let (batch, rejected) = intake.finish();
    assert!(rejected.is_empty(), "{:?}", rejected.first());
    batch
}

/// Judges in step, so that runs can be compared decision by decision.
pub fn in_step(folder: &Path) -> Options {
    let pace = Pace { interval: 6 * 3_600_000_000, in_step: true, ..Pace::default() };
    Options { pace, snapshot_every: 10_000, ..Options::new(folder.to_owned()) }
}

pub fn open(options: Options) -> Live {
    Live::open(options, Arc::new(|_| ())).unwrap()
}

pub fn send(live: &Live, batch: Batch) -> Vec<Answer> {
    let (reply, heard) = channel();
    live.submit(batch, Wait::Decided, Box::new(move |answers| reply.send(answers).unwrap()))
        .unwrap();
    heard.recv().unwrap().unwrap()
}

pub fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in from.read_dir().unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else if entry.file_name() != "lock" {
            // A file that goes away meanwhile was not finished.
            let _ = std::fs::copy(entry.path(), target);
        }
    }
}

/// The distinct texts of a column.
pub fn distinct(records: &[Record], of: fn(&Record) -> &str) -> Vec<&str> {
    let mut texts: Vec<&str> = records.iter().map(of).filter(|text| !text.is_empty()).collect();
    texts.sort_unstable();
    texts.dedup();
    texts
}

/// How many events of each kind every subject has.
pub fn raw(live: &Live, records: &[Record]) -> Vec<Vec<(Kind, u64)>> {
    let subjects = distinct(records, |record| &record.subject).into_iter();
    let counts = subjects.map(|subject| live.counts(Key::of(subject)));
    counts.map(|rows| rows.iter().map(|row| (row.metric, row.raw)).collect()).collect()
}

/// What an account is given of its events.
pub fn export(live: &Live, account: &str) -> Vec<serde_json::Value> {
    let mut lines = Vec::new();
    let written = live.export(Key::of(account), &mut lines).unwrap();
    let text = String::from_utf8(lines).unwrap();
    let read: Vec<_> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(written as usize, read.len());
    read
}

pub fn erase(live: &Live, account: &str) -> u64 {
    let (done, heard) = channel();
    live.erase(Key::of(account), Box::new(move |events| done.send(events).unwrap())).unwrap();
    heard.recv().unwrap().unwrap()
}

/// Files of a folder in which a text is found; `records` is left out.
pub fn holding(folder: &Path, text: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in folder.read_dir().unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            if !path.ends_with("records") {
                found.extend(holding(&path, text));
            }
        } else {
            let bytes = std::fs::read(&path).unwrap();
            if bytes.windows(text.len()).any(|some| some == text.as_bytes()) {
                found.push(path);
            }
        }
    }
    found
}

/// Waits until something is so.
pub fn wait(what: &str, mut so: impl FnMut() -> bool) {
    let start = Instant::now();
    while !so() {
        assert!(start.elapsed() < Duration::from_secs(120), "not within two minutes: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Whether the law wants an event kept.
pub fn is_transaction(record: &Record) -> bool {
    matches!(
        record.kind,
        Kind::Order
            | Kind::Pay
            | Kind::Ship
            | Kind::Sign
            | Kind::Refund
            | Kind::Payout
            | Kind::Coupon
            | Kind::Subsidy
    ) || record.kind == Kind::Scan && !record.parcel.is_empty()
}

pub fn judge(live: &Live) -> u64 {
    let (done, heard) = channel();
    live.judge_now(Box::new(move |number| done.send(number).unwrap())).unwrap();
    heard.recv().unwrap().unwrap()
}
