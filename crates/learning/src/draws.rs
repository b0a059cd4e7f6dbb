//! Chance from a seed: the same seed draws the same rows in every version and on every machine.
//!
//! SplitMix64 (Steele, Lea & Flood, OOPSLA 2014): eight bytes of state, and streams that differ in their seed alone do not
//! meet in practice. Good enough to choose rows; nothing here keeps a secret.

/// A stream of draws.
#[derive(Clone, Debug)]
pub(crate) struct Draws {
    state: u64,
}

impl Draws {
    /// The stream of a seed and of what it is drawn for, so that two uses of one seed are independent.
    pub(crate) fn new(seed: u64, purpose: u64) -> Draws {
        let mut draws = Draws { state: seed ^ purpose.wrapping_mul(0xd134_2543_de82_ef95) };
        draws.next();
        draws
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// In [0, 1).
    pub(crate) fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// In 0..n; 0 if n is 0.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        ((u128::from(self.next()) * n as u128) >> 64) as usize
    }

    /// Every order with the same chance.
    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_are_even_and_repeat() {
        let mut draws = Draws::new(7, 1);
        let mut counts = [0u32; 10];
        for _ in 0..10_000 {
            counts[draws.below(10)] += 1;
        }
        assert!(counts.iter().all(|&count| (850..1_150).contains(&count)), "{counts:?}");
        let shares: Vec<f64> = (0..1_000).map(|_| draws.share()).collect();
        assert!(shares.iter().all(|share| (0.0..1.0).contains(share)));
        let first = |purpose| Draws::new(7, purpose).next();
        assert_eq!(first(1), first(1));
        assert_ne!(first(1), first(2));
        assert_eq!(draws.below(0), 0);
    }

    #[test]
    fn shuffling_loses_nothing() {
        let mut items: Vec<u32> = (0..100).collect();
        Draws::new(1, 1).shuffle(&mut items);
        assert_ne!(items, (0..100).collect::<Vec<_>>());
        items.sort_unstable();
        assert_eq!(items, (0..100).collect::<Vec<_>>());
    }
}
