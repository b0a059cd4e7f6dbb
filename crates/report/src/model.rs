//! What the page is made of: one run's input, totals and how to repeat it.
//!
//! Plain owned strings and numbers, so that any source of results can fill it; nothing here is resolved, shortened or
//! translated. Lists may be as long as the results are: the page sorts, cuts, and says what it cut.

use serde::Serialize;

use crate::found::{Account, Crowd, Group, Loss, Members, Owner, Point, Subject};

/// A run of the audit, as the page tells it.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Model {
    /// How the run can be repeated.
    pub run: Run,
    /// What was read.
    pub intake: Intake,
    /// The headline numbers.
    pub totals: Totals,
    /// Counted events of each hour, in any order; hours without events may be missing.
    pub timeline: Vec<Hour>,
    /// Subjects with their restored counts.
    pub subjects: Ranked<Subject>,
    /// Sellers and creators.
    pub owners: Ranked<Owner>,
    /// Accounts.
    pub accounts: Ranked<Account>,
    /// The courier's network points.
    pub points: Ranked<Point>,
    /// Who came new, and how many of them are real.
    pub members: Members,
    /// Shops with orders called fake or held, and what these cost.
    pub losses: Ranked<Loss>,
    /// Coordinated groups.
    pub groups: Ranked<Group>,
    /// Crowds that moved together and were found innocent.
    pub cleared: Ranked<Crowd>,
    /// How many findings each detector made: (code, findings).
    pub findings: Vec<(String, u64)>,
}

/// Rows of a result table that may be a part of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Ranked<T> {
    /// The rows, in any order; rows that nothing is said against are left out of the page.
    pub rows: Vec<T>,
    /// How many rows are worth listing in the whole table; fewer than `rows` holds is read as that many.
    pub total: u64,
}

impl<T> Default for Ranked<T> {
    fn default() -> Self {
        Ranked { rows: Vec::new(), total: 0 }
    }
}

/// How to repeat the run.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Run {
    /// What was audited, in the auditor's words or as the name of the input.
    pub title: String,
    /// The command line.
    pub command: String,
    /// The policy's name.
    pub policy: String,
    /// The policy's version.
    pub policy_version: String,
    /// The seed of everything drawn at random.
    pub seed: u64,
    /// Program and library versions: (name, version).
    pub versions: Vec<(String, String)>,
    /// Digest of the input, with the name of the algorithm.
    pub digest: String,
    /// Minutes by which the page's clock is ahead of UTC, within a day.
    pub utc_offset_minutes: i32,
    /// The score from which on a verdict is `suspect`.
    pub suspect_from: f64,
    /// The score from which on a verdict is `fake`.
    pub fake_from: f64,
}

/// What was read and what was turned away.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Intake {
    /// The files, in the order read.
    pub files: Vec<InputFile>,
    /// The mappings that the files were read through.
    pub mappings: Vec<Mapping>,
    /// Contract columns that held nothing in the whole input.
    pub absent: Vec<String>,
    /// Rows read.
    pub rows: u64,
    /// Events made of them, duplicates left out.
    pub events: u64,
    /// Events with an `id` that had been seen.
    pub duplicates: u64,
    /// Rows that could not be read.
    pub rejected: u64,
    /// The first of the rejected rows.
    pub rejections: Vec<Rejection>,
    /// Time of the earliest event, in microseconds since 1970, UTC.
    pub first: Option<i64>,
    /// Time of the latest event.
    pub last: Option<i64>,
    /// Events of each kind.
    pub kinds: Vec<KindCount>,
}

/// An input file.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct InputFile {
    /// Its path as given.
    pub name: String,
    /// The mapping's name.
    pub mapping: String,
    /// Size in bytes.
    pub bytes: u64,
    /// Rows read.
    pub rows: u64,
    /// Rows turned away.
    pub rejected: u64,
}

/// How a table's columns became the contract's.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Mapping {
    /// Its name or file.
    pub name: String,
    /// Why it was taken.
    pub choice: Choice,
    /// (the contract's column, where it comes from).
    pub columns: Vec<(String, String)>,
    /// Columns of the table that it leaves aside.
    pub unused: Vec<String>,
}

/// Why a mapping was taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Choice {
    /// The header of the table fits it.
    #[default]
    Header,
    /// The command line named it.
    Named,
}

/// A row that could not be read.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[allow(missing_docs)] // the contract's columns
pub struct Rejection {
    pub file: String,
    pub row: u64,
    pub column: String,
    pub reason: String,
}

/// Events of a kind.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct KindCount {
    /// The contract's word, or the input's for a kind it does not know.
    pub kind: String,
    /// How many.
    pub events: u64,
    /// Whether the kind moves a count that a platform shows.
    pub counts: bool,
}

/// The headline numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Totals {
    /// Events that would count.
    pub counted: u64,
    /// Of these, events that are not counted.
    pub fake: u64,
    /// Of these, events that are held for a person.
    pub suspect: u64,
    /// Accounts seen.
    pub accounts: u64,
    /// Accounts with verdict fake.
    pub accounts_fake: u64,
    /// Accounts with verdict suspect.
    pub accounts_suspect: u64,
    /// Subjects seen.
    pub subjects: u64,
    /// Owners seen.
    pub owners: u64,
    /// Network points seen.
    pub points: u64,
    /// Groups with verdict fake.
    pub groups_fake: u64,
    /// Groups with verdict suspect.
    pub groups_suspect: u64,
}

/// Counted events of an hour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Hour {
    /// Hours since 1970, UTC.
    pub hour: i64,
    /// All of them.
    pub raw: u64,
    /// Those not counted.
    pub fake: u64,
    /// Those held.
    pub suspect: u64,
}
