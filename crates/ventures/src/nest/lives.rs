//! Lives: what a buyer does with an account, as far as a nest's purpose shows in it.

use detectors::Code;
use detectors::mem01::Member;
use features::Keyed;
use trades::{Book, Trade};

use super::homes::Home;

/// A day, in seconds: who comes to shop looks around for longer, or comes again.
const DAY: u32 = 86_400;
/// Whoever comes again mostly does so within three days after the first.
const HORIZON: u32 = 4 * DAY;
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

    /// The least share of a nest that lives so. Accounts made for one order are all alike; a ring's are also used otherwise.
    pub(crate) fn least(self) -> f64 {
        match self {
            Life::Once => 0.75,
            Life::Returns | Life::HandedBack => 0.5,
        }
    }

    /// The detector that tells of it.
    pub(crate) fn code(self) -> Code {
        match self {
            Life::Once => Code::Mem04,
            Life::Returns => Code::Pay05,
            Life::HandedBack => Code::Log05,
        }
    }
}

/// Whether a newcomer has ordered once and not looked since its first day.
fn left(member: &Member, home: &Home) -> bool {
    home.trades.len() == 1 && member.last_look.is_none_or(|seconds| seconds < DAY)
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
        if life == Life::Once {
            return self.once(home);
        }
        let (shown, known) = self.shown(home, life);
        let shops = life != Life::Returns || self.shops(home) > 1;
        (known >= AGAIN).then_some(shown >= AGAIN && shown * 2 >= known && shops)
    }

    /// Whether what is known of a buyer fits such a life, though it may be too little to call it one.
    pub(crate) fn fits(&self, home: &Home, life: Life) -> bool {
        if life == Life::Once {
            return self.newcomers.get(&home.account).is_some_and(|member| left(member, home));
        }
        let (shown, known) = self.shown(home, life);
        shown > 0 && shown * 2 >= known
    }

    /// Orders that show such a life, and those of which it is known.
    fn shown(&self, home: &Home, life: Life) -> (usize, usize) {
        let known = self.trades(home).filter_map(|trade| self.shows(trade, life));
        known.fold((0, 0), |sum, shown| (sum.0 + usize::from(shown), sum.1 + 1))
    }

    fn shows(&self, trade: &Trade, life: Life) -> Option<bool> {
        match life {
            Life::Once => Some(true),
            Life::Returns => self.signed(trade).map(|_| self.came_back(trade)),
            Life::HandedBack => self.book.trip(trade).and_then(trades::Trip::is_handed_back),
        }
    }

    /// Shops to which a buyer sent something back, two at most.
    fn shops(&self, home: &Home) -> usize {
        let mut owners = self.trades(home).filter(|trade| self.came_back(trade)).map(|t| t.owner);
        let first = owners.next();
        usize::from(first.is_some()) + usize::from(owners.any(|owner| Some(owner) != first))
    }

    /// The places of the orders that such a life consists of.
    pub(crate) fn orders(&self, home: &Home, life: Life) -> Vec<u32> {
        let of = |trade: &Trade| self.shows(trade, life) == Some(true);
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

    /// Of who came shortly before the table's end nothing is known yet; who was there before it is a customer.
    fn once(&self, home: &Home) -> Option<bool> {
        let seen = |member: &Member| self.last.saturating_sub(member.second) >= HORIZON;
        let newcomer = self.newcomers.get(&home.account).copied();
        let known = newcomer.is_none_or(seen);
        known.then(|| newcomer.is_some_and(|member| left(member, home)))
    }

    fn signed(&self, trade: &Trade) -> Option<u32> {
        self.book.trip(trade).map(|trip| trip.signed).filter(|&second| second != 0)
    }

    fn came_back(&self, trade: &Trade) -> bool {
        let after = self.signed(trade).is_some_and(|second| trade.refunded_at > second);
        after && trade.amount > 0 && trade.refunded.saturating_mul(10) >= trade.amount * BACK
    }
}
