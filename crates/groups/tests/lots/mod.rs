//! What is drawn by lot in small worlds.
#![allow(dead_code)]

/// A sequence of numbers that look drawn by lot and are the same each time.
pub struct Lots(pub u64);

impl Lots {
    /// A number below a bound.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % bound
    }

    /// Whether a chance of one in so many comes true.
    pub fn one_in(&mut self, odds: u64) -> bool {
        self.below(odds) == 0
    }
}
