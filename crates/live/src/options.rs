//! What a live engine is told.

use std::path::PathBuf;
use std::sync::Arc;

use detectors::Limits;
use eventlog::Sync;
use learning::TextModel;
use policy::Policy;

use crate::retention::Retention;
use crate::schedule::Pace;

/// What a live engine is told. The folder is its own: log, snapshots and judgements live there.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where everything is kept.
    pub folder: PathBuf,
    /// When an accepted event is on disk.
    pub sync: Sync,
    /// Bytes after which the log begins a new file.
    pub segment_bytes: u64,
    /// The policy of a folder without one; afterwards the log says which is in force.
    pub policy: Policy,
    /// Bounds of the streaming detectors.
    pub limits: Limits,
    /// When to judge.
    pub pace: Pace,
    /// Threads that a judgement takes.
    pub judges: usize,
    /// Events that may wait: beyond, submissions are refused.
    pub queue: usize,
    /// Identifiers, and decisions, that are remembered: a repeated event is known at least half as long.
    pub remembered: usize,
    /// Events after which a snapshot is written beside.
    pub snapshot_every: u64,
    /// How long events and records of transactions are kept.
    pub retention: Retention,
    /// Reads reviews and comments for TXT07.
    pub text_model: Option<Arc<TextModel>>,
}

/// Bytes of a record of the log, whatever its files hold.
const MOST_RECORD: u64 = 64 << 20;

/// Bytes that events handed over together may take in a log whose files have so many.
#[must_use]
pub fn most_together(segment_bytes: u64) -> u64 {
    (segment_bytes / 2).min(MOST_RECORD)
}

impl Options {
    /// What it is told unless it is told otherwise.
    #[must_use]
    pub fn new(folder: PathBuf) -> Options {
        Options {
            folder,
            sync: Sync::Always,
            segment_bytes: 256 << 20,
            policy: Policy::default(),
            limits: Limits::default(),
            pace: Pace::default(),
            judges: 1,
            queue: 200_000,
            remembered: 16_000_000,
            snapshot_every: 500_000,
            retention: Retention::default(),
            text_model: None,
        }
    }
}
