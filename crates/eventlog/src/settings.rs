//! How a log is kept: how large its files, how soon on disk.

use std::time::Duration;

use crate::LogError;
use crate::frame::{HEAD_BYTES, MAX_ROOM};

/// When what was committed is made safe against a loss of power.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sync {
    /// Before each commit returns: what it reported survives a loss of power.
    Always,
    /// By the first commit after this much time: a loss of power may take what was committed since; the end of
    /// a process does not. [`Log::sync`](crate::Log::sync) covers a pause in the commits.
    Every(Duration),
    /// When the system sees fit. A segment is still synced before the next is begun.
    Never,
}

/// The limits and the policy of one log.
#[derive(Clone, Debug)]
pub struct Settings {
    /// How many bytes of records a segment may hold before the next is begun: 4 KiB to 16 GiB.
    pub segment_bytes: u64,
    /// When commits reach the disk.
    pub sync: Sync,
    /// The longest payload taken, in bytes: at most 1 GiB, and at most a segment.
    pub max_record: u32,
    /// What tells this log from all others, when it is made; drawn anew if not given. An existing log keeps its own.
    pub identity: Option<u64>,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            segment_bytes: 256 << 20,
            sync: Sync::Always,
            max_record: 16 << 20,
            identity: None,
        }
    }
}

impl Settings {
    /// Checks the ranges.
    pub(crate) fn check(&self) -> Result<(), LogError> {
        let setting = |name, value, range| Err(LogError::Setting { name, value, range });
        if !(4 << 10..=16 << 30).contains(&self.segment_bytes) {
            return setting("segment_bytes", self.segment_bytes, "4 KiB to 16 GiB");
        }
        let room = self.segment_bytes - HEAD_BYTES as u64;
        if !(1..=room.min(MAX_ROOM.into())).contains(&u64::from(self.max_record)) {
            return setting(
                "max_record",
                self.max_record.into(),
                "1 byte to 1 GiB, and less than a segment",
            );
        }
        Ok(())
    }
}
