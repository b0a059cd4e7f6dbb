//! Parquet as batches of events: the quick way in.
//!
//! A file is cut into ranges of rows inside its row groups, so that several workers read one file. Only the columns
//! that are needed are decoded, and each is read as a whole. Text whose pages hold dictionaries throughout is kept as
//! one, so that an identifier that is seen a thousand times is hashed once.

use crate::InputError;
use crate::arrow_rows::{ArrowRows, WINDOW};
use crate::bytewise;
use crate::part::{Delivery, RowRange};
use crate::source::Source;
use arrow_array::RecordBatch;
use arrow_schema::{DataType, Field, Schema};
use events::{Armour, BATCH_EVENTS, Counts, Intake};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader,
    ParquetRecordBatchReaderBuilder, RowSelection, RowSelector,
};
use parquet::basic::Encoding;
use parquet::file::metadata::RowGroupMetaData;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

/// Rows that a worker takes at a time.
const RANGE: usize = 128 * 1024;
/// Bytes of a record batch, roughly.
const BATCH_TARGET: usize = 32 << 20;

/// A Parquet file whose footer has been read.
#[derive(Debug)]
pub(crate) struct ParquetTable {
    pub(crate) metadata: ArrowReaderMetadata,
}

impl ParquetTable {
    pub(crate) fn open(path: &Path, file: File) -> Result<ParquetTable, InputError> {
        let metadata =
            ArrowReaderMetadata::load(&file, ArrowReaderOptions::new()).map_err(|fault| {
                InputError::NotATable {
                    file: path.to_path_buf(),
                    why: format!("damaged or truncated Parquet: {fault}"),
                }
            })?;
        Ok(ParquetTable { metadata })
    }

    pub(crate) fn header(&self) -> Vec<String> {
        self.metadata.schema().fields().iter().map(|field| field.name().clone()).collect()
    }

    pub(crate) fn rows(&self) -> u64 {
        u64::try_from(self.metadata.metadata().file_metadata().num_rows()).unwrap_or(0)
    }
}

/// The ranges that a file is cut into.
pub(crate) fn ranges(table: &ParquetTable, bytes: u64) -> Vec<RowRange> {
    let all = table.rows().max(1);
    let mut ranges = Vec::new();
    let mut before = 0;
    for (group, meta) in table.metadata.metadata().row_groups().iter().enumerate() {
        let rows = usize::try_from(meta.num_rows()).unwrap_or(0);
        let pieces = rows.div_ceil(RANGE).max(1);
        let each = rows.div_ceil(pieces).max(1);
        let mut skip = 0;
        while skip < rows {
            let count = each.min(rows - skip);
            let share = (bytes as f64 * count as f64 / all as f64) as u64;
            ranges.push(RowRange { group, before, skip, count, bytes: share });
            skip += count;
        }
        before += rows as u64;
    }
    ranges
}

/// Reads a range of rows.
pub(crate) fn read(
    source: &Source,
    table: &ParquetTable,
    rows: RowRange,
    delivery: &mut Delivery<'_>,
) -> Result<Counts, InputError> {
    let binding = &source.binding;
    let damaged = |row: u64, why: String| InputError::Damaged {
        file: source.path.clone(),
        row: rows.before + rows.skip as u64 + row + 1,
        why,
    };
    let places = binding.places();
    let reader = reader(&source.path, table, rows, &places).map_err(|why| damaged(0, why))?;
    let mut rows_of = ArrowRows::new(binding, &places, rows.before + rows.skip as u64);
    let mut intake = binding.intake(Armour::None);
    let mut done = 0;
    for batch in reader {
        let Ok(batch) = batch else {
            // Text that is not UTF-8 spoils a whole batch of Arrow's; read as bytes it spoils its own row.
            let left = RowRange {
                skip: rows.skip + done as usize,
                count: rows.count - done as usize,
                ..rows
            };
            for batch in bytewise::read(&source.path, table, left, &places)
                .map_err(|why| damaged(done, why))?
            {
                if !take(&mut rows_of, &batch, &mut intake, delivery) {
                    break;
                }
            }
            break;
        };
        done += batch.num_rows() as u64;
        delivery.progress().add_bytes(rows.bytes * batch.num_rows() as u64 / rows.count as u64);
        if !take(&mut rows_of, &batch, &mut intake, delivery) {
            return Ok(delivery.counts(&intake));
        }
    }
    delivery.send(&mut intake);
    Ok(delivery.counts(&intake))
}

/// Reads a record batch; false: read no further.
fn take(
    rows_of: &mut ArrowRows<'_>,
    batch: &RecordBatch,
    intake: &mut Intake,
    delivery: &mut Delivery<'_>,
) -> bool {
    let columns = rows_of.columns(batch);
    let mut start = 0;
    while start < batch.num_rows() {
        let end = (start + WINDOW).min(batch.num_rows());
        rows_of.read(&columns, start..end, intake);
        start = end;
        if intake.is_full() && !delivery.send(intake) {
            return false;
        }
    }
    true
}

pub(crate) fn reader(
    path: &Path,
    table: &ParquetTable,
    rows: RowRange,
    places: &[usize],
) -> Result<ParquetRecordBatchReader, String> {
    let metadata = table.metadata.metadata();
    let group = metadata.row_group(rows.group);
    let schema = reading_schema(table.metadata.schema(), group, table);
    let options = ArrowReaderOptions::new().with_schema(Arc::new(schema));
    let metadata = ArrowReaderMetadata::try_new(metadata.clone(), options)
        .map_err(|fault| fault.to_string())?;
    let file = File::open(path).map_err(|fault| fault.to_string())?;
    let mask = ProjectionMask::roots(metadata.parquet_schema(), places.iter().copied());
    let selection =
        RowSelection::from(vec![RowSelector::skip(rows.skip), RowSelector::select(rows.count)]);
    let each = usize::try_from(group.total_byte_size()).unwrap_or(0)
        / usize::try_from(group.num_rows()).unwrap_or(1).max(1);
    let size = (BATCH_TARGET / each.max(1)).clamp(16, BATCH_EVENTS);
    ParquetRecordBatchReaderBuilder::new_with_metadata(file, metadata)
        .with_projection(mask)
        .with_row_groups(vec![rows.group])
        .with_row_selection(selection)
        .with_batch_size(size)
        .build()
        .map_err(|fault| fault.to_string())
}

/// The types to read columns as: dictionaries where every page of the group has one, else views, which copy nothing.
fn reading_schema(schema: &Schema, group: &RowGroupMetaData, table: &ParquetTable) -> Schema {
    let roots = table.metadata.parquet_schema();
    let mut fields = Vec::with_capacity(schema.fields().len());
    for (root, field) in schema.fields().iter().enumerate() {
        if !is_text(field.data_type()) {
            fields.push(field.as_ref().clone());
            continue;
        }
        let leaf = (0..roots.num_columns()).find(|leaf| roots.get_column_root_idx(*leaf) == root);
        let wordy = leaf.is_some_and(|leaf| is_dictionary(group, leaf));
        let kind = if wordy {
            DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8))
        } else {
            DataType::Utf8View
        };
        fields.push(Field::new(field.name(), kind, field.is_nullable()));
    }
    Schema::new(fields)
}

pub(crate) fn is_text(kind: &DataType) -> bool {
    match kind {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => true,
        DataType::Dictionary(_, value) => is_text(value),
        _ => false,
    }
}

fn is_dictionary(group: &RowGroupMetaData, leaf: usize) -> bool {
    let column = group.column(leaf);
    match column.page_encoding_stats_mask() {
        Some(mask) => {
            mask.is_only(Encoding::RLE_DICTIONARY) || mask.is_only(Encoding::PLAIN_DICTIONARY)
        }
        // Some writers keep no such statistics but list no other encoding either.
        None => {
            let mask = column.encodings_mask();
            let words = [Encoding::RLE_DICTIONARY, Encoding::PLAIN_DICTIONARY];
            words.iter().any(|encoding| mask.is_set(*encoding)) && !mask.is_set(Encoding::PLAIN)
        }
    }
}
