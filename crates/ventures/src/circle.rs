//! PAY02: money that goes in a circle. A buyer pays a shop, gets the money back, from the shop or through a middleman, and pays
//! the same shop again with it: sales and subsidies grow, and nobody spends anything.
//!
//! Honest buyers send things back and come again, too. What they do not do is to keep nothing: an exchange ends with goods
//! kept, and so does a customer who returns half of what is ordered. So a turn of the circle counts where all of the buyer's
//! money came back, and only what is beyond other shops' turns is said, of the shop. That misses circles whose members also
//! keep something now and then.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};

use detectors::{Code, Finding};
use events::{Entity, EntityKind, EventTime, Key};
use trades::{Book, Trade};

use crate::pooled::{Excess, Of, Seen, excesses};
use crate::repaid::Payer;

/// Share of a price, in tenths, that has come back when the money has: what is missing pays the carrier or the middleman.
const BACK: i64 = 7;
/// Of all money that comes back, the share that has by the time after which an order counts as kept.
const MOST_RETURNS: f64 = 0.9;

/// Turns of one buyer at one shop from which it is named.
const NAMED: usize = 2;

/// How the money of one order came back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Back {
    /// When; none if it did not.
    second: Option<u32>,
    /// Whether a payer sent it, outside of the order.
    paid_out: bool,
}

/// A turn: an order paid after the money of an earlier one had come back.
#[derive(Clone, Copy, Debug)]
struct Turn {
    owner: Key,
    actor: Key,
    trade: u32,
    paid_out: bool,
}

/// Findings about shops, in the order of their keys.
#[must_use]
pub fn circles(book: &Book, payers: &[Payer]) -> Vec<Finding> {
    let back = backs(book, payers);
    let turns = turns(book, &back);
    let mut turned = vec![false; book.trades.len()];
    for turn in &turns {
        turned[turn.trade as usize] = true;
    }
    let paid = book.trades.iter().zip(&turned).filter(|(trade, _)| trade.amount > 0);
    let seen: Vec<Seen> = paid
        .map(|(trade, &shown)| Seen {
            owner: trade.owner,
            shown,
            second: trade.second,
            ..Seen::default()
        })
        .collect();
    let found = excesses(&seen, Of::Owner, false);
    found.iter().map(|excess| finding(book, excess, &turns)).collect()
}

/// What became of the money of each order.
fn backs(book: &Book, payers: &[Payer]) -> Vec<Back> {
    let refunded = |trade: &Trade| {
        let most = trade.amount > 0 && trade.refunded >= trade.amount.saturating_mul(BACK) / 10;
        most.then_some(trade.refunded_at)
    };
    let mut backs: Vec<Back> =
        book.trades.iter().map(|trade| Back { second: refunded(trade), paid_out: false }).collect();
    for order in payers.iter().flat_map(|payer| &payer.orders) {
        if let Some(back) = backs.get_mut(order.trade as usize).filter(|b| b.second.is_none()) {
            *back = Back { second: Some(order.second), paid_out: true };
        }
    }
    backs
}

/// The second from which on an order that has not come back may still do so.
fn open_from(book: &Book, back: &[Back]) -> u32 {
    let last = book.trades.iter().map(|trade| trade.second);
    let last = last.chain(back.iter().filter_map(|back| back.second)).max().unwrap_or(0);
    let after = |(trade, back): (&Trade, &Back)| {
        back.second.map(|second| second.saturating_sub(trade.second))
    };
    let mut after: Vec<u32> = book.trades.iter().zip(back).filter_map(after).collect();
    after.sort_unstable();
    let late = after.get((after.len() as f64 * MOST_RETURNS) as usize).copied();
    last.saturating_sub(late.unwrap_or(0))
}

/// The turns of buyers who keep nothing, by (owner, buyer, time).
fn turns(book: &Book, back: &[Back]) -> Vec<Turn> {
    let open = open_from(book, back);
    let trade = |place: &u32| &book.trades[*place as usize];
    let least = book.least_sale();
    let mut places: Vec<u32> = (0..book.trades.len() as u32).collect();
    places.retain(|place| trade(place).amount >= least && trade(place).owner.is_some());
    places.sort_unstable_by_key(|place| (trade(place).owner, trade(place).actor, *place));
    let mut turns = Vec::new();
    let same =
        |x: &u32, y: &u32| (trade(x).owner, trade(x).actor) == (trade(y).owner, trade(y).actor);
    for own in places.chunk_by(same).filter(|own| own.len() > 1) {
        let kept =
            |place: &u32| back[*place as usize].second.is_none() && trade(place).second < open;
        if !own.iter().any(kept) {
            of_buyer(book, back, own, &mut turns);
        }
    }
    turns
}

/// The turns among one buyer's orders at one shop, ascending in time. Money that came back is spent once.
fn of_buyer(book: &Book, back: &[Back], own: &[u32], turns: &mut Vec<Turn>) {
    // Orders whose money is on its way, by when it is there, and those whose money is there and not spent.
    let (mut coming, mut there) = (BinaryHeap::new(), BTreeSet::new());
    for &place in own {
        let trade = &book.trades[place as usize];
        while let Some(&Reverse((second, before))) = coming.peek()
            && second <= trade.second
        {
            coming.pop();
            there.insert(before);
        }
        if let Some(second) = back[place as usize].second {
            coming.push(Reverse((second, place)));
        }
        let Some(before) = there.pop_first() else { continue };
        let before = before as usize;
        // The same thing once more, and this time it may be kept: another size.
        let again = book.trades[before].subject == trade.subject;
        if again && back[place as usize].second.is_none() {
            continue;
        }
        let paid_out = back[before].paid_out;
        turns.push(Turn { owner: trade.owner, actor: trade.actor, trade: place, paid_out });
    }
}

fn finding(book: &Book, excess: &Excess, turns: &[Turn]) -> Finding {
    let from = turns.partition_point(|turn| turn.owner < excess.key);
    let own = || turns[from..].iter().take_while(|turn| turn.owner == excess.key);
    let sum = |of: fn(&Trade) -> i64| {
        own().map(|turn| of(&book.trades[turn.trade as usize]).max(0) as f64).sum::<f64>()
    };
    let mut turned: Vec<Key> = own().map(|turn| turn.actor).collect();
    turned.sort_unstable();
    let by_buyer = || turned.chunk_by(|x, y| x == y);
    // Once may be an occasion: whoever is named let the money go round again.
    let again = by_buyer().filter(|turns| turns.len() >= NAMED).map(|turns| turns[0]);
    let members: Vec<Key> = again.take(Finding::MEMBERS).collect();
    let first = own().map(|turn| book.trades[turn.trade as usize].second).min().unwrap_or(0);
    Finding {
        code: Code::Pay02,
        entity: Entity { kind: EntityKind::Owner, key: excess.key },
        time: EventTime(i64::from(excess.second) * EventTime::SECOND),
        event: Key::NONE,
        score: (1.0 / (1.0 + (-excess.bits).exp2())) as f32,
        bits: excess.bits as f32,
        evidence: vec![
            ("turns", excess.shown),
            ("orders", excess.seen),
            ("expected", excess.expected),
            ("buyers", by_buyer().count() as f64),
            ("paid_out", own().filter(|turn| turn.paid_out).count() as f64),
            ("amount", sum(|trade| trade.amount)),
            ("subsidy", sum(|trade| trade.subsidy)),
            ("first_second", f64::from(first)),
            ("alike", excess.alike),
            ("price_bits", excess.price),
        ],
        members,
    }
}

#[cfg(test)]
mod tests;
