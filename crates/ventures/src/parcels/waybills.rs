//! LOG04: neighbours in number that have nothing else in common.
//!
//! Numbers are dealt out in sequence. A merchant draws from a batch, an outlet's counter from a roll, a warehouse from one
//! stock for forty shops: whose numbers stand side by side share a shop or an outlet. Numbers that were bought up and sold on one by
//! one stand between strangers', though their shops have stock of their own; and an outlet that books parcels nobody brought
//! in does so in the order of its list, within the same minute, for shops whose goods lie elsewhere. A carrier that serves
//! everybody from one pool makes all neighbours strangers: then its shops have no stock of that carrier's numbers, whatever they have of
//! another's, and nothing is said. Nor are those strangers whose parcels went in at one outlet: that may be a depot that they share.

use events::{Key, Waybill};
use features::Keyed;
use trades::{Book, Place, Trip};

use crate::pooled::{Excess, Of, Seen, beyond_ordinary};

/// Neighbours in number looked at on either side.
const COMPANY: usize = 6;
/// Of these, shops from which the company is one of strangers, if most of the parcels are of shops with stock of their own.
const STRANGERS: usize = 4;
/// Numbers that nobody from elsewhere got between, how many of them one shop's, and over how many seconds, from which they are its
/// stock: a pool's numbers are gone within hours, whoever sells much that day.
const CHAIN: usize = 4;
const OF_ONE: usize = 3;
const LASTS: u32 = 86_400;
/// Parcels that a shop sends from another outlet, from which that is a home of its own.
const HOME: u32 = 2;
/// Outlets kept of a shop. One that uses more is at home everywhere: nobody is a stranger to it.
const MOST_OUTLETS: usize = 16;
/// Seconds between two bookings of one batch.
const BATCH: u32 = 60;
/// The share of shops that stand, of those with stock in a form of number, from which this is how such numbers are dealt out here.
const CUSTOM: f64 = 0.125;

/// A parcel with its number.
#[derive(Clone, Copy)]
struct Numbered {
    waybill: Waybill,
    owner: Key,
    outlet: Key,
    province: u16,
    /// When the outlet booked it in; 0 if no scan says so.
    booked: u32,
    /// When it was first seen at a point.
    taken: u32,
    second: u32,
}

impl Numbered {
    /// What numbers of its form its shop has.
    fn stock(&self) -> Key {
        self.owner.with(self.waybill.form())
    }
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
    /// Outlets that booked strangers' parcels as one batch. A depot that far shops share books so too.
    pub outlets: Vec<Excess>,
}

/// What the table's numbers show; `owners` are the shops of its trips.
pub(super) fn runs(book: &Book, owners: impl Iterator<Item = Key>) -> Runs {
    let line = Line::of(book.trips.iter().zip(owners).filter_map(|(trip, of)| numbered(trip, of)));
    Runs { shops: line.shops(), outlets: beyond_ordinary(&line.batched(), Of::Point) }
}

fn numbered(trip: &Trip, owner: Key) -> Option<Numbered> {
    let owner = if trip.owner.is_some() { trip.owner } else { owner };
    let track = &trip.track;
    let outlet = [track.outlet, trip.point].into_iter().find(|point| point.is_some())?;
    let province = Place::of(trip.from)?.province();
    let booked = if track.outlet.is_some() { track.collected } else { 0 };
    let taken = if booked > 0 { booked } else { trip.collected };
    (trip.waybill.is_some() && owner.is_some()).then_some(Numbered {
        waybill: trip.waybill,
        owner,
        outlet,
        province,
        booked,
        taken,
        second: trip.last,
    })
}

/// An outlet that a shop sends from.
#[derive(Clone, Copy)]
struct Home {
    outlet: Key,
    province: u16,
    parcels: u32,
}

/// From where each shop sends.
struct Homes(Keyed<Vec<Home>>);

impl Homes {
    fn of(parcels: &[Numbered]) -> Homes {
        let mut ends: Vec<(Key, Key, u16)> =
            parcels.iter().map(|one| (one.owner, one.outlet, one.province)).collect();
        ends.sort_unstable();
        let mut homes = Keyed::<Vec<Home>>::default();
        for same in ends.chunk_by(|x, y| x == y) {
            let (owner, outlet, province) = same[0];
            let home = Home { outlet, province, parcels: same.len() as u32 };
            homes.entry(owner).or_default().push(home);
        }
        Homes(homes)
    }

    /// A shop's provinces, one bit each; those of its homes besides where `except` is named. None if it is everywhere.
    fn provinces(&self, owner: Key, except: Option<Key>) -> Option<u128> {
        let homes = self.0.get(&owner).map_or(&[][..], Vec::as_slice);
        let besides = |home: &&Home| match except {
            None => true,
            Some(outlet) => home.outlet != outlet && home.parcels >= HOME,
        };
        let bits = homes.iter().filter(besides).map(|home| 1 << (home.province % 128));
        (homes.len() <= MOST_OUTLETS).then(|| bits.fold(0, |sum: u128, bit: u128| sum | bit))
    }

    fn tie(&self, one: &Numbered, other: &Numbered) -> Tie {
        if one.owner == other.owner {
            return Tie::Housed;
        }
        let here = one.outlet == other.outlet;
        let except = here.then_some(one.outlet);
        let both = (self.provinces(one.owner, except), self.provinces(other.owner, except));
        let (Some(a), Some(b)) = both else { return Tie::Open };
        // Whoever sends from one outlet alone belongs to it: a warehouse, a village's counter.
        match (here, a & b != 0) {
            (true, _) if a == 0 || b == 0 => Tie::Housed,
            (true, true) => Tie::Housed,
            (false, true) => Tie::Open,
            (_, false) => Tie::Strangers,
        }
    }
}

/// A shop that has numbers of one form: what it draws from another carrier's sequence is another matter.
#[derive(Clone, Copy)]
struct Stock {
    owner: Key,
    form: u64,
}

/// All numbered parcels in the order of their numbers.
struct Line {
    parcels: Vec<Numbered>,
    homes: Homes,
    /// Shops with numbers of their own, by shop and form of number.
    stocked: Keyed<Stock>,
}

impl Line {
    fn of(parcels: impl Iterator<Item = Numbered>) -> Line {
        let mut parcels: Vec<Numbered> = parcels.collect();
        parcels.sort_unstable_by_key(|one| (one.waybill, one.second, one.owner));
        let homes = Homes::of(&parcels);
        let mut line = Line { parcels, homes, stocked: Keyed::default() };
        let housed = |x: &Numbered, y: &Numbered| {
            x.waybill.form() == y.waybill.form() && line.homes.tie(x, y) == Tie::Housed
        };
        let chains = line.parcels.chunk_by(housed);
        line.stocked = chains.filter(|chain| lasts(chain)).flat_map(stocks).collect();
        line
    }

    fn is_stocked(&self, one: &Numbered) -> bool {
        self.stocked.contains_key(&one.stock())
    }

    /// Shops whose numbers stand between strangers', but for forms in which too many do.
    fn shops(&self) -> Vec<Excess> {
        let form = |excess: &Excess| self.stocked.get(&excess.key).map(|stock| stock.form);
        let (mut all, mut standing) = (Keyed::<u32>::default(), Keyed::<u32>::default());
        for stock in self.stocked.values() {
            *all.entry(Key(stock.form)).or_default() += 1;
        }
        let mut shops = beyond_ordinary(&self.between(), Of::Owner);
        for form in shops.iter().filter_map(form) {
            *standing.entry(Key(form)).or_default() += 1;
        }
        let count = |of: &Keyed<u32>, form| f64::from(of.get(&Key(form)).copied().unwrap_or(0));
        let custom = |form| count(&standing, form) > CUSTOM * count(&all, form);
        shops.retain(|excess| form(excess).is_some_and(|form| !custom(form)));
        for excess in &mut shops {
            excess.key = self.stocked.get(&excess.key).map_or(Key::NONE, |stock| stock.owner);
        }
        // A shop that stands by two forms is one shop: the stronger speaks for it.
        shops.sort_by(|x, y| x.key.cmp(&y.key).then(y.bits.total_cmp(&x.bits)));
        shops.dedup_by_key(|excess| excess.key);
        shops
    }

    /// The parcel so many places on, if its number is of the same form.
    fn beside(&self, at: usize, by: isize) -> Option<&Numbered> {
        let other = self.parcels.get(at.checked_add_signed(by)?)?;
        (other.waybill.form() == self.parcels[at].waybill.form()).then_some(other)
    }

    /// Of each parcel of a shop with stock in the form of its number: whether that stands between strangers who have theirs.
    fn between(&self) -> Vec<Seen> {
        let places = 0..self.parcels.len();
        let own = places.filter(|&at| self.is_stocked(&self.parcels[at]));
        own.filter_map(|at| {
            let sides = [self.beside(at, -1)?, self.beside(at, 1)?];
            let one = &self.parcels[at];
            let strange = |other: &Numbered| self.is_from_elsewhere(one, other);
            let shown = sides.into_iter().all(strange) && self.is_among_strangers(at);
            Some(Seen { owner: one.stock(), ..self.seen(at, shown) })
        })
        .collect()
    }

    /// A stranger's that went in at another outlet: shops far apart may share a depot, whose numbers are its own.
    fn is_from_elsewhere(&self, one: &Numbered, other: &Numbered) -> bool {
        one.outlet != other.outlet && self.homes.tie(one, other) == Tie::Strangers
    }

    fn is_among_strangers(&self, at: usize) -> bool {
        let one = &self.parcels[at];
        let reach = COMPANY as isize;
        let company = (-reach..=reach).filter(|by| *by != 0).filter_map(|by| self.beside(at, by));
        let strangers = company.filter(|other| self.is_from_elsewhere(one, other));
        let with_stock = strangers.clone().filter(|other| self.is_stocked(other)).count();
        let mut strangers: Vec<Key> = strangers.map(|other| other.owner).collect();
        let most = with_stock * 2 > strangers.len();
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
            near: Key::NONE,
            far: Key::NONE,
            shown,
            second: one.second,
        }
    }
}

/// Whether a chain of numbers was used up over so long that it was somebody's stock.
fn lasts(chain: &[Numbered]) -> bool {
    if chain.len() < CHAIN {
        return false;
    }
    let middle = |part: &[Numbered]| {
        let mut taken: Vec<u32> = part.iter().map(|one| one.taken).collect();
        taken.sort_unstable();
        taken[taken.len() / 2]
    };
    let half = chain.len() / 2;
    middle(&chain[chain.len() - half..]).saturating_sub(middle(&chain[..half])) >= LASTS
}

/// The shops of which enough is in a chain, in the chain's form.
fn stocks(chain: &[Numbered]) -> Vec<(Key, Stock)> {
    let mut chain: Vec<&Numbered> = chain.iter().collect();
    chain.sort_by_key(|one| one.owner);
    let shops = chain.chunk_by(|x, y| x.owner == y.owner).filter(|shop| shop.len() >= OF_ONE);
    let stock = |one: &Numbered| Stock { owner: one.owner, form: one.waybill.form() };
    shops.map(|shop| (shop[0].stock(), stock(shop[0]))).collect()
}

#[cfg(test)]
mod tests;
