//! Orders repaid: a payer who gives buyers back what they paid, with or without something on top.
//!
//! Rebates are a part of a price, wages have nothing to do with one, and refunds come from the shop itself. What a
//! middleman of brushing pays is the price and a commission; what a shop pays its "experience officers" is the price.
//! Which order a payout repays is rarely said: among the buyer's earlier orders the one is taken whose difference is
//! the most frequent with that payer.

use detectors::chance::bits_at_least;
use events::Key;
use features::Keyed;
use trades::{Book, Payout};

use crate::hub::{FEWEST, HUB_BITS, Hub, Origin};

/// Seconds after an order within which it is repaid.
const WITHIN: u32 = 45 * 86_400;
/// Shares of the price up to which a payout may exceed it; each is tried.
const EXCESS: [f64; 7] = [1.0, 1.05, 1.1, 1.2, 1.35, 1.6, 2.0];

/// The hubs of payers. A payer's hub holds the orders that it repaid.
pub(crate) fn payers(book: &Book) -> Vec<Hub> {
    let buyers = Buyers::of(book);
    let mut prices: Vec<i64> = book.trades.iter().map(|trade| trade.amount).collect();
    prices.retain(|price| *price > 0);
    prices.sort_unstable();
    let groups = || book.payouts.chunk_by(|x, y| x.payer == y.payer);
    let price = (groups().count().max(2) as f64).log2() + (EXCESS.len() as f64).log2();
    let mut hubs = Vec::new();
    for paid in groups().filter(|paid| paid.len() >= FEWEST) {
        let tried = EXCESS.map(|excess| repaid(book, &buyers, &prices, paid, excess));
        let best = tried.into_iter().reduce(|x, y| if y.1 > x.1 { y } else { x });
        let Some((trades, bits)) = best else { continue };
        if trades.len() >= FEWEST && bits - price >= HUB_BITS {
            hubs.push(Hub { origin: Origin::Payer(paid[0].payer), trades, bits: bits - price });
        }
    }
    hubs
}

/// The orders that payouts of one payer repaid, allowing that excess, and how surprising it is that they are so many.
fn repaid(
    book: &Book,
    buyers: &Buyers,
    prices: &[i64],
    paid: &[Payout],
    excess: f64,
) -> (Vec<u32>, f64) {
    let fits = |payout: &Payout, place: u32| {
        let trade = &book.trades[place as usize];
        let named = payout.order.is_some() && payout.order == trade.order;
        let most = (trade.amount as f64 * excess).round() as i64;
        named || (trade.amount > 0 && (trade.amount..=most).contains(&payout.amount))
    };
    let mut differences: Keyed<u32> = Keyed::default();
    let mut expected = 0.0;
    let mut candidates: Vec<(usize, u32)> = Vec::new();
    for (number, payout) in paid.iter().enumerate() {
        let before = buyers.before(book, payout);
        let least = (payout.amount as f64 / excess).round() as i64;
        let fitting = prices.partition_point(|price| *price <= payout.amount)
            - prices.partition_point(|price| *price < least);
        let chance = fitting as f64 / prices.len().max(1) as f64;
        expected += 1.0 - (1.0 - chance).powi(before.len() as i32);
        for &place in before.iter().filter(|place| fits(payout, **place)) {
            candidates.push((number, place));
            *differences.entry(difference(book, payout, place)).or_default() += 1;
        }
    }
    let mut trades: Vec<u32> = candidates
        .chunk_by(|x, y| x.0 == y.0)
        .filter_map(|same| {
            let often = |place: u32| differences.get(&difference(book, &paid[same[0].0], place));
            same.iter().map(|candidate| candidate.1).max_by_key(|place| (often(*place), *place))
        })
        .collect();
    trades.sort_unstable();
    trades.dedup();
    let bits = bits_at_least(trades.len() as f64, expected, f64::INFINITY);
    (trades, bits)
}

fn difference(book: &Book, payout: &Payout, place: u32) -> Key {
    Key((payout.amount - book.trades[place as usize].amount) as u64)
}

/// The orders of each buyer.
struct Buyers {
    places: Vec<u32>,
    start: Keyed<(u32, u32)>,
}

impl Buyers {
    fn of(book: &Book) -> Buyers {
        let mut places: Vec<u32> = (0..book.trades.len() as u32).collect();
        places.sort_by_key(|place| (book.trades[*place as usize].actor, *place));
        let mut start: Keyed<(u32, u32)> = Keyed::default();
        let mut from = 0;
        let actor = |place: u32| book.trades[place as usize].actor;
        for own in places.chunk_by(|x, y| actor(*x) == actor(*y)) {
            let to = from + own.len() as u32;
            start.insert(actor(own[0]), (from, to));
            from = to;
        }
        Buyers { places, start }
    }

    /// The orders that a payout can repay.
    fn before(&self, book: &Book, payout: &Payout) -> &[u32] {
        let Some(&(from, to)) = self.start.get(&payout.actor) else { return &[] };
        let own = &self.places[from as usize..to as usize];
        let second = |place: &u32| book.trades[*place as usize].second;
        let first = own.partition_point(|p| second(p) < payout.second.saturating_sub(WITHIN));
        let last = own.partition_point(|place| second(place) < payout.second);
        &own[first..last.max(first)]
    }
}
