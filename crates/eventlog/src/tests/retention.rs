//! Whatever call to the disk fails while a segment is rewritten or removed: every record is there as it was or
//! as it was to be, at its position, and the log goes on.

use std::sync::atomic::Ordering;

use super::faults::{FAULTS, contents, faulty, folder, settings};
use super::faulty::Fault;
use crate::{Log, Position, Settings, Sync};

/// A log of three segments and what it holds.
fn three(settings: Settings) -> (tempfile::TempDir, Log, Vec<(Position, Vec<u8>)>) {
    let folder = folder();
    let (mut log, _) = Log::open(folder.path(), settings).unwrap();
    for number in 0..60u8 {
        log.append(number, &[number; 150]).unwrap();
    }
    log.commit().unwrap();
    assert_eq!(log.segments().len(), 3);
    let all = contents(&log);
    (folder, log, all)
}

#[test]
fn at_every_call_a_failed_rewriting_happens_wholly_or_not_at_all() {
    for fault in FAULTS {
        for at in 0.. {
            let (folder, mut log, before) = three(settings(Sync::Always));
            let (disk, calls) = faulty(fault, at);
            log.storage = disk;
            let second = log.segments()[1];
            let rewritten = log.rewrite(second.first, &mut |_, kind, payload| {
                (kind % 3 == 0).then(|| payload[..payload.len() / 3].to_vec())
            });
            let mut after = before.clone();
            for (position, payload) in &mut after {
                let inside = (second.first..second.end()).contains(position);
                if inside && payload[0] % 3 == 0 {
                    payload.truncate(50);
                }
            }
            let all = contents(&log);
            assert!(all == after || (rewritten.is_err() && all == before), "{fault:?} at {at}");
            if calls.load(Ordering::SeqCst) <= at {
                assert!(rewritten.unwrap() > 5 && at > 8);
                break;
            }
            log.storage = Box::new(crate::storage::Disk);
            log.append(1, b"goes on").unwrap();
            log.commit().unwrap();
            drop(log);
            let (log, _) = Log::open(folder.path(), settings(Sync::Always)).unwrap();
            assert_eq!(contents(&log).len(), 61);
        }
    }
}

#[test]
fn at_every_call_a_failed_removal_can_be_repeated() {
    for fault in FAULTS {
        for at in 0.. {
            let (folder, mut log, before) = three(settings(Sync::Always));
            let (disk, calls) = faulty(fault, at);
            log.storage = disk;
            let end = log.committed();
            let failed = log.remove_before(end).is_err();
            let reached = calls.load(Ordering::SeqCst) > at;
            // A full disk still lets files be removed.
            assert_eq!(failed, reached && fault != Fault::Full);
            log.storage = Box::new(crate::storage::Disk);
            log.remove_before(end).unwrap();
            let last = log.segments()[0];
            assert_eq!((log.segments().len(), last.end()), (1, end));
            drop(log);
            let (log, recovered) = Log::open(folder.path(), settings(Sync::Always)).unwrap();
            assert_eq!((recovered.first, recovered.next), (last.first, end));
            let mut reader = log.reader(last.first).unwrap();
            let kept = before.iter().filter(|(position, _)| *position >= last.first);
            for (position, payload) in kept {
                let record = reader.read().unwrap().unwrap();
                assert_eq!((record.position, record.payload), (*position, &payload[..]));
            }
            if !reached {
                assert_eq!(at, 3);
                break;
            }
        }
    }
}
