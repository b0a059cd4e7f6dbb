//! Orders repaid: a payer who gives buyers back what they paid, with or without something on top.
//!
//! Rebates are a small part of a price, wages have nothing to do with one, and refunds are said to be such. What a
//! middleman of brushing pays is the price and one of a few commissions; what "experience officers" get is the price;
//! a ring that lives off subsidies sends most of it round again. Which order a payout repays is rarely said. So the
//! terms on which a payer's payouts would repay the earlier orders of those it paid are counted, a sum on top or a share
//! of the price: terms that come again and again, far more often than the prices of the table let chance have it, are
//! how the payer pays.

use detectors::chance::bits_at_least;
use events::Key;
use features::Keyed;
use trades::{Book, Payout};

use crate::hub::{FEWEST, HUB_BITS};
use crate::listed::{Evidence, list, listed};

/// Seconds after an order within which it is repaid.
const WITHIN: u32 = 45 * 86_400;
/// The most that a payout may be of the price that it repays.
const MOST_OF_PRICE: f64 = 2.0;
/// The least, in thousandths: less is a rebate.
const LEAST_OF_PRICE: i64 = 700;
/// Share of a payer's payouts that could repay some order on some terms. Who pays most for other reasons is a purse, out of which
/// orders are given away too.
const BOOK: f64 = 0.75;
/// The most pairs of a payout and an order compared for one payer; of more the first stand for all.
const PAIRS: usize = 1 << 20;

/// On what terms a payout repays an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Terms {
    /// The price and so many minor units on top.
    OnTop(i64),
    /// So many thousandths of the price.
    Share(i64),
}

impl Terms {
    /// The terms on which a payout would repay a price.
    fn between(payout: i64, price: i64) -> Option<Terms> {
        if price <= 0 || payout > (price as f64 * MOST_OF_PRICE) as i64 {
            return None;
        }
        if payout >= price {
            return Some(Terms::OnTop(payout - price));
        }
        let share = (payout as f64 * 1000.0 / price as f64).round() as i64;
        (LEAST_OF_PRICE..1000).contains(&share).then_some(Terms::Share(share))
    }

    /// The share of prices that a payout would repay on these terms.
    fn chance(self, payout: i64, prices: &[i64]) -> f64 {
        let (low, high) = match self {
            Terms::OnTop(sum) => (payout.saturating_sub(sum), payout.saturating_sub(sum)),
            Terms::Share(share) => {
                let price = |share: f64| payout as f64 * 1000.0 / share;
                (price(share as f64 + 0.5).ceil() as i64, price(share as f64 - 0.5) as i64)
            }
        };
        let fitting = prices.partition_point(|price| *price <= high)
            - prices.partition_point(|price| *price < low);
        fitting as f64 / prices.len().max(1) as f64
    }
}

/// A payout beside an order that it may repay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Pair {
    terms: Terms,
    payout: u32,
    trade: u32,
}

/// An order that a payout repaid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Settled {
    /// Its place in [`Book::trades`].
    pub trade: u32,
    /// When it was repaid.
    pub second: u32,
    /// Minor units that were paid for it.
    pub amount: i64,
}

/// Somebody who gives buyers back what they paid.
#[derive(Clone, Debug, PartialEq)]
pub struct Payer {
    /// Who.
    pub key: Key,
    /// The orders repaid, in the order of their places.
    pub orders: Vec<Settled>,
    /// Surprise beyond the cost of the search.
    pub bits: f64,
    /// What gives these bits again.
    pub evidence: Evidence,
}

/// Payers whose payouts fit earlier orders far more often than chance has it, in the order of their keys.
#[must_use]
pub fn payers(book: &Book) -> Vec<Payer> {
    let buyers = Buyers::of(book);
    let mut prices: Vec<i64> = book.trades.iter().map(|trade| trade.amount).collect();
    prices.sort_unstable();
    let groups = || book.payouts.chunk_by(|x, y| x.payer == y.payer);
    let cost = (groups().count().max(2) as f64).log2();
    let mut payers = Vec::new();
    for paid in groups().filter(|paid| paid.len() >= FEWEST) {
        let (orders, bits, mut evidence) = repaid(book, &buyers, &prices, paid);
        if orders.len() >= FEWEST && bits - cost >= HUB_BITS {
            evidence.push(("price_bits", cost));
            payers.push(Payer { key: paid[0].payer, orders, bits: bits - cost, evidence });
        }
    }
    payers
}

/// The orders that payouts of one payer repaid, the surprise of it, and what gives it again.
fn repaid(
    book: &Book,
    buyers: &Buyers,
    prices: &[i64],
    paid: &[Payout],
) -> (Vec<Settled>, f64, Evidence) {
    let mut pairs: Vec<Pair> = Vec::new();
    let mut earlier: Vec<(i64, f64)> = Vec::with_capacity(paid.len());
    for (number, payout) in (0..).zip(paid) {
        let before = buyers.before(book, payout, WITHIN);
        earlier.push((payout.amount, before.len() as f64));
        for &trade in before {
            let terms = Terms::between(payout.amount, book.trades[trade as usize].amount);
            if let (Some(terms), true) = (terms, pairs.len() < PAIRS) {
                pairs.push(Pair { terms, payout: number, trade });
            }
        }
    }
    let mut able: Vec<u32> = pairs.iter().map(|pair| pair.payout).collect();
    able.dedup();
    if pairs.len() < PAIRS && (able.len() as f64) < BOOK * paid.len() as f64 {
        return (Vec::new(), 0.0, Evidence::new());
    }
    pairs.sort_unstable();
    let same = || pairs.chunk_by(|x, y| x.terms == y.terms);
    // All terms were a chance to find one.
    let cost = (same().count().max(2) as f64).log2();
    let mut bits = 0.0;
    let mut tests: Vec<(f64, [f64; 2])> = Vec::new();
    let mut usual: Vec<(usize, &[Pair])> = Vec::new();
    for pairs in same() {
        let payouts = pairs.chunk_by(|x, y| x.payout == y.payout).count();
        let expected: f64 = earlier
            .iter()
            .map(|&(amount, orders)| orders * pairs[0].terms.chance(amount, prices))
            .sum();
        let own = bits_at_least(payouts as f64, expected, f64::INFINITY) - cost;
        if payouts >= 2 && own > 0.0 {
            bits += own;
            tests.push((own, [payouts as f64, expected]));
            usual.push((payouts, pairs));
        }
    }
    // A payout repays one order, the earliest that is left, on the commonest terms.
    usual.sort_by(|x, y| y.0.cmp(&x.0).then(x.1[0].cmp(&y.1[0])));
    let mut settled = vec![false; paid.len()];
    let mut orders: Vec<Settled> = Vec::new();
    let mut repaid: Keyed<()> = Keyed::default();
    for (_, pairs) in usual {
        for pair in pairs {
            let order = book.trades[pair.trade as usize].order;
            if !settled[pair.payout as usize] && repaid.insert(order, ()).is_none() {
                settled[pair.payout as usize] = true;
                let payout = &paid[pair.payout as usize];
                let (second, amount) = (payout.second, payout.amount);
                orders.push(Settled { trade: pair.trade, second, amount });
            }
        }
    }
    orders.sort_unstable();
    let mut evidence = vec![("payouts", paid.len() as f64), ("terms_tried_bits", cost)];
    let names = [listed!("terms", "payouts"), listed!("terms", "expected")];
    list(&mut evidence, tests, names, "other_terms_bits");
    (orders, bits, evidence)
}

/// The orders of each buyer.
pub(crate) struct Buyers {
    places: Vec<u32>,
    start: Keyed<(u32, u32)>,
}

impl Buyers {
    pub(crate) fn of(book: &Book) -> Buyers {
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

    /// The orders of an account.
    pub(crate) fn of_account(&self, actor: Key) -> &[u32] {
        let Some(&(from, to)) = self.start.get(&actor) else { return &[] };
        &self.places[from as usize..to as usize]
    }

    /// The orders that a payout can repay, if it does so within some seconds.
    pub(crate) fn before(&self, book: &Book, payout: &Payout, within: u32) -> &[u32] {
        let own = self.of_account(payout.actor);
        let second = |place: &u32| book.trades[*place as usize].second;
        let first = own.partition_point(|p| second(p) < payout.second.saturating_sub(within));
        let last = own.partition_point(|place| second(place) < payout.second);
        &own[first..last.max(first)]
    }
}
