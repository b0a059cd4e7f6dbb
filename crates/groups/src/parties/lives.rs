//! Lives: what some accounts do with the whole of their time, and who else uses some addresses. The third look.
//!
//! Of the accounts of the table a bounded sample says what is usual. Extremes, flags and sets of the smallest keys, so that
//! neither the order of events nor which worker saw them shows.

use super::smallest::Smallest;
use events::{Event, Key, Kind};
use features::Keyed;

/// About how many accounts are enough to say what people at large do.
const PEOPLE: usize = 8_192;
/// (account, day) pairs kept of one address.
const OF_ADDRESS: usize = 256;
/// A day, in seconds.
pub(crate) const DAY: u32 = 86_400;

/// What is known of one account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Life {
    /// Seconds: when it signed up; `u32::MAX` if that was not seen.
    pub signed_up: u32,
    /// Seconds: its last act.
    pub last: u32,
    /// What it did with subjects.
    pub acts: u32,
    /// Whether it left a mark on anything, or took, bought or searched for something.
    pub marked: bool,
    /// The greatest owner that it had to do with, and whether there was another.
    owner: Key,
    pub several: bool,
    /// The first subject it looked at, with the second.
    pub first: (u32, Key),
}

impl Default for Life {
    fn default() -> Life {
        Life {
            signed_up: u32::MAX,
            last: 0,
            acts: 0,
            marked: false,
            owner: Key::NONE,
            several: false,
            first: (u32::MAX, Key::NONE),
        }
    }
}

impl Life {
    fn observe(&mut self, event: &Event) {
        let second = event.time.seconds().clamp(0, i64::from(u32::MAX)) as u32;
        self.last = self.last.max(second);
        if matches!(event.kind, Kind::Register | Kind::Join) {
            self.signed_up = self.signed_up.min(second);
            return;
        }
        self.marked |= event.kind.is_mark()
            || matches!(event.kind, Kind::Coupon | Kind::Cart | Kind::Order | Kind::Pay)
            || matches!(event.kind, Kind::Search | Kind::Tip);
        if event.subject.is_none() {
            return;
        }
        self.acts = self.acts.saturating_add(1);
        self.first = self.first.min((second, event.subject));
        self.meet(if event.owner.is_some() { event.owner } else { event.subject });
    }

    fn meet(&mut self, owner: Key) {
        self.several |= self.owner.is_some() && owner.is_some() && owner != self.owner;
        self.owner = self.owner.max(owner);
    }

    fn join(&mut self, other: &Life) {
        self.signed_up = self.signed_up.min(other.signed_up);
        self.last = self.last.max(other.last);
        self.acts = self.acts.saturating_add(other.acts);
        self.marked |= other.marked;
        self.several |= other.several;
        self.meet(other.owner);
        self.first = self.first.min(other.first);
    }

    /// Whether it signed up, left no mark on anything and was gone within two days; none where that is not known, since it
    /// was there before or the table ends too soon.
    pub fn is_gone(&self, end: u32) -> Option<bool> {
        let since = |second: u32| second.saturating_sub(self.signed_up);
        let known = self.signed_up != u32::MAX && since(end) >= 3 * DAY;
        known.then(|| !self.marked && since(self.last) < 2 * DAY)
    }

    /// Whether it had to do with one owner only; none where it did one thing only.
    pub fn has_one_owner(&self) -> Option<bool> {
        (self.acts > 1).then_some(!self.several)
    }
}

/// What the third look collects; one a worker, joined by [`Lives::join`].
#[derive(Clone, Debug)]
pub struct Lives {
    lives: Keyed<Life>,
    watched: Keyed<()>,
    /// One account in this many, by key, is in the sample.
    sample: u64,
    /// By address: who used it on which day.
    addresses: Keyed<Smallest<(Key, u32)>>,
    /// The second of the last event.
    pub(crate) end: u32,
}

impl Lives {
    /// Prepares to watch accounts and addresses in a table of so many accounts.
    pub(crate) fn new(
        accounts: impl Iterator<Item = Key>,
        addresses: impl Iterator<Item = Key>,
        all: usize,
    ) -> Lives {
        Lives {
            lives: Keyed::default(),
            watched: accounts.map(|account| (account, ())).collect(),
            sample: (all / PEOPLE).max(1) as u64,
            addresses: addresses.map(|address| (address, Smallest::new(OF_ADDRESS))).collect(),
            end: 0,
        }
    }

    fn is_sampled(&self, account: Key) -> bool {
        account.0.is_multiple_of(self.sample)
    }

    /// Takes note of one event.
    pub fn observe(&mut self, event: &Event) {
        let second = event.time.seconds().clamp(0, i64::from(u32::MAX)) as u32;
        self.end = self.end.max(second);
        if event.actor.is_none() {
            return;
        }
        if self.is_sampled(event.actor) || self.watched.contains_key(&event.actor) {
            self.lives.entry(event.actor).or_default().observe(event);
        }
        if let Some(users) = self.addresses.get_mut(&event.ip) {
            let day = second / DAY;
            users.push(event.actor.with(u64::from(day)), (event.actor, day));
        }
    }

    /// Joins what another worker saw.
    pub fn join(&mut self, other: Lives) {
        self.end = self.end.max(other.end);
        for (account, theirs) in other.lives {
            self.lives.entry(account).or_default().join(&theirs);
        }
        for (address, theirs) in other.addresses {
            if let Some(mine) = self.addresses.get_mut(&address) {
                mine.join(theirs);
            }
        }
    }

    /// What is known of an account.
    pub(crate) fn of(&self, account: Key) -> Life {
        self.lives.get(&account).copied().unwrap_or_default()
    }

    /// Who used an address on which day, in the order of some hash.
    pub(crate) fn users(&self, address: Key) -> Vec<(Key, u32)> {
        let users = self.addresses.get(&address).cloned().map(Smallest::settled);
        users.unwrap_or_default().into_iter().map(|entry| entry.1).collect()
    }

    /// Of the sample without some accounts: who shows something, and of whom it is known.
    pub(crate) fn usual(
        &self,
        without: &Keyed<()>,
        shows: impl Fn(&Life) -> Option<bool>,
    ) -> (usize, usize) {
        let mut sums = (0, 0);
        // Whole-number sums: the order of a hash table does not show.
        #[allow(clippy::iter_over_hash_type)]
        for (account, life) in &self.lives {
            if !self.is_sampled(*account) || without.contains_key(account) {
                continue;
            }
            if let Some(shown) = shows(life) {
                sums = (sums.0 + usize::from(shown), sums.1 + 1);
            }
        }
        sums
    }
}
