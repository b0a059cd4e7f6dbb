//! The province of a place, from the first two digits of its GB/T 2260 code.
//!
//! Thirty-four divisions at the level of provinces; whatever does not begin with one of their numbers is nowhere.

use serde::{Deserialize, Serialize};

/// A province by its number in GB/T 2260; the default is none.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Province(u8);

impl Province {
    /// Not known.
    pub const NONE: Province = Province(0);

    /// The numbers of all provinces, in order.
    pub const NUMBERS: [u8; 34] = [
        11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51,
        52, 53, 54, 61, 62, 63, 64, 65, 71, 81, 82,
    ];

    /// The province of a region's code: two, four or six digits, or the twelve of a village. None of any other text.
    #[must_use]
    pub fn of(region: &str) -> Province {
        let bytes = region.as_bytes();
        let is_code =
            matches!(bytes.len(), 2 | 4 | 6 | 9 | 12) && bytes.iter().all(u8::is_ascii_digit);
        match bytes {
            [tens, ones, ..] if is_code => Province::from_code((tens - b'0') * 10 + (ones - b'0')),
            _ => Province::NONE,
        }
    }

    /// The province of a number; none if no province has it.
    #[must_use]
    pub fn from_code(code: u8) -> Province {
        if Self::NUMBERS.binary_search(&code).is_ok() { Province(code) } else { Self::NONE }
    }

    /// Its number, 0 for none.
    #[must_use]
    pub fn code(self) -> u8 {
        self.0
    }

    /// Its place among [`Province::NUMBERS`].
    #[must_use]
    pub fn place(self) -> Option<usize> {
        Self::NUMBERS.binary_search(&self.0).ok()
    }

    /// Whether it is known.
    #[must_use]
    pub fn is_some(self) -> bool {
        self.0 != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_any_length_say_their_province_and_other_texts_none() {
        for (region, code) in [
            ("440300", 44),
            ("44", 44),
            ("820000", 82),
            ("110101001001", 11),
            ("990000", 0),
            ("4403001", 0),
            ("", 0),
            ("广东", 0),
            ("US-CA0", 0),
        ] {
            assert_eq!(Province::of(region).code(), code, "{region}");
        }
        assert!(Province::NUMBERS.is_sorted());
        assert_eq!(Province::from_code(44).place(), Some(18));
        assert_eq!(Province::NONE.place(), None);
    }
}
