//! An append-only log of records on disk, and snapshot files beside it.
//!
//! Everything that was accepted stands here first: whatever else the engine holds can be made again from the log. A
//! record is a kind and a payload of bytes; what they mean is the caller's. [`Log`] writes, [`Reader`] reads a range
//! in order while the log grows, [`Lookup`] reads one record by its [`Position`].
//!
//! The trade-off: in doubt the log refuses. A torn end, such as a crash leaves, is cut off and reported; any other
//! damage is an error that names file and byte, because going on without a record would change every count after it.
//! The bytes are described below, and in `docs/formats.md`.
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! let (mut log, _) = eventlog::Log::open(folder.path(), eventlog::Settings::default())?;
//! let first = log.append(1, b"like")?;
//! log.append(2, b"share")?;
//! log.commit()?;
//! let mut reader = log.reader(first)?;
//! while let Some(record) = reader.read()? {
//!     println!("{} {} {:?}", record.position, record.kind, record.payload);
//! }
//! # Ok(())
//! # }
//! ```
#![doc = ""]
#![doc = include_str!("../../../docs/formats.md")]

mod error;
mod folder;
mod frame;
mod log;
mod lookup;
mod position;
mod reader;
mod recovery;
mod retention;
mod segment;
mod settings;
mod snapshot;
mod storage;
#[cfg(test)]
mod tests;
mod unfinished;
mod window;

pub use error::{LogError, Why};
pub use log::{Healed, Log, Recovered};
pub use lookup::Lookup;
pub use position::Position;
pub use reader::{Reader, Record};
pub use segment::Segment;
pub use settings::{Settings, Sync};
pub use snapshot::{Saved, SnapshotReader, Snapshots};
