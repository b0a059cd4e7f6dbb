//! The tables of accounts, groups, members, subjects, owners and points.

use super::table::{PIECE, Table, full, partial, texts_type, time_type};
use super::{cohorts, findings, text};
use crate::failure::Failure;
use arrow_array::builder::{ListBuilder, StringBuilder};
use arrow_array::{
    ArrayRef, Float32Array, Int32Array, Int64Array, StringArray, TimestampMicrosecondArray,
};
use arrow_schema::DataType;
use detectors::Code;
use engine::Names;
use engine::results::{GroupResult, Results};
use events::Key;
use std::path::Path;
use std::sync::Arc;

/// Writes every table but that of events and that of rejected rows.
pub(crate) fn write(dir: &Path, results: &Results, names: &Names) -> Result<(), Failure> {
    accounts(dir, results, names)?;
    groups(dir, &results.groups)?;
    members(dir, &results.groups, names)?;
    subjects(dir, results, names)?;
    owners(dir, results, names)?;
    points(dir, results, names)?;
    cohorts::write(dir, &results.cohorts)?;
    findings::write(dir, &results.findings, names)
}

fn accounts(dir: &Path, results: &Results, names: &Names) -> Result<(), Failure> {
    let columns = vec![
        full("account", DataType::Utf8),
        full("score", DataType::Float32),
        full("verdict", DataType::Utf8),
        partial("group", DataType::Int32),
        full("findings", texts_type()),
        full("bits", DataType::Float32),
        full("events", DataType::Int64),
    ];
    let distinct = ["account", "score", "bits"];
    let mut table = Table::create(dir, "accounts.parquet", columns, &distinct)?;
    for rows in results.accounts.chunks(PIECE) {
        table.append(vec![
            keys(rows.iter().map(|row| row.account), names),
            floats(rows.iter().map(|row| row.score)),
            words(rows.iter().map(|row| row.verdict.name())),
            Arc::new(rows.iter().map(|row| row.group.map(|g| g as i32)).collect::<Int32Array>()),
            lists(rows.iter().map(|row| &row.findings[..]), |code: &Code| code.entry().id),
            floats(rows.iter().map(|row| row.bits)),
            counts(rows.iter().map(|row| row.events)),
        ])?;
    }
    table.close()
}

fn groups(dir: &Path, groups: &[GroupResult]) -> Result<(), Failure> {
    let columns = vec![
        full("group", DataType::Int32),
        full("accounts", DataType::Int64),
        full("subjects", DataType::Int64),
        full("events", DataType::Int64),
        full("first", time_type()),
        full("last", time_type()),
        full("bits", DataType::Float32),
        full("classes", texts_type()),
        full("verdict", DataType::Utf8),
    ];
    let mut table = Table::create(dir, "groups.parquet", columns, &["group", "bits"])?;
    for rows in groups.chunks(PIECE) {
        let classes: Vec<Vec<&str>> = rows
            .iter()
            .map(|row| row.classes.iter().map(|class| class.0.name()).collect())
            .collect();
        table.append(vec![
            Arc::new(Int32Array::from_iter_values(rows.iter().map(|row| row.group as i32))),
            counts(rows.iter().map(|row| row.members.len() as u64)),
            counts(rows.iter().map(|row| row.subjects.len() as u64)),
            counts(rows.iter().map(|row| row.events)),
            times(rows.iter().map(|row| row.first.0)),
            times(rows.iter().map(|row| row.last.0)),
            floats(rows.iter().map(|row| row.bits)),
            lists(classes.iter().map(|classes| &classes[..]), |word| word),
            words(rows.iter().map(|row| row.verdict.name())),
        ])?;
    }
    table.close()
}

fn members(dir: &Path, groups: &[GroupResult], names: &Names) -> Result<(), Failure> {
    let columns = vec![
        full("group", DataType::Int32),
        full("account", DataType::Utf8),
        full("bits", DataType::Float32),
    ];
    let mut rows: Vec<(u32, Key, f32)> = groups
        .iter()
        .flat_map(|group| group.members.iter().map(|member| (group.group, member.0, member.1)))
        .collect();
    rows.sort_by(|a, b| a.0.cmp(&b.0).then_with(|| names.order(a.1, b.1)));
    let mut table = Table::create(dir, "members.parquet", columns, &["account", "bits"])?;
    for rows in rows.chunks(PIECE) {
        table.append(vec![
            Arc::new(Int32Array::from_iter_values(rows.iter().map(|row| row.0 as i32))),
            keys(rows.iter().map(|row| row.1), names),
            floats(rows.iter().map(|row| row.2)),
        ])?;
    }
    table.close()
}

fn subjects(dir: &Path, results: &Results, names: &Names) -> Result<(), Failure> {
    let columns = vec![
        full("subject", DataType::Utf8),
        partial("owner", DataType::Utf8),
        full("metric", DataType::Utf8),
        full("raw", DataType::Int64),
        full("genuine", DataType::Int64),
        full("low", DataType::Int64),
        full("high", DataType::Int64),
        full("verdict", DataType::Utf8),
    ];
    let mut table = Table::create(dir, "subjects.parquet", columns, &["subject"])?;
    for rows in results.subjects.chunks(PIECE) {
        let owners = rows.iter().map(|row| row.owner.is_some().then(|| text(names, row.owner)));
        table.append(vec![
            keys(rows.iter().map(|row| row.subject), names),
            Arc::new(owners.collect::<StringArray>()),
            words(rows.iter().map(|row| row.metric.name())),
            counts(rows.iter().map(|row| row.raw)),
            counts(rows.iter().map(|row| row.genuine)),
            counts(rows.iter().map(|row| row.low)),
            counts(rows.iter().map(|row| row.high)),
            words(rows.iter().map(|row| row.verdict.name())),
        ])?;
    }
    table.close()
}

fn owners(dir: &Path, results: &Results, names: &Names) -> Result<(), Failure> {
    let columns = vec![
        full("owner", DataType::Utf8),
        full("raw", DataType::Int64),
        full("genuine", DataType::Int64),
        full("score", DataType::Float32),
        full("verdict", DataType::Utf8),
        full("findings", texts_type()),
    ];
    let mut table = Table::create(dir, "owners.parquet", columns, &["owner", "score"])?;
    for rows in results.owners.chunks(PIECE) {
        table.append(vec![
            keys(rows.iter().map(|row| row.owner), names),
            counts(rows.iter().map(|row| row.raw)),
            counts(rows.iter().map(|row| row.genuine)),
            floats(rows.iter().map(|row| row.score)),
            words(rows.iter().map(|row| row.verdict.name())),
            lists(rows.iter().map(|row| &row.findings[..]), |code| code.entry().id),
        ])?;
    }
    table.close()
}

fn points(dir: &Path, results: &Results, names: &Names) -> Result<(), Failure> {
    let columns = vec![
        full("point", DataType::Utf8),
        full("parcels", DataType::Int64),
        full("score", DataType::Float32),
        full("verdict", DataType::Utf8),
        full("findings", texts_type()),
    ];
    let mut table = Table::create(dir, "points.parquet", columns, &["point", "score"])?;
    for rows in results.points.chunks(PIECE) {
        table.append(vec![
            keys(rows.iter().map(|row| row.point), names),
            counts(rows.iter().map(|row| row.parcels)),
            floats(rows.iter().map(|row| row.score)),
            words(rows.iter().map(|row| row.verdict.name())),
            lists(rows.iter().map(|row| &row.findings[..]), |code| code.entry().id),
        ])?;
    }
    table.close()
}

fn keys(of: impl Iterator<Item = Key>, names: &Names) -> ArrayRef {
    Arc::new(StringArray::from_iter_values(of.map(|key| text(names, key))))
}

fn words<'a>(of: impl Iterator<Item = &'a str>) -> ArrayRef {
    Arc::new(StringArray::from_iter_values(of))
}

fn floats(of: impl Iterator<Item = f32>) -> ArrayRef {
    Arc::new(Float32Array::from_iter_values(of))
}

fn counts(of: impl Iterator<Item = u64>) -> ArrayRef {
    Arc::new(Int64Array::from_iter_values(of.map(|count| i64::try_from(count).unwrap_or(i64::MAX))))
}

fn times(of: impl Iterator<Item = i64>) -> ArrayRef {
    Arc::new(TimestampMicrosecondArray::from_iter_values(of).with_timezone("UTC"))
}

fn lists<'a, T: 'a, W: AsRef<str>>(
    of: impl Iterator<Item = &'a [T]>,
    word: impl Fn(&'a T) -> W,
) -> ArrayRef {
    let mut builder = ListBuilder::new(StringBuilder::new());
    for list in of {
        for item in list {
            builder.values().append_value(word(item));
        }
        builder.append(true);
    }
    Arc::new(builder.finish())
}
