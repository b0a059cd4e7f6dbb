//! A labelled market and video platform, for tests and demonstrations only.
//!
//! People with habits, interests and homes, the natural crowds they form, and the schemes of abuse that hide among
//! them: a [`Scenario`] becomes events in the contract's shape, in the order of time, with the truth about each. It is
//! no model of any real platform's numbers: a detector that is good here has passed a test, not an evaluation.

mod bulk;
mod calendar;
mod catalogue;
mod couriers;
mod crowd;
mod dice;
mod name;
mod orders;
mod ordinary;
mod person;
mod phrases;
mod places;
mod population;
mod record;
mod rhythm;
mod row;
mod scenario;
mod scheme;
mod settle;
mod table;
mod text;
mod town;
mod trade_talk;
mod truth;
mod visit;
mod write;

pub use bulk::Bulk;
pub use population::Population;
pub use record::Record;
pub use row::Label;
pub use scenario::{Hardness, Scenario, Scheme, World};
pub use truth::{AccountTruth, SubjectTruth, Truth};
pub use write::{WriteError, write};
