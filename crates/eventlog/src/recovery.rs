//! Where the last segment ends after a crash, and whether what lies behind that is a torn end or damage.
//!
//! A crash can only harm what was not yet synced, and only in two ways: the file ends within a record, or, after a loss
//! of power, parts of the file that were never written read as zeros, maybe with later parts whole. Every record
//! says up to where the log was on disk when it was written, so harm to what was on disk before is known as damage.
//! In doubt it is damage: to cut off records that were acknowledged is worse than to ask for help.

use std::os::unix::fs::FileExt;
use std::path::Path;

use crate::frame::{HEAD_BYTES, Head};
use crate::reader::Open;
use crate::segment::HEADER_BYTES;
use crate::window::Window;
use crate::{LogError, Position, Segment, Why};

/// The unit in which a file system loses what it had not written.
const PAGE: u64 = 4096;
/// The unit in which a disk does, in the middle of the last page it was writing.
const SECTOR: u64 = 512;

/// What the last segment holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tail {
    /// Right after its last whole record.
    pub end: Position,
    /// How much of a torn end follows.
    pub torn_bytes: u64,
}

/// Checks the last segment from its first record to its end, or refuses it.
pub(crate) fn tail(open: &Open) -> Result<Tail, LogError> {
    let metadata = open.file.metadata().map_err(LogError::io("read", &open.path))?;
    let bytes = metadata.len().saturating_sub(HEADER_BYTES);
    let file_end = open.first.plus(bytes);
    let (mut position, mut window) = (open.first, Window::at(HEADER_BYTES));
    let broken = loop {
        match open.frame(&mut window, position, file_end) {
            Ok(Some(head)) => {
                window.skip(HEAD_BYTES + head.room as usize);
                position = position.plus(head.frame_bytes());
            }
            Ok(None) => return Ok(Tail { end: position, torn_bytes: 0 }),
            Err(LogError::Damaged { why, .. }) => break why,
            Err(other) => return Err(other),
        }
    };
    if torn(open, position, file_end)? {
        return Ok(Tail { end: position, torn_bytes: file_end.since(position) });
    }
    Err(LogError::damaged(&open.path, open.offset(position), broken))
}

/// Whether the broken record at `position` is where a crash interrupted the log.
fn torn(open: &Open, position: Position, file_end: Position) -> Result<bool, LogError> {
    let (start, end) = (open.offset(position), open.offset(file_end));
    let head = head(open, position, file_end)?;
    match later(open, position, file_end)? {
        Later::Nothing => {
            let ends_within = match head {
                Some(head) => start + head.frame_bytes() > end,
                None => start + HEAD_BYTES as u64 > end,
            };
            Ok(ends_within || lost(open, start, (end, end), SECTOR)?)
        }
        Later::Unsynced => {
            let frame = head.map_or(HEAD_BYTES as u64, |head| head.frame_bytes());
            lost(open, start, (end.min(start + frame), end), PAGE)
        }
        Later::Synced => Ok(false),
    }
}

/// The head of the broken record, if that is whole.
fn head(open: &Open, position: Position, end: Position) -> Result<Option<Head>, LogError> {
    let mut window = Window::at(open.offset(position));
    let read = window.peek(&open.file, HEAD_BYTES, open.offset(end));
    let bytes = read.map_err(LogError::io("read", &open.path))?;
    Ok(open.framing.head(position, bytes).ok())
}

/// What stands behind a broken record.
enum Later {
    /// No record.
    Nothing,
    /// Records, none of which knew the broken one to be on disk.
    Unsynced,
    /// A record that was written when the broken one was on disk.
    Synced,
}

/// Looks for heads of records at every byte behind `broken`.
fn later(open: &Open, broken: Position, file_end: Position) -> Result<Later, LogError> {
    let (mut found, mut window) = (Later::Nothing, Window::at(open.offset(broken) + 1));
    let mut position = broken.plus(1);
    loop {
        let read = window.peek(&open.file, HEAD_BYTES, open.offset(file_end));
        let bytes = read.map_err(LogError::io("read", &open.path))?;
        if bytes.len() < HEAD_BYTES {
            return Ok(found);
        }
        let places = bytes.len() - HEAD_BYTES + 1;
        for place in 0..places {
            let at = position.plus(place as u64);
            let Ok(head) = open.framing.head(at, &bytes[place..]) else { continue };
            if head.synced(at) > broken {
                return Ok(Later::Synced);
            }
            found = Later::Unsynced;
        }
        window.skip(places);
        position = position.plus(places as u64);
    }
}

/// Whether a unit of the file that has a part between `start` and `until` reads as zeros from `start` on.
fn lost(
    open: &Open,
    start: u64,
    (until, file_end): (u64, u64),
    unit: u64,
) -> Result<bool, LogError> {
    let mut bytes = [0; PAGE as usize];
    let mut from = start;
    while from < until {
        let to = file_end.min((from / unit + 1) * unit);
        let part = &mut bytes[..(to - from) as usize];
        open.file.read_exact_at(part, from).map_err(LogError::io("read", &open.path))?;
        if part.iter().all(|byte| *byte == 0) {
            return Ok(true);
        }
        from = to;
    }
    Ok(false)
}

/// Checks that closed segments follow one another without a gap and belong to one log.
pub(crate) fn chain(folder: &Path, firsts: &[Position]) -> Result<Vec<Segment>, LogError> {
    let mut segments = Vec::with_capacity(firsts.len());
    let mut known = None;
    for (number, first) in firsts.iter().enumerate() {
        let (open, identity) = Open::new(folder, *first)?;
        if *known.get_or_insert(identity) != identity {
            return Err(LogError::damaged(&open.path, 24, Why::Foreign));
        }
        let metadata = open.file.metadata().map_err(LogError::io("read", &open.path))?;
        let bytes = metadata.len().saturating_sub(HEADER_BYTES);
        if let Some(next) = firsts.get(number + 1)
            && first.plus(bytes) != *next
        {
            let offset = open.offset(*next).min(metadata.len());
            return Err(LogError::damaged(&open.path, offset, Why::Gap));
        }
        segments.push(Segment { first: *first, bytes });
    }
    Ok(segments)
}
