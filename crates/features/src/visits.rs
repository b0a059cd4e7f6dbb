//! Who came to one subject, by the hour: how many looked, and how many of them left at once.
//!
//! Stretches of time that hold at least one view, in order. There are at most [`Visits::MOST`] of them: past that they
//! are made twice as long, so what is remembered of a subject is bounded and only its grain depends on how long it has
//! been looked at. How long those stayed who did not leave at once is a histogram of octaves. Sums only, so any split of the views gives the same when joined.

use serde::{Deserialize, Serialize};

/// How long somebody stayed, as the number of binary digits of the milliseconds; 0 where that is not said.
#[must_use]
pub fn stay(dwell_ms: Option<i64>) -> u8 {
    dwell_ms.map_or(0, |ms| (64 - ms.max(1).leading_zeros()) as u8)
}

/// Which octave of [`Stretch::octaves`] a [`stay`] is in; none for those who left at once, or of whom nothing is said.
#[must_use]
pub fn octave(stay: u8) -> Option<usize> {
    (stay > AT_ONCE).then(|| usize::from(stay - AT_ONCE - 1).min(OCTAVES - 1))
}

/// Up to this [`stay`] somebody left at once: less than 2.048 seconds.
pub const AT_ONCE: u8 = 11;

/// Those who stayed longer are told apart by octaves: 2 to 4 seconds, 4 to 8, and so on; the last is open, from 524.288
/// seconds on.
pub const OCTAVES: usize = 9;

/// Most subjects are looked at in an hour or two: so many stretches take no room for more.
const FEW: usize = 4;

/// The views of a stretch of time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stretch {
    /// Its number since 1970.
    pub number: u32,
    /// All views.
    pub views: u32,
    /// Those who left at once.
    pub brief: u32,
    /// Those of whom nothing says how long they stayed.
    pub untold: u32,
    /// Those who stayed longer, by octave. None counts past 65,535, so of a larger crowd the histogram is flatter than it was.
    pub octaves: [u16; OCTAVES],
}

/// The views of one subject.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visits {
    /// A stretch is an hour, doubled this many times.
    doubled: u8,
    stretches: Vec<Stretch>,
}

impl Visits {
    /// The most stretches kept.
    pub const MOST: usize = 128;

    /// Counts a view at a second since 1970.
    pub fn push(&mut self, second: u32, stay: u8) {
        let mut one = Stretch {
            number: (second / 3600) >> self.doubled,
            views: 1,
            brief: u32::from((1..=AT_ONCE).contains(&stay)),
            untold: u32::from(stay == 0),
            octaves: [0; OCTAVES],
        };
        if let Some(octave) = octave(stay) {
            one.octaves[octave] = 1;
        }
        self.add(one);
    }

    fn add(&mut self, one: Stretch) {
        if self.stretches.len() < FEW {
            self.stretches.reserve_exact(1);
        }
        match self.stretches.last_mut() {
            Some(last) if last.number == one.number => last.take(&one),
            Some(last) if last.number > one.number => {
                let found = self.stretches.binary_search_by_key(&one.number, |s| s.number);
                match found {
                    Ok(at) => self.stretches[at].take(&one),
                    Err(at) => self.stretches.insert(at, one),
                }
            }
            _ => self.stretches.push(one),
        }
        while self.stretches.len() > Self::MOST {
            self.double();
        }
    }

    fn double(&mut self) {
        self.doubled += 1;
        self.stretches.iter_mut().for_each(|stretch| stretch.number >>= 1);
        self.stretches.dedup_by(|next, kept| {
            let same = next.number == kept.number;
            if same {
                kept.take(next);
            }
            same
        });
    }

    /// Adds what was seen of the same subject elsewhere.
    pub fn join(&mut self, mut other: Visits) {
        while self.doubled < other.doubled {
            self.double();
        }
        while other.doubled < self.doubled {
            other.double();
        }
        for stretch in other.stretches {
            // Adding may double: numbers of what is still to come follow.
            let number = stretch.number >> (self.doubled - other.doubled);
            self.add(Stretch { number, ..stretch });
        }
    }

    /// Hours of one stretch.
    #[must_use]
    pub fn hours(&self) -> u32 {
        1 << self.doubled
    }

    /// The stretches with views, in order.
    #[must_use]
    pub fn stretches(&self) -> &[Stretch] {
        &self.stretches
    }

    /// All together.
    #[must_use]
    pub fn sum(&self) -> Stretch {
        let mut sum = Stretch::default();
        self.stretches.iter().for_each(|stretch| sum.take(stretch));
        sum
    }

    /// Reads a little of what counting will read, and nothing more: see [`Keyed`](crate::Keyed).
    #[must_use]
    pub fn glance(&self) -> u32 {
        self.stretches.last().map_or(0, |last| last.number)
    }

    /// Bytes beyond the struct's own.
    #[must_use]
    pub fn heap_bytes(&self) -> usize {
        self.stretches.capacity() * size_of::<Stretch>()
    }
}

impl Stretch {
    fn take(&mut self, other: &Stretch) {
        self.views = self.views.saturating_add(other.views);
        self.brief = self.brief.saturating_add(other.brief);
        self.untold = self.untold.saturating_add(other.untold);
        for (mine, theirs) in self.octaves.iter_mut().zip(other.octaves) {
            *mine = mine.saturating_add(theirs);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stay_is_its_digits() {
        let stays = [None, Some(i64::MIN), Some(0), Some(2_047), Some(2_048), Some(i64::MAX)];
        assert_eq!(stays.map(stay), [0, 1, 1, AT_ONCE, AT_ONCE + 1, 63]);
        let octaves = stays.map(|dwell| octave(stay(dwell)));
        assert_eq!(octaves, [None, None, None, None, Some(0), Some(OCTAVES - 1)]);
        assert_eq!(octave(stay(Some(524_287))), Some(OCTAVES - 2));
        assert_eq!(octave(stay(Some(524_288))), Some(OCTAVES - 1));
    }

    #[test]
    fn whatever_the_split_the_join_is_the_same_and_bounded() {
        let views: Vec<(u32, u8)> = (0..5_000u32)
            .map(|n| (n.wrapping_mul(2_654_435_761) % 40_000_000, (n % 20) as u8))
            .collect();
        let of = |some: &mut dyn Iterator<Item = &(u32, u8)>| {
            let mut visits = Visits::default();
            some.for_each(|&(second, stay)| visits.push(second, stay));
            visits
        };
        let all = of(&mut views.iter());
        assert!(all.stretches().len() <= Visits::MOST);
        assert_eq!(all.sum().views, 5_000);
        for cut in [1, 60, 2_500] {
            let mut joined = of(&mut views[cut..].iter());
            joined.join(of(&mut views[..cut].iter()));
            assert_eq!(joined, all);
        }
        assert_eq!(of(&mut views.iter().rev()), all);
    }
}
