//! Windows: what the streaming detectors keep of accounts, subjects and what they share, in two halves.
//!
//! What is found of one key depends on nothing that touched another, so each half has its keys to itself. They are worked on one
//! after the other while events come, when every core has enough to do, and side by side when a log is read again.

use detectors::{Code, Finding, KEPT_SCORE, Limits, Shard, Usual, streaming};
use events::{Entity, EntityKind, Event, EventTime, Key};
use features::{TOUCHED, Touch, touch};
use serde::{Deserialize, Serialize};

use crate::jobs::Slot;

/// How many there are.
pub const HALVES: usize = 2;

/// Touches after which idle keys are looked for, unless there are more keys.
const TOUCHES_BETWEEN_SEARCHES: usize = 1 << 19;

/// Events whose states are looked at together, before each is worked on by itself.
const TOGETHER: usize = 16;

/// What a detector says of something that an event touched.
#[derive(Clone, Copy, Debug)]
pub struct Sign {
    /// The event's place among those that were taken together.
    pub event: usize,
    pub code: Code,
    pub bits: f32,
    /// It is the account that this is said of.
    pub of_account: bool,
}

/// The half that has a key.
pub fn half_of(key: Key) -> usize {
    // The highest bit: tables choose places by the lower ones.
    usize::from(key.0 >> 63 == 1)
}

/// A half of the windows.
#[derive(Debug, Serialize, Deserialize)]
pub struct Windows {
    half: usize,
    shard: Shard,
    newest: EventTime,
    since_search: usize,
    #[serde(skip)]
    touches: Vec<Touch>,
    #[serde(skip)]
    closed: Vec<Finding>,
}

impl Windows {
    /// Both halves, empty.
    pub fn both(limits: &Limits) -> [Windows; HALVES] {
        std::array::from_fn(|half| Windows {
            half,
            shard: Shard::new(limits),
            newest: EventTime(i64::MIN),
            since_search: 0,
            touches: Vec::new(),
            closed: Vec::new(),
        })
    }

    /// Takes of the new ones of some events what is this half's, and appends what is said of it against what the
    /// judgement of a number found usual, in the events' order.
    pub fn take(
        &mut self,
        events: &[Event],
        slots: &[Slot],
        usual: (u32, &Usual),
        out: &mut Vec<Sign>,
    ) {
        let mut touched = std::mem::take(&mut self.touches);
        let together = events.chunks(TOGETHER).zip(slots.chunks(TOGETHER));
        for (round, (events, slots)) in together.enumerate() {
            touched.clear();
            let mut ends = [0; TOGETHER];
            for ((event, slot), end) in events.iter().zip(slots).zip(&mut ends) {
                let half = if slot.new { self.half } else { HALVES };
                let own = TOUCHED.into_iter().filter(|&kind| half_of(event.key(kind)) == half);
                touched.extend(own.filter_map(|kind| touch(event, kind)));
                *end = touched.len();
            }
            self.shard.glance_growing(&touched);
            let mut start = 0;
            for (place, (event, &end)) in events.iter().zip(&ends).enumerate() {
                self.one(event, &touched[start..end], (round * TOGETHER + place, usual), out);
                start = end;
            }
        }
        self.touches = touched;
    }

    fn one(
        &mut self,
        event: &Event,
        touched: &[Touch],
        (place, usual): (usize, (u32, &Usual)),
        out: &mut Vec<Sign>,
    ) {
        for touch in touched {
            self.newest = self.newest.max(event.time);
            if !self.shard.observe(touch, &mut self.closed) {
                continue;
            }
            let entity = Entity { kind: touch.entity, key: touch.key };
            for &code in streaming(entity.kind) {
                let judged = self.shard.judged(code, entity, event.time, usual);
                if let Some((bits, _)) = judged.filter(|(_, score)| *score >= KEPT_SCORE) {
                    let of_account = entity.kind == EntityKind::Account;
                    out.push(Sign { event: place, code, bits, of_account });
                }
            }
        }
        // What has been quiet for a day is in the next judgement.
        self.closed.clear();
        self.since_search += touched.len();
        if self.since_search > TOUCHES_BETWEEN_SEARCHES.max(self.shard.keys()) {
            self.forget();
        }
    }

    fn forget(&mut self) {
        self.shard.advance(self.newest, &mut self.closed);
        self.closed.clear();
        drop(self.shard.take_viewings());
        self.since_search = 0;
    }

    /// What is growing about an account of this half, at the newest time of an event.
    pub fn findings(
        &mut self,
        account: Key,
        newest: EventTime,
        usual: (u32, &Usual),
    ) -> Vec<Finding> {
        let entity = Entity { kind: EntityKind::Account, key: account };
        let mut found = Vec::new();
        for &code in streaming(EntityKind::Account) {
            let judged = self.shard.judged(code, entity, newest, usual);
            let growing = self.shard.growing(code, entity, newest).cloned();
            if let (Some((bits, score)), Some(growing)) = (judged, growing) {
                found.push(Finding { bits, score, ..growing });
            }
        }
        found
    }

    /// Keys that windows are kept for.
    pub fn keys(&self) -> usize {
        self.shard.keys()
    }
}
