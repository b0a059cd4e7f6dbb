//! A trade: one order with all that is known of it.

use events::Key;

/// How a buyer came to an order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Approach {
    /// Tenths of a second spent on the subject in the hour before; 0 if it was not looked at.
    pub stay: u32,
    /// Other subjects looked at between the last search and the order, or in the hour before where nobody searched.
    pub rivals: u8,
    /// What was searched for in the hour before, [`Key::NONE`] if nothing.
    pub words: Key,
    /// Seconds from the search to the order; from the first look in that hour where nobody searched.
    pub since: u32,
    /// Whether anything at all was looked at in the hour before.
    pub looked: bool,
}

/// A buyer's opinion of what was ordered.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Review {
    /// Seconds since 1970.
    pub second: u32,
    /// 1 to 5, where stars were given.
    pub rating: Option<f32>,
}

/// An order with the way to it and what followed.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Trade {
    /// The order; its event's id where orders have no number.
    pub order: Key,
    /// Who bought.
    pub actor: Key,
    /// What was bought.
    pub subject: Key,
    /// Who sold; the subject where no seller is named.
    pub owner: Key,
    /// Seconds since 1970.
    pub second: u32,
    /// The price in minor units; 0 where unknown.
    pub amount: i64,
    /// How the buyer came to it.
    pub approach: Approach,
    /// What the buyer said of it.
    pub review: Option<Review>,
    /// Whether the buyer reported the goods to the platform.
    pub reported: bool,
    /// Minor units that the shop gave back.
    pub refunded: i64,
    /// When it last did.
    pub refunded_at: u32,
    /// Minor units that the platform added.
    pub subsidy: i64,
    /// What was paid with.
    pub payment: Key,
    /// What it was ordered with.
    pub device: Key,
    /// Where it should go.
    pub address: Key,
    /// The region that was named with the order.
    pub region: Key,
    /// Its parcel in [`crate::Book::trips`].
    pub trip: Option<u32>,
}
