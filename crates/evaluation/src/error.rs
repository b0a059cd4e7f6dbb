//! Why an evaluation could not be made.
//!
//! Every variant names the file, and where it applies the column and the row, because the tables come from
//! elsewhere and the reader has to mend them there.

use std::path::PathBuf;

/// Why an evaluation could not be made.
#[derive(Debug, thiserror::Error)]
pub enum EvaluationError {
    /// A folder or file that should be there is not, or cannot be read.
    #[error("{}: cannot be read", path.display())]
    Unreadable {
        /// The folder or file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The file is not Parquet, or is cut short.
    #[error("{}: not readable as Parquet", path.display())]
    Parquet {
        /// The file.
        path: PathBuf,
        /// What the reader says.
        source: parquet::errors::ParquetError,
    },
    /// The rows end in the middle of the file.
    #[error("{}: damaged after row {row}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Rows that could be read.
        row: u64,
        /// What the reader says.
        source: arrow_schema::ArrowError,
    },
    /// A table that the evaluation needs is not in its folder.
    #[error("{}: needed and not there", path.display())]
    MissingTable {
        /// Where it should be.
        path: PathBuf,
    },
    /// The truth folder holds no table that is known as a truth.
    #[error(
        "{}: no truth in this folder: looked for truth_accounts, truth_events, truth_groups, \
         truth_subjects, truth_owners, truth_points or *labels*.parquet, found {found}",
        path.display()
    )]
    NoTruth {
        /// The folder.
        path: PathBuf,
        /// The Parquet files that are there.
        found: String,
    },
    /// None of a column's names is in the table.
    #[error("{}: no column `{column}`; the table has {found}", path.display())]
    MissingColumn {
        /// The file.
        path: PathBuf,
        /// The names under which the column is accepted.
        column: String,
        /// The columns that are there.
        found: String,
    },
    /// A column holds another type than it should.
    #[error("{}: column `{column}` holds {found}, not {expected}", path.display())]
    ColumnType {
        /// The file.
        path: PathBuf,
        /// The column.
        column: String,
        /// What is needed.
        expected: &'static str,
        /// The type that is there.
        found: String,
    },
    /// One cell cannot be used.
    #[error("{}: row {row}, column `{column}`: {reason}", path.display())]
    Cell {
        /// The file.
        path: PathBuf,
        /// The column.
        column: String,
        /// The row, from 1.
        row: u64,
        /// What is wrong with it.
        reason: String,
    },
    /// A table of prices cannot be used.
    #[error("{}: not a table of prices: {reason}", path.display())]
    Prices {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// Truth and results are about different things.
    #[error(
        "none of the {count} labelled rows of {} (first: `{first}`) is in {} (first: `{other}`)",
        truth.display(), results.display()
    )]
    Disjoint {
        /// The truth's file.
        truth: PathBuf,
        /// The results' file.
        results: PathBuf,
        /// Labelled rows.
        count: usize,
        /// A labelled name.
        first: String,
        /// A name from the results.
        other: String,
    },
}
