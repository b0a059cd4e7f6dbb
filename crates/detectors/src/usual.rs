//! What is usual in this very table: how a statistic is spread over all keys of one kind, and how rare a value is.
//!
//! A device with nine accounts is nothing where terminals are shared and a farm where phones are not, so rarity is read from the
//! table: the share of keys past a high value, carried on by a power law whose exponent comes from the keys below the
//! one judged (Hill 1975) and shrinks to a prior where there are few. A key never explains itself; many alike explain each other, which is the trade: what
//! is common in a table is not called strange there.

use events::EntityKind;
use features::Reach;

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
}

/// Number of statistics.
const SLOTS: usize = 4 + 6 * 4 + 2;
/// Bins of an eighth of an octave, up to 2^40.
const BINS: usize = 8 * 40;
/// Keys that the prior counts for, in the exponent and in the share above the prior's start.
const PRIOR_KEYS: f64 = 8.0;

/// The spread of every statistic over the keys seen. Merging is addition, so any split of keys gives the same.
#[derive(Clone, Debug)]
pub struct Usual {
    bins: Vec<u32>,
}

impl Default for Usual {
    fn default() -> Self {
        Self { bins: vec![0; SLOTS * BINS] }
    }
}

impl Statistic {
    fn slot(self) -> usize {
        match self {
            Statistic::Rate(reach) => reach as usize,
            Statistic::Sharing(kind, reach) => {
                let row = match kind {
                    EntityKind::Device => 0,
                    EntityKind::Ip => 1,
                    EntityKind::Subnet => 2,
                    EntityKind::PhoneBlock => 3,
                    EntityKind::Payment => 4,
                    _ => 5,
                };
                4 + row * 4 + reach as usize
            }
            Statistic::Evenness => SLOTS - 2,
            Statistic::Burst => SLOTS - 1,
        }
    }

    /// Where the power law starts and its exponent, before any key of the table is seen.
    fn prior(self) -> (f64, f64) {
        match self {
            Statistic::Rate(Reach::Minute) => (10.0, 2.0),
            Statistic::Rate(Reach::Hour) => (100.0, 2.0),
            Statistic::Rate(Reach::Day) => (400.0, 2.0),
            Statistic::Rate(Reach::Week) => (1_500.0, 2.0),
            Statistic::Sharing(EntityKind::Device | EntityKind::Payment, _) => (1.0, 3.0),
            Statistic::Sharing(EntityKind::Subnet, _) => (2.0, 1.5),
            Statistic::Sharing(..) => (1.0, 2.0),
            // The chance that a test reaches b bits without cause is at most 2^-b.
            Statistic::Evenness | Statistic::Burst => (1.0, 1.0),
        }
    }
}

impl Usual {
    /// Notes one key's worst value of a statistic.
    pub fn note(&mut self, statistic: Statistic, value: f64) {
        let at = statistic.slot() * BINS + bin(value);
        self.bins[at] = self.bins[at].saturating_add(1);
    }

    /// Adds what another worker saw.
    pub fn merge(&mut self, other: &Usual) {
        for (mine, theirs) in self.bins.iter_mut().zip(&other.bins) {
            *mine = mine.saturating_add(*theirs);
        }
    }

    /// How many keys have the statistic.
    #[must_use]
    pub fn keys(&self, statistic: Statistic) -> f64 {
        self.row(statistic).iter().map(|&n| f64::from(n)).sum()
    }

    /// How rare it is among such keys to reach a value: −log2 of the share that would.
    #[must_use]
    pub fn bits(&self, statistic: Statistic, value: f64) -> f64 {
        let row = self.row(statistic);
        let below = &row[..bin(value)];
        let keys: f64 = below.iter().map(|&n| f64::from(n)).sum();
        let (start, exponent) = statistic.prior();
        // The body ends where a tenth of the keys lie above it.
        let mut above = 0.0;
        let mut from = bin(start);
        for (at, &n) in below.iter().enumerate().rev() {
            above += f64::from(n);
            if above >= keys / 10.0 && above > 0.0 {
                from = at.max(from);
                break;
            }
        }
        let from = from.min(bin(value));
        let (mut count, mut logs) = (0.0, 0.0);
        for (at, &n) in below.iter().enumerate().skip(from) {
            count += f64::from(n);
            logs += f64::from(n) * (at - from) as f64 / 8.0 * std::f64::consts::LN_2;
        }
        let exponent = (count + PRIOR_KEYS) / (logs + PRIOR_KEYS / exponent);
        let low = edge(from);
        let share =
            (count + PRIOR_KEYS * (start / low).min(1.0).powf(exponent)) / (keys + PRIOR_KEYS);
        let beyond = (value.max(low) / low).powf(-exponent);
        -(share * beyond).max(1e-300).log2()
    }

    /// How sure it is that a value is not one of the usual keys', in [0, 1]: against as many such keys as were seen.
    #[must_use]
    pub fn score(&self, statistic: Statistic, bits: f64) -> f64 {
        let expected = (self.keys(statistic) + PRIOR_KEYS) * (-bits).exp2();
        1.0 / (1.0 + expected)
    }

    fn row(&self, statistic: Statistic) -> &[u32] {
        let from = statistic.slot() * BINS;
        &self.bins[from..from + BINS]
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
