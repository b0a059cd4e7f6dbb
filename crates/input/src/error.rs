//! What makes an input unusable as a whole, by what its owner can do about it.

use events::{HeaderFault, MappingFault};
use std::path::PathBuf;
use thiserror::Error;

/// A file that cannot be used. A row that cannot be read is no error: it is rejected.
#[derive(Debug, Error)]
#[allow(missing_docs)] // the fields say the place
pub enum InputError {
    /// The path does not exist, or the pattern matches nothing.
    #[error("{pattern}: no such file or folder")]
    NotFound { pattern: String },
    /// The pattern cannot be understood.
    #[error("{pattern}: not a file pattern: {why}")]
    Pattern { pattern: String, why: String },
    /// A folder without a table in it.
    #[error(
        "{folder}: the folder holds no table (.parquet, .csv, .tsv, .jsonl, .ndjson, also with .gz or .zst)"
    )]
    NoTables { folder: PathBuf },
    /// Nothing was named.
    #[error("no input was named")]
    Nothing,
    /// A file without a byte, or without a line.
    #[error("{file}: the file is empty")]
    Empty { file: PathBuf },
    /// Not a table in a known format.
    #[error("{file}: not a table that can be read: {why}")]
    NotATable { file: PathBuf, why: String },
    /// No mapping fits the header.
    #[error("{file}: {fault}")]
    NoMapping { file: PathBuf, fault: MappingFault },
    /// The mapping needs a column that the table does not have.
    #[error("{file}: {fault}, as mapping `{mapping}` needs it")]
    MissingColumn { file: PathBuf, mapping: String, fault: HeaderFault },
    /// The file breaks off or is damaged.
    #[error("{file}: damaged at or after row {row}: {why}")]
    Damaged { file: PathBuf, row: u64, why: String },
    /// A table of address ranges that cannot be used.
    #[error("{file}: {why}")]
    Networks { file: PathBuf, why: String },
    /// The system refused.
    #[error("{file}: cannot be read: {why}")]
    Unreadable { file: PathBuf, why: std::io::Error },
}
