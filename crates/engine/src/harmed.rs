//! Harm: whose counts or standing somebody else's fakes moved.
//!
//! A crew looks around, and leaves a view or two with everybody; that harms nobody. Harm is what is done against an owner: orders
//! that are to be sent back, orders that are to have the shop punished, orders behind which a crew hides, and stars that are to
//! drag it down; and of these more than what befalls owners of this table anyway. Who was sent likes and followers may have paid for
//! them: of that nothing is said here.

use std::collections::BTreeMap;

use detectors::chance::bits_binomial;
use events::Key;

/// Fakes against it from which an owner is harmed: fewer are an occasion.
const FEWEST: u32 = 3;
/// Share of any owner's orders, or opinions, that may be fakes against it without harm.
const BEFALLS: f64 = 0.01;
/// Orders, or opinions, that what is usual leans on.
const LEANS: f64 = 4.0;

/// Fakes against an owner, of all of the same kind that it has.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Against {
    /// Orders against it.
    pub orders: u32,
    /// Of so many.
    pub all_orders: u64,
    /// One and two stars.
    pub stars: u32,
    /// Of so many opinions.
    pub all_stars: u64,
}

/// The owners that are harmed, ascending.
#[must_use]
pub fn harmed(against: &BTreeMap<Key, Against>) -> Vec<Key> {
    let price = (against.len().max(2) as f64).log2();
    let orders = befalls(against.values().map(|own| (own.orders, own.all_orders)));
    let stars = befalls(against.values().map(|own| (own.stars, own.all_stars)));
    let beyond = |count: u32, all: u64, usual: f64| {
        let all = (all as f64).max(f64::from(count));
        count >= FEWEST && bits_binomial(f64::from(count), all, usual) >= price
    };
    let is_harmed = |own: &Against| {
        beyond(own.orders, own.all_orders, orders) || beyond(own.stars, own.all_stars, stars)
    };
    against.iter().filter(|entry| is_harmed(entry.1)).map(|entry| *entry.0).collect()
}

/// The share that befalls all but the quarter of owners who suffer most.
fn befalls(counts: impl Iterator<Item = (u32, u64)>) -> f64 {
    let mut counts: Vec<(f64, f64)> = counts
        .filter(|count| count.1 > 0)
        .map(|(against, all)| (f64::from(against), all as f64))
        .collect();
    counts.sort_by(|x, y| (x.0 * y.1).total_cmp(&(y.0 * x.1)).then(x.1.total_cmp(&y.1)));
    counts.truncate(counts.len() * 3 / 4);
    let (against, all) = counts.iter().fold((0.0, 0.0), |sum, own| (sum.0 + own.0, sum.1 + own.1));
    ((against + LEANS * BEFALLS) / (all + LEANS)).max(BEFALLS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(some: &[Against]) -> Vec<u64> {
        let mut all: BTreeMap<Key, Against> =
            (1..).zip(some).map(|(key, against)| (Key(key), *against)).collect();
        for shop in 101..=160 {
            all.insert(Key(shop), Against { all_orders: 80, all_stars: 20, ..Against::default() });
        }
        harmed(&all).into_iter().map(|key| key.0).collect()
    }

    fn orders(orders: u32, all_orders: u64) -> Against {
        Against { orders, all_orders, ..Against::default() }
    }

    #[test]
    fn what_befalls_everybody_is_no_harm() {
        assert_eq!(named(&[orders(9, 170), orders(2, 4), orders(3, 180), orders(0, 0)]), [1]);
        let stars = |stars, all_stars| Against { stars, all_stars, ..Against::default() };
        assert_eq!(named(&[stars(12, 40), stars(1, 40), stars(4, 4_000)]), [1]);
    }

    #[test]
    fn where_half_of_all_suffer_as_much_it_is_usual_here() {
        let all = [orders(12, 80); 90];
        assert!(named(&all).is_empty());
    }
}
