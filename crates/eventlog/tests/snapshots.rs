//! A snapshot gives back what was written into it, or an error that names the place; never other bytes. Seeded contents
//! are written, harmed at sampled places, and read again.

#![allow(clippy::unwrap_used)] // a test that cannot go on fails

use std::fs;
use std::io::{self, Read};

use eventlog::{LogError, Position, Saved, Snapshots, Why};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use tempfile::tempdir;

fn contents(seed: u64, bytes: usize) -> Vec<u8> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    (0..bytes).map(|_| random.random()).collect()
}

fn write(snapshots: &mut Snapshots, position: u64, contents: &[u8]) -> Saved {
    let written = snapshots.write(Position(position), |out| {
        // Uneven pieces, so that block borders fall inside them.
        contents.chunks(77_777).try_for_each(|piece| out.write_all(piece))
    });
    written.unwrap()
}

/// The contents, or the damage.
fn read(snapshots: &Snapshots, saved: &Saved) -> Result<Vec<u8>, LogError> {
    let mut reader = snapshots.read(saved)?;
    let mut all = Vec::new();
    match reader.read_to_end(&mut all) {
        Ok(_) => {
            assert_eq!(all.len() as u64, reader.contents_bytes());
            Ok(all)
        }
        Err(failure) => Err(failure.downcast::<LogError>().unwrap()),
    }
}

#[test]
fn what_was_written_is_read_and_the_newest_are_kept() {
    let folder = tempdir().unwrap();
    let mut snapshots = Snapshots::open(&folder.path().join("made"), 4, 2).unwrap();
    assert_eq!(snapshots.newest().unwrap(), []);
    for (number, bytes) in
        [0, 1, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 5_000_000].iter().enumerate()
    {
        let (position, contents) = (10 + number as u64, contents(number as u64, *bytes));
        let saved = write(&mut snapshots, position, &contents);
        assert_eq!(read(&snapshots, &saved).unwrap(), contents);
        let there = snapshots.newest().unwrap();
        assert_eq!(there.len(), 2.min(number + 1));
        assert_eq!(there[0], saved);
    }
    let positions: Vec<_> = snapshots.newest().unwrap().iter().map(|s| s.position.0).collect();
    assert_eq!(positions, [15, 14]);
}

#[test]
fn damage_is_named_and_the_one_before_still_serves() {
    let folder = tempdir().unwrap();
    let mut snapshots = Snapshots::open(folder.path(), 4, 2).unwrap();
    let (older, newer) = (contents(1, 10_000), contents(2, 2_500_000));
    let before = write(&mut snapshots, 1, &older);
    let saved = write(&mut snapshots, 2, &newer);
    let whole = fs::read(&saved.file).unwrap();
    let mut random = ChaCha8Rng::seed_from_u64(3);
    let edges = (0..200).chain(whole.len() - 200..whole.len());
    let sampled: Vec<_> = (0..300).map(|_| random.random_range(0..whole.len())).collect();
    for byte in edges.chain(sampled) {
        let mut flipped = whole.clone();
        flipped[byte] ^= 1 << random.random_range(0..8);
        fs::write(&saved.file, &flipped).unwrap();
        match read(&snapshots, &saved).unwrap_err() {
            LogError::Damaged { file, offset, .. } => {
                assert_eq!(file, saved.file);
                let near = offset <= byte as u64 + 16 && byte as u64 <= offset + (1 << 20) + 8;
                assert!(near, "byte {byte}, said {offset}");
            }
            other => panic!("byte {byte}: {other}"),
        }
    }
    for end in (0..200).chain((0..50).map(|_| random.random_range(0..whole.len()))) {
        fs::write(&saved.file, &whole[..end]).unwrap();
        let refused = snapshots.read(&saved).map(|_| ()).unwrap_err();
        assert!(matches!(refused, LogError::Damaged { .. }), "cut at {end}: {refused}");
    }
    let there = snapshots.newest().unwrap();
    assert_eq!(there[1], before);
    assert_eq!(read(&snapshots, &there[1]).unwrap(), older);
}

#[test]
fn blocks_that_are_whole_but_out_of_place_are_noticed() {
    let folder = tempdir().unwrap();
    let mut snapshots = Snapshots::open(folder.path(), 4, 2).unwrap();
    let saved = write(&mut snapshots, 2, &contents(2, 3 << 20));
    let whole = fs::read(&saved.file).unwrap();
    let block = (1 << 20) + 8;
    let mut swapped = whole.clone();
    swapped[32..32 + block].copy_from_slice(&whole[32 + block..32 + 2 * block]);
    swapped[32 + block..32 + 2 * block].copy_from_slice(&whole[32..32 + block]);
    fs::write(&saved.file, &swapped).unwrap();
    let damage = |failure| match failure {
        LogError::Damaged { offset, why, .. } => (offset, why),
        other => panic!("{other}"),
    };
    assert_eq!(damage(read(&snapshots, &saved).unwrap_err()), (32, Why::Block));
    let without_last = [&whole[..32 + 2 * block], &whole[32 + 3 * block..]].concat();
    fs::write(&saved.file, &without_last).unwrap();
    let footer = 32 + 2 * block as u64;
    assert_eq!(damage(read(&snapshots, &saved).unwrap_err()), (footer, Why::Footer));
    fs::write(&saved.file, &whole).unwrap();
    let other = Snapshots::open(folder.path(), 5, 2).unwrap();
    assert_eq!(damage(other.read(&saved).map(|_| ()).unwrap_err()), (24, Why::Foreign));
}

#[test]
fn a_snapshot_that_fails_to_be_made_leaves_nothing_and_harms_nothing() {
    let folder = tempdir().unwrap();
    let mut snapshots = Snapshots::open(folder.path(), 4, 1).unwrap();
    let saved = write(&mut snapshots, 1, b"first");
    let failed = snapshots.write(Position(2), |out| {
        out.write_all(&vec![1; 3 << 20])?;
        Err(io::Error::other("no more"))
    });
    assert!(matches!(failed, Err(LogError::Io { .. })));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    assert_eq!(snapshots.newest().unwrap(), std::slice::from_ref(&saved));
    assert_eq!(read(&snapshots, &saved).unwrap(), b"first");
}
