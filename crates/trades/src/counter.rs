//! A counter: what one worker sees of trades.

use events::{Event, Key, Kind, ScanStatus};
use features::Keyed;

use crate::opinion::{ANSWERED, MOST_OPINIONS, Opinion};
use crate::passed::Passed;
use crate::payout::Payout;
use crate::place::Place;
use crate::seat::Seat;
use crate::trade::{Review, Trade};
use crate::trip::Trip;
use crate::walk::{WAY, Walk};

/// Orders, and payouts, kept of one account: a table of more says nothing new of it.
pub const MOST_OF_ONE: u32 = 256;

/// The trades of the accounts at home on one worker, in the order of event time, and the parcels that it sees.
#[derive(Clone, Debug, Default)]
pub struct Counter {
    pub(crate) trades: Vec<Trade>,
    pub(crate) payouts: Vec<Payout>,
    pub(crate) passed: Vec<Passed>,
    pub(crate) opinions: Vec<Opinion>,
    pub(crate) trips: Keyed<Trip>,
    /// Where accounts log in.
    pub(crate) seats: Keyed<Seat>,
    /// How often words were searched for.
    pub(crate) words: Keyed<u32>,
    pub(crate) searches: u64,
    pub(crate) views: u64,
    pub(crate) reviews: u64,
    /// Orders and payouts over an account's limit, not kept.
    pub(crate) dropped: u64,
    walks: Keyed<Box<Walk>>,
    /// Orders, and (account, subject) pairs, by the place of their latest trade.
    places: Keyed<u32>,
    kept: Keyed<(u32, u32)>,
    /// Of those who gave stars.
    raters: Keyed<Rater>,
    /// The latest opinion of each (account, subject), and of each (account, owner).
    rated: Keyed<u32>,
}

/// What is known of somebody who gives stars.
#[derive(Clone, Copy, Debug, Default)]
struct Rater {
    /// Opinions kept.
    kept: u32,
    /// The place of the latest.
    latest: u32,
    /// When the account was first seen; 0 while nobody said so.
    first: u32,
}

/// An order of an account's own: others may have one of the same number, at other shops.
fn of_order(actor: Key, order: Key) -> Key {
    pair(actor, order).with(1)
}

fn pair(actor: Key, subject: Key) -> Key {
    actor.with(subject.0)
}

impl Counter {
    /// Takes in an event, with what it says. Events of an account, and of a parcel without an account, come in order.
    pub fn observe(&mut self, event: &Event, text: &str) {
        let second = event.time.seconds().clamp(0, i64::from(u32::MAX)) as u32;
        if event.parcel.is_some() && matches!(event.kind, Kind::Ship | Kind::Scan | Kind::Sign) {
            self.trips.entry(event.parcel).or_default().observe(event, second);
        }
        if event.status == ScanStatus::Overridden && event.counterparty.is_some() {
            self.passed.push(Passed {
                operator: event.counterparty,
                owner: if event.owner.is_some() { event.owner } else { event.subject },
                second,
                amount: event.amount.unwrap_or(0),
                event: event.id,
            });
        }
        if event.actor.is_none() {
            return;
        }
        match event.kind {
            Kind::View if event.subject.is_some() => {
                self.views += 1;
                let walk = self.walks.entry(event.actor).or_default();
                walk.visit(event.subject, second, event.dwell_ms);
            }
            Kind::Search => {
                let words = if text.is_empty() { event.source } else { Key::of(text) };
                if words.is_some() {
                    self.searches += 1;
                    *self.words.entry(words).or_default() += 1;
                    self.walks.entry(event.actor).or_default().search(words, second);
                }
            }
            Kind::Login | Kind::Register => {
                if let Some(place) = Place::of(event.region) {
                    self.seats.entry(event.actor).or_default().add(place);
                }
            }
            Kind::Order if event.subject.is_some() => self.order(event, second),
            Kind::Review => {
                self.reviews += 1;
                self.opinion(event, second);
                if let Some(trade) = self.trade_of(event) {
                    trade.review = Some(Review { second, rating: event.rating });
                }
            }
            Kind::Pay => {
                let (payment, amount) = (event.payment, event.amount.unwrap_or(0));
                if let Some(trade) = self.trade_of(event) {
                    trade.payment = payment;
                    trade.device = if trade.device.is_none() { event.device } else { trade.device };
                    trade.amount = if amount > 0 { amount } else { trade.amount };
                }
            }
            Kind::Refund => {
                if let Some(trade) = self.trade_of(event) {
                    trade.refunded = trade.refunded.saturating_add(event.amount.unwrap_or(0));
                    trade.refunded_at = second;
                }
                if let Some(opinion) = self.opinion_of(event, second) {
                    opinion.answered = opinion.answered.saturating_add(event.amount.unwrap_or(0));
                }
            }
            Kind::Report => {
                if let Some(trade) = self.trade_of(event) {
                    trade.reported = true;
                }
            }
            Kind::Subsidy => {
                if let Some(trade) = self.trade_of(event) {
                    trade.subsidy = trade.subsidy.saturating_add(event.amount.unwrap_or(0));
                }
            }
            Kind::Payout if event.counterparty.is_some() => self.payout(event, second),
            _ => {}
        }
    }

    fn order(&mut self, event: &Event, second: u32) {
        let kept = &mut self.kept.entry(event.actor).or_default().0;
        if *kept == MOST_OF_ONE {
            self.dropped += 1;
            return;
        }
        *kept += 1;
        let walk = self.walks.get(&event.actor);
        let order = if event.order.is_some() { event.order } else { event.id };
        let place = self.trades.len() as u32;
        self.places.insert(of_order(event.actor, order), place);
        self.places.insert(pair(event.actor, event.subject), place);
        self.trades.push(Trade {
            order,
            actor: event.actor,
            subject: event.subject,
            owner: if event.owner.is_some() { event.owner } else { event.subject },
            second,
            amount: event.amount.unwrap_or(0),
            approach: walk.map(|walk| walk.approach(event.subject, second)).unwrap_or_default(),
            payment: event.payment,
            device: event.device,
            address: event.address,
            region: event.region,
            ..Trade::default()
        });
    }

    /// Notes the stars that somebody gave; who gave none said nothing that can be counted.
    fn opinion(&mut self, event: &Event, second: u32) {
        let Some(rating) = event.rating.filter(|rating| rating.is_finite()) else { return };
        if event.subject.is_none() {
            return;
        }
        let rater = self.raters.entry(event.actor).or_default();
        if rater.kept == MOST_OPINIONS {
            self.dropped += 1;
            return;
        }
        let place = self.opinions.len() as u32;
        (rater.kept, rater.latest) = (rater.kept + 1, place);
        let owner = if event.owner.is_some() { event.owner } else { event.subject };
        let order = of_order(event.actor, event.order);
        let by_order = event.order.is_some() && self.places.contains_key(&order);
        let bought = by_order || self.places.contains_key(&pair(event.actor, event.subject));
        self.rated.insert(pair(event.actor, event.subject), place);
        self.rated.insert(pair(event.actor, owner), place);
        self.opinions.push(Opinion {
            subject: event.subject,
            owner,
            actor: event.actor,
            event: event.id,
            second,
            first: second,
            rating,
            bought,
            ..Opinion::default()
        });
    }

    /// The account's latest opinion of the subject or the owner that money comes from, if it is not too long ago.
    fn opinion_of(&mut self, event: &Event, second: u32) -> Option<&mut Opinion> {
        // A payout is who pays it: the platform, or an agency, may name the shop.
        let named = match event.kind {
            Kind::Payout => [event.counterparty, event.subject, event.owner],
            _ => [event.subject, event.counterparty, event.owner],
        };
        let from = named.into_iter().find(|key| key.is_some())?;
        let place = self.rated.get(&pair(event.actor, from)).copied()?;
        let opinion = self.opinions.get_mut(place as usize)?;
        (second.saturating_sub(opinion.second) <= ANSWERED).then_some(opinion)
    }

    /// What a payout answers: an opinion of the payer's own goods, or else somebody else pays for the latest.
    fn answer(&mut self, event: &Event, second: u32) {
        let Some(rater) = self.raters.get(&event.actor).copied() else { return };
        if let Some(opinion) = self.opinion_of(event, second) {
            opinion.answered = opinion.answered.saturating_add(event.amount.unwrap_or(0));
            return;
        }
        let latest = self.opinions.get_mut(rater.latest as usize);
        if let Some(opinion) = latest.filter(|o| second.saturating_sub(o.second) <= ANSWERED) {
            opinion.paid = true;
        }
    }

    /// Takes note of when accounts were first seen; those who gave no stars are passed over.
    pub fn came(&mut self, firsts: impl Iterator<Item = (Key, u32)>) {
        for (account, first) in firsts {
            if let Some(rater) = self.raters.get_mut(&account) {
                rater.first = first;
            }
        }
        for opinion in &mut self.opinions {
            let known = self.raters.get(&opinion.actor).filter(|rater| rater.first > 0);
            opinion.first = known.map_or(opinion.first, |rater| rater.first.min(opinion.first));
        }
    }

    fn payout(&mut self, event: &Event, second: u32) {
        self.answer(event, second);
        let kept = &mut self.kept.entry(event.actor).or_default().1;
        if *kept == MOST_OF_ONE {
            self.dropped += 1;
            return;
        }
        *kept += 1;
        self.payouts.push(Payout {
            payer: event.counterparty,
            actor: event.actor,
            second,
            amount: event.amount.unwrap_or(0),
            order: event.order,
            event: event.id,
        });
    }

    /// The trade that an event of the buyer belongs to: by its order, or the latest of the same subject.
    fn trade_of(&mut self, event: &Event) -> Option<&mut Trade> {
        let order = of_order(event.actor, event.order);
        let by_order = event.order.is_some().then(|| self.places.get(&order)).flatten();
        let place = by_order.or_else(|| self.places.get(&pair(event.actor, event.subject)))?;
        self.trades.get_mut(*place as usize).filter(|trade| trade.actor == event.actor)
    }

    /// Forgets walks that no order can belong to any more: changes nothing in what is found.
    pub fn forget(&mut self, second: u32) {
        self.walks.retain(|_, walk| second.saturating_sub(walk.last) <= WAY);
    }
}
