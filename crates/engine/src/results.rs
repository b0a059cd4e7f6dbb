//! What a run found: the rows of the contract's result tables.

use detectors::interned::Name;
use detectors::{Class, Code, Finding};
use events::{EventTime, Key, Kind, Span};
use policy::{OwnerVerdict, Verdict};
use serde::{Deserialize, Serialize};

/// All tables but `events.parquet`, which is streamed, each sorted by the text of its key column.
#[derive(Debug, Default)]
#[allow(missing_docs)] // the contract's tables
pub struct Results {
    pub accounts: Vec<AccountResult>,
    pub groups: Vec<GroupResult>,
    /// Communities that were found beyond chance and judged real crowds; numbered 0, named in no table.
    pub crowds: Vec<GroupResult>,
    pub subjects: Vec<SubjectResult>,
    pub owners: Vec<OwnerResult>,
    pub points: Vec<PointResult>,
    pub findings: Vec<Finding>,
    /// What fake orders cost, by shop, in the order of the shops' text.
    pub losses: Vec<Loss>,
    /// Newcomers by when they came, in the order of time.
    pub cohorts: Vec<CohortResult>,
    /// All of them together.
    pub membership: Membership,
    /// The counts of each kind over all subjects, in the order of kinds.
    pub totals: Vec<Total>,
    /// The counted events of each hour, over all subjects and kinds: (hour since 1970, raw, fake, suspect).
    pub timeline: Vec<(i64, u64, u64, u64)>,
}

/// Leaves only the strongest findings, so many at most, in the order of time.
pub fn strongest(findings: &mut Vec<Finding>, most: usize) {
    if findings.len() > most {
        findings.sort_by(|a, b| b.bits.total_cmp(&a.bits));
        findings.truncate(most);
        findings.sort_by_key(|f| (f.time, f.event, f.code, f.entity.kind, f.entity.key));
    }
}

/// The counted events of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Total {
    /// The kind.
    pub metric: Kind,
    /// All.
    pub raw: u64,
    /// The estimate of those that real people made.
    pub genuine: u64,
    /// Its lower bound at 95 %.
    pub low: u64,
    /// Its upper bound at 95 %.
    pub high: u64,
}

/// A row of `accounts.parquet`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)] // the contract's columns
pub struct AccountResult {
    pub account: Key,
    pub score: f32,
    pub verdict: Verdict,
    /// Number of the group, from 1.
    pub group: Option<u32>,
    pub findings: Vec<Code>,
    pub bits: f32,
    /// Events that the account made.
    pub events: u64,
}

/// A row of `groups.parquet` with its rows of `members.parquet`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)] // the contract's columns
pub struct GroupResult {
    /// From 1: what is called fake before what is suspect, each in the order of bits, greatest first.
    pub group: u32,
    /// (account, bits), strongest first.
    pub members: Vec<(Key, f32)>,
    /// (subject, events of the group on it), most first.
    pub subjects: Vec<(Key, u32)>,
    /// Events that the group made together.
    pub events: u64,
    pub first: EventTime,
    pub last: EventTime,
    pub bits: f32,
    /// Bits for each class of evidence that speaks.
    pub classes: Vec<(Class, f32)>,
    pub verdict: Verdict,
    /// Things that members share: (what, which, how many members), most members first.
    pub shared: Vec<(events::EntityKind, Key, u32)>,
    /// (member, subject, time) of what they did together, at most 4,000, in event-time order.
    pub meetings: Vec<(Key, Key, EventTime)>,
    /// The pooled tests behind the classes: name, the group's value, what real people show, bits.
    pub tests: Vec<PooledTest>,
}

/// One pooled test of a group against its own baseline or matched real people.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PooledTest {
    /// A stable name, such as `conversion` or `age`.
    #[serde(deserialize_with = "detectors::interned::name")]
    pub name: Name,
    /// What the group shows.
    pub observed: f64,
    /// What the baseline expects.
    pub expected: f64,
    /// Evidence in bits; negative speaks for innocence.
    pub bits: f32,
}

/// A row of `subjects.parquet`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)] // the contract's columns
pub struct SubjectResult {
    pub subject: Key,
    pub owner: Key,
    pub metric: Kind,
    pub raw: u64,
    pub genuine: u64,
    pub low: u64,
    pub high: u64,
    pub verdict: Verdict,
}

/// A row of `owners.parquet`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)] // the contract's columns
pub struct OwnerResult {
    pub owner: Key,
    pub raw: u64,
    pub genuine: u64,
    pub score: f32,
    pub verdict: OwnerVerdict,
    pub findings: Vec<Code>,
}

/// What a shop's orders that were called fake, or are held, cost and moved, in minor units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Loss {
    /// The shop; the subject where no shop is named.
    pub owner: Key,
    /// Orders called fake.
    pub orders: u64,
    /// Their prices: sales that were none.
    pub turnover: i64,
    /// Subsidies on them: to be kept back or clawed back.
    pub subsidy: i64,
    /// What payers gave back for them.
    pub repaid: i64,
    /// The part of that beyond the price: commissions.
    pub commission: i64,
    /// Orders held for a person.
    pub held_orders: u64,
    /// Subsidies on these.
    pub held_subsidy: i64,
}

/// A row of `cohorts.parquet`: accounts that registered or joined in one stretch of time.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CohortResult {
    /// When the stretch begins, in seconds since 1970, and its days: one, or seven.
    pub begins: u32,
    /// See above.
    pub days: u32,
    /// Accounts that came.
    pub members: u64,
    /// Of these called fake.
    pub fake: u64,
    /// Of these called suspect.
    pub suspect: u64,
    /// Of these called genuine.
    pub genuine: u64,
    /// Who looked, searched or bought within a day.
    pub intent: u64,
    /// Who did nothing at all but log in.
    pub idle: u64,
    /// Who was there for longer than 1, 7 and 30 days before the table ends.
    pub seen: [u64; 3],
    /// Of these, who acted from that age on.
    pub active: [u64; 3],
    /// How many of these the curves of other cohorts' genuine members lead to expect; none without others.
    pub expected: [Option<f64>; 3],
    /// The estimate of the real members.
    pub real: u64,
    /// Its lower bound at 95 %.
    pub low: u64,
    /// Its upper bound at 95 %.
    pub high: u64,
}

/// How many of those who came new are real.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)] // as in `CohortResult`
pub struct Membership {
    pub members: u64,
    pub fake: u64,
    pub suspect: u64,
    pub real: u64,
    pub low: u64,
    pub high: u64,
}

/// A row of `points.parquet`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)] // the contract's columns
pub struct PointResult {
    pub point: Key,
    pub parcels: u64,
    pub score: f32,
    pub verdict: Verdict,
    pub findings: Vec<Code>,
}

/// A row of `events.parquet`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EventResult {
    /// The identifier's text, in the arena handed over with the row.
    pub id: Span,
    /// In [0, 1], from all that the run found.
    pub score: f32,
    /// In [0, 1], from what was known when the event came.
    pub arrival: f32,
    /// What the count uses.
    pub verdict: Verdict,
    /// The group that made it.
    pub group: Option<u32>,
}
