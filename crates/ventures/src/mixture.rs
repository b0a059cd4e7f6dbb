//! Two manners mixed: the crew's and each owner's ordinary buyers'.
//!
//! A naive Bayes mixture, learnt by expectation and maximisation from the seeds outward: what share of the crew's orders
//! shows each value of each trait, against what the same owner's other orders show. Owners are compared with themselves, so
//! light goods, a careful clientele or a far outlet speak for nobody. Both sides lean on the whole table for values seen
//! seldom.

use events::Key;
use features::Keyed;
use trades::Book;

use crate::manner::{Manner, TRAITS, Terms, Trait, VALUES};

/// Orders of the whole table that a crew's shares lean on.
const CREW_LEANS: f64 = 4.0;
/// Orders of the whole table that an owner's shares lean on.
const OWNER_LEANS: f64 = 8.0;
/// Rounds of learning.
const ROUNDS: usize = 12;
/// A trait of one order says at most this much.
const TRAIT_BITS: f64 = 8.0;
/// Before and after the first and last seed, orders may belong too.
const MARGIN: u32 = 3 * 86_400;
/// Chance that an order that nobody repaid seems repaid: amounts fit by chance.
const SEEMS_REPAID: f64 = 0.05;
/// Chance that an ordinary buyer searches for the same words as a venture's.
const SAME_WORDS: f64 = 0.02;

type Shares = [[f64; VALUES]; TRAITS.len()];

/// An order looked at, with what the mixture says of it.
#[derive(Clone, Debug)]
pub(crate) struct Looked {
    pub place: u32,
    pub owner: usize,
    pub manner: Manner,
    /// Whether its time allows that it belongs.
    pub near: bool,
    /// Chance that it is the crew's.
    pub chance: f64,
    /// Bits for the crew's manner against the owner's ordinary one, by trait.
    pub bits: [f64; TRAITS.len()],
}

/// The orders of the owners that a venture worked for.
#[derive(Debug)]
pub(crate) struct Mixture {
    pub looked: Vec<Looked>,
    pub owners: Vec<Key>,
    pub known: [bool; TRAITS.len()],
    pub crew: Shares,
    /// By owner.
    pub ordinary: Vec<Shares>,
    /// Orders that the crew's shares stand on, and each owner's ordinary ones, with what they lean on.
    crew_weight: f64,
    ordinary_weight: Vec<f64>,
}

/// How the values of traits are spread over the whole table.
pub(crate) fn spread(book: &Book) -> Shares {
    let mut shares = [[0.02; VALUES]; TRAITS.len()];
    let terms = Terms::default();
    for place in 0..book.trades.len() as u32 {
        for (share, value) in shares.iter_mut().zip(terms.manner(book, place)) {
            share[usize::from(value)] += 1.0;
        }
    }
    for share in &mut shares {
        normalise(share);
    }
    shares
}

fn normalise(share: &mut [f64; VALUES]) {
    let sum: f64 = share.iter().sum();
    share.iter_mut().for_each(|value| *value /= sum);
}

impl Mixture {
    /// Looks at all orders of the owners of at least three seeds (`seeds` ascending), and at the seeds.
    pub fn of(
        book: &Book,
        of_owner: &Keyed<Vec<u32>>,
        table: &Shares,
        seeds: &[u32],
        terms: &Terms,
    ) -> Mixture {
        let trade = |place: u32| &book.trades[place as usize];
        let mut owners: Vec<Key> = seeds.iter().map(|&place| trade(place).owner).collect();
        owners.sort_unstable();
        let served = owners.chunk_by(|x, y| x == y).filter(|same| same.len() >= 3);
        let owners: Vec<Key> = served.map(|same| same[0]).collect();
        let seconds = || seeds.iter().map(|&place| trade(place).second);
        let first = seconds().min().unwrap_or(0).saturating_sub(MARGIN);
        let last = seconds().max().unwrap_or(0).saturating_add(MARGIN);
        let mut looked = Vec::new();
        for (number, owner) in owners.iter().enumerate() {
            for &place in of_owner.get(owner).into_iter().flatten() {
                let seed = seeds.binary_search(&place).is_ok();
                let near = (first..=last).contains(&trade(place).second);
                looked.push(Looked {
                    place,
                    owner: number,
                    manner: terms.manner(book, place),
                    near,
                    chance: if seed { 0.9 } else { 0.02 * f64::from(u8::from(near)) },
                    bits: [0.0; TRAITS.len()],
                });
            }
        }
        let known = TRAITS.map(|which| which.is_known(book));
        let leaning = leaning(table, terms);
        let habits = habits(&leaning, &looked, owners.len());
        let mut mixture = Mixture {
            looked,
            known,
            crew: leaning,
            ordinary: habits.clone(),
            crew_weight: CREW_LEANS,
            ordinary_weight: vec![OWNER_LEANS; owners.len()],
            owners,
        };
        for _ in 0..ROUNDS {
            mixture.learn(&leaning, &habits);
            mixture.tell();
        }
        mixture
    }

    /// Shares from chances.
    fn learn(&mut self, leaning: &Shares, habits: &[Shares]) {
        self.crew = leaning.map(|share| share.map(|value| value * CREW_LEANS));
        for (ordinary, habit) in self.ordinary.iter_mut().zip(habits) {
            *ordinary = habit.map(|share| share.map(|value| value * OWNER_LEANS));
        }
        self.crew_weight = CREW_LEANS;
        self.ordinary_weight.fill(OWNER_LEANS);
        for order in &self.looked {
            self.crew_weight += order.chance;
            self.ordinary_weight[order.owner] += 1.0 - order.chance;
            for (at, value) in order.manner.into_iter().enumerate() {
                self.crew[at][usize::from(value)] += order.chance;
                self.ordinary[order.owner][at][usize::from(value)] += 1.0 - order.chance;
            }
        }
        self.crew.iter_mut().for_each(normalise);
        self.ordinary.iter_mut().flatten().for_each(normalise);
    }

    /// Chances from shares. An order is compared with the others: where a crew is known by a dozen orders, its own would make
    /// up a good part of what it is compared with.
    fn tell(&mut self) {
        let mut sums = vec![(0.5, 1.0); self.owners.len()];
        for order in self.looked.iter().filter(|order| order.near) {
            let sum = &mut sums[order.owner];
            *sum = (sum.0 + order.chance, sum.1 + 1.0);
        }
        for order in &mut self.looked {
            let share = (sums[order.owner].0 / sums[order.owner].1).clamp(0.01, 0.99);
            let mut odds = (share / (1.0 - share)).log2();
            for (at, value) in order.manner.into_iter().enumerate() {
                let value = usize::from(value);
                let ordinary = without(
                    self.ordinary[order.owner][at][value],
                    self.ordinary_weight[order.owner],
                    1.0 - order.chance,
                );
                let crew = without(self.crew[at][value], self.crew_weight, order.chance);
                let bits = (crew / ordinary).log2();
                order.bits[at] =
                    if self.known[at] { bits.clamp(-TRAIT_BITS, TRAIT_BITS) } else { 0.0 };
                odds += order.bits[at];
            }
            order.chance = if order.near { 1.0 / (1.0 + (-odds).exp2()) } else { 0.0 };
        }
    }
}

/// A share of so much weight, once a part of the weight that had the value is taken away.
fn without(share: f64, weight: f64, part: f64) -> f64 {
    ((share * weight - part) / (weight - part)).max(1e-9)
}

/// What each owner's ordinary orders lean on: as the crew's, but that each owner has its outlets, so that all of its
/// orders, whoever made them, say where its parcels go in. An owner of whom only the crew's are known shows nothing.
fn habits(leaning: &Shares, looked: &[Looked], owners: usize) -> Vec<Shares> {
    let at = Trait::Point as usize;
    let mut habits = vec![*leaning; owners];
    for order in looked {
        habits[order.owner][at][usize::from(order.manner[at])] += 1.0;
    }
    habits.iter_mut().for_each(|habit| normalise(&mut habit[at]));
    habits
}

/// What both sides lean on: the table, and for traits that refer to the venture what chance gives.
fn leaning(table: &Shares, terms: &Terms) -> Shares {
    let mut leaning = *table;
    for (share, which) in leaning.iter_mut().zip(TRAITS) {
        match which {
            Trait::Repaid => {
                *share = [1e-6; VALUES];
                (share[0], share[1]) = (1.0 - SEEMS_REPAID, SEEMS_REPAID);
            }
            Trait::Words => {
                let searched = share[1];
                share[1] = searched * (1.0 - SAME_WORDS);
                share[2] = searched * SAME_WORDS;
            }
            Trait::Point => {
                let shipped = share[1];
                let named = terms.points.len() as f64;
                for value in &mut share[2..2 + terms.points.len()] {
                    *value = shipped * 0.5 / (named + 1.0);
                }
                share[1] = shipped * (1.0 - 0.5 * named / (named + 1.0));
            }
            _ => {}
        }
        normalise(share);
    }
    leaning
}
