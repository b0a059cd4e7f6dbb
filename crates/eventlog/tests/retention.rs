//! What is removed or erased is gone, and every other record stands where it stood.

#![allow(clippy::unwrap_used)] // a test that cannot go on fails

use std::fs;

use eventlog::{Log, LogError, Lookup, Position, Reader, Settings};
use tempfile::tempdir;

fn small() -> Settings {
    Settings { segment_bytes: 4096, max_record: 2000, ..Settings::default() }
}

fn filled(folder: &std::path::Path) -> (Log, Vec<Position>) {
    let (mut log, _) = Log::open(folder, small()).unwrap();
    let text = |number: u32| format!("person {} did {number}", number % 7).repeat(9);
    let append = |number| log.append((number % 5) as u8, text(number).as_bytes()).unwrap();
    let positions = (0..200).map(append).collect();
    log.commit().unwrap();
    (log, positions)
}

#[test]
fn whole_segments_are_removed_and_never_the_last() {
    let folder = tempdir().unwrap();
    let (mut log, positions) = filled(folder.path());
    let segments = log.segments();
    let mut late = log.reader(positions[0]).unwrap();
    let mut lookup = Lookup::open(folder.path()).unwrap();
    late.read().unwrap().unwrap();
    assert_eq!(log.remove_before(Position(segments[2].first.0 - 1)).unwrap(), segments[..1]);
    assert_eq!(log.remove_before(segments[2].first).unwrap(), segments[1..2]);
    assert_eq!(log.remove_before(segments[2].first).unwrap(), []);
    let first = segments[2].first;
    let gone = |failure| match failure {
        LogError::Removed { first, .. } => first,
        other => panic!("{other}"),
    };
    assert_eq!(gone(log.reader(positions[0]).map(|_| ()).unwrap_err()), first);
    assert_eq!(gone(log.read_at(positions[0]).map(|_| ()).unwrap_err()), first);
    assert_eq!(gone(lookup.read_at(positions[0]).map(|_| ()).unwrap_err()), first);
    // A reader that had opened the first segment reads it to its end and is told there.
    let failure = loop {
        match late.read() {
            Ok(record) => assert!(record.is_some()),
            Err(failure) => break failure,
        }
    };
    assert_eq!(gone(failure), first);
    let last = *segments.last().unwrap();
    log.remove_before(Position(u64::MAX)).unwrap();
    assert_eq!(log.segments(), [last]);
    drop(log);
    let (log, recovered) = Log::open(folder.path(), small()).unwrap();
    assert_eq!((recovered.first, recovered.next), (last.first, last.end()));
    assert_eq!(log.segments(), [last]);
}

#[test]
fn what_is_erased_is_nowhere_and_nothing_else_has_moved() {
    let folder = tempdir().unwrap();
    let (mut log, positions) = filled(folder.path());
    log.roll().unwrap();
    let end = log.committed();
    let mut replaced = 0;
    for segment in log.segments().split_last().unwrap().1 {
        let erase = &mut |_: Position, _: u8, payload: &[u8]| {
            payload.starts_with(b"person 3").then(|| b"erased".to_vec())
        };
        replaced += log.rewrite(segment.first, erase).unwrap();
        assert_eq!(log.rewrite(segment.first, erase).unwrap(), 0);
    }
    assert_eq!(replaced, 29);
    for entry in fs::read_dir(folder.path()).unwrap() {
        let bytes = fs::read(entry.unwrap().path()).unwrap();
        assert!(!bytes.windows(8).any(|part| part == b"person 3"));
    }
    drop(log);
    let (mut log, recovered) = Log::open(folder.path(), small()).unwrap();
    assert_eq!(recovered.next, end);
    let mut reader = Reader::open(folder.path(), Position::START, end).unwrap();
    for (number, position) in positions.iter().enumerate() {
        let text = match number % 7 {
            3 => "erased".to_string(),
            person => format!("person {person} did {number}").repeat(9),
        };
        let record = reader.read().unwrap().unwrap();
        assert_eq!((record.position, usize::from(record.kind)), (*position, number % 5));
        assert_eq!(record.payload, text.as_bytes());
        assert_eq!(log.read_at(*position).unwrap().payload, text.as_bytes());
    }
    assert!(reader.read().unwrap().is_none());
}

#[test]
fn only_closed_segments_are_rewritten_and_only_within_their_room() {
    let folder = tempdir().unwrap();
    let (mut log, _) = filled(folder.path());
    let before = log.reader(Position::START).unwrap().read().unwrap().unwrap().payload.to_vec();
    let last = log.segments().last().unwrap().first;
    let refused = log.rewrite(last, &mut |_, _, _| None).unwrap_err();
    assert!(matches!(refused, LogError::NotClosed { first } if first == last));
    let longer = &mut |_: Position, _: u8, payload: &[u8]| Some(vec![0; payload.len() + 1]);
    let refused = log.rewrite(Position::START, longer).unwrap_err();
    assert!(matches!(refused, LogError::NoRoom { position: Position::START, .. }));
    let after = log.reader(Position::START).unwrap().read().unwrap().unwrap().payload.to_vec();
    assert_eq!(before, after);
    assert!(
        fs::read_dir(folder.path())
            .unwrap()
            .all(|entry| { !entry.unwrap().file_name().to_str().unwrap().ends_with(".new") })
    );
}
