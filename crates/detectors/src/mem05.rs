//! MEM05 accounts made for an errand: newcomers who do one thing for one owner, or join him, within an hour of signing up, and are gone.
//!
//! No such account meets another often enough to be tied to it, and each has a device, a number and an address of its own. What they
//! have in common is that none of them comes back: of real people who come for something, whatever it is, some stay. So the
//! newcomers that each owner drew are held against those of other owners, and against who signed up in the same days. See
//! docs/detectors/MEM05-accounts-made-for-an-errand.md.

mod cohort;
mod shown;

use events::{Event, Key, Kind};

pub(crate) use cohort::found;
pub use cohort::score;
pub use shown::{Shown, derive};

/// Seconds from signing up in which what an account does is what it came for.
const HOUR: u32 = 3_600;
/// Seconds from signing up after which an act is a coming back.
const DAY: u32 = 86_400;
/// Whoever comes back mostly does so within three days: younger accounts say nothing.
const KNOWN: u32 = 3 * DAY;
/// Owners of one account's errands that are kept.
const PLACES: usize = 8;
/// The word for an entry by a link that somebody passed on.
const SHARE: &str = "share";

/// The channel by which links come.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Share(Key);

impl Default for Share {
    fn default() -> Share {
        Share(Key::of(SHARE))
    }
}

/// What a newcomer came for: 128 bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Errand {
    account: Key,
    event: Key,
    device: Key,
    agent: Key,
    /// Seconds since 1970 of its signing up.
    second: u32,
    /// Seconds from then to its first errand, and to its latest act of its own will.
    lag: u32,
    latest: u32,
    /// The owners for whom it left a mark, whom it joined or from whom it ordered within an hour, or the subjects that have none.
    places: [Key; PLACES],
    count: u8,
    /// Bit by bit, which of them are subjects.
    subjects: u8,
    /// Whether it came by a link that somebody passed on: friends who were asked come for one thing, too.
    invited: bool,
    /// The first owner that it had to do with, and whether there was another.
    owner: Key,
    several: bool,
}

impl Errand {
    pub(crate) fn new(event: &Event, second: u32, share: Share) -> Errand {
        Errand {
            account: event.actor,
            event: event.id,
            device: event.device,
            agent: event.agent,
            second,
            lag: u32::MAX,
            latest: 0,
            places: [Key::NONE; PLACES],
            count: 0,
            subjects: 0,
            invited: event.channel == share.0,
            owner: Key::NONE,
            several: false,
        }
    }

    /// Takes a later event of the account, so many seconds after it signed up.
    pub(crate) fn observe(&mut self, event: &Event, since: u32, share: Share) {
        let place = if event.owner.is_some() { event.owner } else { event.subject };
        let first_hour = since <= HOUR;
        self.invited |= first_hour && event.channel == share.0;
        match event.kind {
            Kind::Register | Kind::Login => {
                let fill = |mine: &mut Key, theirs: Key| {
                    *mine = if mine.is_none() { theirs } else { *mine };
                };
                fill(&mut self.device, event.device);
                fill(&mut self.agent, event.agent);
                return;
            }
            // What others do with its parcels and its money, and what goes with an order, is no coming back.
            Kind::Pay | Kind::Ship | Kind::Scan | Kind::Sign | Kind::Refund | Kind::Payout => {
                return;
            }
            Kind::Review if self.is_for(place) => return,
            Kind::Join if first_hour => {}
            _ => self.latest = self.latest.max(since),
        }
        if place.is_none() {
            return;
        }
        if self.owner.is_none() {
            self.owner = place;
        }
        self.several |= self.owner != place;
        let does = event.kind.is_mark() || event.kind == Kind::Coupon;
        if does && first_hour {
            self.lag = self.lag.min(since);
            self.add(place, event.owner.is_none());
        }
    }

    fn add(&mut self, place: Key, is_subject: bool) {
        let count = usize::from(self.count);
        if count < PLACES && !self.is_for(place) {
            self.places[count] = place;
            self.subjects |= u8::from(is_subject) << count;
            self.count += 1;
        }
    }

    fn places(&self) -> &[Key] {
        &self.places[..usize::from(self.count)]
    }

    fn is_for(&self, place: Key) -> bool {
        self.places().contains(&place)
    }

    /// Whether it says anything of what people come for.
    fn is_told(&self) -> bool {
        self.count > 0 && !self.invited
    }

    /// Whether it has been seen for long enough to tell who comes back.
    fn is_known(&self, last: u32) -> bool {
        last.saturating_sub(self.second) >= KNOWN
    }

    /// Whether it did nothing of its own will after its first day.
    fn is_gone(&self) -> bool {
        self.latest < DAY
    }

    /// Whether that was with one owner only.
    fn did_nothing_else(&self) -> bool {
        self.is_gone() && !self.several
    }
}

#[cfg(test)]
mod tests;
