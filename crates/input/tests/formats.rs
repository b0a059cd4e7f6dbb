//! Goal: a table means the same whatever file holds it, and any sensible column type is read.
//! Method: one table written in each format and packing must give the same events; Parquet columns of every type that
//! writers choose must give the events of their plain form.

mod reading;

use arrow_array::types::Int32Type;
use arrow_array::*;
use events::{EntityKind, Event, EventTime, Kind, Span};
use parquet::arrow::ArrowWriter;
use parquet::file::properties::WriterProperties;
use reading::{Reading, read_bytes, read_paths, write};
use std::io::Write;
use std::sync::Arc;

fn parquet(columns: Vec<(&str, ArrayRef)>, group: usize) -> Vec<u8> {
    let batch = RecordBatch::try_from_iter(columns).expect("a batch");
    let properties = WriterProperties::builder().set_max_row_group_row_count(Some(group)).build();
    let mut writer =
        ArrowWriter::try_new(Vec::new(), batch.schema(), Some(properties)).expect("a writer");
    writer.write(&batch).expect("written");
    writer.into_inner().expect("closed")
}

/// Events without their places in an arena, which may differ.
fn bare(reading: &Reading) -> Vec<(Event, String, String)> {
    let mut events = reading.events.clone();
    for (event, _, _) in &mut events {
        (event.id_text, event.text) = (Span::default(), Span::default());
    }
    events
}

fn text(values: &[&str]) -> ArrayRef {
    Arc::new(StringArray::from_iter(values.iter().map(|v| (!v.is_empty()).then_some(*v))))
}

#[test]
fn one_table_in_every_format() {
    let rows: Vec<[String; 8]> = (0..40_000)
        .map(|n: u64| {
            [
                format!("e{n}"),
                format!("{}", 1_714_979_289_000_000 + n * 1_000_003),
                ["like", "order", "view"][n as usize % 3].to_owned(),
                format!("u{}", n * 7919 % 977),
                format!("10.{}.{}.{}", n % 3, n % 7, n % 251),
                if n % 3 == 1 { (n % 9999).to_string() } else { String::new() },
                if n.is_multiple_of(5) { format!("1380{:07}", n % 5000) } else { String::new() },
                if n.is_multiple_of(11) { format!("好, \"{n}\"") } else { String::new() },
            ]
        })
        .collect();
    let header = ["id", "time", "kind", "actor", "ip", "amount", "phone", "text"];
    let mut csv = csv::Writer::from_writer(Vec::new());
    csv.write_record(header).expect("header");
    let mut lines = String::new();
    for row in &rows {
        csv.write_record(row).expect("row");
        let object: serde_json::Map<_, _> = header
            .iter()
            .zip(row)
            .filter(|(_, cell)| !cell.is_empty())
            .map(|(name, cell)| ((*name).to_owned(), serde_json::Value::from(cell.as_str())))
            .collect();
        lines.push_str(&serde_json::Value::Object(object).to_string());
        lines.push('\n');
    }
    let csv = csv.into_inner().expect("written");
    let column = |at: usize| text(&rows.iter().map(|row| row[at].as_str()).collect::<Vec<_>>());
    let columns: Vec<(&str, ArrayRef)> =
        header.iter().enumerate().map(|(at, name)| (*name, column(at))).collect();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(&csv).expect("packed");

    let folder = tempfile::tempdir().expect("a folder");
    let want = read_bytes("plain.csv", &csv).expect("plain");
    assert_eq!(want.events.len(), rows.len());
    assert_eq!(want.events[5].0.kind, Kind::View);
    assert_eq!(want.events[11].2, "好, \"11\"");
    assert_eq!(want.name(EntityKind::Subnet, 1), "10.1.1.0/24");
    let files = [
        ("t.csv.gz", gzip.finish().expect("packed")),
        ("t.csv.zst", zstd::encode_all(csv.as_slice(), 1).expect("packed")),
        ("t.jsonl", lines.clone().into_bytes()),
        ("t.ndjson.zst", zstd::encode_all(lines.as_bytes(), 1).expect("packed")),
        ("one.parquet", parquet(columns.clone(), 1 << 20)),
        ("many.parquet", parquet(columns, 7001)),
    ];
    for (name, bytes) in files {
        let path = write(folder.path(), name, &bytes);
        let got = read_paths(&[path], None).expect(name);
        assert_eq!(bare(&got), bare(&want), "{name}");
        assert_eq!(got.names, want.names, "{name}");
    }
}

#[test]
fn parquet_columns_of_any_sensible_type() {
    let micros = 1_714_979_289_000_000_i64;
    let times: Vec<(&str, ArrayRef)> = vec![
        ("micros", Arc::new(TimestampMicrosecondArray::from(vec![micros]))),
        ("zone", Arc::new(TimestampMicrosecondArray::from(vec![micros]).with_timezone("+08:00"))),
        ("millis", Arc::new(TimestampMillisecondArray::from(vec![micros / 1000]))),
        ("nanos", Arc::new(TimestampNanosecondArray::from(vec![micros * 1000]))),
        ("seconds", Arc::new(TimestampSecondArray::from(vec![micros / 1_000_000]))),
        ("epoch", Arc::new(Int64Array::from(vec![micros / 1_000_000]))),
        ("epoch32", Arc::new(UInt32Array::from(vec![1_714_979_289]))),
        ("float", Arc::new(Float64Array::from(vec![1_714_979_289.0]))),
        ("text", text(&["2024-05-06T07:08:09Z"])),
        ("large", Arc::new(LargeStringArray::from(vec!["1714979289"]))),
    ];
    for (name, time) in times {
        let bytes =
            parquet(vec![("id", text(&["a"])), ("time", time), ("kind", text(&["like"]))], 10);
        let reading = read_bytes("t.parquet", &bytes).expect(name);
        assert_eq!(reading.events[0].0.time, EventTime(micros), "{name}");
    }
    let words: DictionaryArray<Int32Type> =
        vec![Some("u7"), None, Some("u7")].into_iter().collect();
    let bytes = parquet(
        vec![
            ("id", Arc::new(Int64Array::from(vec![1, 2, 3]))),
            ("time", Arc::new(Date32Array::from(vec![19_849, 19_849, 0]))),
            ("kind", Arc::new(StringViewArray::from(vec!["order", "order", "order"]))),
            ("actor", Arc::new(words)),
            ("subject", Arc::new(Float64Array::from(vec![Some(7.0), Some(7.5), None]))),
            ("owner", Arc::new(UInt64Array::from(vec![u64::MAX, 1, 1]))),
            ("amount", text(&["12", "12", "12"])),
            ("rating", Arc::new(Int8Array::from(vec![5, 5, 5]))),
            ("dwell_ms", Arc::new(Float32Array::from(vec![1.4, 1.0, 1.0]))),
            ("device", Arc::new(BinaryArray::from(vec![b"d1".as_slice(), b"d2", b"d3"]))),
        ],
        10,
    );
    let reading = read_bytes("types.parquet", &bytes).expect("types");
    assert_eq!(reading.events.len(), 1);
    let event = reading.events[0].0;
    assert_eq!((event.amount, event.rating, event.dwell_ms), (Some(12), Some(5.0), Some(1)));
    assert_eq!(event.time.seconds(), 19_849 * 86_400);
    for (kind, name) in [
        (EntityKind::Account, "u7"),
        (EntityKind::Subject, "7"),
        (EntityKind::Owner, "18446744073709551615"),
        (EntityKind::Device, "d1"),
    ] {
        assert_eq!(reading.name(kind, 0), name);
    }
    let said = reading.rejections();
    assert_eq!(said[0], "2 subject: `7.5` is not a whole number");
    assert!(said[1].starts_with("3 time: `1970-01-01T00:00:00Z` is before 1980"), "{}", said[1]);
}

#[test]
fn wrong_types_name_the_column() {
    let yes: ArrayRef = Arc::new(BooleanArray::from(vec![true]));
    let list: ArrayRef =
        Arc::new(ListArray::from_iter_primitive::<Int32Type, _, _>(vec![Some(vec![Some(1)])]));
    let when: ArrayRef = Arc::new(TimestampMicrosecondArray::from(vec![1_714_979_289_000_000]));
    for (column, array, want) in [
        ("time", yes, "1 time: cannot be read from yes or no"),
        ("actor", list, "1 actor: cannot be read from a list or an object"),
        ("device", when, "1 device: cannot be read from a time"),
    ] {
        let mut columns =
            vec![("id", text(&["a"])), ("time", text(&["2024-05-06"])), ("kind", text(&["like"]))];
        columns.retain(|(name, _)| *name != column);
        columns.push((column, array));
        let reading = read_bytes("w.parquet", &parquet(columns, 10)).expect(column);
        assert_eq!(reading.rejections(), [want]);
    }
}

#[test]
fn a_truncated_parquet_is_named() {
    let ids: Vec<String> = (0..1000).map(|n| format!("e{n}")).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let columns = vec![
        ("id", text(&ids)),
        ("time", text(&["2024-05-06"; 1000])),
        ("kind", text(&["like"; 1000])),
    ];
    let bytes = parquet(columns, 100);
    let said = read_bytes("cut.parquet", &bytes[..bytes.len() / 2]).expect_err("cut").to_string();
    assert!(
        said.contains("cut.parquet: not a table that can be read: damaged or truncated"),
        "{said}"
    );
}

#[test]
fn broken_utf8_in_parquet_costs_its_own_row() {
    // The same length, so that the file stays whole where the text is broken.
    let columns = || {
        vec![
            ("id", text(&["a", "b", "c"])),
            ("time", text(&["2024-05-06"; 3])),
            ("kind", text(&["comment"; 3])),
            ("actor", text(&["u", "u", "u"])),
            ("amount", Arc::new(Int64Array::from(vec![1, 2, 3])) as ArrayRef),
            ("text", text(&["first", "BROKEN_HERE", "third"])),
        ]
    };
    let mut bytes = parquet(columns(), 10);
    let places: Vec<usize> =
        (0..bytes.len() - 11).filter(|at| &bytes[*at..*at + 11] == b"BROKEN_HERE").collect();
    assert!(!places.is_empty());
    for at in places {
        bytes[at] = 0xff;
    }
    let reading = read_bytes("broken.parquet", &bytes).expect("a table");
    let ids: Vec<&str> = reading.events.iter().map(|e| e.1.as_str()).collect();
    assert_eq!(ids, ["a", "c"]);
    assert_eq!(reading.events[1].2, "third");
    assert_eq!(reading.events[1].0.amount, Some(3));
    assert_eq!(reading.rejections(), ["2 text: is not valid text in this encoding"]);
}

#[test]
fn parts_cover_a_large_row_group_once() {
    let count = 300_000;
    let ids: Vec<String> = (0..count).map(|n| format!("e{n}")).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let bytes = parquet(
        vec![
            ("id", text(&ids)),
            ("time", Arc::new(Int64Array::from_iter_values((0..count).map(|n| 1_700_000_000 + n)))),
            ("kind", text(&vec!["like"; count as usize])),
        ],
        1 << 20,
    );
    let folder = tempfile::tempdir().expect("a folder");
    let path = write(folder.path(), "large.parquet", &bytes);
    let input = input::Input::open(&[&path], None).expect("a table");
    assert!(input.parts().len() >= 3);
    assert_eq!(input.estimated_rows(), count as u64);
    let reading = read_paths(&[path], None).expect("a table");
    for (at, (event, id, _)) in reading.events.iter().enumerate() {
        assert_eq!((id.as_str(), event.time.seconds()), (ids[at], 1_700_000_000 + at as i64));
    }
    assert_eq!(reading.events.len(), count as usize);
}

#[test]
fn large_text_files_are_cut_where_records_end() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut csv = String::from("\u{feff}id,time,kind,actor,text\n");
    let mut lines = String::new();
    let filler = "word ".repeat(20);
    for n in 0..150_000 {
        let text = match n % 1000 {
            7 => format!("two\nlines, {filler}"),
            8 => format!("say \"\"{n}\"\" {filler}"),
            _ => filler.clone(),
        };
        let open = n % 50_000 == 49_999;
        let close = if open { "" } else { "\"" };
        csv.push_str(&format!("e{n},2024-05-06,comment,u{n},\"{text}{close}\n"));
        lines.push_str(&format!(
            "{{\"id\":\"e{n}\",\"time\":1714979289,\"kind\":\"comment\",\"text\":\"{filler}\"}}\n\n"
        ));
    }
    for (name, text, bad) in [("large.csv", &csv, 3), ("large.jsonl", &lines, 0)] {
        let path = write(folder.path(), name, text.as_bytes());
        let input = input::Input::open(&[&path], None).expect(name);
        assert!(input.parts().len() > 1, "{name}");
        let packed = zstd::encode_all(text.as_bytes(), 1).expect("packed");
        let whole = write(folder.path(), &format!("{name}.zst"), &packed);
        assert_eq!(input::Input::open(&[&whole], None).expect(name).parts().len(), 1);
        let (got, want) = (read_paths(&[path], None), read_paths(&[whole], None));
        let (got, want) = (got.expect(name), want.expect(name));
        assert_eq!(want.rejected.len(), bad, "{name}");
        assert_eq!(got.rejections(), want.rejections(), "{name}");
        assert!(bare(&got) == bare(&want), "{name}: cut and whole differ");
    }
}
