//! PAY06: a shop whose buyers take the platform's support again and again for orders of which their money comes back: the price
//! goes round, the support stays.
//!
//! Goods are sent back, and where most of them are, a coupon for each order makes customers who sent back two supported orders. So
//! two things are asked: whether more of the shop's supported buyers did than other shops' do, and whether more of those who took
//! support twice did than what its other customers send back leads to expect. That misses rings whose members take it once each.

use detectors::chance::{bits_binomial, ln_gamma};
use detectors::{Code, Finding};
use events::{Entity, EntityKind, EventTime, Key};
use features::Keyed;
use trades::{Book, Trade};

use crate::pooled::{Excess, Of, Seen, beyond_ordinary};
use crate::regained::regained;

/// Supported orders whose money came back from which a buyer lives off the support, and the share of the buyer's that they are.
const AGAIN: u32 = 2;
const SHARE: f64 = 0.5;
/// Bits beyond the price of the search.
const BITS: f64 = 10.0;
/// Orders of a shop's other customers that the table's share of returns counts for: a ring's shop has few others, and some of these
/// are the ring's that took support once.
const LEANS: f64 = 20.0;
/// How alike customers are, as the size of a beta distribution: who sent back one order sends back the next in half of all cases
/// at least.
const ALIKE: f64 = 1.0;
/// Supported orders of one buyer that are reckoned with.
const MOST: u32 = 64;

/// A buyer's supported orders at one shop, and how many of them came back.
#[derive(Clone, Copy, Debug)]
struct Taker {
    owner: Key,
    actor: Key,
    orders: u32,
    back: u32,
    /// When the last of them was placed.
    second: u32,
}

impl Taker {
    fn lives_off(&self) -> bool {
        self.back >= least(self.orders)
    }
}

/// Of so many supported orders, how many have to come back for their buyer to live off the support.
fn least(orders: u32) -> u32 {
    AGAIN.max((SHARE * f64::from(orders)).ceil() as u32)
}

/// Findings about shops, in the order of their keys.
#[must_use]
pub fn kept(book: &Book) -> Vec<Finding> {
    let back = regained(book);
    let takers = takers(book, &back);
    let of_shop = |owner: Key| {
        let from = takers.partition_point(|taker| taker.owner < owner);
        let own = &takers[from..];
        &own[..own.partition_point(|taker| taker.owner == owner)]
    };
    let seen: Vec<Seen> = takers
        .iter()
        .map(|taker| Seen {
            owner: taker.owner,
            shown: taker.lives_off(),
            second: taker.second,
            ..Seen::default()
        })
        .collect();
    let mut shops: Vec<(Excess, Returns)> = Vec::new();
    let found = beyond_ordinary(&seen, Of::Owner);
    if !found.is_empty() {
        let rest = Rest::of(book, &back, &takers);
        let judged =
            found.into_iter().map(|shop| (shop, rest.returns(of_shop(shop.key), shop.key)));
        shops.extend(judged.filter(|(shop, returns)| returns.bits(shop) >= BITS));
    }
    let named = named(&takers, &shops);
    let found = shops.iter().map(|(shop, returns)| {
        let own = of_shop(shop.key).iter().filter(|taker| taker.back > 0);
        let members = own.map(|taker| taker.actor).filter(|actor| named.contains_key(actor));
        finding(book, &back, (shop, returns), members.collect())
    });
    found.collect()
}

/// Who took a shop's support, by (shop, buyer).
fn takers(book: &Book, back: &[bool]) -> Vec<Taker> {
    let supported = book.trades.iter().zip(back).filter(|(trade, _)| {
        trade.subsidy > 0 && trade.amount > 0 && trade.owner.is_some() && trade.actor.is_some()
    });
    let mut takers: Vec<Taker> = supported
        .map(|(trade, &back)| Taker {
            owner: trade.owner,
            actor: trade.actor,
            orders: 1,
            back: u32::from(back),
            second: trade.second,
        })
        .collect();
    takers.sort_unstable_by_key(|taker| (taker.owner, taker.actor, taker.second));
    takers.dedup_by(|next, taker| {
        let same = (next.owner, next.actor) == (taker.owner, taker.actor);
        if same {
            taker.orders += next.orders;
            taker.back += next.back;
            taker.second = next.second;
        }
        same
    });
    takers
}

/// Whoever lives off the support of all these shops together: one may be the other's cover.
fn named(takers: &[Taker], shops: &[(Excess, Returns)]) -> Keyed<()> {
    let mut all: Keyed<(u32, u32)> = Keyed::default();
    let found =
        |taker: &&Taker| shops.binary_search_by_key(&taker.owner, |shop| shop.0.key).is_ok();
    for taker in takers.iter().filter(found) {
        let sums = all.entry(taker.actor).or_default();
        *sums = (sums.0 + taker.orders, sums.1 + taker.back);
    }
    let lives_off = |(orders, back): (u32, u32)| back >= least(orders);
    all.into_iter().filter(|(_, sums)| lives_off(*sums)).map(|(actor, _)| (actor, ())).collect()
}

/// (orders that came back, orders) of customers who live off nobody's support, of each shop and of all.
struct Rest {
    shops: Keyed<(f64, f64)>,
    all: (f64, f64),
}

/// The share that a shop's other customers send back at most, and what that leads to expect of those who took its support twice and more.
#[derive(Clone, Copy, Debug)]
struct Returns {
    share: f64,
    takers: f64,
    expected: f64,
}

impl Rest {
    fn of(book: &Book, back: &[bool], takers: &[Taker]) -> Rest {
        let living = takers.iter().filter(|taker| taker.lives_off());
        let living: Keyed<()> = living.map(|taker| (taker.actor, ())).collect();
        let mut rest = Rest { shops: Keyed::default(), all: (0.0, 0.0) };
        for (trade, back) in book.trades.iter().zip(back) {
            if trade.amount > 0 && !living.contains_key(&trade.actor) {
                let own = rest.shops.entry(trade.owner).or_default();
                for sums in [own, &mut rest.all] {
                    *sums = (sums.0 + f64::from(u8::from(*back)), sums.1 + 1.0);
                }
            }
        }
        rest
    }

    fn returns(&self, takers: &[Taker], owner: Key) -> Returns {
        let usual = (self.all.0 + 1.0) / (self.all.1 + 2.0);
        let (back, orders) = self.shops.get(&owner).copied().unwrap_or_default();
        let share = (back + LEANS * usual) / (orders + LEANS);
        // One standard error more, since that is how well it is known.
        let share = share + (share * (1.0 - share) / (orders + LEANS)).sqrt();
        let again = takers.iter().filter(|taker| taker.orders >= AGAIN);
        let expected = again.clone().map(|taker| chance(taker.orders, share)).sum();
        Returns { share, takers: again.count() as f64, expected }
    }
}

impl Returns {
    /// Bits beyond the price of the search: of two ways to see the same customers, what says less stands.
    fn bits(&self, shop: &Excess) -> f64 {
        let chance = self.expected / self.takers.max(1.0);
        shop.bits.min(bits_binomial(shop.shown, self.takers, chance) - shop.price)
    }
}

/// The chance that a customer lives off so many supported orders by sending back as others do: a beta-binomial tail.
fn chance(orders: u32, share: f64) -> f64 {
    let orders = orders.min(MOST);
    let (a, b) = (share * ALIKE, (1.0 - share) * ALIKE);
    let n = f64::from(orders);
    let ln_beta = |x: f64, y: f64| ln_gamma(x) + ln_gamma(y) - ln_gamma(x + y);
    let term = |back: u32| {
        let k = f64::from(back);
        let ways = ln_gamma(n + 1.0) - ln_gamma(k + 1.0) - ln_gamma(n - k + 1.0);
        (ways + ln_beta(k + a, n - k + b) - ln_beta(a, b)).exp()
    };
    (least(orders)..=orders).map(term).sum::<f64>().min(1.0)
}

fn finding(
    book: &Book,
    back: &[bool],
    (shop, returns): (&Excess, &Returns),
    mut members: Vec<Key>,
) -> Finding {
    let bits = returns.bits(shop);
    let named = |trade: &Trade| members.binary_search(&trade.actor).is_ok();
    let own = book.trades.iter().zip(back).filter(|(trade, _)| trade.owner == shop.key);
    let supported = own.filter(|(trade, _)| trade.subsidy > 0 && trade.amount > 0);
    let theirs = supported.clone().filter(|(trade, _)| named(trade));
    let subsidy = |trade: &Trade| trade.subsidy as f64;
    let sent_back = theirs.clone().filter(|(_, back)| **back);
    let first = theirs.clone().map(|(trade, _)| trade.second).min().unwrap_or(0);
    let evidence = vec![
        ("kept", shop.shown),
        ("buyers", shop.seen),
        ("kept_expected", shop.expected),
        ("takers", returns.takers),
        ("takers_expected", returns.expected),
        ("others_sent_back_share", returns.share),
        ("supported_orders", theirs.clone().count() as f64),
        ("sent_back", sent_back.clone().count() as f64),
        ("subsidy", supported.map(|(trade, _)| subsidy(trade)).sum()),
        ("subsidy_kept", sent_back.map(|(trade, _)| subsidy(trade)).sum()),
        ("first_second", f64::from(first)),
        ("alike", shop.alike),
        ("price_bits", shop.price),
    ];
    members.truncate(Finding::MEMBERS);
    Finding {
        code: Code::Pay06,
        entity: Entity { kind: EntityKind::Owner, key: shop.key },
        time: EventTime(i64::from(shop.second) * EventTime::SECOND),
        event: Key::NONE,
        score: (1.0 / (1.0 + (-bits).exp2())) as f32,
        bits: bits as f32,
        evidence,
        members,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHOPS: u64 = 30;

    /// Thirty shops of thirty customers: two orders each, every other with a coupon, of which a share comes back.
    fn town(back: fn(u64, u64) -> bool) -> Vec<Trade> {
        let mut trades = Vec::new();
        for shop in 0..SHOPS {
            for buyer in 0..30 {
                for number in 0..2 {
                    let draw = (shop * 7_919 + buyer * 104_729 + number * 1_299_709) % 997;
                    trades.push(Trade {
                        order: Key(1_000_000 + shop * 1_000 + buyer * 2 + number),
                        actor: Key(10_000 + shop * 100 + buyer),
                        subject: Key(500 + shop),
                        owner: Key(100 + shop),
                        second: (86_400 + draw * 600) as u32,
                        amount: 10_000,
                        subsidy: if buyer % 2 == 0 { 1_000 } else { 0 },
                        refunded: if back(shop, draw) { 10_000 } else { 0 },
                        ..Trade::default()
                    });
                }
            }
        }
        trades
    }

    fn ring(trades: &mut Vec<Trade>, buyers: u64, orders: u64, refunded: i64) {
        for number in 0..buyers * orders {
            trades.push(Trade {
                order: Key(9_000_000 + number),
                actor: Key(90_000 + number % buyers),
                subject: Key(507),
                owner: Key(107),
                second: (90_000 + number * 900) as u32,
                amount: 30_000,
                subsidy: 2_500,
                refunded,
                ..Trade::default()
            });
        }
    }

    fn found(mut trades: Vec<Trade>) -> Vec<Finding> {
        trades.sort_by_key(|trade| (trade.second, trade.order, trade.actor));
        kept(&Book { trades, ..Book::default() })
    }

    #[test]
    fn support_that_is_kept_while_the_price_goes_round_is_found() {
        let mut trades = town(|_, draw| draw % 20 == 0);
        assert!(found(trades.clone()).is_empty());
        ring(&mut trades, 12, 4, 30_000);
        let found = found(trades);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].entity.key, found[0].members.len()), (Key(107), 12));
        let value = |name| found[0].evidence.iter().find(|entry| entry.0 == name).map(|e| e.1);
        assert_eq!((value("kept"), value("subsidy_kept")), (Some(12.0), Some(120_000.0)));
    }

    #[test]
    fn loyal_customers_who_keep_their_goods_are_no_finding() {
        let mut trades = town(|_, draw| draw % 20 == 0);
        ring(&mut trades, 12, 4, 0);
        assert!(found(trades).is_empty());
    }

    #[test]
    fn a_shop_of_which_most_goods_come_back_is_no_finding() {
        // Seven in ten orders of shops 3 and 7 come back, of everybody's, with a coupon or without.
        let fitting =
            |shop, draw| if shop % 4 == 3 && shop < 8 { draw % 10 < 7 } else { draw % 20 == 0 };
        assert!(found(town(fitting)).is_empty());
    }

    #[test]
    fn who_sends_back_one_bad_batch_is_not_named() {
        let mut trades = town(|_, draw| draw % 20 == 0);
        ring(&mut trades, 48, 1, 30_000);
        assert!(found(trades).is_empty());
    }

    #[test]
    fn the_same_people_at_a_second_shop_are_named_for_one_order_there() {
        let mut trades = town(|_, draw| draw % 20 == 0);
        ring(&mut trades, 12, 4, 30_000);
        let mut second = Vec::new();
        ring(&mut second, 12, 1, 30_000);
        ring(&mut second, 8, 3, 30_000);
        second.iter_mut().for_each(|trade| {
            (trade.order, trade.owner) = (trade.order.with(2), Key(112));
        });
        trades.extend(second);
        let found = found(trades);
        assert_eq!(found.iter().map(|f| f.members.len()).collect::<Vec<_>>(), [12, 12]);
    }

    #[test]
    fn nothing_supported_is_nothing_found() {
        assert!(kept(&Book::default()).is_empty());
        assert!((chance(2, 0.6) - 0.48).abs() < 1e-9 && chance(1, 0.9) == 0.0);
    }
}
