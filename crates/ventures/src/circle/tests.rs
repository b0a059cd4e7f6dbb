//! Goal: money that goes round at a shop is found, and honest returns are not. Method: forty shops with some thirty buyers
//! each, of whom one in ten sends things back; one case is planted.

use super::*;
use crate::repaid::Settled;

const DAY: u32 = 86_400;

fn trade(shop: u64, buyer: u64, day: f64, number: u64) -> Trade {
    let second = DAY + (day * f64::from(DAY)) as u32;
    Trade {
        order: Key(1_000_000 + shop * 10_000 + number),
        actor: Key(buyer),
        subject: Key(50_000 + shop * 10 + number % 3),
        owner: Key(40_000 + shop),
        second,
        amount: 5_000,
        ..Trade::default()
    }
}

fn refunded(trade: Trade, after: f64) -> Trade {
    let refunded_at = trade.second + (after * f64::from(DAY)) as u32;
    Trade { refunded: trade.amount, refunded_at, ..trade }
}

/// Two orders of each of thirty buyers at forty shops within thirty days; every tenth comes back.
fn honest() -> Vec<Trade> {
    let mut trades = Vec::new();
    for shop in 0..40 {
        for number in 0..60 {
            let day = (number * 7 + shop) as f64 % 28.0;
            let own = trade(shop, shop * 100 + number % 30, day, number);
            let back = (number * 13 + number / 30 + shop) % 10 == 0;
            trades.push(if back { refunded(own, 2.0) } else { own });
        }
    }
    trades
}

fn book(mut trades: Vec<Trade>) -> Book {
    trades.sort_by_key(|trade| (trade.second, trade.order, trade.actor));
    Book { trades, ..Book::default() }
}

#[test]
fn honest_returns_are_no_circle() {
    assert!(circles(&book(honest()), &[]).is_empty());
}

#[test]
fn money_that_comes_back_and_is_paid_again_is_found() {
    let mut trades = honest();
    for buyer in 0..8 {
        for turn in 0..5 {
            let own = trade(7, 9_000 + buyer, f64::from(turn) * 4.0 + 0.1, 500 + buyer * 10);
            trades.push(refunded(
                Trade { order: Key(77_000 + buyer * 10 + turn as u64), ..own },
                2.0,
            ));
        }
    }
    let found = circles(&book(trades), &[]);
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].entity.key, found[0].members.len()), (Key(40_007), 8));
    assert_eq!(found[0].evidence[0], ("turns", 32.0));
    assert_eq!(found[0].evidence[5], ("amount", 160_000.0));
}

#[test]
fn cents_that_go_round_are_a_till_being_tried() {
    let mut trades = honest();
    for buyer in 0..8 {
        for turn in 0..5 {
            let own = trade(7, 9_000 + buyer, f64::from(turn) * 4.0 + 0.1, 500 + buyer * 10);
            let order = Key(77_000 + buyer * 10 + turn as u64);
            trades.push(refunded(Trade { order, amount: 1, ..own }, 2.0));
        }
    }
    assert!(circles(&book(trades), &[]).is_empty());
}

#[test]
fn a_middleman_closes_the_circle_as_well() {
    let mut trades = honest();
    for buyer in 0..8 {
        for turn in 0..5 {
            let own = trade(7, 9_000 + buyer, f64::from(turn) * 4.0 + 0.1, 500 + buyer * 10);
            trades.push(Trade { order: Key(77_000 + buyer * 10 + turn as u64), ..own });
        }
    }
    let book = book(trades);
    let orders = book.trades.iter().enumerate().filter(|(_, trade)| trade.actor.0 >= 9_000);
    let settled = orders.map(|(place, trade)| Settled {
        trade: place as u32,
        second: trade.second + 2 * DAY,
        amount: trade.amount + 100,
    });
    let payer = Payer { key: Key(1), orders: settled.collect(), bits: 100.0, evidence: Vec::new() };
    let found = circles(&book, &[payer]);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].evidence[4], ("paid_out", 32.0));
}

/// Forty buyers of one shop send back what does not fit and order the right size, which they keep.
#[test]
fn exchanges_are_no_circle() {
    let mut trades = honest();
    for buyer in 0..40 {
        let first = trade(7, 9_000 + buyer, 1.1 + (buyer % 20) as f64, 500);
        trades.push(refunded(Trade { order: Key(77_000 + buyer), ..first }, 2.0));
        let second = trade(7, 9_000 + buyer, 4.0 + (buyer % 20) as f64, 500);
        trades.push(Trade { order: Key(78_000 + buyer), ..second });
    }
    assert!(circles(&book(trades), &[]).is_empty());
}

/// A shop whose customers try on much, send back half and keep the rest.
#[test]
fn customers_who_keep_some_are_no_circle() {
    let mut trades = honest();
    for buyer in 0..30 {
        for turn in 0..5u64 {
            let own = trade(7, 9_000 + buyer, turn as f64 * 4.0 + 0.1, 500 + turn);
            let own = Trade { order: Key(77_000 + buyer * 10 + turn), ..own };
            trades.push(if (turn + buyer) % 2 == 0 { refunded(own, 2.0) } else { own });
        }
    }
    assert!(circles(&book(trades), &[]).is_empty());
}

#[test]
fn nothing_and_hostile_sums_say_nothing() {
    assert!(circles(&Book::default(), &[]).is_empty());
    let odd =
        |trade: Trade| Trade { amount: i64::MIN, refunded: i64::MAX, second: u32::MAX, ..trade };
    assert!(circles(&book(honest().into_iter().map(odd).collect()), &[]).is_empty());
    let most = |trade: Trade| Trade { amount: i64::MAX, refunded: i64::MAX, ..trade };
    let found = circles(&book(honest().into_iter().map(most).collect()), &[]);
    assert!(found.iter().all(|finding| (0.0..=1.0).contains(&finding.score)));
}
