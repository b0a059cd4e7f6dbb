//! Reading: parts of the input become sorted runs, the sightings of ids, and a log of names.
//!
//! Threads pull parts from one queue. A thread without a part takes batches off the hands of those that still read, so
//! one great file keeps all of them busy; the hand-over is bounded, a reader that finds it full does the work itself.
//! With a lateness the order of reading decides what is late, so parts are then read one after the other.

use std::collections::{BTreeSet, VecDeque};
use std::error::Error;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use events::{Batch, Kind};

use crate::EngineError;
use crate::duplicates::{Sightings, later_places};
use crate::error::panic_text;
use crate::names::{Lately, NameLog};
use crate::runs::RunWriter;
use crate::slices::{Bounds, Ordered};
use crate::spill::Spill;

/// Hands over a batch; `false` asks the part to stop.
pub type Deliver<'a> = dyn FnMut(Batch) -> bool + 'a;

/// One part of the input: reads itself from its start to its end.
pub type Part =
    Box<dyn FnOnce(&mut Deliver<'_>) -> Result<(), Box<dyn Error + Send + Sync>> + Send>;

/// Batches that wait for each thread without a part.
const WAITING: usize = 2;

/// How reading is done.
#[derive(Clone, Debug)]
pub struct Reading {
    /// Threads.
    pub workers: usize,
    /// Microseconds by which an event may come after a later one; none if any may.
    pub lateness: Option<i64>,
    /// Where spills go.
    pub dir: PathBuf,
    /// What bounds memory.
    pub bounds: Bounds,
}

/// What was read.
#[derive(Debug)]
pub struct Read {
    /// The events, in order.
    pub ordered: Ordered,
    /// The names.
    pub names: Vec<NameLog>,
    /// Events read, duplicates among them, late ones not.
    pub events: u64,
    /// Events left out because they came later than allowed.
    pub late: u64,
    /// Kinds that came at all.
    pub kinds: BTreeSet<Kind>,
}

/// Reads all parts. `progress` hears how many events have been read.
pub fn read(
    parts: Vec<Part>,
    reading: &Reading,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<Read, EngineError> {
    let floor = Floor::new(reading.lateness);
    let office = Office {
        parts: Mutex::new(parts.into_iter().enumerate().collect()),
        hands: Mutex::new(Hands::new(reading)),
        ready: Condvar::new(),
        lately: Lately::new(),
        events: AtomicU64::new(0),
        floor: Mutex::new(floor),
        progress,
    };
    let desks: Vec<_> = std::thread::scope(|scope| {
        let work = |number| {
            let office = &office;
            scope.spawn(move || office.work(number, reading))
        };
        let threads: Vec<_> = (0..reading.workers).map(work).collect();
        let ended = |thread: std::thread::ScopedJoinHandle<'_, _>| {
            thread.join().unwrap_or_else(|panic| Err(EngineError::Worker(panic_text(&*panic))))
        };
        threads.into_iter().map(ended).collect()
    });
    let (mut runs, mut seen, mut names) = (Vec::new(), Vec::new(), Vec::new());
    let mut kinds = BTreeSet::new();
    for desk in desks {
        let desk = desk?;
        kinds.extend(desk.kinds.iter().copied());
        runs.push(desk.runs.finish()?);
        seen.push(desk.sightings);
        names.push(desk.names.finish()?);
    }
    let later = later_places(&seen, reading.workers)?;
    let late = lock(&office.floor).late;
    let events = office.events.into_inner();
    Ok(Read { ordered: Ordered::new(runs, later, reading.bounds), names, events, late, kinds })
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What one thread makes of the batches that it takes.
struct Desk {
    runs: RunWriter,
    sightings: Sightings,
    names: NameLog,
    kinds: BTreeSet<Kind>,
}

impl Desk {
    fn new(reading: &Reading) -> Desk {
        let spill = || Spill::new(&reading.dir, reading.bounds.spill_bytes);
        Desk {
            runs: RunWriter::new(spill(), reading.bounds.run_bytes),
            sightings: Sightings::new(spill()),
            names: NameLog::new(spill()),
            kinds: BTreeSet::new(),
        }
    }

    fn take(&mut self, batch: &Batch, lately: &Lately) -> Result<(), EngineError> {
        let mut last = None;
        for event in &batch.events {
            if last.replace(event.kind) != Some(event.kind) {
                self.kinds.insert(event.kind);
            }
            self.runs.push(event, batch)?;
            self.sightings.note(event.id.0, event.time.0)?;
        }
        self.names.note(batch, lately)
    }
}

/// The time before which an event is late, in the order of reading.
struct Floor {
    lateness: Option<i64>,
    highest: i64,
    late: u64,
}

impl Floor {
    fn new(lateness: Option<i64>) -> Floor {
        Floor { lateness, highest: i64::MIN, late: 0 }
    }

    fn drop_late(&mut self, batch: &mut Batch) {
        let Some(lateness) = self.lateness else { return };
        let before = batch.events.len();
        batch.events.retain(|event| {
            self.highest = self.highest.max(event.time.0);
            event.time.0 >= self.highest.saturating_sub(lateness)
        });
        self.late += (before - batch.events.len()) as u64;
    }
}

/// The hand-over of batches from threads that read to threads that have nothing to read.
struct Hands {
    batches: VecDeque<Batch>,
    readers: usize,
    idle: usize,
    stopped: bool,
}

impl Hands {
    fn new(reading: &Reading) -> Hands {
        let readers = if reading.lateness.is_some() { 1 } else { reading.workers };
        Hands { batches: VecDeque::new(), readers, idle: reading.workers - readers, stopped: false }
    }
}

/// What the threads share.
struct Office<'a> {
    parts: Mutex<VecDeque<(usize, Part)>>,
    hands: Mutex<Hands>,
    ready: Condvar,
    lately: Lately,
    events: AtomicU64,
    floor: Mutex<Floor>,
    progress: &'a (dyn Fn(u64) + Sync),
}

impl Office<'_> {
    fn work(&self, number: usize, reading: &Reading) -> Result<Desk, EngineError> {
        let mut desk = Desk::new(reading);
        let reads = number == 0 || reading.lateness.is_none();
        let done = if reads { self.read_parts(&mut desk) } else { Ok(()) };
        let done = done.and_then(|()| self.help(&mut desk));
        if let Err(error) = done {
            let mut hands = lock(&self.hands);
            hands.stopped = true;
            hands.batches.clear();
            self.ready.notify_all();
            return Err(error);
        }
        Ok(desk)
    }

    fn read_parts(&self, desk: &mut Desk) -> Result<(), EngineError> {
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            loop {
                let next = lock(&self.parts).pop_front();
                let Some((number, part)) = next else { return Ok(()) };
                if lock(&self.hands).stopped {
                    return Ok(());
                }
                let mut failed = None;
                let read = part(&mut |batch| match self.deliver(batch, desk) {
                    Ok(go_on) => go_on,
                    Err(error) => {
                        failed = Some(error);
                        false
                    }
                });
                if let Some(error) = failed {
                    return Err(error);
                }
                read.map_err(|source| EngineError::Source { part: number, source })?;
            }
        }));
        let mut hands = lock(&self.hands);
        hands.readers -= 1;
        hands.idle += 1;
        self.ready.notify_all();
        outcome.unwrap_or_else(|panic| Err(EngineError::Worker(panic_text(&*panic))))
    }

    fn deliver(&self, mut batch: Batch, desk: &mut Desk) -> Result<bool, EngineError> {
        lock(&self.floor).drop_late(&mut batch);
        let more = batch.events.len() as u64;
        (self.progress)(self.events.fetch_add(more, Ordering::Relaxed) + more);
        {
            let mut hands = lock(&self.hands);
            if hands.stopped {
                return Ok(false);
            }
            if hands.batches.len() < WAITING * hands.idle {
                hands.batches.push_back(batch);
                self.ready.notify_one();
                return Ok(true);
            }
        }
        desk.take(&batch, &self.lately)?;
        Ok(true)
    }

    fn help(&self, desk: &mut Desk) -> Result<(), EngineError> {
        loop {
            let mut hands = lock(&self.hands);
            while hands.batches.is_empty() && hands.readers > 0 && !hands.stopped {
                hands = self.ready.wait(hands).unwrap_or_else(PoisonError::into_inner);
            }
            let next = hands.batches.pop_front();
            drop(hands);
            match next {
                Some(batch) => desk.take(&batch, &self.lately)?,
                None => return Ok(()),
            }
        }
    }
}
