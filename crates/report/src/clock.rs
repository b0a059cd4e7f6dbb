//! Times as the page writes them: civil dates in the stated zone, from microseconds since 1970 in UTC.
//!
//! Proleptic Gregorian over the whole range of the type: a time in 1970 or 2099, or a broken one, prints as what it is.

/// The page's zone: a fixed distance from UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Zone {
    minutes: i32,
}

pub(crate) const MINUTE: i64 = 60;
pub(crate) const HOUR: i64 = 60 * MINUTE;
pub(crate) const DAY: i64 = 24 * HOUR;

impl Zone {
    /// The zone that is `minutes` ahead of UTC; more than a day is held to a day.
    pub(crate) fn ahead_by(minutes: i32) -> Zone {
        Zone { minutes: minutes.clamp(-1440, 1440) }
    }

    /// `UTC` or `UTC+08:00`.
    pub(crate) fn name(self) -> String {
        if self.minutes == 0 {
            return "UTC".to_owned();
        }
        let sign = if self.minutes < 0 { '−' } else { '+' };
        let size = self.minutes.abs();
        format!("UTC{sign}{:02}:{:02}", size / 60, size % 60)
    }

    /// Seconds by which the zone is ahead.
    pub(crate) fn seconds(self) -> i64 {
        i64::from(self.minutes) * MINUTE
    }

    /// `2024-03-09 14:05`, from microseconds.
    pub(crate) fn minute(self, micros: i64) -> String {
        self.minute_of_second(micros.div_euclid(1_000_000))
    }

    /// `2024-03-09 14:05`, from seconds.
    pub(crate) fn minute_of_second(self, seconds: i64) -> String {
        let local = seconds.saturating_add(self.seconds());
        let of_day = local.rem_euclid(DAY);
        format!("{} {:02}:{:02}", date(local), of_day / HOUR, of_day % HOUR / MINUTE)
    }

    /// `2024-03-09`, from seconds.
    pub(crate) fn day_of_second(self, seconds: i64) -> String {
        date(seconds.saturating_add(self.seconds()))
    }
}

/// The date of a local time in seconds. Days to civil date after Howard Hinnant's `civil_from_days`.
fn date(local: i64) -> String {
    let shifted = local.div_euclid(DAY) + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn civil_dates() {
        let utc = Zone::ahead_by(0);
        assert_eq!(utc.minute(0), "1970-01-01 00:00");
        assert_eq!(utc.minute(951_782_400_000_000), "2000-02-29 00:00");
        assert_eq!(utc.minute(4_102_444_799_000_000), "2099-12-31 23:59");
        assert_eq!(utc.minute(-1), "1969-12-31 23:59");
        assert!(!utc.minute(i64::MAX).is_empty() && !utc.minute(i64::MIN).is_empty());
    }

    #[test]
    fn the_zone_moves_the_clock_and_says_so() {
        let china = Zone::ahead_by(480);
        assert_eq!(china.name(), "UTC+08:00");
        assert_eq!(china.minute(0), "1970-01-01 08:00");
        assert_eq!(Zone::ahead_by(-210).name(), "UTC−03:30");
        assert_eq!(Zone::ahead_by(0).name(), "UTC");
        assert_eq!(china.day_of_second(16 * HOUR), "1970-01-02");
    }
}
