//! Labelled texts out of a table.

use super::labels::Meaning;
use super::table::Table;
use crate::arguments::TextTable;
use crate::failure::Failure;
use anyhow::anyhow;
use learning::{Block, Provenance};
use std::path::Path;

/// Labelled texts, in the table's order.
pub(crate) struct Labelled {
    pub(crate) texts: Vec<String>,
    pub(crate) labels: Vec<bool>,
    blocks: Vec<Option<String>>,
    pub(crate) times: Option<Vec<i64>>,
    pub(crate) provenance: Provenance,
}

impl Labelled {
    /// Reads the rows that the filter lets through and that have a text and a usable label.
    pub(crate) fn read(path: &Path, what: &TextTable) -> Result<Labelled, Failure> {
        let text = what.text.as_deref().unwrap_or("text");
        let label = what.label.as_deref().unwrap_or("label");
        let mut needed = vec![text, label];
        needed.extend(what.filter.iter().map(|filter| filter.column.as_str()));
        needed.extend(what.block.as_deref());
        needed.extend(what.time.as_deref());
        let table = Table::read(path, &needed, &[])?;
        let (texts, labels) = (table.needed(text)?, table.needed(label)?);
        let mut rows: Vec<usize> = (0..texts.len()).collect();
        for filter in &what.filter {
            let column = table.needed(&filter.column)?;
            rows.retain(|&row| column[row].as_deref().unwrap_or("") == filter.value);
        }
        let filtered = texts.len() - rows.len();
        if rows.is_empty() {
            return Err(table.fault("no row is left to learn from"));
        }
        let selected = rows.iter().filter_map(|&row| labels[row].as_deref());
        let meaning = Meaning::of(selected, what.positive.as_deref())?;
        let read = |row: usize| meaning.read(labels[row].as_deref()?);
        let before = rows.len();
        rows.retain(|&row| texts[row].is_some() && read(row).is_some());
        let useless = before - rows.len();
        let blocks = what.block.as_deref().map(|name| table.needed(name)).transpose()?;
        let times = what.time.as_deref().map(|name| table.needed(name)).transpose()?;
        let times = match times {
            Some(column) => Some(
                rows.iter().map(|&row| moment(&table, column, row)).collect::<Result<_, _>>()?,
            ),
            None => None,
        };
        let filters: Vec<String> = what
            .filter
            .iter()
            .map(|filter| format!("{}={}", filter.column, filter.value))
            .collect();
        let other = format!("rows that are not {}", filters.join(", "));
        let left_out =
            [(other.as_str(), filtered), ("rows without a text or a usable label", useless)];
        Ok(Labelled {
            texts: rows.iter().filter_map(|&row| texts[row].clone()).collect(),
            labels: rows.iter().filter_map(|&row| read(row)).collect(),
            blocks: rows.iter().map(|&row| blocks.and_then(|b| b[row].clone())).collect(),
            times,
            provenance: Provenance {
                inputs: vec![table.input.clone()],
                positive: meaning.positive,
                events: None,
                left_out: told(&left_out),
            },
        })
    }

    /// What each text belongs to. The same text twice is one thing: it must not be asked where it was taught.
    pub(crate) fn blocks(&self) -> Vec<Block<'_>> {
        self.blocks
            .iter()
            .zip(&self.texts)
            .map(|(block, text)| Some(block.as_deref().unwrap_or(text)))
            .collect()
    }
}

/// Reasons with the numbers of rows left out for them; what left out none is not told.
pub(crate) fn told(reasons: &[(&str, usize)]) -> Vec<(String, u64)> {
    let some = reasons.iter().filter(|reason| reason.1 > 0);
    some.map(|reason| (reason.0.to_owned(), reason.1 as u64)).collect()
}

/// A moment in microseconds, or any whole number that rises with time.
fn moment(table: &Table, column: &[Option<String>], row: usize) -> Result<i64, Failure> {
    let cell = column[row].as_deref().unwrap_or("");
    let written = || {
        let moment = chrono::DateTime::parse_from_rfc3339(cell).ok()?;
        Some(moment.timestamp_micros())
    };
    let read = cell.parse().ok().or_else(written);
    read.ok_or_else(|| table.fault(&format!("row {}: `{cell}` is no time", row + 1)))
}

/// A filter `COLUMN=VALUE`.
#[derive(Clone, Debug)]
pub(crate) struct Filter {
    column: String,
    value: String,
}

impl std::str::FromStr for Filter {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Filter, anyhow::Error> {
        match text.split_once('=') {
            Some((column, value)) if !column.is_empty() => {
                Ok(Filter { column: column.to_owned(), value: value.to_owned() })
            }
            _ => Err(anyhow!("`{text}` is no filter; write COLUMN=VALUE, such as split=dev")),
        }
    }
}
