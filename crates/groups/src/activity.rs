//! What accounts left on subjects: the collector that sits at an account's home worker.
//!
//! It keeps a mark in 16 bytes and an account in some tens, so that its memory grows with accounts and with at most
//! [`ActivityLimits::marks`] marks of each. Sittings are counted here because they need every event of the account, not
//! only its marks.

use events::{Event, EventTime, Key, Kind};
use hashbrown::HashMap;
use hashbrown::hash_map::Entry;
use std::hint::black_box;

/// What is kept of one account and one subject.
#[derive(Clone, Copy, Debug)]
pub struct ActivityLimits {
    /// The most marks kept of one account: later ones are counted and not kept. A person does not leave more in the
    /// time that a table covers; a script that does is found by its rate.
    pub marks: u32,
    /// A pause of more than this many microseconds ends a sitting.
    pub pause: i64,
}

impl Default for ActivityLimits {
    fn default() -> Self {
        ActivityLimits { marks: 2048, pause: 30 * EventTime::MINUTE }
    }
}

/// One mark: an account left something on a subject, in one of its sittings. Accounts and subjects are numbers of
/// this collector.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    pub account: u32,
    pub subject: u32,
    /// Seconds since 1970.
    pub time: u32,
    /// The kind in the upper bits, the sitting in the others: a mark stays 16 bytes.
    pub occasion: u32,
}

/// Bits of an occasion that number the sitting.
const SITTING_BITS: u32 = 27;

impl Mark {
    pub fn new(account: u32, subject: u32, time: u32, (sitting, kind): (u32, Kind)) -> Mark {
        let sitting = sitting.min((1 << SITTING_BITS) - 1);
        Mark { account, subject, time, occasion: (kind as u32) << SITTING_BITS | sitting }
    }

    /// Which of its account's sittings; those past 2²⁷ pass for one.
    pub fn sitting(&self) -> u32 {
        self.occasion & ((1 << SITTING_BITS) - 1)
    }

    pub fn kind(&self) -> Kind {
        Kind::from_code((self.occasion >> SITTING_BITS) as u8)
    }
}

/// What is known of an account besides its marks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Actor {
    pub key: Key,
    pub last: EventTime,
    pub sitting: u32,
    pub marks: u32,
    /// The device seen first.
    pub device: Key,
    /// The second of its first event.
    pub first: u32,
    /// Whether the table saw it register.
    pub registered: bool,
}

/// Collects the marks of the accounts that live at one worker. Events of an account must come in event-time order.
#[derive(Debug)]
pub struct Activity {
    limits: ActivityLimits,
    /// Whether a view is a mark: only in a table that has no other.
    views: bool,
    accounts: HashMap<Key, u32>,
    subjects: HashMap<Key, u32>,
    pub(crate) actors: Vec<Actor>,
    /// (subject, who benefits).
    pub(crate) targets: Vec<(Key, Key)>,
    pub(crate) marks: Vec<Mark>,
    /// Orders by the bits of their amounts.
    pub(crate) prices: Prices,
    /// Marks over an account's limit.
    pub dropped: u64,
}

/// How many orders were over amounts of so many bits.
pub(crate) type Prices = [u64; i64::BITS as usize + 1];

impl Activity {
    /// An empty collector. `views` says that the table has no kind of mark but views.
    #[must_use]
    pub fn new(views: bool) -> Activity {
        Activity {
            limits: ActivityLimits::default(),
            views,
            accounts: HashMap::new(),
            subjects: HashMap::new(),
            actors: Vec::new(),
            targets: Vec::new(),
            marks: Vec::new(),
            prices: [0; i64::BITS as usize + 1],
            dropped: 0,
        }
    }

    /// Looks at what is known of the accounts and subjects of some events, side by side, so that it is at hand.
    pub fn glance(&self, events: &[Event]) {
        let actors = events.iter().map(|event| {
            let account = self.accounts.get(&event.actor);
            account.and_then(|&number| self.actors.get(number as usize)).map_or(0, |a| a.sitting)
        });
        black_box(actors.fold(0, u32::wrapping_add));
        let targets = events.iter().map(|event| {
            let subject = self.subjects.get(&event.subject);
            subject.and_then(|&number| self.targets.get(number as usize)).map_or(0, |t| t.1.0)
        });
        black_box(targets.fold(0, u64::wrapping_add));
    }

    /// Takes note of one event, and says the number of its account: accounts are numbered as they come. An event
    /// without an actor leaves no trace here.
    pub fn observe(&mut self, event: &Event) -> Option<u32> {
        if event.actor.is_none() {
            return None;
        }
        let account = match self.accounts.entry(event.actor) {
            Entry::Occupied(found) => *found.get(),
            Entry::Vacant(free) => {
                let number = self.actors.len() as u32;
                self.actors.push(Actor {
                    key: event.actor,
                    last: event.time,
                    sitting: 0,
                    marks: 0,
                    device: Key::NONE,
                    first: second(event.time),
                    registered: false,
                });
                *free.insert(number)
            }
        };
        let actor = &mut self.actors[account as usize];
        if event.time.0 - actor.last.0 > self.limits.pause {
            actor.sitting += 1;
        }
        actor.last = event.time;
        actor.registered |= event.kind == Kind::Register;
        if actor.device.is_none() {
            actor.device = event.device;
        }
        if let (Kind::Order, Some(amount @ 1..)) = (event.kind, event.amount) {
            self.prices[(i64::BITS - amount.leading_zeros()) as usize] += 1;
        }
        let marks = event.kind.is_mark() || (self.views && event.kind == Kind::View);
        if !marks || event.subject.is_none() {
            return Some(account);
        }
        if actor.marks == self.limits.marks {
            self.dropped += 1;
            return Some(account);
        }
        actor.marks += 1;
        let sitting = actor.sitting;
        let subject = match self.subjects.entry(event.subject) {
            Entry::Occupied(found) => *found.get(),
            Entry::Vacant(free) => {
                let number = self.targets.len() as u32;
                self.targets.push((event.subject, event.owner));
                *free.insert(number)
            }
        };
        let owner = &mut self.targets[subject as usize].1;
        // One owner a subject, whatever order the workers saw it in: the greatest key stands.
        *owner = (*owner).max(event.owner);
        let mark = Mark::new(account, subject, second(event.time), (sitting, event.kind));
        self.marks.push(mark);
        Some(account)
    }
}

/// Seconds since 1970, as marks keep them.
fn second(time: EventTime) -> u32 {
    time.seconds().clamp(0, i64::from(u32::MAX)) as u32
}
