//! Webhooks: revisions posted to the platform, signed, tried again until they are taken or given up.
//!
//! A delivery is a list of revisions. Its idempotency key follows from what it holds, so a delivery that is tried
//! again after a crash is known as the same. Tries come after the backoff, then twice, four times … as long, an hour at most:
//! a fixed schedule, because one sender needs no jitter. While one delivery is tried, later ones wait: order is kept.

use crate::access::hex;
use crate::client::{self, Target};
use crate::clock;
use crate::metrics::Metrics;
use crate::outbox::{Letter, Outbox};
use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use hyper::HeaderMap;
use hyper::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use sha2::{Digest, Sha256};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::time::{Duration, Instant};

/// Revisions between the engine and the outbox. An engine never waits for them: the judgement whose revisions found no room is
/// read again from the engine.
const CHANNEL: usize = 1 << 16;
/// The longest time between tries.
const LONGEST: Duration = Duration::from_secs(3600);
/// How often the outbox is looked at when nothing comes.
const IDLE: Duration = Duration::from_millis(250);

/// How deliveries are made.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where to.
    pub target: Target,
    /// What signs them.
    pub secret: Vec<u8>,
    /// Tries of one delivery.
    pub attempts: u32,
    /// Time before the second.
    pub backoff: Duration,
    /// Revisions of one delivery.
    pub batch: usize,
}

/// Deliveries of one tenant.
#[derive(Debug)]
pub struct Webhooks {
    send: Option<SyncSender<(u64, String)>>,
    thread: Option<std::thread::JoinHandle<()>>,
    /// Bytes that wait to be delivered.
    pub waiting: Arc<AtomicU64>,
    /// The number of the last revision in the outbox when it was opened.
    pub last: u64,
}

impl Webhooks {
    /// Opens the outbox and begins to deliver.
    ///
    /// # Errors
    /// The outbox cannot be opened, or no thread be made.
    pub fn start(
        tenant: &str,
        folder: &Path,
        settings: Settings,
        metrics: Arc<Metrics>,
    ) -> std::io::Result<Webhooks> {
        let outbox = Outbox::open(folder)?;
        let last = outbox.last();
        let (send, receive) = sync_channel(CHANNEL);
        let waiting = Arc::new(AtomicU64::new(outbox.waiting()));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let postman = Postman {
            tenant: tenant.to_owned(),
            outbox,
            settings,
            metrics,
            waiting: waiting.clone(),
            runtime,
        };
        let thread = std::thread::Builder::new()
            .name("webhooks".to_owned())
            .spawn(move || postman.run(&receive))?;
        Ok(Webhooks { send: Some(send), thread: Some(thread), waiting, last })
    }

    /// Hands a revision over; false if there is no room.
    #[must_use]
    pub fn tell(&self, number: u64, line: String) -> bool {
        let Some(send) = &self.send else { return false };
        !matches!(send.try_send((number, line)), Err(TrySendError::Full(_)))
    }

    /// Puts what was handed over into the outbox and ends; what is in it is delivered after the next start.
    pub fn close(&mut self) {
        self.send = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Drop for Webhooks {
    fn drop(&mut self) {
        self.close();
    }
}

struct Postman {
    tenant: String,
    outbox: Outbox,
    settings: Settings,
    metrics: Arc<Metrics>,
    waiting: Arc<AtomicU64>,
    runtime: tokio::runtime::Runtime,
}

impl Postman {
    fn run(mut self, revisions: &Receiver<(u64, String)>) {
        let mut tries = 0;
        let mut due = Instant::now();
        loop {
            let idle = due.saturating_duration_since(Instant::now()).clamp(Duration::ZERO, IDLE);
            let wait = if self.outbox.waiting() > 0 { idle } else { IDLE };
            let ended = self.fill(revisions, wait);
            self.waiting.store(self.outbox.waiting(), Relaxed);
            if ended {
                return;
            }
            if Instant::now() < due {
                continue;
            }
            match self.outbox.next(self.settings.batch) {
                Ok(None) => tries = 0,
                Ok(Some(letter)) => {
                    tries += 1;
                    let done = self.try_once(&letter, tries);
                    if done {
                        tries = 0;
                        due = Instant::now();
                        self.settle(&letter);
                    } else {
                        due = Instant::now() + delay(self.settings.backoff, tries);
                    }
                }
                Err(why) => {
                    tracing::error!(tenant = self.tenant, %why, "the outbox cannot be read");
                    due = Instant::now() + LONGEST;
                }
            }
        }
    }

    /// Puts what came into the outbox; true if nothing will come any more.
    fn fill(&mut self, revisions: &Receiver<(u64, String)>, wait: Duration) -> bool {
        let mut batch = Vec::new();
        let ended = match revisions.recv_timeout(wait) {
            Ok(revision) => {
                batch.push(revision);
                false
            }
            Err(RecvTimeoutError::Timeout) => false,
            Err(RecvTimeoutError::Disconnected) => true,
        };
        batch.extend(revisions.try_iter().take(CHANNEL));
        if batch.is_empty() {
            return ended;
        }
        match self.outbox.put(&batch) {
            Ok(0) => {}
            Ok(lost) => {
                self.metrics.webhooks[2].fetch_add(lost, Relaxed);
                tracing::error!(tenant = self.tenant, lost, "the outbox is full");
            }
            Err(why) => {
                self.metrics.webhooks[2].fetch_add(batch.len() as u64, Relaxed);
                tracing::error!(tenant = self.tenant, %why, "the outbox cannot be written");
            }
        }
        ended
    }

    /// Tries a delivery; true if it needs no other try.
    fn try_once(&self, letter: &Letter, tries: u32) -> bool {
        let body = format!("{{\"revisions\":[{}]}}", letter.lines.join(","));
        let headers = headers(&self.tenant, &self.settings.secret, letter, &body, clock::now());
        let sent = client::post(&self.settings.target, headers, Bytes::from(body));
        let why = match self.runtime.block_on(sent) {
            Ok(status) if status.is_success() => {
                self.metrics.webhooks[0].fetch_add(1, Relaxed);
                return true;
            }
            Ok(status) => status.to_string(),
            Err(why) => why,
        };
        self.metrics.webhooks[1].fetch_add(1, Relaxed);
        tracing::warn!(tenant = self.tenant, tries, why, "a delivery was not taken");
        if tries < self.settings.attempts {
            return false;
        }
        self.metrics.webhooks[2].fetch_add(1, Relaxed);
        match self.outbox.bury(letter) {
            Ok(true) => {
                tracing::error!(tenant = self.tenant, "a delivery went to the dead letters")
            }
            Ok(false) => tracing::error!(tenant = self.tenant, "the dead letters are full"),
            Err(why) => tracing::error!(tenant = self.tenant, %why, "a delivery is lost"),
        }
        true
    }

    fn settle(&mut self, letter: &Letter) {
        if let Err(why) = self.outbox.done(letter) {
            // It will be delivered again after a restart, with the same idempotency key.
            tracing::error!(tenant = self.tenant, %why, "the cursor of the outbox cannot be written");
        }
        self.waiting.store(self.outbox.waiting(), Relaxed);
    }
}

/// Time before the try after so many.
fn delay(backoff: Duration, tries: u32) -> Duration {
    let factor = 1_u32.checked_shl(tries.saturating_sub(1)).unwrap_or(u32::MAX);
    backoff.checked_mul(factor).unwrap_or(LONGEST).min(LONGEST)
}

fn headers(tenant: &str, secret: &[u8], letter: &Letter, body: &str, now: i64) -> HeaderMap {
    let mut told = Sha256::new();
    told.update(tenant.as_bytes());
    for line in &letter.lines {
        told.update(line.as_bytes());
    }
    let idempotency = hex(&told.finalize()[..16]);
    let signature = format!("t={now},v1={}", sign(secret, now, body.as_bytes()));
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    for (name, value) in [
        ("idempotency-key", idempotency.as_str()),
        ("qingliu-signature", signature.as_str()),
        ("qingliu-tenant", tenant),
    ] {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
    headers
}

/// HMAC-SHA256 over the time in seconds, a dot, and the body.
#[must_use]
pub fn sign(secret: &[u8], time: i64, body: &[u8]) -> String {
    // A key of any length will do.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret) else { return String::new() };
    mac.update(time.to_string().as_bytes());
    mac.update(b".");
    mac.update(body);
    hex(&mac.finalize().into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tries_come_ever_later() {
        let second = Duration::from_secs(1);
        assert_eq!([1, 2, 3, 12].map(|n| delay(second, n).as_secs()), [1, 2, 4, 2048]);
        assert_eq!([13, 40, u32::MAX].map(|n| delay(second, n)), [LONGEST; 3]);
    }

    #[test]
    fn a_signature_is_the_one_that_others_compute() {
        // printf '1700000000.{}' | openssl dgst -sha256 -hmac secret
        let want = "b8569b78799ff9e3cbff0fc2d63a33a2b57f3282abd07c37ae5e8e7d79a5f163";
        assert_eq!(sign(b"secret", 1_700_000_000, b"{}"), want);
    }
}
