//! The files are as `docs/formats.md` shows them, byte for byte: logs that were written must be readable for years.

#![allow(clippy::unwrap_used)] // a test that cannot go on fails

use std::fs;

use eventlog::{Log, Position, Settings, Snapshots};

/// The `number`-th file shown on the page.
fn shown(number: usize) -> Vec<u8> {
    let page = include_str!("../../../docs/formats.md");
    let block = page.split("```text").nth(number + 1).unwrap().split("```").next().unwrap();
    block.split_whitespace().map(|byte| u8::from_str_radix(byte, 16).unwrap()).collect()
}

fn hex(bytes: &[u8]) -> String {
    let line = |line: &[u8]| {
        let halves = line.chunks(8).map(|half| half.iter().map(|b| format!("{b:02x}")).collect());
        halves.map(|half: Vec<_>| half.join(" ")).collect::<Vec<_>>().join("  ")
    };
    bytes.chunks(16).map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn files_are_as_documented() {
    let folder = tempfile::tempdir().unwrap();
    let settings = Settings { identity: Some(1), ..Settings::default() };
    let (mut log, recovered) = Log::open(folder.path(), settings).unwrap();
    log.append(7, b"like").unwrap();
    assert_eq!(log.commit().unwrap(), Position(28));
    assert_eq!(hex(&fs::read(&recovered.file).unwrap()), hex(&shown(0)));

    let mut snapshots = Snapshots::open(folder.path(), log.identity(), 2).unwrap();
    let saved = snapshots.write(Position(28), |out| out.write_all(b"state")).unwrap();
    assert_eq!(hex(&fs::read(&saved.file).unwrap()), hex(&shown(1)));
}

#[test]
fn documented_files_are_read() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("00000000000000000000.segment"), shown(0)).unwrap();
    fs::write(folder.path().join("00000000000000000028.snapshot"), shown(1)).unwrap();
    let (mut log, recovered) = Log::open(folder.path(), Settings::default()).unwrap();
    assert_eq!((recovered.next, recovered.cut_bytes), (Position(28), 0));
    let record = log.read_at(Position::START).unwrap();
    assert_eq!((record.kind, record.payload), (7, &b"like"[..]));
    let snapshots = Snapshots::open(folder.path(), 1, 2).unwrap();
    let mut reader = snapshots.read(&snapshots.newest().unwrap()[0]).unwrap();
    assert_eq!(std::io::read_to_string(&mut reader).unwrap(), "state");
}
