//! Fan clubs: some dozens see each new film of a creator within the day, and like and talk about most.

use super::{enlist, known_owner, present};
use crate::calendar::HOUR;
use crate::population::Population;
use crate::row::Source;
use crate::text::{Sort, Text};
use crate::town::{Script, Town};
use crate::visit::Visit;
use events::Kind;

/// One creator's club.
pub(crate) struct FanClub {
    number: u32,
    creator: u32,
    members: Vec<u32>,
}

impl FanClub {
    pub(crate) fn new(town: &mut Town, number: u32) -> FanClub {
        let mut dice = town.dice("fan club", u64::from(number));
        let creator = known_owner(town, &mut dice, false);
        let topic = town.catalogue.owners[creator as usize].topic;
        let size = town.scenario.size(50);
        let members = enlist(town, &mut dice, (topic, Population::Fanclub), size);
        for &who in &members {
            town.people[who as usize].follows.push(creator);
        }
        FanClub { number, creator, members }
    }
}

impl Script for FanClub {
    fn day(&mut self, town: &mut Town, day: u32) {
        let mut dice = town.dice("club day", (u64::from(self.number) << 16) | u64::from(day));
        if dice.chance(0.45) {
            let time = town.at(day, dice.within(10.0, 20.0));
            town.catalogue.add_film(&mut dice, self.creator, time);
        }
        let today = town.calendar.begins(day)..town.calendar.begins(day + 1);
        let films: Vec<u32> = town.catalogue.owners[self.creator as usize].subjects.clone();
        let topic = town.catalogue.owners[self.creator as usize].topic;
        for film in films {
            let since = town.catalogue.subjects[film as usize].since;
            if !today.contains(&since) {
                continue;
            }
            for who in present(town, &self.members, since) {
                if !dice.chance(0.62) {
                    continue;
                }
                let time = since + (dice.wait(4.0) * HOUR as f64) as i64;
                let mut visit = town.visit(&mut dice, who, time).by(Source::Follow);
                let dwell = Visit::dwell(town, &mut dice, film) * 2.0;
                visit.view(town, film, dwell);
                if dice.chance(0.6) {
                    visit.mark(town, Kind::Like, film);
                }
                if dice.chance(0.2) {
                    visit.comment(town, film, Text::new(Sort::Comment, topic, dice.bits()));
                }
            }
        }
    }
}
