//! Where a record stands in the log, for good.

use std::fmt;

/// The place of a record: how many bytes of frames were logged before it, since the log began.
///
/// Positions grow with the log, never change (neither retention nor rewriting moves a record) and are never used twice
/// for records that a commit reported. The next record's position is its own plus its frame's length, so they
/// are ordered but not consecutive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position(pub u64);

impl Position {
    /// Where every log begins.
    pub const START: Position = Position(0);

    /// The position `bytes` further on; the caller has checked that the log does not end before.
    pub(crate) fn plus(self, bytes: u64) -> Position {
        Position(self.0.saturating_add(bytes))
    }

    /// How far this is behind an earlier position, in bytes.
    pub(crate) fn since(self, earlier: Position) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}

impl fmt::Display for Position {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(out)
    }
}
