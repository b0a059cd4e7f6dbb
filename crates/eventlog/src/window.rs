//! A stretch of a file in memory, moved along it in large reads.
//!
//! It reads no further than it is told: the bytes beyond a log's committed end may still change.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

/// How much is read at a time where all of it will be used. Larger is no faster from the page cache and leaves the
/// processor's own.
const READ_BYTES: usize = 256 << 10;
/// How much is read where one record is wanted: most are shorter.
const GLANCE_BYTES: usize = 4 << 10;

/// The window: its bytes lie in the file from `offset` on.
#[derive(Debug)]
pub(crate) struct Window {
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    offset: u64,
    /// How much is read at least, if the file has it.
    stride: usize,
}

impl Window {
    /// An empty window at `offset`, from where it will be moved along the file.
    pub(crate) fn at(offset: u64) -> Window {
        Window { buffer: Vec::new(), start: 0, end: 0, offset, stride: READ_BYTES }
    }

    /// An empty window to look at single places with.
    pub(crate) fn glance() -> Window {
        Window { stride: GLANCE_BYTES, ..Window::at(0) }
    }

    /// Moves to another place, maybe of another file, keeping the memory.
    pub(crate) fn restart(&mut self, offset: u64) {
        (self.start, self.end, self.offset) = (0, 0, offset);
    }

    /// Where in the file the window begins.
    pub(crate) fn offset(&self) -> u64 {
        self.offset
    }

    /// What is in memory.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.buffer[self.start..self.end]
    }

    /// At least `wanted` bytes; fewer only where the file ends, or `limit`, a place in the file, is reached.
    pub(crate) fn peek(&mut self, file: &File, wanted: usize, limit: u64) -> io::Result<&[u8]> {
        let full = wanted.max(self.stride);
        if self.end - self.start < wanted {
            self.buffer.copy_within(self.start..self.end, 0);
            (self.start, self.end) = (0, self.end - self.start);
            if self.buffer.len() < full {
                self.buffer.resize(full, 0);
            }
        }
        while self.end - self.start < wanted {
            let from = self.offset + self.end as u64;
            let most = usize::try_from(limit.saturating_sub(from)).unwrap_or(usize::MAX);
            let to = full.min(self.end.saturating_add(most));
            match file.read_at(&mut self.buffer[self.end..to], from) {
                Ok(0) => break,
                Ok(read) => self.end += read,
                Err(failure) if failure.kind() == io::ErrorKind::Interrupted => {}
                Err(failure) => return Err(failure),
            }
        }
        Ok(self.bytes())
    }

    /// The first `length` of the `back` bytes that were skipped last.
    pub(crate) fn passed(&self, back: usize, length: usize) -> &[u8] {
        let from = self.start.saturating_sub(back);
        &self.buffer[from..from + length]
    }

    /// Moves on by `bytes`, all of which were peeked at.
    pub(crate) fn skip(&mut self, bytes: usize) {
        self.start += bytes;
        self.offset += bytes as u64;
    }
}
