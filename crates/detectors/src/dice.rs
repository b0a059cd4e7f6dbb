//! Seeded numbers for tests: the same seed gives the same, on every machine.

/// A stream of them.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    /// One of `0..n`.
    pub(crate) fn below(&mut self, n: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }

    /// An exponential waiting time of a mean, in microseconds.
    pub(crate) fn wait(&mut self, mean_seconds: f64) -> i64 {
        let u = (self.below(1 << 30) as f64 + 0.5) / (1_u64 << 30) as f64;
        (-u.ln() * mean_seconds * 1e6) as i64
    }
}
