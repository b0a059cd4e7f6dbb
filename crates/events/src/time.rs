//! Event time: the only clock of the detection path.

use serde::{Deserialize, Serialize};

/// Microseconds since 1970-01-01T00:00:00Z: when something happened on the platform.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct EventTime(pub i64);

impl EventTime {
    /// Microseconds in a second.
    pub const SECOND: i64 = 1_000_000;
    /// Microseconds in a minute.
    pub const MINUTE: i64 = 60 * Self::SECOND;
    /// Microseconds in an hour.
    pub const HOUR: i64 = 60 * Self::MINUTE;
    /// Microseconds in a day.
    pub const DAY: i64 = 24 * Self::HOUR;

    /// The number of the stretch of `length` microseconds that holds this time, counted from 1970 and shifted by
    /// `offset` microseconds.
    #[must_use]
    pub fn stretch(self, length: i64, offset: i64) -> i64 {
        (self.0 - offset).div_euclid(length)
    }

    /// Whole seconds since 1970.
    #[must_use]
    pub fn seconds(self) -> i64 {
        self.0.div_euclid(Self::SECOND)
    }
}
