//! A station: the state that one worker keeps, and what it does with a closed epoch.
//!
//! Plain synchronous code: parcels of one epoch in, findings gathered. Whatever is kept here belongs to a key that is
//! at home on this worker, so that the stations of a run together hold the same, however many there are.

use detectors::{Finding, Limits, Shard, Usual};
use events::EventTime;

use crate::parcel::Parcel;

/// Touches after which idle keys are looked for, unless there are more keys: the search walks all of them.
const TOUCHES_BETWEEN_SEARCHES: usize = 1 << 20;

/// The state of one worker.
#[derive(Debug)]
pub struct Station {
    shard: Shard,
    findings: Vec<Finding>,
    since_search: usize,
}

/// What a station knows at the end.
#[derive(Debug)]
pub struct Report {
    /// In the order of this station's keys' touches; sorted over all stations later.
    pub findings: Vec<Finding>,
    /// The spread of what its keys showed.
    pub usual: Usual,
}

impl Station {
    /// A station that has seen nothing.
    pub fn new(limits: &Limits) -> Station {
        Station { shard: Shard::new(limits), findings: Vec::new(), since_search: 0 }
    }

    /// Works through the parcels of an epoch. Epochs come in order.
    pub fn epoch(&mut self, parcels: &mut [Parcel]) {
        parcels.sort_unstable_by_key(|parcel| parcel.number);
        let mut latest = None;
        for parcel in &*parcels {
            for touch in &parcel.touches {
                self.shard.observe(touch, &mut self.findings);
            }
            self.since_search += parcel.touches.len();
            latest = parcel.touches.last().map(|touch| touch.time).or(latest);
        }
        if let Some(time) = latest {
            self.search_idle(time);
        }
    }

    fn search_idle(&mut self, time: EventTime) {
        if self.since_search > TOUCHES_BETWEEN_SEARCHES.max(self.shard.keys()) {
            self.shard.advance(time, &mut self.findings);
            self.since_search = 0;
        }
    }

    /// Ends the run.
    pub fn finish(mut self) -> Report {
        self.shard.finish(&mut self.findings);
        Report { findings: self.findings, usual: self.shard.usual().clone() }
    }
}
