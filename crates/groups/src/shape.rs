//! The shape of a community: what tells a crew from a crowd when nothing but marks is known.
//!
//! People of one taste share subjects too, but unevenly: a few are everywhere, most are hardly there, and two members
//! picked at random need not have met. Hired accounts are interchangeable: almost every two have met that could have. How
//! many of the jobs each did is `turnout`'s matter.

use crate::jobs::Turn;

/// Numbers that describe a community; none depends on its size.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Shape {
    /// Share of the pairs of members that are tied, in [0, 1].
    pub tie_density: f64,
    /// Mean share of the jobs that a member did, in [0, 1].
    pub participation: f64,
}

/// Describes a community of `members` accounts with `ties` ties among them.
pub(crate) fn shape(members: usize, ties: usize, jobs: usize, turns: &[Turn]) -> Shape {
    if members < 2 || jobs == 0 {
        return Shape::default();
    }
    let (n, j) = (members as f64, jobs as f64);
    let share = turns.len() as f64 / (n * j);
    Shape { tie_density: ties as f64 / (n * (n - 1.0) / 2.0), participation: share.clamp(0.0, 1.0) }
}
