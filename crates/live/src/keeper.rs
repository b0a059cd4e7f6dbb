//! The keeper: writes snapshots beside the running engine, from the log.
//!
//! The running state is never stopped nor copied: the newest snapshot is read, the log since then is played into it, and
//! what comes out is written. It must decide as the running engine did, or nothing is written. The price is that each event is worked on
//! twice, the second time at the lowest priority.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::LiveError;
use crate::desk::Mark;
use crate::home::Home;
use crate::state::State;
use crate::status::Meters;
use crate::writer::text;

/// How often the keeper looks whether there is something to do.
const NAP: Duration = Duration::from_millis(200);

/// The thread that writes snapshots.
pub struct Keeper {
    pub home: Arc<Home>,
    pub marks: Arc<Mutex<VecDeque<Mark>>>,
    pub meters: Arc<Meters>,
    pub stop: Arc<AtomicBool>,
    /// Events in the newest snapshot.
    pub saved: u64,
}

impl Keeper {
    /// Works until it is told to stop.
    pub fn work(mut self) {
        step_back();
        while !self.stop.load(Ordering::Acquire) {
            let newest = self.marks.lock().unwrap_or_else(PoisonError::into_inner).back().copied();
            // The more there is to write, the rarer: each costs reading and writing everything.
            let due = |mark: &Mark| {
                mark.events >= self.saved + self.home.options.snapshot_every.max(self.saved / 5)
            };
            match newest.filter(due) {
                None => std::thread::sleep(NAP),
                Some(mark) => {
                    if let Err(error) = self.save(mark) {
                        self.meters.failed(&text(&error));
                        // Not again before as much has come once more.
                        self.saved = mark.events;
                    }
                }
            }
        }
    }

    fn save(&mut self, mark: Mark) -> Result<(), LiveError> {
        let mut state = rebuild(&self.home)?;
        let stop = &self.stop;
        state.replay(&self.home, mark.end, |_, _| match stop.load(Ordering::Acquire) {
            true => Err(LiveError::Stopped("closing".to_owned())),
            false => Ok(()),
        })?;
        let made = state.front.digest();
        if made != mark.digest {
            return Err(LiveError::Drift { event: mark.events, made, said: mark.digest });
        }
        let bytes = state.write(&self.home)?;
        self.saved = mark.events;
        self.meters.snapshot(bytes, mark.events);
        Ok(())
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

/// Runs the thread, and those that it starts, only when nothing else wants to.
pub fn step_back() {
    let thread = rustix::thread::gettid();
    // Where the system does not allow it, it is only less polite.
    let _ = rustix::process::setpriority_process(Some(thread), 19);
}
