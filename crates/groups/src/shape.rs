//! The shape of a community: what tells a crew from a crowd when nothing but marks is known.
//!
//! People of one taste share subjects too, but unevenly: a few are everywhere, most are hardly there, and two members
//! picked at random need not have met. Hired accounts are interchangeable: each does about its share of the jobs, so
//! almost every two have met, and the number of jobs a member did varies no more than lots would.

use crate::jobs::Turn;

/// Numbers that describe a community; none depends on its size.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Shape {
    /// Share of the pairs of members that are tied, in [0, 1].
    pub tie_density: f64,
    /// Mean share of the jobs that a member did, in [0, 1].
    pub participation: f64,
    /// Variance of the number of jobs a member did over that of a binomial with the same mean: 1 where members are
    /// interchangeable, well above where some are keener than others.
    pub unevenness: f64,
}

/// Describes a community of `members` accounts with `ties` ties among them.
pub(crate) fn shape(members: usize, ties: usize, jobs: usize, turns: &[Turn]) -> Shape {
    if members < 2 || jobs == 0 {
        return Shape::default();
    }
    let mut done = vec![0f64; members];
    for turn in turns {
        done[turn.member as usize] += 1.0;
    }
    let (n, j) = (members as f64, jobs as f64);
    let mean = done.iter().sum::<f64>() / n;
    let variance = done.iter().map(|d| (d - mean) * (d - mean)).sum::<f64>() / (n - 1.0);
    let share = (mean / j).clamp(0.0, 1.0);
    Shape {
        tie_density: ties as f64 / (n * (n - 1.0) / 2.0),
        participation: share,
        // Half a job of slack keeps a community that did everything from dividing by zero.
        unevenness: (variance + 0.05) / (j * share * (1.0 - share) + 0.05),
    }
}
