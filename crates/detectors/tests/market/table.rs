//! Reads the labelled market's Parquet files into events and truth, plainly: a test's own reader, one column at a time.

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int64Type, TimestampMicrosecondType};
use arrow_array::{Array, RecordBatch};
use events::{Event, EventTime, Key, Kind};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Who is what.
#[derive(Default)]
pub struct Truth {
    pub schemes: BTreeMap<String, BTreeSet<Key>>,
    pub genuine: usize,
    pub populations: BTreeMap<String, BTreeSet<Key>>,
}

impl Truth {
    pub fn scheme(&self, name: &str) -> &BTreeSet<Key> {
        &self.schemes[name]
    }
}

fn batches(path: &Path) -> Vec<RecordBatch> {
    let file = std::fs::File::open(path).expect("the table opens");
    let reader = ParquetRecordBatchReaderBuilder::try_new(file)
        .expect("a Parquet file")
        .build()
        .expect("a reader");
    reader.map(|batch| batch.expect("a batch")).collect()
}

fn text<'a>(batch: &'a RecordBatch, name: &str) -> Box<dyn Fn(usize) -> &'a str + 'a> {
    let column = batch.column_by_name(name).expect("the column");
    if let Some(strings) = column.as_string_opt::<i32>() {
        return Box::new(move |row| if strings.is_null(row) { "" } else { strings.value(row) });
    }
    if let Some(strings) = column.as_string_opt::<i64>() {
        return Box::new(move |row| if strings.is_null(row) { "" } else { strings.value(row) });
    }
    let strings = column.as_string_view();
    Box::new(move |row| if strings.is_null(row) { "" } else { strings.value(row) })
}

pub fn events_of(path: &Path) -> Vec<Event> {
    let mut events = Vec::new();
    for batch in batches(path) {
        let time = batch
            .column_by_name("time")
            .expect("the column")
            .as_primitive::<TimestampMicrosecondType>();
        let dwell =
            batch.column_by_name("dwell_ms").expect("the column").as_primitive::<Int64Type>();
        let rating =
            batch.column_by_name("rating").expect("the column").as_primitive::<Float64Type>();
        let names = [
            "id", "kind", "actor", "subject", "owner", "device", "ip", "agent", "phone", "payment",
            "address",
        ];
        let columns: Vec<_> = names.iter().map(|name| text(&batch, name)).collect();
        for row in 0..batch.num_rows() {
            let key = |at: usize| Key::of(columns[at](row));
            let (ip, phone) = (columns[6](row), columns[8](row));
            events.push(Event {
                id: key(0),
                time: EventTime(time.value(row)),
                kind: Kind::of(columns[1](row)),
                actor: key(2),
                subject: key(3),
                owner: key(4),
                device: key(5),
                ip: key(6),
                subnet: Key::of(ip.rsplit_once('.').map_or("", |(net, _)| net)),
                agent: key(7),
                phone: key(8),
                phone_block: Key::of(phone.split('-').next().unwrap_or("")),
                payment: key(9),
                address: key(10),
                dwell_ms: dwell.is_valid(row).then(|| dwell.value(row)),
                rating: rating.is_valid(row).then(|| rating.value(row) as f32),
                ..Event::default()
            });
        }
    }
    events
}

pub fn truth_of(path: &Path) -> Truth {
    let mut truth = Truth::default();
    for batch in batches(path) {
        let columns = ["account", "label", "scheme", "population"].map(|name| text(&batch, name));
        for row in 0..batch.num_rows() {
            let account = Key::of(columns[0](row));
            if columns[1](row) == "genuine" {
                truth.genuine += 1;
                for population in columns[3](row).split(';').filter(|p| !p.is_empty()) {
                    truth.populations.entry(population.to_owned()).or_default().insert(account);
                }
            } else {
                truth.schemes.entry(columns[2](row).to_owned()).or_default().insert(account);
            }
        }
    }
    truth
}

/// The sketches of the texts of some kinds of event.
pub fn said_in(path: &Path, wanted: impl Fn(Kind) -> bool) -> Vec<detectors::text::Said> {
    let mut said = Vec::new();
    for batch in batches(path) {
        let time = batch
            .column_by_name("time")
            .expect("the column")
            .as_primitive::<TimestampMicrosecondType>();
        let columns = ["id", "kind", "actor", "subject", "text"].map(|name| text(&batch, name));
        for row in 0..batch.num_rows() {
            if !wanted(Kind::of(columns[1](row))) {
                continue;
            }
            if let Some(sketch) = detectors::text::sketch(columns[4](row)) {
                let key = |at: usize| Key::of(columns[at](row));
                said.push((sketch, key(0), key(2), key(3), EventTime(time.value(row))));
            }
        }
    }
    said
}
