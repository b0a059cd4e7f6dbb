//! Where people are, how much subjects differ in it, and how near to evenness a subject's events are instead.
//!
//! All likelihoods leave out the number of orders of the events, which is the same for each of them.

use super::census;
use super::origins::{PROVINCES, Row};
use super::{LEAN, LEAST_ALIKE};
use crate::chance::{MOST_BITS, ln_gamma};
use std::f64::consts::LN_2;

/// Shares of the events that come evenly, if any do: less than half says nothing that a taste does not.
const EVEN: [f64; 3] = [0.5, 0.75, 1.0];
/// The least such share, as it is estimated, of a finding.
const LEAST_EVEN: f64 = 0.4;
/// Share of the table's provinces that must be covered.
const COVERED: f64 = 2.0 / 3.0;
/// The fewest events a province where closeness is measured.
const EACH: f64 = 5.0;
/// By how much people must be off evenness, against chance, for closeness to it to say anything.
const DISTINCT: f64 = 4.0;
/// Shares of a subject's people who might be of the whole country, the others being as the table's are.
const NATIONAL: [f64; 5] = [0.0, 0.25, 0.5, 0.75, 1.0];
/// How strictly a crowd might keep to its shares: subjects' own strictness times 4 to these powers.
const STRICT: std::ops::RangeInclusive<i32> = -4..=5;
/// Events a province of crowds whose taste may be any.
const ANY_TASTE: [f64; 2] = [0.5, 1.0];

/// What the others lead one to expect of a subject.
#[derive(Clone, Debug)]
pub(super) struct Usual {
    /// Places of provinces that the table knows, in order.
    pub seen: Vec<usize>,
    /// Share of people in each; sums to 1 over `seen`.
    pub shares: [f64; PROVINCES],
    /// How alike two events of one subject are beyond the shares: 0 if subjects do not differ.
    pub alike: f64,
    /// Other subjects that say so.
    pub others: usize,
}

/// Bits by which a subject is no crowd, before the price.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Measured {
    /// Share of its events that come evenly.
    pub share: f64,
    /// For that against any crowd.
    pub even: f64,
    /// By which it is nearer to evenness than chance allows.
    pub regular: f64,
}

impl Measured {
    pub fn most(&self) -> f64 {
        self.even.max(self.regular)
    }
}

/// Provinces that might be covered evenly, and the bits that it costs to name them.
struct Cover {
    places: Vec<usize>,
    bits: f64,
}

impl Usual {
    /// Nothing is known yet.
    pub fn of(seen: Vec<usize>) -> Usual {
        Usual { seen, shares: [0.0; PROVINCES], alike: 0.0, others: 0 }
    }

    /// Where people are, of all kinds together: half an event is granted to each province.
    pub fn everywhere(all: &[f64; PROVINCES], seen: &[usize]) -> Usual {
        let sum: f64 = seen.iter().map(|&place| all[place] + 0.5).sum();
        let mut usual = Usual::of(seen.to_vec());
        for &place in seen {
            usual.shares[place] = (all[place] + 0.5) / sum;
        }
        usual
    }

    /// The same of one kind, from weighed sums, without what one row put into them.
    pub fn without(&self, sums: &[f64; PROVINCES], row: &Row, is_out: bool) -> Usual {
        let own = if is_out { [0.0; PROVINCES] } else { row.weighed() };
        let mut usual = Usual::of(self.seen.clone());
        let left = |place: usize| (sums[place] - own[place]).max(0.0) + LEAN * self.shares[place];
        let sum: f64 = self.seen.iter().map(|&place| left(place)).sum();
        for &place in &self.seen {
            usual.shares[place] = left(place) / sum;
        }
        usual
    }

    /// How alike the events of a row are, from how far it is off the shares; and the same along the way to evenness.
    pub fn off(&self, row: &Row) -> (f64, f64) {
        let (n, even) = (row.events, 1.0 / self.seen.len() as f64);
        let (mut square, mut value, mut mean, mut spread) = (0.0, 0.0, 0.0, 0.0);
        for &place in &self.seen {
            let (count, share) = (row.counts[place], self.shares[place]);
            square += (count - n * share).powi(2) / (n * share);
            let weight = (0.5 * (share + even) / share).ln();
            value += count * weight;
            mean += share * weight;
            spread += share * weight * weight;
        }
        let spread = (spread - mean * mean).max(1e-9);
        let far = square / (self.seen.len() as f64 - 1.0);
        let along = (value - n * mean).powi(2) / (n * spread);
        ((far - 1.0) / (n - 1.0), (along - 1.0) / (n - 1.0))
    }

    /// How far a row is from a crowd.
    pub fn measure(&self, row: &Row) -> Measured {
        let covers = self.covers(row);
        let (mut share, mut even, mut regular) = (0.0, 0.0, 0.0);
        // Few subjects are near evenness at all, and the rest of the work is theirs.
        if covers.iter().any(|cover| self.is_even(row, cover)) {
            even = self.even_bits(row, &covers);
            regular = covers.last().map_or(0.0, |cover| self.regular_bits(row, cover));
            share = covers.iter().map(|cover| self.even_share(row, cover)).fold(0.0, f64::max);
        }
        Measured { share, even, regular }
    }

    /// All provinces of the table, and those that the subject has events of, if these are most.
    fn covers(&self, row: &Row) -> Vec<Cover> {
        let own: Vec<usize> =
            self.seen.iter().copied().filter(|&place| row.counts[place] > 0.0).collect();
        let all = Cover { places: self.seen.clone(), bits: 1.0 };
        if (own.len() as f64) < COVERED * self.seen.len() as f64 || own.len() == self.seen.len() {
            return vec![all];
        }
        let bits = 1.0 + choose_bits(self.seen.len(), own.len());
        vec![all, Cover { places: own, bits }]
    }

    /// The shares if that part of the events came evenly from the provinces of a cover.
    fn mixed(&self, even: f64, cover: &Cover) -> [f64; PROVINCES] {
        let mut shares = self.shares.map(|share| share * (1.0 - even));
        for &place in &cover.places {
            shares[place] += even / cover.places.len() as f64;
        }
        shares
    }

    /// Whether more than [`LEAST_EVEN`] of the events come evenly, at the likeliest: the likelihood of that part has one peak,
    /// and still rises there.
    fn is_even(&self, row: &Row, cover: &Cover) -> bool {
        let mixed = self.mixed(LEAST_EVEN, cover);
        let each = 1.0 / cover.places.len() as f64;
        let mut rise: f64 =
            self.seen.iter().map(|&p| row.counts[p] * -self.shares[p] / mixed[p]).sum();
        rise += cover.places.iter().map(|&p| row.counts[p] * each / mixed[p]).sum::<f64>();
        rise > 0.0
    }

    /// The likeliest part that comes evenly, in twentieths.
    fn even_share(&self, row: &Row, cover: &Cover) -> f64 {
        let mut best = (f64::NEG_INFINITY, 0.0);
        for step in 0..=20 {
            let even = f64::from(step) / 20.0;
            let log = self.log_chance(row, &self.mixed(even, cover), f64::INFINITY);
            if log > best.0 {
                best = (log, even);
            }
        }
        best.1
    }

    /// Bits for evenness, averaged over how much and how strictly, against the crowd that fits best: under any such crowd the
    /// average exceeds b bits with a chance of at most 2^-b.
    fn even_bits(&self, row: &Row, covers: &[Cover]) -> f64 {
        let size = self.size();
        let mut logs = Vec::with_capacity(18);
        for cover in covers {
            for even in EVEN {
                let shares = self.mixed(even, cover);
                for strict in [size, 8.0 * size, f64::INFINITY] {
                    let log = self.log_chance(row, &shares, strict);
                    logs.push(log - cover.bits * LN_2 - 9f64.ln());
                }
            }
        }
        let most = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let sum = most + logs.iter().map(|log| (log - most).exp()).sum::<f64>().ln();
        ((sum - self.crowd(row)) / LN_2).clamp(0.0, MOST_BITS)
    }

    /// The logarithm of the chance of a row under the crowd that fits it best: of any taste; or as people of the table, of the whole
    /// country or in between are, from strictly so to hardly. What is only otherwise than the table's is not even.
    fn crowd(&self, row: &Row) -> f64 {
        let (size, country) = (self.size(), census::shares(&self.seen));
        let kinds = self.seen.len() as f64;
        let mut flat = [0.0; PROVINCES];
        self.seen.iter().for_each(|&place| flat[place] = 1.0 / kinds);
        let mut best = f64::NEG_INFINITY;
        for each in ANY_TASTE {
            best = best.max(self.log_chance(row, &flat, each * kinds));
        }
        for part in NATIONAL {
            let mut shares = [0.0; PROVINCES];
            for &place in &self.seen {
                shares[place] = (1.0 - part) * self.shares[place] + part * country[place];
            }
            best = best.max(self.log_chance(row, &shares, f64::INFINITY));
            for power in STRICT {
                best = best.max(self.log_chance(row, &shares, size * 4f64.powi(power)));
            }
        }
        best
    }

    /// Events' worth of the shares in a subject of its own, from how alike the events of subjects are.
    fn size(&self) -> f64 {
        1.0 / self.alike.max(LEAST_ALIKE) - 1.0
    }

    /// The logarithm of the chance of a row whose shares are drawn around some with a strictness: Dirichlet-multinomial,
    /// and multinomial where that is infinite.
    fn log_chance(&self, row: &Row, shares: &[f64; PROVINCES], strict: f64) -> f64 {
        let of = |&place: &usize| {
            let (count, share) = (row.counts[place], shares[place]);
            match (count > 0.0, share > 0.0) {
                (false, _) => 0.0,
                (true, false) => f64::NEG_INFINITY,
                _ if strict.is_infinite() => count * share.ln(),
                _ => ln_gamma(count + strict * share) - ln_gamma(strict * share),
            }
        };
        let sum: f64 = self.seen.iter().map(of).sum();
        if strict.is_infinite() {
            return sum;
        }
        sum + ln_gamma(strict) - ln_gamma(strict + row.events)
    }

    /// Bits by which the events are nearer to the same number of each province than chance allows: independent people, however they
    /// are spread, are off at least as far as this tail says.
    fn regular_bits(&self, row: &Row, cover: &Cover) -> f64 {
        let kinds = cover.places.len() as f64;
        let each = row.events / kinds;
        let covered: f64 = cover.places.iter().map(|&place| self.shares[place]).sum();
        let off = |&place: &usize| (self.shares[place] / covered * kinds - 1.0).powi(2) * each;
        let people: f64 = cover.places.iter().map(off).sum();
        if each < EACH || people < DISTINCT * (kinds - 1.0) {
            return 0.0;
        }
        let square = cover.places.iter().map(|&place| (row.counts[place] - each).powi(2) / each);
        // One event in another province moves the sum by so much.
        let square = square.sum::<f64>() + 2.0 / each;
        (below_bits(square, kinds - 1.0) - cover.bits).max(0.0)
    }
}

/// −log₂ of the chance that a sum of that many squares is at most so large.
fn below_bits(square: f64, degrees: f64) -> f64 {
    let (a, x) = (degrees / 2.0, square / 2.0);
    if x >= a {
        return 0.0;
    }
    let (mut term, mut sum, mut at) = (1.0, 1.0, a);
    for _ in 0..1_000 {
        at += 1.0;
        term *= x / at;
        sum += term;
        if term < 1e-12 * sum {
            break;
        }
    }
    let log = a * x.max(1e-300).ln() - x - ln_gamma(a + 1.0) + f64::ln(sum);
    (-log / LN_2).clamp(0.0, MOST_BITS)
}

/// log₂ of the number of ways to choose some of all.
fn choose_bits(all: usize, some: usize) -> f64 {
    let (all, some) = (all as f64, some as f64);
    (ln_gamma(all + 1.0) - ln_gamma(some + 1.0) - ln_gamma(all - some + 1.0)) / LN_2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lower_tail_is_that_of_tables() {
        // P(chi² with 10 degrees ≤ 2.558) = 0.01; with 30 degrees ≤ 11.588: 0.001.
        assert!((below_bits(2.558, 10.0) - 100f64.log2()).abs() < 0.01);
        assert!((below_bits(11.588, 30.0) - 1_000f64.log2()).abs() < 0.01);
        assert_eq!(below_bits(30.0, 30.0), 0.0);
        assert!(below_bits(0.0, 33.0) <= MOST_BITS);
        assert!((choose_bits(34, 31) - 5_984f64.log2()).abs() < 1e-6);
    }
}
