//! An opinion: stars that an account gave something, whether it had bought the thing, and money that came to it afterwards.

use events::Key;

/// Opinions kept of one account, as orders are: a table of more says nothing new of it.
pub const MOST_OPINIONS: u32 = 1_024;
/// Seconds after an opinion within which money can be an answer to it.
pub const ANSWERED: u32 = 30 * 86_400;

/// Stars that an account gave.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Opinion {
    /// What was rated.
    pub subject: Key,
    /// Who gains or loses by it; the subject where nobody is named.
    pub owner: Key,
    /// Who rated.
    pub actor: Key,
    /// The event.
    pub event: Key,
    /// Seconds since 1970.
    pub second: u32,
    /// When the account was first seen, whatever it did; its own first opinion where nobody noted it.
    pub first: u32,
    /// The stars, on whatever scale the table has.
    pub rating: f32,
    /// Whether the account had ordered the thing.
    pub bought: bool,
    /// Minor units that the owner or the order's shop gave the account within [`ANSWERED`], as a refund or a payout.
    pub answered: i64,
    /// Whether somebody else than the owner paid the account within that time.
    pub paid: bool,
}
