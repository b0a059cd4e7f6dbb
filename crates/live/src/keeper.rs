//! The keeper: writes snapshots beside the running engine.
//!
//! The running state is never stopped nor copied as a whole. Its windows, which are most of the work and depend on nothing but
//! their own keys, are written part by part, each in some milliseconds and as it is then. All else is made from the log,
//! by a shadow that follows the running engine and is told what was decided. A snapshot has every part of the windows as of the
//! moment at which it was written, and the rest as of a moment after that; whoever reads it takes the events in between into
//! each part.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use eventlog::Log;
use events::EventTime;

use crate::decision::Decision;
use crate::erasure::Errand;
use crate::front::Front;
use crate::home::Home;
use crate::jobs::Job;
use crate::queue::Queue;
use crate::state::State;
use crate::status::Meters;
use crate::windows::{Reached, Writing};
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
const WAITS: u64 = 2;
/// How often it looks whether the windows are written.
const LOOKS: Duration = Duration::from_millis(20);
/// How long it lets go of the front between two parts that it writes itself.
const BREATH: Duration = Duration::from_millis(1);
/// How long a shadow is kept for the next snapshot: it takes as much memory as what it follows.
const KEPT: Duration = Duration::from_secs(30);
/// How far such threads step back behind those who decide, and judgements behind snapshots: a restart reads again what is in
/// no snapshot. On a core that deciding needs as well they are left a ninth and a thirtieth, so that what they do comes to an end
/// under full load too.
const KEEPING: i32 = 10;
pub const JUDGING: i32 = 15;
/// Events in no snapshot from which on the next is as urgent as deciding is: a restart plays some hundred thousand of them in a
/// second.
const URGENT: u64 = 1_500_000;

/// Decisions that are copied from the running engine at a time.
const TOLD: u64 = 1 << 16;

/// Where the running engine is.
#[derive(Clone, Copy, Debug)]
pub struct Mark {
    /// Events decided, and the place behind them.
    reached: Reached,
    /// The digest of their decisions.
    digest: u64,
    /// The newest event time.
    newest: EventTime,
}

/// A state without windows that follows the running one.
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
    pub front: Arc<Mutex<Front>>,
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
            let mark = Mark::of(&self.front());
            let busy = self.is_busy();
            if self.is_due(&mark, busy) || self.is_quiet(&mark) {
                let retained = self.save().and_then(|needed| self.retain(needed, mark.newest));
                if let Err(error) = retained {
                    self.meters.failed(&text(&error));
                }
                // Where it failed: not again before as much has come once more.
                let saved = (mark.reached.events, mark.newest);
                self.saved = self.saved.max(saved);
                continue;
            }
            if let Some(shadow) =
                self.shadow.take().filter(|shadow| shadow.written.elapsed() < KEPT)
            {
                // Where it fails, so will the next snapshot, and say why.
                self.shadow = self.follow(shadow, mark, |_| Ok(())).ok().map(|(shadow, ())| shadow);
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
        let come = mark.reached.events;
        come >= events.saturating_add(enough)
            || come > events && later >= self.home.options.retention.step()
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
        let come = mark.reached.events;
        if come != self.still.0 {
            self.still = (come, now);
        }
        let lacks = come.saturating_sub(self.saved.0);
        now - self.still.1 >= QUIET && lacks > self.home.options.snapshot_every / LITTLE
    }

    fn front(&self) -> MutexGuard<'_, Front> {
        self.front.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes a snapshot. Gives the oldest place in the log that the one before may still need.
    fn save(&mut self) -> Result<u64, LiveError> {
        let shadow = match self.shadow.take() {
            Some(shadow) => shadow,
            None => {
                let (state, _) = rebuild(&self.home, State::read_rest)?;
                Shadow { needed: state.needs(), state, written: Instant::now() }
            }
        };
        let needed = shadow.needed;
        let (windows, mark) = self.windows()?;
        let home = Arc::clone(&self.home);
        let followed = self.follow(shadow, mark, |state| state.write(&home, Some(&windows)));
        let (shadow, bytes) = match followed {
            // It comes no nearer: everybody waits once, while all is written as it stands.
            Err(LiveError::Behind { .. }) => {
                let stood = self.stand(Job::Stand)?;
                return self.keep(&home, stood).map(|()| needed);
            }
            followed => followed?,
        };
        let Shadow { state, .. } = shadow;
        self.shadow = Some(Shadow { needed: state.needs(), state, written: Instant::now() });
        self.saved(bytes, (mark.reached.events, mark.newest));
        Ok(needed)
    }

    /// Notes that there is a snapshot with so many events, up to a time.
    pub fn saved(&mut self, bytes: u64, (events, newest): (u64, EventTime)) {
        self.saved = (events, newest);
        self.front().set_followed(events);
        self.meters.snapshot(bytes, events);
    }

    /// Has the windows written by who decides, between two submissions, or does it itself where none come; and says where the
    /// running engine is afterwards.
    fn windows(&self) -> Result<(Writing, Mark), LiveError> {
        let mut before = self.front().reached();
        self.front().begin_writing();
        loop {
            self.rest(LOOKS)?;
            let mut front = self.front();
            let now = front.reached();
            while front.reached() == before && front.write_part() {
                drop(front);
                // What comes meanwhile is decided first.
                self.rest(BREATH)?;
                front = self.front();
            }
            if let Some(written) = front.written() {
                let mark = Mark::of(&front);
                drop(front);
                return match written.failed {
                    None => Ok((written, mark)),
                    Some(error) => Err(error.into()),
                };
            }
            before = now;
        }
    }

    /// Has a shadow follow to where the running engine was, and does something with its state.
    fn follow<T: Send>(
        &self,
        mut shadow: Shadow,
        mark: Mark,
        then: impl FnOnce(&mut State) -> Result<T, LiveError> + Send,
    ) -> Result<(Shadow, T), LiveError> {
        let told = self.told(shadow.state.front.events(), mark.reached.events)?;
        let home = &self.home;
        self.beside(mark, || {
            let state = &mut shadow.state;
            state.follow(home, mark.reached.place, &told)?;
            let (event, made) = (mark.reached.events, state.front.digest());
            if made != mark.digest {
                return Err(LiveError::Drift { event, made, said: mark.digest });
            }
            let done = then(state)?;
            Ok((shadow, done))
        })
    }

    /// What was decided on events from one number to another.
    fn told(&self, from: u64, until: u64) -> Result<Vec<Decision>, LiveError> {
        let mut told = Vec::with_capacity(until.saturating_sub(from) as usize);
        let mut next = from;
        while next < until {
            let end = until.min(next + TOLD);
            let some = self.front().decisions(next..end);
            told.extend(some.ok_or(LiveError::Behind { event: next })?);
            next = end;
        }
        Ok(told)
    }

    /// Does something that takes long, after those who decide unless it is urgent: who has stepped back cannot come forward, so
    /// that is another thread.
    fn beside<T: Send>(
        &self,
        mark: Mark,
        work: impl FnOnce() -> Result<T, LiveError> + Send,
    ) -> Result<T, LiveError> {
        if mark.reached.events.saturating_sub(self.saved.0) > URGENT {
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
        self.rest(NAP)
    }

    fn rest(&self, time: Duration) -> Result<(), LiveError> {
        std::thread::sleep(time);
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

impl Mark {
    fn of(front: &Front) -> Mark {
        Mark { reached: front.reached(), digest: front.digest(), newest: front.newest() }
    }
}

/// The state of the newest snapshot that can be read, or that before the first record, and what was wrong with newer
/// ones: an error if the log does not reach back far enough for either.
pub fn rebuild(
    home: &Home,
    read: impl Fn(&Home, &mut dyn io::Read) -> Result<State, LiveError>,
) -> Result<(State, Vec<LiveError>), LiveError> {
    let snapshots = home.snapshots()?;
    let mut damaged = Vec::new();
    for saved in snapshots.newest()? {
        let opened = snapshots.read(&saved).map_err(LiveError::from);
        match opened.and_then(|mut from| read(home, &mut from)) {
            Ok(state) => return Ok((state, damaged)),
            Err(error) => damaged.push(error),
        }
    }
    match eventlog::Reader::open(&home.log(), eventlog::Position(0), eventlog::Position(0)) {
        Ok(_) => Ok((State::new(home), damaged)),
        Err(error) => Err(damaged.into_iter().next().unwrap_or(error.into())),
    }
}

/// Runs the thread, and those that it starts, so far after those who decide.
pub fn step_back(far: i32) {
    let thread = rustix::thread::gettid();
    // Where the system does not allow it, it is only less polite.
    let _ = rustix::process::setpriority_process(Some(thread), far);
}
