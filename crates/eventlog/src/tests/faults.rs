//! Whatever call to the disk fails, and however: what a commit reported is there, what follows it is a prefix of what
//! was appended, and nothing is taken between the failure and the healing.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tempfile::TempDir;

use super::faulty::{Fault, Faulty, REPAIRED};
use crate::{Log, LogError, Position, Settings, Sync};

pub(super) const FAULTS: [Fault; 4] = [Fault::Full, Fault::Once, Fault::Late, Fault::Gone];

/// In memory where the system offers it: no test here cuts the power.
pub(super) fn folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.unwrap()
}

pub(super) fn settings(sync: Sync) -> Settings {
    Settings { segment_bytes: 4096, max_record: 2000, identity: Some(9), sync }
}

pub(super) fn faulty(fault: Fault, at: usize) -> (Box<Faulty>, Arc<AtomicUsize>) {
    let calls = Arc::new(AtomicUsize::new(0));
    (Box::new(Faulty { fault, at, calls: calls.clone(), most: 700 }), calls)
}

fn payload(number: u64) -> Vec<u8> {
    let length = (number * 7919 % 900) as usize;
    number.to_le_bytes().into_iter().cycle().take(length).collect()
}

pub(super) fn contents(log: &Log) -> Vec<(Position, Vec<u8>)> {
    let mut reader = log.reader(Position::START).unwrap();
    let mut all = Vec::new();
    while let Some(record) = reader.read().unwrap() {
        all.push((record.position, record.payload.to_vec()));
    }
    all
}

/// What a writer knows of its log.
#[derive(Default)]
pub(super) struct Ledger {
    pub appended: Vec<(Position, Vec<u8>)>,
    pub committed: usize,
}

/// Appends and commits until `records` are committed or the log fails.
pub(super) fn work(log: &mut Log, ledger: &mut Ledger, records: u64) -> Result<(), LogError> {
    for number in ledger.appended.len() as u64..records {
        let payload = payload(number);
        let position = log.append(1, &payload)?;
        ledger.appended.push((position, payload));
        if number % 5 == 4 {
            log.commit()?;
            ledger.committed = ledger.appended.len();
        }
    }
    log.commit()?;
    ledger.committed = ledger.appended.len();
    Ok(())
}

pub(super) fn assert_kept(log: &Log, ledger: &Ledger, context: &str) {
    let all = contents(log);
    assert!(all.len() >= ledger.committed, "{context}: lost what was committed");
    assert_eq!(all, ledger.appended[..all.len()], "{context}");
}

#[test]
fn at_every_call_a_failure_poisons_and_opening_anew_keeps_what_was_committed() {
    for fault in FAULTS {
        for at in 0.. {
            let (folder, mut ledger) = (folder(), Ledger::default());
            let (disk, calls) = faulty(fault, at);
            let context = format!("{fault:?} at call {at}");
            if let Ok((mut log, _)) = Log::open_on(disk, folder.path(), settings(Sync::Always)) {
                if work(&mut log, &mut ledger, 60).is_ok() && calls.load(Ordering::SeqCst) <= at {
                    assert!(at > 60, "too few calls to learn from");
                    break;
                }
                if ledger.committed < 60 {
                    assert!(matches!(log.append(1, b""), Err(LogError::Poisoned { .. })));
                    assert!(matches!(log.commit(), Err(LogError::Poisoned { .. })));
                    assert!(matches!(log.roll(), Err(LogError::Poisoned { .. })));
                }
            }
            let (mut log, _) = Log::open(folder.path(), settings(Sync::Always)).unwrap();
            assert_kept(&log, &ledger, &context);
            ledger.appended.truncate(contents(&log).len());
            work(&mut log, &mut ledger, 80).unwrap();
            assert_kept(&log, &ledger, &context);
        }
    }
}

#[test]
fn at_every_call_a_failed_log_is_healed_and_goes_on() {
    for sync in [Sync::Always, Sync::Never] {
        for fault in FAULTS {
            for at in 7.. {
                let (folder, mut ledger) = (folder(), Ledger::default());
                let (disk, calls) = faulty(fault, at);
                let context = format!("{fault:?} at call {at}, {sync:?}");
                let (mut log, _) = Log::open_on(disk, folder.path(), settings(sync)).unwrap();
                if work(&mut log, &mut ledger, 60).is_ok() && calls.load(Ordering::SeqCst) <= at {
                    break;
                }
                if fault == Fault::Gone {
                    assert!(log.heal().is_err());
                    assert!(matches!(log.append(1, b""), Err(LogError::Poisoned { .. })));
                }
                calls.store(REPAIRED, Ordering::SeqCst);
                let healed = log.heal().unwrap();
                assert_eq!(healed.lost_bytes, 0, "{context}");
                assert_eq!(healed.next, log.next());
                ledger.appended.truncate(ledger.committed);
                assert_kept(&log, &ledger, &context);
                work(&mut log, &mut ledger, 80).unwrap();
                assert_kept(&log, &ledger, &context);
                drop(log);
                let (log, recovered) = Log::open(folder.path(), settings(sync)).unwrap();
                assert_eq!(recovered.cut_bytes, 0, "{context}");
                assert_kept(&log, &ledger, &context);
            }
        }
    }
}

#[test]
fn healing_that_fails_can_be_tried_again() {
    for at in 0.. {
        let (folder, mut ledger) = (folder(), Ledger::default());
        let context = format!("call {at} of the healing");
        let settings = settings(Sync::Never);
        let (mut log, _) = Log::open(folder.path(), settings).unwrap();
        work(&mut log, &mut ledger, 33).unwrap();
        log.storage = faulty(Fault::Gone, 0).0;
        assert!(log.append(1, b"uncommitted").and_then(|_| log.sync()).is_err());
        let (disk, calls) = faulty(Fault::Once, at);
        log.storage = disk;
        let failed = log.heal().is_err();
        assert_eq!(failed, calls.load(Ordering::SeqCst) > at);
        calls.store(REPAIRED, Ordering::SeqCst);
        assert_eq!(log.heal().unwrap().lost_bytes, 0);
        assert_kept(&log, &ledger, &context);
        work(&mut log, &mut ledger, 50).unwrap();
        assert_kept(&log, &ledger, &context);
        if !failed {
            assert!(at > 5, "too few calls to learn from");
            break;
        }
    }
}

#[test]
fn what_was_given_up_in_healing_does_not_come_back() {
    let folder = folder();
    let (mut log, _) = Log::open(folder.path(), settings(Sync::Always)).unwrap();
    let (disk, calls) = faulty(Fault::Once, 1);
    log.storage = disk;
    let first = log.append(1, b"given up").unwrap();
    log.append(2, b"given up").unwrap();
    assert!(log.commit().is_err());
    assert_eq!(calls.load(Ordering::SeqCst), 2, "it was the sync that failed");
    log.heal().unwrap();
    // As long as the first: what stood behind it would be a whole record in its place.
    assert_eq!(log.append(3, b"goes on!").unwrap(), first);
    log.commit().unwrap();
    drop(log);
    let (log, _) = Log::open(folder.path(), settings(Sync::Always)).unwrap();
    assert_eq!(contents(&log), [(first, b"goes on!".to_vec())]);
}
