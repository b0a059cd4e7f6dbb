//! The engine over HTTP: who may send and ask what, within which limits, and how it is run.
//!
//! Requests are answered by a plain service over `hyper`, without a framework: the two that carry events are most of all, and
//! cost what reading, deciding and writing cost. The price is a table of routes by hand ([`route`]), which a test holds against
//! the description in [`openapi`].

pub mod access;
pub mod answer;
pub mod api;
pub mod body;
pub mod client;
pub mod clock;
pub mod config;
pub mod decode;
pub mod limits;
pub mod listen;
pub mod logging;
pub mod metrics;
pub mod openapi;
pub mod otel;
pub mod outbox;
pub mod patience;
pub mod personal;
pub(crate) mod private;
pub mod problem;
pub mod pseudonyms;
pub mod query;
pub mod route;
pub mod serve;
pub mod service;
pub mod stream;
pub mod tenants;
pub mod webhooks;

pub use config::{Config, ConfigError};
pub use serve::{Running, ServeError, serve, start};
