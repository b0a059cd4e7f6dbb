//! What a waybill number says besides which parcel it is: where it stands in its carrier's sequence.
//!
//! Numbers are dealt out in sequence, to a merchant by the batch, to an outlet by the roll or to everybody from one pool; which
//! parcels are neighbours in number says whose stock they came from. Tokens and serial-less identifiers have no place.

/// A place in a carrier's sequence: the form of the number above, its last fourteen digits below, so that neighbours in
/// number are neighbours here. [`Waybill::NONE`] is a text that is no number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Waybill(pub u64);

/// Digits below, and the bits that they take.
const DIGITS: usize = 14;
const BITS: u32 = 47;
/// The fewest and the most digits of a waybill number, and the most letters before and after them.
const FEWEST: usize = 8;
const MOST: usize = 24;
const LETTERS: usize = 4;

impl Waybill {
    /// No number.
    pub const NONE: Waybill = Waybill(0);

    /// The place of a number: up to four letters, eight to twenty-four digits, up to four letters.
    #[must_use]
    pub fn of(text: &str) -> Waybill {
        let bytes = text.as_bytes();
        let letters = |bytes: &[u8]| bytes.iter().take_while(|b| b.is_ascii_alphabetic()).count();
        let before = letters(bytes);
        let digits = bytes[before..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        let rest = &bytes[before + digits..];
        let fits = (FEWEST..=MOST).contains(&digits) && before <= LETTERS && rest.len() <= LETTERS;
        if !fits || letters(rest) != rest.len() {
            return Waybill::NONE;
        }
        let (lead, last) = bytes[before..before + digits].split_at(digits.saturating_sub(DIGITS));
        let number = last.iter().fold(0u64, |sum, digit| sum * 10 + u64::from(digit - b'0'));
        // FNV-1a over what is not counted on: carriers differ in letters and length.
        let parts = [&bytes[..before], lead, rest, &[digits as u8]];
        let form = parts.into_iter().flatten().fold(0xcbf2_9ce4_8422_2325_u64, |hash, &byte| {
            (hash ^ u64::from(byte.to_ascii_uppercase())).wrapping_mul(0x0100_0000_01b3)
        });
        // The last byte has not reached the high bits yet.
        let form = form.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 48 | 1;
        Waybill(form << BITS | number)
    }

    /// Whether it is a number.
    #[must_use]
    pub fn is_some(self) -> bool {
        self.0 != 0
    }

    /// Letters and length: what numbers of one carrier's sequence have in common.
    #[must_use]
    pub fn form(self) -> u64 {
        self.0 >> BITS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_in_number_are_neighbours() {
        for (one, next) in [
            ("YT8812345678901", "YT8812345678902"),
            ("SF1099999999999", "sf1100000000000"),
            ("773012345678901", "773012345678902"),
            ("EA123456785CN", "EA123456786CN"),
        ] {
            let (a, b) = (Waybill::of(one), Waybill::of(next));
            assert!(a.is_some() && b.is_some());
            assert_eq!((a.form(), a.0 + 1), (b.form(), b.0), "{one}");
        }
        for (one, other) in [
            ("YT8812345678901", "JT8812345678901"),
            ("99999999", "100000000"),
            ("EA123456785CN", "EA123456785HK"),
            ("1999999999999999999", "2000000000000000000"),
        ] {
            assert_ne!(Waybill::of(one).form(), Waybill::of(other).form(), "{one}");
        }
    }

    #[test]
    fn tokens_have_no_place() {
        for text in [
            "",
            "1234567",
            "224nnmsw6vcsm",
            "h:9f86d081884c7d659a2feaa0",
            "YT88-1234",
            "运单12345678",
        ] {
            assert_eq!(Waybill::of(text), Waybill::NONE, "{text}");
        }
    }
}
