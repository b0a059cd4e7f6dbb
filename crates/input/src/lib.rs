//! Files become batches of events.
//!
//! The only crate that reads tables: Parquet, delimited text and JSON Lines, packed or not, in UTF-8 or GB18030, and the
//! bodies of requests, which hold the contract's columns as JSON, JSON Lines or Arrow. It turns them into [`events::Batch`]es through a mapping and hands over beside them every row that could not be read. The
//! order of parts is free, so whoever needs an order must make it; no result may depend on how files were cut.

mod arrow_cells;
mod arrow_rows;
mod body;
mod bytewise;
mod delimited;
mod discover;
mod error;
mod json_lines;
mod json_plain;
mod networks;
mod parquet_table;
mod part;
mod progress;
mod source;
mod stream;
mod text_table;

pub use body::{Bodies, Body, BodyFault};
pub use error::InputError;
pub use networks::networks;
pub use part::{Part, Rejected};
pub use progress::Progress;
pub use source::Source;

use events::{Mapping, Networks};
use std::path::Path;
use std::sync::Arc;

/// The tables of one run.
#[derive(Debug)]
pub struct Input {
    sources: Vec<Arc<Source>>,
    parts: Vec<Part>,
    progress: Arc<Progress>,
}

impl Input {
    /// Looks at every file that the paths, folders and patterns name: format, header, mapping. Of large plain
    /// text files the record ends are looked for, so that workers can share them; nothing is read yet.
    ///
    /// # Errors
    /// A file that cannot be used at all, by name.
    pub fn open<P: AsRef<Path>>(
        paths: &[P],
        mapping: Option<&Mapping>,
    ) -> Result<Input, InputError> {
        Self::open_among(paths, mapping, None)
    }

    /// The same where it is known whose networks addresses are of.
    ///
    /// # Errors
    /// A file that cannot be used at all, by name.
    pub fn open_among<P: AsRef<Path>>(
        paths: &[P],
        mapping: Option<&Mapping>,
        networks: Option<&Arc<Networks>>,
    ) -> Result<Input, InputError> {
        let progress = Arc::new(Progress::default());
        let mut sources = Vec::new();
        let mut parts = Vec::new();
        for file in discover::files(paths)? {
            let mut source = Source::open(&file, mapping)?;
            source.binding.set_networks(networks.cloned());
            let source = Arc::new(source);
            for extent in source.extents()? {
                parts.push(Part { source: source.clone(), progress: progress.clone(), extent });
            }
            sources.push(source);
        }
        Ok(Input { sources, parts, progress })
    }

    /// Each file, with the mapping that reads it and why.
    pub fn sources(&self) -> impl ExactSizeIterator<Item = &Source> {
        self.sources.iter().map(Arc::as_ref)
    }

    /// The parts that workers read on their own.
    #[must_use]
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// How far the reading is.
    #[must_use]
    pub fn progress(&self) -> &Arc<Progress> {
        &self.progress
    }

    /// Bytes of all files.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.sources().map(Source::bytes).sum()
    }

    /// Rows of all files; guessed where a file does not say.
    #[must_use]
    pub fn estimated_rows(&self) -> u64 {
        self.sources().map(Source::estimated_rows).sum()
    }

    /// Whether any table has no times, so that nothing may be concluded from time.
    #[must_use]
    pub fn timeless(&self) -> bool {
        self.sources().any(Source::timeless)
    }
}
