//! Reads a range of the log in order, while the log may be growing.
//!
//! The range ends at a position that the writer has committed; the reader believes nothing beyond it. It needs no part
//! of the writer, only the folder, so it can live in another thread.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use crate::frame::{Framing, HEAD_BYTES, Head};
use crate::segment::{self, HEADER_BYTES};
use crate::window::Window;
use crate::{LogError, Position, Why};

/// One record of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record<'a> {
    /// Where it stands.
    pub position: Position,
    /// What the writer said it is.
    pub kind: u8,
    /// Its bytes.
    pub payload: &'a [u8],
}

/// Reads records in order, checking each.
#[derive(Debug)]
pub struct Reader {
    folder: PathBuf,
    open: Open,
    identity: u64,
    next: Position,
    until: Position,
    window: Window,
}

impl Reader {
    /// Reads from the record at `from` up to `until`, a position that a commit reported.
    ///
    /// A `from` at which no record begins is told apart from damage by nothing but its being wrong: both are
    /// [`LogError::Damaged`]. A `from` before the first segment is [`LogError::Removed`].
    pub fn open(folder: &Path, from: Position, until: Position) -> Result<Reader, LogError> {
        let firsts = segment::firsts(folder)?;
        let first =
            segment::holding(&firsts, from).ok_or_else(|| removed(folder, from, &firsts))?;
        let (open, identity) = match Open::new(folder, first) {
            // Retention may have been quicker.
            Err(missing) if missing.is_missing() => {
                return Err(removed(folder, from, &segment::firsts(folder)?));
            }
            opened => opened?,
        };
        let window = Window::at(open.offset(from));
        Ok(Reader { folder: folder.to_path_buf(), open, identity, next: from, until, window })
    }

    /// Where the next record to be read stands.
    pub fn position(&self) -> Position {
        self.next
    }

    /// Where the file begins in which the next record stands.
    pub fn file_begins(&self) -> Position {
        self.open.first
    }

    /// Moves the end of the range forward, after another commit.
    pub fn extend(&mut self, until: Position) {
        self.until = self.until.max(until);
    }

    /// The next record, or nothing at the end of the range.
    ///
    /// After an error the same record is tried again; a damaged one cannot be passed.
    pub fn read(&mut self) -> Result<Option<Record<'_>>, LogError> {
        if self.next >= self.until {
            return Ok(None);
        }
        let head = match self.open.frame(&mut self.window, self.next, self.until)? {
            Some(head) => head,
            None => self.turn()?,
        };
        let position = self.next;
        self.next = position.plus(head.frame_bytes());
        // The frame stays in memory until the window is asked for more.
        self.window.skip(HEAD_BYTES + head.room as usize);
        let payload = self.window.passed(head.room as usize, head.length as usize);
        Ok(Some(Record { position, kind: head.kind, payload }))
    }

    /// Goes on to the segment that begins where this one ends.
    fn turn(&mut self) -> Result<Head, LogError> {
        let (open, identity) = match Open::new(&self.folder, self.next) {
            Ok(opened) => opened,
            Err(missing) if missing.is_missing() => return Err(self.nothing_follows()?),
            Err(other) => return Err(other),
        };
        if identity != self.identity {
            return Err(LogError::damaged(&open.path, 24, Why::Foreign));
        }
        self.open = open;
        self.window.restart(HEADER_BYTES);
        let head = self.open.frame(&mut self.window, self.next, self.until)?;
        head.ok_or_else(|| LogError::damaged(&self.open.path, HEADER_BYTES, Why::Short))
    }

    /// Why there is no segment at the next position: all there was is removed, or something is missing.
    fn nothing_follows(&self) -> Result<LogError, LogError> {
        let firsts = segment::firsts(&self.folder)?;
        if firsts.first().is_none_or(|first| *first > self.next) {
            return Ok(removed(&self.folder, self.next, &firsts));
        }
        let why = if firsts.last() > Some(&self.next) { Why::Gap } else { Why::Short };
        Ok(LogError::damaged(&self.open.path, self.open.offset(self.next), why))
    }
}

/// The answer to a position before all that is kept.
pub(crate) fn removed(folder: &Path, asked: Position, firsts: &[Position]) -> LogError {
    match firsts.first() {
        Some(first) => LogError::Removed { asked, first: *first },
        None => LogError::io("find a segment in", folder)(io::ErrorKind::NotFound.into()),
    }
}

/// A segment open for reading.
#[derive(Debug)]
pub(crate) struct Open {
    pub file: File,
    pub path: PathBuf,
    pub first: Position,
    pub framing: Framing,
}

impl Open {
    /// Opens the segment beginning at `first` and checks its header; gives the log's identity with it.
    pub(crate) fn new(folder: &Path, first: Position) -> Result<(Open, u64), LogError> {
        let path = segment::path(folder, first);
        let file = File::open(&path).map_err(LogError::io("open", &path))?;
        let identity = segment::identity(&file, &path, first)?;
        Ok((Open { file, path, first, framing: Framing::new(identity) }, identity))
    }

    /// Where in the file the record at `position` begins.
    pub(crate) fn offset(&self, position: Position) -> u64 {
        HEADER_BYTES.saturating_add(position.since(self.first))
    }

    /// Brings the whole frame at `position`, where the window stands, into memory and checks it; nothing if the file
    /// ends right there. No byte at or after `until` is looked at.
    pub(crate) fn frame(
        &self,
        window: &mut Window,
        position: Position,
        until: Position,
    ) -> Result<Option<Head>, LogError> {
        let (limit, offset) = (self.offset(until), window.offset());
        let damaged = |why| LogError::damaged(&self.path, offset, why);
        let read = window.peek(&self.file, HEAD_BYTES, limit);
        let bytes = read.map_err(LogError::io("read", &self.path))?;
        if bytes.is_empty() {
            return Ok(None);
        }
        let head = self.framing.head(position, bytes).map_err(damaged)?;
        let whole = HEAD_BYTES + head.room as usize;
        let read = window.peek(&self.file, whole, limit);
        let bytes = read.map_err(LogError::io("read", &self.path))?;
        let body = bytes.get(HEAD_BYTES..whole).ok_or_else(|| damaged(Why::Short))?;
        if head.fits(body) { Ok(Some(head)) } else { Err(damaged(Why::Record)) }
    }
}
