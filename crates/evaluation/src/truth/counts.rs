//! The true counts of subjects.

use hashbrown::HashMap;

use crate::EvaluationError;
use crate::names::Names;
use crate::table::Table;

/// The true counts of all subjects.
#[derive(Clone, Debug, Default)]
pub(crate) struct CountTruth {
    pub(crate) subjects: Names,
    pub(crate) kinds: Names,
    pub(crate) rows: Vec<CountTruthRow>,
    /// (subject, kind) to the row.
    index: HashMap<(usize, usize), usize>,
}

/// How often one subject was really liked, ordered and so on. `raw − genuine − gray` was fake.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs)] // the table's columns
pub(crate) struct CountTruthRow {
    pub(crate) subject: usize,
    pub(crate) kind: usize,
    pub(crate) raw: u64,
    pub(crate) genuine: u64,
    pub(crate) gray: u64,
}

impl CountTruthRow {
    /// The part of the count that was fake.
    pub(crate) fn fake(&self) -> u64 {
        self.raw - self.genuine - self.gray
    }
}

impl CountTruth {
    /// Reads subject, kind, raw, genuine and, where it is there, gray.
    pub(crate) fn read(table: Table) -> Result<CountTruth, EvaluationError> {
        let mut columns = vec![
            table.require(&["subject"])?,
            table.require(&["kind", "metric"])?,
            table.require(&["raw"])?,
            table.require(&["genuine"])?,
        ];
        let gray = table.column(&["gray"]);
        columns.extend(gray);
        let mut truth = CountTruth::default();
        table.rows(&columns, |row| {
            let gray = if gray.is_some() { row.count(4)? } else { 0 };
            let counts = CountTruthRow {
                subject: truth.subjects.intern(&row.name(0)?),
                kind: truth.kinds.intern(&row.name(1)?),
                raw: row.count(2)?,
                genuine: row.count(3)?,
                gray,
            };
            if counts.genuine + counts.gray > counts.raw {
                return Err(row.wrong(3, "genuine and gray are more than raw".to_owned()));
            }
            let at = truth.rows.len();
            if truth.index.insert((counts.subject, counts.kind), at).is_some() {
                return Err(row.wrong(0, "this subject and kind come twice".to_owned()));
            }
            truth.rows.push(counts);
            Ok(())
        })?;
        Ok(truth)
    }

    /// The row of a subject and kind.
    pub(crate) fn find(&self, subject: &str, kind: &str) -> Option<usize> {
        let key = (self.subjects.find(subject)?, self.kinds.find(kind)?);
        self.index.get(&key).copied()
    }
}
