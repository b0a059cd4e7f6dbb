//! Sorted runs: the events that one thread read, in (time, id) order, in pieces that fit in memory.
//!
//! Nothing is merged ahead of use. A run keeps a fence every few hundred records, so any stretch of the order can be
//! cut out of every run and sorted by itself: sorting costs the same and nothing waits for a single merge.

use crate::EngineError;
use crate::codec::{self, Head};
use crate::spill::Spill;
use events::{Batch, Event};

/// Where a record stands in the order of events: (time, id).
pub type Place = (i64, u64);

/// A fence stands before every block of about so many records, or bytes if they are long.
const BLOCK_RECORDS: u32 = 256;
const BLOCK_BYTES: u64 = 64 << 10;

/// The first place of a block of records.
#[derive(Clone, Copy, Debug)]
pub struct Fence {
    /// The place of its first record.
    pub place: Place,
    /// Where the block starts in the spill.
    pub start: u64,
    /// Records in the block.
    pub records: u32,
}

/// A sorted run.
#[derive(Debug)]
pub struct Run {
    fences: Vec<Fence>,
    end: u64,
}

impl Run {
    /// Its blocks' fences, and the bytes of each block.
    pub fn blocks(&self) -> impl Iterator<Item = (&Fence, u64)> {
        let ends = self.fences.iter().skip(1).map(|fence| fence.start).chain([self.end]);
        self.fences.iter().zip(ends).map(|(fence, end)| (fence, end - fence.start))
    }

    /// The extent (start, bytes) that holds every record from `from` up to but not at `to`, and perhaps some around.
    pub fn extent(&self, from: Place, to: Option<Place>) -> (u64, usize) {
        let first = self.fences.partition_point(|fence| fence.place < from).saturating_sub(1);
        let after = match to {
            Some(to) => self.fences.partition_point(|fence| fence.place < to),
            None => self.fences.len(),
        };
        let start_of = |block: usize| self.fences.get(block).map_or(self.end, |fence| fence.start);
        let start = start_of(first);
        (start, start_of(after.max(first)).saturating_sub(start) as usize)
    }
}

/// The runs of one thread.
#[derive(Debug)]
pub struct Runs {
    /// Their bytes.
    pub spill: Spill,
    /// Each of them.
    pub runs: Vec<Run>,
}

/// Makes runs of the events of one thread.
#[derive(Debug)]
pub struct RunWriter {
    bytes: Vec<u8>,
    index: Vec<(Head, u32)>,
    done: Runs,
    /// Bytes of a run before it is put in order and set aside.
    limit: usize,
}

impl RunWriter {
    /// A writer to a spill of its own.
    pub fn new(spill: Spill, limit: usize) -> RunWriter {
        let done = Runs { spill, runs: Vec::new() };
        RunWriter { bytes: Vec::new(), index: Vec::new(), done, limit }
    }

    /// Adds an event whose texts are in `batch`.
    pub fn push(&mut self, event: &Event, batch: &Batch) -> Result<(), EngineError> {
        let start = self.bytes.len();
        codec::encode(event, batch, &mut self.bytes);
        let length = (self.bytes.len() - start) as u32;
        self.index.push((Head { time: event.time.0, id: event.id.0, length }, start as u32));
        if self.bytes.len() >= self.limit { self.seal() } else { Ok(()) }
    }

    /// Ends the last run.
    pub fn finish(mut self) -> Result<Runs, EngineError> {
        self.seal()?;
        Ok(self.done)
    }

    fn seal(&mut self) -> Result<(), EngineError> {
        if self.index.is_empty() {
            return Ok(());
        }
        let in_order = self.index.is_sorted_by_key(|(head, _)| (head.time, head.id));
        if !in_order {
            self.index.sort_by_key(|(head, _)| (head.time, head.id));
        }
        let mut start = self.done.spill.len();
        let mut fences: Vec<Fence> = Vec::new();
        for (head, _) in &self.index {
            match fences.last_mut() {
                Some(block)
                    if block.records < BLOCK_RECORDS && start - block.start < BLOCK_BYTES =>
                {
                    block.records += 1;
                }
                _ => fences.push(Fence { place: (head.time, head.id), start, records: 1 }),
            }
            start += u64::from(head.length);
        }
        if in_order {
            self.done.spill.append(&self.bytes)?;
        } else {
            let mut sorted = Vec::with_capacity(self.bytes.len());
            for (head, at) in &self.index {
                let at = *at as usize;
                sorted.extend_from_slice(&self.bytes[at..at + head.length as usize]);
            }
            self.done.spill.append(&sorted)?;
        }
        self.done.runs.push(Run { fences, end: start });
        self.bytes.clear();
        self.index.clear();
        Ok(())
    }
}
