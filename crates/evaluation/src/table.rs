//! One Parquet table, read by the names of its columns.
//!
//! The Arrow types that a writer noted in the file are passed over, so text is text whether it was written plain,
//! large, as a view or as a dictionary. Whole numbers serve as text too: an order's number is a name.

use std::borrow::Cow;
use std::fs::File;
use std::path::{Path, PathBuf};

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type,
    UInt32Type, UInt64Type,
};
use arrow_array::{Array, BooleanArray, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow_schema::DataType;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder,
};

use crate::EvaluationError;

const BATCH: usize = 8192;

/// An open table.
pub(crate) struct Table {
    path: PathBuf,
    file: File,
    metadata: ArrowReaderMetadata,
}

/// A column that was found, by its place in the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Column(usize);

impl Table {
    /// Opens the table and reads its schema.
    pub(crate) fn open(path: &Path) -> Result<Table, EvaluationError> {
        if !path.exists() {
            return Err(EvaluationError::MissingTable { path: path.to_owned() });
        }
        let file = File::open(path)
            .map_err(|source| EvaluationError::Unreadable { path: path.to_owned(), source })?;
        let options = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
        let metadata = ArrowReaderMetadata::load(&file, options)
            .map_err(|source| EvaluationError::Parquet { path: path.to_owned(), source })?;
        Ok(Table { path: path.to_owned(), file, metadata })
    }

    /// Opens the table if it is there.
    pub(crate) fn open_if_there(path: &Path) -> Result<Option<Table>, EvaluationError> {
        if path.exists() { Table::open(path).map(Some) } else { Ok(None) }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The first of the names that the table has.
    pub(crate) fn column(&self, names: &[&str]) -> Option<Column> {
        let fields = self.metadata.schema().fields();
        names.iter().find_map(|name| fields.iter().position(|f| f.name() == name).map(Column))
    }

    /// The same, where the table is of no use without it.
    pub(crate) fn require(&self, names: &[&str]) -> Result<Column, EvaluationError> {
        self.column(names).ok_or_else(|| EvaluationError::MissingColumn {
            path: self.path.clone(),
            column: names.join("` or `"),
            found: self.column_names().join(", "),
        })
    }

    /// Calls `visit` for each row with the chosen columns' cells, in the order of `columns`.
    pub(crate) fn rows(
        self,
        columns: &[Column],
        mut visit: impl FnMut(&Row<'_>) -> Result<(), EvaluationError>,
    ) -> Result<(), EvaluationError> {
        let Table { path, file, metadata } = self;
        let names: Vec<String> =
            columns.iter().map(|c| metadata.schema().field(c.0).name().clone()).collect();
        let mask = ProjectionMask::roots(metadata.parquet_schema(), columns.iter().map(|c| c.0));
        let reader = ParquetRecordBatchReaderBuilder::new_with_metadata(file, metadata)
            .with_projection(mask)
            .with_batch_size(BATCH)
            .build()
            .map_err(|source| EvaluationError::Parquet { path: path.clone(), source })?;
        let mut before = 0;
        for batch in reader {
            let batch = batch.map_err(|source| EvaluationError::Damaged {
                path: path.clone(),
                row: before,
                source,
            })?;
            let cells = names
                .iter()
                .map(|name| Cells::of(&batch, name, &path))
                .collect::<Result<Vec<Cells>, EvaluationError>>()?;
            for at in 0..batch.num_rows() {
                let number = before + at as u64 + 1;
                visit(&Row { path: &path, names: &names, cells: &cells, at, number })?;
            }
            before += batch.num_rows() as u64;
        }
        Ok(())
    }

    fn column_names(&self) -> Vec<&str> {
        self.metadata.schema().fields().iter().map(|f| f.name().as_str()).collect()
    }
}

/// The cells of one column in one batch.
enum Cells {
    Text(StringArray),
    Whole(Int64Array),
    Real(Float64Array),
    Flag(BooleanArray),
}

impl Cells {
    fn of(batch: &RecordBatch, name: &str, path: &Path) -> Result<Cells, EvaluationError> {
        let wrong = |found: String| EvaluationError::ColumnType {
            path: path.to_owned(),
            column: name.to_owned(),
            expected: "text, numbers or true/false",
            found,
        };
        let column = batch.column_by_name(name).ok_or_else(|| wrong("nothing".to_owned()))?;
        macro_rules! whole {
            ($type:ty) => {
                Cells::Whole(column.as_primitive::<$type>().unary(i64::from))
            };
        }
        Ok(match column.data_type() {
            DataType::Utf8 => Cells::Text(column.as_string::<i32>().clone()),
            DataType::Boolean => Cells::Flag(column.as_boolean().clone()),
            DataType::Int8 => whole!(Int8Type),
            DataType::Int16 => whole!(Int16Type),
            DataType::Int32 => whole!(Int32Type),
            DataType::Int64 => Cells::Whole(column.as_primitive::<Int64Type>().clone()),
            DataType::UInt8 => whole!(UInt8Type),
            DataType::UInt16 => whole!(UInt16Type),
            DataType::UInt32 => whole!(UInt32Type),
            DataType::UInt64 => Cells::Whole(
                column
                    .as_primitive::<UInt64Type>()
                    .try_unary(i64::try_from)
                    .map_err(|_| wrong("numbers above 2^63".to_owned()))?,
            ),
            DataType::Float32 => Cells::Real(column.as_primitive::<Float32Type>().unary(f64::from)),
            DataType::Float64 => Cells::Real(column.as_primitive::<Float64Type>().clone()),
            other => return Err(wrong(other.to_string())),
        })
    }
}

/// One row's chosen cells.
pub(crate) struct Row<'a> {
    path: &'a Path,
    names: &'a [String],
    cells: &'a [Cells],
    at: usize,
    /// From 1.
    number: u64,
}

impl Row<'_> {
    /// The cell as text, a whole number in its digits, true and false as 1 and 0.
    pub(crate) fn text(&self, column: usize) -> Option<Cow<'_, str>> {
        match &self.cells[column] {
            Cells::Text(a) => a.is_valid(self.at).then(|| Cow::Borrowed(a.value(self.at))),
            Cells::Whole(a) => a.is_valid(self.at).then(|| a.value(self.at).to_string().into()),
            Cells::Real(a) => a.is_valid(self.at).then(|| a.value(self.at).to_string().into()),
            Cells::Flag(a) => {
                a.is_valid(self.at).then(|| if a.value(self.at) { "1" } else { "0" }.into())
            }
        }
    }

    /// The cell as text, where there must be one.
    pub(crate) fn name(&self, column: usize) -> Result<Cow<'_, str>, EvaluationError> {
        self.text(column).ok_or_else(|| self.wrong(column, "empty".to_owned()))
    }

    /// The cell as a finite number, where there must be one.
    pub(crate) fn number(&self, column: usize) -> Result<f64, EvaluationError> {
        let value = match &self.cells[column] {
            Cells::Whole(a) if a.is_valid(self.at) => Some(a.value(self.at) as f64),
            Cells::Real(a) if a.is_valid(self.at) => Some(a.value(self.at)),
            Cells::Text(_) | Cells::Whole(_) | Cells::Real(_) | Cells::Flag(_) => None,
        };
        value
            .filter(|v| v.is_finite())
            .ok_or_else(|| self.wrong(column, format!("{} is not a number", self.shown(column))))
    }

    /// The cell as a count, where there must be one. A whole number written with a point counts as one.
    pub(crate) fn count(&self, column: usize) -> Result<u64, EvaluationError> {
        let value = self.number(column)?;
        if value >= 0.0 && value.fract() == 0.0 && value < 9e15 {
            Ok(value as u64)
        } else {
            Err(self.wrong(column, format!("{value} is not a count")))
        }
    }

    /// What is wrong with a cell.
    pub(crate) fn wrong(&self, column: usize, reason: String) -> EvaluationError {
        EvaluationError::Cell {
            path: self.path.to_owned(),
            column: self.names[column].clone(),
            row: self.number,
            reason,
        }
    }

    fn shown(&self, column: usize) -> String {
        self.text(column).map_or_else(|| "nothing".to_owned(), |text| format!("`{text}`"))
    }
}
