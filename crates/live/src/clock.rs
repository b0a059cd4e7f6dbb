//! How far event time has come.

use events::EventTime;

/// The most that one event moves it, in microseconds.
const MOST: i64 = 3_600 * EventTime::SECOND;

/// The newest event time after one more event. An event whose clock is wrong by years does not make all others look old:
/// none moves it by more than an hour.
pub fn advance(newest: EventTime, time: EventTime) -> EventTime {
    match newest.0 {
        i64::MIN => time,
        now => EventTime(now.max(time.0.min(now.saturating_add(MOST)))),
    }
}
