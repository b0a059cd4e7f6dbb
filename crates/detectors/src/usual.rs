//! What is usual in this very table: how a statistic is spread over all keys of one kind, and how rare a value is.
//!
//! A device with nine accounts is nothing where terminals are shared and a farm where phones are not, so rarity is read
//! from the table: what one key in a hundred reaches is usual, and beyond that the spread is carried on by a power law,
//! shrunk to a prior where there are few keys. That is the trade: what is common in a table is not called strange there.

use crate::fanout::{self, WATCHED};
use events::EntityKind;
use features::Reach;
use serde::{Deserialize, Serialize};
use std::sync::OnceLock;

/// A statistic of which the spread is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Statistic {
    /// Events of an account in a window.
    Rate(Reach),
    /// Accounts on a device, address, instrument in a window.
    Sharing(EntityKind, Reach),
    /// Two to the power of the bits for a timer.
    Evenness,
    /// Two to the power of the bits of a subject's worst hour.
    Burst,
    /// Devices of an account in a window.
    Devices(Reach),
    /// Turns of a device from one family of systems to another.
    Turns,
}

/// Number of statistics.
const SLOTS: usize = 4 + 6 * 4 + 2 + 4 + 1;
/// Bins of an eighth of an octave, up to 2^40.
const BINS: usize = 8 * 40;
/// At most one key in a hundred is judged; what more than that do is usual.
const JUDGED: f64 = 0.01;
/// The exponent is read between the level that a tenth reach and the body's end.
const WIDE: f64 = 0.1;
/// The first level above a body above which there is nobody else.
const GAP: f64 = 1.5;
/// No tail is taken to be flatter: its mean would be infinite many times over.
const FLATTEST: f64 = 0.5;
/// Keys that the prior counts for, in the exponent and in the share.
const PRIOR_KEYS: f64 = 8.0;

/// The spread of every statistic over the keys seen. Merging is addition, so any split of keys gives the same.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Usual {
    /// Empty until the first key is noted: the priors alone need no memory.
    bins: Vec<u32>,
    /// Of each bin how many keys are in it or above, once somebody asked.
    #[serde(skip)]
    reached: OnceLock<Vec<u64>>,
}

impl Statistic {
    fn slot(self) -> usize {
        match self {
            Statistic::Rate(reach) => reach as usize,
            Statistic::Sharing(kind, reach) => {
                let row = fanout::row(kind).unwrap_or(0);
                4 + row * 4 + reach as usize
            }
            Statistic::Evenness => 4 + 6 * 4,
            Statistic::Burst => 4 + 6 * 4 + 1,
            Statistic::Devices(reach) => 4 + 6 * 4 + 2 + reach as usize,
            Statistic::Turns => SLOTS - 1,
        }
    }

    /// Where the power law starts and its exponent, before any key of the table is seen.
    fn prior(self) -> (f64, f64) {
        match self {
            Statistic::Rate(Reach::Minute) => (10.0, 2.0),
            Statistic::Rate(Reach::Hour) => (100.0, 2.0),
            Statistic::Rate(Reach::Day) => (400.0, 2.0),
            Statistic::Rate(Reach::Week) => (1_500.0, 2.0),
            Statistic::Sharing(kind, _) => {
                let watched = WATCHED[fanout::row(kind).unwrap_or(0)];
                (watched.start, watched.exponent)
            }
            // The chance that a test reaches b bits without cause is at most 2^-b.
            Statistic::Evenness | Statistic::Burst => (1.0, 1.0),
            // Two telephones are nothing; beyond, as households share devices.
            Statistic::Devices(_) => (2.0, 3.0),
            // Whose device claims two systems does it by habit.
            Statistic::Turns => (1.0, 1.5),
        }
    }
}

impl Usual {
    /// Notes one key's worst value of a statistic.
    pub fn note(&mut self, statistic: Statistic, value: f64) {
        self.bins.resize(SLOTS * BINS, 0);
        let at = statistic.slot() * BINS + bin(value);
        self.bins[at] = self.bins[at].saturating_add(1);
        self.reached.take();
    }

    /// Adds what another worker saw.
    pub fn merge(&mut self, other: &Usual) {
        self.bins.resize(SLOTS * BINS, 0);
        for (mine, theirs) in self.bins.iter_mut().zip(&other.bins) {
            *mine = mine.saturating_add(*theirs);
        }
        self.reached.take();
    }

    /// How many keys have the statistic.
    #[must_use]
    pub fn keys(&self, statistic: Statistic) -> f64 {
        self.reached(statistic).first().map_or(0.0, |&all| all as f64)
    }

    /// How rare it is among such keys to reach a value: −log2 of the share that would.
    ///
    /// The body is what all but one key in a hundred reach; above it shares are carried on by a power law, `S(x) = S(l) (x / l)^-a`,
    /// from the first level `l` above the body. Its exponent is the body's own, shrunk to the prior and never steeper.
    #[must_use]
    pub fn bits(&self, statistic: Statistic, value: f64) -> f64 {
        let (start, prior_exponent) = statistic.prior();
        let prior = (value.max(start) / start).powf(-prior_exponent);
        let counts = self.reached(statistic);
        let keys = self.keys(statistic);
        if keys == 0.0 {
            return -prior.max(1e-300).log2();
        }
        let at = bin(value);
        let total = keys + PRIOR_KEYS;
        let reached = counts[at] as f64;
        if reached > keys * JUDGED {
            return -((reached + PRIOR_KEYS * prior) / total).log2();
        }
        // Counts fall with the bins: from the body's end up to the lowest level that is occupied, and down to the level of a tenth.
        let body = counts[..at].partition_point(|&count| count as f64 > keys * JUDGED);
        let body = body.saturating_sub(1);
        let beyond = &counts[(body + 1).min(at)..at];
        let lowest = beyond.first().filter(|&&count| count > counts[at]);
        let (level, above) = match lowest {
            Some(count) => {
                let level = body + beyond.partition_point(|other| other == count);
                (edge(level), *count as f64)
            }
            None => ((edge(body) * GAP).min(value), 1.0),
        };
        let wide = counts[..=body].partition_point(|&count| count as f64 >= keys * WIDE);
        let wide = wide.saturating_sub(1);
        let reached = counts[wide] as f64;
        let span = (level / edge(wide)).ln();
        let own = if span > 0.0 { (reached / above).ln() / span } else { prior_exponent };
        let exponent = (above * own + PRIOR_KEYS * prior_exponent) / (above + PRIOR_KEYS);
        let exponent = exponent.clamp(FLATTEST, prior_exponent);
        let carried = above * (value.max(level) / level).powf(-exponent);
        -((carried + PRIOR_KEYS * prior) / total).max(1e-300).log2()
    }

    /// How sure it is that a value is not one of the usual keys', in [0, 1]: against as many such keys as were seen.
    #[must_use]
    pub fn score(&self, statistic: Statistic, bits: f64) -> f64 {
        let expected = (self.keys(statistic) + PRIOR_KEYS) * (-bits).exp2();
        1.0 / (1.0 + expected)
    }

    /// Of each bin of a statistic, how many keys reach it; none if no key was noted.
    fn reached(&self, statistic: Statistic) -> &[u64] {
        let reached = self.reached.get_or_init(|| {
            let mut reached: Vec<u64> = self.bins.iter().map(|&n| u64::from(n)).collect();
            for row in reached.chunks_mut(BINS) {
                for at in (1..row.len()).rev() {
                    row[at - 1] += row[at];
                }
            }
            reached
        });
        let from = statistic.slot() * BINS;
        reached.get(from..from + BINS).unwrap_or(&[])
    }
}

fn bin(value: f64) -> usize {
    if value <= 1.0 || value.is_nan() {
        return 0;
    }
    ((value.log2() * 8.0 + 1e-9) as usize).min(BINS - 1)
}

fn edge(bin: usize) -> f64 {
    (bin as f64 / 8.0).exp2()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dice::Dice;

    /// The same bin by bin.
    fn by_bins(usual: &Usual, statistic: Statistic, value: f64) -> f64 {
        let (start, prior_exponent) = statistic.prior();
        let prior = (value.max(start) / start).powf(-prior_exponent);
        let from = statistic.slot() * BINS;
        let row = &usual.bins[from..from + BINS];
        let keys: f64 = row.iter().map(|&n| f64::from(n)).sum();
        if keys == 0.0 {
            return -prior.max(1e-300).log2();
        }
        let at = bin(value);
        let total = keys + PRIOR_KEYS;
        let mut reached: f64 = row[at..].iter().map(|&n| f64::from(n)).sum();
        if reached > keys * JUDGED {
            return -((reached + PRIOR_KEYS * prior) / total).log2();
        }
        let (mut body, mut occupied) = (at, None);
        while body > 0 && reached <= keys * JUDGED {
            if body < at && row[body] > 0 {
                occupied = Some((edge(body), reached));
            }
            body -= 1;
            reached += f64::from(row[body]);
        }
        let (level, above) = occupied.unwrap_or(((edge(body) * GAP).min(value), 1.0));
        let mut wide = body;
        while wide > 0 && reached < keys * WIDE {
            wide -= 1;
            reached += f64::from(row[wide]);
        }
        let span = (level / edge(wide)).ln();
        let own = if span > 0.0 { (reached / above).ln() / span } else { prior_exponent };
        let exponent = (above * own + PRIOR_KEYS * prior_exponent) / (above + PRIOR_KEYS);
        let exponent = exponent.clamp(FLATTEST, prior_exponent);
        let carried = above * (value.max(level) / level).powf(-exponent);
        -((carried + PRIOR_KEYS * prior) / total).max(1e-300).log2()
    }

    #[test]
    fn bits_are_those_of_a_walk_down_the_bins() {
        let statistic = Statistic::Rate(Reach::Day);
        let mut dice = Dice(7);
        for keys in [0, 1, 3, 40, 700, 9_000] {
            let mut usual = Usual::default();
            usual.note(Statistic::Turns, 2.0);
            for _ in 0..keys {
                // Most do little, some very much.
                let octaves = dice.below(130) * dice.below(130) / 1_300;
                usual.note(statistic, (octaves as f64).exp2());
            }
            for value in (0..600).map(|n| (f64::from(n) / 40.0).exp2()) {
                assert_eq!(usual.bits(statistic, value), by_bins(&usual, statistic, value));
            }
        }
    }
}
