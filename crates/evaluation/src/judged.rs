//! What results say of named things: a score and a verdict for each.
//!
//! The same shape serves accounts, events, owners and points, and the scores of baselines.

use std::path::{Path, PathBuf};

use crate::EvaluationError;
use crate::label::Verdict;
use crate::names::Names;
use crate::table::Table;
use crate::truth::Labels;

/// Scores and verdicts by name.
#[derive(Clone, Debug, Default)]
pub(crate) struct Judged {
    pub(crate) path: PathBuf,
    pub(crate) names: Names,
    /// By the name's number.
    pub(crate) score: Vec<f64>,
    pub(crate) verdict: Vec<Verdict>,
    /// The score from what was known when the event came, where the table has it.
    pub(crate) arrival: Option<Vec<f64>>,
    /// The groups that are named, where the table has them.
    pub(crate) groups: Names,
    /// By the name's number: its group.
    pub(crate) group: Vec<Option<usize>>,
}

impl Judged {
    /// Reads a table of results; `name` is its key column. A name that comes twice is an error.
    pub(crate) fn read(path: &Path, name: &str) -> Result<Judged, EvaluationError> {
        let table = Table::open(path)?;
        let mut columns =
            vec![table.require(&[name])?, table.require(&["score"])?, table.require(&["verdict"])?];
        let arrival = table.column(&["arrival"]);
        columns.extend(arrival);
        let group = table.column(&["group"]).map(|column| {
            columns.push(column);
            columns.len() - 1
        });
        let mut judged = Judged {
            path: path.to_owned(),
            arrival: arrival.is_some().then(Vec::new),
            ..Judged::default()
        };
        table.rows(&columns, |row| {
            let name = row.name(0)?;
            if judged.names.intern(&name) < judged.score.len() {
                return Err(row.wrong(0, format!("`{name}` comes twice")));
            }
            judged.score.push(row.number(1)?);
            let word = row.name(2)?;
            judged.verdict.push(
                Verdict::parse(&word).ok_or_else(|| {
                    row.wrong(2, format!("`{word}` is none of {}", Verdict::WORDS))
                })?,
            );
            if let Some(arrival) = &mut judged.arrival {
                arrival.push(row.number(3)?);
            }
            let group = group.and_then(|column| row.text(column));
            judged.group.push(group.map(|group| judged.groups.intern(&group)));
            Ok(())
        })?;
        Ok(judged)
    }

    /// For each labelled name its number among the judged.
    ///
    /// It is an error if not one of them was judged: then the two are about different things.
    pub(crate) fn align(&self, labels: &Labels) -> Result<Vec<Option<usize>>, EvaluationError> {
        let found: Vec<Option<usize>> =
            labels.names.iter().map(|name| self.names.find(name)).collect();
        if found.iter().all(Option::is_none) && !found.is_empty() && self.names.len() > 0 {
            return Err(EvaluationError::Disjoint {
                truth: labels.path.clone(),
                results: self.path.clone(),
                count: found.len(),
                first: labels.names.get(0).to_owned(),
                other: self.names.get(0).to_owned(),
            });
        }
        Ok(found)
    }

    /// How many got each verdict.
    pub(crate) fn tally(&self) -> crate::called::Tally {
        let mut tally =
            crate::called::Tally { all: self.verdict.len() as u64, ..Default::default() };
        for verdict in &self.verdict {
            match verdict {
                Verdict::Fake => tally.fake += 1,
                Verdict::Suspect => tally.suspect += 1,
                Verdict::Genuine => {}
            }
        }
        tally
    }
}
