//! What became of an order: the way to it, the parcel, the review, and the money that came back.
//!
//! An order alone says little; brushing shows in what surrounds it. Events of one order come from different sides (the
//! buyer, the shop, the courier, a payer), in any order and to different workers: each worker's [`Counter`] keeps what
//! it sees, and the [`Book`] joins them when the table is read. Memory grows with accounts (each keeps at most
//! [`MOST_OF_ONE`] orders, as many payouts and [`MOST_OPINIONS`] opinions) and with parcels.

mod book;
mod counter;
mod opinion;
mod passed;
mod payout;
mod place;
mod seat;
mod track;
mod trade;
mod trip;
mod walk;

pub use book::Book;
pub use counter::{Counter, MOST_OF_ONE};
pub use opinion::{ANSWERED, MOST_OPINIONS, Opinion};
pub use passed::Passed;
pub use payout::Payout;
pub use place::Place;
pub use seat::Seat;
pub use track::{FAR, Leg, SPEED_LIMIT, Track};
pub use trade::{Approach, Review, Trade};
pub use trip::Trip;
