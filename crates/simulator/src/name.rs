//! Names of things: compact numbers inside, random-looking texts outside.
//!
//! A text is a bijective scrambling of the number under the seed, so no two things of a space share one, nothing has
//! to be stored, and neither order of creation nor kind of account shows in it.

use crate::couriers;

/// What a name names; texts of two spaces are unrelated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Space {
    Account = 1,
    Subject,
    Owner,
    Order,
    Parcel,
    Point,
    Device,
    Payment,
    Address,
    Event,
    Desk,
    Campaign,
    Club,
    Contest,
    /// A courier's number: read in sequence, unlike all other names.
    Waybill,
}

/// The name of one thing, or of nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Name(u64);

const LETTERS: &[u8; 32] = b"23456789abcdefghijkmnpqrstuvwxyz";

impl Name {
    /// Nothing.
    pub(crate) const NONE: Name = Name(0);

    /// The thing of that number in a space.
    pub(crate) fn new(space: Space, number: u64) -> Name {
        Name(((space as u64) << 48) | number)
    }

    /// The thing's number in its space.
    pub(crate) fn number(self) -> u64 {
        self.0 & ((1 << 48) - 1)
    }

    pub(crate) fn is_none(self) -> bool {
        self.0 == 0
    }

    /// Appends the text; nothing for nothing.
    pub(crate) fn write(self, seed: u64, out: &mut String) {
        if self.0 >> 48 == Space::Waybill as u64 {
            couriers::write(self.number(), out);
        } else if !self.is_none() {
            letters(mix(self.0 ^ mix(seed)), 13, out);
        }
    }
}

/// Appends that many letters of five bits each.
pub(crate) fn letters(mut bits: u64, count: usize, out: &mut String) {
    for _ in 0..count {
        out.push(char::from(LETTERS[(bits & 31) as usize]));
        bits >>= 5;
    }
}

/// Scrambles 64 bits, one to one (the finaliser of splitmix64).
pub(crate) fn mix(mut x: u64) -> u64 {
    x = x.wrapping_add(0x9E37_79B9_7F4A_7C15);
    x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn no_two_names_share_a_text() {
        let mut seen = BTreeSet::new();
        for number in 0..20_000 {
            for space in [Space::Account, Space::Subject] {
                let mut text = String::new();
                Name::new(space, number).write(3, &mut text);
                assert_eq!(text.len(), 13);
                assert!(seen.insert(text));
            }
        }
    }
}
