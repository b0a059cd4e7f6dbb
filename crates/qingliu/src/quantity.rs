//! Quantities as people write and read them: durations, shares, counts, moments.

use chrono::DateTime;

/// Longer durations are taken for a slip: ten years.
const LONGEST: i64 = 3_653 * DAY;
const SECOND: i64 = 1_000_000;
const DAY: i64 = 86_400 * SECOND;

/// A duration such as `90s`, `15m`, `6h`, `2d` or `1h30m`, in microseconds.
pub(crate) fn duration(text: &str) -> Result<i64, String> {
    let wrong = || format!("`{text}` is no duration; write 90s, 15m, 6h, 2d or 1h30m");
    let mut total: i64 = 0;
    let mut rest = text.trim();
    if rest.is_empty() {
        return Err(wrong());
    }
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).ok_or_else(wrong)?;
        let number: i64 = rest[..digits].parse().map_err(|_| wrong())?;
        let after = &rest[digits..];
        let end = after.find(|c: char| c.is_ascii_digit()).unwrap_or(after.len());
        let unit = match after[..end].trim() {
            "ms" => 1_000,
            "s" => SECOND,
            "m" | "min" => 60 * SECOND,
            "h" => 3_600 * SECOND,
            "d" => DAY,
            "w" => 7 * DAY,
            _ => return Err(wrong()),
        };
        total =
            number.checked_mul(unit).and_then(|part| total.checked_add(part)).ok_or_else(wrong)?;
        rest = &after[end..];
    }
    if total > LONGEST {
        return Err(format!("`{text}` is longer than ten years"));
    }
    Ok(total)
}

/// A share from 0 to 1, also written as `5%`.
pub(crate) fn share(text: &str) -> Result<f64, String> {
    let wrong = || format!("`{text}` is no share; write a number from 0 to 1, or 5%");
    let (number, whole) = match text.trim().strip_suffix('%') {
        Some(number) => (number, 100.0),
        None => (text.trim(), 1.0),
    };
    let value = number.trim().parse::<f64>().map_err(|_| wrong())? / whole;
    if (0.0..=1.0).contains(&value) { Ok(value) } else { Err(wrong()) }
}

/// A count with its thousands apart.
pub(crate) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A part of a whole in per cent; a dash when there is no whole.
pub(crate) fn percent(part: u64, whole: u64) -> String {
    if whole == 0 {
        return "–".to_owned();
    }
    let share = part as f64 * 100.0 / whole as f64;
    if part > 0 && share < 0.1 { format!("{share:.3} %") } else { format!("{share:.1} %") }
}

/// A part of a whole, 0 when there is no whole.
pub(crate) fn ratio(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// A moment as RFC 3339 in UTC, given in microseconds since 1970.
pub(crate) fn moment(micros: i64) -> String {
    DateTime::from_timestamp_micros(micros).map_or_else(
        || micros.to_string(),
        |time| time.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        assert_eq!(duration("90s"), Ok(90 * SECOND));
        assert_eq!(duration("15m"), Ok(900 * SECOND));
        assert_eq!(duration("6h"), Ok(DAY / 4));
        assert_eq!(duration("2d"), Ok(2 * DAY));
        assert_eq!(duration("1h30m"), Ok(5_400 * SECOND));
        for wrong in ["", "90", "s", "-3s", "1.5h", "3 parsecs", "99999999999999d", "9999d"] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn shares() {
        assert_eq!(share("0.05"), Ok(0.05));
        assert_eq!(share("5%"), Ok(0.05));
        for wrong in ["", "1.5", "-0.1", "nan", "half", "101%"] {
            assert!(share(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn counts_and_moments() {
        assert_eq!(count(0), "0");
        assert_eq!(count(999), "999");
        assert_eq!(count(1_234_567), "1,234,567");
        assert_eq!(percent(1, 0), "–");
        assert_eq!(percent(1, 3), "33.3 %");
        assert_eq!(percent(1, 10_000), "0.010 %");
        assert_eq!(moment(1_500_000), "1970-01-01T00:00:01.500Z");
    }
}
