//! A station: the state that one worker keeps, and what it does with a closed epoch.
//!
//! Plain synchronous code: parcels of one epoch in, findings gathered. Whatever is kept here belongs to a key that is
//! at home on this worker, so that the stations of a run together hold the same, however many there are.

use detectors::mem01::Cohorts;
use detectors::text::{self, Said};
use detectors::{Finding, Limits, Shard, Usual, rev01};
use events::{Event, EventTime};
use features::Keyed;
use groups::Activity;

use crate::parcel::Parcel;

/// Touches after which idle keys are looked for, unless there are more keys: the search walks all of them.
const TOUCHES_BETWEEN_SEARCHES: usize = 1 << 20;

/// What every station of a run is told.
#[derive(Clone, Copy, Debug)]
pub struct Orders {
    /// Bounds of the detectors.
    pub limits: Limits,
    /// The table has no mark but views, so views are what accounts leave.
    pub views: bool,
}

/// The state of one worker.
#[derive(Debug)]
pub struct Station {
    shard: Shard,
    activity: Activity,
    cohorts: Cohorts,
    counted: Keyed<u32>,
    said: Vec<Said>,
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
    /// What its accounts left on subjects.
    pub activity: Activity,
    /// Which of its accounts came new.
    pub cohorts: Cohorts,
    /// Events of each of its accounts.
    pub counted: Keyed<u32>,
    /// What its accounts wrote: of too many texts those with the smallest event keys.
    pub said: Vec<Said>,
}

impl Station {
    /// A station that has seen nothing.
    pub fn new(orders: Orders) -> Station {
        Station {
            shard: Shard::new(&orders.limits),
            activity: Activity::new(orders.views),
            cohorts: Cohorts::default(),
            counted: Keyed::default(),
            said: Vec::new(),
            findings: Vec::new(),
            since_search: 0,
        }
    }

    /// Works through the parcels of an epoch. Epochs come in order.
    pub fn epoch(&mut self, parcels: &mut [Parcel]) {
        parcels.sort_unstable_by_key(|parcel| parcel.number);
        let mut latest = None;
        for parcel in &*parcels {
            for touch in &parcel.touches {
                self.shard.observe(touch, &mut self.findings);
            }
            for event in &parcel.events {
                self.activity.observe(event);
                self.cohorts.observe(event);
                if event.actor.is_some() {
                    *self.counted.entry(event.actor).or_default() += 1;
                }
                if event.text.len > 0 {
                    self.hear(event, &parcel.arena);
                }
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

    /// Keeps the sketch of what an event says. The texts that will be compared are among those kept here: they are the
    /// smallest of all by event key, and so of these.
    fn hear(&mut self, event: &Event, arena: &str) {
        let start = event.text.start as usize;
        let said = arena.get(start..start + event.text.len as usize).and_then(text::sketch);
        let Some(sketch) = said else { return };
        self.said.push((sketch, event.id, event.actor, event.subject, event.time));
        if self.said.len() >= rev01::MOST_TEXTS * 5 / 4 {
            self.said.select_nth_unstable_by_key(rev01::MOST_TEXTS, |said| (said.1, said.2));
            self.said.truncate(rev01::MOST_TEXTS);
        }
    }

    /// Ends the run.
    pub fn finish(mut self) -> Report {
        self.shard.finish(&mut self.findings);
        Report {
            findings: self.findings,
            usual: self.shard.usual().clone(),
            activity: self.activity,
            cohorts: self.cohorts,
            counted: self.counted,
            said: self.said,
        }
    }
}
