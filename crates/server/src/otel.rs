//! Traces for OpenTelemetry: one request in so many, sent as OTLP over HTTP in its JSON form.
//!
//! Off unless a collector is named. Spans carry route, method, status and sizes, never an identifier. What the collector
//! does not take in time is dropped: traces must not cost requests.

use crate::access::hex;
use crate::client::{self, Target};
use crate::clock;
use bytes::Bytes;
use hyper::HeaderMap;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};
use tokio::sync::mpsc;

/// Spans that wait for the collector.
const WAITING: usize = 2048;
/// Time between sends.
const EVERY: Duration = Duration::from_secs(2);

/// A finished piece of work.
#[derive(Debug)]
pub struct Span {
    name: String,
    trace: [u8; 16],
    id: [u8; 8],
    parent: Option<[u8; 8]>,
    start: u64,
    end: u64,
    server: bool,
    attributes: Vec<(&'static str, Value)>,
}

/// Chooses which requests are traced and sends their spans.
#[derive(Debug)]
pub struct Tracer {
    one_in: u64,
    seen: AtomicU64,
    send: mpsc::Sender<Span>,
}

/// A request that is traced.
#[derive(Debug)]
pub struct Trace {
    trace: [u8; 16],
    id: [u8; 8],
    parent: Option<[u8; 8]>,
    start: (u64, Instant),
    parts: Vec<(&'static str, Instant, Instant)>,
}

impl Tracer {
    /// A tracer, and the task that sends what it is given until the tracer is dropped.
    pub fn new(
        endpoint: &Target,
        one_in: u32,
    ) -> (Tracer, impl Future<Output = ()> + Send + 'static) {
        let (send, receive) = mpsc::channel(WAITING);
        let tracer = Tracer { one_in: one_in.max(1).into(), seen: AtomicU64::new(0), send };
        (tracer, export(endpoint.below("/v1/traces"), receive))
    }

    /// Begins a trace if this request is the one of many, or if its caller traces it.
    #[must_use]
    pub fn begin(&self, headers: &HeaderMap) -> Option<Trace> {
        let called = headers.get("traceparent").and_then(parent);
        let chosen = self.seen.fetch_add(1, Relaxed).is_multiple_of(self.one_in);
        if !chosen && !called.is_some_and(|(_, _, sampled)| sampled) {
            return None;
        }
        let mut drawn = [0; 24];
        getrandom::fill(&mut drawn).ok()?;
        let (mut trace, mut id) = ([0; 16], [0; 8]);
        trace.copy_from_slice(&drawn[..16]);
        id.copy_from_slice(&drawn[16..]);
        let parent = called.map(|(called, parent, _)| {
            trace = called;
            parent
        });
        Some(Trace {
            trace,
            id,
            parent,
            start: (clock::nanos(), Instant::now()),
            parts: Vec::new(),
        })
    }

    /// Ends it.
    pub fn end(&self, trace: Trace, name: String, attributes: Vec<(&'static str, Value)>) {
        let at = |when: Instant| {
            let since = when.saturating_duration_since(trace.start.1);
            trace.start.0 + since.as_nanos() as u64
        };
        for (number, (part, from, to)) in trace.parts.iter().enumerate() {
            let mut id = trace.id;
            id[7] = id[7].wrapping_add(number as u8 + 1);
            let _ = self.send.try_send(Span {
                name: (*part).to_owned(),
                trace: trace.trace,
                id,
                parent: Some(trace.id),
                start: at(*from),
                end: at(*to),
                server: false,
                attributes: Vec::new(),
            });
        }
        let _ = self.send.try_send(Span {
            name,
            trace: trace.trace,
            id: trace.id,
            parent: trace.parent,
            start: trace.start.0,
            end: at(Instant::now()),
            server: true,
            attributes,
        });
    }
}

impl Trace {
    /// Notes a part of the work.
    pub fn part(&mut self, name: &'static str, from: Instant, to: Instant) {
        self.parts.push((name, from, to));
    }
}

/// The trace, the calling span and whether it is sampled, from W3C's header.
fn parent(header: &HeaderValue) -> Option<([u8; 16], [u8; 8], bool)> {
    let text = header.to_str().ok()?;
    let mut parts = text.split('-');
    let (version, trace, span, flags) =
        (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let (mut trace_id, mut span_id) = ([0; 16], [0; 8]);
    let read = |text: &str, into: &mut [u8]| {
        if text.len() != into.len() * 2 || !text.is_ascii() {
            return None;
        }
        for (at, byte) in into.iter_mut().enumerate() {
            *byte = u8::from_str_radix(text.get(2 * at..2 * at + 2)?, 16).ok()?;
        }
        into.iter().any(|byte| *byte != 0).then_some(())
    };
    read(trace, &mut trace_id)?;
    read(span, &mut span_id)?;
    let sampled = u8::from_str_radix(flags, 16).ok()? & 1 == 1;
    (version.len() == 2 && version != "ff").then_some((trace_id, span_id, sampled))
}

async fn export(target: Target, mut spans: mpsc::Receiver<Span>) {
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    let mut told = false;
    while let Some(first) = spans.recv().await {
        tokio::time::sleep(EVERY).await;
        let mut batch = vec![first];
        while let Ok(span) = spans.try_recv() {
            batch.push(span);
        }
        let body = Bytes::from(document(&batch).to_string());
        let failed = match client::post(&target, headers.clone(), body).await {
            Ok(status) if status.is_success() => None,
            Ok(status) => Some(status.to_string()),
            Err(why) => Some(why),
        };
        // Said once, not every two seconds.
        if let Some(why) = failed.as_ref().filter(|_| !told) {
            tracing::warn!(why, "the collector does not take traces");
        }
        told = failed.is_some();
    }
}

fn document(spans: &[Span]) -> Value {
    let attribute = |name: &str, value: &Value| match value {
        Value::Number(number) => json!({"key": name, "value": {"intValue": number.to_string()}}),
        other => json!({"key": name, "value": {"stringValue": other}}),
    };
    let spans: Vec<Value> = spans
        .iter()
        .map(|span| {
            let mut told = json!({
                "traceId": hex(&span.trace),
                "spanId": hex(&span.id),
                "name": span.name,
                "kind": if span.server { 2 } else { 1 },
                "startTimeUnixNano": span.start.to_string(),
                "endTimeUnixNano": span.end.to_string(),
                "attributes": span.attributes.iter().map(|(n, v)| attribute(n, v)).collect::<Vec<_>>(),
            });
            if let Some(parent) = span.parent {
                told["parentSpanId"] = json!(hex(&parent));
            }
            told
        })
        .collect();
    json!({"resourceSpans": [{
        "resource": {"attributes": [
            attribute("service.name", &json!("qingliu")),
            attribute("service.version", &json!(env!("CARGO_PKG_VERSION"))),
        ]},
        "scopeSpans": [{"scope": {"name": "qingliu"}, "spans": spans}],
    }]})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_callers_trace_goes_on() {
        let header = |text: &str| HeaderValue::from_str(text).unwrap();
        let text = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        let (trace, span, sampled) = parent(&header(text)).unwrap();
        assert_eq!(hex(&trace), "0af7651916cd43dd8448eb211c80319c");
        assert_eq!((hex(&span).as_str(), sampled), ("b7ad6b7169203331", true));
        for wrong in
            ["", "00", "00-00-00-00", "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"]
        {
            assert!(parent(&header(wrong)).is_none(), "{wrong}");
        }
    }
}
