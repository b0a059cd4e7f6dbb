//! Reach: how many of a community's jobs each of its members could have done.
//!
//! Accounts that are registered for a work, a few every day, can do none of what was done before they were there. Held
//! against all jobs they would look like people of whom some are keen and some hardly come. So an account that the table saw
//! register answers only for jobs that began after it came; those that had begun, done or not, say nothing of it.

use crate::jobs::{Job, Turn};
use crate::ledger::Ledger;

/// What one member did of what it could do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Record {
    /// Jobs that began when it was there.
    pub reach: u32,
    /// How many of them it did.
    pub done: u32,
    /// Jobs that it did though they had begun before it came.
    pub late: u32,
}

impl Record {
    /// The share of what it could do; of nothing, all.
    pub fn share(self) -> f64 {
        if self.reach == 0 { 1.0 } else { f64::from(self.done) / f64::from(self.reach) }
    }
}

/// What it takes to be a member of a community.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Needed {
    /// Jobs, whichever.
    pub jobs: u32,
    /// Share of the jobs in reach.
    pub share: f64,
}

impl Needed {
    /// Jobs in reach that an account of this record had to do.
    pub fn in_reach(self, own: Record) -> u32 {
        let share = (self.share * f64::from(own.reach)).ceil() as u32;
        share.max(self.jobs.saturating_sub(own.late))
    }

    /// Whether it would be a member with one job less.
    pub fn spares(self, own: Record) -> bool {
        own.done > self.in_reach(own)
    }
}

/// The record of each member, in their order.
pub(crate) fn records(
    ledger: &Ledger,
    members: &[u32],
    jobs: &[Job],
    turns: &[Turn],
) -> Vec<Record> {
    let mut begins: Vec<u32> = jobs.iter().map(|job| job.first).collect();
    begins.sort_unstable();
    let since = |member: u32| ledger.since[members[member as usize] as usize];
    let record = |member| {
        let before = begins.partition_point(|begin| *begin < since(member));
        Record { reach: (begins.len() - before) as u32, ..Record::default() }
    };
    let mut records: Vec<Record> = (0..members.len() as u32).map(record).collect();
    for turn in turns {
        let own = &mut records[turn.member as usize];
        match jobs[turn.job as usize].first >= since(turn.member) {
            true => own.done += 1,
            false => own.late += 1,
        }
    }
    records
}
