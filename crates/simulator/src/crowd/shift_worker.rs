//! People in shifts that go round every other day: by the hours of two weeks they are up at any time, and yet they sleep.

use super::{be_up, who_hardly_else};
use crate::calendar::HOUR;
use crate::population::Population;
use crate::town::{Script, Town};

/// When each shift's day begins, by the local clock. Between the last and the first there are hours off and no night.
const SHIFTS: [f64; 3] = [6.0, 14.0, 22.0];

/// They, by the telephone in every break.
pub(crate) struct ShiftWorkers {
    people: Vec<u32>,
}

impl ShiftWorkers {
    pub(crate) fn new(town: &mut Town) -> ShiftWorkers {
        let n = (town.scenario.people as usize / 200).max(4);
        ShiftWorkers { people: who_hardly_else(town, Population::ShiftWorker, n) }
    }
}

impl Script for ShiftWorkers {
    fn day(&mut self, town: &mut Town, day: u32) {
        let mut dice = town.dice("shift day", u64::from(day));
        for &who in &self.people {
            let shift = (day / 2 + who) as usize % SHIFTS.len();
            let from = town.at(day, SHIFTS[shift] + dice.within(-0.5, 0.5));
            let awake = dice.within(16.0, 17.5) * HOUR as f64;
            be_up(town, &mut dice, who, (from, from + awake as i64), 1.0);
        }
    }
}
