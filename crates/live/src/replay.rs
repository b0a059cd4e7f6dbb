//! Replay: the records of the log are played into a [`State`], which then is what it was when they were written.
//!
//! Three threads, each with what is its own: one reads records and understands them, one numbers the events and notes
//! their times, one decides. Deciding is the most of it, and on large tables it waits for memory; what else can be done
//! beside is.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use engine::codec::Texts;
use eventlog::{Position, Reader};
use events::Batch;
use policy::Policy;

use crate::counts::Sums;
use crate::decision::Decision;
use crate::front::Front;
use crate::home::Home;
use crate::jobs::Slot;
use crate::judging;
use crate::known::Known;
use crate::record::{self, Effect, Judging, kind};
use crate::revisions;
use crate::schedule::Schedule;
use crate::state::State;
use crate::{LiveError, walk};

/// Records that one thread is ahead of the next.
const AHEAD: usize = 4;

impl State {
    /// Takes the records up to a place. `watch` hears how many events have been taken, and the digest. After an error it is
    /// in no defined state.
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
        let State { known, front, schedule, judging, next } = self;
        let (send, records) = sync_channel(AHEAD);
        let (pass, numbered) = sync_channel(AHEAD);
        let (used, again) = sync_channel(2 * AHEAD);
        let io = |source| LiveError::Io { path: home.log(), source };
        let thread = |name: &str| std::thread::Builder::new().name(name.to_owned());
        std::thread::scope(|scope| {
            let reading = thread("ahead").spawn_scoped(scope, move || {
                if let Err(error) = read_ahead(home, range, &send, &again) {
                    // Whoever takes them may have given up.
                    let _ = send.send(Err(error));
                }
            });
            reading.map_err(io)?;
            let numbering = thread("numbers").spawn_scoped(scope, move || {
                number(known, schedule, &records, &pass);
            });
            numbering.map_err(io)?;
            let mut deciding = Deciding { home, front, judging, answers: Vec::new() };
            for record in numbered {
                let (read, slots) = record?;
                if let Some(batch) = deciding.take(read, &slots)? {
                    // Room for what is read next; if there is enough of it, it goes.
                    let _ = used.try_send(batch);
                }
                watch(deciding.front.events(), deciding.front.digest())?;
            }
            *next = until;
            Ok(())
        })
    }
}

/// What decides, and what it needs.
struct Deciding<'a> {
    home: &'a Home,
    front: &'a mut Front,
    judging: &'a mut Option<(Judging, u64)>,
    answers: Vec<Option<Decision>>,
}

impl Deciding<'_> {
    /// Takes a record. Gives back the events that were in it.
    fn take(&mut self, read: Read, slots: &[Slot]) -> Result<Option<Batch>, LiveError> {
        let Read { place, what } = read;
        match what {
            What::Events(batch) => {
                self.answers.clear();
                self.front.take(&batch, slots, &mut self.answers);
                return Ok(Some(batch));
            }
            What::Judging(judging) => {
                self.front.begin(judging.split);
                *self.judging = Some((judging, place));
            }
            What::Judged(effect) => {
                let Some((judging, began)) = self.judging.take() else {
                    return Err(walk::broken(&self.home.log(), place));
                };
                let last = Arc::clone(self.front.judgement());
                let policy = self.front.policy();
                let judged = judging::again(self.home, policy, &judging, began, &last, effect)?;
                let sums = Sums::from(&judged.tallies);
                let (_, was, before) = self.front.judged(Arc::clone(&judged), sums);
                revisions::keep(self.home, &judged, &was, &before);
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

/// Numbers the events of records and notes their times, until nobody takes them any more.
fn number(
    known: &mut Known,
    schedule: &mut Schedule,
    records: &Receiver<Result<Read, LiveError>>,
    to: &SyncSender<Result<(Read, Vec<Slot>), LiveError>>,
) {
    for record in records {
        let numbered = record.map(|read| {
            let mut slots = Vec::new();
            match &read.what {
                What::Events(batch) => {
                    known.placed(known.next(), read.place);
                    for event in &batch.events {
                        schedule.note(event.time, read.place);
                    }
                    // What is in the log was new when it was written.
                    slots = known.take(&batch.events);
                    slots.iter_mut().for_each(|slot| slot.new = true);
                }
                What::Judging(judging) => schedule.begun(judging.number, judging.split),
                What::Judged(_) | What::Policy(_) => {}
            }
            (read, slots)
        });
        if to.send(numbered).is_err() {
            break;
        }
    }
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
