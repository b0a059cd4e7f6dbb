//! Webhooks: revisions posted to the platform, signed, tried again until they are taken or given up.
//!
//! A delivery is a list of revisions. The outbox fixes with the first try what it holds, and its idempotency key follows from
//! that, so a delivery that is tried again, also after a crash, is known as the same. Revisions are asked of the engine by number rather than heard, so none is lost
//! between a judgement and the outbox, whatever dies in between. Tries come after the backoff, then twice, four times … as long, an hour at most:
//! a fixed schedule, because one sender needs no jitter. While one delivery is tried, later ones wait: order is kept.

use crate::access::hex;
use crate::client::{self, Target};
use crate::clock;
use crate::metrics::Metrics;
use crate::outbox::{Letter, Outbox};
use bytes::Bytes;
use events::Key;
use hmac::{Hmac, KeyInit, Mac};
use hyper::HeaderMap;
use hyper::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use sha2::{Digest, Sha256};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

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

/// Asks for the revisions with a number above this one, oldest first, each as JSON.
pub type Ask = Box<dyn Fn(u64) -> Vec<(u64, String)> + Send>;

/// Deliveries of one tenant.
#[derive(Debug)]
pub struct Webhooks {
    poke: SyncSender<()>,
    ending: Arc<AtomicBool>,
    thread: Option<std::thread::JoinHandle<()>>,
    outbox: Arc<Mutex<Outbox>>,
    /// Bytes that wait to be delivered.
    pub waiting: Arc<AtomicU64>,
}

/// What wakes the deliveries of a tenant when there are new revisions; the engine's listener has it before the rest is there.
pub struct Bell {
    poke: SyncSender<()>,
    heard: Receiver<()>,
}

impl Bell {
    /// A bell.
    #[must_use]
    pub fn new() -> Bell {
        let (poke, heard) = sync_channel(1);
        Bell { poke, heard }
    }

    /// What rings it.
    #[must_use]
    pub fn rope(&self) -> SyncSender<()> {
        self.poke.clone()
    }
}

impl Default for Bell {
    fn default() -> Bell {
        Bell::new()
    }
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
        bell: Bell,
        ask: Ask,
    ) -> std::io::Result<Webhooks> {
        let outbox = Outbox::open(folder)?;
        let waiting = Arc::new(AtomicU64::new(outbox.waiting()));
        let outbox = Arc::new(Mutex::new(outbox));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let ending = Arc::new(AtomicBool::new(false));
        let postman = Postman {
            tenant: tenant.to_owned(),
            outbox: outbox.clone(),
            settings,
            metrics,
            waiting: waiting.clone(),
            runtime,
            ask,
            ending: ending.clone(),
        };
        let Bell { poke, heard } = bell;
        let thread = std::thread::Builder::new()
            .name("webhooks".to_owned())
            .spawn(move || postman.run(&heard))?;
        Ok(Webhooks { poke, ending, thread: Some(thread), outbox, waiting })
    }

    /// Removes what waits of accounts that the engine has erased, and what was given up. A delivery under way is not called
    /// back.
    ///
    /// # Errors
    /// The disk: it may be done in part.
    pub fn erase(&self, accounts: &[Key]) -> std::io::Result<()> {
        lock(&self.outbox).erase(accounts)
    }

    /// Ends after the delivery under way; what waits is delivered after the next start.
    pub fn close(&mut self) {
        self.ending.store(true, Relaxed);
        let _ = self.poke.try_send(());
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

/// Held while files are read or written, and not while a delivery is under way.
fn lock(outbox: &Mutex<Outbox>) -> MutexGuard<'_, Outbox> {
    outbox.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Postman {
    tenant: String,
    outbox: Arc<Mutex<Outbox>>,
    settings: Settings,
    metrics: Arc<Metrics>,
    waiting: Arc<AtomicU64>,
    runtime: tokio::runtime::Runtime,
    ask: Ask,
    ending: Arc<AtomicBool>,
}

impl Postman {
    fn run(mut self, heard: &Receiver<()>) {
        let mut tries = 0;
        let mut due = Instant::now();
        self.fill();
        loop {
            let soon = due.saturating_duration_since(Instant::now()).min(IDLE);
            let wait = if self.waiting.load(Relaxed) > 0 { soon } else { IDLE };
            if heard.recv_timeout(wait).is_ok() {
                self.fill();
            }
            if self.ending.load(Relaxed) {
                return;
            }
            if Instant::now() < due {
                continue;
            }
            let next = {
                let mut outbox = lock(&self.outbox);
                let next = outbox.next(self.settings.batch);
                self.waiting.store(outbox.waiting(), Relaxed);
                next
            };
            match next {
                Ok(None) => tries = 0,
                Ok(Some(letter)) => {
                    tries += 1;
                    if self.try_once(&letter, tries) {
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

    /// Puts what is new into the outbox.
    fn fill(&mut self) {
        // Asked for with the outbox in hand: what an erasure is about to remove must not be put in after it.
        let mut outbox = lock(&self.outbox);
        let revisions = (self.ask)(outbox.last());
        match outbox.put(&revisions) {
            Ok(0) => {}
            Ok(lost) => {
                self.metrics.webhooks[2].fetch_add(lost, Relaxed);
                tracing::error!(tenant = self.tenant, lost, "the outbox is full");
            }
            Err(why) => {
                self.metrics.webhooks[1].fetch_add(1, Relaxed);
                tracing::error!(tenant = self.tenant, %why, "the outbox cannot be written");
            }
        }
        self.waiting.store(outbox.waiting(), Relaxed);
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
        let buried = lock(&self.outbox).bury(letter);
        match buried {
            Ok(true) => {
                tracing::error!(tenant = self.tenant, "a delivery went to the dead letters")
            }
            Ok(false) => tracing::error!(tenant = self.tenant, "the dead letters are full"),
            Err(why) => tracing::error!(tenant = self.tenant, %why, "a delivery is lost"),
        }
        true
    }

    fn settle(&mut self, letter: &Letter) {
        let mut outbox = lock(&self.outbox);
        if let Err(why) = outbox.done(letter) {
            // It will be delivered again after a restart, with the same idempotency key.
            tracing::error!(tenant = self.tenant, %why, "the cursor of the outbox cannot be written");
        }
        self.waiting.store(outbox.waiting(), Relaxed);
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
