//! How fast the bodies of requests are read: the same events in each of their forms, beside one another.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Error, Result, ensure};
use arrow_array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use arrow_ipc::writer::StreamWriter;
use input::{Bodies, Body, BodyFault};
use serde_json::Value;

use crate::http::ordinary;

/// Events of a body.
const TOGETHER: u64 = 1_000;

/// A form, and the events a second that are read of it.
#[derive(Debug)]
pub struct Read {
    /// The form.
    pub form: &'static str,
    /// Bytes of an event.
    pub bytes: f64,
    /// Events a second.
    pub rate: f64,
}

/// Reads the same events in each form for so many seconds.
///
/// # Errors
/// A body cannot be made, or is not read whole.
pub fn read(seconds: f64) -> Result<Vec<Read>> {
    let mut lines = Vec::new();
    (0..TOGETHER).for_each(|number| ordinary(0, number, crate::http::now(), &mut lines));
    let texts: Vec<&str> = std::str::from_utf8(&lines)?.lines().collect();
    let list = format!("[{}]", texts.join(",")).into_bytes();
    let arrow = arrow(&texts)?;
    let mut bodies = Bodies::new(TOGETHER as usize).map_err(Error::msg)?;
    type Reader = fn(&mut Bodies, &[u8]) -> Result<Body, BodyFault>;
    let forms: [(&str, &[u8], Reader); 3] = [
        ("JSON lines", &lines, |bodies, body| bodies.json_lines(body)),
        ("a JSON list", &list, |bodies, body| bodies.json(body)),
        ("Arrow", &arrow, |bodies, body| bodies.arrow(body)),
    ];
    let mut all = Vec::new();
    for (form, body, reader) in forms {
        let start = Instant::now();
        let mut events = 0;
        while start.elapsed() < Duration::from_secs_f64(seconds) || events == 0 {
            let read = reader(&mut bodies, body)?.batch.events.len();
            ensure!(read as u64 == TOGETHER, "{read} events of {TOGETHER} were read of {form}");
            events += read;
        }
        let rate = events as f64 / start.elapsed().as_secs_f64();
        all.push(Read { form, bytes: body.len() as f64 / TOGETHER as f64, rate });
    }
    Ok(all)
}

/// Events, each a line of JSON, as an Arrow stream.
///
/// # Errors
/// A line is no JSON.
pub(crate) fn arrow(lines: &[&str]) -> Result<Vec<u8>> {
    let events: Vec<Value> =
        lines.iter().map(|line| serde_json::from_str(line)).collect::<Result<_, _>>()?;
    let texts = |name: &'static str| {
        let cells = events.iter().map(|event| event[name].as_str());
        (name, Arc::new(cells.collect::<StringArray>()) as ArrayRef)
    };
    let numbers = |name: &'static str| {
        let cells = events.iter().map(|event| event[name].as_i64());
        (name, Arc::new(cells.collect::<Int64Array>()) as ArrayRef)
    };
    let named = ["id", "kind", "actor", "subject", "owner", "device", "ip", "agent", "source"];
    let columns = named.into_iter().map(texts).chain(["time", "dwell_ms"].map(numbers));
    let batch = RecordBatch::try_from_iter(columns)?;
    let mut writer = StreamWriter::try_new(Vec::new(), &batch.schema())?;
    writer.write(&batch)?;
    Ok(writer.into_inner()?)
}
