//! Writes small Parquet tables into a folder that goes away with the test.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::{ArrayRef, BooleanArray, Float64Array, Int64Array, RecordBatch, StringArray};
use parquet::arrow::ArrowWriter;

/// A folder of tables.
pub struct Folder {
    dir: tempfile::TempDir,
}

/// The cells of a column.
pub fn texts(cells: &[&str]) -> ArrayRef {
    Arc::new(StringArray::from(cells.to_vec()))
}

/// Texts that may be missing.
pub fn some_texts(cells: &[Option<&str>]) -> ArrayRef {
    Arc::new(StringArray::from(cells.to_vec()))
}

/// Fractions.
pub fn reals(cells: &[f64]) -> ArrayRef {
    Arc::new(Float64Array::from(cells.to_vec()))
}

/// Whole numbers.
pub fn wholes(cells: &[i64]) -> ArrayRef {
    Arc::new(Int64Array::from(cells.to_vec()))
}

/// True and false.
pub fn flags(cells: &[bool]) -> ArrayRef {
    Arc::new(BooleanArray::from(cells.to_vec()))
}

impl Folder {
    /// An empty folder.
    pub fn new() -> Folder {
        Folder { dir: tempfile::tempdir().expect("a temporary folder") }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    /// Writes or replaces a table.
    pub fn write(&self, name: &str, columns: Vec<(&str, ArrayRef)>) -> PathBuf {
        let path = self.dir.path().join(name);
        let batch = RecordBatch::try_from_iter(columns).expect("columns of one length");
        let file = File::create(&path).expect("a new file");
        let mut writer = ArrowWriter::try_new(file, batch.schema(), None).expect("a writer");
        writer.write(&batch).expect("written");
        writer.close().expect("closed");
        path
    }
}
