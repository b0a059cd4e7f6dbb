//! Seeded chance: every part of the world throws its own dice.
//!
//! A stream is named by the scenario's seed, a word and a number, so that adding a scheme or a crowd does not change
//! what everybody else does. ChaCha8 is slower than the smallest generators but its stream is published and stable.

use events::Key;
use rand::rngs::ChaCha8Rng;
use rand::{Rng, SeedableRng};
use std::collections::BTreeSet;

/// One stream of chance.
pub(crate) struct Dice(ChaCha8Rng);

impl Dice {
    /// The stream of that name and number in the world of that seed.
    pub(crate) fn new(seed: u64, stream: &str, number: u64) -> Dice {
        let name = Key::of(stream).with(number).with(seed);
        Dice(ChaCha8Rng::seed_from_u64(name.0))
    }

    /// Any 64 bits.
    pub(crate) fn bits(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// In [0, 1).
    pub(crate) fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// In [0, n); 0 for n = 0.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        ((u128::from(self.bits()) * n as u128) >> 64) as usize
    }

    /// In [low, high], or `low` if the two are the wrong way round.
    pub(crate) fn between(&mut self, low: i64, high: i64) -> i64 {
        if high <= low {
            return low;
        }
        low + self.below((high - low + 1) as usize) as i64
    }

    /// In [low, high).
    pub(crate) fn within(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// True with that probability.
    pub(crate) fn chance(&mut self, p: f64) -> bool {
        self.unit() < p
    }

    /// One of the slice; `None` of an empty one.
    pub(crate) fn pick<T: Copy>(&mut self, from: &[T]) -> Option<T> {
        from.get(self.below(from.len())).copied()
    }

    /// A standard normal number.
    pub(crate) fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.unit()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.unit()).cos()
    }

    /// A lognormal number by its median and the deviation of its logarithm.
    pub(crate) fn lognormal(&mut self, median: f64, sigma: f64) -> f64 {
        median * (sigma * self.normal()).exp()
    }

    /// An exponential number by its mean.
    pub(crate) fn wait(&mut self, mean: f64) -> f64 {
        -mean * (1.0 - self.unit()).ln()
    }

    /// A count with that mean, as of independent happenings.
    pub(crate) fn count(&mut self, mean: f64) -> u32 {
        if mean > 30.0 {
            return (mean + mean.sqrt() * self.normal()).round().max(0.0) as u32;
        }
        let floor = (-mean).exp();
        let (mut product, mut count) = (self.unit(), 0);
        while product > floor {
            product *= self.unit();
            count += 1;
        }
        count
    }

    /// `n` different members of the slice, in random order; all of them if there are fewer.
    pub(crate) fn sample<T: Copy>(&mut self, from: &[T], n: usize) -> Vec<T> {
        let n = n.min(from.len());
        if n * 8 < from.len() {
            let mut places = BTreeSet::new();
            let mut few = Vec::with_capacity(n);
            while few.len() < n {
                let i = self.below(from.len());
                if places.insert(i) {
                    few.push(from[i]);
                }
            }
            return few;
        }
        let mut all = from.to_vec();
        for i in 0..n {
            let j = i + self.below(all.len() - i);
            all.swap(i, j);
        }
        all.truncate(n);
        all
    }
}

/// A table to draw from with unequal chances.
#[derive(Clone, Default)]
pub(crate) struct Weighted {
    things: Vec<u32>,
    sums: Vec<f64>,
}

impl Weighted {
    /// Adds a thing with its weight; a weight that is not above zero adds nothing.
    pub(crate) fn add(&mut self, thing: u32, weight: f64) {
        if weight > 0.0 {
            self.things.push(thing);
            self.sums.push(self.sums.last().copied().unwrap_or(0.0) + weight);
        }
    }

    /// One thing; `None` from an empty table.
    pub(crate) fn draw(&self, dice: &mut Dice) -> Option<u32> {
        let at = dice.unit() * self.sums.last().copied()?;
        let i = self.sums.partition_point(|&sum| sum <= at);
        self.things.get(i.min(self.things.len() - 1)).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_are_apart_and_repeat() {
        let throw = |stream, number| Dice::new(7, stream, number).bits();
        assert_eq!(throw("life", 1), throw("life", 1));
        assert_ne!(throw("life", 1), throw("life", 2));
        assert_ne!(throw("life", 1), throw("viral", 1));
    }

    #[test]
    fn draws_follow_their_weights() {
        let mut table = Weighted::default();
        table.add(1, 1.0);
        table.add(2, 0.0);
        table.add(3, 3.0);
        let mut dice = Dice::new(1, "table", 0);
        let mut threes = 0;
        for _ in 0..10_000 {
            let drawn = table.draw(&mut dice);
            assert_ne!(drawn, Some(2));
            threes += u32::from(drawn == Some(3));
        }
        assert!((7_300..7_700).contains(&threes), "{threes}");
    }

    #[test]
    fn samples_do_not_repeat() {
        let mut dice = Dice::new(1, "sample", 0);
        let mut got = dice.sample(&[1, 2, 3, 4, 5], 9);
        got.sort_unstable();
        assert_eq!(got, [1, 2, 3, 4, 5]);
    }
}
