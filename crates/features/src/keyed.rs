//! A table of states by key, for keys that are hashes already.
//!
//! The hasher passes the key through after one multiplication: keys are XXH3 of identifiers, so mixing again buys
//! nothing. The price is that keys must never be chosen by an outsider directly; they are not, they are hashes.
//!
//! Tables of millions of states do not fit a cache, and to look one key up after the other is to wait for memory each
//! time. Whoever has many keys at hand therefore first glances at all their states, which the processor does side by
//! side, and then works on them one by one.

use events::Key;
use hashbrown::HashMap;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use std::fmt;
use std::hash::{BuildHasherDefault, Hasher};
use std::marker::PhantomData;

/// States by key. Iteration order is not defined: sort before anything leaves.
pub type Keyed<T> = HashMap<Key, T, BuildHasherDefault<KeyHasher>>;

/// Passes a 64-bit key through, spread over the high bits that the table's tags are taken from.
#[derive(Clone, Copy, Debug, Default)]
pub struct KeyHasher(u64);

impl Hasher for KeyHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.write_u64(u64::from(byte));
        }
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = (self.0.rotate_left(5) ^ value).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }
}

/// States for which there is room from the start when a table is read: more find theirs as they come, so that a length
/// that is not true takes no more memory than this many.
const ROOM: usize = 1 << 24;

/// Reads a table, with room for all of it from the start: states come in the order in which a table has them, and one that
/// had to grow meanwhile would put them into rows that are full.
pub fn read_keyed<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    from: D,
) -> Result<Keyed<T>, D::Error> {
    struct Table<T>(PhantomData<T>);

    impl<'de, T: Deserialize<'de>> Visitor<'de> for Table<T> {
        type Value = Keyed<T>;

        fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
            to.write_str("states by key")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut from: A) -> Result<Keyed<T>, A::Error> {
            let mut table = Keyed::default();
            let room = from.size_hint().unwrap_or(0).min(ROOM);
            table.try_reserve(room).map_err(|_| A::Error::custom("no memory for a table"))?;
            while let Some((key, state)) = from.next_entry()? {
                table.insert(key, state);
            }
            Ok(table)
        }
    }

    from.deserialize_map(Table(PhantomData))
}
