//! The known truth, as the tables of a labelled folder tell it.
//!
//! Any table may be missing; what it would judge is left out of the evaluation. A simulated market has one table per
//! thing; a labelled public set has a table of names and labels, which is for accounts if it names accounts and for
//! events if it names events.

mod counts;
mod folder;
mod labels;

use std::path::PathBuf;

pub(crate) use counts::{CountTruth, CountTruthRow};

use crate::label::Label;
use crate::names::Names;

/// Labelled names: accounts, events, owners or points.
#[derive(Clone, Debug, Default)]
pub(crate) struct Labels {
    pub(crate) path: PathBuf,
    pub(crate) names: Names,
    /// By the name's number.
    pub(crate) label: Vec<Label>,
}

/// What is known of accounts.
#[derive(Clone, Debug, Default)]
pub(crate) struct AccountTruth {
    pub(crate) labels: Labels,
    pub(crate) schemes: Names,
    /// The abuse scheme of each account.
    pub(crate) scheme: Vec<Option<usize>>,
    pub(crate) populations: Names,
    /// The natural crowds that each account belongs to.
    pub(crate) population: Vec<Vec<usize>>,
}

/// Who belongs to which group, true or found.
#[derive(Clone, Debug, Default)]
pub(crate) struct Memberships {
    pub(crate) groups: Names,
    pub(crate) accounts: Names,
    /// By the account's number: its groups, ascending.
    pub(crate) of: Vec<Vec<usize>>,
}

impl Memberships {
    /// Adds one membership; a second time changes nothing.
    pub(crate) fn add(&mut self, group: &str, account: &str) {
        let group = self.groups.intern(group);
        let account = self.accounts.intern(account);
        self.of.resize(self.of.len().max(account + 1), Vec::new());
        if let Err(at) = self.of[account].binary_search(&group) {
            self.of[account].insert(at, group);
        }
    }

    /// The members of each group, by the group's number.
    pub(crate) fn members(&self) -> Vec<Vec<usize>> {
        let mut members = vec![Vec::new(); self.groups.len()];
        for (account, groups) in self.of.iter().enumerate() {
            for &group in groups {
                members[group].push(account);
            }
        }
        members
    }
}

/// All that is known.
#[derive(Clone, Debug, Default)]
pub(crate) struct Truth {
    pub(crate) accounts: Option<AccountTruth>,
    pub(crate) events: Option<Labels>,
    pub(crate) groups: Option<Memberships>,
    pub(crate) counts: Option<CountTruth>,
    /// Who bought is labelled fake.
    pub(crate) owners: Option<Labels>,
    /// Who colludes is labelled fake.
    pub(crate) points: Option<Labels>,
    /// The contract's events, where the folder holds them.
    pub(crate) source: Option<PathBuf>,
}
