//! A segment file: its name, its header, and what a folder of them must look like.
//!
//! The name and the header both carry the position of the first record, so the segment that holds a position is
//! found from names alone, and a file that was renamed is noticed.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use crate::folder;
use crate::{LogError, Position, Why};

/// Bytes before a segment's first record.
pub(crate) const HEADER_BYTES: u64 = 32;
/// What a segment's name ends in.
pub(crate) const SUFFIX: &str = ".segment";
/// Begins with a byte that is no text and has both line ends, so a copy made as text is noticed.
const MAGIC: [u8; 8] = *b"\x89EVL\r\n\x1a\n";
const VERSION: u32 = 1;

/// One segment of a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment {
    /// The position of its first record.
    pub first: Position,
    /// How many bytes of records it holds.
    pub bytes: u64,
}

impl Segment {
    /// The position right after its last record.
    pub fn end(&self) -> Position {
        self.first.plus(self.bytes)
    }
}

/// The file of the segment that begins at `first`.
pub(crate) fn path(folder: &Path, first: Position) -> PathBuf {
    folder.join(format!("{:020}{SUFFIX}", first.0))
}

/// The first positions of all segments in the folder, in order.
pub(crate) fn firsts(folder: &Path) -> Result<Vec<Position>, LogError> {
    folder::numbered(folder, SUFFIX)
}

/// The segment that holds `position`, by where the segments begin.
pub(crate) fn holding(firsts: &[Position], position: Position) -> Option<Position> {
    let behind = firsts.partition_point(|first| *first <= position);
    behind.checked_sub(1).and_then(|number| firsts.get(number)).copied()
}

/// The 32 bytes that open the segment beginning at `first`.
pub(crate) fn header(first: Position, identity: u64) -> [u8; HEADER_BYTES as usize] {
    let mut header = [0; HEADER_BYTES as usize];
    header[..8].copy_from_slice(&MAGIC);
    header[8..12].copy_from_slice(&VERSION.to_le_bytes());
    header[16..24].copy_from_slice(&first.0.to_le_bytes());
    header[24..].copy_from_slice(&identity.to_le_bytes());
    let check = checksum(&header);
    header[12..16].copy_from_slice(&check.to_le_bytes());
    header
}

fn checksum(header: &[u8; HEADER_BYTES as usize]) -> u32 {
    crc32c::crc32c_append(crc32c::crc32c(&header[..12]), &header[16..])
}

/// Checks the header of the open segment `file` that should begin at `first`; gives the log's identity.
pub(crate) fn identity(file: &File, path: &Path, first: Position) -> Result<u64, LogError> {
    let mut header = [0; HEADER_BYTES as usize];
    file.read_exact_at(&mut header, 0).map_err(|source| match source.kind() {
        io::ErrorKind::UnexpectedEof => LogError::damaged(path, 0, Why::Short),
        _ => LogError::Io { doing: "read", file: path.to_path_buf(), source },
    })?;
    let word = |at: usize| {
        let mut bytes = [0; 8];
        bytes.copy_from_slice(&header[at..at + 8]);
        u64::from_le_bytes(bytes)
    };
    let (version, check) = (word(8) as u32, (word(8) >> 32) as u32);
    let refuse = |offset, why| Err(LogError::damaged(path, offset, why));
    if header[..8] != MAGIC {
        return refuse(0, Why::Magic);
    }
    if check != checksum(&header) {
        return refuse(12, Why::Header);
    }
    if version != VERSION {
        return refuse(8, Why::Version(version));
    }
    if word(16) != first.0 {
        return refuse(16, Why::Renamed);
    }
    Ok(word(24))
}
