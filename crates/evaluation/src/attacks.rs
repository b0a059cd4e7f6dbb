//! Which scheme attacked which subject and owner: the true events joined with the events themselves.
//!
//! The results carry only the identifiers of events. Without the events the evaluation stands, but cannot tell schemes
//! apart among events and counts, nor victims among owners.

use std::path::Path;

use hashbrown::{HashMap, HashSet};

use crate::EvaluationError;
use crate::label::Label;
use crate::names::Names;
use crate::table::Table;
use crate::truth::{AccountTruth, CountTruth, Labels, Truth};

/// Names under which a column of subjects is known.
pub(crate) const SUBJECT: &[&str] = &["subject", "item", "dst", "repository", "media", "shopid"];

/// What the fake events attacked.
#[derive(Clone, Debug, Default)]
pub(crate) struct Attacks {
    pub(crate) kinds: Names,
    /// By the number of the labelled event: its kind.
    pub(crate) kind: Vec<Option<usize>>,
    /// By the number of the labelled event: the scheme of the account that made it.
    pub(crate) scheme: Vec<Option<usize>>,
    /// By the row of the true counts: the schemes that attacked this subject with events of this kind, ascending.
    pub(crate) cells: HashMap<usize, Vec<usize>>,
    owners: HashSet<String>,
}

impl Attacks {
    /// Joins the truth with the table of events. Needs labelled events and accounts.
    pub(crate) fn read(path: &Path, truth: &Truth) -> Result<Option<Attacks>, EvaluationError> {
        let (Some(events), Some(accounts)) = (&truth.events, &truth.accounts) else {
            return Ok(None);
        };
        Attacks::join(path, events, accounts, truth.counts.as_ref()).map(Some)
    }

    /// Whether fake events reached a subject of this owner.
    pub(crate) fn reached(&self, owner: &str) -> bool {
        self.owners.contains(owner)
    }

    fn join(
        path: &Path,
        events: &Labels,
        accounts: &AccountTruth,
        counts: Option<&CountTruth>,
    ) -> Result<Attacks, EvaluationError> {
        let table = Table::open(path)?;
        let mut columns = vec![
            table.require(&["id"])?,
            table.require(&["kind"])?,
            table.require(&["actor"])?,
            table.require(SUBJECT)?,
        ];
        let owner = table.column(&["owner"]);
        columns.extend(owner);
        let mut attacks = Attacks {
            kind: vec![None; events.names.len()],
            scheme: vec![None; events.names.len()],
            ..Attacks::default()
        };
        table.rows(&columns, |row| {
            let Some(event) = row.text(0).and_then(|id| events.names.find(&id)) else {
                return Ok(());
            };
            let Some(kind) = row.text(1) else { return Ok(()) };
            let scheme = row.text(2).and_then(|actor| accounts.scheme_of(&actor));
            attacks.kind[event] = Some(attacks.kinds.intern(&kind));
            attacks.scheme[event] = scheme;
            if events.label[event] != Label::Fake {
                return Ok(());
            }
            let subject = row.text(3);
            let cell = subject.and_then(|subject| counts?.find(&subject, &kind));
            if let (Some(cell), Some(scheme)) = (cell, scheme) {
                let schemes = attacks.cells.entry(cell).or_default();
                if let Err(at) = schemes.binary_search(&scheme) {
                    schemes.insert(at, scheme);
                }
            }
            if let Some(owner) = owner.and_then(|_| row.text(4)) {
                attacks.owners.insert(owner.into_owned());
            }
            Ok(())
        })?;
        Ok(attacks)
    }
}
