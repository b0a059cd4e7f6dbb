//! A payout: money that came to an account from somebody.

use events::Key;

/// Money paid to an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Payout {
    /// Who paid.
    pub payer: Key,
    /// Who was paid.
    pub actor: Key,
    /// Seconds since 1970.
    pub second: u32,
    /// Minor units.
    pub amount: i64,
    /// The order it was for, where it says.
    pub order: Key,
    /// The event.
    pub event: Key,
}
