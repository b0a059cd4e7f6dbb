//! LOG03: parcels that are far too light for their goods, and all alike.
//!
//! An item's own parcels say what it weighs: an order of the same item at the same price weighs the same wherever it is
//! taken in. Goods that are light by nature are never light for themselves, and parcels weighted to match (the Daqing
//! case) are not light: on both this is silent.

use events::Key;
use features::Keyed;
use trades::Book;

use crate::pooled::Seen;

/// The fewest weighed parcels of an item that say what it weighs.
const FEWEST: usize = 6;
/// Grams from which an envelope can be told from the goods.
const HEAVY: f64 = 120.0;
/// Below this share of its item's weight a parcel is light.
const LIGHT: f64 = 0.4;
/// From this share of its item's price an order is for the whole item: a small variant costs less.
const WHOLE: f64 = 0.5;

/// One weighed parcel of an item.
pub(super) struct Weighed {
    /// The parcel as it enters the pooled test.
    pub seen: Seen,
    /// Its grams.
    pub grams: f64,
}

/// A parcel: of which item, its grams, what was paid, how it enters the test.
type Parcel = (Key, f64, f64, Seen);

/// All parcels whose weight can be held against their item's. Orders in several parcels are left out: none of them holds
/// the whole.
pub(super) fn weighed(book: &Book) -> Vec<Weighed> {
    let mut parcels: Keyed<u32> = Keyed::default();
    for trip in &book.trips {
        *parcels.entry(trip.order).or_default() += 1;
    }
    let mut all: Vec<Parcel> = Vec::new();
    for trade in &book.trades {
        let Some(trip) = book.trip(trade).filter(|trip| trip.weight > 0) else { continue };
        if parcels.get(&trade.order).copied() != Some(1) {
            continue;
        }
        let seen = Seen {
            owner: trade.owner,
            point: trip.point,
            clock: Key::NONE,
            near: trade.subject,
            far: trade.owner,
            shown: false,
            second: trip.last,
        };
        all.push((trade.subject, f64::from(trip.weight), trade.amount as f64, seen));
    }
    all.sort_by(|x, y| x.0.cmp(&y.0).then(x.1.total_cmp(&y.1)));
    let items = all.chunk_by(|x, y| x.0 == y.0).filter(|item| item.len() >= FEWEST);
    items.flat_map(of_item).collect()
}

/// Parcels of one item, ascending by weight.
fn of_item(item: &[Parcel]) -> Vec<Weighed> {
    // Several pieces cost more, so where prices are known the heaviest tenth may say what an item weighs, but at least three
    // parcels; elsewhere the heaviest quarter: that much must not be empty.
    let priced = item.iter().filter(|parcel| parcel.2 > 0.0).count() * 10 >= item.len() * 9;
    let place = if priced { item.len() * 9 / 10 } else { item.len() * 3 / 4 };
    let usual = item[place.min(item.len() - 3)].1;
    if usual < HEAVY {
        return Vec::new();
    }
    let whole = item.iter().filter(|parcel| parcel.1 >= LIGHT * usual);
    let mut prices: Vec<f64> = whole.map(|parcel| parcel.2).collect();
    prices.sort_by(f64::total_cmp);
    let price = prices[prices.len() / 2];
    let light = |grams: f64, paid: f64| {
        grams < LIGHT * usual && (paid <= 0.0 || price <= 0.0 || paid >= WHOLE * price)
    };
    let one = |&(_, grams, paid, seen): &Parcel| Weighed {
        seen: Seen { shown: light(grams, paid), ..seen },
        grams,
    };
    item.iter().map(one).collect()
}
