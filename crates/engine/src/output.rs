//! The output pass: every event that counts gets its score and verdict, and the counts are taken.
//!
//! Workers take slices in order and may be done out of order; the receiver gets them in order. A worker that is too far
//! ahead of the receiver waits, so that a slow receiver costs time and not memory.

use std::collections::BTreeMap;
use std::error::Error;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Condvar, Mutex, PoisonError};

use events::EventTime;

use crate::EngineError;
use crate::arrivals::AllArrivals;
use crate::codec::Texts;
use crate::counts::Counts;
use crate::error::panic_text;
use crate::judge::Verdicts;
use crate::results::EventResult;
use crate::slices::{Ordered, Slice};

/// Receives rows of `events.parquet` in (time, id) order, with the arena that their ids are in.
pub type Sink<'a> =
    dyn FnMut(&[EventResult], &str) -> Result<(), Box<dyn Error + Send + Sync>> + 'a;

/// Slices that each worker may be ahead of the receiver.
const AHEAD: usize = 3;

struct Rows {
    slice: usize,
    rows: Vec<EventResult>,
    arena: String,
}

/// How far the receiver has come.
struct Delivered {
    slices: Mutex<usize>,
    moved: Condvar,
}

impl Delivered {
    /// Waits until the slice is near enough; `usize::MAX` delivered means that the receiver has stopped.
    fn wait_for(&self, slice: usize, ahead: usize) -> bool {
        let mut done = self.slices.lock().unwrap_or_else(PoisonError::into_inner);
        while *done != usize::MAX && slice > *done + ahead {
            done = self.moved.wait(done).unwrap_or_else(PoisonError::into_inner);
        }
        *done != usize::MAX
    }

    /// Once stopped it stays stopped.
    fn set(&self, slices: usize) {
        let mut done = self.slices.lock().unwrap_or_else(PoisonError::into_inner);
        *done = slices.max(*done);
        self.moved.notify_all();
    }
}

/// Lets the workers go however the receiver ends.
struct LetGo<'a>(&'a Delivered);

impl Drop for LetGo<'_> {
    fn drop(&mut self) {
        self.0.set(usize::MAX);
    }
}

/// Runs the pass.
pub fn deliver(
    ordered: &Ordered,
    arrivals: &AllArrivals,
    verdicts: &Verdicts,
    split: EventTime,
    workers: usize,
    sink: &mut Sink<'_>,
) -> Result<Counts, EngineError> {
    let next = AtomicUsize::new(0);
    let delivered = Delivered { slices: Mutex::new(0), moved: Condvar::new() };
    let (send, receive) = sync_channel(workers * AHEAD);
    let pass = Pass {
        ordered,
        arrivals,
        verdicts,
        split,
        ahead: workers * AHEAD,
        next: &next,
        delivered: &delivered,
    };
    std::thread::scope(|scope| {
        let work = |send: SyncSender<Rows>| {
            let pass = &pass;
            scope.spawn(move || {
                let outcome = catch_unwind(AssertUnwindSafe(|| pass.work(&send)))
                    .unwrap_or_else(|panic| Err(EngineError::Worker(panic_text(&*panic))));
                if outcome.is_err() {
                    pass.delivered.set(usize::MAX);
                }
                outcome
            })
        };
        let threads: Vec<_> = (0..workers).map(|_| work(send.clone())).collect();
        drop(send);
        let received = receive_in_order(&receive, &delivered, sink);
        // Whoever waits to send finds nobody there, and ends.
        drop(receive);
        let mut counts = Counts::default();
        for thread in threads {
            let outcome =
                thread.join().unwrap_or_else(|panic| Err(EngineError::Worker(panic_text(&*panic))));
            counts.merge(outcome?);
        }
        received.map(|()| counts)
    })
}

fn receive_in_order(
    receive: &Receiver<Rows>,
    delivered: &Delivered,
    sink: &mut Sink<'_>,
) -> Result<(), EngineError> {
    let _let_go = LetGo(delivered);
    let mut waiting = BTreeMap::new();
    let mut next = 0;
    for rows in receive {
        waiting.insert(rows.slice, rows);
        while let Some(rows) = waiting.remove(&next) {
            if !rows.rows.is_empty()
                && let Err(error) = sink(&rows.rows, &rows.arena)
            {
                return Err(EngineError::Sink(error));
            }
            next += 1;
            delivered.set(next);
        }
    }
    Ok(())
}

struct Pass<'a> {
    ordered: &'a Ordered,
    arrivals: &'a AllArrivals,
    verdicts: &'a Verdicts,
    split: EventTime,
    ahead: usize,
    next: &'a AtomicUsize,
    delivered: &'a Delivered,
}

impl Pass<'_> {
    fn work(&self, send: &SyncSender<Rows>) -> Result<Counts, EngineError> {
        let mut counts = Counts::new(self.split);
        let mut slice = Slice::default();
        let mut arrivals = Vec::new();
        loop {
            let number = self.next.fetch_add(1, Ordering::Relaxed);
            if number >= self.ordered.slices() || !self.delivered.wait_for(number, self.ahead) {
                return Ok(counts);
            }
            self.ordered.load(number, Texts::Ids, &mut slice)?;
            self.arrivals.load(number, &mut arrivals)?;
            let mut rows = Vec::with_capacity(slice.events.len());
            for (place, event) in slice.events.iter().enumerate() {
                counts.scan(event);
                if !event.kind.counts() {
                    continue;
                }
                let (score, verdict, group) = self.verdicts.event(event);
                let called = self.verdicts.is_called(event.actor);
                let beside = if called { self.verdicts.beside(event) } else { None };
                counts.add(event, (score, verdict, group), beside, called);
                let arrival = arrivals.get(place).copied().unwrap_or_default();
                let score = score.max(arrival);
                rows.push(EventResult { id: event.id_text, score, arrival, verdict, group });
            }
            let arena = std::mem::take(&mut slice.arena);
            if send.send(Rows { slice: number, rows, arena }).is_err() {
                return Ok(counts);
            }
        }
    }
}
