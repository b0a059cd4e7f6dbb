//! The keeper: writes snapshots beside the running engine, from the log.
//!
//! The running state is never stopped nor copied: the newest snapshot is read, the log since then is played into it, and
//! what comes out is written. It must decide as the running engine did, or nothing is written. While snapshots follow one
//! another it is kept, as a shadow behind the running engine, and need not be read again. The price is that each event is
//! worked on twice, the second time at a low priority.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use eventlog::Log;
use events::EventTime;

use crate::desk::Mark;
use crate::erasure::Errand;
use crate::home::Home;
use crate::jobs::Job;
use crate::queue::Queue;
use crate::state::State;
use crate::status::Meters;
use crate::writer::text;
use crate::{LiveError, Refused};

/// How often the keeper looks whether there is something to do.
const NAP: Duration = Duration::from_millis(200);
/// Time without events after which a snapshot is written that would otherwise wait: there is nothing better to do.
const QUIET: Duration = Duration::from_secs(5);
/// One part in so many of the events in a snapshot must have come since for another: a restart works on them again.
const SHARE: u64 = 20;
/// One part in so many of what is due is little, and not written because nothing comes.
const LITTLE: u64 = 10;
/// The share of a core that deciding takes when a snapshot waits for better times, and how many times as much as is due may
/// come meanwhile.
const BUSY: f64 = 0.5;
const WAITS: u64 = 4;
/// How long a shadow is kept for the next snapshot: it takes as much memory as the running state.
const KEPT: Duration = Duration::from_secs(30);
/// How far such threads step back behind those who decide, and judgements behind snapshots: a restart reads again what is in
/// no snapshot. On a core that deciding needs as well they are left a ninth and a thirtieth, so that what they do comes to an end
/// under full load too.
const KEEPING: i32 = 10;
pub const JUDGING: i32 = 15;
/// Events in no snapshot from which on the next is as urgent as deciding is: a restart plays some hundred thousand of them in a
/// second.
const URGENT: u64 = 3_000_000;

/// A state that follows the running one.
pub struct Shadow {
    state: State,
    /// The oldest place in the log that the newest snapshot may need.
    needed: u64,
    /// When that was written.
    written: Instant,
}

/// The thread that writes snapshots.
pub struct Keeper {
    pub home: Arc<Home>,
    pub marks: Arc<Mutex<VecDeque<Mark>>>,
    pub meters: Arc<Meters>,
    pub stop: Arc<AtomicBool>,
    pub queue: Arc<Queue>,
    /// What it is asked to do.
    pub errands: Receiver<Errand>,
    /// Events in the newest snapshot, and the newest event time in it.
    pub saved: (u64, EventTime),
    /// Events when it last looked, and since when there are as many.
    pub still: (u64, Instant),
    /// Seconds that deciding had taken when it last looked, and when that was.
    pub looked: (f64, Instant),
    /// What became of the newest snapshot and the log since then, while more are to come.
    pub shadow: Option<Shadow>,
    /// Where the log's oldest file begins, and the newest event time in it, once that is known.
    pub oldest: Option<(u64, i64)>,
}

impl Keeper {
    /// Works until it is told to stop.
    pub fn work(mut self) {
        while !self.stop.load(Ordering::Acquire) {
            let newest = self.marks.lock().unwrap_or_else(PoisonError::into_inner).back().copied();
            let busy = self.is_busy();
            if let Some(mark) = newest.filter(|mark| self.is_due(mark, busy) || self.is_quiet(mark))
            {
                let retained = self.save(mark).and_then(|needed| self.retain(needed, mark));
                if let Err(error) = retained {
                    self.meters.failed(&text(&error));
                }
                // Where it failed: not again before as much has come once more.
                self.saved = (mark.events, mark.newest);
                continue;
            }
            if let (Some(shadow), Some(mark)) = (self.shadow.take(), newest) {
                let (home, stop) = (&self.home, &self.stop);
                // Where it fails, so will the next snapshot, and say why.
                let followed = self.beside(mark, || shadow.followed(home, stop, mark));
                self.shadow = followed.ok().flatten();
            }
            match self.errands.recv_timeout(NAP) {
                Ok(errand) => self.erase(errand),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => std::thread::sleep(NAP),
            }
        }
        self.errands.try_iter().for_each(|errand| (errand.done)(Err(Refused::Stopped)));
    }

    /// Whether there are so many events more than in the newest snapshot, or so much later ones that others may have
    /// to go. The more there is to write, the rarer: each costs reading and writing everything.
    fn is_due(&self, mark: &Mark, busy: bool) -> bool {
        let (events, newest) = self.saved;
        let later = mark.newest.0.saturating_sub(newest.0);
        let enough = self.home.options.snapshot_every.max(events / SHARE);
        let enough = if busy { enough.saturating_mul(WAITS) } else { enough };
        mark.events >= events.saturating_add(enough)
            || mark.events > events && later >= self.home.options.retention.step()
    }

    /// Whether deciding has taken much of a core since it last looked.
    fn is_busy(&mut self) -> bool {
        let now = (self.meters.decide.seconds(), Instant::now());
        let (before, since) = std::mem::replace(&mut self.looked, now);
        now.0 - before > BUSY * (now.1 - since).as_secs_f64()
    }

    /// Whether nothing has come for a while of which the newest snapshot lacks much.
    fn is_quiet(&mut self, mark: &Mark) -> bool {
        let now = Instant::now();
        if mark.events != self.still.0 {
            self.still = (mark.events, now);
        }
        let lacks = mark.events - self.saved.0.min(mark.events);
        now - self.still.1 >= QUIET && lacks > self.home.options.snapshot_every / LITTLE
    }

    /// Writes a snapshot. Gives the oldest place in the log that the one before may still need.
    fn save(&mut self, mark: Mark) -> Result<u64, LiveError> {
        let shadow = match self.shadow.take() {
            Some(shadow) => shadow,
            None => {
                let state = rebuild(&self.home)?;
                Shadow { needed: state.needs(), state, written: Instant::now() }
            }
        };
        let (home, stop) = (&self.home, &self.stop);
        let (shadow, bytes) = self.beside(mark, || {
            let shadow = shadow.played(home, stop, mark)?;
            let bytes = shadow.state.write(home)?;
            Ok((shadow, bytes))
        })?;
        self.meters.snapshot(bytes, mark.events);
        let Shadow { state, needed, .. } = shadow;
        self.shadow = Some(Shadow { needed: state.needs(), state, written: Instant::now() });
        Ok(needed)
    }

    /// Does something that takes long, after those who decide unless it is urgent: who has stepped back cannot come forward, so
    /// that is another thread.
    fn beside<T: Send>(
        &self,
        mark: Mark,
        work: impl FnOnce() -> Result<T, LiveError> + Send,
    ) -> Result<T, LiveError> {
        if mark.events.saturating_sub(self.saved.0) > URGENT {
            return work();
        }
        let work = || {
            step_back(KEEPING);
            work()
        };
        std::thread::scope(|scope| {
            let thread = std::thread::Builder::new().name("keeper".to_owned());
            let thread = thread.spawn_scoped(scope, work);
            let thread = thread.map_err(|source| self.home.io(&self.home.log(), source))?;
            thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })
    }

    /// Has the writer do something with the log between two commits.
    pub fn ask<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Log) -> T + Send + 'static,
    ) -> Result<T, LiveError> {
        let (told, heard) = channel();
        // It may not be waited for any more.
        self.push(Job::Log(Box::new(move |log| drop(told.send(work(log))))))?;
        self.hear(&heard)
    }

    /// Gives the writer something to do.
    pub fn push(&self, job: Job) -> Result<(), LiveError> {
        self.queue.push(job).map_err(|refused| LiveError::Stopped(refused.to_string()))
    }

    /// Waits a little, unless it is closing.
    pub fn nap(&self) -> Result<(), LiveError> {
        std::thread::sleep(NAP);
        match self.stop.load(Ordering::Acquire) {
            true => Err(LiveError::Stopped("closing".to_owned())),
            false => Ok(()),
        }
    }

    /// Waits for an answer of the writer, as long as there is one.
    pub fn hear<T>(&self, heard: &Receiver<T>) -> Result<T, LiveError> {
        loop {
            match heard.recv_timeout(NAP) {
                Ok(answer) => return Ok(answer),
                Err(RecvTimeoutError::Timeout) if !self.stop.load(Ordering::Acquire) => {}
                Err(_) => return Err(LiveError::Stopped("closing".to_owned())),
            }
        }
    }
}

impl Shadow {
    /// Plays the log into it up to where the running engine was.
    fn played(mut self, home: &Home, stop: &AtomicBool, mark: Mark) -> Result<Shadow, LiveError> {
        self.state.replay(home, mark.end, |_, _| match stop.load(Ordering::Acquire) {
            true => Err(LiveError::Stopped("closing".to_owned())),
            false => Ok(()),
        })?;
        let made = self.state.front.digest();
        if made != mark.digest {
            return Err(LiveError::Drift { event: mark.events, made, said: mark.digest });
        }
        Ok(self)
    }

    /// The same, unless no snapshot was due for long: then it goes.
    fn followed(
        self,
        home: &Home,
        stop: &AtomicBool,
        mark: Mark,
    ) -> Result<Option<Shadow>, LiveError> {
        match self.written.elapsed() < KEPT {
            true => self.played(home, stop, mark).map(Some),
            false => Ok(None),
        }
    }
}

/// The state of the newest snapshot that can be read, or that before the first record: an error if the log does not
/// reach back far enough for either.
pub fn rebuild(home: &Home) -> Result<State, LiveError> {
    let snapshots = home.snapshots()?;
    let mut damaged = None;
    for saved in snapshots.newest()? {
        let read = snapshots.read(&saved).map_err(LiveError::from);
        match read.and_then(|mut from| State::read(home, &mut from)) {
            Ok(state) => return Ok(state),
            Err(error) => damaged = damaged.or(Some(error)),
        }
    }
    let whole = eventlog::Reader::open(&home.log(), eventlog::Position(0), eventlog::Position(0));
    match (whole, damaged) {
        (Ok(_), _) => Ok(State::new(home)),
        (Err(_), Some(error)) => Err(error),
        (Err(error), None) => Err(error.into()),
    }
}

/// Runs the thread, and those that it starts, so far after those who decide.
pub fn step_back(far: i32) {
    let thread = rustix::thread::gettid();
    // Where the system does not allow it, it is only less polite.
    let _ = rustix::process::setpriority_process(Some(thread), far);
}
