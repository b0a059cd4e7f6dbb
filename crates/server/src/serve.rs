//! The whole: opened from a configuration, served until it is told to end, closed in order.
//!
//! Ending goes from the outside in: no new connections, requests under way are answered, engines work off what waits and
//! write a snapshot. Whatever dies on the way, what was acknowledged is in the log.

use crate::access::{Access, AccessError, Role, Wish};
use crate::config::{Config, ConfigError, Parts};
use crate::decode::Decoder;
use crate::listen::Door;
use crate::metrics::Metrics;
use crate::otel::Tracer;
use crate::service::{MetricsOnly, Service};
use crate::tenants::{self, TenantError};
use crate::{client, logging, private};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::interval;
use tokio_rustls::TlsAcceptor;

/// How often it is looked whether something failed, and how often what goes on failing is told again.
const LOOK: Duration = Duration::from_secs(1);
const AGAIN: Duration = Duration::from_secs(60);

/// Why the server does not start.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The configuration.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The keys.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// A tenant.
    #[error(transparent)]
    Tenant(#[from] TenantError),
    /// A file or folder.
    #[error("{}: {why}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// What is wrong.
        why: String,
    },
    /// An address.
    #[error("{0}")]
    Listen(String),
    /// Threads, signals.
    #[error("the system gives no threads or signals: {0}")]
    System(#[from] std::io::Error),
    /// It ended, and something could not be closed as it should.
    #[error("{0}")]
    Close(String),
}

/// A server at work.
pub struct Running {
    runtime: Runtime,
    service: Arc<Service>,
    ending: watch::Sender<bool>,
    doors: Vec<JoinHandle<()>>,
    /// Where it listens.
    pub address: SocketAddr,
    /// Where metrics have an address for themselves.
    pub metrics_address: Option<SocketAddr>,
    /// Tenants that had no admin key, each with the one made for it: to be shown once.
    pub first_keys: Vec<(String, String)>,
}

/// Opens everything and begins to serve.
///
/// # Errors
/// The configuration cannot be meant, or something of it cannot be opened.
pub fn start(config: Config) -> Result<Running, ServeError> {
    let Parts { tls, pseudonyms, networks, secret, policy } = config.check()?;
    let folder = &config.data.folder;
    let file = |path: &PathBuf, why: std::io::Error| ServeError::File {
        path: path.clone(),
        why: why.to_string(),
    };
    private::folder(folder).map_err(|why| file(folder, why))?;
    let rate = (config.limits.rate, config.limits.burst);
    let access = Arc::new(Access::open(&folder.join("keys.toml"), rate)?);
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    if config.listen.threads > 0 {
        builder.worker_threads(config.listen.threads);
    }
    let runtime = builder.thread_name("requests").enable_all().build()?;
    let metrics = Arc::new(Metrics::default());
    // The address first: a second server on it must not touch the folders.
    let (door, metrics_door) = runtime.block_on(doors(&config, tls))?;
    let tenants = tenants::open(&config, &policy, &secret, &metrics)?;
    let first_keys = first_keys(&config, &access)?;
    let tracer = client::Target::parse(&config.otel.endpoint).map(|endpoint| {
        let (tracer, sending) = Tracer::new(&endpoint, config.otel.one_in);
        runtime.spawn(sending);
        tracer
    });
    let (ending, ended) = watch::channel(false);
    let decoder = Decoder::new(config.listen.max_batch, pseudonyms).among(networks);
    let drain = config.listen.drain_timeout.0;
    let parts = (config, access, tenants, decoder, metrics.clone(), tracer, ended.clone());
    let (config, access, tenants, decoder, counted, tracer, watching) = parts;
    let service = Service::new(config, access, tenants, decoder, counted, tracer, watching);
    let service = Arc::new(service);
    let address = door.address()?;
    let metrics_address = metrics_door.as_ref().map(Door::address).transpose()?;
    let serving = door.serve(service.clone(), metrics.clone(), ended.clone(), drain);
    let mut doors = vec![runtime.spawn(serving)];
    if let Some(door) = metrics_door {
        let only = Arc::new(MetricsOnly(service.clone()));
        doors.push(runtime.spawn(door.serve(only, metrics, ended, Duration::ZERO)));
    }
    Ok(Running { runtime, service, ending, doors, address, metrics_address, first_keys })
}

async fn doors(
    config: &Config,
    tls: Option<TlsAcceptor>,
) -> Result<(Door, Option<Door>), ServeError> {
    let open = |address: String, tls| async move {
        Door::open(&address, &config.listen, tls).await.map_err(ServeError::Listen)
    };
    let main = open(config.listen.address.clone(), tls).await?;
    if !config.metrics.on || config.metrics.address.is_empty() {
        return Ok((main, None));
    }
    Ok((main, Some(open(config.metrics.address.clone(), None).await?)))
}

/// Makes an admin key for each tenant that has none.
fn first_keys(config: &Config, access: &Access) -> Result<Vec<(String, String)>, ServeError> {
    let mut made = Vec::new();
    for tenant in &config.data.tenants {
        if !access.has_admin(tenant) {
            let wish = Wish {
                label: "first admin key".to_owned(),
                scopes: Role::Admin.scopes(),
                expires: 0,
            };
            made.push((tenant.clone(), access.make(tenant, wish)?.0));
        }
    }
    Ok(made)
}

impl Running {
    /// What it answers from.
    #[must_use]
    pub fn service(&self) -> &Arc<Service> {
        &self.service
    }

    /// Reads the policy file again and puts it in force; says what happened to each tenant.
    pub fn reload(&self) {
        let text = match self.service.config.policy_text() {
            Ok(text) => text,
            Err(why) => {
                tracing::error!(%why, "the policy file cannot be read; the policy stays");
                return;
            }
        };
        for tenant in self.service.tenants.values() {
            match tenant.reload(&text) {
                Ok(true) => tracing::info!(tenant = tenant.name, "policy reloaded"),
                Ok(false) => tracing::info!(tenant = tenant.name, "policy unchanged"),
                Err(why) => tracing::error!(tenant = tenant.name, why, "the policy stays"),
            }
        }
    }

    /// Waits until the process is asked to end: by SIGTERM or SIGINT. SIGHUP reads the policy file again.
    ///
    /// # Errors
    /// The system gives no signals.
    pub fn until_asked(&self) -> Result<(), ServeError> {
        self.runtime.block_on(async {
            let mut terminate = signal(SignalKind::terminate())?;
            let mut interrupt = signal(SignalKind::interrupt())?;
            let mut reload = signal(SignalKind::hangup())?;
            let (mut look, mut told) = (interval(LOOK), BTreeMap::new());
            loop {
                tokio::select! {
                    _ = terminate.recv() => return Ok(()),
                    _ = interrupt.recv() => return Ok(()),
                    _ = reload.recv() => self.reload(),
                    _ = look.tick() => self.tell(&mut told),
                }
            }
        })
    }

    /// Logs what failed where nobody waits for an answer: once, and again as long as it goes on.
    fn tell(&self, told: &mut BTreeMap<String, (String, u64, Instant)>) {
        for tenant in self.service.tenants.values() {
            let (failures, Some(fault)) = tenant.fault() else { continue };
            let known = told.get(&tenant.name).is_some_and(|(last, number, at)| {
                *last == fault && (*number == failures || at.elapsed() < AGAIN)
            });
            if !known {
                tracing::error!(tenant = tenant.name, failures, fault, "the engine failed");
                told.insert(tenant.name.clone(), (fault, failures, Instant::now()));
            }
        }
    }

    /// Ends: answers what is under way, then closes every engine.
    ///
    /// # Errors
    /// An engine could not be closed as it should; what was acknowledged is in its log.
    pub fn stop(self) -> Result<(), ServeError> {
        let _ = self.ending.send(true);
        self.runtime.block_on(async {
            for door in self.doors {
                let _ = door.await;
            }
        });
        let mut faults = Vec::new();
        for tenant in self.service.tenants.values() {
            if let Err(fault) = tenant.close() {
                faults.push(format!("tenant {}: {fault}", tenant.name));
            }
        }
        self.runtime.shutdown_timeout(Duration::from_secs(1));
        if faults.is_empty() { Ok(()) } else { Err(ServeError::Close(faults.join("\n"))) }
    }
}

/// Serves until the process is asked to end: SIGTERM or SIGINT end it, SIGHUP reads the policy file again. The first admin key of a
/// tenant is shown on standard error, this once.
///
/// # Errors
/// Something cannot be opened, or not be closed as it should.
pub fn serve(config: Config) -> Result<(), ServeError> {
    logging::begin(&config.log);
    let running = start(config)?;
    for (tenant, key) in &running.first_keys {
        eprintln!("Admin key of tenant {tenant}, shown this once: {key}");
    }
    for tenant in running.service.tenants.values() {
        let opened = tenant.live.opened();
        for fault in &opened.passed_over {
            tracing::warn!(tenant = tenant.name, fault, "a snapshot was passed over");
        }
        tracing::info!(
            tenant = tenant.name,
            events = opened.events,
            replayed = opened.replayed,
            cut_bytes = opened.cut_bytes,
            seconds = opened.took.as_secs_f64(),
            "tenant opened"
        );
    }
    let tls = !running.service.config.listen.tls_cert.as_os_str().is_empty();
    tracing::info!(address = %running.address, tls, "serving");
    running.until_asked()?;
    tracing::info!("ending");
    running.stop()?;
    tracing::info!("ended");
    Ok(())
}
