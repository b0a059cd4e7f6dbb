//! Where one text ends and another begins, by description length.
//!
//! Two authors, two models: each unit is coded by the model of one side, learnt from that side's other units, and changing sides costs
//! what naming the place costs. The division that describes the page in the fewest bits is found by turns: learn both models,
//! choose the best sides for all units at once (Viterbi), until nothing changes. The models are pairs of characters over single
//! characters over those of the whole page, so what neither side has taught them costs both the same and no constant is
//! fitted to a page. The first division comes from what the units hold (contacts, lists, law), which also says which side is which.

use crate::finding::PRIOR_BITS;
use std::collections::BTreeMap;

/// Turns after which the division is taken as it is.
const MOST_TURNS: usize = 8;
/// Units that are coded; a page of more is divided by what its units hold alone.
pub(crate) const MOST_UNITS: usize = 40_000;
/// How many occurrences the coarser model is worth when the finer one is asked.
const TRUST: f64 = 4.0;

/// A unit to be put on a side.
pub(crate) struct Piece<'a> {
    pub(crate) chars: &'a [char],
    /// Bits by which what it holds speaks for the other side, negative for the article.
    pub(crate) lean: f64,
}

/// A division of a page.
#[derive(Debug)]
pub(crate) struct Division {
    /// Whether each unit is of the other text.
    pub(crate) other: Vec<bool>,
    /// Bits by which each unit reads like the other text more than like the article, what it holds left aside.
    pub(crate) reads: Vec<f64>,
}

/// Divides the pieces in two texts; `None` if they are one.
pub(crate) fn divide(pieces: &[Piece<'_>]) -> Option<Division> {
    let change = change_bits(pieces.len());
    let mut reads = vec![0.0; pieces.len()];
    let mut other = best_sides(pieces, &reads, change);
    if pieces.len() > MOST_UNITS {
        return other.contains(&true).then_some(Division { other, reads });
    }
    let coded = Coded::new(pieces);
    for _ in 0..MOST_TURNS {
        if !other.contains(&true) {
            return None;
        }
        if !other.contains(&false) {
            break;
        }
        reads = coded.reads(&other);
        let next = best_sides(pieces, &reads, change);
        if next == other {
            break;
        }
        other = next;
    }
    other.contains(&true).then_some(Division { other, reads })
}

/// What a change of sides costs: naming its place, and half of the doubt that there is another text at all.
pub(crate) fn change_bits(units: usize) -> f64 {
    (units.max(2) as f64).log2() + PRIOR_BITS / 2.0
}

/// The sides that describe all units in the fewest bits.
fn best_sides(pieces: &[Piece<'_>], reads: &[f64], change: f64) -> Vec<bool> {
    // For each unit, whether the best way to each side came over from the other one.
    let mut from: Vec<[bool; 2]> = Vec::with_capacity(pieces.len());
    // A page begins with either side at the same cost: one end of a block is then no change.
    let mut best = [0.0, -change];
    for (piece, reads) in pieces.iter().zip(reads) {
        let crossed = [best[1] - change > best[0], best[0] - change > best[1]];
        let article = best[0].max(best[1] - change);
        let other = best[1].max(best[0] - change) + piece.lean + reads;
        best = [article, other];
        from.push(crossed);
    }
    let mut side = usize::from(best[1] - change > best[0]);
    let mut other = vec![false; pieces.len()];
    for at in (0..pieces.len()).rev() {
        other[at] = side == 1;
        if from[at][side] {
            side = 1 - side;
        }
    }
    other
}

/// The pieces as numbered characters and pairs.
struct Coded {
    /// For each piece, its characters and pairs by number.
    pieces: Vec<Vec<(u32, u32)>>,
    /// Share of each character in the whole page.
    base: Vec<f64>,
    /// The character that each pair begins with.
    pairs: Vec<u32>,
}

/// How often each was seen on one side.
struct Counts {
    single: Vec<f64>,
    singles: f64,
    pair: Vec<f64>,
    /// Pairs that begin with each character.
    opened: Vec<f64>,
}

impl Coded {
    fn new(pieces: &[Piece<'_>]) -> Coded {
        let mut numbers: BTreeMap<char, u32> = BTreeMap::new();
        let mut pair_numbers: BTreeMap<(u32, u32), u32> = BTreeMap::new();
        let mut pairs = Vec::new();
        let mut base: Vec<f64> = vec![0.0];
        let mut total = 0.0;
        let coded = pieces
            .iter()
            .map(|piece| {
                // A piece begins after a character that is none.
                let mut before = 0;
                let chars = piece.chars.iter();
                chars
                    .map(|&c| {
                        let fresh = numbers.len() as u32 + 1;
                        let number = *numbers
                            .entry(if c.is_ascii_digit() { '0' } else { c })
                            .or_insert(fresh);
                        if number as usize == base.len() {
                            base.push(0.0);
                        }
                        base[number as usize] += 1.0;
                        total += 1.0;
                        let fresh = pair_numbers.len() as u32;
                        let pair = *pair_numbers.entry((before, number)).or_insert(fresh);
                        if pair as usize == pairs.len() {
                            pairs.push(before);
                        }
                        before = number;
                        (number, pair)
                    })
                    .collect()
            })
            .collect();
        for share in &mut base {
            *share /= total;
        }
        Coded { pieces: coded, base, pairs }
    }

    fn count(&self, other: &[bool], side: bool) -> Counts {
        let mut counts = Counts {
            single: vec![0.0; self.base.len()],
            singles: 0.0,
            pair: vec![0.0; self.pairs.len()],
            opened: vec![0.0; self.base.len()],
        };
        for (piece, _) in self.pieces.iter().zip(other).filter(|(_, s)| **s == side) {
            self.add(&mut counts, piece, 1.0);
        }
        counts
    }

    fn add(&self, counts: &mut Counts, piece: &[(u32, u32)], times: f64) {
        for &(single, pair) in piece {
            counts.single[single as usize] += times;
            counts.singles += times;
            counts.pair[pair as usize] += times;
            counts.opened[self.pairs[pair as usize] as usize] += times;
        }
    }

    /// Bits by which each piece is cheaper in the other text's model, each model learnt without the piece.
    fn reads(&self, other: &[bool]) -> Vec<f64> {
        let mut sides = [self.count(other, false), self.count(other, true)];
        let mut reads = Vec::with_capacity(self.pieces.len());
        for (piece, &side) in self.pieces.iter().zip(other) {
            let own = usize::from(side);
            self.add(&mut sides[own], piece, -1.0);
            reads.push(self.cost(&sides[0], piece) - self.cost(&sides[1], piece));
            self.add(&mut sides[own], piece, 1.0);
        }
        reads
    }

    /// The bits that a piece costs.
    fn cost(&self, counts: &Counts, piece: &[(u32, u32)]) -> f64 {
        let mut bits = 0.0;
        for &(single, pair) in piece {
            let before = self.pairs[pair as usize] as usize;
            let (single, pair) = (single as usize, pair as usize);
            let alone =
                (counts.single[single] + TRUST * self.base[single]) / (counts.singles + TRUST);
            let after = (counts.pair[pair] + TRUST * alone) / (counts.opened[before] + TRUST);
            bits -= after.log2();
        }
        bits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cut_falls_between_two_ways_of_writing() {
        let article = [
            "法院认为双方之间的合同合法有效,应当履行。",
            "被告辩称已经履行了合同约定的义务。",
            "法院最终认为被告应当赔偿原告的损失。",
        ];
        let advert = [
            "某某锁业全国售后电话",
            "某某锁业全国客服热线",
            "某某锁业全国报修电话",
            "某某锁业总部",
        ];
        let lines: Vec<Vec<char>> = article[..2]
            .iter()
            .chain(&advert)
            .chain(&article[2..])
            .map(|l| l.chars().collect())
            .collect();
        // Only some of the advert's lines give themselves away by what they hold.
        let leans = [-3.0, -3.0, 9.0, 9.0, 9.0, 0.0, -3.0];
        let pieces: Vec<Piece<'_>> =
            lines.iter().zip(leans).map(|(chars, lean)| Piece { chars, lean }).collect();
        let division = divide(&pieces).unwrap();
        assert_eq!(division.other, [false, false, true, true, true, true, false]);
    }

    #[test]
    fn one_text_is_not_divided() {
        let chars: Vec<char> = "同一个人写的一句话。".chars().collect();
        let pieces: Vec<Piece<'_>> = (0..9).map(|_| Piece { chars: &chars, lean: -1.0 }).collect();
        assert!(divide(&pieces).is_none());
        assert!(divide(&[]).is_none());
    }
}
