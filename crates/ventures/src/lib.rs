//! Orders that one crew made: brushing and paid reviews.
//!
//! Single orders of a crew look like anybody's. What they share does not: one payer who gives the price back, one way to
//! the goods that other buyers of the shop do not take, an outlet that nobody else of the shop's parcels goes through.
//! Such hubs are joined where the same accounts stand behind them, and a mixture of two manners, the crew's and
//! the shop's ordinary buyers', tells order by order which is whose. A hub alone never makes a venture: what
//! its orders show in other classes of evidence decides.

mod circle;
mod freight;
mod hired;
mod hub;
mod insider;
mod listed;
mod manner;
mod middleman;
mod mixture;
mod nest;
mod opinions;
mod outlets;
mod parcels;
mod path;
mod pooled;
mod praise;
mod regained;
mod repaid;
mod subsidy;
mod undone;
mod venture;

pub use circle::circles;
pub use freight::freight;
pub use hired::hired;
pub use hub::{Hub, HubShare, Origin};
pub use insider::overrides;
pub use listed::Evidence;
pub use nest::{Nest, Shared, nests};
pub use outlets::{PointShare, outlets};
pub use parcels::{Parcels, parcels};
pub use praise::praises;
pub use repaid::{Payer, Settled, payers};
pub use subsidy::subsidies;
pub use undone::undone;
pub use venture::{Trait, Venture, find};
