//! The folder of one live engine: where its log, its snapshots and its judgements are.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use eventlog::Snapshots;

use crate::LiveError;
use crate::options::Options;

/// Snapshots that are kept: the one before serves if the newest is damaged.
const SNAPSHOTS: usize = 2;
/// Judgements that are kept: those that the log may still name after the older snapshot. One that is gone is made again.
const JUDGEMENTS: usize = 16;

/// A folder, and what is told of it.
#[derive(Debug)]
pub struct Home {
    pub options: Options,
    /// The log's own, so that what belongs to another is not taken for this one's.
    pub identity: u64,
    /// Taken by whoever reads or writes judgements: to open their folder is to clear away what is not finished.
    pub judgements: Mutex<()>,
}

impl Home {
    /// Where the log is.
    pub fn log(&self) -> PathBuf {
        self.options.folder.join("log")
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

    /// What went wrong with a file.
    pub fn io(&self, path: &Path, source: io::Error) -> LiveError {
        LiveError::Io { path: path.to_owned(), source }
    }
}
