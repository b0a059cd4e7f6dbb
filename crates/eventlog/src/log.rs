//! The writer of the log: it takes records, hands them to the system, and says from when on they are safe.
//!
//! There is one for a folder. After any failed write or sync it takes nothing more until it is healed or opened
//! anew: what a failed sync left on disk cannot be known, and the system reports such a failure only once.

use std::error::Error;
use std::fs::File;
use std::hash::{BuildHasher, RandomState};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Instant;

use crate::folder::{self, Lock};
use crate::frame::{Framing, HEAD_BYTES};
use crate::reader::Open;
use crate::segment::{self, HEADER_BYTES};
use crate::storage::{self, Disk, Storage};
use crate::unfinished::Unfinished;
use crate::{LogError, Lookup, Position, Reader, Record, Segment, Settings, Sync, recovery};

/// How much is gathered before it is handed to the system, whether or not a commit asks for it.
const GATHER_BYTES: usize = 1 << 20;

/// What opening a log found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recovered {
    /// The first position that is kept.
    pub first: Position,
    /// Where the next record will stand. All before it is on disk.
    pub next: Position,
    /// Whether the folder held no log before. A caller that knows of earlier positions should then refuse.
    pub created: bool,
    /// How much of a torn end was cut off; it was never reported by a commit that had synced.
    pub cut_bytes: u64,
    /// The last segment's file, whose end this was.
    pub file: PathBuf,
}

/// What healing a log brought back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Healed {
    /// Where the next record will stand.
    pub next: Position,
    /// How much was lost of what commits had reported without syncing; always 0 with [`Sync::Always`].
    pub lost_bytes: u64,
}

/// The log of one folder, open for writing.
pub struct Log {
    pub(crate) storage: Box<dyn Storage>,
    pub(crate) folder: PathBuf,
    settings: Settings,
    pub(crate) identity: u64,
    pub(crate) framing: Framing,
    /// All segments in order; the last one's `bytes` are kept only while it is closed.
    pub(crate) segments: Vec<Segment>,
    file: File,
    path: PathBuf,
    gathered: Vec<u8>,
    /// Where the next record will stand.
    next: Position,
    committed: Position,
    synced: Position,
    last_sync: Instant,
    failure: Option<String>,
    lookup: Lookup,
    _lock: Lock,
}

impl Log {
    /// Opens the log of `folder`, or makes an empty one, and takes the folder until the log is dropped.
    ///
    /// Reads the last segment to its end. A torn end is cut off and reported; any other damage that is seen
    /// is refused. Closed segments are checked for their headers and lengths, and their records when they are read.
    pub fn open(folder: &Path, settings: Settings) -> Result<(Log, Recovered), LogError> {
        Log::open_on(Box::new(Disk), folder, settings)
    }

    pub(crate) fn open_on(
        mut storage: Box<dyn Storage>,
        folder: &Path,
        settings: Settings,
    ) -> Result<(Log, Recovered), LogError> {
        settings.check()?;
        let lock = folder::take(folder)?;
        folder::clear(&mut *storage, folder, segment::SUFFIX)?;
        let mut firsts = segment::firsts(folder)?;
        let created = firsts.is_empty();
        if created {
            let drawn = || RandomState::new().hash_one(folder);
            let identity = settings.identity.unwrap_or_else(drawn);
            make(&mut *storage, folder, Position::START, identity)?;
            firsts.push(Position::START);
        }
        let mut segments = recovery::chain(folder, &firsts)?;
        let last = segments.last_mut().ok_or_else(|| nothing(folder))?;
        let (open, identity) = Open::new(folder, last.first)?;
        let tail = recovery::tail(&open)?;
        let file = writable(&open.path)?;
        if tail.torn_bytes > 0 {
            let cut = storage.truncate(&file, open.offset(tail.end));
            cut.map_err(LogError::io("cut off the torn end of", &open.path))?;
        }
        // What a killed process had written without syncing was found whole, but may not be on disk.
        storage.sync(&file).map_err(LogError::io("sync", &open.path))?;
        storage.sync_folder(folder).map_err(LogError::io("sync", folder))?;
        last.bytes = tail.end.since(last.first);
        let recovered = Recovered {
            first: firsts[0],
            next: tail.end,
            created,
            cut_bytes: tail.torn_bytes,
            file: open.path.clone(),
        };
        let log = Log {
            storage,
            folder: folder.to_path_buf(),
            settings,
            identity,
            framing: open.framing,
            segments,
            file,
            path: open.path,
            gathered: Vec::with_capacity(GATHER_BYTES + HEAD_BYTES),
            next: tail.end,
            committed: tail.end,
            synced: tail.end,
            last_sync: Instant::now(),
            failure: None,
            lookup: Lookup::open(folder)?,
            _lock: lock,
        };
        Ok((log, recovered))
    }

    /// Adds a record; gives its position. It is part of the log once a commit has returned.
    pub fn append(&mut self, kind: u8, payload: &[u8]) -> Result<Position, LogError> {
        self.refuse_if_poisoned()?;
        let (bytes, limit) = (payload.len() as u64, u64::from(self.settings.max_record));
        if bytes > limit {
            return Err(LogError::TooLong { bytes, limit });
        }
        let end = self.next.plus(HEAD_BYTES as u64 + bytes);
        if end.since(self.last().first) > self.settings.segment_bytes {
            self.roll()?;
        }
        let position = self.next;
        let behind = u32::try_from(position.since(self.synced)).unwrap_or(u32::MAX);
        let shape = (kind, behind, payload.len() as u32);
        self.framing.write(position, shape, payload, &mut self.gathered);
        self.next = end;
        if self.gathered.len() >= GATHER_BYTES {
            self.flush()?;
        }
        Ok(position)
    }

    /// Hands all records to the system and, as the settings say, to the disk; gives the position up to which the log
    /// can be read, and with [`Sync::Always`] survives whatever happens.
    pub fn commit(&mut self) -> Result<Position, LogError> {
        self.refuse_if_poisoned()?;
        self.flush()?;
        let due = match self.settings.sync {
            Sync::Always => true,
            Sync::Every(time) => self.last_sync.elapsed() >= time,
            Sync::Never => false,
        };
        if due {
            self.sync_file()?;
        }
        self.committed = self.next;
        Ok(self.committed)
    }

    /// Commits and syncs, whatever the settings say.
    pub fn sync(&mut self) -> Result<Position, LogError> {
        self.refuse_if_poisoned()?;
        self.flush()?;
        self.sync_file()?;
        self.committed = self.next;
        Ok(self.committed)
    }

    /// Closes the last segment, so that it can be rewritten or removed, and begins the next. Does nothing to an
    /// empty one. It is no commit, though what it closes is on disk.
    pub fn roll(&mut self) -> Result<(), LogError> {
        self.refuse_if_poisoned()?;
        let first = self.last().first;
        if self.next == first {
            return Ok(());
        }
        self.flush()?;
        self.sync_file()?;
        let made = make(&mut *self.storage, &self.folder, self.next, self.identity);
        let made = made.and_then(|()| writable(&segment::path(&self.folder, self.next)));
        self.file = self.or_poison(made)?;
        self.path = segment::path(&self.folder, self.next);
        if let Some(last) = self.segments.last_mut() {
            last.bytes = self.next.since(first);
        }
        self.segments.push(Segment { first: self.next, bytes: 0 });
        Ok(())
    }

    /// Goes on after a failed write or sync: cuts the log at the last committed position and makes sure of all before
    /// it. Records that were appended and not committed are gone. If this fails too the log stays closed to writing.
    pub fn heal(&mut self) -> Result<Healed, LogError> {
        if self.failure.is_none() {
            return Ok(Healed { next: self.next, lost_bytes: 0 });
        }
        folder::clear(&mut *self.storage, &self.folder, segment::SUFFIX)?;
        // The newest goes first, so that a crash in between leaves a log without a gap.
        let mut firsts = segment::firsts(&self.folder)?;
        while firsts.len() > 1 && firsts.last() >= Some(&self.committed) {
            let path = segment::path(&self.folder, firsts[firsts.len() - 1]);
            self.storage.remove(&path).map_err(LogError::io("remove", &path))?;
            firsts.pop();
        }
        let first = *firsts.last().ok_or_else(|| nothing(&self.folder))?;
        let (open, _) = Open::new(&self.folder, first)?;
        let file = writable(&open.path)?;
        let cut = self.storage.truncate(&file, open.offset(self.committed));
        cut.map_err(LogError::io("cut", &open.path))?;
        let kept = self.write_again(&open, &file)?;
        self.storage.sync(&file).map_err(LogError::io("sync", &open.path))?;
        let synced = self.storage.sync_folder(&self.folder);
        synced.map_err(LogError::io("sync", &self.folder))?;
        let lost_bytes = self.committed.since(kept);
        self.segments.retain(|segment| segment.first <= first);
        (self.file, self.path) = (file, open.path);
        (self.next, self.committed, self.synced) = (kept, kept, kept);
        self.gathered.clear();
        self.last_sync = Instant::now();
        self.failure = None;
        Ok(Healed { next: kept, lost_bytes })
    }

    /// Writes what was committed and not synced once more, since after a failed sync the system takes it for
    /// written. Gives the end of what could still be read.
    fn write_again(&mut self, open: &Open, file: &File) -> Result<Position, LogError> {
        let mut position = self.synced.min(self.committed).max(open.first);
        let mut window = crate::window::Window::at(open.offset(position));
        while position < self.committed {
            let head = match open.frame(&mut window, position, self.committed) {
                Ok(Some(head)) => head,
                Ok(None) | Err(LogError::Damaged { .. }) => break,
                Err(other) => return Err(other),
            };
            let bytes = &window.bytes()[..HEAD_BYTES + head.room as usize];
            let written = storage::write_all(&mut *self.storage, file, bytes, window.offset());
            written.map_err(LogError::io("write", &open.path))?;
            window.skip(HEAD_BYTES + head.room as usize);
            position = position.plus(head.frame_bytes());
        }
        if position < self.committed {
            let cut = self.storage.truncate(file, open.offset(position));
            cut.map_err(LogError::io("cut", &open.path))?;
        }
        Ok(position)
    }

    /// The position up to which the log can be read: what the last commit reported.
    pub fn committed(&self) -> Position {
        self.committed
    }

    /// The position up to which the log is known to be on disk.
    pub fn synced(&self) -> Position {
        self.synced.min(self.committed)
    }

    /// Where the next record will stand.
    pub fn next(&self) -> Position {
        self.next
    }

    /// What tells this log from all others.
    pub fn identity(&self) -> u64 {
        self.identity
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// All segments in order; the last one is still being written.
    pub fn segments(&self) -> Vec<Segment> {
        let mut segments = self.segments.clone();
        if let Some(last) = segments.last_mut() {
            last.bytes = self.next.since(last.first);
        }
        segments
    }

    /// Reads from `from` to what is committed now; see [`Reader::extend`].
    pub fn reader(&self, from: Position) -> Result<Reader, LogError> {
        Reader::open(&self.folder, from, self.committed)
    }

    /// The committed record at `position`.
    pub fn read_at(&mut self, position: Position) -> Result<Record<'_>, LogError> {
        self.lookup.read_at(position)
    }

    fn last(&self) -> Segment {
        // There is always one; the default only keeps this total.
        self.segments.last().copied().unwrap_or(Segment { first: self.next, bytes: 0 })
    }

    fn flush(&mut self) -> Result<(), LogError> {
        let start = self.next.0 - self.gathered.len() as u64;
        let offset = HEADER_BYTES + Position(start).since(self.last().first);
        let written = storage::write_all(&mut *self.storage, &self.file, &self.gathered, offset);
        let written = written.map_err(LogError::io("write", &self.path));
        self.or_poison(written)?;
        self.gathered.clear();
        Ok(())
    }

    fn sync_file(&mut self) -> Result<(), LogError> {
        if self.synced == self.next {
            return Ok(());
        }
        let synced = self.storage.sync(&self.file).map_err(LogError::io("sync", &self.path));
        self.or_poison(synced)?;
        self.synced = self.next;
        self.last_sync = Instant::now();
        Ok(())
    }

    pub(crate) fn refuse_if_poisoned(&self) -> Result<(), LogError> {
        match &self.failure {
            Some(failure) => Err(LogError::Poisoned { failure: failure.clone() }),
            None => Ok(()),
        }
    }

    fn or_poison<T>(&mut self, outcome: Result<T, LogError>) -> Result<T, LogError> {
        if let Err(failure) = &outcome {
            let cause = failure.source().map(|cause| format!(": {cause}")).unwrap_or_default();
            self.failure = Some(format!("{failure}{cause}"));
        }
        outcome
    }
}

/// Makes an empty segment that is whole from the first moment it has its name.
fn make(
    storage: &mut dyn Storage,
    folder: &Path,
    first: Position,
    identity: u64,
) -> Result<(), LogError> {
    let mut file = Unfinished::begin(storage, &segment::path(folder, first))?;
    file.write(storage, &segment::header(first, identity))?;
    file.finish(storage)
}

fn writable(path: &Path) -> Result<File, LogError> {
    File::options().read(true).write(true).open(path).map_err(LogError::io("open", path))
}

/// The answer where a segment was just seen and is gone.
fn nothing(folder: &Path) -> LogError {
    LogError::io("find a segment in", folder)(io::ErrorKind::NotFound.into())
}
