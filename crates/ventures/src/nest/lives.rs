//! Lives: what a buyer does with an account, as far as a nest's purpose shows in it.

use detectors::Code;
use detectors::mem01::Member;
use events::Key;
use features::Keyed;
use trades::{Book, Trade};

use super::homes::Home;

/// A day, in seconds: who comes to shop looks around for longer, or comes again.
const DAY: u32 = 86_400;
/// Orders that came back after they had been signed for, or went in and out at one point, from which an account lives off it.
const AGAIN: usize = 2;
/// Share of a price, in tenths, that has come back when an order has: price protection and what is broken come to less.
const BACK: i64 = 5;

/// A way of living off a platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Life {
    /// Signed up, ordered once within a day, and never looked again.
    Once,
    /// Had at least half of its orders paid back after they were signed for, twice and at two shops at least.
    Returns,
    /// At least half of its parcels were signed for at the point that took them in.
    HandedBack,
}

impl Life {
    pub(crate) const ALL: [Life; 3] = [Life::Once, Life::Returns, Life::HandedBack];

    /// The detector that tells of it.
    pub(crate) fn code(self) -> Code {
        match self {
            Life::Once => Code::Mem04,
            Life::Returns => Code::Pay04,
            Life::HandedBack => Code::Log05,
        }
    }
}

/// What is known of all accounts' lives.
pub(crate) struct Lives<'a> {
    book: &'a Book,
    newcomers: Keyed<&'a Member>,
    /// The second of the table's last event.
    last: u32,
}

impl<'a> Lives<'a> {
    pub(crate) fn new(book: &'a Book, members: &'a [Member], last: u32) -> Lives<'a> {
        let newcomers = members.iter().map(|member| (member.account, member)).collect();
        Lives { book, newcomers, last }
    }

    /// Whether a buyer lives so; none where that cannot be said of it yet.
    pub(crate) fn lives(&self, home: &Home, life: Life) -> Option<bool> {
        match life {
            Life::Once => self.once(home),
            Life::Returns => {
                let signed = self.trades(home).filter(|trade| self.signed(trade).is_some());
                let (all, back): (usize, Vec<Key>) = signed.fold((0, Vec::new()), |mut sum, t| {
                    sum.0 += 1;
                    sum.1.extend(self.came_back(t).then_some(t.owner));
                    sum
                });
                let shops = back.iter().any(|owner| *owner != back[0]);
                (all >= AGAIN).then_some(back.len() >= AGAIN && back.len() * 2 >= all && shops)
            }
            Life::HandedBack => {
                let trips = self.trades(home).filter_map(|trade| self.book.trip(trade));
                let known: Vec<bool> = trips.filter_map(trades::Trip::is_handed_back).collect();
                let shown = known.iter().filter(|shown| **shown).count();
                (known.len() >= AGAIN).then_some(shown >= AGAIN && shown * 2 >= known.len())
            }
        }
    }

    /// The places of the orders that such a life consists of.
    pub(crate) fn orders(&self, home: &Home, life: Life) -> Vec<u32> {
        let of = |trade: &Trade| match life {
            Life::Once => true,
            Life::Returns => self.came_back(trade),
            Life::HandedBack => {
                self.book.trip(trade).and_then(|t| t.is_handed_back()) == Some(true)
            }
        };
        home.trades.iter().copied().filter(|&at| of(&self.book.trades[at as usize])).collect()
    }

    /// The second of the last order of some.
    pub(crate) fn last_of<'b>(&self, homes: impl Iterator<Item = &'b Home>) -> u32 {
        let latest = homes.filter_map(|home| home.trades.last());
        latest.map(|&place| self.book.trades[place as usize].second).max().unwrap_or(0)
    }

    fn trades(&self, home: &Home) -> impl Iterator<Item = &Trade> {
        home.trades.iter().map(|&place| &self.book.trades[place as usize])
    }

    /// Of who was there before the table, and of who came on its last day, nothing is known: the former are customers.
    fn once(&self, home: &Home) -> Option<bool> {
        let Some(member) = self.newcomers.get(&home.account) else { return Some(false) };
        if self.last.saturating_sub(member.second) < 2 * DAY {
            return None;
        }
        let left = member.last_look.is_none_or(|seconds| seconds < DAY);
        Some(home.trades.len() == 1 && left)
    }

    fn signed(&self, trade: &Trade) -> Option<u32> {
        self.book.trip(trade).map(|trip| trip.signed).filter(|&second| second != 0)
    }

    fn came_back(&self, trade: &Trade) -> bool {
        let after = self.signed(trade).is_some_and(|second| trade.refunded_at > second);
        after && trade.amount > 0 && trade.refunded.saturating_mul(10) >= trade.amount * BACK
    }
}
