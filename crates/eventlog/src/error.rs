//! What can go wrong with a log, told apart by what the caller can do.
//!
//! Every variant that concerns a file names it; damage names the byte too, counted from the file's start.

use std::io;
use std::path::{Path, PathBuf};

use crate::Position;

/// Why a log, a record or a snapshot could not be written or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LogError {
    /// Another process, or another part of this one, holds the folder: stop it, or use another folder.
    #[error("{folder}: another process is using this log")]
    Locked {
        /// The log's folder.
        folder: PathBuf,
    },
    /// The system refused: no space, no permission, a failing disk.
    #[error("{file}: cannot {doing}")]
    Io {
        /// What was tried, as a verb: "write", "sync".
        doing: &'static str,
        /// The file or folder.
        file: PathBuf,
        /// The system's answer.
        #[source]
        source: io::Error,
    },
    /// The bytes on disk are not those that were written: restore the file from a copy.
    #[error("{file}, byte {offset}: {why}")]
    Damaged {
        /// The damaged file.
        file: PathBuf,
        /// Where in the file the damage was found.
        offset: u64,
        /// What is wrong there.
        why: Why,
    },
    /// The position lies before the first record that is kept: retention removed it.
    #[error("position {asked} is no longer kept: the log begins at {first}")]
    Removed {
        /// The position that was asked for.
        asked: Position,
        /// The first position there is.
        first: Position,
    },
    /// The record is longer than [`Settings::max_record`](crate::Settings::max_record) allows. Nothing was
    /// written; the log can go on.
    #[error("a record of {bytes} bytes is longer than the limit of {limit}")]
    TooLong {
        /// The payload's length.
        bytes: u64,
        /// The limit.
        limit: u64,
    },
    /// An earlier write or sync failed, so what is on disk is unknown: [`Log::heal`](crate::Log::heal) or open anew.
    #[error("the log takes nothing since it failed: {failure}")]
    Poisoned {
        /// The failure, as it was reported then.
        failure: String,
    },
    /// A setting is out of its range.
    #[error("{name} is {value}: it must be {range}")]
    Setting {
        /// The setting's name.
        name: &'static str,
        /// What was given.
        value: u64,
        /// What would do.
        range: &'static str,
    },
    /// No closed segment begins there: only those can be rewritten.
    #[error("no closed segment begins at {first}")]
    NotClosed {
        /// The position that was asked for.
        first: Position,
    },
    /// A replacement is longer than what it replaces, which would move every later record.
    #[error("the replacement of record {position} has {bytes} bytes, {room} is all there is")]
    NoRoom {
        /// The record.
        position: Position,
        /// The replacement's length.
        bytes: u64,
        /// What fits.
        room: u64,
    },
}

impl LogError {
    /// An [`LogError::Io`], for `map_err`.
    pub(crate) fn io(doing: &'static str, file: &Path) -> impl FnOnce(io::Error) -> LogError {
        let file = file.to_path_buf();
        move |source| LogError::Io { doing, file, source }
    }

    /// Whether a file was not there.
    pub(crate) fn is_missing(&self) -> bool {
        matches!(self, LogError::Io { source, .. } if source.kind() == io::ErrorKind::NotFound)
    }

    pub(crate) fn damaged(file: &Path, offset: u64, why: Why) -> LogError {
        LogError::Damaged { file: file.to_path_buf(), offset, why }
    }
}

/// What is wrong with the bytes at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Why {
    /// The file does not begin as such a file does.
    #[error("not a file of this log")]
    Magic,
    /// Written by a later version.
    #[error("format version {0} is not known to this program")]
    Version(u32),
    /// The file's header does not match its checksum.
    #[error("the file's header does not match its checksum")]
    Header,
    /// The header's first position is not that of the file's name.
    #[error("the file's header names another first position than its name")]
    Renamed,
    /// The file belongs to another log.
    #[error("the file belongs to another log")]
    Foreign,
    /// A record's header does not match its checksum, or no record begins there.
    #[error("no record begins here, or its header is damaged")]
    RecordHeader,
    /// A record's payload does not match its checksum.
    #[error("the record does not match its checksum")]
    Record,
    /// The file ends within a record, or before a position that was committed.
    #[error("the file ends too early")]
    Short,
    /// Between this segment and the next, records are missing or doubled.
    #[error("the next segment does not begin where this one ends")]
    Gap,
    /// A snapshot's block does not match its checksum.
    #[error("the block does not match its checksum")]
    Block,
    /// A snapshot's footer does not match what precedes it.
    #[error("the snapshot's end does not match its contents")]
    Footer,
}
