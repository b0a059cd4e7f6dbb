//! What a live engine says of itself: numbers that only grow, and how long things took.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::judged::Judged;

/// Times in steps of an eighth of an octave, from a microsecond up.
const STEPS: usize = 8 * 32;

/// How often something took how long.
#[derive(Debug)]
pub struct Histogram {
    counts: Vec<AtomicU64>,
    nanoseconds: AtomicU64,
}

impl Default for Histogram {
    fn default() -> Histogram {
        let counts = (0..STEPS).map(|_| AtomicU64::new(0)).collect();
        Histogram { counts, nanoseconds: AtomicU64::new(0) }
    }
}

impl Histogram {
    /// Notes that something took so long, some times.
    pub fn note(&self, took: Duration, times: u64) {
        let nanoseconds = u64::try_from(took.as_nanos()).unwrap_or(u64::MAX).max(1);
        // The octave, and the three bits below its leading one.
        let octave = 63 - nanoseconds.leading_zeros() as usize;
        let eighth = match octave {
            0..3 => 0,
            _ => (nanoseconds >> (octave - 3)) as usize & 7,
        };
        let at = (octave * 8 + eighth).min(STEPS - 1);
        self.counts[at].fetch_add(times, Relaxed);
        self.nanoseconds.fetch_add(nanoseconds.saturating_mul(times), Relaxed);
    }

    /// The upper ends of steps in seconds, with how many took at most so long; and all their seconds.
    #[must_use]
    pub fn read(&self) -> (Vec<(f64, u64)>, f64) {
        let mut sum = 0;
        let steps = self.counts.iter().enumerate().map(|(at, count)| {
            sum += count.load(Relaxed);
            let (octave, eighth) = (at / 8, at % 8);
            let upper = (octave as f64).exp2() * (1.0 + (eighth + 1) as f64 / 8.0);
            (upper / 1e9, sum)
        });
        (steps.collect(), self.seconds())
    }

    /// How long all took together, in seconds.
    #[must_use]
    pub fn seconds(&self) -> f64 {
        self.nanoseconds.load(Relaxed) as f64 / 1e9
    }

    /// The time within which a share of all was done, in seconds; zero if there were none.
    #[must_use]
    pub fn quantile(&self, share: f64) -> f64 {
        let (steps, _) = self.read();
        let all = steps.last().map_or(0, |step| step.1);
        let wanted = (all as f64 * share).ceil() as u64;
        steps.iter().find(|step| step.1 >= wanted.max(1)).map_or(0.0, |step| step.0)
    }
}

/// What is counted while it runs.
#[derive(Debug, Default)]
pub struct Meters {
    accepted: AtomicU64,
    duplicates: AtomicU64,
    refused: AtomicU64,
    decided: AtomicU64,
    suspect: AtomicU64,
    fake: AtomicU64,
    commits: AtomicU64,
    committed: AtomicU64,
    failures: AtomicU64,
    judgements: AtomicU64,
    judged_events: AtomicU64,
    revisions: AtomicU64,
    snapshots: AtomicU64,
    snapshot_bytes: AtomicU64,
    snapshot_event: AtomicU64,
    newest: AtomicU64,
    /// How long commits took.
    pub commit: Histogram,
    /// How long an event took to decide.
    pub decide: Histogram,
    /// How long judgements took.
    pub judge: Histogram,
    failure: Mutex<Option<String>>,
}

/// How a live engine stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Status {
    /// Events accepted, repeated, and refused since it was opened.
    pub accepted: u64,
    /// See there.
    pub duplicates: u64,
    /// See there.
    pub refused: u64,
    /// Events decided since it was opened.
    pub decided: u64,
    /// Those of them decided to be held.
    pub suspect: u64,
    /// Those decided not to count.
    pub fake: u64,
    /// Commits since it was opened.
    pub commits: u64,
    /// Bytes of the log since it began.
    pub committed: u64,
    /// Writes, judgements and snapshots that failed.
    pub failures: u64,
    /// What the last failure said.
    pub failure: Option<String>,
    /// Judgements since it was opened.
    pub judgements: u64,
    /// Events that the last one looked at.
    pub judged_events: u64,
    /// Verdicts on accounts that changed.
    pub revisions: u64,
    /// Snapshots written since it was opened.
    pub snapshots: u64,
    /// Bytes of the last.
    pub snapshot_bytes: u64,
    /// Events that it holds.
    pub snapshot_event: u64,
    /// Events in all, since the log began.
    pub events: u64,
    /// The newest event time, in microseconds since 1970.
    pub newest: i64,
    /// Events that wait.
    pub waiting: usize,
    /// Keys that windows are kept for, and identifiers that are remembered.
    pub keys: usize,
    /// See there.
    pub remembered: usize,
    /// The judgement in effect.
    pub judgement: u32,
    /// Why nothing is taken any more.
    pub stopped: Option<String>,
}

impl Meters {
    pub(crate) fn accepted(&self, new: u64, again: u64) {
        self.accepted.fetch_add(new, Relaxed);
        self.duplicates.fetch_add(again, Relaxed);
    }

    pub(crate) fn refused(&self, events: u64) {
        self.refused.fetch_add(events, Relaxed);
    }

    pub(crate) fn committed(&self, took: Duration, bytes: u64) {
        self.commits.fetch_add(1, Relaxed);
        self.committed.store(bytes, Relaxed);
        self.commit.note(took, 1);
    }

    /// The log is on disk up to here.
    pub(crate) fn reached(&self, place: u64) {
        self.committed.store(place, Relaxed);
    }

    pub(crate) fn decided(
        &self,
        took: Duration,
        events: u64,
        (suspect, fake): (u64, u64),
        newest: i64,
    ) {
        self.decided.fetch_add(events, Relaxed);
        self.suspect.fetch_add(suspect, Relaxed);
        self.fake.fetch_add(fake, Relaxed);
        self.newest.store(newest as u64, Relaxed);
        if events > 0 {
            self.decide.note(took / u32::try_from(events).unwrap_or(u32::MAX), events);
        }
    }

    pub(crate) fn judged(&self, took: Duration, judged: &Judged) {
        self.judgements.fetch_add(1, Relaxed);
        self.judged_events.store(judged.events, Relaxed);
        self.revisions.fetch_add(judged.changes.len() as u64, Relaxed);
        self.judge.note(took, 1);
    }

    pub(crate) fn snapshot(&self, bytes: u64, event: u64) {
        self.snapshots.fetch_add(1, Relaxed);
        self.snapshot_bytes.store(bytes, Relaxed);
        self.snapshot_event.store(event, Relaxed);
    }

    pub(crate) fn failed(&self, why: &str) {
        self.failures.fetch_add(1, Relaxed);
        *self.failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(why.to_owned());
    }

    /// What is counted; the rest is as in the default.
    pub(crate) fn status(&self) -> Status {
        let of = |number: &AtomicU64| number.load(Relaxed);
        Status {
            accepted: of(&self.accepted),
            duplicates: of(&self.duplicates),
            refused: of(&self.refused),
            decided: of(&self.decided),
            suspect: of(&self.suspect),
            fake: of(&self.fake),
            commits: of(&self.commits),
            committed: of(&self.committed),
            failures: of(&self.failures),
            failure: self.failure.lock().unwrap_or_else(PoisonError::into_inner).clone(),
            judgements: of(&self.judgements),
            judged_events: of(&self.judged_events),
            revisions: of(&self.revisions),
            snapshots: of(&self.snapshots),
            snapshot_bytes: of(&self.snapshot_bytes),
            snapshot_event: of(&self.snapshot_event),
            newest: of(&self.newest) as i64,
            ..Status::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_within_an_eighth() {
        let histogram = Histogram::default();
        (1..=1_000).for_each(|n| histogram.note(Duration::from_micros(n), 1));
        let (median, tail) = (histogram.quantile(0.5), histogram.quantile(0.99));
        assert!((500e-6..565e-6).contains(&median), "{median}");
        assert!((990e-6..1_120e-6).contains(&tail), "{tail}");
    }
}
