//! Superfans: one person goes through all that one creator ever made, and likes everything at a sitting.

use super::{enlist, known_owner};
use crate::population::Population;
use crate::row::Source;
use crate::town::{Script, Town};
use crate::visit::Visit;
use events::Kind;

/// The superfans, each with a creator.
pub(crate) struct Superfans {
    fans: Vec<(u32, u32)>,
}

impl Superfans {
    pub(crate) fn new(town: &mut Town) -> Superfans {
        let mut dice = town.dice("superfan", 0);
        let n = (town.scenario.people as usize / 40).max(5);
        let members = enlist(town, &mut dice, (1, Population::Superfan), n);
        let fans = members.iter().map(|&who| (who, known_owner(town, &mut dice, false))).collect();
        Superfans { fans }
    }
}

impl Script for Superfans {
    fn day(&mut self, town: &mut Town, day: u32) {
        let mut dice = town.dice("superfan day", u64::from(day));
        for &(who, creator) in &self.fans {
            let time = town.calendar.begins(day) + town.person(who).rhythm.moment(&mut dice);
            if !dice.chance(0.15) || time < town.person(who).born {
                continue;
            }
            let films = town.catalogue.owners[creator as usize].subjects.clone();
            let mut visit = town.visit(&mut dice, who, time).by(Source::Profile);
            for film in films.into_iter().rev().take(12) {
                if town.catalogue.subjects[film as usize].since > visit.time {
                    continue;
                }
                let dwell = Visit::dwell(town, &mut dice, film);
                visit.view(town, film, dwell);
                if dice.chance(0.85) {
                    visit.mark(town, Kind::Like, film);
                }
            }
        }
    }
}
