//! Parents of a newborn, by the telephone at most of its meals: by night, too, they never sleep for long, and hardly ever a whole one through.

use super::{be_up, who_hardly_else};
use crate::calendar::HOUR;
use crate::population::Population;
use crate::town::{Script, Town};

/// They.
pub(crate) struct NewParents {
    people: Vec<u32>,
}

impl NewParents {
    pub(crate) fn new(town: &mut Town) -> NewParents {
        let n = (town.scenario.people as usize / 200).max(4);
        NewParents { people: who_hardly_else(town, Population::NewParent, n) }
    }
}

impl Script for NewParents {
    fn day(&mut self, town: &mut Town, day: u32) {
        let mut dice = town.dice("newborn day", u64::from(day));
        for &who in &self.people {
            let evening = town.at(day, 22.0 + dice.within(-0.5, 0.5));
            be_up(town, &mut dice, who, (town.at(day, 7.0), evening), 1.0);
            let (mut time, morning) = (evening, town.at(day + 1, 7.0));
            loop {
                // From one meal to the end of the next.
                let woken = time + (dice.within(1.5, 4.0) * HOUR as f64) as i64;
                time = woken + (dice.within(0.3, 0.8) * HOUR as f64) as i64;
                if time >= morning {
                    break;
                }
                be_up(town, &mut dice, who, (woken, time), 2.5);
            }
        }
    }
}
