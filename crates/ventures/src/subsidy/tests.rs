//! Goal: a shop whose orders are made for a bonus is found; filled baskets, tagged prices and loyal customers are not.
//! Method: forty shops sell baskets on both sides of 200.00, and from there a bonus of 30.00 is paid; one case is planted.

use super::*;

const KNEE: i64 = 20_000;
const BONUS: i64 = 3_000;

fn trade(shop: u64, buyer: u64, number: u64, amount: i64) -> Trade {
    Trade {
        order: Key(1_000_000 + shop * 10_000 + number),
        actor: Key(buyer),
        subject: Key(50_000 + shop),
        owner: Key(40_000 + shop),
        second: 86_400 + number as u32 * 600,
        amount,
        subsidy: if amount >= KNEE { BONUS } else { 0 },
        ..Trade::default()
    }
}

/// Forty orders of each of forty shops: baskets of 160.00 to 250.00, a sixth of them filled up to the bonus.
fn honest() -> Vec<Trade> {
    let mut trades = Vec::new();
    for shop in 0..40 {
        for number in 0..40 {
            let spread = ((number * 37 + shop * 11) % 90) as i64 * 100;
            let amount = if number % 6 == 0 { KNEE + spread / 10 } else { 16_000 + spread };
            trades.push(trade(shop, shop * 100 + number, number, amount));
        }
    }
    trades
}

fn book(mut trades: Vec<Trade>) -> Book {
    trades.sort_by_key(|trade| (trade.second, trade.order, trade.actor));
    Book { trades, ..Book::default() }
}

/// 120 orders at one shop at prices just above the bonus, by that many buyers.
fn planted(buyers: u64, amount: impl Fn(u64) -> i64) -> Book {
    let mut trades = honest();
    for number in 0..120 {
        trades.push(trade(7, 9_000 + number % buyers, 500 + number, amount(number)));
    }
    book(trades)
}

#[test]
fn filled_baskets_are_no_finding() {
    let honest = book(honest());
    let found = rules(&honest);
    assert_eq!((found.len(), found[0].sum), (1, BONUS));
    // A few at the very knee may be mistakes, so it is read a little above.
    assert!((KNEE..KNEE + 100).contains(&found[0].knee));
    assert!(subsidies(&honest).is_empty());
}

#[test]
fn a_few_who_take_the_bonus_again_and_again_are_found() {
    let found = subsidies(&planted(10, |number| KNEE + (number % 7) as i64 * 50));
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].entity.key, found[0].members.len()), (Key(40_007), 10));
    let evidence = |name| found[0].evidence.iter().find(|entry| entry.0 == name).map(|e| e.1);
    assert_eq!((evidence("knee"), evidence("support")), (Some(20_000.0), Some(3_000.0)));
    assert_eq!(evidence("subsidy_insiders"), Some(360_000.0));
}

#[test]
fn a_price_tagged_to_fit_is_no_finding() {
    assert!(subsidies(&planted(120, |_| KNEE)).is_empty());
}

#[test]
fn loyal_customers_at_all_prices_are_no_finding() {
    assert!(subsidies(&planted(10, |number| KNEE + 100 * (number as i64 % 48))).is_empty());
}

#[test]
fn a_share_of_the_price_is_no_rule() {
    let trades = honest().into_iter().map(|own| Trade { subsidy: own.amount * 15 / 100, ..own });
    assert!(subsidies(&book(trades.collect())).is_empty());
    assert!(subsidies(&Book::default()).is_empty());
}
