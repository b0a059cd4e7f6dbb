//! What the server counts, in Prometheus' text form.
//!
//! Numbers are plain atomics that requests add to without waiting; the text is made when it is asked for. Every name is in
//! [`NAMES`], which the dashboard's test reads too.

mod histogram;

pub use histogram::Histogram;

use crate::route::{ROUTES, Route};
use hyper::StatusCode;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering::Relaxed};

/// Each metric's name, type and help.
pub const NAMES: [(&str, &str, &str); 37] = [
    ("qingliu_requests_total", "counter", "Requests by route, method and status."),
    ("qingliu_request_seconds", "histogram", "Time from a request's head to its answer."),
    ("qingliu_refused_total", "counter", "Requests refused, by reason."),
    ("qingliu_connections", "gauge", "Open connections."),
    ("qingliu_body_bytes_total", "counter", "Bytes of bodies read."),
    ("qingliu_stream_readers", "gauge", "Readers of the stream."),
    (
        "qingliu_stream_missed_total",
        "counter",
        "Notices that readers of the stream were too slow for.",
    ),
    ("qingliu_webhook_deliveries_total", "counter", "Tries of deliveries, by outcome."),
    ("qingliu_webhook_waiting_bytes", "gauge", "Bytes of revisions not yet delivered."),
    ("qingliu_events_total", "counter", "Events by outcome since the start."),
    ("qingliu_events_rejected_total", "counter", "Events that could not be read, by reason."),
    ("qingliu_decisions_total", "counter", "Decisions by verdict since the start."),
    ("qingliu_decision_seconds", "histogram", "Time from handing events over to hearing of them."),
    ("qingliu_decide_seconds", "histogram", "Time to decide an event, in process."),
    ("qingliu_commit_seconds", "histogram", "Time to write and sync what waited."),
    ("qingliu_judgement_seconds", "histogram", "Time that judgements took."),
    ("qingliu_queue_events", "gauge", "Events taken and not yet decided."),
    ("qingliu_queue_limit", "gauge", "Events that may be taken and not yet decided."),
    ("qingliu_event_time_seconds", "gauge", "The latest event time, seconds since 1970."),
    ("qingliu_events_held", "gauge", "Events in all, since the log began."),
    ("qingliu_log_bytes", "gauge", "Bytes of the log since it began."),
    ("qingliu_commits_total", "counter", "Commits since the start."),
    ("qingliu_failures_total", "counter", "Writes, judgements and snapshots that failed."),
    ("qingliu_judgements_total", "counter", "Judgements since the start."),
    ("qingliu_judgement_number", "gauge", "The judgement in effect."),
    ("qingliu_judged_events", "gauge", "Events that the last judgement looked at."),
    ("qingliu_revisions_total", "counter", "Verdicts on accounts that judgements changed."),
    ("qingliu_snapshots_total", "counter", "Snapshots since the start."),
    ("qingliu_snapshot_bytes", "gauge", "Bytes of the last snapshot."),
    ("qingliu_snapshot_behind_events", "gauge", "Events that a restart would read from the log."),
    ("qingliu_window_keys", "gauge", "Keys that windows are kept for."),
    ("qingliu_ids_remembered", "gauge", "Event ids that are remembered."),
    ("qingliu_up", "gauge", "1 if events are taken, 0 if the log failed."),
    ("qingliu_build_info", "gauge", "The version."),
    ("process_resident_memory_bytes", "gauge", "Resident memory."),
    ("process_cpu_seconds_total", "counter", "Processor time, user and system."),
    ("process_start_time_seconds", "gauge", "When the process started, seconds since 1970."),
];

/// Statuses that are counted each by itself.
const STATUSES: [u16; 20] = [
    200, 201, 202, 204, 400, 401, 403, 404, 405, 408, 409, 413, 415, 422, 429, 431, 500, 501, 503,
    504,
];

/// Why a request was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // `REFUSALS` says what each is
pub enum Refusal {
    Queue,
    Rate,
    Body,
    Batch,
    Slow,
    Key,
    Scope,
}

const REFUSALS: [&str; 7] = ["queue", "rate", "body", "batch", "slow", "key", "scope"];

/// What the server counts over all tenants.
#[derive(Debug)]
pub struct Metrics {
    requests: Vec<[AtomicU64; STATUSES.len() + 1]>,
    seconds: Vec<Histogram>,
    refused: [AtomicU64; REFUSALS.len()],
    /// Open connections.
    pub connections: AtomicI64,
    /// Bytes of bodies read.
    pub body_bytes: AtomicU64,
    /// Tries of deliveries that were taken, that were not, and deliveries given up.
    pub webhooks: [AtomicU64; 3],
    /// When the process started.
    started: i64,
}

impl Default for Metrics {
    fn default() -> Metrics {
        let all = ROUTES.len() + 1;
        Metrics {
            requests: (0..all).map(|_| std::array::from_fn(|_| AtomicU64::new(0))).collect(),
            seconds: (0..all).map(|_| Histogram::default()).collect(),
            refused: std::array::from_fn(|_| AtomicU64::new(0)),
            connections: AtomicI64::new(0),
            body_bytes: AtomicU64::new(0),
            webhooks: std::array::from_fn(|_| AtomicU64::new(0)),
            started: crate::clock::now(),
        }
    }
}

impl Metrics {
    /// Counts an answered request.
    pub fn answered(&self, route: Route, status: StatusCode, took: std::time::Duration) {
        let status = STATUSES.iter().position(|known| *known == status.as_u16());
        let at = route as usize;
        if let (Some(counts), Some(seconds)) = (self.requests.get(at), self.seconds.get(at)) {
            counts[status.unwrap_or(STATUSES.len())].fetch_add(1, Relaxed);
            seconds.observe(took);
        }
    }

    /// Counts a refused request.
    pub fn refuse(&self, refusal: Refusal) {
        self.refused[refusal as usize].fetch_add(1, Relaxed);
    }

    /// Writes what is not of one tenant.
    pub fn write(&self, out: &mut Exposition) {
        for (at, counts) in self.requests.iter().enumerate() {
            let (path, method) =
                ROUTES.get(at).map_or(("unknown", ""), |route| (route.2, route.0.method()));
            for (place, count) in counts.iter().enumerate() {
                let count = count.load(Relaxed);
                if count > 0 {
                    let status =
                        STATUSES.get(place).map_or("other".to_owned(), ToString::to_string);
                    let labels = [("route", path), ("method", method), ("status", &status)];
                    out.put("qingliu_requests_total", &labels, count as f64);
                }
            }
        }
        for (at, seconds) in self.seconds.iter().enumerate() {
            let (path, method) =
                ROUTES.get(at).map_or(("unknown", ""), |route| (route.2, route.0.method()));
            out.histogram(
                "qingliu_request_seconds",
                &[("route", path), ("method", method)],
                seconds,
            );
        }
        for (name, count) in REFUSALS.iter().zip(&self.refused) {
            out.put("qingliu_refused_total", &[("reason", name)], count.load(Relaxed) as f64);
        }
        out.put("qingliu_connections", &[], self.connections.load(Relaxed) as f64);
        out.put("qingliu_body_bytes_total", &[], self.body_bytes.load(Relaxed) as f64);
        for (outcome, count) in ["delivered", "failed", "given_up"].iter().zip(&self.webhooks) {
            let count = count.load(Relaxed) as f64;
            out.put("qingliu_webhook_deliveries_total", &[("outcome", outcome)], count);
        }
        out.put("qingliu_build_info", &[("version", env!("CARGO_PKG_VERSION"))], 1.0);
        out.put("process_start_time_seconds", &[], self.started as f64);
        if let Some((memory, seconds)) = process() {
            out.put("process_resident_memory_bytes", &[], memory);
            out.put("process_cpu_seconds_total", &[], seconds);
        }
    }
}

/// Resident bytes and processor seconds of this process, where the system tells.
fn process() -> Option<(f64, f64)> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    let memory: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    let ticks: f64 = fields.next()?.parse::<f64>().ok()? + fields.next()?.parse::<f64>().ok()?;
    // Linux counts in hundredths of a second on every platform that it is built for.
    Some((memory * 1024.0, ticks / 100.0))
}

/// The text of an exposition, its samples sorted by metric as the format demands.
#[derive(Debug)]
pub struct Exposition {
    parts: Vec<String>,
}

impl Default for Exposition {
    fn default() -> Exposition {
        Exposition { parts: vec![String::new(); NAMES.len()] }
    }
}

impl Exposition {
    fn part(&mut self, name: &str) -> Option<&mut String> {
        let at = NAMES.iter().position(|(known, _, _)| *known == name)?;
        self.parts.get_mut(at)
    }

    /// Adds a sample.
    pub fn put(&mut self, name: &'static str, labels: &[(&str, &str)], value: f64) {
        if let Some(part) = self.part(name) {
            sample(part, name, "", labels, None, value);
        }
    }

    /// Adds a histogram; one that never saw anything is left out.
    pub fn histogram(&mut self, name: &'static str, labels: &[(&str, &str)], of: &Histogram) {
        let (buckets, sum) = of.cumulated();
        self.buckets(name, labels, &buckets, sum);
    }

    /// Adds a histogram by the upper ends of its steps, each with how many were not above it.
    pub fn buckets(
        &mut self,
        name: &'static str,
        labels: &[(&str, &str)],
        buckets: &[(f64, u64)],
        sum: f64,
    ) {
        let count = buckets.last().map_or(0, |bucket| bucket.1);
        let Some(part) = self.part(name).filter(|_| count > 0) else { return };
        for &(most, below) in buckets {
            let most = if most.is_finite() { most.to_string() } else { "+Inf".to_owned() };
            sample(part, name, "_bucket", labels, Some(&most), below as f64);
        }
        sample(part, name, "_sum", labels, None, sum);
        sample(part, name, "_count", labels, None, count as f64);
    }

    /// All of it.
    #[must_use]
    pub fn finish(self) -> String {
        let mut text = String::new();
        for ((name, kind, help), part) in NAMES.iter().zip(self.parts) {
            let _ = write!(text, "# HELP {name} {help}\n# TYPE {name} {kind}\n{part}");
        }
        text
    }
}

fn sample(
    text: &mut String,
    name: &str,
    suffix: &str,
    labels: &[(&str, &str)],
    most: Option<&str>,
    value: f64,
) {
    text.push_str(name);
    text.push_str(suffix);
    let all = labels.iter().copied().chain(most.map(|most| ("le", most)));
    for (at, (label, value)) in all.enumerate() {
        text.push(if at == 0 { '{' } else { ',' });
        // Labels come from closed lists and checked names: none needs an escape.
        let _ = write!(text, "{label}=\"{value}\"");
    }
    if !labels.is_empty() || most.is_some() {
        text.push('}');
    }
    let _ = writeln!(text, " {value}");
}
