//! What a configuration names and the server cannot begin without: certificate, keys, tables, policy. Read in one place, for
//! `check` as for `serve`, so that neither takes what the other refuses.

use super::Config;
use super::check::Faults;
use crate::listen;
use crate::pseudonyms::Pseudonyms;
use events::Networks;
use policy::Policy;
use std::net::{SocketAddr, ToSocketAddrs};
use std::path::Path;
use std::sync::Arc;
use tokio_rustls::TlsAcceptor;

/// The least bytes of the secret that signs deliveries.
const SECRET: usize = 16;

/// What was read.
#[derive(Clone, Default)]
pub struct Parts {
    /// What speaks TLS, if that is set.
    pub tls: Option<TlsAcceptor>,
    /// What replaces identifiers, if that is set.
    pub pseudonyms: Option<Pseudonyms>,
    /// Whose network an address is of, if that is known.
    pub networks: Option<Arc<Networks>>,
    /// What signs deliveries; empty if there are none.
    pub secret: Vec<u8>,
    /// The policy, and its text: empty if no file is named.
    pub policy: (Policy, String),
}

impl std::fmt::Debug for Parts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // There are keys in it.
        f.write_str("Parts")
    }
}

impl Config {
    pub(super) fn parts(&self, faults: &mut Faults) -> Parts {
        let listen = &self.listen;
        let mut parts = Parts::default();
        if is_set(&listen.tls_cert) && is_set(&listen.tls_key) {
            match listen::acceptor(&listen.tls_cert, &listen.tls_key) {
                Ok(tls) => parts.tls = Some(tls),
                Err(why) => {
                    let may = format!("a certificate chain that fits listen.tls_key: {why}");
                    faults.add("listen.tls_cert", listen.tls_cert.display(), &may);
                }
            }
        }
        let key_file = &self.identifiers.key_file;
        if is_set(key_file) {
            let read = std::fs::read(key_file).map_err(|why| why.to_string());
            match read.and_then(|key| Pseudonyms::new(&key, &self.identifiers.columns)) {
                Ok(made) => parts.pseudonyms = Some(made),
                Err(why) => faults.add(
                    "identifiers.key_file",
                    key_file.display(),
                    &format!("a file with a key: {why}"),
                ),
            }
        }
        match input::networks(&self.networks.files) {
            Ok(networks) => parts.networks = networks,
            Err(why) => {
                let files = self.networks.files.iter().map(|file| file.display().to_string());
                let list = files.collect::<Vec<_>>().join(", ");
                faults.add("networks.files", list, &format!("tables of address ranges: {why}"));
            }
        }
        if !self.webhooks.url.is_empty() && is_set(&self.webhooks.secret_file) {
            parts.secret = self.secret(faults);
        }
        match self.policy_text() {
            Err(why) => {
                let may = format!("a file that can be read: {why}");
                faults.add("policy.file", self.policy.file.display(), &may);
            }
            Ok(text) => match Policy::parse(&text) {
                Ok(policy) => parts.policy = (policy, text),
                Err(why) => {
                    faults.add(
                        "policy.file",
                        self.policy.file.display(),
                        &format!("a policy: {why}"),
                    );
                }
            },
        }
        let metrics = &self.metrics;
        if metrics.on && is_taken(&metrics.address, &listen.address) {
            let may = "another address than listen.address; or empty, and metrics are on that one";
            faults.add("metrics.address", &metrics.address, may);
        }
        parts
    }

    fn secret(&self, faults: &mut Faults) -> Vec<u8> {
        let file = &self.webhooks.secret_file;
        let mut fault = |why: String| {
            let may = format!("a file with {SECRET} bytes or more: {why}");
            faults.add("webhooks.secret_file", file.display(), &may);
            Vec::new()
        };
        match std::fs::read(file) {
            Err(why) => fault(why.to_string()),
            Ok(bytes) if bytes.trim_ascii().len() < SECRET => {
                fault(format!("it holds {}", bytes.trim_ascii().len()))
            }
            Ok(bytes) => bytes.trim_ascii().to_vec(),
        }
    }
}

fn is_set(path: &Path) -> bool {
    !path.as_os_str().is_empty()
}

/// Whether nobody can listen at an address while somebody does at the other.
fn is_taken(address: &str, other: &str) -> bool {
    let found = |text: &str| -> Vec<SocketAddr> {
        text.to_socket_addrs().map(Iterator::collect).unwrap_or_default()
    };
    let others = found(other);
    found(address).iter().any(|one| {
        // Any free port is another one each time.
        let same = others.iter().filter(|other| other.port() == one.port() && one.port() != 0);
        same.into_iter().any(|other| {
            let all = one.ip().is_unspecified() || other.ip().is_unspecified();
            one.ip() == other.ip() || (all && one.is_ipv4() == other.is_ipv4())
        })
    })
}
