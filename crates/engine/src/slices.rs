//! Slices: the whole input in (time, id) order, cut into pieces of some tens of thousands of events.
//!
//! A slice is what one epoch of the dataflow and one step of the output pass work on. It is a range of places, cut out
//! of every run, put in order and freed of duplicates when it is loaded. Nothing that is found may depend on where the
//! cuts are; they only bound memory, by events and by bytes.

use events::Event;

use crate::EngineError;
use crate::codec::{self, Head, Texts};
use crate::runs::{Place, Runs};

/// What bounds memory, and so cuts the work into pieces; nothing that is found depends on it.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Events after which a slice is cut.
    pub slice_events: u64,
    /// Bytes of records after which a slice is cut.
    pub slice_bytes: u64,
    /// Bytes of records that each thread puts in order at once.
    pub run_bytes: usize,
    /// Bytes that each spill of each thread keeps in memory before it goes to disk.
    pub spill_bytes: usize,
}

impl Default for Bounds {
    fn default() -> Bounds {
        Bounds {
            slice_events: 32 << 10,
            slice_bytes: 16 << 20,
            run_bytes: 48 << 20,
            spill_bytes: 4 << 20,
        }
    }
}

/// All that was read, in order.
#[derive(Debug)]
pub struct Ordered {
    sources: Vec<Runs>,
    /// Where each slice begins; the first begins before everything.
    starts: Vec<Place>,
    /// Places whose events are duplicates, sorted.
    later: Vec<Place>,
}

/// The events of a slice in order, with the texts that were asked for. Its buffers serve for the next slice.
#[derive(Debug, Default)]
pub struct Slice {
    /// In (time, id) order, no id twice.
    pub events: Vec<Event>,
    /// The texts that spans point into.
    pub arena: String,
    /// Events left out because their id came earlier.
    pub duplicates: u64,
    bytes: Vec<u8>,
    piece: Vec<u8>,
    index: Vec<(Head, u32)>,
}

impl Ordered {
    /// The order over what the threads read.
    pub fn new(sources: Vec<Runs>, later: Vec<Place>, bounds: Bounds) -> Ordered {
        let starts = starts(&sources, bounds);
        Ordered { sources, starts, later }
    }

    /// How many slices there are.
    pub fn slices(&self) -> usize {
        self.starts.len()
    }

    /// Loads a slice.
    pub fn load(&self, slice: usize, texts: Texts, into: &mut Slice) -> Result<(), EngineError> {
        let from = if slice == 0 { (i64::MIN, 0) } else { self.starts[slice] };
        let to = self.starts.get(slice + 1).copied();
        into.bytes.clear();
        into.index.clear();
        for source in &self.sources {
            for run in &source.runs {
                let (start, length) = run.extent(from, to);
                if length == 0 {
                    continue;
                }
                source.spill.read(start, length, &mut into.piece)?;
                into.gather(from, to).ok_or_else(|| source.spill.broken())?;
            }
        }
        into.index.sort_by_key(|(head, _)| (head.time, head.id));
        let first = self.later.partition_point(|&place| place < from);
        match (into.decode(&self.later[first..], texts), self.sources.first()) {
            (None, Some(source)) => Err(source.spill.broken()),
            _ => Ok(()),
        }
    }
}

/// Where to cut: about so many events and bytes apart, at fences.
fn starts(sources: &[Runs], bounds: Bounds) -> Vec<Place> {
    let mut fences: Vec<(Place, u32, u64)> = sources
        .iter()
        .flat_map(|source| &source.runs)
        .flat_map(|run| run.blocks())
        .map(|(fence, bytes)| (fence.place, fence.records, bytes))
        .collect();
    fences.sort_unstable();
    let (mut events, mut bytes) = (0, 0);
    let mut starts = Vec::new();
    for (place, records, length) in fences {
        let full = events >= bounds.slice_events || bytes >= bounds.slice_bytes;
        if starts.last().is_none_or(|&last| full && place > last) {
            starts.push(place);
            (events, bytes) = (0, 0);
        }
        events += u64::from(records);
        bytes += length;
    }
    starts
}

impl Slice {
    /// Takes over the records of the piece whose place is in the slice.
    fn gather(&mut self, from: Place, to: Option<Place>) -> Option<()> {
        let mut at = 0;
        let mut kept = 0..0;
        let base = self.bytes.len();
        while at < self.piece.len() {
            let head = codec::head(&self.piece[at..])?;
            let place = (head.time, head.id);
            if place >= from && to.is_none_or(|to| place < to) {
                if kept.is_empty() {
                    kept.start = at;
                }
                self.index.push((head, u32::try_from(base + at - kept.start).ok()?));
                kept.end = at + head.length as usize;
            }
            at += head.length as usize;
        }
        self.bytes.extend_from_slice(&self.piece[kept]);
        Some(())
    }

    fn decode(&mut self, later: &[Place], texts: Texts) -> Option<()> {
        self.events.clear();
        self.arena.clear();
        self.duplicates = 0;
        let mut later = later.iter().peekable();
        let record =
            |at: &(Head, u32)| self.bytes.get(at.1 as usize..at.1 as usize + at.0.length as usize);
        let mut index = &self.index[..];
        while let Some((head, _)) = index.first() {
            let place = (head.time, head.id);
            let same = index.iter().take_while(|(h, _)| (h.time, h.id) == place).count();
            let (tied, rest) = index.split_at(same);
            index = rest;
            while later.next_if(|&&at| at < place).is_some() {}
            if later.peek() == Some(&&place) {
                self.duplicates += same as u64;
                continue;
            }
            self.duplicates += same as u64 - 1;
            // Of several events with one id and time, the least in content is the one: the order of reading must not
            // show.
            let first = match tied {
                [only] => record(only)?,
                _ => tied.iter().filter_map(record).min()?,
            };
            self.events.push(codec::decode(first, texts, &mut self.arena)?);
        }
        Some(())
    }
}
