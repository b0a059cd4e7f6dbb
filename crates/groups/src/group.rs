//! Groups: who acted together, on what, and what speaks for and against them.

use crate::ledger::Ledger;
use detectors::Class;
use events::{EventTime, Key};

/// One pooled test of a community.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Test {
    /// A stable name.
    pub name: &'static str,
    /// The class of evidence it belongs to.
    pub class: Class,
    /// What the community shows.
    pub observed: f64,
    /// What a real crowd shows.
    pub expected: f64,
    /// For a crew (positive) or for a crowd (negative).
    pub bits: f64,
}

/// A member of a group.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Member {
    /// Which account.
    pub account: Key,
    /// Surprise of what it did with the others.
    pub bits: f64,
    /// How many of the jobs it did.
    pub jobs: u32,
}

/// What was done together: (account, subject, time).
pub(crate) type Meeting = (Key, Key, EventTime);

/// What was worked on: (subject, members that worked on it, first, last).
pub(crate) type Work = (Key, u32, EventTime, EventTime);

/// Accounts that act together, with what speaks for and against them.
#[derive(Clone, Debug)]
pub struct Group {
    /// Strongest first.
    pub members: Vec<Member>,
    /// (subject, members that worked on it, first, last), most members first.
    pub jobs: Vec<(Key, u32, EventTime, EventTime)>,
    /// What was done together: (account, subject, time), in time order.
    pub meetings: Vec<(Key, Key, EventTime)>,
    /// Every test that had something to go by.
    pub tests: Vec<Test>,
    /// Bits of the jobs beyond the cost of naming the group.
    pub surplus: f64,
    /// Devices that more than one member uses: (device, members), most first.
    pub devices: Vec<(Key, u32)>,
}

impl Group {
    /// A group in the order in which results name things; no devices.
    pub(crate) fn new(
        mut members: Vec<Member>,
        mut jobs: Vec<Work>,
        mut meetings: Vec<Meeting>,
        tests: Vec<Test>,
        surplus: f64,
    ) -> Group {
        strongest_first(&mut members);
        jobs.sort_by(|x, y| y.1.cmp(&x.1).then(x.0.cmp(&y.0)).then(x.2.cmp(&y.2)));
        in_time(&mut meetings);
        Group { members, jobs, meetings, tests, surplus, devices: Vec::new() }
    }

    /// A group that worked on whatever it met at, each meeting a member's.
    pub(crate) fn met(
        members: Vec<Member>,
        meetings: Vec<Meeting>,
        tests: Vec<Test>,
        surplus: f64,
    ) -> Group {
        let mut at: Vec<(Key, EventTime)> = meetings.iter().map(|m| (m.1, m.2)).collect();
        at.sort_unstable();
        let jobs = at.chunk_by(|x, y| x.0 == y.0);
        let jobs = jobs.map(|job| (job[0].0, job.len() as u32, job[0].1, job[job.len() - 1].1));
        Group::new(members, jobs.collect(), meetings, tests, surplus)
    }

    /// Bits for a crew, by class, in the order of classes.
    #[must_use]
    pub fn classes(&self) -> Vec<(Class, f64)> {
        let mut classes: Vec<(Class, f64)> = Vec::new();
        for test in &self.tests {
            match classes.iter_mut().find(|entry| entry.0 == test.class) {
                Some(entry) => entry.1 += test.bits,
                None => classes.push((test.class, test.bits)),
            }
        }
        classes.sort_by_key(|entry| entry.0);
        classes
    }
}

/// Members by what they did with the others.
pub(crate) fn strongest_first(members: &mut [Member]) {
    members.sort_by(|x, y| y.bits.total_cmp(&x.bits).then(x.account.cmp(&y.account)));
}

/// Meetings by their time.
pub(crate) fn in_time(meetings: &mut [Meeting]) {
    meetings.sort_by_key(|meeting| (meeting.2, meeting.0, meeting.1));
}

/// Accounts of a ledger with their bits, as members that did so many jobs each.
pub(crate) fn named(ledger: &Ledger, accounts: &[(u32, f64)], done: Vec<u32>) -> Vec<Member> {
    let named = |(&(account, bits), jobs): (&(u32, f64), u32)| Member {
        account: ledger.accounts[account as usize],
        bits,
        jobs,
    };
    accounts.iter().zip(done).map(named).collect()
}
