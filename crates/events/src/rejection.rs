//! Why a row was not read.
//!
//! A rejected row stops nothing: it is counted and written to `rejected.parquet`. Reasons quote at most a few words of
//! the cell, because rejected rows are read by people who may not be meant to see all of it.

use std::fmt;

/// One rejected row.
#[derive(Clone, Debug, PartialEq)]
pub struct Rejection {
    /// Data row in its file, counted from 1; the header is not counted.
    pub row: u64,
    /// The source's or the contract's column; empty when the whole row is meant.
    pub column: String,
    /// Why.
    pub reason: Reason,
}

/// What was wrong with a cell or a row.
#[derive(Clone, Debug, PartialEq)]
pub enum Reason {
    /// A required column is null or empty in this row.
    Empty,
    /// The cell is not text in the table's encoding.
    NotText,
    /// No known form of time.
    NotATime(String),
    /// A date of which nobody can tell day and month.
    AmbiguousTime(String),
    /// Before 1980.
    TooEarly(String),
    /// 2100 or later.
    TooLate(String),
    /// No number, or one that the column's type cannot hold.
    NotANumber(String),
    /// A number that must be whole has a fraction.
    NotWhole(String),
    /// No IPv4 or IPv6 address.
    NotAnAddress(String),
    /// A number outside the scale of its column.
    OffScale(String, f32, f32),
    /// Less than nothing.
    Negative(String),
    /// Infinite, or not a number.
    NotFinite,
    /// An identifier longer than the limit.
    TooLong(usize),
    /// The cell's type has no meaning in this column.
    WrongType(String),
    /// The row itself could not be taken apart.
    Broken(String),
}

impl Reason {
    /// Each reason's name, without what it is about: what rejected rows are counted by.
    pub const NAMES: [&'static str; 14] = [
        "empty",
        "not_text",
        "not_a_time",
        "ambiguous_time",
        "too_early",
        "too_late",
        "not_a_number",
        "not_whole",
        "not_an_address",
        "off_scale",
        "negative",
        "too_long",
        "wrong_type",
        "broken",
    ];

    /// Where its name is in [`Reason::NAMES`].
    #[must_use]
    pub fn place(&self) -> usize {
        match self {
            Reason::Empty => 0,
            Reason::NotText => 1,
            Reason::NotATime(_) => 2,
            Reason::AmbiguousTime(_) => 3,
            Reason::TooEarly(_) => 4,
            Reason::TooLate(_) => 5,
            Reason::NotANumber(_) | Reason::NotFinite => 6,
            Reason::NotWhole(_) => 7,
            Reason::NotAnAddress(_) => 8,
            Reason::OffScale(..) => 9,
            Reason::Negative(_) => 10,
            Reason::TooLong(_) => 11,
            Reason::WrongType(_) => 12,
            Reason::Broken(_) => 13,
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::Empty => write!(f, "is required and empty"),
            Reason::NotText => write!(f, "is not valid text in this encoding"),
            Reason::NotATime(cell) => write!(f, "`{cell}` is no time in a known form"),
            Reason::AmbiguousTime(cell) => write!(
                f,
                "`{cell}` may be day/month or month/day: write 2026-02-01, or name the form in a \
                 mapping's time_formats"
            ),
            Reason::TooEarly(cell) => write!(
                f,
                "`{cell}` is before 1980 (1970-01-01 is most often a missing time written as zero)"
            ),
            Reason::TooLate(cell) => write!(f, "`{cell}` is after 2099"),
            Reason::NotANumber(cell) => write!(f, "`{cell}` is no number that fits here"),
            Reason::NotWhole(cell) => write!(f, "`{cell}` is not a whole number"),
            Reason::NotAnAddress(cell) => write!(f, "`{cell}` is no IPv4 or IPv6 address"),
            Reason::OffScale(cell, least, most) => {
                write!(f, "`{cell}` is not from {least} to {most}")
            }
            Reason::Negative(cell) => write!(f, "`{cell}` is negative"),
            Reason::NotFinite => write!(f, "is infinite or not a number"),
            Reason::TooLong(len) => write!(
                f,
                "is an identifier of {len} bytes; the limit is {}",
                crate::intake::IDENTIFIER_LIMIT
            ),
            Reason::WrongType(found) => write!(f, "cannot be read from {found}"),
            Reason::Broken(why) => write!(f, "{why}"),
        }
    }
}

/// The first characters of a cell, for a message.
#[must_use]
pub(crate) fn excerpt(cell: &str) -> String {
    let mut short: String = cell.chars().take(32).filter(|c| !c.is_control()).collect();
    if cell.chars().nth(32).is_some() {
        short.push('…');
    }
    short
}
