//! Orders whose money came back: as a refund, or from somebody who paid the buyer about as much soon after.

use features::Keyed;
use trades::{Book, Payout, Trade};

/// Tenths of a price that have come back when the money has, least and most: what is missing pays the carrier or the middleman.
const BACK: (i64, i64) = (7, 11);
/// Seconds within which a payer sends it.
const WITHIN: u32 = 15 * 86_400;

/// Of each trade of a book whether its money came back. A payout pays for one order: the one that it names, or else the buyer's earliest
/// that it fits.
#[must_use]
pub(crate) fn regained(book: &Book) -> Vec<bool> {
    let mut back: Vec<bool> = book
        .trades
        .iter()
        .map(|trade| trade.amount > 0 && trade.refunded >= trade.amount / 10 * BACK.0)
        .collect();
    let mut of_buyer: Keyed<Vec<usize>> = Keyed::default();
    let payees: Keyed<()> = book.payouts.iter().map(|payout| (payout.actor, ())).collect();
    for (place, trade) in book.trades.iter().enumerate() {
        if trade.amount > 0 && payees.contains_key(&trade.actor) {
            of_buyer.entry(trade.actor).or_default().push(place);
        }
    }
    let mut payouts: Vec<&Payout> = book.payouts.iter().collect();
    payouts.sort_by_key(|payout| (payout.second, payout.event));
    for payout in payouts {
        let own = of_buyer.get(&payout.actor).into_iter().flatten().copied();
        let mut fits = own.filter(|&place| !back[place] && pays(payout, &book.trades[place]));
        if let Some(place) = fits.next() {
            back[place] = true;
        }
    }
    back
}

fn pays(payout: &Payout, trade: &Trade) -> bool {
    let (low, high) = (trade.amount / 10 * BACK.0, trade.amount / 10 * BACK.1);
    let span = trade.second..=trade.second.saturating_add(WITHIN);
    (payout.order.is_none() || payout.order == trade.order)
        && span.contains(&payout.second)
        && (low..=high).contains(&payout.amount)
}

#[cfg(test)]
mod tests {
    use super::*;
    use events::Key;

    fn order(number: u64, actor: u64, second: u32, amount: i64) -> Trade {
        Trade { order: Key(number), actor: Key(actor), second, amount, ..Trade::default() }
    }

    fn payout(actor: u64, second: u32, amount: i64, order: Key) -> Payout {
        let event = Key(1_000 + u64::from(second));
        Payout { payer: Key(1), actor: Key(actor), second, amount, order, event }
    }

    #[test]
    fn a_payout_pays_for_one_order_that_it_fits() {
        let refunded = Trade { refunded: 800, ..order(5, 9, 60, 1_000) };
        let trades = vec![
            order(1, 7, 10, 1_000),
            order(2, 7, 20, 1_000),
            order(3, 7, 30, 5_000),
            order(4, 8, 40, 1_000),
            refunded,
        ];
        let named = payout(8, 70, 1_000, Key(99));
        let payouts = vec![payout(7, 50, 950, Key::NONE), payout(7, 5, 5_000, Key::NONE), named];
        let book = Book { trades, payouts, ..Book::default() };
        assert_eq!(regained(&book), [true, false, false, false, true]);
    }
}
