//! Labelled rows: numbers by name, what is true of each row, and which rows may not be told apart in a test.
//!
//! A number that is not known is NaN. Rows of one block (a campaign, a ring, one author) always fall on the same side of
//! a cut, so that a model is never praised for recognising what it has seen.

use crate::error::FitError;

/// Labelled rows.
#[derive(Clone, Debug)]
pub struct Examples {
    names: Vec<String>,
    columns: Vec<Vec<f32>>,
    truth: Truth,
    /// The scheme that each row is of; empty where none is known.
    schemes: Vec<Option<String>>,
}

/// What is true of rows, and which belong together.
#[derive(Clone, Debug)]
pub(crate) struct Truth {
    /// Whether each row is what is looked for.
    pub(crate) labels: Vec<bool>,
    /// The block of each row, numbered in order of first appearance.
    pub(crate) blocks: Vec<u32>,
}

/// What a row belongs to for the purpose of cuts; `None` stands alone.
pub type Block<'a> = Option<&'a str>;

impl Truth {
    /// # Errors
    /// Lengths differ, there are too few rows of a class, or too many rows.
    pub(crate) fn new(labels: Vec<bool>, blocks: &[Block<'_>]) -> Result<Truth, FitError> {
        if labels.len() != blocks.len() {
            return Err(FitError::Uneven);
        }
        if labels.len() > Examples::ROWS {
            return Err(FitError::TooManyRows { rows: labels.len(), limit: Examples::ROWS });
        }
        let positive = labels.iter().filter(|&&label| label).count();
        for (class, count) in [(true, positive), (false, labels.len() - positive)] {
            if count == 0 {
                return Err(FitError::OneClass { present: !class, rows: labels.len() });
            }
            if count < Examples::LEAST {
                return Err(FitError::TooFew { class, count, least: Examples::LEAST });
            }
        }
        let mut known = std::collections::BTreeMap::new();
        let mut next = 0;
        let mut fresh = || {
            next += 1;
            next - 1
        };
        let blocks = blocks
            .iter()
            .map(|block| match block {
                Some(name) => *known.entry(*name).or_insert_with(&mut fresh),
                None => fresh(),
            })
            .collect();
        Ok(Truth { labels, blocks })
    }

    /// Positive and negative rows.
    pub(crate) fn counts(&self) -> (u64, u64) {
        let positive = self.labels.iter().filter(|&&label| label).count();
        (positive as u64, (self.labels.len() - positive) as u64)
    }

    pub(crate) fn blocks_count(&self) -> usize {
        self.blocks.iter().max().map_or(0, |&block| block as usize + 1)
    }
}

impl Examples {
    /// The most rows that are taken.
    pub const ROWS: usize = 20_000_000;
    /// The fewest rows of each class that anything can be learnt from.
    pub const LEAST: usize = 20;
    /// The most features of a row.
    pub const FEATURES: usize = 4_096;

    /// Rows by column.
    ///
    /// # Errors
    /// Lengths differ, names repeat, a class is missing or too small, or there is too much of something.
    pub fn new(
        names: Vec<String>,
        columns: Vec<Vec<f32>>,
        labels: Vec<bool>,
        blocks: &[Block<'_>],
    ) -> Result<Examples, FitError> {
        if names.len() != columns.len() || columns.iter().any(|c| c.len() != labels.len()) {
            return Err(FitError::Uneven);
        }
        if names.is_empty() || names.len() > Examples::FEATURES {
            return Err(FitError::Features { count: names.len(), limit: Examples::FEATURES });
        }
        let mut sorted: Vec<&String> = names.iter().collect();
        sorted.sort_unstable();
        if let Some(twice) = sorted.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(FitError::NameTwice { name: twice[0].clone() });
        }
        let truth = Truth::new(labels, blocks)?;
        Ok(Examples { names, columns, truth, schemes: Vec::new() })
    }

    /// The same, where it is known by which scheme positive rows came to be: how a model fares against one that it has not
    /// met can then be measured.
    ///
    /// # Errors
    /// Lengths differ.
    pub fn with_schemes(self, schemes: Vec<Option<String>>) -> Result<Examples, FitError> {
        match schemes.len() == self.rows() {
            true => Ok(Examples { schemes, ..self }),
            false => Err(FitError::Uneven),
        }
    }

    /// Names of the numbers of a row, in their order.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// How many rows there are.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.truth.labels.len()
    }

    pub(crate) fn columns(&self) -> &[Vec<f32>] {
        &self.columns
    }

    pub(crate) fn truth(&self) -> &Truth {
        &self.truth
    }

    pub(crate) fn schemes(&self) -> &[Option<String>] {
        &self.schemes
    }
}
