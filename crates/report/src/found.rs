//! What a run found: subjects, owners, accounts, network points, groups and cleared crowds.
//!
//! Names are the input's own text and therefore hostile until the page has escaped them. Only a group among the
//! first [`crate::GROUPS_DRAWN`] by bits is drawn, so only those need their meetings filled in.

use serde::Serialize;

use crate::verdict::{Class, OwnerVerdict, Verdict};

/// A subject and one kind of its events.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[allow(missing_docs)] // the contract's columns
pub struct Subject {
    pub subject: String,
    pub owner: String,
    pub metric: String,
    pub raw: u64,
    pub genuine: u64,
    pub low: u64,
    pub high: u64,
    pub verdict: Verdict,
}

/// A seller or creator.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[allow(missing_docs)] // the contract's columns
pub struct Owner {
    pub owner: String,
    pub raw: u64,
    pub genuine: u64,
    pub score: f64,
    pub verdict: OwnerVerdict,
    pub findings: Vec<String>,
}

/// An account.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[allow(missing_docs)] // the contract's columns
pub struct Account {
    pub account: String,
    pub score: f64,
    pub verdict: Verdict,
    pub group: Option<u32>,
    pub findings: Vec<String>,
    pub bits: f64,
    pub events: u64,
}

/// A network point.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[allow(missing_docs)] // the contract's columns
pub struct Point {
    pub point: String,
    pub parcels: u64,
    pub score: f64,
    pub verdict: Verdict,
    pub findings: Vec<String>,
}

/// What a shop's orders called fake, or held, cost and moved, in hundredths of the currency.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Loss {
    /// The shop.
    pub owner: String,
    /// Orders called fake.
    pub orders: u64,
    /// Their prices.
    pub turnover: i64,
    /// Subsidies on them.
    pub subsidy: i64,
    /// What payers gave back for them.
    pub repaid: i64,
    /// The part of that beyond the price.
    pub commission: i64,
    /// Orders held for a person.
    pub held_orders: u64,
    /// Subsidies on these.
    pub held_subsidy: i64,
}

/// Accounts that came new.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Members {
    /// How many there are.
    pub all: u64,
    /// The estimate of the real ones.
    pub real: u64,
    /// Its lower bound at 95 %.
    pub low: u64,
    /// Its upper bound at 95 %.
    pub high: u64,
    /// By when they came.
    pub cohorts: Vec<Cohort>,
}

/// Accounts that came in one day, or week.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Cohort {
    /// Seconds since 1970 at which it begins.
    pub begins: i64,
    /// Its days.
    pub days: u32,
    /// Accounts that came.
    pub members: u64,
    /// Of these called fake.
    pub fake: u64,
    /// Of these called suspect.
    pub suspect: u64,
    /// Who looked, searched or bought within a day.
    pub intent: u64,
    /// Who came back after 1, 7 and 30 days.
    pub ages: [Age; 3],
    /// The estimate of the real ones.
    pub real: u64,
    /// Its lower bound at 95 %.
    pub low: u64,
    /// Its upper bound at 95 %.
    pub high: u64,
}

/// Members of a cohort who came back from an age on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Age {
    /// Those who were seen that long.
    pub seen: u64,
    /// Of these, those who came back.
    pub active: u64,
    /// How many others' members lead to expect.
    pub expected: Option<f64>,
}

/// A coordinated group.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Group {
    /// Its number in `groups.parquet`.
    pub group: u32,
    /// What is said of it.
    pub verdict: Verdict,
    /// Strength of all evidence together.
    pub bits: f64,
    /// How many accounts it has.
    pub accounts: u64,
    /// How many subjects it met on.
    pub subject_count: u64,
    /// Events that it made together.
    pub events: u64,
    /// Time of its first such event, in microseconds since 1970, UTC.
    pub first: i64,
    /// Time of its last.
    pub last: i64,
    /// Members, as many as are known.
    pub members: Vec<Member>,
    /// Subjects it met on, as many as are known.
    pub subjects: Vec<Target>,
    /// Things that members share.
    pub shared: Vec<Shared>,
    /// Bits for each class of evidence that speaks.
    pub classes: Vec<(Class, f64)>,
    /// The pooled tests behind them.
    pub tests: Vec<Test>,
    /// What members did together, as much as is known.
    pub meetings: Vec<Meeting>,
}

/// A member of a group.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[allow(missing_docs)] // the contract's columns
pub struct Member {
    pub account: String,
    pub bits: f64,
}

/// A subject that a group met on.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Target {
    /// The subject.
    pub subject: String,
    /// Events of the group on it.
    pub events: u64,
}

/// Something that members of a group have in common.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Shared {
    /// The contract's column that it was found in, such as `device` or `ip`.
    pub what: String,
    /// Which one.
    pub which: String,
    /// How many members touched it.
    pub members: u64,
    /// Which of them, as far as known; lines are drawn to these.
    pub accounts: Vec<String>,
}

/// One pooled test of a group.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Test {
    /// Its stable name, such as `conversion`; a name without words of its own is shown as it is.
    pub name: String,
    /// What the group shows.
    pub observed: f64,
    /// What real people show.
    pub expected: f64,
    /// Evidence in bits; negative speaks for innocence.
    pub bits: f64,
}

/// One event of a member on a subject that the group met on.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Meeting {
    /// The member.
    pub account: String,
    /// The subject.
    pub subject: String,
    /// When, in microseconds since 1970, UTC.
    pub time: i64,
}

/// A crowd that acted together and was found innocent.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Crowd {
    /// How many accounts it has.
    pub accounts: u64,
    /// How many events it made together.
    pub events: u64,
    /// Bits of its coincidence before the tests.
    pub bits: f64,
    /// What it met on, most first.
    pub subjects: Vec<String>,
    /// The tests; those with negative bits cleared it.
    pub tests: Vec<Test>,
}
