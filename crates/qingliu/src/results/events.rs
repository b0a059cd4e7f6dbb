//! `events.parquet`, written while the engine hands events out.
//!
//! Slices come in sizes that depend on how the input was read; they are cut anew into pieces of one size, so that the
//! file does not show it.

use super::table::{PIECE, Table, full, partial};
use crate::failure::Failure;
use arrow_array::builder::{Float32Builder, Int32Builder, StringBuilder};
use arrow_schema::DataType;
use engine::results::EventResult;
use policy::Verdict;
use std::path::Path;
use std::sync::Arc;

/// Verdicts over all events that count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct EventTally {
    pub(crate) counted: u64,
    pub(crate) fake: u64,
    pub(crate) suspect: u64,
}

/// The file and the piece that is being filled.
pub(crate) struct EventTable {
    table: Table,
    rows: usize,
    ids: StringBuilder,
    scores: Float32Builder,
    verdicts: StringBuilder,
    groups: Int32Builder,
    arrivals: Float32Builder,
    tally: EventTally,
}

impl EventTable {
    /// Opens the file.
    pub(crate) fn create(dir: &Path) -> Result<EventTable, Failure> {
        let columns = vec![
            full("id", DataType::Utf8),
            full("score", DataType::Float32),
            full("verdict", DataType::Utf8),
            partial("group", DataType::Int32),
            full("arrival", DataType::Float32),
        ];
        // Scores repeat, but finding that out costs more than the compressor does.
        let table = Table::create(dir, "events.parquet", columns, &["id", "score", "arrival"])?;
        Ok(EventTable {
            table,
            rows: 0,
            ids: StringBuilder::with_capacity(PIECE, PIECE * 16),
            scores: Float32Builder::with_capacity(PIECE),
            verdicts: StringBuilder::with_capacity(PIECE, PIECE * 8),
            groups: Int32Builder::with_capacity(PIECE),
            arrivals: Float32Builder::with_capacity(PIECE),
            tally: EventTally::default(),
        })
    }

    /// Takes rows whose ids are in `arena`.
    pub(crate) fn append(&mut self, rows: &[EventResult], arena: &str) -> Result<(), Failure> {
        for row in rows {
            let start = row.id.start as usize;
            self.ids.append_value(arena.get(start..start + row.id.len as usize).unwrap_or(""));
            self.scores.append_value(row.score);
            self.verdicts.append_value(row.verdict.name());
            self.groups.append_option(row.group.map(|group| group as i32));
            self.arrivals.append_value(row.arrival);
            match row.verdict {
                Verdict::Genuine => {}
                Verdict::Suspect => self.tally.suspect += 1,
                Verdict::Fake => self.tally.fake += 1,
            }
            self.rows += 1;
            if self.rows == PIECE {
                self.flush()?;
            }
        }
        self.tally.counted += rows.len() as u64;
        Ok(())
    }

    fn flush(&mut self) -> Result<(), Failure> {
        self.rows = 0;
        self.table.append(vec![
            Arc::new(self.ids.finish()),
            Arc::new(self.scores.finish()),
            Arc::new(self.verdicts.finish()),
            Arc::new(self.groups.finish()),
            Arc::new(self.arrivals.finish()),
        ])
    }

    /// Ends the file and tells what was in it.
    pub(crate) fn close(mut self) -> Result<EventTally, Failure> {
        if self.rows > 0 {
            self.flush()?;
        }
        self.table.close()?;
        Ok(self.tally)
    }
}
