//! The wall clock, for what is about this machine and not about events: expiry of keys, ages, timestamps of deliveries.
//!
//! The one place that reads it. No decision depends on it: those know event time only.

use std::time::{SystemTime, UNIX_EPOCH};

/// Seconds since 1970.
#[must_use]
#[allow(clippy::disallowed_methods)] // keys expire by the wall clock; results never see it
pub fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs() as i64)
}

/// Nanoseconds since 1970.
#[must_use]
#[allow(clippy::disallowed_methods)] // spans of requests are dated by the wall clock
pub fn nanos() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos() as u64)
}

/// A time in seconds since 1970 as RFC 3339 writes it.
#[must_use]
pub fn written(seconds: i64) -> String {
    chrono::DateTime::from_timestamp(seconds, 0)
        .map_or_else(String::new, |time| time.format("%Y-%m-%dT%H:%M:%SZ").to_string())
}

/// Seconds since 1970 of a time written as RFC 3339.
#[must_use]
pub fn read(text: &str) -> Option<i64> {
    chrono::DateTime::parse_from_rfc3339(text).ok().map(|time| time.timestamp())
}

/// Event time in microseconds since 1970 as RFC 3339 writes it.
#[must_use]
pub fn written_micros(micros: i64) -> String {
    chrono::DateTime::from_timestamp_micros(micros)
        .map_or_else(String::new, |time| time.format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string())
}
