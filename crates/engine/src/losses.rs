//! Losses: what orders that nobody wanted cost the platform, and what they moved, by shop.
//!
//! A subsidy on an order called fake is a loss: prevented where it has not been paid yet, to be clawed back where it has;
//! no table says which. What a payer gave back shows what the orders cost those who made them up. Sums are exact, in
//! minor units, of the orders that the book keeps; a shop's own fakes and those a rival sent it are not told apart
//! here, the verdict on the owner is for that.

use std::collections::BTreeMap;

use events::{Event, EventTime, Key, Kind};
use policy::Verdict;
use trades::{Book, Trade};
use ventures::{Payer, Settled, Venture};

use crate::results::Loss;
use crate::standing::Standing;

/// The losses of shops with orders called fake or held, in the order of keys.
pub fn losses(
    book: &Book,
    (payers, ventures): (&[Payer], &[Venture]),
    standing: &Standing,
) -> Vec<Loss> {
    let verdicts: Vec<Verdict> =
        book.trades.iter().map(|trade| standing.event(&order(trade)).1).collect();
    let mut losses: BTreeMap<Key, Loss> = BTreeMap::new();
    let mut at = |owner: Key, add: &dyn Fn(&mut Loss)| {
        add(losses.entry(owner).or_insert_with(|| Loss { owner, ..Loss::default() }));
    };
    for (trade, verdict) in book.trades.iter().zip(&verdicts) {
        let (amount, subsidy) = (trade.amount.max(0), trade.subsidy.max(0));
        match verdict {
            Verdict::Genuine => {}
            Verdict::Suspect => at(trade.owner, &|loss| {
                loss.held_orders += 1;
                loss.held_subsidy = loss.held_subsidy.saturating_add(subsidy);
            }),
            Verdict::Fake => at(trade.owner, &|loss| {
                loss.orders += 1;
                loss.turnover = loss.turnover.saturating_add(amount);
                loss.subsidy = loss.subsidy.saturating_add(subsidy);
            }),
        }
    }
    let by_payers = payers.iter().flat_map(|payer| &payer.orders);
    let settled = by_payers.chain(ventures.iter().flat_map(|venture| &venture.settled));
    let mut settled: Vec<Settled> = settled.copied().collect();
    settled.sort_unstable();
    // An order is repaid once, whoever found that.
    settled.dedup_by_key(|settled| settled.trade);
    for paid in settled {
        let place = paid.trade as usize;
        if let (Some(trade), Some(Verdict::Fake)) = (book.trades.get(place), verdicts.get(place)) {
            let on_top = paid.amount.saturating_sub(trade.amount).max(0);
            at(trade.owner, &|loss| {
                loss.repaid = loss.repaid.saturating_add(paid.amount.max(0));
                loss.commission = loss.commission.saturating_add(on_top);
            });
        }
    }
    losses.into_values().collect()
}

/// The event that placed an order, as far as verdicts look at it.
fn order(trade: &Trade) -> Event {
    Event {
        kind: Kind::Order,
        time: EventTime(i64::from(trade.second) * EventTime::SECOND),
        actor: trade.actor,
        subject: trade.subject,
        owner: trade.owner,
        order: trade.order,
        ..Event::default()
    }
}
