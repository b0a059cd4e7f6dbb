//! The engine over HTTP.
pub mod access;
pub mod answer;
pub mod body;
pub mod client;
pub mod clock;
pub mod config;
pub mod limits;
pub mod listen;
pub mod metrics;
pub mod otel;
pub mod outbox;
pub mod problem;
pub mod pseudonyms;
pub mod query;
pub mod route;
pub mod webhooks;
