//! What people write who think alike of a thing: phrases by the rating that they came with.
//!
//! Whoever condemns uses words that hardly anybody else uses, and few condemn; and what is said of goods that came is not said in
//! comments. Thirty buyers of one bad batch would pass for writers with one stock of phrases if their words were held against
//! everybody's.

use crate::phrases::{Usage, phrases};
use detectors::scale::Scale;

/// The rating that a text came with, in whole stars; none is less than any.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Opinion(u8);

/// Ratings from minus ten to ten are told apart, and texts without one.
const MOST: f32 = 10.0;
const OPINIONS: usize = 2 * MOST as usize + 2;

impl Opinion {
    /// What a rating says; beyond the most it says what the most does.
    pub fn of(rating: Option<f32>) -> Opinion {
        let known = rating.filter(|rating| rating.is_finite());
        Opinion(known.map_or(0, |rating| (rating.clamp(-MOST, MOST).round() + MOST) as u8 + 1))
    }

    fn rating(self) -> f32 {
        f32::from(self.0) - 1.0 - MOST
    }
}

/// Texts without a rating, and those that condemn, praise or do neither.
pub(crate) const STANCES: usize = 4;

/// What each opinion of a table is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stances([u8; OPINIONS]);

impl Stances {
    /// Below [`STANCES`].
    pub fn of(&self, opinion: Opinion) -> usize {
        usize::from(self.0[usize::from(opinion.0)])
    }
}

/// How often phrases came, by opinion, in a bounded table.
#[derive(Clone, Debug)]
pub(crate) struct Opinions {
    usage: Usage,
    /// Texts with each opinion, and the phrases that they are made of.
    texts: [u64; OPINIONS],
    made_of: [u64; OPINIONS],
}

impl Opinions {
    pub fn new(bits: u32) -> Opinions {
        Opinions { usage: Usage::new(bits), texts: [0; OPINIONS], made_of: [0; OPINIONS] }
    }

    /// Takes note of a text.
    pub fn add(&mut self, opinion: Opinion, text: &str) {
        self.texts[usize::from(opinion.0)] += 1;
        phrases(text, |phrase| {
            self.made_of[usize::from(opinion.0)] += 1;
            self.usage.add(place(opinion, phrase));
        });
    }

    /// Joins what another worker saw.
    pub fn join(&mut self, other: &Opinions) {
        self.usage.join(&other.usage);
        self.texts.iter_mut().zip(other.texts).for_each(|(mine, theirs)| *mine += theirs);
        self.made_of.iter_mut().zip(other.made_of).for_each(|(mine, theirs)| *mine += theirs);
    }

    /// How many texts there are.
    pub fn total(&self) -> u64 {
        self.texts.iter().sum()
    }

    /// How often a phrase came, whatever it came with: never less than the truth.
    pub fn of(&self, phrase: u32) -> u32 {
        let told = self.texts.iter().enumerate().filter(|(_, texts)| **texts > 0);
        told.fold(0, |sum: u32, (at, _)| {
            sum.saturating_add(self.usage.of(place(Opinion(at as u8), phrase)))
        })
    }

    /// Which ratings condemn and which praise, on the table's own scale.
    pub fn stances(&self) -> Stances {
        let rated: Vec<(f32, u64)> =
            (1..OPINIONS).map(|at| (Opinion(at as u8).rating(), self.texts[at])).collect();
        let scale = Scale::of_counts(&rated);
        let mut stances = [0; OPINIONS];
        for (stance, &(rating, _)) in stances[1..].iter_mut().zip(&rated) {
            *stance = match rating {
                rating if scale.is_low(rating) => 1,
                rating if scale.is_high(rating) => 3,
                _ => 2,
            };
        }
        Stances(stances)
    }

    /// Phrases that texts of each stance are made of.
    pub fn made_of(&self, stances: &Stances) -> [u64; STANCES] {
        let mut sums = [0; STANCES];
        for (phrases, stance) in self.made_of.iter().zip(stances.0) {
            sums[usize::from(stance)] += phrases;
        }
        sums
    }

    /// How often a phrase came in texts of each stance: never less than the truth.
    pub fn uses(&self, stances: &Stances, phrase: u32) -> [u64; STANCES] {
        let mut sums = [0; STANCES];
        for (at, &stance) in stances.0.iter().enumerate().filter(|(at, _)| self.texts[*at] > 0) {
            let own = self.usage.of(place(Opinion(at as u8), phrase));
            sums[usize::from(stance)] += u64::from(own).min(self.texts[at]);
        }
        sums
    }
}

/// What a phrase with an opinion is counted under.
fn place(Opinion(opinion): Opinion, phrase: u32) -> u64 {
    u64::from(opinion) << 32 | u64::from(phrase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_counted_by_what_they_came_with() {
        let mut all = Opinions::new(12);
        for (rating, text, times) in
            [(Some(1.0), "broken", 7), (Some(2.0), "broken", 2), (Some(5.0), "lovely", 90)]
        {
            (0..times).for_each(|_| all.add(Opinion::of(rating), text));
        }
        all.add(Opinion::of(None), "lovely");
        let mut phrase = 0;
        phrases("broken", |own| phrase = own);
        let stances = all.stances();
        assert_eq!(all.made_of(&stances), [1, 9, 0, 90]);
        assert_eq!(all.uses(&stances, phrase), [0, 9, 0, 0]);
        let mut twice = all.clone();
        twice.join(&all);
        assert_eq!(twice.uses(&stances, phrase), [0, 18, 0, 0]);
    }

    #[test]
    fn a_table_has_a_scale_of_its_own_and_no_rating_is_too_odd() {
        let mut trust = Opinions::new(12);
        for rating in [-10.0, 1.0, 2.0, 10.0] {
            (0..50).for_each(|_| trust.add(Opinion::of(Some(rating)), "x"));
        }
        let stances = trust.stances();
        let stance = |rating| stances.of(Opinion::of(rating));
        assert_eq!([Some(-10.0), Some(1.0), Some(10.0), None].map(stance), [1, 2, 3, 0]);
        for odd in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            assert_eq!(Opinion::of(Some(odd)), Opinion::default());
        }
        assert_eq!(Opinion::of(Some(1e30)), Opinion::of(Some(10.0)));
        assert!(Opinion::of(Some(-1e30)) > Opinion::default());
    }
}
