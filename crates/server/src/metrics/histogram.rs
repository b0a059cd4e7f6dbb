//! How long things take: counts in fixed steps from five microseconds to ten seconds.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

/// Upper ends of the steps, in microseconds.
const STEPS: [u64; 20] = [
    5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000,
    500_000, 1_000_000, 2_000_000, 5_000_000, 10_000_000,
];

/// Times, counted by step.
#[derive(Debug)]
pub struct Histogram {
    counts: [AtomicU64; STEPS.len() + 1],
    micros: AtomicU64,
}

impl Default for Histogram {
    fn default() -> Histogram {
        Histogram { counts: std::array::from_fn(|_| AtomicU64::new(0)), micros: AtomicU64::new(0) }
    }
}

impl Histogram {
    /// Counts a time.
    pub fn observe(&self, took: Duration) {
        self.observe_many(took, 1);
    }

    /// Counts a time that several things took.
    pub fn observe_many(&self, took: Duration, times: u64) {
        let micros = u64::try_from(took.as_nanos().div_ceil(1000)).unwrap_or(u64::MAX);
        let at = STEPS.partition_point(|step| *step < micros);
        self.counts[at].fetch_add(times, Relaxed);
        self.micros.fetch_add(micros.saturating_mul(times), Relaxed);
    }

    /// For each step its upper end in seconds and how many times were not above it; and the sum of all in seconds.
    #[must_use]
    pub fn cumulated(&self) -> (Vec<(f64, u64)>, f64) {
        let ends = STEPS.iter().map(|micros| *micros as f64 / 1e6).chain([f64::INFINITY]);
        let mut below = 0;
        let buckets = ends.zip(&self.counts).map(|(end, count)| {
            below += count.load(Relaxed);
            (end, below)
        });
        (buckets.collect(), self.micros.load(Relaxed) as f64 / 1e6)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_fall_into_their_steps() {
        let times = Histogram::default();
        for micros in [1, 5, 6, 1_000_000, 60_000_000] {
            times.observe(Duration::from_micros(micros));
        }
        let (buckets, sum) = times.cumulated();
        assert_eq!(buckets[0], (5e-6, 2));
        assert_eq!(buckets[1], (1e-5, 3));
        assert_eq!(buckets[19], (10.0, 4));
        assert_eq!(buckets[20], (f64::INFINITY, 5));
        assert!((sum - 61.000_012).abs() < 1e-9);
    }
}
