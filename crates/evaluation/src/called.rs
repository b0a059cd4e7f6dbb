//! What the results call fake, whatever the truth: all that can be said of a set without labels.

use std::path::Path;

use serde::Serialize;

use crate::EvaluationError;
use crate::found::FoundGroups;
use crate::judged::Judged;

/// How many were called what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Tally {
    /// Rows of the table.
    pub all: u64,
    /// Called fake.
    pub fake: u64,
    /// Called suspect.
    pub suspect: u64,
}

/// What the results call fake. A table that is not there is not told of.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Called {
    /// Accounts by verdict.
    pub accounts: Option<Tally>,
    /// Events by verdict.
    pub events: Option<Tally>,
    /// Groups by verdict.
    pub groups: Option<Tally>,
    /// Accounts in at least one group that is called fake or suspect.
    pub accounts_in_groups: Option<u64>,
}

impl Called {
    pub(crate) fn of(
        accounts: Option<&Judged>,
        events: Option<&Judged>,
        groups: Option<&FoundGroups>,
    ) -> Called {
        Called {
            accounts: accounts.map(Judged::tally),
            events: events.map(Judged::tally),
            groups: groups.map(FoundGroups::tally),
            accounts_in_groups: groups.map(FoundGroups::accounts_in_groups),
        }
    }
}

/// Reads a table of results if it is there.
pub(crate) fn read_if_there(path: &Path, name: &str) -> Result<Option<Judged>, EvaluationError> {
    if path.exists() { Judged::read(path, name).map(Some) } else { Ok(None) }
}
