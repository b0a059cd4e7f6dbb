//! Readers of one daily list: they open much of what it names, from a dozen owners, and like most of what they open.
//!
//! They meet on many subjects of many owners, as bots on the same jobs do; but they leave a third of it unliked,
//! they like things elsewhere too, and they stay to look.

use super::{enlist, present};
use crate::ordinary;
use crate::population::Population;
use crate::row::Source;
use crate::town::{Script, Town};
use crate::visit::Visit;
use events::Kind;

/// One list and its readers.
pub(crate) struct DailyPicks {
    number: u32,
    readers: Vec<u32>,
}

impl DailyPicks {
    pub(crate) fn new(town: &mut Town, number: u32) -> DailyPicks {
        let mut dice = town.dice("daily picks", u64::from(number));
        let topic = town.people[0].tastes[0];
        let size = town.scenario.size(160);
        let readers = enlist(town, &mut dice, (topic, Population::DailyPicks), size);
        for &who in &readers {
            town.people[who as usize].likes = dice.within(0.09, 0.21);
        }
        DailyPicks { number, readers }
    }
}

impl Script for DailyPicks {
    fn day(&mut self, town: &mut Town, day: u32) {
        let mut dice = town.dice("picks", (u64::from(self.number) << 16) | u64::from(day));
        let begins = town.at(day, 7.0);
        let mut list: Vec<u32> = Vec::new();
        while list.len() < 11 {
            let Some(owner) = dice.pick(&town.catalogue.creators) else { return };
            list.extend(town.catalogue.of_owner(&mut dice, owner, begins));
        }
        for who in present(town, &self.readers, begins) {
            if !dice.chance(0.6) {
                continue;
            }
            let time = begins + town.person(who).rhythm.moment(&mut dice) * 2 / 3;
            let mut visit = town.visit(&mut dice, who, time).by(Source::Picks);
            for &film in &list {
                if !dice.chance(0.55) {
                    continue;
                }
                let dwell = Visit::dwell(town, &mut dice, film);
                visit.view(town, film, dwell);
                if dice.chance(0.62) {
                    visit.mark(town, Kind::Like, film);
                } else {
                    ordinary::react(town, &mut dice, &mut visit, film);
                }
                visit.pause(dice.wait(5.0));
            }
        }
    }
}
