//! A table of labels or texts, read whole: a few named columns as text.
//!
//! Labels come as Parquet from a warehouse or as CSV from a person. What is learnt from fits in memory, so the table is
//! read at once; its bytes are hashed on the way, to say later what a model was made from.

use crate::failure::Failure;
use anyhow::{Context, anyhow};
use arrow_array::cast::AsArray;
use arrow_array::types::{
    Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type,
    UInt32Type, UInt64Type,
};
use arrow_array::{Array, RecordBatch};
use arrow_schema::{DataType, TimeUnit};
use learning::InputTable;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use std::fs;
use std::path::{Path, PathBuf};

/// The most bytes of a table.
const LARGEST: u64 = 8 << 30;

/// Some columns of a table as text; null and empty are `None`.
pub(crate) struct Table {
    path: PathBuf,
    names: Vec<String>,
    columns: Vec<Vec<Option<String>>>,
    /// What was read.
    pub(crate) input: InputTable,
}

impl Table {
    /// Reads these columns, and of the wanted ones those that are there.
    pub(crate) fn read(path: &Path, needed: &[&str], wanted: &[&str]) -> Result<Table, Failure> {
        let shown = path.display();
        let unreadable = || format!("{shown}: cannot be read");
        let length = fs::metadata(path).with_context(unreadable).map_err(Failure::input)?.len();
        if length > LARGEST {
            return Err(Failure::input(anyhow!("{shown}: {length} bytes are more than {LARGEST}")));
        }
        let bytes = fs::read(path).with_context(unreadable).map_err(Failure::input)?;
        let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into());
        let input = InputTable::of(&name, &bytes);
        let (header, rows) = match bytes.starts_with(b"PAR1") {
            true => parquet_columns(path, needed, wanted),
            false => csv_columns(&bytes, needed, wanted),
        }
        .with_context(unreadable)
        .map_err(Failure::input)?;
        if let Some(name) = needed.iter().find(|name| !header.iter().any(|h| h == *name)) {
            return Err(Failure::input(anyhow!("{shown}: there is no column `{name}`")));
        }
        Ok(Table { path: path.to_owned(), names: header, columns: rows, input })
    }

    /// A column, if it is there.
    pub(crate) fn column(&self, name: &str) -> Option<&[Option<String>]> {
        let place = self.names.iter().position(|known| known == name)?;
        self.columns.get(place).map(Vec::as_slice)
    }

    /// A column that was needed.
    pub(crate) fn needed(&self, name: &str) -> Result<&[Option<String>], Failure> {
        self.column(name).ok_or_else(|| self.fault(&format!("there is no column `{name}`")))
    }

    /// What is wrong with the table.
    pub(crate) fn fault(&self, what: &str) -> Failure {
        Failure::input(anyhow!("{}: {what}", self.path.display()))
    }
}

type Columns = (Vec<String>, Vec<Vec<Option<String>>>);

fn parquet_columns(path: &Path, needed: &[&str], wanted: &[&str]) -> anyhow::Result<Columns> {
    let builder = ParquetRecordBatchReaderBuilder::try_new(fs::File::open(path)?)?;
    let asked = |name: &String| needed.iter().chain(wanted).any(|asked| asked == name);
    let fields = builder.schema().fields();
    let names: Vec<String> =
        fields.iter().map(|field| field.name().clone()).filter(asked).collect();
    let roots: Vec<usize> =
        (0..fields.len()).filter(|&place| asked(fields[place].name())).collect();
    let mask = ProjectionMask::roots(builder.parquet_schema(), roots);
    let mut columns = vec![Vec::new(); names.len()];
    for batch in builder.with_projection(mask).with_batch_size(8_192).build()? {
        let batch: RecordBatch = batch?;
        for (place, column) in columns.iter_mut().enumerate() {
            append(column, batch.column(place))
                .with_context(|| format!("column `{}`", names[place]))?;
        }
    }
    Ok((names, columns))
}

/// Adds an array's cells as text.
fn append(column: &mut Vec<Option<String>>, array: &dyn Array) -> anyhow::Result<()> {
    macro_rules! numbers {
        ($kind:ty) => {
            column.extend(array.as_primitive::<$kind>().iter().map(|n| n.map(|n| n.to_string())))
        };
    }
    let text = |text: Option<&str>| text.filter(|text| !text.is_empty()).map(str::to_owned);
    match array.data_type() {
        DataType::Utf8 => column.extend(array.as_string::<i32>().iter().map(text)),
        DataType::LargeUtf8 => column.extend(array.as_string::<i64>().iter().map(text)),
        DataType::Utf8View => column.extend(array.as_string_view().iter().map(text)),
        DataType::Boolean => {
            column.extend(array.as_boolean().iter().map(|b| b.map(|b| b.to_string())));
        }
        DataType::Int8 => numbers!(Int8Type),
        DataType::Int16 => numbers!(Int16Type),
        DataType::Int32 => numbers!(Int32Type),
        DataType::Int64 => numbers!(Int64Type),
        DataType::UInt8 => numbers!(UInt8Type),
        DataType::UInt16 => numbers!(UInt16Type),
        DataType::UInt32 => numbers!(UInt32Type),
        DataType::UInt64 => numbers!(UInt64Type),
        DataType::Float32 => numbers!(Float32Type),
        DataType::Float64 => numbers!(Float64Type),
        DataType::Timestamp(unit, _) => column.extend(moments(array, *unit)),
        DataType::List(_) => column.extend(lists(array)),
        other => anyhow::bail!("cells of type {other} cannot be used"),
    }
    Ok(())
}

/// Moments as microseconds.
fn moments(array: &dyn Array, unit: TimeUnit) -> Vec<Option<String>> {
    use arrow_array::types::{
        TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType,
        TimestampSecondType,
    };
    let micros: Vec<Option<i64>> = match unit {
        TimeUnit::Second => array
            .as_primitive::<TimestampSecondType>()
            .iter()
            .map(|n| n.map(|n| n.saturating_mul(1_000_000)))
            .collect(),
        TimeUnit::Millisecond => array
            .as_primitive::<TimestampMillisecondType>()
            .iter()
            .map(|n| n.map(|n| n.saturating_mul(1_000)))
            .collect(),
        TimeUnit::Microsecond => array.as_primitive::<TimestampMicrosecondType>().iter().collect(),
        TimeUnit::Nanosecond => array
            .as_primitive::<TimestampNanosecondType>()
            .iter()
            .map(|n| n.map(|n| n / 1_000))
            .collect(),
    };
    micros.into_iter().map(|n| n.map(|n| n.to_string())).collect()
}

/// Lists of texts as one text, their items parted by a line end.
fn lists(array: &dyn Array) -> Vec<Option<String>> {
    let items = |list: Option<arrow_array::ArrayRef>| {
        let list = list?;
        let texts = list.as_string_opt::<i32>()?;
        Some(texts.iter().flatten().collect::<Vec<_>>().join("\n"))
    };
    array.as_list::<i32>().iter().map(items).collect()
}

fn csv_columns(bytes: &[u8], needed: &[&str], wanted: &[&str]) -> anyhow::Result<Columns> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut reader = csv::ReaderBuilder::new().from_reader(bytes);
    let header = reader.headers()?.clone();
    let asked = |name: &str| needed.iter().chain(wanted).any(|asked| *asked == name);
    let places: Vec<usize> = (0..header.len())
        .filter(|&place| header.get(place).is_some_and(|h| asked(h.trim())))
        .collect();
    let names = places.iter().map(|&place| header[place].trim().to_owned()).collect();
    let mut columns = vec![Vec::new(); places.len()];
    for record in reader.records() {
        let record = record?;
        for (column, &place) in columns.iter_mut().zip(&places) {
            let cell = record.get(place).filter(|cell| !cell.is_empty());
            column.push(cell.map(str::to_owned));
        }
    }
    Ok((names, columns))
}
