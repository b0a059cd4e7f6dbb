//! A table of names and labels.
//!
//! The same name twice is taken once if it has the same label, and is an error otherwise: one of the two is wrong and
//! nothing says which.

use std::path::Path;

use crate::EvaluationError;
use crate::label::Label;
use crate::table::{Column, Row, Table};

use super::{AccountTruth, Labels};

/// Names under which a column of accounts is known.
pub(crate) const ACCOUNT: &[&str] = &["account", "actor", "user", "user_id", "userid", "src"];
/// Names under which a column of event identifiers is known.
pub(crate) const EVENT: &[&str] = &["id", "event", "event_id", "orderid", "order_id", "order"];
/// Names under which a column of labels is known.
pub(crate) const LABEL: &[&str] = &["label", "label_rule", "fake", "is_fake", "spam", "is_spam"];

impl Labels {
    /// Reads a table whose label column has one of the `label` names.
    pub(crate) fn read(
        table: Table,
        name: &[&str],
        label: &[&str],
    ) -> Result<Labels, EvaluationError> {
        let columns = [table.require(name)?, table.require(label)?];
        let mut labels = Labels { path: table.path().to_owned(), ..Labels::default() };
        table.rows(&columns, |row| labels.add(row).map(|_| ()))?;
        Ok(labels)
    }

    /// Takes the name and label in the row's first two cells and gives the name's number.
    fn add(&mut self, row: &Row<'_>) -> Result<usize, EvaluationError> {
        let name = row.name(0)?;
        let word = row.name(1)?;
        let label = Label::parse(&word)
            .ok_or_else(|| row.wrong(1, format!("`{word}` is none of {}", Label::WORDS)))?;
        let number = self.names.intern(&name);
        match self.label.get(number) {
            None => self.label.push(label),
            Some(&before) if before != label => {
                return Err(row.wrong(0, format!("`{name}` comes twice with different labels")));
            }
            Some(_) => {}
        }
        Ok(number)
    }
}

impl AccountTruth {
    /// Reads labelled accounts, with their schemes and populations where the table has them.
    pub(crate) fn read(table: Table) -> Result<AccountTruth, EvaluationError> {
        let scheme = table.column(&["scheme"]);
        let population = table.column(&["population"]);
        let mut columns: Vec<Column> = vec![table.require(ACCOUNT)?, table.require(LABEL)?];
        let mut place = |column: Option<Column>| {
            column.map(|c| {
                columns.push(c);
                columns.len() - 1
            })
        };
        let (scheme, population) = (place(scheme), place(population));
        let mut truth = AccountTruth::default();
        truth.labels.path = table.path().to_owned();
        table.rows(&columns, |row| {
            let number = truth.labels.add(row)?;
            if number < truth.scheme.len() {
                return Ok(());
            }
            let scheme = scheme.and_then(|c| row.text(c)).filter(|s| !s.is_empty());
            truth.scheme.push(scheme.map(|s| truth.schemes.intern(&s)));
            let crowds = population.and_then(|c| row.text(c)).unwrap_or_default();
            let mut crowds: Vec<usize> = crowds
                .split(';')
                .map(str::trim)
                .filter(|p| !p.is_empty())
                .map(|p| truth.populations.intern(p))
                .collect();
            crowds.sort_unstable();
            crowds.dedup();
            truth.population.push(crowds);
            Ok(())
        })?;
        Ok(truth)
    }

    /// Whether the account with this name is genuine, fake or gray.
    pub(crate) fn label_of(&self, account: &str) -> Option<Label> {
        self.labels.names.find(account).map(|n| self.labels.label[n])
    }

    /// The scheme of the account with this name.
    pub(crate) fn scheme_of(&self, account: &str) -> Option<usize> {
        self.labels.names.find(account).and_then(|n| self.scheme[n])
    }
}

/// Whether a table without a telling name labels accounts or events.
pub(crate) fn labels_events(table: &Table) -> bool {
    table.column(EVENT).is_some()
}

/// Reads who belongs to which group.
pub(crate) fn read_groups(path: &Path) -> Result<super::Memberships, EvaluationError> {
    let table = Table::open(path)?;
    let columns = [table.require(&["group"])?, table.require(ACCOUNT)?];
    let mut groups = super::Memberships::default();
    table.rows(&columns, |row| {
        groups.add(&row.name(0)?, &row.name(1)?);
        Ok(())
    })?;
    Ok(groups)
}
