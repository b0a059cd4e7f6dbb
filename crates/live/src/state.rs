//! The state of a live engine as a function of its log: the same records give the same state.
//!
//! A running engine keeps its parts in different threads; this is the whole, as it is put together from a snapshot and
//! the records after it, at a start.

use std::io::{self, Write as _};
use std::sync::mpsc::sync_channel;
use std::thread::{Scope, ScopedJoinHandle};

use engine::codec::Texts;
use eventlog::{Position, Reader};
use events::Batch;
use serde::Serialize;

use crate::front::Front;
use crate::home::Home;
use crate::known::Known;
use crate::options::Options;
use crate::record::{self, Judging, kind};
use crate::schedule::Schedule;
use crate::windows::{HALVES, Reached, Windows, Writing};
use crate::{LiveError, walk};

/// Grows when state is written otherwise, or when other things are decided or found of the same events. State of another
/// version is not read, and what a judgement of another version found may come out otherwise.
pub const VERSION: u32 = 7;

/// Bytes that say how long a part is.
const LENGTH: usize = 8;
/// Events of records that follow one another are taken together, so that threads have something to share.
const TOGETHER: usize = 1_000;
/// Batches of them that one thread is ahead of the next.
const AHEAD: usize = 4;

/// A [`State`], wherever its parts are, as it is written: version, known identifiers, half of the windows, the other half, the
/// rest; and how long these are. They are read side by side.
pub struct Parts<'a> {
    pub known: &'a Known,
    pub front: &'a Front,
    pub schedule: &'a Schedule,
    /// A judgement that has begun and is not in effect.
    pub judging: Option<(Judging, u64)>,
    /// The place of the next record.
    pub next: u64,
    /// The windows, if they were written before; else they are the front's.
    pub windows: Option<&'a Writing>,
}

impl Parts<'_> {
    /// Writes them.
    pub fn write(&self, to: &mut dyn io::Write) -> io::Result<()> {
        // What follows comes in pieces of a few bytes.
        let mut to = Counted { to: io::BufWriter::with_capacity(1 << 16, to), bytes: 0 };
        let mut lengths = [0; 5];
        lengths[0] = to.put(&VERSION)?;
        lengths[1] = to.put(self.known)?;
        for half in 0..HALVES {
            let before = to.bytes;
            match self.windows {
                Some(written) => to.write_all(&written.halves[half])?,
                None => {
                    let reached = Reached { place: self.next, events: self.front.events() };
                    let windows = &self.front.windows()[half];
                    windows.each_written(reached, |part| to.write_all(part))?;
                }
            }
            lengths[2 + half] = to.bytes - before;
        }
        lengths[4] = to.put(&(self.front, self.schedule, self.judging, self.next, self.from()))?;
        for length in lengths {
            to.write_all(&length.to_le_bytes())?;
        }
        to.flush()
    }

    /// The place from which on a part of the windows lacks events.
    pub fn from(&self) -> u64 {
        self.windows.map_or(self.next, |written| written.from.place)
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
fn parts(bytes: &[u8]) -> Option<[&[u8]; 5]> {
    let (mut rest, lengths) = bytes.split_at_checked(bytes.len().checked_sub(5 * LENGTH)?)?;
    let mut found = [&[][..]; 5];
    for (part, length) in found.iter_mut().zip(lengths.chunks_exact(LENGTH)) {
        let length = usize::try_from(u64::from_le_bytes(length.try_into().ok()?)).ok()?;
        (*part, rest) = rest.split_at_checked(length)?;
    }
    rest.is_empty().then_some(found)
}

/// The last part.
type Rest = (Front, Schedule, Option<(Judging, u64)>, u64, u64);

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
    /// The place from which on a part of the windows, where they were last written, lacks events.
    pub from: u64,
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
            from: 0,
        }
    }

    /// Reads what [`Parts::write`] wrote, and takes into the windows what came after they were written.
    pub fn read(home: &Home, from: &mut dyn io::Read) -> Result<State, LiveError> {
        let io = |source| home.io(&home.snapshots_folder(), source);
        let bytes = bytes(home, from)?;
        let [_, known, one, other, rest] = parts(&bytes).ok_or(SHORT)?;
        let (known, one, other, rest) = std::thread::scope(|scope| {
            let known = beside(scope, "known", || postcard::from_bytes::<Known>(known));
            let one = beside(scope, "windows", || Windows::read(0, one));
            let rest = postcard::from_bytes::<Rest>(rest);
            let other = Windows::read(1, other);
            let (known, one) = (joined(known.map_err(io)?), joined(one.map_err(io)?));
            Ok::<_, LiveError>((known?, one?, other?, rest?))
        })?;
        drop(bytes);
        let (mut windows, reached) = ([one.0, other.0], [one.1, other.1]);
        catch_up(home, &mut windows, &reached, rest.3)?;
        Ok(State::of(home, known, windows, rest))
    }

    /// The same, but for the windows, which are empty.
    pub fn read_rest(home: &Home, from: &mut dyn io::Read) -> Result<State, LiveError> {
        let bytes = bytes(home, from)?;
        let [_, known, _, _, rest] = parts(&bytes).ok_or(SHORT)?;
        let (known, rest) = (postcard::from_bytes(known)?, postcard::from_bytes(rest)?);
        Ok(State::of(home, known, Windows::both(&home.options.limits), rest))
    }

    fn of(home: &Home, mut known: Known, windows: [Windows; HALVES], rest: Rest) -> State {
        let (mut front, schedule, judging, next, from) = rest;
        front.restore(windows, next, home.options.remembered, home.options.text_model.clone());
        known.set_limit(home.options.remembered);
        State { known, front, schedule, judging, next, from }
    }

    /// The oldest place of the log that this state, as it was last written or read, or a judgement that is made after it,
    /// may read again.
    pub fn needs(&self) -> u64 {
        let judging = self.judging.map_or(u64::MAX, |(judging, _)| judging.place);
        self.from.min(self.schedule.place()).min(judging)
    }

    /// Writes everything to a snapshot, which is on disk when this returns; the windows as they were written before, if they
    /// were.
    pub fn write(&mut self, home: &Home, windows: Option<&Writing>) -> Result<u64, LiveError> {
        let mut snapshots = home.snapshots()?;
        let State { known, front, schedule, judging, next, from } = self;
        let parts = Parts { known, front, schedule, judging: *judging, next: *next, windows };
        let saved = snapshots.write(Position(*next), |to| parts.write(to))?;
        *from = parts.from();
        Ok(saved.bytes)
    }
}

/// Too little of it is there.
const SHORT: postcard::Error = postcard::Error::DeserializeUnexpectedEnd;

/// All that was written, if it is of this version.
fn bytes(home: &Home, from: &mut dyn io::Read) -> Result<Vec<u8>, LiveError> {
    let mut bytes = Vec::new();
    from.read_to_end(&mut bytes).map_err(|source| home.io(&home.snapshots_folder(), source))?;
    // The version before the rest of the format: it may be another.
    let (version, _) = postcard::take_from_bytes::<u32>(&bytes)?;
    match version == VERSION {
        true => Ok(bytes),
        false => Err(LiveError::Version { found: version, known: VERSION }),
    }
}

/// Takes into windows, of which each part has come so far, the events before a place of the log.
fn catch_up(
    home: &Home,
    windows: &mut [Windows; HALVES],
    reached: &[Vec<Reached>; HALVES],
    until: u64,
) -> Result<(), LiveError> {
    let least = reached.iter().flatten().min().filter(|least| least.place < until);
    let Some(&Reached { place, events: mut number }) = least else { return Ok(()) };
    let folder = home.log();
    // Nothing may lack: parts are told apart by how many events came before.
    let mut reader = Reader::open(&folder, Position(place), Position(until))?;
    let [one, other] = windows;
    let (send, some) = sync_channel::<Batch>(AHEAD);
    let (pass, same) = sync_channel::<(u64, Batch)>(AHEAD);
    let io = |source| home.io(&folder, source);
    std::thread::scope(|scope| {
        let half = beside(scope, "windows", move || {
            for batch in some {
                one.catch_up(&batch.events, number, &reached[0]);
                let first = number;
                number += batch.events.len() as u64;
                if pass.send((first, batch)).is_err() {
                    break;
                }
            }
        });
        half.map_err(io)?;
        let half = beside(scope, "windows", move || {
            for (first, batch) in same {
                other.catch_up(&batch.events, first, &reached[1]);
            }
        });
        half.map_err(io)?;
        let mut batch = Batch::default();
        while let Some(found) = reader.read()? {
            if found.kind == kind::EVENTS {
                let whole = record::decode(found.payload, Texts::None, &mut batch);
                whole.ok_or_else(|| walk::broken(&folder, found.position.0))?;
                if batch.events.len() >= TOGETHER {
                    // A thread that has ended has panicked, and the scope says so.
                    let _ = send.send(std::mem::take(&mut batch));
                }
            }
        }
        let _ = send.send(batch);
        drop(send);
        Ok(())
    })
}
