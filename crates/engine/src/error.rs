//! What can stop a run, by what the caller can do about it.

use std::error::Error;
use std::path::PathBuf;

/// Why a run stopped.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// A part of the input could not be read: look at the input.
    #[error("part {part} of the input could not be read")]
    Source {
        /// Which part, from 0.
        part: usize,
        /// What the reader said.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// Temporary files could not be written or read: look at the room and rights in the directory.
    #[error("temporary files in {} failed", dir.display())]
    Spill {
        /// Where they are.
        dir: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// The receiver of event results stopped.
    #[error("results could not be delivered")]
    Sink(#[source] Box<dyn Error + Send + Sync>),
    /// A worker failed in a way that only a defect explains.
    #[error("a worker failed: {0}")]
    Worker(String),
}

/// What a panic said.
pub(crate) fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "no message".to_owned())
}
