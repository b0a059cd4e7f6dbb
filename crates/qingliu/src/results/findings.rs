//! `findings.parquet`: what each detector said of what, with what re-derives it.

use super::table::{PIECE, Table, full, time_type};
use super::text;
use crate::failure::Failure;
use arrow_array::{ArrayRef, Float32Array, StringArray, TimestampMicrosecondArray};
use arrow_schema::DataType;
use detectors::Finding;
use engine::Names;
use std::fmt::Write;
use std::path::Path;
use std::sync::Arc;

/// The name of a finding by its place in the order of time, from 0.
fn name(place: usize) -> String {
    format!("F{:09}", place + 1)
}

/// Writes the table in the order of time, which is that of the findings' names.
pub(super) fn write(dir: &Path, findings: &[Finding], names: &Names) -> Result<(), Failure> {
    let columns = vec![
        full("finding", DataType::Utf8),
        full("code", DataType::Utf8),
        full("subject_kind", DataType::Utf8),
        full("subject", DataType::Utf8),
        full("time", time_type()),
        full("score", DataType::Float32),
        full("bits", DataType::Float32),
        full("evidence", DataType::Utf8),
    ];
    let distinct = ["finding", "evidence", "score", "bits", "time"];
    let mut table = Table::create(dir, "findings.parquet", columns, &distinct)?;
    for (piece, rows) in findings.chunks(PIECE).enumerate() {
        let texts = |of: &dyn Fn(&Finding) -> String| -> ArrayRef {
            Arc::new(StringArray::from_iter_values(rows.iter().map(of)))
        };
        let numbers = |of: &dyn Fn(&Finding) -> f32| -> ArrayRef {
            Arc::new(Float32Array::from_iter_values(rows.iter().map(of)))
        };
        let numbered = (0..rows.len()).map(|row| name(piece * PIECE + row));
        let times = TimestampMicrosecondArray::from_iter_values(rows.iter().map(|row| row.time.0));
        table.append(vec![
            Arc::new(StringArray::from_iter_values(numbered)),
            texts(&|row| row.code.entry().id.to_owned()),
            texts(&|row| row.entity.kind.name().to_owned()),
            texts(&|row| text(names, row.entity.key).into_owned()),
            Arc::new(times.with_timezone("UTC")),
            numbers(&|row| row.score),
            numbers(&|row| row.bits),
            texts(&|row| evidence(row, names)),
        ])?;
    }
    table.close()
}

/// The evidence as JSON, its keys in the detector's own order, the accounts last.
fn evidence(finding: &Finding, names: &Names) -> String {
    let mut out = String::from("{");
    for (name, value) in &finding.evidence {
        let comma = if out.len() > 1 { "," } else { "" };
        let _ = write!(out, "{comma}{}:{}", quoted(name), number(*value));
    }
    if !finding.members.is_empty() {
        let comma = if out.len() > 1 { "," } else { "" };
        let mut members: Vec<_> = finding.members.iter().map(|&key| text(names, key)).collect();
        members.sort();
        let members: Vec<String> = members.iter().map(|name| quoted(name)).collect();
        let _ = write!(out, "{comma}\"accounts\":[{}]", members.join(","));
    }
    out.push('}');
    out
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// A number without a fraction is written without one; what is no number is null.
fn number(value: f64) -> String {
    const WHOLE: f64 = 9_007_199_254_740_992.0;
    if value.fract() == 0.0 && value.abs() < WHOLE {
        (value as i64).to_string()
    } else {
        serde_json::Value::from(value).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_json() {
        assert_eq!(number(3.0), "3");
        assert_eq!(number(-0.5), "-0.5");
        assert_eq!(number(f64::NAN), "null");
        assert_eq!(number(1e300).parse(), Ok(1e300));
        assert_eq!(quoted("a\"b\n"), "\"a\\\"b\\n\"");
        assert_eq!(name(0), "F000000001");
    }
}
