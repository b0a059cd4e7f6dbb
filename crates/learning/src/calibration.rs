//! From a margin to a chance that means what it says: of rows at chance p a share p is positive.
//!
//! Two ways, the better on held-out rows is taken: beta calibration (Kull, Silva Filho & Flach, AISTATS 2017), which
//! bends the margin with three numbers, and isotonic regression (Zadrozny & Elkan, KDD 2002), which follows any rising
//! curve and needs many rows. A hundredth of the first is mixed into the second, so that its level stretches still tell
//! rows apart. No chance is 0 or 1: nothing that was learnt is certain.

use crate::boost::logistic;
use crate::measures::log_loss;
use serde::{Deserialize, Serialize};

/// A way from margins to chances. Never falls as the margin rises.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Calibration {
    Beta(Bend),
    /// Straight lines between knots: margin, chance. A pool of rows is level from its lowest margin to its highest.
    Isotonic {
        knots: Vec<(f64, f64)>,
        bend: Bend,
    },
}

/// logistic(a·ln p − b·ln(1 − p) + c), where p is the margin's chance; a, b ≥ 0.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Bend {
    a: f64,
    b: f64,
    c: f64,
}

/// A margin, its truth, and the fold that it was held out in.
pub(crate) type Held = (f64, bool, u8);

/// A way of calibrating margins whose truth is known.
type Way = fn(&[(f64, bool)]) -> Calibration;

/// Margins beyond this are as sure as can be.
const SURE: f64 = 30.0;
/// How much of a bend is mixed into level stretches.
const MIXED: f64 = 0.01;
/// The nearest that a chance comes to 0 and 1.
const OPEN: f64 = 1e-6;

impl Calibration {
    /// The chance of a margin, in (0, 1).
    pub(crate) fn chance(&self, margin: f64) -> f64 {
        let chance = match self {
            Calibration::Beta(bend) => bend.chance(margin),
            Calibration::Isotonic { knots, bend } => {
                (1.0 - MIXED) * between(knots, margin) + MIXED * bend.chance(margin)
            }
        };
        chance.clamp(OPEN, 1.0 - OPEN)
    }

    pub(crate) fn sound(&self) -> bool {
        match self {
            Calibration::Beta(bend) => bend.sound(),
            Calibration::Isotonic { knots, bend } => {
                let open = |knot: &(f64, f64)| knot.0.is_finite() && (0.0..=1.0).contains(&knot.1);
                let rises = |pair: &[(f64, f64)]| pair[0].0 < pair[1].0 && pair[0].1 <= pair[1].1;
                bend.sound()
                    && !knots.is_empty()
                    && knots.iter().all(open)
                    && knots.windows(2).all(rises)
            }
        }
    }

    pub(crate) fn name(&self) -> &'static str {
        match self {
            Calibration::Beta(_) => "beta",
            Calibration::Isotonic { .. } => "isotonic",
        }
    }

    /// Fits both ways and takes the one that errs less on folds that it was not fitted on. The second value holds
    /// the chance of every margin under a calibration that had not seen its fold.
    pub(crate) fn fit(held: &[Held], folds: u8) -> (Calibration, Vec<f64>) {
        let ways: [Way; 2] = [|rows| Calibration::Beta(beta(rows)), isotonic];
        let crossed = ways.map(|way| cross(held, folds, way));
        let cost = |chances: &[f64]| {
            log_loss(chances.iter().zip(held).map(|(&chance, held)| (chance, held.1)))
        };
        let isotonic_is_better = cost(&crossed[1]) < cost(&crossed[0]);
        let all: Vec<(f64, bool)> = held.iter().map(|held| (held.0, held.1)).collect();
        let [by_beta, by_isotonic] = crossed;
        match isotonic_is_better {
            true => (isotonic(&all), by_isotonic),
            false => (Calibration::Beta(beta(&all)), by_beta),
        }
    }
}

impl Bend {
    fn chance(&self, margin: f64) -> f64 {
        let (for_it, against) = logs(margin);
        logistic(self.a * for_it - self.b * against + self.c)
    }

    fn sound(&self) -> bool {
        let rises = |x: f64| x.is_finite() && x >= 0.0;
        rises(self.a) && rises(self.b) && self.c.is_finite()
    }
}

/// The chance of each margin under a calibration fitted on the other folds.
fn cross(held: &[Held], folds: u8, way: Way) -> Vec<f64> {
    let fitted: Vec<Calibration> = (0..folds)
        .map(|fold| {
            let others = held.iter().filter(|held| held.2 != fold);
            way(&others.map(|held| (held.0, held.1)).collect::<Vec<_>>())
        })
        .collect();
    held.iter().map(|held| fitted[usize::from(held.2)].chance(held.0)).collect()
}

/// ln p and ln(1 − p) of a margin's chance.
fn logs(margin: f64) -> (f64, f64) {
    let margin = margin.clamp(-SURE, SURE);
    let cost = |x: f64| -(x.max(0.0) + (-x.abs()).exp().ln_1p());
    (cost(-margin), cost(margin))
}

/// Beta calibration by Newton's method, drawn a little towards leaving margins as they are. A slope that would fall is
/// set to zero and the rest is fitted again, as the paper does.
fn beta(rows: &[(f64, bool)]) -> Bend {
    let free = newton(rows, [true, true]);
    let fitted = match (free[0] < 0.0, free[1] < 0.0) {
        (true, _) => newton(rows, [false, true]),
        (_, true) => newton(rows, [true, false]),
        _ => free,
    };
    let [a, b, c] = fitted;
    Bend { a: a.max(0.0), b: b.max(0.0), c }
}

fn newton(rows: &[(f64, bool)], free: [bool; 2]) -> [f64; 3] {
    const STEPS: usize = 50;
    const RIDGE: f64 = 1.0;
    let wanted = [f64::from(u8::from(free[0])), f64::from(u8::from(free[1])), 0.0];
    let mut at = wanted;
    for _ in 0..STEPS {
        let mut first = [0.0; 3];
        let mut second = [[0.0; 3]; 3];
        for k in 0..3 {
            first[k] = RIDGE * (at[k] - wanted[k]);
            second[k][k] = RIDGE;
        }
        for &(margin, label) in rows {
            let (for_it, against) = logs(margin);
            let x = [if free[0] { for_it } else { 0.0 }, if free[1] { -against } else { 0.0 }, 1.0];
            let chance = logistic(at[0] * x[0] + at[1] * x[1] + at[2]);
            let miss = chance - f64::from(u8::from(label));
            let weight = chance * (1.0 - chance);
            for i in 0..3 {
                first[i] += miss * x[i];
                for j in 0..3 {
                    second[i][j] += weight * x[i] * x[j];
                }
            }
        }
        let step = solve(second, first);
        let longest = step.iter().fold(0.0f64, |most, s| most.max(s.abs()));
        // A long step of Newton's method may overshoot; the loss is convex, so shorter steps arrive.
        let scale = if longest > 2.0 { 2.0 / longest } else { 1.0 };
        for k in 0..3 {
            at[k] -= scale * step[k];
        }
        if longest < 1e-9 {
            break;
        }
    }
    at
}

/// Three equations by elimination; the matrix is symmetric and, by its ridge, positive definite.
fn solve(mut m: [[f64; 3]; 3], mut v: [f64; 3]) -> [f64; 3] {
    for k in 0..3 {
        for i in k + 1..3 {
            let share = m[i][k] / m[k][k];
            let above = m[k];
            for (cell, above) in m[i].iter_mut().zip(above).skip(k) {
                *cell -= share * above;
            }
            v[i] -= share * v[k];
        }
    }
    for k in (0..3).rev() {
        for j in k + 1..3 {
            v[k] -= m[k][j] * v[j];
        }
        v[k] /= m[k][k];
    }
    v
}

/// Rows pooled until their shares rise with the margin.
#[derive(Clone, Copy)]
struct Pool {
    /// The lowest margin and the highest.
    from: f64,
    to: f64,
    positive: f64,
    rows: f64,
}

/// Isotonic regression by pooling neighbours that are out of order; each pool's share is drawn towards the share of
/// all by one row, so that a pure pool is not taken for certainty.
fn isotonic(rows: &[(f64, bool)]) -> Calibration {
    let mut sorted = rows.to_vec();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let positives = sorted.iter().filter(|row| row.1).count() as f64;
    let share = (positives + 0.5) / (sorted.len() as f64 + 1.0);
    let chance = |pool: &Pool| (pool.positive + share) / (pool.rows + 1.0);
    let mut pools: Vec<Pool> = Vec::new();
    for tied in sorted.chunk_by(|a, b| a.0 == b.0) {
        let rows = tied.len() as f64;
        let positive = tied.iter().filter(|row| row.1).count() as f64;
        let margin = tied[0].0.clamp(-SURE, SURE);
        pools.push(Pool { from: margin, to: margin, positive, rows });
        while let [.., before, last] = pools[..]
            && chance(&before) >= chance(&last)
        {
            pools.pop();
            pools.pop();
            pools.push(Pool {
                from: before.from,
                to: last.to,
                positive: before.positive + last.positive,
                rows: before.rows + last.rows,
            });
        }
    }
    let mut knots: Vec<(f64, f64)> = Vec::new();
    for pool in &pools {
        for margin in [pool.from, pool.to] {
            match knots.last_mut() {
                // A pool of one margin has one knot.
                Some(last) if last.0 >= margin => last.1 = last.1.max(chance(pool)),
                _ => knots.push((margin, chance(pool))),
            }
        }
    }
    if knots.is_empty() {
        knots.push((0.0, share));
    }
    Calibration::Isotonic { knots, bend: beta(rows) }
}

fn between(knots: &[(f64, f64)], margin: f64) -> f64 {
    let margin = margin.clamp(-SURE, SURE);
    let after = knots.partition_point(|knot| knot.0 < margin);
    match (after.checked_sub(1).and_then(|before| knots.get(before)), knots.get(after)) {
        (Some(low), Some(high)) => low.1 + (high.1 - low.1) * ((margin - low.0) / (high.0 - low.0)),
        (Some(only), None) | (None, Some(only)) => only.1,
        (None, None) => 0.5,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draws::Draws;
    use crate::measures::Measures;

    /// Margins whose true chance is that of another margin.
    fn rows(count: usize, truth: impl Fn(f64) -> f64) -> Vec<Held> {
        let mut draws = Draws::new(3, 3);
        let mut row = |n: usize| {
            let margin = draws.share() * 10.0 - 5.0;
            (margin, draws.share() < truth(margin), (n % 5) as u8)
        };
        (0..count).map(&mut row).collect()
    }

    fn worst(held: &[Held], chances: &[f64]) -> f64 {
        let scored: Vec<(f64, bool)> =
            chances.iter().zip(held).map(|(&chance, held)| (chance, held.1)).collect();
        Measures::of(&scored).unwrap().worst_tenth
    }

    #[test]
    fn exaggeration_is_taken_back() {
        let held = rows(20_000, |margin| logistic(margin / 3.0 - 1.0));
        let raw: Vec<f64> = held.iter().map(|held| logistic(held.0)).collect();
        assert!(worst(&held, &raw) > 0.15);
        let (calibration, chances) = Calibration::fit(&held, 5);
        assert!(calibration.sound());
        assert!(worst(&held, &chances) < 0.03, "{}", worst(&held, &chances));
    }

    #[test]
    fn steps_are_followed() {
        let held = rows(20_000, |margin| if margin < 1.0 { 0.1 } else { 0.9 });
        let (calibration, chances) = Calibration::fit(&held, 5);
        assert_eq!(calibration.name(), "isotonic");
        assert!(worst(&held, &chances) < 0.03, "{}", worst(&held, &chances));
    }

    #[test]
    fn chances_rise_and_stay_open() {
        let cases: [fn(f64) -> f64; 4] =
            [|m| logistic(m), |m| if m < 0.0 { 0.0 } else { 1.0 }, |_| 0.5, |m| logistic(-m)];
        for truth in cases {
            let held = rows(500, truth);
            let plain: Vec<(f64, bool)> = held.iter().map(|held| (held.0, held.1)).collect();
            for calibration in [Calibration::Beta(beta(&plain)), isotonic(&plain)] {
                assert!(calibration.sound(), "{calibration:?}");
                let chances: Vec<f64> =
                    (-400..400).map(|n| calibration.chance(f64::from(n) / 10.0)).collect();
                assert!(chances.windows(2).all(|pair| pair[0] <= pair[1] + 1e-12));
                assert!(chances.iter().all(|chance| (OPEN..=1.0 - OPEN).contains(chance)));
            }
        }
    }
}
