//! A Parquet table written in row groups, so that no table has to fit in memory.

use crate::write::WriteError;
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{DataType, Field, Schema, TimeUnit};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A table being written.
pub(crate) struct Table {
    path: PathBuf,
    schema: Arc<Schema>,
    writer: ArrowWriter<File>,
}

/// The type of event times.
pub(crate) fn time_type() -> DataType {
    DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()))
}

impl Table {
    /// Creates the file.
    pub(crate) fn create(
        dir: &Path,
        name: &str,
        columns: &[(&str, DataType)],
    ) -> Result<Table, WriteError> {
        let path = dir.join(name);
        let fields: Vec<Field> =
            columns.iter().map(|(name, kind)| Field::new(*name, kind.clone(), true)).collect();
        let schema = Arc::new(Schema::new(fields));
        let file = File::create(&path)
            .map_err(|source| WriteError::File { path: path.clone(), source })?;
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            .set_created_by("qingliu simulator".to_owned())
            .build();
        let writer = ArrowWriter::try_new(file, schema.clone(), Some(properties))
            .map_err(|source| WriteError::Table { path: path.clone(), source })?;
        Ok(Table { path, schema, writer })
    }

    /// Writes columns of equal length.
    pub(crate) fn append(&mut self, columns: Vec<ArrayRef>) -> Result<(), WriteError> {
        let batch = RecordBatch::try_new(self.schema.clone(), columns);
        let done = batch.map_err(Into::into).and_then(|batch| self.writer.write(&batch));
        done.map_err(|source| WriteError::Table { path: self.path.clone(), source })
    }

    /// Ends the file.
    pub(crate) fn close(self) -> Result<(), WriteError> {
        let path = self.path;
        self.writer.close().map(|_| ()).map_err(|source| WriteError::Table { path, source })
    }
}
