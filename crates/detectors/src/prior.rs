//! What a single account's own behaviour says, before anything is known of who it acts with: a weak prior that ranks
//! when nothing else speaks and never reaches a verdict.
//!
//! Accounts made for a purpose are young, do little and rate at the ends of the scale, away from what others found. Each of these is a
//! power law of about the same weight, so bits simply add: `extremity + deviation/2 − log2(1 + earlier acts)/2 − log2(1 + days)`.
//! Everything is from before the event: a rating is never measured against later ones. The parts add up, so the home
//! of a subject and the home of an account may each give theirs and meet where the event is written.
//!
//! ```
//! use detectors::prior::{ActorHistory, SubjectHistory, score};
//! let (mut item, mut account) = (SubjectHistory::default(), ActorHistory::default());
//! let regard = item.before(1.0); // at the subject's home
//! let newness = account.newness(1_700_000_000); // at the account's home, then:
//! account.rated(1.0, regard);
//! assert!(score(newness + regard.bits()) < 0.4);
//! ```

use serde::{Deserialize, Serialize};

/// Ratings run from 1 to 5 in the contract; the ends of any wider scale count as these.
const MIDDLE: f32 = 3.0;
const HALF: f32 = 2.0;
/// A subject without ratings is taken for this many at the middle: a stranger's first rating is not a deviation from nothing.
const PRIOR_RATINGS: f32 = 4.0;
/// Beyond three points a deviation says no more.
const MOST_DEVIATION: f32 = 3.0;
/// The highest score that behaviour alone can give, below any threshold of suspicion.
pub const MOST: f32 = 0.4;

/// What was known of a subject's ratings when one more came.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Regard {
    /// Mean of the earlier ratings, shrunk to the middle of the scale.
    pub mean: f32,
    /// How many there were.
    pub count: u32,
    /// Points between the rating and that mean, at most three.
    pub deviation: f32,
    /// How near the rating is to an end of the scale, in [0, 1].
    pub extremity: f32,
}

/// A subject's earlier ratings: 8 bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SubjectHistory {
    ratings: u32,
    sum: f32,
}

/// An account's earlier acts: 24 bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ActorHistory {
    first: u32,
    last: u32,
    acts: u32,
    rated: u32,
    deviations: f32,
    extremities: f32,
}

impl SubjectHistory {
    /// Measures a rating against the earlier ones, then counts it among them. One that is not a number says nothing.
    pub fn before(&mut self, rating: f32) -> Regard {
        if !rating.is_finite() {
            return Regard::default();
        }
        let mean = (self.sum + PRIOR_RATINGS * MIDDLE) / (self.ratings as f32 + PRIOR_RATINGS);
        let regard = Regard {
            mean,
            count: self.ratings,
            deviation: (rating - mean).abs().min(MOST_DEVIATION),
            extremity: ((rating - MIDDLE).abs() / HALF).min(1.0),
        };
        self.ratings = self.ratings.saturating_add(1);
        self.sum = (self.sum + rating.clamp(-1e6, 1e6)).clamp(-1e30, 1e30);
        regard
    }
}

impl Regard {
    /// Its part of the bits.
    #[must_use]
    pub fn bits(self) -> f32 {
        self.extremity + 0.5 * self.deviation
    }
}

impl ActorHistory {
    /// The account's part of the bits for an act at a second since 1970, from its earlier acts; then counts it. Seconds must not go back.
    pub fn newness(&mut self, second: u32) -> f32 {
        if self.acts == 0 {
            self.first = second;
        }
        let bits = newness(self.acts, second.saturating_sub(self.first));
        self.last = self.last.max(second);
        self.acts = self.acts.saturating_add(1);
        bits
    }

    /// Notes how one of its ratings stood to the subject's.
    pub fn rated(&mut self, rating: f32, regard: Regard) {
        if rating.is_finite() {
            self.rated = self.rated.saturating_add(1);
            self.deviations += regard.deviation;
            self.extremities += regard.extremity;
        }
    }

    /// The bits of the account as a whole: the same sum over its time so far and the mean of its ratings. A mean of arrivals would
    /// hold the first days of every honest account against it.
    #[must_use]
    pub fn profile(&self) -> f32 {
        let rated = self.rated.max(1) as f32;
        newness(self.acts, self.last.saturating_sub(self.first))
            + (self.extremities + 0.5 * self.deviations) / rated
    }
}

fn newness(acts: u32, seconds: u32) -> f32 {
    -0.5 * (1.0 + acts as f32).log2() - (1.0 + seconds as f32 / 86_400.0).log2()
}

/// The score of some bits, in (0, [`MOST`]): a newcomer's extreme rating comes to about two thirds of it.
#[must_use]
pub fn score(bits: f32) -> f32 {
    if bits.is_nan() { 0.0 } else { MOST / (1.0 + (1.0 - bits.clamp(-60.0, 60.0)).exp2()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_young_and_extreme_rank_first() {
        let mut item = SubjectHistory::default();
        for _ in 0..20 {
            item.before(4.0);
        }
        let (mild, harsh) = (item.before(4.0), item.before(1.0));
        let mut old = ActorHistory::default();
        for day in 0..100 {
            old.newness(1_600_000_000 + day * 86_400);
        }
        let veteran = old.newness(1_700_000_000);
        let novice = ActorHistory::default().newness(1_700_000_000);
        let ranked = [
            novice + harsh.bits(),
            novice + mild.bits(),
            veteran + harsh.bits(),
            veteran + mild.bits(),
        ];
        assert!(ranked.is_sorted_by(|a, b| a > b), "{ranked:?}");
        assert!(ranked.map(score).iter().all(|s| (0.0..MOST).contains(s)));
        assert!(old.profile() < veteran + 1.0);
    }

    #[test]
    fn a_rating_is_measured_before_it_counts() {
        let mut item = SubjectHistory::default();
        assert_eq!(
            item.before(5.0),
            Regard { mean: 3.0, count: 0, deviation: 2.0, extremity: 1.0 }
        );
        assert_eq!(item.before(5.0).mean, (5.0 + 12.0) / 5.0);
    }

    #[test]
    fn hostile_numbers_stay_finite() {
        let mut item = SubjectHistory::default();
        let mut account = ActorHistory::default();
        for rating in [f32::NAN, f32::INFINITY, f32::MAX, f32::MIN, -0.0, 1e-40] {
            let regard = item.before(rating);
            account.rated(rating, regard);
            let bits = account.newness(u32::MAX) + regard.bits();
            assert!(bits.is_finite() && account.profile().is_finite());
            assert!((0.0..=MOST).contains(&score(bits)));
        }
        assert_eq!(score(f32::NAN), 0.0);
    }
}
