//! The state of a live engine as a function of its log: the same records give the same state.
//!
//! A running engine keeps its parts in different threads; this is the whole, as it is put together from a snapshot and
//! the records after it, at a start and whenever a snapshot is made.

use std::io::{self, Read};
use std::sync::Arc;

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

/// Grows when state is written otherwise, or when other things are decided or found of the same events. State of another
/// version is not read, and what a judgement of another version found may come out otherwise.
pub const VERSION: u32 = 3;

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
    pub fn read(home: &Home, from: &mut dyn Read) -> Result<State, LiveError> {
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

    /// Takes the records up to a place. `watch` hears how many events have been taken, and the digest.
    pub fn replay(
        &mut self,
        home: &Home,
        until: u64,
        mut watch: impl FnMut(u64, u64) -> Result<(), LiveError>,
    ) -> Result<(), LiveError> {
        if self.next >= until {
            return Ok(());
        }
        let folder = home.log();
        let mut reader = Reader::open(&folder, Position(self.next), Position(until))?;
        let mut batch = Batch::default();
        while let Some(found) = reader.read()? {
            let place = found.position.0;
            let taken = self.take(home, place, found.kind, found.payload, &mut batch)?;
            taken.ok_or(LiveError::Record { folder: folder.clone(), place, what: "is broken" })?;
            watch(self.front.events(), self.front.digest())?;
        }
        self.next = until;
        Ok(())
    }

    /// Takes a record. None if it cannot be read.
    fn take(
        &mut self,
        home: &Home,
        place: u64,
        kind: u8,
        payload: &[u8],
        batch: &mut Batch,
    ) -> Result<Option<()>, LiveError> {
        match kind {
            kind::EVENTS => {
                batch.events.clear();
                batch.arena.clear();
                if record::decode(payload, Texts::Written, batch).is_none() {
                    return Ok(None);
                }
                let first = self.front.events();
                self.known.placed(first, place);
                for event in &batch.events {
                    self.schedule.note(event.time, place);
                }
                // What is in the log was new when it was written.
                let mut slots = self.known.take(&batch.events);
                slots.iter_mut().for_each(|slot| slot.new = true);
                self.front.take(batch, &slots, &mut Vec::with_capacity(slots.len()));
            }
            kind::JUDGING => {
                let Ok(judging) = postcard::from_bytes::<Judging>(payload) else { return Ok(None) };
                self.schedule.begun(judging.number, judging.split);
                self.front.begin(judging.split);
                self.judging = Some((judging, place));
            }
            kind::JUDGED => {
                let Ok(effect) = postcard::from_bytes::<Effect>(payload) else { return Ok(None) };
                let Some((judging, began)) = self.judging.take() else { return Ok(None) };
                let last = Arc::clone(self.front.judgement());
                let policy = self.front.policy();
                let judged = judging::again(home, policy, &judging, began, &last, effect)?;
                let sums = Sums::from(&judged.tallies);
                let (_, was, before) = self.front.judged(Arc::clone(&judged), sums);
                revisions::keep(home, &judged, &was, &before);
            }
            kind::POLICY => {
                let Ok(text) = std::str::from_utf8(payload) else { return Ok(None) };
                self.front.set_policy(Policy::parse(text)?);
            }
            _ => return Ok(None),
        }
        Ok(Some(()))
    }
}
