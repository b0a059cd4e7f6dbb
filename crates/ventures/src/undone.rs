//! PAY06 and PAY07: buyers at one shop who have their money back again and again. Where the platform supported the orders the price
//! goes round and the support stays; where it did not, sales were made that never were.
//!
//! Goods are sent back, and where most of them are, many customers sent back two orders. So two things are asked: whether more of
//! the shop's buyers did than other shops' do, and whether more of those who ordered twice did than what its other customers
//! send back leads to expect. That misses rings whose members order once each.

use detectors::chance::{bits_binomial, ln_gamma};
use detectors::{Code, Finding};
use events::{Entity, EntityKind, EventTime, Key};
use features::Keyed;
use trades::{Book, Trade};

use crate::pooled::{Excess, Of, Seen, beyond_ordinary};
use crate::regained::regained;

/// Orders whose money came back from which a buyer does it again and again.
const AGAIN: u32 = 2;
/// Bits beyond the price of the search.
const BITS: f64 = 10.0;
/// Orders of a shop's other customers that the table's share of returns counts for: a ring's shop has few others, and some of these
/// are the ring's that ordered once.
const LEANS: f64 = 20.0;
/// How alike customers are, as the size of a beta distribution: who sent back one order sends back the next in half of all cases
/// at least.
const ALIKE: f64 = 1.0;
/// The share of orders that comes back at shops where most do, as of clothes sold in live streams; bits by which those who ordered
/// twice have to be beyond what that leads to expect; and the most that is said of orders that nobody supported where they are not.
/// Where all customers order twice hardly any of them says what is usual there: a person should look.
const MOST_RETURNS: f64 = 0.7;
const BEYOND: f64 = 3.0;
const IN_DOUBT: f64 = 20.0;
/// Seconds before and after an order within which others' orders say what came of it then.
const OCCASION: u32 = 6 * 3_600;
/// Orders of one buyer that are reckoned with.
const MOST: u32 = 64;

/// Which orders are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Look {
    /// Those that the platform supported.
    Supported,
    /// All of at least so many minor units.
    All(i64),
}

impl Look {
    fn at(self, trade: &Trade) -> bool {
        let known = trade.amount > 0 && trade.owner.is_some() && trade.actor.is_some();
        known
            && match self {
                Look::Supported => trade.subsidy > 0,
                Look::All(least) => trade.amount >= least,
            }
    }

    /// The share of a buyer's orders that has to come back: who has the support gains by the half, who keeps a part of what
    /// was ordered is a customer.
    fn share(self) -> f64 {
        match self {
            Look::Supported => 0.5,
            Look::All(_) => 0.75,
        }
    }

    /// Of so many orders, how many have to come back.
    fn least(self, orders: u32) -> u32 {
        AGAIN.max((self.share() * f64::from(orders)).ceil() as u32)
    }
}

/// A buyer's orders at one shop, and how many of them came back.
#[derive(Clone, Copy, Debug)]
struct Buyer {
    owner: Key,
    actor: Key,
    orders: u32,
    back: u32,
    /// When the last of them was placed.
    second: u32,
}

/// PAY06 and PAY07: findings about shops, in the order of their keys. A shop where support was kept is not told of again.
#[must_use]
pub fn undone(book: &Book) -> Vec<Finding> {
    let back = regained(book);
    let mut found = found(book, &back, Look::Supported);
    let more = found_but(book, &back, &found);
    found.extend(more);
    found.sort_by_key(|finding| finding.entity.key);
    found
}

fn found_but(book: &Book, back: &[bool], known: &[Finding]) -> Vec<Finding> {
    let mut more = found(book, back, Look::All(book.least_sale()));
    more.retain(|finding| known.binary_search_by_key(&finding.entity, |f| f.entity).is_err());
    more
}

fn found(book: &Book, back: &[bool], look: Look) -> Vec<Finding> {
    let buyers = buyers(book, back, look);
    let of_shop = |owner: Key| {
        let from = buyers.partition_point(|buyer| buyer.owner < owner);
        let own = &buyers[from..];
        &own[..own.partition_point(|buyer| buyer.owner == owner)]
    };
    let does = |buyer: &Buyer| buyer.back >= look.least(buyer.orders);
    let seen: Vec<Seen> = buyers
        .iter()
        .map(|buyer| Seen {
            owner: buyer.owner,
            shown: does(buyer),
            second: buyer.second,
            ..Seen::default()
        })
        .collect();
    let shops = beyond_ordinary(&seen, Of::Owner);
    if shops.is_empty() {
        return Vec::new();
    }
    let doing = buyers.iter().filter(|buyer| does(buyer));
    let rest = Rest::of(book, back, &doing.map(|buyer| (buyer.actor, ())).collect());
    let judged = shops.into_iter().map(|shop| {
        let returns = rest.returns(of_shop(shop.key), shop.key, look);
        (shop, returns)
    });
    let shops: Vec<(Excess, Returns)> =
        judged.filter(|(shop, returns)| returns.bits(shop) >= BITS).collect();
    let named = named(&buyers, &shops, look);
    let each = shops.iter().map(|(shop, returns)| {
        let own = of_shop(shop.key).iter().filter(|buyer| buyer.back > 0);
        let members = own.map(|buyer| buyer.actor).filter(|actor| named.contains_key(actor));
        finding((book, back, look), shop, returns, members.collect())
    });
    each.collect()
}

/// Who bought at a shop, by (shop, buyer).
fn buyers(book: &Book, back: &[bool], look: Look) -> Vec<Buyer> {
    let orders = book.trades.iter().zip(back).filter(|(trade, _)| look.at(trade));
    let mut buyers: Vec<Buyer> = orders
        .map(|(trade, &back)| Buyer {
            owner: trade.owner,
            actor: trade.actor,
            orders: 1,
            back: u32::from(back),
            second: trade.second,
        })
        .collect();
    buyers.sort_unstable_by_key(|buyer| (buyer.owner, buyer.actor, buyer.second));
    buyers.dedup_by(|next, buyer| {
        let same = (next.owner, next.actor) == (buyer.owner, buyer.actor);
        if same {
            buyer.orders += next.orders;
            buyer.back += next.back;
            buyer.second = next.second;
        }
        same
    });
    buyers
}

/// Whoever does it at all these shops together: one may be the other's cover.
fn named(buyers: &[Buyer], shops: &[(Excess, Returns)], look: Look) -> Keyed<()> {
    let mut all: Keyed<(u32, u32)> = Keyed::default();
    let found =
        |buyer: &&Buyer| shops.binary_search_by_key(&buyer.owner, |shop| shop.0.key).is_ok();
    for buyer in buyers.iter().filter(found) {
        let sums = all.entry(buyer.actor).or_default();
        *sums = (sums.0 + buyer.orders, sums.1 + buyer.back);
    }
    let does = |(orders, back): (u32, u32)| back >= look.least(orders);
    all.into_iter().filter(|(_, sums)| does(*sums)).map(|(actor, _)| (actor, ())).collect()
}

/// Orders of customers who do it nowhere: of each shop when, and whether they came back; how many came back of how many in all. And when
/// those who do it ordered.
struct Rest {
    shops: Keyed<Vec<(u32, bool)>>,
    all: (f64, f64),
    doing: Keyed<Vec<u32>>,
}

/// The share that a shop's other customers send back at most, and what that leads to expect of those who ordered twice and more.
#[derive(Clone, Copy, Debug)]
struct Returns {
    share: f64,
    again: f64,
    expected: f64,
    /// The same where most orders come back, if that could be so.
    most: Option<f64>,
}

impl Rest {
    fn of(book: &Book, back: &[bool], doing: &Keyed<()>) -> Rest {
        let (shops, doers) = (Keyed::default(), Keyed::default());
        let mut rest = Rest { shops, all: (0.0, 0.0), doing: doers };
        for (trade, &back) in book.trades.iter().zip(back).filter(|(trade, _)| trade.amount > 0) {
            if doing.contains_key(&trade.actor) {
                rest.doing.entry(trade.owner).or_default().push(trade.second);
            } else {
                rest.shops.entry(trade.owner).or_default().push((trade.second, back));
                rest.all = (rest.all.0 + f64::from(u8::from(back)), rest.all.1 + 1.0);
            }
        }
        rest
    }

    /// (orders that came back, orders) of a shop's other customers: of all of them, and of those who ordered when those did who do it. A wrong
    /// price at night is cancelled for everybody.
    fn beside(&self, owner: Key) -> [(f64, f64); 2] {
        let none = Vec::new();
        let others = self.shops.get(&owner).unwrap_or(&none);
        // Trades come in the order of time.
        let doing = self.doing.get(&owner).map_or(&[][..], Vec::as_slice);
        let then = |second: u32| {
            let from = doing.partition_point(|did| did.saturating_add(OCCASION) < second);
            doing.get(from).is_some_and(|did| *did <= second.saturating_add(OCCASION))
        };
        let sums = |orders: &mut dyn Iterator<Item = &(u32, bool)>| {
            orders.fold((0.0, 0.0), |s, (_, back)| (s.0 + f64::from(u8::from(*back)), s.1 + 1.0))
        };
        [sums(&mut others.iter()), sums(&mut others.iter().filter(|order| then(order.0)))]
    }

    fn returns(&self, buyers: &[Buyer], owner: Key, look: Look) -> Returns {
        let usual = (self.all.0 + 1.0) / (self.all.1 + 2.0);
        let [all, then] = self.beside(owner);
        let part = |(back, orders): (f64, f64)| (back + LEANS * usual) / (orders + LEANS);
        let error = |share: f64, orders: f64| (share * (1.0 - share) / (orders + LEANS)).sqrt();
        // One standard error more, since that is how well it is known; one less, since few order at the same time by chance.
        let (shop, hours) = (part(all), part(then));
        let share = (shop + error(shop, all.1)).max(hours - error(hours, then.1));
        let again = buyers.iter().filter(|buyer| buyer.orders >= AGAIN);
        let expected = |share: f64| {
            let chance = |buyer: &Buyer| chance(buyer.orders, look.least(buyer.orders), share);
            again.clone().map(chance).sum()
        };
        let most = (look != Look::Supported).then(|| expected(MOST_RETURNS));
        Returns { share, again: again.clone().count() as f64, expected: expected(share), most }
    }
}

impl Returns {
    /// Bits beyond the price of the search: of two ways to see the same customers, what says less stands.
    fn bits(&self, shop: &Excess) -> f64 {
        let bits = shop.bits.min(self.beyond(shop, self.expected) - shop.price);
        let doubt = self.most.is_some_and(|most| self.beyond(shop, most) < BEYOND);
        if doubt { bits.min(IN_DOUBT) } else { bits }
    }

    fn beyond(&self, shop: &Excess, expected: f64) -> f64 {
        bits_binomial(shop.shown, self.again, expected / self.again.max(1.0))
    }
}

/// The chance that a customer sends back at least so many of some orders, if each comes back as others' do: a beta-binomial tail.
fn chance(orders: u32, least: u32, share: f64) -> f64 {
    let (orders, least) = (orders.min(MOST), least.min(MOST));
    let (a, b) = (share * ALIKE, (1.0 - share) * ALIKE);
    let n = f64::from(orders);
    let ln_beta = |x: f64, y: f64| ln_gamma(x) + ln_gamma(y) - ln_gamma(x + y);
    let term = |back: u32| {
        let k = f64::from(back);
        let ways = ln_gamma(n + 1.0) - ln_gamma(k + 1.0) - ln_gamma(n - k + 1.0);
        (ways + ln_beta(k + a, n - k + b) - ln_beta(a, b)).exp()
    };
    (least..=orders).map(term).sum::<f64>().min(1.0)
}

fn finding(
    (book, back, look): (&Book, &[bool], Look),
    shop: &Excess,
    returns: &Returns,
    mut members: Vec<Key>,
) -> Finding {
    let bits = returns.bits(shop);
    let own = book.trades.iter().zip(back).filter(|(trade, _)| trade.owner == shop.key);
    let own = own.filter(|(trade, _)| look.at(trade));
    let theirs = own.clone().filter(|(trade, _)| members.binary_search(&trade.actor).is_ok());
    let sent_back = theirs.clone().filter(|(_, back)| **back);
    let first = theirs.clone().map(|(trade, _)| trade.second).min().unwrap_or(0);
    let sum = |of: fn(&Trade) -> i64| sent_back.clone().map(|(t, _)| of(t) as f64).sum::<f64>();
    let mut evidence = vec![
        ("sent_back_again", shop.shown),
        ("buyers", shop.seen),
        ("sent_back_again_expected", shop.expected),
        ("ordered_again", returns.again),
        ("ordered_again_expected", returns.expected),
        ("others_sent_back_share", returns.share),
        ("orders", theirs.clone().count() as f64),
        ("sent_back", sent_back.clone().count() as f64),
        ("amount", sum(|trade| trade.amount)),
        ("first_second", f64::from(first)),
        ("alike", shop.alike),
        ("price_bits", shop.price),
    ];
    if look == Look::Supported {
        evidence.push(("subsidy", own.map(|(trade, _)| trade.subsidy as f64).sum()));
        evidence.push(("subsidy_kept", sum(|trade| trade.subsidy)));
    }
    if let Some(most) = returns.most {
        evidence.push(("most_come_back_expected", most));
        // Where a payer sent the money, somebody wanted the sale to stand.
        let refunded = sent_back.clone().filter(|(trade, _)| trade.refunded > 0);
        evidence.push(("refunded", refunded.count() as f64));
    }
    members.truncate(Finding::MEMBERS);
    Finding {
        code: if look == Look::Supported { Code::Pay06 } else { Code::Pay07 },
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

    /// Buyers of shop 7 with a bonus on each order.
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
        undone(&Book { trades, ..Book::default() })
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
        assert_eq!(
            (value("sent_back_again"), value("subsidy_kept")),
            (Some(12.0), Some(120_000.0))
        );
    }

    #[test]
    fn orders_undone_again_and_again_are_found_without_support() {
        let mut trades = town(|_, draw| draw % 20 == 0);
        ring(&mut trades, 12, 4, 30_000);
        trades.iter_mut().filter(|trade| trade.subsidy > 1_000).for_each(|t| t.subsidy = 0);
        let found = found(trades.clone());
        assert_eq!(
            found.iter().map(|f| (f.code, f.members.len())).collect::<Vec<_>>(),
            [(Code::Pay07, 12)]
        );
        // Who keeps every other thing is a customer.
        let mut number = 0;
        trades.iter_mut().filter(|trade| trade.owner == Key(107)).for_each(|trade| {
            number += 1;
            trade.refunded = if number % 2 == 0 { 0 } else { trade.refunded };
        });
        assert!(super::tests::found(trades).is_empty());
    }

    #[test]
    fn cents_that_go_and_come_back_are_no_sales() {
        let mut trades = town(|_, draw| draw % 20 == 0);
        ring(&mut trades, 12, 4, 1);
        for trade in trades.iter_mut().filter(|trade| trade.subsidy > 1_000) {
            (trade.subsidy, trade.amount) = (0, 1);
        }
        assert!(found(trades).is_empty());
    }

    #[test]
    fn a_wrong_price_that_is_cancelled_for_everybody_is_no_finding() {
        let night = |single: i64| {
            let mut trades = town(|_, draw| draw % 20 == 0);
            ring(&mut trades, 20, 3, 30_000);
            for trade in trades.iter_mut().filter(|trade| trade.subsidy > 1_000) {
                (trade.subsidy, trade.second) = (0, 90_000 + trade.second % 3_600);
            }
            trades.extend((0..40).map(|buyer| Trade {
                order: Key(8_000_000 + buyer),
                actor: Key(80_000 + buyer),
                subject: Key(507),
                owner: Key(107),
                second: 90_000 + buyer as u32 * 90,
                amount: 30_000,
                refunded: single,
                ..Trade::default()
            }));
            found(trades)
        };
        assert!(night(30_000).is_empty());
        // Others who ordered that night kept what they had.
        assert_eq!(night(0).len(), 1);
    }

    #[test]
    fn loyal_customers_who_keep_their_goods_are_no_finding() {
        let mut trades = town(|_, draw| draw % 20 == 0);
        ring(&mut trades, 12, 4, 0);
        assert!(found(trades).is_empty());
    }

    #[test]
    fn a_shop_of_which_most_goods_come_back_is_no_finding() {
        // Seven in ten orders of shops 3 and 7 come back, of everybody's, with a coupon or without: that so many had both back may be
        // looked at, and no more, since nobody there ordered once.
        let fitting =
            |shop, draw| if shop % 4 == 3 && shop < 8 { draw % 10 < 7 } else { draw % 20 == 0 };
        let found = found(town(fitting));
        assert!(found.iter().all(|f| f.code == Code::Pay07 && f.bits < 20.5), "{found:?}");
        let once = |mut trades: Vec<Trade>| {
            trades.retain(|trade| trade.order.0 % 2 == 0 || trade.actor.0 % 3 == 0);
            trades
        };
        assert!(super::tests::found(once(town(fitting))).is_empty());
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
    fn nothing_is_nothing_found() {
        assert!(undone(&Book::default()).is_empty());
        assert!((chance(2, 2, 0.6) - 0.48).abs() < 1e-9 && chance(1, 2, 0.9) == 0.0);
    }
}
