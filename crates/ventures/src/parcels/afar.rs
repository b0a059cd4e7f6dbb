//! LOG06: parcels of people from afar that are signed for together.
//!
//! Gifts, second homes and posted workers send parcels to where their buyer does not live; and couriers, lockers and villages
//! sign for many parcels at once. Neither has to do with the other: who lives elsewhere is no likelier to be among those signed
//! for at once than the people of the place are. It is otherwise where one hand signs, at an outlet's desk, for what nobody fetches:
//! then strangers to the place sign beside one another, each with an address of its own.

use detectors::chance::bits_at_least;
use events::Key;
use features::Keyed;
use trades::{Book, Trip};

/// Seconds within which parcels are signed for together.
const TOGETHER: u32 = 300;
/// Parcels looked at on either side: where times are dated by the day, nothing is told by more of them.
const BESIDE: usize = 64;
/// Buyers from afar, together with others from afar, from which a point may stand out; and how often the expected that is.
const FEWEST: usize = 5;
const TIMES: f64 = 2.0;
/// Bits beyond the price of the search from which it does.
const FOUND: f64 = 10.0;
/// How much occasions at a point differ (the size of a negative binomial): a party of guests, a works outing.
pub(crate) const LIKENESS: f64 = 16.0;
/// How much of what is usual at a point each moment leans on.
const LEANS: f64 = 0.5;

/// A point where people from afar sign together.
#[derive(Clone, Debug)]
pub(crate) struct Afar {
    pub point: Key,
    /// Places of the orders in [`Book::trades`] whose buyers, from afar, signed beside another from afar; ascending.
    pub trades: Vec<u32>,
    /// Buyers of these.
    pub buyers: usize,
    /// Parcels of people from afar, and of all of whom it is known.
    pub away: usize,
    pub known: usize,
    pub expected: f64,
    /// Beyond the price of the search.
    pub bits: f64,
    /// That price, in bits.
    pub price: f64,
    pub second: u32,
}

/// A parcel that was signed for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Signed {
    pub point: Key,
    pub second: u32,
    pub trade: u32,
    pub actor: Key,
    pub owner: Key,
    /// Where it went; none where that is not told, and then nobody knows who lives with whom.
    pub home: Key,
    /// Whether the buyer lives elsewhere.
    pub away: Option<bool>,
}

/// All parcels that were signed for at a point, by point and time.
pub(crate) fn signed(book: &Book) -> Vec<Signed> {
    let arrived =
        |trip: &&Trip| trip.signed != 0 && trip.signed_point.is_some() && !trip.track.troubled;
    let mut all: Vec<Signed> = Vec::new();
    for (trade, place) in book.trades.iter().zip(0..) {
        let Some(trip) = book.trip(trade).filter(arrived) else { continue };
        let seat = book.seats.get(&trade.actor).copied();
        let there = trades::Place::of(trip.signed_at);
        all.push(Signed {
            point: trip.signed_point,
            second: trip.signed,
            trade: place,
            actor: trade.actor,
            owner: trade.owner,
            home: trade.address,
            away: seat.zip(there).map(|(seat, there)| seat.is_elsewhere(there)),
        });
    }
    all.sort_unstable_by_key(|one| (one.point, one.second, one.trade));
    all
}

/// Those that others, at other addresses, signed for together with one, by place.
pub(crate) fn beside(at: &[Signed], one: usize) -> impl Iterator<Item = &Signed> {
    let own = at[one];
    let near = move |other: &&Signed| other.second.abs_diff(own.second) <= TOGETHER;
    let before = at[..one].iter().rev().take(BESIDE).take_while(near);
    let after = at[one + 1..].iter().take(BESIDE).take_while(near);
    let told = own.home.is_some();
    before.chain(after).filter(move |other| {
        let strangers = other.home != own.home && other.actor != own.actor;
        told && other.home.is_some() && strangers
    })
}

/// The points that stand out, in the order of keys.
pub(crate) fn afar(signed: &[Signed]) -> Vec<Afar> {
    let points = signed.chunk_by(|x, y| x.point == y.point);
    let price = (points.clone().count().max(2) as f64).log2();
    points.filter_map(|at| of_point(at, price)).collect()
}

/// How many people from afar were signed for beside others from afar, by one way of counting.
#[derive(Default)]
struct Count<'a> {
    together: Vec<&'a Signed>,
    expected: f64,
}

impl Count<'_> {
    fn buyers(&self) -> usize {
        let mut buyers: Vec<Key> = self.together.iter().map(|one| one.actor).collect();
        buyers.sort_unstable();
        buyers.dedup();
        buyers.len()
    }

    /// Bits, where it stands out.
    fn bits(&self, price: f64) -> Option<f64> {
        let count = self.buyers();
        let bits = bits_at_least(count as f64, self.expected, LIKENESS) - price;
        let often = count as f64 >= TIMES * self.expected;
        (count >= FEWEST && often && bits >= FOUND).then_some(bits)
    }
}

fn of_point(at: &[Signed], price: f64) -> Option<Afar> {
    let of = |wanted: bool| (0..at.len()).filter(move |&one| at[one].away == Some(wanted));
    let (away, home) = (of(true).count(), of(false).count());
    if away < FEWEST {
        return None;
    }
    let met = |one: usize, wanted: bool| {
        beside(at, one).filter(|other| other.away == Some(wanted)).count() as f64
    };
    // How many people of the place are signed for beside each other, as a rule.
    let usual = of(false).map(|one| met(one, false)).sum::<f64>() / home.max(1) as f64;
    let share = (away - 1) as f64 / (home + 1) as f64;
    let mut shops: Keyed<u32> = Keyed::default();
    at.iter().for_each(|one| *shops.entry(one.owner).or_default() += 1);
    // With whoever else comes from afar, and with whoever else bought from the same shop: where many are signed for at once the latter
    // says more, and where a hand serves many shops the former.
    let mut counts: [Count; 2] = Default::default();
    for one in of(true) {
        let beside_home = share * (met(one, false) + LEANS * usual);
        let sold = f64::from(shops.get(&at[one].owner).copied().unwrap_or(1));
        let expected = [beside_home, beside_home * sold / at.len() as f64];
        let others = || beside(at, one).filter(|other| other.away == Some(true));
        let met = [others().count() > 0, others().any(|other| other.owner == at[one].owner)];
        for ((count, expected), met) in counts.iter_mut().zip(expected).zip(met) {
            count.expected += 1.0 - (-expected).exp();
            if met {
                count.together.push(&at[one]);
            }
        }
    }
    let price = price + (counts.len() as f64).log2();
    let stands: Vec<(f64, &Count)> =
        counts.iter().filter_map(|count| Some((count.bits(price)?, count))).collect();
    let strongest = stands.iter().reduce(|best, one| if one.0 > best.0 { one } else { best });
    let &(bits, count) = strongest?;
    let together = || stands.iter().flat_map(|(_, count)| &count.together);
    let mut trades: Vec<u32> = together().map(|one| one.trade).collect();
    trades.sort_unstable();
    trades.dedup();
    Some(Afar {
        point: at[0].point,
        trades,
        buyers: count.buyers(),
        away,
        known: away + home,
        expected: count.expected,
        bits,
        price,
        second: together().map(|one| one.second).max().unwrap_or(0),
    })
}
