//! `rejected.parquet`: the rows that could not be read, by file and row.

use super::table::{PIECE, Table, full, partial};
use crate::failure::Failure;
use arrow_array::{ArrayRef, Int64Array, StringArray};
use arrow_schema::DataType;
use input::Rejected;
use std::path::Path;
use std::sync::Arc;

/// Writes the rows in the order in which they are given.
pub(crate) fn write(dir: &Path, rejected: &[Rejected]) -> Result<(), Failure> {
    let columns = vec![
        full("file", DataType::Utf8),
        full("row", DataType::Int64),
        partial("column", DataType::Utf8),
        full("reason", DataType::Utf8),
    ];
    let mut table = Table::create(dir, "rejected.parquet", columns, &["row"])?;
    for rows in rejected.chunks(PIECE) {
        let texts = |of: &dyn Fn(&Rejected) -> String| -> ArrayRef {
            Arc::new(StringArray::from_iter_values(rows.iter().map(of)))
        };
        let column = rows.iter().map(|r| (!r.column.is_empty()).then_some(r.column.as_str()));
        table.append(vec![
            texts(&|row| row.file.to_string()),
            Arc::new(Int64Array::from_iter_values(rows.iter().map(|r| r.row as i64))),
            Arc::new(column.collect::<StringArray>()),
            texts(&|row| row.reason.clone()),
        ])?;
    }
    table.close()
}
