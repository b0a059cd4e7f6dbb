//! Which scheme attacked which subject and owner: the true events joined with the events themselves.
//!
//! The results carry only the identifiers of events. Without the events the evaluation stands, but cannot tell schemes
//! apart among events and counts, nor victims among owners.

use std::path::Path;

use hashbrown::HashMap;

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
    pub(crate) owners: Names,
    /// By the owner's number.
    pub(crate) reach: Vec<Reach>,
}

/// What came to the subjects of one owner.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Reach {
    /// Fake events came, whoever made them.
    pub(crate) fakes: bool,
    /// The schemes whose accounts made them, ascending.
    pub(crate) by: Vec<usize>,
    /// The schemes whose fake accounts came as a cover, ascending.
    pub(crate) covered_by: Vec<usize>,
}

impl Attacks {
    /// Joins the truth with the table of events. Needs labelled events and accounts.
    pub(crate) fn read(path: &Path, truth: &Truth) -> Result<Option<Attacks>, EvaluationError> {
        let (Some(events), Some(accounts)) = (&truth.events, &truth.accounts) else {
            return Ok(None);
        };
        Attacks::join(path, events, accounts, truth.counts.as_ref()).map(Some)
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
            let fake = events.label[event] == Label::Fake;
            let cover = events.label[event] == Label::Gray
                && row.text(2).is_some_and(|a| accounts.label_of(&a) == Some(Label::Fake));
            if let Some(name) = owner.and_then(|_| row.text(4)).filter(|_| fake || cover) {
                attacks.reach(&name, scheme, fake);
            }
            if !fake {
                return Ok(());
            }
            let subject = row.text(3);
            let cell = subject.and_then(|subject| counts?.find(&subject, &kind));
            if let (Some(cell), Some(scheme)) = (cell, scheme) {
                add(attacks.cells.entry(cell).or_default(), scheme);
            }
            Ok(())
        })?;
        Ok(attacks)
    }

    /// Notes a fake event, or one that a fake account made as a cover, on a subject of this owner.
    fn reach(&mut self, owner: &str, scheme: Option<usize>, fake: bool) {
        let number = self.owners.intern(owner);
        self.reach.resize(self.owners.len(), Reach::default());
        let reach = &mut self.reach[number];
        reach.fakes |= fake;
        if let Some(scheme) = scheme {
            add(if fake { &mut reach.by } else { &mut reach.covered_by }, scheme);
        }
    }
}

/// Adds to an ascending list what it does not have.
fn add(list: &mut Vec<usize>, number: usize) {
    if let Err(at) = list.binary_search(&number) {
        list.insert(at, number);
    }
}
