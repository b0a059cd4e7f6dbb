//! What is over leaves the log and nothing else does; transactions stay, once each, with their names; counts do not move.

#![allow(clippy::unwrap_used)] // a test that cannot go on fails

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use events::EventTime;
use live::{Live, LiveError, Options, Retention};
use simulator::Record;
use support::{
    batch, copy, distinct, erase, export, in_step, intake, is_transaction, judge, open, raw,
    scenario, send, wait,
};

const TOGETHER: usize = 500;

fn options(folder: &Path, raw_days: u32) -> Options {
    let retention = Retention { raw_days, ..Retention::default() };
    Options { segment_bytes: 1 << 20, snapshot_every: 10_000, retention, ..in_step(folder) }
}

/// The places at which the files of a log begin.
fn files(folder: &Path) -> Vec<u64> {
    let names = folder.read_dir().unwrap().map(|entry| entry.unwrap().file_name());
    let place = |name: &str| name.strip_suffix(".segment").map(|digits| digits.parse().unwrap());
    let mut places: Vec<u64> = names.filter_map(|name| place(name.to_str().unwrap())).collect();
    places.sort_unstable();
    places
}

/// Keeps a copy of each file of the log that there ever was.
fn copy_files(log: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for place in files(log) {
        let name = format!("{place:020}.segment");
        // It may be removed meanwhile; then it was copied before.
        let _ = std::fs::copy(log.join(&name), to.join(&name));
    }
}

/// Puts events in, and lets a snapshot be written now and then.
fn fill(live: &Live, records: &[Record], mut between: impl FnMut()) {
    for (number, some) in records.chunks(TOGETHER).enumerate() {
        assert!(send(live, batch(&mut intake(), some)).iter().all(|answer| answer.accepted));
        between();
        // Time for a snapshot, after which it is looked what is over.
        if number % 3 == 2 && live.opened().events == 0 {
            std::thread::sleep(std::time::Duration::from_millis(600));
        }
    }
    judge(live);
}

/// What is kept of some accounts: of each id, how often.
fn kept(live: &Live, accounts: &[&str]) -> BTreeMap<String, usize> {
    let mut kept = BTreeMap::new();
    for account in accounts {
        for line in export(live, account) {
            assert!(line["actor"] == **account || line["counterparty"] == **account);
            let named = |column: &str| {
                let text = line.get(column).and_then(|value| value.as_str()).unwrap_or("");
                !text.starts_with('#')
            };
            assert!(
                ["actor", "subject", "owner", "device", "phone"].into_iter().all(named),
                "{line}"
            );
            *kept.entry(line["id"].as_str().unwrap().to_owned()).or_insert(0) += 1;
        }
    }
    kept
}

#[test]
fn what_is_over_leaves_and_transactions_stay() {
    let records = scenario(600).run().records;
    let newest = records.iter().map(|record| record.time).max().unwrap();
    let over = EventTime(newest.0 - EventTime::DAY);
    // A pair of accounts would be given an event that is between them twice.
    let accounts: Vec<&str> = distinct(&records, |r| &r.actor).into_iter().step_by(40).collect();
    let alone: Vec<&Record> = records
        .iter()
        .filter(|record| {
            let has = |text: &str| accounts.binary_search(&text).is_ok();
            has(&record.actor) && !has(&record.counterparty)
        })
        .collect();
    assert!(alone.iter().any(|r| is_transaction(r) && r.time < over), "nothing to keep");

    let folder = tempfile::tempdir().unwrap();
    let (place, all) = (folder.path().join("live"), folder.path().join("all"));
    let forever = open(options(&folder.path().join("forever"), 0));
    fill(&forever, &records, || ());
    let counts = raw(&forever, &records);
    assert_eq!(files(&folder.path().join("forever/log"))[0], 0);
    assert!(!folder.path().join("forever/records").exists());
    forever.close().unwrap();
    drop(forever);

    let live = open(options(&place, 1));
    let removing = folder.path().join("removing");
    fill(&live, &records, || {
        copy_files(&place.join("log"), &all);
        if files(&place.join("log"))[0] > 0 && !removing.exists() {
            copy(&place, &removing);
        }
    });
    wait("removal", || {
        assert_eq!(live.status().failure, None);
        files(&place.join("log"))[0] > 0
    });
    assert_eq!(live.status().failure, None);
    assert_eq!(raw(&live, &records), counts);
    let digest = live.digest();
    live.close().unwrap();
    drop(live);
    let removed = files(&place.join("log"))[0];
    if removing.exists() {
        // Right after a file went, the older snapshot and the log are enough.
        let mut saved: Vec<_> = removing.join("snapshots").read_dir().unwrap().collect();
        saved.sort_by_key(|entry| entry.as_ref().unwrap().file_name());
        assert!(saved.len() > 1);
        std::fs::remove_file(saved.pop().unwrap().unwrap().path()).unwrap();
        std::fs::remove_dir_all(removing.join("judgements")).unwrap();
        open(options(&removing, 1)).close().unwrap();
    }

    let live = open(options(&place, 1));
    assert_eq!((live.opened().replayed, live.digest()), (0, digest));
    let check = |live: &Live, records: &[&Record]| {
        let kept = kept(live, &accounts);
        let mut gone = 0;
        for record in records {
            let times = kept.get(&record.id).copied().unwrap_or(0);
            let must = is_transaction(record) || record.time >= over;
            assert!(times == 1 || times == 0 && !must, "{times} of {record:?}");
            gone += 1 - times;
        }
        gone
    };
    let gone = check(&live, &alone);
    assert!(gone > 0, "none of {} is gone", alone.len());
    assert_eq!(raw(&live, &records), counts);
    judge(&live);
    assert_eq!(raw(&live, &records), counts);
    live.close().unwrap();
    drop(live);

    // A crash between putting transactions into the records and removing the file that they were in: nothing doubled.
    let crashed = folder.path().join("crashed");
    copy(&place, &crashed);
    copy_files(&all, &crashed.join("log"));
    copy_files(&place.join("log"), &crashed.join("log"));
    assert_eq!(files(&crashed.join("log"))[0], 0);
    let live = open(options(&crashed, 1));
    assert_eq!(check(&live, &alone), 0);
    // Later events, so that it is looked again what is over.
    let later: Vec<Record> = (0..3 * 10_000)
        .map(|n| {
            let time = EventTime(newest.0 + n / 100 * EventTime::SECOND);
            Record { id: format!("later {n}"), time, ..records[n as usize % 1_000].clone() }
        })
        .filter(|record| !is_transaction(record))
        .collect();
    fill(&live, &later, || ());
    wait("removal", || files(&crashed.join("log"))[0] >= removed);
    assert_eq!(live.status().failure, None);
    let ids: BTreeSet<&str> = alone.iter().map(|record| &record.id[..]).collect();
    assert_eq!(ids.len(), alone.len());
    assert!(check(&live, &alone) >= gone);
    // What is erased now and was put apart before is not put apart again when its file goes.
    let bought = alone.iter().rev().find(|record| is_transaction(record)).unwrap();
    let transactions = |live: &Live| {
        let lines = export(live, &bought.actor);
        let ids = lines.iter().map(|line| line["id"].as_str().unwrap().to_owned());
        ids.filter(|id| !id.starts_with("later")).collect::<BTreeSet<_>>()
    };
    erase(&live, &bought.actor);
    let put_apart = transactions(&live);
    assert!(put_apart.contains(&bought.id));
    assert_eq!(export(&live, &bought.actor).len(), put_apart.len());
    live.close().unwrap();
    drop(live);

    // Without snapshots a log that does not reach back is refused.
    for folder in ["snapshots", "judgements"] {
        std::fs::remove_dir_all(place.join(folder)).unwrap();
    }
    let refused = Live::open(options(&place, 1), std::sync::Arc::new(|_| ()));
    assert!(matches!(refused.err(), Some(LiveError::Log(_))));
}

#[test]
fn one_wrong_clock_does_not_keep_everything() {
    let mut records = scenario(600).run().records;
    // Years ahead, in the first file: all files leave from the front.
    let wrong = records.iter_mut().skip(1_000).find(|record| !is_transaction(record)).unwrap();
    wrong.time = EventTime(wrong.time.0 + 20 * 365 * EventTime::DAY);
    let folder = tempfile::tempdir().unwrap();
    let live = open(options(folder.path(), 1));
    fill(&live, &records, || ());
    wait("removal", || files(&folder.path().join("log"))[0] > 0);
    assert_eq!(live.status().failure, None);
    live.close().unwrap();
}
