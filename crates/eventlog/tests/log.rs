//! A log gives back what was committed, whoever reads and whenever; one that was harmed says where, or has lost no
//! more than a crash can take. Each test writes a seeded log, harms it or not, and compares with what was appended.

#![allow(clippy::unwrap_used)] // a test that cannot go on fails

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc;

use eventlog::{Log, LogError, Lookup, Position, Reader, Settings, Sync, Why};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use tempfile::TempDir;

/// What was appended, in order.
type Written = Vec<(Position, u8, Vec<u8>)>;

const HEADER: u64 = 32;

/// In memory where the system offers it: thousands of logs are made here, and none of these tests cuts the power.
fn folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.unwrap()
}

fn small() -> Settings {
    Settings { segment_bytes: 4096, max_record: 2000, identity: Some(5), ..Settings::default() }
}

fn fill(log: &mut Log, seed: u64, records: usize, longest: usize) -> Written {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut written = Written::new();
    for _ in 0..records {
        let length = random.random_range(0..=longest);
        let payload: Vec<u8> = (0..length).map(|_| random.random()).collect();
        let kind = random.random();
        written.push((log.append(kind, &payload).unwrap(), kind, payload));
        if random.random_bool(0.3) {
            log.commit().unwrap();
        }
    }
    assert_eq!(log.commit().unwrap(), log.next());
    written
}

fn read(reader: &mut Reader) -> Result<Written, LogError> {
    let mut all = Written::new();
    while let Some(record) = reader.read()? {
        all.push((record.position, record.kind, record.payload.to_vec()));
    }
    Ok(all)
}

fn everything(log: &Log) -> Result<Written, LogError> {
    read(&mut log.reader(log.segments()[0].first)?)
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> =
        entries.filter(|path| path.extension().is_some_and(|e| e == "segment")).collect();
    files.sort();
    files
}

#[test]
fn what_was_committed_is_read_from_every_position_before_and_after_opening_anew() {
    for seed in 0..8 {
        let folder = folder();
        let (mut log, recovered) = Log::open(folder.path(), small()).unwrap();
        assert!(recovered.created);
        let mut written = fill(&mut log, seed, 200, 600);
        assert!(log.segments().len() > 5);
        drop(log);
        let (mut log, recovered) = Log::open(folder.path(), small()).unwrap();
        assert_eq!((recovered.created, recovered.cut_bytes), (false, 0));
        written.extend(fill(&mut log, seed + 100, 50, 600));
        assert_eq!(everything(&log).unwrap(), written);
        for (number, (position, kind, payload)) in written.iter().enumerate() {
            let record = log.read_at(*position).unwrap();
            assert_eq!((record.kind, record.payload), (*kind, &payload[..]));
            let rest = read(&mut log.reader(*position).unwrap()).unwrap();
            assert_eq!(rest, written[number..]);
        }
        let ends: Vec<_> = log.segments().iter().map(|segment| segment.end()).collect();
        let firsts: Vec<_> = log.segments().iter().map(|segment| segment.first).collect();
        assert_eq!(firsts[1..], ends[..ends.len() - 1]);
        assert_eq!(*ends.last().unwrap(), log.committed());
    }
}

#[test]
fn a_record_torn_at_any_byte_is_cut_off_and_the_log_goes_on() {
    let folder = folder();
    let (mut log, _) = Log::open(folder.path(), small()).unwrap();
    let mut written = fill(&mut log, 1, 20, 300);
    let (last, _, _) = written.pop().unwrap();
    let segment = *log.segments().last().unwrap();
    drop(log);
    let file = files(folder.path()).pop().unwrap();
    let whole = fs::read(&file).unwrap();
    let start = HEADER + last.0 - segment.first.0;
    for end in start..whole.len() as u64 {
        fs::write(&file, &whole[..end as usize]).unwrap();
        let (mut log, recovered) = Log::open(folder.path(), small()).unwrap();
        assert_eq!((recovered.next, recovered.cut_bytes), (last, end - start), "cut at {end}");
        assert_eq!(everything(&log).unwrap(), written);
        assert_eq!(log.append(3, b"goes on").unwrap(), last);
        log.commit().unwrap();
        assert_eq!(log.read_at(last).unwrap().payload, b"goes on");
    }
}

#[test]
fn a_flipped_bit_is_named_wherever_it_is() {
    let folder = folder();
    let (mut log, _) = Log::open(folder.path(), small()).unwrap();
    let written = fill(&mut log, 2, 40, 700);
    let segments = log.segments();
    drop(log);
    let mut random = ChaCha8Rng::seed_from_u64(3);
    let mut named = 0;
    for (file, segment) in files(folder.path()).iter().zip(&segments) {
        let whole = fs::read(file).unwrap();
        for byte in 0..whole.len() {
            let mut flipped = whole.clone();
            flipped[byte] ^= 1 << random.random_range(0..8);
            fs::write(file, &flipped).unwrap();
            let at = Position(segment.first.0 + (byte as u64).saturating_sub(HEADER));
            let touched = written.partition_point(|(position, ..)| *position <= at) - 1;
            let opened = Log::open(folder.path(), small());
            let outcome = opened.and_then(|(log, _)| everything(&log));
            match outcome {
                Ok(_) => panic!("a flip of byte {byte} of {file:?} went unnoticed"),
                Err(LogError::Damaged { file: place, offset, .. }) => {
                    assert_eq!(&place, file);
                    let begins = HEADER + written[touched].0.0 - segment.first.0;
                    let in_header = byte < HEADER as usize && offset < HEADER;
                    assert!(in_header || offset == begins, "byte {byte}, said {offset}");
                    named += 1;
                }
                Err(other) => panic!("byte {byte} of {file:?}: {other}"),
            }
        }
        fs::write(file, &whole).unwrap();
    }
    assert!(named > 10_000);
}

#[test]
fn pages_that_a_loss_of_power_took_are_a_torn_end_and_only_if_not_yet_synced() {
    let mut random = ChaCha8Rng::seed_from_u64(4);
    let settings = Settings { identity: Some(1), ..Settings::default() };
    for round in 0..300 {
        let folder = folder();
        let (mut log, _) = Log::open(folder.path(), settings.clone()).unwrap();
        let mut written = fill(&mut log, round, 30, 900);
        let synced = log.synced();
        // One commit of many records, some of whose pages never reached the disk.
        for number in 0..40 {
            let longest = if number % 5 == 0 { 15_000 } else { 1500 };
            let payload: Vec<u8> =
                (0..random.random_range(1..longest)).map(|_| random.random()).collect();
            written.push((log.append(1, &payload).unwrap(), 1, payload));
        }
        log.commit().unwrap();
        drop(log);
        let file = files(folder.path()).pop().unwrap();
        let whole = fs::read(&file).unwrap();
        let start = (HEADER + synced.0) as usize;
        let (mut lost, mut sound) = (whole.clone(), whole.len());
        for page in (start / 4096..=(whole.len() - 1) / 4096).rev() {
            if random.random_bool(0.2) {
                sound = (page * 4096).max(start);
                lost[sound..whole.len().min((page + 1) * 4096)].fill(0);
            }
        }
        if random.random_bool(0.3) {
            lost.truncate(random.random_range(start..=whole.len()));
        }
        fs::write(&file, &lost).unwrap();
        let (log, recovered) = Log::open(folder.path(), settings.clone()).unwrap();
        assert!(recovered.next >= synced, "round {round}");
        assert!(recovered.next.0 + HEADER <= sound.min(lost.len()) as u64);
        let kept = written.partition_point(|(position, ..)| *position < recovered.next);
        assert_eq!(everything(&log).unwrap(), written[..kept]);
        drop(log);
        // The same page of what had been synced is damage.
        let mut lost = whole.clone();
        lost[HEADER as usize..4096].fill(0);
        fs::write(&file, &lost).unwrap();
        let refused = Log::open(folder.path(), settings.clone()).map(|_| ()).unwrap_err();
        assert!(matches!(refused, LogError::Damaged { offset: HEADER, .. }), "{refused}");
    }
}

#[test]
fn a_last_record_that_a_loss_of_power_left_half_written_is_cut_off() {
    let folder = folder();
    let (mut log, _) = Log::open(folder.path(), small()).unwrap();
    log.append(1, b"before").unwrap();
    let last = log.append(2, &[7; 2000]).unwrap();
    log.commit().unwrap();
    drop(log);
    let file = files(folder.path()).pop().unwrap();
    let whole = fs::read(&file).unwrap();
    for sector in 0..whole.len().div_ceil(512) {
        let mut lost = whole.clone();
        let from = (sector * 512).max((HEADER + last.0) as usize);
        lost[from..whole.len().min((sector + 1) * 512)].fill(0);
        fs::write(&file, &lost).unwrap();
        let (_, recovered) = Log::open(folder.path(), small()).unwrap();
        assert_eq!((recovered.next, recovered.cut_bytes), (last, 2024), "sector {sector}");
    }
    // The system made the file longer and wrote nothing there.
    fs::write(&file, [&whole[..], &[0; 3000]].concat()).unwrap();
    let (log, recovered) = Log::open(folder.path(), small()).unwrap();
    assert_eq!(recovered.cut_bytes, 3000);
    assert_eq!(everything(&log).unwrap().len(), 2);
}

#[test]
fn a_folder_is_held_by_one_log_until_it_is_dropped() {
    let folder = folder();
    let (log, _) = Log::open(folder.path(), small()).unwrap();
    let refused = Log::open(folder.path(), small()).map(|_| ()).unwrap_err();
    assert!(matches!(refused, LogError::Locked { .. }));
    assert!(refused.to_string().ends_with("another process is using this log"));
    drop(log);
    Log::open(folder.path(), small()).unwrap();
}

#[test]
fn a_reader_follows_the_writer_from_commit_to_commit() {
    for seed in 0..4 {
        let folder = folder();
        let settings = Settings { segment_bytes: 64 << 10, sync: Sync::Never, ..small() };
        let (mut log, _) = Log::open(folder.path(), settings).unwrap();
        let (tell, told) = mpsc::channel::<Position>();
        let path = folder.path().to_path_buf();
        let following = std::thread::spawn(move || {
            let mut reader = Reader::open(&path, Position::START, Position::START).unwrap();
            let mut lookup = Lookup::open(&path).unwrap();
            let mut all = Written::new();
            for until in told {
                reader.extend(until);
                all.extend(read(&mut reader).unwrap());
                assert_eq!(reader.position(), until);
                if let Some((position, kind, payload)) = all.last() {
                    let record = lookup.read_at(*position).unwrap();
                    assert_eq!((record.kind, record.payload), (*kind, &payload[..]));
                }
            }
            all
        });
        let mut written = Written::new();
        for round in 0..200 {
            written.extend(fill(&mut log, seed * 1000 + round, 20, 1500));
            tell.send(log.committed()).unwrap();
        }
        drop(tell);
        assert!(log.segments().len() > 20);
        assert_eq!(following.join().unwrap(), written);
    }
}

#[test]
fn what_does_not_belong_is_refused_with_its_file() {
    let (one, other) = (folder(), folder());
    let (mut log, _) = Log::open(one.path(), small()).unwrap();
    fill(&mut log, 1, 60, 500);
    let end = log.committed();
    drop(log);
    let (mut log, _) = Log::open(other.path(), Settings { identity: Some(6), ..small() }).unwrap();
    fill(&mut log, 1, 60, 500);
    drop(log);
    let (ours, theirs) = (files(one.path()), files(other.path()));
    let refusal = || Log::open(one.path(), small()).map(|_| ()).unwrap_err();
    let why = |failure| match failure {
        LogError::Damaged { file, why, .. } => (file, why),
        other => panic!("{other}"),
    };
    let second = fs::read(&ours[1]).unwrap();

    fs::copy(&theirs[1], &ours[1]).unwrap();
    assert_eq!(why(refusal()), (ours[1].clone(), Why::Foreign));
    fs::copy(&ours[0], &ours[1]).unwrap();
    assert_eq!(why(refusal()), (ours[1].clone(), Why::Renamed));
    fs::write(&ours[1], &second[..second.len() - 1]).unwrap();
    assert_eq!(why(refusal()), (ours[1].clone(), Why::Gap));
    fs::remove_file(&ours[1]).unwrap();
    assert_eq!(why(refusal()), (ours[0].clone(), Why::Gap));
    let mut reader = Reader::open(one.path(), Position::START, end).unwrap();
    let (file, gap) = why(read(&mut reader).unwrap_err());
    assert_eq!((file, gap), (ours[0].clone(), Why::Gap));
    fs::write(&ours[1], &second).unwrap();

    fs::write(&ours[1], b"PK\x03\x04 this is no segment, is it? No.").unwrap();
    assert_eq!(why(refusal()), (ours[1].clone(), Why::Magic));
}

#[test]
fn limits_are_told_and_cost_nothing() {
    let folder = folder();
    let (mut log, _) = Log::open(folder.path(), small()).unwrap();
    let refused = log.append(1, &[0; 2001]).unwrap_err();
    assert!(matches!(refused, LogError::TooLong { bytes: 2001, limit: 2000 }));
    let position = log.append(1, &[7; 2000]).unwrap();
    log.commit().unwrap();
    assert_eq!(log.read_at(position).unwrap().payload, [7; 2000]);
    let beyond = log.committed();
    assert!(matches!(log.read_at(beyond).unwrap_err(), LogError::Damaged { why: Why::Short, .. }));
    drop(log);
    for wrong in [
        Settings { segment_bytes: 4095, ..small() },
        Settings { max_record: 0, ..small() },
        Settings { max_record: 4090, ..small() },
    ] {
        let refused = Log::open(folder.path(), wrong).map(|_| ()).unwrap_err();
        assert!(matches!(refused, LogError::Setting { .. }), "{refused}");
    }
}
