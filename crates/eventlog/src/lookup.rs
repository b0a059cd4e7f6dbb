//! Reads single records by their positions, in any order.
//!
//! Each read opens its segment anew: a file kept open would go on showing what a rewriting has erased.

use std::path::{Path, PathBuf};

use crate::frame::{HEAD_BYTES, Head};
use crate::reader::{self, Open, Record};
use crate::segment::{self, HEADER_BYTES};
use crate::window::Window;
use crate::{LogError, Position, Why};

/// Finds records by position. It may live in another thread than the writer.
#[derive(Debug)]
pub struct Lookup {
    folder: PathBuf,
    /// Where the segments begin, as far as known; looked up again when a position is not found by it.
    firsts: Vec<Position>,
    window: Window,
}

impl Lookup {
    /// Finds records in the log that is kept in `folder`.
    pub fn open(folder: &Path) -> Result<Lookup, LogError> {
        let firsts = segment::firsts(folder)?;
        Ok(Lookup { folder: folder.to_path_buf(), firsts, window: Window::glance() })
    }

    /// The record at `position`, which an append gave and a commit covered.
    pub fn read_at(&mut self, position: Position) -> Result<Record<'_>, LogError> {
        let head = match self.find(position)? {
            Some(head) => head,
            None => {
                // A later segment may have been made, or an earlier one removed, since the last look.
                self.firsts = segment::firsts(&self.folder)?;
                self.find(position)?.ok_or_else(|| self.absent(position))?
            }
        };
        let payload = &self.window.bytes()[HEAD_BYTES..HEAD_BYTES + head.length as usize];
        Ok(Record { position, kind: head.kind, payload })
    }

    /// Tries the segment that should hold the position, as far as the segments are known.
    fn find(&mut self, position: Position) -> Result<Option<Head>, LogError> {
        let Some(first) = segment::holding(&self.firsts, position) else { return Ok(None) };
        let open = match Open::new(&self.folder, first) {
            Ok((open, _)) => open,
            Err(missing) if missing.is_missing() => return Ok(None),
            Err(other) => return Err(other),
        };
        self.window.restart(open.offset(position));
        open.frame(&mut self.window, position, Position(u64::MAX))
    }

    /// Why no segment has the position.
    fn absent(&self, position: Position) -> LogError {
        match segment::holding(&self.firsts, position) {
            Some(first) => {
                let offset = HEADER_BYTES.saturating_add(position.since(first));
                LogError::damaged(&segment::path(&self.folder, first), offset, Why::Short)
            }
            None => reader::removed(&self.folder, position, &self.firsts),
        }
    }
}
