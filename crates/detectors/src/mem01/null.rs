//! Four of the tests of a cohort and what each holds natural: bits for a script, against the other cohorts of the table.
//!
//! Every test is capped, so that no single oddity (a vendor's own campaign, a queue at a stand) makes a verdict; silence alone can also speak against,
//! without limit: a cohort that comes back as others do is a crowd of people.

use super::Newcomer;
use crate::chance::{bits_binomial, bits_normal, ln_gamma};
use events::Key;
use features::Keyed;

/// The most that one test adds.
pub(super) const MOST_BITS: f64 = 24.0;
/// Share of a script's accounts that stay silent: some are put to use early.
const SCRIPT_SILENCE: f64 = 0.97;
/// How alike cohorts are in their silence before the table has said so: worth this many accounts.
const PRIOR_LIKENESS: f64 = 10.0;

/// Bits for gaps that are more even than those of people who come independently of each other, at whatever changing
/// rate. For neighbouring gaps g, h of such people |g − h| / (g + h) is uniform; its mean is compared to one half
/// (variance 1/12, correlation of neighbours 0.19, by simulation).
pub(super) fn rhythm_bits(times: &[i64]) -> (f64, f64) {
    let mut sum = 0.0;
    let mut count = 0.0_f64;
    for gaps in times.windows(3) {
        let (g, h) = ((gaps[1] - gaps[0]) as f64, (gaps[2] - gaps[1]) as f64);
        // Equal times say that the clock is coarse, not that the hand is even.
        if g > 0.0 && h > 0.0 {
            sum += (g - h).abs() / (g + h);
            count += 1.0;
        }
    }
    if count < 8.0 {
        return (0.0, 0.5);
    }
    let mean = sum / count;
    let deviation = (0.5 - mean) / ((1.0 + 2.0 * 0.19) / (12.0 * count)).sqrt();
    (bits_normal(deviation).min(MOST_BITS), mean)
}

/// How common each client software is, outside of the cohort: the larger of its shares among all accounts and among
/// newcomers, so that a new version which newcomers bring is not strange.
pub(super) struct Mix<'a> {
    pub(super) all: &'a Keyed<u32>,
    pub(super) all_total: f64,
    pub(super) newcomers: &'a Keyed<u32>,
    pub(super) newcomers_total: f64,
}

impl Mix<'_> {
    /// The share of a software outside of a cohort that holds `inside` of `size` accounts.
    pub(super) fn share(&self, agent: Key, inside: f64, size: f64) -> f64 {
        let share = |counts: &Keyed<u32>, total: f64| {
            let outside = f64::from(counts.get(&agent).copied().unwrap_or(0)) - inside;
            // Half an account more: never seen elsewhere is not impossible.
            (outside.max(0.0) + 0.5) / ((total - size).max(0.0) + 1.0)
        };
        share(self.all, self.all_total).max(share(self.newcomers, self.newcomers_total)).min(1.0)
    }
}

/// Bits for a choice of `chosen` out of `kinds` softwares that hold `inside` of a cohort's `devices` devices, where
/// they hold `share` of accounts elsewhere; less what naming the choice costs.
pub(super) fn agent_bits(inside: f64, devices: f64, share: f64, chosen: f64, kinds: f64) -> f64 {
    let choices = ln_gamma(kinds + 1.0) - ln_gamma(chosen + 1.0) - ln_gamma(kinds - chosen + 1.0);
    let cost = choices / std::f64::consts::LN_2 + kinds.log2();
    (bits_binomial(inside, devices, share) - cost).clamp(0.0, MOST_BITS)
}

/// Bits for devices that return with other software: (such devices, devices that return) here and elsewhere.
pub(super) fn change_bits(here: (f64, f64), elsewhere: (f64, f64)) -> f64 {
    // A tenth by prior, worth ten devices.
    let usual = (elsewhere.0 + 1.0) / (elsewhere.1 + 10.0);
    bits_binomial(here.0, here.1, usual).min(MOST_BITS)
}

/// Devices that return with another account and other software than before, and devices that return: each counts once, since one
/// desk's tablet is one.
pub(super) fn changes<'a>(newcomers: impl Iterator<Item = &'a Newcomer>) -> (f64, f64) {
    // Of each device the software that it came with, and whether it returned and changed.
    let mut seen: Keyed<(Key, bool, bool)> = Keyed::default();
    for newcomer in newcomers.filter(|n| n.device.is_some() && n.agent.is_some()) {
        let agent = newcomer.agent;
        seen.entry(newcomer.device)
            .and_modify(|own| *own = (own.0, true, own.2 || own.0 != agent))
            .or_insert((agent, false, false));
    }
    let count = |of: fn(&(Key, bool, bool)) -> bool| seen.values().filter(|own| of(own)).count();
    (count(|own| own.2) as f64, count(|own| own.1) as f64)
}

/// The most newcomers that one hand signed up: on one device, or from one network where devices are not told.
pub(super) fn one_hand<'a>(newcomers: impl Iterator<Item = &'a Newcomer>) -> f64 {
    let mut hands: Keyed<u32> = Keyed::default();
    for newcomer in newcomers {
        let hand = if newcomer.device.is_some() { newcomer.device } else { newcomer.subnet };
        if hand.is_some() {
            *hands.entry(hand).or_default() += 1;
        }
    }
    f64::from(hands.into_values().max().unwrap_or(0))
}

/// How silent other cohorts are: mean, and likeness (the size of a beta distribution).
#[derive(Clone, Copy, Debug)]
pub(super) struct Silence {
    pub(super) mean: f64,
    pub(super) likeness: f64,
}

impl Silence {
    /// From the (silent, accounts) of other cohorts. With none, half are taken to stay silent, and cohorts to differ widely.
    pub(super) fn of(others: &[(f64, f64)]) -> Silence {
        let (silent, total) = others.iter().fold((0.0, 0.0), |(s, n), o| (s + o.0, n + o.1));
        let mean = (silent + 1.0) / (total + 2.0);
        let natural = mean * (1.0 - mean);
        // Spread between cohorts beyond that of binomial counts; the prior's spread counts for three cohorts.
        let (mut between, mut weight) = (3.0 * natural / (PRIOR_LIKENESS + 1.0), 3.0);
        for (silent, accounts) in others.iter().filter(|o| o.1 >= 8.0) {
            let off = silent / accounts - mean;
            between += (off * off - natural / accounts).max(0.0);
            weight += 1.0;
        }
        let likeness = (natural / (between / weight).max(1e-6) - 1.0).clamp(2.0, 50.0);
        Silence { mean, likeness }
    }

    /// Bits for a script rather than people, from how many of the accounts stayed silent.
    pub(super) fn bits(self, silent: f64, accounts: f64) -> f64 {
        let (a, b) = (self.mean * self.likeness, (1.0 - self.mean) * self.likeness);
        let people = ln_beta(a + silent, b + accounts - silent) - ln_beta(a, b);
        let script =
            silent * SCRIPT_SILENCE.ln() + (accounts - silent) * (1.0 - SCRIPT_SILENCE).ln();
        ((script - people) / std::f64::consts::LN_2).min(MOST_BITS)
    }
}

fn ln_beta(a: f64, b: f64) -> f64 {
    ln_gamma(a) + ln_gamma(b) - ln_gamma(a + b)
}
