//! Orders repaid: a payer who gives buyers back what they paid, with or without something on top.
//!
//! Rebates are a part of a price, wages have nothing to do with one, and refunds come from the shop itself. What a
//! middleman of brushing pays is the price and one of a few commissions; what "experience officers" get is the price.
//! Which order a payout repays is rarely said. So the differences between a payer's payouts and the earlier orders of
//! those it paid are counted: a difference that comes again and again, far more often than the prices of the table let
//! chance have it, is a commission.

use detectors::chance::bits_at_least;
use features::Keyed;
use trades::{Book, Payout};

use crate::hub::{FEWEST, HUB_BITS, Hub, Origin};

/// Seconds after an order within which it is repaid.
const WITHIN: u32 = 45 * 86_400;
/// The most that a payout may be of the price that it repays.
const MOST_OF_PRICE: f64 = 2.0;
/// The most pairs of a payout and an order compared for one payer; of more the first stand for all.
const PAIRS: usize = 1 << 20;

/// A payout beside an order that it may repay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Pair {
    difference: i64,
    payout: u32,
    trade: u32,
}

/// The hubs of payers. A payer's hub holds the orders that it repaid.
pub(crate) fn payers(book: &Book) -> Vec<Hub> {
    let buyers = Buyers::of(book);
    let mut prices: Keyed<u32> = Keyed::default();
    for trade in &book.trades {
        *prices.entry(price(trade.amount)).or_default() += 1;
    }
    let groups = || book.payouts.chunk_by(|x, y| x.payer == y.payer);
    let cost = (groups().count().max(2) as f64).log2();
    let mut hubs = Vec::new();
    for paid in groups().filter(|paid| paid.len() >= FEWEST) {
        let (trades, bits) = repaid(book, &buyers, &prices, paid);
        if trades.len() >= FEWEST && bits - cost >= HUB_BITS {
            hubs.push(Hub { origin: Origin::Payer(paid[0].payer), trades, bits: bits - cost });
        }
    }
    hubs
}

fn price(amount: i64) -> events::Key {
    events::Key(amount as u64).with(1)
}

/// The orders that payouts of one payer repaid, and the surprise of it.
fn repaid(book: &Book, buyers: &Buyers, prices: &Keyed<u32>, paid: &[Payout]) -> (Vec<u32>, f64) {
    let mut pairs: Vec<Pair> = Vec::new();
    let mut earlier: Vec<(i64, f64)> = Vec::with_capacity(paid.len());
    for (number, payout) in (0..).zip(paid) {
        let before = buyers.before(book, payout);
        earlier.push((payout.amount, before.len() as f64));
        for &trade in before {
            let amount = book.trades[trade as usize].amount;
            let most = (amount as f64 * MOST_OF_PRICE) as i64;
            if amount > 0 && (amount..=most).contains(&payout.amount) && pairs.len() < PAIRS {
                pairs.push(Pair { difference: payout.amount - amount, payout: number, trade });
            }
        }
    }
    pairs.sort_unstable();
    let same = || pairs.chunk_by(|x, y| x.difference == y.difference);
    // Each difference was a chance to find one.
    let cost = (same().count().max(2) as f64).log2();
    let all = book.trades.len().max(1) as f64;
    let mut bits = 0.0;
    let mut commissions: Vec<(usize, &[Pair])> = Vec::new();
    for pairs in same() {
        let payouts = pairs.chunk_by(|x, y| x.payout == y.payout).count();
        let expected: f64 = earlier
            .iter()
            .map(|&(amount, orders)| {
                let fitting = prices.get(&price(amount - pairs[0].difference));
                orders * f64::from(fitting.copied().unwrap_or(0)) / all
            })
            .sum();
        let own = bits_at_least(payouts as f64, expected, f64::INFINITY) - cost;
        if payouts >= 2 && own > 0.0 {
            bits += own;
            commissions.push((payouts, pairs));
        }
    }
    // A payout repays one order: that of the commoner commission.
    commissions.sort_by(|x, y| y.0.cmp(&x.0).then(x.1[0].cmp(&y.1[0])));
    let mut settled = vec![false; paid.len()];
    let mut trades = Vec::new();
    for (_, pairs) in commissions {
        for pair in pairs {
            if !std::mem::replace(&mut settled[pair.payout as usize], true) {
                trades.push(pair.trade);
            }
        }
    }
    trades.sort_unstable();
    trades.dedup();
    (trades, bits)
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
