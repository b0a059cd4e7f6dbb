//! A promoter's stand: dozens are signed up one after the other on one phone and one line, and later come back on
//! their own.

use super::known_owner;
use crate::calendar::MINUTE;
use crate::population::Population;
use crate::row::Source;
use crate::town::{Script, Town};

/// One stand on one day.
pub(crate) struct Stand {
    number: u32,
    on: u32,
    club: u32,
}

impl Stand {
    pub(crate) fn new(town: &mut Town, number: u32) -> Stand {
        let mut dice = town.dice("stand", u64::from(number));
        let club = known_owner(town, &mut dice, true);
        Stand { number, on: dice.below(town.scenario.days as usize * 2 / 3) as u32, club }
    }
}

impl Script for Stand {
    fn day(&mut self, town: &mut Town, day: u32) {
        if day != self.on {
            return;
        }
        let mut dice = town.dice("stand day", u64::from(self.number));
        let promoter = town.places.device(&mut dice);
        let offices = &town.places.offices;
        let Some(office) = dice.pick(offices) else { return };
        let line = town.places.sites[office as usize].ips[0];
        let mut time = town.at(day, dice.within(9.5, 12.0));
        for _ in 0..town.scenario.size(45) {
            time += (dice.lognormal(4.0, 0.6) * MINUTE as f64) as i64;
            let who = town.add_person(&mut dice);
            let comes_back = dice.chance(0.65);
            let person = &mut town.people[who as usize];
            person.born = time + 2 * MINUTE;
            person.pace *= if comes_back { 0.8 } else { 0.03 };
            person.populations.add(Population::StandReg);
            let mut visit = town.visit(&mut dice, who, time).by(Source::Qr);
            if dice.chance(0.85) {
                visit.device = promoter;
            }
            visit.ip = line;
            visit.register(town);
            visit.join(town, self.club);
        }
    }
}
