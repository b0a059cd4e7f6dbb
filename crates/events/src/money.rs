//! Numbers as people write them in exports: `¥1,234.50`, `12.5元`, `1 299,00 kr` is not among them.
//!
//! Decimal text is read digit by digit, not through a float, so that 0.29 is 29 minor units and never 28.

/// How a source writes money.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unit {
    /// Whole minor units, as the contract has it.
    #[default]
    Minor,
    /// Units with a decimal point: 12.50 is 1250 minor units, by the currency's own number of decimals.
    Major,
}

/// A currency by its three letters (ISO 4217); none where none was given, or something else was.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Currency([u8; 3]);

impl Currency {
    /// No currency.
    pub const NONE: Currency = Currency([0; 3]);

    /// The currency of a text; small letters are taken for capitals.
    #[must_use]
    pub fn of(text: &str) -> Currency {
        match *text.as_bytes() {
            [a, b, c] if text.bytes().all(|letter| letter.is_ascii_alphabetic()) => {
                Currency([a, b, c].map(|letter| letter.to_ascii_uppercase()))
            }
            _ => Currency::NONE,
        }
    }

    /// Whether there is one.
    #[must_use]
    pub fn is_some(self) -> bool {
        self != Currency::NONE
    }

    /// Its letters; empty if there is none.
    #[must_use]
    pub fn text(&self) -> &str {
        match self.is_some() {
            true => std::str::from_utf8(&self.0).unwrap_or_default(),
            false => "",
        }
    }

    /// Digits after the decimal point; two where it is not known.
    #[must_use]
    pub(crate) fn decimals(self) -> u32 {
        match self.text() {
            "JPY" | "KRW" | "VND" | "CLP" | "ISK" | "UGX" | "XAF" | "XOF" | "PYG" | "RWF" => 0,
            "BHD" | "KWD" | "OMR" | "JOD" | "TND" | "IQD" | "LYD" => 3,
            _ => 2,
        }
    }
}

/// A number of a few digits and nothing else: what most numbers are. It has a value that every numeric type holds.
#[must_use]
pub(crate) fn few_digits(text: &str) -> Option<i64> {
    let bytes = text.as_bytes();
    if bytes.is_empty() || bytes.len() > 15 {
        return None;
    }
    let mut value = 0i64;
    for byte in bytes {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        value = value * 10 + i64::from(digit);
    }
    Some(value)
}

/// A decimal number times ten to the `decimals`, if it is one and what is left is zero.
#[must_use]
pub(crate) fn scaled(text: &str, decimals: u32) -> Option<i64> {
    let text = undress(text);
    let (negative, digits) = match text.strip_prefix(['-', '−']) {
        Some(rest) => (true, rest.trim_start_matches(['¥', '￥', '$', ' '])),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let mut value: i64 = 0;
    for byte in whole.bytes() {
        match byte {
            b'0'..=b'9' => value = value.checked_mul(10)?.checked_add(i64::from(byte - b'0'))?,
            b',' => {}
            _ => return None,
        }
    }
    let mut left = decimals;
    for byte in fraction.bytes() {
        match byte {
            b'0'..=b'9' if left > 0 => {
                value = value.checked_mul(10)?.checked_add(i64::from(byte - b'0'))?;
                left -= 1;
            }
            b'0' => {}
            // Half a minor unit and less is rounding of a discount, not money.
            b'1'..=b'9' if decimals > 0 => {}
            _ => return None,
        }
    }
    value = value.checked_mul(10_i64.checked_pow(left)?)?;
    Some(if negative { -value } else { value })
}

fn undress(text: &str) -> &str {
    text.trim()
        .trim_start_matches(['¥', '￥', '$', '€', '£', ' '])
        .trim_start_matches("RMB")
        .trim_start_matches("CNY")
        .trim_end_matches("元")
        .trim_end_matches("CNY")
        .trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_digits_are_what_the_long_way_reads() {
        for text in ["0", "7", "007", "123456789012345"] {
            assert_eq!(few_digits(text), scaled(text, 0), "{text}");
            assert_eq!(few_digits(text), text.parse().ok(), "{text}");
        }
        for other in ["", "-1", "1.0", "1,000", " 1", "1234567890123456", "１"] {
            assert_eq!(few_digits(other), None, "{other}");
        }
    }

    #[test]
    fn money_is_read_exactly() {
        for (text, places, want) in [
            ("0.29", 2, Some(29)),
            ("12.5元", 2, Some(1250)),
            ("¥1,234.50", 2, Some(123_450)),
            ("-3", 2, Some(-300)),
            ("-¥3.10", 2, Some(-310)),
            ("199", 0, Some(199)),
            ("199.0", 0, Some(199)),
            ("199.5", 0, None),
            ("12.345", 2, Some(1234)),
            ("", 2, None),
            ("abc", 2, None),
            (".5", 2, Some(50)),
            ("99999999999999999999", 2, None),
            ("1e5", 2, None),
        ] {
            assert_eq!(scaled(text, places), want, "{text}");
        }
        assert_eq!(Currency::of("JPY").decimals(), 0);
    }
}
