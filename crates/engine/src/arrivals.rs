//! Arrival scores: what could be said of each event when it came, kept until events are handed out.
//!
//! They come from two places (the subject's home and the account's) and are wanted in the order of events much later, so
//! each epoch's scores go to a spill together: memory holds where they are, not what they are.

use std::path::Path;

use crate::EngineError;
use crate::spill::Spill;

/// The scores of the epochs that one worker brought in.
#[derive(Debug)]
pub struct Arrivals {
    spill: Spill,
    /// (epoch, start, scores).
    kept: Vec<(usize, u64, u32)>,
}

impl Arrivals {
    /// An empty store, whose file goes to `dir`.
    pub fn new(dir: &Path, limit: usize) -> Arrivals {
        Arrivals { spill: Spill::new(dir, limit), kept: Vec::new() }
    }

    /// Keeps the scores of an epoch by the places of its events.
    pub fn keep(&mut self, epoch: usize, scores: &[f32]) -> Result<(), EngineError> {
        let bytes: Vec<u8> = scores.iter().flat_map(|score| score.to_le_bytes()).collect();
        let start = self.spill.append(&bytes)?;
        self.kept.push((epoch, start, scores.len() as u32));
        Ok(())
    }
}

/// The scores of all epochs.
#[derive(Debug)]
pub struct AllArrivals {
    stores: Vec<Arrivals>,
    /// (epoch, store, start, scores), by epoch.
    places: Vec<(usize, usize, u64, u32)>,
}

impl AllArrivals {
    /// Joins what the workers kept.
    pub fn of(stores: Vec<Arrivals>) -> AllArrivals {
        let mut places = Vec::new();
        for (number, store) in stores.iter().enumerate() {
            places.extend(store.kept.iter().map(|&(epoch, at, of)| (epoch, number, at, of)));
        }
        places.sort_unstable();
        AllArrivals { stores, places }
    }

    /// Replaces `out` with the scores of an epoch by the places of its events: the last may be missing, where nothing
    /// was said.
    pub fn load(&self, epoch: usize, out: &mut Vec<f32>) -> Result<(), EngineError> {
        out.clear();
        let Ok(found) = self.places.binary_search_by_key(&epoch, |place| place.0) else {
            return Ok(());
        };
        let (_, store, start, scores) = self.places[found];
        let mut bytes = Vec::new();
        self.stores[store].spill.read(start, scores as usize * 4, &mut bytes)?;
        out.extend(bytes.as_chunks().0.iter().map(|score| f32::from_le_bytes(*score)));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_come_back_by_epoch() {
        let dir = tempfile::tempdir().unwrap();
        let mut stores = [Arrivals::new(dir.path(), 10), Arrivals::new(dir.path(), 1 << 20)];
        for epoch in 0..9 {
            let scores: Vec<f32> = (0..epoch).map(|place| (epoch * 10 + place) as f32).collect();
            stores[epoch % 2].keep(epoch, &scores).unwrap();
        }
        let all = AllArrivals::of(stores.into());
        let mut out = vec![7.0];
        all.load(4, &mut out).unwrap();
        assert_eq!(out, [40.0, 41.0, 42.0, 43.0]);
        all.load(99, &mut out).unwrap();
        assert!(out.is_empty());
    }
}
