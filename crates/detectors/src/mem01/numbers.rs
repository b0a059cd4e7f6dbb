//! Neighbouring phone numbers: cards bought together, and used as if by people who live far apart.
//!
//! Whoever registers accounts in bulk needs numbers in bulk, and numbers are sold in runs. So are those that a carrier
//! hands out at a campus: there the place is shared as well. Of one block's numbers each network therefore counts once,
//! and numbers whose network is not known do not count at all.

use super::Newcomer;
use super::null::MOST_BITS;
use crate::chance::bits_at_least;
use events::Key;

/// A town has about a thousand blocks of ten thousand numbers (half a million blocks, 340 prefectures): newcomers of one
/// town have numbers of one block that often without knowing each other.
const TOWN_SHARE: f64 = 1.0 / 1_000.0;
/// Families and friends buy cards together: repeats vary more than by chance, as a negative binomial of this size.
const SIZE: f64 = 10.0;

/// The numbers of some newcomers by block, each network of a block once.
#[derive(Clone, Debug, Default)]
pub(super) struct Numbers {
    /// In the order of the blocks.
    blocks: Vec<(Key, u64)>,
}

impl Numbers {
    pub(super) fn of<'a>(newcomers: impl Iterator<Item = &'a Newcomer>) -> Numbers {
        let known = |n: &&Newcomer| n.phone.is_some() && n.block.is_some() && n.subnet.is_some();
        let mut phones: Vec<(Key, Key, Key)> =
            newcomers.filter(known).map(|n| (n.phone, n.block, n.subnet)).collect();
        phones.sort_unstable();
        phones.dedup_by_key(|phone| phone.0);
        let mut places: Vec<(Key, Key)> = phones.into_iter().map(|p| (p.1, p.2)).collect();
        places.sort_unstable();
        places.dedup();
        let blocks = places.chunk_by(|a, b| a.0 == b.0);
        Numbers { blocks: blocks.map(|block| (block[0].0, block.len() as u64)).collect() }
    }

    pub(super) fn count(&self) -> f64 {
        self.blocks.iter().map(|block| block.1).sum::<u64>() as f64
    }

    /// Numbers beyond the first of each block.
    pub(super) fn repeats(&self) -> f64 {
        self.count() - self.blocks.len() as f64
    }

    /// The share of pairs of numbers, but for those of a part, that are of one block: a town's at least.
    pub(super) fn share_without(&self, part: &Numbers) -> f64 {
        let (mut numbers, mut together) = (0_u64, 0_u64);
        for (block, count) in &self.blocks {
            let inside = match part.blocks.binary_search_by_key(block, |b| b.0) {
                Ok(at) => part.blocks[at].1,
                Err(_) => 0,
            };
            let left = count.saturating_sub(inside);
            numbers += left;
            together += pairs(left);
        }
        (together as f64 / pairs(numbers).max(1) as f64).clamp(TOWN_SHARE, 1.0)
    }

    /// Bits for more repeats than that share of pairs gives.
    pub(super) fn bits(&self, share: f64) -> f64 {
        let count = self.count();
        let expected = count * (count - 1.0).max(0.0) / 2.0 * share;
        bits_at_least(self.repeats(), expected, SIZE).min(MOST_BITS)
    }
}

fn pairs(n: u64) -> u64 {
    n * n.saturating_sub(1) / 2
}
