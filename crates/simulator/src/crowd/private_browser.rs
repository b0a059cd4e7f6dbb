//! Private browsers: people whose browser hides what it is, so that each visit seems to come from a device never seen before.

use super::enlist;
use crate::population::Population;
use crate::row::Source;
use crate::town::{Script, Town};
use crate::visit::Visit;
use events::Kind;

/// Those people.
pub(crate) struct PrivateBrowsers {
    members: Vec<u32>,
}

impl PrivateBrowsers {
    pub(crate) fn new(town: &mut Town) -> PrivateBrowsers {
        let mut dice = town.dice("private browser", 0);
        let n = (town.scenario.people as usize / 130).max(5);
        let members = enlist(town, &mut dice, (3, Population::PrivateBrowser), n);
        PrivateBrowsers { members }
    }
}

impl Script for PrivateBrowsers {
    fn day(&mut self, town: &mut Town, day: u32) {
        let mut dice = town.dice("private day", u64::from(day));
        for &who in &self.members {
            for _ in 0..dice.count(1.6) {
                let time = town.calendar.begins(day) + town.person(who).rhythm.moment(&mut dice);
                if time < town.person(who).born {
                    continue;
                }
                let mut visit = town.visit(&mut dice, who, time).by(Source::Home);
                let agent = visit.device.agent;
                visit.device = town.places.device(&mut dice);
                visit.device.agent = agent;
                for _ in 0..1 + dice.count(2.0) {
                    let Some(film) = town.catalogue.anything(&mut dice, visit.time) else { break };
                    let dwell = Visit::dwell(town, &mut dice, film);
                    visit.view(town, film, dwell);
                    if dice.chance(0.1) {
                        visit.mark(town, Kind::Like, film);
                    }
                }
            }
        }
    }
}
