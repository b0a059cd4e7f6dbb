//! The configuration: one TOML file, each key checked, each with a safe default.
//!
//! An empty file is a configuration: it listens on this machine only, syncs before it answers, and switches nothing on that
//! need not be. Unset texts and zeros stand for "off", so that every key is always there, in the file that
//! comes with the program as in what `check` prints; the price is that zero cannot be asked for where it would mean
//! something.

mod check;
mod parts;
mod span;

pub use check::{ConfigError, Fault};
pub use parts::Parts;
pub use span::Span;

use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// Everything that can be set.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[allow(missing_docs)] // each section says what it is
pub struct Config {
    pub listen: Listen,
    pub data: Data,
    pub retention: Retention,
    pub identifiers: Identifiers,
    pub networks: NetworkFiles,
    pub judge: Judge,
    pub limits: Limits,
    pub policy: PolicyFile,
    pub log: Log,
    pub metrics: Metrics,
    pub otel: Otel,
    pub webhooks: Webhooks,
}

/// Where requests come in, and what a client may ask of a connection.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Listen {
    /// Address and port.
    pub address: String,
    /// The certificate chain, PEM; with `tls_key`. Empty: no TLS.
    pub tls_cert: PathBuf,
    /// The private key, PEM.
    pub tls_key: PathBuf,
    /// Bytes of a request's body.
    pub max_body_bytes: usize,
    /// Events of a request.
    pub max_batch: usize,
    /// Time for a request's head to arrive, from its first byte; of the first request, from when the connection was opened.
    pub header_timeout: Span,
    /// Time for which a connection may be silent after a request.
    pub idle_timeout: Span,
    /// Time for its body to arrive.
    pub body_timeout: Span,
    /// Connections at a time; more wait to be accepted.
    pub max_connections: usize,
    /// Time for requests under way when the program is asked to end.
    pub drain_timeout: Span,
    /// Threads that serve requests; 0: one a core.
    pub threads: usize,
}

impl Default for Listen {
    fn default() -> Listen {
        Listen {
            address: "127.0.0.1:8480".to_owned(),
            tls_cert: PathBuf::new(),
            tls_key: PathBuf::new(),
            max_body_bytes: 8 << 20,
            max_batch: 10_000,
            header_timeout: Span::seconds(10),
            idle_timeout: Span::seconds(75),
            body_timeout: Span::seconds(30),
            max_connections: 4096,
            drain_timeout: Span::seconds(20),
            threads: 0,
        }
    }
}

/// Where everything is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Data {
    /// The folder; made if missing.
    pub folder: PathBuf,
    /// Tenants, each with a folder, state and keys of its own.
    pub tenants: Vec<String>,
    /// When an event is on disk: `always` before the reply, `never` asks for it, or a time such as `100ms`.
    pub sync: String,
    /// Bytes of one file of the log.
    pub segment_bytes: u64,
    /// Events between snapshots.
    pub snapshot_every: u64,
}

impl Default for Data {
    fn default() -> Data {
        Data {
            folder: PathBuf::from("qingliu-data"),
            tenants: vec!["default".to_owned()],
            sync: "always".to_owned(),
            segment_bytes: 256 << 20,
            snapshot_every: 500_000,
        }
    }
}

/// How long what is kept, by event time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Retention {
    /// Days of raw events; 0: until they are erased.
    pub raw_days: u32,
    /// Years of transaction records; the law asks for three at least.
    pub records_years: u32,
}

impl Default for Retention {
    fn default() -> Retention {
        Retention { raw_days: live::Retention::default().raw_days, records_years: 3 }
    }
}

/// Whether identifiers are replaced by keyed hashes at the door.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Identifiers {
    /// A file with the key, 32 bytes or more. Empty: identifiers are kept as they come.
    pub key_file: PathBuf,
    /// The columns whose identifiers are replaced.
    pub columns: Vec<String>,
}

impl Default for Identifiers {
    fn default() -> Identifiers {
        let columns = ["device", "ip", "phone", "payment", "address"].map(str::to_owned).to_vec();
        Identifiers { key_file: PathBuf::new(), columns }
    }
}

/// Whose network an address is of.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NetworkFiles {
    /// Tables of address ranges: start, end, number of the autonomous system, operator. Empty: networks are not known.
    pub files: Vec<PathBuf>,
}

/// How often what came in is judged as a whole.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Judge {
    /// Event time between judgements.
    pub every: Span,
    /// The most events that a judgement looks at; older ones stay as they were judged.
    pub span: u64,
    /// Threads that a judgement takes.
    pub threads: usize,
    /// Whether what comes waits until the judgement that is due is in effect. Decisions then follow from the events and their
    /// order alone, however fast they come.
    pub in_step: bool,
}

impl Default for Judge {
    fn default() -> Judge {
        Judge { every: Span::seconds(20), span: 4_000_000, threads: 1, in_step: false }
    }
}

/// What a key and a tenant may ask for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Events that may wait in a tenant's queue; beyond, 429.
    pub queue: usize,
    /// Events a second of one key; 0: as many as there is room for.
    pub rate: u32,
    /// Events of one key at once, when it was idle before.
    pub burst: u32,
    /// Readers of the stream at a time, of one tenant.
    pub streams: usize,
    /// Notices that a reader of the stream may be behind.
    pub stream_backlog: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { queue: 200_000, rate: 0, burst: 20_000, streams: 64, stream_backlog: 65_536 }
    }
}

/// The standard for verdicts.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PolicyFile {
    /// A policy, TOML; read again on SIGHUP. Empty: the default policy.
    pub file: PathBuf,
}

/// What the program says of itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Log {
    /// `json` or `text`.
    pub format: String,
    /// `error`, `warn`, `info` or `debug`.
    pub level: String,
}

impl Default for Log {
    fn default() -> Log {
        Log { format: "json".to_owned(), level: "info".to_owned() }
    }
}

/// Metrics for Prometheus.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Metrics {
    /// Whether `/metrics` answers.
    pub on: bool,
    /// An address of its own, without keys; empty: on the main address, for keys that may read.
    pub address: String,
}

/// Traces for OpenTelemetry.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Otel {
    /// The collector's base address, such as `http://localhost:4318`. Empty: no traces.
    pub endpoint: String,
    /// One request in so many is traced.
    pub one_in: u32,
}

impl Default for Otel {
    fn default() -> Otel {
        Otel { endpoint: String::new(), one_in: 1000 }
    }
}

/// Whom revisions are told.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Webhooks {
    /// Where they are posted. Empty: nowhere.
    pub url: String,
    /// A file with the secret that signs them.
    pub secret_file: PathBuf,
    /// Tries of one delivery before it goes to the dead letters.
    pub attempts: u32,
    /// Time before the second try; it doubles with each.
    pub backoff: Span,
    /// Revisions of one delivery.
    pub batch: usize,
}

impl Default for Webhooks {
    fn default() -> Webhooks {
        Webhooks {
            url: String::new(),
            secret_file: PathBuf::new(),
            attempts: 12,
            backoff: Span::seconds(1),
            batch: 100,
        }
    }
}

/// When the log is synced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sync {
    /// Before each reply.
    Always,
    /// At least so often; a crash of the machine loses what came since.
    Every(std::time::Duration),
    /// When the system likes.
    Never,
}

impl Data {
    /// The meaning of `sync`, if it has one.
    #[must_use]
    pub fn sync(&self) -> Option<Sync> {
        match self.sync.as_str() {
            "always" => Some(Sync::Always),
            "never" => Some(Sync::Never),
            other => {
                let span: Span = other.parse().ok()?;
                (span.0 > std::time::Duration::ZERO).then_some(Sync::Every(span.0))
            }
        }
    }
}

impl Config {
    /// Reads a configuration and applies the environment's `QINGLIU_SECTION_KEY`s. Values are checked by [`Config::check`],
    /// which whoever starts a server does.
    ///
    /// # Errors
    /// The file cannot be read or means nothing.
    pub fn load(
        path: Option<&Path>,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Config, ConfigError> {
        let text = match path {
            Some(path) => std::fs::read_to_string(path)
                .map_err(|why| ConfigError::Unreadable { path: path.to_path_buf(), why })?,
            None => String::new(),
        };
        Config::parse(&text, environment)
    }

    /// The folder of a tenant.
    #[must_use]
    pub fn tenant_folder(&self, tenant: &str) -> PathBuf {
        self.data.folder.join("tenants").join(tenant)
    }

    /// What is set, as TOML: what `check` prints.
    #[must_use]
    pub fn told(&self) -> String {
        toml::to_string(self).unwrap_or_default()
    }
}
