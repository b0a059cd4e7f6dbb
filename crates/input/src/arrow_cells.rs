//! A column of an Arrow record batch, cell by cell or as a whole.
//!
//! Writers choose many types for the same thing, so every column is read by what it holds: times as numbers or dates,
//! identifiers as numbers, text as strings, views or dictionaries. Of a dictionary each value is read once.

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Date64Type, Decimal128Type, Float32Type, Float64Type, Int8Type, Int16Type,
    Int32Type, Int64Type, TimestampMicrosecondType, TimestampMillisecondType,
    TimestampNanosecondType, TimestampSecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{
    Array, ArrayRef, BinaryArray, BooleanArray, LargeBinaryArray, LargeStringArray, PrimitiveArray,
    StringArray, StringViewArray,
};
use arrow_buffer::NullBuffer;
use arrow_schema::{DataType, TimeUnit};
use events::{Cells, Column, Intake, Key, Meaning, Value};
use std::ops::Range;

/// Microseconds in a day.
const DAY: i64 = 86_400_000_000;

/// A column whose type is known, so that its cells are read without looking at the type again.
enum Typed<'a> {
    Text(&'a StringArray),
    LargeText(&'a LargeStringArray),
    View(&'a StringViewArray),
    Bytes(&'a BinaryArray),
    LargeBytes(&'a LargeBinaryArray),
    Words(&'a [i32], &'a StringArray),
    Int8(&'a PrimitiveArray<Int8Type>),
    Int16(&'a PrimitiveArray<Int16Type>),
    Int32(&'a PrimitiveArray<Int32Type>),
    Int64(&'a PrimitiveArray<Int64Type>),
    UInt8(&'a PrimitiveArray<UInt8Type>),
    UInt16(&'a PrimitiveArray<UInt16Type>),
    UInt32(&'a PrimitiveArray<UInt32Type>),
    UInt64(&'a PrimitiveArray<UInt64Type>),
    Float32(&'a PrimitiveArray<Float32Type>),
    Float64(&'a PrimitiveArray<Float64Type>),
    Decimal(&'a PrimitiveArray<Decimal128Type>, i8),
    Bool(&'a BooleanArray),
    Time { ticks: &'a [i64], unit: TimeUnit, local: bool },
    Days(&'a PrimitiveArray<Date32Type>),
    Millis(&'a PrimitiveArray<Date64Type>),
    Nested,
}

/// A column of one record batch.
pub(crate) struct TableColumn<'a> {
    typed: Typed<'a>,
    nulls: Option<&'a NullBuffer>,
}

/// Some rows of a record batch, and where the first of them is in the intake.
#[derive(Clone, Debug)]
pub(crate) struct Window {
    pub(crate) rows: Range<usize>,
    pub(crate) base: usize,
}

impl Window {
    /// Rows of the record batch, each with its place in the intake.
    fn places(&self) -> impl Iterator<Item = (usize, usize)> {
        self.rows.clone().zip(self.base..)
    }
}

/// What a dictionary's values mean, kept from batch to batch while the dictionary stays the same.
#[derive(Default)]
pub(crate) struct WordMemory {
    values: Option<StringArray>,
    meanings: Vec<Option<Meaning>>,
    keys: Vec<Option<Key>>,
}

impl WordMemory {
    fn turn_to(&mut self, values: &StringArray) {
        let same = self.values.as_ref().is_some_and(|known| {
            known.len() == values.len()
                && known.value_data().as_ptr() == values.value_data().as_ptr()
                && known.value_offsets().as_ptr() == values.value_offsets().as_ptr()
        });
        if !same {
            self.meanings.clear();
            self.meanings.resize(values.len(), None);
            self.keys.clear();
            self.keys.resize(values.len(), None);
            // Held on to, so that no other dictionary can come to lie at the same place.
            self.values = Some(values.clone());
        }
    }
}

impl<'a> TableColumn<'a> {
    pub(crate) fn new(array: &'a ArrayRef) -> TableColumn<'a> {
        let nulls = array.nulls().filter(|nulls| nulls.null_count() > 0);
        TableColumn { typed: typed(array), nulls }
    }

    fn is_null(&self, at: usize) -> bool {
        self.nulls.is_some_and(|nulls| nulls.is_null(at))
    }

    pub(crate) fn cell(&self, at: usize) -> Value<'a> {
        if self.is_null(at) {
            return Value::Null;
        }
        match &self.typed {
            Typed::Text(cells) => Value::Text(cells.value(at)),
            Typed::LargeText(cells) => Value::Text(cells.value(at)),
            Typed::View(cells) => Value::Text(cells.value(at)),
            Typed::Bytes(cells) => text_of(cells.value(at)),
            Typed::LargeBytes(cells) => text_of(cells.value(at)),
            Typed::Words(keys, values) => match keys.get(at).map(|key| *key as usize) {
                Some(key) if key < values.len() && values.is_valid(key) => {
                    Value::Text(values.value(key))
                }
                _ => Value::Null,
            },
            Typed::Int8(cells) => Value::Int(cells.value(at).into()),
            Typed::Int16(cells) => Value::Int(cells.value(at).into()),
            Typed::Int32(cells) => Value::Int(cells.value(at).into()),
            Typed::Int64(cells) => Value::Int(cells.value(at)),
            Typed::UInt8(cells) => Value::Int(cells.value(at).into()),
            Typed::UInt16(cells) => Value::Int(cells.value(at).into()),
            Typed::UInt32(cells) => Value::Int(cells.value(at).into()),
            Typed::UInt64(cells) => {
                let value = cells.value(at);
                i64::try_from(value).map_or(Value::Unsigned(value), Value::Int)
            }
            Typed::Float32(cells) => Value::Float(cells.value(at).into()),
            Typed::Float64(cells) => Value::Float(cells.value(at)),
            Typed::Decimal(cells, scale) => decimal(cells.value(at), *scale),
            Typed::Bool(cells) => Value::Bool(cells.value(at)),
            Typed::Time { ticks, unit, local } => {
                let micros = micros(ticks.get(at).copied().unwrap_or(0), *unit);
                if *local { Value::Local(micros) } else { Value::Instant(micros) }
            }
            Typed::Days(cells) => Value::Local(i64::from(cells.value(at)) * DAY),
            Typed::Millis(cells) => Value::Local(cells.value(at).saturating_mul(1000)),
            Typed::Nested => Value::Nested,
        }
    }

    /// Reads some of the cells into rows that begin at `base`.
    pub(crate) fn fill(
        &self,
        column: Column,
        window: &Window,
        memory: &mut WordMemory,
        intake: &mut Intake,
    ) {
        let keeps = !matches!(column, Column::Id | Column::Text);
        if let (Typed::Words(keys, values), true) = (&self.typed, keeps) {
            memory.turn_to(values);
            for (at, place) in window.places() {
                let key = keys.get(at).copied().unwrap_or(0) as usize;
                if self.is_null(at) {
                    intake.put(place, column, Value::Null);
                    continue;
                }
                let Some(known) = memory.meanings.get_mut(key) else { continue };
                let meaning = known.get_or_insert_with(|| intake.meaning(column, self.cell(at)));
                intake.place(place, column, meaning);
            }
            return;
        }
        for (at, place) in window.places() {
            intake.put(place, column, self.cell(at));
        }
    }

    /// Adds some of the cells to the identity of rows that have no id.
    pub(crate) fn fill_content(
        &self,
        seed: u64,
        window: &Window,
        memory: &mut WordMemory,
        intake: &mut Intake,
    ) {
        if let Typed::Words(keys, values) = &self.typed {
            memory.turn_to(values);
            for (at, place) in window.places() {
                if self.is_null(at) {
                    continue;
                }
                let key = keys.get(at).copied().unwrap_or(0) as usize;
                let Some(known) = memory.keys.get_mut(key) else { continue };
                let key = *known.get_or_insert_with(|| Key::of(values.value(key).trim()));
                intake.add_content_key(place, seed, key);
            }
            return;
        }
        for (at, place) in window.places() {
            intake.add_content(place, seed, self.cell(at));
        }
    }
}

/// One row over several columns, by their place in the header.
pub(crate) struct TableRow<'a, 'b> {
    pub(crate) columns: &'b [Option<TableColumn<'a>>],
    pub(crate) at: usize,
}

impl Cells for TableRow<'_, '_> {
    fn value(&self, column: usize) -> Value<'_> {
        match self.columns.get(column) {
            Some(Some(cells)) => cells.cell(self.at),
            _ => Value::Null,
        }
    }
}

fn typed(array: &ArrayRef) -> Typed<'_> {
    match array.data_type() {
        DataType::Utf8 => Typed::Text(array.as_string()),
        DataType::LargeUtf8 => Typed::LargeText(array.as_string()),
        DataType::Utf8View => Typed::View(array.as_string_view()),
        DataType::Binary => Typed::Bytes(array.as_binary()),
        DataType::LargeBinary => Typed::LargeBytes(array.as_binary()),
        DataType::Dictionary(key, value)
            if **key == DataType::Int32 && **value == DataType::Utf8 =>
        {
            let words = array.as_dictionary::<Int32Type>();
            Typed::Words(words.keys().values(), words.values().as_string())
        }
        DataType::Int8 => Typed::Int8(array.as_primitive()),
        DataType::Int16 => Typed::Int16(array.as_primitive()),
        DataType::Int32 => Typed::Int32(array.as_primitive()),
        DataType::Int64 => Typed::Int64(array.as_primitive()),
        DataType::UInt8 => Typed::UInt8(array.as_primitive()),
        DataType::UInt16 => Typed::UInt16(array.as_primitive()),
        DataType::UInt32 => Typed::UInt32(array.as_primitive()),
        DataType::UInt64 => Typed::UInt64(array.as_primitive()),
        DataType::Float32 => Typed::Float32(array.as_primitive()),
        DataType::Float64 => Typed::Float64(array.as_primitive()),
        DataType::Decimal128(_, scale) => Typed::Decimal(array.as_primitive(), *scale),
        DataType::Boolean => Typed::Bool(array.as_boolean()),
        DataType::Date32 => Typed::Days(array.as_primitive()),
        DataType::Date64 => Typed::Millis(array.as_primitive()),
        DataType::Timestamp(unit, zone) => {
            Typed::Time { ticks: ticks(array, *unit), unit: *unit, local: zone.is_none() }
        }
        _ => Typed::Nested,
    }
}

fn ticks(array: &ArrayRef, unit: TimeUnit) -> &[i64] {
    match unit {
        TimeUnit::Second => array.as_primitive::<TimestampSecondType>().values(),
        TimeUnit::Millisecond => array.as_primitive::<TimestampMillisecondType>().values(),
        TimeUnit::Microsecond => array.as_primitive::<TimestampMicrosecondType>().values(),
        TimeUnit::Nanosecond => array.as_primitive::<TimestampNanosecondType>().values(),
    }
}

fn micros(ticks: i64, unit: TimeUnit) -> i64 {
    match unit {
        TimeUnit::Second => ticks.saturating_mul(1_000_000),
        TimeUnit::Millisecond => ticks.saturating_mul(1000),
        TimeUnit::Microsecond => ticks,
        TimeUnit::Nanosecond => ticks.div_euclid(1000),
    }
}

fn text_of(bytes: &[u8]) -> Value<'_> {
    std::str::from_utf8(bytes).map_or(Value::NotText, Value::Text)
}

fn decimal<'a>(value: i128, scale: i8) -> Value<'a> {
    let power = 10_i128.checked_pow(u32::from(scale.unsigned_abs())).unwrap_or(i128::MAX);
    let whole = match scale {
        0.. if value % power == 0 => i64::try_from(value / power).ok(),
        0.. => None,
        _ => value.checked_mul(power).and_then(|value| i64::try_from(value).ok()),
    };
    whole.map_or_else(|| Value::Float(value as f64 * 10_f64.powi(-i32::from(scale))), Value::Int)
}
