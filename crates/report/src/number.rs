//! Numbers as the page writes them: thousands separators, shares in percent, bits, and bits in plain words.
//!
//! What is not a number is shown as a dash, so that a bad value from a result never reads as a fact.

use maud::{Markup, html};

use crate::lang::{Lang, fill};

/// A whole number with thousands separators.
pub(crate) fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() * 4 / 3 + 1);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A sum of hundredths in units, with two places.
pub(crate) fn hundredths(sum: i64) -> String {
    let sign = if sum < 0 { "−" } else { "" };
    let size = sum.unsigned_abs();
    format!("{sign}{}.{:02}", count(size / 100), size % 100)
}

/// `part` of `whole` in percent; a dash where there is no whole.
pub(crate) fn share(part: u64, whole: u64) -> String {
    if whole == 0 {
        return "–".to_owned();
    }
    percent(part as f64 / whole as f64)
}

/// A share in percent with the places that it needs.
pub(crate) fn percent(share: f64) -> String {
    let value = share * 100.0;
    if !value.is_finite() {
        "–".to_owned()
    } else if value == 0.0 {
        "0 %".to_owned()
    } else if value.abs() < 0.01 {
        "< 0.01 %".to_owned()
    } else if value.abs() < 1.0 {
        format!("{value:.2} %")
    } else if value.abs() < 99.95 || value.abs() >= 100.05 {
        format!("{value:.1} %")
    } else if value.abs() < 100.0 {
        "99.9 %".to_owned()
    } else {
        format!("{value:.0} %")
    }
}

/// Any number, with as many places as its size calls for.
pub(crate) fn real(value: f64) -> String {
    let size = value.abs();
    if !value.is_finite() {
        "–".to_owned()
    } else if size >= 1e15 {
        format!("{value:.1e}")
    } else if size >= 100.0 {
        let sign = if value < 0.0 { "−" } else { "" };
        format!("{sign}{}", count(size.round() as u64))
    } else if size >= 10.0 {
        format!("{value:.1}").replace('-', "−")
    } else if size == 0.0 || size >= 0.01 {
        format!("{value:.2}").replace('-', "−")
    } else {
        format!("{value:.1e}").replace('-', "−")
    }
}

/// Bits: whole from ten on, one place below.
pub(crate) fn bits(value: f64) -> String {
    if value.is_finite() && value.abs() < 10.0 {
        format!("{value:.1}").replace('-', "−")
    } else if value.is_finite() && value.abs() < 100.0 {
        format!("{value:.0}").replace('-', "−")
    } else {
        real(value)
    }
}

/// A size in bytes.
pub(crate) fn bytes(n: u64) -> String {
    let size = n as f64;
    if n < 1_000 {
        format!("{n} B")
    } else if n < 1_000_000 {
        format!("{:.1} kB", size / 1e3)
    } else if n < 1_000_000_000 {
        format!("{:.1} MB", size / 1e6)
    } else {
        format!("{:.1} GB", size / 1e9)
    }
}

/// How rarely chance would do it: "1 in 1,024", or a power of ten where that has too many digits to read.
pub(crate) fn odds(bits: f64, lang: Lang) -> Markup {
    let texts = lang.texts();
    if !bits.is_finite() || bits <= 0.0 {
        return html! { (texts.evidence.odds_even) };
    }
    if bits <= 20.0 {
        let n = bits.exp2();
        let rounded = if n < 10.0 { n.max(2.0) } else { round_to_two(n) };
        return fill(texts.evidence.odds, &[("n", html! { (count(rounded as u64)) })]);
    }
    let tens = (bits * std::f64::consts::LOG10_2).floor() as u64;
    fill(texts.evidence.odds, &[("n", html! { "10" sup { (count(tens)) } })])
}

/// Two leading digits: the odds are an estimate and should look like one.
fn round_to_two(n: f64) -> f64 {
    let unit = 10f64.powf(n.log10().floor() - 1.0);
    (n / unit).round() * unit
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_separated() {
        assert_eq!(count(0), "0");
        assert_eq!(count(999), "999");
        assert_eq!(count(1_000), "1,000");
        assert_eq!(count(u64::MAX), "18,446,744,073,709,551,615");
    }

    #[test]
    fn shares_keep_the_places_they_need() {
        assert_eq!(share(1, 0), "–");
        assert_eq!(share(1, 3), "33.3 %");
        assert_eq!(share(1, 1_000), "0.10 %");
        assert_eq!(share(1, 100_000_000), "< 0.01 %");
        assert_eq!(share(99_999, 100_000), "99.9 %");
        assert_eq!(share(5, 5), "100 %");
    }

    #[test]
    fn what_is_no_number_is_a_dash() {
        assert_eq!(real(f64::NAN), "–");
        assert_eq!(bits(f64::INFINITY), "–");
        assert_eq!(percent(f64::NEG_INFINITY), "–");
    }

    #[test]
    fn bits_in_words() {
        assert_eq!(odds(10.0, Lang::En).into_string(), "1 in 1,000");
        assert_eq!(odds(332.2, Lang::En).into_string(), "1 in 10<sup>100</sup>");
        assert!(odds(-3.0, Lang::Zh).into_string().chars().count() > 1);
        assert_eq!(bits(-4.26), "−4.3");
        assert_eq!(bits(1234.4), "1,234");
    }
}
