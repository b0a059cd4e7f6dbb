//! Tenants: each with an engine, a folder and notices of its own. Nothing here is shared between two of them.

use crate::config::{Config, Sync};
use crate::metrics::{Exposition, Histogram, Metrics};
use crate::outbox::Outbox;
use crate::personal::Personal;
use crate::private;
use crate::stream::{Ring, Told};
use crate::webhooks::{self, Bell, Settings, Webhooks};
use events::{Key, Reason};
use live::{Live, LiveError, Notice, Options, Pace, Retention, Revision};
use policy::Policy;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};

/// Steps of an engine's histograms that make one here: an octave.
const OCTAVE: usize = 8;
/// The octaves shown: from a microsecond to half a minute.
const SHOWN: std::ops::Range<usize> = 10..35;

/// Seconds for which no events should be sent after the disk did not take some.
const UNFIT: i64 = 30;
/// The folder of deliveries in a tenant's.
const DELIVERIES: &str = "webhooks";

/// A tenant.
pub struct Tenant {
    /// Its name.
    pub name: String,
    /// Its engine.
    pub live: Live,
    /// Its notices.
    pub ring: Arc<Ring>,
    /// Time from handing events over to hearing of them.
    pub heard: Histogram,
    /// Exports and erasures under way.
    pub personal: Personal,
    /// When the disk last did not take what was sent, in seconds since 1970; 0 once it took something again.
    pub refused: AtomicI64,
    /// Events that could not be read, by reason.
    pub rejected: [AtomicU64; Reason::NAMES.len()],
    queue: usize,
    webhooks: Mutex<Option<Webhooks>>,
}

/// Why a tenant cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum TenantError {
    /// Its engine.
    #[error("tenant {0}: {1}")]
    Live(String, LiveError),
    /// Its policy cannot be put in force.
    #[error("policy.file: {0}")]
    Policy(String),
    /// Its deliveries.
    #[error("webhooks: {0}")]
    Webhooks(String),
}

/// All tenants.
pub type Tenants = BTreeMap<String, Arc<Tenant>>;

/// Opens every tenant of a configuration.
///
/// # Errors
/// One of them cannot be opened; those before it are closed again.
pub fn open(
    config: &Config,
    policy: &(Policy, String),
    secret: &[u8],
    metrics: &Arc<Metrics>,
) -> Result<Tenants, TenantError> {
    let mut tenants = Tenants::new();
    for name in &config.data.tenants {
        match Tenant::open(name, config, policy, secret, metrics) {
            Ok(tenant) => {
                tenants.insert(name.clone(), Arc::new(tenant));
            }
            Err(fault) => {
                tenants.values().for_each(|tenant| {
                    let _ = tenant.close();
                });
                return Err(fault);
            }
        }
    }
    Ok(tenants)
}

impl Tenant {
    fn open(
        name: &str,
        config: &Config,
        (policy, text): &(Policy, String),
        secret: &[u8],
        metrics: &Arc<Metrics>,
    ) -> Result<Tenant, TenantError> {
        let options = options(name, config, policy.clone());
        for part in ["log", "temp"] {
            let path = options.folder.join(part);
            private::folder(&path).map_err(|source| {
                TenantError::Live(name.to_owned(), LiveError::Io { path, source })
            })?;
        }
        let ring = Arc::new(Ring::new(config.limits.stream_backlog));
        let (heard, bell) = (ring.clone(), Bell::new());
        let rope = bell.rope();
        let live = Live::open(
            options,
            Arc::new(move |notice: &Notice<'_>| {
                if matches!(notice, Notice::Decided { .. }) && !heard.is_heard() {
                    return;
                }
                if matches!(notice, Notice::Judged(_)) {
                    // One ring is as good as many.
                    let _ = rope.try_send(());
                }
                heard.tell(Told::of(notice));
            }),
        )
        .map_err(|fault| TenantError::Live(name.to_owned(), fault))?;
        if !text.is_empty() {
            set_policy(&live, text).map_err(TenantError::Policy)?;
        }
        let webhooks = deliveries(name, config, (secret, metrics), &live, bell)?;
        Ok(Tenant {
            name: name.to_owned(),
            live,
            ring,
            heard: Histogram::default(),
            personal: Personal::new(config.tenant_folder(name)),
            refused: AtomicI64::new(0),
            rejected: std::array::from_fn(|_| AtomicU64::new(0)),
            queue: config.limits.queue,
            webhooks: Mutex::new(webhooks),
        })
    }

    /// Puts another policy in force, if it differs from the one that is.
    ///
    /// # Errors
    /// The text is no policy, or the engine has stopped.
    pub fn reload(&self, policy: &str) -> Result<bool, String> {
        set_policy(&self.live, policy)
    }

    /// What last failed in it, and how many failures there were: a write, judgement or snapshot, or why it has stopped.
    #[must_use]
    pub fn fault(&self) -> (u64, Option<String>) {
        let status = self.live.status();
        (status.failures, status.stopped.or(status.failure))
    }

    /// Why no events should be sent to it, if they should not.
    ///
    /// A disk that failed is tried by what is sent: after a while they should be again.
    #[must_use]
    pub fn unfit(&self) -> Option<&'static str> {
        if self.live.status().stopped.is_some() {
            return Some("an engine has stopped");
        }
        let refused = crate::clock::now() - self.refused.load(Relaxed) < UNFIT;
        refused.then_some("a log cannot be written: the disk is full, or fails")
    }

    /// Removes what is kept beside the engine of accounts that it has erased: revisions that wait or were given up, and
    /// notices for readers of the stream.
    ///
    /// # Errors
    /// The disk: it may be done in part.
    pub fn forget(&self, accounts: &[Key]) -> std::io::Result<()> {
        self.ring.clear();
        let webhooks = self.webhooks.lock().unwrap_or_else(PoisonError::into_inner);
        let left = self.personal.folder.join(DELIVERIES);
        match &*webhooks {
            Some(webhooks) => webhooks.erase(accounts),
            // From when there were webhooks.
            None if left.is_dir() => Outbox::open(&left)?.erase(accounts),
            None => Ok(()),
        }
    }

    /// Works off what waits and closes engine and deliveries.
    ///
    /// # Errors
    /// The engine could not be closed as it should; what was acknowledged is in its log.
    pub fn close(&self) -> Result<(), LiveError> {
        if let Some(mut webhooks) =
            self.webhooks.lock().unwrap_or_else(PoisonError::into_inner).take()
        {
            webhooks.close();
        }
        self.live.close()
    }

    /// Writes its metrics.
    pub fn write(&self, out: &mut Exposition) {
        let (status, meters) = (self.live.status(), self.live.meters());
        let tenant = [("tenant", self.name.as_str())];
        let of = |name, value| [("tenant", self.name.as_str()), (name, value)];
        out.put("qingliu_events_total", &of("outcome", "accepted"), status.accepted as f64);
        out.put("qingliu_events_total", &of("outcome", "duplicate"), status.duplicates as f64);
        out.put("qingliu_events_total", &of("outcome", "refused"), status.refused as f64);
        for (reason, count) in Reason::NAMES.into_iter().zip(&self.rejected) {
            let count = count.load(Relaxed) as f64;
            out.put("qingliu_events_rejected_total", &of("reason", reason), count);
        }
        let genuine = status.decided.saturating_sub(status.suspect + status.fake);
        for (verdict, count) in
            [("genuine", genuine), ("suspect", status.suspect), ("fake", status.fake)]
        {
            out.put("qingliu_decisions_total", &of("verdict", verdict), count as f64);
        }
        out.histogram("qingliu_decision_seconds", &tenant, &self.heard);
        for (name, histogram) in [
            ("qingliu_decide_seconds", &meters.decide),
            ("qingliu_commit_seconds", &meters.commit),
            ("qingliu_judgement_seconds", &meters.judge),
        ] {
            let (steps, sum) = histogram.read();
            let (buckets, sum) = octaves(&steps, sum);
            out.buckets(name, &tenant, &buckets, sum);
        }
        let (readers, missed) = self.ring.counts();
        let waiting = {
            let webhooks = self.webhooks.lock().unwrap_or_else(PoisonError::into_inner);
            webhooks.as_ref().map_or(0, |webhooks| webhooks.waiting.load(Relaxed))
        };
        for (name, value) in [
            ("qingliu_stream_readers", readers as f64),
            ("qingliu_stream_missed_total", missed as f64),
            ("qingliu_webhook_waiting_bytes", waiting as f64),
            ("qingliu_queue_events", status.waiting as f64),
            ("qingliu_queue_limit", self.queue as f64),
            ("qingliu_event_time_seconds", (status.newest.max(0) as f64) / 1e6),
            ("qingliu_events_held", status.events as f64),
            ("qingliu_log_bytes", status.committed as f64),
            ("qingliu_commits_total", status.commits as f64),
            ("qingliu_failures_total", status.failures as f64),
            ("qingliu_judgements_total", status.judgements as f64),
            ("qingliu_judgement_number", f64::from(status.judgement)),
            ("qingliu_judged_events", status.judged_events as f64),
            ("qingliu_revisions_total", status.revisions as f64),
            ("qingliu_snapshots_total", status.snapshots as f64),
            ("qingliu_snapshot_bytes", status.snapshot_bytes as f64),
            (
                "qingliu_snapshot_behind_events",
                status.events.saturating_sub(status.snapshot_event) as f64,
            ),
            ("qingliu_window_keys", status.keys as f64),
            ("qingliu_ids_remembered", status.remembered as f64),
            ("qingliu_up", f64::from(u8::from(status.stopped.is_none()))),
        ] {
            out.put(name, &tenant, value);
        }
    }
}

fn options(name: &str, config: &Config, policy: Policy) -> Options {
    Options {
        sync: match config.data.sync() {
            Some(Sync::Every(span)) => live::Sync::Every(span),
            Some(Sync::Never) => live::Sync::Never,
            Some(Sync::Always) | None => live::Sync::Always,
        },
        segment_bytes: config.data.segment_bytes,
        policy,
        pace: Pace {
            interval: config.judge.every.micros(),
            span: config.judge.span,
            in_step: config.judge.in_step,
            ..Pace::default()
        },
        judges: config.judge.threads,
        queue: config.limits.queue,
        snapshot_every: config.data.snapshot_every,
        retention: Retention {
            raw_days: config.retention.raw_days,
            records_days: days(config.retention.records_years),
        },
        ..Options::new(config.tenant_folder(name))
    }
}

/// The most days that so many years can have.
fn days(years: u32) -> u32 {
    years * 365 + years.div_ceil(4)
}

fn set_policy(live: &Live, text: &str) -> Result<bool, String> {
    let wanted = Policy::parse(text).map_err(|fault| fault.to_string())?;
    if live.policy() == wanted {
        return Ok(false);
    }
    live.set_policy(text, Box::new(|_| ())).map_err(|fault| fault.to_string())?;
    Ok(true)
}

fn deliveries(
    name: &str,
    config: &Config,
    (secret, metrics): (&[u8], &Arc<Metrics>),
    live: &Live,
    bell: Bell,
) -> Result<Option<Webhooks>, TenantError> {
    let set = &config.webhooks;
    let Some(target) = crate::client::Target::parse(&set.url) else { return Ok(None) };
    let fault = |why: std::io::Error| TenantError::Webhooks(why.to_string());
    let settings = Settings {
        target,
        secret: secret.to_vec(),
        attempts: set.attempts,
        backoff: set.backoff.0,
        batch: set.batch,
    };
    let engine = live.clone();
    let ask: webhooks::Ask = Box::new(move |after| {
        let line = |revision: &Revision| {
            let mut line = String::new();
            crate::stream::revision(revision, &mut line);
            (revision.number(), line)
        };
        engine.revisions_after(after).iter().map(line).collect()
    });
    let folder = config.tenant_folder(name).join(DELIVERIES);
    Webhooks::start(name, &folder, settings, metrics.clone(), bell, ask).map(Some).map_err(fault)
}

/// Every eighth step: an engine's histogram is finer than a scrape needs.
fn octaves(steps: &[(f64, u64)], sum: f64) -> (Vec<(f64, u64)>, f64) {
    let all = steps.last().map_or(0, |step| step.1);
    let shown = steps.chunks(OCTAVE).enumerate().filter(|(octave, _)| SHOWN.contains(octave));
    let mut buckets: Vec<_> = shown.filter_map(|(_, steps)| steps.last().copied()).collect();
    buckets.push((f64::INFINITY, all));
    (buckets, sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_set_for_retention_is_what_the_engine_keeps_to() {
        for (text, raw_days, records_days) in [
            ("", 184, 1_096),
            ("[retention]\nraw_days = 0", 0, 1_096),
            ("[retention]\nraw_days = 90\nrecords_years = 5", 90, 1_827),
            ("[retention]\nrecords_years = 100", 184, 36_525),
        ] {
            let config = Config::parse(text, []).unwrap();
            config.check().unwrap();
            let kept = options("one", &config, Policy::default()).retention;
            assert_eq!(kept, Retention { raw_days, records_days }, "{text}");
            assert_eq!(kept == Retention::default(), text.is_empty());
        }
    }
}
