//! Whether a configuration can be meant: every fault named with its key, its value and what it may be.

use super::{Config, Parts, Span};
use std::fmt;
use std::net::{SocketAddr, ToSocketAddrs};
use std::path::PathBuf;
use toml::{Table, Value};

/// What begins the environment's overrides.
const PREFIX: &str = "QINGLIU_";

/// Bytes that events take in the log for one of the body that they came in: many short identifiers that are replaced by
/// hashes take as many, most take less than they came with.
const IN_LOG: u64 = 2;

/// A value that is not what it may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// `section.key`.
    pub key: String,
    /// What it is.
    pub value: String,
    /// What it may be.
    pub may: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is `{}`; it must be {}", self.key, self.value, self.may)
    }
}

/// Why a configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("{}: {why}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        why: std::io::Error,
    },
    /// It is not TOML, names something unknown, or a value has another type.
    #[error("{0}")]
    Text(String),
    /// Values are not what they may be.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Values(Vec<Fault>),
}

impl Config {
    /// Reads the text of a configuration, with the environment's overrides; values are not checked yet.
    ///
    /// # Errors
    /// The text is not TOML, or a key is unknown or of another type.
    pub fn parse(
        text: &str,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Config, ConfigError> {
        let fault = |fault: toml::de::Error| ConfigError::Text(fault.to_string());
        // Read once by itself, so that faults name the line.
        let written: Config = toml::from_str(text).map_err(fault)?;
        let mut table: Table = toml::Table::try_from(&written)
            .map_err(|fault| ConfigError::Text(fault.to_string()))?;
        let mut changed = false;
        for (name, value) in environment {
            if let Some(rest) = name.strip_prefix(PREFIX) {
                changed |= set(&mut table, &name, rest, &value)?;
            }
        }
        if !changed {
            return Ok(written);
        }
        table.try_into().map_err(fault)
    }

    /// Whether every value is what it may be. Gives what it names, read: the server begins with that.
    ///
    /// # Errors
    /// All those that are not.
    pub fn check(&self) -> Result<Parts, ConfigError> {
        let mut faults = Faults(Vec::new());
        self.check_listen(&mut faults);
        self.check_data(&mut faults);
        self.check_rest(&mut faults);
        let parts = self.parts(&mut faults);
        if faults.0.is_empty() { Ok(parts) } else { Err(ConfigError::Values(faults.0)) }
    }

    fn check_listen(&self, faults: &mut Faults) {
        let listen = &self.listen;
        faults.address("listen.address", &listen.address);
        if listen.tls_cert.as_os_str().is_empty() != listen.tls_key.as_os_str().is_empty() {
            let value = listen.tls_cert.display();
            faults.add("listen.tls_cert", value, "set together with listen.tls_key, or neither");
        }
        faults.range("listen.max_body_bytes", listen.max_body_bytes as u64, 1 << 10, 1 << 30);
        faults.range("listen.max_batch", listen.max_batch as u64, 1, 1_000_000);
        faults.range("listen.max_connections", listen.max_connections as u64, 1, 1_000_000);
        faults.range("listen.threads", listen.threads as u64, 0, 1024);
        for (key, span) in [
            ("listen.header_timeout", listen.header_timeout),
            ("listen.idle_timeout", listen.idle_timeout),
            ("listen.body_timeout", listen.body_timeout),
            ("listen.drain_timeout", listen.drain_timeout),
        ] {
            faults.span(key, span, Span(std::time::Duration::from_millis(100)), Span::seconds(600));
        }
    }

    fn check_data(&self, faults: &mut Faults) {
        let data = &self.data;
        if data.folder.as_os_str().is_empty() {
            faults.add("data.folder", "", "the path of a folder");
        }
        if data.sync().is_none() {
            faults.add("data.sync", &data.sync, "always, never, or a time such as 100ms");
        }
        faults.range("data.segment_bytes", data.segment_bytes, 1 << 20, 16 << 30);
        let most = live::most_together(data.segment_bytes) / IN_LOG;
        if self.listen.max_body_bytes as u64 > most {
            let may = format!("{most} or less, so that it fits into a file of data.segment_bytes");
            faults.add("listen.max_body_bytes", self.listen.max_body_bytes, &may);
        }
        faults.range("data.snapshot_every", data.snapshot_every, 1000, u64::MAX);
        let list = data.tenants.join(", ");
        if data.tenants.is_empty() || data.tenants.len() > 1000 {
            faults.add("data.tenants", &list, "a list of 1 to 1000 names");
        }
        let mut sorted = data.tenants.clone();
        sorted.sort();
        sorted.dedup();
        if sorted.len() != data.tenants.len() {
            faults.add("data.tenants", &list, "a list without repeated names");
        }
        for tenant in &data.tenants {
            if !is_name(tenant) {
                let may = "names of 1 to 63 lower-case letters, digits and hyphens";
                faults.add("data.tenants", tenant, may);
            }
        }
        let retention = &self.retention;
        faults.range("retention.raw_days", retention.raw_days.into(), 0, 36_500);
        faults.range("retention.records_years", retention.records_years.into(), 3, 100);
    }

    fn check_rest(&self, faults: &mut Faults) {
        for column in &self.identifiers.columns {
            if !crate::pseudonyms::COLUMNS.iter().any(|(known, _)| known == column) {
                let known: Vec<&str> =
                    crate::pseudonyms::COLUMNS.iter().map(|(name, _)| *name).collect();
                faults.add("identifiers.columns", column, &format!("of {}", known.join(", ")));
            }
        }
        faults.span("judge.every", self.judge.every, Span::seconds(1), Span::seconds(86_400));
        faults.range("judge.span", self.judge.span, 1000, 1 << 32);
        faults.range("judge.threads", self.judge.threads as u64, 1, 1024);
        let limits = &self.limits;
        faults.range("limits.queue", limits.queue as u64, self.listen.max_batch as u64, 1 << 24);
        if limits.rate > 0 {
            let least = self.listen.max_batch as u64;
            faults.range("limits.burst", limits.burst.into(), least, u32::MAX.into());
        }
        faults.range("limits.streams", limits.streams as u64, 0, 100_000);
        faults.range("limits.stream_backlog", limits.stream_backlog as u64, 16, 1 << 22);
        faults.one_of("log.format", &self.log.format, &["json", "text"]);
        faults.one_of("log.level", &self.log.level, &["error", "warn", "info", "debug"]);
        if !self.metrics.address.is_empty() {
            faults.address("metrics.address", &self.metrics.address);
        }
        faults.url("otel.endpoint", &self.otel.endpoint);
        faults.range("otel.one_in", self.otel.one_in.into(), 1, u32::MAX.into());
        let webhooks = &self.webhooks;
        faults.url("webhooks.url", &webhooks.url);
        if !webhooks.url.is_empty() && webhooks.secret_file.as_os_str().is_empty() {
            faults.add("webhooks.secret_file", "", "set with webhooks.url");
        }
        faults.range("webhooks.attempts", webhooks.attempts.into(), 1, 1000);
        faults.range("webhooks.batch", webhooks.batch as u64, 1, 10_000);
        let hour = Span::seconds(3600);
        faults.span("webhooks.backoff", webhooks.backoff, "10ms".parse().unwrap_or(hour), hour);
    }

    /// The text of the policy file; empty if there is none.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn policy_text(&self) -> std::io::Result<String> {
        if self.policy.file.as_os_str().is_empty() {
            return Ok(String::new());
        }
        std::fs::read_to_string(&self.policy.file)
    }
}

/// Whether a text names a tenant, and so a folder.
pub(crate) fn is_name(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    (1..=63).contains(&text.len()) && text.bytes().all(plain) && !text.starts_with('-')
}

/// Sets what `SECTION_KEY` names; false if it names no section, which is somebody else's.
fn set(table: &mut Table, name: &str, rest: &str, value: &str) -> Result<bool, ConfigError> {
    let lower = rest.to_lowercase();
    let Some((section, key)) = lower.split_once('_') else { return Ok(false) };
    let Some(Value::Table(section_table)) = table.get_mut(section) else { return Ok(false) };
    let unfit = |may: &str| {
        ConfigError::Values(vec![Fault {
            key: name.to_owned(),
            value: value.to_owned(),
            may: may.to_owned(),
        }])
    };
    let known: Vec<String> = section_table.keys().cloned().collect();
    let Some(old) = section_table.get_mut(key) else {
        return Err(ConfigError::Text(format!(
            "{name} names no key of [{section}]; there are {}",
            known.join(", ")
        )));
    };
    *old = match old {
        Value::Integer(_) => {
            Value::Integer(value.trim().parse().map_err(|_| unfit("a whole number"))?)
        }
        Value::Boolean(_) => {
            Value::Boolean(value.trim().parse().map_err(|_| unfit("true or false"))?)
        }
        Value::Array(_) => {
            let parts = value.split(',').map(str::trim).filter(|part| !part.is_empty());
            Value::Array(parts.map(|part| Value::String(part.to_owned())).collect())
        }
        _ => Value::String(value.to_owned()),
    };
    Ok(true)
}

pub(super) struct Faults(Vec<Fault>);

impl Faults {
    pub(super) fn add(&mut self, key: &str, value: impl fmt::Display, may: &str) {
        let (value, may) = (value.to_string(), may.to_owned());
        self.0.push(Fault { key: key.to_owned(), value, may });
    }

    fn range(&mut self, key: &str, value: u64, least: u64, most: u64) {
        if value < least {
            self.add(key, value, &format!("{least} or more"));
        } else if value > most {
            self.add(key, value, &format!("{most} or less"));
        }
    }

    fn span(&mut self, key: &str, value: Span, least: Span, most: Span) {
        if value < least || value > most {
            self.add(key, value, &format!("from {least} to {most}"));
        }
    }

    fn address(&mut self, key: &str, value: &str) {
        let found = value.parse::<SocketAddr>().is_ok()
            || value.to_socket_addrs().is_ok_and(|mut found| found.next().is_some());
        if !found {
            self.add(key, value, "an address and a port, such as 127.0.0.1:8480");
        }
    }

    fn one_of(&mut self, key: &str, value: &str, known: &[&str]) {
        if !known.contains(&value) {
            self.add(key, value, &format!("one of {}", known.join(", ")));
        }
    }

    fn url(&mut self, key: &str, value: &str) {
        if !value.is_empty() && crate::client::Target::parse(value).is_none() {
            self.add(key, value, "an http:// or https:// address");
        }
    }
}
