//! Retention: what is kept how long, and how what is over leaves.
//!
//! By event time against the newest event time, so that the same log expires the same way whenever it is read. Whole
//! files leave the log, and only once no snapshot, no judgement under way and none that is to come needs them: counts
//! and verdicts stay. The transactions in them are in the records, on disk, before they go.

use std::path::Path;
use std::sync::Arc;

use engine::codec::Texts;
use eventlog::{Position, Reader, Segment};
use events::{Batch, EventTime};

use crate::LiveError;
use crate::keeper::Keeper;
use crate::record::{self, kind};
use crate::records::Records;
use crate::walk;

/// Days that events are kept unless it is said otherwise: six months, however long they are. The Cybersecurity Law wants
/// logs kept as long and the Digital Services Act, article 20, lets people complain as long, for which they must be there;
/// the Personal Information Protection Law, article 19, wants no more than is needed.
const RAW_DAYS: u32 = 184;
/// The fewest days that records are kept: three years, as the E-Commerce Law of the People's Republic of China wants in its
/// article 31.
const RECORDS_DAYS: u32 = 1_096;
/// Days that records are kept longer: the law counts from when a transaction is completed, and its first record is older
/// than its last.
const COMPLETION_DAYS: i64 = 92;
/// The share of their time after which a file of events is closed although it is not full: files leave as a whole.
const SHARE: i64 = 16;

/// How long what is kept, in days of event time before the newest event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// Events as they came. 0: until they are erased.
    pub raw_days: u32,
    /// Records of transactions; fewer than 1,096 are taken as 1,096. They are kept 92 days longer, since that time begins
    /// when a transaction is completed.
    pub records_days: u32,
}

impl Default for Retention {
    fn default() -> Retention {
        Retention { raw_days: RAW_DAYS, records_days: RECORDS_DAYS }
    }
}

impl Retention {
    /// How long events are kept, in microseconds.
    pub fn raw(&self) -> i64 {
        match self.raw_days {
            0 => i64::MAX,
            days => i64::from(days) * EventTime::DAY,
        }
    }

    /// How long records are kept, in microseconds.
    pub fn records(&self) -> i64 {
        (i64::from(self.records_days.max(RECORDS_DAYS)) + COMPLETION_DAYS) * EventTime::DAY
    }

    /// Event time after which it is looked whether something is over.
    pub fn step(&self) -> i64 {
        self.raw() / SHARE
    }
}

impl Keeper {
    /// Removes what is over at the newest event time, and not needed: nothing from the place `needed` on.
    pub fn retain(&mut self, needed: u64, newest: EventTime) -> Result<(), LiveError> {
        let retention = self.home.options.retention;
        let home = Arc::clone(&self.home);
        // Somebody reads both as one: another time.
        let Ok(mut records) = home.records.try_write() else { return Ok(()) };
        if retention.raw_days > 0 {
            self.close_aged(newest.0.saturating_sub(retention.step()))?;
            while let Some(oldest) = self.oldest_over(needed, newest.0, retention.raw())? {
                let records = Records::get(&mut records, &home.options)?;
                records.fill(&home.log(), (oldest.first, oldest.end()))?;
                self.ask(move |log| log.remove_before(oldest.end()))??;
            }
        }
        if records.is_some() {
            let records = Records::get(&mut records, &home.options)?;
            records.expire(newest, retention.records())?;
        }
        Ok(())
    }

    /// The log's oldest file, if it is closed, not needed, and all of its events are over.
    fn oldest_over(
        &mut self,
        needed: u64,
        now: i64,
        raw: i64,
    ) -> Result<Option<Segment>, LiveError> {
        let segments = self.ask(|log| log.segments())?;
        let [oldest, _, ..] = segments[..] else { return Ok(None) };
        if oldest.end().0 > needed {
            return Ok(None);
        }
        let over = now.saturating_sub(raw);
        let known = self.oldest.filter(|(first, _)| *first == oldest.first.0);
        if known.is_some_and(|(_, newest)| newest >= over) {
            return Ok(None);
        }
        // Also where it is known: what was too far ahead to be believed then may not be so now.
        let newest = newest_in(&self.home.log(), oldest, now.saturating_add(raw))?;
        self.oldest = Some((oldest.first.0, newest));
        Ok((newest < over).then_some(oldest))
    }

    /// Closes the newest file if its first event is from before a time, so that it can leave when it is over.
    fn close_aged(&self, before: i64) -> Result<(), LiveError> {
        let (segments, until) = self.ask(|log| (log.segments(), log.committed()))?;
        let Some(newest) = segments.last().filter(|newest| newest.first < until) else {
            return Ok(());
        };
        let folder = self.home.log();
        let mut reader = Reader::open(&folder, newest.first, until)?;
        let mut batch = Batch::default();
        while let Some(found) = reader.read()? {
            if found.kind != kind::EVENTS {
                continue;
            }
            let whole = record::decode(found.payload, Texts::None, &mut batch);
            whole.ok_or_else(|| walk::broken(&folder, found.position.0))?;
            if batch.events.first().is_some_and(|event| event.time.0 < before) {
                self.ask(|log| log.roll())??;
            }
            break;
        }
        Ok(())
    }
}

/// The newest event time in a file of the log. An event whose clock is wrong by years does not hold the file, and all after
/// it, for as long: what is after `most` counts only where nothing else is in the file.
fn newest_in(folder: &Path, file: Segment, most: i64) -> Result<i64, LiveError> {
    let (mut newest, mut ahead, mut batch) = (i64::MIN, i64::MIN, Batch::default());
    let range: (Position, Position) = (file.first, file.end());
    walk::records(folder, range, |place, found, payload| {
        if found == kind::EVENTS {
            batch.events.clear();
            let whole = record::decode(payload, Texts::None, &mut batch);
            whole.ok_or_else(|| walk::broken(folder, place))?;
            for event in &batch.events {
                let known = if event.time.0 > most { &mut ahead } else { &mut newest };
                *known = event.time.0.max(*known);
            }
        }
        Ok(())
    })?;
    Ok(if newest > i64::MIN { newest } else { ahead })
}
