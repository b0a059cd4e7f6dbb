//! Whatever call to the disk fails while a snapshot is written: the one before is whole, and if one at the position is
//! found, it is whole too.

use std::io::Read;

use super::faults::{FAULTS, faulty, folder};
use super::faulty::REPAIRED;
use crate::storage::Disk;
use crate::{LogError, Position, Saved, Snapshots};

fn read(snapshots: &Snapshots, saved: &Saved) -> Vec<u8> {
    let mut all = Vec::new();
    snapshots.read(saved).unwrap().read_to_end(&mut all).unwrap();
    all
}

#[test]
fn at_every_call_a_failed_snapshot_leaves_the_one_before() {
    let (older, newer) = (vec![1; 3000], vec![2; 1_100_000]);
    for fault in FAULTS {
        for at in 0.. {
            let folder = folder();
            let mut snapshots = Snapshots::open(folder.path(), 1, 1).unwrap();
            snapshots.write(Position(1), |out| out.write_all(&older)).unwrap();
            let (mut disk, calls) = faulty(fault, at);
            disk.most = 300_000;
            snapshots.storage = disk;
            let written = snapshots.write(Position(2), |out| out.write_all(&newer));
            let there = snapshots.newest().unwrap();
            for saved in &there {
                let expected = if saved.position == Position(1) { &older } else { &newer };
                assert!(read(&snapshots, saved) == *expected, "{fault:?} at call {at}");
            }
            let failed = matches!(written, Err(LogError::Io { .. }));
            assert!(!there.is_empty() && (failed || there[0].position == Position(2)));
            if calls.load(std::sync::atomic::Ordering::SeqCst) <= at {
                assert!(!failed && at > 8);
                break;
            }
            calls.store(REPAIRED, std::sync::atomic::Ordering::SeqCst);
            snapshots.storage = Box::new(Disk);
            let saved = snapshots.write(Position(3), |out| out.write_all(&newer)).unwrap();
            assert_eq!(snapshots.newest().unwrap(), [saved]);
        }
    }
}
