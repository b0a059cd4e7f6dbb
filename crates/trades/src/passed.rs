//! A prompt that was passed: what risk control stopped and a person let through.

use events::Key;

/// An event that a person let pass over a prompt of risk control.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Passed {
    /// Who let it pass.
    pub operator: Key,
    /// Who gained.
    pub owner: Key,
    /// Seconds since 1970.
    pub second: u32,
    /// What it was worth, in minor units: of a subsidy, what could be lost.
    pub amount: i64,
    /// The event.
    pub event: Key,
}
