//! Survival: how long newcomers wait before they act, where the table ends before some have.
//!
//! A life table, which is Kaplan and Meier's estimate over stretches of time: of those still waiting at the beginning of a
//! stretch, the share that acts within it; whose time was cut short within it counts as half there. The stretches grow with the
//! age, eight to a doubling, so that tables of cohorts add up and one cohort can be taken out of all.

use serde::{Deserialize, Serialize};

/// Stretches: eight to each doubling of seconds, up to some four years.
const STRETCHES: usize = 27 * 8;

/// How long each waited, or at least waited.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Waits {
    acted: Vec<u32>,
    cut: Vec<u32>,
}

impl Default for Waits {
    fn default() -> Self {
        Self { acted: vec![0; STRETCHES], cut: vec![0; STRETCHES] }
    }
}

/// The share still waiting at each age, and how sure that is.
#[derive(Clone, Debug)]
pub struct Curve {
    /// Still waiting at the end of each stretch.
    waiting: Vec<f64>,
    /// Greenwood's sum up to there: the variance of the share, over its square.
    doubt: Vec<f64>,
}

fn stretch(seconds: u32) -> usize {
    (((f64::from(seconds) + 1.0).log2() * 8.0) as usize).min(STRETCHES - 1)
}

impl Waits {
    /// Notes one: when it acted, if it did, and how long it was watched.
    pub fn add(&mut self, acted: Option<u32>, watched: u32) {
        match acted.filter(|acted| *acted <= watched) {
            Some(acted) => self.acted[stretch(acted)] += 1,
            None => self.cut[stretch(watched)] += 1,
        }
    }

    /// Adds others.
    pub fn merge(&mut self, others: &Waits) {
        self.combine(others, u32::saturating_add);
    }

    /// Takes out some that are among them.
    pub fn remove(&mut self, some: &Waits) {
        self.combine(some, u32::saturating_sub);
    }

    fn combine(&mut self, other: &Waits, with: fn(u32, u32) -> u32) {
        let both = |mine: &mut Vec<u32>, theirs: &Vec<u32>| {
            mine.iter_mut().zip(theirs).for_each(|(mine, theirs)| *mine = with(*mine, *theirs));
        };
        both(&mut self.acted, &other.acted);
        both(&mut self.cut, &other.cut);
    }

    /// How many there are.
    #[must_use]
    pub fn all(&self) -> u64 {
        self.acted.iter().chain(&self.cut).map(|count| u64::from(*count)).sum()
    }

    /// The share still waiting, by age.
    #[must_use]
    pub fn curve(&self) -> Curve {
        let mut at_risk = self.all() as f64;
        let (mut waiting, mut doubt) = (1.0, 0.0);
        let mut curve = Curve { waiting: Vec::new(), doubt: Vec::new() };
        for (acted, cut) in self.acted.iter().zip(&self.cut) {
            let (acted, cut) = (f64::from(*acted), f64::from(*cut));
            let exposed = at_risk - cut / 2.0;
            if exposed > 0.0 && acted > 0.0 {
                waiting *= (1.0 - acted / exposed).max(0.0);
                doubt += acted / (exposed * (exposed - acted).max(0.5));
            }
            at_risk -= acted + cut;
            curve.waiting.push(waiting);
            curve.doubt.push(doubt);
        }
        curve
    }
}

impl Curve {
    /// The share still waiting at an age.
    #[must_use]
    pub fn waiting(&self, seconds: u32) -> f64 {
        self.waiting.get(stretch(seconds)).copied().unwrap_or(1.0)
    }

    /// The variance of that share (Greenwood).
    #[must_use]
    pub fn variance(&self, seconds: u32) -> f64 {
        let doubt = self.doubt.get(stretch(seconds)).copied().unwrap_or(0.0);
        self.waiting(seconds).powi(2) * doubt
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_is_cut_short_is_not_taken_for_idle() {
        let mut waits = Waits::default();
        // Half act within an hour; the others would within ten hours, but half of these are watched for two only.
        for n in 0..4_000_u32 {
            let acts = if n % 2 == 0 { 1 + n % 3_600 } else { 10_000 + n % 26_000 };
            waits.add(Some(acts), if n % 4 < 2 { 7_200 } else { 100_000 });
        }
        let curve = waits.curve();
        assert!((curve.waiting(7_000) - 0.5).abs() < 0.01, "{}", curve.waiting(7_000));
        assert!(curve.waiting(60_000) < 0.02, "{}", curve.waiting(60_000));
        assert!(curve.variance(7_000) > 0.0 && curve.variance(7_000) < 1e-3);
        assert_eq!(waits.all(), 4_000);
    }

    #[test]
    fn what_was_added_can_be_taken_out() {
        let (mut one, mut other) = (Waits::default(), Waits::default());
        (0..50).for_each(|n| one.add(Some(n * 100), 90_000));
        (0..50).for_each(|n| other.add(None, n * 1_000));
        let mut both = one.clone();
        both.merge(&other);
        both.remove(&other);
        assert_eq!(both, one);
        both.remove(&other);
        assert_eq!(both.all(), 50, "never below nothing");
        assert_eq!(Waits::default().curve().waiting(u32::MAX), 1.0);
        one.add(Some(u32::MAX), u32::MAX);
        one.add(Some(5), 3);
        assert!(one.curve().waiting(u32::MAX).is_finite());
    }
}
