//! The state of a live engine as a function of its log: the same records give the same state.
//!
//! A running engine keeps its parts in different threads; this is the whole, as it is put together from a snapshot and
//! the records after it, at a start and whenever a snapshot is made.

use std::io;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use engine::codec::Texts;
use eventlog::{Position, Reader};
use events::Batch;
use policy::Policy;
use serde::{Deserialize, Serialize};

use crate::LiveError;
use crate::counts::Sums;
use crate::front::Front;
use crate::home::Home;
use crate::judging;
use crate::known::Known;
use crate::options::Options;
use crate::record::{self, Effect, Judging, kind};
use crate::revisions;
use crate::schedule::Schedule;
use crate::walk;

/// Grows when state is written otherwise, or when other things are decided or found of the same events. State of another
/// version is not read, and what a judgement of another version found may come out otherwise.
pub const VERSION: u32 = 4;

/// Records that are read ahead of those that are taken.
const AHEAD: usize = 4;

/// A [`State`] whose parts are elsewhere; written, it is the same bytes.
#[derive(Serialize)]
pub struct Parts<'a> {
    pub version: u32,
    pub known: &'a Known,
    pub front: &'a Front,
    pub schedule: &'a Schedule,
    pub judging: Option<(Judging, u64)>,
    pub next: u64,
}

/// Everything.
#[derive(Debug, Serialize, Deserialize)]
pub struct State {
    /// What wrote it.
    pub version: u32,
    pub known: Known,
    pub front: Front,
    pub schedule: Schedule,
    /// A judgement that has begun and is not in effect.
    pub judging: Option<(Judging, u64)>,
    /// The place of the next record.
    pub next: u64,
}

impl State {
    /// Before the first record.
    pub fn new(home: &Home) -> State {
        let Options { policy, limits, remembered, text_model, .. } = &home.options;
        State {
            version: VERSION,
            known: Known::new(*remembered),
            front: Front::new(policy.clone(), limits, *remembered, text_model.clone()),
            schedule: Schedule::new(),
            judging: None,
            next: 0,
        }
    }

    /// Reads what [`State::write`] wrote.
    pub fn read(home: &Home, from: &mut dyn io::Read) -> Result<State, LiveError> {
        let mut bytes = Vec::new();
        from.read_to_end(&mut bytes).map_err(|source| home.io(&home.snapshots_folder(), source))?;
        let (version, _) = postcard::take_from_bytes::<u32>(&bytes)?;
        if version != VERSION {
            return Err(LiveError::Version { found: version, known: VERSION });
        }
        let mut state: State = postcard::from_bytes(&bytes)?;
        drop(bytes);
        state.known.set_limit(home.options.remembered);
        state.front.restore(home.options.remembered, home.options.text_model.clone());
        Ok(state)
    }

    /// The oldest place of the log that this state, or a judgement that is made after it, may read again.
    pub fn needs(&self) -> u64 {
        let judging = self.judging.map_or(u64::MAX, |(judging, _)| judging.place);
        self.next.min(self.schedule.place()).min(judging)
    }

    /// Writes everything to a snapshot, which is on disk when this returns.
    pub fn write(&self, home: &Home) -> Result<u64, LiveError> {
        let mut snapshots = home.snapshots()?;
        let saved = snapshots.write(Position(self.next), |to| {
            postcard::to_io(self, to).map(|_| ()).map_err(io::Error::other)
        })?;
        Ok(saved.bytes)
    }

    /// Takes the records up to a place; another thread reads ahead. `watch` hears how many events have been taken, and the
    /// digest.
    pub fn replay(
        &mut self,
        home: &Home,
        until: u64,
        mut watch: impl FnMut(u64, u64) -> Result<(), LiveError>,
    ) -> Result<(), LiveError> {
        if self.next >= until {
            return Ok(());
        }
        let range = (Position(self.next), Position(until));
        let (send, records) = sync_channel(AHEAD);
        let (used, again) = sync_channel(AHEAD);
        std::thread::scope(|scope| {
            let ahead = std::thread::Builder::new().name("ahead".to_owned());
            let started = ahead.spawn_scoped(scope, move || {
                if let Err(error) = read_ahead(home, range, &send, &again) {
                    // Whoever takes them may have given up.
                    let _ = send.send(Err(error));
                }
            });
            started.map_err(|source| LiveError::Io { path: home.log(), source })?;
            for record in records {
                let Read { place, what } = record?;
                if let Some(batch) = self.take(home, place, what)? {
                    // Room for what is read next; if there is enough of it, it goes.
                    let _ = used.try_send(batch);
                }
                watch(self.front.events(), self.front.digest())?;
            }
            self.next = until;
            Ok(())
        })
    }

    /// Takes a record. Gives back the events that were in it.
    fn take(&mut self, home: &Home, place: u64, what: What) -> Result<Option<Batch>, LiveError> {
        match what {
            What::Events(batch) => {
                let first = self.front.events();
                self.known.placed(first, place);
                for event in &batch.events {
                    self.schedule.note(event.time, place);
                }
                // What is in the log was new when it was written.
                let mut slots = self.known.take(&batch.events);
                slots.iter_mut().for_each(|slot| slot.new = true);
                self.front.take(&batch, &slots, &mut Vec::with_capacity(slots.len()));
                return Ok(Some(batch));
            }
            What::Judging(judging) => {
                self.schedule.begun(judging.number, judging.split);
                self.front.begin(judging.split);
                self.judging = Some((judging, place));
            }
            What::Judged(effect) => {
                let Some((judging, began)) = self.judging.take() else {
                    return Err(walk::broken(&home.log(), place));
                };
                let last = Arc::clone(self.front.judgement());
                let policy = self.front.policy();
                let judged = judging::again(home, policy, &judging, began, &last, effect)?;
                let sums = Sums::from(&judged.tallies);
                let (_, was, before) = self.front.judged(Arc::clone(&judged), sums);
                revisions::keep(home, &judged, &was, &before);
            }
            What::Policy(text) => self.front.set_policy(Policy::parse(&text)?),
        }
        Ok(None)
    }
}

/// A record as it was read.
struct Read {
    place: u64,
    what: What,
}

enum What {
    Events(Batch),
    Judging(Judging),
    Judged(Effect),
    Policy(String),
}

/// Reads the records of a range of the log, until nobody takes them any more.
fn read_ahead(
    home: &Home,
    (from, until): (Position, Position),
    to: &SyncSender<Result<Read, LiveError>>,
    again: &Receiver<Batch>,
) -> Result<(), LiveError> {
    let folder = home.log();
    let mut reader = Reader::open(&folder, from, until)?;
    while let Some(found) = reader.read()? {
        let place = found.position.0;
        let batch = again.try_recv().unwrap_or_default();
        let what = understand(found.kind, found.payload, batch);
        let what = what.ok_or_else(|| walk::broken(&folder, place))?;
        if to.send(Ok(Read { place, what })).is_err() {
            break;
        }
    }
    Ok(())
}

/// What a record says; events are put into `batch`. None if it cannot be read.
fn understand(kind: u8, payload: &[u8], mut batch: Batch) -> Option<What> {
    match kind {
        kind::EVENTS => {
            batch.events.clear();
            batch.arena.clear();
            record::decode(payload, Texts::Written, &mut batch)?;
            Some(What::Events(batch))
        }
        kind::JUDGING => postcard::from_bytes(payload).ok().map(What::Judging),
        kind::JUDGED => postcard::from_bytes(payload).ok().map(What::Judged),
        kind::POLICY => Some(What::Policy(std::str::from_utf8(payload).ok()?.to_owned())),
        _ => None,
    }
}
