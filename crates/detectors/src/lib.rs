//! One file per detector: features in, a finding with evidence out.
//!
//! Two ways in. A [`Shard`] takes touches as they stream by (VEL, SEQ, NET); batch finishers take what a whole table
//! has to say (REV, MEM), of opinions from what [`trades`] kept of them; [`wrote`] keeps what was read out of texts (TXT).
//! Scores are in [0, 1], higher = less genuine; bits are −log2 of a tail probability under a
//! null that each detector's page states (docs/detectors).

mod catalogue;
pub mod chance;
#[cfg(test)]
mod dice;
mod fanout;
mod finding;
pub mod gear;
pub mod interned;
pub mod mem01;
pub mod mem03;
pub mod mem05;
mod net01;
mod net02;
mod open;
pub mod prior;
pub mod rate;
pub mod rev01;
pub mod rev02;
pub mod rev03;
pub mod scale;
mod seq01;
pub mod seq03;
mod seq04;
mod settle;
mod shard;
pub mod survival;
pub mod text;
mod usual;
mod vel01;
mod vel02;
mod vel03;
mod vel04;
pub mod wrote;

pub use catalogue::{CATALOGUE, Entry};
pub use finding::{Class, Code, Finding};
pub use settle::{KEPT_SCORE, settle};
pub use shard::{Limits, Shard, Viewings, streaming};
pub use usual::{Statistic, Usual};
