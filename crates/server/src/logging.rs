//! What the server says of itself: structured lines on standard error, without identifiers.
//!
//! Requests are not logged one by one: metrics count them, traces show some. Fields are tenants, counts, sizes, and reasons.

use crate::config::Log;
use tracing::level_filters::LevelFilter;

/// Begins to write, unless somebody writes already.
pub fn begin(log: &Log) {
    let level = match log.level.as_str() {
        "error" => LevelFilter::ERROR,
        "warn" => LevelFilter::WARN,
        "debug" => LevelFilter::DEBUG,
        _ => LevelFilter::INFO,
    };
    let lines = tracing_subscriber::fmt().with_max_level(level).with_writer(std::io::stderr);
    // Whoever began before, a test for instance, goes on.
    let _ = match log.format.as_str() {
        "json" => tracing::subscriber::set_global_default(
            lines.json().flatten_event(true).with_target(false).finish(),
        ),
        _ => tracing::subscriber::set_global_default(
            lines.with_target(false).with_ansi(false).finish(),
        ),
    };
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map_or_else(String::new, ToString::to_string);
        // The message may quote what a client sent.
        tracing::error!(place, "a thread panicked");
    }));
}
