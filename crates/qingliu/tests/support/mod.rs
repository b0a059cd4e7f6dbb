//! What the tests of the program share: running it, writing tables for it, reading its results.

#![allow(dead_code)] // each test file uses a part
#![allow(clippy::unwrap_used)] // a test that cannot go on fails

use arrow_array::cast::AsArray;
use arrow_array::{Array, RecordBatch};
use arrow_schema::{DataType, Field, Schema};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;

/// What a run of the program left: exit status, standard output, standard error.
pub struct Ran {
    pub status: i32,
    pub out: String,
    pub err: String,
}

impl Ran {
    /// The run ended with that status and did not panic.
    #[track_caller]
    pub fn ends(self, status: i32) -> Ran {
        assert_eq!(self.status, status, "stdout: {}\nstderr: {}", self.out, self.err);
        self.sound()
    }

    #[track_caller]
    fn sound(self) -> Ran {
        for text in [&self.out, &self.err] {
            assert!(!text.contains("panicked"), "{text}");
            assert!(!text.contains("a defect"), "{text}");
        }
        self
    }

    /// Standard error says all of these.
    #[track_caller]
    pub fn complains(self, words: &[&str]) -> Ran {
        for word in words {
            assert!(self.err.contains(word), "`{word}` is not in: {}", self.err);
        }
        self
    }

    /// Standard output as JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|e| panic!("{e}: {}", self.out))
    }
}

/// Runs the program in a folder.
pub fn qingliu(dir: &Path, arguments: &[&str]) -> Ran {
    let Output { status, stdout, stderr } = Command::new(env!("CARGO_BIN_EXE_qingliu"))
        .args(arguments)
        .current_dir(dir)
        .output()
        .unwrap();
    Ran {
        status: status.code().unwrap_or(-1),
        out: String::from_utf8(stdout).unwrap(),
        err: String::from_utf8(stderr).unwrap(),
    }
}

/// All rows of a Parquet file as one batch.
pub fn table(path: &Path) -> RecordBatch {
    let builder = ParquetRecordBatchReaderBuilder::try_new(File::open(path).unwrap()).unwrap();
    let schema = builder.schema().clone();
    let rows = builder.metadata().file_metadata().num_rows() as usize;
    let mut batches = builder.with_batch_size(rows.max(1)).build().unwrap();
    match batches.next() {
        Some(batch) => {
            assert!(batches.next().is_none());
            batch.unwrap()
        }
        None => RecordBatch::new_empty(schema),
    }
}

/// A column of texts; null is empty.
pub fn texts(batch: &RecordBatch, column: &str) -> Vec<String> {
    let array = batch.column_by_name(column).unwrap().as_string::<i32>();
    (0..array.len())
        .map(|row| if array.is_null(row) { String::new() } else { array.value(row).to_owned() })
        .collect()
}

/// Name and bytes of every file that must be the same whenever the input is.
pub fn fixed_files(results: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<(String, Vec<u8>)> = fs::read_dir(results)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| !path.ends_with("summary.json"))
        .map(|path| (path.file_name().unwrap().to_string_lossy().into(), fs::read(&path).unwrap()))
        .collect();
    files.sort();
    files
}

/// The contract's columns, in its order.
pub const COLUMNS: [&str; 25] = [
    "id",
    "time",
    "kind",
    "actor",
    "subject",
    "owner",
    "order",
    "parcel",
    "point",
    "device",
    "ip",
    "agent",
    "source",
    "phone",
    "payment",
    "address",
    "counterparty",
    "amount",
    "currency",
    "rating",
    "text",
    "dwell_ms",
    "weight_g",
    "region",
    "status",
];

/// An event as texts in the order of [`COLUMNS`]; what it does not have is empty.
pub type Row = [String; 25];

/// A row with only what every event needs, and who did it to what.
pub fn row(id: &str, time: &str, kind: &str, actor: &str, subject: &str) -> Row {
    let mut row = Row::default();
    for (cell, text) in row.iter_mut().zip([id, time, kind, actor, subject]) {
        *cell = text.to_owned();
    }
    row
}

/// So many ordinary rows: a hundred accounts that like twenty subjects over some days.
pub fn plain_rows(rows: usize) -> Vec<Row> {
    let at = |n: usize| {
        let minute = n * 7919 % (5 * 24 * 60);
        let (day, hour, minute) = (1 + minute / 1440, minute / 60 % 24, minute % 60);
        let time = format!("2026-03-{day:02}T{hour:02}:{minute:02}:{:02}Z", n % 60);
        let mut row = row(
            &format!("e{n}"),
            &time,
            "like",
            &format!("a{}", n * 31 % 100),
            &format!("s{}", n % 20),
        );
        row[5] = format!("shop{}", n % 5);
        row
    };
    (0..rows).map(at).collect()
}

/// A simulated market as rows.
pub fn market(people: u32, days: u32) -> Vec<Row> {
    rows_of(&simulator::Scenario { people, days, ..simulator::Scenario::default() })
}

/// The events of a world as rows.
pub fn rows_of(scenario: &simulator::Scenario) -> Vec<Row> {
    let mut rows = Vec::new();
    scenario.stream(|record| {
        let optional = |number: Option<i64>| number.map_or_else(String::new, |n| n.to_string());
        rows.push([
            record.id.clone(),
            moment(record.time.0),
            record.kind.name().to_owned(),
            record.actor.clone(),
            record.subject.clone(),
            record.owner.clone(),
            record.order.clone(),
            record.parcel.clone(),
            record.point.clone(),
            record.device.clone(),
            record.ip.clone(),
            record.agent.clone(),
            record.source.clone(),
            record.phone.clone(),
            record.payment.clone(),
            record.address.clone(),
            record.counterparty.clone(),
            optional(record.amount),
            record.currency.to_owned(),
            record.rating.map_or_else(String::new, |rating| rating.to_string()),
            record.text.clone(),
            optional(record.dwell_ms),
            optional(record.weight_g.map(i64::from)),
            record.region.clone(),
            record.status.to_owned(),
        ]);
    });
    rows
}

fn moment(micros: i64) -> String {
    chrono::DateTime::from_timestamp_micros(micros)
        .unwrap()
        .to_rfc3339_opts(chrono::SecondsFormat::Micros, true)
}

/// Writes rows as CSV with the contract's header.
pub fn write_csv(path: &Path, rows: &[Row]) {
    let mut text = COLUMNS.join(",");
    text.push('\n');
    for row in rows {
        let cells: Vec<String> = row
            .iter()
            .map(|cell| match cell.contains([',', '"', '\n', '\r']) {
                true => format!("\"{}\"", cell.replace('"', "\"\"")),
                false => cell.clone(),
            })
            .collect();
        text.push_str(&cells.join(","));
        text.push('\n');
    }
    fs::write(path, text).unwrap();
}

/// Writes rows as JSON Lines, numbers as numbers and what is missing as null.
pub fn write_jsonl(path: &Path, rows: &[Row]) {
    let mut text = String::new();
    for row in rows {
        let cells: Vec<String> = COLUMNS
            .iter()
            .zip(row)
            .map(|(column, cell)| {
                let value = if cell.is_empty() {
                    "null".to_owned()
                } else if ["amount", "rating", "dwell_ms", "weight_g"].contains(column) {
                    cell.clone()
                } else {
                    serde_json::Value::from(cell.as_str()).to_string()
                };
                format!("\"{column}\":{value}")
            })
            .collect();
        text.push_str(&format!("{{{}}}\n", cells.join(",")));
    }
    fs::write(path, text).unwrap();
}

/// Writes rows as Parquet in the contract's types.
pub fn write_parquet(path: &Path, rows: &[Row]) {
    let number = |column: usize| rows.iter().map(move |row| row[column].parse::<i64>().ok());
    let mut fields = Vec::new();
    let mut arrays: Vec<arrow_array::ArrayRef> = Vec::new();
    for (place, name) in COLUMNS.iter().enumerate() {
        let array: arrow_array::ArrayRef = match *name {
            "time" => {
                let micros = |row: &Row| {
                    chrono::DateTime::parse_from_rfc3339(&row[1]).unwrap().timestamp_micros()
                };
                let times: arrow_array::TimestampMicrosecondArray =
                    rows.iter().map(|row| Some(micros(row))).collect();
                Arc::new(times.with_timezone("UTC"))
            }
            "amount" | "dwell_ms" => Arc::new(number(place).collect::<arrow_array::Int64Array>()),
            "weight_g" => Arc::new(
                number(place).map(|n| n.map(|n| n as i32)).collect::<arrow_array::Int32Array>(),
            ),
            "rating" => Arc::new(
                rows.iter()
                    .map(|row| row[place].parse::<f64>().ok())
                    .collect::<arrow_array::Float64Array>(),
            ),
            _ => Arc::new(
                rows.iter()
                    .map(|row| (!row[place].is_empty()).then_some(row[place].as_str()))
                    .collect::<arrow_array::StringArray>(),
            ),
        };
        fields.push(Field::new(*name, array.data_type().clone(), true));
        arrays.push(array);
    }
    write_batch(path, fields, arrays);
}

/// Writes one batch.
pub fn write_batch(path: &Path, fields: Vec<Field>, arrays: Vec<arrow_array::ArrayRef>) {
    let schema = Arc::new(Schema::new(fields));
    let batch = RecordBatch::try_new(schema.clone(), arrays).unwrap();
    let mut writer = ArrowWriter::try_new(File::create(path).unwrap(), schema, None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
}

/// A text column.
pub fn text_column(name: &str, cells: &[&str]) -> (Field, arrow_array::ArrayRef) {
    let array = arrow_array::StringArray::from_iter_values(cells);
    (Field::new(name, DataType::Utf8, true), Arc::new(array))
}

/// A folder of the shared data; a test that needs one says that it is skipped when it is not there.
pub fn shared_data(set: &str) -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data").join(set);
    if root.is_dir() {
        return Some(root);
    }
    // Past the harness, which keeps what passing tests print to itself.
    let skipped = format!("\nSKIPPED: {} is not there\n", root.display());
    std::io::Write::write_all(&mut std::io::stderr(), skipped.as_bytes()).unwrap();
    None
}
