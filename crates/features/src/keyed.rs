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
use std::hash::{BuildHasherDefault, Hasher};

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
