//! The state of a live engine as a function of its log: the same records give the same state.
//!
//! A running engine keeps its parts in different threads; this is the whole, as it is put together from a snapshot and
//! the records after it, at a start and whenever a snapshot is made.

use std::io::{self, Write as _};

use eventlog::Position;

use crate::LiveError;
use crate::front::Front;
use crate::home::Home;
use crate::known::Known;
use crate::options::Options;
use crate::record::Judging;
use crate::schedule::Schedule;

/// Grows when state is written otherwise, or when other things are decided or found of the same events. State of another
/// version is not read, and what a judgement of another version found may come out otherwise.
pub const VERSION: u32 = 4;

/// A [`State`], wherever its parts are, as it is written: version, bytes of the known identifiers, these, and the rest. The
/// identifiers are a good part of it, and are read beside the rest.
pub struct Parts<'a> {
    pub known: &'a Known,
    pub front: &'a Front,
    pub schedule: &'a Schedule,
    /// A judgement that has begun and is not in effect.
    pub judging: Option<(Judging, u64)>,
    /// The place of the next record.
    pub next: u64,
}

impl Parts<'_> {
    /// Writes them.
    pub fn write(&self, to: &mut dyn io::Write) -> io::Result<()> {
        // What follows comes in pieces of a few bytes.
        let mut to = io::BufWriter::with_capacity(1 << 16, to);
        let known = postcard::to_allocvec(self.known).map_err(io::Error::other)?;
        let head = (VERSION, known.len() as u64);
        to.write_all(&postcard::to_allocvec(&head).map_err(io::Error::other)?)?;
        to.write_all(&known)?;
        drop(known);
        let rest = (self.front, self.schedule, self.judging, self.next);
        postcard::to_io(&rest, &mut to).map_err(io::Error::other)?;
        to.flush()
    }
}

/// Everything.
#[derive(Debug)]
pub struct State {
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
            known: Known::new(*remembered),
            front: Front::new(policy.clone(), limits, *remembered, text_model.clone()),
            schedule: Schedule::new(),
            judging: None,
            next: 0,
        }
    }

    /// Reads what [`Parts::write`] wrote.
    pub fn read(home: &Home, from: &mut dyn io::Read) -> Result<State, LiveError> {
        let io = |source| home.io(&home.snapshots_folder(), source);
        let mut bytes = Vec::new();
        from.read_to_end(&mut bytes).map_err(io)?;
        let (version, rest) = postcard::take_from_bytes::<u32>(&bytes)?;
        if version != VERSION {
            return Err(LiveError::Version { found: version, known: VERSION });
        }
        let (length, rest) = postcard::take_from_bytes::<u64>(rest)?;
        let split = usize::try_from(length).ok().and_then(|length| rest.split_at_checked(length));
        let (known, rest) = split.ok_or(postcard::Error::DeserializeUnexpectedEnd)?;
        let (known, rest) = std::thread::scope(|scope| {
            let beside = std::thread::Builder::new().name("known".to_owned());
            let beside = beside.spawn_scoped(scope, || postcard::from_bytes::<Known>(known));
            let rest = postcard::from_bytes::<(Front, Schedule, Option<(Judging, u64)>, u64)>(rest);
            let known = beside.map_err(io)?.join();
            let known = known.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            Ok::<_, LiveError>((known?, rest?))
        })?;
        let (front, schedule, judging, next) = rest;
        let mut state = State { known, front, schedule, judging, next };
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
            let State { known, front, schedule, judging, next } = self;
            Parts { known, front, schedule, judging: *judging, next: *next }.write(to)
        })?;
        Ok(saved.bytes)
    }
}
