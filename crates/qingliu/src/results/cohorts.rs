//! `cohorts.parquet`: the accounts that came new, by when, and how many of them are real.

use super::table::{PIECE, Table, full, partial, time_type};
use crate::failure::Failure;
use arrow_array::{ArrayRef, Float32Array, Int64Array, TimestampMicrosecondArray};
use arrow_schema::DataType;
use engine::results::CohortResult;
use std::path::Path;
use std::sync::Arc;

/// The ages after which a member can have come back, as columns call them.
const AGES: [&str; 3] = ["1d", "7d", "30d"];

/// Writes the table in the order of time.
pub(super) fn write(dir: &Path, cohorts: &[CohortResult]) -> Result<(), Failure> {
    let number = |name: &str| full(name, DataType::Int64);
    let mut columns = vec![full("begins", time_type())];
    columns.extend(["days", "members", "fake", "suspect", "genuine", "intent", "idle"].map(number));
    for age in AGES {
        columns.extend([number(&format!("seen_{age}")), number(&format!("active_{age}"))]);
        columns.push(partial(&format!("expected_{age}"), DataType::Float32));
    }
    columns.extend(["real", "low", "high"].map(number));
    let mut table = Table::create(dir, "cohorts.parquet", columns, &["begins"])?;
    for rows in cohorts.chunks(PIECE) {
        let counts = |of: &dyn Fn(&CohortResult) -> u64| -> ArrayRef {
            let count = |row| i64::try_from(of(row)).unwrap_or(i64::MAX);
            Arc::new(Int64Array::from_iter_values(rows.iter().map(count)))
        };
        let begins = rows.iter().map(|row| i64::from(row.begins) * 1_000_000);
        let times = TimestampMicrosecondArray::from_iter_values(begins).with_timezone("UTC");
        let mut arrays: Vec<ArrayRef> = vec![
            Arc::new(times),
            counts(&|row| u64::from(row.days)),
            counts(&|row| row.members),
            counts(&|row| row.fake),
            counts(&|row| row.suspect),
            counts(&|row| row.genuine),
            counts(&|row| row.intent),
            counts(&|row| row.idle),
        ];
        for at in 0..AGES.len() {
            let expected = rows.iter().map(|row| row.expected[at].map(|expected| expected as f32));
            arrays.extend([counts(&|row| row.seen[at]), counts(&|row| row.active[at])]);
            arrays.push(Arc::new(expected.collect::<Float32Array>()));
        }
        arrays.extend([counts(&|row| row.real), counts(&|row| row.low), counts(&|row| row.high)]);
        table.append(arrays)?;
    }
    table.close()
}
