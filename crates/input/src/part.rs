//! A part of the input that one worker reads on its own, and what it hands over.

use crate::progress::Progress;
use crate::source::{Format, Source};
use crate::stream::{Packing, TextStream};
use crate::{InputError, json_lines, parquet_table, text_table};
use events::{Batch, Counts, Intake, Reason, Rejection};
use std::ops::Range;
use std::sync::Arc;

/// A row that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejected {
    /// The file, as it was named.
    pub file: Arc<str>,
    /// Data row, counted from 1.
    pub row: u64,
    /// The source's column; empty when the whole row is meant.
    pub column: String,
    /// Why.
    pub reason: String,
}

/// A part of the input: a file, or some rows of one. Parts may be read in any order and at the same time.
#[derive(Clone, Debug)]
pub struct Part {
    pub(crate) source: Arc<Source>,
    pub(crate) progress: Arc<Progress>,
    pub(crate) extent: Extent,
}

/// How much of a file a part is.
#[derive(Clone, Debug)]
pub(crate) enum Extent {
    /// Some rows of a Parquet file.
    Rows(RowRange),
    /// Some bytes of a plain text file, and the data rows before them; `None` if the header comes first.
    Bytes(Range<u64>, Option<u64>),
    /// All of it.
    Whole,
}

/// Some rows of one row group.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RowRange {
    pub(crate) group: usize,
    /// Rows of the file before the group.
    pub(crate) before: u64,
    /// Rows of the group before the range.
    pub(crate) skip: usize,
    pub(crate) count: usize,
    /// The share of the file's bytes.
    pub(crate) bytes: u64,
}

impl Part {
    /// The file that it is a part of.
    #[must_use]
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// Reads the part and hands over its batches in order, each with the rows rejected on the way. Reading ends early
    /// when `take` answers false.
    ///
    /// # Errors
    /// The file cannot be read on; what was handed over before stands.
    pub fn read(
        &self,
        take: &mut dyn FnMut(Batch, Vec<Rejected>) -> bool,
    ) -> Result<Counts, InputError> {
        let mut delivery = Delivery {
            file: self.source.name.clone(),
            progress: &self.progress,
            take,
            pending: Vec::new(),
            rows_told: 0,
            broken: 0,
        };
        let path = &self.source.path;
        let binding = &self.source.binding;
        match (&self.source.format, &self.extent) {
            (Format::Parquet(table), Extent::Rows(rows)) => {
                parquet_table::read(&self.source, table, *rows, &mut delivery)
            }
            (Format::Parquet(_), _) => Ok(Counts::default()),
            (Format::Delimited { packing, gb18030, shape }, extent) => {
                let mut stream = self.stream(*packing, *gb18030)?;
                let before = match extent {
                    Extent::Bytes(_, before) => *before,
                    _ => None,
                };
                text_table::read((path, binding, *shape), &mut stream, before, &mut delivery)
            }
            (Format::JsonLines { packing }, extent) => {
                let mut stream = self.stream(*packing, false)?;
                let before = match extent {
                    Extent::Bytes(_, before) => before.unwrap_or(0),
                    _ => 0,
                };
                json_lines::read(path, &mut stream, before, binding, &mut delivery)
            }
        }
    }

    fn stream(&self, packing: Packing, gb18030: bool) -> Result<TextStream, InputError> {
        let path = &self.source.path;
        let progress = self.progress.clone();
        match &self.extent {
            Extent::Bytes(range, _) => TextStream::open_range(path, range.clone(), progress),
            _ => TextStream::open(path, packing, gb18030, Some(progress)),
        }
        .map_err(|why| InputError::Unreadable { file: path.clone(), why })
    }
}

/// Hands batches to whoever reads the part.
pub(crate) struct Delivery<'a> {
    file: Arc<str>,
    progress: &'a Progress,
    take: &'a mut dyn FnMut(Batch, Vec<Rejected>) -> bool,
    pending: Vec<Rejected>,
    rows_told: u64,
    broken: u64,
}

impl Delivery<'_> {
    /// Rejects a row that never reached the intake.
    pub(crate) fn reject(&mut self, row: u64, column: String, reason: Reason) {
        self.broken += 1;
        self.push(Rejection { row, column, reason });
    }

    fn push(&mut self, rejection: Rejection) {
        self.pending.push(Rejected {
            file: self.file.clone(),
            row: rejection.row,
            column: rejection.column,
            reason: rejection.reason.to_string(),
        });
    }

    pub(crate) fn progress(&self) -> &Progress {
        self.progress
    }

    /// Finishes the intake's batch and hands it over; false: read no further.
    pub(crate) fn send(&mut self, intake: &mut Intake) -> bool {
        let (batch, rejections) = intake.finish();
        for rejection in rejections {
            self.push(rejection);
        }
        let rows = intake.counts().rows + self.broken;
        self.progress.add_rows(rows - self.rows_told);
        self.rows_told = rows;
        let mut rejected = std::mem::take(&mut self.pending);
        rejected.sort_by_key(|rejected| rejected.row);
        if batch.events.is_empty() && rejected.is_empty() {
            return true;
        }
        (self.take)(batch, rejected)
    }

    /// What the intake met, with the rows that never reached it.
    pub(crate) fn counts(&self, intake: &Intake) -> Counts {
        let mut counts = intake.counts().clone();
        counts.rows += self.broken;
        counts.rejected += self.broken;
        counts
    }
}
