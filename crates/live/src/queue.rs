//! What waits to be written: bounded, so that who is quicker than the disk hears so at once.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::Refused;
use crate::jobs::Job;

/// Events taken together into one commit, unless one submission has more.
const TOGETHER: usize = 16_384;

#[derive(Default)]
struct Waiting {
    jobs: VecDeque<Job>,
    closed: bool,
    /// Why nothing is taken any more.
    stopped: Option<String>,
}

/// The part of the limit from which who can wait had better: what waits then still keeps everybody busy for tens of
/// milliseconds, and fits into the processor's caches, where a queue filled to its limit does not.
const PRESSED: usize = 8;

/// Jobs for the writer.
pub struct Queue {
    waiting: Mutex<Waiting>,
    ready: Condvar,
    /// Events that were taken and not yet decided; changed by who holds the lock, read by anybody.
    events: AtomicUsize,
    limit: usize,
}

impl Queue {
    /// An empty queue in which at most `limit` events wait.
    pub fn new(limit: usize) -> Queue {
        Queue {
            waiting: Mutex::default(),
            ready: Condvar::new(),
            events: AtomicUsize::new(0),
            limit: limit.max(1),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds events, unless too many wait. A submission larger than the limit is taken when nothing waits.
    pub fn submit(&self, job: Job, events: usize) -> Result<(), Refused> {
        let mut waiting = self.lock();
        if waiting.closed || waiting.stopped.is_some() {
            return Err(Refused::Stopped);
        }
        let before = self.len();
        if before > 0 && before + events > self.limit {
            return Err(Refused::Busy);
        }
        self.events.store(before + events, Ordering::Release);
        waiting.jobs.push_back(job);
        drop(waiting);
        self.ready.notify_one();
        Ok(())
    }

    /// Adds a job that is not events, before those that wait.
    pub fn push(&self, job: Job) -> Result<(), Refused> {
        let mut waiting = self.lock();
        if waiting.stopped.is_some() {
            return Err(Refused::Stopped);
        }
        waiting.jobs.push_front(job);
        drop(waiting);
        self.ready.notify_one();
        Ok(())
    }

    /// Moves out what waits, about as much as one commit should hold. Empty when nothing came for a while; none when
    /// the queue was closed and all was taken.
    pub fn take(&self, patience: Duration, out: &mut Vec<Job>) -> Option<()> {
        let mut waiting = self.lock();
        if waiting.jobs.is_empty() && !waiting.closed {
            let waited = self.ready.wait_timeout(waiting, patience);
            waiting = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        let mut events = 0;
        while events < TOGETHER
            && let Some(job) = waiting.jobs.pop_front()
        {
            events += job.events();
            out.push(job);
        }
        (!out.is_empty() || !waiting.closed).then_some(())
    }

    /// Says that events were decided, or given up.
    pub fn done(&self, events: usize) {
        let _waiting = self.lock();
        self.events.store(self.len().saturating_sub(events), Ordering::Release);
    }

    /// Whether so many wait that no more are taken.
    pub fn is_full(&self) -> bool {
        self.len() >= self.limit
    }

    /// Whether so many wait that who can had better wait before handing over more.
    pub fn is_pressed(&self) -> bool {
        self.len() >= self.limit.div_ceil(PRESSED)
    }

    /// Events that wait.
    pub fn len(&self) -> usize {
        self.events.load(Ordering::Acquire)
    }

    /// Takes nothing more; what waits is still worked on.
    pub fn close(&self) {
        self.lock().closed = true;
        self.ready.notify_all();
    }

    /// Takes nothing more, and gives up what waits.
    pub fn stop(&self, why: &str) {
        let mut waiting = self.lock();
        waiting.closed = true;
        waiting.stopped.get_or_insert_with(|| why.to_owned());
        let jobs = std::mem::take(&mut waiting.jobs);
        self.events.store(0, Ordering::Release);
        drop(waiting);
        self.ready.notify_all();
        jobs.into_iter().for_each(|job| job.refuse(&Refused::Stopped));
    }

    /// Why nothing is taken any more.
    pub fn stopped(&self) -> Option<String> {
        self.lock().stopped.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jobs::Wait;
    use events::Batch;

    fn events() -> Job {
        Job::Events(Batch::default(), Wait::Durable, Box::new(|_| ()))
    }

    #[test]
    fn who_can_waits_long_before_anybody_is_refused() {
        let queue = Queue::new(80);
        queue.submit(events(), 9).unwrap();
        assert!(!queue.is_pressed());
        queue.submit(events(), 1).unwrap();
        assert!(queue.is_pressed() && !queue.is_full());
        queue.submit(events(), 70).unwrap();
        assert!(queue.is_full());
        assert_eq!(queue.submit(events(), 1), Err(Refused::Busy));
        queue.done(75);
        assert!(!queue.is_pressed() && !queue.is_full());
        // Nobody waits for what has stopped.
        queue.submit(events(), 40).unwrap();
        queue.stop("it was asked to");
        assert!(!queue.is_pressed());
    }
}
