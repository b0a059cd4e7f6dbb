//! Families with one account for three, of whom one is up early and one late.

use super::{be_up, who_hardly_else};
use crate::population::Population;
use crate::town::{Script, Town};

/// From when until when each of them is up, by the local clock.
const HANDS: [(f64, f64); 3] = [(6.0, 22.5), (8.0, 24.0), (10.0, 26.0)];

/// Their accounts.
pub(crate) struct SharedLogins {
    accounts: Vec<u32>,
}

impl SharedLogins {
    pub(crate) fn new(town: &mut Town) -> SharedLogins {
        let n = (town.scenario.people as usize / 250).max(4);
        SharedLogins { accounts: who_hardly_else(town, Population::SharedLogin, n) }
    }
}

impl Script for SharedLogins {
    fn day(&mut self, town: &mut Town, day: u32) {
        let mut dice = town.dice("shared day", u64::from(day));
        for &who in &self.accounts {
            for (morning, night) in HANDS {
                let from = town.at(day, morning + dice.within(-0.5, 0.5));
                let until = town.at(day, night + dice.within(-0.5, 0.5));
                be_up(town, &mut dice, who, (from, until), 0.5);
            }
        }
    }
}
