//! What a mobile number's first digits say in mainland China's numbering plan: a shop's contract, a virtual operator's, a card
//! for machines.
//!
//! Read from a whole number or from its block. Numbers keep their digits when their owners change operators, and millions of
//! people are customers of virtual operators, so a segment is weak evidence at best. Tokens say nothing.

use serde::{Deserialize, Serialize};

/// A stretch of the numbering plan.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[repr(u8)]
pub enum Segment {
    /// Not a mobile number of the mainland, or hidden.
    #[default]
    Unknown,
    /// An operator's with a network of its own.
    Ordinary,
    /// A virtual operator's.
    Virtual,
    /// Cards for machines and for data alone.
    Machine,
}

impl Segment {
    /// The segment of a code; unknown if there is none of it.
    #[must_use]
    pub fn from_code(code: u8) -> Segment {
        match code {
            1 => Segment::Ordinary,
            2 => Segment::Virtual,
            3 => Segment::Machine,
            _ => Segment::Unknown,
        }
    }

    /// The segment of a number of eleven digits (thirteen for cards of machines), or of what is left of one when its last
    /// digits are masked or replaced by a token after a dash.
    #[must_use]
    pub fn of(number: &str) -> Segment {
        let bytes = number.as_bytes();
        let digits = bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let whole = digits == bytes.len();
        let begins = |head: &str| number.starts_with(head);
        if ["10647", "10648", "10649"].into_iter().any(begins) && (!whole || digits == 13) {
            return Segment::Machine;
        }
        let cut = !whole && digits == 7 && matches!(bytes[digits], b'-' | b'*');
        if !(cut || whole && digits == 11) {
            return Segment::Unknown;
        }
        match &bytes[..3] {
            b"170" | b"171" | b"162" | b"165" | b"167" => Segment::Virtual,
            b"140" | b"141" | b"144" | b"146" | b"148" | b"149" | b"172" => Segment::Machine,
            [b'1', b'3'..=b'9', _] => Segment::Ordinary,
            _ => Segment::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbering_plan() {
        for (number, segment) in [
            ("13812345678", Segment::Ordinary),
            ("17012345678", Segment::Virtual),
            ("16512345678", Segment::Virtual),
            ("1700941-essuud9p", Segment::Virtual),
            ("1671234****", Segment::Virtual),
            ("14612345678", Segment::Machine),
            ("1064712345678", Segment::Machine),
            ("1064712****", Segment::Machine),
            ("10647123456", Segment::Unknown),
            ("12012345678", Segment::Unknown),
            ("4155550100", Segment::Unknown),
            ("1700941a", Segment::Unknown),
            ("c0ffee", Segment::Unknown),
            ("170****5678", Segment::Unknown),
            ("", Segment::Unknown),
        ] {
            assert_eq!(Segment::of(number), segment, "{number}");
        }
        for segment in [Segment::Unknown, Segment::Ordinary, Segment::Virtual, Segment::Machine] {
            assert_eq!(Segment::from_code(segment as u8), segment);
        }
    }
}
