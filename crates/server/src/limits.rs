//! What a key may ask for in a second: a bucket that fills evenly and from which each event takes one.

use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// A token bucket.
#[derive(Debug)]
pub struct Bucket {
    rate: u32,
    burst: u32,
    level: Mutex<Level>,
}

#[derive(Clone, Copy, Debug)]
struct Level {
    tokens: f64,
    seen: Instant,
}

impl Bucket {
    /// A full bucket; a rate of 0 never refuses.
    #[must_use]
    pub fn new(rate: u32, burst: u32) -> Bucket {
        let level = Level { tokens: burst.into(), seen: Instant::now() };
        Bucket { rate, burst, level: Mutex::new(level) }
    }

    /// A bucket that is as full as this one.
    #[must_use]
    pub fn copied(&self) -> Bucket {
        let level = *self.level.lock().unwrap_or_else(PoisonError::into_inner);
        Bucket { rate: self.rate, burst: self.burst, level: Mutex::new(level) }
    }

    /// Takes so many tokens.
    ///
    /// # Errors
    /// There are not as many: the seconds until there are. Nothing is taken then.
    pub fn take(&self, tokens: usize) -> Result<(), u32> {
        if self.rate == 0 {
            return Ok(());
        }
        self.take_at(tokens, Instant::now())
    }

    fn take_at(&self, tokens: usize, now: Instant) -> Result<(), u32> {
        let mut level = self.level.lock().unwrap_or_else(PoisonError::into_inner);
        let passed = now.saturating_duration_since(level.seen).as_secs_f64();
        level.tokens = (level.tokens + passed * f64::from(self.rate)).min(self.burst.into());
        level.seen = now.max(level.seen);
        let missing = tokens as f64 - level.tokens;
        if missing > 0.0 {
            return Err((missing / f64::from(self.rate)).ceil().clamp(1.0, 3600.0) as u32);
        }
        level.tokens -= tokens as f64;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_bucket_empties_and_fills() {
        let bucket = Bucket::new(100, 50);
        let start = Instant::now();
        let later = |millis| start + Duration::from_millis(millis);
        assert_eq!(bucket.take_at(50, later(0)), Ok(()));
        assert_eq!(bucket.take_at(1, later(0)), Err(1));
        assert_eq!(bucket.take_at(20, later(200)), Ok(()));
        assert_eq!(bucket.take_at(10, later(200)), Err(1));
        // Full is full, however long it was left.
        assert_eq!(bucket.take_at(51, later(60_000)), Err(1));
        assert_eq!(bucket.take_at(50, later(60_000)), Ok(()));
        assert_eq!(bucket.copied().take_at(300, later(60_000)), Err(3));
        assert_eq!(Bucket::new(0, 0).take(1_000_000), Ok(()));
    }
}
