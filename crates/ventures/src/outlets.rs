//! LOG01: outlets that take in made-up parcels which, by their shops' habit, would go in elsewhere.

use std::collections::BTreeMap;

use events::Key;
use trades::Book;

use crate::listed::{Evidence, list, listed};

/// Share of a shop's other parcels from which an outlet is one of its own.
pub(crate) const USUAL: f64 = 0.1;
/// The fewest made-up parcels of an outlet that is looked at.
const FEWEST: u32 = 3;

/// A network point that took in made-up orders' parcels.
#[derive(Clone, Debug, PartialEq)]
pub struct PointShare {
    /// Which.
    pub point: Key,
    /// Their parcels.
    pub parcels: u32,
    /// Owners that they came from.
    pub owners: u32,
    /// Bits by which these owners' other parcels go in elsewhere.
    pub bits: f64,
    /// What gives these bits again.
    pub evidence: Evidence,
}

/// Parcels of one owner: made up and others.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    made_up: u32,
    others: u32,
}

impl Tally {
    fn add(&mut self, made_up: bool) {
        *(if made_up { &mut self.made_up } else { &mut self.others }) += 1;
    }
}

/// Points that the parcels of made-up orders (places in [`Book::trades`]) went in at, most parcels first, with how far that is from where the
/// other orders of the same owners do: one exact test (Fisher's) for each owner.
#[must_use]
pub fn outlets(book: &Book, made_up: &[u32], others: &[u32]) -> Vec<PointShare> {
    let mut of_owner: BTreeMap<Key, Tally> = BTreeMap::new();
    let mut at: BTreeMap<Key, BTreeMap<Key, Tally>> = BTreeMap::new();
    for (places, made_up) in [(made_up, true), (others, false)] {
        for trade in places.iter().map(|&place| &book.trades[place as usize]) {
            let Some(trip) = book.trip(trade).filter(|trip| trip.point.is_some()) else { continue };
            of_owner.entry(trade.owner).or_default().add(made_up);
            at.entry(trip.point).or_default().entry(trade.owner).or_default().add(made_up);
        }
    }
    let share = |(point, owners): (Key, BTreeMap<Key, Tally>)| {
        // An outlet that a shop uses anyway, for these goods or for others, did its work.
        let strange =
            |here: Tally, all: Tally| f64::from(here.others) <= USUAL * f64::from(all.others);
        let through: Vec<[u32; 4]> = owners
            .iter()
            .map(|(owner, here)| (*here, of_owner[owner]))
            .filter(|&(here, all)| here.made_up > 0 && strange(here, all))
            .map(|(here, all)| [here.made_up, all.made_up, here.others, all.others])
            .collect();
        let tests: Vec<(f64, [f64; 4])> =
            through.iter().map(|tally| (exact_bits(tally), tally.map(f64::from))).collect();
        let bits = tests.iter().map(|test| test.0).sum();
        let mut evidence = Evidence::new();
        let names = [
            listed!("shop", "parcels_here"),
            listed!("shop", "parcels"),
            listed!("shop", "others_here"),
            listed!("shop", "others"),
        ];
        list(&mut evidence, tests, names, "other_shops_bits");
        let parcels = through.iter().map(|tally| tally[0]).sum();
        PointShare { point, parcels, owners: through.len() as u32, bits, evidence }
    };
    let mut shares: Vec<PointShare> = at.into_iter().map(share).collect();
    shares.retain(|share| share.parcels >= FEWEST);
    shares.sort_by(|x, y| y.parcels.cmp(&x.parcels).then(x.point.cmp(&y.point)));
    shares
}

/// −log₂ of the chance that so many of an owner's parcels at a point are made up, if it took them like any others.
fn exact_bits([mine, ours, others, theirs]: &[u32; 4]) -> f64 {
    let (mine, ours) = (*mine as usize, *ours as usize);
    let (here, all) = (mine + *others as usize, ours + *theirs as usize);
    let most = here.min(ours);
    let chance = |k: usize| {
        let elsewhere = bits_to_choose(all - here, ours - k);
        (bits_to_choose(here, k) + elsewhere - bits_to_choose(all, ours)).exp2()
    };
    let possible = (mine..=most).filter(|k| ours - k <= all - here);
    -possible.map(chance).sum::<f64>().clamp(1e-300, 1.0).log2()
}

/// log₂ of the ways to choose `k` of `n` orders: what it costs to name a venture's.
pub(crate) fn bits_to_choose(n: usize, k: usize) -> f64 {
    let k = k.min(n - k);
    (0..k).map(|i| ((n - i) as f64 / (i + 1) as f64).log2()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use trades::{Trade, Trip};

    #[test]
    fn an_outlet_of_nothing_but_a_ventures_parcels_stands_out() {
        // 35 of a venture at one outlet, 5 others of the owner elsewhere: one way in 658,008.
        assert!((exact_bits(&[35, 35, 0, 5]) - 658_008f64.log2()).abs() < 1e-6);
        assert_eq!(exact_bits(&[35, 35, 60, 60]), 0.0);
        assert!(exact_bits(&[20, 40, 30, 60]) < 2.0);
    }

    #[test]
    fn an_outlet_of_the_shops_own_did_its_work() {
        // (owner, point, made up)
        let parcels = |rows: &[(u64, u64, bool, u32)]| {
            let mut book = Book::default();
            let (mut made_up, mut others) = (Vec::new(), Vec::new());
            for &(owner, point, fake, times) in rows {
                for _ in 0..times {
                    let place = book.trades.len() as u32;
                    let mut trip = Trip::default();
                    trip.point = Key(point);
                    book.trips.push(trip);
                    book.trades.push(Trade {
                        owner: Key(owner),
                        trip: Some(place),
                        ..Trade::default()
                    });
                    (if fake { &mut made_up } else { &mut others }).push(place);
                }
            }
            outlets(&book, &made_up, &others)
        };
        let strange =
            parcels(&[(1, 8, true, 30), (1, 9, false, 20), (2, 8, true, 4), (2, 7, false, 9)]);
        assert_eq!((strange.len(), strange[0].point, strange[0].parcels), (1, Key(8), 34));
        assert!(strange[0].owners == 2 && strange[0].bits > 30.0, "{strange:?}");
        assert!(parcels(&[(1, 8, true, 30), (1, 9, false, 20), (1, 8, false, 4)]).is_empty());
    }
}
