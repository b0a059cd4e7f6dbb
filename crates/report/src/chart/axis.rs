//! A time axis for plotters: seconds mapped to pixels, with marks at round local times.

use std::ops::Range;

use plotters::coord::ranged1d::{KeyPointHint, NoDefaultFormatting, Ranged, ValueFormatter};

use crate::clock::{DAY, HOUR, MINUTE, Zone};

/// Distances between marks, in seconds, from fine to coarse; beyond the last, multiples of it.
const STEPS: [i64; 20] = [
    MINUTE,
    5 * MINUTE,
    15 * MINUTE,
    30 * MINUTE,
    HOUR,
    2 * HOUR,
    3 * HOUR,
    6 * HOUR,
    12 * HOUR,
    DAY,
    2 * DAY,
    4 * DAY,
    7 * DAY,
    14 * DAY,
    28 * DAY,
    56 * DAY,
    91 * DAY,
    182 * DAY,
    364 * DAY,
    1820 * DAY,
];

/// A stretch of time in seconds since 1970, never empty.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TimeAxis {
    start: i64,
    end: i64,
    zone: Zone,
    marks: usize,
}

impl TimeAxis {
    /// From `start` to `end` with at most `marks` marks.
    pub(crate) fn new(start: i64, end: i64, zone: Zone, marks: usize) -> TimeAxis {
        // A quarter of the range of the type keeps every difference below from overflowing.
        let limit = i64::MAX / 4;
        let start = start.clamp(-limit, limit - 1);
        TimeAxis { start, end: end.clamp(start + 1, limit), zone, marks: marks.max(2) }
    }

    fn step(&self) -> i64 {
        let least = (self.end - self.start) / self.marks as i64;
        STEPS.into_iter().find(|step| *step > least).unwrap_or(least.saturating_add(1))
    }
}

impl Ranged for TimeAxis {
    type FormatOption = NoDefaultFormatting;
    type ValueType = i64;

    fn map(&self, value: &i64, limit: (i32, i32)) -> i32 {
        let part = (value.saturating_sub(self.start)) as f64 / (self.end - self.start) as f64;
        limit.0 + (f64::from(limit.1 - limit.0) * part.clamp(0.0, 1.0)).round() as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, hint: Hint) -> Vec<i64> {
        let step = self.step();
        let ahead = self.zone.seconds();
        let first = (self.start + ahead).div_euclid(step) * step - ahead;
        (0..=self.marks as i64 + 2)
            .map(|n| first.saturating_add(n.saturating_mul(step)))
            .filter(|mark| (self.start..=self.end).contains(mark))
            .take(hint.max_num_points().max(2))
            .collect()
    }

    fn range(&self) -> Range<i64> {
        self.start..self.end
    }
}

impl ValueFormatter<i64> for TimeAxis {
    fn format_ext(&self, value: &i64) -> String {
        let whole = self.zone.minute_of_second(*value);
        if self.step() >= DAY {
            return self.zone.day_of_second(*value);
        }
        let of_day = value.saturating_add(self.zone.seconds()).rem_euclid(DAY);
        // Month, day and time: the year is in the text beside the picture.
        let short = whole.split_once('-').map_or(whole.as_str(), |(_, rest)| rest);
        if of_day == 0 {
            short.split_once(' ').map_or(short, |(date, _)| date).to_owned()
        } else {
            short.split_once(' ').map_or(short, |(_, time)| time).to_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use plotters::coord::ranged1d::LightPoints;

    fn marks(axis: &TimeAxis) -> Vec<String> {
        let points = axis.key_points(LightPoints::new(20, 20));
        points.iter().map(|mark| axis.format_ext(mark)).collect()
    }

    #[test]
    fn marks_stand_at_round_local_times() {
        let china = Zone::ahead_by(480);
        let axis = TimeAxis::new(1_000, 30_000, china, 6);
        assert_eq!(marks(&axis), ["10:00", "12:00", "14:00", "16:00"]);
        let days = TimeAxis::new(0, 10 * DAY, china, 6);
        assert_eq!(marks(&days)[0], "1970-01-03");
    }

    #[test]
    fn any_stretch_can_be_drawn() {
        for (start, end) in [(5, 5), (9, 2), (i64::MIN, i64::MAX), (0, i64::MAX)] {
            let axis = TimeAxis::new(start, end, Zone::ahead_by(0), 6);
            assert!(axis.range().start < axis.range().end);
            assert!(axis.key_points(LightPoints::new(20, 20)).len() <= 9);
            assert!((0..=100).contains(&axis.map(&start, (0, 100))));
        }
    }
}
