//! The state of a live engine as a function of its log: the same records give the same state.
//!
//! A running engine keeps its parts in different threads; this is the whole, as it is put together from a snapshot and
//! the records after it, at a start and whenever a snapshot is made.

use std::io::{self, Write as _};
use std::thread::{Scope, ScopedJoinHandle};

use eventlog::Position;
use serde::Serialize;

use crate::LiveError;
use crate::front::Front;
use crate::home::Home;
use crate::known::Known;
use crate::options::Options;
use crate::record::Judging;
use crate::schedule::Schedule;
use crate::windows::Windows;

/// Grows when state is written otherwise, or when other things are decided or found of the same events. State of another
/// version is not read, and what a judgement of another version found may come out otherwise.
pub const VERSION: u32 = 5;

/// Bytes that say how long a part is.
const LENGTH: usize = 8;

/// A [`State`], wherever its parts are, as it is written: version, known identifiers, half of the windows, the other half with
/// the rest; and how long the parts are. They are read side by side.
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
        let mut to = Counted { to: io::BufWriter::with_capacity(1 << 16, to), bytes: 0 };
        let [one, other] = self.front.windows();
        let mut lengths = [to.put(&VERSION)?, to.put(self.known)?, to.put(one)?, 0];
        lengths[3] = to.put(&(other, self.front, self.schedule, self.judging, self.next))?;
        for length in lengths {
            to.write_all(&length.to_le_bytes())?;
        }
        to.flush()
    }
}

/// Counts what is written.
struct Counted<W> {
    to: W,
    bytes: u64,
}

impl<W: io::Write> Counted<W> {
    /// Writes a part. Gives its length.
    fn put<T: Serialize>(&mut self, part: &T) -> io::Result<u64> {
        let before = self.bytes;
        postcard::to_io(part, &mut *self).map_err(io::Error::other)?;
        Ok(self.bytes - before)
    }
}

impl<W: io::Write> io::Write for Counted<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.to.write(bytes)?;
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

/// The parts of what [`Parts::write`] wrote.
fn parts(bytes: &[u8]) -> Option<[&[u8]; 4]> {
    let (mut rest, lengths) = bytes.split_at_checked(bytes.len().checked_sub(4 * LENGTH)?)?;
    let mut found = [&[][..]; 4];
    for (part, length) in found.iter_mut().zip(lengths.chunks_exact(LENGTH)) {
        let length = usize::try_from(u64::from_le_bytes(length.try_into().ok()?)).ok()?;
        (*part, rest) = rest.split_at_checked(length)?;
    }
    rest.is_empty().then_some(found)
}

/// The last part.
type Rest = (Windows, Front, Schedule, Option<(Judging, u64)>, u64);

/// Starts a thread that ends with those who wait for it.
fn beside<'scope, T: Send + 'scope>(
    scope: &'scope Scope<'scope, '_>,
    name: &str,
    work: impl FnOnce() -> T + Send + 'scope,
) -> io::Result<ScopedJoinHandle<'scope, T>> {
    std::thread::Builder::new().name(name.to_owned()).spawn_scoped(scope, work)
}

/// Waits for such a thread.
fn joined<T>(thread: ScopedJoinHandle<'_, T>) -> T {
    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
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
        // The version before the rest of the format: it may be another.
        let (version, _) = postcard::take_from_bytes::<u32>(&bytes)?;
        if version != VERSION {
            return Err(LiveError::Version { found: version, known: VERSION });
        }
        let [_, known, one, rest] =
            parts(&bytes).ok_or(postcard::Error::DeserializeUnexpectedEnd)?;
        let (known, one, rest) = std::thread::scope(|scope| {
            let known = beside(scope, "known", || postcard::from_bytes::<Known>(known));
            let one = beside(scope, "windows", || postcard::from_bytes::<Windows>(one));
            let rest = postcard::from_bytes::<Rest>(rest);
            Ok::<_, LiveError>((joined(known.map_err(io)?)?, joined(one.map_err(io)?)?, rest?))
        })?;
        let (other, mut front, schedule, judging, next) = rest;
        drop(bytes);
        front.restore([one, other], home.options.remembered, home.options.text_model.clone());
        let mut state = State { known, front, schedule, judging, next };
        state.known.set_limit(home.options.remembered);
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
