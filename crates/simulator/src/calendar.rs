//! What is still to happen, by day.
//!
//! A parcel ordered on one day is signed on another. Events wait in the day they belong to, and a day is sorted and
//! released when it is over, so the memory needed is one day's events and the parcels under way, not the world's.
//! Events after the last day are outside the observed period and dropped.

use crate::row::Row;

/// Microseconds in a day.
pub(crate) const DAY: i64 = 86_400_000_000;
/// Microseconds in an hour.
pub(crate) const HOUR: i64 = 3_600_000_000;
/// Microseconds in a minute.
pub(crate) const MINUTE: i64 = 60_000_000;
/// Microseconds in a second.
pub(crate) const SECOND: i64 = 1_000_000;

/// The days to come.
pub(crate) struct Calendar {
    start: i64,
    today: usize,
    days: Vec<Vec<Row>>,
}

impl Calendar {
    pub(crate) fn new(start: i64, days: u32) -> Calendar {
        Calendar { start, today: 0, days: (0..days).map(|_| Vec::new()).collect() }
    }

    /// When a day begins.
    pub(crate) fn begins(&self, day: u32) -> i64 {
        self.start + i64::from(day) * DAY
    }

    /// Notes an event; one that lies before today happens as today begins.
    pub(crate) fn note(&mut self, mut row: Row) {
        let begins = self.start + self.today as i64 * DAY;
        row.time = row.time.max(begins);
        let day = ((row.time - self.start) / DAY) as usize;
        if let Some(rows) = self.days.get_mut(day) {
            rows.push(row);
        }
    }

    /// Closes today: its events in the order of time, those of one instant in the order they were noted.
    pub(crate) fn close(&mut self) -> Vec<Row> {
        let mut rows = self.days.get_mut(self.today).map(std::mem::take).unwrap_or_default();
        rows.sort_by_key(|row| row.time);
        self.today += 1;
        rows
    }
}
