//! What leaves a log: whole segments whose time is over, and single payloads that must be erased.
//!
//! Neither moves a record: positions are promises that others keep. An erased payload therefore leaves its room
//! behind, filled with zeros.

use crate::frame::{HEAD_BYTES, Head};
use crate::log::Log;
use crate::reader::Open;
use crate::segment::{self, HEADER_BYTES};
use crate::storage::Storage;
use crate::unfinished::{self, Unfinished};
use crate::window::Window;
use crate::{LogError, Position, Segment, Why};

/// How much of a segment is copied at a time.
const COPY_BYTES: usize = 1 << 20;

/// Says what is to stand in a record's place, or nothing to leave it.
type Replace<'a> = &'a mut dyn FnMut(Position, u8, &[u8]) -> Option<Vec<u8>>;

impl Log {
    /// Removes the segments all of whose records stand before `position`, oldest first, but never the last segment.
    /// Gives what was removed.
    pub fn remove_before(&mut self, position: Position) -> Result<Vec<Segment>, LogError> {
        self.refuse_if_poisoned()?;
        let mut removed = Vec::new();
        while self.segments.len() > 1 && self.segments[0].end() <= position {
            let path = segment::path(&self.folder, self.segments[0].first);
            match self.storage.remove(&path).map_err(LogError::io("remove", &path)) {
                Err(failure) if !failure.is_missing() => return Err(failure),
                _ => removed.push(self.segments.remove(0)),
            }
        }
        if !removed.is_empty() {
            let synced = self.storage.sync_folder(&self.folder);
            synced.map_err(LogError::io("sync", &self.folder))?;
        }
        Ok(removed)
    }

    /// Rewrites the closed segment that begins at `first`, with the payloads that `replace` gives in place of those
    /// it is asked about; gives how many it replaced. Kinds and positions stay. See [`Log::roll`] for the last segment.
    ///
    /// It happens wholly or not at all; after an error either may be found, and the log can go on. A reader that has
    /// the segment open goes on reading what it opened, and the disk may hold the old bytes until it uses their
    /// place again.
    pub fn rewrite(&mut self, first: Position, replace: Replace<'_>) -> Result<u64, LogError> {
        self.refuse_if_poisoned()?;
        let closed = self.segments.split_last().map_or(&[][..], |(_, closed)| closed);
        let segment = closed.iter().find(|segment| segment.first == first);
        let segment = *segment.ok_or(LogError::NotClosed { first })?;
        let (open, identity) = Open::new(&self.folder, first)?;
        if identity != self.identity {
            return Err(LogError::damaged(&open.path, 24, Why::Foreign));
        }
        let rewritten = Rewriting::of(&open, segment, &mut *self.storage).run(replace);
        if rewritten.is_err() {
            unfinished::discard(&mut *self.storage, &open.path);
        }
        rewritten
    }
}

/// One segment on its way into a copy of itself.
struct Rewriting<'a> {
    open: &'a Open,
    segment: Segment,
    storage: &'a mut dyn Storage,
    /// Begun with the first replacement: most segments hold nothing that is to be erased.
    copy: Option<Unfinished>,
    gathered: Vec<u8>,
    replaced: u64,
}

impl<'a> Rewriting<'a> {
    fn of(open: &'a Open, segment: Segment, storage: &'a mut dyn Storage) -> Rewriting<'a> {
        Rewriting { open, segment, storage, copy: None, gathered: Vec::new(), replaced: 0 }
    }

    fn run(mut self, replace: Replace<'_>) -> Result<u64, LogError> {
        let (mut position, end) = (self.segment.first, self.segment.end());
        let mut window = Window::at(HEADER_BYTES);
        while position < end {
            let head = self.open.frame(&mut window, position, end)?.ok_or_else(|| {
                LogError::damaged(&self.open.path, self.open.offset(position), Why::Short)
            })?;
            let frame = HEAD_BYTES + head.room as usize;
            let bytes = &window.bytes()[..frame];
            let payload = &bytes[HEAD_BYTES..HEAD_BYTES + head.length as usize];
            match replace(position, head.kind, payload) {
                Some(other) => self.put(position, head, &other)?,
                None if self.copy.is_some() => self.gathered.extend_from_slice(bytes),
                None => {}
            }
            self.flush(COPY_BYTES)?;
            window.skip(frame);
            position = position.plus(head.frame_bytes());
        }
        self.flush(1)?;
        if let Some(copy) = self.copy {
            copy.finish(self.storage)?;
        }
        Ok(self.replaced)
    }

    /// Puts `payload` in the place of a record's own.
    fn put(&mut self, position: Position, head: Head, payload: &[u8]) -> Result<(), LogError> {
        let (bytes, room) = (payload.len() as u64, u64::from(head.room));
        if bytes > room {
            return Err(LogError::NoRoom { position, bytes, room });
        }
        if self.copy.is_none() {
            self.copy = Some(self.begin(self.open.offset(position))?);
        }
        let shape = (head.kind, head.behind, head.room);
        self.open.framing.write(position, shape, payload, &mut self.gathered);
        self.replaced += 1;
        Ok(())
    }

    /// Begins the copy with everything before `offset`, which was checked on the way here.
    fn begin(&mut self, offset: u64) -> Result<Unfinished, LogError> {
        let mut copy = Unfinished::begin(self.storage, &self.open.path)?;
        let mut window = Window::at(0);
        while copy.bytes() < offset {
            let wanted = COPY_BYTES.min((offset - copy.bytes()) as usize);
            let read = window.peek(&self.open.file, wanted, offset);
            let bytes = read.map_err(LogError::io("read", &self.open.path))?;
            if bytes.is_empty() {
                return Err(LogError::damaged(&self.open.path, copy.bytes(), Why::Short));
            }
            copy.write(self.storage, bytes)?;
            let copied = bytes.len();
            window.skip(copied);
        }
        Ok(copy)
    }

    /// Writes what is gathered, once it is `least` bytes.
    fn flush(&mut self, least: usize) -> Result<(), LogError> {
        if let Some(copy) = self.copy.as_mut().filter(|_| self.gathered.len() >= least) {
            copy.write(self.storage, &self.gathered)?;
            self.gathered.clear();
        }
        Ok(())
    }
}
