//! A key stands for an identifier text everywhere past the door.
//!
//! It is a 64-bit hash, so that it does not depend on the order of arrival, the number of workers or the cut of the
//! input: two runs over the same events see the same keys. With `n` identifiers the chance of any collision is about
//! `n² / 2⁶⁵`: 3 in a million for ten million identifiers.

use serde::{Deserialize, Serialize};

/// A 64-bit stand-in for an identifier text; [`Key::NONE`] is "not given".
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Key(pub u64);

impl Key {
    /// The column was null or empty.
    pub const NONE: Key = Key(0);

    /// The key of an identifier text; the empty text has none.
    #[must_use]
    #[inline]
    pub fn of(text: &str) -> Key {
        if text.is_empty() {
            return Key::NONE;
        }
        Key(xxhash_rust::xxh3::xxh3_64(text.as_bytes()).max(1))
    }

    /// The key of the entry by a link that an account passed on (`share:<account>`).
    #[must_use]
    pub fn of_link(account: Key) -> Key {
        Key::of("share").with(account.0)
    }

    /// A key made of two, in this order: a pair such as (subject, hour).
    #[must_use]
    pub fn with(self, other: u64) -> Key {
        let mixed = (self.0 ^ other.rotate_left(32)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        Key((mixed ^ (mixed >> 29) ^ other.wrapping_mul(0xBF58_476D_1CE4_E5B9)).max(1))
    }

    /// Whether an identifier was given.
    #[must_use]
    pub fn is_some(self) -> bool {
        self.0 != 0
    }

    /// Whether no identifier was given.
    #[must_use]
    pub fn is_none(self) -> bool {
        self.0 == 0
    }
}
