//! Parquet rows whose text columns are taken as bytes: the slow way, for ranges with text that is not UTF-8.
//!
//! Arrow's reader refuses a whole batch for one broken value. Here text is read value by value below Arrow, so that each
//! row can be judged on its own; everything else is read as usual.

use crate::parquet_table::{ParquetTable, is_text, reader};
use crate::part::RowRange;
use arrow_array::{Array, ArrayRef, LargeBinaryArray, RecordBatch};
use arrow_schema::{ArrowError, DataType, Field, Schema};
use parquet::column::reader::ColumnReader;
use parquet::data_type::ByteArray;
use parquet::file::reader::FileReader;
use parquet::file::serialized_reader::SerializedFileReader;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

/// Rows in a batch.
const ROWS: usize = 4096;

/// The batches of a range, with the columns in the order of `places`.
pub(crate) fn read(
    path: &Path,
    table: &ParquetTable,
    rows: RowRange,
    places: &[usize],
) -> Result<Vec<RecordBatch>, String> {
    let fields = table.metadata.schema().fields();
    let is_bytes = |place: &usize| fields.get(*place).is_some_and(|f| is_text(f.data_type()));
    let (texts, others): (Vec<usize>, Vec<usize>) = places.iter().copied().partition(is_bytes);
    let file = File::open(path).map_err(|fault| fault.to_string())?;
    let file = SerializedFileReader::new(file).map_err(|fault| fault.to_string())?;
    let mut whole: Vec<Option<ArrayRef>> = vec![None; fields.len()];
    for place in &texts {
        whole[*place] = Some(column(&file, table, rows, *place)?);
    }
    if !others.is_empty() {
        let batches: Vec<RecordBatch> = reader(path, table, rows, &others)?
            .collect::<Result<_, ArrowError>>()
            .map_err(|fault| fault.to_string())?;
        return join(&batches, &whole, places, &others);
    }
    let mut joined = Vec::new();
    let mut start = 0;
    while start < rows.count {
        let count = ROWS.min(rows.count - start);
        joined.push(batch(places, |place| whole[place].as_ref().map(|a| a.slice(start, count)))?);
        start += count;
    }
    Ok(joined)
}

fn join(
    batches: &[RecordBatch],
    whole: &[Option<ArrayRef>],
    places: &[usize],
    others: &[usize],
) -> Result<Vec<RecordBatch>, String> {
    let mut joined = Vec::new();
    let mut start = 0;
    for part in batches {
        let count = part.num_rows();
        joined.push(batch(places, |place| match whole.get(place) {
            Some(Some(array)) => Some(array.slice(start, count)),
            _ => {
                let at = others.iter().position(|other| *other == place)?;
                part.columns().get(at).cloned()
            }
        })?);
        start += count;
    }
    Ok(joined)
}

fn batch(
    places: &[usize],
    array: impl Fn(usize) -> Option<ArrayRef>,
) -> Result<RecordBatch, String> {
    let mut fields = Vec::with_capacity(places.len());
    let mut arrays = Vec::with_capacity(places.len());
    for place in places {
        let array = array(*place).ok_or("a column is missing from its row group")?;
        fields.push(Field::new(place.to_string(), array.data_type().clone(), true));
        arrays.push(array);
    }
    RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays).map_err(|fault| fault.to_string())
}

/// A text column's values as bytes.
fn column(
    file: &SerializedFileReader<File>,
    table: &ParquetTable,
    rows: RowRange,
    place: usize,
) -> Result<ArrayRef, String> {
    let schema = table.metadata.parquet_schema();
    let leaf = (0..schema.num_columns())
        .find(|leaf| schema.get_column_root_idx(*leaf) == place)
        .ok_or("a column is missing from the schema")?;
    let full = schema.column(leaf).max_def_level();
    let group = file.get_row_group(rows.group).map_err(|fault| fault.to_string())?;
    let ColumnReader::ByteArrayColumnReader(mut cells) =
        group.get_column_reader(leaf).map_err(|fault| fault.to_string())?
    else {
        return Ok(arrow_array::new_null_array(&DataType::LargeBinary, rows.count));
    };
    cells.skip_records(rows.skip).map_err(|fault| fault.to_string())?;
    let (mut levels, mut values) = (Vec::new(), Vec::<ByteArray>::new());
    let mut read = 0;
    while read < rows.count {
        let into = (full > 0).then_some(&mut levels);
        let (count, _, _) = cells
            .read_records(rows.count - read, into, None, &mut values)
            .map_err(|fault| fault.to_string())?;
        if count == 0 {
            return Err("a column ends before its row group".to_owned());
        }
        read += count;
    }
    let mut present = values.iter();
    let array: LargeBinaryArray = (0..rows.count)
        .map(|at| match levels.get(at) {
            Some(level) if *level < full => None,
            _ => present.next().map(ByteArray::data),
        })
        .collect();
    Ok(Arc::new(array))
}
