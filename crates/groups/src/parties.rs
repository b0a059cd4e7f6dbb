//! Parties: accounts that came together once or twice and had nothing else to do, tied by what they came with.
//!
//! A crew that works again and again meets often enough for the coincidence graph. Accounts that are made for one job, or
//! kept for one, do not: those who were sent into a stream on a rack of devices ([`presence`]), those who came by one link
//! through networks rented for it ([`invited`]). Three looks at the events: which links and devices are worth it, who came
//! by them, and what else those do.

mod invited;
mod links;
mod lives;
mod presence;
mod smallest;
mod visitors;

use crate::group::{Group, Meeting, Member, Test};
use detectors::Class;
use detectors::chance::bits_clustered;
use events::{EventTime, Key};
use features::Keyed;

pub use links::Links;
pub(crate) use links::{channel, link};
use lives::Life;
pub use lives::Lives;
pub use visitors::Visitors;

use presence::Rack;
use visitors::{Stay, Visit};

/// How alike members of a real group are, as the size of a beta distribution: that all do what few others do is a wonder of
/// six to fourteen bits.
const LIKENESS: f64 = 1.0;

/// Bits from which a test speaks.
const SPEAKS: f64 = 3.0;

/// A group, and what of its members' doings is its own.
#[derive(Clone, Debug)]
pub struct Party {
    /// Who, when, where, and what speaks for and against it.
    pub group: Group,
    /// Whether its accounts exist for nothing else.
    pub whole: bool,
    /// At whose things it was, from when to when.
    pub owners: Vec<(Key, (EventTime, EventTime))>,
}

/// What a second look found that is worth a third.
#[derive(Debug)]
pub struct Found {
    visits: Vec<Vec<Visit>>,
    stays: Vec<Vec<Stay>>,
    racks: Vec<Rack>,
}

impl Found {
    /// What visitors showed.
    #[must_use]
    pub fn of(visitors: Visitors) -> Found {
        let (visits, stays) = visitors.settled();
        let racks = presence::racks(&stays);
        Found { visits, stays, racks }
    }

    /// Whether there is nothing to look for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.racks.is_empty() && !self.visits.iter().any(|own| invited::is_tied(own))
    }

    /// Prepares the third look at a table of so many accounts.
    #[must_use]
    pub fn lives(&self, accounts: usize) -> Lives {
        let tied = || self.visits.iter().filter(|own| invited::is_tied(own));
        let guests = tied().flatten().map(|visit| visit.account);
        let racked = self.racks.iter().flat_map(|rack| &rack.stays).map(|stay| stay.0);
        let addresses = tied().flat_map(|own| invited::addresses(own));
        Lives::new(guests.chain(racked), addresses, accounts)
    }

    /// The parties, those on racks of devices first.
    #[must_use]
    pub fn parties(&self, lives: &Lives) -> Vec<Party> {
        let mut parties = presence::parties(&self.racks, &self.stays, lives);
        parties.extend(invited::parties(&self.visits, lives));
        parties
    }
}

/// An event time of some milliseconds.
fn meeting_time(milliseconds: i64) -> EventTime {
    EventTime(milliseconds.saturating_mul(1000))
}

impl Party {
    fn new(
        meetings: Vec<Meeting>,
        owners: Vec<(Key, (EventTime, EventTime))>,
        tests: Vec<Test>,
        whole: bool,
    ) -> Party {
        let bits: f64 = tests.iter().map(|test| test.bits).sum();
        let mut members: Vec<Key> = meetings.iter().map(|meeting| meeting.0).collect();
        members.sort_unstable();
        let members = members.chunk_by(|x, y| x == y);
        let members =
            members.map(|own| Member { account: own[0], bits, jobs: own.len() as u32 }).collect();
        let group = Group::met(members, meetings, tests, 0.0);
        Party { group, whole, owners }
    }
}

/// How many of some show something, and which share of others does.
#[derive(Clone, Copy, Debug)]
struct Told {
    showing: usize,
    known: usize,
    elsewhere: f64,
}

impl Told {
    /// Nothing is told of what less than a share shows.
    fn of_most(self, least: f64) -> Told {
        let few = (self.showing as f64) < least * self.known as f64;
        Told { showing: if few { 0 } else { self.showing }, ..self }
    }

    /// A test of what is told.
    fn test(&self, name: &'static str, class: Class, most: f64) -> Test {
        let bits = bits_clustered(self.showing, self.known, self.elsewhere, LIKENESS);
        Test {
            name,
            class,
            observed: self.showing as f64 / self.known.max(1) as f64,
            expected: self.elsewhere,
            bits: bits.min(most),
        }
    }

    /// What some accounts show against the table's sample without some.
    fn of(
        members: &[Key],
        without: &[Key],
        lives: &Lives,
        shows: impl Fn(&Life) -> Option<bool>,
    ) -> Told {
        let out: Keyed<()> = without.iter().map(|account| (*account, ())).collect();
        let (mut showing, mut known) = (0, 0);
        for shown in members.iter().filter_map(|&member| shows(&lives.of(member))) {
            (showing, known) = (showing + usize::from(shown), known + 1);
        }
        let (others, all) = lives.usual(&out, shows);
        Told { showing, known, elsewhere: (others as f64 + 1.0) / (all as f64 + 2.0) }
    }
}
