//! What a model was trained on, said in its file and its report.
//!
//! There is no time of training: the same labels and the same seed make the same bytes, and the hash of the inputs says
//! more than a date would. When the events themselves happened is told where it is known.

use serde::{Deserialize, Serialize};

/// What a model was trained on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provenance {
    /// The tables that were read.
    pub inputs: Vec<InputTable>,
    /// What a positive label is called in them.
    pub positive: String,
    /// The first and the last event time that they speak of, as they write it.
    pub events: Option<(String, String)>,
    /// Rows that were left out, and why.
    pub left_out: Vec<(String, u64)>,
}

/// A table that was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputTable {
    /// Its file name, without folders.
    pub name: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// XXH3-128 of its bytes in hexadecimal.
    pub hash: String,
}

impl InputTable {
    /// A table by its name and bytes.
    #[must_use]
    pub fn of(name: &str, bytes: &[u8]) -> InputTable {
        InputTable {
            name: name.to_owned(),
            bytes: bytes.len() as u64,
            hash: format!("{:032x}", xxhash_rust::xxh3::xxh3_128(bytes)),
        }
    }
}
