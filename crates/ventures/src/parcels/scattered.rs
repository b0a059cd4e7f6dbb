//! LOG04, too: a shop's parcels that went in here and there, where it sends nothing else from.
//!
//! Whoever buys numbers of parcels that were sent by others, or has an agent book parcels wherever one is going, has as many
//! outlets as orders. A shop sends from its own outlets, and each of its warehouses sends again and again. Shops that have
//! others send for them look alike: so a shop is only named for it, and what follows is for its buyers to show.

use events::Key;
use features::Keyed;
use trades::{Book, Place};

use crate::pooled::{Excess, Of, Seen, beyond_ordinary};

/// Parcels of a shop, up to which an outlet is none of its own.
const STRAY: u32 = 2;
/// Share of a shop's other parcels, up to which it is not at home in a city.
const ELSEWHERE: f64 = 0.1;
/// Parcels of a shop without which it has no home.
const FEWEST: u32 = 5;

/// Shops that stand out; and by trip, whether it is such a parcel. `owners` are the shops of the trips.
pub(super) fn scattered(book: &Book, owners: &[Key]) -> (Vec<Excess>, Vec<bool>) {
    let outlet = |trip: &trades::Trip| {
        let outlet = [trip.track.outlet, trip.point].into_iter().find(|point| point.is_some())?;
        Some((outlet, Place::of(trip.from)?))
    };
    let mut shops: Keyed<u32> = Keyed::default();
    let mut outlets: Keyed<u32> = Keyed::default();
    let mut cities: Keyed<u32> = Keyed::default();
    let keys = |owner: Key, outlet: Key, city: Place| {
        (owner.with(outlet.0), owner.with(u64::from(city.0)).with(1))
    };
    for (trip, &owner) in book.trips.iter().zip(owners).filter(|(_, owner)| owner.is_some()) {
        let Some((outlet, city)) = outlet(trip) else { continue };
        let (outlet, city) = keys(owner, outlet, city);
        *shops.entry(owner).or_default() += 1;
        *outlets.entry(outlet).or_default() += 1;
        *cities.entry(city).or_default() += 1;
    }
    let mut shown = vec![false; book.trips.len()];
    let mut seen: Vec<Seen> = Vec::new();
    for ((trip, &owner), shown) in book.trips.iter().zip(owners).zip(&mut shown) {
        let all = shops.get(&owner).copied().unwrap_or(0);
        let Some((point, city)) = outlet(trip).filter(|_| owner.is_some() && all >= FEWEST) else {
            continue;
        };
        let (outlet, city) = keys(owner, point, city);
        let count = |counts: &Keyed<u32>, key: &Key| counts.get(key).copied().unwrap_or(1);
        let there = f64::from(count(&cities, &city) - 1);
        *shown = count(&outlets, &outlet) <= STRAY && there <= ELSEWHERE * f64::from(all - 1);
        seen.push(Seen { owner, point, shown: *shown, second: trip.last, ..Seen::default() });
    }
    (beyond_ordinary(&seen, Of::Owner), shown)
}
