//! Runs: for each subject the stretch of time in which its ratings of one side are the least to be expected.

use super::Side;
use crate::chance::bits_at_least;
use crate::rate::Rate;
use crate::scale::Scale;
use trades::Opinion;

/// Seconds that a stretch lasts: a campaign of an evening, of a few days, of a week, of a fortnight.
const SPANS: [u32; 4] = [86_400, 3 * 86_400, 7 * 86_400, 14 * 86_400];
/// Fewer ratings of a side are an occasion.
const FEWEST: usize = 5;
/// Bits before the price of the search from which a run's raters are looked at, though its share is not out of the ordinary.
const LOOK: f64 = 6.0;
/// Ratings of a block by which stretches of one subject are compared, and how alike they are taken to be before that, for how many.
const BLOCK: usize = 8;
const PRIOR: (f64, f64) = (10.0, 20.0);
const ALIKE: (f64, f64) = (2.0, 50.0);
/// Of how many ratings come, a stretch may have any number with a tail like that of an exponential: shelves, feeds and sales move.
const VOLUME_SIZE: f64 = 1.0;
/// How much longer than the stretch a history must be to say how many come.
const LONGER: u32 = 2;

/// A subject's ratings, one an account, in the order of time.
pub(super) struct Series<'a> {
    pub own: &'a [&'a Opinion],
    pub side: Vec<bool>,
    /// How many of the side are before each.
    before: Vec<u32>,
    /// The place after the last of the side before each.
    ends: Vec<u32>,
}

impl<'a> Series<'a> {
    pub fn of(own: &'a [&'a Opinion], side: Side, scale: Scale) -> Series<'a> {
        let is: Vec<bool> = own.iter().map(|opinion| side.has(scale, opinion.rating)).collect();
        let mut before = Vec::with_capacity(is.len() + 1);
        before.push(0);
        let mut ends = before.clone();
        let (mut sum, mut end) = (0, 0);
        for (place, &is) in (1..).zip(&is) {
            sum += u32::from(is);
            end = if is { place } else { end };
            before.push(sum);
            ends.push(end);
        }
        Series { own, side: is, before, ends }
    }

    /// Of the side, among those from one place to before another.
    fn count(&self, from: usize, to: usize) -> f64 {
        f64::from(self.before[to] - self.before[from])
    }

    fn len(&self) -> usize {
        self.own.len()
    }
}

/// A stretch of a subject's ratings.
#[derive(Clone, Debug)]
pub(super) struct Run<'a> {
    /// Which series.
    pub series: usize,
    /// Those of the side, in the order of time.
    pub given: Vec<&'a Opinion>,
    /// All of the stretch.
    pub all: f64,
    /// (of the side, all) before it.
    pub earlier: (f64, f64),
    /// How other subjects are rated.
    pub others: Rate,
    /// How alike stretches of one subject are.
    pub stretches: f64,
}

impl Run<'_> {
    pub fn shown(&self) -> f64 {
        self.given.len() as f64
    }

    pub fn share_bits(&self) -> f64 {
        share_bits((self.shown(), self.all), self.earlier, self.others, self.stretches)
    }
}

/// Bits of so many of so many ratings in a stretch, after so many of so many before. A young subject leans on the others; both
/// what is not known of its rate and what stretches differ by anyway make room.
pub(super) fn share_bits(
    (shown, all): (f64, f64),
    earlier: (f64, f64),
    others: Rate,
    stretches: f64,
) -> f64 {
    let mean = others.after(earlier.0, earlier.1);
    let known = earlier.1 + others.likeness;
    let likeness = 1.0 / (1.0 / known + 1.0 / stretches);
    Rate { mean, likeness }.bits_at_least(shown, all)
}

/// The strongest run of each subject that has one worth looking at, in the order of subjects; and what the search for it costs.
pub(super) fn runs<'a>(series: &[Series<'a>]) -> (Vec<Run<'a>>, f64) {
    let counts: Vec<(f64, f64)> =
        series.iter().map(|one| (one.count(0, one.len()), one.len() as f64)).collect();
    let (others, stretches) = (Rate::of(&counts), stretches(series));
    let (mut runs, mut tested) = (Vec::new(), 2_u64);
    for (number, one) in series.iter().enumerate() {
        let mut best: Option<(f64, usize, usize)> = None;
        let mut known = (0, 0);
        for from in (0..one.len()).filter(|&at| one.side[at]) {
            for span in SPANS {
                let end = one.own[from].second.saturating_add(span);
                let to = from + one.own[from..].partition_point(|o| o.second < end);
                // What follows the last of the side is not the run's.
                let to = (one.ends[to] as usize).max(from);
                if one.before[to] - one.before[from] < FEWEST as u32 || known == (from, to) {
                    continue;
                }
                known = (from, to);
                tested += 1;
                let earlier = (one.count(0, from), from as f64);
                let shown = (one.count(from, to), (to - from) as f64);
                let share = share_bits(shown, earlier, others, stretches);
                let bits = share.max(volume_bits(one, (from, to), span));
                if bits >= LOOK && best.is_none_or(|best| bits > best.0) {
                    best = Some((bits, from, to));
                }
            }
        }
        let Some((_, from, to)) = best else { continue };
        let given = (from..to).filter(|&at| one.side[at]).map(|at| one.own[at]).collect();
        let all = (to - from) as f64;
        let earlier = (one.count(0, from), from as f64);
        runs.push(Run { series: number, given, all, earlier, others, stretches });
    }
    (runs, (tested as f64).log2())
}

/// Bits of how many of the side came, whatever their share: where nine in ten are praise anyway, only their number can tell.
fn volume_bits(one: &Series<'_>, (from, to): (usize, usize), span: u32) -> f64 {
    let history = one.own[from].second.saturating_sub(one.own[0].second);
    if history < span.saturating_mul(LONGER) {
        return 0.0;
    }
    let rate = (one.count(0, from) + 1.0) / f64::from(history);
    bits_at_least(one.count(from, to), rate * f64::from(span), VOLUME_SIZE)
}

/// How alike stretches of one subject are, from blocks of its ratings about its own mean.
fn stretches(series: &[Series<'_>]) -> f64 {
    let (mut beyond, mut natural) = (0.0, 0.0);
    let mut mean = 0.0;
    let mut blocks = 0.0;
    for one in series.iter().filter(|one| one.len() >= 2 * BLOCK) {
        let share = one.count(0, one.len()) / one.len() as f64;
        let coin = share * (1.0 - share);
        let part = BLOCK as f64 / one.len() as f64;
        for from in (0..=one.len() - BLOCK).step_by(BLOCK) {
            let off = one.count(from, from + BLOCK) / BLOCK as f64 - share;
            beyond += off * off - coin * (1.0 - part) / BLOCK as f64;
            natural += coin;
            blocks += 1.0;
        }
    }
    if blocks > 0.0 {
        mean = natural / blocks;
    }
    let (likeness, weight) = PRIOR;
    let prior = weight * mean.max(0.01);
    let spread = (beyond + prior / (likeness + 1.0)) / (natural + prior);
    (1.0 / spread.max(1e-6) - 1.0).clamp(ALIKE.0, ALIKE.1)
}
