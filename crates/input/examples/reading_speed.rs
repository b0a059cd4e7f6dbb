//! How fast tables are read, beside the parser alone.
//!
//! `cargo run --release -p input --example reading_speed -- FILE…` reads each file on one core and prints events a second;
//! for delimited text and JSON Lines also what the `csv` and `serde_json` crates need to go through it and keep nothing.

use input::Input;
use std::sync::OnceLock;
use std::time::Instant;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    for path in std::env::args().skip(1) {
        let start = seconds();
        let input = Input::open(&[&path], None)?;
        let source = input.sources().next().map(|s| (s.format(), s.mapping().to_owned()));
        let (mut events, mut check, mut rejected, mut names) = (0u64, 0u64, 0u64, 0u64);
        for part in input.parts() {
            part.read(&mut |batch, bad| {
                events += batch.events.len() as u64;
                names += batch.names.len() as u64;
                rejected += bad.len() as u64;
                for event in &batch.events {
                    check = check.wrapping_add(event.id.0 ^ event.actor.0 ^ event.time.0 as u64);
                }
                true
            })?;
        }
        let ours = seconds() - start;
        println!(
            "{path}: {source:?} {events} events, {rejected} rejected, {names} names, {ours:.2} s, {:.2} M/s, check {check:x}",
            events as f64 / ours / 1e6
        );
        if let Some((rows, alone)) = parser_alone(&path)? {
            println!(
                "  parser alone: {rows} rows, {alone:.2} s, {:.2} M/s; ours takes {:.2} times that",
                rows as f64 / alone / 1e6,
                ours / alone
            );
        }
    }
    Ok(())
}

fn parser_alone(path: &str) -> Result<Option<(u64, f64)>, Box<dyn std::error::Error>> {
    let start = seconds();
    let mut rows = 0u64;
    if path.ends_with(".csv") {
        let mut reader = csv::Reader::from_path(path)?;
        let mut record = csv::ByteRecord::new();
        while reader.read_byte_record(&mut record)? {
            rows += 1;
        }
    } else if path.ends_with(".jsonl") {
        let text = std::fs::read(path)?;
        for line in text.split(|b| *b == b'\n').filter(|line| !line.is_empty()) {
            let _: serde::de::IgnoredAny = serde_json::from_slice(line)?;
            rows += 1;
        }
    } else {
        return Ok(None);
    }
    Ok(Some((rows, seconds() - start)))
}

/// Processor time of this thread where the system tells it, so that other work on the machine does not count; else time
/// on the clock.
fn seconds() -> f64 {
    static BEGIN: OnceLock<Instant> = OnceLock::new();
    let begin = BEGIN.get_or_init(Instant::now);
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanos = told.and_then(|text| text.split(' ').next()?.parse::<f64>().ok());
    nanos.map_or_else(|| begin.elapsed().as_secs_f64(), |nanos| nanos / 1e9)
}
