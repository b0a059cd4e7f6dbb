//! The folder of one live engine: where its log, its snapshots and its judgements are.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicU64;
use std::sync::{Mutex, RwLock};

use eventlog::Snapshots;

use crate::LiveError;
use crate::options::Options;
use crate::records::Records;

/// Snapshots that are kept: the one before serves if the newest is damaged.
const SNAPSHOTS: usize = 2;
/// Judgements that are kept: those that the log may still name after the older snapshot. One that is gone is made again.
const JUDGEMENTS: usize = 16;

/// The records, for readers beside one another: those need only know where they end.
pub type Apart = RwLock<Option<Mutex<Records>>>;

/// A folder, and what is told of it.
pub struct Home {
    pub options: Options,
    /// The log's own, so that what belongs to another is not taken for this one's.
    pub identity: u64,
    /// Taken by whoever reads or writes judgements, or what they changed: to open their folder is to clear away what is not finished.
    pub judgements: Mutex<()>,
    /// The records of transactions, once there are any. Whoever reads log and records as one holds it, so that nothing
    /// passes from one to the other meanwhile.
    pub records: Apart,
    /// Judgements that began before this place may come out otherwise: what they looked at was erased in part.
    pub erased: AtomicU64,
}

impl Home {
    /// Where the log is.
    pub fn log(&self) -> PathBuf {
        self.options.folder.join("log")
    }

    /// Where the records of transactions are, kept apart.
    pub fn records_folder(&self) -> PathBuf {
        self.options.folder.join("records")
    }

    /// Where temporary files go.
    pub fn temp(&self) -> PathBuf {
        self.options.folder.join("temp")
    }

    /// Where snapshots are.
    pub fn snapshots_folder(&self) -> PathBuf {
        self.options.folder.join("snapshots")
    }

    /// The snapshots.
    pub fn snapshots(&self) -> Result<Snapshots, LiveError> {
        Ok(Snapshots::open(&self.snapshots_folder(), self.identity, SNAPSHOTS)?)
    }

    /// The judgements, each at the position that is its number.
    pub fn judgements_folder(&self) -> Result<Snapshots, LiveError> {
        let folder = self.options.folder.join("judgements");
        Ok(Snapshots::open(&folder, self.identity, JUDGEMENTS)?)
    }

    /// The counts that judgements changed, each at the position that is the judgement's number.
    pub fn revisions_folder(&self) -> Result<Snapshots, LiveError> {
        let folder = self.options.folder.join("revisions");
        Ok(Snapshots::open(&folder, self.identity, JUDGEMENTS)?)
    }

    /// What went wrong with a file.
    pub fn io(&self, path: &Path, source: io::Error) -> LiveError {
        LiveError::Io { path: path.to_owned(), source }
    }
}
