//! Payers of a market: a middleman who pays a crew, and honest ones whose sums look alike.

mod dice;

use detectors::Class;
use events::Key;
use std::collections::BTreeSet;
use trades::{Book, Payout, Review, Trade};
use ventures::{Venture, hired, praises};

use dice::Dice;

const DAY: u32 = 86_400;
const PAYER: Key = Key(9_001);
const PURSE: Key = Key(9_002);
const SHOPS: u64 = 60;

struct Market {
    dice: Dice,
    trades: Vec<Trade>,
    payouts: Vec<Payout>,
}

impl Market {
    /// Sixty shops of eight goods each, and 1,500 buyers of whom every fourth writes a review, most of them good.
    fn new(seed: u64) -> Market {
        let mut market = Market { dice: Dice(seed), trades: Vec::new(), payouts: Vec::new() };
        for buyer in 1..=1_500 {
            for _ in 0..1 + market.dice.below(5) {
                let goods = (market.dice.below(SHOPS), market.dice.below(8));
                let stars = market.honest();
                market.order(buyer, goods, stars);
            }
        }
        market
    }

    fn honest(&mut self) -> Option<u64> {
        let stars = [5, 5, 5, 5, 5, 5, 4, 4, 3, 1][self.dice.below(10) as usize];
        (self.dice.below(4) == 0).then_some(stars)
    }

    fn price(shop: u64, goods: u64) -> i64 {
        800 + 10 * ((shop * 977 + goods * 3_511) % 900) as i64
    }

    /// Gives back the place of the order and when its review was, or would have been, written.
    fn order(&mut self, buyer: u64, (shop, goods): (u64, u64), stars: Option<u64>) -> (i64, u32) {
        let second = DAY * (20_000 + self.dice.below(18) as u32) + self.dice.below(80_000) as u32;
        let said = second + DAY * (3 + self.dice.below(3) as u32);
        let amount = Market::price(shop, goods);
        self.trades.push(Trade {
            order: Key(1_000_000 + self.trades.len() as u64),
            actor: Key(buyer),
            subject: Key(50_000 + shop * 100 + goods),
            owner: Key(40_000 + shop),
            second,
            amount,
            review: stars.map(|stars| Review { second: said, rating: Some(stars as f32) }),
            ..Trade::default()
        });
        (amount, said)
    }

    fn pay(&mut self, payer: Key, buyer: u64, second: u32, amount: i64) {
        let event = Key(2_000_000 + self.payouts.len() as u64);
        let payout = Payout { payer, actor: Key(buyer), second, amount, order: Key::NONE, event };
        self.payouts.push(payout);
    }

    /// Every one of some buyers orders goods of each of some shops more often than not, and is paid.
    fn send(&mut self, shops: u64, stars: &[u64], wage: fn(&mut Dice) -> i64) -> BTreeSet<Key> {
        for buyer in 2_001..=2_040 {
            for _ in 0..self.dice.below(4) {
                let goods = (self.dice.below(SHOPS), self.dice.below(8));
                self.order(buyer, goods, None);
            }
            for shop in 0..shops {
                if self.dice.below(3) == 0 {
                    continue;
                }
                let said = stars.get(self.dice.below(stars.len().max(1) as u64) as usize);
                let goods = self.dice.below(2);
                let (price, said) = self.order(buyer, (shop, goods), said.copied());
                let wage = wage(&mut self.dice);
                self.pay(PAYER, buyer, said + DAY, price + wage);
            }
        }
        (2_001..=2_040).map(Key).collect()
    }

    fn book(mut self) -> Book {
        self.trades.sort_by_key(|trade| (trade.second, trade.order));
        self.payouts.sort_unstable();
        Book { trades: self.trades, payouts: self.payouts, reviews: 1, ..Book::default() }
    }

    fn hired(self) -> Vec<Venture> {
        let book = self.book();
        hired(&book, &vec![false; book.trades.len()])
    }
}

fn praised(market: Market) -> Vec<Venture> {
    let book = market.book();
    praises(&book, &[], &vec![false; book.trades.len()])
}

fn bits(venture: &Venture, class: Class) -> f64 {
    venture.classes.iter().find(|entry| entry.0 == class).map_or(0.0, |entry| entry.1)
}

/// Beyond the standard's prior.
fn all_bits(venture: &Venture) -> f64 {
    venture.classes.iter().map(|entry| entry.1).sum::<f64>() - 6.0
}

fn wages(dice: &mut Dice) -> i64 {
    250 + dice.below(600) as i64
}

#[test]
fn whom_a_middleman_pays_and_for_what_is_told() {
    let mut market = Market::new(1);
    let crew = market.send(6, &[5, 5, 5, 4], wages);
    let found = market.hired();
    assert_eq!(found.len(), 1);
    let ring = &found[0];
    assert!(bits(ring, Class::Money) >= 19.0 && bits(ring, Class::Content) >= 3.0);
    let members: BTreeSet<Key> = ring.members.iter().map(|member| member.0).collect();
    assert!(members.is_subset(&crew), "{members:?}");
    assert!(members.len() * 10 >= crew.len() * 9, "{} of {}", members.len(), crew.len());
    let shops = ring.owners.iter().filter(|owner| owner.1 >= 5);
    assert_eq!(shops.count(), 6);
}

#[test]
fn a_middlemans_book_is_counted_again() {
    let mut market = Market::new(1);
    market.send(6, &[5, 5, 5, 4], wages);
    let book = market.book();
    let found = hired(&book, &vec![false; book.trades.len()]);
    let hub = &found[0].hubs[0];
    let value = |name: &str| hub.evidence.iter().find(|entry| entry.0 == name).unwrap().1;
    let paid = || book.payouts.iter().filter(|payout| payout.payer == PAYER);
    let repays = |payout: &&Payout| {
        let own = book.trades.iter().filter(|trade| trade.actor == payout.actor);
        own.filter(|trade| trade.second < payout.second).any(|trade| {
            let after = f64::from(payout.second - trade.second) / f64::from(DAY);
            let wage = (payout.amount - trade.amount) as f64;
            after <= value("within_days") && (value("wage_from")..=value("wage_to")).contains(&wage)
        })
    };
    let fitting = paid().filter(repays).count() as f64;
    assert_eq!([value("payouts"), value("fitting")], [paid().count() as f64, fitting]);
    assert!(value("fitting_expected") < fitting / 2.0);
    let told = value("fitting_bits") + value("missing_bits") - value("price_bits");
    assert!((told - hub.bits).abs() < 1e-9);
}

#[test]
fn attacks_are_bought_too() {
    let mut market = Market::new(2);
    market.send(4, &[1, 1, 2], wages);
    let found = market.hired();
    assert!(bits(&found[0], Class::Content) >= 3.0, "{:?}", found[0].classes);
}

#[test]
fn goods_tried_for_free_are_paid_back_to_the_cent() {
    let mut market = Market::new(3);
    market.send(6, &[5, 5, 4, 3, 2], |_| 0);
    assert!(market.hired().is_empty());
}

#[test]
fn a_purse_that_pays_everybody_is_no_middleman() {
    let mut market = Market::new(4);
    market.send(3, &[5, 4], |_| 0);
    for payout in &mut market.payouts {
        payout.payer = PURSE;
    }
    for buyer in 1..=900 {
        let second = DAY * (20_005 + market.dice.below(14) as u32);
        let bonus = [88, 200, 500, 800, 1_200][market.dice.below(5) as usize];
        market.pay(PURSE, buyer, second, bonus);
    }
    assert!(market.hired().is_empty());
}

#[test]
fn bonuses_to_buyers_of_one_cheap_thing_repay_nothing() {
    let mut market = Market::new(5);
    for buyer in 1..=40 {
        let (price, said) = market.order(buyer, (7, 0), None);
        let bonus = price + [50, 150, 300][market.dice.below(3) as usize];
        market.pay(PURSE, buyer, said + DAY, bonus);
    }
    assert!(market.hired().is_empty());
}

#[test]
fn price_protection_and_rebates_are_parts_of_a_price() {
    let mut market = Market::new(6);
    for place in 0..400 {
        let trade = market.trades[place * 5];
        let part = [3, 5, 8, 12][market.dice.below(4) as usize];
        market.pay(PURSE, trade.actor.0, trade.second + 3 * DAY, trade.amount * part / 100);
    }
    assert!(market.hired().is_empty());
}

#[test]
fn who_makes_good_for_a_bad_batch_pays_each_customer_once() {
    let mut market = Market::new(7);
    // Goods of different prices, so that the sums do follow the orders.
    for buyer in 1..=60 {
        let goods = (11, market.dice.below(8));
        let (price, said) = market.order(buyer, goods, Some(1));
        market.pay(PURSE, buyer, said + DAY, price + 500);
    }
    let found = market.hired();
    assert_eq!(found.len(), 1);
    assert!(all_bits(&found[0]) <= 4.0, "{:?}", found[0].classes);
}

#[test]
fn errands_say_nothing_of_the_goods() {
    let mut market = Market::new(8);
    market.send(6, &[], wages);
    let found = market.hired();
    assert_eq!(found.len(), 1);
    assert!(bits(&found[0], Class::Content) < 0.0 && all_bits(&found[0]) < 12.0);
}

#[test]
fn paid_testers_say_what_they_think() {
    let mut market = Market::new(9);
    market.send(6, &[5, 5, 5, 4, 4, 3, 2, 1], wages);
    let found = market.hired();
    assert_eq!(found.len(), 1);
    assert!(bits(&found[0], Class::Content) < 0.0, "{:?}", found[0].classes);
}

#[test]
fn what_is_known_already_is_not_told_again() {
    let mut market = Market::new(1);
    market.send(6, &[5, 5, 5, 4], wages);
    let book = market.book();
    assert!(hired(&book, &vec![true; book.trades.len()]).is_empty());
}

/// Buyers of one shop of whom many write a review; those who wrote it with at least so many stars are paid a small sum.
fn thanks(market: &mut Market, stars: &[u64], least: u64) {
    for buyer in 1..=120 {
        let given = stars[market.dice.below(stars.len() as u64) as usize];
        let writes = market.dice.below(3) > 0;
        let goods = (13, market.dice.below(8));
        let (_, said) = market.order(buyer, goods, writes.then_some(given));
        if writes && given >= least {
            market.pay(PAYER, buyer, said + DAY / 2, 300);
        }
    }
}

const FAIR: [u64; 10] = [5, 5, 5, 5, 5, 5, 4, 4, 3, 1];

#[test]
fn praise_that_is_paid_for_is_told_and_its_orders_are_not() {
    let mut market = Market::new(10);
    thanks(&mut market, &FAIR, 5);
    let found = praised(market);
    assert_eq!(found.len(), 1);
    let shop = &found[0];
    assert!(shop.said_only && !shop.made_up && shop.owners[0].0 == Key(40_013));
    assert!(bits(shop, Class::Content) >= 3.0 && bits(shop, Class::Money) >= 9.0);
}

#[test]
fn thanks_for_any_review_buy_no_praise() {
    let mut market = Market::new(11);
    thanks(&mut market, &FAIR, 1);
    let found = praised(market);
    assert_eq!(found.len(), 1);
    assert!(bits(&found[0], Class::Content) < 0.0, "{:?}", found[0].classes);
}

#[test]
fn a_shop_that_pays_for_late_parcels_answers_no_reviews() {
    let mut market = Market::new(12);
    for buyer in 1..=90 {
        let stars = market.honest();
        let goods = (17, market.dice.below(8));
        let (_, said) = market.order(buyer, goods, stars);
        market.pay(PURSE, buyer, said, 300);
    }
    assert!(praised(market).is_empty());
}

#[test]
fn without_sums_nobody_can_tell_paid_praise_from_repaid_orders() {
    // A middleman gives back the price of orders that were made up, and all of them were praised.
    let repaid = || {
        let mut market = Market::new(11);
        market.send(2, &[5], |_| 0);
        market
    };
    assert!(!praised(repaid()).is_empty());
    let mut unpriced = repaid();
    unpriced.trades.iter_mut().for_each(|trade| trade.amount = 0);
    unpriced.payouts.iter_mut().for_each(|payout| payout.amount = 0);
    assert!(praised(unpriced).is_empty());
}
