//! Replay: the records of the log are played into a [`State`], which then is what it was when they were written.
//!
//! Threads in a row, each with what is its own: one reads records and understands them, one numbers the events and notes
//! their times, two look at what is in each half of the windows, one decides. Each hands on to the next, so that whichever
//! waits for memory leaves its core to another.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};

use engine::codec::Texts;
use eventlog::{Position, Reader};
use events::Batch;
use policy::Policy;

use crate::counts::Sums;
use crate::decision::Decision;
use crate::front::Front;
use crate::home::Home;
use crate::jobs::Slot;
use crate::judged::Judged;
use crate::judging;
use crate::known::Known;
use crate::record::{self, Effect, Judging, kind};
use crate::revisions;
use crate::schedule::Schedule;
use crate::state::State;
use crate::windows::{HALVES, Sign, Windows};
use crate::{LiveError, walk};

/// Batches that one thread is ahead of the next.
const AHEAD: usize = 4;
/// Events of records that follow one another are taken together up to so many, so that threads have something to share.
const TOGETHER: usize = 1_000;

impl State {
    /// Takes the records up to a place, and decides on each event. After an error it is in no defined state.
    pub fn replay(&mut self, home: &Home, until: u64) -> Result<(), LiveError> {
        self.play(home, until, None)
    }

    /// The same, but what was decided on each event is told, and the windows stay as they are.
    pub fn follow(&mut self, home: &Home, until: u64, told: &[Decision]) -> Result<(), LiveError> {
        self.play(home, until, Some(told))
    }

    fn play(
        &mut self,
        home: &Home,
        until: u64,
        told: Option<&[Decision]>,
    ) -> Result<(), LiveError> {
        if self.next >= until {
            return Ok(());
        }
        let range = (Position(self.next), Position(until));
        let State { known, front, schedule, judging, next, .. } = self;
        let mut windows = told.is_none().then(|| front.lend_windows());
        let (send, records) = sync_channel(AHEAD);
        let (pass, numbered) = sync_channel(AHEAD);
        let (used, again) = sync_channel(2 * AHEAD);
        let io = |source| LiveError::Io { path: home.log(), source };
        let thread = |name: &str| std::thread::Builder::new().name(name.to_owned());
        let played = std::thread::scope(|scope| {
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
            let (mut seen, mut listening) = (numbered, Vec::new());
            for (half, windows) in windows.iter_mut().flatten().enumerate() {
                let (pass, next) = sync_channel(AHEAD);
                let before = std::mem::replace(&mut seen, next);
                let (tell, judgements) = channel();
                let judged = Arc::clone(front.judgement());
                let looking = thread("windows").spawn_scoped(scope, move || {
                    look(windows, half, judged, &before, &judgements, &pass);
                });
                looking.map_err(io)?;
                listening.push(tell);
            }
            let mut deciding =
                Deciding { home, front, judging, told, listening, answers: Vec::new() };
            for record in seen {
                if let Some(batch) = deciding.take(record?)? {
                    // Room for what is read next; if there is enough of it, it goes.
                    let _ = used.try_send(batch);
                }
            }
            *next = until;
            deciding.front.reach(until);
            Ok(())
        });
        if let Some(windows) = windows {
            front.give_windows(windows);
        }
        played
    }
}

/// What decides, and what it needs.
struct Deciding<'a> {
    home: &'a Home,
    /// What was decided on the events to come, if somebody else did.
    told: Option<&'a [Decision]>,
    front: &'a mut Front,
    judging: &'a mut Option<(Judging, u64)>,
    /// Those who look at windows, and go on when they hear of a judgement.
    listening: Vec<Sender<Arc<Judged>>>,
    answers: Vec<Option<Decision>>,
}

impl Deciding<'_> {
    /// Takes a record. Gives back the events that were in it.
    fn take(&mut self, record: Numbered) -> Result<Option<Batch>, LiveError> {
        let Numbered { what, slots, signs } = record;
        match what {
            What::Events(batch, _) => {
                if let Some(told) = &mut self.told {
                    let own = told.split_off(..batch.events.len()).unwrap_or_default();
                    self.front.follow(&batch, own);
                } else {
                    self.answers.clear();
                    let out = &mut self.answers;
                    self.front.decide_all(&batch, &batch.events, &slots, &signs, out);
                }
                return Ok(Some(batch));
            }
            What::Judging(judging, place) => {
                self.front.begin(judging.split);
                *self.judging = Some((judging, place));
            }
            What::Judged(effect, place) => {
                let Some((judging, began)) = self.judging.take() else {
                    return Err(walk::broken(&self.home.log(), place));
                };
                let last = Arc::clone(self.front.judgement());
                let policy = self.front.policy();
                let judged = judging::again(self.home, policy, &judging, began, &last, effect)?;
                let sums = Sums::from(&judged.tallies);
                let (_, was, before) = self.front.judged(Arc::clone(&judged), sums);
                revisions::keep(self.home, &judged, &was, &before);
                // One that has gone hears nothing.
                self.listening.iter().for_each(|tell| drop(tell.send(Arc::clone(&judged))));
            }
            What::Policy(text) => self.front.set_policy(Policy::parse(&text)?),
        }
        Ok(None)
    }
}

/// What was read: the events of records that follow one another, with each record's place and how many are its own; or
/// another record, with its place where that matters.
enum What {
    Events(Batch, Vec<(u64, usize)>),
    Judging(Judging, u64),
    Judged(Effect, u64),
    Policy(String),
}

/// A record of which each event has its number, and what is said of what they touched.
struct Numbered {
    what: What,
    slots: Vec<Slot>,
    signs: [Vec<Sign>; HALVES],
}
/// Numbers the events of records and notes their times, until nobody takes them any more.
fn number(
    known: &mut Known,
    schedule: &mut Schedule,
    records: &Receiver<Result<What, LiveError>>,
    to: &SyncSender<Result<Numbered, LiveError>>,
) {
    for record in records {
        let numbered = record.map(|what| {
            let mut slots = Vec::new();
            match &what {
                What::Events(batch, records) => {
                    slots.reserve(batch.events.len());
                    let mut rest = batch.events.as_slice();
                    for &(place, events) in records {
                        let (events, others) = rest.split_at(events);
                        rest = others;
                        known.placed(known.next(), place);
                        events.iter().for_each(|event| schedule.note(event.time, place));
                        slots.append(&mut known.take(events));
                    }
                    // What is in the log was new when it was written.
                    slots.iter_mut().for_each(|slot| slot.new = true);
                }
                What::Judging(judging, _) => schedule.begun(judging.number, judging.split),
                What::Judged(..) | What::Policy(_) => {}
            }
            Numbered { what, slots, signs: Default::default() }
        });
        if to.send(numbered).is_err() {
            break;
        }
    }
}

/// Takes what is a half's of the windows, until nobody wants to know any more.
fn look(
    windows: &mut Windows,
    half: usize,
    mut judged: Arc<Judged>,
    records: &Receiver<Result<Numbered, LiveError>>,
    judgements: &Receiver<Arc<Judged>>,
    to: &SyncSender<Result<Numbered, LiveError>>,
) {
    for mut record in records {
        let mut is_judged = false;
        if let Ok(Numbered { what, slots, signs }) = &mut record {
            is_judged = matches!(what, What::Judged(..));
            if let What::Events(batch, _) = what {
                windows.take(&batch.events, slots, judged.usual(), &mut signs[half]);
            }
        }
        if to.send(record).is_err() {
            break;
        }
        if is_judged {
            // What comes after it is held against what it found usual.
            let Ok(next) = judgements.recv() else { break };
            judged = next;
        }
    }
}

/// Reads the records of a range of the log, until nobody takes them any more.
fn read_ahead(
    home: &Home,
    (from, until): (Position, Position),
    to: &SyncSender<Result<What, LiveError>>,
    again: &Receiver<Batch>,
) -> Result<(), LiveError> {
    let folder = home.log();
    let mut reader = Reader::open(&folder, from, until)?;
    let (mut batch, mut records) = (Batch::default(), Vec::new());
    loop {
        let found = reader.read()?;
        let of_events = found.as_ref().is_some_and(|found| found.kind == kind::EVENTS);
        if !records.is_empty() && (!of_events || batch.events.len() >= TOGETHER) {
            let full = std::mem::replace(&mut batch, again.try_recv().unwrap_or_default());
            batch.events.clear();
            batch.arena.clear();
            if to.send(Ok(What::Events(full, std::mem::take(&mut records)))).is_err() {
                return Ok(());
            }
        }
        let Some(found) = found else { return Ok(()) };
        let place = found.position.0;
        let what = match found.kind {
            kind::EVENTS => {
                let before = batch.events.len();
                record::decode(found.payload, Texts::Written, &mut batch)
                    .map(|()| records.push((place, batch.events.len() - before)))
                    .map(|()| None)
            }
            kind::JUDGING => postcard::from_bytes(found.payload)
                .ok()
                .map(|said| Some(What::Judging(said, place))),
            kind::JUDGED => {
                postcard::from_bytes(found.payload).ok().map(|said| Some(What::Judged(said, place)))
            }
            kind::POLICY => std::str::from_utf8(found.payload)
                .ok()
                .map(|text| Some(What::Policy(text.to_owned()))),
            _ => None,
        };
        let what = what.ok_or_else(|| walk::broken(&folder, place))?;
        if what.is_some_and(|what| to.send(Ok(what)).is_err()) {
            return Ok(());
        }
    }
}
