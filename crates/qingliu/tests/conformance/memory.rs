//! Memory is bounded after a million keys. Tables in which each identifier of each event is new cost what is stated of an
//! event, and so do those in which everything happens at one place; what one account does costs nothing more once its limits are
//! reached; and keys that are long idle are forgotten.

use super::support::{qingliu, table, texts, write_batch};
use arrow_array::{ArrayRef, Float64Array, Int64Array, StringArray};
use arrow_schema::{DataType, Field};
use std::path::Path;
use std::sync::Arc;

const KINDS: [&str; 23] = [
    "register", "login", "join", "view", "search", "like", "follow", "share", "comment", "vote",
    "favorite", "review", "cart", "order", "pay", "ship", "scan", "sign", "refund", "payout",
    "coupon", "subsidy", "tip",
];

const STATUS: [&str; 5] = ["collected", "arrived", "departed", "delivering", "signed"];

/// The columns that name somebody or something.
const NAMES: [&str; 14] = [
    "actor",
    "subject",
    "owner",
    "device",
    "ip",
    "order",
    "parcel",
    "point",
    "phone",
    "payment",
    "address",
    "counterparty",
    "source",
    "agent",
];

/// Names the cell of a column in a row.
type Which<'a> = dyn Fn(&str, i64) -> i64 + 'a;

/// A table of `events` events over twenty days, of every kind in turn.
fn write(path: &Path, events: i64, which: &Which<'_>) {
    let text = |name: &str, cell: &dyn Fn(i64) -> String| {
        let array: ArrayRef = Arc::new(StringArray::from_iter_values((0..events).map(cell)));
        (Field::new(name, DataType::Utf8, true), array)
    };
    let number = |name: &str, cell: &dyn Fn(i64) -> i64| {
        let array: ArrayRef = Arc::new(Int64Array::from_iter_values((0..events).map(cell)));
        (Field::new(name, DataType::Int64, true), array)
    };
    let span = 20 * 86_400_000_000 / events;
    let mut columns = vec![
        text("id", &|n| format!("e{n}")),
        number("time", &|n| 1_772_000_000_000_000 + n * span),
        text("kind", &|n| KINDS[n as usize % KINDS.len()].to_owned()),
        text("status", &|n| STATUS[n as usize % STATUS.len()].to_owned()),
        text("region", &|n| format!("{}0100", 11 + n % 5)),
        text("text", &|n| {
            format!("第{}次来，{}号很好用，朋友都说值得", which("text", n), which("subject", n))
        }),
        number("amount", &|n| 100 + n % 9_000),
        number("dwell_ms", &|n| n % 60_000),
        number("weight_g", &|n| 40 + n % 3_000),
        (
            Field::new("rating", DataType::Float64, true),
            Arc::new(Float64Array::from_iter_values((0..events).map(|n| (1 + n % 5) as f64))),
        ),
    ];
    for name in NAMES {
        columns.push(text(name, &|n| {
            let key = which(name, n);
            match name {
                "ip" => format!(
                    "{}.{}.{}.{}",
                    1 + key / 16_777_216,
                    key / 65_536 % 256,
                    key / 256 % 256,
                    key % 256
                ),
                "phone" => format!("13{key:09}"),
                _ => format!("{name}{key}"),
            }
        }));
    }
    let (fields, arrays) = columns.into_iter().unzip();
    write_batch(path, fields, arrays);
}

/// Audits and gives back the bytes it took at most, with nobody accused.
fn peak(dir: &Path, name: &str) -> u64 {
    let json = qingliu(dir, &["audit", name, "--out", "out", "--json", "--quiet"]).ends(0).json();
    let verdicts = texts(&table(&dir.join("out/accounts.parquet")), "verdict");
    assert!(verdicts.iter().all(|verdict| verdict != "fake"), "{name}");
    json["memory"]["peak_bytes"].as_u64().unwrap()
}

/// Bytes that any audit may take, and bytes for each event besides: ARCHITECTURE.md states both.
const ANY: u64 = 256 << 20;
const NEW: u64 = 2_000;
const ONE: u64 = 1_200;
const OWN: u64 = 200;

#[test]
fn a_million_of_everything() {
    const EVENTS: u64 = 1_000_000;
    let dir = tempfile::tempdir().unwrap();
    // Everything new each time; one subject, shop, device, address, outlet and payer for a million accounts; and all of it by one
    // account, whose marks, orders and opinions have their limits.
    let shapes: [(&str, &Which<'_>, u64); 3] = [
        ("new", &|_, n| n, NEW),
        (
            "one",
            &|name, n| if matches!(name, "actor" | "order" | "parcel" | "text") { n } else { 1 },
            ONE,
        ),
        (
            "own",
            &|name, n| match name {
                "order" | "text" => n,
                "subject" => n % 1_000,
                _ => 1,
            },
            OWN,
        ),
    ];
    for (shape, which, each) in shapes {
        let name = format!("{shape}.parquet");
        write(&dir.path().join(&name), EVENTS as i64, which);
        let peak = peak(dir.path(), &name);
        eprintln!("{shape}: {} bytes an event at the peak", peak / EVENTS);
        assert!(peak < ANY + each * EVENTS, "{shape}: {peak}");
    }
}
