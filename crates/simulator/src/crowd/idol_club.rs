//! Idol clubs: hundreds like each new film of an idol within minutes, as agreed. The densest real crowd there is.

use super::{enlist, known_owner, present};
use crate::calendar::MINUTE;
use crate::population::Population;
use crate::row::Source;
use crate::text::{Sort, Text};
use crate::town::{Script, Town};
use events::Kind;

/// The club of an idol who shows something nearly every day.
pub(crate) struct IdolClub {
    number: u32,
    idol: u32,
    members: Vec<u32>,
}

impl IdolClub {
    pub(crate) fn new(town: &mut Town, number: u32) -> IdolClub {
        let mut dice = town.dice("idol club", u64::from(number));
        let idol = known_owner(town, &mut dice, false);
        let topic = town.catalogue.owners[idol as usize].topic;
        let size = town.scenario.size(180);
        let members = enlist(town, &mut dice, (topic, Population::IdolClub), size);
        for &who in &members {
            town.people[who as usize].follows.push(idol);
        }
        IdolClub { number, idol, members }
    }
}

impl Script for IdolClub {
    fn day(&mut self, town: &mut Town, day: u32) {
        let mut dice = town.dice("idol day", (u64::from(self.number) << 16) | u64::from(day));
        let topic = town.catalogue.owners[self.idol as usize].topic;
        for _ in 0..1 + dice.below(2) {
            let since = town.at(day, dice.within(11.5, 22.0));
            let film = town.catalogue.add_film(&mut dice, self.idol, since);
            for who in present(town, &self.members, since) {
                if !dice.chance(0.58) {
                    continue;
                }
                let late = dice.lognormal(12.0, 0.9);
                let time = since + (late * MINUTE as f64) as i64;
                let way = if dice.chance(0.5) { Source::Push } else { Source::Follow };
                let mut visit = town.visit(&mut dice, who, time).by(way);
                let dwell = dice.lognormal(16.0, 0.9);
                visit.view(town, film, dwell);
                if dice.chance(0.9) {
                    visit.mark(town, Kind::Like, film);
                }
                if dice.chance(0.25) {
                    visit.comment(town, film, Text::new(Sort::Comment, topic, dice.bits()));
                }
                if dice.chance(0.1) {
                    visit.mark(town, Kind::Share, film);
                }
            }
        }
    }
}
