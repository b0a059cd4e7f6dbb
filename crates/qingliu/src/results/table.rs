//! One Parquet file of results.
//!
//! What is in a file depends on its rows alone: rows reach the writer in pieces of one fixed size, because where the
//! writer cuts pages depends on how it is fed.

use crate::failure::Failure;
use anyhow::Context;
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{DataType, Field, Schema, SchemaRef, TimeUnit};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Rows that are handed to the writer at once.
pub(super) const PIECE: usize = 1 << 16;
/// Rows of a row group.
const GROUP_ROWS: usize = 16 * PIECE;

/// A file being written.
pub(super) struct Table {
    path: PathBuf,
    schema: SchemaRef,
    writer: ArrowWriter<File>,
}

/// A column that is never null.
pub(super) fn full(name: &str, data: DataType) -> Field {
    Field::new(name, data, false)
}

/// A column that may be null.
pub(super) fn partial(name: &str, data: DataType) -> Field {
    Field::new(name, data, true)
}

/// Microseconds, UTC.
pub(super) fn time_type() -> DataType {
    DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()))
}

/// A list of texts.
pub(super) fn texts_type() -> DataType {
    DataType::List(Arc::new(Field::new("item", DataType::Utf8, true)))
}

impl Table {
    /// Opens a file. Columns named in `distinct` hold hardly any text twice, so none is looked for.
    pub(super) fn create(
        dir: &Path,
        name: &str,
        columns: Vec<Field>,
        distinct: &[&str],
    ) -> Result<Table, Failure> {
        let path = dir.join(name);
        let schema: SchemaRef = Arc::new(Schema::new(columns));
        let level = ZstdLevel::try_new(1).unwrap_or_default();
        let mut properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(level))
            .set_statistics_enabled(EnabledStatistics::Chunk)
            .set_max_row_group_row_count(Some(GROUP_ROWS));
        for column in distinct {
            properties = properties.set_column_dictionary_enabled(ColumnPath::from(*column), false);
        }
        let failed = || format!("{}: cannot be written", path.display());
        let file = File::create(&path).with_context(failed).map_err(Failure::input)?;
        let writer = ArrowWriter::try_new(file, schema.clone(), Some(properties.build()))
            .with_context(failed)
            .map_err(Failure::input)?;
        Ok(Table { path, schema, writer })
    }

    /// Appends one piece: an array for each column.
    pub(super) fn append(&mut self, columns: Vec<ArrayRef>) -> Result<(), Failure> {
        let failed = || format!("{}: cannot be written", self.path.display());
        let batch = RecordBatch::try_new(self.schema.clone(), columns)
            .with_context(failed)
            .map_err(Failure::input)?;
        self.writer.write(&batch).with_context(failed).map_err(Failure::input)
    }

    /// Ends the file.
    pub(super) fn close(self) -> Result<(), Failure> {
        let failed = || format!("{}: cannot be written", self.path.display());
        self.writer.close().with_context(failed).map_err(Failure::input)?;
        Ok(())
    }
}
