//! Notices to whoever listens: server-sent events out of a bounded ring.
//!
//! The engine puts notices into the ring and never waits for a reader; a reader has a place in it and is told how much it
//! missed when the ring went past it. Decisions are kept only while somebody listens, or did within the last minute, since
//! there may be hundreds of thousands a second.

mod told;

pub use told::Told;
pub(crate) use told::{decided, revision, text};

use bytes::Bytes;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicI64, AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{mpsc, watch};

/// Notices that a reader takes at a time.
const TAKEN: usize = 256;
/// Time between signs of life on a silent stream.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// Time that a reader's connection may be stuck.
const STUCK: Duration = Duration::from_secs(60);
/// Seconds for which decisions are kept after the last reader left.
const GRACE: i64 = 60;

/// The notices of one tenant.
#[derive(Debug)]
pub struct Ring {
    /// Drawn at each start: places of an earlier ring mean nothing in this one.
    boot: String,
    limit: usize,
    frames: Mutex<Frames>,
    readers: AtomicUsize,
    /// Until when decisions are kept without a reader.
    until: AtomicI64,
    wake: watch::Sender<u64>,
    missed: AtomicU64,
}

#[derive(Debug, Default)]
struct Frames {
    first: u64,
    told: VecDeque<Arc<Told>>,
}

/// Which notices a reader wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Decisions.
    pub decisions: bool,
    /// Revisions.
    pub revisions: bool,
    /// Judgements.
    pub judgements: bool,
}

impl Ring {
    /// An empty ring that keeps at most `limit` notices.
    #[must_use]
    pub fn new(limit: usize) -> Ring {
        let mut drawn = [0; 4];
        if getrandom::fill(&mut drawn).is_err() {
            drawn = (crate::clock::now() as u32).to_le_bytes();
        }
        Ring {
            boot: crate::access::hex(&drawn),
            limit: limit.max(1),
            frames: Mutex::default(),
            readers: AtomicUsize::new(0),
            until: AtomicI64::new(0),
            wake: watch::Sender::new(0),
            missed: AtomicU64::new(0),
        }
    }

    /// Whether decisions are worth telling.
    #[must_use]
    pub fn is_heard(&self) -> bool {
        self.readers.load(Relaxed) > 0
            || (self.until.load(Relaxed) > 0 && crate::clock::now() < self.until.load(Relaxed))
    }

    /// Adds a notice.
    pub fn tell(&self, told: Told) {
        let told = Arc::new(told);
        let mut frames = self.frames.lock().unwrap_or_else(PoisonError::into_inner);
        frames.told.push_back(told);
        if frames.told.len() > self.limit {
            frames.told.pop_front();
            frames.first += 1;
        }
        let next = frames.first + frames.told.len() as u64;
        drop(frames);
        if self.readers.load(Relaxed) > 0 {
            self.wake.send_replace(next);
        }
    }

    /// Forgets what it keeps: whoever has not read it yet is told how much that was.
    pub fn clear(&self) {
        let mut frames = self.frames.lock().unwrap_or_else(PoisonError::into_inner);
        frames.first += frames.told.len() as u64;
        frames.told.clear();
    }

    /// Readers now, and notices that were missed by those who were too slow.
    #[must_use]
    pub fn counts(&self) -> (usize, u64) {
        (self.readers.load(Relaxed), self.missed.load(Relaxed))
    }

    /// The place after the last notice.
    fn next(&self) -> u64 {
        let frames = self.frames.lock().unwrap_or_else(PoisonError::into_inner);
        frames.first + frames.told.len() as u64
    }

    /// Some notices from a place on, the place of the first of them, and how many were gone already.
    fn take(&self, from: u64, out: &mut Vec<Arc<Told>>) -> (u64, u64) {
        out.clear();
        let frames = self.frames.lock().unwrap_or_else(PoisonError::into_inner);
        let start = from.max(frames.first);
        let skip = usize::try_from(start - frames.first).unwrap_or(usize::MAX);
        out.extend(frames.told.iter().skip(skip).take(TAKEN).cloned());
        (start, start - from)
    }

    /// The place after the notice that a `Last-Event-ID` names; `None` if it is another ring's.
    fn after(&self, id: &str) -> Option<u64> {
        let (boot, number) = id.split_once('-')?;
        let after = number.parse::<u64>().ok()?.checked_add(1)?;
        (boot == self.boot && after <= self.next()).then_some(after)
    }

    /// Begins to read: after the notice named, or with what comes from now on. `None` if there are `most` readers.
    #[must_use]
    pub fn read(
        self: &Arc<Ring>,
        last: Option<&str>,
        wanted: Wanted,
        most: usize,
        ending: watch::Receiver<bool>,
    ) -> Option<mpsc::Receiver<Bytes>> {
        let before = self.readers.fetch_add(1, Relaxed);
        let reading = Reading(self.clone());
        if before >= most {
            return None;
        }
        let found = last.map(|id| self.after(id));
        let from = found.flatten().unwrap_or_else(|| self.next());
        let (send, receive) = mpsc::channel(2);
        let reader = Reader { reading, from, wanted, send, text: String::new() };
        // A place that is not known any more: what was missed cannot be counted.
        let lost = found == Some(None);
        tokio::spawn(reader.run(lost, ending));
        Some(receive)
    }
}

/// Counts as a reader while it is there.
struct Reading(Arc<Ring>);

impl Drop for Reading {
    fn drop(&mut self) {
        self.0.readers.fetch_sub(1, Relaxed);
        self.0.until.store(crate::clock::now() + GRACE, Relaxed);
    }
}

struct Reader {
    reading: Reading,
    from: u64,
    wanted: Wanted,
    send: mpsc::Sender<Bytes>,
    text: String,
}

impl Reader {
    async fn run(mut self, lost: bool, mut ending: watch::Receiver<bool>) {
        let mut wake = self.reading.0.wake.subscribe();
        // Opens the stream, and tells the client's library how soon to come back.
        self.text.push_str("retry: 2000\n\n");
        if lost {
            self.lagged(None);
        }
        if !self.hand_over().await {
            return;
        }
        let mut batch = Vec::new();
        loop {
            wake.borrow_and_update();
            let (start, missed) = self.reading.0.take(self.from, &mut batch);
            if missed > 0 {
                self.reading.0.missed.fetch_add(missed, Relaxed);
                self.lagged(Some(missed));
            }
            for (place, told) in (start..).zip(&batch) {
                if told.is(self.wanted) {
                    told.write(&self.reading.0.boot, place, &mut self.text);
                }
            }
            self.from = start + batch.len() as u64;
            if !self.text.is_empty() && !self.hand_over().await {
                return;
            }
            if !batch.is_empty() {
                continue;
            }
            tokio::select! {
                changed = wake.changed() => if changed.is_err() { return },
                _ = ending.wait_for(|ending| *ending) => return,
                () = self.send.closed() => return,
                () = tokio::time::sleep(HEARTBEAT) => self.text.push_str(":\n\n"),
            }
        }
    }

    fn lagged(&mut self, missed: Option<u64>) {
        let missed = missed.map_or("null".to_owned(), |missed| missed.to_string());
        self.text.push_str(&format!("event: lagged\ndata: {{\"missed\":{missed}}}\n\n"));
    }

    async fn hand_over(&mut self) -> bool {
        let piece = Bytes::from(std::mem::take(&mut self.text));
        matches!(tokio::time::timeout(STUCK, self.send.send(piece)).await, Ok(Ok(())))
    }
}
