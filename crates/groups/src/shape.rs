//! The shape of a community: what tells a crew from a crowd when nothing but marks is known.
//!
//! People of one taste share subjects too, but unevenly: a few are everywhere, most are hardly there, and two members
//! picked at random need not have met. Hired accounts are interchangeable: almost every two have met that could have. How
//! many of the jobs each did is `turnout`'s matter.

use crate::reach::Record;

/// Numbers that describe a community; none depends on its size.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Shape {
    /// Share of the pairs of members that are tied, in [0, 1].
    pub tie_density: f64,
    /// Share of the jobs in members' reach that they did, in [0, 1].
    pub participation: f64,
}

/// Describes a community of members with these records and `ties` ties among them.
pub(crate) fn shape(ties: usize, records: &[Record]) -> Shape {
    let (mut reach, mut done) = (0u64, 0u64);
    for own in records {
        reach += u64::from(own.reach);
        done += u64::from(own.done);
    }
    if records.len() < 2 || reach == 0 {
        return Shape::default();
    }
    let (n, share) = (records.len() as f64, done as f64 / reach as f64);
    Shape { tie_density: ties as f64 / (n * (n - 1.0) / 2.0), participation: share.clamp(0.0, 1.0) }
}
