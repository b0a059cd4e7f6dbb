//! Any bytes as a segment: opening and reading never panics, and hands out only what the format says is whole.
//!
//! The input is taken as the file itself, or as records from which a true file is made and then harmed, since no
//! chance finds a checksum.

#![no_main]

mod format;

use std::path::Path;

use eventlog::{Log, LogError, Lookup, Position, Reader, Settings, Sync};
use libfuzzer_sys::fuzz_target;

const HEADER: usize = 32;

fn settings() -> Settings {
    Settings { sync: Sync::Never, identity: Some(1), ..Settings::default() }
}

/// A true segment of the records that `input` describes, four bytes before each.
fn segment(mut input: &[u8], identity: u64) -> Vec<u8> {
    let mut file = format::header(b'L', 0, identity);
    while let [kind, behind, padding, length, rest @ ..] = input {
        let (payload, rest) = rest.split_at(rest.len().min(usize::from(*length)));
        let position = (file.len() - HEADER) as u64;
        // As a log says it: never before the log's beginning, or farther than can be said.
        let behind = match *behind {
            255 => u32::MAX,
            part => (position * u64::from(part) / 254) as u32,
        };
        let shape = (*kind, behind, u32::from(*padding) % 16);
        file.extend(format::frame(position, identity, shape, payload));
        input = rest;
    }
    file
}

/// A record: position, kind, payload.
type Record = (u64, u8, Vec<u8>);

/// The records that stand whole in the file, up to the first that does not, and the position where they end.
fn whole(file: &[u8]) -> (Vec<Record>, u64) {
    let (mut records, mut at) = (Vec::new(), HEADER);
    let identity = u64::from_le_bytes(file[24..32].try_into().expect("eight bytes"));
    let word = |at: usize| u32::from_le_bytes(file[at..at + 4].try_into().expect("four bytes"));
    while at + 24 <= file.len() {
        let (room, length) = (word(at + 8) as usize, word(at + 12) as usize);
        let position = (at - HEADER) as u64;
        let head = &file[at + 4..at + 24];
        let check = format::crc32c(&[&identity.to_le_bytes(), &position.to_le_bytes(), head]);
        let fits = length <= room && room <= 1 << 30 && at + 24 + room <= file.len();
        if check != word(at) || !fits || head[17..] != [0; 3] {
            break;
        }
        let body = &file[at + 24..at + 24 + room];
        if format::crc32c(&[body]) != word(at + 4) {
            break;
        }
        records.push((position, head[16], body[..length].to_vec()));
        at += 24 + room;
    }
    (records, (at - HEADER) as u64)
}

/// A closed segment is not checked until it is read: reading gives what is whole and then the place of the damage.
fn read_without_opening(folder: &Path, file: &[u8]) {
    let until = Position(file.len() as u64 + 100);
    let Ok(mut reader) = Reader::open(folder, Position::START, until) else { return };
    let (expected, end) = whole(file);
    for (position, kind, payload) in &expected {
        let record = reader.read().expect("it is whole").expect("it is whole");
        let read = (record.position.0, record.kind, record.payload);
        assert_eq!(read, (*position, *kind, &payload[..]));
    }
    match reader.read() {
        Err(LogError::Damaged { offset, .. }) => assert_eq!(offset, end + HEADER as u64),
        other => panic!("{other:?} behind the last whole record"),
    }
    let mut lookup = Lookup::open(folder).expect("the folder is there");
    for part in file.chunks(97) {
        let position = u64::from(part[0]) * file.len() as u64 / 256;
        let known = expected.iter().find(|record| record.0 == position);
        match (lookup.read_at(Position(position)), known) {
            (Ok(record), Some(known)) => assert_eq!(record.payload, known.2),
            (Err(LogError::Damaged { .. }), None) => {}
            // Behind a damage records may be whole.
            (Ok(_), None) if position > end => {}
            (other, known) => panic!("{other:?} at {position}, where {known:?}"),
        }
    }
}

fuzz_target!(|input: &[u8]| {
    let Some((mode, input)) = input.split_first() else { return };
    let mut file = input.to_vec();
    if *mode % 4 != 0 {
        let (harms, records) = input.split_at(input.len().min(usize::from(*mode / 4 % 5) * 4));
        file = segment(records, u64::from(*mode % 2));
        format::harm(&mut file, harms);
    }
    format::in_folder(|folder| {
        let path = folder.join(format!("{:020}.segment", 0));
        std::fs::write(&path, &file).expect("a folder in memory");
        read_without_opening(folder, &file);
        match Log::open(folder, settings()) {
            Ok((mut log, recovered)) => {
                let (expected, end) = whole(&file);
                let bytes = (file.len() - HEADER) as u64;
                assert_eq!((recovered.next.0, recovered.cut_bytes), (end, bytes - end));
                let mut reader = log.reader(Position::START).expect("what was opened can be read");
                let mut lookup = Lookup::open(folder).expect("what was opened can be read");
                for (position, kind, payload) in &expected {
                    let record = reader.read().expect("it was checked").expect("it is whole");
                    assert_eq!(
                        (record.position.0, record.kind, record.payload),
                        (*position, *kind, &payload[..])
                    );
                    assert_eq!(
                        lookup.read_at(record.position).expect("it is whole").payload,
                        payload
                    );
                }
                assert!(reader.read().expect("it was checked").is_none());
                let position = log.append(7, b"goes on").expect("it is healthy");
                log.commit().expect("it is healthy");
                assert_eq!(log.read_at(position).expect("just written").payload, b"goes on");
            }
            Err(LogError::Damaged { file: place, offset, .. }) => {
                assert_eq!(place, path);
                assert!(offset <= file.len() as u64);
                if *mode % 4 != 0 && *mode / 4 % 5 == 0 {
                    panic!("a true segment was refused at byte {offset}");
                }
            }
            Err(other) => panic!("{other}"),
        }
    });
});
