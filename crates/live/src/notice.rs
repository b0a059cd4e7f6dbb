//! What a live engine tells while it works: decisions as they are made, and what a judgement changed.

use std::sync::Arc;

use detectors::Code;
use engine::Genuine;
use events::{EventTime, Kind};
use policy::Verdict;

use crate::decision::Decision;
use crate::judged::Judged;

/// Hears notices, in their order, from threads of the engine; must not block.
pub type Listener = Arc<dyn Fn(&Notice<'_>) + Send + Sync>;

/// Something to tell.
#[derive(Debug)]
pub enum Notice<'a> {
    /// An event was decided.
    Decided {
        /// The event's number in the log.
        number: u64,
        /// Its id.
        id: &'a str,
        /// When it happened.
        time: EventTime,
        /// What was decided.
        decision: Decision,
    },
    /// A judgement changed the verdict on an account. What it says of the account's events is said by its counts.
    Account(AccountRevision),
    /// A judgement changed a count.
    Count(CountRevision),
    /// A judgement took effect; its revisions were told before.
    Judged(&'a Judged),
}

/// What a judgement changed.
#[derive(Clone, Debug, PartialEq)]
pub enum Revision {
    /// The verdict on an account.
    Account(AccountRevision),
    /// A count.
    Count(CountRevision),
}

impl Revision {
    /// Its number: grows, and is the same after a restart.
    #[must_use]
    pub fn number(&self) -> u64 {
        match self {
            Revision::Account(revision) => revision.number,
            Revision::Count(revision) => revision.number,
        }
    }
}

/// A verdict that changed, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct AccountRevision {
    /// The judgement's number times 2^32, and which of its revisions: grows, and is the same after a restart.
    pub number: u64,
    /// The judgement.
    pub judgement: u32,
    /// The account's text.
    pub account: String,
    /// What it was called.
    pub from: Verdict,
    /// What it is called.
    pub to: Verdict,
    /// In [0, 1], higher = less genuine.
    pub score: f32,
    /// Its group.
    pub group: Option<u32>,
    /// The group's evidence, in bits beyond the policy's prior.
    pub bits: f32,
    /// The classes of evidence behind that, with their bits.
    pub classes: Vec<(&'static str, f32)>,
    /// Detectors that found something of it.
    pub findings: Vec<Code>,
}

/// A count that changed by a judgement, not by events that came.
#[derive(Clone, Debug, PartialEq)]
pub struct CountRevision {
    /// As that of an account, and after those of the same judgement.
    pub number: u64,
    /// The judgement.
    pub judgement: u32,
    /// The subject's text; a number where no judgement names it.
    pub subject: String,
    /// What is counted.
    pub metric: Kind,
    /// All events of those that were judged.
    pub raw: u64,
    /// What was taken for genuine before.
    pub from: Genuine,
    /// What is taken for genuine now.
    pub to: Genuine,
    /// Groups of the judgement that are named by what they did to the subject. Empty where accounts that are called for something
    /// else made the difference: those are told as revisions of accounts.
    pub groups: Vec<u32>,
    /// Detectors that found something of the subject.
    pub findings: Vec<Code>,
}
