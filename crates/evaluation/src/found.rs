//! The groups that the results claim.

use std::path::Path;

use crate::EvaluationError;
use crate::called::Tally;
use crate::label::Verdict;
use crate::table::Table;
use crate::truth::Memberships;

/// The groups of `groups.parquet` and `members.parquet`.
#[derive(Clone, Debug, Default)]
pub(crate) struct FoundGroups {
    pub(crate) members: Memberships,
    /// By the group's number.
    pub(crate) verdict: Vec<Verdict>,
}

impl FoundGroups {
    /// Reads both tables. A member of a group that `groups.parquet` does not have is an error.
    pub(crate) fn read(folder: &Path) -> Result<FoundGroups, EvaluationError> {
        let mut found = FoundGroups::default();
        let table = Table::open(&folder.join("groups.parquet"))?;
        let columns = [table.require(&["group"])?, table.require(&["verdict"])?];
        table.rows(&columns, |row| {
            let name = row.name(0)?;
            if found.members.groups.intern(&name) < found.verdict.len() {
                return Err(row.wrong(0, format!("`{name}` comes twice")));
            }
            let word = row.name(1)?;
            found.verdict.push(
                Verdict::parse(&word).ok_or_else(|| {
                    row.wrong(1, format!("`{word}` is none of {}", Verdict::WORDS))
                })?,
            );
            Ok(())
        })?;
        let table = Table::open(&folder.join("members.parquet"))?;
        let columns = [table.require(&["group"])?, table.require(&["account"])?];
        table.rows(&columns, |row| {
            let group = row.name(0)?;
            if found.members.groups.find(&group).is_none() {
                return Err(row.wrong(0, format!("`{group}` is not in groups.parquet")));
            }
            found.members.add(&group, &row.name(1)?);
            Ok(())
        })?;
        Ok(found)
    }

    /// Only the groups with this verdict or a worse one.
    pub(crate) fn at_least(&self, verdict: Verdict) -> Memberships {
        let mut members = self.members.clone();
        for groups in &mut members.of {
            groups.retain(|&g| self.verdict[g] >= verdict);
        }
        members
    }

    pub(crate) fn tally(&self) -> Tally {
        let of = |v| self.verdict.iter().filter(|x| **x == v).count() as u64;
        Tally {
            all: self.verdict.len() as u64,
            fake: of(Verdict::Fake),
            suspect: of(Verdict::Suspect),
        }
    }

    pub(crate) fn accounts_in_groups(&self) -> u64 {
        let claimed =
            |groups: &&Vec<usize>| groups.iter().any(|&g| self.verdict[g] >= Verdict::Suspect);
        self.members.of.iter().filter(claimed).count() as u64
    }
}
