//! The scale of a table's stars: which of them condemn, and which praise.
//!
//! One to five unless the table says otherwise: members of an exchange rate each other from −10 to 10, and a 1 is kind there.

use trades::Opinion;

/// Share of ratings beyond one to five from which the table has a scale of its own.
const OTHER: f64 = 0.01;
/// Share of such a scale's ratings, at each end, that does not set it.
const STRAY: f64 = 0.001;
/// Parts of the scale at its ends: one and two stars condemn, five praise.
const LOW: f32 = 0.3;
const HIGH: f32 = 0.15;

/// Which ratings condemn and which praise.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    /// Ratings up to here condemn.
    pub low: f32,
    /// Ratings from here on praise.
    pub high: f32,
}

impl Scale {
    /// The scale of a table.
    #[must_use]
    pub fn of(opinions: &[Opinion]) -> Scale {
        let mut ratings: Vec<f32> = opinions.iter().map(|opinion| opinion.rating).collect();
        ratings.sort_unstable_by(f32::total_cmp);
        let same = ratings.chunk_by(|x, y| x == y);
        Scale::of_counts(&same.map(|same| (same[0], same.len() as u64)).collect::<Vec<_>>())
    }

    /// The scale of a table in which each rating, ascending, was given so many times.
    #[must_use]
    pub fn of_counts(counts: &[(f32, u64)]) -> Scale {
        let all: u64 = counts.iter().map(|count| count.1).sum();
        let beyond = counts.iter().filter(|count| !(1.0..=5.0).contains(&count.0));
        if beyond.map(|count| count.1).sum::<u64>() as f64 <= all as f64 * OTHER {
            return Scale::between(1.0, 5.0);
        }
        let stray = (all as f64 * STRAY) as u64;
        match (end(counts.iter(), stray), end(counts.iter().rev(), stray)) {
            (Some(least), Some(most)) if most > least => Scale::between(least, most),
            _ => Scale::between(1.0, 5.0),
        }
    }

    fn between(least: f32, most: f32) -> Scale {
        let (least, most) = (least.max(-1e6), most.min(1e6));
        let span = most - least;
        Scale { low: least + LOW * span, high: most - HIGH * span }
    }

    /// Whether a rating condemns.
    #[must_use]
    pub fn is_low(self, rating: f32) -> bool {
        rating <= self.low
    }

    /// Whether a rating praises.
    #[must_use]
    pub fn is_high(self, rating: f32) -> bool {
        rating >= self.high
    }
}

/// The first rating beyond so many stray ones.
fn end<'a>(counts: impl Iterator<Item = &'a (f32, u64)>, stray: u64) -> Option<f32> {
    let mut passed = 0;
    counts.filter(|count| count.1 > 0).find_map(|count| {
        passed += count.1;
        (passed > stray).then_some(count.0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rated(ratings: &[f32]) -> Vec<Opinion> {
        ratings.iter().map(|&rating| Opinion { rating, ..Opinion::default() }).collect()
    }

    #[test]
    fn one_and_two_stars_condemn_unless_the_table_has_another_scale() {
        let stars = Scale::of(&rated(&[1.0, 2.0, 3.0, 4.0, 4.5, 5.0].repeat(50)));
        assert!(stars.is_low(2.0) && !stars.is_low(3.0));
        assert!(stars.is_high(4.5) && !stars.is_high(4.0));
        let trust = Scale::of(&rated(&[-10.0, 1.0, 1.0, 2.0, 10.0].repeat(50)));
        assert!(trust.is_low(-10.0) && !trust.is_low(1.0));
        assert!(trust.is_high(10.0) && !trust.is_high(2.0));
        let mut one_odd = [1.0, 5.0, 3.0].repeat(100);
        one_odd.push(1e30);
        assert_eq!(Scale::of(&rated(&one_odd)), stars);
        assert_eq!(Scale::of(&[]), stars);
    }
}
