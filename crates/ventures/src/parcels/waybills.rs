//! LOG04: neighbours in number that have nothing else in common.
//!
//! Numbers are dealt out in sequence. A merchant draws from a batch, an outlet's counter from a roll, a warehouse from one
//! stock for forty shops: whose numbers stand side by side share a shop or an outlet. Numbers that were bought up and sold on one by
//! one stand between strangers', though their shops have stock of their own; and an outlet that books parcels nobody brought
//! in does so in the order of its list, within the same minute, for shops whose goods lie elsewhere. A carrier that serves
//! everybody from one pool makes all neighbours strangers: then its shops have no stock of their own, and nothing is said.

use events::{Key, Waybill};
use features::Keyed;
use trades::{Book, Place, Trip};

use crate::pooled::{Excess, Of, Seen, excesses};

/// Neighbours in number looked at on either side.
const COMPANY: usize = 6;
/// Of these, strangers from which the company is one of strangers, and the share of them with stock of their own.
const STRANGERS: usize = 4;
const WITH_STOCK: f64 = 0.75;
/// Parcels from a stock of its own, and their share of a shop's, from which it has one.
const STOCK: (u32, f64) = (3, 0.25);
/// Parcels that a shop sends from another outlet, from which that is a home of its own.
const HOME: u32 = 2;
/// Outlets kept of a shop. One that uses more is at home everywhere: nobody is a stranger to it.
const MOST_OUTLETS: usize = 16;
/// Seconds between two bookings of one batch.
const BATCH: u32 = 60;
/// The share of shops that stand from which this is how numbers are dealt out here.
const CUSTOM: f64 = 0.2;

/// A parcel with its number.
#[derive(Clone, Copy)]
struct Numbered {
    waybill: Waybill,
    owner: Key,
    outlet: Key,
    province: u16,
    /// When the outlet booked it in; 0 if no scan says so.
    booked: u32,
    second: u32,
}

/// How two parcels' shops stand to each other.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tie {
    /// One shop, or shops of one outlet.
    Housed,
    /// Shops that may well know each other, or of which too little is known.
    Open,
    /// Shops of different outlets in different provinces, whatever they sent.
    Strangers,
}

/// Who stands out, and how many neighbours were strangers there.
#[derive(Debug, Default)]
pub(super) struct Runs {
    /// Shops whose numbers stand between strangers'.
    pub shops: Vec<Excess>,
    /// Outlets that booked strangers' parcels as one batch.
    pub outlets: Vec<Excess>,
}

/// What the table's numbers show; `owners` are the shops of its trips.
pub(super) fn runs(book: &Book, owners: impl Iterator<Item = Key>) -> Runs {
    let line = Line::of(book.trips.iter().zip(owners).filter_map(|(trip, of)| numbered(trip, of)));
    let mut shops = excesses(&line.between(), Of::Owner, false);
    let tested = line.stocks.0.values().filter(|stock| stock.is_own()).count();
    if shops.len() as f64 > CUSTOM * tested as f64 {
        shops.clear();
    }
    Runs { shops, outlets: excesses(&line.batched(), Of::Point, false) }
}

fn numbered(trip: &Trip, owner: Key) -> Option<Numbered> {
    let owner = if trip.owner.is_some() { trip.owner } else { owner };
    let track = &trip.track;
    let outlet = [track.outlet, trip.point].into_iter().find(|point| point.is_some())?;
    let province = Place::of(trip.from)?.province();
    let booked = if track.outlet.is_some() { track.collected } else { 0 };
    (trip.waybill.is_some() && owner.is_some()).then_some(Numbered {
        waybill: trip.waybill,
        owner,
        outlet,
        province,
        booked,
        second: trip.last,
    })
}

/// From where a shop sends: outlet, province, parcels; the most used first.
#[derive(Default)]
struct Homes(Keyed<Vec<(Key, u16, u32)>>);

impl Homes {
    fn of(parcels: &[Numbered]) -> Homes {
        let mut ends: Vec<(Key, Key, u16)> =
            parcels.iter().map(|one| (one.owner, one.outlet, one.province)).collect();
        ends.sort_unstable();
        let mut homes = Keyed::<Vec<(Key, u16, u32)>>::default();
        for same in ends.chunk_by(|x, y| x == y) {
            let (owner, outlet, province) = same[0];
            homes.entry(owner).or_default().push((outlet, province, same.len() as u32));
        }
        Homes(homes)
    }

    fn get(&self, owner: Key) -> &[(Key, u16, u32)] {
        self.0.get(&owner).map_or(&[], Vec::as_slice)
    }

    fn tie(&self, one: &Numbered, other: &Numbered) -> Tie {
        let (a, b) = (self.get(one.owner), self.get(other.owner));
        if one.owner == other.owner {
            return Tie::Housed;
        }
        if a.len() > MOST_OUTLETS || b.len() > MOST_OUTLETS {
            return Tie::Open;
        }
        let here = one.outlet == other.outlet;
        let apart = |homes: &'_ [(Key, u16, u32)]| -> Vec<u16> {
            let own = homes.iter().filter(|home| !here || home.0 != one.outlet && home.2 >= HOME);
            own.map(|home| home.1).collect()
        };
        let (a, b) = (apart(a), apart(b));
        // Whoever sends from one outlet alone belongs to it: a warehouse, a village's counter.
        match here {
            true if a.is_empty() || b.is_empty() => Tie::Housed,
            _ if a.iter().any(|province| b.contains(province)) => {
                if here {
                    Tie::Housed
                } else {
                    Tie::Open
                }
            }
            _ => Tie::Strangers,
        }
    }
}

/// A shop's numbers.
#[derive(Clone, Copy, Default)]
struct Stock {
    own: u32,
    all: u32,
}

impl Stock {
    fn is_own(self) -> bool {
        self.own >= STOCK.0 && f64::from(self.own) >= STOCK.1 * f64::from(self.all)
    }
}

#[derive(Default)]
struct Stocks(Keyed<Stock>);

impl Stocks {
    fn has_own(&self, owner: Key) -> bool {
        self.0.get(&owner).is_some_and(|stock| stock.is_own())
    }
}

/// All numbered parcels in the order of their numbers.
struct Line {
    parcels: Vec<Numbered>,
    homes: Homes,
    stocks: Stocks,
}

impl Line {
    fn of(parcels: impl Iterator<Item = Numbered>) -> Line {
        let mut parcels: Vec<Numbered> = parcels.collect();
        parcels.sort_unstable_by_key(|one| (one.waybill, one.second, one.owner));
        let homes = Homes::of(&parcels);
        let mut line = Line { parcels, homes, stocks: Stocks::default() };
        let mut stocks = Keyed::<Stock>::default();
        for at in 0..line.parcels.len() {
            let stock = stocks.entry(line.parcels[at].owner).or_default();
            stock.all += 1;
            stock.own += u32::from(line.nearest(at) == Some(Tie::Housed));
        }
        line.stocks = Stocks(stocks);
        line
    }

    /// The parcel so many places on, if its number is of the same form.
    fn beside(&self, at: usize, by: isize) -> Option<&Numbered> {
        let other = self.parcels.get(at.checked_add_signed(by)?)?;
        (other.waybill.form() == self.parcels[at].waybill.form()).then_some(other)
    }

    /// The tie to the nearest neighbour in number.
    fn nearest(&self, at: usize) -> Option<Tie> {
        let one = &self.parcels[at];
        let sides = [-1, 1].into_iter().filter_map(|by| self.beside(at, by));
        let gap = |other: &&Numbered| other.waybill.0.abs_diff(one.waybill.0);
        sides.min_by_key(gap).map(|other| self.homes.tie(one, other))
    }

    /// Of each parcel of a shop with stock of its own: whether its number stands between strangers who have theirs.
    fn between(&self) -> Vec<Seen> {
        let places = 0..self.parcels.len();
        let own = places.filter(|&at| self.stocks.has_own(self.parcels[at].owner));
        own.filter_map(|at| {
            let sides = [self.beside(at, -1)?, self.beside(at, 1)?];
            let one = &self.parcels[at];
            let strange = |other: &Numbered| self.homes.tie(one, other) == Tie::Strangers;
            let shown = sides.into_iter().all(strange) && self.is_among_strangers(at);
            Some(self.seen(at, shown))
        })
        .collect()
    }

    fn is_among_strangers(&self, at: usize) -> bool {
        let one = &self.parcels[at];
        let reach = COMPANY as isize;
        let company = (-reach..=reach).filter(|by| *by != 0).filter_map(|by| self.beside(at, by));
        let mut strangers: Vec<Key> = company
            .filter(|other| self.homes.tie(one, other) == Tie::Strangers)
            .map(|other| other.owner)
            .collect();
        let with_stock = strangers.iter().filter(|&&owner| self.stocks.has_own(owner)).count();
        let most = with_stock as f64 >= WITH_STOCK * strangers.len() as f64;
        strangers.sort_unstable();
        strangers.dedup();
        most && strangers.len() >= STRANGERS
    }

    /// Of each parcel that an outlet booked: whether a stranger's was booked with it, in the order of their numbers.
    fn batched(&self) -> Vec<Seen> {
        let booked = (0..self.parcels.len()).filter(|&at| self.parcels[at].booked > 0);
        booked
            .map(|at| {
                let one = &self.parcels[at];
                let with = |other: &Numbered| {
                    let ordered = (other.waybill < one.waybill) == (other.booked < one.booked)
                        || other.booked == one.booked;
                    other.outlet == one.outlet
                        && other.booked > 0
                        && other.booked.abs_diff(one.booked) <= BATCH
                        && ordered
                        && self.homes.tie(one, other) == Tie::Strangers
                };
                let mut sides = [-1, 1].into_iter().filter_map(|by| self.beside(at, by));
                self.seen(at, sides.any(with))
            })
            .collect()
    }

    fn seen(&self, at: usize, shown: bool) -> Seen {
        let one = &self.parcels[at];
        Seen {
            owner: one.owner,
            point: one.outlet,
            clock: Key::NONE,
            near: Key(one.waybill.form()),
            far: Key::NONE,
            shown,
            second: one.second,
        }
    }
}
