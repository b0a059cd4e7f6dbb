//! The book: all trades of a table, joined.

use features::Keyed;

use crate::counter::Counter;
use crate::opinion::Opinion;
use crate::passed::Passed;
use crate::payout::Payout;
use crate::place::Place;
use crate::seat::Seat;
use crate::trade::Trade;
use crate::trip::Trip;

/// An order of less than one in so many of the middle one is no sale.
const TRIFLE: i64 = 100;

/// Every trade, payout and parcel that was kept, in an order that does not depend on how they were spread over workers.
#[derive(Clone, Debug, Default)]
pub struct Book {
    /// By (second, order).
    pub trades: Vec<Trade>,
    /// By (payer, account, second, ...).
    pub payouts: Vec<Payout>,
    /// Prompts passed, by (person, owner, ...).
    pub passed: Vec<Passed>,
    /// Stars given, by (subject, second, event).
    pub opinions: Vec<Opinion>,
    /// By parcel.
    pub trips: Vec<Trip>,
    /// The city that each account logs in from.
    pub seats: Keyed<Place>,
    /// How often words were searched for.
    pub words: Keyed<u32>,
    /// Searches that said for what.
    pub searches: u64,
    /// Views by accounts: without any, the way to an order says nothing.
    pub views: u64,
    /// Reviews by accounts: without any, their absence says nothing.
    pub reviews: u64,
    /// Orders and payouts over an account's limit, not kept.
    pub dropped: u64,
}

impl Book {
    /// Joins what the workers kept.
    #[must_use]
    pub fn of(counters: Vec<Counter>) -> Book {
        let mut book = Book::default();
        let mut trips: Keyed<Trip> = Keyed::default();
        for counter in counters {
            book.trades.extend(counter.trades);
            book.payouts.extend(counter.payouts);
            book.passed.extend(counter.passed);
            book.opinions.extend(counter.opinions);
            book.searches += counter.searches;
            book.views += counter.views;
            book.reviews += counter.reviews;
            book.dropped += counter.dropped;
            merge_words(&mut book.words, counter.words);
            merge_trips(&mut trips, counter.trips);
            merge_seats(&mut book.seats, counter.seats);
        }
        book.trades.sort_unstable_by_key(|trade| (trade.second, trade.order, trade.actor));
        book.payouts.sort_unstable();
        book.passed.sort_unstable();
        book.opinions.sort_unstable_by_key(|opinion| {
            (opinion.subject, opinion.second, opinion.event, opinion.actor)
        });
        book.trips = sorted(trips);
        book.tie_trips();
        book
    }

    /// The least that an order can be over for its money's way to say something, in minor units: a cent that goes and comes back
    /// is how a till is tried.
    #[must_use]
    pub fn least_sale(&self) -> i64 {
        let amounts = self.trades.iter().map(|trade| trade.amount);
        let mut amounts: Vec<i64> = amounts.filter(|amount| *amount > 0).collect();
        let middle = amounts.len() / 2;
        match amounts.is_empty() {
            true => 1,
            false => (*amounts.select_nth_unstable(middle).1 / TRIFLE).max(1),
        }
    }

    /// Ties each order to the first of its parcels.
    fn tie_trips(&mut self) {
        let mut places: Keyed<u32> = Keyed::default();
        for (place, trip) in self.trips.iter().enumerate() {
            if trip.order.is_some() {
                places.entry(trip.order).or_insert(place as u32);
            }
        }
        for trade in &mut self.trades {
            trade.trip = places.get(&trade.order).copied();
        }
    }

    /// The parcel of a trade.
    #[must_use]
    pub fn trip(&self, trade: &Trade) -> Option<&Trip> {
        trade.trip.and_then(|place| self.trips.get(place as usize))
    }
}

#[allow(clippy::iter_over_hash_type)] // sums, whose order does not show
fn merge_words(all: &mut Keyed<u32>, more: Keyed<u32>) {
    if all.is_empty() {
        *all = more;
        return;
    }
    for (words, count) in more {
        *all.entry(words).or_default() += count;
    }
}

#[allow(clippy::iter_over_hash_type)] // joining does not depend on the order
fn merge_trips(all: &mut Keyed<Trip>, more: Keyed<Trip>) {
    if all.is_empty() {
        *all = more;
        return;
    }
    for (parcel, trip) in more {
        all.entry(parcel).and_modify(|known| known.join(&trip)).or_insert(trip);
    }
}

#[allow(clippy::iter_over_hash_type)] // an account is at home on one worker
fn merge_seats(all: &mut Keyed<Place>, more: Keyed<Seat>) {
    all.extend(more.into_iter().filter_map(|(account, seat)| Some((account, seat.place()?))));
}

fn sorted(trips: Keyed<Trip>) -> Vec<Trip> {
    let mut trips: Vec<Trip> = trips.into_values().collect();
    trips.sort_unstable_by_key(|trip| trip.parcel);
    trips
}
