//! Cutting rows into folds, so that what is measured was not seen.
//!
//! A block never falls on both sides. Blocks are dealt out largest first, each to the fold that has the least of its
//! class, so that folds hold about the same share of positives even where a few campaigns hold most of them.

use crate::draws::Draws;
use crate::error::FitError;
use crate::examples::{Examples, Truth};

/// Which fold each of some rows is in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Folds {
    /// Fold of the row at the same place of the rows that were cut.
    of: Vec<u8>,
    count: u8,
}

#[derive(Clone, Copy, Default)]
struct Tally {
    positive: usize,
    negative: usize,
}

impl Folds {
    /// Cuts rows into so many folds (2 to 20), fewer if a class has not so many blocks.
    ///
    /// # Errors
    /// A class is in a single block, so that it cannot be on both sides of any cut.
    pub(crate) fn grouped(
        truth: &Truth,
        rows: &[u32],
        count: u8,
        seed: u64,
    ) -> Result<Folds, FitError> {
        let blocks_count = truth.blocks.iter().max().map_or(0, |&block| block as usize + 1);
        let mut blocks = vec![Tally::default(); blocks_count];
        for &row in rows {
            let tally = &mut blocks[truth.blocks[row as usize] as usize];
            match truth.labels[row as usize] {
                true => tally.positive += 1,
                false => tally.negative += 1,
            }
        }
        let with = |part: fn(&Tally) -> usize| blocks.iter().filter(|t| part(t) > 0).count();
        let (positive, negative) = (with(|t| t.positive), with(|t| t.negative));
        for (class, blocks) in [(true, positive), (false, negative)] {
            if blocks < 2 {
                return Err(FitError::OneBlock { class });
            }
        }
        let fewest = positive.min(negative).min(20) as u8;
        let count = count.clamp(2, 20).min(fewest);
        let fold_of_block = deal(&blocks, usize::from(count), seed);
        let of = rows.iter().map(|&row| fold_of_block[truth.blocks[row as usize] as usize]);
        Ok(Folds { of: of.collect(), count })
    }

    pub(crate) fn count(&self) -> u8 {
        self.count
    }

    /// Whether what is left outside of every fold can itself be cut.
    ///
    /// # Errors
    /// A class has too few blocks outside of some fold.
    pub(crate) fn enough(&self, truth: &Truth, rows: &[u32]) -> Result<(), FitError> {
        for fold in 0..self.count {
            let (_, outside) = self.cut(rows, fold);
            for class in [true, false] {
                let of_class = outside.iter().filter(|&&row| truth.labels[row as usize] == class);
                let mut blocks: Vec<u32> =
                    of_class.map(|&row| truth.blocks[row as usize]).collect();
                blocks.sort_unstable();
                blocks.dedup();
                if blocks.len() < 2 {
                    return Err(FitError::FewBlocks { class });
                }
            }
        }
        Ok(())
    }

    /// The rows inside a fold, and those outside, in their order.
    pub(crate) fn cut(&self, rows: &[u32], fold: u8) -> (Vec<u32>, Vec<u32>) {
        let paired = || rows.iter().copied().zip(&self.of);
        let inside = paired().filter(|(_, of)| **of == fold).map(|(row, _)| row).collect();
        let outside = paired().filter(|(_, of)| **of != fold).map(|(row, _)| row).collect();
        (inside, outside)
    }
}

/// The rows of each scheme apart, by name, each with as large a part of the negative blocks; what shares a block with a scheme
/// is with it. Each comes with what is left to learn from. Nothing where fewer than two schemes are known, or where what is left
/// lacks a class.
pub(crate) fn by_scheme(
    truth: &Truth,
    schemes: &[Option<String>],
    seed: u64,
) -> Vec<(String, Vec<u32>, Vec<u32>)> {
    let of_positives = schemes.iter().zip(&truth.labels).filter(|(_, label)| **label);
    let mut names: Vec<&String> = of_positives.filter_map(|(scheme, _)| scheme.as_ref()).collect();
    names.sort_unstable();
    names.dedup();
    if names.len() < 2 {
        return Vec::new();
    }
    let mut parts: Vec<usize> =
        (0..truth.blocks_count()).map(|block| block % names.len()).collect();
    Draws::new(seed, 0x5c4e).shuffle(&mut parts);
    let place = |row: usize| match (truth.labels[row], &schemes[row]) {
        (true, Some(scheme)) => names.binary_search(&scheme).ok(),
        (true, None) => None,
        (false, _) => Some(parts[truth.blocks[row] as usize]),
    };
    let cut = |number: usize| {
        let mut met = vec![false; truth.blocks_count()];
        let rows = || 0..truth.labels.len();
        let inside: Vec<u32> =
            rows().filter(|&row| place(row) == Some(number)).map(|row| row as u32).collect();
        inside.iter().for_each(|&row| met[truth.blocks[row as usize] as usize] = true);
        let outside = rows().filter(|&row| !met[truth.blocks[row] as usize]);
        (names[number].clone(), outside.map(|row| row as u32).collect::<Vec<u32>>(), inside)
    };
    let both = |rows: &[u32]| {
        let positive = rows.iter().filter(|&&row| truth.labels[row as usize]).count();
        positive >= Examples::LEAST && rows.len() - positive >= Examples::LEAST
    };
    (0..names.len()).map(cut).filter(|(_, outside, _)| both(outside)).collect()
}

/// The rows before a moment and those after it, about four to one. A block that stands on both sides is earlier: what it
/// taught would be asked again. `None` if a side would lack a class, or if rows and times are not equally many.
pub(crate) fn later(truth: &Truth, times: &[i64]) -> Option<(Vec<u32>, Vec<u32>)> {
    if times.len() != truth.labels.len() {
        return None;
    }
    let mut sorted = times.to_vec();
    sorted.sort_unstable();
    let moment = *sorted.get(sorted.len() * 4 / 5)?;
    let mut early = vec![false; truth.blocks_count()];
    for (&block, &time) in truth.blocks.iter().zip(times) {
        early[block as usize] |= time < moment;
    }
    let rows = 0..truth.labels.len() as u32;
    let is_early = |row: &u32| times[*row as usize] < moment;
    let in_early_block = |row: &u32| early[truth.blocks[*row as usize] as usize];
    let before: Vec<u32> = rows.clone().filter(is_early).collect();
    let after: Vec<u32> = rows.filter(|row| !is_early(row) && !in_early_block(row)).collect();
    let both = |rows: &[u32]| {
        let positive = rows.iter().filter(|&&row| truth.labels[row as usize]).count();
        positive > 0 && positive < rows.len()
    };
    (both(&before) && both(&after)).then_some((before, after))
}

/// The fold of each block.
fn deal(blocks: &[Tally], count: usize, seed: u64) -> Vec<u8> {
    let mut order: Vec<usize> = (0..blocks.len()).collect();
    Draws::new(seed, 0xf01d).shuffle(&mut order);
    order.sort_by_key(|&block| {
        let tally = blocks[block];
        std::cmp::Reverse((tally.positive.max(tally.negative), tally.positive))
    });
    let mut folds = vec![Tally::default(); count];
    let mut of = vec![0u8; blocks.len()];
    for block in order {
        let tally = blocks[block];
        let least = |fold: &usize| match tally.positive >= tally.negative {
            true => (folds[*fold].positive, folds[*fold].negative),
            false => (folds[*fold].negative, folds[*fold].positive),
        };
        let chosen = (0..count).min_by_key(least).unwrap_or(0);
        folds[chosen].positive += tally.positive;
        folds[chosen].negative += tally.negative;
        of[block] = chosen as u8;
    }
    of
}

#[cfg(test)]
mod tests {
    use super::*;

    fn truth() -> Truth {
        // Five campaigns of 30, 100 accounts that stand alone.
        let labels: Vec<bool> = (0..250).map(|row| row < 150).collect();
        let names: Vec<String> = (0..150).map(|row| format!("c{}", row % 5)).collect();
        let blocks: Vec<Option<&str>> =
            (0..250).map(|row| names.get(row).map(String::as_str)).collect();
        Truth::new(labels, &blocks).unwrap()
    }

    #[test]
    fn no_campaign_is_on_both_sides() {
        let truth = truth();
        let rows: Vec<u32> = (0..250).collect();
        for seed in 0..20 {
            let folds = Folds::grouped(&truth, &rows, 5, seed).unwrap();
            assert_eq!(folds.count(), 5);
            for fold in 0..5 {
                let (inside, outside) = folds.cut(&rows, fold);
                assert_eq!(inside.len() + outside.len(), 250);
                let blocks = |rows: &[u32]| -> std::collections::BTreeSet<u32> {
                    rows.iter().map(|&row| truth.blocks[row as usize]).collect()
                };
                assert!(blocks(&inside).is_disjoint(&blocks(&outside)));
                let positive = inside.iter().filter(|&&row| truth.labels[row as usize]).count();
                assert_eq!((positive, inside.len() - positive), (30, 20));
            }
        }
    }

    #[test]
    fn what_comes_later_is_of_later_blocks() {
        let truth = truth();
        let times: Vec<i64> = (0..250).map(|row| row * 7 % 250).collect();
        // Every campaign began early, so that no positive row is left to ask about.
        assert_eq!(later(&truth, &times), None);
        let labels: Vec<bool> = (0..250).map(|row| row % 3 == 0).collect();
        let alone = Truth::new(labels, &[None; 250]).unwrap();
        let (before, after) = later(&alone, &times).unwrap();
        assert_eq!((before.len(), after.len()), (200, 50));
        let latest = before.iter().map(|&row| times[row as usize]).max();
        assert!(latest < after.iter().map(|&row| times[row as usize]).min());
        assert_eq!(later(&alone, &[1; 250]), None);
    }

    #[test]
    fn a_scheme_is_met_with_its_blocks_or_not_at_all() {
        let truth = truth();
        assert!(by_scheme(&truth, &vec![None; 250], 1).is_empty());
        // Campaigns 0 and 1 are one scheme, 2 and 3 another; of the last it is not known.
        let name = |row: usize| (row < 150 && row % 5 < 4).then(|| format!("S{}", row % 5 / 2));
        let schemes: Vec<Option<String>> = (0..250).map(name).collect();
        let cuts = by_scheme(&truth, &schemes, 1);
        assert_eq!(cuts.iter().map(|cut| cut.0.as_str()).collect::<Vec<_>>(), ["S0", "S1"]);
        for (scheme, outside, inside) in &cuts {
            let of = |rows: &[u32]| {
                let own = |row: &&u32| schemes[**row as usize].as_ref() == Some(scheme);
                (rows.iter().filter(own).count(), rows.len())
            };
            let negative = inside.iter().filter(|&&row| row >= 150).count();
            assert_eq!((of(inside), of(outside)), ((60, 60 + negative), (0, 190 - negative)));
        }
        let all: usize = cuts.iter().map(|cut| cut.2.len()).sum();
        assert_eq!(all, 220);
    }

    #[test]
    fn one_campaign_cannot_be_held_out_from_itself() {
        let labels: Vec<bool> = (0..100).map(|row| row < 50).collect();
        let blocks: Vec<Option<&str>> = (0..100).map(|row| (row < 50).then_some("c")).collect();
        let truth = Truth::new(labels, &blocks).unwrap();
        let rows: Vec<u32> = (0..100).collect();
        assert_eq!(Folds::grouped(&truth, &rows, 5, 1), Err(FitError::OneBlock { class: true }));
    }
}
