//! Any bytes as a snapshot: opening and reading never panics, and what is read to the end is what was written.
//!
//! The input is taken as the file itself, or as contents from which a true file is made and then harmed.

#![no_main]

mod format;

use std::io::{Read, Write};

use eventlog::{LogError, Position, Snapshots};
use libfuzzer_sys::fuzz_target;

const IDENTITY: u64 = 3;

/// A true snapshot at position 5 of blocks as long as `input` says.
fn snapshot(mut input: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let mut file = format::header(b'S', 5, IDENTITY);
    let (header, mut contents, mut checks) = (file.clone(), Vec::<u8>::new(), Vec::new());
    while let [length, rest @ ..] = input {
        let (block, rest) = rest.split_at(rest.len().min(usize::from(*length)));
        if !block.is_empty() {
            let (total, length) =
                ((contents.len() as u64).to_le_bytes(), (block.len() as u32).to_le_bytes());
            let check = format::crc32c(&[&header, &total, &length, block]).to_le_bytes();
            file.extend([&length[..], &check, block].concat());
            checks.extend(check);
            contents.extend(block);
        }
        input = rest;
    }
    let end = [
        &(contents.len() as u64).to_le_bytes()[..],
        &format::crc32c(&[&checks]).to_le_bytes(),
        &[0; 4],
    ];
    let end = end.concat();
    file.extend([&[0; 4], &format::crc32c(&[&header, &end]).to_le_bytes()[..], &end].concat());
    (file, contents)
}

fuzz_target!(|input: &[u8]| {
    let Some((mode, input)) = input.split_first() else { return };
    let (mut file, mut contents) = (input.to_vec(), None);
    if *mode % 4 != 0 {
        let (harms, rest) = input.split_at(input.len().min(usize::from(*mode / 4 % 5) * 4));
        let (made, held) = snapshot(rest);
        (file, contents) = (made.clone(), Some(held));
        format::harm(&mut file, harms);
        if file != made {
            // Harm that cancels itself out aside, nothing may be read to the end.
            contents = None;
        }
    }
    format::in_folder(|folder| {
        let path = folder.join(format!("{:020}.snapshot", 5));
        std::fs::write(&path, &file).expect("a folder in memory");
        let mut snapshots = Snapshots::open(folder, IDENTITY, 2).expect("a folder in memory");
        let saved = snapshots.newest().expect("a folder in memory").remove(0);
        let mut read = Vec::new();
        let outcome = snapshots.read(&saved).and_then(|mut reader| {
            let outcome = reader.read_to_end(&mut read);
            outcome.map_err(|failure| failure.downcast().expect("damage comes with its place"))
        });
        match (outcome, contents) {
            (Ok(_), Some(contents)) => {
                assert_eq!(read, contents);
                let write = |out: &mut dyn Write| out.write_all(&contents);
                let again = snapshots.write(Position(6), write).expect("a folder in memory");
                assert_eq!(again.bytes as usize, format_bytes(contents.len()));
            }
            (Err(LogError::Damaged { file: place, offset, .. }), None) => {
                assert_eq!(place, path);
                assert!(offset <= file.len() as u64);
            }
            // The input itself may be a true snapshot, out of the corpus.
            (Ok(_), None) if *mode % 4 == 0 => {}
            (outcome, contents) => panic!("{outcome:?}, harmed: {}", contents.is_none()),
        }
    });
});

/// How long the file of so many bytes of contents is, all in one block.
fn format_bytes(contents: usize) -> usize {
    32 + if contents == 0 { 0 } else { 8 + contents } + 24
}
