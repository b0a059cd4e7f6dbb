//! Which events are the second of their identifier: exact over the whole input, in bounded memory.
//!
//! Two events with one id at the same time stand next to each other in the order of events, so only ids that come back
//! at another time have to be found. Each thread sets its (id, time) pairs aside in partitions by id; later each
//! partition is sorted by itself. What stays in memory is sixteen bytes for each second coming at another time.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::EngineError;
use crate::runs::Place;
use crate::spill::Spill;

const PARTITIONS: usize = 256;
const PAIR: usize = 16;
/// Bytes of a partition that wait before they go to the spill together.
const CHUNK: usize = 16 << 10;

/// The (id, time) pairs of the events that one thread read.
#[derive(Debug)]
pub struct Sightings {
    spill: Spill,
    waiting: Vec<Vec<u8>>,
    chunks: Vec<Vec<(u64, u32)>>,
}

impl Sightings {
    /// An empty set.
    pub fn new(spill: Spill) -> Sightings {
        let waiting = vec![Vec::new(); PARTITIONS];
        Sightings { spill, waiting, chunks: vec![Vec::new(); PARTITIONS] }
    }

    /// Notes that an id was seen at a time.
    pub fn note(&mut self, id: u64, time: i64) -> Result<(), EngineError> {
        let partition = (id >> 56) as usize;
        let waiting = &mut self.waiting[partition];
        if waiting.capacity() == 0 {
            waiting.reserve_exact(CHUNK);
        }
        waiting.extend_from_slice(&id.to_le_bytes());
        waiting.extend_from_slice(&time.to_le_bytes());
        if waiting.len() >= CHUNK {
            let start = self.spill.append(waiting)?;
            self.chunks[partition].push((start, waiting.len() as u32));
            waiting.clear();
        }
        Ok(())
    }

    fn collect(&self, partition: usize, out: &mut Vec<(u64, i64)>) -> Result<(), EngineError> {
        let mut bytes = Vec::new();
        for &(start, length) in &self.chunks[partition] {
            self.spill.read(start, length as usize, &mut bytes)?;
            pairs(&bytes, out);
        }
        pairs(&self.waiting[partition], out);
        Ok(())
    }
}

fn pairs(bytes: &[u8], out: &mut Vec<(u64, i64)>) {
    let (pairs, _) = bytes.as_chunks::<PAIR>();
    out.extend(pairs.iter().map(|pair| {
        let pair = u128::from_le_bytes(*pair);
        (pair as u64, (pair >> 64) as i64)
    }));
}

/// The places at which an id comes that came earlier, sorted: whatever stands there is a duplicate.
pub fn later_places(seen: &[Sightings], workers: usize) -> Result<Vec<Place>, EngineError> {
    let next = AtomicUsize::new(0);
    let all = Mutex::new(Ok(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                let found = search(seen, &next);
                let mut all = all.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                match (&mut *all, found) {
                    (Ok(all), Ok(found)) => all.extend(found),
                    (all @ Ok(_), Err(error)) => *all = Err(error),
                    (Err(_), _) => {}
                }
            });
        }
    });
    let mut places = all.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner)?;
    places.sort_unstable();
    Ok(places)
}

fn search(seen: &[Sightings], next: &AtomicUsize) -> Result<Vec<Place>, EngineError> {
    let mut found = Vec::new();
    let mut pairs = Vec::new();
    loop {
        let partition = next.fetch_add(1, Ordering::Relaxed);
        if partition >= PARTITIONS {
            return Ok(found);
        }
        pairs.clear();
        for sightings in seen {
            sightings.collect(partition, &mut pairs)?;
        }
        pairs.sort_unstable();
        let mut first = None;
        for (at, &(id, time)) in pairs.iter().enumerate() {
            match first {
                Some((known, earliest)) if known == id => {
                    if time != earliest && pairs[at - 1] != (id, time) {
                        found.push((time, id));
                    }
                }
                _ => first = Some((id, time)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_later_times_of_an_id_are_named() {
        let dir = tempfile::tempdir().unwrap();
        let mut one = Sightings::new(Spill::new(dir.path(), 1 << 20));
        let mut two = Sightings::new(Spill::new(dir.path(), 100));
        for id in 0..5_000u64 {
            one.note(id.wrapping_mul(0x9E37_79B9_7F4A_7C15), id as i64).unwrap();
            if id % 10 == 0 {
                let later = if id % 20 == 0 { 0 } else { 7 };
                for _ in 0..2 {
                    two.note(id.wrapping_mul(0x9E37_79B9_7F4A_7C15), id as i64 + later).unwrap();
                }
            }
        }
        let places = later_places(&[one, two], 2).unwrap();
        let mut expected: Vec<Place> = (10..5_000u64)
            .step_by(20)
            .map(|id| (id as i64 + 7, id.wrapping_mul(0x9E37_79B9_7F4A_7C15)))
            .collect();
        expected.sort_unstable();
        assert_eq!(places, expected);
    }
}
