//! Finds the truth tables of a folder.

use std::path::Path;

use crate::EvaluationError;
use crate::table::Table;

use super::labels::{EVENT, LABEL, labels_events, read_groups};
use super::{AccountTruth, CountTruth, Labels, Truth};

impl Truth {
    /// Reads every truth table of the folder. A folder with none is an error.
    pub(crate) fn read(folder: &Path) -> Result<Truth, EvaluationError> {
        let files = parquet_files(folder)?;
        let open = |name: &str| Table::open_if_there(&folder.join(format!("{name}.parquet")));
        let mut truth = Truth {
            accounts: open("truth_accounts")?.map(AccountTruth::read).transpose()?,
            events: open("truth_events")?.map(|t| Labels::read(t, EVENT, LABEL)).transpose()?,
            counts: open("truth_subjects")?.map(CountTruth::read).transpose()?,
            owners: open("truth_owners")?
                .map(|t| Labels::read(t, &["owner"], &["bought", "label"]))
                .transpose()?,
            points: open("truth_points")?
                .map(|t| Labels::read(t, &["point"], &["colluding", "label"]))
                .transpose()?,
            ..Truth::default()
        };
        let groups = folder.join("truth_groups.parquet");
        if groups.exists() {
            truth.groups = Some(read_groups(&groups)?);
        }
        for file in files.iter().filter(|f| !f.starts_with("truth_") && f.contains("labels")) {
            let table = Table::open(&folder.join(file))?;
            if labels_events(&table) {
                if truth.events.is_none() {
                    truth.events = Some(Labels::read(table, EVENT, LABEL)?);
                }
            } else if truth.accounts.is_none() {
                truth.accounts = Some(AccountTruth::read(table)?);
            }
        }
        if truth.is_empty() {
            let found = if files.is_empty() { "none".to_owned() } else { files.join(", ") };
            return Err(EvaluationError::NoTruth { path: folder.to_owned(), found });
        }
        let source = folder.join("events.parquet");
        truth.source = source.exists().then_some(source);
        Ok(truth)
    }

    fn is_empty(&self) -> bool {
        self.accounts.is_none()
            && self.events.is_none()
            && self.groups.is_none()
            && self.counts.is_none()
            && self.owners.is_none()
            && self.points.is_none()
    }
}

/// The names of the folder's Parquet files, sorted.
fn parquet_files(folder: &Path) -> Result<Vec<String>, EvaluationError> {
    let unreadable = |source| EvaluationError::Unreadable { path: folder.to_owned(), source };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let name = entry.map_err(unreadable)?.file_name();
        if let Some(name) = name.to_str().filter(|n| n.ends_with(".parquet")) {
            files.push(name.to_owned());
        }
    }
    files.sort();
    Ok(files)
}
