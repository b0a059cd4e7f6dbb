//! Pure rules from evidence to verdicts.
//!
//! Verdicts are ordered: the worst wins. What the numbers mean and where they come from is said on [`Policy`].

mod policy;
mod verdict;

pub use policy::{Policy, PolicyError};
pub use verdict::{OwnerVerdict, Verdict};
