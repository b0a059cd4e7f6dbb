//! Times as tables write them become event time.
//!
//! A number is an epoch whose unit follows from its size: within 1980–2099 the ranges of seconds, milliseconds,
//! microseconds and nanoseconds do not touch. Written times without an offset are local times of the mapping's offset;
//! only fixed offsets are known, no time-zone histories.

use crate::EventTime;
use crate::rejection::{Reason, excerpt};
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime};

/// 1980-01-01, before which no platform has events.
const EARLIEST: i64 = 315_532_800_000_000;
/// 2100-01-01.
const LATEST: i64 = 4_102_444_800_000_000;

/// How a source writes times.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Clock {
    /// Seconds east of UTC of times that name no offset.
    pub offset: i32,
    /// Forms (as of `chrono`'s `format`) tried before the known ones.
    pub formats: Vec<String>,
}

/// Forms that are tried when the usual one, `2024-05-06 07:08:09`, does not fit.
const FORMS: [&str; 12] = [
    "%Y年%m月%d日 %H:%M:%S",
    "%Y年%m月%d日 %H:%M",
    "%d/%m/%Y %H:%M:%S",
    "%d/%m/%Y %H:%M",
    "%m/%d/%Y %H:%M:%S",
    "%m/%d/%Y %H:%M",
    "%d.%m.%Y %H:%M:%S",
    "%d.%m.%Y %H:%M",
    "%b %d, %Y %H:%M:%S",
    "%d %b %Y %H:%M:%S",
    "%a %b %d %H:%M:%S %Y",
    "%m/%d/%Y %I:%M:%S %p",
];
const DATES: [&str; 8] = [
    "%Y年%m月%d日",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d.%m.%Y",
    "%b %d, %Y",
    "%B %d, %Y",
    "%d %b %Y",
    "%d %B %Y",
];

impl Clock {
    /// The event time of a written time.
    pub fn read(&self, text: &str) -> Result<EventTime, Reason> {
        let micros = self
            .first_formats(text)
            .or_else(|| self.usual(text))
            .or_else(|| self.number(text))
            .map_or_else(|| self.rare(text), Ok)?;
        checked(micros, || excerpt(text))
    }

    /// The event time of a time written as most are: `2024-05-06 07:08:09`, with or without a fraction, in UTC. `None`
    /// if it is written otherwise or out of range, which [`Clock::read`] tells apart.
    pub(crate) fn read_usual(&self, text: &str) -> Option<EventTime> {
        let (head, mut rest) = text.as_bytes().split_first_chunk::<19>()?;
        if !self.formats.is_empty() || !matches!(head[10], b' ' | b'T') {
            return None;
        }
        let marks = [(4, b'-'), (7, b'-'), (13, b':'), (16, b':')];
        if marks.iter().any(|(at, mark)| head[*at] != *mark) {
            return None;
        }
        let two = |at: usize| two_digits(head[at], head[at + 1]);
        let year = two(0)? * 100 + two(2)?;
        let (month, day) = (two(5)?, two(8)?);
        let (hour, minute, second) = (two(11)?, two(14)?, two(17)?);
        // What fits every month needs no calendar; the last days of a month are left to it.
        if !(1980..2100).contains(&year) || !(1..=12).contains(&month) || !(1..=28).contains(&day) {
            return None;
        }
        if hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        let part = fraction(&mut rest)?;
        if !matches!(rest, b"Z" | b"+00" | b"+00:00") && (!rest.is_empty() || self.offset != 0) {
            return None;
        }
        let seconds = days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second;
        Some(EventTime(seconds * EventTime::SECOND + part))
    }

    /// The event time of a number: an epoch.
    pub fn read_epoch(&self, value: i64) -> Result<EventTime, Reason> {
        checked(self.of_whole(value), || value.to_string())
    }

    /// The event time of a number of seconds (or of ms, µs, ns) with a fraction.
    pub fn read_epoch_float(&self, value: f64) -> Result<EventTime, Reason> {
        if !value.is_finite() {
            return Err(Reason::NotFinite);
        }
        let seconds = value.abs() < 1e11 && value.fract() != 0.0;
        let micros =
            if seconds { (value * 1e6).round() as i64 } else { self.of_whole(value as i64) };
        checked(micros, || value.to_string())
    }

    /// The event time of microseconds since 1970.
    pub fn read_instant(&self, micros: i64) -> Result<EventTime, Reason> {
        checked(micros, || written(micros))
    }

    /// The event time of what a clock on the wall showed, as microseconds since 1970.
    pub fn read_local(&self, micros: i64) -> Result<EventTime, Reason> {
        checked(micros.saturating_sub(self.shift()), || written(micros))
    }

    fn shift(&self) -> i64 {
        i64::from(self.offset) * EventTime::SECOND
    }

    fn first_formats(&self, text: &str) -> Option<i64> {
        self.formats.iter().find_map(|form| self.by_form(text, form))
    }

    fn by_form(&self, text: &str, form: &str) -> Option<i64> {
        if let Ok(time) = DateTime::parse_from_str(text, form) {
            return Some(time.timestamp_micros());
        }
        let local = NaiveDateTime::parse_from_str(text, form)
            .or_else(|_| {
                NaiveDate::parse_from_str(text, form).map(|date| date.and_time(NaiveTime::MIN))
            })
            .ok()?;
        Some(local.and_utc().timestamp_micros() - self.shift())
    }

    /// `2024-05-06`, `2024/5/6 7:08`, `2024-05-06T07:08:09.123456Z`, `2024-05-06 07:08:09 -0400`, `… UTC`.
    fn usual(&self, text: &str) -> Option<i64> {
        let mut rest = text.as_bytes();
        let year = digits(&mut rest, 4, 4)?;
        let separator = *rest.first().filter(|b| matches!(b, b'-' | b'/' | b'.'))?;
        rest = &rest[1..];
        let month = digits(&mut rest, 1, 2)?;
        skip(&mut rest, separator)?;
        let day = digits(&mut rest, 1, 2)?;
        let date = NaiveDate::from_ymd_opt(year as i32, month as u32, day as u32)?;
        let days = date.signed_duration_since(NaiveDate::default()).num_days();
        let mut micros = days * EventTime::DAY;
        if rest.is_empty() {
            return Some(micros - self.shift());
        }
        rest = match rest {
            [b'T' | b't' | b' ', after @ ..] => after.trim_ascii_start(),
            _ => return None,
        };
        if rest.is_empty() {
            return Some(micros - self.shift());
        }
        let hour = digits(&mut rest, 1, 2)?;
        skip(&mut rest, b':')?;
        let minute = digits(&mut rest, 2, 2)?;
        let second = match rest.first() {
            Some(b':') => {
                rest = &rest[1..];
                digits(&mut rest, 2, 2)?
            }
            _ => 0,
        };
        if hour > 23 || minute > 59 || second > 60 {
            return None;
        }
        micros += hour * EventTime::HOUR + minute * EventTime::MINUTE + second * EventTime::SECOND;
        micros += fraction(&mut rest)?;
        Some(micros - self.offset_of(rest)?)
    }

    /// What a written offset takes from local time.
    fn offset_of(&self, rest: &[u8]) -> Option<i64> {
        let mut rest = rest.trim_ascii_start();
        match rest {
            b"" => return Some(self.shift()),
            b"Z" | b"z" | b"UTC" | b"GMT" | b"+00" => return Some(0),
            _ => {}
        }
        let sign = match rest.first()? {
            b'+' => 1,
            b'-' => -1,
            _ => return None,
        };
        rest = &rest[1..];
        let hours = digits(&mut rest, 2, 2)?;
        if rest.first() == Some(&b':') {
            rest = &rest[1..];
        }
        let minutes = if rest.is_empty() { 0 } else { digits(&mut rest, 2, 2)? };
        if !rest.is_empty() || hours > 18 || minutes > 59 {
            return None;
        }
        Some(sign * (hours * EventTime::HOUR + minutes * EventTime::MINUTE))
    }

    /// A whole number: an epoch, or a date and time written without separators.
    fn of_whole(&self, value: i64) -> i64 {
        let micros = epoch(value);
        match compact(value) {
            // 20240506 is 1970 as an epoch, and 20240506070809 is the year 2611.
            Some(local) if !(EARLIEST..LATEST).contains(&micros) => local - self.shift(),
            _ => micros,
        }
    }

    fn number(&self, text: &str) -> Option<i64> {
        if let Ok(whole) = text.parse::<i64>() {
            return Some(self.of_whole(whole));
        }
        let (whole, part) = text.split_once('.')?;
        if part.is_empty() || !part.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let whole = whole.parse::<i64>().ok()?;
        if whole.unsigned_abs() >= 100_000_000_000 {
            return Some(self.of_whole(whole));
        }
        let mut rest = &text.as_bytes()[text.len() - part.len() - 1..];
        whole.checked_mul(1_000_000)?.checked_add(fraction(&mut rest)?)
    }

    fn rare(&self, text: &str) -> Result<i64, Reason> {
        if let Ok(time) = DateTime::parse_from_rfc2822(text) {
            return Ok(time.timestamp_micros());
        }
        let forms = FORMS.iter().chain(&DATES);
        let mut read = forms.filter_map(|form| self.by_form(text, form));
        let first = read.next().ok_or_else(|| Reason::NotATime(excerpt(text)))?;
        // 01/02/2026 is in January for some and in February for others: only who wrote it knows.
        if text.contains('/') && read.any(|other| other != first) {
            return Err(Reason::AmbiguousTime(excerpt(text)));
        }
        Ok(first)
    }
}

fn checked(micros: i64, cell: impl Fn() -> String) -> Result<EventTime, Reason> {
    match micros {
        ..EARLIEST => Err(Reason::TooEarly(cell())),
        LATEST.. => Err(Reason::TooLate(cell())),
        _ => Ok(EventTime(micros)),
    }
}

fn written(micros: i64) -> String {
    DateTime::from_timestamp_micros(micros)
        .map_or_else(|| micros.to_string(), |time| time.format("%Y-%m-%dT%H:%M:%SZ").to_string())
}

fn two_digits(tens: u8, ones: u8) -> Option<i64> {
    let (tens, ones) = (tens.wrapping_sub(b'0'), ones.wrapping_sub(b'0'));
    (tens <= 9 && ones <= 9).then(|| i64::from(tens) * 10 + i64::from(ones))
}

/// Days from 1970 to a date of 1980–2099, in which every fourth year is a leap year.
fn days(year: i64, month: i64, day: i64) -> i64 {
    // A year begins in March here, so that the leap day is its last.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let since = year - 1968;
    since * 365 + since / 4 + (month * 153 + 2) / 5 + day - 1 - 671
}

fn digits(rest: &mut &[u8], least: usize, most: usize) -> Option<i64> {
    let count = rest.iter().take(most).take_while(|b| b.is_ascii_digit()).count();
    if count < least {
        return None;
    }
    let (head, tail) = rest.split_at(count);
    *rest = tail;
    Some(head.iter().fold(0, |value, b| value * 10 + i64::from(b - b'0')))
}

fn skip(rest: &mut &[u8], byte: u8) -> Option<()> {
    let (first, tail) = rest.split_first()?;
    *rest = tail;
    (*first == byte).then_some(())
}

fn fraction(rest: &mut &[u8]) -> Option<i64> {
    if !matches!(rest.first(), Some(b'.' | b',')) {
        return Some(0);
    }
    *rest = &rest[1..];
    let count = rest.iter().take_while(|b| b.is_ascii_digit()).count();
    if count == 0 {
        return None;
    }
    let (head, tail) = rest.split_at(count);
    *rest = tail;
    let mut micros = 0;
    for place in 0..6 {
        micros = micros * 10 + head.get(place).map_or(0, |b| i64::from(b - b'0'));
    }
    Some(micros)
}

/// An epoch in the unit that its size tells.
fn epoch(value: i64) -> i64 {
    match value.unsigned_abs() {
        0..100_000_000_000 => value.saturating_mul(1_000_000),
        100_000_000_000..100_000_000_000_000 => value.saturating_mul(1000),
        100_000_000_000_000..100_000_000_000_000_000 => value,
        _ => value.div_euclid(1000),
    }
}

/// `20240506` and `20240506070809`.
fn compact(value: i64) -> Option<i64> {
    let (date, clock) = match value {
        19_800_101..=20_991_231 => (value, 0),
        19_800_101_000_000..=20_991_231_235_959 => (value / 1_000_000, value % 1_000_000),
        _ => return None,
    };
    let day = NaiveDate::from_ymd_opt(
        (date / 10_000) as i32,
        (date / 100 % 100) as u32,
        (date % 100) as u32,
    )?;
    let time = NaiveTime::from_hms_opt(
        (clock / 10_000) as u32,
        (clock / 100 % 100) as u32,
        (clock % 100) as u32,
    )?;
    Some(day.and_time(time).and_utc().timestamp_micros())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(clock: &Clock, text: &str, want: &str) {
        let got = clock.read(text).map(|time| {
            DateTime::from_timestamp_micros(time.0)
                .map(|t| t.format("%Y-%m-%dT%H:%M:%S%.fZ").to_string())
        });
        assert_eq!(got, Ok(Some(want.to_owned())), "{text}");
    }

    #[test]
    fn forms_of_time() {
        let utc = Clock::default();
        for text in [
            "2024-05-06T07:08:09Z",
            "2024-05-06 07:08:09",
            "2024/5/6 7:08:09",
            "2024-05-06T15:08:09+08:00",
            "2024-05-06 03:08:09 -0400",
            "2024-05-06 07:08:09 UTC",
            "1714979289",
            "1714979289000",
            "1714979289000000",
            "1714979289000000000",
            "1714979289.0",
            "20240506070809",
            "Mon, 06 May 2024 07:08:09 +0000",
            "May 06, 2024 07:08:09",
            "2024年05月06日 07:08:09",
        ] {
            check(&utc, text, "2024-05-06T07:08:09Z");
        }
        check(&utc, "2024-05-06", "2024-05-06T00:00:00Z");
        check(&utc, "20240506", "2024-05-06T00:00:00Z");
        check(&utc, "31/12/2023", "2023-12-31T00:00:00Z");
        check(&utc, "12/31/2023", "2023-12-31T00:00:00Z");
        check(&utc, "2024-05-06T07:08:09.123456789Z", "2024-05-06T07:08:09.123456Z");
        check(&utc, "1714979289.25", "2024-05-06T07:08:09.250Z");
        check(&utc, "2099-12-31T23:59:59Z", "2099-12-31T23:59:59Z");
    }

    #[test]
    fn the_usual_form_is_read_as_the_calendar_reads_it() {
        let utc = Clock::default();
        for day in 3652..47_482 {
            let Some(time) = DateTime::from_timestamp(day * 86_400 + day % 86_400, 250_000_000)
            else {
                panic!("{day} is a day");
            };
            let text = time.format("%Y-%m-%d %H:%M:%S%.f+00").to_string();
            let last = time.format("%d").to_string().parse::<u32>().expect("a day") > 28;
            let got = utc.read_usual(&text);
            assert_eq!(got.is_none(), last, "{text}");
            assert_eq!(got.map_or(utc.read(&text), Ok), utc.read(&text), "{text}");
            assert_eq!(utc.read(&text), Ok(EventTime(time.timestamp_micros())), "{text}");
        }
        let china = Clock { offset: 8 * 3600, formats: Vec::new() };
        for text in ["2024-05-06T07:08:09", "2024-05-06T07:08:09 +08:00", "2024-05-06 07:08:60Z"] {
            assert_eq!(china.read_usual(text), None, "{text}");
        }
        for text in ["2024-05-06T07:08:09Z", "2024-05-06 07:08:09.5+00:00"] {
            assert_eq!(china.read_usual(text), china.read(text).ok(), "{text}");
        }
    }

    #[test]
    fn local_times_have_the_mappings_offset() {
        let china = Clock { offset: 8 * 3600, formats: Vec::new() };
        check(&china, "2024-05-06 07:08:09", "2024-05-05T23:08:09Z");
        check(&china, "2024-05-06 07:08", "2024-05-05T23:08:00Z");
        check(&china, "2024-05-06T07:08:09Z", "2024-05-06T07:08:09Z");
        check(&china, "1714979289", "2024-05-06T07:08:09Z");
        let own = Clock { offset: 0, formats: vec!["%d|%m|%Y".to_owned()] };
        check(&own, "06|05|2024", "2024-05-06T00:00:00Z");
    }

    #[test]
    fn times_out_of_range_say_so() {
        let utc = Clock::default();
        for early in ["0", "1970-01-01T00:00:00Z", "1979-12-31T23:59:59Z", "-5"] {
            assert!(matches!(utc.read(early), Err(Reason::TooEarly(_))), "{early}");
        }
        assert!(matches!(utc.read("2100-01-01"), Err(Reason::TooLate(_))));
        for either in ["01/02/2026", "3/4/2026 07:08", "11/12/2025 07:08:09"] {
            assert!(matches!(utc.read(either), Err(Reason::AmbiguousTime(_))), "{either}");
            let told = Clock { offset: 0, formats: vec!["%d/%m/%Y".to_owned()] };
            assert_eq!(told.read(either).is_ok(), either.len() == 10, "{either}");
        }
        assert_eq!(utc.read("02/02/2026"), utc.read("2026-02-02"));
        for none in
            ["", "yesterday", "2024-13-01", "2024-05-06 25:00", "12:30", "2024-05-06 07:08:09 X"]
        {
            assert!(matches!(utc.read(none), Err(Reason::NotATime(_))), "{none}");
        }
        assert_eq!(utc.read_epoch_float(f64::NAN), Err(Reason::NotFinite));
        assert!(matches!(utc.read_epoch(i64::MAX), Err(Reason::TooLate(_))));
        assert!(matches!(utc.read_epoch(i64::MIN), Err(Reason::TooEarly(_))));
    }
}
