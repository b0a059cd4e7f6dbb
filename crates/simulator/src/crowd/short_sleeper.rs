//! People who sleep little, and one night in seven not at all.

use super::{be_up, who_hardly_else};
use crate::population::Population;
use crate::town::{Script, Town};

/// They, at the screen until late and again early.
pub(crate) struct ShortSleepers {
    people: Vec<u32>,
}

impl ShortSleepers {
    pub(crate) fn new(town: &mut Town) -> ShortSleepers {
        let n = (town.scenario.people as usize / 200).max(4);
        ShortSleepers { people: who_hardly_else(town, Population::ShortSleeper, n) }
    }
}

impl Script for ShortSleepers {
    fn day(&mut self, town: &mut Town, day: u32) {
        let mut dice = town.dice("sleepless day", u64::from(day));
        for &who in &self.people {
            let slept = if dice.chance(1.0 / 7.0) { 0.0 } else { dice.within(4.5, 6.5) };
            let from = town.at(day, 6.0 + dice.within(-0.5, 0.5));
            let until = town.at(day + 1, 6.0 - slept);
            be_up(town, &mut dice, who, (from, until), 1.5);
        }
    }
}
