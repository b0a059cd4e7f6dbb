//! Snapshots: what was made of the log up to a position, so that a restart need not read it all again.
//!
//! A snapshot is a shortcut and never the only copy: one that is damaged is reported, and the one before it, or the log
//! itself, takes its place. It has its name only when it is whole. No byte is handed out before the block it is in was
//! checked, and the end is checked when it is opened, so that a short file is noticed at once.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use crate::storage::{Disk, Storage};
use crate::unfinished::{self, Unfinished};
use crate::{LogError, Position, Why, folder};

/// How much of the contents each checksum covers.
const BLOCK_BYTES: usize = 1 << 20;
/// Bytes before the first block.
const HEADER_BYTES: usize = 32;
/// Bytes before a block's contents.
const HEAD_BYTES: usize = 8;
/// Bytes behind the last block.
const FOOTER_BYTES: usize = 24;
const MAGIC: [u8; 8] = *b"\x89EVS\r\n\x1a\n";
const VERSION: u32 = 1;
const SUFFIX: &str = ".snapshot";

/// A snapshot that is there; whether it is whole shows when it is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saved {
    /// Up to where the log is in it.
    pub position: Position,
    /// Its file.
    pub file: PathBuf,
    /// The file's length.
    pub bytes: u64,
}

/// The snapshots of one log.
///
/// It takes no lock of its own: whoever writes snapshots holds the [`Log`](crate::Log). Reading needs nothing.
pub struct Snapshots {
    pub(crate) storage: Box<dyn Storage>,
    folder: PathBuf,
    identity: u64,
    keep: usize,
}

impl Snapshots {
    /// The snapshots in `folder`, which may be the log's own and is made if need be, of the log that has this
    /// [`identity`](crate::Log::identity). Writing one leaves the newest `keep`, at least 1; 2 lets a damaged
    /// one cost little.
    pub fn open(folder: &Path, identity: u64, keep: usize) -> Result<Snapshots, LogError> {
        if keep == 0 {
            let (name, value, range) = ("keep", 0, "at least 1");
            return Err(LogError::Setting { name, value, range });
        }
        let mut storage = Box::new(Disk);
        folder::make(folder)?;
        folder::clear(&mut *storage, folder, SUFFIX)?;
        Ok(Snapshots { storage, folder: folder.to_path_buf(), identity, keep })
    }

    /// Writes a snapshot of the log up to `position`: `fill` streams its contents. Returns when it is on disk and
    /// older ones that are no longer kept are removed. After an error those that were there still are.
    pub fn write(
        &mut self,
        position: Position,
        fill: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<Saved, LogError> {
        let path = self.path(position);
        let written = self.fill(&path, position, fill);
        if written.is_err() {
            unfinished::discard(&mut *self.storage, &path);
        }
        let bytes = written?;
        for old in self.newest()?.into_iter().skip(self.keep) {
            let removed = self.storage.remove(&old.file);
            removed.map_err(LogError::io("remove", &old.file))?;
        }
        Ok(Saved { position, file: path, bytes })
    }

    fn fill(
        &mut self,
        path: &Path,
        position: Position,
        fill: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<u64, LogError> {
        let header = header(position, self.identity);
        let mut file = Unfinished::begin(&mut *self.storage, path)?;
        file.write(&mut *self.storage, &header)?;
        let mut blocks = Blocks {
            storage: &mut *self.storage,
            file,
            check: Check::new(&header),
            block: Vec::with_capacity(HEAD_BYTES + BLOCK_BYTES),
            failure: None,
        };
        blocks.block.resize(HEAD_BYTES, 0);
        let filled = fill(&mut blocks);
        if let Some(failure) = blocks.failure.take() {
            return Err(failure);
        }
        filled.map_err(LogError::io("gather what belongs into", path))?;
        blocks.end()
    }

    /// The snapshots there are, newest first.
    pub fn newest(&self) -> Result<Vec<Saved>, LogError> {
        let positions = folder::numbered(&self.folder, SUFFIX)?;
        let saved = positions.into_iter().rev().map(|position| {
            let file = self.path(position);
            let bytes = file.metadata().map_err(LogError::io("read", &file))?.len();
            Ok(Saved { position, file, bytes })
        });
        saved.collect()
    }

    /// Opens a snapshot and checks its header and its end.
    pub fn read(&self, saved: &Saved) -> Result<SnapshotReader, LogError> {
        SnapshotReader::open(saved, self.identity)
    }

    fn path(&self, position: Position) -> PathBuf {
        self.folder.join(format!("{:020}{SUFFIX}", position.0))
    }
}

fn header(position: Position, identity: u64) -> [u8; HEADER_BYTES] {
    let mut header = [0; HEADER_BYTES];
    header[..8].copy_from_slice(&MAGIC);
    header[8..12].copy_from_slice(&VERSION.to_le_bytes());
    header[16..24].copy_from_slice(&position.0.to_le_bytes());
    header[24..].copy_from_slice(&identity.to_le_bytes());
    let check = crc32c::crc32c_append(crc32c::crc32c(&header[..12]), &header[16..]);
    header[12..16].copy_from_slice(&check.to_le_bytes());
    header
}

fn word(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

/// The checksums of one snapshot: each block's hangs on the header and on how much went before it, so blocks that
/// are swapped, doubled or from another snapshot do not pass; the footer's hangs on those of all blocks.
#[derive(Clone, Copy, Debug)]
struct Check {
    seed: u32,
    total: u64,
    chain: u32,
}

impl Check {
    fn new(header: &[u8; HEADER_BYTES]) -> Check {
        Check { seed: crc32c::crc32c(header), total: 0, chain: 0 }
    }

    /// The checksum of `contents` as the next block.
    fn block(&self, contents: &[u8]) -> u32 {
        let seed = crc32c::crc32c_append(self.seed, &self.total.to_le_bytes());
        let seed = crc32c::crc32c_append(seed, &(contents.len() as u32).to_le_bytes());
        crc32c::crc32c_append(seed, contents)
    }

    /// Goes past a block of this length and checksum.
    fn pass(&mut self, length: usize, check: u32) {
        self.total += length as u64;
        self.chain = crc32c::crc32c_append(self.chain, &check.to_le_bytes());
    }

    /// What stands behind the last block: a block of no length, whose contents are the total and the chain.
    fn footer(&self) -> [u8; FOOTER_BYTES] {
        let mut footer = [0; FOOTER_BYTES];
        footer[8..16].copy_from_slice(&self.total.to_le_bytes());
        footer[16..20].copy_from_slice(&self.chain.to_le_bytes());
        let check = crc32c::crc32c_append(self.seed, &footer[8..]);
        footer[4..8].copy_from_slice(&check.to_le_bytes());
        footer
    }
}

/// Cuts what is written into checked blocks.
struct Blocks<'a> {
    storage: &'a mut dyn Storage,
    file: Unfinished,
    check: Check,
    /// The head of the block that is being filled and its contents so far.
    block: Vec<u8>,
    /// Why a block could not be written: the caller's own error says less.
    failure: Option<LogError>,
}

impl Blocks<'_> {
    fn put(&mut self) -> Result<(), LogError> {
        let contents = &self.block[HEAD_BYTES..];
        let (length, check) = (contents.len(), self.check.block(contents));
        if length > 0 {
            self.block[..4].copy_from_slice(&(length as u32).to_le_bytes());
            self.block[4..8].copy_from_slice(&check.to_le_bytes());
            self.file.write(self.storage, &self.block)?;
            self.check.pass(length, check);
            self.block.truncate(HEAD_BYTES);
        }
        Ok(())
    }

    /// Ends the snapshot and gives it its name; gives the file's length.
    fn end(mut self) -> Result<u64, LogError> {
        self.put()?;
        self.file.write(self.storage, &self.check.footer())?;
        let bytes = self.file.bytes();
        self.file.finish(self.storage)?;
        Ok(bytes)
    }
}

impl Write for Blocks<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.failure.is_some() {
            return Err(io::Error::other("an earlier write failed"));
        }
        let taken = bytes.len().min(HEAD_BYTES + BLOCK_BYTES - self.block.len());
        self.block.extend_from_slice(&bytes[..taken]);
        if self.block.len() == HEAD_BYTES + BLOCK_BYTES
            && let Err(failure) = self.put()
        {
            let told = io::Error::other(failure.to_string());
            self.failure = Some(failure);
            return Err(told);
        }
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Reads one snapshot's contents, block by checked block.
///
/// Damage comes as an [`io::Error`] of kind `InvalidData` with the [`LogError::Damaged`] inside. Only at the end of the
/// contents is it sure that none is missing, so read to the end.
#[derive(Debug)]
pub struct SnapshotReader {
    file: File,
    path: PathBuf,
    /// Where the next block begins.
    offset: u64,
    check: Check,
    footer: [u8; FOOTER_BYTES],
    footer_at: u64,
    block: Vec<u8>,
    /// How much of the block was handed out.
    given: usize,
}

impl SnapshotReader {
    fn open(saved: &Saved, identity: u64) -> Result<SnapshotReader, LogError> {
        let path = saved.file.clone();
        let file = File::open(&path).map_err(LogError::io("open", &path))?;
        let length = file.metadata().map_err(LogError::io("read", &path))?.len();
        let refuse = |offset, why| Err(LogError::damaged(&path, offset, why));
        let Some(footer_at) = length.checked_sub((HEADER_BYTES + FOOTER_BYTES) as u64) else {
            return refuse(length, Why::Short);
        };
        let footer_at = footer_at + HEADER_BYTES as u64;
        let (mut read, mut footer) = ([0; HEADER_BYTES], [0; FOOTER_BYTES]);
        file.read_exact_at(&mut read, 0).map_err(LogError::io("read", &path))?;
        file.read_exact_at(&mut footer, footer_at).map_err(LogError::io("read", &path))?;
        if read[..8] != MAGIC {
            return refuse(0, Why::Magic);
        }
        if read[12..16]
            != crc32c::crc32c_append(crc32c::crc32c(&read[..12]), &read[16..]).to_le_bytes()
        {
            return refuse(12, Why::Header);
        }
        if word(&read, 8) != VERSION {
            return refuse(8, Why::Version(word(&read, 8)));
        }
        if read[16..24] != saved.position.0.to_le_bytes() {
            return refuse(16, Why::Renamed);
        }
        if read[24..] != identity.to_le_bytes() {
            return refuse(24, Why::Foreign);
        }
        let check = Check::new(&read);
        let (total, chain) =
            (u64::from(word(&footer, 8)) | u64::from(word(&footer, 12)) << 32, word(&footer, 16));
        if footer != (Check { total, chain, ..check }).footer() {
            return refuse(footer_at, Why::Footer);
        }
        let offset = HEADER_BYTES as u64;
        Ok(SnapshotReader {
            file,
            path,
            offset,
            check,
            footer,
            footer_at,
            block: Vec::new(),
            given: 0,
        })
    }

    /// How many bytes the contents have.
    pub fn contents_bytes(&self) -> u64 {
        u64::from(word(&self.footer, 8)) | u64::from(word(&self.footer, 12)) << 32
    }

    /// Reads and checks the next block; leaves none at the end.
    fn next(&mut self) -> Result<(), LogError> {
        self.block.clear();
        self.given = 0;
        let damaged = |why| Err(LogError::damaged(&self.path, self.offset, why));
        if self.offset == self.footer_at {
            let right = self.footer == self.check.footer();
            return if right { Ok(()) } else { damaged(Why::Footer) };
        }
        let mut head = [0; HEAD_BYTES];
        let read = self.file.read_exact_at(&mut head, self.offset);
        read.map_err(LogError::io("read", &self.path))?;
        let (length, check) = (word(&head, 0) as usize, word(&head, 4));
        let end = self.offset + (HEAD_BYTES + length) as u64;
        if length == 0 || length > BLOCK_BYTES || end > self.footer_at {
            return damaged(Why::Block);
        }
        let mut block = std::mem::take(&mut self.block);
        block.resize(length, 0);
        let read = self.file.read_exact_at(&mut block, self.offset + HEAD_BYTES as u64);
        read.map_err(LogError::io("read", &self.path))?;
        if self.check.block(&block) != check {
            return damaged(Why::Block);
        }
        self.check.pass(length, check);
        self.block = block;
        self.offset = end;
        Ok(())
    }
}

impl Read for SnapshotReader {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if into.is_empty() {
            return Ok(0);
        }
        if self.given == self.block.len() {
            self.next().map_err(|failure| match failure {
                LogError::Io { source, .. } => source,
                other => io::Error::new(io::ErrorKind::InvalidData, other),
            })?;
        }
        let given = into.len().min(self.block.len() - self.given);
        into[..given].copy_from_slice(&self.block[self.given..self.given + given]);
        self.given += given;
        Ok(given)
    }
}
